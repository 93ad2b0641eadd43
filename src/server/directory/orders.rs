//! Orders: listing and showing them (rule T3).
//!
//! Owns who sees what of an order: its partner does not learn which organization it asks, the
//! organization sees an order only while it is asked, or once it is mapped.

pub mod adding;
pub mod answers;
pub mod candidates;
mod letters;
pub mod mapping;
mod site;
#[cfg(test)]
mod tests;
use sqlx::Row;

use super::trials::push_roles;
use super::{Directory, roles, services};
use crate::api::order::Order;
use crate::api::page::{Page, PageQuery};
use crate::domain::country::Country;
use crate::domain::order::{OrderState, OrderWay};
use crate::domain::role::{Action, Role, permits};
use crate::domain::services::ServiceLine;
use crate::domain::untrusted::Untrusted;
use crate::server::directory::Viewer;
use crate::server::paging;
use crate::server::refusal::Refusal;
use crate::server::store::{Conn, Sql, SqlRow, from_millis};

const SELECT: &str = "
    SELECT r.number, r.partner, p.name AS partner_name, r.company, r.country, r.received_at,
           r.state, r.way, r.administrator, r.organization, o.name AS organization_name,
           o.partner AS manager, m.name AS manager_name, r.asked_at, r.settled_at, r.site_url,
           r.time_zone
      FROM orders r JOIN organizations p ON p.id = r.partner
      LEFT JOIN organizations o ON o.id = r.organization
      LEFT JOIN organizations m ON m.id = o.partner";

/// The orders that the viewer sees, oldest first.
pub async fn list(
    directory: &Directory,
    viewer: &Viewer,
    query: &PageQuery,
) -> Result<Page<Order>, Refusal> {
    let limit = paging::limit(query.limit)?;
    let after: Option<(i64, String)> = paging::after(query.cursor.as_deref())?;
    let mut sql = select_seen_by(viewer);
    if let Some((received_at, number)) = after {
        sql.push(" AND (r.received_at, r.number) > (").push_bind(received_at);
        sql.push(", ").push_bind(number).push(")");
    }
    sql.push(" ORDER BY r.received_at, r.number LIMIT ").push_bind(limit as i64 + 1);
    let mut conn = directory.store.read().await?;
    let rows = sql.build().fetch_all(&mut *conn).await?;
    let key = |row: &SqlRow| (row.get::<i64, _>("received_at"), row.get::<String, _>("number"));
    let page = paging::page(rows, limit, key, |row| row)?;
    let numbers =
        page.items.iter().map(|row| row.try_get("number")).collect::<Result<Vec<&str>, _>>()?;
    let mut services = services::of_orders(&mut conn, &numbers).await?;
    let mut items = Vec::with_capacity(page.items.len());
    for row in &page.items {
        let lines = services.remove(row.try_get::<&str, _>("number")?).unwrap_or_default();
        items.push(read(&mut conn, viewer, row, lines).await?);
    }
    Ok(Page { items, next: page.next })
}

/// One order; 404 for who does not see it.
pub async fn show(conn: &mut Conn, viewer: &Viewer, number: &str) -> Result<Order, Refusal> {
    let mut sql = select_seen_by(viewer);
    sql.push(" AND r.number = ").push_bind(number);
    let row = sql.build().fetch_optional(&mut *conn).await?;
    let row = row.ok_or_else(|| Refusal::not_found("order"))?;
    let lines = services::of_orders(conn, &[number]).await?.remove(number).unwrap_or_default();
    read(conn, viewer, &row, lines).await
}

/// The partner's admins see an order always; an organization's, while it is asked or once it is
/// mapped.
fn select_seen_by(viewer: &Viewer) -> Sql {
    let mut sql = Sql::new(SELECT);
    sql.push(" WHERE 1 = 1");
    if !viewer.backend_admin {
        sql.push(" AND (r.partner IN (SELECT organization FROM organization_roles WHERE email = ");
        sql.push_bind(viewer.email.clone()).push(" AND role IN (");
        push_roles(&mut sql, Action::SellTo);
        sql.push(") OR r.organization IN (SELECT organization FROM organization_roles");
        sql.push(" WHERE email = ").push_bind(viewer.email.clone()).push(" AND role IN (");
        push_roles(&mut sql, Action::SeeDetails);
        sql.push("))");
    }
    sql
}

