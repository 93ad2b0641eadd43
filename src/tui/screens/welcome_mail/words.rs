//! What the page of a welcome mail says (rule T4).
//!
//! Owns the words for each state and each act. Must not act.

use super::{CORRECT, RESEND};
use crate::api::welcome::Welcome;
use crate::domain::address::with_unicode;
use crate::domain::welcome::WelcomeState;
use crate::tui::page::{Block, RowSpec};
use crate::tui::screen::Here;
use crate::tui::theme::Tone;
use crate::tui::when::count;

/// Where it stands, in a sentence.
pub(super) fn standing(welcome: &Welcome, here: Here<'_>) -> Block {
    let email = with_unicode(&welcome.email);
    let (tone, words) = match welcome.state {
        WelcomeState::Accepted => {
            let when = welcome.accepted_at.map(|at| format!(" on {}", here.date(at)));
            (Tone::Done, format!("{email} has taken over{}.", when.unwrap_or_default()))
        }
        WelcomeState::Sent if welcome.expired => (
            Tone::Attention,
            "Its link is too old now and was not used: send a new one.".to_owned(),
        ),
        WelcomeState::Sent => {
            (Tone::Accent, format!("{email} has it, and has not used its link yet."))
        }
        WelcomeState::Queued | WelcomeState::Sending => {
            (Tone::Accent, "It is on its way to the mail server.".to_owned())
        }
        WelcomeState::Refused => (
            Tone::Refused,
            "The mail server refused it for good: the address may be wrong.".to_owned(),
        ),
        WelcomeState::NotMailed => (
            Tone::Accent,
            format!(
                "{email} had a mail within the last week and gets no second one: they see the \
                     offer when they sign in."
            ),
        ),
        WelcomeState::Declined => (
            Tone::Attention,
            format!("{email} has declined. That stands until they lift it themselves."),
        ),
        WelcomeState::Withdrawn => {
            (Tone::Attention, "The offer was withdrawn; its link works no more.".to_owned())
        }
        WelcomeState::Unknown => (
            Tone::Attention,
            "It may or may not have been sent: the mail server's last word never came. No \
             machine sends it again; you may."
                .to_owned(),
        ),
    };
    Block::notice(tone, words)
}

/// What is known of it.
pub(super) fn facts(welcome: &Welcome, here: Here<'_>) -> Vec<(String, String)> {
    let mut facts = vec![("To".to_owned(), with_unicode(&welcome.email).to_string())];
    let mut fact = |label: &str, value: String| facts.push((label.to_owned(), value));
    fact("Mails", count(welcome.mails, "mail"));
    if let Some(at) = welcome.sent_at {
        fact("Sent", here.moment(at));
    }
    if let Some(at) = welcome.expires_at.filter(|_| !welcome.state.is_over()) {
        let word = if welcome.expired { "Link worked until" } else { "Link works until" };
        fact(word, here.moment(at));
    }
    if let Some(detail) = &welcome.detail {
        fact("The server said", detail.shown().to_string());
    }
    facts
}

/// What can be done.
pub(super) fn acts(welcome: &Welcome) -> Vec<RowSpec> {
    let row = |id: &str, words: &str| RowSpec {
        id: id.to_owned(),
        tone: Tone::Strong,
        end: None,
        cells: vec![words.to_owned()],
    };
    let mut rows = Vec::new();
    if !welcome.state.is_over() {
        rows.push(row(RESEND, "Send it again"));
    }
    if welcome.may_correct {
        rows.push(row(CORRECT, "Correct the address"));
    }
    rows
}

/// Why the address cannot be corrected, where one might look for it.
pub(super) fn why_fixed(welcome: &Welcome) -> Option<&'static str> {
    (!welcome.may_correct && !welcome.state.is_over()).then_some(
        "The address cannot be corrected here: the organization was there before. A full admin \
         grants roles in it.",
    )
}

/// What sending again means.
pub(super) fn again(welcome: &Welcome) -> Vec<String> {
    let mut lines = vec![with_unicode(&welcome.email).to_string(), String::new()];
    lines.push(match welcome.state {
        WelcomeState::Unknown => "It may have arrived already: then they get a second one. Only \
                                  the newest link works."
            .to_owned(),
        WelcomeState::Queued | WelcomeState::Sending => {
            "The first one is still on its way: they may get two. Only the newest link works."
                .to_owned()
        }
        _ => "They get a new mail with a new link; the link of the one before ends.".to_owned(),
    });
    lines
}
