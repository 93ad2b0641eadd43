//! Rules P1 to P3 through the API, with a real mail server: nobody is taken by being named.

mod answering;
mod limits;
mod naming;

use serde_json::{Value, json};

use super::super::welcome::accept::terms;
use crate::api::session::Secret;
use crate::server::directory::{Directory, letters};
use crate::server::fixture::{Answer, Fixture};
use crate::server::post::smtp::sink::Sink;
use crate::server::stop::Stop;

const KIM: &str = "kim@free.example";
const PASSWORD: &str = "correct horse battery";
const DAY: u64 = 24 * 3600;

/// The small world, in which acme has claimed its domain, and a mail server.
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
        fixture
            .sql(
                "INSERT INTO domains (organization, name, state, token, added_at)
                 VALUES ('acme', 'acme.example', 'claimed', 't', 0)",
            )
            .await;
        let directory = fixture.directory();
        Self { fixture, sink, directory }
    }

    async fn grant(&self, who: &str, org: &str, email: &str, role: &str) -> Answer {
        let body = json!({ "email": email, "role": role });
        self.fixture.send("POST", &format!("/v1/organizations/{org}/roles"), who, body).await
    }

    async fn revoke(&self, who: &str, org: &str, email: &str, role: &str) -> Answer {
        let path = format!("/v1/organizations/{org}/roles/{role}/{email}");
        self.fixture.send("DELETE", &path, who, Value::Null).await
    }

    async fn withdraw(&self, who: &str, org: &str, email: &str) -> Answer {
        let path = format!("/v1/organizations/{org}/offers/{email}");
        self.fixture.send("DELETE", &path, who, Value::Null).await
    }

    async fn post(&self, path: &str, who: &str, body: Value) -> Answer {
        self.fixture.send("POST", path, who, body).await
    }

    async fn mails(&self) {
        letters::send_due(&self.directory, &Stop::default()).await.unwrap();
    }

    fn pass(&self, seconds: u64) {
        self.fixture.backend.clock.advance(std::time::Duration::from_secs(seconds));
    }

    fn text(&self) -> String {
        let taken = self.sink.taken();
        let message = mail_parser::MessageParser::default().parse(&taken.last().unwrap().message);
        message.unwrap().body_text(0).unwrap().into_owned()
    }

    /// The code of the mail that came last.
    fn code(&self) -> String {
        let text = self.text();
        let (_, rest) = text.split_once("/welcome/").unwrap();
        rest.split_whitespace().next().unwrap().to_owned()
    }

    async fn accept(&self, code: &str) -> Answer {
        let sha256 = terms().sha256;
        let body = json!({ "code": code, "password": PASSWORD, "terms_sha256": sha256 });
        self.post("/v1/welcome/accept", "", body).await
    }

    async fn look(&self, code: &str) -> Answer {
        self.post("/v1/welcome/look", "", json!({ "code": code })).await
    }

    async fn organization(&self, who: &str, org: &str) -> Value {
        self.fixture.get(&format!("/v1/organizations/{org}"), who).await.json
    }

    async fn numbers(&self, sql: &'static str) -> Vec<i64> {
        let mut conn = self.fixture.backend.store.read().await.unwrap();
        sqlx::query_scalar(sql).fetch_all(&mut *conn).await.unwrap()
    }

    /// The outcomes of a plan over all users of a site.
    async fn outcomes(&self, who: &str, site: &str) -> Value {
        let path = format!("/v1/sites/{site}/plans");
        let body = json!({ "selection": { "kind": "all" } });
        let plan = self.post(&path, who, body).await;
        assert_eq!(plan.status, 201, "{plan:?}");
        plan.json["outcomes"].clone()
    }
}

fn refused(answer: &Answer) -> (u16, &str, &str) {
    let field = answer.json["field"].as_str().unwrap_or_default();
    (answer.status.as_u16(), answer.code(), field)
}
