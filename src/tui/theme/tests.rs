//! Themes are complete, refuse what they do not know, and can be read.

use super::*;

/// Stands for the terminal's own ground, on which only a dark theme may rely, such as an
/// editor's.
const DARK_GROUND: Color = Color::Rgb(0x1e, 0x1e, 0x1e);

/// WCAG relative luminance.
fn luminance(colour: Color) -> f64 {
    let colour = if colour == Color::Reset { DARK_GROUND } else { colour };
    let Color::Rgb(r, g, b) = colour else { panic!("a theme colour is RGB") };
    let part = |v: u8| {
        let v = f64::from(v) / 255.0;
        if v <= 0.040_45 { v / 12.92 } else { ((v + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b)
}

fn contrast(a: Color, b: Color) -> f64 {
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

#[test]
fn text_can_be_read_on_its_ground() {
    for (name, _) in BUILT_IN {
        let theme = Theme::built_in(name, Depth::True).unwrap();
        let ground = theme.base().bg.unwrap();
        for tone in [
            Tone::Text,
            Tone::Strong,
            Tone::Muted,
            Tone::Accent,
            Tone::Title,
            Tone::Key,
            Tone::Done,
            Tone::Attention,
            Tone::Refused,
        ] {
            let ratio = contrast(theme.style(tone).fg.unwrap(), ground);
            assert!(ratio >= 4.5, "{name}: {tone:?} has a contrast of {ratio:.2}");
        }
        // What one writes can be read in a field, and the field seen on the ground.
        let field = theme.style(Tone::Field).bg.unwrap();
        for tone in [Tone::Text, Tone::Faint, Tone::Accent] {
            let least = if tone == Tone::Faint { 2.5 } else { 4.5 };
            let ratio = contrast(theme.style(tone).fg.unwrap(), field);
            assert!(ratio >= least, "{name}: {tone:?} has {ratio:.2} in a field");
        }
        assert!(contrast(field, ground) >= 1.05, "{name}: fields cannot be seen");
        let faint = contrast(theme.style(Tone::Faint).fg.unwrap(), ground);
        assert!(faint >= 3.0, "{name}: faint has a contrast of {faint:.2}");
    }
}

#[test]
fn unknown_and_missing_keys_and_colours_are_refused() {
    let parse = |text: &str| Theme::parse("mine", text, Depth::True).unwrap_err().to_string();
    let good = BUILT_IN[0].1;
    assert!(parse(&format!("{good}\nsparkle = \"#ffffff\"")).contains("sparkle"));
    assert!(parse("background = \"#000000\"").contains("missing field"));
    assert!(parse(&good.replace("\"#d5", "\"0x")).contains("is no colour"));
    let old = good.split("field ").next().unwrap();
    let old = Theme::parse("mine", old, Depth::True).unwrap();
    assert!(old.style(Tone::Field).add_modifier.contains(Modifier::UNDERLINED));
    assert!(matches!(Theme::built_in("neon", Depth::True), Err(ThemeError::Unknown(_))));
}

#[test]
fn of_sixteen_colours_none_is_the_ground_of_some_palette() {
    for (name, _) in BUILT_IN {
        let theme = Theme::built_in(name, Depth::Sixteen).unwrap();
        assert_eq!(theme.base(), Style::new().fg(Color::Reset).bg(Color::Reset));
        for style in theme.styles {
            // Solarized has its grounds in black, white and their bright ones, its greys in the
            // other bright ones; the six colours are what they are called everywhere.
            let fit = [Color::Reset, Color::Cyan, Color::Green, Color::Yellow, Color::Red];
            assert!(style.fg.is_none_or(|colour| fit.contains(&colour)), "{name}: {style:?}");
            assert!(style.bg.is_none_or(|colour| colour == Color::Reset), "{name}: {style:?}");
        }
        let mut cell = ratatui::buffer::Cell::new("x");
        cell.set_style(theme.style(Tone::Faint));
        assert_eq!(cell.modifier, Modifier::DIM, "lines are quieter than text");
        cell.set_style(theme.style(Tone::Strong));
        assert_eq!(cell.modifier, Modifier::BOLD, "and what is written over them is not");
    }
}

#[test]
fn without_colours_bold_and_reverse_remain() {
    let theme = Theme::built_in("dark", Depth::None).unwrap();
    assert_eq!(theme.base(), Style::new().fg(Color::Reset).bg(Color::Reset));
    assert!(theme.style(Tone::Strong).add_modifier.contains(Modifier::BOLD));
    assert!(theme.style(Tone::Caret).add_modifier.contains(Modifier::REVERSED));
    assert!(theme.style(Tone::Field).add_modifier.contains(Modifier::UNDERLINED));
}
