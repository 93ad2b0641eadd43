//! Refusals: every error that leaves a handler, as problem details (RFC 9457).
//!
//! Owns the status and title of each code, and the mapping of faults to `internal` without telling
//! their insides; fills in the id of the request. Must not be built with text from outside but
//! through `detail`.

use std::fmt;
use std::sync::{Mutex, PoisonError};

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;

use crate::api::plan::Difference;
use crate::api::problem::{Problem, code};
use crate::api::site::Site;
use crate::domain::role::{Action, Role, who_could};
use crate::domain::sentence::one_stop;
use crate::domain::site::who_links;
use crate::domain::untrusted::Untrusted;
use crate::server::store::rehearsal::Enough;
use crate::server::store::{Gone, is_busy, is_full};

tokio::task_local! {
    /// The id of the request being answered; set by the router.
    pub static REQUEST_ID: String;
}

/// Marks an answer that is a refusal, with its code.
#[derive(Debug, Clone)]
pub struct Refused(pub String);

/// An error on its way out.
#[derive(Debug)]
pub struct Refusal {
    /// The problem; its request id is filled in when it leaves.
    pub problem: Box<Problem>,
    /// Seconds for `Retry-After`.
    pub retry_after: Option<u64>,
}

impl Refusal {
    /// A refusal with a code of [`code`], what happened, and what to do.
    pub fn new(
        status: StatusCode,
        code: &'static str,
        detail: impl Into<Untrusted>,
        remedy: impl Into<String>,
    ) -> Self {
        let problem = Problem {
            kind: "about:blank".into(),
            title: title(code),
            status: status.as_u16(),
            code: code.into(),
            detail: one_stop(detail.into().raw()).into(),
            remedy: one_stop(remedy),
            field: None,
            request_id: String::new(),
            run: None,
            differences: Vec::new(),
            holder: None,
            suggestions: Vec::new(),
            starting: None,
        };
        Self { problem: Box::new(problem), retry_after: None }
    }

    /// 404: not there, or not for this actor.
    pub fn not_found(what: &str) -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            code::NOT_FOUND,
            format!("There is no such {what}, or it is not yours to see."),
            "Check the name; ask an administrator for a role if you should see it.",
        )
    }

    /// 403: seen, but not allowed.
    pub fn not_allowed(action: Action) -> Self {
        Self::only_for(who_could(action))
    }

    /// 403: only who holds this role could.
    pub fn only_for(role: Role) -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            code::NOT_ALLOWED,
            format!("Your roles do not allow this. A {} could do it.", role.title()),
            "Ask somebody with that role.",
        )
    }

    /// 409: the site is in no organization yet, so there is nothing to do this in (rule U2).
    pub fn not_enrolled(site: &str) -> Self {
        Self::conflict(
            code::SITE_NOT_ENROLLED,
            format!("{site} is not linked to an organization yet."),
            "Link the site first; its users can be linked afterwards.",
        )
    }

    /// As [`Refusal::not_enrolled`], to who may not do it either: who could link the site. 403 to
    /// what only reads, which has no conflicts.
    pub fn not_linked(site: &Site, reads: bool) -> Self {
        let (status, code) = if reads {
            (StatusCode::FORBIDDEN, code::NOT_ALLOWED)
        } else {
            (StatusCode::CONFLICT, code::SITE_NOT_ENROLLED)
        };
        let once = if reads { "; once it is, a full admin could do it" } else { "" };
        let detail = format!("{} is not linked to an organization yet{once}.", site.url.shown());
        let mine = site.my_roles.contains(&Role::SiteAdmin);
        Self::new(status, code, detail, who_links(&site.site_admins, mine))
    }

    /// 409: the trial's end has come, and with it the end of changes (rule T1).
    pub fn trial_expired(end: Timestamp) -> Self {
        Self::conflict(
            code::TRIAL_EXPIRED,
            format!(
                "The trial of this organization expired on {}; it is read-only since then.",
                end.strftime("%-d %B %Y, %H:%M UTC")
            ),
            "A partner admin can extend the trial; everything is as it was then.",
        )
    }

    /// 422: a field is wrong.
    pub fn invalid(field: &str, detail: impl Into<Untrusted>) -> Self {
        let mut refusal = Self::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            code::INVALID,
            detail,
            "Correct the field and send it again.",
        );
        refusal.problem.field = Some(field.to_owned());
        refusal
    }

    /// 503: something else is under way, and this can be asked again in so many seconds.
    pub fn later(detail: impl Into<Untrusted>, seconds: u64) -> Self {
        let remedy = "Try again once that is done.";
        Self::new(StatusCode::SERVICE_UNAVAILABLE, code::UNAVAILABLE, detail, remedy)
            .retry_after(seconds)
    }

    /// 409 with a code.
    pub fn conflict(
        code: &'static str,
        detail: impl Into<Untrusted>,
        remedy: impl Into<String>,
    ) -> Self {
        Self::new(StatusCode::CONFLICT, code, detail, remedy)
    }

    /// 500: a fault of ours; its cause goes to the log alone.
    pub fn internal(cause: &dyn std::fmt::Display) -> Self {
        tracing::error!(cause = %cause, "internal fault");
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            code::INTERNAL,
            "The backend has a fault; nothing was changed by this request.",
            "Try again; if it stays, look for the request id in the backend's log.",
        )
    }

    /// Names the field that is wrong.
    #[must_use]
    pub fn at(mut self, field: &str) -> Self {
        self.problem.field = Some(field.to_owned());
        self
    }

    /// Names no field: the body as a whole is wrong.
    #[must_use]
    pub fn whole(mut self) -> Self {
        self.problem.field = None;
        self
    }

    /// Adds the differences of a stale plan.
    #[must_use]
    pub fn with_differences(mut self, differences: Vec<Difference>) -> Self {
        self.problem.differences = differences;
        self
    }

    /// Says in the detail, too, what did not happen.
    #[must_use]
    pub fn instead(mut self, words: &str) -> Self {
        self.problem.detail = format!("{} {words}", self.problem.detail.raw()).into();
        self
    }

    /// Adds what may be had instead.
    #[must_use]
    pub fn with_suggestions(mut self, suggestions: Vec<String>) -> Self {
        self.problem.suggestions = suggestions;
        self
    }

    /// The same refusal of a thing behind the resource it depends on: who may not see the resource
    /// learns no more than that there is no such thing.
    #[must_use]
    pub fn hidden(self, what: &str) -> Self {
        if self.problem.code == code::NOT_FOUND { Self::not_found(what) } else { self }
    }

    /// Asks the client to wait.
    #[must_use]
    pub fn retry_after(mut self, seconds: u64) -> Self {
        self.retry_after = Some(seconds);
        self
    }
}

