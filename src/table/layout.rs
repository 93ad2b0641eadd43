//! The columns of a roster file: which header means what, in both dialects.
//!
//! Owns the one table of column names ([`FIELDS`]), what is required, and the layouts that exports
//! are written in. Columns are found by name, never by position. A column for a password has no
//! place to go and is dropped here.

use std::collections::HashMap;
use std::fmt;

use super::error::{Place, Problem, TableError};
use super::guard::unguard;
use super::records::{Record, same_name};
use crate::domain::untrusted::Untrusted;

/// Whose columns a roster file has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// Site Administration's user export: one row per `UserID`.
    SiteAdministration,
    /// Control Hub's user export: the address is the id.
    ControlHub,
}

/// What the columns of a file may say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// A roster import: the columns of world files are unknown ones.
    Import,
    /// The roster of a world file: its own columns are read too.
    World,
}

/// The columns that mean something to us.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Field {
    UserId,
    Active,
    FirstName,
    LastName,
    DisplayName,
    UserName,
    Address,
    Department,
    HostPrivilege,
    Linked,
    Provisional,
    Confirmed,
    Declined,
    Unknown,
    Invited,
}

/// What becomes of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// Read into a field of the row.
    Known(Field),
    /// Control Hub's status: kept as the unknown column it is, and read for `Inactive`.
    Status(Option<usize>),
    /// Kept for export, at this place among the unknown columns.
    Extra(usize),
    /// A password: never read.
    Password,
    /// Without a name: must be empty.
    Unnamed,
}

/// One column of a layout.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Column {
    pub header: Untrusted,
    pub role: Role,
}

/// The columns of a roster file in their order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout {
    dialect: Dialect,
    columns: Vec<Column>,
}

/// The table of column names: a field, and how each dialect spells it (case and blanks folded).
/// The first spelling is the one that is written.
const FIELDS: [(Field, &[&str], &[&str]); 9] = {
    use Field as F;
    [
        (F::UserId, &["UserID"], &[]),
        (F::Active, &["Active"], &["Active"]),
        (F::FirstName, &["FirstName", "First Name"], &["First Name", "FirstName"]),
        (F::LastName, &["LastName", "Last Name"], &["Last Name", "LastName"]),
        (F::DisplayName, &["DisplayName", "Display Name"], &["Display Name", "DisplayName"]),
        (F::UserName, &["UserName", "User Name"], &["UserName"]),
        (F::Address, &["Email"], &["User ID/Email (Required)", "User ID/Email"]),
        (F::Department, &["Department"], &["Department"]),
        (F::HostPrivilege, &["HostPrivilege", "Host Privilege"], &["HostPrivilege"]),
    ]
};

/// The columns of world files, beside those of a dialect.
const WORLD: [(Field, &str); 6] = [
    (Field::Linked, "Linked"),
    (Field::Provisional, "Provisional"),
    (Field::Confirmed, "Confirmed"),
    (Field::Declined, "Declined"),
    (Field::Unknown, "Unknown"),
    (Field::Invited, "Invited"),
];

/// Control Hub's name for its status column, which it fills itself.
const STATUS: &str = "User Status";

/// What some files add to a name to say what to write in the column.
const NOTES: [&str; 4] = ["(y/n)", "(rfc 3339)", "(rfc 3339 time)", "(required)"];

/// Which fields a file has a column for; of the others it says nothing, and what was known stays.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Says(u16);

impl Says {
    pub(super) const fn has(self, field: Field) -> bool {
        self.0 >> field as u16 & 1 == 1
    }

    const fn with(self, field: Field) -> Self {
        Self(self.0 | 1 << field as u16)
    }
}

