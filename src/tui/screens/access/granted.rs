//! The secret of a new token, shown this once.
//!
//! Owns the secret until one leaves; it is asked for nowhere, for the backend keeps only its hash.

use crate::api::call::{ApiError, Reply};
use crate::api::person::TokenGranted;
use crate::domain::untrusted::Untrusted;
use crate::tui::keymap::Action;
use crate::tui::msg::RequestId;
use crate::tui::page::{Block, Page, Stop};
use crate::tui::screen::{About, Cx, Flow, Header, Here, Look};
use crate::tui::screens::list::{List, Opens};
use crate::tui::theme::Tone;

/// The page.
pub struct Granted {
    granted: TokenGranted,
}

impl Granted {
    /// Of this token.
    pub fn new(granted: TokenGranted) -> Self {
        Self { granted }
    }
}

impl List for Granted {
    fn header(&self, look: &Look<'_>) -> Header {
        let right = look.here.session.who(&look.here.session.roles());
        Header { crumbs: vec!["New token".to_owned(), "its secret".to_owned()], right }
    }

    fn help(&self) -> About {
        About::of(
            "the secret of a token",
            "This is the one time that the secret is shown. Copy it to where it is needed: a \
             password store, or a file that only you can read. Whoever has it signs in as its \
             owner. Lost, it is no loss: revoke the token and make another.",
        )
    }

    fn page(&self, here: Here<'_>) -> Page {
        let token = &self.granted.token;
        let note = token.note.shown().to_string();
        let note = if note.is_empty() { "none".to_owned() } else { note };
        let ends = match token.expires_at {
            Some(at) => here.moment(at),
            None => "never; revoke it when it is not needed any more".to_owned(),
        };
        let key = here.keys.key(Action::Copy);
        let blocks = vec![
            Block::notice(Tone::Done, "The token is made."),
            Block::Gap,
            Block::Value {
                label: "Secret".to_owned(),
                value: Untrusted::new(self.granted.secret.expose()).shown(),
            },
            Block::Gap,
            Block::notice(
                Tone::Attention,
                format!(
                    "The secret is shown this once: {key} copies it. The backend keeps only its hash."
                ),
            ),
            Block::Gap,
            Block::Facts(vec![
                ("Whose".to_owned(), token.person.shown().to_string()),
                ("Note".to_owned(), note),
                ("Ends".to_owned(), ends),
            ]),
        ];
        Page::new(blocks)
    }

    fn ask(&mut self, _cx: &mut Cx<'_>) {}

    fn unsaved(&self) -> Option<String> {
        Some("New token › its secret".to_owned())
    }

    fn opens(&self, _stop: &Stop) -> Option<Opens> {
        None
    }

    fn open(&mut self, _stop: &Stop, _cx: &mut Cx<'_>) -> Flow {
        Flow::Stay
    }

    fn on_reply(
        &mut self,
        _id: RequestId,
        _result: &Result<Reply, ApiError>,
        _cx: &mut Cx<'_>,
    ) -> Flow {
        Flow::Stay
    }
}
