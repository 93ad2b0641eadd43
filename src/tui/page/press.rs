//! What an action does on a page: moving, ticking, taking, opening, copying, going on.
//!
//! Owns the meaning of keys that is the same on every page. What follows from an edit, and where
//! going on leads, is for whoever has the page.

use super::{Block, Edit, Page, PageState, Stop};
use crate::domain::untrusted::{Shown, Untrusted};
use crate::tui::keymap::{Action, Availability};
use crate::tui::widget::field::Kind;

/// What came of an action.
#[derive(Debug, Clone, PartialEq)]
pub struct Press {
    /// What it changed, to be taken in before `then`.
    pub edit: Option<Edit>,
    /// What follows.
    pub then: Then,
}

/// What follows an action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Then {
    /// Nothing.
    Stay,
    /// The page is complete, as far as the operator is concerned.
    GoOn,
    /// It cannot be done, and this is why.
    Say(String),
    /// This is copied.
    Copy(Shown),
    /// It means nothing on a page.
    Pass,
}

impl From<Then> for Press {
    fn from(then: Then) -> Self {
        Self { edit: None, then }
    }
}

impl PageState {
    /// Whether an action means something on the page now; nothing leaves it to the page's owner.
    pub fn availability(&self, action: Action, page: &Page) -> Option<Availability> {
        let focused = self.focused(page);
        Some(Availability::shown_if(match action {
            Action::NextPane | Action::PreviousPane => focused.is_some(),
            motion if motion.motion().is_some() => self.can_go(page),
            Action::Tick => matches!(focused, Some(Stop::Option(..) | Stop::Tick(..))),
            Action::Open => matches!(focused, Some(Stop::Row(..))),
            Action::Copy => self.copied(page).is_some() && !self.counts(page),
            _ => return None,
        }))
    }

    /// Does an action, as far as it is the page's.
    pub fn press(&mut self, action: Action, page: &Page) -> Press {
        if let Some(motion) = action.motion() {
            self.go(motion, page);
            return Then::Stay.into();
        }
        match action {
            Action::NextPane | Action::PreviousPane => {
                let edit = self.take(page);
                self.go_next_block(page, action == Action::NextPane);
                Press { edit, then: Then::Stay }
            }
            Action::Tick => match self.tick(page) {
                Ok(edit) => {
                    if matches!(edit, Some(Edit::Tick { on: true, .. })) {
                        self.go_to_what_is_open(page);
                    }
                    Press { edit, then: Then::Stay }
                }
                Err(why) => Then::Say(why).into(),
            },
            Action::Open => Press { edit: self.open(page), then: Then::Stay },
            Action::Copy if self.counts(page) => Then::Stay.into(),
            Action::Copy => self.copied(page).map_or(Then::Stay, Then::Copy).into(),
            Action::Next => self.enter(page),
            _ => Then::Pass.into(),
        }
    }

    /// After a tick on to the field below it, where nothing is written there yet.
    fn go_to_what_is_open(&mut self, page: &Page) {
        let below = page.stops().into_iter().nth(self.focus + 1);
        if matches!(below, Some(Stop::Field(spec)) if spec.kind == Kind::Text && spec.value.is_empty())
        {
            self.give(self.focus + 1);
        }
    }

    /// What Enter does on the page itself, in the footer's words; nothing where it goes on.
    pub fn enter_word(&self, page: &Page) -> Option<&'static str> {
        if self.is_above_rows(page) {
            return Some("next");
        }
        if self.advances_within(page) {
            return Some("next field");
        }
        self.chooses(page).then_some("choose")
    }

    /// Whether Enter chooses what has the focus: it is taken only once it is chosen, with what
    /// follows from it in sight.
    fn chooses(&self, page: &Page) -> bool {
        let Some(Stop::Option(key, option)) = self.focused(page) else { return false };
        !page.blocks.iter().any(|block| match block {
            Block::Choice(choice) => {
                choice.key == key && choice.chosen.as_ref() == Some(&option.id)
            }
            _ => false,
        })
    }

    /// Enter: on to the next field; an option is chosen by it, and no more; then on to the next
    /// page.
    fn enter(&mut self, page: &Page) -> Press {
        let edit = self.take(page);
        if self.advances_within(page) {
            self.go_next_block(page, true);
            return Press { edit, then: Then::Stay };
        }
        if !self.chooses(page) {
            return Press { edit, then: Then::GoOn };
        }
        match self.tick(page) {
            Ok(edit) => Press { edit, then: Then::Stay },
            Err(why) => Then::Say(why).into(),
        }
    }

    /// What the copy key takes: a value on the page, else the page as a command line.
    fn copied(&self, page: &Page) -> Option<Shown> {
        let command = || page.same_as.as_deref().map(|command| Untrusted::new(command).shown());
        self.value(page).or_else(command)
    }
}

impl Page {
    /// What is chosen and ticked, and what is counted: where that changes, so does what Enter does.
    pub fn answers(&self) -> String {
        let answers = self.blocks.iter().map(|block| match block {
            Block::Choice(choice) => choice.chosen.clone().unwrap_or_default(),
            Block::Ticks(ticks) => {
                let ticked = ticks.rows.iter().filter(|row| row.ticked);
                ticked.map(|row| row.id.as_str()).collect::<Vec<_>>().join(",")
            }
            Block::Tally(rows) => {
                let numbers = rows.iter().map(|row| row.number.to_string());
                numbers.collect::<Vec<_>>().join(",")
            }
            _ => String::new(),
        });
        answers.collect::<Vec<_>>().join(";")
    }
}
