//! Adding orders: they come from outside, as a backend administrator or a program hands them over.

use serde_json::json;

use super::super::organizations::adding::must_be_partner;
use super::super::trials::starting::lines;
use super::super::{Directory, fields};
use super::site;
use crate::api::order::{NewOrder, Order};
use crate::api::problem::code;
use crate::domain::order::{OrderState, order_number};
use crate::server::audit::Change;
use crate::server::directory::Viewer;
use crate::server::refusal::Refusal;
use crate::server::store::to_millis;

/// Adds one, waiting to be mapped.
pub async fn add(directory: &Directory, viewer: &Viewer, new: &NewOrder) -> Result<Order, Refusal> {
    let number =
        order_number(&new.number).map_err(|error| Refusal::invalid("number", error.to_string()))?;
    let company = fields::name("company", &new.company)?;
    let country = fields::country("country", &new.country)?;
    let services = lines(&new.services)?;
    let site = site::of_order(&services, new.site_url.as_deref(), new.time_zone.as_deref())?;
    let now = directory.clock.now();
    let mut tx = directory.store.begin().await?;
    must_be_partner(&mut tx, &new.partner).await?;
    let added = sqlx::query(
        "INSERT INTO orders (number, partner, company, country, received_at, state, site_url,
           time_zone) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING",
    )
    .bind(&number)
    .bind(&new.partner)
    .bind(&company)
    .bind(country.code())
    .bind(to_millis(now))
    .bind(OrderState::Waiting.code())
    .bind(site.as_ref().map(|site| site.url.as_str()))
    .bind(site.as_ref().map(|site| site.time_zone))
    .execute(&mut *tx)
    .await?;
    if added.rows_affected() == 0 {
        return Err(Refusal::conflict(
            code::EXISTS,
            "There is an order with this number.",
            "Look it up, or correct the number.",
        )
        .at("number"));
    }
    for line in &services {
        sqlx::query("INSERT INTO order_services (number, service, quantity) VALUES ($1, $2, $3)")
            .bind(&number)
            .bind(line.service.code())
            .bind(line.quantity)
            .execute(&mut *tx)
            .await?;
    }
    Change::by(now, &viewer.email, "order.added")
        .of(&new.partner)
        .about(&number)
        .detail(json!({ "company": company, "country": country, "services": services }))
        .record(&mut tx)
        .await?;
    let shown = super::show(&mut tx, viewer, &number).await?;
    tx.commit().await?;
    Ok(shown)
}
