//! The addresses in a line, without what dresses them (SPEC section 5).
//!
//! Owns what may stand around an address: names, brackets, quotes, bullets, `mailto:`, a final dot
//! or comma. A hidden character is no dress: it stays, so that it can be named.

use crate::domain::hidden::hidden_in;

/// What parts one thing from another; none of them can be part of an address.
const PARTS: [char; 22] = [
    ',', ';', '<', '>', '(', ')', '[', ']', '"', ':', '\\', '“', '”', '„', '‟', '«', '»', '‹', '›',
    '‘', '’', '‚',
];
/// What may follow an address and is never its end.
const AFTER: [char; 12] = ['.', '!', '?', '\'', '*', '_', '~', '`', '-', '–', '—', '…'];
/// What emphasises a text on both sides.
const AROUND: [char; 5] = ['\'', '*', '_', '~', '`'];
/// What may stand before a line's text.
const BULLETS: [char; 8] = ['-', '*', '•', '·', '–', '—', '▪', '◦'];

/// The addresses of a line in their order, usable or not; none where the line has none.
pub(super) fn addresses(line: &str) -> Vec<&str> {
    let mut found = Vec::new();
    for word in line.split(|c: char| c.is_whitespace() || PARTS.contains(&c)) {
        if !word.contains('@') {
            continue;
        }
        // Chats write `<mailto:a|a>`; a mere bar may be part of an address.
        let bars = word.split('|').filter(|part| part.contains('@')).count();
        if bars > 1 {
            found.extend(word.split('|').filter_map(bare));
        } else {
            found.extend(bare(word));
        }
    }
    found
}

/// A word with an `@`, without its dress; `None` where one side of the `@` is empty.
fn bare(word: &str) -> Option<&str> {
    let (_, domain) = word.rsplit_once('@')?;
    // What a link asks for behind its address.
    let end = domain.find(['?', '&', '#', '/']).unwrap_or(domain.len());
    let word = &word[..word.len() - domain.len() + end];
    let mut bare = word.trim_end_matches(AFTER);
    let behind = &word[bare.len()..];
    for around in AROUND {
        if behind.contains(around) {
            bare = bare.trim_start_matches(around);
        }
    }
    // An export's guard against formulas.
    if let Some(rest) = bare.strip_prefix('\'')
        && rest.starts_with(['=', '+', '-', '@'])
    {
        bare = rest;
    }
    let dress = |c: char| {
        !c.is_ascii() && !c.is_alphanumeric() && hidden_in(c.encode_utf8(&mut [0; 4])).is_none()
    };
    let bare = bare.trim_start_matches(dress).trim_end_matches(dress);
    let (local, domain) = bare.rsplit_once('@')?;
    (!local.is_empty() && !domain.is_empty()).then_some(bare)
}

/// A line without an address: what may be a `UserID`, without bullets, quotes and a final mark.
pub(super) fn undressed(line: &str) -> &str {
    let line = line.trim();
    let bullet = line.strip_prefix(BULLETS).filter(|rest| rest.starts_with(char::is_whitespace));
    let line = bullet.unwrap_or(line).trim();
    let line = line.trim_end_matches([',', ';', '.']).trim();
    let quoted = |line: &str| {
        let inner = line.strip_prefix(['"', '“', '\''])?.strip_suffix(['"', '”', '\''])?;
        Some(inner.trim().len())
    };
    match quoted(line) {
        Some(_) => line.trim_matches(['"', '“', '”', '\'']).trim(),
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn section_5_what_dresses_an_address_is_taken_off() {
        let (ann, bo) = ("ann@acme.example", "bo.ng@acme.example");
        let cases: [(&str, &[&str]); 24] = [
            ("Lee, Ann (Sales) <ann@acme.example>; Ng, Bo <bo.ng@acme.example>;", &[ann, bo]),
            ("\"Lee, Ann\" <ann@acme.example>", &[ann]),
            ("Bo \"the rock Ng <bo.ng@acme.example>; Ann <ann@acme.example>", &[bo, ann]),
            ("“ann@acme.example”", &[ann]),
            ("'ann@acme.example'", &[ann]),
            ("(ann@acme.example)", &[ann]),
            ("MAILTO:ann@acme.example?subject=hi", &[ann]),
            ("<mailto:ann@acme.example|ann@acme.example>", &[ann, ann]),
            ("[ann@acme.example](mailto:ann@acme.example)", &[ann, ann]),
            ("ann@acme.example.", &[ann]),
            ("- ann@acme.example,", &[ann]),
            ("•\tann@acme.example", &[ann]),
            ("•ann@acme.example", &[ann]),
            ("12. ann@acme.example", &[ann]),
            ("**ann@acme.example**", &[ann]),
            ("E-mail: ann@acme.example!", &[ann]),
            ("1,Ann,Lee,ann@acme.example,Sales,+49 30 1", &[ann]),
            ("'+x@acme.example", &["+x@acme.example"]),
            ("o'neil@acme.example", &["o'neil@acme.example"]),
            ("a|b@acme.example", &["a|b@acme.example"]),
            ("\u{200b}ann@acme.example", &["\u{200b}ann@acme.example"]),
            ("ann@acme", &["ann@acme"]),
            ("ann @acme.example", &[]),
            ("Ann Lee 0071", &[]),
        ];
        for (line, want) in cases {
            assert_eq!(addresses(line), want, "{line}");
        }
    }

    #[test]
    fn section_5_a_user_id_stands_alone_in_its_line() {
        let cases = [
            (" 0071 ", "0071"),
            ("0071,", "0071"),
            ("\"0071\"", "0071"),
            ("- 0071", "0071"),
            ("-71", "-71"),
            ("Ann Lee", "Ann Lee"),
            ("\"", "\""),
        ];
        for (line, want) in cases {
            assert_eq!(undressed(line), want, "{line}");
        }
    }
}
