//! Accepting, declining, lifting, withdrawing: with the code, and signed in.

use serde_json::json;

use super::*;

#[tokio::test]
async fn p1_a_decline_stands_until_its_addressee_lifts_it() {
    let world = World::new().await;
    world.grant("fay", "acme", KIM, "read_only_admin").await;
    world.mails().await;
    let code = json!({ "code": world.code() });
    let declined = world.post("/v1/welcome/decline", "", code.clone()).await;
    assert_eq!((declined.status.as_u16(), &declined.json["declined"]), (200, &json!(true)));
    assert_eq!(world.organization("fay", "acme").await["offers"][0]["state"], "declined");
    for who in ["fay", crate::server::fixture::ROOT] {
        let again = world.grant(who, "acme", KIM, "full_admin").await;
        assert_eq!(refused(&again), (409, "offer_declined", "email"), "{who}");
    }
    world.pass(30 * DAY);
    let again = world.grant("fay", "acme", KIM, "full_admin").await;
    assert_eq!(again.code(), "offer_declined", "it does not lapse");
    assert_eq!(world.withdraw("fay", "acme", KIM).await.code(), "offer_declined");
    let over = world.accept(&world.code()).await;
    assert_eq!(over.code(), "code_expired");
    let lifted = world.post("/v1/welcome/lift", "", code).await;
    assert_eq!((lifted.status.as_u16(), &lifted.json["declined"]), (200, &json!(false)));
    assert_eq!(world.grant("fay", "acme", KIM, "read_only_admin").await.status, 200);
    world.mails().await;
    assert_eq!(world.sink.count(KIM), 2);
    let audit = world.fixture.get("/v1/audit", "fay").await.json.to_string();
    for action in ["offer.made", "offer.declined", "offer.lifted"] {
        assert!(audit.contains(action), "{action} in {audit}");
    }
}

#[tokio::test]
async fn p1_who_declined_may_change_their_mind() {
    let world = World::new().await;
    world.grant("fay", "acme", KIM, "read_only_admin").await;
    world.mails().await;
    world.post("/v1/welcome/decline", "", json!({ "code": world.code() })).await;
    assert_eq!(world.look(&world.code()).await.json["declined"], true);
    assert_eq!(world.accept(&world.code()).await.status, 200);
    assert!(world.organization("fay", "acme").await["administrators"].to_string().contains(KIM));
}

#[tokio::test]
async fn p1_who_is_signed_in_answers_without_a_code() {
    let world = World::new().await;
    world.fixture.person(KIM).await;
    world.grant("fay", "acme", KIM, "read_only_admin").await;
    let me = world.fixture.get("/v1/me", "kim").await.json;
    let offer = &me["offers"][0];
    assert_eq!((&offer["organization"], &offer["state"]), (&json!("acme"), &json!("open")));
    assert_eq!(world.fixture.get("/v1/me", "fay").await.json["offers"], json!(null));
    for who in ["fay", "zoe"] {
        assert_eq!(world.fixture.get("/v1/offers/acme", who).await.status, 404, "{who}");
    }
    let declined = world.post("/v1/offers/acme/decline", "kim", Value::Null).await;
    assert_eq!((declined.status.as_u16(), &declined.json["state"]), (200, &json!("declined")));
    let lifted = world.post("/v1/offers/acme/lift", "kim", Value::Null).await;
    assert_eq!(lifted.json["state"], "open");
    assert_eq!(world.post("/v1/offers/acme/lift", "kim", Value::Null).await.code(), "offer_state");
    let shown = world.fixture.get("/v1/offers/acme", "kim").await.json;
    let body = json!({ "terms_sha256": shown["terms"]["sha256"] });
    let other = json!({ "terms_sha256": "0".repeat(64) });
    let refused = world.post("/v1/offers/acme/accept", "kim", other).await;
    assert_eq!(refused.code(), "terms_changed");
    let accepted = world.post("/v1/offers/acme/accept", "kim", body.clone()).await;
    assert_eq!(accepted.status, 200, "{accepted:?}");
    assert_eq!(world.fixture.get("/v1/organizations/acme", "kim").await.status, 200);
    let again = world.post("/v1/offers/acme/accept", "kim", body.clone()).await;
    assert_eq!((again.status, &again.json), (accepted.status, &accepted.json), "its own repeat");
    let kept = "SELECT count(*) FROM audit WHERE action = 'welcome.accepted'";
    assert_eq!(world.numbers(kept).await, [1], "accepted once");
    world.revoke("fay", "acme", KIM, "read_only_admin").await;
    assert_eq!(world.post("/v1/offers/acme/accept", "kim", body).await.status, 404, "not for ever");
}

