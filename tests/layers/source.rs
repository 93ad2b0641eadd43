//! Rust sources as far as the import rules need them: tokens, modules and the paths they name.
//!
//! Owns reading text without comments and literals, use trees (groups, renames, globs) and the
//! resolution of `crate`, `self`, `super`, child modules and renamed imports to absolute paths.
//! Must not know any rule.

use std::collections::{BTreeMap, BTreeSet};

/// A piece of code; text in literals and comments is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Token {
    Word(String),
    Sign(char),
    /// `::`
    Path,
}

/// A path that a file names, absolute: `crate::..` for our own, else from the crate's name on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    pub path: Vec<String>,
    pub line: usize,
    /// Whether a test names it.
    pub in_tests: bool,
}

/// One source file.
#[derive(Debug)]
pub struct Source {
    /// From the repository's root on.
    pub file: String,
    pub text: String,
    /// Its module: `["server", "engine"]`; empty for the crate's roots.
    pub module: Vec<String>,
    pub tokens: Vec<(Token, usize)>,
}

impl Source {
    pub fn new(file: &str, text: &str) -> Self {
        let inner = file.strip_prefix("src/").unwrap_or(file).trim_end_matches(".rs");
        let module = match inner {
            "lib" | "main" => Vec::new(),
            path => path.split('/').map(str::to_owned).collect(),
        };
        Self { file: file.to_owned(), text: text.to_owned(), module, tokens: tokens(text) }
    }

    /// The module without the `tests` that may end it: tests obey the rules of what they test.
    pub fn owner(&self) -> &[String] {
        let end = self.module.iter().position(|part| part == "tests");
        &self.module[..end.unwrap_or(self.module.len())]
    }

    /// The modules that it declares, those inside it included.
    pub fn modules(&self) -> BTreeSet<Vec<String>> {
        let mut found = BTreeSet::from([self.module.clone()]);
        self.walk(|tokens, module| {
            if let [(Token::Word(key), _), (Token::Word(name), _), (Token::Sign(next), _), ..] =
                tokens
                && key == "mod"
                && matches!(next, ';' | '{')
            {
                found.insert([module, std::slice::from_ref(name)].concat());
            }
            1
        });
        found
    }

    /// Every path that it names.
    pub fn paths(&self, modules: &BTreeSet<Vec<String>>) -> Vec<Named> {
        let mut renamed: BTreeMap<(Vec<String>, String), Vec<String>> = BTreeMap::new();
        let mut found = Vec::new();
        self.walk(|tokens, module| {
            let Some(tree) = use_tree(tokens) else { return 1 };
            let line = tokens[0].1;
            let mut rest = &tokens[1..];
            for (path, name) in leaves(&mut rest, &[]) {
                let path = absolute(&path, module, modules, &BTreeMap::new());
                if let Some(name) = name {
                    renamed.insert((module.to_vec(), name), path.clone());
                }
                found.push(Named { path, line, in_tests: in_tests(module) });
            }
            tree
        });
        self.walk(|tokens, module| {
            if let Some(tree) = use_tree(tokens) {
                return tree;
            }
            let (path, length) = inline_path(tokens);
            let is_macro = matches!(tokens.get(length), Some((Token::Sign('!'), _)));
            if path.len() > 1 || path.len() == 1 && is_macro {
                let path = absolute(&path, module, modules, &renamed);
                found.push(Named { path, line: tokens[0].1, in_tests: in_tests(module) });
            }
            length
        });
        found
    }

    /// Whether the file names this word, and in which lines.
    pub fn lines_with(&self, word: &str) -> Vec<usize> {
        let is = |token: &Token| matches!(token, Token::Word(text) if text == word);
        self.tokens.iter().filter(|(token, _)| is(token)).map(|(_, line)| *line).collect()
    }

