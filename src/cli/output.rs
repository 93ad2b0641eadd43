//! Results on standard output or in a file: as an aligned table, as JSON, or as CSV.
//!
//! Owns the formats. What makes text safe for where it goes is [`StandardOutput`]'s: a terminal
//! gets no byte that could steer it (promise I12), a pipe gets the data as it is. Everything that
//! is not a result goes to standard error by [`note`]. Must not know what it prints.

pub mod export;
mod fields;
mod file;
pub mod target;

use std::borrow::Borrow;
use std::io::{self, ErrorKind};

use clap::builder::StyledStr;
use serde::Serialize;
use utoipa::ToSchema;

use self::fields::Fields;
use self::file::Kept;
pub use self::target::Format;
use self::target::Shape;
use super::exit::Failure;
use super::grid::{self, Column};
pub use super::standard::note;
use super::standard::{StandardOutput, notes_are_seen};
use crate::domain::number::thousands;
use crate::domain::untrusted::Untrusted;
use crate::table::write_csv;

/// What a spreadsheet wants before UTF-8.
const BYTE_ORDER_MARK: &str = "\u{feff}";

/// Results on their way out.
pub struct Out {
    shape: Shape,
    stream: StandardOutput,
    kept: Option<Kept>,
    /// How many items went out a line at a time.
    lines: usize,
}

impl Out {
    /// The process's standard output, or the file that the shape names.
    pub fn of_process(shape: Shape) -> Self {
        let kept = shape.file.clone().map(Kept::for_file);
        let stream = match &kept {
            Some(kept) => StandardOutput::kept(kept.clone()),
            None => StandardOutput::of_process(),
        };
        Self { shape, stream, kept, lines: 0 }
    }

    /// Whether the file could be written, where there is one: asked before anything is done.
    ///
    /// # Errors
    /// What the system says.
    pub fn check(&self) -> Result<(), Failure> {
        self.kept.as_ref().map_or(Ok(()), Kept::check)
    }

    /// Writes the file, where there is one and something for it.
    ///
    /// # Errors
    /// What the system said.
    pub fn finish(&mut self) -> Result<(), Failure> {
        self.kept.as_ref().map_or(Ok(()), Kept::write)
    }

    /// How results are written.
    pub fn format(&self) -> Format {
        self.shape.format
    }

    /// Whether JSON is written a value a line, as soon as there is one.
    pub fn is_lines(&self) -> bool {
        self.shape.lines
    }

    /// Whether fields were chosen.
    pub fn has_fields(&self) -> bool {
        !self.shape.fields.is_empty()
    }

    /// Whether the fields that were chosen are there in what will be written: asked before anything
    /// is done.
    ///
    /// # Errors
    /// That there is no such field, and which there are.
    pub fn expects<T: ToSchema>(&self, columns: &[Column<T>]) -> Result<(), Failure> {
        fields::must_be_known(&self.shape.fields, columns)
    }

    /// How many items of a list are wanted at the most.
    pub fn limit(&self) -> Option<usize> {
        self.shape.limit
    }

    /// Whether a person reads this directly.
    pub fn is_terminal(&self) -> bool {
        self.stream.is_terminal()
    }

    /// The terminal's columns; none of a pipe, and none that count with `--wide`.
    pub fn width(&self) -> Option<usize> {
        self.stream.width().filter(|_| !self.shape.wide)
    }

    /// Writes a list, at most as much of it as was asked for.
    ///
    /// # Errors
    /// [`Failure::Closed`] when nobody reads any more, or that the write failed.
    pub fn list<T, I>(&mut self, items: I, columns: &[Column<T>]) -> Result<(), Failure>
    where
        T: Serialize,
        I: Iterator<Item: Borrow<T>> + Clone,
    {
        let most = self.limit().map_or(usize::MAX, |limit| limit - self.lines.min(limit));
        let more = self.limit().is_some() && items.clone().nth(most).is_some();
        let items = items.take(most);
        let fields = self.fields(items.clone(), columns)?;
        match self.format() {
            Format::Table | Format::Md | Format::Html => {
                let names = fields.names();
                let cell = |item: &I::Item, at| fields.cell(item.borrow(), at);
                let laid = grid::lay_out(items, &names, cell, self.width());
                self.text(&laid.text)?;
                told(&laid.hidden, more.then_some(most));
                Ok(())
            }
            Format::Csv => self.csv(items, &fields),
            Format::Json if self.shape.lines => {
                for item in items {
                    let text = fields.json(item.borrow(), false)?;
                    self.json(&format!("{text}\n"))?;
                    self.lines += 1;
                }
                Ok(())
            }
            Format::Json => {
                let mut comma = "";
                let mut text = String::from("[");
                for item in items {
                    text.push_str(comma);
                    for line in fields.json(item.borrow(), true)?.lines() {
                        text.push_str("\n  ");
                        text.push_str(line);
                    }
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
        let fields = self.fields(std::iter::once(item), columns)?;
        match self.format() {
            Format::Csv => self.csv(std::iter::once(item), &fields),
            Format::Table | Format::Md | Format::Html if self.shape.fields.is_empty() => {
                self.text(&words())
            }
            Format::Table | Format::Md | Format::Html => self.text(&fields.card(item)),
            Format::Json => {
                let text = fields.json(item, !self.shape.lines)?;
                self.json(&format!("{text}\n"))
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

    /// Writes text whose colours are ours.
    ///
    /// # Errors
    /// As [`Out::list`].
    pub fn coloured(&mut self, text: &str) -> Result<(), Failure> {
        ended(self.stream.in_colours(text))
    }

    /// Writes the help.
    ///
    /// # Errors
    /// As [`Out::list`].
    pub fn help(&mut self, text: &StyledStr) -> Result<(), Failure> {
        ended(self.stream.help(text))
    }

    fn fields<'a, T, I>(&self, items: I, columns: &'a [Column<T>]) -> Result<Fields<'a, T>, Failure>
    where
        T: Serialize,
        I: Iterator<Item: Borrow<T>>,
    {
        Fields::chosen(&self.shape.fields, columns, items)
    }

    fn csv<T, I>(&mut self, items: I, fields: &Fields<'_, T>) -> Result<(), Failure>
    where
        T: Serialize,
        I: Iterator<Item: Borrow<T>>,
    {
        let headers = fields.names();
        let safe = |text: String| {
            if self.is_terminal() { Untrusted::new(text).shown().to_string() } else { text }
        };
        let rows = items.map(|item| {
            let cells = 0..headers.len();
            cells.map(|at| safe(fields.cell(item.borrow(), at).plain())).collect::<Vec<_>>()
        });
        let text = write_csv(&headers, rows);
        // A file is opened by people, a pipe by programs: only the first needs the mark.
        let opened = self.kept.as_ref().is_some_and(Kept::is_empty);
        let mark = if opened { BYTE_ORDER_MARK } else { "" };
        self.bytes(format!("{mark}{text}").as_bytes())
    }
}

/// Says what a table does not show, and how one sees it.
fn told(hidden: &[String], limit: Option<usize>) {
    if !hidden.is_empty() && notes_are_seen() {
        let names = hidden.join(", ");
        note(&format!("No room for {names}: --wide shows all, --fields chooses."));
    }
    if let Some(limit) = limit {
        note(&format!("The first {}; there are more.", thousands(limit as u64)));
    }
}

fn ended(written: io::Result<()>) -> Result<(), Failure> {
    written.map_err(|error| match error.kind() {
        ErrorKind::BrokenPipe => Failure::Closed,
        _ => Failure::failed(format!("standard output: {error}")),
    })
}
