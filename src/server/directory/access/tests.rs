//! Rule P5 with a real mail server: codes for new passwords, and tokens that expire.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::expiring::tell;
use crate::api::session::Secret;
use crate::server::directory::{Directory, letters};
use crate::server::fixture::{Answer, Fixture, ROOT};
use crate::server::post::smtp::sink::{Act, Phase, Sink, Taken};
use crate::server::stop::Stop;

const FAY: &str = "fay@acme.example";
const NEW: &str = "another long password";

/// The small world, and a mail server.
struct World {
    fixture: Fixture,
    sink: Sink,
    directory: Directory,
}

impl World {
    async fn new() -> Self {
        let sink = Sink::start();
        let smtp = Secret::new(sink.url());
        let fixture = Fixture::with(|options| options.smtp = Some(smtp)).await;
        fixture.small_world().await;
        let directory = fixture.directory();
        Self { fixture, sink, directory }
    }

    async fn ask(&self, email: &str) -> Answer {
        let answer =
            self.fixture.send("POST", "/v1/password-resets", "", json!({ "email": email })).await;
        letters::send_due(&self.directory, &Stop::default()).await.unwrap();
        answer
    }

    async fn use_code(&self, code: &str, password: &str) -> Answer {
        let body = json!({ "code": code, "password": password });
        self.fixture.send("POST", "/v1/password-resets/use", "", body).await
    }

    async fn works(&self, secret: &str) -> bool {
        self.fixture.get("/v1/me", secret).await.status == 200
    }
}

fn code(mail: &Taken) -> String {
    let message = mail_parser::MessageParser::default().parse(&mail.message).unwrap();
    let text = message.body_text(0).unwrap().into_owned();
    text.split_whitespace().find(|word| word.starts_with("rst_")).unwrap().to_owned()
}

#[tokio::test]
async fn p5_a_forgotten_password_is_reset_by_a_mailed_code_once() {
    let world = World::new().await;
    let granted = world.fixture.send("POST", "/v1/sessions", "", json!({ "token": "fay" })).await;
    let open = granted.json["token"].as_str().unwrap().to_owned();
    assert_eq!(world.ask(FAY).await.status, 202);
    let taken = world.sink.taken();
    assert_eq!((taken.len(), taken[0].recipients.as_slice()), (1, [FAY.to_owned()].as_slice()));
    let code = code(&taken[0]);
    assert_eq!(world.use_code(&code, "too short").await.json["field"], "password");
    let done = world.use_code(&code, NEW).await;
    assert_eq!((done.status.as_u16(), &done.json["email"]), (200, &json!(FAY)));
    assert!(!world.works(&open).await, "all sessions end");
    assert!(world.works("fay").await, "tokens stay");
    // A code answers its own repeat, and nothing else.
    assert_eq!(world.use_code(&code, NEW).await.status, 200);
    assert_eq!(world.use_code(&code, "a third long password").await.code(), "code_used");
    let body = json!({ "email": FAY, "password": NEW });
    assert_eq!(world.fixture.send("POST", "/v1/sessions", "", body).await.status, 201);
}

#[tokio::test]
async fn p5_the_answer_is_the_same_whether_or_not_the_address_is_known() {
    let world = World::new().await;
    let (known, unknown) = (world.ask(FAY).await, world.ask("no@acme.example").await);
    assert_eq!((known.status, &known.json), (unknown.status, &unknown.json));
    // A backend admin who never had a password has the host instead.
    assert_eq!(world.ask("admin@hublink.example").await.status, 202);
    assert_eq!(world.sink.taken().len(), 1);
    world.ask(FAY).await;
    world.ask(FAY).await;
    world.ask("no@acme.example").await;
    world.ask("no@acme.example").await;
    let (known, unknown) = (world.ask(FAY).await, world.ask("no@acme.example").await);
    assert_eq!((known.status.as_u16(), unknown.status.as_u16()), (429, 429));
    assert_eq!(world.sink.count(FAY), 3);
    for n in 0..3 {
        world.ask(&format!("p{n}@acme.example")).await;
    }
    assert_eq!(world.ask("lee@acme.example").await.status, 429, "a peer asks ten times an hour");
}

#[tokio::test]
async fn p5_a_code_ends_with_time_and_with_its_person() {
    let world = World::new().await;
    world.ask("rob@acme.example").await;
    let late = code(&world.sink.taken()[0]);
    world.fixture.sql("UPDATE password_resets SET expires_at = 1000").await;
    assert_eq!(world.use_code(&late, NEW).await.code(), "code_expired");
    assert_eq!(world.use_code("rst_nonsense", NEW).await.code(), "code_unknown");
    world.ask("rob@acme.example").await;
    let open = code(world.sink.taken().last().unwrap());
    let path = "/v1/people/rob@acme.example/disable";
    assert_eq!(world.fixture.send("POST", path, ROOT, Value::Null).await.status, 200);
    assert_eq!(world.use_code(&open, NEW).await.code(), "code_unknown");
    world.ask("rob@acme.example").await;
    assert_eq!(world.sink.count("rob@acme.example"), 2, "never for who is disabled");
}

#[tokio::test]
async fn p5_of_several_codes_the_last_that_was_mailed_works() {
    let world = World::new().await;
    world.ask(FAY).await;
    // Nobody knows whether the second has come: the first may be all there is.
    world.sink.at(Phase::Dot, Act::Close { stored: true });
    world.ask(FAY).await;
    let codes: Vec<_> = world.sink.taken().iter().map(code).collect();
    for code in &codes {
        let short = world.use_code(code, "too short").await;
        assert_eq!(short.json["field"], "password", "it would do");
    }
    world.sink.at(Phase::Dot, Act::Go);
    world.ask(FAY).await;
    for older in &codes {
        assert_eq!(world.use_code(older, NEW).await.code(), "code_unknown");
    }
    let newest = code(world.sink.taken().last().unwrap());
    assert_eq!(world.use_code(&newest, NEW).await.status, 200, "no older one has spent it");
}

