//! Rules L1 and L10: who gets the connect mail, what its code is worth, and what waits for it.

use super::*;

#[tokio::test]
async fn l1_only_who_is_in_no_organization_gets_the_mail() {
    let stage = Stage::new().await;
    stage.world.sql("INSERT INTO site_admins (site, email) VALUES (3, 'sam@acme.example')").await;
    // Sam administers nothing, but is linked on a site of Acme: a user of an organization.
    stage.world.user(1, "sam@acme.example").await;
    stage.world.linked(1).await;
    for (who, organization, full) in
        [("fay", "acme", true), ("zoe", "zeta", true), ("sam", "acme", false)]
    {
        let shown = stage.enroll(who, json!({})).await.json;
        assert_eq!(shown["next"], "organization", "{who}: {shown}");
        assert_eq!(shown["my_organization"]["id"], organization);
        assert_eq!(shown["my_organization"]["full_admin"], full, "{who}");
        assert_eq!(shown["connect"], Value::Null);
    }
    let before = stage.world.get(&format!("{SITE}/enrollment"), "ned").await.json;
    assert_eq!((&before["next"], &before["my_organization"]), (&json!("enroll"), &Value::Null));
    let shown = stage.enroll("ned", json!({})).await.json;
    assert_eq!((&shown["next"], &shown["connect"]["state"]), (&json!("connect"), &json!("queued")));
    stage.post().await;
    assert_eq!(stage.sink.count("ned@new.example"), 1);
    assert_eq!(stage.sink.taken().len(), 1);
    let shown = stage.world.get(&format!("{SITE}/enrollment"), "ned").await.json;
    assert_eq!(shown["connect"]["state"], "sent");
    assert_eq!(stage.recorded("site.enroll").await.len(), 4);
}

#[tokio::test]
async fn l1_before_the_code_is_used_candidates_and_link_wait() {
    let stage = Stage::new().await;
    let ask = async |stage: &Stage| {
        let link =
            json!({ "target": newcomer(), "text_sha256": "", "agree": true, "confirm": URL });
        [
            stage.candidates("ned").await,
            stage.prepare("ned", newcomer()).await,
            stage.world.send("POST", &format!("{SITE}/link"), "ned", link).await,
        ]
    };
    for answer in ask(&stage).await {
        assert_eq!(refusal(&answer), (409, "connect_first"), "{answer:?}");
    }
    stage.enroll("ned", json!({})).await;
    stage.post().await;
    for answer in ask(&stage).await {
        assert_eq!(refusal(&answer), (409, "connect_first"));
    }
    let connected = stage.connect("ned", &stage.code("ned@new.example")).await;
    assert_eq!(connected.json["next"], "organization");
    assert!(connected.json["connect"]["connected_at"].is_string());
    let after = ask(&stage).await;
    assert_eq!((after[0].status.as_u16(), after[1].status.as_u16()), (200, 200));
    assert_eq!(refusal(&after[2]), (409, "agreement_stale"));
    assert_eq!(stage.recorded("site.connected").await.len(), 1);
}

#[tokio::test]
async fn l1_the_code_works_once_for_seven_days_and_for_its_operator_alone() {
    let stage = Stage::new().await;
    stage.enroll("ned", json!({})).await;
    stage.post().await;
    let code = stage.code("ned@new.example");
    stage.world.sql("INSERT INTO site_admins (site, email) VALUES (3, 'nia@new.example')").await;
    stage.world.person("nia@new.example").await;
    for (who, text) in [("nia", code.as_str()), ("ned", "aaaa-bbbb-cccc-dddd"), ("ned", "no")] {
        let refused = stage.connect(who, text).await;
        assert_eq!(refusal(&refused), (404, "code_unknown"), "{who} {text}");
        assert_eq!(refused.json["field"], "code");
    }
    let week = Duration::from_hours(7 * 24);
    stage.advance(week);
    assert_eq!(refusal(&stage.connect("ned", &code).await), (409, "code_expired"));
    stage.enroll("ned", json!({ "resend": true })).await;
    stage.post().await;
    let newer = stage.code("ned@new.example");
    assert_eq!(refusal(&stage.connect("ned", &code).await), (404, "code_unknown"));
    stage.advance(Duration::from_mins(7 * 24 * 60 - 1));
    // As it was copied: the whole link, in capitals.
    let link = format!("https://hub.example/connect/{}", newer.to_uppercase());
    assert_eq!(stage.connect("ned", &link).await.json["next"], "organization");
    assert_eq!(refusal(&stage.connect("ned", &newer).await), (409, "code_used"));
    let hashes = stage.scalar("SELECT code_hash FROM site_connects").await;
    assert!(hashes.len() == 64 && !hashes.contains(&newer.replace('-', "")), "hashed at rest");
}

