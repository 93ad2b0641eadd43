//! How many colours the terminal has, and the nearest one of them.

use ratatui::style::Color;

/// Colours at hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// None: `NO_COLOR`, or a terminal that says nothing.
    None,
    /// The sixteen of the user's own palette.
    Sixteen,
    /// The sixteen of a Linux console, whose dim words are bright black: they cannot be read.
    Console,
    /// 256.
    Many,
    /// All.
    True,
}

impl Depth {
    /// From `NO_COLOR`, `COLORTERM` and `TERM`.
    pub fn detect(no_color: Option<&str>, colorterm: Option<&str>, term: Option<&str>) -> Self {
        if no_color.is_some_and(|value| !value.is_empty()) {
            return Self::None;
        }
        let term = term.unwrap_or_default();
        match colorterm.unwrap_or_default() {
            "truecolor" | "24bit" => Self::True,
            _ if term.ends_with("-direct") => Self::True,
            _ if term.contains("256color") => Self::Many,
            _ if is_mono(term) => Self::None,
            _ if term.split('-').next() == Some("linux") => Self::Console,
            _ => Self::Sixteen,
        }
    }

    /// Whether the colours are the sixteen of the user's own palette.
    pub(super) fn is_sixteen(self) -> bool {
        matches!(self, Self::Sixteen | Self::Console)
    }

    /// The colour to use for `rgb`; `ansi` stands for it where there are sixteen.
    pub(super) fn colour(self, rgb: Option<(u8, u8, u8)>, ansi: Color) -> Color {
        match (self, rgb) {
            (Self::None, _) | (_, None) => Color::Reset,
            (Self::Sixteen | Self::Console, _) => ansi,
            (Self::Many, Some(rgb)) => Color::Indexed(nearest(rgb)),
            (Self::True, Some((r, g, b))) => Color::Rgb(r, g, b),
        }
    }
}

/// Whether the name alone says that there are no colours.
fn is_mono(term: &str) -> bool {
    let of_one = term.ends_with("-m") || term.ends_with("-mono");
    term.is_empty() || term == "dumb" || term.starts_with("vt") || of_one
}

/// The nearest of the colour cube and the greys.
fn nearest((r, g, b): (u8, u8, u8)) -> u8 {
    const STEPS: [u8; 6] = [0, 95, 135, 175, 215, 255];
    let step = |v: u8| (0u8..6).min_by_key(|i| STEPS[usize::from(*i)].abs_diff(v)).unwrap_or(0);
    let far = |x: (u8, u8, u8)| {
        let d = |a: u8, b: u8| u32::from(a.abs_diff(b)).pow(2);
        d(x.0, r) + d(x.1, g) + d(x.2, b)
    };
    let (cr, cg, cb) = (step(r), step(g), step(b));
    let at = |i: u8| STEPS[usize::from(i)];
    let cube = (16 + 36 * cr + 6 * cg + cb, far((at(cr), at(cg), at(cb))));
    let mean = (u16::from(r) + u16::from(g) + u16::from(b)) / 3;
    let grey = u8::try_from(mean.saturating_sub(3) / 10).unwrap_or(23).min(23);
    let level = 8 + 10 * grey;
    if far((level, level, level)) < cube.1 { 232 + grey } else { cube.0 }
}

/// What one of the cube or of the greys looks like.
#[cfg(test)]
pub(super) fn of_256(n: u8) -> (u8, u8, u8) {
    if n >= 232 {
        let level = 8 + 10 * (n - 232);
        return (level, level, level);
    }
    let at = |i: u8| [0, 95, 135, 175, 215, 255][usize::from(i % 6)];
    (at((n - 16) / 36), at((n - 16) / 6), at(n - 16))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn depth_follows_the_environment() {
        assert_eq!(Depth::detect(Some("1"), Some("truecolor"), Some("xterm")), Depth::None);
        assert_eq!(Depth::detect(Some(""), Some("truecolor"), None), Depth::True);
        assert_eq!(Depth::detect(None, None, Some("xterm-256color")), Depth::Many);
        assert_eq!(Depth::detect(None, None, Some("xterm")), Depth::Sixteen);
        assert_eq!(Depth::detect(None, None, Some("linux")), Depth::Console);
        assert_eq!(Depth::detect(None, None, Some("linux-16color")), Depth::Console);
        for mono in ["vt100", "vt220", "xterm-mono", "xterm-m", "dumb"] {
            assert_eq!(Depth::detect(None, None, Some(mono)), Depth::None, "{mono}");
        }
        assert_eq!(Depth::detect(None, None, None), Depth::None);
    }

    #[test]
    fn the_nearest_of_256_is_near() {
        assert_eq!(nearest((0, 0, 0)), 16);
        assert_eq!(nearest((255, 255, 255)), 231);
        assert_eq!(nearest((18, 18, 18)), 233);
        assert_eq!(nearest((255, 0, 0)), 196);
    }
}
