//! Rule T4 with a real mail server: sent once, resent by people alone, corrected, accepted.

use std::time::Duration;

use serde_json::{Value, json};

use super::Origin;
use crate::api::session::Secret;
use crate::server::directory::Directory;
use crate::server::directory::letters;
use crate::server::directory::offers::{self, NewOffer};
use crate::server::fixture::Fixture;
use crate::server::post::smtp::sink::{Act, Phase, Sink, Taken};
use crate::server::stop::Stop;

const WELCOME: &str = "/v1/organizations/acme/welcome";
const KIM: &str = "kim@acme.example";
const PASSWORD: &str = "correct horse battery";

/// Acme, just made by a trial, with Kim as its administrator; and a mail server.
struct World {
    fixture: Fixture,
    sink: Sink,
    directory: Directory,
}

impl World {
    async fn new(origin: Origin) -> Self {
        let sink = Sink::start();
        let smtp = Secret::new(sink.url());
        let fixture = Fixture::with(|options| options.smtp = Some(smtp)).await;
        fixture.small_world().await;
        fixture
            .sql(
                "INSERT INTO organization_roles VALUES ('acme', 'kim@acme.example', 'full_admin');
                 INSERT INTO identities VALUES ('kim@acme.example', 'acme', 0);",
            )
            .await;
        let backend = &fixture.backend;
        let directory = fixture.directory();
        let mut tx = backend.store.begin().await.unwrap();
        let by = "pat@meridian.example";
        let held = NewOffer { organization: "acme", email: KIM, role: None, origin, by };
        offers::make(&mut tx, &held, backend.clock.now()).await.unwrap();
        tx.commit().await.unwrap();
        Self { fixture, sink, directory }
    }

    /// What the backend does by itself.
    async fn send(&self) -> Value {
        letters::send_due(&self.directory, &Stop::default()).await.unwrap();
        self.shown().await
    }

    async fn shown(&self) -> Value {
        self.fixture.get(WELCOME, "pat").await.json
    }

    async fn resend(&self) -> crate::server::fixture::Answer {
        self.fixture.send("POST", &format!("{WELCOME}/resend"), "pat", Value::Null).await
    }

    async fn correct(&self, email: &str) -> crate::server::fixture::Answer {
        let body = json!({ "email": email });
        self.fixture.send("PUT", &format!("{WELCOME}/address"), "pat", body).await
    }

    async fn look(&self, code: &str) -> crate::server::fixture::Answer {
        self.fixture.send("POST", "/v1/welcome/look", "", json!({ "code": code })).await
    }

    async fn accept(
        &self,
        who: &str,
        code: &str,
        password: Option<&str>,
    ) -> crate::server::fixture::Answer {
        let sha256 = super::accept::terms().sha256;
        let mut body = json!({ "code": code, "terms_sha256": sha256 });
        if let Some(password) = password {
            body["password"] = password.into();
        }
        self.fixture.send("POST", "/v1/welcome/accept", who, body).await
    }

    /// The code of the mail that came last.
    fn code(&self) -> String {
        code(self.sink.taken().last().unwrap())
    }
}

fn code(mail: &Taken) -> String {
    let message = mail_parser::MessageParser::default().parse(&mail.message).unwrap();
    let text = message.body_text(0).unwrap().into_owned();
    let (_, rest) = text.split_once("/welcome/").unwrap();
    rest.split_whitespace().next().unwrap().to_owned()
}

