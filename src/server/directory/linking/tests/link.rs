//! Rules L3, L5, L6: the agreement, Link Now, and that it is for good.

use super::*;

#[tokio::test]
async fn l5_nothing_is_linked_without_the_tick_the_url_and_the_text_as_it_is() {
    let stage = Stage::new().await;
    let read = stage.prepare("fay", acme()).await.json;
    assert_eq!(read["consequences"]["notified"], 1);
    assert_eq!(read["notified"], json!(["fay@acme.example"]));
    assert_eq!(read["takes_seconds"], DELAY.as_secs());
    let good = agreed(&acme(), &read);
    let with = |field: &str, value: Value| {
        let mut body = good.clone();
        body[field] = value;
        body
    };
    let cases = [
        (with("agree", json!(false)), 422, "invalid", "agree"),
        (with("confirm", json!("acme.webex.example")), 422, "invalid", "confirm"),
        (with("confirm", json!("")), 422, "invalid", "confirm"),
        (with("text_sha256", json!("0".repeat(64))), 409, "agreement_stale", "text_sha256"),
    ];
    for (body, status, code, field) in cases {
        let refused = stage.world.send("POST", &format!("{SITE}/link"), "fay", body).await;
        assert_eq!(refusal(&refused), (status, code));
        assert_eq!(refused.json["field"], field);
    }
    // What would happen is another thing now: the hash read before does not stand for it.
    stage.world.user(3, "fay@acme.example").await;
    let late = stage.world.send("POST", &format!("{SITE}/link"), "fay", good).await;
    assert_eq!(refusal(&late), (409, "agreement_stale"));
    assert_eq!(stage.count("SELECT count(*) FROM site_links").await, 0);
    assert_eq!(stage.site_state().await, "not_enrolled");

    let linked = stage.link("fay", acme()).await;
    assert_eq!(linked.status, 202, "{linked:?}");
    let now = stage.prepare("fay", acme()).await;
    assert_eq!(refusal(&now), (409, "link_permanent"));
    let kept = stage.job().await["agreed"].clone();
    assert_eq!(kept["by"], "fay@acme.example");
    let text = stage.scalar("SELECT text FROM site_links").await;
    assert_eq!(kept["text_sha256"], crate::server::store::sha256(text.as_bytes()));
    assert!(text.contains("1 is linked without an e-mail"), "{text}");
    let begun = stage.recorded("site.link_begun").await;
    assert_eq!(
        (&begun[0].0, &begun[0].1["text_sha256"]),
        (&"fay@acme.example".into(), &kept["text_sha256"])
    );
}

#[tokio::test]
async fn l3_the_new_organization_exists_from_link_now_on_and_its_maker_is_full_admin() {
    let stage = Stage::new().await;
    stage.connected("ned", "ned@new.example").await;
    let number = stage.world.user(3, "Ned@new.example").await;
    let blank = json!({ "new_organization": { "name": " ", "country": "DE" } });
    let refused = stage.prepare("ned", blank).await;
    assert_eq!(refused.json["field"], "target.new_organization.name");
    let plan = stage.prepare("ned", newcomer()).await.json;
    assert_eq!(plan["organization_name"], "Newcomer", "the company is the name proposed");
    assert_eq!((&plan["organization"], &plan["notified"]), (&Value::Null, &json!([])));
    assert_eq!(plan["consequences"]["linked"], 1, "the maker is known there");
    let job = stage.link("ned", newcomer()).await.json;
    assert_eq!(
        (&job["organization"], &job["new_organization"]),
        (&json!("newcomer"), &json!(true))
    );
    let organization = stage.world.get("/v1/organizations/newcomer", "ned").await.json;
    assert!(organization["my_roles"].as_array().unwrap().contains(&json!("full_admin")));
    assert_eq!(organization["kind"], "customer");
    // Link users opens when the job completes, not before.
    let method = json!({ "method": "receive_email" });
    let path = format!("{SITE}/method");
    let early = stage.world.send("PUT", &path, "ned", method.clone()).await;
    assert_eq!(refusal(&early), (409, "site_not_enrolled"));
    stage.advance(DELAY);
    stage.work().await;
    assert_eq!(stage.world.send("PUT", &path, "ned", method).await.status, 200);
    let users = stage.world.get(&format!("{SITE}/link/users"), "ned").await.json;
    assert_eq!(
        (&users["items"][0]["number"], &users["items"][0]["outcome"]),
        (&json!(number), &json!("link_now"))
    );
    stage.post().await;
    assert_eq!(stage.sink.count("ned@new.example"), 1, "no notice of one's own new organization");
}

#[tokio::test]
async fn l6_there_is_no_unlink() {
    let stage = Stage::new().await;
    let path = format!("{SITE}/link");
    let unlink = async |who: &str| stage.world.send("DELETE", &path, who, Value::Null).await;
    assert_eq!(refusal(&unlink("fay").await), (404, "not_found"));
    stage.link("fay", acme()).await;
    for state in ["linking", "enrolled"] {
        for who in ["fay", "ned"] {
            let refused = unlink(who).await;
            assert_eq!(refusal(&refused), (409, "link_permanent"), "{state}");
            assert!(refused.json["detail"].as_str().unwrap().contains("permanent"));
        }
        for answer in [
            stage.link("zoe", json!({ "organization": "zeta" })).await,
            stage.link("fay", acme()).await,
        ] {
            assert_eq!(refusal(&answer), (409, "link_permanent"), "{state}");
        }
        stage.advance(DELAY);
        stage.work().await;
    }
}

