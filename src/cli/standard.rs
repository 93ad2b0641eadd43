//! Standard output and standard error: the one way to either (architecture rule 9).
//!
//! Owns both streams and the filter before them. Whatever is told passes it, so that a text which
//! nobody thought of (a file's name, a parser's message, a panic) cannot steer a terminal, hide or
//! reorder; only line ends stay. Data for a pipe goes as it is. Nobody else names the streams.

#![expect(clippy::disallowed_methods, reason = "the one place that writes to the streams")]

use std::fmt::Write as _;
use std::io::{self, BufWriter, IsTerminal as _, Write};
use std::sync::atomic::{AtomicBool, Ordering};

use clap::builder::StyledStr;

use crate::domain::sentence::{one_stop, without_numbers, wrapped};
use crate::domain::untrusted::{is_hostile, shown_lines};

/// Whether notes are silent for this process (`--quiet`).
static QUIET: AtomicBool = AtomicBool::new(false);

/// Silences notes and progress; errors and questions are told still.
pub fn be_quiet() {
    QUIET.store(true, Ordering::Relaxed);
}

/// Standard output.
pub struct StandardOutput {
    terminal: bool,
    width: Option<usize>,
    sink: Box<dyn Write + Send + Sync>,
}

impl StandardOutput {
    /// The process's own.
    pub fn of_process() -> Self {
        let stdout = io::stdout();
        let terminal = stdout.is_terminal();
        let width = rustix::termios::tcgetwinsize(&stdout).ok().map(|size| size.ws_col.into());
        let width = width.filter(|columns| terminal && *columns > 0);
        Self { terminal, width, sink: Box::new(BufWriter::new(stdout)) }
    }

    /// What is to be written into a file: nothing goes anywhere until it is taken.
    pub fn kept(into: impl Write + Send + Sync + 'static) -> Self {
        Self { terminal: false, width: None, sink: Box::new(into) }
    }

    /// Whether a person reads this directly.
    pub fn is_terminal(&self) -> bool {
        self.terminal
    }

    /// The terminal's columns.
    pub fn width(&self) -> Option<usize> {
        self.width
    }

    /// Tells words, wherever they go.
    ///
    /// # Errors
    /// The stream's.
    pub fn told(&mut self, text: &str) -> io::Result<()> {
        self.raw(shown_lines(text).as_bytes())
    }

    /// Hands JSON over: the same data, wherever it goes.
    ///
    /// # Errors
    /// The stream's.
    pub fn json(&mut self, text: &str) -> io::Result<()> {
        self.raw(escaped(text).as_bytes())
    }

    /// Hands data over: to a pipe as it is, to a terminal as words.
    ///
    /// # Errors
    /// The stream's.
    pub fn data(&mut self, bytes: &[u8]) -> io::Result<()> {
        if self.terminal { self.told(&String::from_utf8_lossy(bytes)) } else { self.raw(bytes) }
    }

    /// Tells words whose colours are ours; everything else passes the filter.
    ///
    /// # Errors
    /// The stream's.
    pub fn in_colours(&mut self, text: &str) -> io::Result<()> {
        self.raw(coloured(text).as_bytes())
    }

    /// Asks the terminal something; never a pipe.
    ///
    /// # Errors
    /// The stream's.
    pub fn question(&mut self, bytes: &[u8]) -> io::Result<()> {
        if self.terminal { self.raw(bytes) } else { Err(io::ErrorKind::Unsupported.into()) }
    }

    /// Tells the help, in colours of ours where there are any.
    ///
    /// # Errors
    /// The stream's.
    pub fn help(&mut self, text: &StyledStr) -> io::Result<()> {
        let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        // Help is told before anything else is read.
        let asked = std::env::args_os().any(|argument| argument == "--no-color");
        let dumb = std::env::var_os("TERM").is_none_or(|term| term == "dumb");
        if self.terminal && !dumb && !asked && !set("NO_COLOR") {
            return self.raw(coloured(&text.ansi().to_string()).as_bytes());
        }
        self.told(&text.to_string())
    }

    fn raw(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.sink.write_all(bytes)?;
        self.sink.flush()
    }
}

/// Tells something that is no result, on standard error; not with `--quiet`.
pub fn note(text: &str) {
    if !QUIET.load(Ordering::Relaxed) {
        error(text);
    }
}

/// Puts what comes next below a result that a person reads; not with `--quiet`.
pub fn hint(text: &mut String, line: &str) {
    if !QUIET.load(Ordering::Relaxed) {
        text.push_str(line);
        text.push('\n');
    }
}

/// Tells why the program did not do what it was asked, on standard error.
pub fn error(text: &str) {
    let stderr = io::stderr();
    let told = shown_lines(&without_numbers(one_stop(text)));
    let size = rustix::termios::tcgetwinsize(&stderr).ok().filter(|_| stderr.is_terminal());
    let told = match size.map(|size| usize::from(size.ws_col)) {
        Some(columns) if columns > 0 => fitted(&told, columns),
        _ => told,
    };
    // With standard error gone there is nobody to tell.
    let _ = writeln!(&stderr, "{told}");
}

