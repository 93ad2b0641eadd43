//! How well what was typed fits a row: words and their beginnings first, then slips of the hand.
//!
//! Owns the order, as numbers. A palette has some hundred rows and is searched by meaning ("verify"
//! is to find Link users, which has other letters), so whole words and their synonyms rank before
//! scattered letters. The libraries that match file names rank the other way round, and would cost
//! more to build than these lines to read.

use crate::domain::fold::fold;

/// A row's texts, folded once.
#[derive(Debug, Clone)]
pub struct Texts {
    label: String,
    words: String,
    note: String,
}

impl Texts {
    /// Of a row's name, the further words that people have for it, and what is said about it.
    pub fn new(label: &str, words: &str, note: &str) -> Self {
        Self { label: fold(label), words: fold(words), note: fold(note) }
    }

    /// How well a typed text fits, 0 best; nothing where a word of it fits nowhere.
    pub fn rank(&self, typed: &str) -> Option<u32> {
        fold(typed).split_whitespace().map(|word| self.tier(word)).sum()
    }

    fn tier(&self, word: &str) -> Option<u32> {
        let begins = |text: &str| parts(text).any(|part| part.starts_with(word));
        let slips = |text: &str| parts(text).any(|part| slip(word, part));
        let tiers: [&dyn Fn() -> bool; 8] = [
            &|| self.label.starts_with(word),
            &|| begins(&self.label),
            &|| begins(&self.words),
            &|| self.label.contains(word),
            &|| begins(&self.note),
            &|| slips(&self.label),
            &|| slips(&self.words),
            &|| scattered(word, &self.label),
        ];
        tiers.iter().position(|fits| fits()).and_then(|tier| u32::try_from(tier).ok())
    }
}

/// The words of a text; of an address or a URL also what follows its dots and dashes.
fn parts(text: &str) -> impl Iterator<Item = &str> {
    let whole = text.split_whitespace();
    whole.chain(text.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty()))
}

/// Whether a word is the beginning of another but for one letter: missing, too many, another one, or
/// two in the wrong order. Short words are too much like each other.
fn slip(word: &str, part: &str) -> bool {
    let (typed, meant): (Vec<char>, Vec<char>) = (word.chars().collect(), part.chars().collect());
    if typed.len() < 4 || meant.len() + 1 < typed.len() {
        return false;
    }
    let at = typed.iter().zip(&meant).take_while(|(a, b)| a == b).count();
    let (typed, meant) = (&typed[at..], &meant[at..]);
    let begins = |meant: &[char], typed: &[char]| meant.starts_with(typed);
    let swapped = |typed: &[char], meant: &[char]| match (typed, meant) {
        ([a, b, typed @ ..], [c, d, meant @ ..]) => a == d && b == c && begins(meant, typed),
        _ => false,
    };
    let rest = |all: &[char]| all.get(1..).unwrap_or_default().to_vec();
    begins(&rest(meant), &rest(typed))
        || begins(meant, &rest(typed))
        || begins(&rest(meant), typed)
        || swapped(typed, meant)
}

/// Whether the letters of a word stand in a text in their order, the first at a word's beginning.
fn scattered(word: &str, text: &str) -> bool {
    let mut letters = word.chars();
    let Some(first) = letters.next().filter(|_| word.chars().count() > 2) else { return false };
    let starts = text.char_indices().filter(|(at, c)| {
        *c == first
            && text[..*at].chars().next_back().is_none_or(|before| !before.is_alphanumeric())
    });
    let follows = |at: usize| {
        let mut rest = text[at..].chars().skip(1);
        letters.clone().all(|letter| rest.any(|c| c == letter))
    };
    starts.into_iter().any(|(at, _)| follows(at))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rank(typed: &str) -> Option<u32> {
        Texts::new("Link users", "invite verify poc", "acme.webex.example: prove addresses")
            .rank(typed)
    }

    #[test]
    fn words_come_before_synonyms_and_those_before_scattered_letters() {
        let ranks = ["link", "users", "invite", "ink", "prove", "lnik", "verfiy", "lnkusr"];
        let ranks = ranks.map(|typed| rank(typed).unwrap());
        assert_eq!(ranks, [0, 1, 2, 3, 4, 5, 6, 7]);
    }

    #[test]
    fn every_word_must_fit_somewhere() {
        assert_eq!(rank("users link"), Some(1));
        assert_eq!(rank("LÏNK acme"), Some(4), "case and accents do not matter");
        assert_eq!(rank("webex"), Some(4), "within a URL");
        assert_eq!(rank("link trial"), None);
        assert_eq!(rank(""), Some(0));
    }

    #[test]
    fn one_slip_of_the_hand_is_forgiven_in_words_of_four_letters_and_more() {
        for typed in ["lisence", "licennce", "licnece", "licece", "xicence", "licences"] {
            assert!(slip(typed, "licences"), "{typed}");
        }
        for typed in ["lic", "lxx", "licxxce", "acme", "licencesandmore"] {
            assert!(!slip(typed, "licences"), "{typed}");
        }
        assert!(!slip("öäü", "öäx") && !slip("", ""), "whatever is typed");
    }
}
