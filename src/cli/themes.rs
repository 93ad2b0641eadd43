//! `hublink themes`: the themes there are, in their own colours, and the one in use.

mod ground;

use super::context::Context;
use super::exit::Failure;
use super::grid::{Cell, Column};
use super::output::Format;
use super::wizard::{depth, own_themes, wardrobe};
use crate::domain::untrusted::Untrusted;
use crate::tui::theme::{BUILT_IN, Depth, Theme};

#[derive(serde::Serialize)]
struct Choice {
    name: String,
    /// Chosen, or taken by itself on this terminal.
    in_use: bool,
    /// When it is taken by itself.
    by_itself: Option<&'static str>,
    source: String,
    problem: Option<String>,
    #[serde(skip)]
    sample: Option<String>,
}

const COLUMNS: &[Column<Choice>] = &[
    Column { name: "name", cell: |theme| Cell::plain_text(&theme.name) },
    Column { name: "in_use", cell: |theme| Cell::yes_no(theme.in_use) },
    Column { name: "by_itself", cell: |theme| Cell::maybe(theme.by_itself, Cell::Word) },
    Column { name: "source", cell: |theme| Cell::plain_text(&theme.source) },
    Column {
        name: "problem",
        cell: |theme| Cell::maybe(theme.problem.as_deref(), Cell::plain_text),
    },
];

/// Lists those compiled in and the user's own files, with what is wrong with them.
///
/// # Errors
/// That the output could not be written.
pub fn run(cx: &mut Context) -> Result<(), Failure> {
    let depth = depth(&cx.settings);
    let chosen = cx.settings.theme.clone().filter(|name| name != "auto");
    let asks = cx.out.is_terminal() && cx.out.format() == Format::Table;
    // Without colours none is worn, and one that was chosen may be broken: the list tells why.
    let mut worn = wardrobe(&cx.settings).ok().filter(|all| !all.is_empty());
    if let Some(worn) = worn.as_mut().filter(|_| asks && chosen.is_none()) {
        worn.stands_on(ground::ask());
    }
    let in_use = worn.map(|worn| worn.theme().name);
    let own = own_themes(&cx.settings, if depth == Depth::None { Depth::True } else { depth });
    let by_itself = |name: &str| match (&chosen, name) {
        (None, "dark") => Some("on a dark terminal"),
        (None, "light") => Some("on a light terminal"),
        _ => None,
    };
    let sample = |theme: Option<&Theme>| theme.filter(|_| depth != Depth::None).map(Theme::sample);
    let choice = |name: &str, source: String| Choice {
        in_use: in_use.as_deref() == Some(name),
        by_itself: by_itself(name),
        name: name.to_owned(),
        source,
        problem: None,
        sample: None,
    };
    let mut all: Vec<Choice> = Vec::new();
    for (name, _) in BUILT_IN {
        let theme = Theme::built_in(name, depth).ok();
        all.push(Choice { sample: sample(theme.as_ref()), ..choice(name, "built in".into()) });
    }
    let dir = cx.settings.paths.themes_dir();
    for (name, theme) in own {
        let source = dir.join(format!("{name}.toml")).display().to_string();
        let made = Choice { sample: sample(theme.as_ref().ok()), ..choice(&name, source) };
        all.push(Choice { problem: theme.err(), ..made });
    }
    if cx.out.format() == Format::Table && cx.out.is_terminal() && depth != Depth::None {
        return cx.out.coloured(&samples(&all));
    }
    cx.out.list(all.iter(), COLUMNS)
}

fn shown(text: &str) -> String {
    Untrusted::new(text).shown().to_string()
}

/// A line for each, in its own colours.
fn samples(all: &[Choice]) -> String {
    let width = all.iter().map(|choice| shown(&choice.name).chars().count()).max().unwrap_or(0);
    let line = |choice: &Choice| {
        let mark = if choice.in_use { ">" } else { " " };
        // The colours of a sample are ours; a file's name and what is wrong with it are not.
        let words = choice.problem.as_deref().or(choice.by_itself).unwrap_or_default();
        let words = shown(words.lines().next().unwrap_or_default());
        let sample = choice.sample.as_deref().unwrap_or_default();
        format!("{mark} {:width$} {sample} {words}", shown(&choice.name)).trim_end().to_owned()
            + "\n"
    };
    let lines: String = all.iter().map(line).collect();
    format!(
        "{lines}\n> is in use. `theme = \"NAME\"` in the file of `hublink paths` chooses one.\n\
         In the wizard, : and themes tries them.\n"
    )
}
