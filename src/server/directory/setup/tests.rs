//! Rules T5 and T6 over the routes: who has which subdomain, whoever races.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::server::fixture::Fixture;

const SETUP: &str = "/v1/organizations/acme/setup";
const FINISH: &str = "/v1/organizations/acme/setup/finish";

async fn world() -> Fixture {
    let world = Fixture::new().await;
    world.small_world().await;
    world
        .sql(
            "INSERT INTO setups (organization, begun_at) VALUES ('acme', 0);
             INSERT INTO setups (organization, subdomain, finished_at) VALUES ('zeta', 'zeta', 0);
             INSERT INTO organization_services VALUES ('acme', 'messaging', 25);",
        )
        .await;
    world
}

async fn check(world: &Fixture, name: &str) -> Value {
    let name = serde_urlencoded::to_string([("name", name)]).unwrap();
    world.get(&format!("/v1/organizations/acme/subdomain?{name}"), "pat").await.json
}

fn names(answer: &Value) -> Vec<&str> {
    answer["suggestions"].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect()
}

#[tokio::test]
async fn t5_setup_is_pending_until_finished_for_partner_and_customer() {
    let world = world().await;
    for who in ["pat", "fay"] {
        let setup = world.get(SETUP, who).await.json;
        assert_eq!(setup["state"], "pending", "{setup}");
        assert_eq!(setup["services"], json!([{ "service": "messaging", "quantity": 25 }]));
        assert_eq!(names(&setup), ["acmerobotics", "acme", "acmeroboticshq"]);
        let listed = world.get("/v1/organizations/acme", who).await.json;
        assert_eq!((&listed["setup"], &listed["subdomain"]), (&json!("pending"), &Value::Null));
    }
    let done = world.send("POST", FINISH, "pat", json!({ "subdomain": " AcmeRobotics" })).await;
    assert_eq!(done.status, 200, "{:?}", done.json);
    let setup = world.get(SETUP, "fay").await.json;
    assert_eq!(
        (&setup["state"], &setup["subdomain"]),
        (&json!("finished"), &json!("acmerobotics"))
    );
    assert_eq!(setup["finished_by"], "pat@meridian.example");
    assert_eq!(setup.get("suggestions"), None);
    let listed = world.get("/v1/organizations/acme", "fay").await.json;
    assert_eq!(
        (&listed["setup"], &listed["subdomain"]),
        (&json!("finished"), &json!("acmerobotics"))
    );
    let site_admin = world.get("/v1/organizations/acme", "sam").await.json;
    assert_eq!(site_admin.get("setup"), None, "a site admin sees the name alone");
    let audit = world.get("/v1/audit", "fay").await.json;
    assert_eq!(audit["items"][0]["action"], "setup.finished");
    let again = world.send("POST", FINISH, "fay", json!({ "subdomain": "another" })).await;
    assert_eq!((again.status.as_u16(), again.code()), (409, "setup_finished"));
}

#[tokio::test]
async fn t6_check_availability_answers_one_of_four() {
    let world = world().await;
    let free = check(&world, "Acme").await;
    assert_eq!((&free["availability"], &free["name"]), (&json!("available"), &json!("acme")));
    assert_eq!(free["asked"], "Acme");
    let taken = check(&world, "ZETA").await;
    assert_eq!(taken["availability"], "taken");
    assert_eq!(names(&taken).len(), 3);
    assert!(!names(&taken).contains(&"zeta"));
    let reserved = check(&world, "admin").await;
    assert_eq!(reserved["availability"], "reserved");
    assert_eq!(names(&reserved).len(), 3);
    for (text, said) in [
        ("acme-robotics", "character 5 is \"-\""),
        ("a.b", "character 2 is \".\""),
        ("", "at least one"),
        (&"a".repeat(64), "64 characters"),
    ] {
        let invalid = check(&world, text).await;
        assert_eq!(invalid["availability"], "invalid", "{text}");
        assert!(invalid["detail"].as_str().unwrap().contains(said), "{invalid}");
        assert_eq!(invalid.get("name"), None);
    }
}

#[tokio::test]
async fn t6_suggestions_are_free_every_one() {
    let world = world().await;
    let mut had = String::new();
    for n in 0..60 {
        let name = match n {
            0 => "acme".to_owned(),
            1 => "acmerobotics".to_owned(),
            2 => "acmeroboticshq".to_owned(),
            n => format!("acmerobotics{n}"),
        };
        let more = format!(
            "INSERT INTO organizations (id, name, kind, created_at) VALUES ('o{n}', 'O', 'customer', 0);
             INSERT INTO setups (organization, subdomain) VALUES ('o{n}', '{name}');"
        );
        had.push_str(&more);
    }
    world.sql(&had).await;
    let asked = "/v1/organizations/acme/subdomain/suggestions";
    let free = world.get(asked, "fay").await.json;
    assert_eq!(names(&free), ["acmeroboticsonline", "acmeroboticsteam", "acmeroboticsgroup"]);
    for name in names(&free) {
        assert_eq!(check(&world, name).await["availability"], "available", "{name}");
    }
    let from = world.get(&format!("{asked}?name=zeta"), "fay").await.json;
    assert!(!names(&from).contains(&"zeta"), "{from}");
}

