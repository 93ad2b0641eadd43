//! A no to what the code offers, and taking the no back (rule P1).
//!
//! Owns the row on the pages of the way, and the page of who has declined. What is held already
//! cannot be declined: it is revoked by a full admin.

use super::{At, Welcome};
use crate::api::call::Request;
use crate::api::endpoint::{Endpoint as _, Nothing};
use crate::api::session::Secret;
use crate::api::welcome::{DeclineWelcome, LiftWelcome, LookAtWelcome, WelcomeShown};
use crate::tui::load::Load;
use crate::tui::overlay::confirm::Confirm;
use crate::tui::page::{Block, Page, RowSpec, Rows, Stop};
use crate::tui::screen::{Cx, Flow, Here};
use crate::tui::theme::Tone;
use crate::tui::wizard::asking;

/// The rows.
const ANSWER: &str = "answer";

/// What can be answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Answer {
    Decline,
    Lift,
    /// Accept all the same.
    Accept,
}

impl Answer {
    const ALL: [Self; 3] = [Self::Decline, Self::Lift, Self::Accept];

    const fn code(self) -> &'static str {
        match self {
            Self::Decline => "decline",
            Self::Lift => "lift",
            Self::Accept => "accept",
        }
    }

    /// What has the focus, where it is one of these.
    pub fn of(stop: Option<Stop>) -> Option<Self> {
        let Some(Stop::Row(ANSWER, id)) = stop else { return None };
        Self::ALL.into_iter().find(|one| one.code() == id)
    }

    /// What it asks of the backend; accepting goes the whole way.
    pub fn call(self, code: Secret) -> Option<Request> {
        let body = LookAtWelcome { code };
        match self {
            Self::Decline => Some(DeclineWelcome::call(Nothing, Nothing, body)),
            Self::Lift => Some(LiftWelcome::call(Nothing, Nothing, body)),
            Self::Accept => None,
        }
    }

    fn row(self, shown: &WelcomeShown) -> RowSpec {
        let name = shown.organization_name.shown_in(50);
        let words = match self {
            Self::Decline => "Decline this offer".to_owned(),
            Self::Lift => format!("Let {name} offer you a role again"),
            Self::Accept => "Accept it all the same".to_owned(),
        };
        RowSpec { id: self.code().to_owned(), tone: Tone::Text, end: None, cells: vec![words] }
    }
}

fn rows(answers: &[Answer], shown: &WelcomeShown) -> Block {
    let rows = answers.iter().map(|answer| answer.row(shown)).collect();
    Block::Rows(Rows { key: ANSWER, rows, empty: String::new() })
}

/// The row that declines, for the pages on which one may; nothing for what is held already.
pub(super) fn row(shown: &WelcomeShown) -> Option<Block> {
    (!shown.held).then(|| rows(&[Answer::Decline], shown))
}

/// The question before.
pub(super) fn question(shown: &WelcomeShown) -> Confirm {
    let name = shown.organization_name.shown_in(60);
    let lines = vec![
        "Nothing changes for you.".to_owned(),
        format!("{name} cannot offer you anything again until you allow it; the code does that."),
    ];
    Confirm::new("Decline the offer?", lines, "Decline it")
}

/// The page of who has declined, now or before.
pub(super) fn page(shown: &WelcomeShown, answering: &Load<WelcomeShown>, here: Here<'_>) -> Page {
    let name = shown.organization_name.shown_in(60);
    let words = format!(
        "You have declined. Nothing has changed for you, and {name} cannot offer you anything \
         until you allow it."
    );
    // Too late to accept: what is left is to lift it.
    let over = shown.roles.is_empty();
    let mut blocks = vec![Block::notice(Tone::Done, words), Block::Gap];
    if !over {
        let until = here.moment(shown.expires_at);
        blocks.push(Block::aside(format!("The code works until {until}, also to accept.")));
        blocks.push(Block::Gap);
    }
    let answers = if over { &[Answer::Lift][..] } else { &[Answer::Lift, Answer::Accept] };
    blocks.push(rows(answers, shown));
    blocks.push(Block::Gap);
    blocks.push(outcome(answering, here));
    let same_as = Some("hublink welcome lift".to_owned());
    Page { blocks, same_as, first: Some(ANSWER), ..Page::default() }
}

/// What became of the answer.
pub(super) fn outcome(answering: &Load<WelcomeShown>, here: Here<'_>) -> Block {
    match answering.error() {
        Some(error) => asking::failed(error, here),
        None => Block::aside(asking::waiting(answering, "Answering", here)),
    }
}

impl Welcome {
    /// Whether the page is that of who has declined.
    pub(super) fn has_declined(&self) -> bool {
        self.at == At::Password
            && !self.reconsidered
            && self.shown().is_some_and(|shown| shown.declined)
    }

    /// Answers with what has the focus, where that is an answer; declining is asked once more.
    pub(super) fn answer(&mut self, answer: Answer, cx: &mut Cx<'_>) -> Flow {
        let (Some(code), Some(shown)) = (self.code.secret(), self.shown()) else {
            return Flow::Stay;
        };
        if answer == Answer::Decline {
            return Flow::Push(Box::new(question(shown)));
        }
        if let Some(call) = answer.call(code) {
            self.answering.ask(call, cx);
        } else {
            self.reconsidered = true;
            self.go(At::Password, cx);
        }
        Flow::Stay
    }

    /// Declines; it was asked once more.
    pub(super) fn decline(&mut self, cx: &mut Cx<'_>) {
        if let Some(call) = self.code.secret().and_then(|code| Answer::Decline.call(code)) {
            self.answering.ask(call, cx);
        }
    }

    /// The answer has come: what is known of the code is known anew.
    pub(super) fn answered(&mut self, cx: &mut Cx<'_>) {
        let Some(shown) = self.answering.get().cloned() else { return };
        self.reconsidered = false;
        let name = shown.organization_name.shown_in(60);
        let words = if shown.declined {
            format!("You have declined the offer of {name}.")
        } else {
            format!("{name} may offer you a role again.")
        };
        cx.toast(Tone::Done, words);
        self.go(At::Password, cx);
    }

    /// What Enter answers.
    pub(super) fn focused_answer(&self) -> Option<Answer> {
        Answer::of(self.sheet.focused())
    }
}
