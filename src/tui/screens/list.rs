//! A page of rows on a screen of its own: to look at, to open, to act on.
//!
//! Owns what is the same for all of them: asking at first and when one comes back, the focus, the
//! keys, what Enter means on the row in focus, the answer to a question that stood on top.

use std::borrow::Cow;

use crossterm::event::KeyEvent;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::form::parts;
use crate::api::call::{ApiError, Reply};
use crate::tui::keymap::{Action, Availability, Scope};
use crate::tui::msg::RequestId;
use crate::tui::page::{Edit, Page, Stop};
use crate::tui::screen::{About, Cx, Flow, Header, Here, Look, Screen, Told};
use crate::tui::sheet::{Done, Sheet};

/// A list.
pub trait List {
    /// Where one is, and who.
    fn header(&self, look: &Look<'_>) -> Header;

    /// What help tells about it.
    fn help(&self) -> About;

    /// Its page.
    fn page(&self, here: Here<'_>) -> Page;

    /// Asks the backend for what it shows.
    fn ask(&mut self, cx: &mut Cx<'_>);

    /// What Enter would do on what has the focus; nothing where it means nothing.
    fn opens(&self, stop: &Stop) -> Option<Opens>;

    /// Opens what has the focus.
    fn open(&mut self, stop: &Stop, cx: &mut Cx<'_>) -> Flow;

    /// Where it has further keys of its own.
    fn scopes(&self) -> &'static [Scope] {
        &[]
    }

    /// Whether what such a key does can be done now.
    fn can(&self, _action: Action) -> Availability {
        Availability::Hidden
    }

    /// Does it.
    fn act(&mut self, _action: Action, _cx: &mut Cx<'_>) -> Flow {
        Flow::Stay
    }

    /// Takes what was written, chosen or ticked.
    fn on_edit(&mut self, _edit: &Edit) {}

    /// The question it asked was answered.
    fn on_answer(&mut self, _yes: bool, _cx: &mut Cx<'_>) {}

    /// Takes a reply; most are somebody else's.
    fn on_reply(
        &mut self,
        id: RequestId,
        result: &Result<Reply, ApiError>,
        cx: &mut Cx<'_>,
    ) -> Flow;

    /// The screen above was closed: what it may have changed is asked for again.
    fn on_return(&mut self, cx: &mut Cx<'_>) {
        self.ask(cx);
    }

    /// After every message: asks for what is missing.
    fn reconcile(&mut self, _cx: &mut Cx<'_>) {}

    /// What it shows and is kept nowhere, by the name of the page: quitting asks first.
    fn unsaved(&self) -> Option<String> {
        None
    }

    /// One leaves it.
    fn leave(&mut self, _cx: &mut Cx<'_>) {}
}

/// What Enter means on a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opens {
    /// Whether it can be done now.
    pub availability: Availability,
    /// The word in the footer.
    pub label: Cow<'static, str>,
    /// The name of what it would do, where it acts at once (SPEC section 6).
    pub acts: Option<String>,
}

impl Opens {
    /// It opens another page, or asks first.
    pub fn page(label: impl Into<Cow<'static, str>>) -> Self {
        Self { availability: Availability::Ready, label: label.into(), acts: None }
    }

    /// It acts at once.
    pub fn act(label: impl Into<Cow<'static, str>>, name: impl Into<String>) -> Self {
        Self { acts: Some(name.into()), ..Self::page(label) }
    }

    /// Not while an answer is awaited.
    #[must_use]
    pub fn unless(self, waiting: bool) -> Self {
        let why = "The backend is being asked.";
        let availability =
            if waiting { Availability::Disabled(why.into()) } else { self.availability };
        Self { availability, ..self }
    }
}

/// The screen of a list.
pub struct ListScreen<L> {
    list: L,
    begun: bool,
    sheet: Sheet,
}

impl<L: List> ListScreen<L> {
    /// A list, not asked for yet.
    pub fn new(list: L) -> Self {
        Self { list, begun: false, sheet: Sheet::default() }
    }

    fn focused(&self) -> Option<(Stop, Opens)> {
        let stop = self.sheet.focused()?;
        let opens = self.list.opens(&stop)?;
        Some((stop, opens))
    }

    fn edit(&mut self, edit: Option<Edit>) {
        if let Some(edit) = edit {
            self.list.on_edit(&edit);
        }
    }
}

impl<L: List> Screen for ListScreen<L> {
    fn header(&self, look: &Look<'_>) -> Header {
        self.list.header(look)
    }

    fn help(&self) -> About {
        self.list.help()
    }

    fn unsaved(&self) -> Option<String> {
        self.list.unsaved()
    }

    fn scopes(&self) -> Vec<Scope> {
        [self.list.scopes(), &[Scope::Screen, Scope::Page]].concat()
    }

    fn availability(&self, action: Action) -> Availability {
        let own = self.list.can(action);
        match action {
            _ if own != Availability::Hidden => own,
            Action::Back | Action::Reload | Action::Yes | Action::No => Availability::Ready,
            Action::Open => {
                self.focused().map_or(Availability::Hidden, |(_, opens)| opens.availability)
            }
            action => self.sheet.availability(action),
        }
    }

    fn label(&self, action: Action) -> Option<String> {
        let (_, opens) = self.focused().filter(|_| action == Action::Open)?;
        Some(opens.label.into_owned())
    }

    fn acts(&self, action: Action) -> Option<String> {
        self.focused().filter(|_| action == Action::Open)?.1.acts
    }

    fn on_action(&mut self, action: Action, cx: &mut Cx<'_>) -> Flow {
        match action {
            Action::Back => {
                self.list.leave(cx);
                return Flow::Pop;
            }
            _ if self.list.can(action) != Availability::Hidden => return self.list.act(action, cx),
            Action::Reload => self.list.ask(cx),
            Action::Yes => self.list.on_answer(true, cx),
            Action::No => self.list.on_answer(false, cx),
            Action::Open => {
                let Some((stop, _)) = self.focused() else { return Flow::Stay };
                // What is marked below a field is taken by it.
                if matches!(stop, Stop::Pick(_))
                    && let Done::GoOn(edit) = self.sheet.act(Action::Next, cx)
                {
                    self.edit(edit);
                }
                return self.list.open(&stop, cx);
            }
            action => {
                if let Done::Stay(edit) = self.sheet.act(action, cx) {
                    self.edit(edit);
                }
            }
        }
        Flow::Stay
    }

    fn wants(&self, key: &KeyEvent) -> bool {
        self.sheet.wants(key)
    }

    fn on_text(&mut self, key: &KeyEvent, _cx: &mut Cx<'_>) -> Flow {
        let edit = self.sheet.on_text(key);
        self.edit(edit);
        Flow::Stay
    }

    fn on_paste(&mut self, text: &str, cx: &mut Cx<'_>) {
        let edit = self.sheet.on_paste(text, cx);
        self.edit(edit);
    }

    fn on_reply(
        &mut self,
        id: RequestId,
        result: &Result<Reply, ApiError>,
        cx: &mut Cx<'_>,
    ) -> Flow {
        self.list.on_reply(id, result, cx)
    }

    fn on_return(&mut self, cx: &mut Cx<'_>) {
        self.list.on_return(cx);
    }

    fn reconcile(&mut self, cx: &mut Cx<'_>) {
        if !std::mem::replace(&mut self.begun, true) {
            self.list.ask(cx);
        }
        self.list.reconcile(cx);
        let page = self.list.page(cx.here());
        let (area, _) = parts(cx.body(), &page);
        self.sheet.show(page, area);
    }

    fn told(&self, _here: Here<'_>) -> Option<Told> {
        Some(self.sheet.told())
    }

    fn point(&mut self, at: usize) {
        self.sheet.point(at);
    }

    fn view(&self, look: &Look<'_>, area: Rect, buf: &mut Buffer) {
        self.sheet.view_with(look, parts(area, self.sheet.page()), buf);
    }
}
