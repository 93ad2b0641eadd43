//! Names from outside as they stand in a mail (promise I15).
//!
//! Owns what a name may not bring along: what is hidden or reorders text, and what a mail program
//! would turn into a link. A company's name is chosen by strangers, and its mail is believed.

use super::untrusted::{Shown, Untrusted, is_hostile};

/// The name, in at most so many columns. Hidden characters are gone; addresses and web sites are
/// spelled so that no program follows them: `evil[.]example`.
pub fn in_letter(name: &str, columns: usize) -> Shown {
    let joins = |c: char| matches!(c, '\u{200c}' | '\u{200d}' | '\u{fe0f}');
    let seen = |c: char| match c {
        c if c.is_whitespace() || c.is_control() => Some(' '),
        c if is_hostile(c) && !joins(c) => None,
        c => Some(c),
    };
    let plain: String = name.chars().filter_map(seen).collect();
    let words: Vec<String> = plain.split_whitespace().map(word).collect();
    Untrusted::new(words.join(" ")).shown_in(columns)
}

fn word(word: &str) -> String {
    let (scheme, rest) = match word.rsplit_once("://") {
        Some((_, rest)) => (true, rest),
        None => (false, word),
    };
    if !scheme && !is_followed(rest) {
        return rest.to_owned();
    }
    let mut out = String::with_capacity(rest.len() + 8);
    let mut chars = rest.chars().peekable();
    while let Some(c) = chars.next() {
        let within = out.ends_with(char::is_alphanumeric)
            && chars.peek().is_some_and(|next| next.is_alphanumeric());
        match c {
            '.' if within => out.push_str("[.]"),
            '@' => out.push_str("[at]"),
            c => out.push(c),
        }
    }
    out
}

/// Whether a mail program may make a link of a word: a host under a suffix that exists, an address.
fn is_followed(word: &str) -> bool {
    if word.contains('@') {
        return true;
    }
    let host = word.split(['/', '?', '#', ':']).next().unwrap_or_default();
    let host = host.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    let path = word.contains('/') && host.contains('.');
    let known = || psl::suffix(host.as_bytes()).is_some_and(|suffix| suffix.is_known());
    path || host.starts_with("www.") || (host.contains('.') && known())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn i15_a_name_in_a_mail_hides_nothing_and_links_nowhere() {
        for (name, want) in [
            ("Acme Robotics Inc.", "Acme Robotics Inc."),
            ("  A.B.C. Ltd \t& Sons\r\nBcc:", "A.B.C. Ltd & Sons Bcc:"),
            ("Acme\u{202e}gpj.exe\u{2066}", "Acmegpj.exe"),
            ("pay\u{200b}pal\u{ad}", "paypal"),
            ("Visit https://evil.example/a?b=c now", "Visit evil[.]example/a?b=c now"),
            ("www.evil.example", "www[.]evil[.]example"),
            ("(evil.com)", "(evil[.]com)"),
            ("evil.co.uk:8080", "evil[.]co[.]uk:8080"),
            ("mallory@evil.example", "mallory[at]evil[.]example"),
            ("hxxp://https://evil.example", "evil[.]example"),
            ("Zoë 陈伟", "Zoë 陈伟"),
            ("24/7 Service AG", "24/7 Service AG"),
        ] {
            assert_eq!(in_letter(name, 80).as_str(), want, "{name:?}");
        }
        assert_eq!(in_letter("A long name", 6).as_str(), "A lon…");
    }
}
