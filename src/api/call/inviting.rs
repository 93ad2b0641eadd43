//! Cohorts, plans, runs and drafts.

use bytes::Bytes;

use super::{Reply, Wire, boxed, read, seg};
use crate::api::cohort::SaveCohort;
use crate::api::draft::SaveDraft;
use crate::api::page::PageQuery;
use crate::api::plan::{Apply, NewPlan, PlanItemsQuery};
use crate::api::run::{Resolve, ResumeRestored, RunItemsQuery, RunsQuery, WatchQuery};

/// A site's cohorts. The first string is the site's URL, the second the cohort's name.
#[derive(Debug, Clone, PartialEq)]
pub enum CohortCall {
    /// `GET /v1/sites/{url}/cohorts` -> `Cohorts`.
    List(String, PageQuery),
    /// `GET /v1/sites/{url}/cohorts/{name}` -> `CohortUsers`.
    Show(String, String),
    /// `PUT /v1/sites/{url}/cohorts/{name}` -> `Cohort`.
    Save(String, String, SaveCohort),
    /// `DELETE /v1/sites/{url}/cohorts/{name}` -> `Done`.
    Remove(String, String),
}

impl CohortCall {
    pub(super) fn wire(&self) -> Wire {
        let all = |url: &str| format!("/v1/sites/{}/cohorts", seg(url));
        let one = |url: &str, name: &str| format!("{}/{}", all(url), seg(name));
        match self {
            Self::List(url, query) => Wire::get(all(url)).query(query),
            Self::Show(url, name) => Wire::get(one(url, name)),
            Self::Save(url, name, body) => Wire::put(one(url, name)).json(body),
            Self::Remove(url, name) => Wire::delete(one(url, name)),
        }
    }

    pub(super) fn read(&self, body: &Bytes) -> Result<Reply, serde_json::Error> {
        match self {
            Self::List(..) => read(body, Reply::Cohorts),
            Self::Show(..) => read(body, Reply::CohortUsers),
            Self::Save(..) => read(body, Reply::Cohort),
            Self::Remove(..) => Ok(Reply::Done),
        }
    }
}

/// Plans.
#[derive(Debug, Clone, PartialEq)]
pub enum PlanCall {
    /// `POST /v1/sites/{url}/plans` -> `Plan`.
    Make(String, NewPlan),
    /// `GET /v1/plans/{id}` -> `Plan`.
    Show(String),
    /// `GET /v1/plans/{id}/items` -> `PlanItems`.
    Items(String, PlanItemsQuery),
    /// `POST /v1/plans/{id}/apply` -> `Run` (202).
    Apply(String, Apply),
}

impl PlanCall {
    pub(super) fn wire(&self) -> Wire {
        let plan = |id: &str| format!("/v1/plans/{}", seg(id));
        match self {
            Self::Make(url, body) => Wire::post(format!("/v1/sites/{}/plans", seg(url))).json(body),
            Self::Show(id) => Wire::get(plan(id)),
            Self::Items(id, query) => Wire::get(format!("{}/items", plan(id))).query(query),
            Self::Apply(id, body) => Wire::post(format!("{}/apply", plan(id))).json(body),
        }
    }

    pub(super) fn read(&self, body: &Bytes) -> Result<Reply, serde_json::Error> {
        match self {
            Self::Make(..) | Self::Show(_) => boxed(body, Reply::Plan),
            Self::Items(..) => read(body, Reply::PlanItems),
            Self::Apply(..) => boxed(body, Reply::Run),
        }
    }
}

