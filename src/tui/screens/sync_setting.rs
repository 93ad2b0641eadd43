//! The setting of directory sync: on or off, and what the directory has (rule U9).
//!
//! Owns the form. Whom it blocks, and the remedy, is the wizard's.

use std::path::PathBuf;

use bytes::Bytes;

use super::form::sent::{Sent, tick};
use super::form::{Answered, Form, FormScreen};
use crate::api::call::{ApiError, Reply};
use crate::api::directory_sync::{
    DirectorySync, SetDirectorySync, SetDirectorySyncCall, ShowDirectorySync,
};
use crate::api::endpoint::{Endpoint as _, Nothing};
use crate::api::organization::Organization;
use crate::domain::act::Act;
use crate::domain::number::thousands;
use crate::domain::role::{Action as Right, permits};
use crate::domain::untrusted::Untrusted;
use crate::tui::keymap::{Action, Availability};
use crate::tui::load::Load;
use crate::tui::msg::{IoError, RequestId};
use crate::tui::page::{Block, Edit, FieldSpec, Page, Piece};
use crate::tui::screen::{About, Cx, Here};
use crate::tui::shell::quoted;
use crate::tui::theme::Tone;
use crate::tui::wizard::step::Refusal;
use crate::tui::wizard::{Entry, Offered, asking};

/// Its row in an organization's menu.
pub const ENTRY: Entry = Entry {
    title: "Directory sync setting",
    about: "On or off; its addresses, from a file.",
    offered: Offered::Organization(availability),
    needs: Some(Act::DirectorySync),
    open: |id| Box::new(FormScreen::new(Setting::new(id))),
};

const ON: &str = "on";
const FILE: &str = "directory";

fn availability(organization: &Organization) -> Availability {
    let may = |role: &_| permits(*role, Right::DirectorySync);
    Availability::shown_if(organization.my_roles.iter().any(may))
}

/// The form.
struct Setting {
    organization: Untrusted,
    known: Load<DirectorySync>,
    on: bool,
    path: String,
    reading: Option<RequestId>,
    /// Why the file could not be read.
    unread: Option<Untrusted>,
    sent: Sent<DirectorySync>,
}

impl Setting {
    fn new(organization: &Untrusted) -> Self {
        Self {
            organization: organization.clone(),
            known: Load::default(),
            on: false,
            path: String::new(),
            reading: None,
            unread: None,
            sent: Sent::new(&[FILE]),
        }
    }

    fn ask(&mut self, directory: Option<Vec<String>>, cx: &mut Cx<'_>) {
        let call = SetDirectorySyncCall::call(
            self.organization.raw().to_owned(),
            Nothing,
            SetDirectorySync { on: self.on, directory },
        );
        self.sent.ask(call, cx);
    }

    fn command(&self) -> String {
        let path = self.path.trim();
        let file =
            if path.is_empty() { String::new() } else { format!(" --directory {}", quoted(path)) };
        let id = quoted(self.organization.raw());
        format!("hublink org directory-sync set {id} --on {}{file}", self.on)
    }
}

impl Form for Setting {
    fn crumbs(&self) -> Vec<String> {
        let name = self.known.get().map_or(&self.organization, |known| &known.organization_name);
        vec![name.shown().to_string(), ENTRY.title.to_owned()]
    }

    fn help(&self) -> About {
        About::of(
            "the setting of directory sync",
            "While the sync is on, people whose address is not in the directory, letter for letter, \
             are blocked. The file has one address a line, spelled as the directory spells it, and \
             takes the place of what is known of the directory; without a file that stays. A paused \
             sync blocks nobody until it is resumed, or its addresses are replaced here. Whom the \
             sync blocks then, and what to do about it, is told by Directory sync.",
        )
    }

    fn begin(&mut self, cx: &mut Cx<'_>) {
        let call = ShowDirectorySync::call(self.organization.raw().to_owned(), Nothing, Nothing);
        self.known.ask(call, cx);
    }

