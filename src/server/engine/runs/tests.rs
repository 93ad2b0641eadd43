//! Runs over the real routes, the real sender and a mail server over TCP.
//!
//! Owns the stage that these tests share. Nobody sleeps: a run is watched by long polling, as
//! clients do.

mod control;
mod crash;
mod pages;
mod protocol;
mod resend;
mod restored;

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::api::session::Secret;
use crate::server::engine;
use crate::server::fixture::{Answer, Fixture};
use crate::server::post::smtp::sink::{Act, Phase, Sink};

/// A backend with a mail server; Acme's site has the method `receive_email` and no users.
struct Stage {
    world: Fixture,
    sink: Sink,
}

impl Stage {
    async fn new() -> Self {
        let sink = Sink::start();
        let url = sink.url();
        let world = Fixture::with(|options| options.smtp = Some(Secret::new(url))).await;
        world.small_world().await;
        world
            .sql(
                "UPDATE sites SET method = 'receive_email' WHERE id = 1;
                 INSERT INTO domains (organization, name, state, token, added_at)
                   VALUES ('acme', 'acme.example', 'verified', 't', 0);",
            )
            .await;
        Self { world, sink }
    }

    async fn with_users(addresses: &[&str]) -> Self {
        let stage = Self::new().await;
        for address in addresses {
            stage.world.user(1, address).await;
        }
        stage
    }

    /// All mails that wait for another try are due now.
    async fn due(&self) {
        self.world.sql("UPDATE outbox SET not_before = 1 WHERE state = 'queued'").await;
        self.world.backend.post.ring();
    }

    /// Starts the engine's workers.
    fn start(&mut self) {
        engine::start(&self.world.backend);
    }

    /// Ends them where they stand, as a crash would.
    async fn kill(&mut self) {
        self.world.backend.chores.kill().await;
    }

    /// Waits until they have ended by themselves.
    async fn ended(&self) {
        let long = tokio::time::Instant::now() + std::time::Duration::from_mins(1);
        assert!(self.world.backend.chores.end(long).await.is_empty());
    }

    async fn plan(&self, selection: Value) -> Value {
        self.plan_on("acme.webex.example", selection).await
    }

    async fn plan_on(&self, site: &str, selection: Value) -> Value {
        let path = format!("/v1/sites/{site}/plans");
        let made = self.world.send("POST", &path, "fay", json!({ "selection": selection })).await;
        assert_eq!(made.status, StatusCode::CREATED, "{:?}", made.json);
        made.json
    }

    /// Rule U3: a plan of the rest is refused, for all were invited once.
    async fn nobody_is_left(&self) {
        let body = json!({ "selection": { "kind": "rest" } });
        let refused = self.world.send("POST", "/v1/sites/acme.webex.example/plans", "fay", body);
        let refused = refused.await;
        assert_eq!((refused.status.as_u16(), &refused.json["field"]), (422, &json!("selection")));
        assert!(text(&refused.json["detail"]).contains("means nobody"), "u3: {refused:?}");
    }

    async fn apply(&self, plan: &Value) -> String {
        let path = format!("/v1/plans/{}/apply", text(&plan["id"]));
        let applied = self.world.send("POST", &path, "fay", json!({})).await;
        assert_eq!(applied.status, StatusCode::ACCEPTED, "{:?}", applied.json);
        text(&applied.json["id"])
    }

    /// Plans everyone and applies it; answers the run.
    async fn invite_all(&self) -> String {
        let plan = self.plan(json!({ "kind": "all" })).await;
        self.apply(&plan).await
    }

    async fn run(&self, id: &str) -> Value {
        let run = self.world.get(&format!("/v1/runs/{id}"), "fay").await.json;
        adds_up(&run);
        run
    }

    /// Watches a run until it is as wanted.
    async fn until(&self, id: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        let mut run = self.run(id).await;
        while !wanted(&run) {
            let after = &run["revision"];
            let path = format!("/v1/runs/{id}?after={after}&wait=20");
            run = self.world.get(&path, "fay").await.json;
            adds_up(&run);
        }
        run
    }

    async fn until_state(&self, id: &str, state: &str) -> Value {
        self.until(id, |run| run["state"] == state).await
    }

