//! The code: typing it, and what it turns out to be for.
//!
//! Owns the first page. What kind of code it is the backend tells; nobody has to know before.

use crate::api::call::{ApiError, Reply};
use crate::api::problem::code;
use crate::api::session::Secret;
use crate::api::welcome::WelcomeShown;
use crate::tui::load::Load;
use crate::tui::page::{Block, Edit, FieldSpec, Page};
use crate::tui::screen::Here;
use crate::tui::theme::Tone;
use crate::tui::widget::field::Kind;
use crate::tui::wizard::asking;

/// The field.
pub(super) const FIELD: &str = "code";

/// What a code is for.
pub(super) enum Found {
    /// The welcome of a customer's administrator (rule T4).
    Welcome(Box<WelcomeShown>),
}

impl Found {
    /// Takes what the backend tells.
    pub fn read(reply: &Reply) -> Option<Self> {
        reply.get::<WelcomeShown>().map(|shown| Self::Welcome(Box::new(shown.clone())))
    }
}

/// What is typed. No `Debug`: it is a key.
#[derive(Default)]
pub(super) struct Code(String);

impl Code {
    /// A code at hand.
    pub fn new(code: &str) -> Self {
        Self(code.to_owned())
    }

    /// Takes what the operator wrote.
    pub fn edit(&mut self, edit: &Edit) {
        if let Edit::Text { field: FIELD, value } = edit {
            self.0.clone_from(value);
        }
    }

    /// The code; mails break it over lines, so blanks count for nothing.
    pub fn secret(&self) -> Option<Secret> {
        let code: String = self.0.split_whitespace().collect();
        (!code.is_empty()).then(|| Secret::new(code))
    }

    /// The page.
    pub fn page(&self, found: &Load<Found>, here: Here<'_>) -> Page {
        let mut blocks = vec![
            Block::prose(
                "The mail you got has a link and, below it, a code. Paste either of them.",
            ),
            Block::Gap,
            Block::Field(FieldSpec {
                key: FIELD,
                label: "Code or link".to_owned(),
                kind: Kind::Text,
                value: self.0.clone(),
                hint: "works once, for 7 days".to_owned(),
                error: None,
            }),
            Block::Gap,
        ];
        match found.error() {
            Some(error) => blocks.push(refused(error, here)),
            None => blocks.push(Block::aside(asking::waiting(found, "Looking at the code", here))),
        }
        let same_as = Some("hublink welcome accept".to_owned());
        Page { blocks, same_as, first: Some(FIELD), ..Page::default() }
    }
}

/// Whether the code connects an address to a site (rule L1): one signs in first.
pub(super) fn connects(error: &ApiError) -> bool {
    error.code() == code::CONNECT_CODE
}

/// Whether the code sets a new password (rule P5): that is another page.
pub(super) fn resets(error: &ApiError) -> bool {
    error.code() == code::RESET_CODE
}

/// Why the code does not open anything, and who can send a new one.
fn refused(error: &ApiError, here: Here<'_>) -> Block {
    match error {
        // No refusal: it is of use elsewhere.
        ApiError::Problem(problem) if connects(error) || resets(error) => {
            Block::notice(Tone::Attention, asking::both(problem))
        }
        ApiError::Problem(_) => asking::failed(error, here),
        ApiError::Unanswered(_) => {
            let words = format!(
                "{} Enter asks again; the code answers its own repeat.",
                asking::sentence(&error.to_string())
            );
            Block::notice(Tone::Attention, words)
        }
        ApiError::Unreachable(_) | ApiError::Malformed(_) => {
            let words = format!(
                "{} Nothing was changed; Enter tries again.",
                asking::sentence(&error.to_string())
            );
            Block::notice(Tone::Refused, words)
        }
    }
}
