//! What time runs for in the directory: one list, gathered from who keeps the dates.
//!
//! Owns what the viewer sees of it. Each kind is one query in its owner's file, named in [`all`];
//! what a kind means is `domain::timer`'s, and the order of the list the router's.

use super::{
    Directory, agreements, automatic, contact_center, domains, linking, pages, trials, welcome,
};
use crate::api::timer::Timer;
use crate::domain::role::{Action, Role, permits};
use crate::server::directory::Viewer;
use crate::server::refusal::Refusal;
use crate::server::store::Sql;

/// All timers of what the viewer sees.
pub async fn all(directory: &Directory, viewer: &Viewer) -> Result<Vec<Timer>, Refusal> {
    let now = directory.clock.now();
    let mut conn = directory.store.read().await?;
    let mut found = agreements::timers(&mut conn, viewer, now).await?;
    found.extend(domains::timers(&mut conn, viewer, now).await?);
    found.extend(pages::timers(&mut conn, viewer, now).await?);
    found.extend(linking::timers(&mut conn, viewer, now).await?);
    found.extend(automatic::timers(&mut conn, viewer, now).await?);
    found.extend(trials::timers(&mut conn, viewer, now).await?);
    found.extend(welcome::timers(&mut conn, viewer, now).await?);
    found.extend(contact_center::timers(&mut conn, viewer, now).await?);
    Ok(found)
}

/// Only sites (`column` holds their row id) towards which the viewer may do this.
pub fn push_sites(sql: &mut Sql, viewer: &Viewer, action: Action, column: &'static str) {
    push(sql, viewer, action, (column, "site", "site_standing"));
}

/// Only organizations (`column` holds their id) towards which the viewer may do this.
pub fn push_organizations(sql: &mut Sql, viewer: &Viewer, action: Action, column: &'static str) {
    push(sql, viewer, action, (column, "organization", "organization_standing"));
}

fn push(
    sql: &mut Sql,
    viewer: &Viewer,
    action: Action,
    (column, named, standing): (&'static str, &'static str, &'static str),
) {
    if viewer.backend_admin && permits(Role::BackendAdmin, action) {
        return;
    }
    sql.push(" AND ").push(column).push(" IN (SELECT ").push(named).push(" FROM ").push(standing);
    sql.push(" WHERE email = ").push_bind(viewer.email.clone()).push(" AND role IN (");
    let mut roles = sql.separated(", ");
    for role in Role::ALL.into_iter().filter(|role| permits(*role, action)) {
        roles.push_bind(role.code());
    }
    roles.push_unseparated("))");
}

#[cfg(test)]
mod tests;
