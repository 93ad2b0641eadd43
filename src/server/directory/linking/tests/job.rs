//! Rules L7 and L8: the job across time, restarts and failures; who is linked, reported and told.

use super::*;
use crate::server::directory::confirmed::link_due;
use crate::server::post::smtp::sink::{Act, Phase};

#[tokio::test]
async fn l7_the_job_takes_its_time_in_world_time_and_says_how_far_it_is() {
    let stage = Stage::new().await;
    let begun = stage.link("fay", acme()).await.json;
    assert_eq!(
        (&begun["state"], &begun["started_by"]),
        (&json!("running"), &json!("fay@acme.example"))
    );
    assert_eq!(stage.site_state().await, "linking");
    stage.work().await;
    stage.advance(DELAY / 2);
    stage.work().await;
    let half = stage.job().await;
    assert_eq!((&half["state"], &half["progress"]), (&json!("running"), &json!(45)));
    stage.advance(DELAY / 2);
    stage.work().await;
    let done = stage.job().await;
    assert_eq!((&done["state"], &done["progress"]), (&json!("done"), &json!(100)));
    assert!(done["ended_at"].is_string());
    assert_eq!(stage.site_state().await, "enrolled");
    let site = stage.world.get(SITE, "fay").await.json;
    assert_eq!(site["linked_at"], done["ended_at"]);
    let enrollment = stage.world.get(&format!("{SITE}/enrollment"), "fay").await.json;
    assert_eq!(enrollment["next"], "linked");
}

#[tokio::test]
async fn l7_a_job_that_is_held_after_a_restore_says_why_and_who_can_end_that() {
    let stage = Stage::new().await;
    stage.link("fay", acme()).await;
    assert!(stage.job().await["waits"].is_null());
    stage.world.backend.clock.restored();
    let told = stage.job().await["waits"].as_str().unwrap().to_owned();
    assert!(
        told.contains("restored from a copy") && told.contains("hublink clock accept"),
        "{told}"
    );
}

#[tokio::test]
async fn l7_who_is_no_full_admin_any_more_when_the_mail_leaves_is_not_told() {
    let stage = Stage::new().await;
    let kim = "INSERT INTO organization_roles (organization, email, role) VALUES
                 ('acme', 'kim@acme.example', 'full_admin')";
    stage.world.sql(kim).await;
    stage.prepare("fay", acme()).await;
    stage.link("fay", acme()).await;
    stage.advance(DELAY);
    stage.work().await;
    stage.world.sql("DELETE FROM organization_roles WHERE email = 'kim@acme.example'").await;
    stage.post().await;
    assert_eq!((stage.sink.count("fay@acme.example"), stage.sink.taken().len()), (1, 1));
}

#[tokio::test]
async fn l7_all_full_admins_of_an_organization_are_told_once_and_privileges_stay() {
    let mut stage = Stage::new().await;
    stage
        .world
        .sql(
            "INSERT INTO organization_roles (organization, email, role) VALUES
               ('acme', 'kim@acme.example', 'full_admin')",
        )
        .await;
    let roles = "SELECT group_concat(organization || email || role) FROM
                  (SELECT * FROM organization_roles ORDER BY organization, email, role)";
    let admins =
        "SELECT group_concat(site || email) FROM (SELECT * FROM site_admins ORDER BY site, email)";
    let before = (stage.scalar(roles).await, stage.scalar(admins).await);
    assert_eq!(stage.prepare("fay", acme()).await.json["consequences"]["notified"], 2);
    stage.link("fay", acme()).await;
    stage.post().await;
    assert_eq!(stage.sink.taken().len(), 0, "nobody is told before it is so");
    stage.advance(DELAY);
    stage.work().await;
    for _ in 0..3 {
        stage.post().await;
        stage.restart();
        stage.work().await;
    }
    for email in ["fay@acme.example", "kim@acme.example"] {
        assert_eq!(stage.sink.count(email), 1, "{email}");
    }
    assert_eq!(stage.sink.taken().len(), 2, "read-only admins are not");
    let told = stage.job().await["notices"].clone();
    assert_eq!(
        (&told["total"], &told["sent"], &told["waiting"]),
        (&json!(2), &json!(2), &json!(0))
    );
    assert_eq!(before, (stage.scalar(roles).await, stage.scalar(admins).await));
}

#[tokio::test]
async fn l7_a_notice_that_may_have_left_is_never_sent_again() {
    let mut stage = Stage::new().await;
    stage.sink.at(Phase::Dot, Act::Close { stored: true });
    stage.link("fay", acme()).await;
    stage.advance(DELAY);
    stage.work().await;
    for _ in 0..2 {
        stage.post().await;
        stage.restart();
    }
    assert_eq!(stage.sink.count("fay@acme.example"), 1);
    assert_eq!(stage.job().await["notices"]["unknown"], 1);
}