fn title(code: &str) -> String {
    let mut title = code.replace('_', " ");
    if let Some(first) = title.get_mut(0..1) {
        first.make_ascii_uppercase();
    }
    title
}

impl From<Enough> for Refusal {
    fn from(enough: Enough) -> Self {
        let status = StatusCode::SERVICE_UNAVAILABLE;
        Self::new(status, code::UNAVAILABLE, enough.to_string(), "Ask again.")
    }
}

impl From<sqlx::Error> for Refusal {
    fn from(error: sqlx::Error) -> Self {
        if Enough::is(&error) {
            return Enough.into();
        }
        if let Some(refusal) = Unmet::in_fault(&error) {
            return refusal;
        }
        if is_busy(&error) {
            return Self::new(
                StatusCode::SERVICE_UNAVAILABLE,
                code::UNAVAILABLE,
                "Other changes are being written; this one waited too long, and nothing was changed.",
                "Try again in a few seconds.",
            )
            .retry_after(2);
        }
        if matches!(error, sqlx::Error::PoolClosed) {
            return Self::new(
                StatusCode::SERVICE_UNAVAILABLE,
                code::UNAVAILABLE,
                "The backend is stopping; it did not finish this.",
                "Try again once it runs again; what it had done by then is not done twice.",
            )
            .retry_after(2);
        }
        if is_full(&error) {
            tracing::error!(%error, "the disk is full");
            return Self::new(
                StatusCode::SERVICE_UNAVAILABLE,
                code::UNAVAILABLE,
                "The backend's disk is full; nothing was changed by this request.",
                "Make room on the backend's disk, and try again.",
            );
        }
        if let Some(gone) = Gone::of(&error) {
            tracing::error!(%error, "nothing is written any more; {}", gone.remedy());
            return Self::new(
                StatusCode::SERVICE_UNAVAILABLE,
                code::UNAVAILABLE,
                "The backend's database was removed or replaced while it runs; nothing was changed by \
                 this request.",
                "Whoever runs the backend finds in its log what to do.",
            )
            .retry_after(30);
        }
        Self::internal(&error)
    }
}

/// A refusal on its way through the errors of the database: what an act depended on is not so any
/// more.
pub struct Unmet(Mutex<Option<Refusal>>);

impl From<Refusal> for Unmet {
    fn from(refusal: Refusal) -> Self {
        Self(Mutex::new(Some(refusal)))
    }
}

impl Unmet {
    fn in_fault(error: &sqlx::Error) -> Option<Refusal> {
        let sqlx::Error::Configuration(cause) = error else { return None };
        cause.downcast_ref::<Self>()?.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl fmt::Debug for Unmet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Unmet")
    }
}

impl fmt::Display for Unmet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("what this depended on has changed")
    }
}

impl std::error::Error for Unmet {}

impl From<serde_json::Error> for Refusal {
    fn from(error: serde_json::Error) -> Self {
        Self::internal(&error)
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut problem = self.problem;
        if let Ok(id) = REQUEST_ID.try_with(Clone::clone) {
            problem.request_id = id;
        }
        let status =
            StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, axum::Json(&*problem)).into_response();
        response.extensions_mut().insert(Refused(problem.code.clone()));
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::fixture::Fixture;

    #[tokio::test]
    async fn section_8_a_backend_that_stops_is_unavailable_and_not_at_fault() {
        let world = Fixture::new().await;
        let store = &world.backend.store;
        store.close().await;
        let refusal = Refusal::from(store.begin().await.unwrap_err());
        assert_eq!(refusal.problem.status, 503);
        assert_eq!(refusal.problem.code, code::UNAVAILABLE);
        assert_eq!(refusal.retry_after, Some(2));
    }
}
