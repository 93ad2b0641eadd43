//! Adding somebody who can sign in (rule L0).

use crate::api::call::{ApiError, Reply};
use crate::api::endpoint::{Endpoint as _, Nothing};
use crate::api::person::{AddPerson, NewPerson, Person};
use crate::tui::keymap::Action;
use crate::tui::msg::RequestId;
use crate::tui::page::{Block, Edit, Page, Piece};
use crate::tui::screen::{About, Cx, Here};
use crate::tui::screens::form::sent::{Sent, tick};
use crate::tui::screens::form::{Answered, Form};
use crate::tui::screens::list::ListScreen;
use crate::tui::screens::persons::one::One;
use crate::tui::shell::quoted;
use crate::tui::theme::Tone;
use crate::tui::wizard::step::Refusal;

const EMAIL: &str = "email";
const NAME: &str = "name";
const BACKEND: &str = "backend_admin";

/// The form.
pub struct Add {
    email: String,
    name: String,
    backend_admin: bool,
    sent: Sent<Person>,
}

impl Default for Add {
    fn default() -> Self {
        let sent = Sent::new(&[EMAIL, NAME, BACKEND]);
        Self { email: String::new(), name: String::new(), backend_admin: false, sent }
    }
}

impl Form for Add {
    fn crumbs(&self) -> Vec<String> {
        vec!["People who sign in".to_owned(), "Add a person".to_owned()]
    }

    fn help(&self) -> About {
        About::of(
            "adding a person",
            "A person who can sign in, without any role yet. They have no password: make them a \
             token on the next page, or give them a role in an organization and mail them a way \
             in. A backend admin may add organizations, sites and people, and sees no users.",
        )
    }

    fn page(&self, here: Here<'_>) -> Page {
        let blocks = vec![
            Block::Field(self.sent.field(EMAIL, "E-mail address", &self.email, "")),
            Block::Field(self.sent.field(NAME, "Name", &self.name, "")),
            tick(BACKEND, self.backend_admin, "Backend admin", "runs the backend, sees no users"),
            Block::Gap,
            self.sent.told("Adding the person", here),
        ];
        let given = |text: &str, or: &str| quoted(if text.is_empty() { or } else { text });
        let (email, name) = (given(self.email.trim(), "ADDRESS"), given(self.name.trim(), "NAME"));
        let admin = if self.backend_admin { " --backend-admin" } else { "" };
        let words = "→ they can sign in once they have a token · nobody is told";
        Page {
            blocks,
            same_as: Some(format!("hublink person add --email {email} --name {name}{admin}")),
            consequences: vec![Piece::new(Tone::Text, words)],
            first: Some(EMAIL),
            ..Page::default()
        }
    }

    fn check(&self, _here: Here<'_>) -> Result<(), Refusal> {
        if self.email.trim().is_empty() {
            return Err(Refusal::field(EMAIL, "Write the person's e-mail address."));
        }
        if self.name.trim().is_empty() {
            return Err(Refusal::field(NAME, "Write the person's name."));
        }
        Ok(())
    }

    fn label(&self, action: Action) -> Option<String> {
        (action == Action::Next).then(|| "add them".to_owned())
    }

    fn on_edit(&mut self, edit: &Edit) {
        self.sent.forget();
        match edit {
            Edit::Text { field: EMAIL, value } => self.email.clone_from(value),
            Edit::Text { field: NAME, value } => self.name.clone_from(value),
            Edit::Tick { list: BACKEND, on, .. } => self.backend_admin = *on,
            _ => {}
        }
    }

    fn send(&mut self, cx: &mut Cx<'_>) {
        let new = NewPerson {
            email: self.email.trim().to_owned(),
            name: self.name.trim().to_owned(),
            backend_admin: self.backend_admin,
        };
        self.sent.ask(AddPerson::call(Nothing, Nothing, new), cx);
    }

    fn on_reply(
        &mut self,
        id: RequestId,
        result: &Result<Reply, ApiError>,
        _cx: &mut Cx<'_>,
    ) -> Answered {
        match self.sent.take(id, result) {
            Err(answered) => answered,
            Ok(None) => Answered::Refused(None),
            Ok(Some(person)) => {
                let words = format!("{} is added.", person.email.shown());
                Answered::Opens(words, Box::new(ListScreen::new(One::new(person))))
            }
        }
    }

    fn is_waiting(&self) -> bool {
        self.sent.is_waiting()
    }
}
