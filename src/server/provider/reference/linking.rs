//! Linking a site to an organization (rules L1 to L8), put together.
//!
//! Owns the site as linking sees it, the gates that every act of it passes, and what wakes its
//! workers. The acts are below: enrolling, candidates, the agreement, the job, the mails.

mod advice;
mod candidates;
pub mod code;
mod commit;
mod enroll;
pub(super) mod hindrance;
mod job;
mod letters;
mod mails;
mod matches;
mod pages;
mod plan;
mod present;
mod timers;
mod users;

use std::sync::Arc;
use std::time::Duration;

use sqlx::Row;
use tokio::sync::{Notify, watch};

use super::Reference;
use crate::api::linking::{
    Candidates, CandidatesQuery, Enrollment, LinkJob, LinkPlan, LinkSite, LinkTarget, LinkedUser,
    LinkedUsersQuery,
};
use crate::api::page::Page;
use crate::api::problem::code as problem;
use crate::domain::site::SiteState;
use crate::domain::site_link::MatchKind;
use crate::domain::untrusted::Untrusted;
use crate::server::audit::{self, Change};
use crate::server::chores::{Chore, Chores};
use crate::server::provider::linking::SiteLinking;
use crate::server::provider::{Answer, Viewer, WebPage};
use crate::server::refusal::Refusal;
use crate::server::store::Conn;
pub use commit::{Binding, bind, insert};
pub use mails::Linking;
pub use timers::timers;

/// The most columns of a name in a sentence.
const NAME: usize = 80;

/// What linking needs beside the database.
#[derive(Debug)]
pub struct Links {
    /// How long a job takes, in world time.
    delay: Duration,
    /// A job was begun or changed.
    jobs: Notify,
    /// Wakes who watches jobs.
    changed: watch::Sender<u64>,
}

impl Links {
    /// With jobs that take so long, in world time.
    pub fn new(delay: Duration) -> Self {
        Self { delay, jobs: Notify::new(), changed: watch::Sender::new(0) }
    }

    /// A job, or what it tells of its mails, has changed.
    fn ring(&self) {
        self.changed.send_modify(|rung| *rung = rung.wrapping_add(1));
    }
}

/// Wakes the jobs after a commit of [`bind`], and who watches them.
pub fn ring(reference: &Reference) {
    reference.links.jobs.notify_one();
    reference.links.ring();
}

/// The organizations that match a site, and how each does (rule L2).
pub async fn matched(conn: &mut Conn, url: &str) -> Result<Vec<(String, Vec<MatchKind>)>, Refusal> {
    let site = Linkable::find(conn, url).await?;
    let found = matches::find(conn, &site, None).await?;
    let kinds = |reasons: Vec<matches::Reason>| reasons.iter().map(|reason| reason.kind).collect();
    Ok(found.into_iter().map(|(id, reasons)| (id, kinds(reasons))).collect())
}

/// The jobs do all that is due: for tests that drive them by hand.
#[cfg(test)]
pub async fn work_through(reference: &Reference) {
    job::work(reference, &crate::server::stop::Stop::default()).await.unwrap();
}

/// Works on jobs.
pub fn start(reference: &Arc<Reference>, chores: &Chores) {
    let jobs = Chore::new("link_jobs", |r: &Reference, stop| Box::pin(job::look(r, stop)))
        .when_sure()
        .rung(|r| Box::pin(r.links.jobs.notified()));
    chores.start(reference.clone(), jobs);
}

/// A site on its way into an organization.
#[derive(Debug)]
struct Linkable {
    id: i64,
    url: String,
    company: String,
    state: SiteState,
    organization: Option<String>,
    hint: String,
    may_link: bool,
    csm: String,
}

impl Linkable {
    async fn find(conn: &mut Conn, url: &str) -> Result<Self, Refusal> {
        let row = sqlx::query(
            "SELECT id, url, company, state, organization, organization_hint, may_link, csm
               FROM sites WHERE url = $1",
        )
        .bind(url)
        .fetch_optional(conn)
        .await?
        .ok_or_else(|| Refusal::not_found("site"))?;
        Ok(Self {
            id: row.try_get("id")?,
            url: row.try_get("url")?,
            company: row.try_get("company")?,
            state: SiteState::from_code(row.try_get("state")?)
                .ok_or_else(|| Refusal::internal(&"a site's state is unknown"))?,
            organization: row.try_get("organization")?,
            hint: row.try_get("organization_hint")?,
            may_link: row.try_get("may_link")?,
            csm: row.try_get("csm")?,
        })
    }

    /// Rules L6 and L10: only a site without an organization, and one that may link.
    async fn must_be_free(&self, conn: &mut Conn) -> Result<(), Refusal> {
        if let Some(organization) = &self.organization {
            return Err(self.permanent(conn, organization).await?);
        }
        self.must_may_link()
    }

    /// Rule L10.
    fn must_may_link(&self) -> Result<(), Refusal> {
        if self.may_link {
            return Ok(());
        }
        let url = Untrusted::new(&self.url).shown();
        Err(Refusal::conflict(
            problem::MAY_NOT_LINK,
            format!("The site {url} may not be linked yet."),
            format!("Ask its customer success manager: {}.", contact(&self.csm)),
        ))
    }

