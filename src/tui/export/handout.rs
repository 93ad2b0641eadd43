//! What a run leaves to be handed on, as files: the report, or an announcement with its list.
//!
//! Owns the way from the first request to the last written file, and what to say about it. The
//! texts are `report`'s. Nothing is sent to anybody.

use std::path::PathBuf;

use bytes::Bytes;

use super::RUN;
use super::written::until_when;
use crate::api::call::{ApiError, Reply};
use crate::api::endpoint::{Endpoint as _, Nothing};
use crate::api::page::Page;
use crate::api::plan::{Plan, ShowPlan};
use crate::api::run::{ListRunItems, Run, RunItem, RunItemsQuery};
use crate::api::site::{ShowSite, Site};
use crate::domain::run::ItemState;
use crate::domain::untrusted::Untrusted;
use crate::report::announcement::{Announcement, Recipient};
use crate::report::{Gathered, Report, file_name};
use crate::table::write_csv;
use crate::tui::export::Exported;
use crate::tui::msg::{IoError, RequestId};
use crate::tui::screen::Cx;
use crate::tui::theme::Tone;
use crate::tui::when::count;

/// How many people are asked for at once; the most the backend gives.
const PAGE: u16 = 500;

/// What is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The report as a page and as Markdown, and everybody as CSV.
    Report,
    /// A draft to those who were linked silently, and their list.
    Announcement,
}

/// One under way.
#[derive(Debug)]
pub struct Handout {
    kind: Kind,
    run: Run,
    plan: Option<Plan>,
    site: Option<Site>,
    gathered: Gathered,
    recipients: Vec<Recipient>,
    csv: String,
    rows: u64,
    asked: Option<RequestId>,
    writing: Vec<(RequestId, PathBuf)>,
    written: Vec<PathBuf>,
    /// Until when the files are there, where that is not for good.
    until: &'static str,
}

impl Handout {
    /// Begins: asks for what was planned.
    pub fn start(kind: Kind, run: &Run, cx: &mut Cx<'_>) -> Self {
        let plan = ShowPlan::call(run.plan.clone(), Nothing, Nothing);
        Self {
            kind,
            run: run.clone(),
            plan: None,
            site: None,
            gathered: Gathered::default(),
            recipients: Vec::new(),
            csv: String::new(),
            rows: 0,
            asked: Some(cx.send(plan)),
            writing: Vec::new(),
            written: Vec::new(),
            until: until_when(cx.session.fleeting),
        }
    }

    /// How far it is.
    pub fn words(&self) -> String {
        let what = match self.kind {
            Kind::Report => "the report",
            Kind::Announcement => "the announcement",
        };
        if self.asked.is_none() {
            return format!("Writing {what} …");
        }
        format!("Gathering {what}: {} so far …", count(self.rows, "user"))
    }

    /// Takes an answer and asks for the next, or writes the files.
    pub fn on_reply(
        &mut self,
        id: RequestId,
        result: &Result<Reply, ApiError>,
        cx: &mut Cx<'_>,
    ) -> Exported {
        if self.asked != Some(id) {
            return Exported::NotMine;
        }
        self.asked = None;
        let reply = match result {
            Ok(reply) => reply,
            Err(error) => {
                return Exported::Over(Tone::Refused, format!("Nothing was written: {error}"));
            }
        };
        if let Some(plan) = reply.get::<Plan>() {
            self.plan = Some(plan.clone());
            let site = ShowSite::call(self.run.site.raw().to_owned(), Nothing, Nothing);
            self.asked = Some(cx.send(site));
        } else if let Some(site) = reply.get::<Site>() {
            self.site = Some(site.clone());
            self.ask_people(None, cx);
        } else if let Some(page) = reply.get::<Page<RunItem>>() {
            for item in &page.items {
                self.add(item);
            }
            self.add_rows(&page.items);
            match &page.next {
                Some(_) => self.ask_people(page.next.clone(), cx),
                None => return self.write(cx),
            }
        } else {
            let words = "Nothing was written: the backend answered something else.";
            return Exported::Over(Tone::Refused, words.to_owned());
        }
        Exported::More
    }

