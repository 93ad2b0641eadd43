//! What is known of each route, said once: who may ask, how large its body may be, how long its answer
//! may take, which parts of its path are secrets.
//!
//! Owns the lookups; what is known of an endpoint stands in its impl ([`endpoint::Endpoint`]). The
//! backend reads its limits here, the client its patience, the log what it may show: none of them has
//! a list of its own. A path that has no row gets the least of everything, and nothing of it is shown.

mod tells;

use super::call::Method;
use super::endpoint;
use super::problem::code;
use crate::domain::act::Act;
use crate::domain::role::Action;
pub use tells::{Of, Tells};

/// The most bytes of an ordinary JSON body.
pub const JSON: usize = 2 << 20;
/// The most bytes of a JSON body that lists users of a roster of a million.
pub const LIST: usize = 16 << 20;
/// The most bytes of a file, or of what is as long as one.
pub const FILE: usize = 64 << 20;
/// The most bytes of a form on a web page.
pub const FORM: usize = 64 << 10;

/// What any read may be refused with; whoever guesses tokens is soon refused anywhere.
const READS: &[&str] = &[
    code::MALFORMED,
    code::NOT_SIGNED_IN,
    code::NOT_ALLOWED,
    code::NOT_FOUND,
    code::INVALID,
    code::TOO_MANY,
    code::INTERNAL,
    code::UNAVAILABLE,
];
/// What any write may be refused with.
const WRITES: &[&str] = &[
    code::MALFORMED,
    code::NOT_SIGNED_IN,
    code::NOT_ALLOWED,
    code::NOT_FOUND,
    code::TOO_LARGE,
    code::UNSUPPORTED_MEDIA_TYPE,
    code::INVALID,
    code::KEY_REUSED,
    code::KEY_IN_USE,
    code::KEY_UNANSWERED,
    code::TRIAL_EXPIRED,
    code::DRAFT_HELD,
    code::DRAFT_STALE,
    code::TOO_MANY,
    code::INTERNAL,
    code::UNAVAILABLE,
];

/// What a write may be refused with that needs an act of the provider.
const NEEDS: &[&str] = &[code::ACT_GUIDED, code::ACT_UNAVAILABLE];

/// The parameters of paths that may stand in a log. Every other one is a secret (promise I16).
const SHOWN: [&str; 14] = [
    "address",
    "email",
    "id",
    "name",
    "number",
    "organization",
    "person",
    "role",
    "run",
    "step",
    "subject",
    "url",
    "user_id",
    "wizard",
];

/// How long the answer of a route may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pace {
    /// As long as an ordinary question.
    Brief,
    /// It works on a whole roster, on a whole record, or asks the network.
    Long,
    /// It waits for a change as long as the query's `wait` says.
    Waits,
}

/// Who may ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Right {
    /// Anybody, signed in or not.
    Anybody,
    /// Who is signed in; for the rest the handler looks at what is asked for, or tells one's own.
    Somebody,
    /// Who may do this to what the path's first parameter names.
    May(Action, On),
}

/// What an action is done to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum On {
    /// The backend itself.
    Backend,
    /// An organization.
    Organization,
    /// A site.
    Site,
    /// The site of a plan.
    Plan,
    /// The site of a run.
    Run,
    /// The organization of a trial.
    Trial,
}

/// A route, and what is known of it.
#[must_use]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Route {
    /// Its name in the document, unlike that of every other; empty for a page.
    pub id: &'static str,
    /// The method.
    pub method: Method,
    /// The path, with its parameters in braces.
    pub path: &'static str,
    /// The chapter of the document.
    pub tag: &'static str,
    /// Who may ask.
    pub right: Right,
    /// The status of a good answer; 0 where there is none.
    pub success: u16,
    /// What a good answer is, in words; empty where its type says it.
    pub done: &'static str,
    /// The media type of a good answer that is not empty.
    pub media: &'static str,
    /// What the body is, in words; empty where its type says it.
    pub sends: &'static str,
    /// The most bytes of its body.
    pub most: usize,
    /// Whether its body is a file as it is.
    pub file: bool,
    /// How long its answer may take.
    pub pace: Pace,
    /// Whether a write only looks, plans or keeps: it does nothing to others, and nothing for good.
    pub keeps: bool,
    /// What its answer may tell of what the actor does not see (rule P2).
    pub tells: Option<Tells>,
    /// The stable codes that it may be refused with, beside those of every read or write.
    pub codes: &'static [&'static str],
    /// What the provider does for it: where that is not there, it is refused before anything.
    pub needs: Option<Act>,
}

impl Route {
    const fn new(method: Method, id: &'static str, path: &'static str) -> Self {
        Self {
            id,
            method,
            path,
            tag: "",
            right: Right::Somebody,
            success: 200,
            done: "",
            media: "application/json",
            sends: "",
            most: JSON,
            file: false,
            pace: Pace::Brief,
            keeps: false,
            tells: None,
            codes: &[],
            needs: None,
        }
    }

