//! Linking a site to an organization (rules L1 to L8), put together.
//!
//! Owns the site as linking sees it, the gates that every act of it passes, and what wakes its
//! workers. The acts are below: enrolling, candidates, the agreement, the job, the mails.

mod advice;
mod candidates;
pub mod code;
mod commit;
mod elsewhere;
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

use super::Directory;
use crate::api::linking::{
    Candidates, CandidatesQuery, Enrollment, LinkJob, LinkPlan, LinkSite, LinkTarget, LinkedUser,
    LinkedUsersQuery,
};
use crate::api::page::Page;
use crate::api::problem::code as problem;
use crate::domain::site::SiteState;
use crate::domain::site_link::MatchKind;
use crate::domain::untrusted::Untrusted;
use crate::server::audit::Change;
use crate::server::chores::{Chore, Chores};
use crate::server::directory::{Viewer, WebPage};
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
pub fn ring(directory: &Directory) {
    directory.links.jobs.notify_one();
    directory.links.ring();
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
pub async fn work_through(directory: &Directory) {
    job::work(directory, &crate::server::stop::Stop::default()).await.unwrap();
}

/// Works on jobs.
pub fn start(directory: &Arc<Directory>, chores: &Chores) {
    let jobs = Chore::new("link_jobs", |r: &Directory, stop| Box::pin(job::look(r, stop)))
        .when_sure()
        .rung(|r| Box::pin(r.links.jobs.notified()));
    chores.start(directory.clone(), jobs);
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
    Change::by(entry.now, entry.actor, entry.action)
        .of_any(entry.organization)
        .site(entry.url)
        .detail(entry.detail)
        .record(conn)
        .await
}

impl Directory {
    /// Where the operator stands with the site.
    pub async fn enrollment(&self, viewer: &Viewer, url: &str) -> Result<Enrollment, Refusal> {
        let mut conn = self.store.read().await?;
        let site = Linkable::find(&mut conn, url).await?;
        enroll::show(&mut conn, viewer, &site, self.clock.now()).await
    }

    /// Enroll Now (rule L1): asks for the connect mail where it is needed, again with `resend`.
    pub async fn enroll(
        &self,
        viewer: &Viewer,
        url: &str,
        resend: bool,
    ) -> Result<Enrollment, Refusal> {
        enroll::enroll(self, viewer, url, resend).await
    }

    /// Uses the code of the operator's connect mail.
    pub async fn connect(
        &self,
        viewer: &Viewer,
        url: &str,
        code: &str,
    ) -> Result<Enrollment, Refusal> {
        enroll::connect(self, viewer, url, code).await
    }

    /// The page behind a connect mail's link; changes nothing.
    pub async fn show_connect(&self, code: &str) -> Result<WebPage, Refusal> {
        pages::show(self, code).await
    }

    /// Uses the code by that page's button.
    pub async fn use_connect(&self, code: &str) -> Result<WebPage, Refusal> {
        pages::press(self, code).await
    }

    /// The organizations that match the site, with every reason (rule L2); recorded.
    pub async fn candidates(
        &self,
        viewer: &Viewer,
        url: &str,
        query: &CandidatesQuery,
    ) -> Result<Candidates, Refusal> {
        candidates::list(self, viewer, url, query).await
    }

    /// What linking would do, and the text to agree to (rule L5); changes nothing.
    pub async fn prepare_link(
        &self,
        viewer: &Viewer,
        url: &str,
        target: &LinkTarget,
    ) -> Result<LinkPlan, Refusal> {
        let mut conn = self.store.read().await?;
        let now = self.clock.now();
        Ok(plan::prepare(self, &mut conn, viewer, url, target, now).await?.shown)
    }

    /// Link Now, for good (rules L3, L5, L6).
    pub async fn link_site(
        &self,
        viewer: &Viewer,
        url: &str,
        asked: &LinkSite,
    ) -> Result<LinkJob, Refusal> {
        commit::link(self, viewer, url, asked).await
    }

    /// The site's link job (rule L7).
    pub async fn link_job(&self, url: &str) -> Result<LinkJob, Refusal> {
        present::show(self, &mut *self.store.read().await?, url).await
    }

    /// Waits until the job's revision is greater than this.
    pub async fn link_changed(&self, url: &str, after: u64) -> Result<(), Refusal> {
        present::changed(self, url, after).await
    }

    /// Whom completing the link was for, in order of number (rule L8).
    pub async fn linked_users(
        &self,
        url: &str,
        query: &LinkedUsersQuery,
    ) -> Result<Page<LinkedUser>, Refusal> {
        present::users(self, url, query).await
    }

    /// Tries a failed job again, now (rule L7).
    pub async fn retry_link(&self, viewer: &Viewer, url: &str) -> Result<LinkJob, Refusal> {
        job::retry(self, viewer, url).await
    }

    /// Why there is no unlinking this site (rule L6).
    pub async fn unlink(&self, url: &str) -> Result<Refusal, Refusal> {
        let mut conn = self.store.read().await?;
        let site = Linkable::find(&mut conn, url).await?;
        match &site.organization {
            Some(organization) => site.permanent(&mut conn, organization).await,
            None => Ok(Refusal::not_found("link")),
        }
    }
}

#[cfg(test)]
mod tests;
