//! What a welcome's link or code does (rules T4, P1): look, choose a password or sign in, accept.
//! Who is signed in needs no code.
//!
//! Owns the link's states and the one transaction that accepts. A code is used when the terms are
//! accepted, not before: who leaves half-way begins again. Hashing passwords and opening sessions
//! are the router's.

pub mod again;

use axum::http::StatusCode;
use jiff::Timestamp;
use serde_json::json;
use sqlx::Row;

use super::{Directory, Origin, record};
use crate::api::problem::code;
use crate::api::welcome::{Terms, WelcomeAsks, WelcomeShown};
use crate::domain::role::Role;
use crate::domain::untrusted::Untrusted;
use crate::domain::user::lapses_at;
use crate::domain::welcome::{TERMS, TERMS_VERSION, WelcomeState};
use crate::server::directory::offers::{self, Standing, answers, when};
use crate::server::directory::setup;
use crate::server::directory::{Accepted, Proof};
use crate::server::refusal::Refusal;
use crate::server::store::{Conn, from_millis, hash_secret, new_secret, sha256, to_millis};

/// Longer than any link of ours; what is longer is not looked up.
const LONGEST: usize = 2_048;
/// The most columns of a name in a refusal.
const NAME: usize = 80;

/// The terms as they are now.
pub fn terms() -> Terms {
    Terms {
        version: TERMS_VERSION.to_owned(),
        text: TERMS.to_owned(),
        sha256: sha256(TERMS.as_bytes()),
    }
}

/// A welcome that can be answered.
struct Open {
    organization: String,
    organization_name: String,
    email: String,
    expires_at: Timestamp,
    /// Those offered; or, where `held`, those there are.
    roles: Vec<Role>,
    held: bool,
    declined: bool,
    /// Who offers, as the addressee is told.
    offered_by: Option<String>,
    /// Who can send a new mail.
    whom: String,
    password_hash: Option<String>,
    step_hash: Option<String>,
}

/// The code in what was typed or pasted: itself, or the end of its link.
fn code_in(text: &str) -> Option<&str> {
    let text = text.trim();
    let last = text.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    (!last.is_empty() && text.len() <= LONGEST).then_some(last)
}

/// Finds the welcome behind a code.
async fn find(conn: &mut Conn, text: &str, now: Timestamp) -> Result<Open, Refusal> {
    let hash = code_in(text).map(hash_secret).ok_or_else(unknown)?;
    let link = sqlx::query(
        "SELECT organization, email, made_at, dead FROM welcome_links WHERE token_hash = $1",
    )
    .bind(hash)
    .fetch_optional(&mut *conn)
    .await?
    .ok_or_else(unknown)?;
    let (id, email): (String, String) = (link.try_get("organization")?, link.try_get("email")?);
    let until = lapses_at(from_millis(link.try_get("made_at")?));
    let (state, mut open) = read(conn, &id, &email, until).await?;
    match state {
        Some(WelcomeState::Accepted) => return Err(used(&open.whom)),
        Some(WelcomeState::Withdrawn) => return Err(withdrawn(&open.organization_name)),
        None => return Err(replaced(&open.whom)),
        // The decline is there to be lifted, whatever became of the offer.
        Some(WelcomeState::Declined) if now >= until => open.roles.clear(),
        Some(WelcomeState::Declined) => {}
        Some(_) if link.try_get::<bool, _>("dead")? => return Err(replaced(&open.whom)),
        Some(_) if open.roles.is_empty() => return Err(withdrawn(&open.organization_name)),
        Some(_) if now >= open.expires_at => return Err(expired(open.expires_at, &open.whom)),
        Some(_) => {}
    }
    Ok(open)
}

/// Finds what somebody who is signed in is offered in an organization.
async fn own(conn: &mut Conn, email: &str, id: &str) -> Result<Open, Refusal> {
    let nothing = || Refusal::not_found("offer");
    let standing = Standing::find(conn, id, email).await?.ok_or_else(nothing)?;
    let (state, open) = read(conn, id, email, standing.lapses_at()).await?;
    match state {
        Some(WelcomeState::Declined) => Ok(open),
        Some(state) if !state.is_over() && !open.held && !open.roles.is_empty() => Ok(open),
        _ => Err(nothing()),
    }
}

