//! The counts agree with the users themselves.

use std::collections::BTreeMap;

use serde_json::Value;

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
