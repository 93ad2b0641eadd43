//! A backend whose directory is elsewhere, that can be ended and started anew.

use std::fmt::Write as _;
use std::sync::Arc;

use axum::Router;
use hublink::api::call::{Reply, Request};
use hublink::api::endpoint::{Endpoint as _, Nothing};
use hublink::api::page::Page;
use hublink::api::plan::{Apply, ApplyPlan, Held, MakePlan, NewPlan, Plan, Selection};
use hublink::api::run::{ListRunItems, Run, RunItem, RunItemsQuery, WatchQuery, WatchRun};
use hublink::api::session::Secret;
use hublink::client::endpoint::Endpoint;
use hublink::client::{Client, Options};
use hublink::domain::run::ItemState;
use hublink::server::{ServeOptions, prepare};
use tempfile::TempDir;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::elsewhere::{Act, Elsewhere};
use super::provider::Remote;

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
pub struct Town {
    folder: TempDir,
    pub elsewhere: Elsewhere,
    client: Client,
    serving: Option<(oneshot::Sender<()>, JoinHandle<()>)>,
}

impl Town {
    /// With so many users, all of whom are linked silently.
    pub async fn new(users: usize, script: &[Act], blind: usize) -> Self {
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

    pub async fn end(&mut self) {
        let (end, served) = self.serving.take().unwrap();
        drop(end);
        served.await.unwrap();
    }

    pub async fn restart(&mut self) {
        let (client, serving) = serve(&self.folder, &self.elsewhere).await;
        (self.client, self.serving) = (client, Some(serving));
    }

    pub async fn ask(&self, request: Request) -> Reply {
        self.client.send(&request, None).await.unwrap()
    }

    pub async fn plan(&self) -> String {
        let new = NewPlan { selection: Selection::All {}, held: Held::default() };
        let plan: Plan = self.ask(MakePlan::call(SITE.into(), Nothing, new)).await.take().unwrap();
        plan.id
    }

    pub async fn apply(&self, plan: &str) -> Run {
        self.run(ApplyPlan::call(plan.into(), Nothing, Apply::default())).await
    }

    async fn run(&self, request: Request) -> Run {
        self.ask(request).await.take().unwrap()
    }

    /// Watches a run until it is as wanted.
    pub async fn until(&self, mut run: Run, wanted: impl Fn(&Run) -> bool) -> Run {
        while !wanted(&run) {
            let query = WatchQuery { after: Some(run.revision), wait: Some(20) };
            run = self.run(WatchRun::call(run.id.clone(), query, Nothing)).await;
        }
        run
    }

    /// The users whose items are in this state.
    pub async fn those(&self, run: &Run, state: ItemState) -> Vec<String> {
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
