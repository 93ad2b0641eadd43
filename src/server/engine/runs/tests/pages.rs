//! The person's own answer (rule U6), through the pages of the mail's link.

use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use serde_json::{Value, json};
use tower::ServiceExt;

use super::{Act, Phase, Stage};

pub(super) struct Page {
    pub status: StatusCode,
    headers: HeaderMap,
    html: String,
}

impl Stage {
    pub(super) async fn page(&self, method: &str, token: &str, body: &'static str) -> Page {
        let request = Request::builder().method(method).uri(format!("/i/{token}"));
        let request = request
            .header("content-type", "application/x-www-form-urlencoded")
            .body(Body::from(body))
            .unwrap();
        let response = self.world.app.clone().oneshot(request).await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        Page { status, headers, html: String::from_utf8(bytes.to_vec()).unwrap() }
    }

    /// Invites everyone by mail; answers the first mail's token.
    async fn invited(&mut self) -> String {
        self.start();
        let id = self.invite_all().await;
        self.until_state(&id, "done").await;
        self.sink.taken()[0].token()
    }

    pub(super) async fn row(&self, sql: &'static str) -> i64 {
        let mut conn = self.world.backend.store.read().await.unwrap();
        sqlx::query_scalar(sql).fetch_one(&mut *conn).await.unwrap()
    }
}

#[tokio::test]
async fn u6_looking_at_the_page_changes_nothing() {
    let mut stage = Stage::with_users(&["kim@gmail.com"]).await;
    let token = stage.invited().await;
    let before = stage.row("SELECT count(*) FROM audit").await;
    for method in ["GET", "HEAD"] {
        let page = stage.page(method, &token, "").await;
        assert_eq!(page.status, StatusCode::OK);
        assert_eq!(page.headers["referrer-policy"], "no-referrer");
        assert_eq!(page.headers["cache-control"], "no-store");
        let policy = page.headers["content-security-policy"].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"), "{policy}");
    }
    let page = stage.page("GET", &token, "").await;
    for said in [
        "Acme Robotics",
        "acme.webex.example",
        "kim@gmail.com",
        "within 48 hours",
        "This is not me, or I do not want this",
    ] {
        assert!(page.html.contains(said), "{said}: {}", page.html);
    }
    assert!(!page.html.contains("<script") && !page.html.contains("http"), "{}", page.html);
    assert_eq!(stage.row("SELECT count(*) FROM audit").await, before);
    assert_eq!(stage.outcomes().await["already_invited"], 1);
    let strange = stage.page("POST", &token, "action=maybe").await;
    assert_eq!(strange.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(stage.outcomes().await["already_invited"], 1);
}

#[tokio::test]
async fn u6_confirming_links_all_accounts_of_the_address() {
    let mut stage = Stage::with_users(&["kim@gmail.com"]).await;
    stage
        .world
        .sql(
            "INSERT INTO sites (id, url, company, organization, state, linked_at) VALUES
               (9, 'two.webex.example', 'Acme', 'acme', 'enrolled', 0)",
        )
        .await;
    stage.world.user(9, "Kim@gmail.com").await;
    stage.world.user(2, "kim@gmail.com").await;
    let token = stage.invited().await;
    let page = stage.page("POST", &token, "action=confirm").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.html.contains("acme.webex.example") && page.html.contains("two.webex.example"));
    let linked = "SELECT count(*) FROM site_users WHERE link = 'linked' AND site IN (1, 9)";
    assert_eq!(stage.row(linked).await, 2);
    let elsewhere = "SELECT count(*) FROM site_users WHERE link = 'linked' AND site = 2";
    assert_eq!(stage.row(elsewhere).await, 0, "i9: never in another organization");
    assert_eq!(stage.outcomes().await["already_linked"], 1);
    for body in ["action=confirm", "action=decline"] {
        let used = stage.page("POST", &token, body).await;
        assert_eq!(used.status, StatusCode::GONE, "single use");
        assert!(used.html.contains("was confirmed on"));
        let linked = "Your account on <b>two.webex.example</b> is linked to Acme Robotics.";
        assert!(used.html.contains(linked), "{}", used.html);
    }
    assert_eq!(stage.outcomes().await["already_linked"], 1);
}