    /// Takes the end of writing one file.
    pub fn on_file<T>(&mut self, id: RequestId, result: &Result<T, IoError>) -> Exported {
        let Some(at) = self.writing.iter().position(|(mine, _)| *mine == id) else {
            return Exported::NotMine;
        };
        let (_, path) = self.writing.remove(at);
        if let Err(error) = result {
            let path = Untrusted::new(path.to_string_lossy()).shown();
            let words = format!("{path} was not written: {}", error.words.shown());
            return Exported::Over(Tone::Refused, words);
        }
        self.written.push(path);
        if self.writing.is_empty() {
            Exported::Over(Tone::Done, self.done())
        } else {
            Exported::More
        }
    }

    fn ask_people(&mut self, cursor: Option<String>, cx: &mut Cx<'_>) {
        let state = match self.kind {
            Kind::Report => None,
            Kind::Announcement => Some(ItemState::Linked),
        };
        let query = RunItemsQuery { state, cursor, limit: Some(PAGE) };
        let call = ListRunItems::call(self.run.id.clone(), query, Nothing);
        self.asked = Some(cx.send(call));
    }

    fn add(&mut self, item: &RunItem) {
        self.rows += 1;
        match self.kind {
            Kind::Report => self.gathered.add(item),
            Kind::Announcement => self.recipients.extend(Recipient::of(item)),
        }
    }

    fn add_rows(&mut self, items: &[RunItem]) {
        if self.kind != Kind::Report {
            return;
        }
        let page = write_csv(&RUN, items.iter().map(row));
        match page.split_once('\n') {
            // The header stands once, above the first page.
            Some((_, rows)) if !self.csv.is_empty() => self.csv.push_str(rows),
            _ => self.csv = page,
        }
    }

    /// All is known: the files.
    fn write(&mut self, cx: &mut Cx<'_>) -> Exported {
        let (Some(plan), Some(site)) = (self.plan.take(), self.site.take()) else {
            let words = "Nothing was written: the backend answered something else.";
            return Exported::Over(Tone::Refused, words.to_owned());
        };
        let run = self.run.clone();
        let written_at = cx.here().now().or(run.ended_at).unwrap_or(run.started_at);
        let zone = cx.session.zone.clone();
        match self.kind {
            Kind::Report => {
                let gathered = std::mem::take(&mut self.gathered);
                let report = Report { run, plan, site, gathered, written_at, zone };
                self.file("report", "html", report.html(), cx);
                self.file("report", "md", report.markdown(), cx);
                let csv = std::mem::take(&mut self.csv);
                self.file("all", "csv", csv, cx);
            }
            Kind::Announcement => {
                let recipients = std::mem::take(&mut self.recipients);
                let draft = Announcement::draft(&run, &site, recipients, written_at, &zone);
                self.file("announcement", "txt", draft.text(), cx);
                self.file("recipients", "csv", draft.csv(), cx);
            }
        }
        Exported::More
    }

    fn file(&mut self, what: &str, kind: &str, text: String, cx: &mut Cx<'_>) {
        let path = cx.session.exports.join(file_name(&self.run.id, what, kind));
        let id = cx.write(path.clone(), Bytes::from(text));
        self.writing.push((id, path));
    }

    fn done(&self) -> String {
        let name = |path: &PathBuf| {
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
            name.map_or_else(String::new, |name| Untrusted::new(name).shown().to_string())
        };
        let names: Vec<String> = self.written.iter().map(name).collect();
        let folder = self.written.first().and_then(|path| path.parent());
        let folder = folder.map(|folder| folder.to_string_lossy().into_owned()).unwrap_or_default();
        let folder = Untrusted::new(folder).shown();
        match self.kind {
            Kind::Report => format!("Written to {folder}: {}{}", names.join(", "), self.until),
            Kind::Announcement => {
                let names = names.join(", ");
                format!("Written to {folder}: {names}{}. Nothing is sent.", self.until)
            }
        }
    }
}

fn row(item: &RunItem) -> [&str; 7] {
    [
        item.user_id.raw(),
        item.name.raw(),
        item.address.raw(),
        item.outcome.code(),
        item.state.code(),
        item.reason.raw(),
        item.message_id.as_ref().map_or("", Untrusted::raw),
    ]
}
