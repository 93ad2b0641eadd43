//! Linking a site to an organization. There is no call to unlink: nothing does (rule L6).

use bytes::Bytes;

use super::{Reply, Wire, boxed, read, seg};
use crate::api::linking::{
    CandidatesQuery, Connect, Enroll, LinkSite, LinkTarget, LinkedUsersQuery,
};
use crate::api::run::WatchQuery;

/// Linking a site. The string is the site's URL.
#[derive(Debug, Clone, PartialEq)]
pub enum LinkCall {
    /// `GET /v1/sites/{url}/enrollment` -> `Enrollment`.
    Enrollment(String),
    /// `POST /v1/sites/{url}/enroll` -> `Enrollment`.
    Enroll(String, Enroll),
    /// `POST /v1/sites/{url}/connect` -> `Enrollment`.
    Connect(String, Connect),
    /// `GET /v1/sites/{url}/candidates` -> `Candidates`.
    Candidates(String, CandidatesQuery),
    /// `POST /v1/sites/{url}/link/prepare` -> `LinkPlan`; changes nothing.
    Prepare(String, LinkTarget),
    /// `POST /v1/sites/{url}/link` -> `LinkJob` (202).
    Link(String, LinkSite),
    /// `GET /v1/sites/{url}/link` -> `LinkJob`, at once or when it changes.
    Watch(String, WatchQuery),
    /// `GET /v1/sites/{url}/link/users` -> `LinkedUsers`.
    Users(String, LinkedUsersQuery),
    /// `POST /v1/sites/{url}/link/retry` -> `LinkJob`.
    Retry(String),
}

impl LinkCall {
    pub(super) fn wire(&self) -> Wire {
        let site = |url: &str, rest: &str| format!("/v1/sites/{}/{rest}", seg(url));
        match self {
            Self::Enrollment(url) => Wire::get(site(url, "enrollment")),
            Self::Enroll(url, body) => Wire::post(site(url, "enroll")).json(body),
            Self::Connect(url, body) => Wire::post(site(url, "connect")).json(body),
            Self::Candidates(url, query) => Wire::get(site(url, "candidates")).query(query),
            Self::Prepare(url, body) => Wire::post(site(url, "link/prepare")).json(body),
            Self::Link(url, body) => Wire::post(site(url, "link")).json(body),
            Self::Watch(url, query) => Wire::get(site(url, "link")).query(query),
            Self::Users(url, query) => Wire::get(site(url, "link/users")).query(query),
            Self::Retry(url) => Wire::post(site(url, "link/retry")),
        }
    }

    pub(super) fn read(&self, body: &Bytes) -> Result<Reply, serde_json::Error> {
        match self {
            Self::Enrollment(_) | Self::Enroll(..) | Self::Connect(..) => {
                boxed(body, Reply::Enrollment)
            }
            Self::Candidates(..) => boxed(body, Reply::Candidates),
            Self::Prepare(..) => boxed(body, Reply::LinkPlan),
            Self::Link(..) | Self::Watch(..) | Self::Retry(_) => boxed(body, Reply::LinkJob),
            Self::Users(..) => read(body, Reply::LinkedUsers),
        }
    }
}