    fn page(&self, here: Here<'_>) -> Page {
        let Some(known) = self.known.get() else {
            return Page::new(vec![asking::instead_of(&self.known, "the setting", here)]);
        };
        let hint = "one address a line; empty: the directory stays as it is";
        let field = self.sent.field(FILE, "File", &self.path, hint);
        let error = self.unread.as_ref().map(|words| words.shown().to_string()).or(field.error);
        let paused = known.on && known.paused;
        let (label, note) = if paused && self.on {
            ("Directory sync is on, but paused", "it blocks nobody until it is resumed")
        } else {
            ("Directory sync is on", "people who are not in it are blocked")
        };
        let blocks = vec![
            tick(ON, self.on, label, note),
            Block::Facts(vec![(
                "  In the directory".to_owned(),
                format!("{} as far as is known", thousands(known.directory)),
            )]),
            Block::Gap,
            Block::Field(FieldSpec { error, ..field }),
            Block::Gap,
            self.sent.told("Saving the setting", here),
        ];
        let words = match (known.on, self.on) {
            (false, true) => "→ who is not in the directory is blocked from then on",
            (true, false) if paused => "→ it blocks nobody, as now, and cannot be resumed",
            (true, false) => "→ it blocks nobody any more",
            _ if self.path.trim().is_empty() => "→ nothing differs",
            _ if paused => "→ the pause ends: who is not in the file is blocked from then on",
            _ => "→ the directory is what the file has",
        };
        Page {
            blocks,
            same_as: Some(self.command()),
            consequences: vec![Piece::new(Tone::Text, words)],
            ..Page::default()
        }
    }

    fn check(&self, _here: Here<'_>) -> Result<(), Refusal> {
        match self.known.get() {
            None => Err(Refusal::page("The setting is being loaded.")),
            Some(known) if known.on == self.on && self.path.trim().is_empty() => {
                Err(Refusal::page("Nothing differs from what is set."))
            }
            Some(_) => Ok(()),
        }
    }

    fn label(&self, action: Action) -> Option<String> {
        (action == Action::Next).then(|| "save it".to_owned())
    }

    fn on_edit(&mut self, edit: &Edit) {
        self.sent.forget();
        self.unread = None;
        match edit {
            Edit::Text { field: FILE, value } => self.path.clone_from(value),
            Edit::Tick { list: ON, on, .. } => self.on = *on,
            _ => {}
        }
    }

    fn send(&mut self, cx: &mut Cx<'_>) {
        self.unread = None;
        if self.path.trim().is_empty() {
            self.ask(None, cx);
        } else {
            self.reading = Some(cx.read(PathBuf::from(self.path.trim())));
        }
    }

    fn on_file(&mut self, id: RequestId, result: &Result<Option<Bytes>, IoError>, cx: &mut Cx<'_>) {
        if self.reading.take_if(|mine| *mine == id).is_none() {
            return;
        }
        match result {
            Ok(Some(bytes)) => {
                let text = String::from_utf8_lossy(bytes);
                let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
                self.ask(Some(lines.map(str::to_owned).collect()), cx);
            }
            Ok(None) => {}
            Err(error) => self.unread = Some(error.words.clone()),
        }
    }

    fn on_reply(
        &mut self,
        id: RequestId,
        result: &Result<Reply, ApiError>,
        _cx: &mut Cx<'_>,
    ) -> Answered {
        if let Some(known) = self.known.answer(id, result) {
            self.on = known.on;
            return Answered::NotMine;
        }
        match self.sent.take(id, result) {
            Err(answered) => answered,
            Ok(None) => Answered::Refused(None),
            Ok(Some(sync)) => Answered::Done(if sync.on {
                format!("Directory sync is on; it blocks {}.", thousands(sync.failing))
            } else {
                "Directory sync is off.".to_owned()
            }),
        }
    }

    fn is_waiting(&self) -> bool {
        self.reading.is_some() || self.sent.is_waiting()
    }
}
