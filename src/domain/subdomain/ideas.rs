//! Ideas for a subdomain (rule T6): when one is taken or reserved, and to begin with.
//!
//! Owns an endless list of names in an order that makes sense to a person: the company's own words
//! first, then the wanted name with a word behind it, then with numbers. Which of them are free is
//! the directory's to say.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::{LONGEST, Subdomain};

/// Words of company names that say nothing about which company it is.
const FORMS: &[&str] = &[
    "ab",
    "ag",
    "aps",
    "as",
    "asa",
    "bv",
    "co",
    "company",
    "corp",
    "corporation",
    "gmbh",
    "group",
    "holding",
    "holdings",
    "inc",
    "incorporated",
    "kg",
    "limited",
    "llc",
    "llp",
    "lp",
    "ltd",
    "nv",
    "oy",
    "oyj",
    "plc",
    "pty",
    "sa",
    "sarl",
    "se",
    "sl",
    "spa",
    "srl",
    "the",
    "und",
    "and",
];

/// What is put behind a name that is taken.
const BEHIND: &[&str] = &["hq", "online", "team", "group", "global"];

/// Names to try in place of `wanted` (which may be empty, or none at all) for a company: endless,
/// none reserved, none of them `wanted` itself, each once among those without a number.
pub fn ideas(wanted: &str, company: &str) -> impl Iterator<Item = Subdomain> {
    let typed = plain(wanted);
    let refused = Subdomain::parse(wanted).ok();
    let words = words(company);
    let joined = words.concat();
    let first = words.first().cloned().unwrap_or_default();
    let stem = [&typed, &joined]
        .into_iter()
        .find(|stem| Subdomain::parse(stem).is_ok_and(|name| !name.is_reserved()))
        .cloned()
        .unwrap_or_else(|| "team".to_owned());
    let mut named = vec![typed, joined, first];
    named.extend(BEHIND.iter().map(|word| with(&stem, word)));
    let mut seen: Vec<Subdomain> = Vec::new();
    let named: Vec<Subdomain> = named
        .iter()
        .filter_map(|text| Subdomain::parse(text).ok())
        .filter(|name| {
            let fresh = !seen.contains(name);
            seen.push(name.clone());
            fresh
        })
        .collect();
    let numbered =
        (2_u64..).filter_map(move |n| Subdomain::parse(&with(&stem, &n.to_string())).ok());
    named
        .into_iter()
        .chain(numbered)
        .filter(move |name| !name.is_reserved() && Some(name) != refused.as_ref())
}

/// A stem with something behind it, cut so that both fit.
fn with(stem: &str, behind: &str) -> String {
    let most = LONGEST.saturating_sub(behind.len());
    format!("{}{behind}", &stem[..stem.len().min(most)])
}

/// The letters and digits of a text: accents dropped, lower case, what has no such form left out.
fn plain(text: &str) -> String {
    let spelled = text.replace('ß', "ss").replace(['ø', 'Ø'], "o").replace(['æ', 'Æ'], "ae");
    spelled
        .nfkd()
        .filter(|c| !is_combining_mark(*c) && c.is_ascii_alphanumeric())
        .take(LONGEST)
        .map(|c| c.to_ascii_lowercase())
        .collect()
}

/// The words of a company's name that tell it from others.
fn words(company: &str) -> Vec<String> {
    let all: Vec<String> = company
        .split(|c: char| c.is_whitespace() || matches!(c, '-' | '/' | ',' | '&' | '+'))
        .map(plain)
        .filter(|word| !word.is_empty())
        .collect();
    let telling: Vec<String> =
        all.iter().filter(|word| !FORMS.contains(&word.as_str())).cloned().collect();
    if telling.is_empty() { all } else { telling }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn first(wanted: &str, company: &str, most: usize) -> Vec<String> {
        ideas(wanted, company).take(most).map(|name| name.to_string()).collect()
    }

    #[test]
    fn t6_ideas_begin_with_the_companys_own_words() {
        assert_eq!(
            first("acme", "Acme Robotics, Inc.", 3),
            ["acmerobotics", "acmehq", "acmeonline"]
        );
        assert_eq!(first("", "Müller & Söhne GmbH", 2), ["mullersohne", "muller"]);
        assert_eq!(first("www", "Acme", 3), ["acme", "acmehq", "acmeonline"]);
        assert_eq!(first("acme-robotics", "Acme", 2), ["acmerobotics", "acme"]);
        assert_eq!(first("", "陈伟", 2), ["teamhq", "teamonline"]);
        assert_eq!(first("", "The Company", 1), ["thecompany"]);
    }

    #[test]
    fn t6_ideas_never_run_out() {
        let many = first("acme", "Acme", 500);
        assert!(many.contains(&"acme480".to_owned()));
        let long = "a".repeat(63);
        assert!(ideas(&long, &long).take(50).all(|name| name.as_str().len() <= LONGEST));
    }

    proptest! {
        #[test]
        fn t6_no_idea_is_reserved_or_the_refused_name(wanted in "\\PC{0,70}", company in "\\PC{0,70}") {
            for idea in ideas(&wanted, &company).take(20) {
                prop_assert!(!idea.is_reserved());
                prop_assert_ne!(Ok(idea), Subdomain::parse(&wanted));
            }
        }
    }
}