impl Dialect {
    /// The columns of an export that has no file of its own to follow.
    const fn standard(self) -> &'static [&'static str] {
        match self {
            Self::SiteAdministration => &[
                "UserID",
                "Active",
                "FirstName",
                "LastName",
                "UserName",
                "Email",
                "HostPrivilege",
                "Department",
            ],
            Self::ControlHub => &[
                "First Name",
                "Last Name",
                "Display Name",
                "User ID/Email (Required)",
                STATUS,
                "Department",
            ],
        }
    }

    /// The field whose cell names the user.
    pub(super) const fn id(self) -> Field {
        match self {
            Self::SiteAdministration => Field::UserId,
            Self::ControlHub => Field::Address,
        }
    }

    /// The columns that say whether an account is active.
    const fn activation(self) -> &'static str {
        match self {
            Self::SiteAdministration => "Active",
            Self::ControlHub => STATUS,
        }
    }

    /// One of the dialect's own columns.
    fn column(self, header: &str) -> Option<Column> {
        let role = self.role(Mode::Import, &squeeze(header))?;
        Some(Column { header: header.into(), role })
    }

    /// What a squeezed name means; `None` for a name of others.
    fn role(self, mode: Mode, name: &str) -> Option<Role> {
        let spelled = |names: &[&str]| names.iter().any(|known| squeeze(known) == name);
        let known = FIELDS.iter().find(|(_, site, hub)| match self {
            Self::SiteAdministration => spelled(site),
            Self::ControlHub => spelled(hub),
        });
        let world =
            || WORLD.iter().find(|(_, known)| mode == Mode::World && squeeze(known) == name);
        known
            .map(|(field, ..)| *field)
            .or_else(|| world().map(|(field, _)| *field))
            .map(Role::Known)
            .or_else(|| {
                (self == Self::ControlHub && squeeze(STATUS) == name).then_some(Role::Status(None))
            })
    }
}

