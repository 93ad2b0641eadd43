//! The licence CSV as it is uploaded: what its columns say of services, a piece of its rows at a time.
//!
//! Owns reading it on a thread of its own, a little ahead of who writes its rows down, so that they are
//! never in memory together. A file that is refused at its end was read for nothing.

use axum::body::Bytes;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::judge::NewOffer;
use crate::api::problem::code;
use crate::domain::services::Service;
use crate::domain::untrusted::Untrusted;
use crate::server::directory::file_refused;
use crate::server::refusal::Refusal;
use crate::table::{Dialect, Layout, Limits, Mode, RosterRow, Source, read_roster_in_pieces};

/// Rows of a piece.
pub(super) const ROWS: usize = 500;
/// Pieces that are read ahead of the database.
const AHEAD: usize = 4;
/// Control Hub's own column, which it fills itself.
const STATUS: &str = "user status";

/// What a row says.
pub(super) struct Said {
    pub line: u64,
    /// As the file spells it.
    pub address: Untrusted,
    pub wanted: NewOffer,
}

/// What is known of a file once it was read to its end.
pub(super) struct About {
    pub source: Source,
    pub ignored: Vec<Untrusted>,
}

/// Begins to read.
pub(super) fn read(file: Bytes) -> (mpsc::Receiver<Vec<Said>>, JoinHandle<Result<About, Refusal>>) {
    let (sender, pieces) = mpsc::channel(AHEAD);
    let reading = tokio::task::spawn_blocking(move || {
        let mut columns = None;
        let take = |layout: &Layout, rows: Vec<RosterRow>| {
            let columns = columns.get_or_insert_with(|| Columns::of(layout));
            let Ok(columns) = columns else { return false };
            sender.blocking_send(rows.into_iter().map(|row| columns.said(row)).collect()).is_ok()
        };
        let read = read_roster_in_pieces(&file, Mode::Import, &Limits::ROSTER, ROWS, take);
        let (source, layout) = read.map_err(|fault| file_refused(&fault))?;
        let Columns { ignored, .. } = columns.unwrap_or_else(|| Columns::of(&layout))?;
        Ok(About { source, ignored })
    });
    (pieces, reading)
}

/// The columns of a file that say something of services.
struct Columns {
    services: Vec<(usize, Service)>,
    ignored: Vec<Untrusted>,
}

impl Columns {
    fn of(layout: &Layout) -> Result<Self, Refusal> {
        if layout.dialect() != Dialect::ControlHub {
            return Err(refused(
                "This is Site Administration's dialect; licences are in Control Hub's.",
            ));
        }
        let mut columns = Self { services: Vec::new(), ignored: Vec::new() };
        for (at, header) in layout.extra_headers().enumerate() {
            let name = header.raw().trim().to_lowercase();
            match Service::from_word(&name) {
                Some(service) => columns.services.push((at, service)),
                None if name == STATUS => {}
                None => columns.ignored.push(header.clone()),
            }
        }
        if columns.services.is_empty() {
            let known = Service::ALL.map(Service::title).join(", ");
            return Err(refused(&format!("No column is a service's. The services are {known}.")));
        }
        Ok(columns)
    }

    fn said(&self, row: RosterRow) -> Said {
        let cell = |at: usize| row.extra.get(at).unwrap_or_default().trim();
        let wanted = self
            .services
            .iter()
            .filter(|(at, _)| !cell(*at).is_empty())
            .map(|(at, service)| (*service, true_or_false(cell(*at))))
            .collect();
        Said { line: row.line, wanted, address: row.address }
    }
}

fn true_or_false(cell: &str) -> Option<bool> {
    if cell.eq_ignore_ascii_case("true") {
        Some(true)
    } else if cell.eq_ignore_ascii_case("false") {
        Some(false)
    } else {
        None
    }
}

fn refused(detail: &str) -> Refusal {
    Refusal::new(
        axum::http::StatusCode::UNPROCESSABLE_ENTITY,
        code::FILE_REFUSED,
        format!("The file was refused as a whole. {detail}"),
        "Export the licences, change TRUE and FALSE in that file, and upload it.",
    )
}
