//! Exit codes: the one table from what went wrong to a number (SPEC section 7).
//!
//! Owns [`Failure`], which every command ends with when it does not succeed, and how it is told.
//! 3 means that a rule says no; 6 means that something was faster, so look again and decide anew.

pub mod codes;

use std::fmt::Write as _;

use crate::api::call::ApiError;
use crate::api::problem::{Problem, code};
use crate::client::ClientError;
use crate::client::endpoint::EndpointError;
use crate::config::ConfigError;
use crate::config::private_file::PrivateFileError;
use crate::domain::untrusted::Untrusted;

/// How the program ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// Done.
    Done = 0,
    /// Failed.
    Failed = 1,
    /// Wrong usage, or no terminal where one is needed.
    Usage = 2,
    /// Refused by a rule; or a watched run ended with failed, unknown or not processed.
    Refused = 3,
    /// Not signed in, or not allowed.
    NotAllowed = 4,
    /// The backend cannot be reached.
    Unreachable = 5,
    /// Conflict, or stale.
    Conflict = 6,
    /// The terminal hung up.
    HungUp = 129,
    /// Interrupted.
    Interrupted = 130,
}

/// The table of problem codes that do not end in [`Exit::Failed`].
const BY_CODE: &[(&str, Exit)] = &[
    (code::NOT_SIGNED_IN, Exit::NotAllowed),
    (code::SIGN_IN_FAILED, Exit::NotAllowed),
    (code::NOT_ALLOWED, Exit::NotAllowed),
    // What one may not see answers like what does not exist.
    (code::NOT_FOUND, Exit::NotAllowed),
    (code::INVALID, Exit::Usage),
    (code::EXISTS, Exit::Conflict),
    (code::KEY_IN_USE, Exit::Conflict),
    (code::KEY_UNANSWERED, Exit::Conflict),
    (code::IMPORT_STALE, Exit::Conflict),
    (code::SITE_NOT_ENROLLED, Exit::Refused),
    (code::METHOD_NOT_CHOSEN, Exit::Refused),
    (code::PLAN_STALE, Exit::Conflict),
    (code::PLAN_APPLIED, Exit::Conflict),
    (code::PLAN_EXPIRED, Exit::Conflict),
    (code::COUNT_MISMATCH, Exit::Conflict),
    (code::REVISION_UNKNOWN, Exit::Conflict),
    (code::RUN_STATE, Exit::Conflict),
    (code::DOMAIN_TAKEN, Exit::Refused),
    (code::DOMAIN_STATE, Exit::Refused),
    (code::DOMAIN_REFUSED, Exit::Refused),
    (code::AGREEMENT_EXISTS, Exit::Refused),
    (code::LINK_PERMANENT, Exit::Refused),
    (code::FILE_REFUSED, Exit::Refused),
    (code::DRAFT_HELD, Exit::Conflict),
    (code::DRAFT_STALE, Exit::Conflict),
    (code::CONNECT_FIRST, Exit::Refused),
    (code::MAY_NOT_LINK, Exit::Refused),
    (code::AGREEMENT_STALE, Exit::Conflict),
    (code::LINK_STATE, Exit::Conflict),
    (code::CODE_UNKNOWN, Exit::Refused),
    (code::CODE_USED, Exit::Refused),
    (code::OFFER_DECLINED, Exit::Refused),
    (code::OFFER_WITHDRAWN, Exit::Refused),
    (code::OFFER_LAPSED, Exit::Refused),
    (code::OFFER_STATE, Exit::Conflict),
    (code::CODE_EXPIRED, Exit::Refused),
    (code::SYNC_STEP, Exit::Refused),
    (code::ACT_GUIDED, Exit::Refused),
    (code::CLOCK_IN_DOUBT, Exit::Refused),
    (code::ACT_UNAVAILABLE, Exit::Refused),
    (code::ACCOUNT_LINKING_OFF, Exit::Refused),
    (code::NOBODY_ADDED, Exit::Refused),
    (code::LAST_FULL_ADMIN, Exit::Refused),
    (code::LAST_BACKEND_ADMIN, Exit::Refused),
    (code::PERSON_DISABLED, Exit::NotAllowed),
    (code::TOKEN_EXPIRED, Exit::NotAllowed),
    (code::RIGHTS_ELSEWHERE, Exit::Refused),
    (code::TOKEN_IN_USE, Exit::Refused),
    (code::OTHER_ORGANIZATION, Exit::Refused),
    (code::TRIAL_EXPIRED, Exit::Refused),
    (code::EXTENSION_EARLIER, Exit::Refused),
    (code::ORDER_STATE, Exit::Conflict),
    (code::ORDER_REFUSED, Exit::Refused),
    (code::ORDER_CHOICE, Exit::Refused),
    (code::SUBDOMAIN_TAKEN, Exit::Conflict),
    (code::SUBDOMAIN_RESERVED, Exit::Refused),
    (code::SETUP_FINISHED, Exit::Refused),
    (code::NOTHING_TO_SET_UP, Exit::Refused),
    (code::NOT_IN_PLAN, Exit::Refused),
    (code::WELCOME_ACCEPTED, Exit::Refused),
    (code::WELCOME_SENDING, Exit::Conflict),
    (code::WELCOME_FIXED, Exit::Refused),
    (code::CONNECT_CODE, Exit::NotAllowed),
    (code::RESET_CODE, Exit::NotAllowed),
    (code::SIGN_IN_FIRST, Exit::NotAllowed),
    (code::TERMS_CHANGED, Exit::Conflict),
    (code::UNAVAILABLE, Exit::Unreachable),
];