#[tokio::test]
async fn s8_a_code_answers_its_own_repeat_to_who_accepted() {
    let world = World::new().await;
    world.grant("fay", "acme", KIM, "read_only_admin").await;
    world.mails().await;
    let code = world.code();
    let first = world.accept(&code).await;
    let again = world.accept(&code).await;
    assert_eq!((first.status.as_u16(), again.status.as_u16()), (200, 200), "{again:?}");
    assert_eq!(first.json["organization"], again.json["organization"]);
    let token = again.json["session"]["token"].as_str().unwrap();
    assert_eq!(world.fixture.get("/v1/me", token).await.json["email"], KIM);
    let mut body = json!({ "code": code, "terms_sha256": terms().sha256 });
    let signed_in = world.post("/v1/welcome/accept", token, body.clone()).await;
    assert_eq!((signed_in.status.as_u16(), &signed_in.json["session"]), (200, &Value::Null));
    for who in ["", "fay"] {
        let alone = world.post("/v1/welcome/accept", who, body.clone()).await;
        assert_eq!(refused(&alone), (409, "code_used", "code"), "the code alone opens nothing");
    }
    body["password"] = "not the one that was set".into();
    let other = world.post("/v1/welcome/accept", "", body).await;
    assert_eq!(refused(&other), (409, "code_used", "code"));
    world.revoke("fay", "acme", KIM, "read_only_admin").await;
    assert_eq!(world.accept(&code).await.code(), "code_used", "nothing is held any more");
}

#[tokio::test]
async fn p1_by_a_right_that_is_gone_nobody_comes_in() {
    for ends in ["revoked", "disabled"] {
        let world = World::new().await;
        let root = crate::server::fixture::ROOT;
        world.fixture.person("eve@acme.example").await;
        world.grant(root, "acme", "eve@acme.example", "full_admin").await;
        world.grant("eve", "acme", KIM, "full_admin").await;
        world.mails().await;
        let code = world.code();
        world.grant("eve", "acme", "lu@late.example", "full_admin").await;
        world.mails().await;
        let lu = json!({ "code": world.code() });
        world.post("/v1/welcome/decline", "", lu.clone()).await;
        world.grant("fay", "acme", "max@free.example", "read_only_admin").await;
        match ends {
            "revoked" => world.revoke("fay", "acme", "eve@acme.example", "full_admin").await,
            _ => world.post("/v1/people/eve@acme.example/disable", "fay", Value::Null).await,
        };
        assert_eq!(refused(&world.accept(&code).await), (409, "offer_withdrawn", "code"), "{ends}");
        world.post("/v1/welcome/lift", "", lu.clone()).await;
        let lifted = world.post("/v1/welcome/look", "", lu).await;
        assert_eq!(lifted.code(), "offer_withdrawn", "{ends}");
        let left = world.organization("fay", "acme").await["offers"].clone();
        let left: Vec<&str> =
            left.as_array().unwrap().iter().map(|o| o["email"].as_str().unwrap()).collect();
        assert_eq!(left, ["max@free.example"], "{ends}");
    }
}

#[tokio::test]
async fn p1_a_trials_offer_is_the_partners_and_outlives_its_maker() {
    let world = World::new().await;
    let trial = json!({
        "company": "Nova Labs", "administrator": KIM, "vertical": "technology", "country": "de",
        "supported_location": true, "days": 60,
        "services": [{ "service": "messaging", "quantity": 80 }],
    });
    world.post("/v1/organizations/meridian/trials", "pat", trial).await;
    world.mails().await;
    let root = crate::server::fixture::ROOT;
    world.post("/v1/people/pat@meridian.example/disable", root, Value::Null).await;
    assert_eq!(world.accept(&world.code()).await.status, 200);
}

#[tokio::test]
async fn p5_who_is_disabled_is_offered_nothing() {
    let world = World::new().await;
    let root = crate::server::fixture::ROOT;
    world.fixture.person(KIM).await;
    world.post(&format!("/v1/people/{KIM}/disable"), root, Value::Null).await;
    for who in ["fay", root] {
        let refusal = world.grant(who, "acme", KIM, "read_only_admin").await;
        assert_eq!(refused(&refusal), (409, "person_disabled", "email"), "{who}");
    }
    world.post(&format!("/v1/people/{KIM}/enable"), root, Value::Null).await;
    assert_eq!(world.grant("fay", "acme", KIM, "read_only_admin").await.status, 200);
}

#[tokio::test]
async fn p5_the_code_of_a_welcome_ends_with_its_addressees_access() {
    let world = World::new().await;
    let root = crate::server::fixture::ROOT;
    world.fixture.person(KIM).await;
    world.grant("fay", "acme", KIM, "full_admin").await;
    world.mails().await;
    let code = world.code();
    world.post(&format!("/v1/people/{KIM}/disable"), root, Value::Null).await;
    assert_ne!(world.accept(&code).await.status, 200);
    world.post(&format!("/v1/people/{KIM}/enable"), root, Value::Null).await;
    let again = world.accept(&code).await;
    assert_eq!(refused(&again), (404, "code_unknown", "code"), "the old code is no way in");
}

