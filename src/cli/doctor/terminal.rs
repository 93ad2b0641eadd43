//! The terminal: size, colours, signs, clipboard. Told from the environment; nothing is asked of it.

use super::super::context::Context;
use super::finding;
use super::report::{Finding, State};
use crate::cli::standard::notes_are_seen;
use crate::cli::wizard;
use crate::tui::clipboard::Way;
use crate::tui::runtime::tmux_passes_on;
use crate::tui::terminal::{Terminal, TerminalError};
use crate::tui::theme::Depth;
use crate::tui::theme::glyphs::Glyphs;

const PART: &str = "terminal";

/// Looks at it.
pub fn look(cx: &Context) -> Vec<Finding> {
    let term = wizard::variable("TERM");
    let mut found = vec![program(), screen(term.as_deref())];
    if cx.out.is_terminal() {
        found.push(size());
    }
    found.push(colours(cx));
    found.push(signs(cx));
    found.extend([clipboard(cx), mouse(cx), links(cx)]);
    found
}

fn program() -> Finding {
    let (os, arch) = (std::env::consts::OS, std::env::consts::ARCH);
    let zone = jiff::tz::TimeZone::system();
    let zone = zone.iana_name().unwrap_or("UTC").to_owned();
    let version = env!("CARGO_PKG_VERSION");
    finding(PART, "hublink", State::Fine, format!("{version} on {os} {arch}, times in {zone}"))
}

fn screen(term: Option<&str>) -> Finding {
    let term = term.unwrap_or("(not set)");
    match Terminal::check(Some(term)) {
        Ok(()) => finding(PART, "screen", State::Fine, format!("TERM={term}")),
        Err(error @ TerminalError::None) => {
            let told = "standard input or output is a pipe";
            let found = finding(PART, "screen", State::Look, told);
            if notes_are_seen() { found } else { found.remedy(error.to_string()) }
        }
        Err(error) => {
            finding(PART, "screen", State::Look, format!("TERM={term}")).remedy(error.to_string())
        }
    }
}

fn size() -> Finding {
    let (columns, rows) = Terminal::size();
    let told = format!("{columns} columns, {rows} rows");
    if columns < 40 || rows < 10 {
        return finding(PART, "size", State::Wrong, told)
            .remedy("Make the window larger: the wizard needs 40x10, and is whole from 80x24 on.");
    }
    if columns < 60 || rows < 24 {
        return finding(PART, "size", State::Look, told)
            .remedy("The wizard shows one pane at a time here; it is whole from 80x24 on.");
    }
    finding(PART, "size", State::Fine, told)
}

fn colours(cx: &Context) -> Finding {
    let (depth, words) = match wizard::depth(&cx.settings) {
        depth @ Depth::None => (depth, "none"),
        depth @ (Depth::Sixteen | Depth::Console) => (depth, "the sixteen of your palette"),
        depth @ Depth::Many => (depth, "256"),
        depth @ Depth::True => (depth, "all"),
    };
    let theme = match wizard::wardrobe(&cx.settings) {
        Ok(wardrobe) => wardrobe.chosen().unwrap_or("by the terminal's ground").to_owned(),
        Err(error) => {
            return finding(PART, "colours", State::Wrong, error.text().trim_end())
                .remedy("Choose another: `hublink themes` lists them.");
        }
    };
    let found = finding(PART, "colours", State::Fine, format!("{words}, theme {theme}"));
    let asked = wizard::variable("NO_COLOR").is_some_and(|value| !value.is_empty());
    match depth {
        Depth::None if asked => found.remedy("NO_COLOR is set; every state is told in words too."),
        _ => found,
    }
}

fn signs(cx: &Context) -> Finding {
    match wizard::glyphs(&cx.settings) {
        Glyphs::Unicode => finding(PART, "signs", State::Fine, "all"),
        Glyphs::Ascii => {
            finding(PART, "signs", State::Fine, "of ASCII alone; letters of all scripts")
        }
        Glyphs::AsciiOnly => {
            finding(PART, "signs", State::Look, "the locale is not UTF-8: other letters are `?`")
                .remedy("Set LANG to a UTF-8 locale, such as C.UTF-8.")
        }
    }
}

fn clipboard(cx: &Context) -> Finding {
    let set = |name| wizard::variable(name).is_some_and(|value| !value.is_empty());
    let found = |state, told: &str| finding(PART, "clipboard", state, told);
    let kept = "y also shows the text when it is pressed again, to be selected.";
    match Way::detect(cx.settings.clipboard, wizard::variable) {
        Way::Terminal if set("SSH_CONNECTION") || set("SSH_TTY") => {
            found(State::Fine, "y copies through the terminal (OSC 52), also over this SSH session")
        }
        Way::Terminal => found(State::Fine, "y copies through the terminal (OSC 52)"),
        Way::Tmux => match tmux_passes_on() {
            Some(true) => found(State::Fine, "y copies through tmux (OSC 52)"),
            Some(false) => found(State::Look, "tmux keeps what y copies to itself").remedy(
                format!("`tmux set -s set-clipboard on` lets it through to the terminal; {kept}"),
            ),
            None => {
                found(State::Look, "y copies through tmux, which does not say what it lets through")
                    .remedy(format!("See `tmux show -s set-clipboard`; {kept}"))
            }
        },
        Way::Screen => found(State::Fine, "y copies through screen (OSC 52)").remedy(kept),
        Way::None(why) => {
            found(State::Look, why.words()).remedy("y shows the text, to be selected.")
        }
    }
}

fn mouse(cx: &Context) -> Finding {
    let told = if wizard::mouse(&cx.settings) {
        "chooses and scrolls in the wizard; F6 gives selecting back"
    } else {
        "selects text; F6 in the wizard, `mouse = true` or --mouse makes it choose"
    };
    finding(PART, "mouse", State::Fine, told)
}

fn links(cx: &Context) -> Finding {
    let told = if wizard::can(&cx.settings).links {
        "web addresses can be clicked (OSC 8)"
    } else {
        "web addresses are plain text; `links = true` makes links of them"
    };
    finding(PART, "links", State::Fine, told)
}