/// Why a command did not do what it was asked.
#[derive(Debug)]
pub enum Failure {
    /// The backend said no, or there was none.
    Api(ApiError),
    /// Said by the command line itself.
    Told {
        /// The stable code, see [`codes::OWN`].
        code: &'static str,
        /// How the program ends.
        exit: Exit,
        /// What is wrong, and what to do.
        message: String,
    },
    /// Nobody reads standard output any more; nothing is to be told.
    Closed,
}

impl Failure {
    /// A failure in own words.
    pub fn told(exit: Exit, message: impl Into<String>) -> Self {
        Self::Told { code: codes::usual(exit), exit, message: message.into() }
    }

    /// The same under a closer code of its own; the backend's keep theirs.
    #[must_use]
    pub fn coded(self, code: &'static str) -> Self {
        match self {
            Self::Told { exit, message, .. } => Self::Told { code, exit, message },
            other => other,
        }
    }

    /// Wrong usage.
    pub fn usage(message: impl Into<String>) -> Self {
        Self::told(Exit::Usage, message)
    }

    /// Something went wrong on this machine.
    pub fn failed(message: impl Into<String>) -> Self {
        Self::told(Exit::Failed, message)
    }

    /// A cursor stands still.
    pub fn same_page() -> Self {
        Self::failed("the backend gives the same page again and again; the list is not complete")
    }

    /// How the program ends.
    pub fn exit(&self) -> Exit {
        match self {
            Self::Api(ApiError::Problem(problem)) => BY_CODE
                .iter()
                .find(|(code, _)| *code == problem.code)
                .map_or(Exit::Failed, |(_, exit)| *exit),
            Self::Api(ApiError::Unreachable(_) | ApiError::Unanswered(_)) => Exit::Unreachable,
            Self::Api(ApiError::Malformed(_)) => Exit::Failed,
            Self::Told { exit, .. } => *exit,
            Self::Closed => Exit::Done,
        }
    }

    /// What to print, one or more lines; empty for nothing.
    pub fn text(&self) -> String {
        match self {
            Self::Api(ApiError::Problem(problem)) => told(problem),
            Self::Api(error @ ApiError::Unanswered(_)) => format!(
                "error: {error}\n  Look first whether it was done (`list`, `show` or `status` of the \
                 same noun). The same command with --key and that key does it once at most.\n"
            ),
            Self::Api(error) => format!("error: {error}\n"),
            Self::Told { exit: Exit::Interrupted | Exit::HungUp, message, .. } => {
                format!("{message}\n")
            }
            Self::Told { message, .. } => format!("error: {message}\n"),
            Self::Closed => String::new(),
        }
    }
}

/// The most differences of a stale plan that are listed.
const DIFFERENCES: usize = 20;

fn told(problem: &Problem) -> String {
    let own = |text: &str| Untrusted::new(text).shown();
    let mut text = format!("error: {}\n", problem.detail.shown());
    if let Some(field) = &problem.field {
        let _ = writeln!(text, "  field: {}", own(field));
    }
    for difference in problem.differences.iter().take(DIFFERENCES) {
        let _ = writeln!(
            text,
            "  {}  planned: {}  now: {}",
            difference.address.shown_in(48),
            difference.planned.label(),
            difference.now.label(),
        );
    }
    if problem.differences.len() > DIFFERENCES {
        let _ = writeln!(text, "  and {} more", problem.differences.len() - DIFFERENCES);
    }
    if !problem.suggestions.is_empty() {
        let free: Vec<_> = problem.suggestions.iter().map(|name| own(name).to_string()).collect();
        let _ = writeln!(text, "  free: {}", free.join(", "));
    }
    if let Some(run) = &problem.run {
        let _ = writeln!(text, "  see: hublink invite status {}", own(run));
    }
    // The backend speaks to every client; here there is a shorter way.
    let remedy = match problem.code.as_str() {
        code::NOT_SIGNED_IN => sign_in(has_token()),
        _ => &problem.remedy,
    };
    if !remedy.is_empty() {
        let _ = writeln!(text, "  {}", own(remedy));
    }
    if !problem.request_id.is_empty() {
        let _ = writeln!(text, "  request {}", own(&problem.request_id));
    }
    text
}

/// Whether a token goes before a session; an empty one is none.
pub fn has_token() -> bool {
    std::env::var_os("HUBLINK_TOKEN").is_some_and(|token| !token.is_empty())
}

