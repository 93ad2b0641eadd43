//! Bytes to a roster: recognise the file, read every row, refuse the whole on the first fault.
//!
//! Owns what the cells of known columns may say and that every row names a different user. Must
//! not judge addresses: a bad one imports and is blocked later, by its outcome.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher as _, RandomState};

use super::decode::decode;
use super::error::{Place, Problem, TableError};
use super::guard::unguard;
use super::layout::{Column, Dialect, Field, Layout, Mode, Role};
use super::open::{Opened, open};
use super::records::{Record, Records};
use super::roster_file::{RosterFile, RosterRow, Source};
use super::{Extra, Limits};
use crate::domain::address::Address;
use crate::domain::untrusted::Untrusted;

/// Rows that are read at once where all are wanted.
const PIECE: usize = 5_000;

/// Reads a roster in either dialect, or the roster of a world file.
///
/// # Errors
/// The first fault, with its line and column; then nothing of the file may be used.
pub fn read_roster(bytes: &[u8], mode: Mode, limits: &Limits) -> Result<RosterFile, TableError> {
    let mut rows = Vec::new();
    let (source, layout) = read_roster_in_pieces(bytes, mode, limits, PIECE, |_, mut piece| {
        rows.append(&mut piece);
        true
    })?;
    Ok(RosterFile { source, layout, rows })
}

/// Reads a roster as [`read_roster`] does, and gives its rows away in pieces: a million are never in
/// memory together. `take` answers whether it goes on. What it was given is of no use after a fault.
///
/// # Errors
/// As [`read_roster`].
pub fn read_roster_in_pieces(
    bytes: &[u8],
    mode: Mode,
    limits: &Limits,
    most: usize,
    mut take: impl FnMut(&Layout, Vec<RosterRow>) -> bool,
) -> Result<(Source, Layout), TableError> {
    let file = decode(bytes, limits.bytes)?;
    let opened = || open(&file.text, limits, |head| Layout::read(head.fields(), head.line, mode));
    let Opened { delimiter, header: layout, records } = opened()?;
    let mut piece = Vec::with_capacity(most);
    // Whose rows are alike is only found out where some are: by far the most files have none.
    let mut prints = Prints::of(&layout);
    each_row(records, &layout, limits, |row| {
        prints.take(&row);
        piece.push(row);
        piece.len() < most || take(&layout, std::mem::replace(&mut piece, Vec::with_capacity(most)))
    })
    .map_err(|fault| fault.named(|n| layout.header(n)))?;
    if prints.all.is_empty() && mode == Mode::Import {
        return Err(TableError::whole(Problem::NoRows));
    }
    let alike = prints.alike();
    if !alike.is_empty() {
        let again = opened()?.records;
        prints
            .different(again, &layout, limits, &alike)
            .map_err(|fault| fault.named(|n| layout.header(n)))?;
    }
    if !piece.is_empty() {
        take(&layout, piece);
    }
    let source = Source { dialect: layout.dialect(), encoding: file.encoding, delimiter };
    Ok((source, layout))
}

/// What the rows are told apart by, in eight bytes each: no two may name one user. `UserID`s are
/// compared exactly, addresses with their case folded.
struct Prints {
    all: Vec<u64>,
    hasher: RandomState,
    by_address: bool,
}

impl Prints {
    fn of(layout: &Layout) -> Self {
        let by_address = layout.dialect() == Dialect::ControlHub;
        Self { all: Vec::new(), hasher: RandomState::new(), by_address }
    }

    fn of_row(&self, row: &RosterRow) -> u64 {
        let id = row.user_id.raw();
        if self.by_address {
            self.hasher.hash_one(address_key(id))
        } else {
            self.hasher.hash_one(id)
        }
    }

    fn take(&mut self, row: &RosterRow) {
        self.all.push(self.of_row(row));
    }

    /// Those that several rows have.
    fn alike(&mut self) -> HashSet<u64> {
        self.all.sort_unstable();
        self.all.windows(2).filter(|two| two[0] == two[1]).map(|two| two[0]).collect()
    }

    /// Looks at the rows with such a print once more, one by one.
    fn different(
        &self,
        records: Records<'_>,
        layout: &Layout,
        limits: &Limits,
        alike: &HashSet<u64>,
    ) -> Result<(), TableError> {
        let (mut lines, mut fault) = (HashMap::new(), None);
        each_row(records, layout, limits, |row| {
            if !alike.contains(&self.of_row(&row)) {
                return true;
            }
            let id = row.user_id.raw();
            let key = if self.by_address { address_key(id) } else { id.to_owned() };
            if let Some(first) = lines.insert(key, row.line) {
                let problem = Problem::RepeatedId { value: row.user_id, first };
                fault = Some(TableError::cell(row.line, layout.id_column(), problem));
            }
            fault.is_none()
        })?;
        fault.map_or(Ok(()), Err)
    }
}

