//! "same as:" on the pages of the wizards is what the command line takes.
//!
//! Owns reading the line off a page, whole, and giving it to the command line's own parser. What
//! the command then does is the contract tests' business.

use clap::Parser as _;
use hublink::cli::Cli;
use hublink::tui::pilot::Pilot;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

const MARK: &str = "same as: ";
/// Wide enough for every command to stand on its line whole.
const WIDE: Rect = Rect { x: 0, y: 0, width: 800, height: 60 };

/// The text on screen; where the page has a command line, it is one that parses.
pub fn text(pilot: &Pilot) -> String {
    if let Some(command) = command(pilot) {
        let parsed = Cli::try_parse_from(words(&command));
        assert!(parsed.is_ok(), "{command}\n{}", parsed.unwrap_err());
        assert!(!command.contains('…'), "{command}");
    }
    pilot.text()
}

/// The command line of the page, as it stands on a screen without end.
fn command(pilot: &Pilot) -> Option<String> {
    let mut buf = Buffer::empty(WIDE);
    pilot.app().view(&mut buf);
    let rows = buf.content.chunks(usize::from(WIDE.width));
    let mut lines =
        rows.map(|row| row.iter().map(ratatui::buffer::Cell::symbol).collect::<String>());
    let line = lines.find(|line| line.contains(MARK))?;
    let mut command = piece(line.split(MARK).nth(1)?);
    // A line that ends in a backslash goes on below, as a shell takes it.
    while let Some(begun) = command.strip_suffix(" \\") {
        command = format!("{begun} {}", piece(&lines.next()?));
    }
    Some(command)
}

/// What one line says of the command.
fn piece(line: &str) -> String {
    line.split('│').next().unwrap_or_default().trim().to_owned()
}

/// The words of a command line, as a POSIX shell takes it apart.
fn words(line: &str) -> Vec<String> {
    let (mut words, mut word, mut within) = (Vec::new(), None::<String>, false);
    let mut rest = line.chars();
    while let Some(c) = rest.next() {
        match c {
            '\'' => {
                within = !within;
                word.get_or_insert_default();
            }
            '\\' if !within => word.get_or_insert_default().extend(rest.next()),
            ' ' if !within => words.extend(word.take()),
            c => word.get_or_insert_default().push(c),
        }
    }
    assert!(!within, "a quote is open: {line}");
    words.extend(word);
    words
}

#[test]
fn a_shell_takes_quotes_apart() {
    let line = r"hublink trial start --company 'O'\''Neill & Co' --name ''";
    assert_eq!(
        words(line),
        ["hublink", "trial", "start", "--company", "O'Neill & Co", "--name", ""]
    );
}
