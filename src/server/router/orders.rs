//! Orders, and mapping them to organizations (rule T3).

use axum::extract::State;
use axum::http::StatusCode;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::extract::{ApiJson, ApiPath, ApiQuery};
use super::{Reads, Shared, Writes};
use crate::api::order::{FindCandidates, MapOrder, NewOrder, Order, OrderMatch};
use crate::api::page::{Page, PageQuery};
use crate::domain::order::order_number;
use crate::domain::role::Action;
use crate::server::Backend;
use crate::server::auth::{Actor, authorize};
use crate::server::provider::{OrderAnswer, Resource};
use crate::server::refusal::Refusal;

pub fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::new()
        .routes(routes!(list_orders, add_order))
        .routes(routes!(show_order))
        .routes(routes!(list_order_candidates))
        .routes(routes!(map_order))
        .routes(routes!(accept_order))
        .routes(routes!(decline_order))
}

/// The orders one sees, oldest first: those of one's partner, and those that ask or have reached
/// one's organization.
#[utoipa::path(
    get, path = "/v1/orders", tag = "Orders", params(PageQuery),
    responses((status = 200, body = Page<Order>), Reads),
    security(("bearer" = []))
)]
async fn list_orders(
    State(backend): State<Shared>,
    actor: Actor,
    ApiQuery(page): ApiQuery<PageQuery>,
) -> Result<ApiJson<Page<Order>>, Refusal> {
    backend.provider.orders(&actor.viewer(), &page).await.map(ApiJson)
}

/// Add an order of a partner's customer. For backend administrators.
#[utoipa::path(
    post, path = "/v1/orders", tag = "Orders",
    request_body = NewOrder,
    responses((status = 201, body = Order, description = "Added, waiting."), Writes),
    security(("bearer" = []))
)]
async fn add_order(
    State(backend): State<Shared>,
    actor: Actor,
    ApiJson(new): ApiJson<NewOrder>,
) -> Result<(StatusCode, ApiJson<Order>), Refusal> {
    authorize(&backend, &actor, Action::Provision, Resource::Backend).await?;
    let added = backend.provider.add_order(&actor.viewer(), &new).await?;
    Ok((StatusCode::CREATED, ApiJson(added)))
}

/// One order.
#[utoipa::path(
    get, path = "/v1/orders/{number}", tag = "Orders",
    params(("number" = String, Path, description = "The order's number.")),
    responses((status = 200, body = Order), Reads),
    security(("bearer" = []))
)]
async fn show_order(
    State(backend): State<Shared>,
    actor: Actor,
    ApiPath(number): ApiPath<String>,
) -> Result<ApiJson<Order>, Refusal> {
    seen(&backend, &actor, &number).await.map(ApiJson)
}

/// Where the order could go, with this administrator's address. Recorded, and rate-limited.
#[utoipa::path(
    post, path = "/v1/orders/{number}/candidates", tag = "Orders",
    params(("number" = String, Path, description = "The order's number.")),
    request_body = FindCandidates,
    responses((status = 200, body = OrderMatch), Writes),
    security(("bearer" = []))
)]
async fn list_order_candidates(
    State(backend): State<Shared>,
    actor: Actor,
    ApiPath(number): ApiPath<String>,
    ApiJson(find): ApiJson<FindCandidates>,
) -> Result<ApiJson<OrderMatch>, Refusal> {
    let order = may_map(&backend, &actor, &number).await?;
    backend.provider.order_candidates(&actor.viewer(), &order.number, &find).await.map(ApiJson)
}

/// Map the order. An organization that the partner does not manage is asked first, by mail to its
/// full admins; the order then stays `waiting`, with `asked_at`.
#[utoipa::path(
    post, path = "/v1/orders/{number}/map", tag = "Orders",
    params(("number" = String, Path, description = "The order's number.")),
    request_body = MapOrder,
    responses((status = 200, body = Order), Writes),
    security(("bearer" = []))
)]
async fn map_order(
    State(backend): State<Shared>,
    actor: Actor,
    ApiPath(number): ApiPath<String>,
    ApiJson(map): ApiJson<MapOrder>,
) -> Result<ApiJson<Order>, Refusal> {
    let order = may_map(&backend, &actor, &number).await?;
    backend.provider.map_order(&actor.viewer(), &order.number, &map).await.map(ApiJson)
}

/// Accept that the order is mapped to the organization that it asks.
#[utoipa::path(
    post, path = "/v1/orders/{number}/accept", tag = "Orders",
    params(("number" = String, Path, description = "The order's number.")),
    responses((status = 200, body = Order), Writes),
    security(("bearer" = []))
)]
async fn accept_order(
    State(backend): State<Shared>,
    actor: Actor,
    ApiPath(number): ApiPath<String>,
) -> Result<ApiJson<Order>, Refusal> {
    answer(&backend, &actor, &number, OrderAnswer::Accept).await
}

/// Decline it; the organization is not asked about this order again.
#[utoipa::path(
    post, path = "/v1/orders/{number}/decline", tag = "Orders",
    params(("number" = String, Path, description = "The order's number.")),
    responses((status = 200, body = Order), Writes),
    security(("bearer" = []))
)]
async fn decline_order(
    State(backend): State<Shared>,
    actor: Actor,
    ApiPath(number): ApiPath<String>,
) -> Result<ApiJson<Order>, Refusal> {
    answer(&backend, &actor, &number, OrderAnswer::Decline).await
}

async fn seen(backend: &Backend, actor: &Actor, number: &str) -> Result<Order, Refusal> {
    let number = order_number(number).map_err(|_| Refusal::not_found("order"))?;
    backend.provider.order(&actor.viewer(), &number).await
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
) -> Result<ApiJson<Order>, Refusal> {
    let order = seen(backend, actor, number).await?;
    let id = order.organization.ok_or_else(|| Refusal::not_allowed(Action::AcceptOrder))?;
    let resource = Resource::Organization(&id);
    authorize(backend, actor, Action::AcceptOrder, resource).await?;
    let answered =
        backend.provider.answer_order(&actor.viewer(), &order.number, &id, answer).await?;
    Ok(ApiJson(answered))
}
