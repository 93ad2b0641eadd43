//! The code of a connect mail: made, kept as a hash, used once (rule L1).
//!
//! Owns what a code is worth at a moment. Link and code are the same secret: using one uses both.

use jiff::Timestamp;
use sqlx::Row;

use crate::api::problem::code as problem;
use crate::domain::site_link::{CODE_LENGTH, connect_code};
use crate::domain::untrusted::Untrusted;
use crate::server::refusal::Refusal;
use crate::server::store::{Conn, from_millis, hash_secret, new_secret, to_millis};

/// A new code: 80 random bits.
pub fn new_code() -> String {
    // The secret's own prefix is of no use here; its tail is random letters and digits.
    let secret = new_secret("con");
    secret.chars().rev().take(CODE_LENGTH).collect()
}

/// Whose code it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owner {
    pub site: i64,
    pub url: String,
    pub email: String,
    pub state: State,
}

/// What a code is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    Open(Timestamp),
    Expired(Timestamp),
    Used(Timestamp),
}

/// Finds the owner of a code; `None` for a code that is of no newest mail, or of somebody who is no
/// administrator of the site any more.
pub async fn find(conn: &mut Conn, text: &str, now: Timestamp) -> Result<Option<Owner>, Refusal> {
    let Some(code) = connect_code(text) else { return Ok(None) };
    let row = sqlx::query(
        "SELECT c.site, s.url, c.email, c.expires_at, c.connected_at
           FROM site_connects c JOIN sites s ON s.id = c.site
           JOIN site_admins a ON a.site = c.site AND a.email = c.email
          WHERE c.code_hash = $1",
    )
    .bind(hash_secret(&code))
    .fetch_optional(conn)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let time = |column: &str| row.try_get::<Option<i64>, _>(column).map(|ms| ms.map(from_millis));
    let expires_at = time("expires_at")?.unwrap_or(Timestamp::MIN);
    let state = match time("connected_at")? {
        Some(at) => State::Used(at),
        None if now >= expires_at => State::Expired(expires_at),
        None => State::Open(expires_at),
    };
    Ok(Some(Owner {
        site: row.try_get("site")?,
        url: row.try_get("url")?,
        email: row.try_get("email")?,
        state,
    }))
}

/// Uses an open code; false where somebody was faster.
pub async fn spend(conn: &mut Conn, owner: &Owner, now: Timestamp) -> Result<bool, Refusal> {
    let spent = sqlx::query(
        "UPDATE site_connects SET connected_at = $3
          WHERE site = $1 AND email = $2 AND connected_at IS NULL",
    )
    .bind(owner.site)
    .bind(&owner.email)
    .bind(to_millis(now))
    .execute(conn)
    .await?;
    Ok(spent.rows_affected() == 1)
}

/// What a code is for, told to who gives it where a welcome's is asked for.
pub async fn told(conn: &mut Conn, text: &str, now: Timestamp) -> Result<Option<Refusal>, Refusal> {
    let Some(owner) = find(conn, text, now).await? else { return Ok(None) };
    if let Some(refusal) = over(owner.state) {
        return Ok(Some(refusal));
    }
    let shown = |text: &str| Untrusted::new(text).shown();
    let (email, url) = (shown(&owner.email), shown(&owner.url));
    let refusal = Refusal::conflict(
        problem::CONNECT_CODE,
        format!("This code connects {email} to the site {url}."),
        format!("Sign in as {email}, open Link a site on {url}, and give the code there."),
    );
    Ok(Some(refusal.at("code")))
}

/// No mail to this operator about this site has the code.
pub fn unknown() -> Refusal {
    Refusal::new(
        axum::http::StatusCode::NOT_FOUND,
        problem::CODE_UNKNOWN,
        "No mail to you about this site has this code, or a newer mail has taken its place.",
        "Copy the code of the newest mail, whole; or send the mail again and use that code.",
    )
    .at("code")
}

/// The code is not open any more.
pub fn over(state: State) -> Option<Refusal> {
    let day = |at: Timestamp| at.strftime("%-d %B %Y, %H:%M UTC").to_string();
    match state {
        State::Open(_) => None,
        State::Used(at) => Some(
            Refusal::conflict(
                problem::CODE_USED,
                format!("This code was used on {}; it works once.", day(at)),
                "You are connected: go on with the organization.",
            )
            .at("code"),
        ),
        State::Expired(at) => Some(
            Refusal::conflict(
                problem::CODE_EXPIRED,
                format!("This code worked until {}.", day(at)),
                "Send the mail again, which you can do yourself, and use its code.",
            )
            .at("code"),
        ),
    }
}
