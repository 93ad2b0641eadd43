//! Drafts over the real routes: who holds one, who may take it, and what is refused.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::server::fixture::{Answer, Fixture};

const DRAFT: &str = "/v1/drafts/link_users/acme.webex.example";

async fn save(world: &Fixture, who: &str, revision: u64, answers: Value) -> Answer {
    let body = json!({ "step": "method", "answers": answers, "revision": revision });
    world.send("PUT", DRAFT, who, body).await
}

async fn world() -> Fixture {
    let world = Fixture::new().await;
    world.small_world().await;
    world.person("gus@acme.example").await;
    world
        .sql(
            "INSERT INTO organization_roles (organization, email, role)
                VALUES ('acme', 'gus@acme.example', 'full_admin')",
        )
        .await;
    world
}

#[tokio::test]
async fn section_4_a_draft_comes_back_with_every_answer() {
    let world = world().await;
    assert_eq!(world.get(DRAFT, "fay").await.status, StatusCode::NOT_FOUND);
    let answers = json!({ "method": "verify_now", "ticked": [1, 2] });
    let first = save(&world, "fay", 0, answers.clone()).await;
    assert_eq!((first.status, &first.json["revision"]), (StatusCode::OK, &json!(1)));
    let read = world.get(DRAFT, "fay").await.json;
    assert_eq!((&read["answers"], &read["step"]), (&answers, &json!("method")));
    assert_eq!(read["holder"], "fay@acme.example");
    assert_eq!(save(&world, "fay", 1, json!({})).await.json["revision"], 2);
    let stale = save(&world, "fay", 1, json!({})).await;
    assert_eq!((stale.status, stale.code()), (StatusCode::CONFLICT, "draft_stale"));
    let gone = world.send("DELETE", DRAFT, "fay", Value::Null).await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT);
    assert_eq!(save(&world, "fay", 2, json!({})).await.code(), "draft_stale", "it was removed");
    let again = world.send("DELETE", DRAFT, "fay", Value::Null).await;
    assert_eq!(again.status, StatusCode::NO_CONTENT, "twice is the same as once");
}

#[tokio::test]
async fn section_4_a_second_operator_is_told_and_may_take_over() {
    let world = world().await;
    save(&world, "fay", 0, json!({ "a": 1 })).await;
    let held = save(&world, "gus", 1, json!({})).await;
    assert_eq!((held.code(), &held.json["holder"]), ("draft_held", &json!("fay@acme.example")));
    let removed = world.send("DELETE", DRAFT, "gus", Value::Null).await;
    assert_eq!(removed.code(), "draft_held");
    let taken = world.send("POST", &format!("{DRAFT}/take"), "gus", Value::Null).await;
    assert_eq!(
        (&taken.json["holder"], &taken.json["answers"]),
        (&json!("gus@acme.example"), &json!({ "a": 1 }))
    );
    assert_eq!(save(&world, "fay", 1, json!({})).await.code(), "draft_held", "the first is told");
    let revision = taken.json["revision"].as_u64().unwrap();
    assert_eq!(save(&world, "gus", revision, json!({})).await.status, StatusCode::OK);
    let audit: i64 = {
        let mut conn = world.backend.store.read().await.unwrap();
        sqlx::query_scalar("SELECT count(*) FROM audit WHERE action = 'draft.taken'")
            .fetch_one(&mut *conn)
            .await
            .unwrap()
    };
    assert_eq!(audit, 1);
}

#[tokio::test]
async fn drafts_are_kept_small_and_to_sites_one_may_see() {
    let world = world().await;
    let large = save(&world, "fay", 0, json!("x".repeat(256 * 1024))).await;
    assert_eq!((large.status.as_u16(), &large.json["field"]), (422, &json!("answers")));
    assert_eq!(save(&world, "fay", 0, json!("x".repeat(256 * 1024 - 2))).await.status, 200);
    for (who, status) in [("zoe", 404), ("", 401)] {
        for (method, path) in
            [("GET", DRAFT), ("DELETE", DRAFT), ("POST", &format!("{DRAFT}/take"))]
        {
            let answer = world.send(method, path, who, Value::Null).await;
            assert_eq!(answer.status.as_u16(), status, "{who} {method} {path}");
        }
        assert_eq!(save(&world, who, 0, json!({})).await.status.as_u16(), status, "{who}");
    }
    let odd = "/v1/drafts/Link%20Users/acme.webex.example";
    let body = json!({ "step": "method", "answers": {}, "revision": 0 });
    assert_eq!(world.send("PUT", odd, "fay", body).await.json["field"], "wizard");
}
