//! Rule P2: what tells whether an address or an organization exists is counted and recorded.

use super::*;
use crate::api::route::routes;
use crate::server::fixture::{Answer, Fixture, ROOT};
use crate::server::router::tests::roles::rows::table;

const PREPARE: &str = "/v1/sites/new.webex.example/link/prepare";

async fn world() -> Fixture {
    let world = crate::server::router::tests::roles::world().await;
    world.sql("INSERT INTO site_admins (site, email) VALUES (3, 'fay@acme.example')").await;
    world
}

async fn prepare(world: &Fixture, who: &str, organization: &str) -> Answer {
    world.send("POST", PREPARE, who, json!({ "organization": organization })).await
}

/// What was recorded of questions, newest first, as somebody reads it.
async fn record(world: &Fixture, reader: &str, query: &str) -> Vec<Value> {
    let answer = world.get(&format!("/v1/audit?limit=500{query}"), reader).await;
    let items = answer.json["items"].as_array().unwrap().clone();
    items.into_iter().filter(|entry| entry["action"] == "others.asked").collect()
}

#[tokio::test]
async fn p2_every_route_of_the_list_is_limited() {
    let whole = json!({ "administrator": "olga@nordwind.example" });
    let mut asked = 0;
    for route in routes().filter(|route| route.tells.is_some_and(|t| t.of == Of::Others)) {
        let name = format!("{:?} {}", route.method, route.path);
        let row = table().into_iter().find(|row| {
            let (method, path) = row.route.split_once(' ').unwrap();
            path == route.path && format!("{:?}", route.method).to_uppercase() == method
        });
        let row = row.unwrap_or_else(|| panic!("{name} is in the role table"));
        let tells = route.tells.unwrap();
        let mut body = if tells.typed { whole.clone() } else { row.body.clone() };
        if route.method == Method::Patch {
            body = tells.asked.iter().map(|name| (*name, "new.example")).collect();
        }
        let world = world().await;
        let who = row.may.split(' ').find(|who| *who != ROOT).unwrap();
        let method = row.route.split(' ').next().unwrap();
        let before = world.send(method, row.path, who, body.clone()).await;
        assert_ne!(before.status, StatusCode::TOO_MANY_REQUESTS, "{name}");
        world.sql("UPDATE questions SET asked = 30 WHERE span_ms = 60000; UPDATE questions SET last = ''").await;
        let after = world.send(method, row.path, who, body).await;
        assert_eq!((after.status.as_u16(), after.code()), (429, "too_many_requests"), "{name}");
        let wait: u64 = after.headers["retry-after"].to_str().unwrap().parse().unwrap();
        assert!((1..=60).contains(&wait), "{name}: {wait}");
        let told = record(&world, ROOT, "").await;
        assert_eq!(told[0]["detail"]["answer"], "too_many_requests", "{name}");
        assert_eq!(told[0]["actor"].as_str().unwrap().split('@').next(), Some(who), "{name}");
        asked += 1;
    }
    assert!(asked >= 17, "{asked}");
}

#[tokio::test]
async fn p2_the_thirty_first_address_in_a_minute_waits_and_a_department_does_not() {
    let world = world().await;
    let user = "/v1/sites/acme.webex.example/users/u0";
    let edit = |body: Value| world.send("PATCH", user, "sam", body);
    for n in 0..15 {
        let new =
            json!({ "user_id": format!("g{n}"), "address": format!("guess-{n}@zeta.example") });
        let added = world.send("POST", "/v1/sites/acme.webex.example/users", "sam", new).await;
        assert_eq!(added.status, StatusCode::CREATED);
        let edited = edit(json!({ "address": format!("other-{n}@zeta.example") })).await;
        assert_eq!(edited.status, StatusCode::OK);
    }
    let over = edit(json!({ "department": "Legal", "address": "one@zeta.example" })).await;
    assert_eq!((over.status.as_u16(), over.code()), (429, "too_many_requests"));
    assert_eq!(edit(json!({ "department": "Legal" })).await.status, StatusCode::OK);
    let trail = world.get("/v1/audit?limit=500", ROOT).await;
    let trail = trail.json["items"].as_array().unwrap().clone();
    let told = |action: &str| {
        let of = trail.iter().filter(|entry| entry["action"] == action);
        of.filter_map(|entry| entry["detail"]["address"].as_str()).count()
    };
    assert_eq!((told("user.added"), told("user.changed")), (15, 15), "each guess is in the record");
}

