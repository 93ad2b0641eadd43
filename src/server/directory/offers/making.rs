//! Making an offer, or adding to the one there is (rule P1), and with it the welcome's one mail
//! (rule T4).
//!
//! Owns whether a mail leaves. Who may offer, and whom (rule P2), the caller has checked.

use jiff::Timestamp;

use super::super::welcome::{self, Origin, sending as mails};
use super::{Standing, declined, limits, record, shown};
use crate::api::problem::code;
use crate::domain::role::Role;
use crate::domain::user::lapses_at;
use crate::domain::welcome::WelcomeState;
use crate::server::refusal::Refusal;
use crate::server::store::{Conn, to_millis};

/// What somebody is to be told by a welcome.
#[derive(Debug, Clone, Copy)]
pub struct NewOffer<'a> {
    /// The organization.
    pub organization: &'a str,
    /// The canonical address.
    pub email: &'a str,
    /// The role that is offered; none where the roles are held already.
    pub role: Option<Role>,
    /// What it comes from.
    pub origin: Origin,
    /// Who makes it.
    pub by: &'a str,
}

/// What becomes of the mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mailing {
    /// There is one, or it is on its way.
    Kept,
    /// A new offer, or a new welcome.
    New,
    /// The same once more: nobody knows that the one before arrived.
    Again,
    /// One was delivered within the week: the offer stands without.
    Without(Timestamp),
}

/// Makes it in the caller's transaction. After the commit, `Directory::welcome_begun` sends the
/// mail without delay; without it the mail leaves a few seconds later.
///
/// # Errors
/// `409 offer_declined`; `429` beyond the offers of a day, or where somebody who cannot sign in
/// would be mailed a second time within the week.
pub async fn make(conn: &mut Conn, wanted: &NewOffer<'_>, now: Timestamp) -> Result<(), Refusal> {
    let before = Standing::find(conn, wanted.organization, wanted.email).await?;
    let added = match wanted.role {
        Some(role) => {
            if before.as_ref().is_some_and(|b| b.state == WelcomeState::Declined) {
                return Err(declined(wanted.email));
            }
            add(conn, wanted, role, now).await?
        }
        None => false,
    };
    let mailing = before.map_or(Mailing::New, |before| before.mailing(wanted, added, now));
    match mailing {
        Mailing::Kept => keep(conn, wanted).await?,
        Mailing::New => {
            // A site that links by itself tells all of its administrators (rule L11).
            if wanted.origin != Origin::Automatic {
                limits::new_offers(conn, wanted.organization, now).await?;
            }
            queue(conn, wanted, now).await?;
        }
        Mailing::Again => {
            limits::mails(conn, wanted.organization, wanted.email, now).await?;
            queue(conn, wanted, now).await?;
        }
        Mailing::Without(again) => {
            let explicit = wanted.role.is_none();
            if explicit || !welcome::accept::can_sign_in(conn, wanted.email).await? {
                return Err(limits::mailed_lately(wanted.email, again, now));
            }
            limits::new_offers(conn, wanted.organization, now).await?;
            stand_without_mail(conn, wanted, now).await?;
        }
    }
    match wanted.role {
        Some(role) if added || mailing != Mailing::Kept => {
            let (id, email) = (wanted.organization, wanted.email);
            record(conn, now, wanted.by, "offer.made", id, email, &[role]).await
        }
        _ => Ok(()),
    }
}

impl Standing {
    /// `added` says that this grant is another than those before: it asks for no second mail.
    fn mailing(&self, wanted: &NewOffer<'_>, added: bool, now: Timestamp) -> Mailing {
        let again = self.mail_again_at(now);
        let granted = wanted.origin == Origin::Granted;
        match (self.state, again) {
            (WelcomeState::Queued | WelcomeState::Sending | WelcomeState::Declined, _) => {
                Mailing::Kept
            }
            (_, Some(again)) if wanted.role.is_none() && granted => Mailing::Without(again),
            (WelcomeState::Accepted, Some(_)) if wanted.role.is_none() => Mailing::Kept,
            (_, Some(_)) if self.is_open(now) => Mailing::Kept,
            (_, Some(again)) => Mailing::Without(again),
            (WelcomeState::Unknown, None) if self.is_open(now) && added => Mailing::Kept,
            (_, None) if self.is_open(now) => Mailing::Again,
            (_, None) => Mailing::New,
        }
    }
}

/// Whether the role is a new one of the offer.
async fn add(
    conn: &mut Conn,
    wanted: &NewOffer<'_>,
    role: Role,
    now: Timestamp,
) -> Result<bool, Refusal> {
    let added = sqlx::query(
        "INSERT INTO offer_roles (organization, email, role, offered_by, offered_at)
         VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
    )
    .bind(wanted.organization)
    .bind(wanted.email)
    .bind(role.code())
    .bind(wanted.by)
    .bind(to_millis(now))
    .execute(conn)
    .await?;
    Ok(added.rows_affected() > 0)
}

