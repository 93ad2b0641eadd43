//! The cohorts of the site: named, saved lists of users (SPEC section 5).
//!
//! Owns the box: the list, what is done with one, and the name for a new one. Removing asks first,
//! saving over one says so. Must not expand ranges by itself: `choice` does.

mod view;

use crossterm::event::KeyEvent;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::boxes::Boxed;
use super::listed::ticked_words;
use super::picks::Picks;
use super::saved;
use super::view as select_view;
use crate::api::call::{ApiError, Reply, Request};
use crate::api::cohort::{
    Cohort, CohortUsers, ListCohorts, RemoveCohort, SaveCohort, SaveCohortCall, ShowCohort,
};
use crate::api::endpoint::{Endpoint as _, Nothing};
use crate::api::page::PageQuery;
use crate::api::site::Site;
use crate::domain::untrusted::Untrusted;
use crate::roster::choice;
use crate::tui::keymap::{Action, Availability};
use crate::tui::load::{Listing, Load};
use crate::tui::msg::RequestId;
use crate::tui::overlay::confirm::Confirm;
use crate::tui::screen::{Cx, Look};
use crate::tui::theme::Tone;
use crate::tui::when::count;
use crate::tui::widget::field::{Field, Kind};
use crate::tui::widget::rows::Cursor;

/// The box.
pub(super) struct Cohorts {
    site: String,
    list: Listing<Cohort>,
    cursor: Cursor,
    /// The name of a cohort to be saved, while it is written.
    naming: Option<Field>,
    users: Load<CohortUsers>,
    /// What the users that were asked for are for.
    purpose: Purpose,
    saving: Load<Cohort>,
    removing: Load<()>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Purpose {
    Alone,
    Add,
    Subtract,
}

fn request(query: PageQuery, site: &str) -> Request {
    ListCohorts::call(site.to_owned(), query, Nothing)
}

impl Cohorts {
    pub fn new(site: &Site, cx: &mut Cx<'_>) -> Self {
        let site = site.url.raw().to_owned();
        let mut list = Listing::window(request, &site);
        list.ask(cx);
        Self {
            site,
            list,
            cursor: Cursor::default(),
            naming: None,
            users: Load::default(),
            purpose: Purpose::Alone,
            saving: Load::default(),
            removing: Load::default(),
        }
    }

    pub fn is_naming(&self) -> bool {
        self.naming.is_some()
    }

    /// Gives the focus to the cohort there.
    pub fn point(&mut self, at: usize) {
        self.cursor.at = at;
    }

    /// The cohorts in words, one a row, and what goes wrong.
    pub fn told(&self) -> (Vec<String>, Option<String>) {
        let name = |cohort: &Cohort| words(&cohort.name, cohort.users);
        (self.list.items().iter().map(name).collect(), self.error().map(ToString::to_string))
    }

    fn chosen(&self) -> Option<&Cohort> {
        self.list.items().get(self.cursor.at)
    }

    /// The cohort that has the name being written, however it is spelled.
    fn namesake(&self) -> Option<&Cohort> {
        let name = self.naming.as_ref()?.value().trim().to_lowercase();
        self.list.items().iter().find(|cohort| cohort.name.raw().to_lowercase() == name)
    }

    fn is_busy(&self) -> bool {
        self.users.is_waiting() || self.saving.is_waiting() || self.removing.is_waiting()
    }

    /// What went wrong last.
    fn error(&self) -> Option<&ApiError> {
        let acts = self.users.error().or(self.saving.error()).or(self.removing.error());
        acts.or(self.list.error())
    }

    pub fn availability(&self, action: Action, picks: &Picks) -> Availability {
        if let Some(name) = &self.naming {
            return match action {
                Action::Open => Availability::ready_if(
                    !name.value().trim().is_empty() && !self.is_busy(),
                    "Write a name for the cohort.",
                ),
                _ => Availability::Hidden,
            };
        }
        match action {
            Action::Reload => Availability::Ready,
            Action::Save if picks.selection.ticked().is_empty() => {
                Availability::Disabled("Nobody is ticked: there is nothing to save.".into())
            }
            Action::Save | Action::Yes | Action::No => {
                Availability::ready_if(!self.is_busy(), "Wait for the answer.")
            }
            _ if self.chosen().is_none() => Availability::Hidden,
            Action::Open | Action::Add | Action::Subtract | Action::Remove => {
                Availability::ready_if(!self.is_busy(), "Wait for the answer.")
            }
            motion => Availability::shown_if(motion.motion().is_some()),
        }
    }

    pub fn on_action(&mut self, action: Action, picks: &Picks, cx: &mut Cx<'_>) -> Boxed {
        if self.naming.is_some() {
            match action {
                Action::Open => self.save(picks, cx),
                _ => self.naming = None,
            }
            return Boxed::Stay;
        }
        if let Some(motion) = action.motion() {
            let room = select_view::room(picks, cx.body());
            self.cursor.go(motion, self.list.items().len(), view::list_height(room));
            return Boxed::Stay;
        }
        match action {
            Action::Open => self.show(Purpose::Alone, cx),
            Action::Add => self.show(Purpose::Add, cx),
            Action::Subtract => self.show(Purpose::Subtract, cx),
            Action::Save => self.naming = Some(Field::new(Kind::Text)),
            Action::Remove => return self.ask_to_remove(),
            Action::Yes => self.remove(cx),
            Action::No => {}
            Action::Reload => self.list.ask(cx),
            _ => return Boxed::Close,
        }
        Boxed::Stay
    }

