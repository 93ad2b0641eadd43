//! What every screen is: state, keys and drawing together, without clock, channel or IO.
//!
//! Owns [`Screen`], what a screen may answer ([`Flow`]), what it is given to act with ([`Cx`]) and
//! to draw with ([`Look`]). A screen sends by pushing effects; replies come back by id.

use std::borrow::Cow;
use std::path::PathBuf;
use std::sync::Arc;

use bytes::Bytes;
use crossterm::event::KeyEvent;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use ratatui::text::Span;

use super::asked::Asked;
use super::effect::Effect;
use super::keymap::{Action, Availability, Keymap, Scope};
use super::msg::{Ids, IoError, RequestId};
use super::notify::Far;
use super::page::Page;
use super::reach::{Go, Reach};
use super::session::Session;
use super::theme::{Theme, Tone};
use super::widget::field::Field;
use super::wizard::draft::file_name;
use super::{layout, when};
use crate::api::call::{ApiError, Reply, Request};
use crate::api::draft::Hold;
use crate::domain::sentence::one_stop;
use crate::domain::untrusted::{Shown, Untrusted};
use crate::roster::{Bitmap, Columns, Found, Search};

/// A screen, full or laid over another.
pub trait Screen {
    /// Whether it is a box laid over what is below.
    fn is_overlay(&self) -> bool {
        false
    }

