//! Which services an organization has, and how many licences of each.
//!
//! Owns the rows. Trials and orders decide what is in them; the order is that of the domain.

use std::collections::HashMap;

use sqlx::Row;

use crate::domain::services::{Service, ServiceLine};
use crate::server::refusal::Refusal;
use crate::server::store::{Conn, Sql};

/// An organization's services.
pub async fn of(conn: &mut Conn, organization: &str) -> Result<Vec<ServiceLine>, Refusal> {
    let mut all = of_all(conn, &[organization]).await?;
    Ok(all.remove(organization).unwrap_or_default())
}

/// The services of several organizations; those without any are not in it.
pub async fn of_all(
    conn: &mut Conn,
    organizations: &[&str],
) -> Result<HashMap<String, Vec<ServiceLine>>, Refusal> {
    let table = "SELECT organization AS whose, service, quantity FROM organization_services
                  WHERE organization IN (";
    read(conn, table, organizations).await
}

/// The services of several orders.
pub async fn of_orders(
    conn: &mut Conn,
    numbers: &[&str],
) -> Result<HashMap<String, Vec<ServiceLine>>, Refusal> {
    let table = "SELECT number AS whose, service, quantity FROM order_services
                  WHERE number IN (";
    read(conn, table, numbers).await
}

async fn read(
    conn: &mut Conn,
    select: &str,
    keys: &[&str],
) -> Result<HashMap<String, Vec<ServiceLine>>, Refusal> {
    let mut found: HashMap<String, Vec<ServiceLine>> = HashMap::new();
    if keys.is_empty() {
        return Ok(found);
    }
    let mut sql = Sql::new(select);
    let mut separated = sql.separated(", ");
    for key in keys {
        separated.push_bind(*key);
    }
    separated.push_unseparated(")");
    for row in sql.build().fetch_all(conn).await? {
        let service = Service::from_code(row.try_get("service")?)
            .ok_or_else(|| Refusal::internal(&"a service is unknown"))?;
        let quantity = row.try_get("quantity")?;
        found.entry(row.try_get("whose")?).or_default().push(ServiceLine { service, quantity });
    }
    for lines in found.values_mut() {
        lines.sort_by_key(|line| line.service);
    }
    Ok(found)
}

/// Makes these an organization's services, in place of what it had.
pub async fn set(
    conn: &mut Conn,
    organization: &str,
    lines: &[ServiceLine],
) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM organization_services WHERE organization = $1")
        .bind(organization)
        .execute(&mut *conn)
        .await?;
    add(conn, organization, lines).await
}

/// Adds licences to what an organization has.
pub async fn add(
    conn: &mut Conn,
    organization: &str,
    lines: &[ServiceLine],
) -> Result<(), sqlx::Error> {
    for line in lines {
        sqlx::query(
            "INSERT INTO organization_services (organization, service, quantity)
             VALUES ($1, $2, $3) ON CONFLICT (organization, service)
             DO UPDATE SET quantity = organization_services.quantity + excluded.quantity",
        )
        .bind(organization)
        .bind(line.service.code())
        .bind(line.quantity)
        .execute(&mut *conn)
        .await?;
    }
    Ok(())
}
