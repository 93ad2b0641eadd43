//! Which fields of a result are written: all of its columns, or those of `--fields`.
//!
//! Owns that a field has one name in every format: a column's, or a key of the JSON. Must not lay
//! anything out.

use std::borrow::Borrow;
use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::{Map, Value};
use unicode_width::UnicodeWidthStr as _;
use utoipa::ToSchema;
use utoipa::openapi::{RefOr, Schema};

use crate::cli::exit::Failure;
use crate::cli::grid::{Cell, Column};

/// Whether each of the names is a column, or a key of the JSON that is written.
///
/// # Errors
/// That there is no such field, and which there are.
pub fn must_be_known<T: ToSchema>(names: &[String], columns: &[Column<T>]) -> Result<(), Failure> {
    if names.is_empty() {
        return Ok(());
    }
    let mut known = keys::<T>();
    known.extend(columns.iter().map(|column| column.name.to_owned()));
    match names.iter().map(|name| name.trim()).find(|name| !known.contains(*name)) {
        Some(wrong) => Err(unknown(wrong, &known)),
        None => Ok(()),
    }
}

fn unknown(name: &str, known: &BTreeSet<String>) -> Failure {
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    let why = format!("--fields: there is no field {name:?} here; there are {}", known.join(", "));
    Failure::usage(why).coded("unknown_field")
}

/// The keys that a body of the contract may have.
fn keys<T: ToSchema>() -> BTreeSet<String> {
    let mut named = Vec::new();
    T::schemas(&mut named);
    let mut known = BTreeSet::new();
    gather(&T::schema(), &named, &mut known);
    known
}

/// Its own keys, and those of what is flattened into it.
fn gather(of: &RefOr<Schema>, named: &[(String, RefOr<Schema>)], known: &mut BTreeSet<String>) {
    let all = match of {
        RefOr::Ref(to) => {
            let name = to.ref_location.rsplit('/').next().unwrap_or_default();
            let found = named.iter().find(|(known, _)| known == name);
            return found.into_iter().for_each(|(_, schema)| gather(schema, named, known));
        }
        RefOr::T(Schema::Object(object)) => {
            known.extend(object.properties.keys().cloned());
            return;
        }
        RefOr::T(Schema::AllOf(all)) => &all.items,
        RefOr::T(Schema::OneOf(any)) => &any.items,
        RefOr::T(Schema::AnyOf(any)) => &any.items,
        RefOr::T(_) => return,
    };
    for part in all {
        gather(part, named, known);
    }
}

/// A field that was chosen.
enum Field<'a, T> {
    Column(&'a Column<T>),
    Key(String),
}

impl<T> Field<'_, T> {
    fn name(&self) -> &str {
        match self {
            Self::Column(column) => column.name,
            Self::Key(key) => key,
        }
    }
}

/// The fields of a result.
pub struct Fields<'a, T> {
    fields: Vec<Field<'a, T>>,
    /// Whether they were chosen; JSON has everything otherwise.
    chosen: bool,
}

