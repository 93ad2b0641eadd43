//! Who may be named, and what being named changes: nothing, in anybody else's view.

use serde_json::json;

use super::*;
use crate::server::fixture::ROOT;

#[tokio::test]
async fn p1_a_grant_is_an_offer_and_makes_nobody_anybodys() {
    let world = World::new().await;
    world.fixture.user(2, KIM).await;
    world.fixture.sql("UPDATE sites SET method = 'receive_email' WHERE id = 2").await;
    let before = world.outcomes("zoe", "zeta.webex.example").await;
    let granted = world.grant("fay", "acme", KIM, "full_admin").await;
    assert_eq!(granted.status, 200, "{granted:?}");
    let offer = &granted.json["offers"][0];
    assert_eq!((&offer["email"], &offer["state"]), (&json!(KIM), &json!("open")));
    assert_eq!((&offer["roles"], &offer["mail"]), (&json!(["full_admin"]), &json!("queued")));
    assert_eq!(offer["offered_by"], "fay@acme.example");
    assert!(!granted.json["administrators"].to_string().contains(KIM));
    world.mails().await;
    assert_eq!(world.outcomes("zoe", "zeta.webex.example").await, before);
    let sql = "SELECT count(*) FROM identities WHERE email_key = 'kim@free.example'";
    assert_eq!(world.numbers(sql).await, [0]);

    let shown = world.look(&world.code()).await.json;
    assert_eq!((&shown["held"], &shown["roles"]), (&json!(false), &json!(["full_admin"])));
    assert_eq!(shown["offered_by"], "fay@acme.example");
    let accepted = world.accept(&world.code()).await;
    assert_eq!(accepted.status, 200, "{accepted:?}");
    let token = accepted.json["session"]["token"].as_str().unwrap();
    assert_eq!(world.fixture.get("/v1/organizations/acme", token).await.status, 200);
    let acme = world.organization("fay", "acme").await;
    assert!(acme["administrators"].to_string().contains(KIM));
    assert_eq!(acme["offers"], json!(null));
    assert_eq!(world.numbers(sql).await, [1]);
    // The owner's own act: now the person is acme's, for everybody.
    let after = world.outcomes("zoe", "zeta.webex.example").await;
    assert_eq!(after["blocked_other_organization"], 1, "{after}");
}

#[tokio::test]
async fn p2_an_address_of_anothers_domain_cannot_be_named() {
    let world = World::new().await;
    let user = "user1@acme.example";
    for who in ["zoe", ROOT] {
        let granted = world.grant(who, "zeta", user, "read_only_admin").await;
        assert_eq!(refused(&granted), (409, "other_organization", "email"), "{who}");
    }
    let trial = json!({
        "company": "Nova Labs", "administrator": user, "vertical": "technology",
        "country": "de", "supported_location": true, "days": 60,
        "services": [{ "service": "messaging", "quantity": 80 }],
    });
    let start = "/v1/organizations/meridian/trials";
    let started = world.post(start, "pat", trial.clone()).await;
    assert_eq!(refused(&started), (409, "other_organization", "administrator"));
    let check = format!("{start}/check");
    let checked = world.post(&check, "pat", json!({ "administrator": user })).await;
    assert_eq!(checked.json["problems"][0]["code"], "other_organization");
    let order = json!({
        "number": "SO-1", "partner": "meridian", "company": "Nova", "country": "DE",
        "services": [{ "service": "messaging", "quantity": 40 }],
    });
    world.post("/v1/orders", ROOT, order).await;
    let map = json!({ "administrator": user, "new_organization": true });
    let mapped = world.post("/v1/orders/SO-1/map", "pat", map).await;
    assert_eq!(refused(&mapped), (409, "other_organization", "administrator"));
    let other = json!({ "administrator": "nia@nova.example" });
    let trial = {
        let mut trial = trial;
        trial["administrator"] = other["administrator"].clone();
        trial
    };
    assert_eq!(world.post(start, "pat", trial).await.status, 201);
    let correct = "/v1/organizations/nova-labs/welcome/address";
    let body = json!({ "email": user });
    let corrected = world.fixture.send("PUT", correct, "pat", body).await;
    assert_eq!(refused(&corrected), (409, "other_organization", "email"));
    // Its own organization names whom it likes; and an own identity stays one.
    assert_eq!(world.grant("fay", "acme", user, "read_only_admin").await.status, 200);
    world
        .fixture
        .sql("INSERT INTO identities (email_key, organization) VALUES ('lu@acme.example', 'zeta')")
        .await;
    let own = world.grant("zoe", "zeta", "lu@acme.example", "read_only_admin").await;
    assert_eq!(own.status, 200, "{own:?}");
}

