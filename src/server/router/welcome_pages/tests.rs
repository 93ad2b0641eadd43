//! Rule T4 in a browser without scripts: the forms are read from the pages and sent as they are.

use std::collections::HashMap;

use axum::body::{Body, to_bytes};
use axum::http::{Request, Response, StatusCode, header};
use tower::ServiceExt;

use super::*;
use crate::server::fixture::Fixture;
use crate::server::store::{hash_secret, to_millis};

const LINK: &str = "/welcome/wel_x";
const KIM: &str = "kim@acme.example";

/// Acme with Kim's welcome, and a browser that keeps its cookie.
struct Browser {
    world: Fixture,
    cookie: String,
}

struct Page {
    status: StatusCode,
    headers: HeaderMap,
    text: String,
}

impl Page {
    /// The hidden and filled fields of the form.
    fn fields(&self) -> HashMap<String, String> {
        let mut fields = HashMap::new();
        for input in self.text.split("<input").skip(1) {
            let tag = input.split('>').next().unwrap();
            let of = |name: &str| {
                let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
                rest.split('"').next().map(str::to_owned)
            };
            if let (Some(name), Some(value)) = (of("name"), of("value"))
                && of("type").as_deref() != Some("checkbox")
            {
                fields.insert(name, value);
            }
        }
        fields
    }
}

impl Browser {
    async fn new(change: impl FnOnce(&mut crate::server::ServeOptions)) -> Self {
        let world = Fixture::with(change).await;
        world.small_world().await;
        let now = to_millis(world.backend.clock.now());
        world
            .sql(&format!(
                "INSERT INTO organization_roles VALUES ('acme', '{KIM}', 'full_admin');
                 INSERT INTO setups (organization, begun_at) VALUES ('acme', 0);
                 INSERT INTO welcomes (organization, email, origin, begun_at, state)
                   VALUES ('acme', '{KIM}', 'created', {now}, 'sent');
                 INSERT INTO welcome_links (token_hash, organization, email, made_at)
                   VALUES ('{}', 'acme', '{KIM}', {now});",
                hash_secret("wel_x")
            ))
            .await;
        Self { world, cookie: String::new() }
    }

    async fn go(&mut self, request: Request<Body>) -> Page {
        let response: Response<Body> = self.world.app.clone().oneshot(request).await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        if let Some(cookie) = headers.get(header::SET_COOKIE) {
            self.cookie = cookie.to_str().unwrap().split(';').next().unwrap().to_owned();
        }
        let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        Page { status, headers, text: String::from_utf8(bytes.to_vec()).unwrap() }
    }

    async fn get(&mut self, path: &str) -> Page {
        let request = Request::get(path).header(header::COOKIE, &self.cookie);
        self.go(request.body(Body::empty()).unwrap()).await
    }

    /// Presses a button that gives an answer.
    async fn answer(&mut self, answer: &str) -> Page {
        let request = Request::post(LINK)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(format!("answer={answer}")));
        self.go(request.unwrap()).await
    }

    /// Where Kim's welcome stands.
    async fn standing(&self) -> String {
        let mut conn = self.world.backend.store.read().await.unwrap();
        sqlx::query_scalar("SELECT state FROM welcomes").fetch_one(&mut *conn).await.unwrap()
    }

    /// Sends the page's form with these fields filled in.
    async fn send(&mut self, page: &Page, fill: &[(&str, &str)]) -> Page {
        let mut fields = page.fields();
        fields.extend(fill.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let body = serde_urlencoded::to_string(&fields).unwrap();
        let request = Request::post(LINK)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(body));
        self.go(request.unwrap()).await
    }
}

const PASSWORD: &str = "correct horse battery";
const BOTH: [(&str, &str); 2] = [("password", PASSWORD), ("repeat", PASSWORD)];

