//! Results on standard output: as an aligned table, as JSON, or as CSV.
//!
//! Owns the one writer of standard output and what makes text safe for it: a terminal gets no
//! byte that could steer it (promise I12), a pipe gets the data as it is. Everything that is not
//! a result goes to standard error by [`note`]. Must not know what it prints.

use std::borrow::Borrow;
use std::fmt::Write as _;
use std::io::{self, BufWriter, ErrorKind, IsTerminal as _, Write};

use clap::ValueEnum;
use serde::Serialize;

use super::exit::Failure;
use super::grid::{self, Column};
use crate::domain::sentence::one_stop;
use crate::domain::untrusted::Untrusted;
use crate::table::write_csv;

/// How results are written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Aligned columns, for reading.
    #[default]
    Table,
    /// JSON, for scripts: an object, or an array of them.
    Json,
    /// CSV with a header, for spreadsheets.
    Csv,
}

/// Standard output.
pub struct Out {
    format: Format,
    terminal: bool,
    width: Option<usize>,
    sink: Box<dyn Write + Send + Sync>,
}

impl Out {
    /// The process's standard output.
    pub fn of_process(format: Format) -> Self {
        let stdout = io::stdout();
        let terminal = stdout.is_terminal();
        let width = rustix::termios::tcgetwinsize(&stdout).ok().map(|size| size.ws_col.into());
        let width = width.filter(|columns| terminal && *columns > 0);
        Self { format, terminal, width, sink: Box::new(BufWriter::new(stdout)) }
    }

    /// How results are written.
    pub fn format(&self) -> Format {
        self.format
    }

    /// Whether a person reads this directly.
    pub fn is_terminal(&self) -> bool {
        self.terminal
    }

    /// Writes a list.
    ///
    /// # Errors
    /// [`Failure::Closed`] when nobody reads any more, or that the write failed.
    pub fn list<T, I>(&mut self, items: I, columns: &[Column<T>]) -> Result<(), Failure>
    where
        T: Serialize,
        I: Iterator<Item: Borrow<T>> + Clone,
    {
        match self.format {
            Format::Table => {
                let text = grid::table(items, columns, self.width);
                self.text(&text)
            }
            Format::Csv => self.csv(items, columns),
            Format::Json => {
                let mut comma = "";
                let mut text = String::from("[");
                for item in items {
                    text.push_str(comma);
                    text.push('\n');
                    text.push_str(&json(item.borrow())?);
                    comma = ",";
                }
                text.push_str(if comma.is_empty() { "]\n" } else { "\n]\n" });
                self.json_text(&text)
            }
        }
    }

    /// Writes one thing: its JSON, or one value a line.
    ///
    /// # Errors
    /// As [`Out::list`].
    pub fn one<T: Serialize>(&mut self, item: &T, columns: &[Column<T>]) -> Result<(), Failure> {
        self.one_as(item, columns, || grid::card(item, columns))
    }

    /// As [`Out::one`], with words of its own in place of the table.
    ///
    /// # Errors
    /// As [`Out::list`].
    pub fn one_as<T: Serialize>(
        &mut self,
        item: &T,
        columns: &[Column<T>],
        words: impl FnOnce() -> String,
    ) -> Result<(), Failure> {
        match self.format {
            Format::Table => self.text(&words()),
            Format::Csv => self.csv(std::iter::once(item), columns),
            Format::Json => {
                let mut text = json(item)?;
                text.push('\n');
                self.json_text(&text)
            }
        }
    }

    /// Writes text of our own, whatever the format.
    ///
    /// # Errors
    /// As [`Out::list`].
    pub fn text(&mut self, text: &str) -> Result<(), Failure> {
        self.bytes(text.as_bytes())
    }

    /// Writes bytes as they are.
    ///
    /// # Errors
    /// As [`Out::list`].
    pub fn bytes(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        self.sink.write_all(bytes).and_then(|()| self.sink.flush()).map_err(|error| {
            match error.kind() {
                ErrorKind::BrokenPipe => Failure::Closed,
                _ => Failure::failed(format!("standard output: {error}")),
            }
        })
    }

    fn csv<T, I>(&mut self, items: I, columns: &[Column<T>]) -> Result<(), Failure>
    where
        I: Iterator<Item: Borrow<T>>,
    {
        let headers: Vec<&str> = columns.iter().map(|column| column.name).collect();
        let safe = |text: String| {
            if self.terminal { Untrusted::new(text).shown().to_string() } else { text }
        };
        let rows = items.map(|item| {
            columns
                .iter()
                .map(|column| safe((column.cell)(item.borrow()).plain()))
                .collect::<Vec<_>>()
        });
        let text = write_csv(&headers, rows);
        self.text(&text)
    }

    fn json_text(&mut self, text: &str) -> Result<(), Failure> {
        if self.terminal { self.text(&escaped(text)) } else { self.text(text) }
    }
}

fn json<T: Serialize>(item: &T) -> Result<String, Failure> {
    serde_json::to_string_pretty(item).map_err(|error| Failure::failed(error.to_string()))
}

/// JSON with everything that could steer, hide or reorder as `\u` escapes: the same data.
fn escaped(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        let harmless = matches!(c, ' '..='~' | '\n')
            || Untrusted::new(c.to_string()).shown().as_str().starts_with(c);
        if harmless {
            out.push(c);
        } else {
            for unit in c.encode_utf16(&mut [0; 2]) {
                // Writing to a String cannot fail.
                let _ = write!(out, "\\u{unit:04x}");
            }
        }
    }
    out
}

/// Tells something that is no result, on standard error.
pub fn note(text: &str) {
    // With standard error gone there is nobody to tell.
    let _ = writeln!(io::stderr(), "{}", one_stop(text));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn i12_json_for_a_terminal_steers_nothing_and_says_the_same() {
        let value = serde_json::json!({
            "name": "a\u{7f}b\u{9b}2J\u{202e}c\u{200b}\u{e0041}\u{1b}[0m陈é",
        });
        let text = serde_json::to_string_pretty(&value).unwrap();
        let safe = escaped(&text);
        assert!(safe.chars().all(|c| c == '\n' || !c.is_control()));
        assert!(safe.contains("\\u202e") && safe.contains("\\udb40\\udc41"), "{safe}");
        assert!(safe.contains("陈é"));
        assert_eq!(serde_json::from_str::<serde_json::Value>(&safe).unwrap(), value);
    }
}
