//! The answer of an organization that an order has asked (rule T3).
//!
//! Owns accepting and declining. Who answers was authorized for the organization named; that it is
//! still the one asked is checked here, in the same transaction as the answer.

use super::super::{Directory, notices};
use super::mapping::{self, Act};
use super::{Found, letters};
use crate::api::order::Order;
use crate::api::problem::code;
use crate::domain::order::{OrderState, OrderWay};
use crate::server::audit::{self, Change};
use crate::server::directory::{OrderAnswer, Viewer};
use crate::server::refusal::Refusal;
use crate::server::store::{Conn, to_millis};

/// Takes the answer.
pub async fn answer(
    directory: &Directory,
    viewer: &Viewer,
    number: &str,
    organization: &str,
    answer: OrderAnswer,
) -> Result<Order, Refusal> {
    let now = directory.clock.now();
    let mut tx = directory.store.begin().await?;
    let order = super::find(&mut tx, number).await?;
    if !order.asks || order.organization.as_deref() != Some(organization) {
        return Err(not_asked(&order));
    }
    // What is shown is the answerer's view while they have one: who declines sees it no more.
    let mut shown = super::show(&mut tx, viewer, number).await?;
    let administrator = order.administrator.clone().unwrap_or_default();
    let act = Act { actor: &viewer.email, administrator: &administrator, now };
    match answer {
        OrderAnswer::Accept => {
            let way = order.way.unwrap_or(OrderWay::Administrator);
            mapping::settle(&mut tx, &order, organization, way, &act).await?;
            shown = super::show(&mut tx, viewer, number).await?;
        }
        OrderAnswer::Decline => {
            decline(&mut tx, &order, organization, &act).await?;
            shown.state = OrderState::Refused;
            (shown.asked_at, shown.settled_at, shown.may_answer) = (None, Some(now), false);
        }
    }
    if let Some(email) = &order.asked_by {
        notices::queue(&mut tx, email, &letters::answered(&order, answer)).await?;
    }
    tx.commit().await?;
    directory.welcome_begun();
    directory.post.ring();
    directory.trials_changed.notify_one();
    Ok(shown)
}

fn not_asked(order: &Found) -> Refusal {
    if order.state == OrderState::Mapped {
        return mapping::mapped_already();
    }
    Refusal::conflict(
        code::ORDER_STATE,
        "This order does not ask your organization any more.",
        "Nothing is left to do about it here.",
    )
}

async fn decline(
    conn: &mut Conn,
    order: &Found,
    organization: &str,
    act: &Act<'_>,
) -> Result<(), Refusal> {
    sqlx::query(
        "INSERT INTO order_declines (number, organization, declined_at, declined_by)
         VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
    )
    .bind(&order.number)
    .bind(organization)
    .bind(to_millis(act.now))
    .bind(act.actor)
    .execute(&mut *conn)
    .await?;
    sqlx::query(
        "UPDATE orders SET state = $2, organization = NULL, asked_at = NULL, asked_by = NULL,
           way = NULL, settled_at = $3 WHERE number = $1",
    )
    .bind(&order.number)
    .bind(OrderState::Refused.code())
    .bind(to_millis(act.now))
    .execute(&mut *conn)
    .await?;
    // The partner reads that it was declined, not by whom.
    let told = [
        (act.actor, "order.declined", organization),
        (audit::SYSTEM, "order.refused", order.partner.as_str()),
    ];
    for (actor, action, organization) in told {
        Change::by(act.now, actor, action)
            .of(organization)
            .about(&order.number)
            .record(conn)
            .await?;
    }
    Ok(())
}