    /// Calls `at` with the tokens from each place on and the module around it; it says how many to
    /// step over.
    fn walk(&self, mut at: impl FnMut(&[(Token, usize)], &[String]) -> usize) {
        let mut module = self.module.clone();
        let mut depth = 0;
        let mut inside = Vec::new();
        let mut next = 0;
        while next < self.tokens.len() {
            let tokens = &self.tokens[next..];
            let step = at(tokens, &module).max(1);
            match tokens {
                [(Token::Word(key), _), (Token::Word(name), _), (Token::Sign('{'), _), ..]
                    if key == "mod" =>
                {
                    inside.push(depth);
                    depth += 1;
                    module.push(name.clone());
                    next += 3;
                    continue;
                }
                [(Token::Sign('{'), _), ..] => depth += 1,
                [(Token::Sign('}'), _), ..] => {
                    depth -= 1;
                    if inside.last() == Some(&depth) {
                        inside.pop();
                        module.pop();
                    }
                }
                _ => {}
            }
            next += step;
        }
    }
}

fn in_tests(module: &[String]) -> bool {
    module.iter().any(|part| part == "tests")
}

/// The length of the `use` item that starts here, its semicolon included.
fn use_tree(tokens: &[(Token, usize)]) -> Option<usize> {
    let [(Token::Word(key), _), (after, _), ..] = tokens else { return None };
    let item = key == "use" && *after != Token::Sign('<') && *after != Token::Sign('.');
    let end = tokens.iter().position(|(token, _)| *token == Token::Sign(';'))?;
    item.then_some(end + 1)
}

/// The paths of a use tree, each with the name it gets here (none for a glob).
fn leaves(rest: &mut &[(Token, usize)], prefix: &[String]) -> Vec<(Vec<String>, Option<String>)> {
    let mut path = prefix.to_vec();
    while let Some(((token, _), after)) = rest.split_first() {
        match token {
            Token::Word(word) if word == "as" => {
                let name = match after.first() {
                    Some((Token::Word(name), _)) => Some(name.clone()),
                    _ => None,
                };
                *rest = after.get(1..).unwrap_or_default();
                return vec![(path, name)];
            }
            Token::Word(word) => {
                // `{self, ..}` is the module in front of the braces.
                if word != "self" || path.is_empty() {
                    path.push(word.clone());
                }
                *rest = after;
            }
            Token::Path => *rest = after,
            Token::Sign('*') => {
                *rest = after;
                return vec![(path, None)];
            }
            Token::Sign('{') => {
                *rest = after;
                return group(rest, &path);
            }
            Token::Sign(_) => break,
        }
    }
    let name = path.last().cloned();
    vec![(path, name)]
}

fn group(rest: &mut &[(Token, usize)], prefix: &[String]) -> Vec<(Vec<String>, Option<String>)> {
    let mut found = Vec::new();
    while let Some(((token, _), after)) = rest.split_first() {
        match token {
            Token::Sign('}') => {
                *rest = after;
                break;
            }
            Token::Sign(',') => *rest = after,
            Token::Sign(';') => break,
            _ => found.extend(leaves(rest, prefix)),
        }
    }
    found
}

/// The path that starts here and how many tokens it takes; a field or method is none.
fn inline_path(tokens: &[(Token, usize)]) -> (Vec<String>, usize) {
    if matches!(tokens[0].0, Token::Sign('.')) {
        return (Vec::new(), 2);
    }
    let mut path = Vec::new();
    let mut length = 0;
    while let Some((Token::Word(word), _)) = tokens.get(length) {
        path.push(word.clone());
        length += 1;
        if tokens.get(length).map(|(token, _)| token) != Some(&Token::Path) {
            break;
        }
        length += 1;
    }
    (path, length)
}

fn absolute(
    path: &[String],
    module: &[String],
    modules: &BTreeSet<Vec<String>>,
    renamed: &BTreeMap<(Vec<String>, String), Vec<String>>,
) -> Vec<String> {
    let ours = |module: &[String], rest: &[String]| [&["crate".to_owned()], module, rest].concat();
    let Some((first, rest)) = path.split_first() else { return Vec::new() };
    match first.as_str() {
        "crate" | "hublink" => ours(&[], rest),
        "self" if rest.first().is_some_and(|next| next == "super") => {
            absolute(rest, module, modules, renamed)
        }
        "self" => ours(module, rest),
        "super" => {
            let parent = &module[..module.len().saturating_sub(1)];
            match rest.first().map(String::as_str) {
                Some("super") => absolute(rest, parent, modules, renamed),
                _ => ours(parent, rest),
            }
        }
        _ => {
            if let Some(found) = renamed.get(&(module.to_vec(), first.clone())) {
                [found, rest].concat()
            } else if modules.contains(&[module, std::slice::from_ref(first)].concat()) {
                ours(module, path)
            } else {
                path.to_vec()
            }
        }
    }
}

