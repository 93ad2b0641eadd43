//! Roles: granted, revoked, and never in two organizations.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::server::fixture::{Answer, Fixture, ROOT};

async fn world() -> Fixture {
    let world = Fixture::new().await;
    world.small_world().await;
    world
}

async fn grant(world: &Fixture, who: &str, org: &str, email: &str, role: &str) -> Answer {
    let path = format!("/v1/organizations/{org}/roles");
    world.send("POST", &path, who, json!({ "email": email, "role": role })).await
}

async fn revoke(world: &Fixture, who: &str, email: &str, role: &str) -> Answer {
    let path = format!("/v1/organizations/acme/roles/{role}/{email}");
    world.send("DELETE", &path, who, Value::Null).await
}

#[tokio::test]
async fn l2_roles_are_granted_and_revoked_and_the_last_one_stays() {
    let world = world().await;
    let last = revoke(&world, "fay", "fay@acme.example", "full_admin").await;
    assert_eq!((last.status, last.code()), (StatusCode::CONFLICT, "last_full_admin"));
    let granted = grant(&world, ROOT, "acme", "Lee@ACME.example", "full_admin").await;
    world.person("lee@acme.example").await;
    let emails: Vec<_> = granted.json["administrators"]
        .as_array()
        .unwrap()
        .iter()
        .map(|a| a["email"].as_str().unwrap())
        .collect();
    assert_eq!(emails, ["fay@acme.example", "lee@acme.example", "rob@acme.example"]);
    assert_eq!(
        revoke(&world, "fay", "fay@acme.example", "full_admin").await.status,
        StatusCode::OK
    );
    assert_eq!(world.get("/v1/organizations/acme", "fay").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn an_address_of_another_organization_gets_no_role() {
    let world = world().await;
    let refused = grant(&world, "fay", "acme", "zoe@zeta.example", "full_admin").await;
    assert_eq!((refused.status, refused.code()), (StatusCode::CONFLICT, "other_organization"));
    world.user(2, "li@zeta.example").await;
    world.linked(2).await;
    let refused = grant(&world, "fay", "acme", "li@zeta.example", "full_admin").await;
    assert_eq!(refused.code(), "other_organization");
}

#[tokio::test]
async fn roles_fit_the_organization() {
    let world = world().await;
    for role in ["partner_admin", "site_admin", "backend_admin"] {
        let refused = grant(&world, ROOT, "acme", "lee@acme.example", role).await;
        assert_eq!((refused.code(), &refused.json["field"]), ("invalid", &json!("role")), "{role}");
    }
    let partner = grant(&world, ROOT, "meridian", "lee@meridian.example", "partner_admin").await;
    assert_eq!(partner.status, StatusCode::OK);
}

#[tokio::test]
async fn l0_organizations_and_sites_are_added_by_the_backend_admin() {
    let world = world().await;
    let body = json!({ "name": "Acme Robotics", "kind": "customer", "partner": "meridian" });
    let added = world.send("POST", "/v1/organizations", ROOT, body.clone()).await;
    assert_eq!((added.status, &added.json["id"]), (StatusCode::CREATED, &json!("acme-robotics")));
    let second = world.send("POST", "/v1/organizations", ROOT, body).await;
    assert_eq!(second.json["id"], "acme-robotics-2");
    let site = json!({ "url": "ftp://RD.webex.example/", "company": "Acme",
                       "site_admins": ["Sam@acme.example"], "organization": "acme" });
    assert_eq!(world.send("POST", "/v1/sites", ROOT, site.clone()).await.status, 422);
    let site = json!({ "url": "https://RD.webex.example/", "company": "Acme",
                       "site_admins": ["Sam@acme.example"], "organization": "acme" });
    let added = world.send("POST", "/v1/sites", ROOT, site.clone()).await;
    assert_eq!(
        (&added.json["url"], &added.json["state"]),
        (&json!("rd.webex.example"), &json!("enrolled"))
    );
    assert_eq!(world.send("POST", "/v1/sites", ROOT, site).await.code(), "exists");
    let edit = json!({ "may_link": false, "csm": "csm@provider.example" });
    let edited = world.send("PATCH", "/v1/sites/rd.webex.example", ROOT, edit).await;
    assert_eq!(
        (&edited.json["may_link"], &edited.json["company"]),
        (&json!(false), &json!("Acme"))
    );
    let unlink = json!({ "organization": null });
    let refused = world.send("PATCH", "/v1/sites/rd.webex.example", ROOT, unlink).await;
    assert_eq!(refused.json["field"], "organization");
}
