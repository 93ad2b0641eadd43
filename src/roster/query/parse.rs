//! Reading the filter language.
//!
//! Owns the tokens, the keys, their values and the words of every error: each says what is
//! allowed, since it is shown while one types. Must not fail on what is merely unfinished where a
//! meaning can be given: an open quote runs to the end.

use super::super::fold::fold;
use super::{Invited, Query, QueryError, Term, Test, outcome_bit, state_bit};
use crate::domain::domain_name::DomainName;
use crate::domain::outcome::{Class, Outcome};
use crate::domain::untrusted::Untrusted;
use crate::domain::user::UserState;

const KEYS: &str = "domain:, dept:, status:, outcome:, invited: or ticked:";

/// One term as written, quotes resolved.
struct Token {
    negated: bool,
    /// The key before the colon, where the term has one.
    key: Option<String>,
    value: String,
    /// Whether the value had quotes: `""` is a value, nothing is none.
    quoted: bool,
    /// Where the term starts, and where its value starts, in characters.
    start: usize,
    value_start: usize,
}

/// All terms that can be read, and the first thing that cannot.
pub(super) fn query(text: &str) -> (Query, Option<QueryError>) {
    let mut terms = Vec::new();
    let mut first = None;
    for token in tokens(text) {
        match test(&token) {
            Ok(Some(asked)) => terms.push(Term { negated: token.negated, test: asked }),
            Ok(None) => {}
            Err(error) => {
                first.get_or_insert(error);
            }
        }
    }
    (Query { terms }, first)
}

fn tokens(text: &str) -> Vec<Token> {
    let chars: Vec<char> = text.chars().collect();
    let mut tokens = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        if chars[at].is_whitespace() {
            at += 1;
        } else {
            let (token, next) = token(&chars, at);
            tokens.push(token);
            at = next;
        }
    }
    tokens
}

fn token(chars: &[char], start: usize) -> (Token, usize) {
    let mut at = start;
    let mut token = Token {
        negated: false,
        key: None,
        value: String::new(),
        quoted: false,
        start,
        value_start: start,
    };
    while chars.get(at) == Some(&'!') {
        token.negated = !token.negated;
        at += 1;
    }
    token.value_start = at;
    let mut open = false;
    while let Some(&c) = chars.get(at) {
        at += 1;
        match c {
            '"' if open && chars.get(at) == Some(&'"') => {
                token.value.push('"');
                at += 1;
            }
            '"' => {
                open = !open;
                token.quoted = true;
            }
            c if c.is_whitespace() && !open => break,
            ':' if token.key.is_none() && !token.quoted && is_key(&token.value) => {
                token.key = Some(std::mem::take(&mut token.value));
                token.value_start = at;
            }
            c => token.value.push(c),
        }
    }
    (token, at)
}

fn is_key(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphabetic())
}

fn test(token: &Token) -> Result<Option<Test>, QueryError> {
    let value = token.value.as_str();
    let Some(key) = token.key.as_deref() else {
        let word = fold(value);
        return Ok((!word.is_empty()).then_some(Test::Word(word)));
    };
    let test = match key.to_ascii_lowercase().as_str() {
        "domain" => Test::Domain(domains(token)?),
        "dept" => department(token)?,
        "status" => Test::Status(each(token, status)?),
        "outcome" => Test::Outcome(each(token, outcome)?),
        "invited" => Test::Invited(invited(token)?),
        "ticked" => Test::Ticked(ticked(token)?),
        _ => {
            let key = Untrusted::from(key).shown_in(20);
            let message =
                format!("there is no filter {key}: use {KEYS}. Put a word with a colon in quotes.");
            return Err(QueryError { position: token.start, message });
        }
    };
    Ok(Some(test))
}

fn wrong(token: &Token, message: impl Into<String>) -> QueryError {
    QueryError { position: token.value_start, message: message.into() }
}

fn domains(token: &Token) -> Result<Vec<String>, QueryError> {
    let mut names = Vec::new();
    for part in token.value.split(',') {
        if part.eq_ignore_ascii_case("none") {
            names.push(String::new());
            continue;
        }
        let name = DomainName::typed(part).map_err(|error| {
            let why = if part.is_empty() {
                "takes a domain, whole, such as acme.example, or none".to_owned()
            } else {
                format!("{} {error}", Untrusted::from(part).shown_in(30))
            };
            wrong(token, format!("domain: {why}"))
        })?;
        names.push(name.as_str().to_owned());
    }
    Ok(names)
}

fn department(token: &Token) -> Result<Test, QueryError> {
    let (text, whole) = match token.value.strip_prefix('=') {
        Some(text) => (text, true),
        None => (token.value.as_str(), token.quoted && token.value.is_empty()),
    };
    if !whole && text.is_empty() {
        return Err(wrong(token, "dept: takes part of a department; dept:= is without one"));
    }
    let text = fold(text);
    Ok(Test::Department { text: if whole { text.trim().to_owned() } else { text }, whole })
}

/// Any of several values, a bit each.
fn each<T>(token: &Token, read: impl Fn(&str) -> Result<T, String>) -> Result<T, QueryError>
where
    T: Default + std::ops::BitOr<Output = T>,
{
    let mut bits = T::default();
    for part in token.value.split(',') {
        bits = bits | read(&part.to_ascii_lowercase()).map_err(|message| wrong(token, message))?;
    }
    Ok(bits)
}

fn status(value: &str) -> Result<u8, String> {
    UserState::from_code(value).map(state_bit).ok_or_else(|| {
        let all: Vec<_> = UserState::ALL.iter().map(|state| state.code()).collect();
        format!("status: takes {}", all.join(", "))
    })
}

fn outcome(value: &str) -> Result<u16, String> {
    let exact = value.strip_prefix('=');
    let class = match (exact, value) {
        (Some(_), _) => None,
        // The table has an outcome `email`; who filters means everyone that gets one.
        (None, "email") => Some(Class::Emailed),
        (None, word) => Class::from_code(word),
    };
    if let Some(class) = class {
        let members = Outcome::ALL.into_iter().filter(|outcome| outcome.class() == class);
        return Ok(members.fold(0, |bits, outcome| bits | outcome_bit(outcome)));
    }
    Outcome::from_code(exact.unwrap_or(value)).map(outcome_bit).ok_or_else(|| {
        let classes: Vec<_> = Class::ALL.iter().map(|class| class.code()).collect();
        format!(
            "outcome: takes {}, or an outcome's code such as link_now or email_consumer",
            classes.join(", ")
        )
    })
}

fn invited(token: &Token) -> Result<Invited, QueryError> {
    match token.value.to_ascii_lowercase().as_str() {
        "ever" => Ok(Invited::Ever),
        "never" => Ok(Invited::Never),
        "pending" => Ok(Invited::Pending),
        _ => Err(wrong(token, "invited: takes ever, never or pending")),
    }
}

fn ticked(token: &Token) -> Result<bool, QueryError> {
    match token.value.to_ascii_lowercase().as_str() {
        "" | "yes" => Ok(true),
        "no" => Ok(false),
        _ => Err(wrong(token, "ticked: takes yes or no, or nothing for yes")),
    }
}