/// A welcome as it stands, whatever may be done with it.
async fn read(
    conn: &mut Conn,
    id: &str,
    email: &str,
    expires_at: Timestamp,
) -> Result<(Option<WelcomeState>, Open), Refusal> {
    let row = sqlx::query(
        "SELECT o.name, p.name AS partner_name, w.state, w.origin, w.offered_by,
                w.password_hash, w.step_hash
           FROM organizations o LEFT JOIN organizations p ON p.id = o.partner
           LEFT JOIN welcomes w ON w.organization = o.id AND w.email = $2
          WHERE o.id = $1",
    )
    .bind(id)
    .bind(email)
    .fetch_optional(&mut *conn)
    .await?
    // Answered as where nothing is offered: whether there is such an organization is not told (P2).
    .ok_or_else(|| Refusal::not_found("offer"))?;
    let state = row.try_get::<Option<&str>, _>("state")?.and_then(WelcomeState::from_code);
    let origin = row.try_get::<Option<&str>, _>("origin")?.and_then(Origin::from_code);
    let (organization_name, partner): (String, Option<String>) =
        (row.try_get("name")?, row.try_get("partner_name")?);
    let by = row.try_get::<Option<String>, _>("offered_by")?.filter(|by| !by.is_empty());
    let offered = offers::offered(conn, id, email).await?;
    let held = offered.is_empty() && state != Some(WelcomeState::Declined);
    let open = Open {
        organization: id.to_owned(),
        email: email.to_owned(),
        expires_at,
        roles: if held { offers::held(conn, id, email).await? } else { offered },
        held,
        declined: state == Some(WelcomeState::Declined),
        whom: whom_to_ask(partner.as_deref(), &organization_name),
        offered_by: match origin {
            Some(Origin::Created | Origin::Existing) => partner.or(by),
            _ => by,
        },
        organization_name,
        password_hash: row.try_get("password_hash")?,
        step_hash: row.try_get("step_hash")?,
    };
    Ok((state, open))
}

/// What is behind a code; changes nothing.
pub async fn look(conn: &mut Conn, text: &str, now: Timestamp) -> Result<WelcomeShown, Refusal> {
    let open = find(conn, text, now).await?;
    let can_sign_in = can_sign_in(conn, &open.email).await?;
    Ok(open.shown(if can_sign_in { WelcomeAsks::SignIn } else { WelcomeAsks::Password }))
}

/// What somebody who is signed in is offered.
pub async fn look_at_own(
    conn: &mut Conn,
    email: &str,
    id: &str,
    now: Timestamp,
) -> Result<WelcomeShown, Refusal> {
    let open = own(conn, email, id).await?;
    if !open.declined && now >= open.expires_at {
        return Err(lapsed(&open));
    }
    Ok(open.shown(WelcomeAsks::SignIn))
}

impl Open {
    fn shown(self, asks: WelcomeAsks) -> WelcomeShown {
        WelcomeShown {
            organization: self.organization,
            organization_name: self.organization_name.into(),
            email: self.email.into(),
            roles: self.roles,
            held: self.held,
            offered_by: self.offered_by.map(Untrusted::new),
            declined: self.declined,
            asks,
            expires_at: self.expires_at,
            terms: terms(),
        }
    }
}

/// Keeps what a page proved, for the page of the terms; the secret it answers ties the two.
pub async fn step(directory: &Directory, text: &str, phc: Option<&str>) -> Result<String, Refusal> {
    let mut tx = directory.store.begin().await?;
    let open = find(&mut tx, text, directory.clock.now()).await?;
    let secret = new_secret("stp");
    sqlx::query(
        "UPDATE welcomes SET password_hash = $3, step_hash = $4
          WHERE organization = $1 AND email = $2",
    )
    .bind(&open.organization)
    .bind(&open.email)
    .bind(phc)
    .bind(hash_secret(&secret))
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(secret)
}

