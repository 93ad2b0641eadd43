//! A page of its own that does one thing: fields and choices, then one act.
//!
//! Owns what is the same for all of them: the focus, the keys, why one cannot go on, the question
//! before what cannot be taken back. `Reload` is done below once the act is done.

pub mod sent;

use bytes::Bytes;
use crossterm::event::KeyEvent;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::api::call::{ApiError, Reply};
use crate::tui::keymap::{Action, Availability, Scope};
use crate::tui::layout;
use crate::tui::msg::{IoError, RequestId};
use crate::tui::overlay::confirm::Confirm;
use crate::tui::page::{self, Edit, Page, PageState, Stop, Then};
use crate::tui::screen::{About, Cx, Flow, Header, Here, Look, Screen, Told};
use crate::tui::theme::Tone;
use crate::tui::wizard::step::Refusal;

/// One thing to do.
pub trait Form {
    /// Where one is: what it is about, what it does.
    fn crumbs(&self) -> Vec<String>;

    /// What help tells about it.
    fn help(&self) -> About;

    /// It was opened: asks for what its fields pick from.
    fn begin(&mut self, _cx: &mut Cx<'_>) {}

    /// Its page.
    fn page(&self, here: Here<'_>) -> Page;

    /// Whether it can be done as it is answered.
    fn check(&self, here: Here<'_>) -> Result<(), Refusal>;

    /// Another footer word than the table's.
    fn label(&self, action: Action) -> Option<String>;

    /// Takes what was changed on the page.
    fn on_edit(&mut self, edit: &Edit);

    /// Learns what has the focus.
    fn on_focus(&mut self, _stop: Option<&Stop>) {}

    /// Whether going on does something; what only reads a file does not (SPEC section 6).
    fn acts(&self) -> bool {
        true
    }

    /// The question before it is done, where there is one.
    fn asks(&self) -> Option<Confirm> {
        None
    }

    /// Does it.
    fn send(&mut self, cx: &mut Cx<'_>);

    /// Takes what a file held; most are somebody else's.
    fn on_file(
        &mut self,
        _id: RequestId,
        _result: &Result<Option<Bytes>, IoError>,
        _cx: &mut Cx<'_>,
    ) {
    }

    /// Takes a reply; most are somebody else's.
    fn on_reply(
        &mut self,
        id: RequestId,
        result: &Result<Reply, ApiError>,
        cx: &mut Cx<'_>,
    ) -> Answered;

    /// Whether an answer is awaited.
    fn is_waiting(&self) -> bool;
}

/// What a reply was to a form.
pub enum Answered {
    /// Somebody else's.
    NotMine,
    /// It was refused; the page says so.
    Refused(Option<Refusal>),
    /// It is done; these words say so.
    Done(String),
    /// It is done, as these words say, and so is the page that led to it.
    Ends(String),
    /// It is done, as these words say, and this takes its place: what is shown once, what is next.
    Opens(String, Box<dyn Screen>),
    /// It led, as these words say, to this, from which one comes back.
    Leads(String, Box<dyn Screen>),
}

/// The screen of a form.
pub struct FormScreen<F> {
    form: F,
    page: PageState,
    shown: Page,
    refusal: Option<Refusal>,
    begun: bool,
    opened: bool,
    /// Something was filled in.
    edited: bool,
}

impl<F: Form> FormScreen<F> {
    /// A form, not answered yet.
    pub fn new(form: F) -> Self {
        let (page, shown) = (PageState::default(), Page::default());
        Self { form, page, shown, refusal: None, begun: false, opened: false, edited: false }
    }

    fn refuse(&mut self, refusal: Refusal) -> Flow {
        if let Some(field) = refusal.field {
            self.page.go_field(field, &self.shown);
        }
        self.refusal = Some(refusal);
        Flow::Stay
    }

    fn go_on(&mut self, cx: &mut Cx<'_>) -> Flow {
        if let Err(refusal) = self.form.check(cx.here()) {
            return self.refuse(refusal);
        }
        self.refusal = None;
        if let Some(question) = self.form.asks() {
            Flow::Push(Box::new(question))
        } else {
            self.form.send(cx);
            Flow::Stay
        }
    }

    fn edit(&mut self, edit: &Edit) {
        self.refusal = None;
        self.edited = true;
        self.form.on_edit(edit);
    }
}

/// The page, and the two lines below it.
pub fn parts(body: Rect, shown: &Page) -> (Rect, Rect) {
    let below = if body.height >= 12 { 2 } else { 1 };
    let top = u16::from(body.height >= 14);
    let page = Rect { y: body.y + top, height: body.height - below - top, ..layout::prose(body) };
    let (y, width) = (body.bottom() - below, body.right() - page.x);
    let status = Rect { x: page.x, y, width, height: below };
    let (page, status) = page::rooms(shown, page, status);
    (page, layout::inset(status, 1))
}

impl<F: Form> Screen for FormScreen<F> {
    fn header(&self, look: &Look<'_>) -> Header {
        let right = look.here.session.who(&look.here.session.roles());
        Header { crumbs: self.form.crumbs(), right }
    }

    fn help(&self) -> About {
        self.form.help()
    }

    fn scopes(&self) -> Vec<Scope> {
        vec![Scope::Page, Scope::Form]
    }

    fn availability(&self, action: Action) -> Availability {
        if let Some(availability) = self.page.availability(action, &self.shown) {
            return availability;
        }
        match action {
            Action::Next => {
                let words = "It is being done; wait for the answer.";
                Availability::ready_if(!self.form.is_waiting(), words)
            }
            Action::Back | Action::Yes | Action::No => Availability::Ready,
            _ => Availability::Hidden,
        }
    }

    fn label(&self, action: Action) -> Option<String> {
        if action == Action::Next
            && let Some(word) = self.page.enter_word(&self.shown)
        {
            return Some(word.to_owned());
        }
        if action == Action::Next && self.page.take(&self.shown).is_some() {
            return Some("choose".to_owned());
        }
        self.form.label(action)
    }

    fn acts(&self, action: Action) -> Option<String> {
        // Where there is a question, that is what acts.
        let acts = action == Action::Next
            && self.form.acts()
            && self.page.enter_word(&self.shown).is_none()
            && self.page.take(&self.shown).is_none()
            && self.form.asks().is_none();
        acts.then(|| format!("{} {}", self.form.crumbs().join(" › "), self.shown.answers()))
    }

    fn on_action(&mut self, action: Action, cx: &mut Cx<'_>) -> Flow {
        match action {
            Action::Yes => {
                self.form.send(cx);
                return Flow::Stay;
            }
            Action::No => return Flow::Stay,
            _ => {}
        }
        let press = self.page.press(action, &self.shown);
        if let Some(edit) = &press.edit {
            self.edit(edit);
        }
        match press.then {
            Then::Stay => {}
            Then::Say(why) => cx.toast(Tone::Attention, why),
            Then::Copy(value) => cx.copy(value),
            // A match is taken by it, and no more: what is sent is to be seen before.
            Then::GoOn if press.edit.is_some() => {}
            Then::GoOn => return self.go_on(cx),
            Then::Pass => return Flow::Pop,
        }
        Flow::Stay
    }

    fn unsaved(&self) -> Option<String> {
        self.edited.then(|| self.form.crumbs().join(" › "))
    }

    fn wants(&self, key: &KeyEvent) -> bool {
        self.page.wants(key)
    }

    fn on_text(&mut self, key: &KeyEvent, _cx: &mut Cx<'_>) -> Flow {
        if let Some(edit) = self.page.on_text(key) {
            self.edit(&edit);
        }
        Flow::Stay
    }

    fn on_paste(&mut self, text: &str, cx: &mut Cx<'_>) {
        match self.page.on_paste(text) {
            Ok(Some(edit)) => self.edit(&edit),
            Ok(None) => {}
            Err(why) => cx.toast(Tone::Attention, why),
        }
    }

    fn on_reply(
        &mut self,
        id: RequestId,
        result: &Result<Reply, ApiError>,
        cx: &mut Cx<'_>,
    ) -> Flow {
        match self.form.on_reply(id, result, cx) {
            Answered::NotMine | Answered::Refused(None) => Flow::Stay,
            Answered::Refused(Some(refusal)) => self.refuse(refusal),
            Answered::Done(words) => {
                cx.toast(Tone::Done, words);
                Flow::PopThen(Action::Reload)
            }
            Answered::Ends(words) => {
                cx.toast(Tone::Done, words);
                Flow::PopThen(Action::Back)
            }
            Answered::Opens(words, screen) => {
                cx.toast(Tone::Done, words);
                Flow::Replace(screen)
            }
            Answered::Leads(words, screen) => {
                cx.toast(Tone::Done, words);
                Flow::Push(screen)
            }
        }
    }

    fn on_file(&mut self, id: RequestId, result: &Result<Option<Bytes>, IoError>, cx: &mut Cx<'_>) {
        self.form.on_file(id, result, cx);
    }

    fn reconcile(&mut self, cx: &mut Cx<'_>) {
        if !std::mem::replace(&mut self.begun, true) {
            self.form.begin(cx);
        }
        self.form.on_focus(self.page.focused(&self.shown).as_ref());
        if self.refusal.is_some() && self.form.check(cx.here()).is_ok() {
            self.refusal = None;
        }
        self.shown = self.form.page(cx.here());
        // What is asked for first opens once it is there: a page without stops is not it yet.
        if !self.opened {
            self.opened = !self.shown.stops().is_empty();
            self.page = PageState::opened(&self.shown);
        }
        let refused = |refusal: &Refusal| Some((refusal.field?, refusal.text.to_string()));
        self.shown.refused = self.refusal.as_ref().and_then(refused);
        let (area, _) = parts(cx.body(), &self.shown);
        self.page.sync(&self.shown, area.width, area.height);
    }

    fn told(&self, _here: Here<'_>) -> Option<Told> {
        let refusal = self.refusal.as_ref().filter(|_| self.shown.refused.is_none());
        let above = refusal.map(|refusal| format!("Not yet: {}", refusal.text));
        let page = self.shown.clone();
        Some(Told { page, above: above.into_iter().collect(), below: Vec::new() })
    }

    fn point(&mut self, at: usize) {
        self.page.point(at);
    }

    fn view(&self, look: &Look<'_>, area: Rect, buf: &mut Buffer) {
        let (page, status) = parts(area, &self.shown);
        let drawn = page::draw(&self.shown, &self.page, look, page, buf);
        let refusal = self.refusal.as_ref();
        let refusal = refusal.map(|refusal| self.shown.why_not(refusal.field, &refusal.text));
        page::below(&self.shown, &self.page, (refusal.as_deref(), drawn), look, status, buf);
    }
}
