//! Offers of roles (rule P1): one per organization and address, and the welcome is the offer.
//!
//! Owns where an offer stands, and its calls. Making one is `making`'s, the addressee's
//! answer `answers`', taking it back `withdrawing`'s, what is shown of it `listing`'s; the mail and
//! its code are `welcome`'s. Nothing here may make a role or an identity but [`answers::take`].

pub mod answers;
mod limits;
pub mod listing;
pub mod made_by;
pub mod making;
#[cfg(test)]
mod tests;
pub mod withdrawing;

use jiff::Timestamp;
use serde_json::json;
use sqlx::Row;

use super::{Directory, welcome};
use crate::api::offer::Offer;
use crate::api::organization::Organization;
use crate::api::problem::code;
use crate::api::welcome::WelcomeShown;
use crate::domain::offer::{OfferState, mail_again_at};
use crate::domain::role::Role;
use crate::domain::untrusted::Untrusted;
use crate::domain::user::lapses_at;
use crate::domain::welcome::WelcomeState;
use crate::server::audit::Change;
use crate::server::directory::{Accepted, Viewer};
use crate::server::refusal::Refusal;
use crate::server::store::{Conn, from_millis};
pub use making::{NewOffer, make};

/// The most columns of a name in a refusal.
const NAME: usize = 80;

/// Where the welcome of an organization and an address stands.
#[derive(Debug)]
pub struct Standing {
    pub state: WelcomeState,
    begun_at: Timestamp,
    /// When a mail was surely delivered last.
    sent_at: Option<Timestamp>,
    expires_at: Option<Timestamp>,
}

impl Standing {
    /// Reads it, if there is one.
    pub async fn find(conn: &mut Conn, id: &str, email: &str) -> Result<Option<Self>, Refusal> {
        let row = sqlx::query(
            "SELECT state, begun_at, sent_at, expires_at FROM welcomes
              WHERE organization = $1 AND email = $2",
        )
        .bind(id)
        .bind(email)
        .fetch_optional(conn)
        .await?;
        let Some(row) = row else { return Ok(None) };
        let time =
            |column: &str| row.try_get::<Option<i64>, _>(column).map(|ms| ms.map(from_millis));
        Ok(Some(Self {
            state: state(row.try_get("state")?)?,
            begun_at: from_millis(row.try_get("begun_at")?),
            sent_at: time("sent_at")?,
            expires_at: time("expires_at")?,
        }))
    }

    /// Until when it can be accepted; also where no mail has left yet.
    pub fn lapses_at(&self) -> Timestamp {
        self.expires_at.unwrap_or_else(|| lapses_at(self.begun_at))
    }

    /// Whether it waits for an answer.
    pub fn is_open(&self, now: Timestamp) -> bool {
        !self.state.is_over() && now < self.lapses_at()
    }

    /// From when a mail may go again, where one was delivered within the last week.
    pub fn mail_again_at(&self, now: Timestamp) -> Option<Timestamp> {
        self.sent_at.map(mail_again_at).filter(|at| now < *at)
    }
}

/// Reads a welcome's state.
fn state(text: &str) -> Result<WelcomeState, Refusal> {
    WelcomeState::from_code(text).ok_or_else(|| Refusal::internal(&"a welcome's state is unknown"))
}

/// The roles that an address is offered in an organization, in their order.
pub async fn offered(conn: &mut Conn, id: &str, email: &str) -> Result<Vec<Role>, Refusal> {
    let codes: Vec<(String,)> =
        sqlx::query_as("SELECT role FROM offer_roles WHERE organization = $1 AND email = $2")
            .bind(id)
            .bind(email)
            .fetch_all(conn)
            .await?;
    Ok(read_roles(&codes))
}

/// The roles that an address holds in an organization itself, in their order.
pub async fn held(conn: &mut Conn, id: &str, email: &str) -> Result<Vec<Role>, Refusal> {
    let codes: Vec<(String,)> = sqlx::query_as(
        "SELECT role FROM organization_roles WHERE organization = $1 AND email = $2",
    )
    .bind(id)
    .bind(email)
    .fetch_all(conn)
    .await?;
    Ok(read_roles(&codes))
}

fn read_roles(codes: &[(String,)]) -> Vec<Role> {
    Role::ALL.into_iter().filter(|role| codes.iter().any(|(c,)| c == role.code())).collect()
}

