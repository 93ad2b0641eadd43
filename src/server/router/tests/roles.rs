//! Promise I9: every route with every role, towards what is theirs and what is not.
//!
//! The table is written out, not computed: it is SPEC section 3 said once more, by route. A route
//! that is missing here fails the test.

pub mod rows;

use std::collections::BTreeSet;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use crate::api::call::Method;
use crate::api::route::{Right, routes};
use crate::server::fixture::{Fixture, ROOT};
use rows::{ORG, Row, table};

/// Everyone: backend admin, partner admin, full admin, read-only admin, site admin, the full admin
/// of another organization, the admin of a site of nobody's.
const EVERYONE: [&str; 7] = [ROOT, "pat", "fay", "rob", "sam", "zoe", "ned"];

/// Routes for everybody, signed in or not.
const PUBLIC: [&str; 12] = [
    "POST /v1/sessions",
    "POST /v1/password-resets",
    "POST /v1/password-resets/use",
    "POST /v1/welcome/look",
    "POST /v1/welcome/accept",
    "POST /v1/welcome/decline",
    "POST /v1/welcome/lift",
    "GET /healthz",
    "GET /readyz",
    "GET /metrics",
    "GET /openapi.json",
    "GET /docs",
];

pub async fn world() -> Fixture {
    let world = Fixture::with(|options| options.test_clock = true).await;
    world.small_world().await;
    world.user(1, "a@acme.example").await;
    world
        .sql(
            "INSERT INTO tokens (id, person, label, hash, created_at)
             VALUES ('tok_fay', 'fay@acme.example', '', 'x', 0);
             INSERT INTO people (email, name, created_at) VALUES ('ray@acme.example', 'Ray', 0);
             INSERT INTO sessions (id, person, hash, created_at, expires_at)
             VALUES ('ses_fay', 'fay@acme.example', 'y', 0, 4102444800000);
             INSERT INTO organization_roles VALUES
               ('acme', 'ray@acme.example', 'read_only_admin');
             INSERT INTO welcomes (organization, email, origin, begun_at, state, offered_by,
               expires_at) VALUES
               ('acme', 'lou@acme.example', 'granted', 0, 'sent', 'fay@acme.example', 4102444800000),
               ('acme', 'ned@new.example', 'granted', 0, 'sent', 'fay@acme.example', 4102444800000);
             INSERT INTO offer_roles VALUES
               ('acme', 'lou@acme.example', 'full_admin', 'fay@acme.example', 0),
               ('acme', 'ned@new.example', 'read_only_admin', 'fay@acme.example', 0);
             INSERT INTO domains (organization, name, state, token, added_at)
             VALUES ('acme', 'acme.example', 'claimed', 't', 0);
             INSERT INTO plans VALUES ('pln', 1, 'acme', 'verify_now', 'hold', 1, 0, 0, '{}', '[]',
               '[]', 0, 'd', 0, 'fay@acme.example', 0, 'method');
             INSERT INTO runs (id, plan, site, organization, state, started_at, started_by)
             VALUES ('run', 'pln', 1, 'acme', 'done', 0, 'fay@acme.example');
             INSERT INTO trials (organization, administrator, days, started_at, started_by, ends_at)
             VALUES ('acme', 'fay@acme.example', 30, 0, 'pat@meridian.example', 4102444800000);
             INSERT INTO orders (number, partner, company, country, received_at, state,
               administrator, organization, asked_at) VALUES
               ('SO-1', 'meridian', 'Acme', 'DE', 0, 'waiting', NULL, NULL, NULL),
               ('SO-2', 'meridian', 'Acme', 'DE', 0, 'mapped', 'fay@acme.example', 'acme', NULL),
               ('SO-3', 'meridian', 'Acme', 'DE', 0, 'waiting', 'fay@acme.example', 'acme', 1);",
        )
        .await;
    world
}

/// How a request ended, as far as rights go.
#[derive(Debug, PartialEq, Eq)]
enum Ended {
    NotSignedIn,
    NotAllowed,
    Hidden,
    Through,
}

