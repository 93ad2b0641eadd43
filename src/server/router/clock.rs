//! The world clock: reading it, and moving it on where the backend allows that.

use std::time::Duration;

use axum::extract::State;
use serde_json::json;

use super::Shared;
use super::asked::{Asked, Routes};
use crate::api::demo::{AdvanceClock, Clock, ShowClock};
use crate::server::Backend;
use crate::server::audit::Change;
use crate::server::auth::Actor;
use crate::server::refusal::Refusal;
use crate::server::store::rehearsal;

/// Ten years.
const FARTHEST: u64 = 10 * 366 * 86_400;

pub fn routes() -> Routes {
    Routes::new().at(show_clock).at(advance_clock)
}

async fn show_clock(State(backend): State<Shared>, _: Asked<ShowClock>) -> Result<Clock, Refusal> {
    Ok(clock(&backend))
}

/// Move the world clock on. Only in the demo and with `serve --test-clock`; elsewhere 404.
async fn advance_clock(
    State(backend): State<Shared>,
    actor: Actor,
    Asked { body, .. }: Asked<AdvanceClock>,
) -> Result<Clock, Refusal> {
    if !may_advance(&backend) {
        return Err(Refusal::not_found("clock that can be moved"));
    }
    if !(1..=FARTHEST).contains(&body.seconds) {
        return Err(Refusal::invalid("seconds", "The clock moves on by 1 second to 10 years."));
    }
    rehearsal::enough()?;
    backend.clock.advance(Duration::from_secs(body.seconds));
    backend.clock.save(&backend.store).await?;
    let mut tx = backend.store.begin().await?;
    Change::by(backend.clock.now(), &actor.email, "clock.advanced")
        .about("clock")
        .detail(json!({ "seconds": body.seconds }))
        .record(&mut tx)
        .await?;
    tx.commit().await?;
    backend.runs.ring();
    Ok(clock(&backend))
}

fn may_advance(backend: &Backend) -> bool {
    backend.options.test_clock || backend.options.demo
}

fn clock(backend: &Backend) -> Clock {
    Clock { now: backend.clock.now(), may_advance: may_advance(backend) }
}
