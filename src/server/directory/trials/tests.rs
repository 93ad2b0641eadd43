//! Rules T1 and T8 through the API, by the world clock.

use std::time::Duration;

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::expiry::record_due;
use super::*;
use crate::domain::trial::days_later;
use crate::server::Backend;
use crate::server::fixture::{Answer, Fixture, ROOT};

const START: &str = "/v1/organizations/meridian/trials";

async fn world() -> Fixture {
    let world = Fixture::new().await;
    world.small_world().await;
    world
}

fn wanted() -> Value {
    json!({
        "company": "Nova Labs", "administrator": "Nia@Nova.example", "vertical": "technology",
        "country": "de", "supported_location": true,
        "services": [
            { "service": "meetings", "quantity": 50 }, { "service": "messaging", "quantity": 80 },
        ],
        "site_url": "https://Nova.webex.example/", "time_zone": "europe/berlin", "days": 60,
    })
}

fn with(field: &str, value: Value) -> Value {
    let mut body = wanted();
    body[field] = value;
    body
}

async fn start(world: &Fixture, body: Value) -> Answer {
    world.send("POST", START, "pat", body).await
}

async fn extend(world: &Fixture, body: Value) -> Answer {
    world.send("POST", "/v1/trials/nova-labs/extend", "pat", body).await
}

/// The trial's administrator can sign in, and accepts what the trial offers them (rule P1).
async fn accepts(world: &Fixture, email: &str, organization: &str) {
    world.person(email).await;
    let who = email.split('@').next().unwrap();
    let offer = world.get(&format!("/v1/offers/{organization}"), who).await.json;
    let terms = json!({ "terms_sha256": offer["terms"]["sha256"] });
    let path = format!("/v1/offers/{organization}/accept");
    assert_eq!(world.send("POST", &path, who, terms).await.status, StatusCode::OK);
}

/// Days until the trial ends, whole ones.
fn days_left(world: &Fixture, trial: &Value) -> i64 {
    let ends_at: Timestamp = trial["ends_at"].as_str().unwrap().parse().unwrap();
    let left = ends_at.duration_since(world.backend.clock.now());
    (left.as_hours() + 12) / 24
}

fn pass(backend: &Backend, days: u64) {
    backend.clock.advance(Duration::from_hours(24 * days));
}

fn refused(answer: &Answer) -> (u16, &str, &str) {
    let field = answer.json["field"].as_str().unwrap_or_default();
    (answer.status.as_u16(), answer.code(), field)
}

#[tokio::test]
async fn t1_a_start_makes_organization_administrator_services_and_site() {
    let world = world().await;
    let started = start(&world, wanted()).await;
    assert_eq!(started.status, StatusCode::CREATED, "{started:?}");
    let trial = &started.json;
    assert_eq!((&trial["organization"], &trial["region"]), (&json!("nova-labs"), &json!("europe")));
    assert_eq!((&trial["state"], days_left(&world, trial)), (&json!("active"), 60));
    assert_eq!(trial["services"][0], json!({ "service": "messaging", "quantity": 80 }));
    let site = json!({ "url": "nova.webex.example", "time_zone": "Europe/Berlin" });
    assert_eq!(trial["site"], site);

    let org = world.get("/v1/organizations/nova-labs", "pat").await.json;
    assert_eq!((&org["partner"], &org["country"]), (&json!("meridian"), &json!("DE")));
    assert_eq!(org["trial"]["ends_at"], trial["ends_at"]);
    assert_eq!(org["administrators"], Value::Null, "P1: nobody's by being named");
    let offer = &org["offers"][0];
    assert_eq!(
        (&offer["email"], &offer["roles"]),
        (&json!("nia@nova.example"), &json!(["full_admin"]))
    );
    let site = world.get("/v1/sites/nova.webex.example", "pat").await.json;
    assert_eq!((&site["state"], &site["organization"]), (&json!("enrolled"), &json!("nova-labs")));
    assert_eq!((&site["method"], &site["users"]["total"]), (&Value::Null, &json!(0)));

    let setup = world.get("/v1/organizations/nova-labs/setup", "pat").await;
    assert_eq!(setup.status, StatusCode::OK, "T2: setup has begun: {setup:?}");
    let welcome = world.get("/v1/organizations/nova-labs/welcome", "pat").await.json;
    assert_eq!(
        (&welcome["email"], &welcome["may_correct"]),
        (&json!("nia@nova.example"), &json!(true))
    );
    let audit = world.get("/v1/audit?organization=nova-labs", "pat").await.json;
    assert_eq!(audit["items"][0]["action"], "trial.started");
}

