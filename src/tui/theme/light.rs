//! Light and dark: the contrast of two colours, and what the terminal says of its ground.
//!
//! Owns WCAG's numbers. Must not know a theme.

/// Red, green and blue.
pub type Rgb = (u8, u8, u8);

/// WCAG AA for text: at least so much contrast.
pub const READABLE: f64 = 4.5;
/// The ground of a dark theme that names none.
pub(super) const DARK: Rgb = (0x14, 0x17, 0x1c);
/// The ground of a light theme that names none.
pub(super) const LIGHT: Rgb = (0xfa, 0xf9, 0xf6);

/// WCAG's relative luminance, from 0 for black to 1 for white.
fn luminance((r, g, b): Rgb) -> f64 {
    let part = |v: u8| {
        let v = f64::from(v) / 255.0;
        if v <= 0.040_45 { v / 12.92 } else { ((v + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b)
}

/// WCAG's contrast of two colours, from 1 to 21.
pub fn contrast(a: Rgb, b: Rgb) -> f64 {
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

/// Whether dark text is read better on it than light text.
pub fn is_light(ground: Rgb) -> bool {
    contrast(ground, (0, 0, 0)) > contrast(ground, (255, 255, 255))
}

/// What a terminal answers to the question for its ground: `11;rgb:RRRR/GGGG/BBBB`.
pub fn answered(words: &[u8]) -> Option<Rgb> {
    let text = std::str::from_utf8(words).ok()?.strip_prefix("11;")?;
    let parts = text.strip_prefix("rgb:").or_else(|| text.strip_prefix("rgba:"))?;
    let mut parts = parts.split('/').map(|digits| {
        let most: u32 = match digits.len() {
            1 => 0xf,
            2 => 0xff,
            3 => 0xfff,
            4 => 0xffff,
            _ => return None,
        };
        let value = u32::from_str_radix(digits, 16).ok()?;
        u8::try_from(value * 255 / most).ok()
    });
    let mut next = || parts.next().flatten();
    Some((next()?, next()?, next()?))
}

/// The ground that `COLORFGBG` (`15;0`, `0;default;15`) tells, until the terminal itself does.
pub fn guessed(colorfgbg: &str) -> Option<Rgb> {
    match colorfgbg.rsplit(';').next()?.parse().ok()? {
        0..=6 | 8 => Some((0, 0, 0)),
        7 | 9..=15 => Some((255, 255, 255)),
        16_u8.. => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn black_and_white_are_as_far_apart_as_wcag_says() {
        assert!((contrast((0, 0, 0), (255, 255, 255)) - 21.0).abs() < 0.01);
        assert!(is_light((0xfd, 0xf6, 0xe3)) && !is_light((0, 0x2b, 0x36)));
    }

    #[test]
    fn the_environment_tells_light_from_dark() {
        for (told, light) in
            [("15;0", Some(false)), ("0;15", Some(true)), ("0;default;7", Some(true))]
        {
            assert_eq!(guessed(told).map(is_light), light, "{told}");
        }
        for told in ["", "default;default", "0;300", "0;16"] {
            assert_eq!(guessed(told), None, "{told}");
        }
    }

    #[test]
    fn the_answers_of_terminals_are_read() {
        for (words, want) in [
            ("11;rgb:ffff/ffff/ffff", Some((255, 255, 255))),
            ("11;rgb:00/2b/36", Some((0, 0x2b, 0x36))),
            ("11;rgb:f/f/0", Some((255, 255, 0))),
            ("11;rgba:1e1e/1e1e/1e1e/ffff", Some((0x1e, 0x1e, 0x1e))),
            ("10;rgb:00/00/00", None),
            ("11;?", None),
            ("11;rgb:1/2", None),
            ("11;rgb:/1/2", None),
            ("11;rgb:123456789abc/1/2", None),
            ("11;rgb:fffffff/1/2", None),
            ("52;c;aGk=", None),
        ] {
            assert_eq!(answered(words.as_bytes()), want, "{words}");
        }
    }
}
