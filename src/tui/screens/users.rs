//! The users of a site: to look at, to filter, to export.
//!
//! Owns the list and its filter. Nobody is selected here: that is a step of the wizard.

mod card;
mod declined;
mod facts;
mod roster;
mod single;

use crossterm::event::KeyEvent;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::form::FormScreen;
use super::{import, listed};
use crate::api::call::{ApiError, Reply};
use crate::api::endpoint::{Endpoint as _, File, Nothing};
use crate::api::import::{DialectName, ExportQuery, ExportRoster};
use crate::api::site::Site;
use crate::domain::act::Act;
use crate::domain::untrusted::Untrusted;
use crate::roster::{Bitmap, Query, Row};
use crate::tui::keymap::{Action, Availability, Scope};
use crate::tui::layout;
use crate::tui::msg::{IoError, RequestId};
use crate::tui::overlay::menu::{self, Menu};
use crate::tui::screen::{About, Cx, Flow, Header, Here, Look, Screen, Told};
use crate::tui::theme::Tone;
use crate::tui::when::{count, thousands};
use crate::tui::widget::field::{Field, Kind};
use crate::tui::widget::rows::Cursor;
use crate::tui::widget::table::{self, Column};
use crate::tui::widget::{field, text};
use crate::tui::wizard::{Entry, Offered};
use bytes::Bytes;
use card::Card;
use declined::Clearing;
use roster::Roster;

const COLUMNS: [Column; 5] = [
    Column::text("Name"),
    Column::whole("Address"),
    Column::text("Department").only_from(90),
    Column::known("Status"),
    Column::known("If invited").only_from(70),
];

/// Adding one user, in the menu of a site.
pub const ADD: Entry = Entry {
    title: "Add a user",
    about: "One, by hand; many come from a file.",
    offered: Offered::Site(import::availability),
    needs: Some(Act::Import),
    open: |url| Box::new(FormScreen::new(single::Single::new(url))),
};

/// The list.
pub struct Users {
    site: Site,
    roster: Roster,
    filter: Field,
    filtering: bool,
    wrong: Option<String>,
    cursor: Cursor,
    export: Option<RequestId>,
    writing: Option<RequestId>,
    clearing: Clearing,
}

impl Users {
    /// The users of a site who match a filter.
    pub fn new(site: &Site, filter: &str, cx: &mut Cx<'_>) -> Self {
        let mut users = Self {
            site: site.clone(),
            roster: Roster::new(&site.url, site.method),
            filter: Field::with(Kind::Text, filter),
            filtering: false,
            wrong: None,
            cursor: Cursor::default(),
            export: None,
            writing: None,
            clearing: Clearing::default(),
        };
        users.refilter(cx);
        users
    }

    fn refilter(&mut self, cx: &mut Cx<'_>) {
        match Query::parse(self.filter.value()) {
            Ok(query) => {
                self.wrong = None;
                self.roster.filter(query, cx);
            }
            Err(error) => {
                self.wrong = Some(Untrusted::new(error.to_string()).shown().to_string());
            }
        }
    }

    fn chosen(&self) -> Option<Row<'_>> {
        let number = self.roster.matches().nth(self.cursor.at)?;
        self.roster.part()?.columns.row(number)
    }

    fn place(body: Rect) -> Rect {
        let place = listed::place(body);
        Rect { y: place.y + 1, height: place.height.saturating_sub(1), ..place }
    }

    fn back(&mut self, cx: &mut Cx<'_>) -> Flow {
        if !self.filtering && self.filter.value().is_empty() {
            return Flow::Pop;
        }
        self.filtering = false;
        self.filter.clear();
        self.refilter(cx);
        Flow::Stay
    }

    fn export(&mut self, cx: &mut Cx<'_>) {
        let site = self.site.url.raw().to_owned();
        let call = ExportRoster::call(
            site,
            ExportQuery { dialect: DialectName::SiteAdministration },
            Nothing,
        );
        self.export = Some(cx.send(call));
        cx.toast(Tone::Muted, "Exporting all users of the site …");
    }

    fn write(&mut self, file: &Bytes, cx: &mut Cx<'_>) {
        let path = cx.session.exports.join(format!("{}-users.csv", self.site.url.shown()));
        let words = format!("Wrote {}, readable by you alone.", path.display());
        self.writing = Some(cx.write(path, file.clone()));
        cx.toast(Tone::Done, Untrusted::new(words).shown().to_string());
    }

    /// The line of the filter and of how many match.
    fn view_filter(&self, look: &Look<'_>, area: Rect, buf: &mut Buffer) {
        let area = layout::inset(area, 1);
        let matching = self.roster.matches().len() as u64;
        let all = self.roster.part().map_or(self.site.users.total, |part| part.head.count);
        let words = match self.roster.coming() {
            Some(came) => format!("{} of {} loaded", thousands(came), thousands(all)),
            None if self.filter.value().is_empty() => count(all, "user"),
            None => format!("{} of {} match", thousands(matching), thousands(all)),
        };
        let x = text::put_right(buf, area, &words, look.ink(Tone::Muted));
        let room = Rect { width: x.saturating_sub(area.x + 2), ..area };
        let x = text::put(buf, room, "/ ", look.ink(Tone::Key));
        let room = Rect { x, width: room.right().saturating_sub(x), ..room };
        if !self.filtering && self.filter.value().is_empty() {
            let hint = "words, domain: dept: status: outcome: invited: and ! for not";
            field::cell(look.theme, room, buf);
            text::put(buf, room, hint, look.ink(Tone::Faint));
        } else {
            self.filter.view(look.theme, self.filtering, room, buf);
        }
    }
}