#[tokio::test]
async fn t4_the_mail_is_sent_once_and_its_link_lets_the_administrator_in() {
    let world = World::new(Origin::Created).await;
    assert_eq!(world.shown().await["state"], "queued");
    let sent = world.send().await;
    assert_eq!(
        (&sent["state"], &sent["mails"], &sent["expired"]),
        (&json!("sent"), &json!(1), &json!(false))
    );
    world.send().await;
    assert_eq!(world.sink.count(KIM), 1);

    let code = world.code();
    let shown = world.look(&code).await.json;
    assert_eq!((&shown["asks"], &shown["email"]), (&json!("password"), &json!(KIM)));
    assert!(shown["terms"]["text"].as_str().unwrap().len() > 500);
    let short = world.accept("", &code, Some("too short")).await;
    assert_eq!((short.code(), &short.json["field"]), ("invalid", &json!("password")));
    let none = world.accept("", &code, None).await;
    assert_eq!((none.code(), &none.json["field"]), ("invalid", &json!("password")));
    let accepted = world.accept("", &code, Some(PASSWORD)).await;
    assert_eq!(accepted.status, 200, "{:?}", accepted.json);
    assert_eq!(accepted.json["setup"], "pending");
    let token = accepted.json["session"]["token"].as_str().unwrap();
    assert_eq!(world.fixture.get("/v1/me", token).await.json["email"], KIM);
    assert_eq!(world.fixture.get("/v1/organizations/acme/setup", token).await.status, 200);
    let sign_in = json!({ "email": KIM, "password": PASSWORD });
    assert_eq!(world.fixture.send("POST", "/v1/sessions", "", sign_in).await.status, 201);

    let used = world.accept("", &code, Some("another password")).await;
    assert_eq!((used.status.as_u16(), used.code()), (409, "code_used"));
    assert!(used.json["remedy"].as_str().unwrap().contains("Meridian Networks"));
    assert_eq!(world.shown().await["state"], "accepted");
    assert_eq!(world.resend().await.code(), "welcome_accepted");
    assert_eq!(world.correct("lee@acme.example").await.code(), "welcome_accepted");
}

#[tokio::test]
async fn t4_the_accepted_text_is_kept_with_who_and_when() {
    let world = World::new(Origin::Created).await;
    world.send().await;
    let code = world.code();
    let body = json!({ "code": code, "password": PASSWORD, "terms_sha256": "0".repeat(64) });
    let other = world.fixture.send("POST", "/v1/welcome/accept", "", body).await;
    assert_eq!((other.status.as_u16(), other.code()), (409, "terms_changed"));
    assert_eq!(world.accept("", &code, Some(PASSWORD)).await.status, 200);
    let mut conn = world.fixture.backend.store.read().await.unwrap();
    let kept: (String, String, String, i64) =
        sqlx::query_as("SELECT person, organization, text_hash, accepted_at FROM terms_accepted")
            .fetch_one(&mut *conn)
            .await
            .unwrap();
    let terms = super::accept::terms();
    assert_eq!((kept.0.as_str(), kept.1.as_str(), kept.2), (KIM, "acme", terms.sha256.clone()));
    assert!(kept.3 > 0);
    let audit = world.fixture.get("/v1/audit", "fay").await.json;
    assert_eq!(audit["items"][0]["action"], "welcome.accepted");
    assert_eq!(audit["items"][0]["detail"]["terms_sha256"], terms.sha256);
    let all = audit.to_string();
    assert!(!all.contains(&code) && !all.contains(PASSWORD), "I16");
}

#[tokio::test]
async fn t4_who_can_sign_in_already_is_never_offered_a_new_password() {
    let world = World::new(Origin::Existing).await;
    world.fixture.person(KIM).await;
    world.send().await;
    let text = world.sink.taken()[0].message.clone();
    assert!(text.contains("keep the password"), "{text}");
    let code = world.code();
    assert_eq!(world.look(&code).await.json["asks"], "sign_in");
    for (who, password) in
        [("", None), ("", Some(PASSWORD)), ("fay", None), ("fay", Some(PASSWORD))]
    {
        let refused = world.accept(who, &code, password).await;
        assert_eq!((refused.status.as_u16(), refused.code()), (409, "sign_in_first"), "{who}");
    }
    let accepted = world.accept("kim", &code, None).await;
    assert_eq!(accepted.status, 200, "{:?}", accepted.json);
    assert_eq!(accepted.json.get("session"), None, "the session that was sent goes on");
    let mut conn = world.fixture.backend.store.read().await.unwrap();
    let phc: Option<String> =
        sqlx::query_scalar("SELECT password_hash FROM people WHERE email = $1")
            .bind(KIM)
            .fetch_one(&mut *conn)
            .await
            .unwrap();
    assert_eq!(phc, None);
}

