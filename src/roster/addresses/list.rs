//! Reading a pasted or loaded list of addresses.
//!
//! Owns the tokens: entries are parted by line ends, commas, semicolons, tabs and blanks; `<...>`
//! takes its content and drops the name before it; quotes hold blanks together. Must not drop
//! anything else: an entry that is no address is listed as not found by whoever asks.

/// The entries of a list, in their order.
pub(super) fn entries(text: &str) -> Vec<String> {
    let mut reader = Reader::default();
    let mut chars = text.trim_start_matches('\u{feff}').chars();
    while let Some(c) = chars.next() {
        match c {
            '"' => reader.quoted(&mut chars),
            '<' => reader.bracketed(&mut chars),
            ',' | ';' | '\t' | '\n' | '\r' => reader.end_record(),
            c if c.is_whitespace() => reader.end_word(),
            c => reader.word.push(c),
        }
    }
    reader.end_record();
    reader.entries
}

#[derive(Default)]
struct Reader {
    entries: Vec<String>,
    /// Words since the last separator: entries, unless a bracket shows that they were a name.
    words: Vec<String>,
    word: String,
}

impl Reader {
    fn end_word(&mut self) {
        let word = std::mem::take(&mut self.word);
        let word = word.trim();
        if !word.is_empty() {
            self.words.push(word.strip_prefix("mailto:").unwrap_or(word).to_owned());
        }
    }

    fn end_record(&mut self) {
        self.end_word();
        self.entries.append(&mut self.words);
    }

    fn quoted(&mut self, chars: &mut std::str::Chars<'_>) {
        self.end_word();
        // A quote nobody closes ends with its line.
        self.word = chars.as_str().chars().take_while(|c| !matches!(c, '"' | '\n')).collect();
        chars.nth(self.word.chars().count());
        self.end_word();
    }

    fn bracketed(&mut self, chars: &mut std::str::Chars<'_>) {
        self.word.clear();
        self.words.clear();
        self.word = chars.as_str().chars().take_while(|c| !matches!(c, '>' | '\n')).collect();
        chars.nth(self.word.chars().count());
        self.end_record();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn section_5_lists_come_in_many_shapes() {
        let cases: [(&str, &[&str]); 10] = [
            ("a@x.example\nb@x.example\r\n", &["a@x.example", "b@x.example"]),
            (
                "a@x.example, b@x.example;c@x.example",
                &["a@x.example", "b@x.example", "c@x.example"],
            ),
            ("a@x.example b@x.example\tc", &["a@x.example", "b@x.example", "c"]),
            ("Amara Okafor <a@x.example>, Bo <b@x.example>", &["a@x.example", "b@x.example"]),
            ("\"Okafor, Amara\" <a@x.example>", &["a@x.example"]),
            ("\"a@x.example\",\"b@x.example\"", &["a@x.example", "b@x.example"]),
            ("\u{feff}mailto:a@x.example", &["a@x.example"]),
            ("<a@x.example\nb@x.example", &["a@x.example", "b@x.example"]),
            ("\"open\na@x.example", &["open", "a@x.example"]),
            (" ,;\n\t", &[]),
        ];
        for (text, want) in cases {
            assert_eq!(entries(text), want, "{text}");
        }
    }
}
