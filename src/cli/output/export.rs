//! A file in a product's own format, as an export writes it: where it goes, and in which bytes.
//!
//! Owns that a file is in the product's encoding, byte order mark and all, for people and spreadsheets
//! to open, and that a pipe gets UTF-8 without one unless asked. Must not know what is in it.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use super::{Format, Out, note};
use crate::cli::exit::Failure;
use crate::config::private_file;
use crate::table::decode;

/// The endings of files that an export may be written to.
const ENDINGS: [&str; 3] = ["csv", "tsv", "txt"];

/// In which bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Bytes {
    /// As the product itself writes it, with a byte order mark: what a file gets
    Product,
    /// UTF-8 without a byte order mark: what a pipe gets
    #[value(name = "utf-8", alias = "utf8")]
    Utf8,
}

/// Where an export goes.
#[derive(Debug, Args)]
pub struct ExportArgs {
    /// Where to, such as users.csv (-o is the same); standard output when absent
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
    /// The bytes: a file has the product's own encoding, a pipe UTF-8 without a byte order mark
    #[arg(long, value_name = "ENCODING", hide_possible_values = true, value_enum)]
    encoding: Option<Bytes>,
}

impl ExportArgs {
    /// Whether it can be written as is asked, before anything is asked for. `instead` is what writes
    /// other formats, where something does.
    ///
    /// # Errors
    /// What does not fit.
    pub fn check(&self, instead: Option<&str>, out: &Out) -> Result<(), Failure> {
        if self.file.is_some() && out.shape.file.is_some() {
            return Err(Failure::usage("--file and -o both name a file: leave out one"));
        }
        let path = self.file.as_deref().or(out.shape.file.as_deref());
        let wrong = path.and_then(Path::extension).map(|ending| ending.to_string_lossy());
        let wrong = wrong.filter(|ending| !ENDINGS.contains(&&*ending.to_ascii_lowercase()));
        let named = match out.format() {
            Format::Table | Format::Csv => None,
            Format::Json => Some("JSON".to_owned()),
            Format::Md | Format::Html => Some("a report".to_owned()),
        };
        if let Some(what) = named.or(wrong.map(|ending| format!(".{ending}"))) {
            let other = instead.map(|line| format!("; other formats: {line}")).unwrap_or_default();
            let why = format!(
                "an export is CSV, and nothing is written as {what}: end its file in .csv{other}"
            );
            return Err(Failure::usage(why));
        }
        if path.is_none() && out.is_terminal() {
            return Err(Failure::usage("an export is a file: use -o FILE, or redirect it"));
        }
        Ok(())
    }

    /// Writes it.
    ///
    /// # Errors
    /// What the system said.
    pub fn write(&self, bytes: &[u8], out: &mut Out) -> Result<(), Failure> {
        let to_file = self.file.is_some() || out.shape.file.is_some();
        let usual = if to_file { Bytes::Product } else { Bytes::Utf8 };
        let plain;
        let bytes = match self.encoding.unwrap_or(usual) {
            Bytes::Product => bytes,
            Bytes::Utf8 => {
                let text = decode(bytes, usize::MAX);
                plain = text.map_err(|error| Failure::failed(error.to_string()))?.text;
                plain.as_bytes()
            }
        };
        let Some(path) = &self.file else { return out.bytes(bytes) };
        private_file::export(path, bytes)
            .map_err(|error| Failure::failed(format!("{}: {error}", path.display())))?;
        note(&format!("Written to {}.", path.display()));
        Ok(())
    }
}