/// Accepts, once, in the caller's transaction.
pub async fn accept(
    conn: &mut Conn,
    text: &str,
    proof: &Proof,
    terms_sha256: &str,
    now: Timestamp,
) -> Result<Accepted, Refusal> {
    let open = find(conn, text, now).await?;
    finish(conn, open, proof, terms_sha256, now).await
}

/// The same for who is signed in, without a code; who has accepted is answered as the first time.
pub async fn accept_own(
    conn: &mut Conn,
    email: &str,
    id: &str,
    terms_sha256: &str,
    now: Timestamp,
) -> Result<Accepted, Refusal> {
    let open = match own(conn, email, id).await {
        Ok(open) => open,
        Err(nothing) => {
            return again::as_accepted(conn, id, email, terms_sha256).await?.ok_or(nothing);
        }
    };
    if now >= open.expires_at {
        return Err(lapsed(&open));
    }
    finish(conn, open, &Proof::SignedIn(email.to_owned()), terms_sha256, now).await
}

async fn finish(
    conn: &mut Conn,
    open: Open,
    proof: &Proof,
    terms_sha256: &str,
    now: Timestamp,
) -> Result<Accepted, Refusal> {
    if now >= open.expires_at {
        return Err(expired(open.expires_at, &open.whom));
    }
    if open.roles.is_empty() {
        return Err(withdrawn(&open.organization_name));
    }
    let terms = terms();
    if terms.sha256 != terms_sha256 {
        return Err(Refusal::conflict(
            code::TERMS_CHANGED,
            "The terms of service are not the text that was accepted.",
            "Look at the code again, read the terms as they are now, and accept those.",
        ));
    }
    let phc = proven(&open, proof)?;
    match (can_sign_in(conn, &open.email).await?, phc) {
        (true, None) => {}
        // Never a new password for who has a way in already.
        (true, Some(_)) => return Err(sign_in_first(&open.email)),
        (false, Some(phc)) => let_in(conn, &open.email, phc, now).await?,
        (false, None) => {
            return Err(Refusal::invalid("password", "Choose a password to sign in with."));
        }
    }
    answers::take(conn, &open.organization, &open.email).await?;
    close(conn, &open, &terms, now).await?;
    Ok(Accepted {
        setup: setup::state(conn, &open.organization).await?,
        email: open.email,
        organization: open.organization,
        organization_name: open.organization_name,
    })
}

/// The new password that the proof brings; none for who is signed in as this very person.
fn proven<'a>(open: &'a Open, proof: &'a Proof) -> Result<Option<&'a str>, Refusal> {
    match proof {
        Proof::NewPassword(phc) => Ok(Some(phc)),
        Proof::SignedIn(email) if *email == open.email => Ok(None),
        Proof::SignedIn(_) => Err(sign_in_first(&open.email)),
        Proof::Step(secret) if open.step_hash.as_deref() == Some(&*hash_secret(secret)) => {
            Ok(open.password_hash.as_deref())
        }
        Proof::Step(_) => Err(Refusal::conflict(
            code::SIGN_IN_FAILED,
            "These pages were opened a second time, elsewhere or in another window.",
            "Begin again with the link of the mail.",
        )),
    }
}

/// Whether this address can sign in: by a password, or by a personal token that works.
pub async fn can_sign_in(conn: &mut Conn, email: &str) -> Result<bool, Refusal> {
    let found = sqlx::query("SELECT 1 FROM ways_in WHERE person = $1 AND until > $2 LIMIT 1")
        .bind(email)
        .bind(to_millis(Timestamp::now()))
        .fetch_optional(conn)
        .await?;
    Ok(found.is_some())
}

async fn let_in(conn: &mut Conn, email: &str, phc: &str, now: Timestamp) -> Result<(), Refusal> {
    sqlx::query(
        "INSERT INTO people (email, name, password_hash, created_at) VALUES ($1, $1, $2, $3)
         ON CONFLICT (email) DO UPDATE SET password_hash = excluded.password_hash",
    )
    .bind(email)
    .bind(phc)
    .bind(to_millis(now))
    .execute(conn)
    .await?;
    Ok(())
}

