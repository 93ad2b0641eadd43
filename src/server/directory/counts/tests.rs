//! The counts agree with the users themselves.

use std::collections::BTreeMap;

use serde_json::Value;
use sqlx::Row as _;

use super::{TOLD, touched_sql};
use crate::server::fixture::Fixture;

#[tokio::test]
async fn counts_are_what_the_users_are() {
    let world = Fixture::new().await;
    world.small_world().await;
    for n in 0..9 {
        world.user(1, &format!("u{n}@acme.example")).await;
    }
    let day = 86_400_000;
    let now = world.backend.clock.now().as_millisecond();
    world
        .sql(&format!(
            "UPDATE site_users SET link = 'linked' WHERE number = 0;
             UPDATE site_users SET link = 'provisional', active = 0 WHERE number = 1;
             INSERT INTO invitations
               (organization, address_key, invited_at, unknown, confirmed_at, declined_at) VALUES
               ('acme', 'u0@acme.example', {now}, 0, NULL, NULL),
               ('acme', 'u2@acme.example', {now} - {day}, 0, NULL, NULL),
               ('acme', 'u3@acme.example', {now} - 8 * {day}, 0, NULL, NULL),
               ('acme', 'u4@acme.example', {now}, 0, 1, NULL),
               ('acme', 'u5@acme.example', {now}, 0, 1, 1),
               ('acme', 'u6@acme.example', NULL, 1, NULL, NULL),
               ('zeta', 'u7@acme.example', {now}, 0, NULL, NULL);"
        ))
        .await;
    let users = world.get("/v1/sites/acme.webex.example/users", "fay").await;
    let mut want: BTreeMap<String, u64> = BTreeMap::new();
    for user in users.json["items"].as_array().unwrap() {
        *want.entry(user["state"].as_str().unwrap().to_owned()).or_default() += 1;
    }
    let site = world.get("/v1/sites/acme.webex.example", "fay").await;
    let counts = &site.json["users"];
    for (state, users) in &want {
        assert_eq!(counts[state], Value::from(*users), "{state}");
    }
    assert_eq!((want.values().sum::<u64>(), counts["total"].as_u64()), (9, Some(9)));
    assert_eq!(counts["deactivated"], 1);
    assert_eq!(counts["unlinked"], 2);
}

#[tokio::test]
async fn issue_10_counting_who_was_asked_goes_through_nobody_else() {
    let world = Fixture::new().await;
    world.small_world().await;
    let mut conn = world.backend.store.read().await.unwrap();
    for told in TOLD {
        let mut sql = touched_sql("EXPLAIN QUERY PLAN ", told, &[1, 2, 3], 0);
        let steps = sql.build().fetch_all(&mut *conn).await.unwrap();
        let steps: Vec<String> = steps.iter().map(|step| step.try_get("detail").unwrap()).collect();
        let users = steps.iter().find(|step| step.contains(" u ")).unwrap();
        assert!(users.contains("site_users_by_address (address_key=?)"), "{steps:#?}");
        assert!(!steps.iter().any(|step| step.starts_with("SCAN")), "{steps:#?}");
    }
}
