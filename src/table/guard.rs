//! The guard against formulas: a cell that a spreadsheet would run gets a quote in front.
//!
//! Owns what counts as dangerous, and that reading takes off exactly what writing put on. Text that
//! already looks guarded is guarded once more, so that the two are each other's inverse.

use std::borrow::Cow;

/// The text as it is written.
pub(super) fn guard(text: &str) -> Cow<'_, str> {
    if is_dangerous(text) { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

/// The text without the quote that [`guard`] put in front of it.
pub(super) fn unguard(text: &str) -> &str {
    text.strip_prefix('\'').filter(|rest| is_dangerous(rest)).unwrap_or(text)
}

fn is_dangerous(text: &str) -> bool {
    let text = text.trim_start_matches('\'');
    let first = text.chars().find(|c| !is_blank(*c));
    first.is_some_and(|c| {
        matches!(c, '=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '\0')
            || matches!(c, '＝' | '＋' | '－' | '＠')
    })
}

/// Blank to a spreadsheet, and harmless by itself.
fn is_blank(c: char) -> bool {
    (c.is_whitespace() && !matches!(c, '\t' | '\r' | '\n')) || matches!(c, '\u{feff}' | '\u{200b}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_a_spreadsheet_would_run_gets_a_quote() {
        let dangerous =
            ["=1", "+1", "-1", "@x", "\tx", "\rx", "\nx", "\0", "＝1", "＋1", "－1", "＠"];
        for text in dangerous.iter().chain(&["  =1", "\u{feff}=1", " \t", "'=1", "''+1", "\u{a0}@"])
        {
            assert_eq!(guard(text), format!("'{text}"), "{text:?}");
        }
        for text in ["", "a=1", "'", "'a", "O'Neil", "1-2", " a", "x@acme.example"] {
            assert_eq!(guard(text), text);
            assert_eq!(unguard(text), text);
        }
    }

    #[test]
    fn reading_takes_off_one_quote_and_no_more() {
        assert_eq!(unguard("'=1"), "=1");
        assert_eq!(unguard("''=1"), "'=1");
        assert_eq!(unguard("=1"), "=1");
    }

    proptest! {
        #[test]
        fn unguard_undoes_guard(text in "['=+@\t a]{0,6}|\\PC{0,8}") {
            let written = guard(&text);
            prop_assert_eq!(unguard(&written), text.as_str());
        }
    }
}