#[tokio::test]
async fn t6_what_is_not_to_be_had_is_refused_at_finish() {
    let world = world().await;
    for (name, status, code) in [
        ("zeta", 409, "subdomain_taken"),
        ("Zeta", 409, "subdomain_taken"),
        ("www", 409, "subdomain_reserved"),
        ("a-b", 422, "invalid"),
    ] {
        let refused = world.send("POST", FINISH, "fay", json!({ "subdomain": name })).await;
        assert_eq!((refused.status.as_u16(), refused.code()), (status, code), "{name}");
        assert_eq!(refused.json["field"], "subdomain");
        if status == 409 {
            assert_eq!(names(&refused.json).len(), 3, "{name}");
        }
        assert_eq!(world.get(SETUP, "fay").await.json["state"], "pending", "{name}");
    }
}

/// Fifty finish at once for one name: one gets it; the others are told, get three free names, and
/// keep their drafts.
#[tokio::test(flavor = "multi_thread")]
async fn t6_of_fifty_who_finish_at_once_one_gets_the_name() {
    let world = world().await;
    let draft = json!({ "step": "subdomain", "answers": { "subdomain": "orbit" }, "revision": 0 });
    for n in 0..50 {
        world
            .sql(&format!(
                "INSERT INTO organizations (id, name, kind, partner, created_at)
                   VALUES ('o{n}', 'Orbit {n}', 'customer', 'meridian', 0);
                 INSERT INTO setups (organization, begun_at) VALUES ('o{n}', 0);"
            ))
            .await;
        let path = format!("/v1/drafts/setup/o{n}");
        let saved = world.send("PUT", &path, "pat", draft.clone()).await;
        assert_eq!(saved.status, 200, "{:?}", saved.json);
    }
    let all = (0..50).map(|n| {
        let path = format!("/v1/organizations/o{n}/setup/finish");
        let world = &world;
        async move { world.send("POST", &path, "pat", json!({ "subdomain": "Orbit" })).await }
    });
    let answers = futures_util::future::join_all(all).await;
    let won: Vec<usize> = (0..50).filter(|n| answers[*n].status == 200).collect();
    assert_eq!(won.len(), 1, "{won:?}");
    for (n, answer) in answers.iter().enumerate().filter(|(n, _)| *n != won[0]) {
        assert_eq!((answer.status.as_u16(), answer.code()), (409, "subdomain_taken"), "{n}");
        assert_eq!(names(&answer.json).len(), 3);
        let setup = world.get(&format!("/v1/organizations/o{n}/setup"), "pat").await.json;
        assert_eq!(setup["state"], "pending");
        let kept = world.get(&format!("/v1/drafts/setup/o{n}"), "pat").await.json;
        assert_eq!(kept["answers"]["subdomain"], "orbit", "no answer is lost");
    }
    let mut conn = world.backend.store.read().await.unwrap();
    let taken: Vec<(String,)> =
        sqlx::query_as("SELECT subdomain FROM setups WHERE subdomain = 'orbit'")
            .fetch_all(&mut *conn)
            .await
            .unwrap();
    assert_eq!(taken.len(), 1);
    let finished: BTreeSet<String> =
        sqlx::query_scalar("SELECT subject FROM audit WHERE action = 'setup.finished'")
            .fetch_all(&mut *conn)
            .await
            .unwrap()
            .into_iter()
            .collect();
    assert_eq!(finished, BTreeSet::from([format!("o{}", won[0])]));
}

/// The database itself holds the rule, should a look and a write of two processes cross.
#[tokio::test]
async fn t6_the_database_lets_a_subdomain_have_one_organization() {
    let world = world().await;
    let mut tx = world.backend.store.begin().await.unwrap();
    let second = sqlx::query("UPDATE setups SET subdomain = 'zeta' WHERE organization = 'acme'")
        .execute(&mut *tx)
        .await;
    assert!(second.unwrap_err().as_database_error().unwrap().is_unique_violation());
}

#[tokio::test]
async fn t1_an_expired_trial_keeps_its_setup_as_it_is() {
    let world = world().await;
    world
        .sql(
            "INSERT INTO trials (organization, administrator, days, started_at, started_by, ends_at)
               VALUES ('acme', 'fay@acme.example', 30, 0, 'pat@meridian.example', 1);",
        )
        .await;
    for (method, path, body) in [
        ("POST", FINISH, json!({ "subdomain": "acme" })),
        ("POST", "/v1/organizations/acme/contact-center/set-up", json!({})),
        ("POST", "/v1/organizations/acme/welcome/resend", Value::Null),
    ] {
        let refused = world.send(method, path, "pat", body).await;
        assert_eq!((refused.status.as_u16(), refused.code()), (409, "trial_expired"), "{path}");
    }
}
