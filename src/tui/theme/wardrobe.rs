//! The themes there are, and which one is worn: the one that was chosen, else by the ground.
//!
//! Owns the choice. Must not read files.

use super::light::{Rgb, is_light};
use super::{BUILT_IN, Depth, Theme};

/// The themes, and what is known for choosing one.
#[derive(Debug, Clone)]
pub struct Wardrobe {
    themes: Vec<Theme>,
    /// The operator's choice.
    chosen: Option<String>,
    /// The terminal's ground, once it was told.
    ground: Option<Rgb>,
    /// The terminal was asked for it, and has said nothing.
    silent: bool,
}

impl Wardrobe {
    /// The built-in themes, those of the operator's own in place of their namesakes or behind them.
    pub fn new(own: &[Theme], chosen: Option<String>, depth: Depth) -> Self {
        if depth == Depth::None {
            return Self { themes: Vec::new(), chosen: None, ground: None, silent: false };
        }
        let built_in =
            BUILT_IN.into_iter().filter(|(name, _)| own.iter().all(|one| one.name != *name));
        let built_in = built_in.filter_map(|(name, _)| Theme::built_in(name, depth).ok());
        let themes: Vec<Theme> = built_in.chain(own.iter().cloned()).collect();
        Self { themes, chosen, ground: None, silent: false }
    }

    /// Whether there is anything to choose: without colours there is not.
    pub fn is_empty(&self) -> bool {
        self.themes.is_empty()
    }

    /// The names of all.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.themes.iter().map(|theme| theme.name.as_str())
    }

    /// The operator's choice; nothing: the terminal's ground decides.
    pub fn chosen(&self) -> Option<&str> {
        self.chosen.as_deref()
    }

    /// Chooses one; nothing leaves it to the ground.
    pub fn choose(&mut self, name: Option<String>) {
        self.chosen = name;
    }

    /// The terminal has told its ground, or has not: what was known before still holds then.
    pub fn stands_on(&mut self, ground: Option<Rgb>) {
        self.ground = ground.or(self.ground);
        self.silent = self.ground.is_none();
    }

    /// The theme that is worn; one without colours where there is none.
    pub fn theme(&self) -> Theme {
        let by_ground = if self.ground.is_some_and(is_light) { "light" } else { "dark" };
        let wanted = self.chosen.as_deref().unwrap_or(by_ground);
        let found = self.themes.iter().find(|theme| theme.name == wanted);
        let theme = found.or(self.themes.first()).cloned().unwrap_or_else(Theme::plain);
        match self.ground {
            Some(ground) => theme.on(ground),
            None if self.silent => theme.on_its_own(),
            None => theme,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ratatui::style::Color;

    #[test]
    fn the_ground_decides_where_nobody_chose() {
        let mut all = Wardrobe::new(&[], None, Depth::True);
        assert_eq!(all.theme().name, "dark");
        all.stands_on(Some((255, 255, 255)));
        assert_eq!(all.theme().name, "light");
        all.stands_on(None);
        assert_eq!(all.theme().name, "light", "what was told holds");
        all.choose(Some("dusk".to_owned()));
        assert_eq!(all.theme().name, "dusk");
        assert!(Wardrobe::new(&[], None, Depth::None).is_empty());
    }

    #[test]
    fn on_a_terminal_that_does_not_tell_its_ground_a_theme_brings_its_own() {
        let mut all = Wardrobe::new(&[], None, Depth::True);
        assert_eq!(all.theme().base().bg, Some(Color::Reset), "before the terminal could answer");
        all.stands_on(None);
        assert_eq!(all.theme().base().bg, Some(Color::Rgb(0x14, 0x17, 0x1c)));
        all.stands_on(Some((0, 0, 0)));
        assert_eq!(all.theme().base().bg, Some(Color::Reset), "a late answer is taken");
    }
}