    /// The first line: where am I, and who or how far. Overlays have none.
    fn header(&self, look: &Look<'_>) -> Header;

    /// What help tells about it, above its keys. Boxes have none: one closes them first.
    fn help(&self) -> About;

    /// Which rows of the key table are live, innermost first; `Global` is added.
    fn scopes(&self) -> Vec<Scope>;

    /// Whether an action can be done now.
    fn availability(&self, action: Action) -> Availability;

    /// Another footer word for an action than the table's, such as "all 184".
    fn label(&self, _action: Action) -> Option<String> {
        None
    }

    /// The name of what an action would do, where it sends, links, takes, finishes or signs: it is
    /// done by a key that was pressed when that was in sight (SPEC section 6).
    fn acts(&self, _action: Action) -> Option<String> {
        None
    }

    /// The hold on a draft under which it acts; only a wizard's page has one.
    fn hold(&self) -> Option<Hold> {
        None
    }

    /// Does an action. Only called when it is [`Availability::Ready`].
    fn on_action(&mut self, action: Action, cx: &mut Cx<'_>) -> Flow;

    /// Whether a key is text for the focused field, before the key table is asked.
    fn wants(&self, _key: &KeyEvent) -> bool {
        false
    }

    /// Takes a key that it wants.
    fn on_text(&mut self, _key: &KeyEvent, _cx: &mut Cx<'_>) -> Flow {
        Flow::Stay
    }

    /// Takes pasted text. Never confirms, never submits.
    fn on_paste(&mut self, _text: &str, _cx: &mut Cx<'_>) {}

    /// Takes a reply; most are somebody else's.
    fn on_reply(
        &mut self,
        _id: RequestId,
        _result: &Result<Reply, ApiError>,
        _cx: &mut Cx<'_>,
    ) -> Flow {
        Flow::Stay
    }

    /// Takes the rows that a search found; most are somebody else's.
    fn on_found(&mut self, _id: RequestId, _rows: &Bitmap, _cx: &mut Cx<'_>) {}

    /// Takes what a list of addresses came to; most are somebody else's.
    fn on_looked(&mut self, _id: RequestId, _found: &Found, _cx: &mut Cx<'_>) {}

    /// Takes what a file held, or the end of writing one (without bytes).
    fn on_file(
        &mut self,
        _id: RequestId,
        _result: &Result<Option<Bytes>, IoError>,
        _cx: &mut Cx<'_>,
    ) {
    }

    /// The screen above was closed: what it may have changed is asked for again.
    fn on_return(&mut self, _cx: &mut Cx<'_>) {}

    /// After every message: clamp, and ask for what is missing.
    fn reconcile(&mut self, _cx: &mut Cx<'_>) {}

    /// What is filled in and kept nowhere, by the name of the page: quitting asks first.
    fn unsaved(&self) -> Option<String> {
        None
    }

    /// Whether it is the question that ends the program.
    fn asks_to_end(&self) -> bool {
        false
    }

    /// The program ends, or the terminal is lost: hand over what is not saved.
    fn farewell(&mut self, _cx: &mut Cx<'_>) {}

    /// What can be reached from anywhere; home alone knows.
    fn reach(&self, _here: Here<'_>) -> Vec<Reach> {
        Vec::new()
    }

    /// The site whose users can be looked for from anywhere.
    fn site_of_people(&self) -> Option<Untrusted> {
        None
    }

    /// Goes to what [`Screen::reach`] named.
    fn go_to(&mut self, _go: Go, _cx: &mut Cx<'_>) -> Flow {
        Flow::Stay
    }

    /// What it says, as data, for who has it told line by line. A screen without is read as drawn.
    fn told(&self, _here: Here<'_>) -> Option<Told> {
        None
    }

    /// Gives the focus to what stands at this place among the stops of what is told; past the last
    /// one to nothing, so that going on is not taken for going through the page.
    fn point(&mut self, _at: usize) {}

    /// Draws.
    fn view(&self, look: &Look<'_>, area: Rect, buf: &mut Buffer);

    /// The action of a key that is named at this place of its area, outside of the footer.
    fn hint_at(&self, _look: &Look<'_>, _area: Rect, _at: Position) -> Option<Action> {
        None
    }

    /// A box over a screen that is looked at all the same: it is not dimmed.
    fn shows_below(&self) -> bool {
        false
    }

    /// The actions whose keys it names by itself: the footer has room for others.
    fn names_keys(&self, _look: &Look<'_>, _area: Rect) -> Vec<Action> {
        Vec::new()
    }
}

/// What a screen says, as data.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Told {
    /// Its page.
    pub page: Page,
    /// What is said before it.
    pub above: Vec<String>,
    /// What happens next, for who wants hints.
    pub below: Vec<String>,
}

impl Told {
    /// A page, and nothing around it.
    pub fn of(page: Page) -> Self {
        Self { page, ..Self::default() }
    }

    /// Words alone.
    pub fn words(text: &str) -> Self {
        let lines = text.lines().map(str::to_owned).filter(|line| !line.is_empty());
        Self { above: lines.collect(), ..Self::default() }
    }
}

/// What a screen answers.
pub enum Flow {
    /// Nothing changes.
    Stay,
    /// Open another on top.
    Push(Box<dyn Screen>),
    /// Put another in its place.
    Replace(Box<dyn Screen>),
    /// Put another in the place of all.
    Reset(Box<dyn Screen>),
    /// Put two in the place of all, the second on top of the first.
    Begin(Box<dyn Screen>, Box<dyn Screen>),
    /// End the session on the backend; sign in anew, with this on top.
    SignOut(Box<dyn Screen>),
    /// Close.
    Pop,
    /// Close, and do this in the screen below.
    PopThen(Action),
    /// Close, and go there: what is not an action of the screen below leads over home.
    Go(Go),
    /// Play this tour of the session's, on a fresh world.
    Play(usize),
    /// End the program.
    Quit,
}

/// The first line of a screen.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Header {
    /// Where am I, from the outside in.
    pub crumbs: Vec<String>,
    /// Who am I, or how far.
    pub right: String,
}

/// What help tells about a screen, above its keys.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct About {
    /// Where one is.
    pub title: String,
    /// What it is for and what to do, a paragraph each.
    pub text: Vec<Cow<'static, str>>,
}

impl About {
    /// Help of one paragraph.
    pub fn of(title: impl Into<String>, text: &'static str) -> Self {
        Self { title: title.into(), text: vec![text.into()] }
    }
}

/// A word in passing, shown in the footer until the next key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Toast {
    /// What it means.
    pub tone: Tone,
    /// What it says.
    pub text: String,
    /// Until when, in milliseconds.
    pub until_ms: u64,
}

/// A theme that is to be worn; nothing: the one for the terminal's ground.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wish(pub(super) Option<String>);

/// The longest text that terminals take into their clipboard: 74,994 bytes once encoded.
const COPY_MOST: usize = 56_244;

/// How long a toast stays, unless a key removes it earlier: as long as it takes to be noticed, and to
/// be read at 120 words a minute; it lies over the keys and gives them back.
const TOAST_MS: std::ops::RangeInclusive<u64> = 4_000..=8_000;
const NOTICED_MS: u64 = 1_500;
const WORD_MS: u64 = 500;

/// Who, where, when, and which keys: what words on screen may depend on.
#[derive(Clone, Copy)]
pub struct Here<'a> {
    /// Who and where.
    pub session: &'a Session,
    /// The keys in force, for sentences that name one.
    pub keys: &'a Keymap,
    /// Milliseconds since the start.
    pub now_ms: u64,
}

impl Here<'_> {
    /// The world clock's now, once it was told.
    pub fn now(&self) -> Option<jiff::Timestamp> {
        self.session.world.now(self.now_ms)
    }

    /// A moment in the operator's words: "tomorrow 10:42 CET".
    pub fn moment(&self, at: jiff::Timestamp) -> String {
        when::moment(at, self.now(), &self.session.zone)
    }

    /// A moment inside a sentence: "yesterday at 10:42 CET".
    pub fn at(&self, at: jiff::Timestamp) -> String {
        when::at(at, self.now(), &self.session.zone)
    }

    /// A day in the operator's words: "10 Apr".
    pub fn date(&self, at: jiff::Timestamp) -> String {
        when::date(at, self.now(), &self.session.zone)
    }
}

/// What a screen acts with.
pub struct Cx<'a> {
    /// Milliseconds since the start.
    pub now_ms: u64,
    /// The terminal.
    pub size: Rect,
    /// Who, where, when.
    pub session: &'a Session,
    /// The keys in force.
    pub keys: &'a Keymap,
    pub(super) ids: &'a mut Ids,
    pub(super) asked: &'a mut Asked,
    pub(super) effects: &'a mut Vec<Effect>,
    pub(super) toast: &'a mut Option<Toast>,
    pub(super) wish: &'a mut Option<Wish>,
    pub(super) hold: Option<Hold>,
    /// What was sent under the hold.
    pub(super) acts: Vec<RequestId>,
    /// Nothing is done but what repeats a write that was not answered.
    pub(super) repeats_only: bool,
    /// Something was not sent for that.
    pub(super) held_back: bool,
}

impl Cx<'_> {
    /// Who, where, when, and which keys.
    pub fn here(&self) -> Here<'_> {
        Here { session: self.session, keys: self.keys, now_ms: self.now_ms }
    }

