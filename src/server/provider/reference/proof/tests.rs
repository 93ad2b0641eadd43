//! Rules D1 to D3 through the API, against a real DNS server.

use std::time::Duration;

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::super::dns::Dns;
use super::super::dns::server::{DnsServer, Says};
use super::*;
use crate::server::fixture::{Answer, Fixture};

const RECORD: &str = "_hublink-challenge.acme.example";

async fn world() -> (Fixture, DnsServer) {
    let dns = DnsServer::start().await;
    let address = dns.address;
    let world = Fixture::with(|options| options.resolvers = vec![address]).await;
    world.small_world().await;
    (world, dns)
}

async fn add(world: &Fixture, org: &str, who: &str) -> Answer {
    let path = format!("/v1/organizations/{org}/domains");
    world.send("POST", &path, who, json!({ "name": "ACME.example" })).await
}

async fn act(world: &Fixture, org: &str, who: &str, act: &str) -> Answer {
    let path = format!("/v1/organizations/{org}/domains/acme.example/{act}");
    world.send("POST", &path, who, Value::Null).await
}

fn token(answer: &Answer) -> String {
    answer.json["challenge"]["record_value"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn d1_the_challenge_is_random_and_bound_to_organization_and_domain() {
    let (world, _dns) = world().await;
    let (ours, theirs) = (add(&world, "acme", "fay").await, add(&world, "zeta", "zoe").await);
    assert_eq!(ours.status, StatusCode::CREATED);
    assert_eq!(ours.json["challenge"]["record_name"], RECORD);
    assert!(token(&ours).len() >= 32 && token(&ours) != token(&theirs));
    assert_eq!(add(&world, "acme", "fay").await.code(), "exists");
}

#[tokio::test]
async fn d2_found_verifies() {
    let (world, dns) = world().await;
    let added = add(&world, "acme", "fay").await;
    dns.publish(RECORD, &token(&added));
    let verified = act(&world, "acme", "fay", "verify").await;
    assert_eq!(verified.json["state"], "verified");
    assert_eq!(verified.json["last_check"]["result"], "found");
}

#[tokio::test]
async fn d2_not_found_says_what_was_there_and_until_when_not_to_try() {
    let (world, dns) = world().await;
    let added = add(&world, "acme", "fay").await;
    dns.tell(RECORD, Says::NxDomain { ttl: 900, minimum: 900 });
    dns.publish("acme.example", &token(&added));
    let before = Timestamp::now();
    let answer = act(&world, "acme", "fay", "verify").await;
    let check = &answer.json["last_check"];
    assert_eq!((&answer.json["state"], &check["result"]), (&json!("pending"), &json!("not_found")));
    assert_eq!(check["seen"][0], token(&added));
    assert!(check["detail"].as_str().unwrap().contains("publish it at _hublink-challenge"));
    let not_before: Timestamp = check["not_before"].as_str().unwrap().parse().unwrap();
    let wait = not_before.duration_since(before).as_secs();
    assert!((899..=960).contains(&wait), "{wait}");
}

#[tokio::test]
async fn d2_a_wrong_token_and_a_failure_change_no_state() {
    let (world, dns) = world().await;
    add(&world, "acme", "fay").await;
    dns.publish(RECORD, "hublink_somebody-elses");
    let wrong = act(&world, "acme", "fay", "verify").await;
    assert_eq!(wrong.json["last_check"]["result"], "wrong_token");
    assert_eq!(wrong.json["last_check"]["seen"][0], "hublink_somebody-elses");
    dns.tell(RECORD, Says::ServFail);
    let failed = act(&world, "acme", "fay", "verify").await;
    assert_eq!(failed.json["last_check"]["result"], "failed");
    assert_eq!(failed.json["state"], "pending");
}

#[tokio::test]
async fn d2_a_failure_never_unverifies() {
    let (world, dns) = world().await;
    let added = add(&world, "acme", "fay").await;
    dns.publish(RECORD, &token(&added));
    act(&world, "acme", "fay", "verify").await;
    for says in [Says::ServFail, Says::NothingAtAll] {
        dns.tell(RECORD, says);
        assert_eq!(act(&world, "acme", "fay", "verify").await.json["state"], "verified");
    }
}

#[tokio::test]
async fn d3_pending_verified_claimed_and_back() {
    let (world, dns) = world().await;
    let added = add(&world, "acme", "fay").await;
    assert_eq!(act(&world, "acme", "fay", "claim").await.code(), "domain_state");
    assert_eq!(act(&world, "acme", "fay", "unverify").await.code(), "domain_state");
    dns.publish(RECORD, &token(&added));
    act(&world, "acme", "fay", "verify").await;
    assert_eq!(act(&world, "acme", "fay", "claim").await.json["state"], "claimed");
    assert_eq!(act(&world, "acme", "fay", "unverify").await.code(), "domain_state");
    assert_eq!(act(&world, "acme", "fay", "release").await.json["state"], "verified");
    let again = act(&world, "acme", "fay", "unverify").await;
    assert_eq!(again.json["state"], "pending");
    assert_ne!(token(&again), token(&added), "the old record still stands in DNS");
    assert_eq!(act(&world, "acme", "fay", "verify").await.json["state"], "pending");
}

#[tokio::test]
async fn d3_one_organization_proves_a_domain() {
    let (world, dns) = world().await;
    let (ours, theirs) = (add(&world, "acme", "fay").await, add(&world, "zeta", "zoe").await);
    let both = vec![vec![token(&ours)], vec![token(&theirs)]];
    dns.tell(RECORD, Says::Txt(both));
    assert_eq!(act(&world, "acme", "fay", "verify").await.status, StatusCode::OK);
    let second = act(&world, "zeta", "zoe", "verify").await;
    assert_eq!((second.status, second.code()), (StatusCode::CONFLICT, "domain_taken"));
    world.sql("DELETE FROM domains WHERE organization = 'zeta'").await;
    assert_eq!(add(&world, "zeta", "zoe").await.code(), "domain_taken");
}

#[tokio::test]
async fn d3_some_domains_are_never_added() {
    let (world, _dns) = world().await;
    world.sql("INSERT INTO consumer_domains (name) VALUES ('mail.zeta.example')").await;
    for name in ["gmail.com", "mail.zeta.example", "co.uk", "x.local", "127.0.0.1", "acme", ""] {
        let path = "/v1/organizations/acme/domains";
        let answer = world.send("POST", path, "fay", json!({ "name": name })).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{name}");
        assert_eq!((answer.code(), &answer.json["field"]), ("domain_refused", &json!("name")));
    }
}

#[tokio::test]
async fn d4_verifying_turns_provisional_users_into_linked_ones() {
    let (world, dns) = world().await;
    for (site, address) in [(1, "a@acme.example"), (1, "b@eu.acme.example"), (2, "c@acme.example")]
    {
        world.user(site, address).await;
    }
    world.sql("UPDATE site_users SET link = 'provisional'").await;
    let added = add(&world, "acme", "fay").await;
    dns.publish(RECORD, &token(&added));
    act(&world, "acme", "fay", "verify").await;
    let links: Vec<(String, String)> =
        sqlx::query_as("SELECT address, link FROM site_users ORDER BY address")
            .fetch_all(&mut *world.backend.store.read().await.unwrap())
            .await
            .unwrap();
    let links: Vec<_> = links.iter().map(|(_, link)| link.as_str()).collect();
    assert_eq!(links, ["linked", "provisional", "provisional"]);
    let audit = world.get("/v1/audit", "fay").await;
    assert_eq!(audit.json["items"][0]["action"], "domain.verified");
    assert_eq!(audit.json["items"][0]["detail"]["provisional_users_linked"], 1);
}

#[tokio::test]
async fn d2_the_backend_looks_by_itself_with_longer_and_longer_pauses() {
    let (world, dns) = world().await;
    let mut reference = Reference::new(
        world.backend.store.clone(),
        world.backend.clock.clone(),
        &world.backend.options,
        &world.backend.public_url(),
    )
    .unwrap();
    reference.dns = Dns::new(vec![dns.address]).with_patience(Duration::from_millis(300));
    let added = add(&world, "acme", "fay").await;
    look_at_due(&reference).await.unwrap();
    assert_eq!(dns.asked(RECORD), 0, "not due yet");
    let mut pauses = Vec::new();
    for _ in 0..3 {
        world.sql("UPDATE domains SET next_check_at = 1").await;
        look_at_due(&reference).await.unwrap();
        let next: i64 = sqlx::query_scalar("SELECT next_check_at FROM domains")
            .fetch_one(&mut *world.backend.store.read().await.unwrap())
            .await
            .unwrap();
        pauses.push((next - to_millis(Timestamp::now())) / 1_000);
    }
    assert!(pauses[0] >= 58 && pauses.windows(2).all(|p| p[1] > p[0]), "{pauses:?}");
    dns.publish(RECORD, &token(&added));
    world.sql("UPDATE domains SET next_check_at = 1").await;
    look_at_due(&reference).await.unwrap();
    let shown = world.get("/v1/organizations/acme/domains", "fay").await;
    assert_eq!(shown.json["items"][0]["state"], "verified");
    assert_eq!(world.get("/v1/audit", "fay").await.json["items"][0]["actor"], "system");
}

#[test]
fn pauses_end_at_six_hours() {
    assert_eq!(pause(0), SOON);
    assert_eq!(pause(1_000), SELDOM);
}
