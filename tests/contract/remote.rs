//! A second provider behind the seam: all that it is stands in its folder, and one option names it.
//!
//! Owns the proof that an account is written there once, whatever comes back, and that what stands
//! here in the end is what was done there.

mod elsewhere;
mod provider;

use std::fmt::Write as _;
use std::sync::Arc;

use axum::Router;
use hublink::api::call::{Reply, Request};
use hublink::api::endpoint::{Endpoint as _, Nothing};
use hublink::api::page::Page;
use hublink::api::plan::{Apply, ApplyPlan, Held, MakePlan, NewPlan, Plan, Selection};
use hublink::api::run::{ListRunItems, Run, RunItem, RunItemsQuery, WatchQuery, WatchRun};
use hublink::api::session::{Capability, Me, Secret, ShowMe};
use hublink::client::endpoint::Endpoint;
use hublink::client::{Client, Options};
use hublink::domain::run::{ItemState, RunState};
use hublink::server::{ServeOptions, prepare};
use tempfile::TempDir;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use elsewhere::{Act, Elsewhere};
use provider::Remote;

const SITE: &str = "acme.webex.example";
const FILE: &str = r#"
now = "2026-03-01T09:00:00Z"
[[people]]
email = "fay@acme.example"
name = "Fay Moss"
token = "dev-fay"
[[organizations]]
id = "acme"
name = "Acme Robotics"
kind = "customer"
full_admins = ["fay@acme.example"]
domains = [{ name = "acme.example", state = "claimed" }]
[[sites]]
url = "acme.webex.example"
company = "Acme Robotics Inc"
organization = "acme"
linked_at = "2025-11-02T10:00:00Z"
method = "receive_email"
roster = "acme.csv"
"#;

/// A backend whose directory is elsewhere.
struct Town {
    folder: TempDir,
    elsewhere: Elsewhere,
    client: Client,
    serving: Option<(oneshot::Sender<()>, JoinHandle<()>)>,
}

impl Town {
    /// With so many users, all of whom are linked silently.
    async fn new(users: usize, script: &[Act], blind: usize) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut roster = "UserID,Active (Y/N),FirstName,LastName,UserName,Email\n".to_owned();
        for n in 0..users {
            writeln!(roster, "u{n},Y,A{n},Lee,a{n},a{n}@acme.example").unwrap();
        }
        std::fs::write(folder.path().join("acme.csv"), roster).unwrap();
        std::fs::write(folder.path().join("world.toml"), FILE).unwrap();
        let elsewhere = Elsewhere::start(script, blind).await;
        let (client, serving) = serve(&folder, &elsewhere).await;
        Self { folder, elsewhere, client, serving: Some(serving) }
    }

    async fn end(&mut self) {
        let (end, served) = self.serving.take().unwrap();
        drop(end);
        served.await.unwrap();
    }

    async fn restart(&mut self) {
        let (client, serving) = serve(&self.folder, &self.elsewhere).await;
        (self.client, self.serving) = (client, Some(serving));
    }

    async fn ask(&self, request: Request) -> Reply {
        self.client.send(&request, None).await.unwrap()
    }

    async fn plan(&self) -> String {
        let new = NewPlan { selection: Selection::All {}, held: Held::default() };
        let plan: Plan = self.ask(MakePlan::call(SITE.into(), Nothing, new)).await.take().unwrap();
        plan.id
    }

    async fn apply(&self, plan: &str) -> Run {
        self.run(ApplyPlan::call(plan.into(), Nothing, Apply::default())).await
    }

    async fn run(&self, request: Request) -> Run {
        self.ask(request).await.take().unwrap()
    }

    /// Watches a run until it is as wanted.
    async fn until(&self, mut run: Run, wanted: impl Fn(&Run) -> bool) -> Run {
        while !wanted(&run) {
            let query = WatchQuery { after: Some(run.revision), wait: Some(20) };
            run = self.run(WatchRun::call(run.id.clone(), query, Nothing)).await;
        }
        run
    }

    /// The users whose items are in this state.
    async fn those(&self, run: &Run, state: ItemState) -> Vec<String> {
        let query =
            RunItemsQuery { state: Some(state), limit: Some(500), ..RunItemsQuery::default() };
        let items = ListRunItems::call(run.id.clone(), query, Nothing);
        let page: Page<RunItem> = self.ask(items).await.take().unwrap();
        page.items.iter().map(|item| item.user_id.raw().to_owned()).collect()
    }
}