    /// The part of the terminal that screens draw in; where there is too little room, what it
    /// would be with just enough, so that nothing is lost.
    pub fn body(&self) -> Rect {
        let width = self.size.width.max(layout::MIN_WIDTH);
        let height = self.size.height.max(layout::MIN_HEIGHT);
        layout::frame(Rect::new(0, 0, width, height)).map_or(self.size, |frame| frame.body)
    }

    /// Asks the backend; the reply carries the id.
    pub fn send(&mut self, request: Request) -> RequestId {
        let id = self.ids.issue();
        if self.repeats_only && request.acts() && !self.asked.repeats(&request) {
            self.held_back = true;
            return id;
        }
        // Drafts say themselves who may have them.
        let hold = self.hold.as_ref().filter(|_| request.about.route.tag != "Drafts");
        let hold = hold.cloned().map(Box::new);
        let sent = self.asked.ask(id, &request, hold.as_deref(), self.now_ms);
        if let Some(at_ms) = sent.look_ms {
            self.wake_at(at_ms);
        }
        if let Some(hold) = &hold {
            self.acts.push(id);
            self.keep_key(id, hold);
        }
        self.effects.push(Effect::Send { id, request, hold, key: sent.key });
        id
    }

    /// What acts is found again after a restart, with its key.
    fn keep_key(&mut self, id: RequestId, hold: &Hold) {
        let Some(pending) = self.asked.pending(id).filter(|_| self.asked.acts(id)) else { return };
        let bytes = serde_json::to_vec(pending).unwrap_or_default();
        let name = key_file(&hold.wizard, &hold.subject);
        self.write(self.session.drafts.join(name), bytes.into());
    }