/// Until when an offer to an administrator of the site is open (rule L11 waits so long).
pub async fn open_at_site(
    conn: &mut Conn,
    site: i64,
    now: Timestamp,
) -> Result<Option<Timestamp>, Refusal> {
    let open: Vec<(String, String)> = sqlx::query_as(
        "SELECT DISTINCT r.organization, r.email
           FROM site_admins a JOIN offer_roles r ON r.email = a.email WHERE a.site = $1",
    )
    .bind(site)
    .fetch_all(&mut *conn)
    .await?;
    let mut latest = None;
    for (id, email) in open {
        let standing = Standing::find(conn, &id, &email).await?;
        let until = standing.filter(|standing| standing.is_open(now)).map(|s| s.lapses_at());
        latest = latest.max(until);
    }
    Ok(latest)
}

fn shown(text: &str) -> String {
    Untrusted::new(text).shown_in(NAME).to_string()
}

/// A day and a minute, as refusals say them.
pub fn when(at: Timestamp) -> String {
    at.strftime("%-d %B %Y, %H:%M UTC").to_string()
}

/// A new offer or grant to somebody who declined.
fn declined(email: &str) -> Refusal {
    Refusal::conflict(
        code::OFFER_DECLINED,
        format!("{} has declined to have a role here.", shown(email)),
        "The no stands until they lift it themselves: on the page of their mail, or signed in with \
         hublink offer lift. Ask them, or name somebody else.",
    )
    .at("email")
}

async fn record(
    conn: &mut Conn,
    at: Timestamp,
    actor: &str,
    action: &'static str,
    id: &str,
    subject: &str,
    roles: &[Role],
) -> Result<(), Refusal> {
    let detail = json!({ "roles": roles });
    Ok(Change::by(at, actor, action).of(id).about(subject).detail(detail).record(conn).await?)
}

/// What the addressee of an offer answers, short of accepting it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OfferAnswer {
    /// No; that stands until they lift it.
    Decline,
    /// The no is lifted: it may be offered again.
    Lift,
}

impl Directory {
    /// What an address is offered, or has declined.
    pub async fn offers_to(&self, email: &str) -> Result<Vec<Offer>, Refusal> {
        listing::to(&mut *self.store.read().await?, email, self.clock.now()).await
    }

    /// What an address is offered in an organization, with the terms.
    pub async fn offer(&self, email: &str, organization: &str) -> Result<WelcomeShown, Refusal> {
        let mut conn = self.store.read().await?;
        welcome::accept::look_at_own(&mut conn, email, organization, self.clock.now()).await
    }

    /// Accepts for who is signed in, once, in the caller's transaction.
    pub async fn accept_offer(
        &self,
        conn: &mut Conn,
        email: &str,
        organization: &str,
        terms_sha256: &str,
        now: Timestamp,
    ) -> Result<Accepted, Refusal> {
        welcome::accept::accept_own(conn, email, organization, terms_sha256, now).await
    }

    /// Takes the answer of who is signed in.
    pub async fn answer_offer(
        &self,
        email: &str,
        organization: &str,
        answer: OfferAnswer,
    ) -> Result<Offer, Refusal> {
        let now = self.clock.now();
        let mut tx = self.store.begin().await?;
        let before = listing::one(&mut tx, organization, email, now).await?;
        answers::answer(&mut tx, organization, email, answer, now).await?;
        let after = listing::one(&mut tx, organization, email, now).await;
        tx.commit().await?;
        self.automatic_changed.notify_one();
        // What was offered may have gone to somebody else meanwhile: then nothing is left.
        let gone = Offer { state: OfferState::Lapsed, mail: WelcomeState::Withdrawn, ..before };
        Ok(after.unwrap_or(gone))
    }

    /// Takes the answer of who has the code.
    pub async fn answer_welcome(
        &self,
        code: &str,
        answer: OfferAnswer,
    ) -> Result<WelcomeShown, Refusal> {
        let now = self.clock.now();
        let mut tx = self.store.begin().await?;
        let before = welcome::accept::look(&mut tx, code, now).await?;
        let (id, email) = (before.organization.as_str(), before.email.raw());
        answers::answer(&mut tx, id, email, answer, now).await?;
        let shown = WelcomeShown { declined: answer == OfferAnswer::Decline, ..before };
        tx.commit().await?;
        self.automatic_changed.notify_one();
        Ok(shown)
    }

    /// Takes an offer back, for who made it or, with `may_grant`, for who may grant the roles.
    pub async fn withdraw_offer(
        &self,
        viewer: &Viewer,
        organization: &str,
        email: &str,
        may_grant: bool,
    ) -> Result<Organization, Refusal> {
        withdrawing::withdraw(self, viewer, organization, email, may_grant).await
    }
}