#[tokio::test]
async fn t1_every_field_is_refused_beside_the_field() {
    let world = world().await;
    let calling = json!([{ "service": "calling", "quantity": 0 }]);
    let cases = [
        ("company", json!(" "), (422, "invalid", "company")),
        ("administrator", json!("nia"), (422, "invalid", "administrator")),
        ("administrator", json!("fay@acme.example"), (409, "other_organization", "administrator")),
        ("country", json!("Atlantis"), (422, "invalid", "country")),
        ("supported_location", json!(false), (422, "invalid", "supported_location")),
        ("services", json!([]), (422, "invalid", "services")),
        ("services", calling, (422, "invalid", "calling")),
        ("site_url", json!("nova"), (422, "invalid", "site_url")),
        ("site_url", json!("acme.webex.example"), (409, "exists", "site_url")),
        ("site_url", Value::Null, (422, "invalid", "site_url")),
        ("time_zone", json!("Berlin"), (422, "invalid", "time_zone")),
        ("time_zone", Value::Null, (422, "invalid", "time_zone")),
        ("days", json!(45), (422, "invalid", "days")),
        ("vertical", json!("magic"), (422, "invalid", "vertical")),
    ];
    for (field, value, want) in cases {
        let answer = start(&world, with(field, value.clone())).await;
        assert_eq!(refused(&answer), want, "{field} {value}");
    }
    let listed = world.get("/v1/trials", "pat").await.json;
    assert_eq!(listed["items"], json!([]), "a refused start leaves nothing");
    assert_eq!(world.get("/v1/organizations/nova-labs", "pat").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn t1_a_user_linked_elsewhere_is_in_another_organization_too() {
    let world = world().await;
    world.user(2, "nia@nova.example").await;
    world.linked(2).await;
    let answer = start(&world, wanted()).await;
    assert_eq!(refused(&answer), (409, "other_organization", "administrator"));
}

#[tokio::test]
async fn t1_a_check_tells_every_wrong_field_at_once() {
    let world = world().await;
    let path = format!("{START}/check");
    let body = json!({
        "company": "Nova", "administrator": "zoe@zeta.example", "country": "Atlantis",
        "site_url": "zeta.webex.example", "services": [{ "service": "calling", "quantity": 0 }],
        "time_zone": "UTC", "days": 31,
    });
    let problems = world.send("POST", &path, "pat", body).await.json;
    let found: Vec<_> = problems["problems"].as_array().unwrap().iter().collect();
    let fields: Vec<&str> = found.iter().map(|p| p["field"].as_str().unwrap()).collect();
    assert_eq!(fields, ["administrator", "country", "calling", "site_url", "days"]);
    assert_eq!(found[0]["code"], "other_organization");
    let nothing = world.send("POST", &path, "pat", json!({})).await.json;
    assert_eq!(nothing["problems"], json!([]));
}

#[tokio::test]
async fn t1_only_meetings_have_a_site_and_a_customer_starts_no_trials() {
    let world = world().await;
    let mut body = with("services", json!([{ "service": "calling", "quantity": 5 }]));
    assert_eq!(refused(&start(&world, body.clone()).await), (422, "invalid", "site_url"));
    body["site_url"] = Value::Null;
    assert_eq!(refused(&start(&world, body.clone()).await), (422, "invalid", "time_zone"));
    body["time_zone"] = Value::Null;
    let at_customer =
        world.send("POST", "/v1/organizations/acme/trials", "pat", body.clone()).await;
    assert_eq!(refused(&at_customer), (422, "invalid", "partner"));
    let started = start(&world, body).await;
    assert_eq!((started.status, &started.json["site"]), (StatusCode::CREATED, &Value::Null));
}

#[tokio::test]
async fn t1_one_of_two_who_start_with_one_site_at_once_wins() {
    let world = world().await;
    let again = with("administrator", json!("noah@nova.example"));
    let (one, two) = tokio::join!(start(&world, wanted()), start(&world, again));
    let mut statuses = [one.status.as_u16(), two.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409]);
}

#[tokio::test]
async fn t1_an_expired_trial_is_read_only_and_can_be_extended() {
    let world = world().await;
    start(&world, wanted()).await;
    accepts(&world, "nia@nova.example", "nova-labs").await;
    let (method, domains) =
        ("/v1/sites/nova.webex.example/method", "/v1/organizations/nova-labs/domains");
    let edit = json!({ "services": [{ "service": "meetings", "quantity": 5 }] });
    let change = json!({ "method": "receive_email" });
    let grant = json!({ "email": "lu@nova.example", "role": "read_only_admin" });
    let roles = "/v1/organizations/nova-labs/roles";
    pass(&world.backend, 60);
    for (verb, path, who, body) in [
        ("PUT", method, "nia", change.clone()),
        ("POST", domains, "nia", json!({ "name": "nova.example" })),
        ("POST", roles, "nia", grant.clone()),
        ("POST", "/v1/organizations/nova-labs/welcome/resend", "pat", Value::Null),
        ("PATCH", "/v1/trials/nova-labs", "pat", edit.clone()),
    ] {
        let answer = world.send(verb, path, who, body).await;
        assert_eq!(refused(&answer), (409, "trial_expired", ""), "{verb} {path}");
    }
    let not_theirs = world.send("PUT", method, "pat", change.clone()).await;
    assert_eq!(not_theirs.status, StatusCode::FORBIDDEN, "what is not allowed stays so");
    for path in [domains, "/v1/organizations/nova-labs/setup", "/v1/sites/nova.webex.example"] {
        assert_eq!(world.get(path, "nia").await.status, StatusCode::OK, "{path} is read");
    }
    assert_eq!(world.get("/v1/trials/nova-labs", "nia").await.json["state"], "expired");
    assert_eq!(world.send("POST", roles, ROOT, grant).await.status, StatusCode::OK);

    let extended = extend(&world, json!({})).await;
    assert_eq!(
        (&extended.json["state"], days_left(&world, &extended.json)),
        (&json!("active"), 30)
    );
    assert_eq!(world.send("PUT", method, "nia", change).await.status, StatusCode::OK);
    assert_eq!(
        world.send("PATCH", "/v1/trials/nova-labs", "pat", edit).await.status,
        StatusCode::OK
    );
}

#[tokio::test]
async fn t8_an_extension_that_ends_earlier_must_be_accepted() {
    let world = world().await;
    start(&world, with("days", json!(90))).await;
    pass(&world.backend, 25);
    let before = world.get("/v1/trials/nova-labs", "pat").await.json;
    assert_eq!((days_left(&world, &before), &before["extension"]["earlier"]), (65, &json!(true)));
    let asked = extend(&world, json!({})).await;
    assert_eq!(refused(&asked), (409, "extension_earlier", "accept_earlier"));
    assert_eq!(world.get("/v1/trials/nova-labs", "pat").await.json["ends_at"], before["ends_at"]);
    let extended = extend(&world, json!({ "accept_earlier": true })).await.json;
    assert_eq!(days_left(&world, &extended), 30, "65 days left and an extension are 30, not 95");
    pass(&world.backend, 10);
    let later = extend(&world, json!({})).await;
    assert_eq!((later.status, days_left(&world, &later.json)), (StatusCode::OK, 30));
}

#[tokio::test]
async fn t8_services_are_edited_and_new_meetings_bring_their_site() {
    let world = world().await;
    let mut body = with("services", json!([{ "service": "calling", "quantity": 5 }]));
    (body["site_url"], body["time_zone"]) = (Value::Null, Value::Null);
    start(&world, body).await;
    let edit = |body: Value| world.send("PATCH", "/v1/trials/nova-labs", "pat", body);
    let services = json!([{ "service": "meetings", "quantity": 9 }]);
    let without = edit(json!({ "services": services })).await;
    assert_eq!(refused(&without), (422, "invalid", "site_url"));
    let taken =
        json!({ "services": services, "site_url": "acme.webex.example", "time_zone": "UTC" });
    assert_eq!(refused(&edit(taken).await), (409, "exists", "site_url"));
    let with =
        json!({ "services": services, "site_url": "nova.webex.example", "time_zone": "UTC" });
    let edited = edit(with.clone()).await.json;
    assert_eq!(
        (&edited["services"], &edited["site"]["url"]),
        (&services, &json!("nova.webex.example"))
    );
    assert_eq!(refused(&edit(with).await), (422, "invalid", "site_url"), "it has one site");
    let fewer = json!([{ "service": "messaging", "quantity": 1 }]);
    let edited = edit(json!({ "services": fewer })).await.json;
    assert_eq!(
        (&edited["services"], &edited["site"]["url"]),
        (&fewer, &json!("nova.webex.example"))
    );
    assert_eq!(edit(json!({ "services": [] })).await.code(), "invalid");
}

#[tokio::test]
async fn t8_trials_are_listed_by_end_date_to_who_sees_them() {
    let world = world().await;
    for (company, url, days) in [("Late", "late", 90), ("Soon", "soon", 30), ("Mid", "mid", 60)] {
        let mut body = with("company", json!(company));
        body["administrator"] = json!(format!("a@{url}.example"));
        body["site_url"] = json!(format!("{url}.webex.example"));
        body["days"] = json!(days);
        assert_eq!(start(&world, body).await.status, StatusCode::CREATED);
    }
    accepts(&world, "a@soon.example", "soon").await;
    let page = world.get("/v1/trials?limit=2", "pat").await.json;
    let rest = format!("/v1/trials?limit=2&cursor={}", page["next"].as_str().unwrap());
    let rest = world.get(&rest, "pat").await.json;
    let names = |page: &Value| -> Vec<String> {
        let items = page["items"].as_array().unwrap();
        items.iter().map(|trial| trial["organization"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!([names(&page), names(&rest)].concat(), ["soon", "mid", "late"]);
    assert_eq!(names(&world.get("/v1/trials", "a").await.json), ["soon"]);
    assert_eq!(names(&world.get("/v1/trials", ROOT).await.json).len(), 3);
    assert!(names(&world.get("/v1/trials", "fay").await.json).is_empty());
}

#[tokio::test]
async fn t1_the_record_tells_of_every_end_once() {
    let world = world().await;
    let started = start(&world, with("days", json!(30))).await.json;
    let directory = world.directory();
    let ends_at: Timestamp = started["ends_at"].as_str().unwrap().parse().unwrap();
    assert_eq!(record_due(&directory).await.unwrap(), Some(ends_at));
    pass(&world.backend, 31);
    assert_eq!(record_due(&directory).await.unwrap(), None);
    extend(&world, json!({})).await;
    let next = record_due(&directory).await.unwrap().unwrap();
    assert!(next <= days_later(world.backend.clock.now(), 30));
    pass(&world.backend, 400);
    record_due(&directory).await.unwrap();
    record_due(&directory).await.unwrap();
    let audit = world.get("/v1/audit?organization=nova-labs", "pat").await.json;
    let all = audit["items"].as_array().unwrap().iter().map(|e| e["action"].as_str().unwrap());
    let actions: Vec<&str> = all.filter(|action| action.starts_with("trial.")).collect();
    assert_eq!(actions, ["trial.expired", "trial.extended", "trial.expired", "trial.started"]);
}
