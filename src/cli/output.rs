//! Results on standard output: as an aligned table, as JSON, or as CSV.
//!
//! Owns the formats. What makes text safe for where it goes is [`StandardOutput`]'s: a terminal
//! gets no byte that could steer it (promise I12), a pipe gets the data as it is. Everything that
//! is not a result goes to standard error by [`note`]. Must not know what it prints.

use std::borrow::Borrow;
use std::io::{self, ErrorKind};

use clap::ValueEnum;
use clap::builder::StyledStr;
use serde::Serialize;

use super::exit::Failure;
use super::grid::{self, Column};
use super::standard::StandardOutput;
pub use super::standard::note;
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

/// Results on their way out.
pub struct Out {
    format: Format,
    stream: StandardOutput,
}

impl Out {
    /// The process's standard output.
    pub fn of_process(format: Format) -> Self {
        Self { format, stream: StandardOutput::of_process() }
    }

    /// How results are written.
    pub fn format(&self) -> Format {
        self.format
    }

    /// Whether a person reads this directly.
    pub fn is_terminal(&self) -> bool {
        self.stream.is_terminal()
    }

    /// The terminal's columns; none of a pipe.
    pub fn width(&self) -> Option<usize> {
        self.stream.width()
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
                let text = grid::table(items, columns, self.stream.width());
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
                self.json(&text)
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
                self.json(&text)
            }
        }
    }

    /// Writes words, whatever the format.
    ///
    /// # Errors
    /// As [`Out::list`].
    pub fn text(&mut self, text: &str) -> Result<(), Failure> {
        ended(self.stream.told(text))
    }

    /// Writes a file's bytes.
    ///
    /// # Errors
    /// As [`Out::list`].
    pub fn bytes(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        ended(self.stream.data(bytes))
    }

    /// Writes JSON that is text already.
    ///
    /// # Errors
    /// As [`Out::list`].
    pub fn json(&mut self, text: &str) -> Result<(), Failure> {
        ended(self.stream.json(text))
    }

    /// Writes the help.
    ///
    /// # Errors
    /// As [`Out::list`].
    pub fn help(&mut self, text: &StyledStr) -> Result<(), Failure> {
        ended(self.stream.help(text))
    }

    fn csv<T, I>(&mut self, items: I, columns: &[Column<T>]) -> Result<(), Failure>
    where
        I: Iterator<Item: Borrow<T>>,
    {
        let headers: Vec<&str> = columns.iter().map(|column| column.name).collect();
        let safe = |text: String| {
            if self.is_terminal() { Untrusted::new(text).shown().to_string() } else { text }
        };
        let rows = items.map(|item| {
            columns
                .iter()
                .map(|column| safe((column.cell)(item.borrow()).plain()))
                .collect::<Vec<_>>()
        });
        let text = write_csv(&headers, rows);
        self.bytes(text.as_bytes())
    }
}

fn ended(written: io::Result<()>) -> Result<(), Failure> {
    written.map_err(|error| match error.kind() {
        ErrorKind::BrokenPipe => Failure::Closed,
        _ => Failure::failed(format!("standard output: {error}")),
    })
}

fn json<T: Serialize>(item: &T) -> Result<String, Failure> {
    serde_json::to_string_pretty(item).map_err(|error| Failure::failed(error.to_string()))
}
