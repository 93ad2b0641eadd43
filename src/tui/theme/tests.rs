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

fn ratio_of(a: Color, b: Color) -> f64 {
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
            let ratio = ratio_of(theme.style(tone).fg.unwrap(), ground);
            assert!(ratio >= 4.5, "{name}: {tone:?} has a contrast of {ratio:.2}");
        }
        // What one writes can be read in a field, and the field seen on the ground.
        let field = theme.style(Tone::Field).bg.unwrap();
        for tone in [Tone::Text, Tone::Faint, Tone::Accent] {
            let ratio = ratio_of(theme.style(tone).fg.unwrap(), field);
            assert!(ratio >= 4.5, "{name}: {tone:?} has {ratio:.2} in a field");
        }
        assert!(ratio_of(field, ground) >= 1.05, "{name}: fields cannot be seen");
        let faint = ratio_of(theme.style(Tone::Faint).fg.unwrap(), ground);
        assert!(faint >= 4.5, "{name}: faint has a contrast of {faint:.2}");
    }
}

#[test]
fn unknown_and_missing_keys_and_colours_are_refused() {
    let parse = |text: &str| Theme::parse("mine", text, Depth::True).unwrap_err().to_string();
    let good = BUILT_IN[0].1;
    assert!(parse(&format!("{good}\nsparkle = \"#ffffff\"")).contains("sparkle"));
    assert!(parse("background = \"#000000\"").contains("missing field"));
    assert!(parse("inherits = \"neon\"").contains("neon, which there is not"));
    assert!(parse("inherits = 3").contains("name of a theme"));
    assert!(parse(&good.replace("\"#d5", "\"0x")).contains("is no colour"));
    let old = good.split("field ").next().unwrap();
    let old = Theme::parse("mine", old, Depth::True).unwrap();
    assert!(old.style(Tone::Field).add_modifier.contains(Modifier::UNDERLINED));
    assert!(matches!(Theme::built_in("neon", Depth::True), Err(ThemeError::Unknown(_))));
}

/// Grounds of terminals that many have: black, white, Solarized, editors, distributions.
const GROUNDS: [Rgb; 9] = [
    (0, 0, 0),
    (255, 255, 255),
    (0x1e, 0x1e, 0x1e),
    (0x28, 0x2c, 0x34),
    (0x30, 0x0a, 0x24),
    (0x00, 0x2b, 0x36),
    (0xfd, 0xf6, 0xe3),
    (0xf5, 0xf5, 0xf5),
    (0x80, 0x80, 0x80),
];

#[test]
fn every_text_of_every_theme_can_be_read_on_every_ground() {
    assert!(BUILT_IN.len() >= 8);
    let rgb = |colour| match colour {
        Color::Rgb(r, g, b) => Some((r, g, b)),
        Color::Indexed(n) => Some(super::depth::of_256(n)),
        _ => None,
    };
    let depths = [Depth::True, Depth::Many];
    let cases = GROUNDS.into_iter().flat_map(|ground| depths.map(|depth| (ground, depth)));
    for (name, _) in BUILT_IN {
        for (terminal, depth) in cases.clone() {
            let theme = Theme::built_in(name, depth).unwrap().on(terminal);
            let ground = rgb(theme.base().bg.unwrap()).unwrap_or(terminal);
            let field = rgb(theme.style(Tone::Field).bg.unwrap()).unwrap();
            for tone in [Tone::Text, Tone::Faint, Tone::Accent] {
                let ink = rgb(theme.style(tone).fg.unwrap()).unwrap();
                let ratio = super::contrast(ink, field);
                assert!(ratio >= READABLE, "{name}, {depth:?}: {tone:?} has {ratio:.2} in a field");
            }
            for tone in [
                Tone::Text,
                Tone::Muted,
                Tone::Faint,
                Tone::Accent,
                Tone::Done,
                Tone::Attention,
                Tone::Refused,
            ] {
                let ratio = super::contrast(rgb(theme.style(tone).fg.unwrap()).unwrap(), ground);
                let case = format!("{name} on {terminal:?} with {depth:?}");
                assert!(ratio >= READABLE, "{case}: {tone:?} has {ratio:.2}");
            }
        }
    }
}

#[test]
fn without_green_and_red_states_differ_for_who_sees_neither() {
    // Deuteranopia, after Viénot, Brettel and Mollon (1999), in linear light.
    let seen = |(r, g, b): Rgb| {
        let linear = |v: u8| (f64::from(v) / 255.0).powf(2.2);
        let (r, g, b) = (linear(r), linear(g), linear(b));
        let red_green = 0.292_75 * r + 0.707_25 * g;
        (red_green, -0.022_34 * r + 0.022_34 * g + b)
    };
    let theme = Theme::built_in("colour-blind", Depth::True).unwrap();
    let [.., done, attention, refused] = theme.inks.map(Option::unwrap).map(seen);
    for (a, b) in [(done, attention), (done, refused), (attention, refused)] {
        let far = (a.0 - b.0).hypot(a.1 - b.1);
        assert!(far > 0.2, "{a:?} and {b:?} are {far:.2} apart");
    }
}

#[test]
fn a_theme_inherits_what_it_does_not_say() {
    let text = "inherits = \"dark\"\naccent = \"#ffffff\"";
    let mine = Theme::parse("mine", text, Depth::True).unwrap();
    let dark = Theme::built_in("dark", Depth::True).unwrap();
    assert_eq!(mine.style(Tone::Text), dark.style(Tone::Text));
    assert_eq!(mine.style(Tone::Accent).fg, Some(Color::Rgb(255, 255, 255)));
    let own = |name: &str| (name == "a").then(|| "inherits = \"b\"".to_owned());
    let own = |name: &str| own(name).or_else(|| (name == "b").then(|| "inherits = \"a\"".into()));
    let round = Theme::parse_among("mine", "inherits = \"a\"", Depth::True, &own).unwrap_err();
    assert!(round.to_string().contains("itself"), "{round}");
    let namesake = |name: &str| (name == "dark").then(|| text.to_owned());
    assert!(Theme::parse_among("dark", text, Depth::True, &namesake).is_ok());
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
        let quiet = if name.starts_with("contrast") { Modifier::empty() } else { Modifier::DIM };
        assert_eq!(cell.modifier, quiet, "lines are quieter than text");
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
