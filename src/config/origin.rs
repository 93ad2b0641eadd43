//! Which layer said a setting: what `hublink doctor` tells beside every value.
//!
//! Owns the layers' names and the rule that the strongest one counts. Must not hold a secret.

use std::fmt;

use super::Layer;

/// Who says a setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// A flag of the command line.
    Flag(&'static str),
    /// The profile in use, in `config.toml`.
    Profile,
    /// A variable of the environment.
    Variable(&'static str),
    /// `config.toml`, outside any profile.
    File,
    /// `login` remembered it.
    Remembered,
}

impl Origin {
    pub(super) fn of_layer(layer: Layer) -> Self {
        match layer {
            Layer::File => Self::File,
            Layer::Environment => Self::Variable("HUBLINK_BACKEND"),
            Layer::Remembered => Self::Remembered,
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Flag(name) | Self::Variable(name) => name,
            Self::Profile => "the profile in config.toml",
            Self::File => "config.toml",
            Self::Remembered => "the last `hublink login --backend`",
        })
    }
}

/// A setting that was said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// Its name.
    pub name: &'static str,
    /// Its value; of a secret only that there is one.
    pub value: String,
    /// By whom.
    pub origin: Origin,
}

/// What was said so far.
#[derive(Debug, Default)]
pub(super) struct Origins(Vec<Said>);

impl Origins {
    /// The value of the first layer that has one; the strongest stands first.
    pub fn strongest<T: ToString>(
        &mut self,
        name: &'static str,
        layers: impl IntoIterator<Item = (Option<T>, Origin)>,
    ) -> Option<T> {
        let said = |(value, origin): (Option<T>, Origin)| Some((value?, origin));
        let (value, origin) = layers.into_iter().find_map(said)?;
        self.0.push(Said { name, value: without_password(&value.to_string()), origin });
        Some(value)
    }

    /// That there is a secret.
    pub fn secret(&mut self, name: &'static str, there: bool, origin: Origin) {
        if there {
            self.0.push(Said { name, value: "set, and never shown".to_owned(), origin });
        }
    }

    /// How many there are of something.
    pub fn count(&mut self, name: &'static str, count: usize, origin: Origin) {
        if count > 0 {
            let value = format!("{count} of your own");
            self.0.push(Said { name, value, origin });
        }
    }

    /// All that was said.
    pub fn into_vec(self) -> Vec<Said> {
        self.0
    }
}

/// A URL without the name and the password that it may hold.
fn without_password(text: &str) -> String {
    let Some((scheme, rest)) = text.split_once("://") else { return text.to_owned() };
    let (place, path) = rest.find(['/', '?', '#']).map_or((rest, ""), |at| rest.split_at(at));
    match place.rsplit_once('@') {
        Some((_, host)) => format!("{scheme}://…@{host}{path}"),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn i16_the_strongest_layer_is_told_and_no_password_with_it() {
        let mut said = Origins::default();
        let layers = [
            (None, Origin::Flag("--proxy")),
            (Some("http://fay:hunter2@proxy:3128/x".to_owned()), Origin::Profile),
            (Some("http://other".to_owned()), Origin::File),
        ];
        assert!(said.strongest("proxy", layers).is_some_and(|url| url.contains("hunter2")));
        said.secret("token", true, Origin::Variable("HUBLINK_TOKEN"));
        let said = said.into_vec();
        assert_eq!(said[0].value, "http://…@proxy:3128/x");
        assert_eq!((said[0].origin, said.len()), (Origin::Profile, 2));
        assert_eq!(without_password("https://hub.example/a@b"), "https://hub.example/a@b");
    }
}
