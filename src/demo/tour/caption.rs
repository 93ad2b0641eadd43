//! Captions: how much is told at once, and how long it takes to read.
//!
//! Owns the measure of a caption's row and the pace of reading: nothing is told faster than at 120
//! words a minute. Must not know how a caption is drawn.

use std::time::Duration;

/// The most letters that are told at once: on 80 columns they leave room for the keys beside them.
pub const MOST: usize = 60;
/// What a word takes to be read: 120 words a minute.
const WORD: Duration = Duration::from_millis(500);
/// The least that a caption is shown for, however short.
const LEAST: Duration = Duration::from_millis(1_500);

/// A caption in parts that are told one after the other. Breaks between sentences, and within one
/// only where it is too long by itself.
pub fn parts(caption: &str) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    for sentence in sentences(caption) {
        match parts.last_mut() {
            Some(last) if length(last) + 1 + length(&sentence) <= MOST => {
                last.push(' ');
                last.push_str(&sentence);
            }
            _ if length(&sentence) <= MOST => parts.push(sentence),
            _ => parts.extend(broken(&sentence)),
        }
    }
    parts
}

/// How long a caption is shown at least, at speed 1.
pub fn reading(caption: &str) -> Duration {
    parts(caption).iter().map(|part| reading_part(part)).sum()
}

/// How long one part of it is shown at least, at speed 1.
pub fn reading_part(part: &str) -> Duration {
    let words = u32::try_from(part.split_whitespace().count()).unwrap_or(u32::MAX);
    (WORD * words).max(LEAST)
}

fn length(text: &str) -> usize {
    text.chars().count()
}

fn sentences(caption: &str) -> Vec<String> {
    let mut sentences = vec![String::new()];
    for word in caption.split_whitespace() {
        let ended = sentences.last().is_some_and(|last| last.ends_with(['.', '?', '!']));
        if ended {
            sentences.push(String::new());
        }
        if let Some(last) = sentences.last_mut() {
            if !last.is_empty() {
                last.push(' ');
            }
            last.push_str(word);
        }
    }
    sentences.retain(|sentence| !sentence.is_empty());
    sentences
}

/// A sentence that is too long, in pieces of about the same length, between words.
fn broken(sentence: &str) -> Vec<String> {
    let room = length(sentence).div_ceil(length(sentence).div_ceil(MOST)).max(1);
    let mut pieces = vec![String::new()];
    for word in sentence.split(' ') {
        let full = pieces.last().is_some_and(|piece| {
            let longer = length(piece) + 1 + length(word);
            !piece.is_empty() && (length(piece) >= room || longer > MOST)
        });
        if full {
            pieces.push(String::new());
        }
        if let Some(piece) = pieces.last_mut() {
            if !piece.is_empty() {
                piece.push(' ');
            }
            piece.push_str(word);
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_caption_is_told_in_parts_that_fit_its_row() {
        assert_eq!(parts("Short."), ["Short."]);
        assert_eq!(parts("  "), Vec::<String>::new());
        let two = "The plan is frozen. The number that can hurt comes first of all.";
        assert_eq!(
            parts(two),
            ["The plan is frozen.", "The number that can hurt comes first of all."]
        );
        let long = "word ".repeat(40);
        let all = parts(&long);
        assert!(all.iter().all(|part| length(part) <= MOST), "{all:?}");
        assert_eq!(all.join(" "), long.trim());
    }

    #[test]
    fn nothing_is_told_faster_than_120_words_a_minute() {
        assert_eq!(reading("One."), LEAST);
        assert_eq!(reading("one two three four"), Duration::from_secs(2));
        assert_eq!(reading(&"w ".repeat(120)).as_secs(), 60);
    }
}
