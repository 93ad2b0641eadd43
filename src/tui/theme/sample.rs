//! A sample of a theme, in its own colours: what `hublink themes` shows.

use ratatui::buffer::Cell;

use super::{Pen, Theme, Tone};

/// The words of a sample, and what they mean.
const WORDS: [(Tone, &str); 7] = [
    (Tone::Text, "text"),
    (Tone::Muted, "muted"),
    (Tone::Faint, "faint"),
    (Tone::Accent, "accent"),
    (Tone::Done, "done"),
    (Tone::Attention, "attention"),
    (Tone::Refused, "refused"),
];

impl Theme {
    /// Its colours in one line, with the terminal's codes for them and an ordinary pen at the end.
    pub fn sample(&self) -> String {
        let (mut out, mut pen) = (Vec::new(), Pen::default());
        let mut put = |text: &str, style| {
            let mut cell = Cell::new("x");
            cell.set_style(self.base().patch(style));
            pen.become_cell(&cell, &mut out);
            out.extend_from_slice(text.as_bytes());
        };
        for (tone, word) in WORDS {
            put(" ", self.base());
            put(word, self.style(tone));
        }
        put(" ", self.base());
        out.extend_from_slice(b"\x1b[0m");
        String::from_utf8_lossy(&out).into_owned()
    }
}
