//! Where results go and in which form: `-o`, `--wide`, `--fields`, `--limit`.
//!
//! Owns what a word behind `-o` means: a format's name is a format, and what has a dot or a slash is
//! a file, whose ending names the format. Must not open anything.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::Args;

/// How results are written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Format {
    /// Aligned columns, for reading.
    #[default]
    Table,
    /// JSON, for scripts: an object, or an array of them; or one a line.
    Json,
    /// CSV with a header, for spreadsheets.
    Csv,
    /// Markdown, to be pasted: `invite report` and `invite announce` alone.
    Md,
    /// One page of HTML, to be handed on or printed: `invite report` alone.
    Html,
}

impl Format {
    /// Whether only a report is written so.
    pub const fn is_a_report(self) -> bool {
        matches!(self, Self::Md | Self::Html)
    }
}

/// The names of formats, and those of others that mean the same.
const NAMES: &[(&str, Format, bool, bool)] = &[
    ("table", Format::Table, false, false),
    ("wide", Format::Table, false, true),
    ("json", Format::Json, false, false),
    ("ndjson", Format::Json, true, false),
    ("jsonl", Format::Json, true, false),
    ("csv", Format::Csv, false, false),
    ("md", Format::Md, false, false),
    ("html", Format::Html, false, false),
];

/// The names of the formats.
pub fn names() -> impl Iterator<Item = &'static str> {
    NAMES.iter().map(|row| row.0)
}

/// A word behind `-o`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// A format's name, as in [`NAMES`].
    Named(&'static str),
    /// A file.
    File(PathBuf),
}

/// Reads a word behind `-o`.
///
/// # Errors
/// What can be written there.
pub fn target(text: &str) -> Result<Target, String> {
    if let Some((name, ..)) = NAMES.iter().find(|(name, ..)| *name == text) {
        return Ok(Target::Named(name));
    }
    if text.contains(['.', '/']) {
        let file = PathBuf::from(text);
        let ending = file.extension().map(|ending| ending.to_string_lossy().to_ascii_lowercase());
        let known = |ending: &str| ending == "txt" || NAMES.iter().any(|row| row.0 == ending);
        return match ending.filter(|ending| !known(ending)) {
            None => Ok(Target::File(file)),
            Some(ending) => Err(format!(
                "nothing is written as .{ending}: end the file in .csv, .json, .ndjson, .txt, .md or .html"
            )),
        };
    }
    Err("write table, wide, json, ndjson or csv (a report also md or html), or a file such as \
         sites.csv or ./sites"
        .to_owned())
}

/// Flags that shape the results of every command.
#[derive(Debug, Clone, Default, Args)]
pub struct ShapeArgs {
    /// How results are written: table, wide, json, ndjson or csv, a report also md or html; or the file they are written to,
    /// such as sites.csv: its ending names the format, and a CSV file opens in a spreadsheet as it is
    /// (it has a byte order mark; a pipe gets none)
    #[arg(
        long,
        short = 'o',
        global = true,
        value_name = "FORMAT|FILE",
        value_parser = target,
        action = clap::ArgAction::Append
    )]
    output: Vec<Target>,
    /// Show every column of a table, however narrow the terminal
    #[arg(long, global = true)]
    wide: bool,
    /// Only these fields, in this order, such as id,name
    #[arg(long, global = true, value_name = "FIELDS", value_delimiter = ',')]
    fields: Vec<String>,
    /// At the most so many items of a list
    #[arg(long, global = true, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    limit: Option<u32>,
}

/// Where results go and in which form.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Shape {
    /// The form.
    pub format: Format,
    /// JSON is written a value a line, as soon as there is one.
    pub lines: bool,
    /// Columns neither go nor wrap.
    pub wide: bool,
    /// The fields that are wanted; all where there are none.
    pub fields: Vec<String>,
    /// The most items of a list.
    pub limit: Option<usize>,
    /// The file, in place of standard output.
    pub file: Option<PathBuf>,
}

impl ShapeArgs {
    /// What they mean together: a format that is named goes before a file's ending.
    pub fn shape(self) -> Shape {
        let mut shape = Shape {
            wide: self.wide,
            fields: self.fields,
            limit: self.limit.and_then(|limit| usize::try_from(limit).ok()),
            ..Shape::default()
        };
        let mut named = None;
        for target in self.output {
            match target {
                Target::Named(name) => named = Some(name),
                Target::File(path) => shape.file = Some(path),
            }
        }
        let by_ending = shape.file.as_deref().and_then(ending);
        let row = named.or(by_ending).and_then(|name| NAMES.iter().find(|row| row.0 == name));
        if let Some((_, format, lines, wide)) = row {
            (shape.format, shape.lines) = (*format, *lines);
            shape.wide |= *wide;
        }
        shape
    }
}

fn ending(path: &Path) -> Option<&'static str> {
    let ending = path.extension()?.to_str()?.to_ascii_lowercase();
    NAMES.iter().map(|row| row.0).find(|name| *name == ending)
}

/// Whether a line that cannot be parsed asks for JSON: its error is told in it too.
pub fn asks_json(line: impl IntoIterator<Item = OsString>) -> bool {
    let line: Vec<String> =
        line.into_iter().map(|word| word.to_string_lossy().into_owned()).collect();
    let mut asks = false;
    for (at, word) in line.iter().enumerate() {
        let value = match word.as_str() {
            "--" => break,
            "-o" | "--output" => line.get(at + 1).map(String::as_str),
            word => word.strip_prefix("--output=").or_else(|| {
                let short = word.strip_prefix("-o")?;
                Some(short.strip_prefix('=').unwrap_or(short))
            }),
        };
        if let Some(Ok(Target::Named(name))) = value.map(target) {
            asks = NAMES.iter().any(|row| row.0 == name && row.1 == Format::Json);
        }
    }
    asks
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(words: &[&str]) -> Shape {
        let output = words.iter().map(|word| target(word).unwrap()).collect();
        ShapeArgs { output, ..ShapeArgs::default() }.shape()
    }

    #[test]
    fn a_word_behind_o_is_a_format_or_a_file() {
        for (words, format, lines) in [
            (&["json"][..], Format::Json, false),
            (&["ndjson"], Format::Json, true),
            (&["sites.csv"], Format::Csv, false),
            (&["./json"], Format::Table, false),
            (&["out/Sites.JSON"], Format::Json, false),
            (&["runs.jsonl"], Format::Json, true),
            (&["sites.txt"], Format::Table, false),
            (&["json", "sites.txt"], Format::Json, false),
            (&["sites.csv", "json"], Format::Json, false),
        ] {
            let shape = shape(words);
            assert_eq!((shape.format, shape.lines), (format, lines), "{words:?}");
            assert_eq!(shape.file.is_some(), words.iter().any(|word| word.contains(['.', '/'])));
        }
        assert!(shape(&["wide"]).wide);
        for word in ["jsno", "yaml", "", "sites.xlsx", "out/a.yaml"] {
            assert!(target(word).is_err(), "{word}");
        }
    }

    #[test]
    fn section_7_a_line_that_cannot_be_parsed_says_all_the_same_how_it_is_told() {
        let asks = |line: &str| asks_json(line.split(' ').map(OsString::from));
        for line in ["x -o json", "x --output=ndjson", "x -ojson", "-o=json y", "-o csv -o json"] {
            assert!(asks(line), "{line}");
        }
        for line in ["x", "x -o csv", "x --output", "x -- -o json", "x -o sites.json"] {
            assert!(!asks(line), "{line}");
        }
    }
}
