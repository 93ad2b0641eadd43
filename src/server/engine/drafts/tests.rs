//! Drafts over the real routes: who holds one, who may take it, and what is refused.

use axum::http::StatusCode;
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::api::draft::{HOLD, Hold};
use crate::domain::draft::Wizard;
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
    // Without its key, too: the answer was lost, and nothing else was saved since.
    let own = save(&world, "fay", 1, json!({})).await;
    assert_eq!((own.status, &own.json["revision"]), (StatusCode::OK, &json!(2)));
    let stale = save(&world, "fay", 1, json!({ "method": "verify_now" })).await;
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
    world.send("DELETE", DRAFT, "gus", Value::Null).await;
    let record = world.get("/v1/audit?organization=acme", "fay").await.json;
    let entry = |n: usize| {
        let entry = &record["items"][n];
        json!([entry["action"], entry["actor"], entry["site"], entry["subject"], entry["detail"]])
    };
    let detail =
        json!({ "about": "acme.webex.example", "from": "fay@acme.example", "step": "method" });
    let taken =
        json!(["draft.taken", "gus@acme.example", "acme.webex.example", "link_users", detail]);
    assert_eq!(entry(1), taken);
    assert_eq!(entry(0)[0], "draft.removed");
}

/// A wizard's draft, who may touch it, and who sees its subject but may not.
const RIGHTS: [(&str, &str, &str); 9] = [
    ("trial/meridian", "pat", "root"),
    ("order/SO-1", "pat", "root"),
    ("setup/acme", "pat fay gus", "root rob sam"),
    ("link_site/acme.webex.example", "sam", "root pat fay gus rob"),
    ("link_users/acme.webex.example", "fay gus", "root pat rob sam"),
    ("account_linking/acme.webex.example", "fay gus", "root pat rob sam"),
    ("auto_link/acme.webex.example", "root", "pat fay gus rob sam"),
    ("licences/acme.webex.example", "fay gus", "root pat rob sam"),
    ("directory_sync/acme", "fay gus", "root pat rob sam"),
];

#[tokio::test]
async fn section_4_a_draft_asks_for_what_its_wizard_does() {
    let world = world().await;
    world
        .sql(
            "INSERT INTO orders (number, partner, company, country, received_at, state)
             VALUES ('SO-1', 'meridian', 'Acme', 'DE', 0, 'waiting')",
        )
        .await;
    assert_eq!(
        RIGHTS.map(|(path, ..)| path.split('/').next()),
        Wizard::ALL.map(|w| Some(w.code()))
    );
    for (path, may, sees) in RIGHTS {
        let draft = format!("/v1/drafts/{path}");
        for who in ["root", "pat", "fay", "gus", "rob", "sam", "zoe", "ned"] {
            let named = |names: &str| names.split(' ').any(|name| name == who);
            let body = json!({ "step": "x", "answers": {}, "revision": 0 });
            let asked = [
                ("GET", draft.clone(), Value::Null),
                ("POST", format!("{draft}/take"), Value::Null),
                ("PUT", draft.clone(), body),
                ("DELETE", draft.clone(), Value::Null),
            ];
            for (method, path, body) in asked {
                let answer = world.send(method, &path, who, body).await;
                let detail = answer.json["detail"].as_str().unwrap_or_default();
                let at = format!("{method} {path} as {who}: {answer:?}");
                if named(may) {
                    let none = answer.status == 404 && detail.contains("no such draft");
                    assert!(answer.status.is_success() || none, "{at}");
                } else if named(sees) {
                    assert_eq!(answer.status, StatusCode::FORBIDDEN, "{at}");
                    assert!(detail.contains(" admin could do it"), "{at}");
                } else {
                    assert_eq!(answer.status, StatusCode::NOT_FOUND, "{at}");
                    assert!(!detail.contains("draft"), "{at}");
                }
            }
        }
    }
}

/// Sets the site's method, as the page of a wizard that holds its draft since then.
async fn act(world: &Fixture, who: &str, since: &str) -> Answer {
    let since: Option<Timestamp> = since.parse().ok();
    let subject = "acme.webex.example".to_owned();
    let hold = Hold { wizard: "link_users".into(), subject, since }.to_header();
    let body = json!({ "method": "receive_email" });
    let path = "/v1/sites/acme.webex.example/method";
    world.send_with("PUT", path, who, body, &[(HOLD, &hold)]).await
}

