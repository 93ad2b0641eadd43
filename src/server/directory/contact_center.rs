//! Contact Center (rule T7): what its Set Up begins, for whom, and the card.
//!
//! Owns who may begin which part: a partner voice, the customer's own full admin chat too. When a
//! part that was begun becomes ready is `jobs`' to do.

pub mod jobs;
#[cfg(test)]
mod tests;
mod timers;

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use sqlx::Row;

use super::{Directory, fields, roles, services};
use crate::api::contact_center::{ContactCenter, Part, SetUpContactCenter};
use crate::api::problem::code;
use crate::api::run::WatchQuery;
use crate::domain::country::Country;
use crate::domain::role::{Action, permits};
use crate::domain::services::{Service, has};
use crate::domain::setup::{CenterPart, PartState};
use crate::domain::untrusted::Untrusted;
use crate::server::audit::Change;
use crate::server::directory::Viewer;
use crate::server::refusal::Refusal;
use crate::server::store::{Conn, SqlRow, from_millis, to_millis};
pub use timers::timers;

/// How long the tenant takes, and then voice and chat, in world time.
const TENANT: SignedDuration = SignedDuration::from_mins(1);
const CHANNEL: SignedDuration = SignedDuration::from_secs(30);
/// The most seconds one can wait for a change.
const LONGEST: u16 = 60;

/// The card, as this viewer sees it.
pub async fn show(
    conn: &mut Conn,
    viewer: &Viewer,
    id: &str,
    now: Timestamp,
) -> Result<ContactCenter, Refusal> {
    let row = sqlx::query(
        "SELECT coalesce(c.country, o.country) AS country,
                coalesce(c.revision, 0) AS revision
           FROM organizations o LEFT JOIN contact_centers c ON c.organization = o.id
          WHERE o.id = $1",
    )
    .bind(id)
    .fetch_optional(&mut *conn)
    .await?
    .ok_or_else(|| Refusal::not_found("organization"))?;
    let held = roles::in_organization(conn, &viewer.email, id).await?;
    let may = |action| held.iter().any(|role| permits(*role, action));
    let mut card = ContactCenter {
        organization: id.to_owned(),
        contact_center: Part::default(),
        voice: Part::default(),
        chat: Part::default(),
        country: row
            .try_get::<Option<&str>, _>("country")?
            .and_then(|code| Country::parse(code).ok()),
        in_plan: has(&services::of(conn, id).await?, Service::ContactCenter),
        would_begin: Vec::new(),
        may_begin_chat: may(Action::SetUpChat),
        revision: row.try_get::<i64, _>("revision")? as u64,
    };
    let rows = sqlx::query(
        "SELECT part, state, started_at, started_by, due_at, ended_at, reason
           FROM contact_center_parts WHERE organization = $1",
    )
    .bind(id)
    .fetch_all(conn)
    .await?;
    for row in &rows {
        let part = read(row, now)?;
        match CenterPart::from_code(row.try_get("part")?) {
            Some(CenterPart::ContactCenter) => card.contact_center = part,
            Some(CenterPart::Voice) => card.voice = part,
            Some(CenterPart::Chat) => card.chat = part,
            None => return Err(Refusal::internal(&"a part of a contact center is unknown")),
        }
    }
    card.would_begin = CenterPart::ALL
        .into_iter()
        .filter(|_| card.in_plan)
        .filter(|part| card.part(*part).state.may_begin())
        .filter(|part| may(action(*part)))
        .collect();
    Ok(card)
}

/// What one must be allowed to do to begin a part.
const fn action(part: CenterPart) -> Action {
    match part {
        CenterPart::ContactCenter | CenterPart::Voice => Action::SetUpServices,
        CenterPart::Chat => Action::SetUpChat,
    }
}

fn read(row: &SqlRow, now: Timestamp) -> Result<Part, Refusal> {
    let time = |column: &str| row.try_get::<Option<i64>, _>(column).map(|ms| ms.map(from_millis));
    let state = PartState::from_code(row.try_get("state")?)
        .ok_or_else(|| Refusal::internal(&"the state of a contact center is unknown"))?;
    let (started_at, due_at) = (time("started_at")?, time("due_at")?);
    let under_way = state == PartState::UnderWay;
    let progress = match (state, started_at, due_at) {
        (PartState::Ready, ..) => 100,
        (PartState::UnderWay, Some(start), Some(due)) => progress(start, due, now),
        _ => 0,
    };
    Ok(Part {
        state,
        progress,
        started_at,
        started_by: row.try_get::<Option<String>, _>("started_by")?.map(Untrusted::new),
        due_at: due_at.filter(|_| under_way),
        ended_at: time("ended_at")?,
        reason: row.try_get::<Option<String>, _>("reason")?.map(Untrusted::new),
    })
}

/// Percent of the way; a hundred is for what is ready.
fn progress(start: Timestamp, due: Timestamp, now: Timestamp) -> u8 {
    let whole = (to_millis(due) - to_millis(start)).max(1);
    let done = (to_millis(now) - to_millis(start)).clamp(0, whole);
    (done * 100 / whole).min(99) as u8
}

