//! Silent links (rows 8 and 9): checked once more, asked of the provider, and written down.
//!
//! Owns the last check before each link: where the outcome or the address differs from the plan,
//! the user is not processed. What is asked of the provider is durable before (`intents`); what may
//! have been done there and is not written down is looked at before anything else is asked.

mod bracket;
mod intents;
mod settled;

use std::time::{Duration, Instant};

use jiff::Timestamp;

use super::driver::{self, Driver, Step};
use super::rows::{self, Item, RunRow};
use crate::domain::outcome::{Class, Outcome};
use crate::domain::run::ItemState;
use crate::domain::untrusted::Untrusted;
use crate::server::Backend;
use crate::server::chores::{Looked, Next};
use crate::server::directory::{SiteFacts, UserFacts};
use crate::server::engine::plans::{Terms, ready};
use crate::server::nodes::{BEAT, Node, Term};
use crate::server::post::Fate;
use crate::server::provider::{Account, Credentials, Observed, Target};
use crate::server::refusal::Refusal;
use crate::server::store::{Conn, Sql};
use intents::Open;
use settled::Settled;

/// Users under one intent.
const BATCH: i64 = 500;
/// The reason of an item that differs from the plan when its turn comes (rule U5).
pub(super) const CHANGED: &str = "changed";
/// The pause where another run is at it.
const BUSY: Duration = Duration::from_millis(500);
/// Half the pause after the first doubt; it doubles up to the longest.
const FIRST: Duration = Duration::from_millis(50);
/// How often it is looked at what a cancelled run left, and the longest pause after a doubt.
const AGAIN: Duration = Duration::from_mins(1);
/// The most columns of a provider's words that are told.
const WORDS: usize = 200;

/// How far a run's links have come.
#[derive(Default)]
pub(super) struct Links {
    /// The last number that was dealt with.
    after: Option<u32>,
    /// Who has the intents.
    node: Option<Node>,
    /// Whether that is switched at the provider which has to be.
    is_open: bool,
    /// Whether nothing is open of before.
    nothing_open: bool,
    /// Whether the run says why it waits.
    told: bool,
    /// Until when the provider is left alone.
    rests: Option<Instant>,
    /// How often in a row nobody knew what became of some.
    doubts: u32,
}

/// Links the next users of the run.
pub(super) async fn link_some(driver: &Driver, links: &mut Links) -> Result<Step, Refusal> {
    let step = links.step(driver).await;
    if matches!(step, Ok(Step::Nothing)) && std::mem::take(&mut links.told) {
        driver::tell(driver, None).await?;
    }
    if matches!(step, Ok(Step::More)) {
        return step;
    }
    if let Some(node) = links.node.take() {
        let closed = bracket::close(&driver.backend, &driver.run, node.epoch()).await;
        let mut tx = driver.backend.store.begin().await?;
        node.end(&mut tx).await?;
        tx.commit().await?;
        closed?;
    } else if !driver.is_stopping() {
        // One that broke off before it may have left something switched.
        bracket::put_back(&driver.backend).await?;
    }
    step
}