    /// It was answered, or is not waited for: a restart need not know of it.
    pub fn drop_key(&mut self, hold: &Hold) {
        self.remove(self.session.drafts.join(key_file(&hold.wizard, &hold.subject)));
    }

    /// Forgets a request.
    pub fn cancel(&mut self, id: RequestId) {
        self.asked.cancel(id);
        self.effects.push(Effect::Cancel(id));
    }

    /// Asks for a tick at `at_ms`.
    pub fn wake_at(&mut self, at_ms: u64) {
        self.effects.push(Effect::WakeAt(at_ms));
    }

    /// Searches a roster in the background; a newer search replaces one that is not done.
    pub fn search(&mut self, search: Search) -> RequestId {
        let id = self.ids.issue();
        self.effects.push(Effect::Search { id, search: Box::new(search) });
        id
    }

    /// Looks a list of addresses up in a roster, in the background.
    pub fn look(&mut self, columns: &Arc<Columns>, text: &str) -> RequestId {
        let id = self.ids.issue();
        let (columns, text) = (Arc::clone(columns), text.to_owned());
        self.effects.push(Effect::Look { id, columns, text });
        id
    }

    /// Reads a file.
    pub fn read(&mut self, path: PathBuf) -> RequestId {
        let id = self.ids.issue();
        self.effects.push(Effect::Read { id, path });
        id
    }

    /// Writes a file.
    pub fn write(&mut self, path: PathBuf, bytes: Bytes) -> RequestId {
        let id = self.ids.issue();
        self.effects.push(Effect::Write { id, path, bytes });
        id
    }

    /// Removes a file.
    pub fn remove(&mut self, path: PathBuf) {
        self.effects.push(Effect::Remove(path));
    }

    /// Copies text and says so.
    pub fn copy(&mut self, text: Shown) {
        if text.as_str().len() > COPY_MOST {
            let words = "This is too long for the terminal's clipboard; export it instead.";
            return self.toast(Tone::Attention, words);
        }
        let what = text.clone().cut(48);
        self.effects.push(Effect::Copy(text));
        self.toast(Tone::Done, format!("Copied: {what}"));
    }

    /// Gives a paste to a field; whether it was taken. Where it was not, that is said.
    pub fn paste(&mut self, field: &mut Field, text: &str) -> bool {
        if let Err(why) = field.takes(text) {
            self.toast(Tone::Attention, why);
            return false;
        }
        field.paste(text)
    }

    /// Says how far what is watched has come, outside of the screen.
    pub fn notify(&mut self, far: Far) {
        self.effects.push(Effect::Notify(far));
    }

    /// Wears the theme of this name from now on; nothing leaves it to the terminal's ground.
    pub fn wear(&mut self, theme: Option<String>) {
        *self.wish = Some(Wish(theme));
    }

    /// Says something in passing.
    pub fn toast(&mut self, tone: Tone, text: impl Into<String>) {
        let text = one_stop(text);
        let words = text.split_whitespace().count() as u64;
        let read_ms = NOTICED_MS + WORD_MS * words;
        let until_ms = self.now_ms + read_ms.clamp(*TOAST_MS.start(), *TOAST_MS.end());
        self.wake_at(until_ms);
        *self.toast = Some(Toast { tone, text, until_ms });
    }
}

/// The name of the file that keeps the key of what a wizard's page did last, until it is answered.
pub fn key_file(wizard: &str, subject: &str) -> String {
    format!("asked-{}", file_name(wizard, subject))
}

/// What a screen draws with.
#[derive(Clone, Copy)]
pub struct Look<'a> {
    /// Meanings to colours.
    pub theme: &'a Theme,
    /// Who, where, when, and which keys.
    pub here: Here<'a>,
}

impl Look<'_> {
    /// The style of a meaning.
    pub fn ink(&self, tone: Tone) -> Style {
        self.theme.style(tone)
    }

    /// A piece of text with a meaning.
    pub fn span(&self, tone: Tone, text: impl Into<String>) -> Span<'static> {
        Span::styled(text.into(), self.ink(tone))
    }
}
