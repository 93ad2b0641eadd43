//! The users of a site that linked by itself: linked without an e-mail (rule L11).
//!
//! Owns that each is taken once, in place of rows 8 to 14 of the table, rows 1 to 7 being reported,
//! and that licences carry over: who may host on the site keeps meetings, and nobody gets more.
//! Batch by batch, each in a transaction that also says where to go on.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::json;
use sqlx::Row;

use crate::domain::account_linking::AccountLinking;
use crate::domain::automatic::links_user;
use crate::domain::linking::LinkingMethod;
use crate::domain::outcome::{Outcome, decide};
use crate::domain::services::Service;
use crate::server::audit::{Change, SYSTEM};
use crate::server::directory::users::Bond;
use crate::server::directory::{Directory, users};
use crate::server::directory::{SiteFacts, UserFacts};
use crate::server::refusal::Refusal;
use crate::server::stop::Stop;
use crate::server::store::{Conn, Sql, to_millis};

/// Users in one transaction.
const BATCH: u32 = 500;
/// The count of those who were linked, among the outcomes of the others.
const LINKED: &str = "linked";

/// The link is complete, in the transaction that completes it: method and account linking become
/// `receive_email` for who is added from now on. Does nothing for a site that a human linked.
pub async fn on_linked(conn: &mut Conn, site: i64, now: Timestamp) -> Result<(), sqlx::Error> {
    sqlx::query(
        "UPDATE sites SET method = $2, account_linking = $3,
                account_linking_since = roster_revision, account_linking_at = $4,
                account_linking_by = $5
          WHERE id = $1 AND EXISTS (SELECT 1 FROM auto_links a
                                     WHERE a.site = sites.id AND a.state = 'linking')",
    )
    .bind(site)
    .bind(LinkingMethod::ReceiveEmail.code())
    .bind(AccountLinking::ReceiveEmail.code())
    .bind(to_millis(now))
    .bind(SYSTEM)
    .execute(&mut *conn)
    .await?;
    sqlx::query(
        "UPDATE auto_links SET end_number =
                (SELECT coalesce(max(u.number) + 1, 0) FROM site_users u WHERE u.site = $1)
          WHERE site = $1 AND state = 'linking'",
    )
    .bind(site)
    .execute(conn)
    .await?;
    Ok(())
}

/// Links the users of all sites whose automatic link is complete.
pub async fn link_all(directory: &Directory, stop: &Stop) -> Result<(), Refusal> {
    let urls: Vec<String> = sqlx::query_scalar(
        "SELECT s.url FROM auto_links a JOIN sites s ON s.id = a.site
          WHERE a.state = 'linking' AND s.state = 'enrolled' ORDER BY s.id",
    )
    .fetch_all(&mut *directory.store.read().await?)
    .await?;
    for url in urls {
        let site = users::site_facts(&directory.store, &url).await?;
        while !stop.is_stopping() && link_some(directory, &site).await? {}
    }
    Ok(())
}

/// One batch; whether there is more.
async fn link_some(directory: &Directory, site: &SiteFacts) -> Result<bool, Refusal> {
    let now = directory.clock.now();
    let mut tx = directory.store.begin().await?;
    let row = sqlx::query(
        "SELECT next_number, end_number, users FROM auto_links WHERE site = $1 AND state = 'linking'",
    )
    .bind(site.id)
    .fetch_optional(&mut *tx)
    .await?;
    let Some(row) = row else { return Ok(false) };
    let (from, end): (u32, u32) = (row.try_get("next_number")?, row.try_get("end_number")?);
    let mut counts: BTreeMap<String, u64> = serde_json::from_str(row.try_get("users")?)?;
    let to = end.min(from.saturating_add(BATCH));
    let numbers: Vec<u32> = (from..to).collect();
    let found = users::among(&mut tx, site, &numbers, now).await?;
    let (mut linked, mut proven) = (Vec::new(), Vec::new());
    for user in &found {
        let outcome = decide(user.facts, LinkingMethod::ReceiveEmail);
        if links_user(outcome) {
            linked.push(user.number);
            proven.extend((outcome == Outcome::LinkNow).then_some(user.number));
            *counts.entry(LINKED.to_owned()).or_default() += 1;
        } else {
            report(&mut tx, site.id, user, outcome.code()).await?;
            *counts.entry(outcome.code().to_owned()).or_default() += 1;
        }
    }
    // Rule P1: without a proven domain or a confirmation the link binds the account alone.
    users::link(&mut tx, site, &proven, Bond::Identity, now).await?;
    users::link(&mut tx, site, &linked, Bond::Account, now).await?;
    carry_over(&mut tx, site, &linked, now).await?;
    let over = to >= end;
    sqlx::query("UPDATE auto_links SET next_number = $2, users = $3, state = $4 WHERE site = $1")
        .bind(site.id)
        .bind(to)
        .bind(serde_json::to_string(&counts)?)
        .bind(if over { "done" } else { "linking" })
        .execute(&mut *tx)
        .await?;
    if over {
        Change::by(now, SYSTEM, "site.auto_linked")
            .of_any(site.organization.as_deref())
            .site(&site.url)
            .detail(json!({ "users": counts }))
            .record(&mut tx)
            .await?;
    }
    tx.commit().await?;
    Ok(!over)
}

/// Rows 1 to 7 hold and are reported, beside those whom completing the link was for.
async fn report(
    conn: &mut Conn,
    site: i64,
    user: &UserFacts,
    outcome: &str,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO link_users (site, number, address, outcome, known) VALUES ($1, $2, $3, $4, 0)
         ON CONFLICT DO NOTHING",
    )
    .bind(site)
    .bind(user.number)
    .bind(&user.address)
    .bind(outcome)
    .execute(conn)
    .await?;
    Ok(())
}

/// A host's licence on the site is one for meetings in the organization; none are added.
async fn carry_over(
    conn: &mut Conn,
    site: &SiteFacts,
    numbers: &[u32],
    now: Timestamp,
) -> Result<(), Refusal> {
    if numbers.is_empty() {
        return Ok(());
    }
    let mut sql = Sql::new(
        "INSERT INTO licences (organization, email_key, service, assigned_at, source) SELECT ",
    );
    sql.push_bind(site.organization.as_deref()).push(", u.address_key, ");
    sql.push_bind(Service::Meetings.code()).push(", ").push_bind(to_millis(now));
    sql.push(", 'carried_over' FROM site_users u WHERE u.site = ").push_bind(site.id);
    sql.push(" AND upper(u.host_privilege) IN ('Y', 'HOST', 'ADMN') AND u.number IN (");
    let mut list = sql.separated(", ");
    for number in numbers {
        list.push_bind(*number);
    }
    list.push_unseparated(") ON CONFLICT DO NOTHING");
    sql.build().execute(conn).await?;
    Ok(())
}
