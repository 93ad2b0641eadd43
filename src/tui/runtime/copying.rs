//! Copying, and asking tmux whether it hands a copy on.
//!
//! Owns the one program that is run for it, on a thread of its own: a key never waits for it.

use std::process::{Command, Stdio};

use super::{Letter, Runtime};
use crate::domain::untrusted::Shown;
use crate::tui::clipboard::{NoClipboard, Way, tmux_lets_through};
use crate::tui::msg::Msg;

impl Runtime {
    /// Puts text into a clipboard; where it does not get there, the app is told.
    pub(super) fn copy(&mut self, text: Shown) {
        let way = self.terminal.clipboard();
        if let Way::None(why) = way {
            return self.update(Msg::NotCopied { text, why });
        }
        if self.terminal.copy(&text).is_err() {
            return self.lost();
        }
        if way == Way::Tmux {
            let letters = self.letters.clone();
            let ask = move || {
                if tmux_passes_on() == Some(false) {
                    let why = NoClipboard::Tmux;
                    // When the program is over, nobody is to be told.
                    let _ = letters.send(Letter::Msg(Msg::NotCopied { text, why }));
                }
            };
            // Without a thread nobody is asked, and the text may well have got there.
            let _ = std::thread::Builder::new().name("tmux".to_owned()).spawn(ask);
        }
    }
}

/// Whether tmux lets a copy through; nothing: it does not say.
pub fn tmux_passes_on() -> Option<bool> {
    let said = Command::new("tmux")
        .args(["display-message", "-p", "#{set-clipboard} #{allow-passthrough}"])
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .ok()
        .filter(|output| output.status.success())?;
    Some(tmux_lets_through(&String::from_utf8_lossy(&said.stdout)))
}
