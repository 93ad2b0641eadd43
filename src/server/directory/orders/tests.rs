//! Rule T3 through the API: (a), (b), (c), asking, answering, and who sees what meanwhile.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::api::session::Secret;
use crate::server::fixture::{Answer, Fixture, ROOT};
use crate::server::post::smtp::sink::Sink;

const ORDER: &str = "/v1/orders/SO-1";

/// Acme is Meridian's customer, Zeta is nobody's; `SO-1` is Meridian's order of `ACME GmbH`.
async fn world() -> Fixture {
    let world = Fixture::new().await;
    world.small_world().await;
    order(&world, "SO-1", "ACME GmbH").await;
    world
}

async fn order(world: &Fixture, number: &str, company: &str) {
    let body = json!({
        "number": number, "partner": "meridian", "company": company, "country": "DE",
        "services": [{ "service": "messaging", "quantity": 40 }],
    });
    let added = world.send("POST", "/v1/orders", ROOT, body).await;
    assert_eq!(added.status, StatusCode::CREATED, "{added:?}");
}

async fn map(world: &Fixture, number: &str, body: Value) -> Answer {
    world.send("POST", &format!("/v1/orders/{number}/map"), "pat", body).await
}

async fn candidates(world: &Fixture, administrator: &str) -> Answer {
    let body = json!({ "administrator": administrator });
    world.send("POST", "/v1/orders/SO-1/candidates", "pat", body).await
}

async fn act(world: &Fixture, who: &str, act: &str) -> Answer {
    world.send("POST", &format!("{ORDER}/{act}"), who, Value::Null).await
}

async fn column(world: &Fixture, sql: &'static str) -> Vec<String> {
    let mut conn = world.backend.store.read().await.unwrap();
    sqlx::query_scalar(sql).fetch_all(&mut *conn).await.unwrap()
}

fn refused(answer: &Answer) -> (u16, &str, &str) {
    let field = answer.json["field"].as_str().unwrap_or_default();
    (answer.status.as_u16(), answer.code(), field)
}

#[tokio::test]
async fn t3a_an_administrators_order_goes_to_their_organization() {
    let world = world().await;
    let mapped = map(&world, "SO-1", json!({ "administrator": "Fay@ACME.example" })).await;
    let order = &mapped.json;
    assert_eq!((&order["state"], &order["organization"]), (&json!("mapped"), &json!("acme")));
    assert_eq!((&order["way"], &order["may_map"]), (&json!("administrator"), &json!(false)));
    let acme = world.get("/v1/organizations/acme", "pat").await.json;
    assert_eq!(acme["services"], json!([{ "service": "messaging", "quantity": 40 }]));
    assert_eq!(acme["country"], "DE", "the order's, where none was known");
    let welcome = world.get("/v1/organizations/acme/welcome", "pat").await.json;
    assert_eq!(
        (&welcome["email"], &welcome["may_correct"]),
        (&json!("fay@acme.example"), &json!(false))
    );
    assert_eq!(world.get("/v1/organizations/acme/setup", "fay").await.status, StatusCode::OK);
    let again = map(&world, "SO-1", json!({ "administrator": "fay@acme.example" })).await;
    assert_eq!(refused(&again), (409, "order_state", ""));
}

#[tokio::test]
async fn t3a_orders_add_up_and_end_a_trial() {
    let world = world().await;
    order(&world, "SO-2", "Acme").await;
    for number in ["SO-1", "SO-2"] {
        map(&world, number, json!({ "administrator": "fay@acme.example" })).await;
    }
    let acme = world.get("/v1/organizations/acme", "pat").await.json;
    assert_eq!(acme["services"][0]["quantity"], 80);
    order(&world, "SO-3", "Acme").await;
    world
        .sql(
            "INSERT INTO trials (organization, administrator, days, started_at, started_by, ends_at)
             VALUES ('acme', 'fay@acme.example', 30, 0, 'pat@meridian.example', 1)",
        )
        .await;
    let mapped = map(&world, "SO-3", json!({ "administrator": "fay@acme.example" })).await;
    assert_eq!(mapped.json["state"], "mapped", "also where the trial has expired");
    let acme = world.get("/v1/organizations/acme", "pat").await.json;
    assert_eq!((&acme["trial"], &acme["services"][0]["quantity"]), (&Value::Null, &json!(40)));
}