#[tokio::test]
async fn section_4_after_a_take_over_the_first_page_acts_no_more() {
    let world = world().await;
    assert_eq!(act(&world, "fay", "").await.status, StatusCode::OK, "before it was saved");
    let fays =
        save(&world, "fay", 0, json!({})).await.json["held_since"].as_str().unwrap().to_owned();
    assert_eq!(act(&world, "fay", &fays).await.status, StatusCode::OK);
    world.backend.clock.advance(std::time::Duration::from_secs(1));
    let taken = world.send("POST", &format!("{DRAFT}/take"), "gus", Value::Null).await;
    let guss = taken.json["held_since"].as_str().unwrap().to_owned();
    for since in [fays.as_str(), ""] {
        let refused = act(&world, "fay", since).await;
        assert_eq!((refused.status, refused.code()), (StatusCode::CONFLICT, "draft_held"));
        assert_eq!(refused.json["holder"], "gus@acme.example");
    }
    assert_eq!(act(&world, "gus", &guss).await.status, StatusCode::OK);
    let plain = json!({ "method": "verify_now" });
    let path = "/v1/sites/acme.webex.example/method";
    let other = world.send("PUT", path, "fay", plain).await;
    assert_eq!(other.status, StatusCode::OK, "the command line has no draft");
    world.backend.clock.advance(std::time::Duration::from_secs(1));
    world.send("POST", &format!("{DRAFT}/take"), "fay", Value::Null).await;
    assert_eq!(act(&world, "fay", &fays).await.code(), "draft_stale", "an older page of hers");
    world.send("DELETE", DRAFT, "fay", Value::Null).await;
    assert_eq!(act(&world, "fay", &fays).await.code(), "draft_stale", "it is done with");
    assert_eq!(act(&world, "gus", &guss).await.code(), "draft_stale");
}

#[tokio::test]
async fn section_4_a_hold_tells_nothing_to_who_may_not_see_the_draft() {
    let world = world().await;
    save(&world, "fay", 0, json!({})).await;
    for (who, status) in [("zoe", 404), ("rob", 403), ("", 401)] {
        let answer = act(&world, who, "").await;
        assert_eq!(answer.status.as_u16(), status, "{who}");
        assert!(!answer.json.to_string().contains("fay@"), "{answer:?}");
    }
    let headers = [(HOLD, "link_users")];
    let path = "/v1/sites/acme.webex.example/method";
    let odd =
        world.send_with("PUT", path, "fay", json!({ "method": "verify_now" }), &headers).await;
    assert_eq!((odd.status.as_u16(), &odd.json["field"]), (422, &json!(HOLD)));
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

#[tokio::test]
async fn section_4_ones_own_unfinished_drafts_are_listed_the_latest_first() {
    let world = world().await;
    let listed = async |who: &str, query: &str| {
        let answer = world.get(&format!("/v1/drafts{query}"), who).await;
        assert_eq!(answer.status, StatusCode::OK);
        let items = answer.json["items"].as_array().unwrap().clone();
        let wizards: Vec<String> =
            items.iter().map(|one| one["wizard"].as_str().unwrap().to_owned()).collect();
        (wizards, answer.json["next"].as_str().map(str::to_owned))
    };
    assert_eq!(listed("fay", "").await.0, [""; 0]);
    save(&world, "fay", 0, json!({ "a": 1 })).await;
    let body = json!({ "step": "setting", "answers": {}, "revision": 0 });
    world.send("PUT", "/v1/drafts/account_linking/acme.webex.example", "fay", body).await;
    world.sql("UPDATE drafts SET saved_at = saved_at + 60000 WHERE wizard = 'link_users'").await;
    assert_eq!(listed("fay", "").await.0, ["link_users", "account_linking"]);
    let (first, next) = listed("fay", "?limit=1").await;
    let (second, last) = listed("fay", &format!("?limit=1&cursor={}", next.unwrap())).await;
    assert_eq!(
        (first, second, last),
        (vec!["link_users".to_owned()], vec!["account_linking".to_owned()], None,)
    );
    assert_eq!(listed("gus", "").await.0, [""; 0], "somebody else's are not one's own");
    world.send("POST", &format!("{DRAFT}/take"), "gus", Value::Null).await;
    assert_eq!(listed("fay", "").await.0, ["account_linking"]);
    assert_eq!(listed("gus", "").await.0, ["link_users"]);
    world.sql("DELETE FROM organization_roles WHERE email = 'gus@acme.example'").await;
    assert_eq!(listed("gus", "").await.0, [""; 0], "what one may not touch is not listed");
}
