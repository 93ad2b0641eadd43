//! The way to a clipboard: the terminal's own (OSC 52), also from within tmux and screen.
//!
//! Owns what is written for it, and where it is known that nobody would take it. Must not ask.

use crossterm::clipboard::CopyToClipboard;

/// How a text gets into a clipboard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Way {
    /// The terminal takes it.
    #[default]
    Terminal,
    /// tmux does, or hands it on.
    Tmux,
    /// screen hands it on.
    Screen,
    /// There is none.
    None(NoClipboard),
}

/// Why a text is in no clipboard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoClipboard {
    /// The operator wants none.
    Off,
    /// The console of the system has none.
    Console,
    /// A terminal that is known to take no text from a program.
    Terminal,
    /// tmux keeps it from the terminal.
    Tmux,
}

/// screen takes no more than this of what it hands on, at once.
const SCREEN_MOST: usize = 512;

impl Way {
    /// From what the operator wants and from the environment.
    pub fn detect(wanted: Option<bool>, variable: impl Fn(&str) -> Option<String>) -> Self {
        let set = |name| variable(name).is_some_and(|value| !value.is_empty());
        let term = variable("TERM").unwrap_or_default();
        if wanted == Some(false) {
            Self::None(NoClipboard::Off)
        } else if set("TMUX") {
            Self::Tmux
        } else if set("STY") || term.starts_with("screen") {
            Self::Screen
        } else if matches!(term.as_str(), "linux" | "cons25" | "wsvt25") {
            Self::None(NoClipboard::Console)
        } else if variable("TERM_PROGRAM").as_deref() == Some("Apple_Terminal") {
            Self::None(NoClipboard::Terminal)
        } else {
            Self::Terminal
        }
    }

    /// What is written to put a text there. For tmux it is written both ways: it takes the one where
    /// `set-clipboard` is on, and hands on the other where `allow-passthrough` is.
    pub fn bytes(self, text: &str) -> Vec<u8> {
        let mut plain = String::new();
        // Writing into memory cannot fail.
        let _ =
            crossterm::Command::write_ansi(&CopyToClipboard::to_clipboard_from(text), &mut plain);
        match self {
            Self::None(_) => Vec::new(),
            Self::Terminal => plain.into_bytes(),
            Self::Tmux => {
                let handed_on = plain.replace('\x1b', "\x1b\x1b");
                format!("{plain}\x1bPtmux;{handed_on}\x1b\\").into_bytes()
            }
            Self::Screen => {
                // Within it the end of what is handed on may not stand: it ends with a bell.
                let inner = plain.replace("\x1b\\", "\x07");
                let mut out = Vec::new();
                for piece in inner.as_bytes().chunks(SCREEN_MOST) {
                    out.extend_from_slice(b"\x1bP");
                    out.extend_from_slice(piece);
                    out.extend_from_slice(b"\x1b\\");
                }
                out
            }
        }
    }
}

impl NoClipboard {
    /// Why, and what to do.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Off => {
                "The clipboard is switched off here (clipboard = false or --no-clipboard)."
            }
            Self::Console => "This console has no clipboard.",
            Self::Terminal => "This terminal takes no text from a program.",
            Self::Tmux => {
                "tmux keeps it to itself: `tmux set -s set-clipboard on` lets it through to the \
                 terminal's clipboard."
            }
        }
    }
}

/// What tmux says of itself, `set-clipboard allow-passthrough`: whether it lets a text through. One
/// from before `allow-passthrough` knows no such word and hands on everything.
pub fn tmux_lets_through(said: &str) -> bool {
    let mut words = said.trim_end_matches('\n').split(' ');
    let (clipboard, passes) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    // Versions differ in how they tell a choice: by its word, or by a number.
    matches!(clipboard, "on" | "2") || !matches!(passes, "off" | "0")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_to_a_clipboard_is_told_by_the_environment() {
        let detect = |wanted, set: &[(&str, &str)]| {
            let known: Vec<(String, String)> =
                set.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
            Way::detect(wanted, |name| {
                known.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone())
            })
        };
        let xterm = ("TERM", "xterm-256color");
        assert_eq!(detect(None, &[xterm]), Way::Terminal);
        assert_eq!(detect(None, &[xterm, ("SSH_TTY", "/dev/pts/1")]), Way::Terminal);
        assert_eq!(detect(None, &[("TERM", "screen"), ("TMUX", "/tmp/x,1,0")]), Way::Tmux);
        assert_eq!(detect(None, &[("TERM", "screen.xterm-256color")]), Way::Screen);
        assert_eq!(detect(None, &[xterm, ("STY", "1.pts")]), Way::Screen);
        assert_eq!(detect(None, &[("TERM", "linux")]), Way::None(NoClipboard::Console));
        let apple = ("TERM_PROGRAM", "Apple_Terminal");
        assert_eq!(detect(None, &[xterm, apple]), Way::None(NoClipboard::Terminal));
        assert_eq!(detect(Some(false), &[xterm]), Way::None(NoClipboard::Off));
        assert_eq!(detect(Some(true), &[xterm]), Way::Terminal);
    }

    #[test]
    fn a_text_is_wrapped_for_what_stands_between() {
        assert_eq!(Way::Terminal.bytes("hi"), b"\x1b]52;c;aGk=\x1b\\");
        let tmux = b"\x1b]52;c;aGk=\x1b\\\x1bPtmux;\x1b\x1b]52;c;aGk=\x1b\x1b\\\x1b\\";
        assert_eq!(Way::Tmux.bytes("hi"), tmux);
        assert_eq!(Way::Screen.bytes("hi"), b"\x1bP\x1b]52;c;aGk=\x07\x1b\\");
        assert!(Way::None(NoClipboard::Console).bytes("hi").is_empty());
        let long = Way::Screen.bytes(&"x".repeat(3_000));
        let pieces: Vec<&[u8]> = long.split(|byte| *byte == b'P').collect();
        assert!(pieces.len() > 7 && pieces.iter().all(|piece| piece.len() < 768));
    }

    #[test]
    fn tmux_lets_through_what_it_is_told_to() {
        for (said, through) in [
            ("external off\n", false),
            ("off off\n", false),
            ("on off\n", true),
            ("external on\n", true),
            ("external all\n", true),
            ("external \n", true),
            ("external 0\n", false),
            ("off 0\n", false),
            ("external 1\n", true),
        ] {
            assert_eq!(tmux_lets_through(said), through, "{said:?}");
        }
    }
}
