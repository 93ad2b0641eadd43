//! Glyphs: the signs of our own, and what stands for them where a terminal has ASCII alone.
//!
//! Owns which set is used and the one table of signs. A frame is drawn with the full set; what
//! the terminal cannot show is put into its cells at the very end, so no screen knows of it.

use ratatui::buffer::{Buffer, Cell, CellWidth as _};

/// Which characters the terminal shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Glyphs {
    /// All of them.
    #[default]
    Unicode,
    /// Letters of every script, but signs of ASCII alone: `--ascii`, the Linux console.
    Ascii,
    /// Nothing but ASCII: a locale that is not UTF-8. Other letters are shown as `?`.
    AsciiOnly,
}

impl Glyphs {
    /// What a terminal of this kind shows, in a locale that is UTF-8 or not; `wanted` is the
    /// operator's word, `true` for ASCII.
    pub fn choose(wanted: Option<bool>, term: Option<&str>, utf8: bool) -> Self {
        match wanted {
            Some(false) => Self::Unicode,
            _ if !utf8 => Self::AsciiOnly,
            Some(true) => Self::Ascii,
            None if term.is_some_and(is_plain) => Self::Ascii,
            None => Self::Unicode,
        }
    }

    /// Puts what can be shown in the place of what cannot.
    pub fn put_into(self, frame: &mut Buffer) {
        if self == Self::Unicode || frame.area.is_empty() {
            return;
        }
        for row in frame.content.chunks_mut(frame.area.width.into()) {
            self.put_into_row(row);
        }
    }

    fn put_into_row(self, row: &mut [Cell]) {
        let mut after_block = false;
        for at in 0..row.len() {
            put_tick(row, at);
            put_arrow(row, at);
            let symbol = row[at].symbol();
            let first = symbol.chars().next().unwrap_or(' ');
            let alone = symbol.len() == first.len_utf8();
            let is_ascii = symbol.is_ascii();
            let is_bar = after_block && matches!(first, '▉'..='▏');
            after_block = first == '█' || is_bar;
            if is_ascii {
                continue;
            }
            let (sign, cells) = match ascii(first).filter(|_| alone) {
                Some(_) if first == '…' && is_roomy(row, at) => ('.', 3),
                Some(_) if is_bar => ('=', 1),
                Some(sign) => (sign, 1),
                None if self == Self::AsciiOnly => ('?', row[at].cell_width().max(1)),
                None => continue,
            };
            for cell in row.iter_mut().skip(at).take(cells.into()) {
                cell.set_char(sign);
            }
        }
    }
}

/// Whether a terminal of this kind has letters and no signs: the Linux console's font has few, and
/// the terminals of old have none, whatever the locale says.
fn is_plain(term: &str) -> bool {
    let kind = term.split('-').next().unwrap_or(term);
    let digits = |rest: &str| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit());
    matches!(kind, "linux" | "ansi" | "cons25" | "sun" | "pcansi")
        || ["vt", "wyse", "wy"].iter().any(|old| kind.strip_prefix(old).is_some_and(digits))
}

/// A tick with room around it stands between brackets: `[x]`, `[ ]`, `[-]`. Its words keep their blank:
/// the brackets take what is before it, and the bar of the row in focus moves out of their way.
fn put_tick(row: &mut [Cell], at: usize) {
    let sign = match row[at].symbol() {
        "☑" => 'x',
        "☐" => ' ',
        "▣" => '-',
        _ => return,
    };
    let Some(before) = at.checked_sub(1).filter(|before| is_blank(row, *before)) else { return };
    if !is_blank(row, at + 1) {
        return;
    }
    let bar =
        before.checked_sub(1).filter(|bar| matches!(row[*bar].symbol(), ">" | "|" | "│" | "▌"));
    if let Some((bar, out)) = bar.and_then(|bar| Some((bar, bar.checked_sub(1)?)))
        && is_blank(row, out)
    {
        row[out] = row[bar].clone();
        row[bar].set_char(' ');
    }
    // Without room before it, what stands after it has to do.
    let shift = usize::from(before > 0 && is_blank(row, before - 1));
    let style = row[at].style();
    for (at, sign) in [(before - shift, '['), (at - shift, sign), (at + 1 - shift, ']')] {
        row[at].set_char(sign);
        row[at].set_style(style);
    }
}

fn is_blank(row: &[Cell], at: usize) -> bool {
    row.get(at).is_some_and(|cell| cell.symbol() == " ")
}

/// An arrow with room before it has a shaft: the bar at the focus is another sign.
fn put_arrow(row: &mut [Cell], at: usize) {
    let before = at.checked_sub(1).filter(|before| row[*before].symbol() == " ");
    if let ("→", Some(before)) = (row[at].symbol(), before) {
        let style = row[at].style();
        row[before].set_char('-');
        row[before].set_style(style);
    }
}

/// Whether a locale is UTF-8: the first of `LC_ALL`, `LC_CTYPE` and `LANG` that says anything
/// counts; where none does, it is the C locale, which is ASCII.
pub fn is_utf8<'a>(variables: impl IntoIterator<Item = Option<&'a str>>) -> bool {
    let said = variables.into_iter().flatten().find(|value| !value.is_empty());
    said.is_some_and(|value| {
        let value = value.to_ascii_lowercase();
        value.contains("utf-8") || value.contains("utf8")
    })
}

/// Whether three dots fit where one cell says so, with a blank behind them.
fn is_roomy(row: &[Cell], at: usize) -> bool {
    let blank = |n: usize| row.get(at + n).is_none_or(|cell| cell.symbol() == " ");
    at + 2 < row.len() && (1..=3).all(blank)
}

/// What stands for a sign in ASCII; nothing for letters.
#[expect(clippy::match_same_arms, reason = "a table by shape, not by what stands for it")]
pub fn ascii(sign: char) -> Option<char> {
    Some(match sign {
        '─' | '━' | '┄' | '┅' | '┈' | '┉' | '╌' | '╍' | '═' | '╴' | '╶' | '╸' | '╺' => {
            '-'
        }
        '│' | '┃' | '┆' | '┇' | '┊' | '┋' | '╎' | '╏' | '║' | '╵' | '╷' | '╹' | '╻' => {
            '|'
        }
        '╱' => '/',
        '╲' => '\\',
        '\u{2500}'..='\u{257f}' => '+',
        '▌' | '▐' | '▸' | '▶' | '▹' | '›' | '→' | '⇒' | '»' => '>',
        '◂' | '◀' | '‹' | '←' | '⇐' | '«' => '<',
        '↑' | '▲' | '▴' | '△' => '^',
        '↓' | '▼' | '▾' | '▽' => 'v',
        '▏' | '▁' | '▂' | '▃' => '_',
        '▎' | '▍' | '▋' | '▊' | '▉' | '▄' | '▅' | '▀' | '▔' => '=',
        '░' => '.',
        '▒' => ':',
        '\u{2580}'..='\u{259f}' | '■' => '#',
        '●' | '◉' | '•' | '◆' => '*',
        '○' | '◯' | '◌' | '◇' | '□' => 'o',
        '✓' | '✔' => '+',
        '✗' | '✘' => '!',
        '×' | '☑' | '☒' => 'x',
        '☐' => '_',
        '▣' => '-',
        '·' | '–' | '—' | '‐' | '‑' => '-',
        '…' => '~',
        '“' | '”' | '„' => '"',
        '‘' | '’' | '‚' => '\'',
        '\u{a0}' => ' ',
        '\u{fffd}' => '?',
        _ => return None,
    })
}

#[cfg(test)]
mod tests;