#[tokio::test]
async fn t4_the_pages_lead_from_the_link_to_signed_in() {
    let mut browser = Browser::new(|_| {}).await;
    let first = browser.get(LINK).await;
    assert_eq!(first.status, 200);
    assert!(first.text.contains("Choose a password") && first.text.contains("Acme Robotics"));
    let terms = browser.send(&first, &BOTH).await;
    assert!(terms.text.contains("Terms of service") && terms.text.contains("1. The services."));
    assert!(!terms.text.contains(PASSWORD));
    // Nothing is used up yet: the link still opens.
    assert_eq!(browser.get(LINK).await.status, 200);
    let done = browser.send(&terms, &[("accept", "yes")]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER);
    assert_eq!(done.headers[header::LOCATION], "../welcome");
    let home = browser.get("/welcome").await;
    assert!(home.text.contains("You are signed in") && home.text.contains(KIM), "{}", home.text);
    assert!(home.text.contains("set up the services of Acme Robotics"), "{}", home.text);
    let used = browser.get(LINK).await;
    assert_eq!(used.status, StatusCode::GONE);
    assert!(used.text.contains("This link was used") && used.text.contains("Meridian Networks"));
    let sign_in = serde_json::json!({ "email": KIM, "password": PASSWORD });
    assert_eq!(browser.world.send("POST", "/v1/sessions", "", sign_in).await.status, 201);
}

#[tokio::test]
async fn t4_showing_a_page_changes_nothing() {
    let mut browser = Browser::new(|_| {}).await;
    for _ in 0..3 {
        browser.get(LINK).await;
    }
    let mut conn = browser.world.backend.store.read().await.unwrap();
    let people: i64 = sqlx::query_scalar("SELECT count(*) FROM people WHERE email = $1")
        .bind(KIM)
        .fetch_one(&mut *conn)
        .await
        .unwrap();
    assert_eq!(people, 0);
}