#[tokio::test]
async fn p2_forty_looks_at_organizations_of_others() {
    let world = world().await;
    let mut answers = Vec::new();
    for n in 0..40 {
        let id = if n % 2 == 0 { "zeta".to_owned() } else { format!("guess-{n}") };
        answers.push(prepare(&world, "fay", &id).await);
    }
    let statuses: Vec<u16> = answers.iter().map(|answer| answer.status.as_u16()).collect();
    assert_eq!(&statuses[..4], [403, 404, 403, 404]);
    assert!(statuses[..30].iter().all(|status| *status != 429));
    assert!(statuses[30..].iter().all(|status| *status == 429), "{statuses:?}");
    let told = |answer: &Answer| (answer.json["detail"].clone(), answer.json["code"].clone());
    assert_eq!(told(&answers[38]), told(&answers[39]), "there or not, it says the same");
    let record = record(&world, ROOT, "").await;
    assert_eq!(record.len(), 31, "each, and once that it was too many");
    assert_eq!(record[0]["detail"]["answer"], "too_many_requests");
    let first = &record[30];
    assert_eq!(first["detail"]["asked"], json!({ "organization": "zeta" }));
    assert_eq!(first["detail"]["answer"], "not_allowed");
    assert_eq!(
        (&first["actor"], &first["site"]),
        (&json!("fay@acme.example"), &json!("new.webex.example"))
    );
    assert_eq!(prepare(&world, "ned", "zeta").await.code(), "connect_first", "others go on");
}

#[tokio::test]
async fn p2_a_refused_address_is_recorded_and_a_granted_one_only_once() {
    let world = world().await;
    let grant = |email: &'static str| {
        let body = json!({ "email": email, "role": "read_only_admin" });
        world.send("POST", "/v1/organizations/acme/roles", "fay", body)
    };
    assert_eq!(grant("zoe@zeta.example").await.code(), "other_organization");
    assert!(grant("lee@acme.example").await.status.is_success());
    let record = record(&world, "fay", "&organization=acme").await;
    assert_eq!(record.len(), 1, "{record:?}");
    let detail = json!({
        "route": "POST /v1/organizations/{id}/roles",
        "asked": { "email": "zoe@zeta.example" },
        "answer": "other_organization",
    });
    assert_eq!(record[0]["detail"], detail);
}

#[tokio::test]
async fn p2_strangers_write_in_nobodys_record() {
    let world = world().await;
    let path = "/v1/sites/acme.webex.example/link/prepare";
    let body = json!({ "organization": "acme" });
    assert_eq!(world.send("POST", path, "zoe", body).await.status, StatusCode::NOT_FOUND);
    assert!(record(&world, "fay", "&organization=acme").await.is_empty());
    let all = record(&world, ROOT, "").await;
    assert_eq!((&all[0]["organization"], &all[0]["site"]), (&Value::Null, &Value::Null));
}

#[tokio::test]
async fn t1_checking_as_one_types_counts_whole_questions_once() {
    let world = world().await;
    let check =
        |body: Value| world.send("POST", "/v1/organizations/meridian/trials/check", "pat", body);
    for n in 0..40 {
        let body = json!({ "administrator": "olga@nordwind.example", "company": format!("N{n}") });
        assert_eq!(check(body).await.status, StatusCode::OK);
        let body = json!({ "administrator": "olga@nord", "company": format!("N{n}") });
        assert_eq!(check(body).await.status, StatusCode::OK, "not to be answered yet");
    }
    assert_eq!(record(&world, ROOT, "").await.len(), 1);
    for n in 0..29 {
        let body = json!({ "administrator": format!("user-{n}@acme.example") });
        assert_eq!(check(body).await.status, StatusCode::OK);
    }
    let body = json!({ "site_url": "acme.webex.example" });
    assert_eq!(check(body).await.status, StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test]
async fn t6_names_are_counted_apart() {
    let world = world().await;
    for n in 0..121 {
        let path = format!("/v1/organizations/acme/subdomain?name=name{n}");
        let answer = world.get(&path, "fay").await;
        assert_eq!(answer.status == StatusCode::TOO_MANY_REQUESTS, n == 120, "{n}");
    }
    assert_eq!(prepare(&world, "fay", "zeta").await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn p2_who_sees_every_organization_is_recorded_and_not_limited() {
    let world = world().await;
    for n in 0..35 {
        let body = json!({ "email": format!("u{n}@acme.example"), "role": "read_only_admin" });
        let answer = world.send("POST", "/v1/organizations/acme/roles", ROOT, body).await;
        assert!(answer.status.is_success(), "{answer:?}");
    }
    let body = json!({ "email": "zoe@zeta.example", "role": "read_only_admin" });
    world.send("POST", "/v1/organizations/acme/roles", ROOT, body).await;
    assert_eq!(record(&world, ROOT, "").await.len(), 1);
}