/// What to do where nobody is signed in; `token`: `HUBLINK_TOKEN` is set, and is not taken.
pub fn sign_in(token: bool) -> &'static str {
    if token {
        "HUBLINK_TOKEN has no token that works here: set another one, or unset it and sign in with \
         `hublink login`."
    } else {
        "Sign in with `hublink login`, or set HUBLINK_TOKEN."
    }
}

impl From<ApiError> for Failure {
    fn from(error: ApiError) -> Self {
        Self::Api(error)
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        Self::usage(error.to_string()).coded("configuration")
    }
}

impl From<EndpointError> for Failure {
    fn from(error: EndpointError) -> Self {
        Self::usage(error.to_string()).coded("configuration")
    }
}

impl From<ClientError> for Failure {
    fn from(error: ClientError) -> Self {
        Self::usage(error.to_string()).coded("client_setup")
    }
}

impl From<PrivateFileError> for Failure {
    fn from(error: PrivateFileError) -> Self {
        Self::usage(error.to_string()).coded("private_file")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(code: &str) -> Failure {
        Failure::Api(ApiError::Problem(Box::new(Problem {
            kind: "about:blank".into(),
            title: "No".into(),
            status: 409,
            code: code.into(),
            detail: "bad \x1b[2J thing".into(),
            remedy: "do this".into(),
            field: None,
            request_id: "req_1".into(),
            run: None,
            differences: Vec::new(),
            holder: None,
            suggestions: Vec::new(),
            starting: None,
        })))
    }

    #[test]
    fn a_token_that_is_not_taken_is_told_as_that() {
        assert!(sign_in(true).starts_with("HUBLINK_TOKEN has no token that works here"));
        assert!(sign_in(false).ends_with("or set HUBLINK_TOKEN."));
    }

    /// Every code of the contract, decided here on purpose: a new one fails the test below.
    const DECIDED: &[(u8, &str)] = &[
        (1, "internal too_many_requests malformed method_not_allowed too_large"),
        (1, "unsupported_media_type idempotency_key_reused"),
        (2, "invalid"),
        (3, "connect_first may_not_link"),
        (6, "agreement_stale link_state"),
        (3, "site_not_enrolled method_not_chosen link_permanent file_refused domain_taken"),
        (3, "domain_state domain_refused agreement_exists last_full_admin other_organization"),
        (3, "subdomain_reserved setup_finished nothing_to_set_up not_in_plan"),
        (3, "welcome_accepted welcome_fixed"),
        (3, "code_unknown code_used code_expired"),
        (3, "offer_declined offer_withdrawn offer_lapsed"),
        (3, "trial_expired extension_earlier order_refused order_choice"),
        (3, "sync_step account_linking_off nobody_added"),
        (3, "act_guided act_unavailable clock_in_doubt"),
        (4, "sign_in_first connect_code reset_code person_disabled token_expired"),
        (3, "last_backend_admin rights_elsewhere token_in_use"),
        (6, "order_state offer_state"),
        (6, "subdomain_taken welcome_sending terms_changed"),
        (4, "not_signed_in sign_in_failed not_allowed not_found"),
        (5, "unavailable"),
        (6, "plan_stale plan_applied plan_expired count_mismatch revision_unknown run_state"),
        (6, "draft_held draft_stale exists import_stale"),
        (6, "idempotency_key_in_use idempotency_key_unanswered"),
    ];

    #[test]
    fn section_7_every_problem_code_has_its_exit_code() {
        let decided = |code: &str| {
            let row = DECIDED.iter().find(|(_, codes)| codes.split(' ').any(|known| known == code));
            row.map(|(exit, _)| *exit)
        };
        for (code, _) in crate::api::problem::code::ALL {
            assert_eq!(Some(problem(code).exit() as u8), decided(code), "{code}");
        }
    }

    #[test]
    fn section_7_the_other_ends() {
        let unanswered = Failure::Api(ApiError::Unreachable("x".into()).of_a_write("k-1"));
        assert_eq!(unanswered.exit(), Exit::Unreachable);
        let told = unanswered.text();
        assert!(told.contains("its key is k-1") && told.contains("--key"), "{told}");
        let unreachable = Failure::Api(ApiError::Unreachable("x".into()));
        assert_eq!(unreachable.exit() as u8, 5);
        assert_eq!(Failure::Api(ApiError::Malformed("x".into())).exit() as u8, 1);
        assert_eq!(Failure::usage("x").exit() as u8, 2);
        assert_eq!(Failure::Closed.exit() as u8, 0);
        assert_eq!(Exit::HungUp as u8, 129);
        assert_eq!(Exit::Interrupted as u8, 130);
    }

    #[test]
    fn i12_a_problem_is_told_whole_and_clean() {
        let text = problem("exists").text();
        assert_eq!(text, "error: bad ^[[2J thing\n  do this\n  request req_1\n");
    }
}
