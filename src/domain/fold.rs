//! Text compared without case, accents and width (SPEC section 5; rule T3).
//!
//! Owns the one folding that search keys, typed words and company names share. Must not be used to
//! compare addresses: two people may differ in an accent only.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::canonical_combining_class;

/// Folds a text.
pub fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    fold_into(text, &mut out);
    out
}

/// Folds a text onto the end of another. Line ends become blanks: they part the search keys.
pub fn fold_into(text: &str, out: &mut String) {
    if text.is_ascii() && !text.contains(['\n', '\r']) {
        let start = out.len();
        out.push_str(text);
        out[start..].make_ascii_lowercase();
        return;
    }
    for c in text.nfkd().filter(|&c| !is_accent(c)).flat_map(char::to_lowercase) {
        match c {
            '\n' | '\r' => out.push(' '),
            // Letters with a stroke, a bar or a tie are letters of their own to Unicode.
            'ø' => out.push('o'),
            'ł' => out.push('l'),
            'đ' | 'ð' => out.push('d'),
            'ħ' => out.push('h'),
            'ŧ' => out.push('t'),
            'ı' => out.push('i'),
            'ß' => out.push_str("ss"),
            'æ' => out.push_str("ae"),
            'œ' => out.push_str("oe"),
            'þ' => out.push_str("th"),
            'ς' => out.push('σ'),
            _ => out.push(c),
        }
    }
}

/// Accents, points and tones. Not the marks that make another letter: nukta, kana voicing, virama.
fn is_accent(c: char) -> bool {
    let class = canonical_combining_class(c);
    class == 1 || class >= 10
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn section_5_case_and_accents_do_not_matter() {
        let cases = [
            ("Amara OKAFOR", "amara okafor"),
            ("Zoë Åström", "zoe astrom"),
            ("BJØRN Łukasz Đoković", "bjorn lukasz dokovic"),
            ("Straße STRASSE", "strasse strasse"),
            ("İstanbul ılık", "istanbul ilik"),
            ("ＷＩＤＥ ﬁ", "wide fi"),
            ("Ærø Œuvre Þór", "aero oeuvre thor"),
            ("ΟΔΥΣΣΕΎΣ Οδυσσεύς", "οδυσσευσ οδυσσευσ"),
            ("陈伟", "陈伟"),
            ("a\nb\rc", "a b c"),
        ];
        for (text, want) in cases {
            assert_eq!(fold(text), want, "{text}");
        }
        assert_ne!(fold("が"), fold("か"));
        assert_eq!(fold("Renée"), fold("RENE\u{301}E"));
    }
}