fn each_row(
    mut records: Records<'_>,
    layout: &Layout,
    limits: &Limits,
    mut take: impl FnMut(RosterRow) -> bool,
) -> Result<(), TableError> {
    let (mut record, mut count) = (Record::default(), 0);
    while records.row(&mut record)? {
        if layout.is_repeated_by(&record) {
            let place = Place::Line(record.line);
            return Err(TableError { place, problem: Problem::RepeatedHeader });
        }
        if count == limits.rows {
            let problem = Problem::TooManyRows { most: limits.rows };
            return Err(TableError::cell(record.line, layout.id_column(), problem));
        }
        count += 1;
        if !take(row(&record, layout)?) {
            break;
        }
    }
    Ok(())
}

fn row(record: &Record, layout: &Layout) -> Result<RosterRow, TableError> {
    let (fields, columns) = (record.len(), layout.columns().len());
    if fields != columns {
        let problem = Problem::Ragged { fields, columns };
        return Err(TableError::cell(record.line, fields.min(columns) + 1, problem));
    }
    let mut row = RosterRow { line: record.line, ..RosterRow::default() };
    let mut status = None;
    let mut extra = Vec::new();
    for (at, (cell, Column { role, .. })) in record.fields().zip(layout.columns()).enumerate() {
        let cell = unguard(cell);
        match role {
            Role::Known(field) => set(&mut row, *field, cell)
                .map_err(|problem| TableError::cell(record.line, at + 1, problem))?,
            Role::Status(_) => {
                status = (!cell.trim().is_empty()).then(|| !is_inactive(cell));
                extra.push(cell);
            }
            Role::Extra(_) => extra.push(cell),
            Role::Unnamed if !cell.trim().is_empty() => {
                return Err(TableError::cell(record.line, at + 1, Problem::UnnamedColumn));
            }
            Role::Password | Role::Unnamed => {}
        }
    }
    row.active = match (row.active, status) {
        (Some(active), Some(status)) => Some(active && status),
        (said, other) => said.or(other),
    };
    row.extra = extra.into_iter().collect::<Extra>();
    if layout.dialect() == Dialect::ControlHub {
        row.user_id = row.address.raw().trim().into();
    }
    if row.user_id.is_empty() {
        return Err(TableError::cell(record.line, layout.id_column(), Problem::EmptyId));
    }
    Ok(row)
}

fn set(row: &mut RosterRow, field: Field, cell: &str) -> Result<(), Problem> {
    let text = || Untrusted::from(cell);
    match field {
        Field::UserId => row.user_id = cell.trim().into(),
        // Neither yes nor no: nothing is said, and what was known stays.
        Field::Active if cell.trim().is_empty() => {}
        Field::Active => row.active = Some(yes_or_no(cell, true)?),
        Field::FirstName => row.first_name = text(),
        Field::LastName => row.last_name = text(),
        Field::DisplayName => row.display_name = text(),
        Field::UserName => row.user_name = text(),
        Field::Address => row.address = text(),
        Field::Department => row.department = text(),
        Field::HostPrivilege => row.host_privilege = text(),
        Field::Linked => row.world.linked = yes_or_no(cell, false)?,
        Field::Provisional => row.world.provisional = yes_or_no(cell, false)?,
        Field::Confirmed => row.world.confirmed = yes_or_no(cell, false)?,
        Field::Declined => row.world.declined = yes_or_no(cell, false)?,
        Field::Unknown => row.world.unknown = yes_or_no(cell, false)?,
        Field::Invited => row.world.invited = time(cell)?,
    }
    Ok(())
}

/// A yes-or-no cell; `empty` is what nothing means.
fn yes_or_no(cell: &str, empty: bool) -> Result<bool, Problem> {
    let cell = cell.trim();
    let is = |words: [&str; 5]| words.iter().any(|word| cell.eq_ignore_ascii_case(word));
    if cell.is_empty() {
        Ok(empty)
    } else if is(["y", "yes", "true", "1", "active"]) {
        Ok(true)
    } else if is(["n", "no", "false", "0", "inactive"]) {
        Ok(false)
    } else {
        Err(Problem::NotYesOrNo { value: cell.into() })
    }
}

fn time(cell: &str) -> Result<Option<jiff::Timestamp>, Problem> {
    let cell = cell.trim();
    if cell.is_empty() {
        return Ok(None);
    }
    cell.parse().map(Some).map_err(|_| Problem::NotATime { value: cell.into() })
}

/// Whether Control Hub's status says that the account is deactivated; its other words do not.
pub(super) fn is_inactive(status: &str) -> bool {
    ["inactive", "deactivated"].iter().any(|word| status.trim().eq_ignore_ascii_case(word))
}

/// An address as it is compared, usable or not: two spellings of one address are the same.
pub fn address_key(address: &str) -> String {
    Address::parse(address).map_or_else(|_| address.trim().to_lowercase(), String::from)
}

#[cfg(test)]
mod tests;
