//! What a step of a wizard is.
//!
//! Owns [`Step`] and what a step may answer ([`Turn`]). A step describes its page as data and
//! reacts to edits, actions and replies; the host draws, moves and saves. Steps import no steps:
//! facts travel through the [`Draft`] or a request. Exactly one step draws itself (select users).

use std::borrow::Cow;

use bytes::Bytes;
use crossterm::event::KeyEvent;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::Way;
use super::draft::Draft;
use crate::api::call::{ApiError, Reply};
use crate::domain::act::Act;
use crate::roster::{Bitmap, Found};
use crate::tui::keymap::{Action, Availability, Scope};
use crate::tui::msg::{IoError, RequestId};
use crate::tui::page::{Edit, Page, Stop};
use crate::tui::screen::{Cx, Here, Look, Screen};

/// A step.
pub trait Step<W: Way> {
    /// Its name in the saved draft, such as `method`.
    fn id(&self) -> &'static str;

    /// Its name in the stepper, one word.
    fn title(&self) -> &'static str;

    /// What the page is for and what to do on it: the first paragraph of its help.
    fn help(&self) -> &'static str;

    /// Its name on this way, where that differs.
    fn title_in(&self, _draft: &Draft<W>) -> &'static str {
        self.title()
    }

    /// Why it was passed without what it is for, once it lies behind: it is not ticked off.
    fn passed_by(&self, _draft: &Draft<W>) -> Option<&'static str> {
        None
    }

    /// Whether it is part of the way with these answers.
    fn applies(&self, _draft: &Draft<W>) -> Applies {
        Applies::Yes
    }

    /// The operator comes here (also again): ask for what is needed.
    fn enter(&mut self, _draft: &mut Draft<W>, _cx: &mut Cx<'_>) {}

    /// Its page. A step that draws itself gives an empty one.
    fn page(&self, draft: &Draft<W>, here: Here<'_>) -> Page;

    /// "What happens next": two or three sentences, the facts that matter here.
    fn happens_next(&self, draft: &Draft<W>) -> Vec<Cow<'static, str>>;

    /// Whether the answers allow going on. Gates Next and nothing else.
    fn check(&self, draft: &Draft<W>) -> Result<(), Refusal>;

    /// Another footer word than the table's, such as "invite" for [`Action::Next`].
    fn label(&self, _action: Action, _draft: &Draft<W>) -> Option<String> {
        None
    }

    /// Whether going on does something that is more than going on: it sends, links, takes,
    /// finishes or signs (SPEC section 6, one press, one page).
    fn acts(&self, _draft: &Draft<W>) -> bool {
        false
    }

    /// Whether opening a row of its page does something of that kind.
    fn acts_on(&self, _list: &str, _id: &str) -> bool {
        false
    }

    /// What the directory does for what its page is for: where it does not, that is told on top.
    fn asks_for(&self, _draft: &Draft<W>) -> Vec<Act> {
        Vec::new()
    }

    /// Whether an action is of that, and cannot be done without.
    fn needs(&self, _action: Action, _draft: &Draft<W>) -> bool {
        false
    }

    /// The scopes of its own keys, before the page's and the wizard's.
    fn scopes(&self) -> &'static [Scope] {
        &[]
    }

    /// Whether an action can be done; nothing leaves it to the host.
    fn availability(&self, _action: Action, _draft: &Draft<W>) -> Option<Availability> {
        None
    }

    /// Learns what has the focus on its page, before the page is made anew.
    fn on_focus(&mut self, _stop: Option<&Stop>) {}

    /// The operator changed something on the page.
    fn on_edit(&mut self, _edit: &Edit, _draft: &mut Draft<W>, _cx: &mut Cx<'_>) -> Turn {
        Turn::Stay
    }

    /// Does an action; [`Turn::Pass`] leaves it to the host.
    fn on_action(&mut self, _action: Action, _draft: &mut Draft<W>, _cx: &mut Cx<'_>) -> Turn {
        Turn::Pass
    }

    /// The operator goes on and `check` agrees. To act first: send, stay, and turn on the reply.
    fn on_next(&mut self, _draft: &mut Draft<W>, _cx: &mut Cx<'_>) -> Turn {
        Turn::Next
    }

    /// Takes a reply; most are somebody else's.
    fn on_reply(
        &mut self,
        _id: RequestId,
        _result: &Result<Reply, ApiError>,
        _draft: &mut Draft<W>,
        _cx: &mut Cx<'_>,
    ) -> Turn {
        Turn::Stay
    }

    /// Takes the rows that a search found; most are somebody else's.
    fn on_found(
        &mut self,
        _id: RequestId,
        _rows: &Bitmap,
        _draft: &mut Draft<W>,
        _cx: &mut Cx<'_>,
    ) {
    }

    /// Takes what a list of addresses came to; most are somebody else's.
    fn on_looked(&mut self, _id: RequestId, _found: &Found, _cx: &mut Cx<'_>) {}

    /// Takes what a file held, or the end of writing one (without bytes).
    fn on_file(
        &mut self,
        _id: RequestId,
        _result: &Result<Option<Bytes>, IoError>,
        _draft: &mut Draft<W>,
        _cx: &mut Cx<'_>,
    ) {
    }

    /// After every message while this is the current step: clamp, ask for what is missing.
    fn reconcile(&mut self, _draft: &mut Draft<W>, _cx: &mut Cx<'_>) {}

    /// The operator goes away: what is not in the draft yet goes there now.
    fn hand_over(&mut self, _draft: &mut Draft<W>) {}

    /// Whether it draws itself (selecting users alone).
    fn draws_itself(&self) -> bool {
        false
    }

    /// Draws itself into the page's room.
    fn view(&self, _draft: &Draft<W>, _look: &Look<'_>, _area: Rect, _buf: &mut Buffer) {}

    /// A step that draws itself: the action of what stands at this place of the screen's body.
    fn hint_at(&self, _body: Rect, _at: Position) -> Option<Action> {
        None
    }

    /// A step that draws itself: what it shows, as data, for who has it told line by line; nothing
    /// is read as drawn.
    fn listed(&self, _draft: &Draft<W>) -> Option<Page> {
        None
    }

    /// A step that draws itself: gives the focus to what stands there in [`Step::listed`].
    fn point(&mut self, _at: usize) {}

    /// A step that draws itself: whether a key is text for its field.
    fn wants(&self, _key: &KeyEvent) -> bool {
        false
    }

    /// A step that draws itself: takes a key that it wants.
    fn on_text(&mut self, _key: &KeyEvent, _draft: &mut Draft<W>, _cx: &mut Cx<'_>) {}

    /// A step that draws itself: takes pasted text.
    fn on_paste(&mut self, _text: &str, _draft: &mut Draft<W>, _cx: &mut Cx<'_>) {}
}

/// Whether a step is part of the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Applies {
    /// It is.
    Yes,
    /// It is not, and this is why; shown in the stepper's place.
    Skipped(Cow<'static, str>),
}

/// Why one cannot go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The field or list to look at.
    pub field: Option<&'static str>,
    /// What is missing or wrong, and what to do.
    pub text: Cow<'static, str>,
}

impl Refusal {
    /// A refusal about the whole page.
    pub fn page(text: impl Into<Cow<'static, str>>) -> Self {
        Self { field: None, text: text.into() }
    }

    /// A refusal about one field.
    pub fn field(field: &'static str, text: impl Into<Cow<'static, str>>) -> Self {
        Self { field: Some(field), text: text.into() }
    }
}

/// What a step answers.
pub enum Turn {
    /// Stay here.
    Stay,
    /// Not mine: the host decides.
    Pass,
    /// On to the next step that applies.
    Next,
    /// Back to the step before.
    Back,
    /// To the step of this name.
    Goto(&'static str),
    /// Stay here, with the focus on the field or list of this name.
    Focus(&'static str),
    /// Stay here, and say why: what was asked first does not allow going on.
    Refuse(Refusal),
    /// Open a screen on top, such as a question.
    Push(Box<dyn Screen>),
    /// The wizard has come to its end, its draft is done with; this screen takes its place.
    Handover(Box<dyn Screen>),
    /// Leave the wizard; the draft is done with and removed when `finished`.
    Leave {
        /// Whether the wizard has come to its end.
        finished: bool,
    },
}