#[tokio::test]
async fn t4_errors_stand_beside_the_field_and_nothing_is_lost() {
    let mut browser = Browser::new(|_| {}).await;
    let first = browser.get(LINK).await;
    for (fill, said) in [
        ([("password", "short"), ("repeat", "short")], "at least 12 characters"),
        ([("password", PASSWORD), ("repeat", "something else")], "not the same"),
    ] {
        let again = browser.send(&first, &fill).await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(again.text.contains(said) && again.text.contains("role=\"alert\""), "{said}");
        assert!(again.text.contains("aria-describedby=\"problem\""));
    }
    let terms = browser.send(&first, &BOTH).await;
    let unticked = browser.send(&terms, &[]).await;
    assert_eq!(unticked.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(unticked.text.contains("Tick the box"));
    let done = browser.send(&unticked, &[("accept", "yes")]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn t4_the_terms_page_belongs_to_the_password_chosen_before_it() {
    let mut browser = Browser::new(|_| {}).await;
    let first = browser.get(LINK).await;
    let terms = browser.send(&first, &BOTH).await;
    // Somebody else with the same link chooses another password in between.
    let other = [("password", "another password"), ("repeat", "another password")];
    browser.send(&first, &other).await;
    let refused = browser.send(&terms, &[("accept", "yes")]).await;
    assert!(refused.text.contains("opened a second time"), "{}", refused.text);
    assert!(refused.text.contains("Choose a password"));
    let forged = browser.send(&terms, &[("accept", "yes"), ("tie", "")]).await;
    assert!(forged.headers.get(header::SET_COOKIE).is_none());
}

#[tokio::test]
async fn t4_who_can_sign_in_already_does_so_and_keeps_the_password() {
    let mut browser = Browser::new(|_| {}).await;
    browser.world.person(KIM).await;
    let first = browser.get(LINK).await;
    assert!(first.text.contains("keep the password you have"));
    assert!(!first.text.contains("new-password"));
    let wrong = browser.send(&first, &[("password", "not hers")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.text.contains("not the password"));
    // Asking for a new password by hand leads back to signing in.
    let mut forged = BOTH.to_vec();
    forged.push(("step", "password"));
    assert!(browser.send(&first, &forged).await.text.contains("Sign in"));
    // The terms without having signed in lead nowhere.
    let skipped = [("step", "terms"), ("accept", "yes"), ("tie", "")];
    assert!(browser.send(&first, &skipped).await.headers.get(header::SET_COOKIE).is_none());
    let terms = browser.send(&first, &[("password", "kim")]).await;
    assert!(terms.text.contains("Terms of service"), "{}", terms.text);
    let done = browser.send(&terms, &[("accept", "yes")]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn t4_the_cookie_is_for_these_pages_alone_and_ends() {
    for (url, secure, path) in [
        (None, false, "Path=/welcome;"),
        (Some("https://hub.example/base/"), true, "Path=/base/welcome;"),
    ] {
        let mut browser = Browser::new(|options| options.public_url = url.map(str::to_owned)).await;
        let first = browser.get(LINK).await;
        let terms = browser.send(&first, &BOTH).await;
        let done = browser.send(&terms, &[("accept", "yes")]).await;
        let cookie = done.headers[header::SET_COOKIE].to_str().unwrap().to_owned();
        for part in ["HttpOnly", "SameSite=Strict", "Max-Age=43200", path] {
            assert!(cookie.contains(part), "{part} in {cookie}");
        }
        assert_eq!(cookie.contains("; Secure"), secure, "{cookie}");
        let before = browser.cookie.clone();
        let out = Request::post("/welcome/sign-out").header(header::COOKIE, &browser.cookie);
        browser.go(out.body(Body::empty()).unwrap()).await;
        browser.cookie = before;
        assert!(browser.get("/welcome").await.text.contains("not signed in"));
    }
}

#[tokio::test]
async fn t4_links_that_do_not_open_say_what_to_do() {
    let mut browser = Browser::new(|_| {}).await;
    let unknown = browser.get("/welcome/wel_y").await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
    assert!(unknown.text.contains("This link does not work"));
    browser.world.backend.clock.advance(std::time::Duration::from_hours(8 * 24));
    let old = browser.get(LINK).await;
    assert_eq!(old.status, StatusCode::GONE);
    assert!(old.text.contains("too old") && old.text.contains("Meridian Networks"));
    let late = browser.send(&old, &[("step", "password"), BOTH[0], BOTH[1]]).await;
    assert_eq!(late.status, StatusCode::GONE);
}

#[tokio::test]
async fn t4_the_pages_run_no_script_and_tell_no_other_site() {
    let mut browser = Browser::new(|_| {}).await;
    browser
        .world
        .sql("UPDATE organizations SET name = '<script>alert(1)</script>' WHERE id = 'acme'")
        .await;
    let first = browser.get(LINK).await;
    let terms = browser.send(&first, &BOTH).await;
    for page in [&first, &terms] {
        assert!(
            page.headers[header::CONTENT_SECURITY_POLICY]
                .to_str()
                .unwrap()
                .starts_with("default-src 'none'")
        );
        assert_eq!(page.headers[header::REFERRER_POLICY], "no-referrer");
        assert!(!page.text.contains("<script"), "{}", page.text);
        assert!(page.text.contains("&lt;script&gt;"));
    }
}

#[tokio::test]
async fn p1_the_page_says_who_offers_what_and_a_no_stands_until_it_is_lifted() {
    let mut browser = Browser::new(|_| {}).await;
    browser
        .world
        .sql(&format!(
            "DELETE FROM organization_roles WHERE email = '{KIM}';
             INSERT INTO offer_roles VALUES
               ('acme', '{KIM}', 'full_admin', 'pat@meridian.example', 0);"
        ))
        .await;
    let first = browser.get(LINK).await;
    for said in [
        "Meridian Networks offers you the role of full admin in <b>Acme Robotics</b>",
        "Accepting makes you a user of Acme Robotics",
        "one organization at most",
        "Decline this offer",
    ] {
        assert!(first.text.contains(said), "{said} in {}", first.text);
    }
    assert_eq!(browser.standing().await, "sent", "GET changes nothing");
    let declined = browser.answer("decline").await;
    assert!(declined.text.contains("You have declined"), "{}", declined.text);
    assert_eq!(browser.standing().await, "declined");
    let again = browser.get(LINK).await;
    assert!(again.text.contains("You have declined this offer"), "{}", again.text);
    let lifted = browser.answer("lift").await;
    assert!(lifted.text.contains("may offer you a role again"), "{}", lifted.text);
    let terms = browser.get(LINK).await;
    let terms = browser.send(&terms, &BOTH).await;
    assert_eq!(browser.send(&terms, &[("accept", "yes")]).await.status, StatusCode::SEE_OTHER);
    let held = browser.world.get("/v1/organizations/acme", "fay").await.json;
    assert!(held["administrators"].to_string().contains(KIM), "{held}");
}