impl Layout {
    /// Reads a header line; `line` is where it stands.
    ///
    /// # Errors
    /// A required column is missing, or a column is there twice.
    pub(super) fn read<'h>(
        headers: impl Iterator<Item = &'h str>,
        line: u64,
        mode: Mode,
    ) -> Result<Self, TableError> {
        let headers: Vec<_> = headers.map(|cell| Untrusted::from(unguard(cell).trim())).collect();
        let names: Vec<_> = headers.iter().map(|header| fold(header.raw())).collect();
        let dialect = dialect_of(&names).map_err(|needed| TableError {
            place: Place::Line(line),
            problem: Problem::MissingColumn { needed: needed.into(), found: headers.clone() },
        })?;
        let mut layout = Self { dialect, columns: Vec::with_capacity(headers.len()) };
        let mut seen = HashMap::new();
        for (at, (header, name)) in headers.into_iter().zip(names).enumerate() {
            let role = layout.role_of(mode, &name);
            if role != Role::Unnamed {
                let what = if let Role::Known(field) = role { Ok(field) } else { Err(name) };
                if let Some(first) = seen.insert(what, at + 1) {
                    let place = Place::Cell { line, column: at + 1, header };
                    return Err(TableError { place, problem: Problem::RepeatedColumn { first } });
                }
            }
            layout.columns.push(Column { header, role });
        }
        Ok(layout)
    }

    /// The layout of an import of old, from the headers that [`Layout::headers`] gave; a column for
    /// the activation is added where the file had none, for that may change.
    ///
    /// # Errors
    /// The headers are not those of a roster.
    pub fn restore(headers: &[Untrusted]) -> Result<Self, TableError> {
        let mut layout = Self::read(headers.iter().map(Untrusted::raw), 1, Mode::Import)?;
        let told = |role| matches!(role, Role::Known(Field::Active) | Role::Status(_));
        if !layout.columns.iter().any(|column| told(column.role)) {
            layout.columns.extend(layout.dialect.column(layout.dialect.activation()));
        }
        Ok(layout)
    }

    /// The dialect's own columns, then the unknown ones that it has no column for.
    pub fn standard(dialect: Dialect, extra: &[Untrusted]) -> Self {
        let mut columns: Vec<_> =
            dialect.standard().iter().filter_map(|header| dialect.column(header)).collect();
        for (at, header) in extra.iter().enumerate() {
            let name = fold(header.raw());
            let there = columns.iter_mut().find(|column| fold(column.header.raw()) == name);
            let known = dialect.role(Mode::Import, &squeeze(header.raw()));
            match (there, known) {
                (Some(Column { role: Role::Status(place), .. }), _) => *place = Some(at),
                // A second column for one field would make the export unreadable.
                (Some(_), _) | (None, Some(_)) => {}
                (None, None) => {
                    columns.push(Column { header: header.clone(), role: Role::Extra(at) });
                }
            }
        }
        Self { dialect, columns }
    }

    /// Whose columns they are.
    pub fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// The headers of what an export writes: all but passwords, nameless and world-file columns.
    pub fn headers(&self) -> impl Iterator<Item = &Untrusted> {
        self.written().map(|column| &column.header)
    }

    /// The headers of the unknown columns, in the order of a row's `extra`.
    pub fn extra_headers(&self) -> impl Iterator<Item = &Untrusted> {
        self.columns
            .iter()
            .filter(|column| matches!(column.role, Role::Extra(_) | Role::Status(Some(_))))
            .map(|column| &column.header)
    }

    /// Which fields there is a column for.
    pub fn says(&self) -> Says {
        self.columns.iter().fold(Says::default(), |says, column| match column.role {
            Role::Known(field) => says.with(field),
            _ => says,
        })
    }

    /// Where Control Hub's status stands in a row's `extra`.
    pub fn status(&self) -> Option<usize> {
        self.columns.iter().find_map(|column| match column.role {
            Role::Status(place) => place,
            _ => None,
        })
    }

    /// Whether a row says the names of the columns that name the user: the header once more, as
    /// two files put one behind the other have it.
    pub(super) fn is_repeated_by(&self, record: &Record) -> bool {
        let names = |column: &Column| {
            let role = column.role;
            role == Role::Known(Field::UserId) || role == Role::Known(Field::Address)
        };
        let mut naming = record.fields().zip(&self.columns).filter(|(_, column)| names(column));
        let Some((cell, column)) = naming.next() else { return false };
        let same = |cell: &str, column: &Column| same_name(cell, column.header.raw());
        same(cell, column) && naming.all(|(cell, column)| same(cell, column))
    }

    pub(super) fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// The name of the column that counts as `number` from 1.
    pub(super) fn header(&self, number: usize) -> Option<&Untrusted> {
        self.columns.get(number.checked_sub(1)?).map(|column| &column.header)
    }

    /// The number, from 1, of the column that names the user.
    pub(super) fn id_column(&self) -> usize {
        let id = Role::Known(self.dialect.id());
        self.columns.iter().position(|column| column.role == id).map_or(1, |at| at + 1)
    }

    pub(super) fn written(&self) -> impl Iterator<Item = &Column> {
        self.columns.iter().filter(|column| match column.role {
            Role::Password | Role::Unnamed => false,
            Role::Known(field) => !WORLD.iter().any(|(world, _)| *world == field),
            Role::Status(_) | Role::Extra(_) => true,
        })
    }

    fn role_of(&self, mode: Mode, name: &str) -> Role {
        let extra = self.extra_headers().count();
        if name.is_empty() {
            Role::Unnamed
        } else if name.contains("password") {
            Role::Password
        } else {
            match self.dialect.role(mode, &squeeze(name)) {
                Some(Role::Status(_)) => Role::Status(Some(extra)),
                Some(role) => role,
                None => Role::Extra(extra),
            }
        }
    }
}

/// The dialect of these folded names, or the columns that are needed.
fn dialect_of(names: &[String]) -> Result<Dialect, &'static str> {
    let has = |wanted: &str| names.iter().any(|name| squeeze(name) == squeeze(wanted));
    match (has("UserID"), has("Email"), has("User ID/Email")) {
        (true, true, _) => Ok(Dialect::SiteAdministration),
        (true, false, false) => Err("the column Email"),
        (_, _, true) => Ok(Dialect::ControlHub),
        (false, true, false) => Err("the column UserID"),
        (false, false, false) => Err("the columns UserID and Email (Site Administration) or \
             User ID/Email (Required) (Control Hub)"),
    }
}

/// A column's name as it is compared: case, blanks around and between, and notes folded.
fn fold(name: &str) -> String {
    let name = name.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}').to_lowercase();
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    let bare = NOTES.iter().find_map(|note| name.strip_suffix(note));
    bare.map(|bare| bare.trim_end().to_owned()).unwrap_or(name)
}

/// A folded name without its blanks, as the known names are compared.
pub(super) fn squeeze(name: &str) -> String {
    fold(name).split_whitespace().collect()
}

impl fmt::Display for Dialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::SiteAdministration => "Site Administration",
            Self::ControlHub => "Control Hub",
        })
    }
}