#[tokio::test]
async fn p1_what_a_backend_admin_grants_is_held_and_says_who_cannot_come_in() {
    let world = World::new().await;
    let granted = world.grant(ROOT, "acme", KIM, "full_admin").await;
    let person = granted.json["administrators"]
        .as_array()
        .unwrap()
        .iter()
        .find(|person| person["email"] == KIM)
        .unwrap()
        .clone();
    assert_eq!(person["cannot_sign_in"], true);
    world.mails().await;
    assert_eq!(world.sink.count(KIM), 0, "nobody asked for a mail");
    let body = json!({ "email": KIM, "role": "full_admin", "mail": true });
    let mailed = world.post("/v1/organizations/acme/roles", ROOT, body.clone()).await;
    assert_eq!(mailed.status, 200, "{mailed:?}");
    world.mails().await;
    assert!(world.text().contains("You have the role of full admin in Acme Robotics"));
    let shown = world.look(&world.code()).await.json;
    assert_eq!((&shown["held"], &shown["asks"]), (&json!(true), &json!("password")));
    let code = json!({ "code": world.code() });
    let held = world.post("/v1/welcome/decline", "", code).await;
    assert_eq!((held.status.as_u16(), held.code()), (409, "offer_state"), "it is held already");
    let again = world.post("/v1/organizations/acme/roles", ROOT, body).await;
    assert_eq!(again.status, 429, "once a week");
    assert!(again.headers.contains_key("retry-after"));
    assert_eq!(world.accept(&world.code()).await.status, 200);
}

#[tokio::test]
async fn p1_an_offer_of_a_trial_changes_nothing_for_others_and_is_found_by_its_partner() {
    let world = World::new().await;
    world
        .fixture
        .sql(
            "INSERT INTO organizations (id, name, kind, created_at)
             VALUES ('other', 'Other Partner', 'partner', 0);
             INSERT INTO organization_roles VALUES
               ('other', 'olga@other.example', 'partner_admin');",
        )
        .await;
    world.fixture.person("olga@other.example").await;
    let trial = |company: &str| {
        json!({
            "company": company, "administrator": "nia@nova.example", "vertical": "technology",
            "country": "de", "supported_location": true, "days": 60,
            "services": [{ "service": "messaging", "quantity": 80 }],
        })
    };
    let started = world.post("/v1/organizations/meridian/trials", "pat", trial("Nova Labs")).await;
    assert_eq!(started.status, 201, "{started:?}");
    let shown = world.organization("pat", "nova-labs").await;
    assert_eq!(shown["administrators"], json!(null));
    assert_eq!(shown["offers"][0]["email"], "nia@nova.example");
    // T1's refusal is about identities; another partner's trial is not stopped by an offer.
    let elsewhere = world.post("/v1/organizations/other/trials", "olga", trial("Nova")).await;
    assert_eq!(elsewhere.status, 201, "{elsewhere:?}");
    for (number, partner) in [("SO-1", "meridian"), ("SO-2", "other")] {
        let order = json!({
            "number": number, "partner": partner, "company": "Nova", "country": "DE",
            "services": [{ "service": "messaging", "quantity": 40 }],
        });
        assert_eq!(world.post("/v1/orders", ROOT, order).await.status, 201);
    }
    let who = json!({ "administrator": "nia@nova.example" });
    let (mine, theirs) = ("/v1/orders/SO-1/candidates", "/v1/orders/SO-2/candidates");
    let found = world.post(mine, "pat", who.clone()).await.json;
    assert_eq!(found["administers"]["organization"], "nova-labs", "T3(a)");
    let found = world.post(theirs, "olga", who.clone()).await.json;
    assert_eq!(found["administers"]["organization"], "nova");
    let mapped = world.post("/v1/orders/SO-1/map", "pat", who).await.json;
    assert_eq!(
        (&mapped["state"], &mapped["organization"]),
        (&json!("mapped"), &json!("nova-labs"))
    );
    world.mails().await;
    assert_eq!(world.sink.count("nia@nova.example"), 2, "one per organization");
}

#[tokio::test]
async fn p3_revoking_the_last_role_frees_and_the_last_who_can_sign_in_stays() {
    let world = World::new().await;
    let identities = "SELECT count(*) FROM identities WHERE email_key = 'kim@free.example'";
    world.grant(ROOT, "acme", KIM, "full_admin").await;
    world.grant(ROOT, "acme", KIM, "read_only_admin").await;
    let stays = world.revoke("fay", "acme", "fay@acme.example", "full_admin").await;
    assert_eq!(refused(&stays), (409, "last_full_admin", ""));
    assert!(stays.json["detail"].as_str().unwrap().contains("can sign in"), "{stays:?}");
    assert_eq!(world.revoke("fay", "acme", KIM, "full_admin").await.status, 200);
    assert_eq!(world.numbers(identities).await, [1], "there is another role");
    assert_eq!(world.revoke("fay", "acme", KIM, "read_only_admin").await.status, 200);
    assert_eq!(world.numbers(identities).await, [0]);
    assert_eq!(world.grant(ROOT, "zeta", KIM, "read_only_admin").await.status, 200);
    world.grant(ROOT, "acme", "lee@acme.example", "full_admin").await;
    world.fixture.person("lee@acme.example").await;
    let gone = world.revoke("fay", "acme", "fay@acme.example", "full_admin").await;
    assert_eq!(gone.status, 200, "somebody who can sign in is left");
}
