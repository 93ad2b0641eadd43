//! Step one: write the CSV, where one is wanted.
//!
//! Owns which services are TRUE in it, and writing it where exports go.

use std::borrow::Cow;
use std::path::PathBuf;

use bytes::Bytes;

use super::{Draft, Licences};
use crate::api::call::{ApiError, Reply};
use crate::api::endpoint::{Endpoint as _, File, Nothing};
use crate::api::licences::{ExportLicences, LicenceExportQuery};
use crate::domain::services::Service;
use crate::domain::untrusted::Untrusted;
use crate::tui::load::Load;
use crate::tui::msg::{IoError, RequestId};
use crate::tui::page::{Block, Edit, Page, RowSpec, Rows, TickRow, Ticks};
use crate::tui::screen::{Cx, Here};
use crate::tui::theme::Tone;
use crate::tui::wizard::asking;
use crate::tui::wizard::step::{Refusal, Step, Turn};

const SERVICES: &str = "services";
const ALL: &str = "all";
const ACTS: &str = "acts";
const WRITE: &str = "write";
const GO_ON: &str = "go_on";

/// The step.
#[derive(Default)]
pub struct ExportStep {
    file: Load<Bytes>,
    writing: Option<(RequestId, PathBuf)>,
    written: Option<String>,
}

fn query(draft: &Draft) -> LicenceExportQuery {
    let codes: Vec<&str> = draft.answers.assign.iter().map(|service| service.code()).collect();
    let assign = (!codes.is_empty()).then(|| codes.join(","));
    LicenceExportQuery { all: draft.answers.all, assign }
}

fn tick(id: &str, label: &str, ticked: bool) -> TickRow {
    TickRow {
        id: id.to_owned(),
        ticked,
        label: label.to_owned(),
        number: None,
        end: None,
        note: String::new(),
        disabled: None,
    }
}

fn act(id: &str, label: &str, note: &str) -> RowSpec {
    let cells = vec![label.to_owned(), note.to_owned()];
    RowSpec { id: id.to_owned(), tone: Tone::Text, end: None, cells }
}

impl ExportStep {
    fn write(&mut self, draft: &Draft, cx: &mut Cx<'_>) {
        let url = draft.about.url.raw().to_owned();
        self.file.ask(ExportLicences::call(url, query(draft), Nothing), cx);
    }

    fn path(draft: &Draft, cx: &Cx<'_>) -> PathBuf {
        let safe = |c: char| if c.is_ascii_alphanumeric() || c == '.' { c } else { '-' };
        let site: String = draft.about.url.raw().chars().take(80).map(safe).collect();
        cx.session.exports.join(format!("hublink-licences-{site}.csv"))
    }
}

impl Step<Licences> for ExportStep {
    fn id(&self) -> &'static str {
        "export"
    }

    fn title(&self) -> &'static str {
        "Export"
    }

    fn help(&self) -> &'static str {
        "Users who were created by linking have no licences. This page writes a CSV file with \
         them, in Control Hub's columns, for you to fill in."
    }

    fn passed_by(&self, draft: &Draft) -> Option<&'static str> {
        (!draft.answers.exported).then_some("no file was written")
    }

    fn page(&self, draft: &Draft, here: Here<'_>) -> Page {
        let answers = &draft.answers;
        let mut rows: Vec<TickRow> = Service::ALL
            .into_iter()
            .map(|of| tick(of.code(), of.title(), answers.assign.contains(&of)))
            .collect();
        rows.push(tick(ALL, "Also users who have a licence already", answers.all));
        let mut blocks = vec![
            Block::prose("Users created by linking have no licence yet. Which shall they get?"),
            Block::Ticks(Ticks { key: SERVICES, rows }),
            Block::aside(
                "With none ticked: those that the organization gives new people by itself.",
            ),
            Block::Gap,
            Block::Rows(Rows {
                key: ACTS,
                rows: vec![
                    act(WRITE, "Write the CSV", "look it over, change TRUE and FALSE in it"),
                    act(GO_ON, "Go on", "to read a file back"),
                ],
                empty: String::new(),
            }),
        ];
        if let Some(path) = &self.written {
            let words = format!("Written to {}.", Untrusted::new(path.as_str()).shown());
            blocks.push(Block::notice(Tone::Done, words));
        }
        match self.file.error() {
            Some(error) => blocks.push(asking::failed(error, here)),
            None => blocks.push(Block::aside(asking::waiting(&self.file, "Exporting", here))),
        }
        let assign = query(draft).assign.map(|codes| format!(" --assign {codes}"));
        let all = if answers.all { " --all" } else { "" };
        let same_as = Some(format!(
            "hublink licence export --site {}{}{all} --file licences.csv",
            draft.about.url.shown(),
            assign.unwrap_or_default()
        ));
        Page { blocks, same_as, ..Page::default() }
    }

    fn happens_next(&self, _draft: &Draft) -> Vec<Cow<'static, str>> {
        vec![
            "Exporting changes nothing.".into(),
            "The file has Control Hub's columns, with TRUE or FALSE for each service.".into(),
        ]
    }

    fn check(&self, _draft: &Draft) -> Result<(), Refusal> {
        Ok(())
    }

    fn on_edit(&mut self, edit: &Edit, draft: &mut Draft, cx: &mut Cx<'_>) -> Turn {
        if let Edit::Open { list: ACTS, id } = edit {
            if id == GO_ON {
                return Turn::Next;
            }
            if !self.file.is_waiting() && self.writing.is_none() {
                self.write(draft, cx);
            }
        } else if let Edit::Tick { list: SERVICES, id, on } = edit {
            if id == ALL {
                draft.answers.all = *on;
            } else if let Some(service) = Service::from_code(id) {
                draft.answers.assign.retain(|of| *of != service);
                if *on {
                    draft.answers.assign.push(service);
                    draft.answers.assign.sort();
                }
            }
        }
        Turn::Stay
    }

    fn on_reply(
        &mut self,
        id: RequestId,
        result: &Result<Reply, ApiError>,
        draft: &mut Draft,
        cx: &mut Cx<'_>,
    ) -> Turn {
        let read = |reply: &Reply| reply.get::<File>().map(|bytes| bytes.0.clone());
        if self.file.take_by(id, result, read)
            && self.file.error().is_none()
            && let Some(bytes) = self.file.get()
        {
            let path = Self::path(draft, cx);
            self.writing = Some((cx.write(path.clone(), bytes.clone()), path));
        }
        Turn::Stay
    }

    fn on_file(
        &mut self,
        id: RequestId,
        result: &Result<Option<Bytes>, IoError>,
        draft: &mut Draft,
        cx: &mut Cx<'_>,
    ) {
        let Some((_, path)) = self.writing.take_if(|(mine, _)| *mine == id) else { return };
        let path = path.to_string_lossy().into_owned();
        match result {
            Ok(_) => {
                draft.answers.file.clone_from(&path);
                draft.answers.exported = true;
                self.written = Some(path);
            }
            Err(error) => {
                let words = format!("The file was not written: {}", error.words.shown());
                cx.toast(Tone::Refused, words);
            }
        }
    }
}