#[tokio::test]
async fn t3a_an_organization_that_the_partner_does_not_manage_accepts_first() {
    let world = world().await;
    let asked = map(&world, "SO-1", json!({ "administrator": "zoe@zeta.example" })).await;
    let order = &asked.json;
    assert_eq!((&order["state"], asked.status), (&json!("waiting"), StatusCode::OK));
    assert!(order["asked_at"].is_string());
    let words = order.to_string().to_lowercase();
    assert!(!words.contains("zeta foods"), "the partner sees only the order: {words}");
    assert_eq!(order["organization"], Value::Null);
    assert_eq!(world.get("/v1/organizations/zeta", "pat").await.status, StatusCode::NOT_FOUND);
    let audit = world.get("/v1/audit", "pat").await.json.to_string();
    assert!(audit.contains("order.asked") && !audit.contains("\"zeta\""), "{audit}");
    let to = column(&world, "SELECT recipient FROM outbox WHERE queue = 'notices'").await;
    assert_eq!(to, ["zoe@zeta.example"], "by mail to its full admins");

    let seen = world.get(ORDER, "zoe").await.json;
    assert_eq!((&seen["organization"], &seen["may_answer"]), (&json!("zeta"), &json!(true)));
    assert_eq!(act(&world, "pat", "accept").await.status, StatusCode::FORBIDDEN);
    assert_eq!(act(&world, "fay", "accept").await.status, StatusCode::NOT_FOUND);
    let accepted = act(&world, "zoe", "accept").await.json;
    assert_eq!((&accepted["state"], &accepted["organization"]), (&json!("mapped"), &json!("zeta")));
    let zeta = world.get("/v1/organizations/zeta", "pat").await.json;
    assert_eq!(
        (&zeta["partner"], &zeta["services"][0]["quantity"]),
        (&json!("meridian"), &json!(40))
    );
    let told = column(&world, "SELECT subject FROM outbox WHERE recipient LIKE 'pat@%'").await;
    assert_eq!(told, ["Order SO-1 was accepted"]);
    assert_eq!(refused(&act(&world, "zoe", "accept").await), (409, "order_state", ""));
}

#[tokio::test]
async fn t3a_who_declined_is_not_asked_again_and_the_order_can_go_elsewhere() {
    let world = world().await;
    let zoe = json!({ "administrator": "zoe@zeta.example" });
    map(&world, "SO-1", zoe.clone()).await;
    let again = map(&world, "SO-1", zoe.clone()).await;
    assert_eq!(refused(&again), (409, "order_state", ""), "nothing is sent twice");
    let declined = act(&world, "zoe", "decline").await;
    assert_eq!((declined.status, &declined.json["state"]), (StatusCode::OK, &json!("refused")));
    assert_eq!(world.get(ORDER, "zoe").await.status, StatusCode::NOT_FOUND);
    let seen = world.get(ORDER, "pat").await.json;
    assert_eq!((&seen["state"], &seen["may_map"]), (&json!("refused"), &json!(true)));
    assert_eq!(refused(&map(&world, "SO-1", zoe).await), (409, "order_refused", "administrator"));
    assert_eq!(
        candidates(&world, "zoe@zeta.example").await.json["administers"]["why_not"],
        "It has declined this order."
    );
    let mapped = map(&world, "SO-1", json!({ "administrator": "fay@acme.example" })).await;
    assert_eq!(mapped.json["state"], "mapped");
    assert_eq!(
        column(&world, "SELECT recipient FROM outbox WHERE recipient LIKE 'zoe%'").await.len(),
        1
    );
}

