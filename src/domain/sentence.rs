//! Sentences with names in them: a name that ends in a full stop ends the sentence too.
//!
//! Owns that one rule of writing, for every face: "You have no account in Acme Inc." Must not touch
//! anything else of a text, least of all three dots.

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
}
