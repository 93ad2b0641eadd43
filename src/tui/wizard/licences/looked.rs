//! An import of licences and its first rows, as the review and the results show them.
//!
//! Owns asking for both and putting them on a page. Must not apply anything.

use super::Draft;
use crate::api::call::{ApiError, Reply};
use crate::api::endpoint::{Endpoint as _, Nothing};
use crate::api::licences::{
    LicenceImport, LicenceResult, LicenceRow, ListLicenceRows, ShowLicenceImport,
};
use crate::api::page::{Page, PageQuery};
use crate::domain::services::Service;
use crate::tui::load::Load;
use crate::tui::msg::RequestId;
use crate::tui::page::{Block, RowSpec, Rows, TallyRow};
use crate::tui::screen::{Cx, Here};
use crate::tui::theme::Tone;
use crate::tui::when::{count, thousands};
use crate::tui::wizard::asking;

/// The list of rows.
pub const ROWS: &str = "rows";

/// An import, looked at.
#[derive(Default)]
pub struct Looked {
    pub import: Load<LicenceImport>,
    rows: Load<Vec<LicenceRow>>,
}

impl Looked {
    /// Asks for the import that the draft names.
    pub fn ask(&mut self, draft: &Draft, cx: &mut Cx<'_>) {
        let Some(id) = draft.answers.import.clone() else { return };
        let url = draft.about.url.raw().to_owned();
        self.import.ask(ShowLicenceImport::call((url.clone(), id.clone()), Nothing, Nothing), cx);
        let call = ListLicenceRows::call((url, id), PageQuery::at(None), Nothing);
        self.rows.ask(call, cx);
    }

    /// Takes a reply that is for it.
    pub fn take(&mut self, id: RequestId, result: &Result<Reply, ApiError>) -> bool {
        let as_rows =
            |reply: &Reply| reply.get::<Page<LicenceRow>>().map(|page| page.items.clone());
        self.import.take(id, result) || self.rows.take_by(id, result, as_rows)
    }

    /// What it changes, then the rows: those refused first.
    pub fn blocks(&self, here: Here<'_>) -> Vec<Block> {
        let Some(import) = self.import.get() else {
            return vec![asking::instead_of(&self.import, "the import", here)];
        };
        let mut blocks = vec![tally(import), Block::Gap];
        if !import.ignored_columns.is_empty() {
            let names: Vec<String> =
                import.ignored_columns.iter().map(|name| name.shown_in(24).to_string()).collect();
            let words = format!("Not read, for they are no services: {}.", names.join(", "));
            blocks.push(Block::notice(Tone::Muted, words));
        }
        match self.rows.get() {
            Some(rows) => {
                blocks.push(list(rows));
                let listed = rows.len() as u64;
                if listed < import.rows {
                    let (first, all) = (thousands(listed), count(import.rows, "row"));
                    let words = format!("Of the {all} only the first {first} are listed here.");
                    blocks.push(Block::aside(words));
                }
            }
            None => blocks.push(asking::instead_of(&self.rows, "its rows", here)),
        }
        blocks
    }
}

fn tally(import: &LicenceImport) -> Block {
    let row = |depth, tone, number, words: &str| TallyRow {
        id: None,
        depth,
        tone,
        number,
        words: words.to_owned(),
        note: String::new(),
    };
    let done = import.applied_at.is_some();
    let (changes, tone) =
        if done { ("rows changed", Tone::Done) } else { ("rows change something", Tone::Strong) };
    let mut rows = vec![row(0, tone, import.changes, changes)];
    for (counts, words) in [(&import.assigned, "assigned"), (&import.removed, "taken away")] {
        for (service, many) in counts {
            let title = Service::from_code(service).map_or("", Service::title);
            rows.push(row(1, Tone::Text, *many, &format!("{title} {words}")));
        }
    }
    rows.push(row(0, Tone::Text, import.unchanged, "rows change nothing"));
    rows.push(row(0, Tone::Refused, import.refused, "rows are refused"));
    Block::Tally(rows)
}

fn list(rows: &[LicenceRow]) -> Block {
    let is_refused =
        |row: &&LicenceRow| matches!(row.result, LicenceResult::Refused | LicenceResult::Stale);
    let changes =
        |row: &&LicenceRow| matches!(row.result, LicenceResult::Change | LicenceResult::Changed);
    let told = rows.iter().filter(is_refused).chain(rows.iter().filter(changes));
    Block::Rows(Rows {
        key: ROWS,
        rows: told.map(spec).collect(),
        empty: "No row changes anything.".to_owned(),
    })
}

fn spec(row: &LicenceRow) -> RowSpec {
    let titles = |services: &[Service]| {
        services.iter().map(|service| service.title()).collect::<Vec<_>>().join(", ")
    };
    let mut words = row.reason.clone();
    if !row.assign.is_empty() {
        words = format!("gets {}", titles(&row.assign));
    }
    if !row.remove.is_empty() {
        let sep = if words.is_empty() { "" } else { "; " };
        words = format!("{words}{sep}loses {}", titles(&row.remove));
    }
    let refused = matches!(row.result, LicenceResult::Refused | LicenceResult::Stale);
    let tone = if refused { Tone::Refused } else { Tone::Text };
    let place = format!("line {}", row.line);
    let cells = vec![place, row.address.shown_in(36).to_string(), words];
    RowSpec { id: row.line.to_string(), tone, end: None, cells }
}
