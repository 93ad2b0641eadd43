//! `hublink demo --tour`: the tours there are, a line each.
//!
//! Owns the columns. Must not start anything.

use serde::Serialize;

use crate::cli::context::Context;
use crate::cli::exit::Failure;
use crate::cli::grid::{Cell, Column};
use crate::demo::tour::shelf;

#[derive(Serialize)]
struct Row {
    name: &'static str,
    minutes: u64,
    about: String,
}

const TOURS: &[Column<Row>] = &[
    Column { name: "name", cell: |row| Cell::Word(row.name) },
    Column { name: "minutes", cell: |row| Cell::Count(row.minutes) },
    Column { name: "about", cell: |row| Cell::plain_text(&row.about) },
];

/// Lists the tours.
///
/// # Errors
/// That nobody reads any more.
pub fn list(cx: &mut Context) -> Result<(), Failure> {
    let row = |(name, tour): (&'static str, crate::demo::tour::Tour)| Row {
        name,
        minutes: tour.lasts().as_secs().div_ceil(60),
        about: tour.about,
    };
    let rows: Vec<Row> = shelf::all().into_iter().map(row).collect();
    cx.out.list(rows.iter(), TOURS)
}
