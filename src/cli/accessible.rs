//! Accessible mode on standard input and output: whether it is wanted, and how lines come and go.
//!
//! Owns that no escape sequence is written, and that a secret is not echoed. Must not know a page.

use std::io::{self, BufRead as _, IsTerminal as _};

use super::context::Context;
use super::exit::Failure;
use super::prompt::{silently, without_end};
use super::standard::{StandardOutput, note, question};
use super::wizard::variable;
use crate::tui::runtime::linear::Voice;
use crate::tui::terminal::{Terminal, TerminalError};

/// A line is no longer than this: a pasted list has many.
const LONGEST: u64 = 1 << 20;

/// Whether the wizard is told line by line. Where `TERM` says that the terminal cannot do more, a
/// person is asked.
///
/// # Errors
/// What the person said cannot be read.
pub async fn is_wanted(cx: &Context) -> Result<bool, Failure> {
    if let Some(wanted) = cx.settings.accessible {
        return Ok(wanted);
    }
    if let Some(value) = variable("ACCESSIBLE").filter(|value| !value.is_empty()) {
        return Ok(!matches!(value.as_str(), "0" | "no" | "false" | "off"));
    }
    let dumb = Terminal::check(variable("TERM").as_deref());
    let Err(TerminalError::Dumb(term)) = dumb else { return Ok(false) };
    if !cx.person.may_ask() {
        return Ok(false);
    }
    note(&format!("TERM={term} cannot show a full screen; the wizard can be told line by line."));
    cx.person.agrees("Go on so?", "use --accessible").await
}

/// Standard input and output.
pub fn voice(cx: &Context) -> Voice {
    let mut out = StandardOutput::of_process();
    let asks = io::stdin().is_terminal();
    let quiet = !cx.settings.hints.unwrap_or(true);
    let ask = move |words: &str, secret: bool| {
        if asks {
            question(words);
        }
        let read = || {
            let mut line = String::new();
            let read = io::Read::take(io::stdin().lock(), LONGEST).read_line(&mut line);
            read.ok().filter(|bytes| *bytes > 0).map(|_| without_end(&line).to_owned())
        };
        if secret && asks { silently(read) } else { read() }
    };
    Voice { say: Box::new(move |text| out.told(text)), ask: Box::new(ask), quiet }
}