/// Runs. The string is the run's id.
#[derive(Debug, Clone, PartialEq)]
pub enum RunCall {
    /// `GET /v1/runs` -> `Runs`, newest first.
    List(RunsQuery),
    /// `GET /v1/runs/{id}` -> `Run`, at once or when it changes.
    Watch(String, WatchQuery),
    /// `GET /v1/runs/{id}/items` -> `RunItems`.
    Items(String, RunItemsQuery),
    /// `POST /v1/runs/{id}/pause` -> `Run`.
    Pause(String),
    /// `POST /v1/runs/{id}/resume` -> `Run`.
    Resume(String),
    /// `POST /v1/runs/{id}/resume-restored` -> `Run`: of a restored database.
    ResumeRestored(String, ResumeRestored),
    /// `POST /v1/runs/{id}/cancel` -> `Run`.
    Cancel(String),
    /// `POST /v1/runs/{id}/retry` -> `Plan`: a new one, from failed and not processed alone.
    Retry(String),
    /// `POST /v1/runs/{id}/resolve` -> `Run`.
    Resolve(String, Resolve),
    /// `DELETE /v1/organizations/{org}/declines/{address}` -> `Done`.
    ClearDecline(String, String),
}

impl RunCall {
    pub(super) fn wire(&self) -> Wire {
        let run = |id: &str| format!("/v1/runs/{}", seg(id));
        match self {
            Self::List(query) => Wire::get("/v1/runs").query(query),
            Self::Watch(id, query) => Wire::get(run(id)).query(query),
            Self::Items(id, query) => Wire::get(format!("{}/items", run(id))).query(query),
            Self::Pause(id) => Wire::post(format!("{}/pause", run(id))),
            Self::Resume(id) => Wire::post(format!("{}/resume", run(id))),
            Self::ResumeRestored(id, body) => {
                Wire::post(format!("{}/resume-restored", run(id))).json(body)
            }
            Self::Cancel(id) => Wire::post(format!("{}/cancel", run(id))),
            Self::Retry(id) => Wire::post(format!("{}/retry", run(id))),
            Self::Resolve(id, body) => Wire::post(format!("{}/resolve", run(id))).json(body),
            Self::ClearDecline(org, address) => {
                Wire::delete(format!("/v1/organizations/{}/declines/{}", seg(org), seg(address)))
            }
        }
    }

    pub(super) fn read(&self, body: &Bytes) -> Result<Reply, serde_json::Error> {
        match self {
            Self::List(_) => read(body, Reply::Runs),
            Self::Items(..) => read(body, Reply::RunItems),
            Self::Retry(_) => boxed(body, Reply::Plan),
            Self::ClearDecline(..) => Ok(Reply::Done),
            _ => boxed(body, Reply::Run),
        }
    }
}

/// Drafts. The first string is the wizard, the second the subject.
#[derive(Debug, Clone, PartialEq)]
pub enum DraftCall {
    /// `GET /v1/drafts` -> `Drafts`: those that one holds.
    List(PageQuery),
    /// `GET /v1/drafts/{wizard}/{subject}` -> `Draft`.
    Show(String, String),
    /// `PUT /v1/drafts/{wizard}/{subject}` -> `Draft`.
    Save(String, String, SaveDraft),
    /// `POST /v1/drafts/{wizard}/{subject}/take` -> `Draft`: take it over.
    Take(String, String),
    /// `DELETE /v1/drafts/{wizard}/{subject}` -> `Done`.
    Remove(String, String),
}

impl DraftCall {
    pub(super) fn wire(&self) -> Wire {
        let draft = |w: &str, s: &str| format!("/v1/drafts/{}/{}", seg(w), seg(s));
        match self {
            Self::List(query) => Wire::get("/v1/drafts").query(query),
            Self::Show(w, s) => Wire::get(draft(w, s)),
            Self::Save(w, s, body) => Wire::put(draft(w, s)).json(body),
            Self::Take(w, s) => Wire::post(format!("{}/take", draft(w, s))),
            Self::Remove(w, s) => Wire::delete(draft(w, s)),
        }
    }

    pub(super) fn read(&self, body: &Bytes) -> Result<Reply, serde_json::Error> {
        match self {
            Self::List(_) => read(body, Reply::Drafts),
            Self::Remove(..) => Ok(Reply::Done),
            _ => boxed(body, Reply::Draft),
        }
    }
}