impl Links {
    async fn step(&mut self, driver: &Driver) -> Result<Step, Refusal> {
        let Driver { backend, run } = driver;
        if let Some(left) = self.rests.map(|end| end.saturating_duration_since(Instant::now())) {
            if !left.is_zero() {
                return rest(driver, left).await;
            }
            self.rests = None;
        }
        if !self.nothing_open {
            if let Some(wait) = look_at(backend, run, None).await? {
                return self.wait(driver, wait).await;
            }
            (self.nothing_open, self.after) = (true, None);
        }
        // Looked for without the writer: among a million mails, finding no link takes a while.
        if queued(&mut *backend.store.read().await?, &run.id, self.after, 1).await?.is_empty() {
            return Ok(Step::Nothing);
        }
        let claim = self.alive(driver).await?;
        if !self.is_open {
            if let Some(wait) = bracket::open(backend, run, claim).await? {
                return self.wait(driver, wait).await;
            }
            self.is_open = true;
        }
        let now = backend.clock.now();
        let mut tx = backend.store.begin().await?;
        if !rows::is_running(&mut tx, &run.id).await? {
            return Ok(Step::Halt);
        }
        let items = queued(&mut tx, &run.id, self.after, BATCH).await?;
        let Some(last) = items.last() else { return Ok(Step::Nothing) };
        self.after = Some(last.number);
        let site = backend.directory.site_facts(&run.site).await?;
        let mut settled = Settled::default();
        let mut due = Due::default();
        let others = intents::of_others(&mut tx, site.id, &run.id).await?;
        for (item, user) in present(backend, run, &mut tx, &site, &items, now).await? {
            match user {
                // Another run has it asked for: what became of that is known when its turn comes again.
                _ if others.contains(item.number) => {
                    (self.after, self.rests) = (None, Some(Instant::now() + BUSY));
                }
                None => settled.changed.push(item.number),
                Some(user) => due.push(item, user.user_id),
            }
        }
        if due.numbers.is_empty() {
            if !settled.changed.is_empty() {
                settled.write(&mut tx, run, now).await?;
                tx.commit().await?;
                backend.runs.ring();
            }
            return Ok(Step::More);
        }
        let open = Open::begin(&mut tx, &run.id, &due.numbers, claim).await?;
        tx.commit().await?;
        let (as_whom, on) = whose(run);
        let accounts = backend.options.provider.accounts();
        let fates = tokio::select! {
            // What was begun may be done; it is looked at when the run goes on.
            () = backend.stop.wait() => return Ok(Step::Halt),
            fates = accounts.carry_out(&as_whom, &on, &open.intent, &due.accounts) => fates,
        };
        let wait = settled.take(&due, fates);
        self.nothing_open = settled.unknown.is_empty();
        self.doubts = if self.nothing_open { 0 } else { self.doubts + 1 };
        let wait = wait.map(|(pause, words)| (pause.unwrap_or(doubled(self.doubts)), words));
        finish(backend, run, &site, &open, settled).await?;
        match wait {
            Some(wait) => self.wait(driver, wait).await,
            None if self.told => {
                self.told = false;
                driver::tell(driver, None).await.map(|()| Step::More)
            }
            None => Ok(Step::More),
        }
    }

    /// Its node's epoch. It lives as long as it works, and as its process.
    async fn alive(&mut self, driver: &Driver) -> Result<i64, Refusal> {
        if let Some(node) = &self.node {
            return Ok(node.epoch());
        }
        let mut tx = driver.backend.store.begin().await?;
        let node = Node::begin(&mut tx, &driver.run.id, Term::Process).await?;
        tx.commit().await?;
        Ok(self.node.insert(node).epoch())
    }

    /// The provider is left alone for so long; then it begins from the first again.
    async fn wait(&mut self, driver: &Driver, (pause, words): Wait) -> Result<Step, Refusal> {
        self.after = None;
        self.rests = Some(Instant::now() + pause);
        if !self.told && !driver.is_stopping() {
            self.told = true;
            let words = Untrusted::new(&words);
            let words = words.shown_in(WORDS);
            let told = format!("Links wait for the directory: {words}. They go on by themselves");
            driver::tell(driver, Some(&told)).await?;
        }
        Ok(Step::More)
    }
}

/// Waits a while, as long as the run is to be worked on.
async fn rest(driver: &Driver, left: Duration) -> Result<Step, Refusal> {
    let mut bell = driver.backend.runs.listen();
    if !rows::is_running(&mut *driver.backend.store.read().await?, &driver.run.id).await? {
        return Ok(Step::Halt);
    }
    tokio::select! {
        () = driver.backend.stop.wait() => {}
        () = tokio::time::sleep(left.min(BEAT)) => {}
        _ = bell.changed() => {}
    }
    Ok(Step::More)
}

/// The pause after so many doubts in a row.
fn doubled(doubts: u32) -> Duration {
    FIRST.saturating_mul(1 << doubts.clamp(1, 10)).min(AGAIN)
}

/// For how long the provider wants to be left alone, and why.
type Wait = (Duration, String);

/// What is asked of the provider.
#[derive(Default)]
struct Due {
    /// Roster numbers, ascending.
    numbers: Vec<u32>,
    /// The accounts with these numbers.
    accounts: Vec<Account>,
}

impl Due {
    fn push(&mut self, item: &Item, user_id: String) {
        self.numbers.push(item.number);
        self.accounts.push(Account {
            user_id,
            address: item.address.clone(),
            provisional: item.outcome == Outcome::LinkProvisional,
        });
    }
}

fn whose(run: &RunRow) -> (Credentials, Target) {
    let target = Target { organization: run.organization.clone(), site: run.site.clone() };
    (Credentials { actor: run.started_by.clone() }, target)
}

