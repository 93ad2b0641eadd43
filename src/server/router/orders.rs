//! Orders, and mapping them to organizations (rule T3).

use axum::extract::State;

use super::Shared;
use super::asked::{Asked, Routes};
use crate::api::order::{
    AcceptOrder, AddOrder, DeclineOrder, ListOrderCandidates, ListOrders, MapOrderCall, Order,
    OrderMatch, ShowOrder,
};
use crate::api::page::Page;
use crate::domain::order::order_number;
use crate::domain::role::Action;
use crate::server::Backend;
use crate::server::auth::{Actor, authorize};
use crate::server::directory::{OrderAnswer, Resource};
use crate::server::refusal::Refusal;

pub fn routes() -> Routes {
    Routes::new()
        .at(list_orders)
        .at(add_order)
        .at(show_order)
        .at(list_order_candidates)
        .at(map_order)
        .at(accept_order)
        .at(decline_order)
}

/// The orders one sees, oldest first: those of one's partner, and those that ask or have reached
/// one's organization.
async fn list_orders(
    State(backend): State<Shared>,
    actor: Actor,
    Asked { query: page, .. }: Asked<ListOrders>,
) -> Result<Page<Order>, Refusal> {
    backend.directory.orders(&actor.viewer(), &page).await
}

/// Add an order of a partner's customer. For backend administrators.
async fn add_order(
    State(backend): State<Shared>,
    actor: Actor,
    Asked { body: new, .. }: Asked<AddOrder>,
) -> Result<Order, Refusal> {
    let added = backend.directory.add_order(&actor.viewer(), &new).await?;
    Ok(added)
}

/// One order.
async fn show_order(
    State(backend): State<Shared>,
    actor: Actor,
    Asked { path: number, .. }: Asked<ShowOrder>,
) -> Result<Order, Refusal> {
    seen(&backend, &actor, &number).await
}

/// Where the order could go, with this administrator's address. Recorded, and rate-limited.
async fn list_order_candidates(
    State(backend): State<Shared>,
    actor: Actor,
    Asked { path: number, body: find, .. }: Asked<ListOrderCandidates>,
) -> Result<OrderMatch, Refusal> {
    let order = may_map(&backend, &actor, &number).await?;
    backend.directory.order_candidates(&actor.viewer(), &order.number, &find).await
}

/// Map the order. An organization that the partner does not manage is asked first, by mail to its
/// full admins; the order then stays `waiting`, with `asked_at`.
async fn map_order(
    State(backend): State<Shared>,
    actor: Actor,
    Asked { path: number, body: map, .. }: Asked<MapOrderCall>,
) -> Result<Order, Refusal> {
    let order = may_map(&backend, &actor, &number).await?;
    backend.directory.map_order(&actor.viewer(), &order.number, &map).await
}

/// Accept that the order is mapped to the organization that it asks.
async fn accept_order(
    State(backend): State<Shared>,
    actor: Actor,
    Asked { path: number, .. }: Asked<AcceptOrder>,
) -> Result<Order, Refusal> {
    answer(&backend, &actor, &number, OrderAnswer::Accept).await
}

/// Decline it; the organization is not asked about this order again.
async fn decline_order(
    State(backend): State<Shared>,
    actor: Actor,
    Asked { path: number, .. }: Asked<DeclineOrder>,
) -> Result<Order, Refusal> {
    answer(&backend, &actor, &number, OrderAnswer::Decline).await
}

async fn seen(backend: &Backend, actor: &Actor, number: &str) -> Result<Order, Refusal> {
    let number = order_number(number).map_err(|_| Refusal::not_found("order"))?;
    backend.directory.order(&actor.viewer(), &number).await
}

/// Only its partner maps an order; who sees it otherwise may not.
pub async fn may_map(backend: &Backend, actor: &Actor, number: &str) -> Result<Order, Refusal> {
    let order = seen(backend, actor, number).await?;
    let partner = Resource::Organization(&order.partner);
    match authorize(backend, actor, Action::SellTo, partner).await {
        Ok(_) => Ok(order),
        Err(_) => Err(Refusal::not_allowed(Action::SellTo)),
    }
}

/// Only a full admin of the organization that is asked answers; its partner sees no organization.
async fn answer(
    backend: &Shared,
    actor: &Actor,
    number: &str,
    answer: OrderAnswer,
) -> Result<Order, Refusal> {
    let order = seen(backend, actor, number).await?;
    let id = order.organization.ok_or_else(|| Refusal::not_allowed(Action::AcceptOrder))?;
    let resource = Resource::Organization(&id);
    authorize(backend, actor, Action::AcceptOrder, resource).await?;
    let answered =
        backend.directory.answer_order(&actor.viewer(), &order.number, &id, answer).await?;
    Ok(answered)
}
