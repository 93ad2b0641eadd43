//! What each command's result is made of, as far as it must be known before the command acts.
//!
//! Owns that a wrong `--fields` is found before anything is done, and that nobody chooses fields, or a
//! part, of what has none. What only reads is not here: there the answer itself tells. Must not write
//! anything.

use super::exit::Failure;
use super::output::{Format, Out};
use super::{
    clock, cohort, contact_center, directory_sync, domain, following, insights, invite, licence,
    offer, order, org, person, setup, site, token, trial, user, welcome,
};

/// Commands whose result is one text or file, by its name.
const WHOLE: &[(&str, &str)] = &[
    ("user export", "an export"),
    ("licence export", "an export"),
    ("audit anchor", "an anchor"),
    ("openapi", "the document"),
    ("completions", "a script"),
    ("man", "a page"),
    ("help", "the help"),
];

/// Commands without a result: what they did is told beside it.
const NOTHING: &[&str] = &[
    "",
    "demo",
    "login",
    "logout",
    "session end",
    "password change",
    "password reset",
    "token revoke",
    "clock accept",
    "clock refuse",
    "cohort remove",
    "invite clear-decline",
    "backup",
    "restore",
];

/// Whether what `--fields` and `--limit` choose is there; asked before anything is done. The path is
/// the command's words.
///
/// # Errors
/// That it is not, and what is.
pub fn check(path: &str, out: &Out) -> Result<(), Failure> {
    if !out.has_fields() && out.limit().is_none() {
        return Ok(());
    }
    let whole = WHOLE.iter().find(|(known, _)| *known == path).map(|(_, what)| *what);
    let whole = match (path, out.format()) {
        ("invite report", Format::Md | Format::Html) => Some("a report"),
        ("invite announce", Format::Table | Format::Md) => Some("a draft"),
        _ => whole,
    };
    if let Some(what) = whole {
        return Err(Failure::usage(format!(
            "{what} is written whole: leave out --fields and --limit"
        )));
    }
    if NOTHING.contains(&path) {
        return Err(Failure::usage(
            "this has no result to choose from: leave out --fields and --limit",
        ));
    }
    match path {
        "org add" | "org edit" | "org grant" | "org revoke" | "org withdraw" => {
            out.expects(org::COLUMNS)
        }
        "org directory-sync pause"
        | "org directory-sync convert"
        | "org directory-sync dry-run"
        | "org directory-sync resume"
        | "org directory-sync set" => out.expects(directory_sync::COLUMNS),
        "offer decline" | "offer lift" => out.expects(offer::COLUMNS),
        "offer accept" | "welcome accept" => out.expects(welcome::DONE),
        "welcome decline" | "welcome lift" => out.expects(welcome::SHOWN),
        "welcome resend" | "welcome correct" => out.expects(welcome::COLUMNS),
        "person add" | "person disable" | "person enable" => out.expects(person::COLUMNS),
        "token create" => out.expects(token::GRANTED),
        "clock advance" => out.expects(clock::COLUMNS),
        "trial start" | "trial edit" | "trial extend" => out.expects(trial::COLUMNS),
        "order add" | "order map" | "order accept" | "order decline" => out.expects(order::COLUMNS),
        "setup finish" => out.expects(setup::COLUMNS),
        "contact-center set-up" => out.expects(contact_center::COLUMNS),
        "site add" | "site edit" | "site method" => out.expects(site::COLUMNS),
        "site enroll" | "site connect" => out.expects(site::linking::ENROLLMENT),
        "site account-linking" => out.expects(following::LINKING),
        "site auto-link" => out.expects(following::AUTO),
        "site insights import" => out.expects(insights::columns::TAKEN),
        "domain add" | "domain verify" | "domain claim" | "domain release" | "domain unverify"
        | "domain remove" => out.expects(domain::COLUMNS),
        "domain add-consumer" => out.expects(domain::CONSUMER),
        "user add" | "user edit" => out.expects(user::single::COLUMNS),
        "licence import" => out.expects(licence::IMPORT),
        "cohort save" => out.expects(cohort::COLUMNS),
        "invite plan" | "invite retry" => out.expects(invite::words::PLAN),
        "invite apply" | "invite pause" | "invite resume" | "invite cancel" | "invite resolve" => {
            out.expects(invite::words::RUN)
        }
        _ => Ok(()),
    }
}
