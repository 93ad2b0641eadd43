//! Plans over the real routes: who may, what is counted, and that a plan is applied once.

use std::time::Duration;

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::domain::linking::LinkingMethod;
use crate::domain::outcome::{Class, Outcome, decide};
use crate::server::fixture::{Answer, Fixture};

const SITE: &str = "/v1/sites/acme.webex.example";

/// Acme's site with a method and these users; `acme.example` is verified.
async fn world(method: &str, addresses: &[&str]) -> Fixture {
    let world = Fixture::new().await;
    world.small_world().await;
    world
        .sql(&format!(
            "UPDATE sites SET method = '{method}', roster_revision = 1 WHERE id = 1;
             INSERT INTO domains (organization, name, state, token, added_at)
               VALUES ('acme', 'acme.example', 'verified', 't', 0);"
        ))
        .await;
    for address in addresses {
        world.user(1, address).await;
    }
    world
}

/// Their invitation is over.
async fn invited_long_ago(world: &Fixture, address: &str) {
    world
        .sql(&format!(
            "INSERT INTO invitations (organization, address_key, invited_at)
               VALUES ('acme', '{address}', 1)"
        ))
        .await;
}

async fn plan(world: &Fixture, body: Value) -> Answer {
    world.send("POST", &format!("{SITE}/plans"), "fay", body).await
}

async fn plan_all(world: &Fixture) -> Value {
    let made = plan(world, json!({ "selection": { "kind": "all" } })).await;
    assert_eq!(made.status, StatusCode::CREATED, "{:?}", made.json);
    made.json
}

async fn apply(world: &Fixture, id: &Value, body: Value) -> Answer {
    let path = format!("/v1/plans/{}/apply", id.as_str().unwrap());
    world.send("POST", &path, "fay", body).await
}

#[tokio::test]
async fn u2_no_plan_without_an_enrolled_site_and_a_method() {
    let world = Fixture::new().await;
    world.small_world().await;
    let all = json!({ "selection": { "kind": "all" } });
    let none = plan(&world, all.clone()).await;
    assert_eq!((none.status, none.code()), (StatusCode::CONFLICT, "method_not_chosen"));
    world.sql("UPDATE sites SET state = 'linking', method = 'verify_now' WHERE id = 1").await;
    let early = plan(&world, all).await;
    assert_eq!((early.status, early.code()), (StatusCode::CONFLICT, "site_not_enrolled"));
}

#[tokio::test]
async fn section_1_a_clock_in_doubt_brings_nobody_a_second_mail() {
    let world = world("receive_email", &["kim@gmail.com"]).await;
    invited_long_ago(&world, "kim@gmail.com").await;
    let plan = plan_all(&world).await;
    assert_eq!((&plan["emails"], &plan["second_invitations"]), (&json!(1), &json!(1)));
    let asked = || json!({ "count": 1, "digest": plan["digest"] });
    world.backend.clock.restored();
    let refused = apply(&world, &plan["id"], asked()).await;
    assert_eq!((refused.status, refused.code()), (StatusCode::CONFLICT, "clock_in_doubt"));
    world.backend.clock.accept();
    let applied = apply(&world, &plan["id"], asked()).await;
    assert_eq!(applied.status, StatusCode::ACCEPTED, "{:?}", applied.json);
}

#[tokio::test]
async fn i9_plans_are_for_those_who_may() {
    let world = world("receive_email", &["lee@acme.example"]).await;
    let all = json!({ "selection": { "kind": "all" } });
    let id = plan_all(&world).await["id"].as_str().unwrap().to_owned();
    let path = format!("/v1/plans/{id}");
    for (who, make, read) in [
        ("", 401, 401),
        ("rob", 403, 200),
        ("pat", 403, 200),
        ("sam", 403, 200),
        ("root", 403, 403),
        ("zoe", 404, 404),
        ("ned", 404, 404),
    ] {
        let made = world.send("POST", &format!("{SITE}/plans"), who, all.clone()).await;
        assert_eq!(made.status.as_u16(), make, "{who} makes");
        let applied = world.send("POST", &format!("{path}/apply"), who, json!({})).await;
        assert_eq!(applied.status.as_u16(), make, "{who} applies");
        assert_eq!(world.get(&path, who).await.status.as_u16(), read, "{who} reads");
        let items = world.get(&format!("{path}/items"), who).await;
        assert_eq!(items.status.as_u16(), read, "{who} lists");
    }
    let foreign = world.get(&path, "zoe").await;
    let missing = world.get("/v1/plans/pln_nothing", "zoe").await;
    assert_eq!(foreign.json["detail"], missing.json["detail"], "a foreign plan is no plan");
}

