//! What a value must be, where the parser's library tells how it was read: "invalid digit found in string".
//!
//! Owns the words for numbers and dates of every command. Must not judge a value.

use std::error::Error as _;
use std::num::{ParseFloatError, ParseIntError};

use clap::Error;
use clap::error::{ContextKind, ContextValue, ErrorKind};

/// The error in words that say what to write.
pub fn in_plain_words(error: Error) -> Error {
    let text = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => text.as_str(),
        _ => "",
    };
    let (value, flag) = (text(ContextKind::InvalidValue), text(ContextKind::InvalidArg));
    match wanted(&error) {
        Some(wanted) => {
            let words = format!("{value:?} is no value for {flag}: {wanted}\n");
            Error::raw(ErrorKind::ValueValidation, words)
        }
        None => error,
    }
}

/// What to write, where the library does not say it.
fn wanted(error: &Error) -> Option<&'static str> {
    let why = error.source().filter(|_| error.kind() == ErrorKind::ValueValidation)?;
    if why.is::<ParseFloatError>() {
        return Some("write a number such as 2 or 0.5");
    }
    if why.is::<jiff::Error>() {
        return Some("write a date such as 2026-06-01");
    }
    let out_of_range = why.to_string().contains(" is not in 1..");
    (out_of_range || why.is::<ParseIntError>()).then_some("write a whole number, from 1 on")
}

#[cfg(test)]
mod tests {
    use crate::cli::Cli;
    use std::ffi::OsString;

    #[test]
    fn section_7_a_number_or_a_date_that_is_none_says_what_to_write() {
        for (line, want) in [
            ("site list --limit x", "\"x\" is no value for --limit <N>: write a whole number"),
            ("site list --limit 0", "\"0\" is no value for --limit <N>: write a whole number"),
            ("site list --limit 99999999999", "write a whole number, from 1 on"),
            ("demo --users many", "write a whole number"),
            ("demo --tour trial --speed fast", "write a number such as 2 or 0.5"),
            ("site auto-link a.example --on tomorrow", "write a date such as 2026-06-01"),
        ] {
            let words = format!("hublink {line}").split(' ').map(OsString::from).collect();
            let told = Cli::read(words).unwrap_err().to_string();
            assert!(told.contains(want), "{line}: {told}");
            assert!(!told.contains("digit") && !told.contains("float"), "{told}");
        }
    }
}
