//! Characters that nobody sees, and what they are called (SPEC section 9).
//!
//! Owns the names: a bad address says which hidden character it has, by code point and in words.
//! What counts as hidden is what `Untrusted` never shows as it is.

use super::untrusted::is_hostile;

/// The usual ones, and what they are called.
const NAMES: [(char, &str); 26] = [
    ('\t', "a tab"),
    ('\n', "a line feed"),
    ('\r', "a carriage return"),
    ('\u{a0}', "a no-break space"),
    ('\u{ad}', "a soft hyphen"),
    ('\u{34f}', "a combining grapheme joiner"),
    ('\u{61c}', "an Arabic letter mark"),
    ('\u{180e}', "a Mongolian vowel separator"),
    ('\u{200b}', "a zero width space"),
    ('\u{200c}', "a zero width non-joiner"),
    ('\u{200d}', "a zero width joiner"),
    ('\u{200e}', "a left-to-right mark"),
    ('\u{200f}', "a right-to-left mark"),
    ('\u{2028}', "a line separator"),
    ('\u{2029}', "a paragraph separator"),
    ('\u{202a}', "a left-to-right embedding"),
    ('\u{202b}', "a right-to-left embedding"),
    ('\u{202c}', "an end of embedding"),
    ('\u{202d}', "a left-to-right override"),
    ('\u{202e}', "a right-to-left override"),
    ('\u{2060}', "a word joiner"),
    ('\u{2066}', "a left-to-right isolate"),
    ('\u{2067}', "a right-to-left isolate"),
    ('\u{2068}', "a first strong isolate"),
    ('\u{2069}', "an end of isolate"),
    ('\u{feff}', "a byte order mark"),
];

/// The first character of a text that nobody sees; blanks are none.
pub fn hidden_in(text: &str) -> Option<char> {
    text.chars().find(|c| is_hostile(*c))
}

/// The character by its code point, and in words where it has a usual name.
pub fn name_of(c: char) -> String {
    let code = c as u32;
    match NAMES.iter().find(|(known, _)| *known == c) {
        Some((_, name)) => format!("U+{code:04X}, {name}"),
        None => format!("U+{code:04X}"),
    }
}

/// Whether a character is a blank, or nothing to be seen: a cell of these alone has no text.
pub fn is_nothing(c: char) -> bool {
    c.is_whitespace() || is_hostile(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s9_a_hidden_character_is_named() {
        let cases = [
            ("a\u{200b}b", Some("U+200B, a zero width space")),
            ("\u{200f}ab", Some("U+200F, a right-to-left mark")),
            ("ab\u{e0041}", Some("U+E0041")),
            ("a b\u{a0}c", None),
            ("Zoë 陈伟", None),
        ];
        for (text, want) in cases {
            assert_eq!(hidden_in(text).map(name_of).as_deref(), want, "{text:?}");
        }
        assert!(is_nothing('\u{a0}') && is_nothing('\u{feff}') && !is_nothing('x'));
    }
}
