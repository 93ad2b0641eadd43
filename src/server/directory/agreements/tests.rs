//! Rule D4 through the API: what may be signed, for how long, and what the site then shows.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::server::fixture::{Answer, Fixture};

async fn world() -> Fixture {
    let world = Fixture::with(|options| options.test_clock = true).await;
    world.small_world().await;
    for address in [
        "a@acme.example",
        "b@acme.example",
        "c@labs.example",
        "d@gmail.com",
        "e@taken.example",
        "f@ours.example",
        "nonsense",
    ] {
        world.user(1, address).await;
    }
    world
        .sql(
            "INSERT INTO domains (organization, name, state, token, added_at) VALUES
               ('zeta', 'taken.example', 'verified', 't', 0),
               ('acme', 'ours.example', 'verified', 't', 0),
               ('acme', 'labs.example', 'pending', 't', 0)",
        )
        .await;
    world
}

const AGREEMENTS: &str = "/v1/sites/acme.webex.example/agreements";

/// The text as it is now, and its hash.
async fn read(world: &Fixture) -> (String, String) {
    let shown = world.get(AGREEMENTS, "fay").await.json;
    let text = |name: &str| shown[name].as_str().unwrap().to_owned();
    (text("text"), text("text_sha256"))
}

async fn sign(world: &Fixture, domains: &[&str]) -> Answer {
    let hash = read(world).await.1;
    let body = json!({ "domains": domains, "text_sha256": hash, "agree": true,
                       "confirm": "acme.webex.example" });
    world.send("POST", AGREEMENTS, "fay", body).await
}

#[tokio::test]
async fn d4_the_hash_in_the_audit_is_of_the_text_that_was_read() {
    let world = world().await;
    let (text, hash) = read(&world).await;
    assert_eq!(crate::server::store::sha256(text.as_bytes()), hash);
    let site = sign(&world, &["acme.example"]).await.json;
    assert_eq!(site["agreements"][0]["text_sha256"], hash.as_str());
    let audit = world.get("/v1/audit?organization=acme", "fay").await.json;
    let signed = audit["items"].as_array().unwrap().iter();
    let signed: Vec<_> = signed.filter(|one| one["action"] == "agreement.signed").collect();
    assert_eq!(signed[0]["detail"]["text_sha256"], hash.as_str(), "{audit}");
    let kept: String = sqlx::query_scalar("SELECT text FROM agreements")
        .fetch_one(&mut *world.backend.store.read().await.unwrap())
        .await
        .unwrap();
    assert_eq!(kept, text, "word for word");
    assert_eq!(world.get(AGREEMENTS, "fay").await.json["signed_before"], true);
}

#[tokio::test]
async fn d4_a_text_that_changed_since_it_was_read_is_not_signed() {
    let world = world().await;
    let hash = read(&world).await.1;
    world.sql("UPDATE organizations SET name = 'Acme Holding' WHERE id = 'acme'").await;
    for hash in [hash.as_str(), ""] {
        let body = json!({ "domains": ["acme.example"], "text_sha256": hash, "agree": true,
                           "confirm": "acme.webex.example" });
        let refused = world.send("POST", AGREEMENTS, "fay", body).await;
        assert_eq!((refused.status, refused.code()), (StatusCode::CONFLICT, "agreement_stale"));
    }
    let site = world.get("/v1/sites/acme.webex.example", "fay").await;
    assert_eq!(site.json["agreements"], json!([]));
}

#[tokio::test]
async fn d4_the_domains_are_listed_with_counts_and_reasons() {
    let world = world().await;
    let listed = world.get("/v1/sites/acme.webex.example/domains", "fay").await;
    let rows: Vec<_> = listed
        .json
        .as_array()
        .unwrap()
        .iter()
        .map(|row| {
            let text = |name: &str| row[name].as_str().unwrap().to_owned();
            let flags = (row["may_sign"].as_bool().unwrap(), row["may_verify"].as_bool().unwrap());
            assert_eq!(text("why_not").is_empty(), flags.0, "{row}");
            (text("name"), row["users"].as_u64().unwrap(), text("standing"), flags)
        })
        .collect();
    let row = |name: &str, users, standing: &str, may: bool| {
        (name.to_owned(), users, standing.to_owned(), (may, may))
    };
    assert_eq!(
        rows,
        [
            row("acme.example", 2, "unproven", true),
            row("", 1, "unusable", false),
            row("gmail.com", 1, "consumer", false),
            row("labs.example", 1, "pending", true),
            row("ours.example", 1, "verified", false),
            row("taken.example", 1, "other_organization", false),
        ]
    );
    assert!(!listed.json.to_string().contains("zeta"), "never which organization");
}

