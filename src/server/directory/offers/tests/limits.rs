//! One offer, one mail; weekly, and twenty a day.

use serde_json::json;

use super::*;
use crate::server::post::smtp::sink::{Act, Phase};

#[tokio::test]
async fn p1_three_hundred_grants_are_capped_at_twenty_a_day() {
    let world = World::new().await;
    let (mut made, mut refusals) = (0, 0);
    for n in 0..300 {
        let granted = world.grant("zoe", "zeta", &format!("u{n}@free.example"), "full_admin").await;
        match granted.status.as_u16() {
            200 => made += 1,
            429 => {
                refusals += 1;
                assert_eq!(granted.code(), "too_many_requests");
                assert!(granted.headers.contains_key("retry-after"));
            }
            other => panic!("{other}: {granted:?}"),
        }
    }
    assert_eq!((made, refusals), (20, 280));
    assert_eq!(world.numbers("SELECT count(*) FROM offer_roles").await, [20]);
    world.pass(DAY + 1);
    // Rule P2 counts the same questions too, in real time, which does not pass here.
    world.fixture.sql("DELETE FROM questions").await;
    assert_eq!(world.grant("zoe", "zeta", "later@free.example", "full_admin").await.status, 200);
}

#[tokio::test]
async fn p1_a_second_role_is_the_same_offer_and_no_second_mail() {
    let world = World::new().await;
    world.grant("fay", "acme", KIM, "read_only_admin").await;
    world.mails().await;
    let second = world.grant("fay", "acme", KIM, "full_admin").await.json;
    assert_eq!(second["offers"].as_array().unwrap().len(), 1);
    assert_eq!(second["offers"][0]["roles"], json!(["full_admin", "read_only_admin"]));
    world.grant("fay", "acme", KIM, "full_admin").await;
    world.mails().await;
    assert_eq!(world.sink.count(KIM), 1);
    assert_eq!(world.accept(&world.code()).await.status, 200);
    let roles = "SELECT count(*) FROM organization_roles WHERE email = 'kim@free.example'";
    assert_eq!(world.numbers(roles).await, [2]);
    let taken_back = world.revoke("fay", "acme", KIM, "full_admin").await;
    assert_eq!(taken_back.status, 200);
}

#[tokio::test]
async fn p1_an_offer_lapses_stays_listed_and_may_be_made_again() {
    let world = World::new().await;
    world.grant("fay", "acme", KIM, "full_admin").await;
    world.mails().await;
    let old = world.code();
    world.pass(7 * DAY + 1);
    assert_eq!(world.organization("fay", "acme").await["offers"][0]["state"], "lapsed");
    assert_eq!(world.accept(&old).await.code(), "code_expired");
    world.fixture.person(KIM).await;
    let lapsed = world.fixture.get("/v1/offers/acme", "kim").await;
    assert_eq!((lapsed.status.as_u16(), lapsed.code()), (409, "offer_lapsed"));
    let again = world.grant("fay", "acme", KIM, "full_admin").await.json;
    assert_eq!(again["offers"][0]["state"], "open");
    world.mails().await;
    assert_eq!(world.sink.count(KIM), 2);
    assert_eq!(world.look(&world.code()).await.status, 200);
}

#[tokio::test]
async fn p1_who_was_mailed_this_week_sees_a_new_offer_when_signing_in() {
    let world = World::new().await;
    world.grant("fay", "acme", KIM, "read_only_admin").await;
    world.mails().await;
    assert_eq!(world.accept(&world.code()).await.status, 200);
    let second = world.grant("fay", "acme", KIM, "full_admin").await.json;
    assert_eq!(second["offers"][0]["mail"], "not_mailed");
    assert!(second["offers"][0]["mail_again_at"].is_string());
    world.mails().await;
    assert_eq!(world.sink.count(KIM), 1);
    let sign_in = json!({ "email": KIM, "password": PASSWORD });
    let session = world.post("/v1/sessions", "", sign_in).await.json;
    assert_eq!(session["me"]["offers"][0]["roles"], json!(["full_admin"]));
}

#[tokio::test]
async fn p1_a_refused_mail_may_go_again_and_an_unknown_one_by_a_repeated_grant_alone() {
    let world = World::new().await;
    world.sink.at(Phase::Rcpt, Act::Say("550 no such user".into()));
    world.grant("fay", "acme", KIM, "read_only_admin").await;
    world.mails().await;
    let offer = world.organization("fay", "acme").await["offers"][0].clone();
    assert_eq!((&offer["mail"], &offer["state"]), (&json!("refused"), &json!("open")));
    assert!(offer["detail"].as_str().unwrap().contains("no such user"));
    world.sink.at(Phase::Rcpt, Act::Go);
    world.sink.at(Phase::Dot, Act::Close { stored: true });
    world.grant("fay", "acme", KIM, "read_only_admin").await;
    world.mails().await;
    assert_eq!(world.organization("fay", "acme").await["offers"][0]["mail"], "unknown");
    world.sink.at(Phase::Dot, Act::Go);
    world.grant("fay", "acme", KIM, "full_admin").await;
    world.mails().await;
    assert_eq!(world.sink.count(KIM), 1, "another role is no second mail");
    world.grant("fay", "acme", KIM, "full_admin").await;
    world.mails().await;
    assert_eq!(world.sink.count(KIM), 2, "the same once more is a person's own act");
}

#[tokio::test]
async fn p1_what_is_being_sent_is_not_withdrawn_and_offered_anew_meanwhile() {
    let world = World::new().await;
    world.grant("fay", "acme", KIM, "read_only_admin").await;
    world.sink.at(Phase::Dot, Act::Hang);
    {
        let stop = Stop::default();
        let sending = letters::send_due(&world.directory, &stop);
        tokio::select! {
            _ = sending => panic!("the mail server hangs"),
            () = world.sink.dots(1) => {}
        }
    }
    let refused = world.withdraw("fay", "acme", KIM).await;
    assert_eq!((refused.status.as_u16(), refused.code()), (409, "welcome_sending"));
    assert!(refused.headers.contains_key("retry-after"));
    world.grant("fay", "acme", KIM, "full_admin").await;
    assert_eq!(world.organization("fay", "acme").await["offers"][0]["mail"], "sending");
}
