//! What a welcome's link or code does (rule T4): look, choose a password or sign in, accept.
//!
//! Owns the link's states and the one transaction that accepts. A code is used when the terms are
//! accepted, not before: who leaves half-way begins again. Hashing passwords and opening sessions
//! are the router's.

use axum::http::StatusCode;
use jiff::Timestamp;
use serde_json::json;
use sqlx::Row;

use super::{Reference, record};
use crate::api::problem::code;
use crate::api::welcome::{Terms, WelcomeAsks, WelcomeShown};
use crate::domain::untrusted::Untrusted;
use crate::domain::user::lapses_at;
use crate::domain::welcome::{TERMS, TERMS_VERSION, WelcomeState};
use crate::server::provider::reference::setup;
use crate::server::provider::{Accepted, Proof};
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

/// A welcome whose link is open.
struct Open {
    organization: String,
    organization_name: String,
    email: String,
    expires_at: Timestamp,
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
    let row = sqlx::query(
        "SELECT l.organization, o.name, p.name, l.email, l.made_at, l.dead, w.state,
                w.password_hash, w.step_hash
           FROM welcome_links l JOIN organizations o ON o.id = l.organization
           LEFT JOIN organizations p ON p.id = o.partner
           LEFT JOIN welcomes w ON w.organization = l.organization AND w.email = l.email
          WHERE l.token_hash = $1",
    )
    .bind(hash)
    .fetch_optional(conn)
    .await?
    .ok_or_else(unknown)?;
    let organization_name: String = row.try_get(1)?;
    let whom = whom_to_ask(row.try_get(2)?, &organization_name);
    let expires_at = lapses_at(from_millis(row.try_get(4)?));
    let state = row.try_get::<Option<&str>, _>(6)?.and_then(WelcomeState::from_code);
    match state {
        Some(WelcomeState::Accepted) => return Err(used(&whom)),
        None => return Err(replaced(&whom)),
        Some(_) if row.try_get::<bool, _>(5)? => return Err(replaced(&whom)),
        Some(_) if now >= expires_at => return Err(expired(expires_at, &whom)),
        Some(_) => {}
    }
    Ok(Open {
        organization: row.try_get(0)?,
        organization_name,
        email: row.try_get(3)?,
        expires_at,
        password_hash: row.try_get(7)?,
        step_hash: row.try_get(8)?,
    })
}

/// What is behind a code; changes nothing.
pub async fn look(conn: &mut Conn, text: &str, now: Timestamp) -> Result<WelcomeShown, Refusal> {
    let open = find(conn, text, now).await?;
    let can_sign_in = can_sign_in(conn, &open.email).await?;
    Ok(WelcomeShown {
        organization: open.organization,
        organization_name: open.organization_name.into(),
        email: open.email.into(),
        asks: if can_sign_in { WelcomeAsks::SignIn } else { WelcomeAsks::Password },
        expires_at: open.expires_at,
        terms: terms(),
    })
}

/// Keeps what a page proved, for the page of the terms; the secret it answers ties the two.
pub async fn step(reference: &Reference, text: &str, phc: Option<&str>) -> Result<String, Refusal> {
    let mut tx = reference.store.begin().await?;
    let open = find(&mut tx, text, reference.clock.now()).await?;
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

/// Whether this address can sign in: by a password, or by a personal token.
pub async fn can_sign_in(conn: &mut Conn, email: &str) -> Result<bool, Refusal> {
    let found = sqlx::query(
        "SELECT 1 FROM people p
          WHERE p.email = $1
            AND (p.password_hash IS NOT NULL
                 OR EXISTS (SELECT 1 FROM tokens t
                             WHERE t.person = p.email AND t.revoked_at IS NULL))",
    )
    .bind(email)
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
        "UPDATE welcomes SET state = 'accepted', accepted_at = $3, detail = '', not_before = NULL,
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
    let detail = json!({ "terms": terms.version, "terms_sha256": terms.sha256 });
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
        format!("This code worked until {}.", at.strftime("%-d %B %Y, %H:%M UTC")),
        format!("{whom}to send you a new one."),
    )
    .at("code")
}

fn sign_in_first(email: &str) -> Refusal {
    Refusal::conflict(
        code::SIGN_IN_FIRST,
        format!("{} can sign in already, and keeps the password there is.", shown(email)),
        "Sign in as that person, then accept with the same code.",
    )
}
