//! The world clock: reading it, and moving it on where the backend allows that.

use std::time::Duration;

use axum::extract::State;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::extract::ApiJson;
use super::{Reads, Shared, Writes};
use crate::api::demo::{Advance, Clock};
use crate::server::Backend;
use crate::server::audit::{self, Change};
use crate::server::auth::Actor;
use crate::server::refusal::Refusal;
use crate::server::store::rehearsal;

/// Ten years.
const FARTHEST: u64 = 10 * 366 * 86_400;

pub fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::new().routes(routes!(show_clock)).routes(routes!(advance_clock))
}

/// The world clock: the time that trials, deadlines and expiries run on.
#[utoipa::path(
    get, path = "/v1/clock", tag = "Clock",
    responses((status = 200, body = Clock), Reads),
    security(("bearer" = []))
)]
async fn show_clock(State(backend): State<Shared>, _actor: Actor) -> ApiJson<Clock> {
    ApiJson(clock(&backend))
}

/// Move the world clock on. Only in the demo and with `serve --test-clock`; elsewhere 404.
#[utoipa::path(
    post, path = "/v1/clock/advance", tag = "Clock",
    request_body = Advance,
    responses((status = 200, body = Clock), Writes),
    security(("bearer" = []))
)]
async fn advance_clock(
    State(backend): State<Shared>,
    actor: Actor,
    ApiJson(body): ApiJson<Advance>,
) -> Result<ApiJson<Clock>, Refusal> {
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
    let change = Change {
        at: backend.clock.now(),
        actor: &actor.email,
        action: "clock.advanced",
        organization: None,
        site: None,
        subject: "clock",
        detail: serde_json::json!({ "seconds": body.seconds }),
    };
    audit::record(&mut tx, change).await?;
    tx.commit().await?;
    backend.runs.ring();
    Ok(ApiJson(clock(&backend)))
}

fn may_advance(backend: &Backend) -> bool {
    backend.options.test_clock || backend.options.demo
}

fn clock(backend: &Backend) -> Clock {
    Clock { now: backend.clock.now(), may_advance: may_advance(backend) }
}
