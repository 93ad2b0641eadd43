//! Rules P1, P3 and P4: who becomes an identity, by what, and until when.

mod random;

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::domain::linking::LinkingMethod;
use crate::domain::outcome::{Outcome, decide};
use crate::server::fixture::{Fixture, ROOT};

/// Acme with somebody linked on its site; Zeta, which has verified `dir.example`, with Bert.
async fn world() -> Fixture {
    let world = Fixture::new().await;
    world.small_world().await;
    world.user(1, "ann@acme.example").await;
    world.linked(1).await;
    world.user(2, "bert@dir.example").await;
    world
        .sql(
            "INSERT INTO domains (organization, name, state, token, added_at) VALUES
               ('zeta', 'dir.example', 'verified', 't', 0)",
        )
        .await;
    world
}

async fn outcome(world: &Fixture, url: &str) -> Outcome {
    let directory = &world.backend.directory;
    let site = directory.site_facts(url).await.unwrap();
    let now = world.backend.clock.now();
    let mut conn = world.backend.store.read().await.unwrap();
    let users = directory.users_among(&mut conn, &site, &[0], now).await.unwrap();
    decide(users[0].facts, LinkingMethod::ReceiveEmail)
}

async fn of_acme(world: &Fixture) -> Outcome {
    outcome(world, "acme.webex.example").await
}

async fn readdress(world: &Fixture, address: &str) {
    let path = "/v1/sites/acme.webex.example/users/u0";
    let edited = world.send("PATCH", path, "sam", json!({ "address": address })).await;
    assert_eq!(edited.status, StatusCode::OK, "{}", edited.json);
}

async fn identities(world: &Fixture, email: &str) -> Vec<String> {
    sqlx::query_scalar(
        "SELECT organization FROM identities WHERE email_key = $1 ORDER BY organization",
    )
    .bind(email)
    .fetch_all(&mut *world.backend.store.read().await.unwrap())
    .await
    .unwrap()
}

#[tokio::test]
async fn p1_and_p4_an_edited_address_takes_nobody() {
    let world = world().await;
    assert_eq!(of_acme(&world).await, Outcome::AlreadyLinked);
    readdress(&world, "bert@dir.example").await;
    // Bert's own organization, which proved his domain, links him as before.
    assert_eq!(outcome(&world, "zeta.webex.example").await, Outcome::LinkNow);
    assert!(identities(&world, "bert@dir.example").await.is_empty());
    // A stranger so named is in no organization: connect mail and new organization stay theirs.
    readdress(&world, "ned@new.example").await;
    let shown = world.get("/v1/sites/new.webex.example/enrollment", "ned").await;
    assert_eq!((shown.status, &shown.json["my_organization"]), (StatusCode::OK, &Value::Null));
    // A full admin so named is no user of Acme's.
    readdress(&world, "zoe@zeta.example").await;
    assert_eq!(identities(&world, "zoe@zeta.example").await, ["zeta"]);
}

#[tokio::test]
async fn p4_what_was_linked_stays_linked_under_the_old_address() {
    let world = world().await;
    readdress(&world, "ann@home.example").await;
    assert_eq!(of_acme(&world).await, Outcome::Email, "unlinked at its new address");
    assert_eq!(identities(&world, "ann@acme.example").await, ["acme"]);
    assert!(identities(&world, "ann@home.example").await.is_empty());
    readdress(&world, " Ann@ACME.example").await;
    assert_eq!(of_acme(&world).await, Outcome::AlreadyLinked, "back where it was linked");
    readdress(&world, "ann@acme.example").await;
    assert_eq!(of_acme(&world).await, Outcome::AlreadyLinked, "a respelling is no change");
    readdress(&world, "ann at home").await;
    assert_eq!(of_acme(&world).await, Outcome::BlockedBadAddress);
    readdress(&world, "ann@acme.example").await;
    assert_eq!(of_acme(&world).await, Outcome::AlreadyLinked);
}

#[tokio::test]
async fn p4_and_d4_a_provisional_link_is_completed_under_its_old_address() {
    let world = world().await;
    world.sql("UPDATE site_users SET link = 'provisional' WHERE site = 1").await;
    world.sql("DELETE FROM identities WHERE email_key = 'ann@acme.example'").await;
    readdress(&world, "ann@home.example").await;
    let mut tx = world.backend.store.begin().await.unwrap();
    super::keep_domain(&mut tx, "acme", "acme.example").await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(identities(&world, "ann@acme.example").await, ["acme"]);
    assert!(identities(&world, "ann@home.example").await.is_empty());
}

#[tokio::test]
async fn p3_the_last_role_takes_the_identity_with_it_that_nothing_else_made() {
    let world = world().await;
    let path = "/v1/organizations/acme/roles";
    for email in ["lee@other.example", "ann@acme.example"] {
        for role in ["full_admin", "read_only_admin"] {
            let granted =
                world.send("POST", path, ROOT, json!({ "email": email, "role": role })).await;
            assert_eq!(granted.status, StatusCode::OK, "{}", granted.json);
        }
        assert_eq!(identities(&world, email).await, ["acme"]);
    }
    for email in ["lee@other.example", "ann@acme.example"] {
        for role in ["full_admin", "read_only_admin"] {
            assert_eq!(identities(&world, email).await, ["acme"], "while a role is left");
            let role = format!("{path}/{role}/{email}");
            let gone = world.send("DELETE", &role, ROOT, Value::Null).await;
            assert_eq!(gone.status, StatusCode::OK);
        }
    }
    assert!(identities(&world, "lee@other.example").await.is_empty());
    assert_eq!(identities(&world, "ann@acme.example").await, ["acme"], "linked by row 8");
}