#[tokio::test]
async fn l6_the_database_itself_refuses_a_second_organization() {
    let stage = Stage::new().await;
    stage.link("fay", acme()).await;
    let statements = [
        "UPDATE sites SET organization = 'zeta' WHERE id = 3",
        "UPDATE sites SET organization = NULL WHERE id = 3",
        "UPDATE sites SET organization = 'zeta' WHERE id = 1",
        "UPDATE site_links SET organization = 'zeta' WHERE site = 3",
        "DELETE FROM site_links WHERE site = 3",
        "UPDATE link_jobs SET organization = 'zeta' WHERE site = 3",
        "INSERT INTO site_links VALUES (3, 'zeta', 0, 0, 'x', 0, '', '')",
    ];
    for statement in statements {
        let mut tx = stage.world.backend.store.begin().await.unwrap();
        let done = sqlx::query(sqlx::AssertSqlSafe(statement)).execute(&mut *tx).await;
        assert!(done.is_err(), "{statement}");
    }
    // Without the triggers the job's directory to both columns keeps a link where it is.
    stage.world.sql("DROP TRIGGER site_links_are_final; DROP TRIGGER site_links_stay").await;
    for statement in &statements[3..6] {
        let mut tx = stage.world.backend.store.begin().await.unwrap();
        let done = sqlx::query(sqlx::AssertSqlSafe(*statement)).execute(&mut *tx).await;
        assert!(done.is_err(), "{statement}");
    }
}

#[tokio::test]
async fn t1_no_site_is_linked_to_an_organization_whose_trial_has_expired() {
    let stage = Stage::new().await;
    stage
        .world
        .sql(
            "INSERT INTO trials (organization, administrator, days, started_at, started_by, ends_at)
             VALUES ('acme', 'fay@acme.example', 30, 0, 'pat@meridian.example', 1)",
        )
        .await;
    let refused = stage.link("fay", acme()).await;
    assert_eq!(refusal(&refused), (409, "trial_expired"));
    assert_eq!(stage.site_state().await, "not_enrolled");
}

#[tokio::test]
async fn l2_a_name_that_ends_in_a_full_stop_ends_the_sentence() {
    let stage = Stage::new().await;
    stage.world.sql("UPDATE organizations SET name = 'Acme Inc.' WHERE id = 'acme'").await;
    stage.connected("ned", "ned@new.example").await;
    let refused = stage.prepare("ned", acme()).await;
    let detail = refused.json["detail"].as_str().unwrap();
    assert_eq!(detail, "You have no account in Acme Inc. A full admin could do it.");
    let text = stage.prepare("fay", acme()).await.json["text"].as_str().unwrap().to_owned();
    assert!(
        text.starts_with(
            "I link the meeting site new.webex.example to the organization Acme Inc.\n\n"
        ),
        "{text}"
    );
}

#[tokio::test]
async fn u2_who_may_link_the_site_is_told_to_do_that_first() {
    let stage = Stage::new().await;
    let all = json!({ "selection": { "kind": "all" } });
    let planned = stage.world.send("POST", &format!("{SITE}/plans"), "ned", all).await;
    assert_eq!(refusal(&planned), (409, "site_not_enrolled"));
    let method = json!({ "method": "verify_now" });
    let chosen = stage.world.send("PUT", &format!("{SITE}/method"), "ned", method).await;
    assert_eq!(refusal(&chosen), (409, "site_not_enrolled"));
    let read = stage.world.get(&format!("{SITE}/licences"), "ned").await;
    assert_eq!(refusal(&read), (403, "not_allowed"), "what only reads has no conflicts");
    for answer in [planned, chosen, read] {
        assert!(answer.json["detail"].as_str().unwrap().contains("is not linked"), "{answer:?}");
    }
}

/// Nobody who sees the site is told that a full admin could: it has none.
#[tokio::test]
async fn u2_a_site_that_is_not_linked_says_so_to_every_role_and_who_can_link_it() {
    let stage = Stage::new().await;
    let set = json!({ "method": "verify_now" });
    let told = stage.world.send("PUT", &format!("{SITE}/method"), "root", set).await;
    assert_eq!(refusal(&told), (409, "site_not_enrolled"));
    let read = stage.world.get(&format!("{SITE}/licences"), "root").await;
    assert_eq!(refusal(&read), (403, "not_allowed"));
    for answer in [told, read] {
        assert!(answer.json["detail"].as_str().unwrap().contains("is not linked"), "{answer:?}");
        let remedy = answer.json["remedy"].as_str().unwrap();
        assert!(remedy.contains("ned@new.example"), "{remedy}");
    }
    let users = stage.world.get(&format!("{SITE}/users"), "root").await;
    assert_eq!(refusal(&users), (403, "not_allowed"));
    assert!(users.json["detail"].as_str().unwrap().contains("A site admin could"), "{users:?}");
}
