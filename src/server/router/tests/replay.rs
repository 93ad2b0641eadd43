//! A kept answer is for who still may (SPEC section 8): over every write route of the role table.
//!
//! Each is done with a key and done again, then every role is taken away: the same key gets what a
//! fresh request gets.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use serde_json::Value;

use super::roles::rows::{Row, table};
use super::roles::world;
use crate::api::call::Method;
use crate::api::route::Route;
use crate::server::fixture::{Answer, Fixture};

const NO_ROLES: &str = "DELETE FROM organization_roles; DELETE FROM site_admins;
    UPDATE people SET backend_admin = FALSE;";

async fn ask(world: &Fixture, row: &Row, who: &str, key: &str) -> Answer {
    let method = row.route.split(' ').next().unwrap();
    let keyed = [("idempotency-key", key)];
    let keyed = if key.is_empty() { &[][..] } else { &keyed[..] };
    let posts = Route::of(Method::Post, row.route.split(' ').nth(1).unwrap());
    if method != "POST" || posts.is_none_or(|route| !route.file) {
        return world.send_with(method, row.path, who, row.body.clone(), keyed).await;
    }
    let mut upload = Request::post(row.path)
        .header("content-type", "application/octet-stream")
        .header("authorization", format!("Bearer {who}"));
    for (name, value) in keyed {
        upload = upload.header(*name, *value);
    }
    let file = "UserID,Email\nu0,a@acme.example\n";
    world.send_raw(upload.body(Body::from(file)).unwrap()).await
}

/// What an answer is, whenever it is given.
fn told(answer: &Answer) -> (StatusCode, Value) {
    let mut json = answer.json.clone();
    if let Some(fields) = json.as_object_mut() {
        fields.remove("request_id");
    }
    (answer.status, json)
}

fn is_kept(answer: &Answer) -> bool {
    answer.status.is_success() || answer.status == 409 || answer.status == 422
}

fn is_secret(row: &Row) -> bool {
    row.route == "POST /v1/tokens"
}

#[tokio::test]
async fn section_8_the_same_key_gets_the_same_answer_if_the_actor_still_may() {
    let mut refused = 0;
    for row in table().iter().filter(|row| !row.route.starts_with("GET ")) {
        for who in row.may.split(' ').filter(|who| !who.is_empty()) {
            let world = world().await;
            let at = format!("{} as {who}", row.route);
            let first = ask(&world, row, who, "k").await;
            let again = ask(&world, row, who, "k").await;
            if is_secret(row) {
                assert_eq!(again.code(), "exists", "{at}: shown once");
            } else if is_kept(&first) {
                assert_eq!(told(&again), told(&first), "{at}");
            }
            world.sql(NO_ROLES).await;
            let replayed = ask(&world, row, who, "k").await;
            let fresh = ask(&world, row, who, "").await;
            if matches!(fresh.status.as_u16(), 401 | 403 | 404) {
                assert_eq!(told(&replayed), told(&fresh), "{at}");
                refused += 1;
            } else if is_kept(&first) {
                assert_eq!(told(&replayed), told(&again), "{at}");
            }
            world.sql("UPDATE tokens SET revoked_at = 1").await;
            let signed_out = ask(&world, row, who, "k").await;
            assert_eq!(signed_out.status, StatusCode::UNAUTHORIZED, "{at}");
        }
    }
    assert!(refused > 60, "{refused} of the repeats were refused");
}