/// Splits a text into tokens, each with its line.
pub fn tokens(text: &str) -> Vec<(Token, usize)> {
    let chars: Vec<char> = text.chars().collect();
    let mut found = Vec::new();
    let (mut at, mut line) = (0, 1);
    while at < chars.len() {
        let start = at;
        match chars[at] {
            '/' if chars.get(at + 1) == Some(&'/') => at = until(&chars, at, '\n'),
            '/' if chars.get(at + 1) == Some(&'*') => at = end_of_comment(&chars, at),
            '"' => at = end_of_string(&chars, at),
            '\'' => at = end_of_quote(&chars, at),
            ':' if chars.get(at + 1) == Some(&':') => {
                found.push((Token::Path, line));
                at += 2;
            }
            c if c.is_alphanumeric() || c == '_' => {
                while at < chars.len() && (chars[at].is_alphanumeric() || chars[at] == '_') {
                    at += 1;
                }
                let word: String = chars[start..at].iter().collect();
                if let Some(end) = end_of_prefixed(&chars, &word, at) {
                    at = end;
                } else if !word.starts_with(|c: char| c.is_ascii_digit()) {
                    found.push((Token::Word(word), line));
                }
            }
            c => {
                if !c.is_whitespace() {
                    found.push((Token::Sign(c), line));
                }
                at += 1;
            }
        }
        at = at.min(chars.len());
        line += chars[start..at].iter().filter(|c| **c == '\n').count();
    }
    found
}

fn until(chars: &[char], from: usize, end: char) -> usize {
    chars[from..].iter().position(|c| *c == end).map_or(chars.len(), |length| from + length)
}

fn end_of_comment(chars: &[char], from: usize) -> usize {
    let (mut at, mut depth) = (from, 0);
    while at < chars.len() {
        match (chars[at], chars.get(at + 1)) {
            ('/', Some('*')) => (at, depth) = (at + 2, depth + 1),
            ('*', Some('/')) => (at, depth) = (at + 2, depth - 1),
            _ => at += 1,
        }
        if depth == 0 {
            break;
        }
    }
    at
}

fn end_of_string(chars: &[char], from: usize) -> usize {
    let mut at = from + 1;
    while at < chars.len() && chars[at] != '"' {
        at += if chars[at] == '\\' { 2 } else { 1 };
    }
    at + 1
}

/// After a character literal, or after the quote of a lifetime.
fn end_of_quote(chars: &[char], from: usize) -> usize {
    match (chars.get(from + 1), chars.get(from + 2)) {
        (Some('\\'), _) => until(chars, from + 3, '\'') + 1,
        (Some(_), Some('\'')) => from + 3,
        _ => {
            let name = chars[from + 1..].iter();
            from + 1 + name.take_while(|c| c.is_alphanumeric() || **c == '_').count()
        }
    }
}

/// The end of a literal whose prefix is `word`: `r"..."`, `br#"..."#`, `b'x'`.
fn end_of_prefixed(chars: &[char], word: &str, at: usize) -> Option<usize> {
    if !matches!(word, "r" | "b" | "br" | "c" | "cr") {
        return None;
    }
    let hashes = chars[at..].iter().take_while(|c| **c == '#').count();
    match chars.get(at + hashes)? {
        '"' if word.ends_with('r') => {
            let mut end = at + hashes + 1;
            loop {
                end = until(chars, end, '"') + 1;
                let closing = chars.get(end..)?.iter().take_while(|c| **c == '#').count();
                if closing >= hashes {
                    return Some(end + hashes);
                }
            }
        }
        '"' if hashes == 0 => Some(end_of_string(chars, at)),
        '\'' if hashes == 0 && word == "b" => Some(end_of_quote(chars, at)),
        _ => None,
    }
}