async fn ask(world: &Fixture, row: &Row, who: &str) -> Ended {
    let method = row.route.split(' ').next().unwrap();
    let answer = if row.route.ends_with("/imports") || row.route.ends_with("/insights/import") {
        let mut upload = Request::post(row.path).header("content-type", "application/octet-stream");
        if !who.is_empty() {
            upload = upload.header("authorization", format!("Bearer {who}"));
        }
        world.send_raw(upload.body(Body::from("x")).unwrap()).await
    } else {
        world.send(method, row.path, who, row.body.clone()).await
    };
    assert!(answer.status.as_u16() < 500, "{} as {who}: {answer:?}", row.route);
    let detail = answer.json["detail"].as_str().unwrap_or_default();
    let nouns = [
        "organization",
        "site",
        "token",
        "plan",
        "run",
        "trial",
        "order",
        "offer",
        "person",
        "session",
    ];
    let hidden = nouns.iter().any(|noun| detail.contains(&format!("no such {noun},")));
    match answer.status {
        StatusCode::UNAUTHORIZED => Ended::NotSignedIn,
        StatusCode::FORBIDDEN => {
            assert!(detail.contains(" admin could do it"), "names the role: {detail}");
            Ended::NotAllowed
        }
        StatusCode::NOT_FOUND if hidden => Ended::Hidden,
        _ => Ended::Through,
    }
}

#[tokio::test]
async fn i9_who_may_not_is_told_so_before_the_body_is_read() {
    let world = world().await;
    let by_right: BTreeSet<String> = routes()
        .filter(|route| matches!(route.right, Right::May(..)) && route.method != Method::Get)
        .map(|route| format!("{} {}", format!("{:?}", route.method).to_uppercase(), route.path))
        .collect();
    let table = table().into_iter().filter(|row| by_right.contains(row.route));
    for row in table.map(|row| Row { body: json!({ "nonsense": 1 }), ..row }) {
        let named = |names: &str, who: &str| names.split(' ').any(|name| name == who);
        for who in EVERYONE.into_iter().filter(|who| !named(row.may, who)) {
            let want = if named(row.sees, who) { Ended::NotAllowed } else { Ended::Hidden };
            assert_eq!(ask(&world, &row, who).await, want, "{} as {who}", row.route);
        }
    }
}

#[tokio::test]
async fn i9_every_route_with_every_role() {
    for row in table() {
        let world = world().await;
        let named = |names: &str, who: &str| names.split(' ').any(|name| name == who);
        for who in EVERYONE {
            let want = if named(row.may, who) {
                Ended::Through
            } else if named(row.sees, who) {
                Ended::NotAllowed
            } else {
                Ended::Hidden
            };
            assert_eq!(ask(&world, &row, who).await, want, "{} as {who}", row.route);
        }
        assert_eq!(ask(&world, &row, "").await, Ended::NotSignedIn, "{}", row.route);
    }
}

/// The same routes towards somebody else's: of the table, only the paths hold.
async fn hidden_from_all_but(of: &str, instead: &str, seeing: &[&str]) {
    let world = world().await;
    let mut asked = 0;
    for row in table().iter().filter(|row| row.path.contains(of)) {
        let path = row.path.replace(of, instead);
        let other = Row { path: path.leak(), body: row.body.clone(), ..*row };
        for who in EVERYONE.iter().filter(|who| !seeing.contains(who)) {
            assert_eq!(ask(&world, &other, who).await, Ended::Hidden, "{} as {who}", other.path);
            asked += 1;
        }
    }
    assert!(asked > 100, "{asked}");
    for row in table().iter().filter(|row| row.path.contains(of)) {
        let path = row.path.replace(of, instead);
        let other = Row { path: path.leak(), body: row.body.clone(), ..*row };
        for who in seeing {
            assert_ne!(ask(&world, &other, who).await, Ended::Hidden, "{} as {who}", other.path);
        }
    }
}

#[tokio::test]
async fn i9_a_site_of_nobodys_is_seen_by_its_admin_and_the_backend_alone() {
    hidden_from_all_but("acme.webex.example", "new.webex.example", &[ROOT, "ned"]).await;
}

#[tokio::test]
async fn i9_another_organization_is_seen_by_its_own_and_the_backend_alone() {
    hidden_from_all_but("/organizations/acme", "/organizations/zeta", &[ROOT, "zoe"]).await;
}

#[tokio::test]
async fn i9_a_partner_is_not_seen_by_its_customers() {
    hidden_from_all_but("/organizations/acme", "/organizations/meridian", &[ROOT, "pat"]).await;
}

#[test]
fn the_table_has_every_documented_route() {
    let document = crate::server::router::openapi();
    let mut documented = BTreeSet::new();
    for (path, operations) in document["paths"].as_object().unwrap() {
        for method in operations.as_object().unwrap().keys() {
            documented.insert(format!("{} {path}", method.to_uppercase()));
        }
    }
    let mut known: BTreeSet<String> = table().iter().map(|row| row.route.to_owned()).collect();
    known.extend(PUBLIC.map(str::to_owned));
    assert_eq!(documented, known);
}

