//! One voice: every text in the program, read for words that it does not say (LOOK).
//!
//! Owns the words and finding the texts: literals with a blank in them, tests left out. What a
//! person types to find something (the palette's other words) is not what the program says.

/// What is never said, and what is said instead.
const NEVER: &[(&str, &str)] = &[
    ("please", "say what to do"),
    ("oops", "say what is wrong"),
    ("whoops", "say what is wrong"),
    ("sorry", "say what is wrong"),
    ("kindly", "say what to do"),
    ("successfully", "say what was done"),
    ("unfortunately", "say what is wrong"),
    ("simply", "leave it out"),
    ("invalid", "say what is wrong with it"),
    ("illegal", "say what is wrong with it"),
    ("aborted", "cancelled"),
    ("canceled", "cancelled"),
    ("organisation", "organization"),
    ("license", "licence"),
    ("log in", "sign in"),
    ("log out", "sign out"),
    ("click", "choose"),
    ("this is no", "that is not"),
    ("was pressed", "chose"),
    ("organization's menu", "say which key shows it"),
    ("site's menu", "say which key shows it"),
    ("number of people to", "say which number"),
];
/// The words by which people look for acts: theirs, not ours.
const THEIRS: &[&str] = &["src/tui/overlay/palette/words.rs"];

/// The texts of a source with their lines: literals with a blank in them, outside tests.
fn texts(source: &str) -> Vec<(usize, String)> {
    let code = source.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    let (mut found, mut line) = (Vec::new(), 1);
    let mut rest = code.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '\n' => line += 1,
            '/' if rest.peek() == Some(&'/') => {
                while rest.peek().is_some_and(|next| *next != '\n') {
                    rest.next();
                }
            }
            '\'' => {
                // A character, such as '"'; a lifetime has no second quote near.
                let ahead: String = rest.clone().take(3).collect();
                let end = if ahead.starts_with('\\') { 2 } else { 1 };
                if ahead.chars().nth(end) == Some('\'') {
                    for _ in 0..=end {
                        rest.next();
                    }
                }
            }
            '"' => {
                let (at, mut text) = (line, String::new());
                while let Some(c) = rest.next().filter(|c| *c != '"') {
                    line += usize::from(c == '\n');
                    if c != '\\' {
                        text.push(c);
                        continue;
                    }
                    match rest.next() {
                        Some('\n') => {
                            line += 1;
                            while rest.peek().is_some_and(|next| next.is_whitespace()) {
                                line += usize::from(rest.next() == Some('\n'));
                            }
                        }
                        Some('n') => text.push('\n'),
                        Some(other) => text.push(other),
                        None => {}
                    }
                }
                if text.trim().contains(' ') {
                    found.push((at, text));
                }
            }
            _ => {}
        }
    }
    found
}

/// Where a text says what is never said, or raises its voice.
fn said(text: &str) -> Vec<String> {
    let low = text.to_lowercase();
    let letter = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    let whole = |(at, word): (usize, &str)| {
        let within = low[..at].ends_with(['-', '_', '=', '`']);
        !letter(low[..at].chars().next_back())
            && !within
            && !letter(low[at + word.len()..].chars().next())
    };
    let mut found: Vec<String> = NEVER
        .iter()
        .filter(|(word, _)| low.match_indices(word).any(whole))
        .map(|(word, instead)| format!("{word:?}: {instead}"))
        .collect();
    let mut letters = text.chars().peekable();
    while let Some(c) = letters.next() {
        let end = letters.clone().nth(1).is_none_or(|c| c.is_whitespace() || c == '<');
        if c.is_alphabetic() && letters.peek() == Some(&'!') && end {
            found.push("an exclamation mark".to_owned());
        }
    }
    found
}

/// Every place of a source that is out of voice.
pub fn out_of_voice(file: &str, source: &str) -> Vec<String> {
    if !file.starts_with("src/") || file.contains("/tests") || THEIRS.contains(&file) {
        return Vec::new();
    }
    let place = |(line, text): (usize, String)| {
        let all = said(&text).into_iter();
        all.map(move |why| format!("{file}:{line}: {why} in {text:?}")).collect::<Vec<_>>()
    };
    texts(source).into_iter().flat_map(place).collect()
}