#[tokio::test]
async fn u4_a_plan_counts_and_names_everybody() {
    let world = world(
        "verify_now",
        &[
            "lee@acme.example",
            "kim@gmail.com",
            "ann@other.example",
            "bad address",
            "Lee@ACME.example",
        ],
    )
    .await;
    invited_long_ago(&world, "kim@gmail.com").await;
    let plan = plan_all(&world).await;
    let want = [
        ("blocked_duplicate_address", 2),
        ("email_consumer", 1),
        ("hold_unverified_domain", 1),
        ("blocked_bad_address", 1),
        ("email", 0),
    ];
    for (code, count) in want {
        assert_eq!(plan["outcomes"][code], count, "{code}");
    }
    assert_eq!(plan["outcomes"].as_object().unwrap().len(), Outcome::ALL.len());
    assert_eq!((&plan["selected"], &plan["emails"]), (&json!(5), &json!(1)));
    assert_eq!(plan["second_invitations"], 1);
    assert_eq!(plan["email_domains"], json!([{ "domain": "gmail.com", "users": 1 }]));
    assert_eq!(plan["state"], "ready");
    let path = format!("/v1/plans/{}/items", plan["id"].as_str().unwrap());
    let blocked = world.get(&format!("{path}?class=blocked&limit=2"), "fay").await;
    let numbers = |page: &Value| -> Vec<u64> {
        page["items"].as_array().unwrap().iter().map(|i| i["number"].as_u64().unwrap()).collect()
    };
    assert_eq!(numbers(&blocked.json), [0, 3]);
    let next = blocked.json["next"].as_str().unwrap();
    let rest = world.get(&format!("{path}?class=blocked&limit=2&cursor={next}"), "fay").await;
    assert_eq!((numbers(&rest.json), rest.json.get("next")), (vec![4], None));
    let one = world.get(&format!("{path}?outcome=email_consumer"), "fay").await;
    assert_eq!(one.json["items"][0]["user_id"], "u1");
    assert_eq!(one.json["items"][0]["second"], true);
    let held = self::plan(&world, json!({ "selection": { "kind": "all" }, "held": "email" })).await;
    assert_eq!(held.json["outcomes"]["email"], 1, "the held class, explicitly");
    assert_ne!(held.json["digest"], plan["digest"]);
    assert_eq!(plan_all(&world).await["digest"], plan["digest"], "the same rows");
}

#[tokio::test]
async fn u3_selections_mean_the_roster_at_their_revision() {
    let world = world("receive_email", &["a@x.example", "b@x.example", "c@x.example"]).await;
    world.sql("UPDATE sites SET roster_revision = 2 WHERE id = 1").await;
    let late = world.user(1, "late@x.example").await;
    world.sql(&format!("UPDATE site_users SET added_revision = 2 WHERE number = {late}")).await;
    world
        .sql(
            "INSERT INTO invitations (organization, address_key, invited_at)
               VALUES ('acme', 'a@x.example', 1);
             UPDATE site_users SET link = 'linked' WHERE number = 1",
        )
        .await;
    for (selection, want) in [
        (json!({ "kind": "all" }), 4),
        (json!({ "kind": "rest" }), 2),
        (json!({ "kind": "only", "revision": 1, "numbers": "0,2" }), 2),
        (json!({ "kind": "all_except", "revision": 1, "numbers": "0" }), 2),
        (json!({ "kind": "all_except", "revision": 2, "numbers": "0" }), 3),
    ] {
        let made = plan(&world, json!({ "selection": selection })).await;
        assert_eq!(made.json["selected"], want, "{selection} {:?}", made.json);
    }
    for (selection, status, code) in [
        (json!({ "kind": "only", "revision": 3, "numbers": "0" }), 409, "revision_unknown"),
        (json!({ "kind": "only", "revision": 1, "numbers": "3" }), 422, "invalid"),
        (json!({ "kind": "only", "revision": 2, "numbers": "2,1" }), 422, "invalid"),
        // A plan of nobody is none.
        (json!({ "kind": "only", "revision": 1, "numbers": "" }), 422, "invalid"),
        (json!({ "kind": "all_except", "revision": 1, "numbers": "0-2" }), 422, "invalid"),
        (json!({ "kind": "cohort", "name": "nobody" }), 404, "not_found"),
    ] {
        let refused = plan(&world, json!({ "selection": selection })).await;
        assert_eq!((refused.status.as_u16(), refused.code()), (status, code), "{selection}");
    }
}