#[tokio::test]
async fn l7_a_failure_is_told_and_tried_again_by_itself_ever_later() {
    let mut stage = Stage::new().await;
    stage.world.sql("UPDATE sites SET link_fails = 2 WHERE id = 3").await;
    stage.link("fay", acme()).await;
    stage.advance(DELAY);
    stage.work().await;
    let failed = stage.job().await;
    assert_eq!((&failed["state"], &failed["failures"]), (&json!("failed"), &json!(1)));
    assert!(failed["reason"].as_str().unwrap().contains("did not answer"), "{failed}");
    assert_eq!(stage.site_state().await, "link_failed");
    // Nothing happens before its time, not even across a restart.
    stage.restart();
    stage.work().await;
    assert_eq!(stage.job().await["state"], "failed");
    stage.advance(Duration::from_mins(5));
    stage.work().await;
    assert_eq!(stage.job().await["state"], "running");
    assert_eq!(stage.site_state().await, "linking");
    stage.advance(DELAY);
    stage.work().await;
    assert_eq!(stage.job().await["failures"], 2);
    stage.advance(Duration::from_mins(5));
    stage.work().await;
    assert_eq!(stage.job().await["state"], "failed", "the second pause is longer");
    stage.advance(Duration::from_mins(25));
    stage.work().await;
    stage.advance(DELAY);
    stage.work().await;
    let done = stage.job().await;
    assert_eq!((&done["state"], &done["organization"]), (&json!("done"), &json!("acme")));
    assert_eq!(done["reason"], Value::Null);
    let retried: Vec<_> = stage.recorded("site.link_retried").await;
    assert!(retried.iter().all(|(who, _)| who == "system") && retried.len() == 2);
    assert_eq!(stage.recorded("site.link_failed").await.len(), 2);
    assert_eq!(stage.recorded("site.linked").await.len(), 1);
}

#[tokio::test]
async fn l7_a_human_may_try_again_at_once_to_the_same_organization_alone() {
    let stage = Stage::new().await;
    let path = format!("{SITE}/link/retry");
    let retry = async |who: &str| stage.world.send("POST", &path, who, Value::Null).await;
    assert_eq!(refusal(&retry("fay").await), (404, "not_found"));
    stage.world.sql("UPDATE sites SET link_fails = 1 WHERE id = 3").await;
    stage.link("fay", acme()).await;
    assert_eq!(refusal(&retry("fay").await), (409, "link_state"));
    stage.advance(DELAY);
    stage.work().await;
    for who in ["ned", "zoe"] {
        assert_eq!(refusal(&retry(who).await), (403, "not_allowed"), "{who}");
    }
    let elsewhere = stage.link("zoe", json!({ "organization": "zeta" })).await;
    assert_eq!(refusal(&elsewhere), (409, "link_permanent"));
    let again = retry("fay").await;
    assert_eq!((again.status.as_u16(), &again.json["state"]), (202, &json!("running")));
    stage.advance(DELAY);
    stage.work().await;
    assert_eq!(stage.job().await["state"], "done");
    assert_eq!(stage.recorded("site.link_retried").await[0].0, "fay@acme.example");
}

#[tokio::test]
async fn l10_a_site_that_may_not_link_any_more_fails_and_goes_on_when_it_may() {
    let stage = Stage::new().await;
    stage.link("fay", acme()).await;
    let path = SITE;
    let may = async |yes: bool| {
        stage
            .world
            .send("PATCH", path, crate::server::fixture::ROOT, json!({ "may_link": yes }))
            .await
    };
    may(false).await;
    stage.advance(DELAY);
    stage.work().await;
    let failed = stage.job().await;
    assert!(failed["reason"].as_str().unwrap().contains("csm@provider.example"), "{failed}");
    let retry = stage.world.send("POST", &format!("{SITE}/link/retry"), "fay", Value::Null).await;
    assert_eq!(refusal(&retry), (409, "may_not_link"));
    may(true).await;
    stage.advance(Duration::from_mins(5));
    stage.work().await;
    stage.advance(DELAY);
    stage.work().await;
    assert_eq!(stage.job().await["state"], "done");
}