/// As a person reads it on a terminal of so many columns: prose breaks at blanks, under its own
/// margin; a line that is a command stays whole, to be copied.
fn fitted(text: &str, columns: usize) -> String {
    let lines = text.split('\n').map(|line| {
        let mut commands = line.match_indices("hublink ").map(|(at, _)| &line[..at]);
        if commands.any(|before| !before.ends_with('`')) {
            return line.to_owned();
        }
        let words = line.trim_start_matches(' ');
        let margin = &line[..line.len() - words.len()];
        let words = wrapped(words, columns.saturating_sub(margin.len()).max(1));
        let words = words.split('\n').map(|line| format!("{margin}{line}"));
        words.collect::<Vec<_>>().join("\n")
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// The same for a program: one line of JSON on standard error.
pub fn error_json(json: &str) {
    // As above.
    let _ = writeln!(io::stderr(), "{}", escaped(json));
}

/// Asks on standard error; the answer is typed behind it.
pub fn question(text: &str) {
    let mut stderr = io::stderr();
    // With standard error gone the person is gone too, and the reading ends by itself.
    let _ = write!(stderr, "{}", shown_lines(text)).and_then(|()| stderr.flush());
}

/// Standard error, for the thread that writes the backend's log there.
pub fn notes() -> impl Write + Send + 'static {
    io::stderr()
}

/// Sends bytes of ours to the terminal that a person reads notes at; nowhere else.
pub fn signal(bytes: &[u8]) {
    if notes_are_seen() {
        // With standard error gone there is nobody to tell.
        let _ = io::stderr().write_all(bytes);
    }
}

/// Whether notes are told, and a person reads them directly.
pub fn notes_are_seen() -> bool {
    is_read() && !QUIET.load(Ordering::Relaxed)
}

/// Whether a person reads standard error directly, whether or not notes are told there.
pub fn is_read() -> bool {
    io::stderr().is_terminal()
}

/// A log of JSON lines on its way to a stream or a file, which somebody may look at.
pub struct LogLines<W>(W);

impl<W: Write> LogLines<W> {
    /// Before this sink.
    pub fn before(sink: W) -> Self {
        Self(sink)
    }
}

impl<W: Write> Write for LogLines<W> {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.0.write_all(escaped(&String::from_utf8_lossy(line)).as_bytes())?;
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// JSON with everything that could steer, hide or reorder as `\u` escapes: the same data.
fn escaped(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        if c == '\n' || !is_hostile(c) {
            out.push(c);
            continue;
        }
        for unit in c.encode_utf16(&mut [0; 2]) {
            // Writing to a String cannot fail.
            let _ = write!(out, "\\u{unit:04x}");
        }
    }
    out
}

/// Text whose colours stay; everything else passes the filter.
fn coloured(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, code)) = rest.split_once("\x1b[") {
        let digits = code.trim_start_matches(|c: char| c.is_ascii_digit() || c == ';');
        let Some(after) = digits.strip_prefix('m') else { break };
        out.push_str(&shown_lines(before));
        out.push_str("\x1b[");
        out.push_str(&code[..code.len() - after.len()]);
        rest = after;
    }
    out.push_str(&shown_lines(rest));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn section_7_prose_breaks_at_blanks_and_a_command_stays_whole() {
        let text = "error: nothing was found here\n  field: one that is long\n  hublink site list --wide --all";
        let want = "error: nothing was\nfound here\n  field: one that is\n  long\n  hublink site list --wide --all";
        assert_eq!(fitted(text, 20), want);
        assert_eq!(fitted("use `hublink plan` then", 12), "use `hublink\nplan` then");
    }

    #[test]
    fn i12_json_steers_nothing_and_says_the_same() {
        let value = serde_json::json!({
            "name": "a\u{7f}b\u{9b}2J\u{202e}c\u{200b}\u{2028}\u{e0041}\u{1b}[0m陈é e\u{301}",
        });
        let text = serde_json::to_string_pretty(&value).unwrap();
        let safe = escaped(&text);
        assert!(safe.chars().all(|c| c == '\n' || !is_hostile(c)), "{safe}");
        assert!(safe.contains("\\u202e") && safe.contains("\\udb40\\udc41"), "{safe}");
        assert!(safe.contains("陈é"));
        assert_eq!(serde_json::from_str::<serde_json::Value>(&safe).unwrap(), value);
    }

    #[test]
    fn i12_a_log_line_is_the_same_json() {
        let mut file = Vec::new();
        let line = "{\"path\":\"/a\u{9b}31m\u{202e}\"}\n";
        LogLines::before(&mut file).write_all(line.as_bytes()).unwrap();
        let text = String::from_utf8(file).unwrap();
        assert_eq!(text, "{\"path\":\"/a\\u009b31m\\u202e\"}\n");
    }

    #[test]
    fn i12_of_help_the_colours_alone_stay() {
        let text = "\u{1b}[1mUsage:\u{1b}[0m x\u{1b}[2J\u{9b}1m\nend\u{1b}]0;t\u{7}";
        assert_eq!(coloured(text), "\u{1b}[1mUsage:\u{1b}[0m x^[[2J<U+009B>1m\nend^[]0;t^G");
        assert_eq!(coloured("plain"), "plain");
        assert_eq!(coloured("a\u{1b}["), "a^[[");
    }

    #[test]
    fn i12_data_is_for_pipes_and_words_for_terminals() {
        for (terminal, want) in [(false, "a\u{1b}\tb"), (true, "a^[^Ib")] {
            let (sink, seen) = pipe();
            let mut out = StandardOutput { terminal, width: None, sink: Box::new(sink) };
            out.data("a\u{1b}\tb".as_bytes()).unwrap();
            out.told("|\u{1b}\n").unwrap();
            drop(out);
            assert_eq!(io::read_to_string(seen).unwrap(), format!("{want}|^[\n"));
        }
    }

    fn pipe() -> (io::PipeWriter, io::PipeReader) {
        let (reader, writer) = io::pipe().unwrap();
        (writer, reader)
    }
}
