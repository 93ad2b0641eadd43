//! A text that is written to a file in the folder of exports, and what to say about it.

use bytes::Bytes;

use crate::domain::untrusted::Untrusted;
use crate::tui::msg::{IoError, RequestId};
use crate::tui::screen::Cx;
use crate::tui::theme::Tone;

/// What is said behind where a file is, where that ends with the program.
pub(super) const fn until_when(fleeting: bool) -> &'static str {
    if fleeting { "; gone with this demo, kept by one begun with --data FOLDER" } else { "" }
}

/// A file under way, if there is one.
#[derive(Debug, Default)]
pub struct Written(Option<(RequestId, String)>);

impl Written {
    /// Writes a CSV file whose name is made of these parts, of harmless characters only.
    pub fn begin(&mut self, parts: &[&str], text: String, cx: &mut Cx<'_>) {
        let safe = |c: char| if c.is_ascii_alphanumeric() || c == '.' { c } else { '-' };
        let part = |part: &&str| part.chars().take(64).map(safe).collect::<String>();
        let name = format!("{}.csv", parts.iter().map(part).collect::<Vec<_>>().join("-"));
        let id = cx.write(cx.session.exports.join(&name), Bytes::from(text));
        self.0 = Some((id, name));
    }

    /// Takes the end of writing, and tells it.
    pub fn on_file<T>(&mut self, id: RequestId, result: &Result<T, IoError>, cx: &mut Cx<'_>) {
        let Some((_, name)) = self.0.take_if(|(mine, _)| *mine == id) else { return };
        let path = Untrusted::new(cx.session.exports.join(name).to_string_lossy()).shown();
        match result {
            Ok(_) => {
                let until = until_when(cx.session.fleeting);
                cx.toast(Tone::Done, format!("Written to {path}{until}"));
            }
            Err(error) => {
                cx.toast(Tone::Refused, format!("{path} was not written: {}", error.words.shown()));
            }
        }
    }
}