async fn serve(
    folder: &TempDir,
    elsewhere: &Elsewhere,
) -> (Client, (oneshot::Sender<()>, JoinHandle<()>)) {
    let database = format!("sqlite:{}", folder.path().join("hub.db").display());
    let mut options = ServeOptions::loopback(database);
    options.world = Some(folder.path().join("world.toml"));
    options.provider = Arc::new(Remote::at(&elsewhere.url));
    let prepared = prepare(options).await.unwrap();
    let url = format!("http://{}", prepared.address());
    let (end, ending) = oneshot::channel::<()>();
    let served = tokio::spawn(async move {
        let end = async move {
            let _ = ending.await;
        };
        prepared.serve(Router::new(), end).await.unwrap();
    });
    let client = Client::new(Endpoint::parse(&url, false).unwrap(), &Options::default()).unwrap();
    (client.with_token(Some(&Secret::new("dev-fay"))).unwrap(), (end, served))
}

const DONE: fn(&Run) -> bool = |run| run.state == RunState::Done;

#[tokio::test(flavor = "multi_thread")]
async fn i1_an_account_is_linked_once_elsewhere_whatever_comes_back() {
    use Act::{BadAfterWriting, HalfAndLost, Lost, OneTaken, Slow, TooMany};
    let script = [Slow, TooMany, BadAfterWriting, HalfAndLost, OneTaken, Lost, TooMany];
    let town = Town::new(1_150, &script, 2).await;
    let run = town.apply(&town.plan().await).await;
    let run = town.until(run, DONE).await;
    assert_eq!((run.linked, run.failed, run.not_processed), (1_149, 1, 0), "{run:?}");
    assert_eq!(run.trouble, None, "nothing waits any more");
    let written = town.elsewhere.written();
    assert_eq!(written.len(), 1_149);
    let twice: Vec<_> = written.iter().filter(|(_, times)| **times != 1).collect();
    assert!(twice.is_empty(), "I1: {twice:?}");
    let failed = town.those(&run, ItemState::Failed).await;
    assert!(failed.len() == 1 && !written.contains_key(&failed[0]), "{failed:?}");
    assert_eq!((town.elsewhere.mailed(), town.elsewhere.mails()), (0, true));
    assert!(town.elsewhere.actors().iter().all(|actor| actor == "fay@acme.example"));
}

#[tokio::test(flavor = "multi_thread")]
async fn i7_what_was_asked_of_it_when_the_backend_ended_is_looked_at_before_more_is_asked() {
    let mut town = Town::new(3, &[Act::WritesAndHangs], 1).await;
    let run = town.apply(&town.plan().await).await;
    town.elsewhere.was_asked(1).await;
    town.end().await;
    assert_eq!(town.elsewhere.written().len(), 3, "done there, and not known here");
    town.restart().await;
    let run = town.until(run, DONE).await;
    assert_eq!((run.linked, run.unknown, run.not_processed), (3, 0, 0), "{run:?}");
    assert!(town.elsewhere.written().values().all(|times| *times == 1), "I1");
    assert_eq!(town.elsewhere.actors().len(), 1, "nothing was asked for again");
}

#[tokio::test(flavor = "multi_thread")]
async fn section_3_what_was_switched_for_everybody_is_put_back_by_who_comes_after() {
    let mut town = Town::new(3, &[Act::WritesAndHangs], 0).await;
    let run = town.apply(&town.plan().await).await;
    town.elsewhere.was_asked(1).await;
    town.elsewhere.stick(1);
    town.end().await;
    town.restart().await;
    let run = town.until(run, DONE).await;
    town.elsewhere.until_it_mails().await;
    assert_eq!((run.linked, town.elsewhere.mailed()), (3, 0), "nobody was mailed");
}

#[tokio::test(flavor = "multi_thread")]
async fn i1_two_runs_at_once_ask_for_an_account_once() {
    let town = Town::new(3, &[Act::Held], 0).await;
    let plans = (town.plan().await, town.plan().await);
    let one = town.apply(&plans.0).await;
    town.elsewhere.was_asked(1).await;
    let two = town.apply(&plans.1).await;
    town.elsewhere.go_on();
    let (one, two) = (town.until(one, DONE).await, town.until(two, DONE).await);
    assert_eq!((one.linked, two.linked, two.not_processed), (3, 0, 3), "{two:?}");
    assert!(town.elsewhere.written().values().all(|times| *times == 1), "I1");
}

#[tokio::test(flavor = "multi_thread")]
async fn section_3_what_a_provider_can_do_is_told_to_who_signs_in() {
    let town = Town::new(1, &[], 0).await;
    let me: Me = town.ask(ShowMe::call(Nothing, Nothing, Nothing)).await.take().unwrap();
    let can = me.backend.capabilities;
    assert_eq!(me.backend.provider, "remote");
    assert_eq!((can.link, can.linking_method), (Capability::Automated, Capability::Guided));
    assert_eq!(can.domains, Capability::Unavailable);
}