#[tokio::test]
async fn t3a_asking_another_organization_takes_the_first_question_back() {
    let world = world().await;
    map(&world, "SO-1", json!({ "administrator": "zoe@zeta.example" })).await;
    let mapped = map(&world, "SO-1", json!({ "administrator": "fay@acme.example" })).await;
    assert_eq!(mapped.json["state"], "mapped");
    assert_eq!(act(&world, "zoe", "accept").await.status, StatusCode::NOT_FOUND);
    assert_eq!(world.get("/v1/organizations/zeta", "zoe").await.json["partner"], Value::Null);
}

#[tokio::test]
async fn t3a_a_partners_own_organization_gets_no_orders() {
    let world = world().await;
    let refusal = map(&world, "SO-1", json!({ "administrator": "pat@meridian.example" })).await;
    assert_eq!(refused(&refusal), (409, "order_refused", "administrator"));
}

#[tokio::test]
async fn t3b_candidates_share_the_name_and_have_users_in_the_domain() {
    let world = world().await;
    world
        .sql(
            "INSERT INTO organizations (id, name, kind, created_at) VALUES
               ('eu', 'Acmé Works S.A.', 'customer', 86400000),
               ('names', 'ACME Inc.', 'customer', 0),
               ('domains', 'Other', 'customer', 0);
             INSERT INTO identities (email_key, organization) VALUES
               ('a@works.example', 'eu'), ('b@elsewhere.example', 'eu'),
               ('c@elsewhere.example', 'names'), ('d@works.example', 'domains');
             INSERT INTO organization_roles VALUES ('eu', 'b@elsewhere.example', 'full_admin');",
        )
        .await;
    world.user(1, "x@works.example").await;
    let found = candidates(&world, "new@works.example").await.json;
    assert_eq!((&found["administers"], &found["may_create"]), (&Value::Null, &json!(true)));
    let listed = found["candidates"].as_array().unwrap();
    // "ACME" is shorter than five characters, so it is compared whole: Acme Robotics is another.
    assert!(listed.is_empty(), "{listed:?}");
    order(&world, "SO-2", "Acme Worldwide Ltd").await;
    let body = json!({ "administrator": "new@works.example" });
    let found = world.send("POST", "/v1/orders/SO-2/candidates", "pat", body).await.json;
    let listed = found["candidates"].as_array().unwrap();
    let names: Vec<&str> = listed.iter().map(|c| c["organization"].as_str().unwrap()).collect();
    assert_eq!(names, ["acme", "eu"]);
    let eu = &listed[1];
    assert_eq!(
        (&eu["kind"], &eu["created_at"]),
        (&json!("customer"), &json!("1970-01-02T00:00:00Z"))
    );
    assert_eq!((&eu["people"], &eu["people_in_domain"]), (&json!(2), &json!(1)));
    assert_eq!((&eu["must_accept"], &listed[0]["must_accept"]), (&json!(true), &json!(false)));
    let audit = world.get("/v1/audit", "pat").await.json;
    let entry = &audit["items"][0];
    assert_eq!(entry["action"], "order.candidates_listed");
    assert_eq!(entry["detail"]["candidates"], json!(["acme", "eu"]));
}

#[tokio::test]
async fn t3b_a_public_mail_providers_domain_tells_nothing() {
    let world = world().await;
    order(&world, "SO-2", "Acme Robotics").await;
    world.user(1, "x@gmail.com").await;
    let body = json!({ "administrator": "new@gmail.com" });
    let found = world.send("POST", "/v1/orders/SO-2/candidates", "pat", body).await.json;
    assert_eq!(found["candidates"], json!([]));
}

