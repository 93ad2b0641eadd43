//! What is frozen is what was computed, copied or sent, and whatever changes between.

use sqlx::Row as _;

use super::super::chosen::Chosen;
use super::super::compute::compute;
use super::super::read;
use super::*;
use crate::api::plan::{Held, Numbers};
use crate::domain::account_linking::Basis;
use crate::domain::linking::LinkingMethod;
use crate::server::directory::SiteFacts;
use crate::server::fixture::Fixture;

const URL: &str = "acme.webex.example";

/// A site of many users, every third of them invited before, every fifth linked.
async fn world(users: u32) -> (Fixture, SiteFacts) {
    let world = Fixture::new().await;
    world.small_world().await;
    world
        .sql(&format!(
            "UPDATE sites SET method = 'receive_email' WHERE id = 1;
             WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < {users} - 1)
             INSERT INTO site_users (site, number, user_id, active, first_name, last_name,
               display_name, address, address_key, domain, department, link, added_revision)
             SELECT 1, i, 'u' || i, 1, 'Zoë', 'L', '', 'Ü' || i || '@acme.example',
               'u' || i || '@acme.example', 'acme.example', 'Sales',
               CASE i % 5 WHEN 0 THEN 'linked' ELSE 'none' END, 1 FROM n;
             INSERT INTO invitations (organization, address_key, invited_at)
             SELECT 'acme', 'u' || number || '@acme.example', 1 FROM site_users
              WHERE site = 1 AND number % 3 = 0"
        ))
        .await;
    let site = world.backend.directory.site_facts(URL).await.unwrap();
    (world, site)
}

fn terms(site: &SiteFacts) -> Terms<'_> {
    Terms {
        site,
        organization: "acme",
        method: LinkingMethod::ReceiveEmail,
        held: Held::Hold,
        basis: Basis::Method,
    }
}

async fn freeze(
    world: &Fixture,
    site: &SiteFacts,
    numbers: Numbers,
    between: &str,
) -> (String, Computed) {
    let mut freezing = Freezing::new(&world.backend, "fay", terms(site));
    let chosen = Chosen::only(numbers);
    let mut computed = compute(&world.backend, &chosen, &mut freezing).await.unwrap();
    if !between.is_empty() {
        world.sql(between).await;
    }
    let id = freezing.finish(&mut computed).await.unwrap();
    (id, computed)
}

#[tokio::test]
async fn u4_what_is_frozen_is_what_was_computed_of_many_and_of_few() {
    let (world, site) = world(40_000).await;
    // Whole windows, scattered users, and a window that is half chosen.
    let mut numbers = Numbers::full(35_000);
    numbers.set_range(600..900, false);
    numbers.set_range(5_000..9_000, false);
    for number in (5_000..9_000).step_by(37) {
        numbers.set(number, true);
    }
    let (id, computed) = freeze(&world, &site, numbers.clone(), "").await;
    assert_eq!(computed.selected as usize, numbers.count());
    let mut conn = world.backend.store.read().await.unwrap();
    let mut after = None;
    let mut seen = Vec::new();
    loop {
        let rows = read::frozen(&mut conn, &id, after, 1_000).await.unwrap();
        let Some(last) = rows.last() else { break };
        after = Some(last.number);
        let some: Vec<u32> = rows.iter().map(|row| row.number).collect();
        let now = computed.now;
        let users =
            world.backend.directory.users_among(&mut conn, &site, &some, now).await.unwrap();
        for (row, user) in rows.iter().zip(&users) {
            assert_eq!((row.number, &row.address), (user.number, &user.address));
            assert_eq!(row.outcome, terms(&site).outcome(user.facts));
        }
        seen.extend(some);
    }
    assert!(seen.iter().copied().eq(numbers.iter()));
    let second: i64 = sqlx::query_scalar("SELECT sum(second) FROM plan_items WHERE plan = $1")
        .bind(&id)
        .fetch_one(&mut *conn)
        .await
        .unwrap();
    assert_eq!(second as u64, computed.second_invitations);
    assert!(second > 0);
}

#[tokio::test]
async fn u4_an_address_that_changes_while_a_plan_is_frozen_is_frozen_as_it_was_computed() {
    let (world, site) = world(300).await;
    let between = "UPDATE site_users SET address = 'v17@acme.example' WHERE number = 17;
        UPDATE site_users SET address = 'Ü1' WHERE number = 18;
        UPDATE site_users SET address = '8@acme.exampleÜ19@acme.example' WHERE number = 19";
    let (id, _) = freeze(&world, &site, Numbers::full(300), between).await;
    let mut conn = world.backend.store.read().await.unwrap();
    let rows = read::frozen(&mut conn, &id, Some(16), 3).await.unwrap();
    let frozen: Vec<&str> = rows.iter().map(|row| row.address.as_str()).collect();
    assert_eq!(frozen, ["Ü17@acme.example", "Ü18@acme.example", "Ü19@acme.example"]);
}

#[tokio::test]
async fn no_statement_of_a_plan_scans_a_table() {
    let (world, _) = world(1).await;
    let mut tx = world.backend.store.begin().await.unwrap();
    let items = super::super::apply::ITEMS.as_str();
    for statement in [COPY.as_str(), WRITTEN, read::FROZEN, items] {
        let plan = format!("EXPLAIN QUERY PLAN {statement}");
        let steps = sqlx::query(sqlx::AssertSqlSafe(plan)).fetch_all(&mut *tx).await.unwrap();
        let steps: Vec<String> = steps.iter().map(|step| step.try_get("detail").unwrap()).collect();
        for step in &steps {
            // What a statement has picked out itself.
            let scans = step.starts_with("SCAN") && step != "SCAN items" && step != "SCAN users";
            assert!(!scans && !step.contains("TEMP B-TREE"), "{statement}\n{steps:#?}");
        }
    }
}