impl Users {
    fn said(&self, here: Here<'_>) -> listed::Said<'_> {
        listed::Said {
            what: "the users",
            empty: if self.roster.part().is_some_and(|part| !part.columns.is_empty()) {
                "Nobody matches. Esc clears the filter."
            } else if import::may_import(&self.site) {
                "This site has no users yet. Import users, behind w, takes them in from a file."
            } else {
                "This site has no users yet; its administrator can import them."
            },
            wait: self.roster.wait(here.now_ms),
            error: self.roster.error(),
            is_empty: self.roster.matches().is_empty(),
        }
    }

    /// Whether a user can be added or, where there is one, changed.
    fn may_change(&self, there: bool) -> Availability {
        let why = "The site's administrators and the organization's full admins change its users.";
        match Availability::ready_if(import::may_import(&self.site), why) {
            Availability::Ready => Availability::shown_if(there),
            other => other,
        }
    }

    fn cells(&self, at: usize) -> Vec<table::Cell> {
        let number = self.roster.matches().nth(at);
        let row = number.and_then(|number| self.roster.part()?.columns.row(number));
        row.map(|row| facts::cells(&row, self.roster.method())).unwrap_or_default()
    }
}

impl Screen for Users {
    fn header(&self, look: &Look<'_>) -> Header {
        let mut crumbs: Vec<String> =
            self.site.organization_name.iter().map(|name| name.shown().to_string()).collect();
        crumbs.push(self.site.url.shown().to_string());
        crumbs.push("Users".to_owned());
        Header { crumbs, right: look.here.session.who(&self.site.my_roles) }
    }

    fn help(&self) -> About {
        About::of(
            "users",
            "The users of the site, where each stands, and what an invitation would do. Filter \
             by words or by domain: dept: status: outcome: invited: with ! for not. To invite \
             somebody, take w › Link users.",
        )
    }

    fn scopes(&self) -> Vec<Scope> {
        vec![Scope::Users, Scope::Screen, Scope::List]
    }

    fn availability(&self, action: Action) -> Availability {
        match action {
            Action::Back | Action::Reload | Action::Filter | Action::Wizards => Availability::Ready,
            Action::Open => Availability::shown_if(self.filtering || self.chosen().is_some()),
            Action::Copy => Availability::shown_if(self.chosen().is_some()),
            Action::Add => self.may_change(true),
            Action::Edit => self.may_change(self.chosen().is_some()),
            Action::ClearDecline => declined::availability(&self.site, self.chosen().as_ref()),
            Action::Yes => Availability::shown_if(self.clearing.is_asked()),
            Action::Export => Availability::ready_if(
                self.export.is_none() && self.writing.is_none(),
                "The export is under way.",
            ),
            _ => Availability::shown_if(action.motion().is_some()),
        }
    }

    fn label(&self, action: Action) -> Option<String> {
        match action {
            Action::Open if self.filtering => Some("keep the filter".to_owned()),
            Action::Add => Some("add a user".to_owned()),
            Action::Edit => Some("change".to_owned()),
            _ => None,
        }
    }