#[tokio::test]
async fn d4_signing_covers_until_three_calendar_months_later() {
    let world = world().await;
    world.sql("UPDATE sites SET method = 'sign_agreement'").await;
    let signed = sign(&world, &["ACME.example", "labs.example"]).await;
    assert_eq!(signed.status, StatusCode::OK);
    let agreement = &signed.json["agreements"][0];
    let at = |name: &str| agreement[name].as_str().unwrap().parse::<jiff::Timestamp>().unwrap();
    let want = crate::domain::agreement::deadline(at("signed_at"));
    assert_eq!((at("deadline"), &agreement["lapsed"]), (want, &json!(false)));
    let outcomes = |world: &Fixture| {
        let users = world.app.clone();
        async move {
            let request = axum::http::Request::get("/v1/sites/acme.webex.example/users")
                .header("authorization", "Bearer fay")
                .body(axum::body::Body::empty())
                .unwrap();
            let response = tower::ServiceExt::oneshot(users, request).await.unwrap();
            let bytes = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
            let page: Value = serde_json::from_slice(&bytes).unwrap();
            page["items"][0]["outcome"].as_str().unwrap().to_owned()
        }
    };
    assert_eq!(outcomes(&world).await, "link_provisional");
    let left = at("deadline").duration_since(world.backend.clock.now()).as_secs() + 1;
    world.send("POST", "/v1/clock/advance", "fay", json!({ "seconds": left })).await;
    assert_eq!(outcomes(&world).await, "hold_agreement_lapsed");
    let site = world.get("/v1/sites/acme.webex.example", "fay").await;
    assert_eq!(site.json["agreements"][0]["lapsed"], true);
    let again = sign(&world, &["acme.example"]).await;
    assert_eq!((again.status, again.code()), (StatusCode::CONFLICT, "agreement_exists"));
}

#[tokio::test]
async fn d4_what_may_not_be_signed_is_refused_and_nothing_is_signed() {
    let world = world().await;
    for name in ["gmail.com", "taken.example", "ours.example", "unused.example", "co.uk"] {
        let refused = sign(&world, &["acme.example", name]).await;
        assert_eq!(refused.code(), "domain_refused", "{name}");
    }
    let site = world.get("/v1/sites/acme.webex.example", "fay").await;
    assert_eq!(site.json["agreements"], json!([]));
}

#[tokio::test]
async fn d4_signing_needs_the_tick_and_the_typed_url() {
    let world = world().await;
    let cases = [
        (
            "agree",
            json!({ "domains": ["acme.example"], "text_sha256": "", "agree": false,
                          "confirm": "acme.webex.example" }),
        ),
        (
            "confirm",
            json!({ "domains": ["acme.example"], "text_sha256": "", "agree": true,
                          "confirm": "acme" }),
        ),
        (
            "domains",
            json!({ "domains": [], "text_sha256": "", "agree": true,
                          "confirm": "acme.webex.example" }),
        ),
    ];
    for (field, body) in cases {
        let refused = world.send("POST", AGREEMENTS, "fay", body).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(refused.json["field"], field);
    }
}

#[tokio::test]
async fn u1_the_method_needs_a_linked_site() {
    let world = world().await;
    let set = |url: &str, method: &str| {
        let (path, body) = (format!("/v1/sites/{url}/method"), json!({ "method": method }));
        let world = &world;
        async move { world.send("PUT", &path, "fay", body).await }
    };
    for method in ["receive_email", "verify_now", "sign_agreement"] {
        assert_eq!(set("acme.webex.example", method).await.json["method"], method);
    }
    world.sql("UPDATE sites SET state = 'linking' WHERE id = 1").await;
    assert_eq!(set("acme.webex.example", "verify_now").await.code(), "site_not_enrolled");
}