    /// Rule L6.
    async fn permanent(&self, conn: &mut Conn, organization: &str) -> Result<Refusal, Refusal> {
        let name: String = sqlx::query_scalar("SELECT name FROM organizations WHERE id = $1")
            .bind(organization)
            .fetch_one(conn)
            .await?;
        let name = Untrusted::new(name).shown_in(NAME);
        let url = Untrusted::new(&self.url).shown();
        let how = match self.state {
            SiteState::Enrolled | SiteState::NotEnrolled => "is linked",
            SiteState::Linking | SiteState::LinkFailed => "is being linked",
        };
        Ok(Refusal::conflict(
            problem::LINK_PERMANENT,
            format!("The site {url} {how} to {name} ({organization}), and that is permanent."),
            "A site is linked once, to one organization; nothing links it elsewhere or unlinks it.",
        ))
    }
}

/// Whom to ask, in a sentence.
fn contact(csm: &str) -> String {
    match csm.trim() {
        "" => "the one who manages your account".to_owned(),
        csm => Untrusted::new(csm).shown_in(NAME).to_string(),
    }
}

/// What happened to a site; who did it, and when.
struct Entry<'a> {
    action: &'static str,
    actor: &'a str,
    organization: Option<&'a str>,
    url: &'a str,
    detail: serde_json::Value,
    now: jiff::Timestamp,
}

async fn record(conn: &mut Conn, entry: Entry<'_>) -> Result<(), sqlx::Error> {
    let change = Change {
        at: entry.now,
        actor: entry.actor,
        action: entry.action,
        organization: entry.organization,
        site: Some(entry.url),
        subject: entry.url,
        detail: entry.detail,
    };
    audit::record(conn, change).await
}

impl SiteLinking for Reference {
    fn enrollment<'a>(&'a self, viewer: &'a Viewer, url: &'a str) -> Answer<'a, Enrollment> {
        Box::pin(async move {
            let mut conn = self.store.read().await?;
            let site = Linkable::find(&mut conn, url).await?;
            enroll::show(&mut conn, viewer, &site, self.clock.now()).await
        })
    }

    fn enroll<'a>(
        &'a self,
        viewer: &'a Viewer,
        url: &'a str,
        resend: bool,
    ) -> Answer<'a, Enrollment> {
        Box::pin(enroll::enroll(self, viewer, url, resend))
    }

    fn connect<'a>(
        &'a self,
        viewer: &'a Viewer,
        url: &'a str,
        code: &'a str,
    ) -> Answer<'a, Enrollment> {
        Box::pin(enroll::connect(self, viewer, url, code))
    }

    fn show_connect<'a>(&'a self, code: &'a str) -> Answer<'a, WebPage> {
        Box::pin(pages::show(self, code))
    }

    fn use_connect<'a>(&'a self, code: &'a str) -> Answer<'a, WebPage> {
        Box::pin(pages::press(self, code))
    }

    fn candidates<'a>(
        &'a self,
        viewer: &'a Viewer,
        url: &'a str,
        query: &'a CandidatesQuery,
    ) -> Answer<'a, Candidates> {
        Box::pin(candidates::list(self, viewer, url, query))
    }

    fn prepare_link<'a>(
        &'a self,
        viewer: &'a Viewer,
        url: &'a str,
        target: &'a LinkTarget,
    ) -> Answer<'a, LinkPlan> {
        Box::pin(async move {
            let mut conn = self.store.read().await?;
            let now = self.clock.now();
            Ok(plan::prepare(self, &mut conn, viewer, url, target, now).await?.shown)
        })
    }

    fn link_site<'a>(
        &'a self,
        viewer: &'a Viewer,
        url: &'a str,
        asked: &'a LinkSite,
    ) -> Answer<'a, LinkJob> {
        Box::pin(commit::link(self, viewer, url, asked))
    }

    fn link_job<'a>(&'a self, url: &'a str) -> Answer<'a, LinkJob> {
        Box::pin(async move { present::show(self, &mut *self.store.read().await?, url).await })
    }

    fn link_changed<'a>(&'a self, url: &'a str, after: u64) -> Answer<'a, ()> {
        Box::pin(present::changed(self, url, after))
    }

    fn linked_users<'a>(
        &'a self,
        url: &'a str,
        query: &'a LinkedUsersQuery,
    ) -> Answer<'a, Page<LinkedUser>> {
        Box::pin(present::users(self, url, query))
    }

    fn retry_link<'a>(&'a self, viewer: &'a Viewer, url: &'a str) -> Answer<'a, LinkJob> {
        Box::pin(job::retry(self, viewer, url))
    }

    fn unlink<'a>(&'a self, url: &'a str) -> Answer<'a, Refusal> {
        Box::pin(async move {
            let mut conn = self.store.read().await?;
            let site = Linkable::find(&mut conn, url).await?;
            match &site.organization {
                Some(organization) => site.permanent(&mut conn, organization).await,
                None => Ok(Refusal::not_found("link")),
            }
        })
    }
}

#[cfg(test)]
mod tests;
