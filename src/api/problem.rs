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
    /// `unavailable`: the backend is starting, and is so far with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub starting: Option<Starting>,
}

/// How far the start of a backend is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Starting {
    /// What it is about, such as `loading people`; empty at the very first.
    pub step: Untrusted,
    /// So many are done.
    pub done: u64,
    /// Of so many; 0 where there is nothing to count.
    pub of: u64,
}

fn about_blank() -> String {
    "about:blank".to_owned()
}

/// The stable codes. Clients compare these, never texts. Each is said once: its status, then when it
/// is answered.
pub mod code {
    macro_rules! codes {
        ($($(#[doc = $words:literal])+ $name:ident = $code:literal,)+) => {
            $($(#[doc = $words])+ pub const $name: &str = $code;)+

            /// Every code, with what is said of it; the first words are its status.
            pub const ALL: &[(&str, &[&str])] = &[$(($code, &[$($words),+])),+];
        };
    }

    /// The HTTP statuses that a code is answered with; none where there is no such code.
    pub fn statuses(code: &str) -> Vec<u16> {
        let said = ALL.iter().find(|(known, _)| *known == code);
        let first =
            said.and_then(|(_, words)| words.first()?.split(':').next()).unwrap_or_default();
        first
            .split(|c: char| !c.is_ascii_digit())
            .filter_map(|number| number.parse().ok())
            .collect()
    }

    codes! {
        /// 401: no session, or an expired one.
        NOT_SIGNED_IN = "not_signed_in",
        /// 401: wrong password or token.
        SIGN_IN_FAILED = "sign_in_failed",
        /// 401: the right token, but it has expired (rule P5).
        TOKEN_EXPIRED = "token_expired",
        /// 403: seen, but not allowed; names the role that could.
        NOT_ALLOWED = "not_allowed",
        /// 404: does not exist, or not for this actor.
        NOT_FOUND = "not_found",
        /// 405: the route has no such method.
        METHOD_NOT_ALLOWED = "method_not_allowed",
        /// 400: the request could not be read at all.
        MALFORMED = "malformed",
        /// 422: a field is wrong.
        INVALID = "invalid",
        /// 413: the body is too large.
        TOO_LARGE = "too_large",
        /// 415: the body is of another media type.
        UNSUPPORTED_MEDIA_TYPE = "unsupported_media_type",
        /// 409: it exists already.
        EXISTS = "exists",
        /// 422: the same `Idempotency-Key` with another body.
        KEY_REUSED = "idempotency_key_reused",
        /// 409: the first request with this `Idempotency-Key` is not finished.
        KEY_IN_USE = "idempotency_key_in_use",
        /// 409: the backend ended before it could answer the first request with this
        /// `Idempotency-Key`, which it had begun to carry out; it is not carried out again.
        KEY_UNANSWERED = "idempotency_key_unanswered",
        /// 409: the provider has this act done by hand elsewhere; the detail says where, and what is
        /// looked at afterwards. Nothing was begun.
        ACT_GUIDED = "act_guided",
        /// 409: the provider does not have this act; the detail says why. Nothing was begun.
        ACT_UNAVAILABLE = "act_unavailable",
        /// 409: people would be e-mailed a second time because an earlier invitation is over, and the
        /// backend does not yet believe its host's clock that it is (SPEC section 1, Time).
        CLOCK_IN_DOUBT = "clock_in_doubt",
        /// 409: the site is not enrolled (rule U2).
        SITE_NOT_ENROLLED = "site_not_enrolled",
        /// 409: no linking method is chosen (rule U2).
        METHOD_NOT_CHOSEN = "method_not_chosen",
        /// 409: the plan's outcomes differ now (rule U5).
        PLAN_STALE = "plan_stale",
        /// 409: the plan was used; `run` names its run (rule U5).
        PLAN_APPLIED = "plan_applied",
        /// 409: the plan is older than 24 hours (rule U5).
        PLAN_EXPIRED = "plan_expired",
        /// 409: the typed number is not the plan's.
        COUNT_MISMATCH = "count_mismatch",
        /// 409: the roster revision of a selection does not exist.
        REVISION_UNKNOWN = "revision_unknown",
        /// 409: the run's state does not allow that.
        RUN_STATE = "run_state",
        /// 409: another organization has verified or claimed the domain (rule D3).
        DOMAIN_TAKEN = "domain_taken",
        /// 409: the domain's state does not allow that.
        DOMAIN_STATE = "domain_state",
        /// 422: the domain may never be added, or may not be signed for (rules D3, D4).
        DOMAIN_REFUSED = "domain_refused",
        /// 409: an agreement names this domain already (rule D4).
        AGREEMENT_EXISTS = "agreement_exists",
        /// 409: a site is linked for good (rule L6).
        LINK_PERMANENT = "link_permanent",
        /// 422: the uploaded file was refused; the detail names line and column.
        FILE_REFUSED = "file_refused",
        /// 409: the roster has changed since the import was previewed.
        IMPORT_STALE = "import_stale",
        /// 409: somebody else holds the draft; `holder` says who.
        DRAFT_HELD = "draft_held",
        /// 409: the draft has changed since it was read.
        DRAFT_STALE = "draft_stale",
        /// 409: the organization's trial has expired; it is read-only until the trial is extended
        /// (rule T1).
        TRIAL_EXPIRED = "trial_expired",
        /// 409: the extension would end the trial earlier, and that was not accepted (rule T8).
        EXTENSION_EARLIER = "extension_earlier",
        /// 409: the order's state does not allow that (rule T3).
        ORDER_STATE = "order_state",
        /// 409: one must choose where the order goes (rule T3).
        ORDER_CHOICE = "order_choice",
        /// 409: the order cannot go to that organization (rule T3).
        ORDER_REFUSED = "order_refused",
        /// 409: the remedy's step is not in its turn (rule U9).
        SYNC_STEP = "sync_step",
        /// 409: account linking is off (rule U7).
        ACCOUNT_LINKING_OFF = "account_linking_off",
        /// 409: nobody was added since the setting was changed (rule U7).
        NOBODY_ADDED = "nobody_added",
        /// 409: the last full admin of an organization stays (rule L2).
        LAST_FULL_ADMIN = "last_full_admin",
        /// 409: the last backend admin who can sign in stays (rule P5).
        LAST_BACKEND_ADMIN = "last_backend_admin",
        /// 403, or 409 where they are named: an administrator has disabled the person (rule P5).
        PERSON_DISABLED = "person_disabled",
        /// 409: the person has rights that the organization did not give (rule P5).
        RIGHTS_ELSEWHERE = "rights_elsewhere",
        /// 409: it is the token in use; say so to revoke it all the same (rule P5).
        TOKEN_IN_USE = "token_in_use",
        /// 409: the identity is in another organization.
        OTHER_ORGANIZATION = "other_organization",
        /// 409: use the connect mail's link or code first (rule L1).
        CONNECT_FIRST = "connect_first",
        /// 409: the site may not link yet; the detail names whom to ask (rule L10).
        MAY_NOT_LINK = "may_not_link",
        /// 409: what was agreed to is not what would happen now; read it again (rule L5).
        AGREEMENT_STALE = "agreement_stale",
        /// 409: the site's link job is not in a state that allows that (rule L7).
        LINK_STATE = "link_state",
        /// 409: another organization has the subdomain; `suggestions` are free (rule T6).
        SUBDOMAIN_TAKEN = "subdomain_taken",
        /// 409: nobody gets the subdomain; `suggestions` are free (rule T6).
        SUBDOMAIN_RESERVED = "subdomain_reserved",
        /// 409: services setup is finished (rule T5).
        SETUP_FINISHED = "setup_finished",
        /// 409: there is nothing that this Set Up would begin (rule T7).
        NOTHING_TO_SET_UP = "nothing_to_set_up",
        /// 409: the organization's plan lacks what would be set up (rule T7).
        NOT_IN_PLAN = "not_in_plan",
        /// 409: the welcome was accepted (rule T4).
        WELCOME_ACCEPTED = "welcome_accepted",
        /// 409: the welcome is being sent at this moment (rule T4).
        WELCOME_SENDING = "welcome_sending",
        /// 409: the address of this welcome cannot be corrected (rule T4).
        WELCOME_FIXED = "welcome_fixed",
        /// 409: the code is no welcome's; it connects an address to a site (rule L1).
        CONNECT_CODE = "connect_code",
        /// 409: the code of a mail sets a new password: it is given where one is forgotten.
        RESET_CODE = "reset_code",
        /// 404: no mail has this code, or a newer mail has taken its place.
        CODE_UNKNOWN = "code_unknown",
        /// 409: the code was used; the remedy names who can send a new one.
        CODE_USED = "code_used",
        /// 409: the code is too old; the remedy names who can send a new one.
        CODE_EXPIRED = "code_expired",
        /// 409: this person can sign in already: sign in, then accept (rule T4).
        SIGN_IN_FIRST = "sign_in_first",
        /// 409: the addressee has declined; that stands until they lift it (rule P1).
        OFFER_DECLINED = "offer_declined",
        /// 409: the offer was withdrawn, or the role revoked; the detail names the organization.
        OFFER_WITHDRAWN = "offer_withdrawn",
        /// 409: nobody answered within 7 days; whoever made the offer can send it again (rule P1).
        OFFER_LAPSED = "offer_lapsed",
        /// 409: the role is held already; there is nothing to decline or to lift.
        OFFER_STATE = "offer_state",
        /// 409: the text of the terms is another now.
        TERMS_CHANGED = "terms_changed",
        /// 429: too many requests; see `Retry-After`.
        TOO_MANY = "too_many_requests",
        /// 500: a fault of the backend.
        INTERNAL = "internal",
        /// 503: not ready, or shutting down; see `Retry-After`.
        UNAVAILABLE = "unavailable",
    }
}
