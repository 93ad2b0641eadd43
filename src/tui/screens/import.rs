//! Importing a roster: the file, then a preview, then exactly that (SPEC section 9).
//!
//! Owns the first page: which file, and whether who is not in it is deactivated. Nothing is changed
//! by it. The preview is `preview`'s; the backend judges the file.

mod preview;

use std::path::PathBuf;

use bytes::Bytes;

use self::preview::Preview;
use super::form::sent::{Sent, tick};
use super::form::{Answered, Form, FormScreen};
use crate::api::call::{ApiError, Reply};
use crate::api::endpoint;
use crate::api::endpoint::Endpoint as _;
use crate::api::import::{ImportPreview, ImportQuery, PreviewImport};
use crate::api::route::FILE as MOST;
use crate::api::site::Site;
use crate::domain::act::Act;
use crate::domain::role::{Action as Right, permits};
use crate::domain::untrusted::Untrusted;
use crate::tui::keymap::{Action, Availability};
use crate::tui::msg::{IoError, RequestId};
use crate::tui::page::{Block, Edit, FieldSpec, Page, Piece};
use crate::tui::screen::{About, Cx, Here};
use crate::tui::shell::quoted;
use crate::tui::theme::Tone;
use crate::tui::wizard::step::Refusal;
use crate::tui::wizard::{Entry, Offered};

/// Its row in a site's menu.
pub const ENTRY: Entry = Entry {
    title: "Import users",
    about: "A roster file; a preview says what changes.",
    offered: Offered::Site(availability),
    needs: Some(Act::Import),
    open: |url| Box::new(FormScreen::new(File::new(url))),
};

const FILE: &str = "file";
const REPLACE: &str = "replace";

/// Who may take users in, by the site's roles.
pub fn may_import(site: &Site) -> bool {
    site.my_roles.iter().any(|role| permits(*role, Right::Import))
}

/// Whether one may, and why not.
pub fn availability(site: &Site) -> Availability {
    let why = "The site's administrators and the organization's full admins import its users.";
    Availability::ready_if(may_import(site), why)
}

/// The first page.
struct File {
    site: Untrusted,
    path: String,
    replace: bool,
    reading: Option<RequestId>,
    /// Why the file could not be read.
    unread: Option<Untrusted>,
    sent: Sent<ImportPreview>,
}

impl File {
    fn new(site: &Untrusted) -> Self {
        Self {
            site: site.clone(),
            path: String::new(),
            replace: false,
            reading: None,
            unread: None,
            sent: Sent::new(&[FILE]),
        }
    }
}

/// The command line of an import; `rest` says how it is answered.
fn command(site: &Untrusted, file: &str, replace: bool, rest: &str) -> String {
    let file = if file.trim().is_empty() { "FILE" } else { file.trim() };
    let replace = if replace { " --replace" } else { "" };
    format!("hublink user import --site {} {}{replace}{rest}", quoted(site.raw()), quoted(file))
}

impl Form for File {
    fn crumbs(&self) -> Vec<String> {
        vec![self.site.shown().to_string(), ENTRY.title.to_owned()]
    }

    fn help(&self) -> About {
        About::of(
            "importing users",
            "Name the file as Site Administration or Control Hub exports it, or one of our own \
             exports: CSV or TSV, in any of their encodings. It is read and checked here; the next \
             page says what would change, and nothing is changed before. A column that is not in \
             the file says nothing. A file with one broken row is refused whole, with its line and \
             column.",
        )
    }

    fn page(&self, here: Here<'_>) -> Page {
        let hint = "its path on this machine; CSV or TSV";
        let field = self.sent.field(FILE, "File", &self.path, hint);
        let error = self.unread.as_ref().map(|words| words.shown().to_string()).or(field.error);
        let note = "else they stay as they are";
        let doing = "Reading the file";
        let mut blocks = vec![
            Block::prose("Which file has the site's users?"),
            Block::Gap,
            Block::Field(FieldSpec { error, ..field }),
            Block::Gap,
            tick(REPLACE, self.replace, "Deactivate who is not in the file", note),
            Block::Gap,
            self.sent.told(doing, here),
        ];
        if self.reading.is_some() {
            blocks.push(Block::aside(format!("{doing} …")));
        }
        let words = "→ a preview of what would change · nothing is changed yet";
        Page {
            blocks,
            same_as: Some(command(&self.site, &self.path, self.replace, " --dry-run")),
            consequences: vec![Piece::new(Tone::Text, words)],
            first: Some(FILE),
            ..Page::default()
        }
    }

    fn check(&self, _here: Here<'_>) -> Result<(), Refusal> {
        if self.path.trim().is_empty() {
            return Err(Refusal::field(FILE, "Write the path of the file."));
        }
        Ok(())
    }

    fn label(&self, action: Action) -> Option<String> {
        (action == Action::Next).then(|| "preview".to_owned())
    }

    fn on_edit(&mut self, edit: &Edit) {
        self.sent.forget();
        self.unread = None;
        match edit {
            Edit::Text { field: FILE, value } => self.path.clone_from(value),
            Edit::Tick { list: REPLACE, on, .. } => self.replace = *on,
            _ => {}
        }
    }

    fn acts(&self) -> bool {
        false
    }

    fn send(&mut self, cx: &mut Cx<'_>) {
        self.unread = None;
        self.reading = Some(cx.read(PathBuf::from(self.path.trim())));
    }

    fn on_file(&mut self, id: RequestId, result: &Result<Option<Bytes>, IoError>, cx: &mut Cx<'_>) {
        if self.reading.take_if(|mine| *mine == id).is_none() {
            return;
        }
        match result {
            Ok(Some(bytes)) if bytes.len() > MOST => {
                let words = format!("The file is larger than {} MiB.", MOST >> 20);
                self.unread = Some(words.into());
            }
            Ok(Some(bytes)) => {
                let query = ImportQuery { replace: self.replace };
                let site = self.site.raw().to_owned();
                let call = PreviewImport::call(site, query, endpoint::File(bytes.clone()));
                self.sent.ask(call, cx);
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
        match self.sent.take(id, result) {
            Err(answered) => answered,
            Ok(None) => Answered::Refused(None),
            Ok(Some(preview)) => {
                let preview = Preview::new(&self.site, &self.path, preview);
                let words = "Read. Nothing is changed yet.".to_owned();
                Answered::Leads(words, Box::new(FormScreen::new(preview)))
            }
        }
    }

    fn is_waiting(&self) -> bool {
        self.reading.is_some() || self.sent.is_waiting()
    }
}