    async fn act(&self, id: &str, verb: &str, body: Value) -> Answer {
        self.world.send("POST", &format!("/v1/runs/{id}/{verb}"), "fay", body).await
    }

    async fn items(&self, id: &str) -> Vec<Value> {
        let page = self.world.get(&format!("/v1/runs/{id}/items?limit=500"), "fay").await.json;
        page["items"].as_array().unwrap().clone()
    }

    /// The state of a user's item.
    async fn state(&self, id: &str, user: &str) -> String {
        let items = self.items(id).await;
        let item = items.iter().find(|item| item["user_id"] == user).unwrap();
        text(&item["state"])
    }

    /// What a plan would say of everyone now.
    async fn outcomes(&self) -> Value {
        self.plan(json!({ "kind": "all" })).await["outcomes"].clone()
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value}")).to_owned()
}

/// Promise I3: the eight tallies add up to what was selected, at any moment.
fn adds_up(run: &Value) {
    const TALLIES: [&str; 8] =
        ["linked", "emailed", "skipped", "held", "blocked", "failed", "unknown", "not_processed"];
    let sum: u64 = TALLIES.iter().map(|name| run[name].as_u64().unwrap()).sum();
    assert_eq!(sum, run["selected"].as_u64().unwrap(), "{run}");
}

#[tokio::test]
async fn u5_a_run_does_what_the_plan_says() {
    let mut stage = Stage::with_users(&[
        "lee@acme.example",
        "Kim.Lo@GMAIL.com",
        "ann@other.example",
        "not usable",
        "bea@other.example",
    ])
    .await;
    stage
        .world
        .sql(
            "INSERT INTO invitations (organization, address_key, declined_at)
                VALUES ('acme', 'bea@other.example', 1)",
        )
        .await;
    stage.start();
    let id = stage.invite_all().await;
    let run = stage.until_state(&id, "done").await;
    for (tally, want) in [("linked", 1), ("emailed", 2), ("skipped", 1), ("blocked", 1)] {
        assert_eq!(run[tally], want, "{tally}: {run}");
    }
    assert!(run["ended_at"].is_string());
    assert_eq!(stage.sink.count("Kim.Lo@gmail.com"), 1, "the spelling is kept");
    assert_eq!(stage.sink.count("ann@other.example"), 1);
    assert_eq!(stage.sink.taken().len(), 2);
    let outcomes = stage.outcomes().await;
    assert_eq!((&outcomes["already_linked"], &outcomes["already_invited"]), (&json!(1), &json!(2)));
    let linked = stage.world.get(&format!("/v1/runs/{id}/items?state=linked"), "fay").await;
    assert_eq!(linked.json["items"][0]["user_id"], "u0");
    let items = stage.items(&id).await;
    assert_eq!(items[1]["message_id"], format!("{id}.1.1@hublink.example"));
}

#[tokio::test]
async fn u5_who_differs_when_their_turn_comes_is_not_processed() {
    let mut stage = Stage::with_users(&[
        "lee@acme.example",
        "kim@gmail.com",
        "ann@other.example",
        "bea@other.example",
    ])
    .await;
    let id = stage.invite_all().await;
    stage
        .world
        .sql(
            "UPDATE site_users SET active = 0 WHERE number IN (0, 1);
             UPDATE site_users SET address = 'ann2@other.example',
               address_key = 'ann2@other.example' WHERE number = 2;",
        )
        .await;
    stage.start();
    let run = stage.until_state(&id, "done").await;
    assert_eq!((&run["not_processed"], &run["emailed"]), (&json!(3), &json!(1)));
    let items = stage.items(&id).await;
    assert!(items[..3].iter().all(|item| item["reason"] == "changed"), "{items:?}");
    assert_eq!(stage.sink.taken().len(), 1);
}