/// The mail is as it was; a trial or an order makes a granted role's welcome its own.
async fn keep(conn: &mut Conn, wanted: &NewOffer<'_>) -> Result<(), Refusal> {
    sqlx::query(
        "UPDATE welcomes SET origin = $3
          WHERE organization = $1 AND email = $2 AND origin NOT IN ('created', 'existing')",
    )
    .bind(wanted.organization)
    .bind(wanted.email)
    .bind(wanted.origin.code())
    .execute(conn)
    .await?;
    Ok(())
}

async fn queue(conn: &mut Conn, wanted: &NewOffer<'_>, now: Timestamp) -> Result<(), Refusal> {
    begin(conn, wanted, WelcomeState::Queued, None, now).await?;
    Ok(mails::ask(conn, wanted.organization, wanted.email).await?)
}

async fn stand_without_mail(
    conn: &mut Conn,
    wanted: &NewOffer<'_>,
    now: Timestamp,
) -> Result<(), Refusal> {
    begin(conn, wanted, WelcomeState::NotMailed, Some(lapses_at(now)), now).await
}

async fn begin(
    conn: &mut Conn,
    wanted: &NewOffer<'_>,
    state: WelcomeState,
    expires_at: Option<Timestamp>,
    now: Timestamp,
) -> Result<(), Refusal> {
    sqlx::query(
        "INSERT INTO welcomes (organization, email, origin, begun_at, state, offered_by, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (organization, email) DO UPDATE SET
           origin = CASE WHEN welcomes.state IN ('accepted', 'withdrawn')
                           OR welcomes.origin NOT IN ('created', 'existing')
                         THEN excluded.origin ELSE welcomes.origin END,
           begun_at = excluded.begun_at, state = excluded.state, offered_by = excluded.offered_by,
           expires_at = excluded.expires_at, detail = '', message_id = NULL, accepted_at = NULL,
           ended_at = NULL, password_hash = NULL,
           step_hash = NULL",
    )
    .bind(wanted.organization)
    .bind(wanted.email)
    .bind(wanted.origin.code())
    .bind(to_millis(now))
    .bind(state.code())
    .bind(wanted.by)
    .bind(expires_at.map(to_millis))
    .execute(conn)
    .await?;
    Ok(())
}

/// Refuses to give at once what was declined: a decline stands until its addressee lifts it.
pub async fn must_not_be_declined(conn: &mut Conn, id: &str, email: &str) -> Result<(), Refusal> {
    match Standing::find(conn, id, email).await? {
        Some(standing) if standing.state == WelcomeState::Declined => Err(declined(email)),
        _ => Ok(()),
    }
}

/// Sends the welcome of an address again: a person's own act, at most weekly where the one before
/// was delivered.
pub async fn send_again(
    conn: &mut Conn,
    id: &str,
    email: &str,
    now: Timestamp,
) -> Result<(), Refusal> {
    let standing = Standing::find(conn, id, email).await?;
    let standing = standing.ok_or_else(|| Refusal::not_found("welcome mail"))?;
    match (standing.state, standing.mail_again_at(now)) {
        (WelcomeState::Sending, _) => return Err(sending()),
        (WelcomeState::Declined, _) => return Err(declined(email).whole()),
        (WelcomeState::Withdrawn, _) => return Err(withdrawn_here(email)),
        (_, Some(again)) => return Err(limits::mailed_lately(email, again, now)),
        (_, None) => limits::mails(conn, id, email, now).await?,
    }
    if !standing.is_open(now) {
        limits::new_offers(conn, id, now).await?;
        sqlx::query(
            "UPDATE welcomes SET begun_at = $3, expires_at = NULL
              WHERE organization = $1 AND email = $2",
        )
        .bind(id)
        .bind(email)
        .bind(to_millis(now))
        .execute(&mut *conn)
        .await?;
    }
    sqlx::query(
        "UPDATE welcomes SET state = 'queued', detail = '' WHERE organization = $1 AND email = $2",
    )
    .bind(id)
    .bind(email)
    .execute(&mut *conn)
    .await?;
    Ok(mails::ask(conn, id, email).await?)
}

pub(super) fn sending() -> Refusal {
    Refusal::conflict(
        code::WELCOME_SENDING,
        "The welcome mail is being sent at this moment.",
        "Look in a moment what became of it.",
    )
    .retry_after(5)
}

fn withdrawn_here(email: &str) -> Refusal {
    Refusal::conflict(
        code::OFFER_WITHDRAWN,
        format!("The offer to {} was withdrawn.", shown(email)),
        "Offer the role anew, or correct the address.",
    )
}