#[tokio::test]
async fn l1_given_where_a_welcomes_code_is_asked_for_it_says_what_it_is_for() {
    let stage = Stage::new().await;
    stage.enroll("ned", json!({})).await;
    stage.post().await;
    let code = stage.code("ned@new.example");
    let look = async |code: &str| {
        stage.world.send("POST", "/v1/welcome/look", "ned", json!({ "code": code })).await
    };
    let told = look(&code).await;
    assert_eq!(refusal(&told), (409, "connect_code"), "{told:?}");
    assert!(told.json["remedy"].as_str().unwrap().contains("ned@new.example"), "{told:?}");
    assert_eq!(refusal(&look("aaaa-bbbb-cccc-dddd").await), (404, "code_unknown"));
    assert_eq!(stage.connect("ned", &code).await.json["next"], "organization", "it is not used");
    assert_eq!(refusal(&look(&code).await), (409, "code_used"));
}

#[tokio::test]
async fn l1_the_page_of_the_link_shows_and_its_button_connects() {
    let stage = Stage::new().await;
    stage.enroll("ned", json!({})).await;
    stage.post().await;
    let path = format!("/connect/{}", stage.code("ned@new.example"));
    for _ in 0..2 {
        let page = stage.world.get(&path, "").await;
        assert_eq!(page.status, 200, "looking changes nothing");
        assert_eq!(page.headers["referrer-policy"], "no-referrer");
    }
    assert_eq!(refusal(&stage.candidates("ned").await), (409, "connect_first"));
    assert_eq!(stage.world.send("POST", &path, "", Value::Null).await.status, 200);
    assert_eq!(stage.candidates("ned").await.status, 200);
    assert_eq!(stage.world.send("POST", &path, "", Value::Null).await.status, 410);
    assert_eq!(stage.world.get("/connect/aaaa-bbbb-cccc-dddd", "").await.status, 404);
}

#[tokio::test]
async fn l1_the_page_of_the_link_is_for_who_still_administers_the_site() {
    let stage = Stage::new().await;
    stage.enroll("ned", json!({})).await;
    stage.post().await;
    let path = format!("/connect/{}", stage.code("ned@new.example"));
    stage.world.sql("DELETE FROM site_admins WHERE email = 'ned@new.example'").await;
    assert_eq!(stage.world.get(&path, "").await.status, 404);
    assert_eq!(stage.world.send("POST", &path, "", Value::Null).await.status, 404);
    assert!(stage.recorded("site.connected").await.is_empty());
}

#[tokio::test]
async fn l1_a_second_press_sends_no_second_mail_and_resending_has_an_end() {
    let stage = Stage::new().await;
    for _ in 0..3 {
        stage.enroll("ned", json!({})).await;
        stage.post().await;
    }
    assert_eq!(stage.sink.count("ned@new.example"), 1);
    let mut last = None;
    for _ in 0..11 {
        last = Some(stage.enroll("ned", json!({ "resend": true })).await);
        stage.post().await;
    }
    let last = last.unwrap();
    assert_eq!(refusal(&last), (429, "too_many_requests"));
    assert!(last.headers.contains_key("retry-after"));
    assert_eq!(stage.sink.count("ned@new.example"), 11);
}

#[tokio::test]
async fn l10_a_site_that_may_not_link_says_so_and_names_whom_to_ask() {
    let stage = Stage::new().await;
    stage.world.sql("UPDATE sites SET may_link = 0 WHERE id = 3").await;
    let shown = stage.world.get(&format!("{SITE}/enrollment"), "fay").await.json;
    assert_eq!(
        (&shown["next"], &shown["csm"]),
        (&json!("ask_csm"), &json!("csm@provider.example"))
    );
    for answer in [
        stage.enroll("fay", json!({})).await,
        stage.candidates("fay").await,
        stage.prepare("fay", acme()).await,
    ] {
        assert_eq!(refusal(&answer), (409, "may_not_link"));
        assert!(answer.json["remedy"].as_str().unwrap().contains("csm@provider.example"));
    }
}

#[tokio::test]
async fn l1_a_mail_that_may_have_left_is_not_sent_again_by_a_machine() {
    let mut stage = Stage::new().await;
    stage.enroll("ned", json!({})).await;
    // The process is killed after the intent: the mail may have left.
    stage.world.sql("UPDATE outbox SET state = 'sending', attempt = 1").await;
    stage.restart();
    stage.post().await;
    let shown = stage.world.get(&format!("{SITE}/enrollment"), "ned").await.json;
    assert_eq!(shown["connect"]["state"], "unknown", "{shown}");
    assert_eq!(stage.sink.taken().len(), 0);
    stage.enroll("ned", json!({ "resend": true })).await;
    stage.post().await;
    assert_eq!(stage.sink.count("ned@new.example"), 1, "a person may");
}