#[tokio::test]
async fn p5_a_code_that_did_not_leave_does_not_work_and_is_not_told() {
    let world = World::new().await;
    world.sink.at(Phase::Dot, Act::Say("451 later".into()));
    assert_eq!(world.ask(FAY).await.status, 202);
    let state: (String, Option<String>) =
        sqlx::query_as("SELECT state, token_hash FROM password_resets")
            .fetch_one(&mut *world.fixture.backend.store.read().await.unwrap())
            .await
            .unwrap();
    assert_eq!(state, ("asked".to_owned(), None));
}

#[tokio::test]
async fn p5_of_two_codes_that_wait_the_newer_is_mailed() {
    let world = World::new().await;
    world.sink.at(Phase::Mail, Act::Say("421 closed".into()));
    assert_eq!(world.ask(FAY).await.status, 202);
    assert_eq!(world.ask(FAY).await.status, 202);
    let waits: i64 = sqlx::query_scalar("SELECT count(*) FROM outbox WHERE queue = 'passwords'")
        .fetch_one(&mut *world.fixture.backend.store.read().await.unwrap())
        .await
        .unwrap();
    assert_eq!(waits, 1);
    world.sink.at(Phase::Mail, Act::Go);
    // Another process, another server perhaps: all is due.
    let directory = world.fixture.another_process();
    letters::begin(&directory).await.unwrap();
    letters::send_due(&directory, &Stop::default()).await.unwrap();
    assert_eq!(world.sink.count(FAY), 1);
    assert_eq!(world.use_code(&code(&world.sink.taken()[0]), NEW).await.status, 200);
}

#[tokio::test]
async fn p5_a_token_that_expires_is_told_once_14_days_before() {
    let world = World::new().await;
    let body = json!({ "note": "build machine" });
    let made = world.fixture.send("POST", "/v1/tokens", "fay", body).await;
    world.fixture.send("POST", "/v1/tokens", "fay", json!({ "days": 10 })).await;
    let expires: Timestamp = made.json["expires_at"].as_str().unwrap().parse().unwrap();
    let told = async |days: i64| -> Vec<(String, String)> {
        let now = expires - SignedDuration::from_hours(24 * days);
        tell(&world.directory, now).await.unwrap();
        sqlx::query_as("SELECT recipient, text FROM outbox WHERE queue = 'notices'")
            .fetch_all(&mut *world.fixture.backend.store.read().await.unwrap())
            .await
            .unwrap()
    };
    assert!(told(15).await.is_empty());
    let first = told(14).await;
    assert_eq!(first.len(), 1, "{first:?}");
    assert_eq!(first[0].0, FAY);
    assert!(first[0].1.contains("\"build machine\""), "{first:?}");
    assert_eq!(told(2).await.len(), 1, "once");
}

#[tokio::test]
async fn p5_a_page_sets_the_password_and_gives_no_secret_back() {
    let world = World::new().await;
    world.ask(FAY).await;
    let code = code(&world.sink.taken()[0]);
    let page = async |body: Option<String>| {
        let method = if body.is_some() { "POST" } else { "GET" };
        let request = axum::http::Request::builder().method(method).uri("/reset");
        let request = request.body(axum::body::Body::from(body.unwrap_or_default())).unwrap();
        let response =
            tower::ServiceExt::oneshot(world.fixture.app.clone(), request).await.unwrap();
        let status = response.status().as_u16();
        let bytes = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
        (status, String::from_utf8(bytes.to_vec()).unwrap())
    };
    let sent = |code: &str, password: &str, repeat: &str| {
        Some(
            serde_urlencoded::to_string([
                ("code", code),
                ("password", password),
                ("repeat", repeat),
            ])
            .unwrap(),
        )
    };
    assert!(page(None).await.1.contains("A new password"));
    for (body, says) in [
        (sent("", NEW, NEW), "Paste the code"),
        (sent(&code, NEW, "something else"), "not the same"),
        (sent(&code, "short", "short"), "at least 12 characters"),
        (sent("rst_nonsense", NEW, NEW), "No mail has this code"),
    ] {
        let (status, text) = page(body).await;
        assert!(status >= 400 && text.contains(says), "{says}: {status} {text}");
        assert!(!text.contains(&code) && !text.contains(NEW), "{text}");
    }
    let broken = format!(" {}\n {}", &code[..9], &code[9..]);
    let (status, text) = page(sent(&broken, NEW, NEW)).await;
    assert!(status == 200 && text.contains(FAY), "{status} {text}");
    let body = json!({ "email": FAY, "password": NEW });
    assert_eq!(world.fixture.send("POST", "/v1/sessions", "", body).await.status, 201);
}

#[tokio::test]
async fn p5_a_code_of_the_wrong_mail_says_where_it_belongs() {
    let world = World::new().await;
    world.ask(FAY).await;
    let code = json!({ "code": code(&world.sink.taken()[0]) });
    let told = world.fixture.send("POST", "/v1/welcome/look", "", code).await;
    assert_eq!((told.status.as_u16(), told.code()), (409, "reset_code"));
    assert!(told.json["remedy"].as_str().unwrap().contains("password reset --code"), "{told:?}");
}