/// The card, once its revision is another, or after the wait.
pub async fn watch(
    directory: &Directory,
    viewer: &Viewer,
    id: &str,
    asked: &WatchQuery,
) -> Result<ContactCenter, Refusal> {
    let wait = asked.wait.unwrap_or(0);
    if wait > LONGEST {
        return Err(Refusal::invalid("wait", "One can wait for 0 to 60 seconds."));
    }
    if let (Some(after), 1..) = (asked.after, wait) {
        let changed = changed(directory, viewer, id, after);
        if let Ok(changed) = tokio::time::timeout(Duration::from_secs(wait.into()), changed).await {
            return changed;
        }
    }
    show(&mut *directory.store.read().await?, viewer, id, directory.clock.now()).await
}

async fn changed(
    directory: &Directory,
    viewer: &Viewer,
    id: &str,
    after: u64,
) -> Result<ContactCenter, Refusal> {
    let mut rung = directory.desk.parts.subscribe();
    loop {
        let now = directory.clock.now();
        let card = show(&mut *directory.store.read().await?, viewer, id, now).await?;
        if card.revision != after {
            return Ok(card);
        }
        // The sender lives as long as the directory.
        let _ = rung.changed().await;
    }
}

/// Set Up: begins what this viewer may begin and what is not begun yet, or has failed.
pub async fn begin(
    directory: &Directory,
    viewer: &Viewer,
    id: &str,
    asked: &SetUpContactCenter,
) -> Result<ContactCenter, Refusal> {
    let country = asked.country.as_deref().map(|text| fields::country("country", text));
    let now = directory.clock.now();
    let mut tx = directory.store.begin().await?;
    let card = show(&mut tx, viewer, id, now).await?;
    if !card.in_plan {
        return Err(not_in_plan());
    }
    if card.would_begin.is_empty() {
        return Err(nothing(&card));
    }
    let country = place(&card, country.transpose()?)?;
    sqlx::query(
        "INSERT INTO contact_centers (organization, country, revision) VALUES ($1, $2, 1)
         ON CONFLICT (organization) DO UPDATE SET country = excluded.country,
           revision = contact_centers.revision + 1",
    )
    .bind(id)
    .bind(country.map(Country::code))
    .execute(&mut *tx)
    .await?;
    let tenant = if card.would_begin.contains(&CenterPart::ContactCenter) {
        later(now, TENANT)
    } else {
        card.contact_center.due_at.unwrap_or(now).max(now)
    };
    for part in &card.would_begin {
        let due = if *part == CenterPart::ContactCenter { tenant } else { later(tenant, CHANNEL) };
        start(&mut tx, viewer, id, *part, now, due).await?;
    }
    let begun: Vec<&str> = card.would_begin.iter().map(|part| part.code()).collect();
    Change::by(now, &viewer.email, "contact_center.begun")
        .of(id)
        .detail(json!({ "parts": begun, "country": country.map(Country::code) }))
        .record(&mut tx)
        .await?;
    let shown = show(&mut tx, viewer, id, now).await?;
    tx.commit().await?;
    directory.desk.parts.send_modify(|rung| *rung = rung.wrapping_add(1));
    Ok(shown)
}

async fn start(
    conn: &mut Conn,
    viewer: &Viewer,
    id: &str,
    part: CenterPart,
    now: Timestamp,
    due: Timestamp,
) -> Result<(), Refusal> {
    sqlx::query(
        "INSERT INTO contact_center_parts
           (organization, part, state, started_at, started_by, due_at)
         VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (organization, part) DO UPDATE SET state = excluded.state,
           started_at = excluded.started_at, started_by = excluded.started_by,
           due_at = excluded.due_at, ended_at = NULL, reason = NULL",
    )
    .bind(id)
    .bind(part.code())
    .bind(PartState::UnderWay.code())
    .bind(to_millis(now))
    .bind(&viewer.email)
    .bind(to_millis(due))
    .execute(conn)
    .await?;
    Ok(())
}

fn later(at: Timestamp, by: SignedDuration) -> Timestamp {
    at.checked_add(by).unwrap_or(Timestamp::MAX)
}

/// Where it operates: as asked, or the order's or trial's country. What runs stays where it is.
fn place(card: &ContactCenter, asked: Option<Country>) -> Result<Option<Country>, Refusal> {
    let begins = card.contact_center.state.may_begin();
    match (asked, card.country) {
        (Some(asked), Some(present)) if !begins && asked != present => Err(Refusal::invalid(
            "country",
            format!("Contact Center operates in {} already, and stays there.", present.name()),
        )),
        (asked, present) => Ok(asked.or(present)),
    }
}

/// 409: nobody ordered it.
fn not_in_plan() -> Refusal {
    Refusal::conflict(
        code::NOT_IN_PLAN,
        "Contact Center is not part of this organization's plan.",
        "On a trial the partner adds it to the services; an order has what was ordered.",
    )
}

/// 409: all that this viewer may begin was begun.
fn nothing(card: &ContactCenter) -> Refusal {
    let waits = card.chat.state.may_begin() && !card.may_begin_chat;
    if waits {
        return Refusal::conflict(
            code::NOTHING_TO_SET_UP,
            "Voice was begun already; chat waits for the customer administrator.",
            "Ask the customer's own full admin to choose Set Up, which enables chat.",
        );
    }
    Refusal::conflict(
        code::NOTHING_TO_SET_UP,
        "Contact Center, voice and chat were all begun already.",
        "Look at the card to see how far they are; there is nothing else to do.",
    )
}
