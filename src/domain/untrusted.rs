//! Text from outside: names, addresses, DNS and SMTP replies, server errors.
//!
//! Owns the one way such text leaves the program: [`Untrusted::shown`]. It has no `Display`; what
//! would steer a terminal, hide, or reorder text becomes a visible escape (promise I12). Must not
//! be bypassed: `raw` is for comparing, storing and sending over the wire, never for showing.

use std::fmt;

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;
use utoipa::ToSchema;

/// Text that came from outside and may hold anything.
#[derive(
    Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(transparent)]
pub struct Untrusted(String);

/// Text that is safe to print on any sink: no control, no hidden and no reordering character.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Shown(String);

/// The most bytes one grapheme may keep; longer ones are cut to their first character.
const GRAPHEME_BYTES: usize = 32;
/// The most combining marks one base character may keep.
const MARKS: usize = 4;

impl Untrusted {
    /// Wraps text from outside.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text as it came, for comparing, storing and the wire. Never for showing.
    pub fn raw(&self) -> &str {
        &self.0
    }

    /// Whether there is any text.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The text made safe for any sink, whole.
    pub fn shown(&self) -> Shown {
        Shown(sanitise(&self.0))
    }

    /// The text made safe and cut to `width` terminal columns; what is cut ends in `…`.
    pub fn shown_in(&self, width: usize) -> Shown {
        // A hostile name may be megabytes long: no more than this many bytes can ever be seen.
        let most = width.saturating_mul(GRAPHEME_BYTES).saturating_add(GRAPHEME_BYTES);
        let mut end = self.0.len().min(most);
        while !self.0.is_char_boundary(end) {
            end -= 1;
        }
        let cut = end < self.0.len();
        let mut text = sanitise(&self.0[..end]);
        if cut {
            text.push('…');
        }
        Shown(text).cut(width)
    }

    /// Whether showing changes the text: a reason to look twice.
    pub fn is_suspicious(&self) -> bool {
        let plain: String = self.0.nfc().collect();
        sanitise(&self.0) != plain
    }
}

impl From<&str> for Untrusted {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

impl From<String> for Untrusted {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl fmt::Debug for Untrusted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Untrusted({:?})", sanitise(&self.0))
    }
}

impl Shown {
    /// Text of our own, known to be safe because it is a literal of the program.
    pub fn literal(text: &'static str) -> Self {
        Self(text.to_owned())
    }

    /// The safe text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The safe text inside HTML, as text or in a quoted attribute.
    pub fn html(&self) -> String {
        let mut out = String::with_capacity(self.0.len());
        for c in self.0.chars() {
            match c {
                '&' => out.push_str("&amp;"),
                '<' => out.push_str("&lt;"),
                '>' => out.push_str("&gt;"),
                '"' => out.push_str("&quot;"),
                '\'' => out.push_str("&#39;"),
                other => out.push(other),
            }
        }
        out
    }

    /// Terminal columns the text takes.
    pub fn width(&self) -> usize {
        self.0.width()
    }