#[tokio::test]
async fn u6_confirming_looks_at_rows_2_to_6_again() {
    let mut stage = Stage::with_users(&["kim@gmail.com"]).await;
    let token = stage.invited().await;
    stage.world.sql("UPDATE site_users SET active = 0 WHERE site = 1").await;
    let page = stage.page("POST", &token, "action=confirm").await;
    assert!(page.html.contains("the site account is deactivated"), "{}", page.html);
    assert_eq!(stage.row("SELECT count(*) FROM site_users WHERE link = 'linked'").await, 0);
    for method in ["GET", "POST"] {
        let again = stage.page(method, &token, "action=confirm").await.html;
        assert!(again.contains("the site account is deactivated"), "{again}");
        assert!(!again.contains("48 hours"), "a second visit promises nothing: {again}");
    }
    stage.world.sql("UPDATE site_users SET active = 1 WHERE site = 1").await;
    let again = stage.page("GET", &token, "").await.html;
    assert!(again.contains("within 48 hours of that"), "{again}");
    stage.world.sql("UPDATE invitations SET link_due_at = NULL").await;
    let late = stage.page("GET", &token, "").await.html;
    assert!(late.contains("can link it; you need not confirm again"), "{late}");
    assert_eq!(stage.outcomes().await["link_now"], 1, "confirmed stays confirmed");
}

#[tokio::test]
async fn u6_declining_holds_until_a_human_clears_it() {
    let mut stage = Stage::with_users(&["kim@gmail.com"]).await;
    let token = stage.invited().await;
    let page = stage.page("POST", &token, "action=decline").await;
    assert_eq!(page.status, StatusCode::OK);
    stage.world.backend.clock.advance(Duration::from_hours(8 * 24));
    assert_eq!(stage.outcomes().await["declined"], 1);
    let path = "/v1/organizations/acme/declines/Kim@GMAIL.com";
    let cleared = stage.world.send("DELETE", path, "fay", Value::Null).await;
    assert_eq!(cleared.status, StatusCode::NO_CONTENT);
    let again = stage.world.send("DELETE", path, "fay", Value::Null).await;
    assert_eq!(again.status, StatusCode::NOT_FOUND);
    let plan = stage.plan(json!({ "kind": "all" })).await;
    assert_eq!(
        (&plan["outcomes"]["email_consumer"], &plan["second_invitations"]),
        (&json!(1), &json!(1))
    );
    let used = stage.page("POST", &token, "action=confirm").await;
    assert_eq!(used.status, StatusCode::NOT_FOUND, "the answered link stays used");
}

#[tokio::test]
async fn row_10_nothing_is_pending_after_an_answer_that_was_cleared() {
    let mut stage = Stage::with_users(&["kim@gmail.com"]).await;
    let token = stage.invited().await;
    stage.page("POST", &token, "action=decline").await;
    let path = "/v1/organizations/acme/declines/kim@gmail.com";
    let cleared = stage.world.send("DELETE", path, "fay", Value::Null).await;
    assert_eq!(cleared.status, StatusCode::NO_CONTENT);
    stage.nobody_is_left().await;
    let plan = stage.plan(json!({ "kind": "all" })).await;
    assert_eq!(
        (&plan["outcomes"]["email_consumer"], &plan["second_invitations"]),
        (&json!(1), &json!(1)),
        "the same day: {plan}"
    );
    let again = stage.apply(&plan).await;
    stage.until_state(&again, "done").await;
    let second = stage.sink.taken()[1].token();
    let page = stage.page("POST", &second, "action=confirm").await;
    assert_eq!(page.status, StatusCode::OK);
    assert_eq!(stage.outcomes().await["already_linked"], 1);
}

#[tokio::test]
async fn u6_old_and_unknown_links_say_what_to_do() {
    let mut stage = Stage::with_users(&["kim@gmail.com"]).await;
    let token = stage.invited().await;
    stage.world.backend.clock.advance(Duration::from_hours(7 * 24));
    for (method, body) in [("GET", ""), ("POST", "action=confirm")] {
        let old = stage.page(method, &token, body).await;
        assert_eq!(old.status, StatusCode::GONE);
        assert!(old.html.contains("too old") && old.html.contains("ask an administrator"));
        let none = stage.page(method, "inv_nothing", body).await;
        assert_eq!(none.status, StatusCode::NOT_FOUND);
        assert!(none.html.contains("newest mail"));
    }
    assert_eq!(stage.outcomes().await["email_consumer"], 1);
}

#[tokio::test]
async fn the_persons_own_answer_ends_unknown() {
    for (answer, outcome) in [("action=confirm", "already_linked"), ("action=decline", "declined")]
    {
        let mut stage = Stage::with_users(&["kim@gmail.com"]).await;
        stage.sink.at(Phase::Dot, Act::Close { stored: true });
        stage.start();
        let id = stage.invite_all().await;
        assert_eq!(stage.until_state(&id, "done").await["unknown"], 1);
        let token = stage.sink.taken()[0].token();
        assert_eq!(stage.page("POST", &token, answer).await.status, StatusCode::OK);
        assert_eq!(stage.run(&id).await["emailed"], 1);
        assert_eq!(stage.outcomes().await[outcome], 1);
    }
}
