//! Sessions and tokens in a line each.

use crate::api::access::Session;
use crate::api::person::Token;
use crate::domain::untrusted::Untrusted;
use crate::tui::page::RowSpec;
use crate::tui::screen::Here;
use crate::tui::theme::Tone;

/// Since when, until when, and which one this is.
pub fn session_row(session: &Session, here: Here<'_>) -> RowSpec {
    let (tone, this) = mark(session.in_use);
    let used = session.used_at.map(|at| format!("used {}", here.moment(at))).unwrap_or_default();
    let cells = vec![
        format!("since {}", here.moment(session.created_at)),
        format!("until {}", here.moment(session.expires_at)),
        if session.in_use { this.to_owned() } else { used },
    ];
    RowSpec { id: session.id.clone(), tone, end: None, cells }
}

/// Which session it is, in a sentence.
pub fn session_words(session: &Session, here: Here<'_>) -> String {
    let used = match session.used_at {
        Some(at) => format!("used last {}", here.moment(at)),
        None => "not used yet".to_owned(),
    };
    let token = match &session.token {
        Some(id) => format!(" A token opened it: {}.", Untrusted::new(id.as_str()).shown()),
        None => String::new(),
    };
    format!("Opened {}, {used}.{token}", here.moment(session.created_at))
}

/// What it is for, until when, and when it was used last; of whom, where that is not clear.
pub fn token_row(token: &Token, everyone: bool, here: Here<'_>) -> RowSpec {
    let (tone, this) = mark(token.in_use);
    let note = token.note.shown_in(24).to_string();
    let note = if note.is_empty() { "no note".to_owned() } else { note };
    let ends = match token.expires_at {
        Some(at) => format!("until {}", here.date(at)),
        None => "no end".to_owned(),
    };
    let used = match token.used_at {
        _ if token.in_use => this.to_owned(),
        Some(at) => format!("used {}", here.moment(at)),
        None => "not used yet".to_owned(),
    };
    let whose = everyone.then(|| token.person.shown_in(32).to_string());
    let cells = whose.into_iter().chain([note, ends, used]).collect();
    RowSpec { id: token.id.clone(), tone, end: None, cells }
}

fn mark(in_use: bool) -> (Tone, &'static str) {
    if in_use { (Tone::Strong, "in use now") } else { (Tone::Text, "") }
}