#[tokio::test]
async fn i1_one_mail_to_an_address_of_two_sites() {
    let mut stage = Stage::with_users(&["kim@gmail.com"]).await;
    stage
        .world
        .sql(
            "INSERT INTO sites (id, url, company, organization, state, linked_at, method) VALUES
               (9, 'two.webex.example', 'Acme', 'acme', 'enrolled', 0, 'receive_email')",
        )
        .await;
    stage.world.user(9, "KIM@gmail.com").await;
    let one = stage.plan(json!({ "kind": "all" })).await;
    let two = stage.plan_on("two.webex.example", json!({ "kind": "all" })).await;
    stage.sink.at(Phase::Dot, Act::Gate);
    let (one, two) = (stage.apply(&one).await, stage.apply(&two).await);
    stage.start();
    stage.sink.dots(1).await;
    // The other run has its turn while this mail is in flight.
    let both = |run: &Value| run["state"] == "running";
    stage.until(&one, both).await;
    stage.until(&two, both).await;
    stage.sink.open_gate();
    let runs = [stage.until_state(&one, "done").await, stage.until_state(&two, "done").await];
    let emailed: u64 = runs.iter().map(|run| run["emailed"].as_u64().unwrap()).sum();
    let left: u64 = runs.iter().map(|run| run["not_processed"].as_u64().unwrap()).sum();
    assert_eq!((emailed, left, stage.sink.taken().len()), (1, 1, 1));
}

#[tokio::test]
async fn i9_runs_are_for_those_who_may() {
    let stage = Stage::with_users(&["kim@gmail.com"]).await;
    let id = stage.invite_all().await;
    for (who, act, read, listed) in [
        ("", 401, 401, 0),
        ("rob", 403, 200, 1),
        ("pat", 403, 200, 1),
        ("root", 403, 403, 0),
        ("zoe", 404, 404, 0),
    ] {
        for verb in ["pause", "resume", "cancel", "retry"] {
            let path = format!("/v1/runs/{id}/{verb}");
            let answer = stage.world.send("POST", &path, who, Value::Null).await;
            assert_eq!(answer.status.as_u16(), act, "{who} {verb}");
        }
        let resolve = json!({ "user": "u0", "how": "sent" });
        let path = format!("/v1/runs/{id}/resolve");
        let answer = stage.world.send("POST", &path, who, resolve).await;
        assert_eq!(answer.status.as_u16(), act, "{who} resolves");
        let run = stage.world.get(&format!("/v1/runs/{id}"), who).await;
        assert_eq!(run.status.as_u16(), read, "{who} reads");
        let list = stage.world.get("/v1/runs", who).await;
        assert_eq!(list.json["items"].as_array().map_or(0, Vec::len), listed, "{who} lists");
        let declines = "/v1/organizations/acme/declines/kim@gmail.com";
        let clear = stage.world.send("DELETE", declines, who, Value::Null).await;
        assert_eq!(clear.status.as_u16(), act, "{who} clears");
    }
    assert_eq!(stage.run(&id).await["state"], "queued");
    let page = stage.world.get("/v1/runs?limit=1&site=acme.webex.example", "fay").await;
    assert_eq!(page.json["items"][0]["id"], id);
    assert_eq!(stage.world.get("/v1/runs?wait=1", "fay").await.status.as_u16(), 422);
}

#[tokio::test]
async fn the_backend_can_stop_while_a_mail_waits() {
    let mut stage = Stage::with_users(&["kim@gmail.com", "lee@gmail.com"]).await;
    stage.sink.at(Phase::Dot, Act::Gate);
    stage.start();
    let id = stage.invite_all().await;
    stage.sink.dots(2).await;
    stage.world.backend.stop.stop();
    stage.sink.open_gate();
    stage.ended().await;
    let run = stage.run(&id).await;
    assert_eq!((&run["emailed"], &run["unknown"]), (&json!(2), &json!(0)), "they were recorded");
}

#[tokio::test]
async fn i7_what_surely_was_not_sent_when_the_backend_stops_is_not_unknown() {
    let mut stage = Stage::with_users(&["kim@gmail.com", "lee@gmail.com"]).await;
    let reached = tokio::sync::watch::Sender::new(0);
    let mut seen = reached.subscribe();
    stage.sink.script(move |phase, _| {
        if phase != Phase::Rcpt {
            return Act::Go;
        }
        reached.send_modify(|so_many| *so_many += 1);
        Act::Hang
    });
    stage.start();
    let id = stage.invite_all().await;
    seen.wait_for(|so_many| *so_many == 2).await.unwrap();
    stage.world.backend.stop.stop();
    // The server goes on to hang; nobody waits for it.
    stage.ended().await;
    let run = stage.run(&id).await;
    assert_eq!((&run["not_processed"], &run["unknown"]), (&json!(2), &json!(0)));
}