#[tokio::test]
async fn t3b_a_candidate_that_is_managed_is_mapped_and_its_admins_hear_of_the_new_one() {
    let world = world().await;
    order(&world, "SO-2", "Acme Robotics").await;
    let who = json!({ "administrator": "new@acme.example" });
    assert_eq!(refused(&map(&world, "SO-2", who).await), (409, "order_choice", "organization"));
    let wrong = json!({ "administrator": "new@acme.example", "organization": "zeta" });
    assert_eq!(refused(&map(&world, "SO-2", wrong).await), (409, "order_refused", "organization"));
    let body = json!({ "administrator": "new@acme.example", "organization": "acme" });
    let mapped = map(&world, "SO-2", body).await.json;
    assert_eq!((&mapped["state"], &mapped["way"]), (&json!("mapped"), &json!("candidate")));
    let acme = world.get("/v1/organizations/acme", "fay").await.json;
    // P1: named, and so offered; no administrator before the person accepts.
    assert!(!acme["administrators"].to_string().contains("new@acme.example"));
    assert_eq!(acme["offers"][0]["email"], "new@acme.example");
    let told = column(&world, "SELECT recipient FROM outbox WHERE queue = 'notices'").await;
    assert_eq!(told, ["fay@acme.example"]);
    let welcome = world.get("/v1/organizations/acme/welcome", "pat").await.json;
    assert_eq!(
        (&welcome["email"], &welcome["may_correct"]),
        (&json!("new@acme.example"), &json!(false))
    );
}

#[tokio::test]
async fn t3b_a_candidate_that_is_not_managed_accepts_its_new_admin_too() {
    let world = world().await;
    order(&world, "SO-2", "Zeta Foods").await;
    let body = json!({ "administrator": "new@zeta.example", "organization": "zeta" });
    let asked = map(&world, "SO-2", body).await.json;
    assert_eq!((&asked["state"], &asked["organization"]), (&json!("waiting"), &Value::Null));
    let zeta = world.get("/v1/organizations/zeta", "zoe").await.json;
    assert!(!zeta["administrators"].to_string().contains("new@zeta.example"));
    let letter = column(&world, "SELECT text FROM outbox WHERE queue = 'notices'").await.remove(0);
    assert!(letter.contains("new@zeta.example is offered the role of full admin"), "{letter}");
    world.send("POST", "/v1/orders/SO-2/accept", "zoe", Value::Null).await;
    let zeta = world.get("/v1/organizations/zeta", "zoe").await.json;
    assert_eq!(zeta["offers"][0]["email"], "new@zeta.example");
}

#[tokio::test]
async fn t3b_an_organization_without_full_admins_cannot_be_asked() {
    let world = world().await;
    order(&world, "SO-2", "Zeta Foods").await;
    world.sql("DELETE FROM organization_roles WHERE organization = 'zeta'").await;
    let body = json!({ "administrator": "new@zeta.example", "organization": "zeta" });
    assert_eq!(refused(&map(&world, "SO-2", body).await), (409, "order_refused", "organization"));
}

#[tokio::test]
async fn t3c_a_new_organization_unless_the_administrator_is_in_another_one() {
    let world = world().await;
    world.sql("INSERT INTO identities VALUES ('lee@zeta.example', 'zeta', 0)").await;
    let lee = json!({ "administrator": "lee@zeta.example", "new_organization": true });
    assert_eq!(
        refused(&map(&world, "SO-1", lee).await),
        (409, "other_organization", "administrator")
    );
    let found = candidates(&world, "lee@zeta.example").await.json;
    assert_eq!(found["may_create"], false);
    assert!(!found["why_not_create"].as_str().unwrap().is_empty());
    let body = json!({ "administrator": "ada@acme-gmbh.example", "new_organization": true });
    let mapped = map(&world, "SO-1", body).await.json;
    assert_eq!(
        (&mapped["state"], &mapped["organization"]),
        (&json!("mapped"), &json!("acme-gmbh"))
    );
    let org = world.get("/v1/organizations/acme-gmbh", "pat").await.json;
    assert_eq!((&org["partner"], &org["region"]), (&json!("meridian"), &json!("europe")));
    assert_eq!(org["offers"][0]["email"], "ada@acme-gmbh.example");
    let welcome = world.get("/v1/organizations/acme-gmbh/welcome", "pat").await.json;
    assert_eq!(welcome["may_correct"], true, "this order made the organization");
}

