//! A backend whose directory is elsewhere, that can be ended and started anew.

use std::fmt::Write as _;
use std::sync::Arc;

use axum::Router;
use hublink::api::call::{ApiError, Reply, Request};
use hublink::api::endpoint::{Endpoint as _, Nothing};
use hublink::api::page::Page;
use hublink::api::plan::{Apply, ApplyPlan, Held, MakePlan, NewPlan, Plan, Selection};
use hublink::api::problem::Problem;
use hublink::api::run::{ListRunItems, Run, RunItem, RunItemsQuery, WatchQuery, WatchRun};
use hublink::api::session::Secret;
use hublink::client::endpoint::Endpoint;
use hublink::client::{Client, Options};
use hublink::domain::act;
use hublink::domain::run::ItemState;
use hublink::server::provider::How;
use hublink::server::{ServeOptions, prepare};
use tempfile::TempDir;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::elsewhere::{Act, Elsewhere};
use super::provider::Remote;

pub const SITE: &str = "acme.webex.example";
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
    ways: Vec<(act::Act, How)>,
}

impl Town {
    /// With so many users, all of whom are linked silently.
    pub async fn new(users: usize, script: &[Act], blind: usize) -> Self {
        Self::built(users, script, blind, Vec::new()).await
    }

    /// With three users, and a directory that does these acts in these ways.
    pub async fn with(ways: &[(act::Act, How)]) -> Self {
        Self::built(3, &[], 0, ways.to_vec()).await
    }

    async fn built(users: usize, script: &[Act], blind: usize, ways: Vec<(act::Act, How)>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut roster = "UserID,Active (Y/N),FirstName,LastName,UserName,Email\n".to_owned();
        for n in 0..users {
            writeln!(roster, "u{n},Y,A{n},Lee,a{n},a{n}@acme.example").unwrap();
        }
        std::fs::write(folder.path().join("acme.csv"), roster).unwrap();
        std::fs::write(folder.path().join("world.toml"), FILE).unwrap();
        let elsewhere = Elsewhere::start(script, blind).await;
        let (client, serving) = serve(&folder, &elsewhere, &ways).await;
        Self { folder, elsewhere, client, serving: Some(serving), ways }
    }

    pub async fn end(&mut self) {
        let (end, served) = self.serving.take().unwrap();
        drop(end);
        served.await.unwrap();
    }

    pub async fn restart(&mut self) {
        let (client, serving) = serve(&self.folder, &self.elsewhere, &self.ways).await;
        (self.client, self.serving) = (client, Some(serving));
    }

    pub async fn ask(&self, request: Request) -> Reply {
        self.client.send(&request, None).await.unwrap()
    }

    /// The refusal of a request.
    pub async fn refused(&self, request: Request) -> Problem {
        match self.client.send(&request, None).await {
            Err(ApiError::Problem(problem)) => *problem,
            other => panic!("refused: {other:?}"),
        }
    }

    pub async fn plan(&self) -> String {
        let plan: Plan = self.ask(make_plan()).await.take().unwrap();
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

/// Plans for everybody.
pub fn make_plan() -> Request {
    let new = NewPlan { selection: Selection::All {}, held: Held::default() };
    MakePlan::call(SITE.into(), Nothing, new)
}

async fn serve(
    folder: &TempDir,
    elsewhere: &Elsewhere,
    ways: &[(act::Act, How)],
) -> (Client, (oneshot::Sender<()>, JoinHandle<()>)) {
    let database = format!("sqlite:{}", folder.path().join("hub.db").display());
    let mut options = ServeOptions::loopback(database);
    options.world = Some(folder.path().join("world.toml"));
    options.provider = Arc::new(Remote::at(&elsewhere.url, ways));
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
