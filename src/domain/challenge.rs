//! A domain's DNS challenge, and the ways in which people publish it amiss (rules D1, D2).
//!
//! Owns the record's name, what a published value is worth, and under which other names it is
//! looked for. Must not look anything up.

use super::domain_name::DomainName;

/// The label under which the challenge is published.
const LABEL: &str = "_hublink-challenge";
/// The longest name that DNS has, in characters.
const LONGEST: usize = 253;
/// Names looked at beside the right one, the domain itself not counted.
const MOST: usize = 6;

/// The full name of a domain's challenge record.
pub fn record_name(domain: &str) -> String {
    format!("{LABEL}.{domain}")
}

/// What a published value is worth for a challenge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// It is the one.
    Right,
    /// It is the one, but not as it was given; in words.
    Amiss(String),
    /// It is something else.
    Other,
}

/// Compares a published value with the challenge's. Blanks around it do no harm.
pub fn value(published: &str, token: &str) -> Value {
    if published.trim() == token {
        return Value::Right;
    }
    let mut text = published.trim().to_owned();
    let mut wrong = Vec::new();
    let mut without = |text: &mut String, what: fn(char) -> bool, words: &'static str| {
        let plain: String = text.chars().filter(|c| !what(*c)).collect();
        if plain != *text {
            *text = plain;
            wrong.push(words);
        }
    };
    without(&mut text, is_quote, "in quotes");
    without(&mut text, is_blank, "with blanks in it");
    if text.eq_ignore_ascii_case(token) {
        if text != token {
            wrong.push("in another case");
        }
    } else if text.to_ascii_lowercase().contains(&token.to_ascii_lowercase()) {
        wrong.push("among other text");
    } else {
        return Value::Other;
    }
    Value::Amiss(format!(
        "The value was published {}; publish it exactly as it is given.",
        wrong.join(" and ")
    ))
}

fn is_quote(c: char) -> bool {
    matches!(c, '"' | '\'' | '\\' | '`' | '“' | '”' | '„' | '‘' | '’' | '«' | '»')
}

/// White space, and what cannot be seen at all.
fn is_blank(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{feff}' | '\u{ad}')
}

/// A name at which a value may stand by mistake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Elsewhere {
    /// The full name.
    pub name: String,
    /// What to do about a value that stands there.
    pub advice: String,
}

/// Where a domain's value is looked for when it is not where it should be: at the domain itself,
/// under a name that a DNS panel doubled, without the underscore, under a domain above it.
pub fn elsewhere(domain: &DomainName) -> Vec<Elsewhere> {
    let record = record_name(domain.as_str());
    let zones = zones(domain);
    let itself = Elsewhere {
        name: domain.to_string(),
        advice: format!("The value stands at {domain} itself; publish it at {record}."),
    };
    let doubled = zones.iter().map(|zone| {
        let (name, relative) = (format!("{record}.{zone}"), relative(&record, zone));
        Elsewhere {
            advice: format!(
                "The value stands at {name}: the DNS panel added {zone} once more. Enter the name \
                 as {relative} there, or as {record} with a dot at its end."
            ),
            name,
        }
    });
    let at = |name: String| Elsewhere {
        advice: format!("The value stands at {name}; publish it at {record}."),
        name,
    };
    let bare = at(record.trim_start_matches('_').to_owned());
    let above = zones.iter().skip(1).map(|zone| at(record_name(zone)));
    std::iter::once(itself)
        .chain(doubled.chain(std::iter::once(bare)).chain(above).take(MOST))
        .filter(|place| place.name.len() <= LONGEST)
        .collect()
}

/// The zones that the domain may stand in: itself, and what is above it short of a public suffix.
fn zones(domain: &DomainName) -> Vec<&str> {
    let mut zones = vec![domain.as_str()];
    let mut rest = domain.as_str();
    while let Some((_, above)) = rest.split_once('.') {
        if DomainName::parse(above).is_err() {
            break;
        }
        zones.push(above);
        rest = above;
    }
    zones
}

fn relative<'a>(record: &'a str, zone: &str) -> &'a str {
    record.strip_suffix(zone).and_then(|name| name.strip_suffix('.')).unwrap_or(record)
}

#[cfg(test)]
mod tests;
