//! The people of a plan or a run, to look at: a window into a list that loads as one goes down.
//!
//! Owns the cursor, the pages loaded so far, exporting them, and the way to resolve a mail that
//! may have been sent. Must not know who opened it: `Reload` is done below when it changed a run.

mod view;

use bytes::Bytes;
use crossterm::event::KeyEvent;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::listed;
use super::resolve::Resolving;
use crate::api::call::{ApiError, Reply};
use crate::domain::run::ItemState;
use crate::tui::export::{Export, Exported};
use crate::tui::keymap::{Action, Availability, Scope};
use crate::tui::load::Load;
use crate::tui::msg::{IoError, RequestId};
use crate::tui::people::{People, Person, Place};
use crate::tui::screen::{About, Cx, Flow, Header, Here, Look, Screen, Told};
use crate::tui::widget::rows::Cursor;

/// A list of people.
pub struct PeopleScreen {
    people: People,
    title: String,
    /// How many there are, as the plan or run counts them.
    total: u64,
    rows: Vec<Person>,
    /// Where the next page begins; nothing when all are loaded.
    next: Option<Place>,
    page: Load<(Vec<Person>, Option<Place>)>,
    cursor: Cursor,
    export: Option<Export>,
    /// Something was resolved: what is below is not right any more.
    changed: bool,
}

impl PeopleScreen {
    /// A list of `total` people under a title such as "e-mailed".
    pub fn new(people: People, title: impl Into<String>, total: u64) -> Self {
        Self {
            people,
            title: title.into(),
            total,
            rows: Vec::new(),
            next: Some(Place::default()),
            page: Load::default(),
            cursor: Cursor::default(),
            export: None,
            changed: false,
        }
    }

    fn focused(&self) -> Option<&Person> {
        self.rows.get(self.cursor.at)
    }

    /// Whether the mail of the focused person may have been sent and nobody knows.
    fn is_unresolved(&self) -> bool {
        self.focused().is_some_and(|person| person.state == Some(ItemState::Unknown))
    }

    fn reload(&mut self, cx: &mut Cx<'_>) {
        self.page.cancel(cx);
        self.page = Load::default();
        self.rows.clear();
        self.next = Some(Place::default());
    }

    /// Asks for the next page when the cursor comes near the end of what is there.
    fn ask(&mut self, height: usize, cx: &mut Cx<'_>) {
        let near = self.cursor.at + 2 * height.max(1) >= self.rows.len();
        if near
            && !self.page.is_waiting()
            && self.page.error().is_none()
            && let Some(place) = &self.next
        {
            self.page.ask(self.people.request(place), cx);
        }
    }

    fn resolve(&self) -> Flow {
        match (&self.people, self.focused()) {
            (People::Run { id, .. }, Some(person)) => {
                Flow::Push(Box::new(Resolving::new(id, person)))
            }
            _ => Flow::Stay,
        }
    }

    fn say(&mut self, exported: Exported, cx: &mut Cx<'_>) {
        if let Exported::Over(tone, words) = exported {
            self.export = None;
            cx.toast(tone, words);
        }
    }
}

impl Screen for PeopleScreen {
    fn header(&self, _look: &Look<'_>) -> Header {
        view::header(self)
    }

    fn help(&self) -> About {
        About::of(
            "people",
            "The people of one line of a plan or of a run, with the reason for each. The file \
             that e writes holds them all.",
        )
    }

    fn scopes(&self) -> Vec<Scope> {
        vec![Scope::Run, Scope::List, Scope::Screen]
    }

    fn availability(&self, action: Action) -> Availability {
        match action {
            motion if motion.motion().is_some() => Availability::shown_if(!self.rows.is_empty()),
            Action::Back | Action::Reload => Availability::Ready,
            Action::Export if self.total == 0 => Availability::Hidden,
            Action::Export => {
                Availability::ready_if(self.export.is_none(), "The list is being exported.")
            }
            Action::Copy => Availability::shown_if(self.focused().is_some()),
            Action::Resolve => Availability::shown_if(self.is_unresolved()),
            _ => Availability::Hidden,
        }
    }

    fn on_action(&mut self, action: Action, cx: &mut Cx<'_>) -> Flow {
        if let Some(motion) = action.motion() {
            let height = view::height(cx.body());
            self.cursor.go(motion, self.rows.len(), height);
            return Flow::Stay;
        }
        match action {
            Action::Back => {
                self.page.cancel(cx);
                if let Some(export) = &self.export {
                    export.cancel(cx);
                }
                if self.changed { Flow::PopThen(Action::Reload) } else { Flow::Pop }
            }
            Action::Reload => {
                // Also what the question about one mail asks for when it was answered.
                self.changed = true;
                self.reload(cx);
                Flow::Stay
            }
            Action::Export => {
                self.export = Some(Export::start(self.people.clone(), cx));
                Flow::Stay
            }
            Action::Copy => {
                if let Some(person) = self.focused() {
                    cx.copy(person.message_id.as_ref().unwrap_or(&person.address).shown());
                }
                Flow::Stay
            }
            Action::Resolve => self.resolve(),
            _ => Flow::Stay,
        }
    }

    fn wants(&self, _key: &KeyEvent) -> bool {
        false
    }

    fn on_reply(
        &mut self,
        id: RequestId,
        result: &Result<Reply, ApiError>,
        cx: &mut Cx<'_>,
    ) -> Flow {
        if let Some(export) = &mut self.export {
            let exported = export.on_reply(id, result, cx);
            self.say(exported, cx);
        }
        let place = self.next.clone().unwrap_or_default();
        let people = &self.people;
        if self.page.take_by(id, result, |reply| people.read(&place, reply))
            && self.page.error().is_none()
            && let Some((rows, next)) = self.page.get()
        {
            self.rows.extend_from_slice(rows);
            self.next.clone_from(next);
        }
        Flow::Stay
    }

    fn on_file(&mut self, id: RequestId, result: &Result<Option<Bytes>, IoError>, cx: &mut Cx<'_>) {
        if let Some(export) = &mut self.export {
            let exported = export.on_file(id, result);
            self.say(exported, cx);
        }
    }

    fn reconcile(&mut self, cx: &mut Cx<'_>) {
        let height = view::height(cx.body());
        self.cursor.clamp(self.rows.len(), height);
        self.ask(height, cx);
    }

    fn told(&self, here: Here<'_>) -> Option<Told> {
        Some(view::told(self, here))
    }

    fn point(&mut self, at: usize) {
        listed::point(&mut self.cursor, at);
    }

    fn view(&self, look: &Look<'_>, area: Rect, buf: &mut Buffer) {
        view::view(self, look, area, buf);
    }
}
