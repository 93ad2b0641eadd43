//! Sixteen colours: which of the terminal's own stands for a theme's, on which ground.
//!
//! Owns the choice. The six colours are what they are called in every palette; the bright ones are
//! not (Solarized has its greys there), but for the bright red, which is an orange at the least.

use ratatui::style::{Color, Modifier};

use super::light::{Rgb, contrast};
use super::{Theme, Tone};

/// From this contrast of the quietest words on, nothing of a theme is dimmed.
const LOUD: f64 = 10.0;
/// With less between its parts a colour is a grey.
const GREY: u8 = 24;

/// The one that stands for a colour: none for a grey, cyan for a blue, else the usual one.
pub(super) fn of(rgb: Option<Rgb>, usual: Color) -> Color {
    let Some((r, g, b)) = rgb else { return usual };
    let (most, least) = (r.max(g).max(b), r.min(g).min(b));
    match most - least {
        0..GREY => Color::Reset,
        _ if most == b => Color::Cyan,
        _ => usual,
    }
}

/// Whether a theme has its quietest words loud: who chose it needs the contrast.
pub(super) fn is_loud(inks: &[Option<Rgb>; 7]) -> bool {
    let [Some(text), _, Some(faint), ..] = inks else { return false };
    let ground =
        if contrast(*text, (0, 0, 0)) > contrast(*text, (255, 255, 255)) { 0 } else { 255 };
    contrast(*faint, (ground, ground, ground)) >= LOUD
}

/// A theme on a ground that is known to be light or dark. On white the bright hues cannot be read:
/// blue stands for cyan there, and words in bold for green and yellow. On black it is the dark red.
pub(super) fn on(mut theme: Theme, light: bool) -> Theme {
    for style in &mut theme.styles {
        match (style.fg, light) {
            (Some(Color::Cyan), true) => style.fg = Some(Color::Blue),
            (Some(Color::Red), false) => style.fg = Some(Color::LightRed),
            _ => {}
        }
    }
    if light {
        for tone in [Tone::Done, Tone::Attention] {
            let style = &mut theme.styles[tone as usize];
            if matches!(style.fg, Some(Color::Green | Color::Yellow)) {
                *style = style.fg(Color::Reset).add_modifier(Modifier::BOLD);
            }
        }
    }
    theme
}

#[cfg(test)]
mod tests {
    use super::super::{BUILT_IN, Depth};
    use super::*;

    /// xterm's sixteen.
    const XTERM: [(Color, Rgb); 7] = [
        (Color::Cyan, (0, 205, 205)),
        (Color::Green, (0, 205, 0)),
        (Color::Yellow, (205, 205, 0)),
        (Color::Red, (205, 0, 0)),
        (Color::LightRed, (255, 0, 0)),
        (Color::Blue, (0, 0, 238)),
        (Color::Reset, (0, 0, 0)),
    ];

    #[test]
    fn of_sixteen_colours_those_are_taken_that_can_be_read() {
        for (name, _) in BUILT_IN {
            for ground in [(0, 0, 0), (255, 255, 255)] {
                let theme = Theme::built_in(name, Depth::Sixteen).unwrap().on(ground);
                for colour in theme.styles.iter().filter_map(|style| style.fg) {
                    let (_, rgb) = XTERM.iter().find(|(known, _)| *known == colour).unwrap();
                    let ratio = contrast(*rgb, ground);
                    let fine = colour == Color::Reset || ratio >= super::super::READABLE;
                    assert!(fine, "{name} on {ground:?}: {colour:?} has {ratio:.2}");
                }
            }
        }
    }

    #[test]
    fn a_theme_of_dark_words_stands_on_a_light_ground_also_where_nobody_knows_it() {
        for (name, _) in BUILT_IN {
            let theme = Theme::built_in(name, Depth::Sixteen).unwrap();
            let light = matches!(name, "light" | "contrast-light" | "solarized-light" | "paper");
            let known = if light { theme.clone().on((255, 255, 255)) } else { theme.clone() };
            assert_eq!(theme.on_its_own().styles, known.styles, "{name}");
        }
    }

    #[test]
    fn who_sees_no_green_gets_none_and_greys_are_no_colours() {
        let fg = |name, tone| Theme::built_in(name, Depth::Sixteen).unwrap().style(tone).fg;
        assert_eq!(fg("colour-blind", Tone::Done), Some(Color::Cyan));
        assert_eq!(fg("dark", Tone::Done), Some(Color::Green));
        for tone in [Tone::Accent, Tone::Done, Tone::Attention, Tone::Refused] {
            assert_eq!(fg("mono", tone), Some(Color::Reset));
        }
        let faint =
            |name| Theme::built_in(name, Depth::Sixteen).unwrap().style(Tone::Faint).add_modifier;
        assert!(!faint("contrast-dark").contains(Modifier::DIM));
        assert!(!faint("contrast-light").contains(Modifier::DIM));
        assert!(faint("dark").contains(Modifier::DIM));
        // Seen on a real one: what is dim there is bright black.
        let console = Theme::built_in("dark", Depth::Console).unwrap();
        assert!(!console.style(Tone::Faint).add_modifier.contains(Modifier::DIM));
    }
}