    /// Cuts to `width` columns, never through a grapheme; what is cut ends in `…`.
    #[must_use]
    pub fn cut(self, width: usize) -> Self {
        if self.0.width() <= width {
            return self;
        }
        if width == 0 {
            return Self(String::new());
        }
        let mut out = String::new();
        let mut used = 0;
        for grapheme in self.0.graphemes(true) {
            let w = grapheme.width();
            if used + w > width - 1 {
                break;
            }
            used += w;
            out.push_str(grapheme);
        }
        out.push('…');
        Self(out)
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl AsRef<str> for Shown {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

/// Text of several lines made safe for any sink: the line ends stay, all else is as
/// [`Untrusted::shown`] has it. For what is told as a whole, such as an error and its causes.
pub fn shown_lines(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (at, line) in text.split('\n').enumerate() {
        if at > 0 {
            out.push('\n');
        }
        out.push_str(&sanitise(line));
    }
    out
}

fn sanitise(text: &str) -> String {
    if text.bytes().all(|b| (0x20..0x7f).contains(&b)) {
        return text.to_owned();
    }
    let normal: String = text.nfc().collect();
    let mut out = String::with_capacity(normal.len());
    for grapheme in normal.graphemes(true) {
        push_grapheme(grapheme, &mut out);
    }
    out
}

fn push_grapheme(grapheme: &str, out: &mut String) {
    let start = out.len();
    let mut marks = 0;
    let mut previous: Option<char> = None;
    let mut chars = grapheme.chars().peekable();
    while let Some(c) = chars.next() {
        if matches!(c, '\u{200c}' | '\u{200d}') {
            if joins(previous, chars.peek().copied()) {
                out.push(c);
            } else {
                push_escape(c, out);
            }
        } else if c == '\u{fe0f}' && previous.is_some_and(is_pictograph) {
            out.push(c);
        } else if is_hostile(c) {
            push_escape(c, out);
        } else if unicode_normalization::char::is_combining_mark(c) {
            marks += 1;
            if marks <= MARKS && out.len() - start + c.len_utf8() <= GRAPHEME_BYTES {
                out.push(c);
            }
        } else if previous.is_some() && out.len() - start + c.len_utf8() > GRAPHEME_BYTES {
            break;
        } else {
            out.push(c);
        }
        previous = Some(c);
    }
}

/// CONTEXTJ in spirit: joiners stand only between letters of joining scripts, or in emoji.
fn joins(before: Option<char>, after: Option<char>) -> bool {
    let (Some(before), after) = (before, after) else { return false };
    let joining = |c: char| {
        matches!(c, '\u{0600}'..='\u{08ff}' | '\u{0900}'..='\u{0dff}' | '\u{0e80}'..='\u{0fff}'
            | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{18af}')
    };
    if is_pictograph(before) || before == '\u{fe0f}' {
        return after.is_some_and(is_pictograph);
    }
    joining(before) && after.is_none_or(joining)
}

fn is_pictograph(c: char) -> bool {
    matches!(c, '\u{2190}'..='\u{2bff}' | '\u{1f000}'..='\u{1faff}' | '©' | '®' | '0'..='9' | '#' | '*')
}

/// Whether a character steers a terminal, hides, reorders, or is nobody's.
pub fn is_hostile(c: char) -> bool {
    let n = c as u32;
    c.is_control()
        || matches!(c,
            '\u{00ad}' | '\u{034f}' | '\u{061c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}'
            | '\u{fe00}'..='\u{fe0f}' | '\u{fff0}'..='\u{fffb}' | '\u{e000}'..='\u{f8ff}'
            | '\u{fdd0}'..='\u{fdef}' | '\u{1d173}'..='\u{1d17a}')
        || (0xe0000..=0xe0fff).contains(&n)
        || n >= 0xf_0000
        || n & 0xfffe == 0xfffe
}

fn push_escape(c: char, out: &mut String) {
    match c {
        '\0'..='\u{1f}' => {
            out.push('^');
            out.push(char::from(c as u8 ^ 0x40));
        }
        '\u{7f}' => out.push_str("^?"),
        other => {
            use fmt::Write as _;
            // Writing to a String cannot fail.
            let _ = write!(out, "<U+{:04X}>", other as u32);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn i12_controls_become_visible() {
        assert_eq!(Untrusted::new("a\x1b[2Jb").shown().as_str(), "a^[[2Jb");
        assert_eq!(Untrusted::new("1\u{9b}0").shown().as_str(), "1<U+009B>0");
        assert_eq!(Untrusted::new("a\r\nb").shown().as_str(), "a^M^Jb");
    }

    #[test]
    fn i12_reordering_and_hidden_text_becomes_visible() {
        assert_eq!(Untrusted::new("a\u{202e}b").shown().as_str(), "a<U+202E>b");
        assert_eq!(Untrusted::new("a\u{e0041}").shown().as_str(), "a<U+E0041>");
        assert_eq!(Untrusted::new("x\u{200d}y").shown().as_str(), "x<U+200D>y");
        assert!(Untrusted::new("pay\u{200b}pal").is_suspicious());
        assert!(!Untrusted::new("Zoë 陈伟").is_suspicious());
    }

    #[test]
    fn i12_of_several_lines_only_the_ends_stay() {
        let text = "a\u{1b}[2J\r\n\tb\u{2028}\u{202e}c\n";
        assert_eq!(shown_lines(text), "a^[[2J^M\n^Ib<U+2028><U+202E>c\n");
        assert_eq!(shown_lines(""), "");
    }

    #[test]
    fn i12_nothing_leaves_its_place_in_html() {
        let shown = Untrusted::new("<a href='x'>&\"\x1b").shown();
        assert_eq!(shown.html(), "&lt;a href=&#39;x&#39;&gt;&amp;&quot;^[");
    }

    #[test]
    fn marks_are_limited() {
        let zalgo = format!("a{}", "\u{0301}".repeat(5000));
        assert!(Untrusted::new(zalgo).shown().as_str().len() <= GRAPHEME_BYTES);
    }

    #[test]
    fn cut_text_ends_in_an_ellipsis_and_fits() {
        let shown = Untrusted::new("陈伟 Chen Wei").shown_in(6);
        assert_eq!(shown.as_str(), "陈伟 …");
        assert!(shown.width() <= 6);
        assert_eq!(Untrusted::new("abc").shown_in(0).as_str(), "");
    }

    proptest! {
        #[test]
        fn i12_shown_is_clean_idempotent_and_fits(text in "\\PC*|.*", width in 0usize..40) {
            let shown = Untrusted::new(text.clone()).shown();
            prop_assert!(!shown.as_str().chars().any(char::is_control));
            let again = Untrusted::new(shown.as_str()).shown();
            prop_assert_eq!(again.as_str(), shown.as_str());
            prop_assert!(Untrusted::new(text).shown_in(width).width() <= width);
        }
    }
}
