//! Web addresses that can be clicked (OSC 8): the terminals that are known to have them.
//!
//! Owns the list. What is a link is [`widget::links`](super::widget::links)' to say.

/// Within tmux from this version on: it keeps links, and leaves them out where the terminal has none.
const TMUX: (u32, u32) = (3, 4);
/// The first libvte that has them, as `VTE_VERSION` counts.
const VTE: u32 = 5_000;

/// Whether the terminal is known to have them; the operator's word counts before.
pub fn work(wanted: Option<bool>, variable: impl Fn(&str) -> Option<String>) -> bool {
    if let Some(wanted) = wanted {
        return wanted;
    }
    let told = |name| variable(name).unwrap_or_default();
    let (term, program) = (told("TERM"), told("TERM_PROGRAM"));
    if !told("TMUX").is_empty() {
        return program == "tmux" && version(&told("TERM_PROGRAM_VERSION")) >= Some(TMUX);
    }
    if !told("STY").is_empty() || term.starts_with("screen") || term.starts_with("tmux") {
        return false;
    }
    let named = matches!(program.as_str(), "iTerm.app" | "WezTerm" | "vscode" | "ghostty");
    let terms = ["xterm-kitty", "xterm-ghostty", "foot", "alacritty", "wezterm", "contour"];
    let vte = told("VTE_VERSION").parse().is_ok_and(|version: u32| version >= VTE);
    named
        || terms.iter().any(|known| term.starts_with(known))
        || vte
        || !told("WT_SESSION").is_empty()
}

/// `3.4`, `3.5a`, `next-3.6`.
fn version(text: &str) -> Option<(u32, u32)> {
    let (major, minor) = text.trim_start_matches("next-").split_once('.')?;
    let minor = minor.trim_end_matches(|c: char| !c.is_ascii_digit());
    Some((major.parse().ok()?, minor.parse().ok()?))
}

#[cfg(test)]
mod tests {
    #[test]
    fn links_are_made_where_they_are_known_to_work() {
        let work = |set: &[(&str, &str)]| {
            super::work(None, |name| {
                set.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
            })
        };
        assert!(work(&[("TERM", "xterm-kitty")]) && work(&[("TERM", "foot-direct")]));
        assert!(work(&[("TERM", "xterm-256color"), ("VTE_VERSION", "7600")]));
        assert!(work(&[("TERM", "xterm-256color"), ("TERM_PROGRAM", "iTerm.app")]));
        let tmux = |version| {
            let program = ("TERM_PROGRAM", "tmux");
            work(&[
                ("TMUX", "x"),
                program,
                ("TERM_PROGRAM_VERSION", version),
                ("VTE_VERSION", "7600"),
            ])
        };
        assert!(tmux("3.4") && tmux("3.5a") && tmux("next-3.6") && !tmux("3.3a") && !tmux(""));
        assert!(!work(&[("TERM", "xterm-256color")]), "nobody knows");
        assert!(!work(&[("TERM", "screen"), ("VTE_VERSION", "7600")]));
        assert!(!work(&[("TERM", "linux")]) && !work(&[("VTE_VERSION", "4999")]));
        assert!(!super::work(Some(false), |_| Some("xterm-kitty".to_owned())));
        assert!(super::work(Some(true), |_| None));
    }
}