#[tokio::test]
async fn t3_meetings_of_an_order_make_their_site_as_a_trial_s_do() {
    let world = world().await;
    let add = async |number: &str, more: Value| {
        let mut body = json!({
            "number": number, "partner": "meridian", "company": "Nimbus GmbH", "country": "DE",
            "services": [{ "service": "Meetings", "quantity": 40 }],
        });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        world.send("POST", "/v1/orders", ROOT, body).await
    };
    add("SO-5", json!({})).await;
    let mut body = json!({ "administrator": "ada@nimbus.example", "new_organization": true });
    assert_eq!(refused(&map(&world, "SO-5", body.clone()).await), (422, "invalid", "site_url"));
    body["site_url"] = json!("https://Acme.webex.example/");
    assert_eq!(refused(&map(&world, "SO-5", body.clone()).await), (422, "invalid", "time_zone"));
    body["time_zone"] = json!("Europe/Berlin");
    assert_eq!(refused(&map(&world, "SO-5", body.clone()).await), (409, "exists", "site_url"));
    assert!(
        column(&world, "SELECT id FROM organizations WHERE id = 'nimbus-gmbh'").await.is_empty()
    );
    body["site_url"] = json!("nimbus.webex.example");
    let mapped = map(&world, "SO-5", body).await;
    assert_eq!(mapped.json["site_url"], "nimbus.webex.example", "{mapped:?}");
    let site =
        "SELECT organization || ' ' || state || ' ' || coalesce(method, 'no method') || ' ' ||
        time_zone || ' ' || (SELECT count(*) FROM site_users u WHERE u.site = s.id)
        FROM sites s WHERE url = 'nimbus.webex.example'";
    assert_eq!(column(&world, site).await, ["nimbus-gmbh enrolled no method Europe/Berlin 0"]);

    // What the order brings along need not be given again; one that is there may do without.
    let brought = json!({ "site_url": "two.webex.example", "time_zone": "Europe/Oslo" });
    assert_eq!(add("SO-6", brought).await.json["time_zone"], "Europe/Oslo");
    let known = json!({ "administrator": "ada@nimbus.example" });
    assert_eq!(map(&world, "SO-6", known.clone()).await.json["state"], "mapped");
    let two = "SELECT organization FROM sites WHERE url = 'two.webex.example'";
    assert_eq!(column(&world, two).await, ["nimbus-gmbh"]);
    add("SO-7", json!({})).await;
    assert_eq!(map(&world, "SO-7", known).await.json["state"], "mapped");

    let without = json!({
        "administrator": "fay@acme.example", "site_url": "three.webex.example",
        "time_zone": "Europe/Berlin",
    });
    assert_eq!(refused(&map(&world, "SO-1", without).await), (422, "invalid", "site_url"));
}

#[tokio::test]
async fn t3_the_site_of_an_order_that_asks_is_made_when_it_is_accepted() {
    let world = world().await;
    let body = json!({
        "number": "SO-8", "partner": "meridian", "company": "Zeta AG", "country": "DE",
        "services": [{ "service": "meetings", "quantity": 4 }],
    });
    world.send("POST", "/v1/orders", ROOT, body).await;
    let asked = json!({
        "administrator": "zoe@zeta.example", "site_url": "zeta2.webex.example",
        "time_zone": "Europe/Berlin",
    });
    assert_eq!(map(&world, "SO-8", asked).await.json["state"], "waiting");
    let site = "SELECT organization FROM sites WHERE url = 'zeta2.webex.example'";
    assert!(column(&world, site).await.is_empty(), "nothing before it accepts");
    let shown = world.get("/v1/orders/SO-8", "zoe").await.json;
    assert_eq!(shown["site_url"], "zeta2.webex.example", "they see what they accept");
    let accepted = world.send("POST", "/v1/orders/SO-8/accept", "zoe", Value::Null).await;
    assert_eq!(accepted.json["state"], "mapped", "{accepted:?}");
    assert_eq!(column(&world, site).await, ["zeta"]);
}

#[tokio::test]
async fn t3_the_candidate_list_is_rate_limited() {
    let world = world().await;
    for _ in 0..30 {
        assert_eq!(candidates(&world, "x@acme.example").await.status, StatusCode::OK);
    }
    let refusal = candidates(&world, "x@acme.example").await;
    assert_eq!(refused(&refusal), (429, "too_many_requests", ""));
    assert!(refusal.headers.contains_key("retry-after"));
}

