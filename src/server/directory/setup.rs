//! Services setup (rules T5, T6): offered until finished, and taking the subdomain.
//!
//! Owns the row of an organization's setup. That a subdomain has one organization is the
//! database's to hold, whoever races. The wizard's answers on the way are a draft, not ours.

pub mod subdomains;
#[cfg(test)]
mod tests;

use jiff::Timestamp;
use serde_json::json;
use sqlx::Row;

use super::{Directory, contact_center, services, welcome};
use crate::api::problem::code;
use crate::api::setup::Setup;
use crate::domain::setup::SetupState;
use crate::domain::subdomain::Subdomain;
use crate::domain::untrusted::Untrusted;
use crate::server::audit::Change;
use crate::server::directory::Viewer;
use crate::server::refusal::Refusal;
use crate::server::store::{Conn, from_millis, to_millis};

/// Begins an organization's services setup, in the caller's transaction: a trial was started, or an
/// order was mapped. One that was begun or finished before stays as it is.
///
/// # Errors
/// When the database cannot be written.
pub async fn begin(conn: &mut Conn, organization: &str, now: Timestamp) -> Result<(), Refusal> {
    sqlx::query(
        "INSERT INTO setups (organization, begun_at) VALUES ($1, $2)
         ON CONFLICT (organization) DO UPDATE SET
           begun_at = coalesce(setups.begun_at, excluded.begun_at)",
    )
    .bind(organization)
    .bind(to_millis(now))
    .execute(conn)
    .await?;
    Ok(())
}

/// An organization's row; all of it absent where there is none.
#[derive(Debug, Default)]
struct Standing {
    begun_at: Option<Timestamp>,
    subdomain: Option<String>,
    finished_at: Option<Timestamp>,
    finished_by: Option<String>,
}

impl Standing {
    async fn of(conn: &mut Conn, id: &str) -> Result<Self, Refusal> {
        let row = sqlx::query(
            "SELECT begun_at, subdomain, finished_at, finished_by FROM setups
              WHERE organization = $1",
        )
        .bind(id)
        .fetch_optional(conn)
        .await?;
        let Some(row) = row else { return Ok(Self::default()) };
        Ok(Self {
            begun_at: row.try_get::<Option<i64>, _>("begun_at")?.map(from_millis),
            subdomain: row.try_get("subdomain")?,
            finished_at: row.try_get::<Option<i64>, _>("finished_at")?.map(from_millis),
            finished_by: row.try_get("finished_by")?,
        })
    }

    fn state(&self) -> SetupState {
        if self.finished_at.is_some() { SetupState::Finished } else { SetupState::Pending }
    }
}

/// What an organization's row tells of it: nothing where neither trial nor order asked for it.
pub fn told(begun_at: Option<i64>, finished_at: Option<i64>) -> Option<SetupState> {
    match (begun_at, finished_at) {
        (_, Some(_)) => Some(SetupState::Finished),
        (Some(_), None) => Some(SetupState::Pending),
        (None, None) => None,
    }
}

/// Where an organization's setup stands.
pub async fn state(conn: &mut Conn, id: &str) -> Result<SetupState, Refusal> {
    Ok(Standing::of(conn, id).await?.state())
}

/// An organization's services setup, with all that the wizard shows of it.
pub async fn show(
    directory: &Directory,
    conn: &mut Conn,
    viewer: &Viewer,
    id: &str,
) -> Result<Setup, Refusal> {
    let name = subdomains::company(conn, id).await?;
    let standing = Standing::of(conn, id).await?;
    let suggestions = match &standing.subdomain {
        Some(_) => Vec::new(),
        None => subdomains::free(conn, id, "", &name).await?,
    };
    Ok(Setup {
        organization: id.to_owned(),
        organization_name: Untrusted::new(name),
        state: standing.state(),
        begun_at: standing.begun_at,
        services: services::of(conn, id).await?,
        subdomain: standing.subdomain,
        suggestions,
        finished_at: standing.finished_at,
        finished_by: standing.finished_by.map(Untrusted::new),
        contact_center: contact_center::show(conn, viewer, id, directory.clock.now()).await?,
        welcome: welcome::newest(conn, id, directory.clock.now()).await?,
    })
}

/// Finish: the subdomain is taken in this one transaction, or nothing is changed (rule T6).
pub async fn finish(
    directory: &Directory,
    viewer: &Viewer,
    id: &str,
    text: &str,
) -> Result<Setup, Refusal> {
    let name = Subdomain::parse(text).map_err(|error| {
        Refusal::invalid("subdomain", format!("That is not a subdomain: {error}."))
    })?;
    let now = directory.clock.now();
    let mut tx = directory.store.begin().await?;
    let company = subdomains::company(&mut tx, id).await?;
    let before = Standing::of(&mut tx, id).await?;
    if before.state() == SetupState::Finished {
        let subdomain = before.subdomain.unwrap_or_default();
        return Err(Refusal::conflict(
            code::SETUP_FINISHED,
            format!("Services setup is finished; the subdomain is {subdomain}."),
            "There is nothing left to finish. Go on at Contact Center, or add users.",
        ));
    }
    let available = !name.is_reserved() && take(&mut tx, viewer, id, &name, now).await?;
    if !available {
        drop(tx);
        let mut conn = directory.store.read().await?;
        let free = subdomains::free(&mut conn, id, name.as_str(), &company).await?;
        return Err(if name.is_reserved() { reserved(&name, free) } else { taken(&name, free) });
    }
    Change::by(now, &viewer.email, "setup.finished")
        .of(id)
        .detail(json!({ "subdomain": name.as_str() }))
        .record(&mut tx)
        .await?;
    let shown = show(directory, &mut tx, viewer, id).await?;
    tx.commit().await?;
    Ok(shown)
}

/// Takes the name, unless another organization has it.
async fn take(
    conn: &mut Conn,
    viewer: &Viewer,
    id: &str,
    name: &Subdomain,
    now: Timestamp,
) -> Result<bool, Refusal> {
    sqlx::query(
        "INSERT INTO setups (organization) VALUES ($1) ON CONFLICT (organization) DO NOTHING",
    )
    .bind(id)
    .execute(&mut *conn)
    .await?;
    let done = sqlx::query(
        "UPDATE setups SET subdomain = $2, finished_at = $3, finished_by = $4
          WHERE organization = $1
            AND NOT EXISTS (SELECT 1 FROM setups
                             WHERE subdomain = $2 AND organization <> $1)",
    )
    .bind(id)
    .bind(name.as_str())
    .bind(to_millis(now))
    .bind(&viewer.email)
    .execute(conn)
    .await;
    match done {
        Ok(done) => Ok(done.rows_affected() == 1),
        // Between the look and the write another process took it.
        Err(sqlx::Error::Database(error)) if error.is_unique_violation() => Ok(false),
        Err(error) => Err(error.into()),
    }
}

fn taken(name: &Subdomain, free: Vec<String>) -> Refusal {
    Refusal::conflict(
        code::SUBDOMAIN_TAKEN,
        format!("Another organization has the subdomain {name}."),
        "Choose another one; your answers are kept. The suggestions are free at this moment.",
    )
    .at("subdomain")
    .with_suggestions(free)
}

fn reserved(name: &Subdomain, free: Vec<String>) -> Refusal {
    Refusal::conflict(
        code::SUBDOMAIN_RESERVED,
        format!("The subdomain {name} is reserved; no organization gets it."),
        "Choose another one; the suggestions are free at this moment.",
    )
    .at("subdomain")
    .with_suggestions(free)
}
