//! Tests of what stands in `consumers.rs`.

use axum::http::StatusCode;
use serde_json::json;

use crate::server::fixture::{Answer, Fixture, ROOT};

async fn world() -> Fixture {
    let world = Fixture::new().await;
    world.small_world().await;
    world
}

async fn add(world: &Fixture, name: &str) -> Answer {
    world.send("POST", "/v1/consumer-domains", ROOT, json!({ "name": name })).await
}

#[tokio::test]
async fn section_9_the_backend_admin_adds_consumer_domains() {
    let world = world().await;
    let added = add(&world, "Post.Example").await;
    assert_eq!((added.status, &added.json["name"]), (StatusCode::CREATED, &json!("post.example")));
    assert_eq!(add(&world, "post.example").await.code(), "exists");
    assert_eq!(add(&world, "gmail.com").await.code(), "exists", "it is in the source");
    let list = world.get("/v1/consumer-domains", ROOT).await;
    assert_eq!(list.json["items"], json!([{ "name": "post.example" }]));
    let body = json!({ "name": "post.example" });
    let refused = world.send("POST", "/v1/organizations/acme/domains", "fay", body).await;
    assert_eq!(refused.code(), "domain_refused", "D3");
}

#[tokio::test]
async fn section_9_never_a_domain_that_is_verified_claimed_covered_or_pending() {
    let world = world().await;
    world
        .sql(
            "INSERT INTO domains (organization, name, state, token, added_at) VALUES
               ('acme', 'v.example', 'verified', 't', 0),
               ('zeta', 'c.example', 'claimed', 't', 0),
               ('zeta', 'p.example', 'pending', 't', 0);
             INSERT INTO agreements (organization, domain, site, signed_at, deadline, signed_by, text_hash)
             VALUES ('acme', 's.example', 'acme.webex.example', 0, 9000000000000000, 'fay', ''),
                    ('acme', 'l.example', 'acme.webex.example', 0, 1, 'fay', '')",
        )
        .await;
    for name in ["v.example", "c.example", "s.example"] {
        assert_eq!(add(&world, name).await.code(), "domain_taken", "{name}");
    }
    assert_eq!(add(&world, "p.example").await.code(), "domain_state", "somebody is to prove it");
    assert_eq!(add(&world, "l.example").await.status, StatusCode::CREATED);
    for name in ["co.uk", "mail.test", "no domain"] {
        assert_eq!(add(&world, name).await.code(), "invalid", "{name}");
    }
}
