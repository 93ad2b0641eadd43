//! The stable codes of what the command line itself refuses, and failures as JSON problems.
//!
//! Owns what a script compares where no backend was asked. The codes of the backend are the
//! contract's. Must not word anything.

use clap::error::ErrorKind;
use serde_json::{Map, Value, json};

use super::{Exit, Failure};
use crate::api::call::ApiError;
use crate::domain::sentence::without_numbers;

/// Every code of the command line's own, with its title.
pub const OWN: &[(&str, &str)] = &[
    ("failed", "Failed"),
    ("wrong_usage", "Wrong usage"),
    ("unknown_command", "No such command"),
    ("missing_command", "No command"),
    ("unknown_flag", "No such flag or argument"),
    ("missing_argument", "An argument is missing"),
    ("invalid_value", "A value that cannot be"),
    ("conflicting_flags", "Flags that exclude each other"),
    ("unknown_field", "No such field"),
    ("nobody_to_ask", "There is no terminal to ask at"),
    ("no_backend", "No backend"),
    ("configuration", "The configuration is wrong"),
    ("client_setup", "The client cannot be set up"),
    ("private_file", "A private file cannot be trusted"),
    ("other_host", "Another host"),
    ("not_written", "A file was not written"),
    ("refused", "Refused"),
    ("not_done", "Not everything was done"),
    ("something_wrong", "Something is wrong"),
    ("not_proven", "The domain is not proven"),
    ("look_up_failed", "The look-up failed"),
    ("not_allowed_here", "Not allowed"),
    ("unreachable", "The backend cannot be reached"),
    ("unanswered", "It may have been done"),
    ("malformed_answer", "An answer that makes no sense"),
    ("conflict", "Something was faster"),
    ("hung_up", "The terminal is gone"),
    ("interrupted", "Interrupted"),
];

/// The code of a failure that has no closer one.
pub const fn usual(exit: Exit) -> &'static str {
    match exit {
        Exit::Done | Exit::Failed => "failed",
        Exit::Usage => "wrong_usage",
        Exit::Refused => "refused",
        Exit::NotAllowed => "not_allowed_here",
        Exit::Unreachable => "unreachable",
        Exit::Conflict => "conflict",
        Exit::HungUp => "hung_up",
        Exit::Interrupted => "interrupted",
    }
}

/// The code of a line that cannot be parsed.
pub fn of_parser(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::InvalidSubcommand => "unknown_command",
        ErrorKind::MissingSubcommand | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            "missing_command"
        }
        ErrorKind::UnknownArgument => "unknown_flag",
        ErrorKind::MissingRequiredArgument => "missing_argument",
        ErrorKind::ArgumentConflict => "conflicting_flags",
        ErrorKind::InvalidValue
        | ErrorKind::ValueValidation
        | ErrorKind::InvalidUtf8
        | ErrorKind::TooManyValues
        | ErrorKind::TooFewValues
        | ErrorKind::WrongNumberOfValues
        | ErrorKind::NoEquals => "invalid_value",
        _ => "wrong_usage",
    }
}

/// A problem of the command line's own, in the form of the backend's.
pub fn own(code: &str, exit: Exit, detail: &str) -> String {
    let title = OWN.iter().find(|(known, _)| *known == code).map_or("Failed", |(_, title)| title);
    json!({
        "type": "about:blank",
        "title": title,
        "code": code,
        "detail": detail,
        "exit": exit as u8,
    })
    .to_string()
}

impl Failure {
    /// The failure as one line of JSON: the backend's problem as it is, or one of the same form,
    /// each with the exit code; none where there is nothing to tell.
    pub fn json(&self) -> Option<String> {
        let detail = without_numbers(self.text());
        let detail = detail.trim_start_matches("error: ").trim();
        match self {
            Self::Closed => None,
            Self::Told { code, exit, .. } => Some(own(code, *exit, detail)),
            Self::Api(ApiError::Problem(problem)) => {
                let mut map = match serde_json::to_value(problem) {
                    Ok(Value::Object(map)) => map,
                    _ => Map::new(),
                };
                map.insert("exit".to_owned(), Value::from(self.exit() as u8));
                Some(Value::Object(map).to_string())
            }
            Self::Api(ApiError::Unanswered(_)) => Some(own("unanswered", self.exit(), detail)),
            Self::Api(ApiError::Unreachable(_)) => Some(own("unreachable", self.exit(), detail)),
            Self::Api(ApiError::Malformed(_)) => Some(own("malformed_answer", self.exit(), detail)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(failure: &Failure) -> Value {
        serde_json::from_str(&failure.json().unwrap()).unwrap()
    }

    #[test]
    fn section_7_every_end_has_a_code_of_its_own_in_json() {
        let known = |code: &str| OWN.iter().filter(|(own, _)| *own == code).count();
        for exit in [
            Exit::Failed,
            Exit::Usage,
            Exit::Refused,
            Exit::NotAllowed,
            Exit::Unreachable,
            Exit::Conflict,
            Exit::HungUp,
            Exit::Interrupted,
        ] {
            let problem = read(&Failure::told(exit, "what is wrong"));
            assert_eq!(problem["exit"], exit as u8);
            assert_eq!(problem["detail"], "what is wrong");
            assert_eq!(known(problem["code"].as_str().unwrap()), 1, "{problem}");
            assert_eq!(problem["type"], "about:blank");
        }
        assert_eq!(Failure::Closed.json(), None);
        let backends = crate::api::problem::code::ALL.iter().map(|(code, _)| *code);
        for code in backends {
            assert_eq!(known(code), 0, "{code} is the backend's");
        }
        for kind in [
            ErrorKind::InvalidSubcommand,
            ErrorKind::UnknownArgument,
            ErrorKind::InvalidValue,
            ErrorKind::MissingRequiredArgument,
            ErrorKind::ArgumentConflict,
            ErrorKind::MissingSubcommand,
        ] {
            assert_eq!(known(of_parser(kind)), 1, "{kind:?}");
        }
    }

    #[test]
    fn section_8_what_is_not_answered_is_told_with_its_key_in_json_too() {
        let problem = read(&Failure::Api(ApiError::Unreachable("x".into()).of_a_write("k-1")));
        assert_eq!((&problem["code"], &problem["exit"]), (&"unanswered".into(), &5.into()));
        assert!(problem["detail"].as_str().unwrap().contains("its key is k-1"), "{problem}");
    }
}
