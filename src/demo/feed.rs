//! The demo's feed of insights: what the meetings of its linked sites would tell, up to now.
//!
//! Owns following the world clock: what has happened since is fed as a real feed would, a quarter
//! of an hour at a time, a month at once when the clock is moved. Must not decide what happened:
//! `days` does, from the seed and the date alone.

mod days;
mod devices;
mod people;
mod quality;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::{Timestamp, ToSpan};
use tokio::sync::mpsc;

use crate::api::insights::MeetingsQuery;
use crate::api::page::PageQuery;
use crate::api::site::Site;
use crate::domain::insights::feed::Feed;
use crate::domain::site::SiteState;
use crate::server::Backend;
use crate::server::directory::Viewer;
use crate::server::refusal::Refusal;
use days::{Office, Person};

/// As whom the feed is taken.
const FEEDER: &str = "insights feed";
/// A site that nobody feeds, so that one can import a file of one's own.
const UNFED: &str = "cobalt.webex.example";
/// The first screen comes first.
const PATIENCE: Duration = Duration::from_millis(400);
/// Sites that were linked meanwhile are looked for this often, in real time.
const LOOK: Duration = Duration::from_secs(20);
/// How many people of a site meet.
const MEETING: usize = 140;
/// How far back a feed begins, in days.
const BACK: i64 = 400;

/// Feeds until the backend stops.
pub async fn run(backend: Arc<Backend>, seed: u64) {
    let mut fed: HashMap<String, Timestamp> = HashMap::new();
    let mut pause = PATIENCE;
    loop {
        let next = quarter_after(backend.clock.now());
        let due = async {
            // Nothing has been fed yet: only the patience counts.
            if fed.is_empty() {
                std::future::pending::<()>().await;
            } else {
                backend.clock.until(next).await;
            }
        };
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = due => {}
            () = backend.stop.wait() => return,
        }
        pause = LOOK;
        if let Err(refusal) = feed_all(&backend, seed, &mut fed).await {
            tracing::warn!(code = refusal.problem.code, "the demo's feed was not taken");
        }
    }
}

fn quarter_after(now: Timestamp) -> Timestamp {
    let quarter = 900;
    let seconds = now.as_second().div_euclid(quarter) * quarter + quarter;
    Timestamp::from_second(seconds).unwrap_or(Timestamp::MAX)
}

async fn feed_all(
    backend: &Backend,
    seed: u64,
    fed: &mut HashMap<String, Timestamp>,
) -> Result<(), Refusal> {
    let viewer = Viewer { email: FEEDER.into(), backend_admin: true };
    let page = PageQuery::at(None);
    for site in backend.directory.sites(&viewer, &page).await?.items {
        let url = site.url.raw().to_owned();
        let now = backend.clock.now();
        let recent = fed.get(&url).is_some_and(|at| quarter_after(*at) > now);
        let over = backend.stop.is_stopping();
        if site.state != SiteState::Enrolled || url == UNFED || recent || over {
            continue;
        }
        let from = match fed.get(&url) {
            Some(at) => *at,
            None => begins(backend, &site, now).await?,
        };
        let first = !fed.contains_key(&url);
        let office = Office { site: url.clone(), seed, people: people(backend, &url).await? };
        if !office.people.is_empty() {
            let devices = if first { devices::of(&office, now) } else { Vec::new() };
            let people = if first { people::of(&office) } else { Vec::new() };
            let news = Feed { meetings: days::between(&office, from, now), devices, people };
            if !news.meetings.is_empty() || first {
                backend.directory.take_feed(&viewer, &url, &news).await?;
            }
        }
        fed.insert(url, now);
    }
    Ok(())
}

/// Where a feed goes on: at the newest meeting, or from linking on.
async fn begins(backend: &Backend, site: &Site, now: Timestamp) -> Result<Timestamp, Refusal> {
    let newest = MeetingsQuery { limit: Some(1), ..MeetingsQuery::default() };
    let newest = backend.directory.meetings(site.url.raw(), &newest).await?;
    if let Some(meeting) = newest.items.first() {
        return Ok(meeting.started_at);
    }
    let earliest = now.checked_sub((BACK * 24).hours()).unwrap_or(now);
    Ok(site.linked_at.map_or(earliest, |at| at.max(earliest)))
}

/// The people of a site who meet: the first ones with a usable address.
async fn people(backend: &Backend, url: &str) -> Result<Vec<Person>, Refusal> {
    let site = backend.directory.site_facts(url).await?;
    let (send, mut batches) = mpsc::channel(1);
    let reading = backend.directory.users(&site, 0, backend.clock.now(), send);
    let taking = async {
        let mut people: Vec<Person> = Vec::new();
        while let Some(batch) = batches.recv().await {
            let usable = batch.into_iter().filter(|user| user.active && user.address_key.is_some());
            people.extend(usable.map(|user| Person { address: user.address, name: user.name }));
            people.truncate(MEETING);
            if people.len() == MEETING {
                // Enough: dropping the receiver ends the reading.
                break;
            }
        }
        drop(batches);
        people
    };
    let (read, people) = tokio::join!(reading, taking);
    read.map(|()| people)
}

#[cfg(test)]
mod tests;
