//! Rows to bytes: roster exports in both dialects, and plain lists as CSV.
//!
//! Owns quoting, encodings and that every cell passes the formula guard. Must not decide who is
//! exported: it writes what it is given, unknown columns in their place.

use super::RosterRow;
use super::guard::guard;
use super::layout::{Dialect, Field, Layout, Role};
use super::read::is_inactive;
use super::records::Delimiter;
use crate::domain::untrusted::Untrusted;

/// Writes a roster row by row, as its dialect's own product would: Site Administration's as
/// UTF-16LE with tabs (named .csv all the same), Control Hub's as UTF-8 with commas. Both carry a
/// byte order mark, without which spreadsheets misread names.
#[derive(Debug)]
pub struct RosterWriter {
    layout: Layout,
    line: String,
    bytes: Vec<u8>,
}

impl RosterWriter {
    /// Starts an export: the header is written.
    pub fn new(layout: Layout) -> Self {
        let mut writer = Self { layout, line: "\u{feff}".to_owned(), bytes: Vec::new() };
        let headers = writer.layout.headers().map(Untrusted::raw);
        push_record(&mut writer.line, headers, delimiter(writer.layout.dialect()), "\r\n");
        writer.flush();
        writer
    }

    /// Writes one row; its `extra` must be in the order of the layout's unknown columns.
    pub fn row(&mut self, row: &RosterRow) {
        let cells = self.layout.written().map(|column| cell(row, column.role));
        push_record(&mut self.line, cells, delimiter(self.layout.dialect()), "\r\n");
        self.flush();
    }

    /// The bytes written since the last call.
    pub fn take(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.bytes)
    }

    fn flush(&mut self) {
        match self.layout.dialect() {
            Dialect::SiteAdministration => {
                self.bytes.extend(self.line.encode_utf16().flat_map(u16::to_le_bytes));
            }
            Dialect::ControlHub => self.bytes.extend(self.line.bytes()),
        }
        self.line.clear();
    }
}

/// A list as CSV: UTF-8, commas, one line feed a line, every cell guarded against formulas.
pub fn write_csv<R, C>(headers: &[&str], rows: R) -> String
where
    R: IntoIterator<Item = C>,
    C: IntoIterator<Item: AsRef<str>>,
{
    let mut out = String::new();
    push_record(&mut out, headers, Delimiter::Comma, "\n");
    for row in rows {
        push_record(&mut out, row, Delimiter::Comma, "\n");
    }
    out
}

const fn delimiter(dialect: Dialect) -> Delimiter {
    match dialect {
        Dialect::SiteAdministration => Delimiter::Tab,
        Dialect::ControlHub => Delimiter::Comma,
    }
}

fn cell(row: &RosterRow, role: Role) -> &str {
    match role {
        Role::Known(field) => known(row, field),
        Role::Extra(at) => row.extra.get(at).unwrap_or_default(),
        Role::Status(at) => {
            let said = at.and_then(|at| row.extra.get(at));
            match (row.active, said) {
                (active, Some(status)) if is_inactive(status) != active => status,
                (true, _) => "Active",
                (false, _) => "Inactive",
            }
        }
        Role::Password | Role::Unnamed => "",
    }
}

fn known(row: &RosterRow, field: Field) -> &str {
    match field {
        Field::UserId => row.user_id.raw(),
        Field::Active => {
            if row.active {
                "Y"
            } else {
                "N"
            }
        }
        Field::FirstName => row.first_name.raw(),
        Field::LastName => row.last_name.raw(),
        Field::DisplayName => row.display_name.raw(),
        Field::UserName => row.user_name.raw(),
        Field::Address => row.address.raw(),
        Field::Department => row.department.raw(),
        Field::HostPrivilege => row.host_privilege.raw(),
        // World files are written by no export.
        Field::Linked
        | Field::Provisional
        | Field::Confirmed
        | Field::Declined
        | Field::Unknown
        | Field::Invited => "",
    }
}

fn push_record<C>(out: &mut String, cells: C, delimiter: Delimiter, end: &str)
where
    C: IntoIterator<Item: AsRef<str>>,
{
    let start = out.len();
    for (at, cell) in cells.into_iter().enumerate() {
        if at > 0 {
            out.push(delimiter.as_char());
        }
        push_cell(out, &guard(cell.as_ref()), delimiter);
    }
    if out.len() == start {
        // A lone empty cell would be a blank line.
        out.push_str("\"\"");
    }
    out.push_str(end);
}

fn push_cell(out: &mut String, cell: &str, delimiter: Delimiter) {
    if cell.contains([delimiter.as_char(), '"', '\r', '\n']) {
        out.push('"');
        out.push_str(&cell.replace('"', "\"\""));
        out.push('"');
    } else {
        out.push_str(cell);
    }
}

#[cfg(test)]
mod tests;
