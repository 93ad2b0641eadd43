//! Whether a text is on the screen, however the page's width wraps it.
//!
//! Owns reading a screen by blocks: a text goes on in the row below, at the left edge of its own
//! column, where the row it stands in has come to its end. Blanks count as one, for columns are
//! aligned by them. Must not know what is looked for.

/// How far the next line of a paragraph may begin to the right of where its text began: what hangs
/// behind a mark is indented.
const HANGING: usize = 4;
/// A word that is broken within was long: so many letters stand before the break at least.
const BEFORE_BREAK: usize = 3;

/// Whether a screen, a line for each row, shows a text.
pub fn sees(screen: &str, text: &str) -> bool {
    if screen.contains(text) {
        return true;
    }
    let rows: Vec<Vec<char>> = screen.lines().map(|row| row.chars().collect()).collect();
    let wanted: Vec<char> = text.split_whitespace().collect::<Vec<_>>().join(" ").chars().collect();
    let Some(first) = wanted.first() else { return true };
    rows.iter().enumerate().any(|(y, row)| {
        let begins = row.iter().enumerate().filter(|(_, c)| *c == first).map(|(x, _)| x);
        begins.into_iter().any(|x| {
            Reader { rows: &rows, wanted: &wanted, left: edge(row, x), from: x }.read(y, x, 0)
        })
    })
}

/// Lines between columns and around boxes.
fn is_line(c: char) -> bool {
    ('\u{2500}'..='\u{259f}').contains(&c)
}

fn is_blank(c: char) -> bool {
    c == ' ' || is_line(c)
}

/// Whether a block of text may begin here: at the edge, behind a line, or behind two blanks.
fn begins(row: &[char], x: usize) -> bool {
    let blank = |back: usize| x.checked_sub(back).is_none_or(|at| is_blank(row[at]));
    !is_blank(row[x]) && blank(1) && (blank(2) || is_line(row[x - 1]))
}

/// Where the block begins that column `x` is in.
fn edge(row: &[char], x: usize) -> usize {
    (0..=x).rev().find(|x| begins(row, *x)).unwrap_or(x)
}

struct Reader<'s> {
    rows: &'s [Vec<char>],
    wanted: &'s [char],
    /// The block that the text began in, and where in it.
    left: usize,
    from: usize,
}

impl Reader<'_> {
    /// Whether what is wanted from `at` on stands from here on.
    fn read(&self, y: usize, x: usize, at: usize) -> bool {
        let (mut x, mut at, mut here) = (x, at, 0);
        let row = &self.rows[y];
        while let Some(wanted) = self.wanted.get(at).copied() {
            if wanted == ' ' {
                let blanks = row[x.min(row.len())..].iter().take_while(|c| **c == ' ').count();
                return (blanks > 0 && self.read(y, x + blanks, at + 1))
                    || (self.ends(y, x) && self.below(y, at + 1));
            }
            if row.get(x) != Some(&wanted) {
                return here >= BEFORE_BREAK && self.ends(y, x) && self.below(y, at);
            }
            (x, at, here) = (x + 1, at + 1, here + 1);
        }
        true
    }

    /// Whether the block that the text stands in has nothing more in this row.
    fn ends(&self, y: usize, x: usize) -> bool {
        let mut rest = self.rows[y].iter().skip(x);
        match rest.next() {
            None => true,
            Some(' ') => rest.next().is_none_or(|c| *c == ' ' || is_line(*c)),
            Some(c) => is_line(*c),
        }
    }

    /// Whether it goes on in the next row, in the same block.
    fn below(&self, y: usize, at: usize) -> bool {
        let Some(row) = self.rows.get(y + 1) else { return false };
        let columns = self.left..row.len().min(self.from + HANGING + 1);
        columns.rev().filter(|x| begins(row, *x)).any(|x| self.read(y + 1, x, at))
    }
}

#[cfg(test)]
mod tests {
    use super::sees;

    const SCREEN: &str = "\
 Acme › acme.webex.example       fay@acme.example
 ORGANIZATIONS  1   │ The number that can
 ▌Acme Robotics     │ hurt comes first: 7
   2 sites          │ e-mails.
  Users it blocks         91
  ✗ Another organization has
    estuary. It is
  taken: _hublink-challenge.
  eu.acme.example";

    #[test]
    fn a_text_is_seen_across_wraps_and_columns() {
        for text in [
            "Acme Robotics",
            "The number that can hurt comes first: 7 e-mails.",
            "can hurt",
            "Users it blocks 91",
            "Users it blocks      91",
            "Another organization has estuary. It is taken",
            "_hublink-challenge.eu.acme.example",
        ] {
            assert!(sees(SCREEN, text), "{text}");
        }
    }

    #[test]
    fn what_stands_in_other_columns_or_is_not_there_is_not_seen() {
        for text in [
            "Acme Robotics hurt comes",
            "can Acme Robotics",
            "number that hurt",
            "first: 7 sites",
            "2 sites Users it",
            "Another organization has taken",
            "estuary taken",
        ] {
            assert!(!sees(SCREEN, text), "{text}");
        }
    }
}