    fn show(&mut self, purpose: Purpose, cx: &mut Cx<'_>) {
        let Some(name) = self.chosen().map(|cohort| cohort.name.raw().to_owned()) else { return };
        self.purpose = purpose;
        self.users.ask(ShowCohort::call((self.site.clone(), name), Nothing, Nothing), cx);
    }

    fn save(&mut self, picks: &Picks, cx: &mut Cx<'_>) {
        let (Some(name), Some(part)) = (&self.naming, picks.part()) else { return };
        let Some(selection) = saved::selection(picks.selection.ticked(), part) else { return };
        let (site, name) = (self.site.clone(), name.value().trim().to_owned());
        let call = SaveCohortCall::call((site, name), Nothing, SaveCohort { selection });
        self.saving.ask(call, cx);
    }

    fn ask_to_remove(&self) -> Boxed {
        let Some(cohort) = self.chosen() else { return Boxed::Stay };
        let lines = vec![
            cohort.name.shown().to_string(),
            format!(
                "The cohort names {}. They stay as they are; only the saved list goes.",
                count(cohort.users, "user")
            ),
        ];
        Boxed::Push(Box::new(Confirm::new("Remove this cohort?", lines, "Remove it")))
    }

    fn remove(&mut self, cx: &mut Cx<'_>) {
        let Some(name) = self.chosen().map(|cohort| cohort.name.raw().to_owned()) else { return };
        let call = RemoveCohort::call((self.site.clone(), name), Nothing, Nothing);
        self.removing.ask(call, cx);
    }

    pub fn on_reply(
        &mut self,
        id: RequestId,
        result: &Result<Reply, ApiError>,
        picks: &mut Picks,
        cx: &mut Cx<'_>,
    ) -> Boxed {
        if self.users.take(id, result) {
            if result.is_ok()
                && let Some(users) = self.users.get().cloned()
            {
                return self.tick(&users, picks, cx);
            }
        } else if self.saving.take(id, result) {
            if result.is_ok()
                && let Some(cohort) = self.saving.get()
            {
                let words = format!("Saved: {}", words(&cohort.name, cohort.users));
                cx.toast(Tone::Done, words);
                self.naming = None;
                self.list.ask(cx);
            }
        } else if self.removing.take_by(id, result, |_| Some(())) {
            if result.is_ok() {
                self.list.ask(cx);
            }
        } else {
            self.list.take(id, result, cx);
        }
        Boxed::Stay
    }

    fn tick(&self, users: &CohortUsers, picks: &mut Picks, cx: &mut Cx<'_>) -> Boxed {
        let Ok(rows) = choice::parse(&users.numbers, picks.columns().len()) else {
            let words = "The cohort has users who joined since this list was loaded: close, reload \
                         with r, and try again.";
            cx.toast(Tone::Attention, words);
            return Boxed::Stay;
        };
        let changed = picks.change(|ticks| match self.purpose {
            Purpose::Alone => ticks.replace(&rows),
            Purpose::Add => ticks.tick(&rows),
            Purpose::Subtract => ticks.untick(&rows),
        });
        let what = match self.purpose {
            Purpose::Alone => "loaded",
            Purpose::Add => "added",
            Purpose::Subtract => "taken away",
        };
        let name = users.cohort.name.shown_in(30);
        let words = format!("{name} {what}, {} changed; {}.", changed, ticked_words(picks));
        cx.toast(Tone::Done, words);
        Boxed::TickedAndClosed
    }

    pub fn reconcile(&mut self, picks: &Picks, cx: &mut Cx<'_>) {
        let room = select_view::room(picks, cx.body());
        self.cursor.clamp(self.list.items().len(), view::list_height(room));
        self.list.near(self.cursor.at, cx);
    }

    pub fn wants(&self, key: &KeyEvent) -> bool {
        self.naming.as_ref().is_some_and(|field| field.wants(key))
    }

    pub fn on_text(&mut self, key: &KeyEvent) {
        if let Some(field) = &mut self.naming {
            field.on_key(key);
        }
    }

    pub fn paste(&mut self, text: &str) -> bool {
        // With the list in front, a paste is no list of addresses for what is behind it.
        if let Some(field) = &mut self.naming {
            field.paste(text);
        }
        true
    }

    pub fn view(&self, picks: &Picks, look: &Look<'_>, area: Rect, buf: &mut Buffer) {
        view::view(self, picks, look, area, buf);
    }
}

fn words(name: &Untrusted, users: u64) -> String {
    format!("{}, {}", name.shown_in(40), count(users, "user"))
}