#[tokio::test]
async fn t1_an_expired_trial_is_no_place_to_link_to() {
    let stage = Stage::new().await;
    let now = crate::server::store::to_millis(stage.world.backend.clock.now());
    let hour = 3_600_000;
    stage
        .world
        .sql(&format!(
            "INSERT INTO trials (organization, administrator, days, started_at, started_by, ends_at)
             VALUES ('acme', 'fay@acme.example', 30, 0, 'pat@meridian.example', {});",
            now + hour
        ))
        .await;
    stage.link("fay", acme()).await;
    stage.advance(DELAY);
    stage.work().await;
    let failed = stage.job().await;
    assert_eq!(failed["state"], "failed");
    assert!(failed["reason"].as_str().unwrap().contains("trial has expired"), "{failed}");
    stage
        .world
        .sql("INSERT INTO sites (url, company, state) VALUES ('b.webex.example', 'B', 'not_enrolled');
              INSERT INTO site_admins SELECT id, 'fay@acme.example' FROM sites
                WHERE url = 'b.webex.example';")
        .await;
    let found = stage.world.get("/v1/sites/b.webex.example/candidates", "fay").await.json;
    let own = &found["items"][0];
    assert_eq!((&own["id"], &own["choosable"]), (&json!("acme"), &json!(false)));
    assert_eq!(own["why_not"]["code"], "trial_expired");
    let path = "/v1/sites/b.webex.example/link/prepare";
    let refused = stage.world.send("POST", path, "fay", acme()).await;
    assert_eq!(refusal(&refused), (409, "trial_expired"));
}

/// Users of each kind: known, confirmed, both but blocked, and such as the link is not for.
async fn mixed(stage: &Stage) {
    for address in [
        "kim@acme.example",
        "ann@home.example",
        "off@acme.example",
        "twin@acme.example",
        "Twin@acme.example",
        "no@acme.example",
        "sam@acme.example",
        "stranger@acme.example",
        "elsewhere@zeta.example",
        "not usable",
    ] {
        stage.world.user(3, address).await;
    }
    stage.world.user(1, "sam@acme.example").await;
    stage.world.linked(1).await;
    stage
        .world
        .sql(
            "INSERT INTO identities (email_key, organization) VALUES
               ('kim@acme.example', 'acme'), ('off@acme.example', 'acme'),
               ('twin@acme.example', 'acme'), ('no@acme.example', 'acme'),
               ('elsewhere@zeta.example', 'zeta');
             UPDATE site_users SET active = 0 WHERE site = 3 AND address = 'off@acme.example';
             INSERT INTO invitations (organization, address_key, confirmed_at, declined_at) VALUES
               ('acme', 'ann@home.example', 1, NULL), ('acme', 'no@acme.example', NULL, 1);
             INSERT INTO domains (organization, name, state, token, added_at) VALUES
               ('acme', 'acme.example', 'verified', 't', 0);",
        )
        .await;
}

#[tokio::test]
async fn l8_known_and_confirmed_users_are_linked_rows_1_to_7_are_reported() {
    let stage = Stage::new().await;
    mixed(&stage).await;
    let planned = stage.prepare("fay", acme()).await.json["consequences"].clone();
    let want = json!({
        "users": 10, "linked": 3, "known": 2, "confirmed": 1,
        "reported": [
            { "outcome": "blocked_inactive", "users": 1 },
            { "outcome": "blocked_duplicate_address", "users": 2 },
            { "outcome": "declined", "users": 1 },
        ],
        "untouched": 3, "notified": 1,
    });
    assert_eq!(planned, want);
    stage.link("fay", acme()).await;
    stage.advance(DELAY);
    stage.work().await;
    let job = stage.job().await;
    assert_eq!(job["result"], planned, "what was agreed to is what happened");
    let linked = "SELECT group_concat(address) FROM
                   (SELECT * FROM site_users WHERE site = 3 AND link = 'linked' ORDER BY number)";
    // A verified domain alone links nobody here: that is the second step.
    assert_eq!(stage.scalar(linked).await, "kim@acme.example,ann@home.example,sam@acme.example");
    let page = |query: &'static str| {
        let world = &stage.world;
        async move { world.get(&format!("{SITE}/link/users{query}"), "fay").await.json }
    };
    let reported = page("?outcome=declined").await;
    assert_eq!(reported["items"][0]["address"], "no@acme.example");
    let first = page("?limit=6").await;
    assert_eq!(first["items"].as_array().unwrap().len(), 6);
    let rest = format!("{SITE}/link/users?cursor={}", first["next"].as_str().unwrap());
    let rest = stage.world.get(&rest, "fay").await.json;
    assert_eq!(rest["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn l7_a_kill_between_two_batches_loses_nothing_and_links_nobody_twice() {
    let mut stage = Stage::new().await;
    stage
        .world
        .sql(
            "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 1199)
             INSERT INTO site_users (site, number, user_id, active, first_name, last_name,
               display_name, address, address_key, domain, department, added_revision)
             SELECT 3, i, 'u' || i, 1, 'F', 'L', '', 'p' || i || '@acme.example',
               'p' || i || '@acme.example', 'acme.example', '', 1 FROM n;
             INSERT INTO identities (email_key, organization)
               SELECT address_key, 'acme' FROM site_users WHERE site = 3;",
        )
        .await;
    stage.link("fay", acme()).await;
    stage.advance(DELAY);
    for _ in 0..2 {
        assert_eq!(worker::complete_some(&stage.directory, URL).await.unwrap(), worker::Step::More);
        stage.restart();
    }
    let half = stage.job().await;
    assert_eq!((&half["state"], &half["result"]["linked"]), (&json!("running"), &json!(1000)));
    // What would have failed it at the start does not leave it half done.
    stage.world.sql("UPDATE sites SET may_link = 0 WHERE id = 3").await;
    stage.work().await;
    let done = stage.job().await;
    assert_eq!((&done["state"], &done["result"]["linked"]), (&json!("done"), &json!(1200)));
    assert_eq!(stage.count("SELECT count(*) FROM link_users").await, 1200);
    stage.post().await;
    assert_eq!(stage.sink.taken().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn l7_a_watcher_is_told_when_it_changes_and_the_worker_wakes_with_the_clock() {
    let stage = Stage::new().await;
    let (stop, chores) = (&stage.world.backend.stop, &stage.world.backend.chores);
    stage.world.start();
    let mut job = stage.link("fay", acme()).await.json;
    stage.advance(DELAY);
    while job["state"] != "done" || job["notices"]["sent"] != 1 {
        let path = format!("{SITE}/link?after={}&wait=20", job["revision"]);
        job = stage.world.get(&path, "fay").await.json;
    }
    let bad = stage.world.get(&format!("{SITE}/link?wait=61"), "fay").await;
    assert_eq!(bad.json["field"], "wait");
    stop.stop();
    let deadline = tokio::time::Instant::now() + std::time::Duration::from_mins(1);
    assert!(chores.end(deadline).await.is_empty());
}

#[tokio::test]
async fn l8_who_confirmed_and_is_blocked_is_linked_within_48_hours_once_nothing_blocks() {
    let stage = Stage::new().await;
    stage.world.user(3, "kim@gmail.com").await;
    stage.world.user(3, "joe@gmail.com").await;
    stage
        .world
        .sql(
            "UPDATE site_users SET active = 0 WHERE address_key = 'kim@gmail.com';
             INSERT INTO invitations (organization, address_key, confirmed_at)
               VALUES ('acme', 'kim@gmail.com', 1), ('acme', 'joe@gmail.com', 1);",
        )
        .await;
    stage.link("fay", acme()).await;
    stage.advance(DELAY);
    stage.work().await;
    assert_eq!(stage.job().await["result"]["linked"], 1);
    let due = "SELECT count(*) FROM invitations WHERE link_due_at IS NOT NULL";
    assert_eq!(stage.count(due).await, 1, "Joe is linked, Kim is looked at again");
    stage.world.sql("UPDATE site_users SET active = 1").await;
    let now = stage.world.backend.clock.now();
    link_due(&stage.world.backend.store, now).await.unwrap();
    let linked = "SELECT count(*) FROM site_users WHERE site = 3 AND link = 'linked'";
    assert_eq!((stage.count(due).await, stage.count(linked).await), (0, 2));
}

#[tokio::test]
async fn l8_what_people_had_answered_before_the_link_is_the_organization_s_once_it_is_there() {
    for (who, target) in [("fay", acme()), ("ned", newcomer())] {
        let stage = Stage::new().await;
        if who == "ned" {
            stage.connected("ned", "ned@new.example").await;
        }
        stage.world.user(3, "joe@gmail.com").await;
        stage.world.user(3, "ann@gmail.com").await;
        stage
            .world
            .sql(
                "INSERT INTO site_answers (site, address_key, confirmed_at, declined_at, invited_at)
                   VALUES (3, 'joe@gmail.com', 1, NULL, 5), (3, 'ann@gmail.com', NULL, 2, 5);",
            )
            .await;
        let planned = stage.prepare(who, target.clone()).await.json["consequences"].clone();
        assert_eq!((&planned["linked"], &planned["confirmed"]), (&json!(1), &json!(1)), "{who}");
        assert_eq!(stage.link(who, target).await.status, 202);
        assert_eq!(stage.count("SELECT count(*) FROM site_answers").await, 0, "they moved");
        let told = "SELECT group_concat(address_key || invited_at || coalesce(declined_at, '-'))
                      FROM (SELECT * FROM invitations ORDER BY address_key)";
        assert_eq!(stage.scalar(told).await, "ann@gmail.com52,joe@gmail.com5-");
        stage.advance(DELAY);
        stage.work().await;
        let linked = "SELECT group_concat(address) FROM site_users WHERE link = 'linked'";
        assert_eq!(stage.scalar(linked).await, "joe@gmail.com", "{who}");
    }
}