async fn read(
    conn: &mut Conn,
    viewer: &Viewer,
    row: &SqlRow,
    services: Vec<ServiceLine>,
) -> Result<Order, Refusal> {
    let text = |column: &str| row.try_get::<Option<String>, _>(column);
    let shown = |column: &str| text(column).map(|text| text.map(Untrusted::new));
    let partner: String = row.try_get("partner")?;
    let state = OrderState::from_code(row.try_get("state")?)
        .ok_or_else(|| Refusal::internal(&"an order's state is unknown"))?;
    let country =
        Country::parse(row.try_get("country")?).map_err(|error| Refusal::internal(&error))?;
    let time = |column: &str| row.try_get::<Option<i64>, _>(column);
    let asked_at = time("asked_at")?.map(from_millis);
    let standing = Standing::of(conn, viewer, &partner, text("organization")?.as_deref()).await?;
    let open = state != OrderState::Mapped;
    let another = open && text("manager")?.as_ref() != Some(&partner);
    let manager = shown("manager_name")?.filter(|_| another);
    let mut order = Order {
        number: row.try_get("number")?,
        partner_name: Untrusted::new(row.try_get::<String, _>("partner_name")?),
        company: Untrusted::new(row.try_get::<String, _>("company")?),
        country,
        region: country.region(),
        services,
        received_at: from_millis(row.try_get("received_at")?),
        state,
        asked_at,
        way: text("way")?.as_deref().and_then(OrderWay::from_code),
        administrator: shown("administrator")?,
        organization: text("organization")?,
        organization_name: shown("organization_name")?,
        replaces_partner: manager,
        settled_at: time("settled_at")?.map(from_millis),
        site_url: shown("site_url")?,
        time_zone: shown("time_zone")?,
        may_map: standing.may_map && open,
        may_answer: standing.may_answer && asked_at.is_some(),
        partner,
    };
    if asked_at.is_some() && !standing.inside {
        order.organization = None;
        order.organization_name = None;
        order.replaces_partner = None;
    }
    Ok(order)
}

/// How a viewer stands towards an order.
struct Standing {
    /// Of the organization that is asked, or above all of them.
    inside: bool,
    may_map: bool,
    may_answer: bool,
}

impl Standing {
    async fn of(
        conn: &mut Conn,
        viewer: &Viewer,
        partner: &str,
        organization: Option<&str>,
    ) -> Result<Self, Refusal> {
        let selling = roles::in_organization(conn, &viewer.email, partner).await?;
        let own: Vec<Role> = match organization {
            Some(id) => roles::in_organization(conn, &viewer.email, id).await?,
            None => Vec::new(),
        };
        let inside = own.iter().any(|role| matches!(role, Role::FullAdmin | Role::ReadOnlyAdmin));
        Ok(Self {
            inside: inside || viewer.backend_admin,
            may_map: selling.iter().any(|role| permits(*role, Action::SellTo)),
            may_answer: own.iter().any(|role| permits(*role, Action::AcceptOrder)),
        })
    }
}

/// An order as its acts need it.
#[derive(Debug)]
pub struct Found {
    pub number: String,
    pub partner: String,
    pub partner_name: String,
    pub company: String,
    pub country: Country,
    pub services: Vec<ServiceLine>,
    pub state: OrderState,
    pub way: Option<OrderWay>,
    pub administrator: Option<String>,
    /// Mapped to; while it asks, the one asked.
    pub organization: Option<String>,
    pub asks: bool,
    pub asked_by: Option<String>,
    /// The site that its meetings get, as far as it is known.
    pub site_url: Option<String>,
    pub time_zone: Option<String>,
}

/// Looks an order up for an act on it.
pub async fn find(conn: &mut Conn, number: &str) -> Result<Found, Refusal> {
    let row = sqlx::query(
        "SELECT r.number, r.partner, p.name AS partner_name, r.company, r.country, r.state, r.way,
                r.administrator, r.organization, r.asked_at IS NOT NULL AS asks, r.asked_by,
                r.site_url, r.time_zone
           FROM orders r JOIN organizations p ON p.id = r.partner WHERE r.number = $1",
    )
    .bind(number)
    .fetch_optional(&mut *conn)
    .await?;
    let row = row.ok_or_else(|| Refusal::not_found("order"))?;
    Ok(Found {
        number: row.try_get("number")?,
        partner: row.try_get("partner")?,
        partner_name: row.try_get("partner_name")?,
        company: row.try_get("company")?,
        country: Country::parse(row.try_get("country")?)
            .map_err(|error| Refusal::internal(&error))?,
        services: services::of_orders(conn, &[number]).await?.remove(number).unwrap_or_default(),
        state: OrderState::from_code(row.try_get("state")?)
            .ok_or_else(|| Refusal::internal(&"an order's state is unknown"))?,
        way: row.try_get::<Option<&str>, _>("way")?.and_then(OrderWay::from_code),
        administrator: row.try_get("administrator")?,
        organization: row.try_get("organization")?,
        asks: row.try_get("asks")?,
        asked_by: row.try_get("asked_by")?,
        site_url: row.try_get("site_url")?,
        time_zone: row.try_get("time_zone")?,
    })
}