    fn on_action(&mut self, action: Action, cx: &mut Cx<'_>) -> Flow {
        if let Some(motion) = action.motion() {
            let height = table::height(Self::place(cx.body()));
            self.cursor.go(motion, self.roster.matches().len(), height);
            return Flow::Stay;
        }
        match action {
            Action::Open if self.filtering => self.filtering = false,
            Action::Open => {
                if let Some(row) = self.chosen() {
                    let text = facts::of(&row, self.roster.method());
                    let name = row.name().shown().to_string();
                    let card = Card::new(&self.site.url, &row.user_id(), name, text);
                    return Flow::Push(Box::new(card));
                }
            }
            Action::Back => return self.back(cx),
            Action::Filter => self.filtering = true,
            Action::Reload => self.roster.ask(cx),
            Action::Copy => {
                if let Some(address) = self.chosen().map(|row| row.address().shown()) {
                    cx.copy(address);
                }
            }
            Action::Add => {
                let form = single::Single::new(&self.site.url);
                return Flow::Push(Box::new(FormScreen::new(form)));
            }
            Action::Edit => {
                let user = self.chosen().map(|row| row.user_id());
                let form = user.map(|user| single::Single::of(&self.site.url, &user));
                return form.map_or(Flow::Stay, |form| Flow::Push(Box::new(FormScreen::new(form))));
            }
            Action::Export => self.export(cx),
            Action::ClearDecline => {
                let address = self.chosen().map(|row| row.address());
                let question = address.and_then(|address| self.clearing.ask(&self.site, address));
                return question.map_or(Flow::Stay, |question| Flow::Push(Box::new(question)));
            }
            Action::Yes => self.clearing.yes(cx),
            Action::Wizards => {
                let about = menu::About { site: Some(&self.site), ..menu::About::default() };
                return Flow::Push(Box::new(Menu::new(about, false, Vec::new())));
            }
            _ => {}
        }
        Flow::Stay
    }

    fn wants(&self, key: &KeyEvent) -> bool {
        self.filtering && self.filter.wants(key)
    }

    fn on_text(&mut self, key: &KeyEvent, cx: &mut Cx<'_>) -> Flow {
        if self.filter.on_key(key) {
            self.refilter(cx);
        }
        Flow::Stay
    }

    fn on_paste(&mut self, text: &str, cx: &mut Cx<'_>) {
        if self.filtering && cx.paste(&mut self.filter, text) {
            self.refilter(cx);
        }
    }

    fn on_reply(
        &mut self,
        id: RequestId,
        result: &Result<Reply, ApiError>,
        cx: &mut Cx<'_>,
    ) -> Flow {
        if self.clearing.take(id, result, cx) {
            self.roster.ask(cx);
            return Flow::Stay;
        }
        if self.roster.take(id, result, cx) || self.export != Some(id) {
            return Flow::Stay;
        }
        self.export = None;
        match result.as_ref().map(Reply::get::<File>) {
            Ok(Some(File(file))) => self.write(file, cx),
            Ok(None) => {}
            Err(error) => cx.toast(Tone::Refused, format!("Not exported: {error}")),
        }
        Flow::Stay
    }

    fn on_found(&mut self, id: RequestId, rows: &Bitmap, _cx: &mut Cx<'_>) {
        self.roster.found(id, rows);
    }

    fn on_file(&mut self, id: RequestId, result: &Result<Option<Bytes>, IoError>, cx: &mut Cx<'_>) {
        if self.writing == Some(id) {
            self.writing = None;
            if let Err(error) = result {
                cx.toast(Tone::Refused, format!("Not written: {}", error.words.shown()));
            }
        }
    }

    fn reconcile(&mut self, cx: &mut Cx<'_>) {
        if self.roster.is_untouched() {
            self.roster.ask(cx);
        }
        let height = table::height(Self::place(cx.body()));
        self.cursor.clamp(self.roster.matches().len(), height);
    }

    fn told(&self, here: Here<'_>) -> Option<Told> {
        let len = self.roster.matches().len();
        let detail = self.chosen().map(|row| facts::line(&row)).unwrap_or_default();
        let cells = |at| self.cells(at);
        let mut told = listed::as_data(&self.said(here), (len, &self.cursor), cells, &detail, here);
        if !self.filter.value().is_empty() {
            let filter = Untrusted::new(self.filter.value()).shown();
            told.above.push(format!("Filter: {filter}; / alone clears it."));
        }
        told.above.extend(self.wrong.iter().map(|wrong| format!("The filter: {wrong}")));
        Some(told)
    }

    fn point(&mut self, at: usize) {
        listed::point(&mut self.cursor, at);
    }

    fn view(&self, look: &Look<'_>, area: Rect, buf: &mut Buffer) {
        let top = listed::place(area);
        self.view_filter(look, Rect { height: 1, ..top }, buf);
        let place = Self::place(area);
        let body =
            Rect { y: place.y.saturating_sub(1), height: area.bottom() + 1 - place.y, ..area };
        let len = self.roster.matches().len();
        let said = self.said(look.here);
        let detail = match (&self.wrong, self.chosen()) {
            (Some(wrong), _) => format!("the filter: {wrong}"),
            (None, Some(row)) => facts::line(&row),
            (None, None) => String::new(),
        };
        let Some(place) = listed::view(&said, &detail, look, body, buf) else {
            if let Some(wrong) = &self.wrong {
                let last = Rect { y: area.bottom().saturating_sub(1), height: 1, ..area };
                let words = format!("the filter: {wrong}");
                text::put(buf, layout::inset(last, 1), &words, look.ink(Tone::Refused));
            }
            return;
        };
        let row = |at| self.cells(at);
        table::view(&COLUMNS, (len, &self.cursor), row, look.theme, place, buf);
    }
}