#[tokio::test]
async fn t4_the_link_works_for_seven_days_and_says_who_can_send_a_new_one() {
    let world = World::new(Origin::Created).await;
    world.send().await;
    let code = world.code();
    world.fixture.backend.clock.advance(Duration::from_mins(7 * 24 * 60 - 1));
    assert_eq!(world.look(&code).await.status, 200);
    world.fixture.backend.clock.advance(Duration::from_secs(61));
    let expired = world.accept("", &code, Some(PASSWORD)).await;
    assert_eq!((expired.status.as_u16(), expired.code()), (409, "code_expired"));
    let remedy = expired.json["remedy"].as_str().unwrap();
    assert!(remedy.contains("Meridian Networks") && remedy.contains("new one"), "{remedy}");
    assert_eq!(world.shown().await["expired"], true);
    assert_eq!(world.resend().await.status, 202);
    world.send().await;
    assert_eq!(world.look(&world.code()).await.status, 200);
    assert_eq!(world.look("wel_nothing").await.code(), "code_unknown");
}

#[tokio::test]
async fn t4_a_resent_mail_takes_the_place_of_the_one_before() {
    let world = World::new(Origin::Created).await;
    world.sink.at(Phase::Dot, Act::Close { stored: true });
    world.send().await;
    let old = world.code();
    world.sink.at(Phase::Dot, Act::Go);
    let queued = world.resend().await;
    assert_eq!((queued.status.as_u16(), &queued.json["state"]), (202, &json!("queued")));
    assert_eq!(world.look(&old).await.status, 200, "until the new one is there");
    world.send().await;
    assert_eq!(world.sink.count(KIM), 2);
    let dead = world.look(&old).await;
    assert_eq!((dead.status.as_u16(), dead.code()), (404, "code_unknown"));
    assert_eq!(world.look(&world.code()).await.status, 200);
    let link = format!("https://hub.example/welcome/{}", world.code());
    assert_eq!(world.look(&link).await.status, 200, "the whole link will do");
}

#[tokio::test]
async fn p1_what_was_delivered_is_sent_again_after_a_week() {
    let world = World::new(Origin::Created).await;
    world.send().await;
    world.fixture.backend.clock.advance(Duration::from_hours(6 * 24));
    let refused = world.resend().await;
    assert_eq!((refused.status.as_u16(), refused.code()), (429, "too_many_requests"));
    let wait: u64 = refused.headers["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((86_000..=86_400).contains(&wait), "{wait}");
    world.fixture.backend.clock.advance(Duration::from_hours(24));
    assert_eq!(world.resend().await.status, 202);
    world.send().await;
    assert_eq!(world.sink.count(KIM), 2);
}

#[tokio::test]
async fn t4_the_old_link_and_right_die_with_the_old_address() {
    let world = World::new(Origin::Created).await;
    world.fixture.person(KIM).await;
    let trial = "INSERT INTO trials (organization, administrator, days, started_at, started_by,
                   ends_at)
                 VALUES ('acme', 'kim@acme.example', 30, 0, 'pat@meridian.example', 4102444800000)";
    world.fixture.sql(trial).await;
    world.send().await;
    let old = world.code();
    for (email, code) in
        [("nobody", "invalid"), (KIM, "invalid"), ("zoe@zeta.example", "other_organization")]
    {
        let refused = world.correct(email).await;
        assert_eq!((refused.code(), &refused.json["field"]), (code, &json!("email")), "{email}");
    }
    assert_eq!(world.fixture.get("/v1/organizations/acme", "kim").await.status, 200);
    let corrected = world.correct("Lee@ACME.example").await;
    assert_eq!(corrected.status, 202, "{:?}", corrected.json);
    assert_eq!(corrected.json["email"], "lee@acme.example");
    assert_eq!(world.look(&old).await.code(), "offer_withdrawn");
    assert_eq!(world.accept("kim", &old, None).await.code(), "offer_withdrawn");
    assert_eq!(world.fixture.get("/v1/organizations/acme", "kim").await.status, 404);
    world.send().await;
    assert_eq!(world.sink.count("lee@acme.example"), 1);
    assert_eq!(world.accept("", &world.code(), Some(PASSWORD)).await.status, 200);
    let acme = world.fixture.get("/v1/organizations/acme", "fay").await.json.to_string();
    assert!(acme.contains("lee@acme.example") && !acme.contains(KIM), "{acme}");
    let trial = world.fixture.get("/v1/trials/acme", "pat").await.json;
    assert_eq!(trial["administrator"], "lee@acme.example");
}