#[tokio::test]
async fn u5_what_was_not_reviewed_is_not_applied() {
    let world = world("receive_email", &["lee@acme.example", "kim@gmail.com"]).await;
    let plan = plan_all(&world).await;
    let count = apply(&world, &plan["id"], json!({ "count": 3 })).await;
    assert_eq!((count.status, count.code()), (StatusCode::CONFLICT, "count_mismatch"));
    let digest = apply(&world, &plan["id"], json!({ "digest": "0" })).await;
    assert_eq!((digest.status, digest.code()), (StatusCode::CONFLICT, "plan_stale"));
    world.sql("UPDATE site_users SET address = 'kim2@gmail.com' WHERE number = 1").await;
    let address = apply(&world, &plan["id"], json!({})).await;
    assert_eq!(address.code(), "plan_stale", "a changed address is a difference");
    assert_eq!(address.json["differences"][0]["user_id"], "u1");
    world.sql("UPDATE site_users SET address = 'kim@gmail.com', active = 0 WHERE number = 1").await;
    let stale = apply(&world, &plan["id"], json!({})).await;
    let difference = &stale.json["differences"][0];
    assert_eq!(difference["planned"], "email_consumer");
    assert_eq!(difference["now"], "blocked_inactive");
    world.sql("UPDATE site_users SET active = 1 WHERE number = 1").await;
    world.sql("UPDATE sites SET method = 'verify_now' WHERE id = 1").await;
    let method = apply(&world, &plan["id"], json!({})).await;
    assert_eq!(method.code(), "plan_stale", "the method is part of the plan");
    world.sql("UPDATE sites SET method = 'receive_email' WHERE id = 1").await;
    assert_eq!(world.get("/v1/runs", "fay").await.json["items"], json!([]), "nothing was written");
    let body = json!({ "count": 2, "digest": plan["digest"] });
    let applied = apply(&world, &plan["id"], body).await;
    assert_eq!(applied.status, StatusCode::ACCEPTED, "{:?}", applied.json);
    let run = applied.json["id"].as_str().unwrap();
    assert_eq!(applied.headers["location"], format!("/v1/runs/{run}"));
    let again = apply(&world, &plan["id"], json!({})).await;
    assert_eq!((again.code(), again.json["run"].as_str()), ("plan_applied", Some(run)));
}

#[tokio::test]
async fn u5_time_alone_makes_a_plan_stale_and_old() {
    let world = world("sign_agreement", &["ann@labs.example"]).await;
    let deadline = world.backend.clock.now().as_millisecond() + 3_600_000;
    world
        .sql(&format!(
            "INSERT INTO agreements
               (organization, domain, site, signed_at, deadline, signed_by, text_hash)
             VALUES ('acme', 'labs.example', 'acme.webex.example', 0, {deadline}, 'fay', '')"
        ))
        .await;
    let plan = plan_all(&world).await;
    assert_eq!(plan["outcomes"]["link_provisional"], 1);
    world.backend.clock.advance(Duration::from_hours(1));
    let stale = apply(&world, &plan["id"], json!({})).await;
    assert_eq!(stale.json["differences"][0]["now"], "hold_agreement_lapsed");
    let fresh = plan_all(&world).await;
    world.backend.clock.advance(Duration::from_hours(24));
    let expired = apply(&world, &fresh["id"], json!({})).await;
    assert_eq!((expired.status, expired.code()), (StatusCode::CONFLICT, "plan_expired"));
    let path = format!("/v1/plans/{}", fresh["id"].as_str().unwrap());
    assert_eq!(world.get(&path, "fay").await.json["state"], "expired");
}