    /// It reads.
    pub const fn get(id: &'static str, path: &'static str) -> Self {
        Self::new(Method::Get, id, path)
    }

    /// It makes something, or does something.
    pub const fn post(id: &'static str, path: &'static str) -> Self {
        Self::new(Method::Post, id, path)
    }

    /// It sets something whole.
    pub const fn put(id: &'static str, path: &'static str) -> Self {
        Self::new(Method::Put, id, path)
    }

    /// It changes parts of something.
    pub const fn patch(id: &'static str, path: &'static str) -> Self {
        Self::new(Method::Patch, id, path)
    }

    /// It removes something.
    pub const fn delete(id: &'static str, path: &'static str) -> Self {
        Self::new(Method::Delete, id, path)
    }

    /// In which chapter of the document it stands.
    pub const fn tag(self, tag: &'static str) -> Self {
        Self { tag, ..self }
    }

    /// It is there for everybody, signed in or not.
    pub const fn anybody(self) -> Self {
        Self { right: Right::Anybody, ..self }
    }

    /// It is for who may do this to what the path's first parameter names.
    pub const fn may(self, action: Action, on: On) -> Self {
        Self { right: Right::May(action, on), ..self }
    }

    /// Its good answer has this status, and is this.
    pub const fn answers_with(self, success: u16, done: &'static str) -> Self {
        Self { success, done, ..self }
    }

    /// Its good answer is of this media type.
    pub const fn media(self, media: &'static str) -> Self {
        Self { media, ..self }
    }

    /// What is sent to it, in words.
    pub const fn sends(self, sends: &'static str) -> Self {
        Self { sends, ..self }
    }

    /// Its JSON body may have so many bytes.
    pub const fn up_to(self, most: usize) -> Self {
        Self { most, ..self }
    }

    /// Its body is a file.
    pub const fn takes_file(self) -> Self {
        Self { most: FILE, file: true, ..self }
    }

    /// A page for people: its body is a form.
    const fn page(self) -> Self {
        Self { most: FORM, right: Right::Anybody, ..self }
    }

    /// It works on a whole roster, on a whole record, or asks the network.
    pub const fn long(self) -> Self {
        Self { pace: Pace::Long, ..self }
    }

    /// It waits for a change.
    pub const fn waits(self) -> Self {
        Self { pace: Pace::Waits, ..self }
    }

    /// It looks, plans or keeps, and does nothing to others.
    pub const fn keeps(self) -> Self {
        Self { keeps: true, ..self }
    }

    /// Its answer may tell whether an address or an organization exists; see [`Tells`].
    pub const fn tells(self, asked: &'static [&'static str]) -> Self {
        let tells = Tells { of: Of::Others, asked, records_all: false, typed: false };
        Self { tells: Some(tells), ..self }
    }

    /// The same, and it changes nothing: good answers are recorded with the others.
    pub const fn answers(self, asked: &'static [&'static str]) -> Self {
        let tells = Tells { of: Of::Others, asked, records_all: true, typed: false };
        Self { tells: Some(tells), ..self }
    }

    /// The same, asked as one types.
    pub const fn checks(self, asked: &'static [&'static str]) -> Self {
        let tells = Tells { of: Of::Others, asked, records_all: true, typed: true };
        Self { tells: Some(tells), ..self }
    }

    /// Its answer may tell whether a name is taken, asked as one types.
    pub const fn names(self, asked: &'static [&'static str]) -> Self {
        let tells = Tells { of: Of::Names, asked, records_all: false, typed: true };
        Self { tells: Some(tells), ..self }
    }

    /// It may be refused with these stable codes, too.
    pub const fn refuses(self, codes: &'static [&'static str]) -> Self {
        Self { codes, ..self }
    }

    /// It is refused where the provider does not do this act, or has it done by hand.
    pub const fn needs(self, act: Act) -> Self {
        Self { needs: Some(act), ..self }
    }

    /// Whether a key of the client's is heeded: it writes, and somebody is signed in.
    pub fn is_keyed(&self) -> bool {
        self.method != Method::Get && self.right != Right::Anybody
    }

    /// Whether it does something to others, or for good.
    pub fn acts(&self) -> bool {
        self.method != Method::Get && !self.keeps
    }

    /// Every stable code that it may be refused with.
    pub fn refusals(&self) -> impl Iterator<Item = &'static str> {
        let common = if self.method == Method::Get { READS } else { WRITES };
        let needs = if self.needs.is_some() { NEEDS } else { &[] };
        common.iter().chain(self.codes).chain(needs).copied()
    }

    /// The row of a path with its parameters in braces.
    pub fn of(method: Method, template: &str) -> Option<&'static Self> {
        routes().find(|route| route.method == method && route.path == template)
    }

    /// The row of a path as it is asked for, with or without a query.
    pub fn asked(method: Method, path: &str) -> Option<&'static Self> {
        let path = path.split('?').next().unwrap_or_default();
        let fits = |route: &&Self| route.method == method && fits(route.path, path);
        routes().filter(fits).min_by_key(|route| route.path.matches('{').count())
    }
}

