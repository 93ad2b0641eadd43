//! Sentences with names in them: a name that ends in a full stop ends the sentence too.
//!
//! Owns that one rule of writing, for every face: "You have no account in Acme Inc." Must not touch
//! anything else of a text, least of all three dots.

use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

/// The text, with one full stop where a name brought a second one.
pub fn one_stop(text: impl Into<String>) -> String {
    let text = text.into();
    if !text.contains("..") {
        return text;
    }
    let mut out = String::with_capacity(text.len());
    let mut before = '\0';
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        let second = c == '.' && before == '.' && !out.ends_with("..");
        let ends = rest.peek().is_none_or(|next| next.is_whitespace() || "<)\"'”".contains(*next));
        if !(second && ends) {
            out.push(c);
        }
        before = c;
    }
    out
}

/// The text without the numbers that the system has for its own words: " (os error 2)".
pub fn without_numbers(text: impl Into<String>) -> String {
    const BEGINS: &str = " (os error ";
    let mut text = text.into();
    let mut from = 0;
    while let Some(at) = text[from..].find(BEGINS).map(|at| at + from) {
        let digits = text[at + BEGINS.len()..].find(|c: char| !c.is_ascii_digit());
        let end = digits.map(|digits| at + BEGINS.len() + digits);
        match end.filter(|end| text[*end..].starts_with(')')) {
            Some(end) => text.replace_range(at..=end, ""),
            None => from = at + BEGINS.len(),
        }
    }
    text
}

/// Text in lines of at most so many columns, broken at blanks; a word that is wider than a line is
/// broken where its script has no blanks, and stays whole otherwise, as links and addresses do.
/// Called once, after all names are in their places.
pub fn wrapped(text: &str, columns: usize) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    for (n, line) in text.split('\n').enumerate() {
        if n > 0 {
            out.push('\n');
        }
        let mut used = 0;
        for word in line.split(' ') {
            let width = word.width();
            if used > 0 && used + 1 + width > columns {
                out.push('\n');
                used = 0;
            } else if used > 0 {
                out.push(' ');
                used += 1;
            }
            if width <= columns || word.contains('@') || word.contains("://") {
                out.push_str(word);
                used += width;
            } else {
                used += push_wide(word, columns, &mut out);
            }
        }
    }
    out
}

/// Writes a word that is wider than a line, broken between characters that are two columns wide
/// but never before a mark that closes; how wide its last line is.
fn push_wide(word: &str, columns: usize, out: &mut String) -> usize {
    let closes = |c: char| "、。，．・：；！？」』）】〉》ー".contains(c);
    let (mut used, mut before) = (0, 0);
    for c in word.chars() {
        let width = c.width().unwrap_or_default();
        if used + width > columns && width == 2 && before == 2 && !closes(c) {
            out.push('\n');
            used = 0;
        }
        out.push(c);
        used += width;
        if width > 0 {
            before = width;
        }
    }
    used
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_a_full_stop_ends_its_sentence() {
        for (text, want) in [
            ("You have no account in Acme Inc..", "You have no account in Acme Inc."),
            ("Ask Acme Inc.. Then go on.", "Ask Acme Inc. Then go on."),
            ("<p>It is in Acme Inc..</p>", "<p>It is in Acme Inc.</p>"),
            ("Write, or wait...", "Write, or wait..."),
            ("a..b@acme.example and ../x", "a..b@acme.example and ../x"),
            ("Nothing to do.", "Nothing to do."),
            ("", ""),
        ] {
            assert_eq!(one_stop(text), want);
        }
    }

    #[test]
    fn the_systems_numbers_are_left_out_and_nothing_else() {
        for (text, want) in [
            ("/x: No such file or directory (os error 2)", "/x: No such file or directory"),
            ("a (os error 13); b (os error 2).", "a; b."),
            (
                "(os error 2) and (os error x) (os error ",
                "(os error 2) and (os error x) (os error ",
            ),
            ("nothing", "nothing"),
        ] {
            assert_eq!(without_numbers(text), want);
        }
    }

    #[test]
    fn a_name_without_blanks_is_broken_where_its_script_allows_it() {
        let name = "有限会社アクメロボティクス技術研究所";
        assert_eq!(wrapped(name, 20), "有限会社アクメロボテ\nィクス技術研究所");
        assert_eq!(wrapped("a 有限会社アクメロボティクス", 20), "a\n有限会社アクメロボテ\nィクス");
        for whole in
            ["x@有限会社アクメロボティクス技術研究所.example", "supercalifragilisticexpialidocious"]
        {
            assert_eq!(wrapped(whole, 20), whole);
        }
    }

    #[test]
    fn a_mail_is_wrapped_once_with_its_names_in_place() {
        let text = "Hello,\n\nyou administer the site of A Very Long Company.\nhttps://x.example/1234567890";
        let lines = "Hello,\n\nyou administer the\nsite of A Very Long\nCompany.\nhttps://x.example/1234567890";
        assert_eq!(wrapped(text, 20), lines);
        assert_eq!(wrapped(&wrapped(text, 20), 20), lines);
    }
}