#[tokio::test]
async fn p1_the_link_dies_with_a_withdrawn_offer() {
    let world = World::new().await;
    world.grant("fay", "acme", KIM, "full_admin").await;
    world.mails().await;
    for who in ["rob", "pat"] {
        assert_eq!(world.withdraw(who, "acme", KIM).await.status, 403, "{who}");
    }
    assert_eq!(world.withdraw("zoe", "acme", KIM).await.status, 404);
    assert_eq!(world.withdraw("fay", "acme", KIM).await.status, 200);
    for answer in [world.look(&world.code()).await, world.accept(&world.code()).await] {
        assert_eq!(refused(&answer), (409, "offer_withdrawn", "code"));
        let said = answer.json["detail"].as_str().unwrap();
        assert!(said.contains("Acme Robotics") && said.contains("withdrawn"), "{said}");
    }
    assert_eq!(world.withdraw("fay", "acme", KIM).await.status, 404);
    assert_eq!(world.organization("fay", "acme").await["offers"], json!(null));
    let again = world.grant("fay", "acme", KIM, "full_admin").await;
    assert_eq!(again.status, 429, "who cannot sign in would have no way in without a mail");
    world.pass(7 * DAY);
    assert_eq!(world.grant("fay", "acme", KIM, "full_admin").await.status, 200);
}

#[tokio::test]
async fn p1_a_partner_withdraws_what_it_offered_itself() {
    let world = World::new().await;
    let trial = json!({
        "company": "Nova Labs", "administrator": KIM, "vertical": "technology", "country": "de",
        "supported_location": true, "days": 60,
        "services": [{ "service": "messaging", "quantity": 80 }],
    });
    world.post("/v1/organizations/meridian/trials", "pat", trial).await;
    let withdrawn = world.withdraw("pat", "nova-labs", KIM).await;
    assert_eq!(withdrawn.status, 200, "{withdrawn:?}");
    world.mails().await;
    assert_eq!(world.sink.count(KIM), 0, "not sent yet, so never");
    let welcome = "/v1/organizations/nova-labs/welcome";
    assert_eq!(world.fixture.get(welcome, "pat").await.json["state"], "withdrawn");
    let resent = world.post(&format!("{welcome}/resend"), "pat", Value::Null).await;
    assert_eq!(resent.code(), "offer_withdrawn");
    let body = json!({ "email": "nia@nova.example" });
    let path = format!("{welcome}/address");
    assert_eq!(world.fixture.send("PUT", &path, "pat", body).await.status, 202);
    world.mails().await;
    assert_eq!(world.sink.count("nia@nova.example"), 1);
}

#[tokio::test]
async fn p1_accepting_is_refused_where_the_person_is_anothers_by_then() {
    let world = World::new().await;
    world.grant("fay", "acme", KIM, "full_admin").await;
    world.mails().await;
    world.grant(crate::server::fixture::ROOT, "zeta", KIM, "read_only_admin").await;
    let refusal = world.accept(&world.code()).await;
    assert_eq!((refusal.status.as_u16(), refusal.code()), (409, "other_organization"));
    assert_eq!(world.numbers("SELECT count(*) FROM people WHERE email LIKE 'kim%'").await, [0]);
    let lu = "lu@late.example";
    world.grant("fay", "acme", lu, "full_admin").await;
    world.mails().await;
    world
        .fixture
        .sql(
            "INSERT INTO domains (organization, name, state, token, added_at)
             VALUES ('zeta', 'late.example', 'verified', 't', 0)",
        )
        .await;
    let refusal = world.accept(&world.code()).await;
    assert_eq!((refusal.status.as_u16(), refusal.code()), (409, "other_organization"));
}

#[tokio::test]
async fn s4_a_welcome_whose_right_was_revoked_says_so() {
    let world = World::new().await;
    let root = crate::server::fixture::ROOT;
    let body = json!({ "email": KIM, "role": "full_admin", "mail": true });
    world.post("/v1/organizations/acme/roles", root, body).await;
    world.mails().await;
    world.revoke("fay", "acme", KIM, "full_admin").await;
    let refusal = world.accept(&world.code()).await;
    assert_eq!(refused(&refusal), (409, "offer_withdrawn", "code"));
    assert_eq!(world.numbers("SELECT count(*) FROM people WHERE email LIKE 'kim%'").await, [0]);
}

#[tokio::test]
async fn p1_the_mail_tells_the_truth() {
    let world = World::new().await;
    world.grant("fay", "acme", KIM, "full_admin").await;
    world.mails().await;
    let text = world.text().split_whitespace().collect::<Vec<_>>().join(" ");
    for said in [
        "fay@acme.example offers you the role of full admin in Acme Robotics",
        "makes you a user of Acme Robotics",
        "one organization at most",
        "decline behind the same link",
    ] {
        assert!(text.contains(said), "{said} in {text}");
    }
    assert!(!text.contains("nothing changes.") && !text.contains("made you"), "{text}");
}