/// The link is used, the terms are kept with who and when, and it stands in the record.
async fn close(conn: &mut Conn, open: &Open, terms: &Terms, now: Timestamp) -> Result<(), Refusal> {
    sqlx::query(
        "UPDATE welcomes SET state = 'accepted', accepted_at = $3, detail = '',
                password_hash = NULL, step_hash = NULL
          WHERE organization = $1 AND email = $2",
    )
    .bind(&open.organization)
    .bind(&open.email)
    .bind(to_millis(now))
    .execute(&mut *conn)
    .await?;
    // Also should a later order begin this welcome anew.
    sqlx::query("UPDATE welcome_links SET dead = 1 WHERE organization = $1 AND email = $2")
        .bind(&open.organization)
        .bind(&open.email)
        .execute(&mut *conn)
        .await?;
    sqlx::query(
        "INSERT INTO terms_accepted (person, organization, version, text_hash, accepted_at)
         VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
    )
    .bind(&open.email)
    .bind(&open.organization)
    .bind(&terms.version)
    .bind(&terms.sha256)
    .bind(to_millis(now))
    .execute(&mut *conn)
    .await?;
    let detail = json!({
        "terms": terms.version, "terms_sha256": terms.sha256, "roles": open.roles,
        "held_before": open.held,
    });
    let email = &open.email;
    record(conn, now, email, "welcome.accepted", &open.organization, email, detail).await
}

fn shown(text: &str) -> String {
    Untrusted::new(text).shown_in(NAME).to_string()
}

/// Who can send a new mail.
fn whom_to_ask(partner: Option<&str>, organization: &str) -> String {
    match partner {
        Some(partner) => {
            format!("Ask {}, or a full admin of {}, ", shown(partner), shown(organization))
        }
        None => format!("Ask a full admin of {} ", shown(organization)),
    }
}

fn unknown() -> Refusal {
    Refusal::new(
        StatusCode::NOT_FOUND,
        code::CODE_UNKNOWN,
        "No mail has this code.",
        "It may be cut off: copy it whole, from the newest mail. Who sent that mail can send a \
         new one.",
    )
    .at("code")
}

fn replaced(whom: &str) -> Refusal {
    Refusal::new(
        StatusCode::NOT_FOUND,
        code::CODE_UNKNOWN,
        "This code does not work any more: a newer mail has taken the place of this one.",
        format!("Use the newest mail. {whom}to send another if there is none."),
    )
    .at("code")
}

fn used(whom: &str) -> Refusal {
    Refusal::conflict(
        code::CODE_USED,
        "This code was used.",
        format!("Sign in with your password. {whom}if it was not you who used it."),
    )
    .at("code")
}

fn expired(at: Timestamp, whom: &str) -> Refusal {
    Refusal::conflict(
        code::CODE_EXPIRED,
        format!("This code worked until {}.", when(at)),
        format!("{whom}to send you a new one."),
    )
    .at("code")
}

fn withdrawn(organization: &str) -> Refusal {
    let organization = shown(organization);
    Refusal::conflict(
        code::OFFER_WITHDRAWN,
        format!(
            "{organization} has withdrawn this offer: there is no role there for you any more."
        ),
        format!("Ask {organization} if that surprises you. Nothing is left to do here."),
    )
    .at("code")
}

fn lapsed(open: &Open) -> Refusal {
    Refusal::conflict(
        code::OFFER_LAPSED,
        format!("This offer was open until {}.", when(open.expires_at)),
        format!("{}to make it again.", open.whom),
    )
}

fn sign_in_first(email: &str) -> Refusal {
    Refusal::conflict(
        code::SIGN_IN_FIRST,
        format!("{} can sign in already, and keeps the password there is.", shown(email)),
        "Sign in as that person, then accept with the same code.",
    )
}