#[tokio::test]
async fn t4_an_address_is_corrected_only_where_the_trial_or_order_made_the_organization() {
    let world = World::new(Origin::Existing).await;
    world.send().await;
    let refused = world.correct("lee@acme.example").await;
    assert_eq!((refused.status.as_u16(), refused.code()), (409, "welcome_fixed"));
    assert_eq!(world.look(&world.code()).await.status, 200);
}

#[tokio::test]
async fn i1_what_may_have_been_sent_is_shown_and_sent_again_by_a_person_alone() {
    let world = World::new(Origin::Created).await;
    world.sink.at(Phase::Dot, Act::Close { stored: true });
    let unknown = world.send().await;
    assert_eq!(unknown["state"], "unknown", "{unknown}");
    world.sink.at(Phase::Dot, Act::Go);
    world.send().await;
    world.fixture.backend.clock.advance(Duration::from_hours(24));
    world.send().await;
    assert_eq!(world.sink.count(KIM), 1, "never again by itself");
    let first = world.code();
    assert_eq!(world.look(&first).await.status, 200, "it did arrive, and its link works");
    assert_eq!(world.resend().await.status, 202);
    assert_eq!(world.send().await["state"], "sent");
    assert_eq!(world.sink.count(KIM), 2);
}

#[tokio::test]
async fn i7_a_crash_while_sending_leaves_unknown_behind() {
    let world = World::new(Origin::Created).await;
    world.sink.at(Phase::Dot, Act::Hang);
    {
        let stop = Stop::default();
        let sending = letters::send_due(&world.directory, &stop);
        tokio::select! {
            _ = sending => panic!("the mail server hangs"),
            () = world.sink.dots(1) => {}
        }
    }
    assert_eq!(world.shown().await["state"], "sending");
    assert_eq!(world.resend().await.code(), "welcome_sending");
    world.sink.at(Phase::Dot, Act::Go);
    // The next process begins.
    letters::begin(&world.directory).await.unwrap();
    let unknown = world.send().await;
    assert_eq!((&unknown["state"], world.sink.count(KIM)), (&json!("unknown"), 0));
    assert!(unknown["detail"].as_str().unwrap().contains("ended"));
    world.resend().await;
    assert_eq!(world.send().await["state"], "sent");
}

#[tokio::test]
async fn t4_a_refused_mail_says_why_and_a_deferred_one_waits() {
    let world = World::new(Origin::Created).await;
    world.sink.at(Phase::Rcpt, Act::Say("550 no such user".into()));
    let refused = world.send().await;
    assert_eq!(refused["state"], "refused");
    assert!(refused["detail"].as_str().unwrap().contains("no such user"), "{refused}");
    world.sink.at(Phase::Rcpt, Act::Say("451 later".into()));
    world.resend().await;
    let deferred = world.send().await;
    assert_eq!(deferred["state"], "queued");
    assert!(deferred["detail"].as_str().unwrap().contains("later"));
    world.sink.at(Phase::Rcpt, Act::Go);
    world.send().await;
    assert_eq!(world.sink.count(KIM), 0, "not before its time");
    world.fixture.sql("UPDATE outbox SET not_before = 1").await;
    assert_eq!(world.send().await["state"], "sent");
    assert_eq!(world.sink.count(KIM), 1);
}

#[tokio::test]
async fn t4_nobody_floods_an_inbox() {
    let world = World::new(Origin::Created).await;
    // Nobody knows that any of them arrived, and each of them did.
    world.sink.at(Phase::Dot, Act::Close { stored: true });
    for _ in 0..10 {
        world.send().await;
        world.resend().await;
    }
    let refused = world.resend().await;
    assert_eq!((refused.status.as_u16(), refused.code()), (429, "too_many_requests"));
    world.fixture.backend.clock.advance(Duration::from_secs(86_401));
    assert_eq!(world.resend().await.status, 202);
}