#[tokio::test]
async fn f14_of_fifty_who_apply_at_once_one_makes_the_run() {
    let world = world("receive_email", &["kim@gmail.com"]).await;
    let plan = plan_all(&world).await;
    let racing = (0..50).map(|_| apply(&world, &plan["id"], json!({ "count": 1 })));
    let answers = futures_util::future::join_all(racing).await;
    let won: Vec<&Answer> = answers.iter().filter(|a| a.status == StatusCode::ACCEPTED).collect();
    assert_eq!(won.len(), 1);
    for lost in answers.iter().filter(|a| a.status != StatusCode::ACCEPTED) {
        assert_eq!((lost.code(), &lost.json["run"]), ("plan_applied", &won[0].json["id"]));
    }
    assert_eq!(world.get("/v1/runs", "fay").await.json["items"].as_array().unwrap().len(), 1);
}

/// A small generator: reproducible, and enough to mix facts.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}

#[tokio::test]
async fn u4_the_classes_add_up_whatever_the_facts() {
    let world = world("receive_email", &[]).await;
    let mut dice = Dice(7);
    let domains = ["acme.example", "gmail.com", "other.example", "zeta.example", "not usable"];
    for n in 0..120 {
        let domain = domains[dice.roll(5) as usize];
        let number = world.user(1, &format!("p{}@{domain}", dice.roll(100))).await;
        assert_eq!(number, n);
        let link = ["none", "none", "none", "linked", "provisional"][dice.roll(5) as usize];
        let active = u64::from(dice.roll(4) > 0);
        let sql =
            format!("UPDATE site_users SET link = '{link}', active = {active} WHERE number = {n}");
        world.sql(&sql).await;
        if dice.roll(3) == 0 {
            let at = |dice: &mut Dice| if dice.roll(3) == 0 { "1" } else { "NULL" };
            let (invited, confirmed, declined) = (at(&mut dice), at(&mut dice), at(&mut dice));
            world
                .sql(&format!(
                    "INSERT INTO invitations
                       (organization, address_key, invited_at, confirmed_at, declined_at, unknown)
                     SELECT 'acme', address_key, {invited}, {confirmed}, {declined}, {}
                       FROM site_users WHERE number = {n} AND address_key IS NOT NULL
                     ON CONFLICT DO NOTHING",
                    dice.roll(2)
                ))
                .await;
        }
    }
    for method in LinkingMethod::ALL {
        world.sql(&format!("UPDATE sites SET method = '{}' WHERE id = 1", method.code())).await;
        let plan = plan_all(&world).await;
        let site = world.backend.directory.site_facts("acme.webex.example").await.unwrap();
        let numbers: Vec<u32> = (0..120).collect();
        let mut conn = world.backend.store.read().await.unwrap();
        let now = world.backend.clock.now();
        let users =
            world.backend.directory.users_among(&mut conn, &site, &numbers, now).await.unwrap();
        for outcome in Outcome::ALL {
            let want = users.iter().filter(|u| decide(u.facts, method) == outcome).count();
            assert_eq!(plan["outcomes"][outcome.code()], want, "{method:?} {outcome:?}");
        }
        let classes = plan["classes"].as_object().unwrap();
        assert_eq!(classes.len(), Class::ALL.len());
        assert_eq!(classes.values().map(|n| n.as_u64().unwrap()).sum::<u64>(), 120);
        assert_eq!(plan["emails"], plan["classes"]["emailed"]);
    }
}