#[tokio::test]
async fn i9_lists_hold_what_one_sees_and_no_more() {
    let world = world().await;
    let cases = [
        (ROOT, vec!["acme", "meridian", "zeta"], vec!["acme", "new", "zeta"]),
        ("pat", vec!["acme", "meridian"], vec!["acme"]),
        ("fay", vec!["acme"], vec!["acme"]),
        ("rob", vec!["acme"], vec!["acme"]),
        ("sam", vec!["acme"], vec!["acme"]),
        ("zoe", vec!["zeta"], vec!["zeta"]),
        ("ned", vec![], vec!["new"]),
    ];
    for (who, organizations, sites) in cases {
        let listed = |answer: Value, field: &'static str| -> Vec<String> {
            let items = answer["items"].as_array().unwrap().clone();
            items.iter().map(|item| item[field].as_str().unwrap().to_owned()).collect()
        };
        let seen = listed(world.get("/v1/organizations", who).await.json, "id");
        assert_eq!(seen, organizations, "{who}");
        let seen = listed(world.get("/v1/sites", who).await.json, "url");
        let urls: Vec<_> = sites.iter().map(|site| format!("{site}.webex.example")).collect();
        assert_eq!(seen, urls, "{who}");
    }
}

#[tokio::test]
async fn a_site_admin_sees_the_organizations_name_alone() {
    let world = world().await;
    let seen = world.get(ORG, "sam").await.json;
    assert_eq!(seen["name"], "Acme Robotics");
    assert_eq!(seen["my_roles"], json!(["site_admin"]));
    assert_eq!((&seen["partner"], &seen["administrators"]), (&Value::Null, &Value::Null));
    let full = world.get(ORG, "rob").await.json;
    assert_eq!(full["administrators"].as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn i9_the_audit_record_is_read_by_organization() {
    let world = world().await;
    let grant = |who: &'static str, org: &'static str, email: &'static str| {
        let body = json!({ "email": email, "role": "read_only_admin" });
        let world = &world;
        async move { world.send("POST", &format!("/v1/organizations/{org}/roles"), who, body).await }
    };
    grant("fay", "acme", "lee@acme.example").await;
    grant("zoe", "zeta", "lu@zeta.example").await;
    let subjects = |answer: Value| -> Vec<String> {
        let items = answer["items"].as_array().unwrap().clone();
        items.iter().map(|item| item["subject"].as_str().unwrap().to_owned()).collect()
    };
    for who in ["fay", "rob", "pat"] {
        let seen = subjects(world.get("/v1/audit", who).await.json);
        assert_eq!(seen, ["lee@acme.example"], "{who}");
    }
    assert_eq!(subjects(world.get("/v1/audit", "zoe").await.json), ["lu@zeta.example"]);
    assert!(subjects(world.get("/v1/audit", "sam").await.json).is_empty());
    assert_eq!(subjects(world.get("/v1/audit", ROOT).await.json).len(), 3);
}

#[tokio::test]
async fn i9_the_audit_record_tells_nobody_how_much_others_do() {
    let world = world().await;
    for (who, org, email) in [
        ("fay", "acme", "lee@acme.example"),
        ("zoe", "zeta", "lu@zeta.example"),
        ("fay", "acme", "may@acme.example"),
    ] {
        let body = json!({ "email": email, "role": "read_only_admin" });
        world.send("POST", &format!("/v1/organizations/{org}/roles"), who, body).await;
    }
    let mut at = "/v1/audit?limit=1".to_owned();
    let mut seen = Vec::new();
    loop {
        let page = world.get(&at, "fay").await.json;
        let item = &page["items"][0];
        assert!(item.get("seq").is_none() && item["hash"].is_string(), "{item}");
        seen.push(item["subject"].as_str().unwrap().to_owned());
        let Some(next) = page["next"].as_str() else { break };
        // What the cursor holds is what its reader saw.
        let held = URL_SAFE_NO_PAD.decode(next).unwrap();
        assert_eq!(serde_json::from_slice::<Value>(&held).unwrap(), item["hash"]);
        at = format!("/v1/audit?limit=1&cursor={next}");
    }
    assert_eq!(seen, ["may@acme.example", "lee@acme.example"]);
    let stranger = URL_SAFE_NO_PAD.encode("\"ab12\"");
    let refused = world.get(&format!("/v1/audit?cursor={stranger}"), "fay").await;
    assert_eq!(refused.status.as_u16(), 422);
    let whole = world.get("/v1/audit", ROOT).await.json;
    let places =
        whole["items"].as_array().unwrap().iter().map(|item| item["seq"].as_u64().unwrap());
    assert_eq!(places.collect::<Vec<_>>(), [4, 3, 2, 1]);
}
