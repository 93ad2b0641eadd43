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
    /// `subdomain_taken`, `subdomain_reserved`: three free ones.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub suggestions: Vec<String>,
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
    /// 401: the right token, but it has expired (rule P5).
    pub const TOKEN_EXPIRED: &str = "token_expired";
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
    /// 409: the organization's trial has expired; it is read-only until the trial is extended
    /// (rule T1).
    pub const TRIAL_EXPIRED: &str = "trial_expired";
    /// 409: the extension would end the trial earlier, and that was not accepted (rule T8).
    pub const EXTENSION_EARLIER: &str = "extension_earlier";
    /// 409: the order's state does not allow that (rule T3).
    pub const ORDER_STATE: &str = "order_state";
    /// 409: one must choose where the order goes (rule T3).
    pub const ORDER_CHOICE: &str = "order_choice";
    /// 409: the order cannot go to that organization (rule T3).
    pub const ORDER_REFUSED: &str = "order_refused";
    /// 409: the remedy's step is not in its turn (rule U9).
    pub const SYNC_STEP: &str = "sync_step";
    /// 409: account linking is off (rule U7).
    pub const ACCOUNT_LINKING_OFF: &str = "account_linking_off";
    /// 409: nobody was added since the setting was changed (rule U7).
    pub const NOBODY_ADDED: &str = "nobody_added";
    /// 409: the last full admin of an organization stays (rule L2).
    pub const LAST_FULL_ADMIN: &str = "last_full_admin";
    /// 409: the last backend admin who can sign in stays (rule P5).
    pub const LAST_BACKEND_ADMIN: &str = "last_backend_admin";
    /// 403: an administrator has disabled the person (rule P5).
    pub const PERSON_DISABLED: &str = "person_disabled";
    /// 409: the person has rights that the organization did not give (rule P5).
    pub const RIGHTS_ELSEWHERE: &str = "rights_elsewhere";
    /// 409: it is the token in use; say so to revoke it all the same (rule P5).
    pub const TOKEN_IN_USE: &str = "token_in_use";
    /// 409: the identity is in another organization.
    pub const OTHER_ORGANIZATION: &str = "other_organization";
    /// 409: use the connect mail's link or code first (rule L1).
    pub const CONNECT_FIRST: &str = "connect_first";
    /// 409: the site may not link yet; the detail names whom to ask (rule L10).
    pub const MAY_NOT_LINK: &str = "may_not_link";
    /// 409: what was agreed to is not what would happen now; read it again (rule L5).
    pub const AGREEMENT_STALE: &str = "agreement_stale";
    /// 409: the site's link job is not in a state that allows that (rule L7).
    pub const LINK_STATE: &str = "link_state";
    /// 409: another organization has the subdomain; `suggestions` are free (rule T6).
    pub const SUBDOMAIN_TAKEN: &str = "subdomain_taken";
    /// 409: nobody gets the subdomain; `suggestions` are free (rule T6).
    pub const SUBDOMAIN_RESERVED: &str = "subdomain_reserved";
    /// 409: services setup is finished (rule T5).
    pub const SETUP_FINISHED: &str = "setup_finished";
    /// 409: there is nothing that this Set Up would begin (rule T7).
    pub const NOTHING_TO_SET_UP: &str = "nothing_to_set_up";
    /// 409: the organization's plan lacks what would be set up (rule T7).
    pub const NOT_IN_PLAN: &str = "not_in_plan";
    /// 409: the welcome was accepted (rule T4).
    pub const WELCOME_ACCEPTED: &str = "welcome_accepted";
    /// 409: the welcome is being sent at this moment (rule T4).
    pub const WELCOME_SENDING: &str = "welcome_sending";
    /// 409: the address of this welcome cannot be corrected (rule T4).
    pub const WELCOME_FIXED: &str = "welcome_fixed";
    /// 409: the code is no welcome's; it connects an address to a site (rule L1).
    pub const CONNECT_CODE: &str = "connect_code";
    /// The code of a mail sets a new password: it is given where one is forgotten.
    pub const RESET_CODE: &str = "reset_code";
    /// 404: no mail has this code, or a newer mail has taken its place.
    pub const CODE_UNKNOWN: &str = "code_unknown";
    /// 409: the code was used; the remedy names who can send a new one.
    pub const CODE_USED: &str = "code_used";
    /// 409: the code is too old; the remedy names who can send a new one.
    pub const CODE_EXPIRED: &str = "code_expired";
    /// 409: this person can sign in already: sign in, then accept (rule T4).
    pub const SIGN_IN_FIRST: &str = "sign_in_first";
    /// 409: the addressee has declined; that stands until they lift it (rule P1).
    pub const OFFER_DECLINED: &str = "offer_declined";
    /// 409: the offer was withdrawn, or the role revoked; the detail names the organization.
    pub const OFFER_WITHDRAWN: &str = "offer_withdrawn";
    /// 409: nobody answered within 7 days; whoever made the offer can send it again (rule P1).
    pub const OFFER_LAPSED: &str = "offer_lapsed";
    /// 409: the role is held already; there is nothing to decline or to lift.
    pub const OFFER_STATE: &str = "offer_state";
    /// 409: the text of the terms is another now.
    pub const TERMS_CHANGED: &str = "terms_changed";
    /// 429: too many requests; see `Retry-After`.
    pub const TOO_MANY: &str = "too_many_requests";
    /// 500: a fault of the backend.
    pub const INTERNAL: &str = "internal";
    /// 503: not ready, or shutting down; see `Retry-After`.
    pub const UNAVAILABLE: &str = "unavailable";
}
