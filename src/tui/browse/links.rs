//! How far the links under way are (rule L7), for the pane of the sites.
//!
//! Owns asking for their jobs, one after the other and again every few seconds while any is under
//! way. Where nobody may see a job, the site's state alone is told.

use std::collections::{BTreeMap, VecDeque};

use crate::api::call::{ApiError, Reply};
use crate::api::endpoint::{Endpoint as _, Nothing};
use crate::api::linking::{LinkJob, WatchLink};
use crate::api::run::WatchQuery;
use crate::api::site::Site;
use crate::domain::role::{Action as Right, permits};
use crate::domain::site::SiteState;
use crate::domain::site_link::LinkState;
use crate::tui::load::Load;
use crate::tui::msg::RequestId;
use crate::tui::screen::Cx;

/// All jobs are asked for again after so many milliseconds.
const AGAIN_MS: u64 = 5_000;
/// So many at the most, in the order of the list.
const MOST: usize = 25;

/// The jobs of the sites that are being linked.
#[derive(Default)]
pub struct Links {
    jobs: BTreeMap<String, LinkJob>,
    waiting: VecDeque<String>,
    asked: Load<LinkJob>,
    again_ms: u64,
}

impl Links {
    /// The job of a site, where it is known and still matters.
    pub fn of(&self, site: &Site) -> Option<&LinkJob> {
        self.jobs.get(site.url.raw()).filter(|_| matters(site))
    }

    /// How many links are under way, and how many have failed, among these.
    pub fn count(sites: &[Site]) -> (u64, u64) {
        let of = |state| sites.iter().filter(|site| site.state == state).count() as u64;
        (of(SiteState::Linking), of(SiteState::LinkFailed))
    }

    /// After every message: asks for what is missing.
    pub fn reconcile(&mut self, sites: &[Site], cx: &mut Cx<'_>) {
        if self.asked.is_waiting() {
            return;
        }
        if self.waiting.is_empty() && cx.now_ms >= self.again_ms {
            let open = sites.iter().filter(|site| matters(site) && may_see(site)).take(MOST);
            self.waiting = open.map(|site| site.url.raw().to_owned()).collect();
            self.again_ms = cx.now_ms + AGAIN_MS;
        }
        if let Some(url) = self.waiting.pop_front() {
            self.asked.ask(WatchLink::call(url, WatchQuery::default(), Nothing), cx);
        }
        if sites.iter().any(|site| matters(site) && may_see(site)) {
            cx.wake_at(self.again_ms);
        }
    }

    /// Takes a reply that is meant for this; then whether the site has become something else.
    pub fn take(
        &mut self,
        id: RequestId,
        result: &Result<Reply, ApiError>,
        sites: &[Site],
    ) -> Option<bool> {
        if !self.asked.take(id, result) {
            return None;
        }
        let Some(job) = self.asked.get().filter(|_| result.is_ok()).cloned() else {
            return Some(false);
        };
        let site = sites.iter().find(|site| site.url == job.site);
        let differs = site.is_some_and(|site| site.state != state(&job));
        self.jobs.insert(job.site.raw().to_owned(), job);
        Some(differs)
    }
}

/// Whether a site's job is worth asking for.
fn matters(site: &Site) -> bool {
    matches!(site.state, SiteState::Linking | SiteState::LinkFailed)
}

fn may_see(site: &Site) -> bool {
    site.my_roles.iter().any(|role| permits(*role, Right::LinkSite))
}

const fn state(job: &LinkJob) -> SiteState {
    match job.state {
        LinkState::Running => SiteState::Linking,
        LinkState::Failed => SiteState::LinkFailed,
        LinkState::Done => SiteState::Enrolled,
    }
}
