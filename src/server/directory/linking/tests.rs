//! Linking a site, through the API and a mail server over TCP; workers are driven by hand, so that
//! nobody waits for time.
//!
//! Owns the stage that these tests share: Fay and Zoe are full admins and admins of the new site
//! too, Ned is its admin and in no organization.

mod candidates;
mod elsewhere;
mod enroll;
mod job;
mod link;
mod races;

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::job as worker;
use crate::api::session::Secret;
use crate::server::directory::{Directory, letters};
use crate::server::fixture::{Answer, Fixture};
use crate::server::post::smtp::sink::Sink;
use crate::server::provider::Provider;
use crate::server::stop::Stop;

/// The site that waits to be linked.
const SITE: &str = "/v1/sites/new.webex.example";
const URL: &str = "new.webex.example";
/// As long as the job takes on the stage.
const DELAY: Duration = Duration::from_hours(2);

struct Stage {
    world: Fixture,
    sink: Sink,
    directory: Directory,
}

impl Stage {
    async fn new() -> Self {
        Self::over(None).await
    }

    /// With another provider than the reference.
    async fn over(provider: Option<Arc<dyn Provider>>) -> Self {
        let sink = Sink::start();
        let url = sink.url();
        let world = Fixture::with(|options| {
            options.smtp = Some(Secret::new(url));
            options.link_delay = DELAY;
            if let Some(provider) = provider {
                options.provider = provider;
            }
        })
        .await;
        world.small_world().await;
        world
            .sql(
                "UPDATE sites SET csm = 'csm@provider.example' WHERE id = 3;
                 INSERT INTO site_admins (site, email) VALUES
                   (3, 'fay@acme.example'), (3, 'zoe@zeta.example');",
            )
            .await;
        let directory = Self::process(&world);
        Self { world, sink, directory }
    }

    /// The directory as a process has it; a second one is what a restart makes.
    fn process(world: &Fixture) -> Directory {
        world.directory()
    }

    fn restart(&mut self) {
        self.directory = Self::process(&self.world);
    }

    fn advance(&self, by: Duration) {
        self.world.backend.clock.advance(by);
    }

    /// The link jobs do all that is due.
    async fn work(&self) {
        worker::work(&self.directory, &Stop::default()).await.unwrap();
    }

    /// All mails that are due leave.
    async fn post(&self) {
        letters::begin(&self.directory).await.unwrap();
        letters::send_due(&self.directory, &Stop::default()).await.unwrap();
    }

    async fn enroll(&self, who: &str, body: Value) -> Answer {
        self.world.send("POST", &format!("{SITE}/enroll"), who, body).await
    }

    async fn connect(&self, who: &str, code: &str) -> Answer {
        let body = json!({ "code": code });
        self.world.send("POST", &format!("{SITE}/connect"), who, body).await
    }

    /// The code in the newest mail to an address.
    fn code(&self, to: &str) -> String {
        let taken = self.sink.taken();
        let mail = taken.iter().rev().find(|taken| taken.recipients == [to]).unwrap();
        let parsed = mail_parser::MessageParser::default().parse(&mail.message).unwrap();
        let text = parsed.body_text(0).unwrap().into_owned();
        text.split_once("Code: ").unwrap().1.split_whitespace().next().unwrap().to_owned()
    }

    /// Enroll, mail, code: connected.
    async fn connected(&self, who: &str, email: &str) {
        self.enroll(who, json!({})).await;
        self.post().await;
        let answer = self.connect(who, &self.code(email)).await;
        assert_eq!(answer.json["next"], "organization", "{answer:?}");
    }

    async fn candidates(&self, who: &str) -> Answer {
        self.world.get(&format!("{SITE}/candidates"), who).await
    }

    async fn prepare(&self, who: &str, target: Value) -> Answer {
        self.world.send("POST", &format!("{SITE}/link/prepare"), who, target).await
    }

    /// Link Now, as one does who has read the agreement.
    async fn link(&self, who: &str, target: Value) -> Answer {
        let plan = self.prepare(who, target.clone()).await;
        if plan.status != 200 {
            return plan;
        }
        self.world.send("POST", &format!("{SITE}/link"), who, agreed(&target, &plan.json)).await
    }

    async fn job(&self) -> Value {
        self.world.get(&format!("{SITE}/link"), "fay").await.json
    }

    async fn site_state(&self) -> String {
        self.scalar("SELECT state FROM sites WHERE id = 3").await
    }

    async fn scalar(&self, sql: &'static str) -> String {
        let mut conn = self.world.backend.store.read().await.unwrap();
        sqlx::query_scalar(sql).fetch_one(&mut *conn).await.unwrap()
    }

    async fn count(&self, sql: &'static str) -> i64 {
        let mut conn = self.world.backend.store.read().await.unwrap();
        sqlx::query_scalar(sql).fetch_one(&mut *conn).await.unwrap()
    }

    /// The details of the audit entries with this action, oldest first.
    async fn recorded(&self, action: &'static str) -> Vec<(String, Value)> {
        let mut conn = self.world.backend.store.read().await.unwrap();
        let rows: Vec<(String, String)> =
            sqlx::query_as("SELECT actor, detail FROM audit WHERE action = $1 ORDER BY seq")
                .bind(action)
                .fetch_all(&mut *conn)
                .await
                .unwrap();
        rows.into_iter().map(|(who, text)| (who, serde_json::from_str(&text).unwrap())).collect()
    }
}

fn acme() -> Value {
    json!({ "organization": "acme" })
}

fn newcomer() -> Value {
    json!({ "new_organization": { "country": "DE" } })
}

/// The body of Link Now after reading this plan.
fn agreed(target: &Value, plan: &Value) -> Value {
    json!({
        "target": target, "text_sha256": plan["text_sha256"], "agree": true, "confirm": URL,
    })
}

/// Status and code.
fn refusal(answer: &Answer) -> (u16, &str) {
    (answer.status.as_u16(), answer.code())
}