impl<'a, T: Serialize> Fields<'a, T> {
    /// The fields of these names; without names, every column.
    ///
    /// # Errors
    /// That there is no such field, and which there are.
    pub fn chosen<I>(names: &[String], columns: &'a [Column<T>], items: I) -> Result<Self, Failure>
    where
        I: Iterator<Item: Borrow<T>>,
    {
        if names.is_empty() {
            let fields = columns.iter().map(Field::Column).collect();
            return Ok(Self { fields, chosen: false });
        }
        let of = |name: &str| columns.iter().find(|column| column.name == name);
        let mut keys = None;
        let mut items = items.peekable();
        let nothing = items.peek().is_none();
        let mut all = || {
            // The items may have different keys: what is absent in one is there in another.
            let mut known = BTreeSet::new();
            for item in items.by_ref() {
                known.extend(object(item.borrow()).into_iter().map(|(key, _)| key));
            }
            known
        };
        let mut fields = Vec::new();
        for name in names.iter().map(|name| name.trim()) {
            if let Some(column) = of(name) {
                fields.push(Field::Column(column));
                continue;
            }
            let keys = keys.get_or_insert_with(&mut all);
            if !nothing && !keys.contains(name) {
                keys.extend(columns.iter().map(|column| column.name.to_owned()));
                return Err(unknown(name, keys));
            }
            fields.push(Field::Key(name.to_owned()));
        }
        Ok(Self { fields, chosen: true })
    }

    /// Their names.
    pub fn names(&self) -> Vec<&str> {
        self.fields.iter().map(Field::name).collect()
    }

    /// A field's value.
    pub fn cell(&self, item: &T, at: usize) -> Cell {
        match self.fields.get(at) {
            None => Cell::Nothing,
            Some(Field::Column(column)) => (column.cell)(item),
            Some(Field::Key(key)) => {
                object(item).get(key.as_str()).map_or(Cell::Nothing, Cell::of_json)
            }
        }
    }

    /// The fields one a line.
    pub fn card(&self, item: &T) -> String {
        let mut text = String::new();
        let names = self.names();
        let width = names.iter().map(|name| name.width()).max().unwrap_or_default();
        for (at, name) in names.into_iter().enumerate() {
            let (name, value) = (name.replace('_', " "), self.cell(item, at).shown());
            text.push_str(format!("{name:width$}  {value}").trim_end());
            text.push('\n');
        }
        text
    }

    /// The JSON: everything, or the fields that were chosen; where a column has the name of a key,
    /// the key's value.
    ///
    /// # Errors
    /// The library's; cannot happen.
    pub fn json(&self, item: &T, pretty: bool) -> Result<String, Failure> {
        if !self.chosen {
            return written(item, pretty);
        }
        let whole = object(item);
        let mut picked = Map::new();
        for (at, name) in self.names().into_iter().enumerate() {
            let value = whole.get(name).cloned();
            let value = value.unwrap_or_else(|| match self.fields[at] {
                Field::Column(column) => (column.cell)(item).to_json(),
                Field::Key(_) => Value::Null,
            });
            picked.insert(name.to_owned(), value);
        }
        written(&picked, pretty)
    }
}

fn written<T: Serialize>(value: &T, pretty: bool) -> Result<String, Failure> {
    let text =
        if pretty { serde_json::to_string_pretty(value) } else { serde_json::to_string(value) };
    text.map_err(|error| Failure::failed(error.to_string()))
}

/// The keys of what is written as an object.
fn object<T: Serialize>(item: &T) -> Map<String, Value> {
    match serde_json::to_value(item) {
        Ok(Value::Object(map)) => map,
        _ => Map::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Serialize)]
    struct Row {
        id: &'static str,
        users: u64,
        #[serde(skip_serializing_if = "Option::is_none")]
        note: Option<&'static str>,
    }

    const COLUMNS: &[Column<Row>] = &[
        Column { name: "id", cell: |row| Cell::plain_text(row.id) },
        Column { name: "size", cell: |row| Cell::Count(row.users) },
    ];
    const ROWS: [Row; 2] =
        [Row { id: "a", users: 1, note: None }, Row { id: "b", users: 1200, note: Some("x") }];

    fn chosen(names: &[&str]) -> Result<Fields<'static, Row>, Failure> {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        Fields::chosen(&names, COLUMNS, ROWS.iter())
    }

    #[test]
    fn a_field_is_a_column_or_a_key_and_has_one_name_in_every_format() {
        let fields = chosen(&["size", "note", "id"]).ok().unwrap();
        assert_eq!(fields.names(), ["size", "note", "id"]);
        assert_eq!(
            fields.json(&ROWS[1], false).ok().unwrap(),
            r#"{"size":1200,"note":"x","id":"b"}"#
        );
        assert_eq!(fields.cell(&ROWS[0], 1).plain(), "");
        assert_eq!(fields.card(&ROWS[1]), "size  1,200\nnote  x\nid    b\n");
        let wrong = chosen(&["nmae"]).err().unwrap();
        assert!(wrong.text().contains("id, note, size, users"), "{}", wrong.text());
        assert_eq!(wrong.exit() as u8, 2);
        let all = chosen(&[]).ok().unwrap();
        assert_eq!(all.json(&ROWS[0], false).ok().unwrap(), r#"{"id":"a","users":1}"#);
        assert_eq!(all.names(), ["id", "size"]);
    }
}
