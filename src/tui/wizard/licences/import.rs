//! Step two: which file to read back.
//!
//! Owns reading it and sending it for a preview; nothing is changed by that.

use std::borrow::Cow;
use std::path::PathBuf;

use bytes::Bytes;

use super::{Draft, Licences};
use crate::api::call::{ApiError, Reply};
use crate::api::endpoint::{Endpoint as _, File};
use crate::api::licences::{LicenceImport, LicenceImportQuery, PreviewLicences};
use crate::domain::untrusted::Untrusted;
use crate::tui::load::Load;
use crate::tui::msg::{IoError, RequestId};
use crate::tui::page::{Block, Edit, FieldSpec, Page, TickRow, Ticks};
use crate::tui::screen::{Cx, Here};
use crate::tui::theme::Tone;
use crate::tui::widget::field::Kind;
use crate::tui::wizard::asking;
use crate::tui::wizard::step::{Refusal, Step, Turn};

const FILE: &str = "file";
const TAKE: &str = "take";

/// The step.
#[derive(Default)]
pub struct ImportStep {
    reading: Option<RequestId>,
    /// Why the file could not be read.
    unread: Option<Untrusted>,
    preview: Load<LicenceImport>,
}

impl Step<Licences> for ImportStep {
    fn id(&self) -> &'static str {
        "import"
    }

    fn title(&self) -> &'static str {
        "Import"
    }

    fn help(&self) -> &'static str {
        "Name the CSV file that you filled in. It is read and checked here; nothing is changed \
         yet. A file with one broken row is refused whole, with the line and the column."
    }

    fn enter(&mut self, _draft: &mut Draft, _cx: &mut Cx<'_>) {
        *self = Self::default();
    }

    fn page(&self, draft: &Draft, here: Here<'_>) -> Page {
        let error = self.unread.as_ref().map(|words| words.shown().to_string());
        let mut blocks = vec![
            Block::prose("Which file has the licences? TRUE assigns one; an empty cell leaves it."),
            Block::Field(FieldSpec {
                key: FILE,
                label: "File".into(),
                kind: Kind::Text,
                value: draft.answers.file.clone(),
                hint: "Its path on this machine.".into(),
                error,
            }),
            Block::Ticks(Ticks {
                key: TAKE,
                rows: vec![TickRow {
                    id: TAKE.into(),
                    ticked: draft.answers.remove,
                    label: "FALSE takes a licence away".into(),
                    number: None,
                    end: None,
                    note: "else FALSE leaves it as it is".into(),
                    disabled: None,
                }],
            }),
        ];
        if let Some(error) = self.preview.error() {
            blocks.push(asking::failed(error, here));
        } else {
            let words = asking::waiting(&self.preview, "Reading the file", here);
            blocks.push(Block::aside(words));
        }
        let remove = if draft.answers.remove { " --remove" } else { "" };
        let same_as = Some(format!(
            "hublink licence import --site {} FILE{remove} --dry-run",
            draft.about.url.shown()
        ));
        Page { blocks, same_as, ..Page::default() }
    }

    fn happens_next(&self, _draft: &Draft) -> Vec<Cow<'static, str>> {
        vec!["You see row by row what it would change. Nothing is changed by looking.".into()]
    }

    fn check(&self, draft: &Draft) -> Result<(), Refusal> {
        if self.reading.is_some() || self.preview.is_waiting() {
            return Err(Refusal::page("The file is being read; wait for the answer."));
        }
        if draft.answers.file.trim().is_empty() {
            return Err(Refusal::field(FILE, "Write the path of the file."));
        }
        Ok(())
    }

    fn on_edit(&mut self, edit: &Edit, draft: &mut Draft, _cx: &mut Cx<'_>) -> Turn {
        match edit {
            Edit::Text { field: FILE, value } => {
                draft.answers.file.clone_from(value);
                self.unread = None;
            }
            Edit::Tick { list: TAKE, on, .. } => draft.answers.remove = *on,
            _ => {}
        }
        Turn::Stay
    }

    fn on_next(&mut self, draft: &mut Draft, cx: &mut Cx<'_>) -> Turn {
        self.unread = None;
        self.reading = Some(cx.read(PathBuf::from(draft.answers.file.trim())));
        Turn::Stay
    }

    fn on_file(
        &mut self,
        id: RequestId,
        result: &Result<Option<Bytes>, IoError>,
        draft: &mut Draft,
        cx: &mut Cx<'_>,
    ) {
        if self.reading.take_if(|mine| *mine == id).is_none() {
            return;
        }
        match result {
            Ok(Some(bytes)) => {
                let query = LicenceImportQuery { remove: draft.answers.remove };
                let url = draft.about.url.raw().to_owned();
                let call = PreviewLicences::call(url, query, File(bytes.clone()));
                self.preview.ask(call, cx);
            }
            Ok(None) => {}
            Err(error) => {
                self.unread = Some(error.words.clone());
                cx.toast(Tone::Refused, "The file could not be read.");
            }
        }
    }

    fn on_reply(
        &mut self,
        id: RequestId,
        result: &Result<Reply, ApiError>,
        draft: &mut Draft,
        _cx: &mut Cx<'_>,
    ) -> Turn {
        if !self.preview.take(id, result) || self.preview.error().is_some() {
            return Turn::Stay;
        }
        match self.preview.get() {
            Some(preview) => {
                draft.answers.import = Some(preview.id.clone());
                Turn::Next
            }
            None => Turn::Stay,
        }
    }
}