/// Looks at what was begun in this run and may be done; answers for how long to wait where the
/// provider cannot tell now.
async fn look_at(
    backend: &Backend,
    run: &RunRow,
    only: Option<&str>,
) -> Result<Option<Wait>, Refusal> {
    let open = intents::open(&mut *backend.store.read().await?, &run.id, only).await?;
    for open in open {
        let site = backend.directory.site_facts(&run.site).await?;
        let due = intents::due(backend, run, &site, &open).await?;
        let (as_whom, on) = whose(run);
        let accounts = backend.options.provider.accounts();
        let seen = tokio::select! {
            () = backend.stop.wait() => return Ok(Some((Duration::ZERO, String::new()))),
            seen = accounts.look(&as_whom, &on, &open.intent, &due.accounts) => seen,
        };
        let seen = match seen {
            Ok(seen) if seen.len() == due.accounts.len() => seen,
            Ok(_) => return Ok(Some((BEAT, "it answered for some alone".to_owned()))),
            Err(error) => return Ok(Some((error.pause, error.words))),
        };
        // What was not done is free again, and checked anew when its turn comes.
        let done = |seen| (seen == Observed::Done).then(|| Fate::Accepted(String::new()));
        let mut settled = Settled::default();
        for ((number, account), seen) in due.numbers.iter().zip(&due.accounts).zip(seen) {
            settled.one(*number, account, done(seen));
        }
        finish(backend, run, &site, &open, settled).await?;
    }
    Ok(None)
}

/// What a run has left, that is over: it was cancelled while its backend stopped; and what is still
/// switched for one that is gone.
pub(in crate::server::engine) async fn look(backend: &Backend) -> Looked {
    let left = intents::left(&mut *backend.store.read().await?).await?;
    for (run, intent) in left {
        let run = rows::load(&mut *backend.store.read().await?, &run).await?;
        look_at(backend, &run, Some(&intent)).await?;
    }
    bracket::put_back(backend).await?;
    Ok(Next::within(AGAIN))
}

/// Writes down what became of an intent, unless somebody else has.
async fn finish(
    backend: &Backend,
    run: &RunRow,
    site: &SiteFacts,
    open: &Open,
    mut settled: Settled,
) -> Result<(), Refusal> {
    let mut tx = backend.store.begin().await?;
    if open.end(&mut tx, &settled.unknown).await? {
        let now = backend.clock.now();
        settled.link(backend, &mut tx, site, now).await?;
        settled.write(&mut tx, run, now).await?;
        tx.commit().await?;
        backend.runs.ring();
    }
    Ok(())
}

async fn queued(
    conn: &mut Conn,
    run: &str,
    after: Option<u32>,
    limit: i64,
) -> Result<Vec<Item>, Refusal> {
    let mut query =
        Sql::new("SELECT number, address, outcome, attempt FROM run_items WHERE run = ");
    query.push_bind(run).push(" AND state = ").push_bind(ItemState::Queued.code());
    query.push(" AND number > ").push_bind(after.map_or(-1, i64::from));
    rows::push_class(&mut query, Class::Linked);
    query.push(" ORDER BY number LIMIT ").push_bind(limit);
    query.build().fetch_all(conn).await?.iter().map(Item::read).collect()
}

/// Each item with its user as of now, or without where outcome or address differ from the plan.
pub(super) async fn present<'a>(
    backend: &Backend,
    run: &RunRow,
    conn: &mut Conn,
    site: &SiteFacts,
    items: &'a [Item],
    now: Timestamp,
) -> Result<Vec<(&'a Item, Option<UserFacts>)>, Refusal> {
    let Ok((organization, method)) = ready(site, run.basis) else {
        return Ok(items.iter().map(|item| (item, None)).collect());
    };
    let (held, basis) = (run.held, run.basis);
    let terms = Terms { site, organization, method, held, basis };
    let numbers: Vec<u32> = items.iter().map(|item| item.number).collect();
    let users = backend.directory.users_among(conn, site, &numbers, now).await?;
    let mut users = users.into_iter().peekable();
    let same = |item: &Item, user: &UserFacts| {
        organization == run.organization
            && terms.outcome(user.facts) == item.outcome
            && user.address == item.address
    };
    Ok(items
        .iter()
        .map(|item| {
            let user = users.next_if(|user| user.number == item.number);
            (item, user.filter(|user| same(item, user)))
        })
        .collect())
}
