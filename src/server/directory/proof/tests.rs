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
async fn d5_a_domain_is_understood_as_it_is_typed_wherever_one_is() {
    let (world, _dns) = world().await;
    let add = async |name: &str| {
        let body = json!({ "name": name });
        world.send("POST", "/v1/organizations/acme/domains", "fay", body).await
    };
    assert_eq!(add("https://ACME.example./").await.json["name"], "acme.example");
    for again in ["@acme.example", " acme.example. ", "fay@acme.example"] {
        assert_eq!(add(again).await.code(), "exists", "{again}");
    }
    let refused = add("https://acme/").await;
    assert_eq!(
        (refused.status, refused.code()),
        (StatusCode::UNPROCESSABLE_ENTITY, "domain_refused")
    );
    let path = "/v1/organizations/acme/domains/@ACME.example./verify";
    assert_eq!(world.send("POST", path, "fay", Value::Null).await.json["name"], "acme.example");
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
    let before = world.backend.clock.now();
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
async fn d2_a_value_published_amiss_is_told_so_and_proves_nothing() {
    let (world, dns) = world().await;
    let added = add(&world, "acme", "fay").await;
    let token = token(&added);
    let told = async || {
        let answer = act(&world, "acme", "fay", "verify").await;
        assert_eq!(answer.json["state"], "pending");
        let check = &answer.json["last_check"];
        (check["result"].clone(), check["detail"].as_str().unwrap().to_owned())
    };
    for (value, words) in [
        (format!("\"{token}\""), "in quotes"),
        (format!("{} {}", &token[..9], &token[9..]), "with blanks in it"),
        (token.to_uppercase(), "in another case"),
    ] {
        dns.publish(RECORD, &value);
        let (result, detail) = told().await;
        assert_eq!(result, "wrong_token");
        assert!(detail.contains(words), "{value}: {detail}");
    }
    // The old value at its place, the new one at the domain itself, in quotes.
    dns.publish(RECORD, "hublink_an-old-one");
    dns.publish("acme.example", &format!("\"{token}\""));
    let (result, detail) = told().await;
    assert_eq!(result, "wrong_token");
    assert!(detail.contains("stands at acme.example itself"), "{detail}");
    assert!(detail.contains("in quotes"), "{detail}");
}

#[tokio::test]
async fn d2_a_name_doubled_by_a_dns_panel_is_looked_for_and_named() {
    let (world, dns) = world().await;
    let added = add(&world, "acme", "fay").await;
    let doubled = format!("{RECORD}.acme.example");
    dns.publish(&doubled, &token(&added));
    // What stands at the domain itself, and a name that cannot be asked for, do not hide it.
    dns.publish("acme.example", "v=spf1 -all");
    dns.tell("hublink-challenge.acme.example", Says::ServFail);
    let answer = act(&world, "acme", "fay", "verify").await;
    let check = &answer.json["last_check"];
    assert_eq!((&answer.json["state"], &check["result"]), (&json!("pending"), &json!("not_found")));
    assert_eq!(check["seen"][0], token(&added));
    let detail = check["detail"].as_str().unwrap();
    assert!(detail.contains(&format!("stands at {doubled}: the DNS panel added")), "{detail}");
    assert!(detail.contains("Enter the name as _hublink-challenge there"), "{detail}");
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
    let mut directory = world.directory();
    directory.dns = Dns::new(vec![dns.address]).with_patience(Duration::from_millis(300));
    let added = add(&world, "acme", "fay").await;
    look_at_due(&directory).await.unwrap();
    assert_eq!(dns.asked(RECORD), 0, "not due yet");
    let mut pauses = Vec::new();
    for _ in 0..3 {
        world.sql("UPDATE domains SET next_check_at = 1").await;
        look_at_due(&directory).await.unwrap();
        let next: i64 = sqlx::query_scalar("SELECT next_check_at FROM domains")
            .fetch_one(&mut *world.backend.store.read().await.unwrap())
            .await
            .unwrap();
        pauses.push((next - to_millis(Timestamp::now())) / 1_000);
    }
    assert!(pauses[0] >= 58 && pauses.windows(2).all(|p| p[1] > p[0]), "{pauses:?}");
    dns.publish(RECORD, &token(&added));
    world.sql("UPDATE domains SET next_check_at = 1").await;
    look_at_due(&directory).await.unwrap();
    let shown = world.get("/v1/organizations/acme/domains", "fay").await;
    assert_eq!(shown.json["items"][0]["state"], "verified");
    assert_eq!(world.get("/v1/audit", "fay").await.json["items"][0]["actor"], "system");
}

#[test]
fn pauses_end_at_six_hours() {
    assert_eq!(pause(0), SOON);
    assert_eq!(pause(1_000), SELDOM);
}