#[tokio::test]
async fn t3_orders_are_added_once_with_every_field_checked() {
    let world = world().await;
    let whole = json!({
        "number": "so-9", "partner": "meridian", "company": "Nova", "country": "FR",
        "services": [{ "service": "calling", "quantity": 3 }],
    });
    for (field, value, want) in [
        ("number", json!("a b"), (422, "invalid", "number")),
        ("number", json!("so-1"), (409, "exists", "number")),
        ("partner", json!("acme"), (422, "invalid", "partner")),
        ("company", json!(""), (422, "invalid", "company")),
        ("country", json!("??"), (422, "invalid", "country")),
        ("services", json!([]), (422, "invalid", "services")),
    ] {
        let mut body = whole.clone();
        body[field] = value;
        let answer = world.send("POST", "/v1/orders", ROOT, body).await;
        assert_eq!(refused(&answer), want, "{field}");
    }
    let added = world.send("POST", "/v1/orders", ROOT, whole).await.json;
    assert_eq!((&added["number"], &added["may_map"]), (&json!("SO-9"), &json!(false)));
    let listed = world.get("/v1/orders?limit=1", "pat").await.json;
    assert_eq!((&listed["items"][0]["number"], listed["next"].is_string()), (&json!("SO-1"), true));
    assert_eq!(world.get("/v1/orders", "fay").await.json["items"], json!([]));
    assert_eq!(world.get("/v1/orders/so-9", "pat").await.json["number"], "SO-9");
}

#[tokio::test]
async fn t3_the_question_leaves_once_as_a_mail() {
    let sink = Sink::start();
    let url = sink.url();
    let world = Fixture::with(|options| options.smtp = Some(Secret::new(url))).await;
    world.small_world().await;
    order(&world, "SO-1", "ACME GmbH").await;
    let chores = world.backend.chores.clone();
    world.start();
    map(&world, "SO-1", json!({ "administrator": "zoe@zeta.example" })).await;
    sink.dots(1).await;
    world.backend.stop.stop();
    let deadline = tokio::time::Instant::now() + std::time::Duration::from_mins(1);
    assert!(chores.end(deadline).await.is_empty());
    assert_eq!(sink.count("zoe@zeta.example"), 1);
    let message = mail_parser::MessageParser::default()
        .parse(&sink.taken()[0].message)
        .unwrap()
        .body_text(0)
        .unwrap()
        .into_owned();
    assert!(message.contains("hublink order accept SO-1"), "{message}");
}

#[tokio::test]
async fn t3_a_question_that_waits_is_asked_of_full_admins_alone() {
    let sink = Sink::start();
    let url = sink.url();
    let world = Fixture::with(|options| options.smtp = Some(Secret::new(url))).await;
    world.small_world().await;
    order(&world, "SO-1", "ACME GmbH").await;
    world
        .sql("INSERT INTO people (email, name, created_at) VALUES ('max@zeta.example', '', 0)")
        .await;
    for who in ["lee", "max"] {
        world
            .sql(&format!(
                "INSERT INTO organization_roles (organization, email, role)
                 VALUES ('zeta', '{who}@zeta.example', 'full_admin')"
            ))
            .await;
    }
    map(&world, "SO-1", json!({ "administrator": "zoe@zeta.example" })).await;
    let to = column(&world, "SELECT recipient FROM outbox WHERE queue = 'notices'").await;
    assert_eq!(to.len(), 3, "{to:?}");
    // Before it leaves, one is a full admin no more, and one cannot sign in any more.
    world.sql("DELETE FROM organization_roles WHERE email = 'lee@zeta.example'").await;
    world.sql("UPDATE people SET disabled_at = 1 WHERE email = 'max@zeta.example'").await;
    let chores = world.backend.chores.clone();
    world.start();
    sink.dots(1).await;
    world.backend.stop.stop();
    let deadline = tokio::time::Instant::now() + std::time::Duration::from_mins(1);
    assert!(chores.end(deadline).await.is_empty());
    assert_eq!(sink.count("zoe@zeta.example"), 1);
    assert_eq!(sink.taken().len(), 1, "nobody else");
}
