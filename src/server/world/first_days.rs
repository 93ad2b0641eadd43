//! A customer's first days in a world file: welcome, services setup, subdomain, Contact Center.
//!
//! Owns writing those keys of an organization as given (rules T4 to T7). A welcome that waits is
//! about the roles its addressee holds by this file; to somebody who holds none it is an offer of
//! full admin (rule P1). Must not judge them beyond what cannot be read.

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

use super::file::Organization;
use super::{WorldError, key, unreadable};
use crate::domain::country::Country;
use crate::domain::role::Role;
use crate::domain::setup::{CenterPart, PartState, SetupState};
use crate::domain::subdomain::Subdomain;
use crate::domain::user::lapses_at;
use crate::domain::welcome::WelcomeState;
use crate::server::directory::welcome;
use crate::server::store::{Conn, hash_secret, to_millis};

/// How long what is under way at the start goes on.
const UNDER_WAY: SignedDuration = SignedDuration::from_mins(1);

/// A welcome mail.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Welcome {
    /// Whom it welcomes.
    pub email: String,
    /// Absent: to be sent, once the backend runs.
    #[serde(default = "queued")]
    pub state: WelcomeState,
    /// When it was sent; absent: at the start.
    #[serde(default)]
    pub sent_at: Option<Timestamp>,
    /// When it was accepted.
    #[serde(default)]
    pub accepted_at: Option<Timestamp>,
    /// The code in its link; demos and tests only.
    #[serde(default)]
    pub code: Option<String>,
    /// Whether the trial or order made the organization.
    #[serde(default)]
    pub origin: WelcomeOrigin,
}

/// How the organization of a welcome came to be.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WelcomeOrigin {
    #[default]
    Created,
    Existing,
}

const fn queued() -> WelcomeState {
    WelcomeState::Queued
}

/// What trials and mapped orders ask for, where nothing is said of it: services setup is pending.
pub async fn complete(conn: &mut Conn, now: Timestamp) -> Result<(), WorldError> {
    sqlx::query(
        "INSERT INTO setups (organization, begun_at)
         SELECT id, $1 FROM organizations
          WHERE (id IN (SELECT organization FROM trials)
                 OR id IN (SELECT organization FROM orders WHERE state = 'mapped'))
            AND id NOT IN (SELECT organization FROM setups)",
    )
    .bind(to_millis(now))
    .execute(conn)
    .await?;
    Ok(())
}

/// Writes them for one organization.
pub async fn write(
    conn: &mut Conn,
    organization: &Organization,
    now: Timestamp,
) -> Result<(), WorldError> {
    setup(conn, organization, now).await?;
    center(conn, organization, now).await?;
    match &organization.welcome {
        Some(welcome) => write_welcome(conn, &organization.id, welcome, now).await,
        None => Ok(()),
    }
}

async fn setup(conn: &mut Conn, of: &Organization, now: Timestamp) -> Result<(), WorldError> {
    let subdomain = match of.subdomain.as_deref().filter(|text| !text.is_empty()) {
        Some(text) => {
            Some(Subdomain::parse(text).map_err(|e| unreadable("the subdomain", text, e))?)
        }
        None => None,
    };
    if subdomain.is_none() && of.setup.is_none() {
        return Ok(());
    }
    let began = of.created.unwrap_or(now);
    let finished = match of.setup {
        Some(state) => state == SetupState::Finished,
        None => true,
    };
    sqlx::query(
        "INSERT INTO setups (organization, begun_at, subdomain, finished_at, finished_by)
         VALUES ($1, $2, $3, $4, $5)",
    )
    .bind(&of.id)
    .bind(of.setup.map(|_| to_millis(began)))
    .bind(subdomain.as_ref().map(Subdomain::as_str))
    .bind(finished.then(|| to_millis(began)))
    .bind(finished.then_some("world file"))
    .execute(conn)
    .await
    .map_err(|error| {
        let name = subdomain.as_ref().map_or("", Subdomain::as_str);
        super::unfit(error, unreadable("the subdomain", name, "two organizations have it"))
    })?;
    Ok(())
}