/// Pages for people behind links in mails: no endpoints, since no program reads them.
static PAGES: [Route; 10] = [
    Route::get("", "/i/{token}").page(),
    Route::post("", "/i/{token}").page(),
    Route::get("", "/connect/{code}").page(),
    Route::post("", "/connect/{code}").page(),
    Route::get("", "/reset").page(),
    Route::post("", "/reset").page(),
    Route::get("", "/welcome").page(),
    Route::get("", "/welcome/{token}").page(),
    Route::post("", "/welcome/{token}").page(),
    Route::post("", "/welcome/sign-out").page(),
];

/// Every route that there is.
pub fn routes() -> impl Iterator<Item = &'static Route> {
    endpoint::all().map(|about| &about.route).chain(&PAGES)
}

fn fits(template: &str, path: &str) -> bool {
    let mut parts = path.split('/');
    template
        .split('/')
        .all(|part| parts.next().is_some_and(|given| parameter(part).is_some() || part == given))
        && parts.next().is_none()
}

/// The name of a parameter, where a part of a template is one.
fn parameter(part: &str) -> Option<&str> {
    part.strip_prefix('{')?.strip_suffix('}')
}

/// A path as it may stand in a log, of the route with this template (none: there is no such
/// route). Secrets are named, not shown; of a path that leads nowhere only the beginning is shown
/// that is ours.
pub fn loggable(template: Option<&str>, path: &str) -> String {
    let Some(template) = template else { return beginning(path) };
    let mut given = path.split('/');
    let shown = template.split('/').map(|part| {
        let given = given.next().unwrap_or_default();
        match parameter(part) {
            Some(name) if SHOWN.contains(&name) => given,
            _ => part,
        }
    });
    shown.collect::<Vec<_>>().join("/")
}

/// The parts from the first on that some route has at that place, then an ellipsis.
fn beginning(path: &str) -> String {
    let parts: Vec<&str> = path.split('/').collect();
    let known = |count: usize| {
        let begins = |route: &'static Route| {
            let mut template = route.path.split('/');
            parts.iter().take(count).all(|part| template.next() == Some(part))
        };
        routes().any(begins)
    };
    let count = (1..=parts.len()).take_while(|count| known(*count)).last().unwrap_or(0);
    let mut shown = parts.get(..count).unwrap_or_default().join("/");
    if count < parts.len() {
        shown.push_str("/…");
    }
    shown
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn each_route_has_one_row() {
        let mut seen = BTreeSet::new();
        for route in routes() {
            assert!(seen.insert((format!("{:?}", route.method), route.path)), "{}", route.path);
            assert_eq!(Route::of(route.method, route.path), Some(route));
            let asked = format!("{}?after=3", route.path.replace(['{', '}'], ""));
            assert_eq!(Route::asked(route.method, &asked), Some(route), "{asked}");
        }
    }

    #[test]
    fn a_parameter_is_shown_or_a_secret() {
        let names: BTreeSet<&str> =
            routes().flat_map(|route| route.path.split('/')).filter_map(parameter).collect();
        let secrets: Vec<&str> =
            names.iter().copied().filter(|name| !SHOWN.contains(name)).collect();
        assert_eq!(secrets, ["code", "token"], "whoever adds a parameter decides what it is");
    }

    #[test]
    fn i16_no_log_has_a_secret_of_a_path() {
        for route in routes() {
            let path = route.path.split('/').map(|part| match parameter(part) {
                Some(name) if !SHOWN.contains(&name) => "s3cr3t",
                Some(_) => "known",
                None => part,
            });
            let path = path.collect::<Vec<_>>().join("/");
            assert!(!loggable(Some(route.path), &path).contains("s3cr3t"), "{path}");
            let astray = [format!("{path}/x"), format!("/{path}"), path.to_uppercase()];
            for path in astray {
                let shown = loggable(None, &path).to_lowercase();
                assert!(!shown.contains("s3cr3t") && !shown.contains("known"), "{path}: {shown}");
            }
        }
        assert_eq!(loggable(Some("/connect/{code}"), "/connect/s3cr3t"), "/connect/{code}");
        assert_eq!(loggable(Some("/v1/sites/{url}"), "/v1/sites/a.example"), "/v1/sites/a.example");
        assert_eq!(loggable(None, "/connect/s3cr3t/x"), "/connect/…");
        assert_eq!(loggable(None, "/favicon.ico"), "/…");
    }
}
