//! What time runs for, over everything that one sees.

use axum::extract::State;

use super::Shared;
use super::asked::{Asked, Routes};
use crate::api::page::Page;
use crate::api::timer::{ListTimers, Timer};
use crate::domain::timer::{TimerKind, Urgency};
use crate::server::auth::Actor;
use crate::server::engine::{newcomers, runs};
use crate::server::paging;
use crate::server::refusal::Refusal;
use crate::server::store::to_millis;

pub fn routes() -> Routes {
    Routes::new().at(list_timers)
}

/// The place of a timer in the list: what waits for somebody first, then what is due first.
///
/// What goes on by itself is in the order of its kinds: its end is an estimate that moves (a DNS
/// look-up is told from now on), and a page that begins after a moving place repeats its rows.
type Place = (u8, Option<i64>, TimerKind, String, Option<String>, Option<String>);

fn place(timer: &Timer) -> Place {
    let by_itself = timer.urgency == Urgency::UnderWay;
    (
        timer.urgency.rank(),
        timer.due_at.filter(|_| !by_itself).map(to_millis),
        timer.kind,
        timer.subject.raw().to_owned(),
        timer.organization.clone(),
        timer.site.as_ref().map(|site| site.raw().to_owned()),
    )
}

/// What time runs for: deadlines, jobs under way, links that expire; the most urgent first.
async fn list_timers(
    State(backend): State<Shared>,
    actor: Actor,
    Asked { query: page, .. }: Asked<ListTimers>,
) -> Result<Page<Timer>, Refusal> {
    let limit = paging::limit(page.limit)?;
    let after: Option<Place> = paging::after(page.cursor.as_deref())?;
    let viewer = actor.viewer();
    let mut timers = backend.directory.timers(&viewer).await?;
    timers.extend(runs::timers(&backend, &viewer, backend.clock.now()).await?);
    timers.extend(newcomers::timers(&backend, &viewer, backend.clock.now()).await?);
    timers.sort_by_cached_key(place);
    if let Some(after) = after {
        timers.retain(|timer| place(timer) > after);
    }
    paging::page(timers, limit, place, |timer| timer)
}
