//! A page as Markdown, to be pasted where people read it.
//!
//! Owns the escaping: no name becomes a link, a heading, a cell or an element of HTML.

use std::fmt::Write as _;

use unicode_width::UnicodeWidthStr as _;

use super::page::{Block, Numbers, Page};
use crate::domain::number::thousands;

/// How many signs the longest bar has.
const BAR: u64 = 20;

/// Writes the page.
pub fn render(page: &Page) -> String {
    let mut out = format!("# {}\n", text(&page.title));
    for block in &page.blocks {
        out.push('\n');
        match block {
            Block::Heading(words) => {
                let _ = writeln!(out, "## {words}");
            }
            Block::Text(words) => {
                let _ = writeln!(out, "{}", text(words));
            }
            Block::Facts(facts) => {
                for (name, value) in facts {
                    let _ = writeln!(out, "- {name}: {}", text(value));
                }
            }
            Block::Points(points) => {
                for (words, command) in points {
                    let _ = writeln!(out, "- {}", text(words));
                    if let Some(command) = command {
                        let _ = writeln!(out, "  {}", code(command));
                    }
                }
            }
            Block::Numbers(numbers) => table(&mut out, &rows(numbers), numbers.columns.len()),
            Block::People(people) => {
                let titles = ["Name", "Address", "What became of them", "Why"].map(str::to_owned);
                let rows: Vec<Vec<String>> = std::iter::once(titles.to_vec())
                    .chain(people.iter().map(|cells| cells.iter().map(|c| text(c)).collect()))
                    .collect();
                table(&mut out, &rows, 1);
            }
        }
    }
    out
}

fn rows(numbers: &Numbers) -> Vec<Vec<String>> {
    let titles = numbers.columns.iter().map(|title| (*title).to_owned());
    let mut rows = vec![titles.chain([String::new()]).collect::<Vec<_>>()];
    for row in &numbers.rows {
        let mut cells = vec![text(&row.label)];
        cells.extend(row.numbers.iter().map(|number| number.map_or(String::new(), thousands)));
        let users: u64 = row.bar.iter().map(|(_, users)| users).sum();
        cells.push("█".repeat(length(users, numbers.longest)));
        rows.push(cells);
    }
    rows
}

/// Signs of a bar: some for any number but zero.
fn length(users: u64, longest: u64) -> usize {
    let signs = (users * BAR).div_ceil(longest.max(1)).min(BAR);
    usize::try_from(signs).unwrap_or_default()
}

/// A table whose first row has the titles; columns from 1 up to `numbers` are numbers.
fn table(out: &mut String, rows: &[Vec<String>], numbers: usize) {
    let Some(titles) = rows.first() else { return };
    let width = |at: usize| rows.iter().map(|row| row[at].width()).max().unwrap_or_default().max(3);
    let widths: Vec<usize> = (0..titles.len()).map(width).collect();
    let right = |at: usize| (1..numbers).contains(&at);
    for (n, row) in rows.iter().enumerate() {
        for (at, cell) in row.iter().enumerate() {
            let blanks = " ".repeat(widths[at] - cell.width());
            let (before, after) = if right(at) { (blanks.as_str(), "") } else { ("", &*blanks) };
            let _ = write!(out, "| {before}{cell}{after} ");
        }
        out.push_str("|\n");
        if n == 0 {
            for (at, width) in widths.iter().enumerate() {
                let line = "-".repeat(if right(at) { width - 1 } else { *width });
                let _ = write!(out, "| {line}{} ", if right(at) { ":" } else { "" });
            }
            out.push_str("|\n");
        }
    }
}

/// A text in which nothing is markup.
pub fn text(plain: &str) -> String {
    let mut out = String::with_capacity(plain.len());
    for (at, c) in plain.char_indices() {
        let rest = &plain[at..];
        let within = out.ends_with(char::is_alphanumeric)
            && rest.chars().nth(1).is_some_and(char::is_alphanumeric);
        let markup = matches!(c, '\\' | '`' | '*' | '[' | ']' | '<' | '>' | '|' | '~' | '$')
            || (c == '_' && !within);
        let link = rest.starts_with("://") || out.to_ascii_lowercase().ends_with("www");
        let element = c == '&';
        if markup || element || (link && matches!(c, ':' | '.')) {
            out.push('\\');
        }
        out.push(c);
    }
    // A mark of a heading, a list or a quotation counts only where a line begins.
    if out.starts_with(['#', '-', '+', '=']) || out.starts_with(|c: char| c.is_ascii_digit()) {
        return begun(out);
    }
    out
}

/// A text that begins as a heading or a list would.
fn begun(text: String) -> String {
    let digits = text.chars().take_while(char::is_ascii_digit).count();
    match text[digits..].chars().next() {
        Some(mark @ ('.' | ')')) if digits > 0 => {
            format!("{}\\{mark}{}", &text[..digits], &text[digits + 1..])
        }
        Some('#' | '-' | '+' | '=') if digits == 0 => format!("\\{text}"),
        _ => text,
    }
}

/// A command, whatever signs are in it.
fn code(command: &str) -> String {
    let mut fence = "`".to_owned();
    while command.contains(&fence) {
        fence.push('`');
    }
    if fence.len() == 1 { format!("`{command}`") } else { format!("{fence} {command} {fence}") }
}