async fn center(conn: &mut Conn, of: &Organization, now: Timestamp) -> Result<(), WorldError> {
    let country = of.contact_center_country;
    let parts = [
        (CenterPart::ContactCenter, of.contact_center),
        (CenterPart::Voice, of.voice),
        (CenterPart::Chat, of.chat),
    ];
    let trouble = of.contact_center_trouble.as_deref().filter(|text| !text.is_empty());
    let began = parts.iter().any(|(_, state)| state.is_some());
    if !began && country.is_none() && trouble.is_none() {
        return Ok(());
    }
    // A trouble tells why something has failed; or else why the next job will.
    let failed = parts.iter().any(|(_, state)| *state == Some(PartState::Failed));
    sqlx::query("INSERT INTO contact_centers (organization, country, trouble) VALUES ($1, $2, $3)")
        .bind(&of.id)
        .bind(country.map(Country::code))
        .bind(trouble.filter(|_| !failed))
        .execute(&mut *conn)
        .await?;
    for (part, state) in parts {
        if let Some(state) = state.filter(|state| *state != PartState::NotStarted) {
            write_part(conn, &of.id, part, state, trouble, now).await?;
        }
    }
    Ok(())
}

async fn write_part(
    conn: &mut Conn,
    id: &str,
    part: CenterPart,
    state: PartState,
    trouble: Option<&str>,
    now: Timestamp,
) -> Result<(), WorldError> {
    let due = now.checked_add(UNDER_WAY).unwrap_or(Timestamp::MAX);
    let under_way = state == PartState::UnderWay;
    sqlx::query(
        "INSERT INTO contact_center_parts
           (organization, part, state, started_at, started_by, due_at, ended_at, reason)
         VALUES ($1, $2, $3, $4, 'world file', $5, $6, $7)",
    )
    .bind(id)
    .bind(part.code())
    .bind(state.code())
    .bind(to_millis(now))
    .bind(to_millis(if under_way { due } else { now }))
    .bind((!under_way).then(|| to_millis(now)))
    .bind(trouble.filter(|_| state == PartState::Failed))
    .execute(conn)
    .await?;
    Ok(())
}

async fn write_welcome(
    conn: &mut Conn,
    id: &str,
    welcome: &Welcome,
    now: Timestamp,
) -> Result<(), WorldError> {
    let email = key(&welcome.email);
    let sent_at = welcome.sent_at.unwrap_or(now);
    let left = !matches!(welcome.state, WelcomeState::Queued | WelcomeState::Refused);
    let accepted = welcome.state == WelcomeState::Accepted;
    let origin = match welcome.origin {
        WelcomeOrigin::Created => "created",
        WelcomeOrigin::Existing => "existing",
    };
    sqlx::query(
        "INSERT INTO welcomes (organization, email, origin, begun_at, state, attempt, sent_at,
                               expires_at, accepted_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(id)
    .bind(&email)
    .bind(origin)
    .bind(to_millis(sent_at))
    .bind(welcome.state.code())
    .bind(i64::from(left))
    .bind(left.then(|| to_millis(sent_at)))
    .bind(left.then(|| to_millis(lapses_at(sent_at))))
    .bind(accepted.then(|| to_millis(welcome.accepted_at.unwrap_or(sent_at))))
    .execute(&mut *conn)
    .await?;
    if welcome.state == WelcomeState::Queued {
        welcome::sending::ask(conn, id, &email).await?;
    }
    if !welcome.state.is_over() {
        sqlx::query(
            "INSERT INTO offer_roles (organization, email, role, offered_by, offered_at)
             SELECT $1, $2, $3, '', $4 WHERE NOT EXISTS
               (SELECT 1 FROM organization_roles WHERE organization = $1 AND email = $2)",
        )
        .bind(id)
        .bind(&email)
        .bind(Role::FullAdmin.code())
        .bind(to_millis(sent_at))
        .execute(&mut *conn)
        .await?;
    }
    let Some(code) = &welcome.code else { return Ok(()) };
    sqlx::query(
        "INSERT INTO welcome_links (token_hash, organization, email, made_at)
         VALUES ($1, $2, $3, $4)",
    )
    .bind(hash_secret(code))
    .bind(id)
    .bind(&email)
    .bind(to_millis(sent_at))
    .execute(conn)
    .await
    .map_err(|error| {
        super::unfit(
            error,
            unreadable("the welcome's code of", &welcome.email, "another has the same one"),
        )
    })?;
    Ok(())
}
