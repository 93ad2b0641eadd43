//! Errors on the wire: RFC 9457 problem details with a stable code (SPEC section 8).

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::plan::Difference;
use crate::domain::untrusted::Untrusted;

/// What went wrong, where, and what to do. Media type `application/problem+json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Problem {
    /// `about:blank`: the code tells the kind.
    #[serde(rename = "type", default = "about_blank")]
    pub kind: String,
    /// A short title, the same for every problem of this code.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// The stable code, see [`code`].
    pub code: String,
    /// What happened, in a sentence or two.
    pub detail: Untrusted,
    /// What to do about it.
    pub remedy: String,
    /// The field of the request body that is wrong, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// The request, for the log of the backend.
    #[serde(default)]
    pub request_id: String,
    /// `plan_applied`: the run that used the plan.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<String>,
    /// `plan_stale`: what differs now, the first thousand.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub differences: Vec<Difference>,
    /// `draft_held`: who holds the draft.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub holder: Option<Untrusted>,
}

fn about_blank() -> String {
    "about:blank".to_owned()
}

/// The stable codes. Clients compare these, never texts.
pub mod code {
    /// 401: no session, or an expired one.
    pub const NOT_SIGNED_IN: &str = "not_signed_in";
    /// 401: wrong password or token.
    pub const SIGN_IN_FAILED: &str = "sign_in_failed";
    /// 403: seen, but not allowed; names the role that could.
    pub const NOT_ALLOWED: &str = "not_allowed";
    /// 404: does not exist, or not for this actor.
    pub const NOT_FOUND: &str = "not_found";
    /// 405: the route has no such method.
    pub const METHOD_NOT_ALLOWED: &str = "method_not_allowed";
    /// 400: the request could not be read at all.
    pub const MALFORMED: &str = "malformed";
    /// 422: a field is wrong.
    pub const INVALID: &str = "invalid";
    /// 413: the body is too large.
    pub const TOO_LARGE: &str = "too_large";
    /// 415: the body is of another media type.
    pub const UNSUPPORTED_MEDIA_TYPE: &str = "unsupported_media_type";
    /// 409: it exists already.
    pub const EXISTS: &str = "exists";
    /// 422: the same `Idempotency-Key` with another body.
    pub const KEY_REUSED: &str = "idempotency_key_reused";
    /// 409: the first request with this `Idempotency-Key` is not finished.
    pub const KEY_IN_USE: &str = "idempotency_key_in_use";
    /// 409: the site is not enrolled (rule U2).
    pub const SITE_NOT_ENROLLED: &str = "site_not_enrolled";
    /// 409: no linking method is chosen (rule U2).
    pub const METHOD_NOT_CHOSEN: &str = "method_not_chosen";
    /// 409: the plan's outcomes differ now (rule U5).
    pub const PLAN_STALE: &str = "plan_stale";
    /// 409: the plan was used; `run` names its run (rule U5).
    pub const PLAN_APPLIED: &str = "plan_applied";
    /// 409: the plan is older than 24 hours (rule U5).
    pub const PLAN_EXPIRED: &str = "plan_expired";
    /// 409: the typed number is not the plan's.
    pub const COUNT_MISMATCH: &str = "count_mismatch";
    /// 409: the roster revision of a selection does not exist.
    pub const REVISION_UNKNOWN: &str = "revision_unknown";
    /// 409: the run's state does not allow that.
    pub const RUN_STATE: &str = "run_state";
    /// 409: another organization has verified or claimed the domain (rule D3).
    pub const DOMAIN_TAKEN: &str = "domain_taken";
    /// 409: the domain's state does not allow that.
    pub const DOMAIN_STATE: &str = "domain_state";
    /// 422: the domain may never be added, or may not be signed for (rules D3, D4).
    pub const DOMAIN_REFUSED: &str = "domain_refused";
    /// 409: an agreement names this domain already (rule D4).
    pub const AGREEMENT_EXISTS: &str = "agreement_exists";
    /// 409: a site is linked for good (rule L6).
    pub const LINK_PERMANENT: &str = "link_permanent";
    /// 422: the uploaded file was refused; the detail names line and column.
    pub const FILE_REFUSED: &str = "file_refused";
    /// 409: the roster has changed since the import was previewed.
    pub const IMPORT_STALE: &str = "import_stale";
    /// 409: somebody else holds the draft; `holder` says who.
    pub const DRAFT_HELD: &str = "draft_held";
    /// 409: the draft has changed since it was read.
    pub const DRAFT_STALE: &str = "draft_stale";
    /// 409: the last full admin of an organization stays (rule L2).
    pub const LAST_FULL_ADMIN: &str = "last_full_admin";
    /// 409: the identity is in another organization.
    pub const OTHER_ORGANIZATION: &str = "other_organization";
    /// 429: too many requests; see `Retry-After`.
    pub const TOO_MANY: &str = "too_many_requests";
    /// 500: a fault of the backend.
    pub const INTERNAL: &str = "internal";
    /// 503: not ready, or shutting down; see `Retry-After`.
    pub const UNAVAILABLE: &str = "unavailable";
}
