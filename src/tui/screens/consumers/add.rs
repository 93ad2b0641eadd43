//! Adding a domain of a public mail provider (rule D3).

use crate::api::call::{ApiError, Reply};
use crate::api::domains::{AddConsumerDomain, ConsumerDomain, NewDomain};
use crate::api::endpoint::{Endpoint as _, Nothing};
use crate::tui::keymap::Action;
use crate::tui::msg::RequestId;
use crate::tui::page::{Block, Edit, Page, Piece};
use crate::tui::screen::{About, Cx, Here};
use crate::tui::screens::form::sent::Sent;
use crate::tui::screens::form::{Answered, Form};
use crate::tui::shell::quoted;
use crate::tui::theme::Tone;
use crate::tui::wizard::step::Refusal;

const NAME: &str = "name";

/// The form.
pub struct Add {
    name: String,
    sent: Sent<ConsumerDomain>,
}

impl Default for Add {
    fn default() -> Self {
        Self { name: String::new(), sent: Sent::new(&[NAME]) }
    }
}

impl Form for Add {
    fn crumbs(&self) -> Vec<String> {
        vec!["Consumer domains".to_owned(), "Add one".to_owned()]
    }

    fn help(&self) -> About {
        About::of(
            "adding a consumer domain",
            "A domain under which anybody can have an address. From then on no organization can add, \
             verify or sign for it, and plans send its people an e-mail.",
        )
    }

    fn page(&self, here: Here<'_>) -> Page {
        let hint = "such as mail.example; for every organization";
        let blocks = vec![
            Block::Field(self.sent.field(NAME, "Domain", &self.name, hint)),
            Block::Gap,
            self.sent.told("Adding the domain", here),
        ];
        let name = if self.name.trim().is_empty() { "DOMAIN" } else { self.name.trim() };
        let words = "→ nobody can prove it from then on · its people are e-mailed · nobody is told";
        Page {
            blocks,
            same_as: Some(format!("hublink domain add-consumer {}", quoted(name))),
            consequences: vec![Piece::new(Tone::Text, words)],
            first: Some(NAME),
            ..Page::default()
        }
    }

    fn check(&self, _here: Here<'_>) -> Result<(), Refusal> {
        if self.name.trim().is_empty() {
            return Err(Refusal::field(NAME, "Write the domain."));
        }
        Ok(())
    }

    fn label(&self, action: Action) -> Option<String> {
        (action == Action::Next).then(|| "add it".to_owned())
    }

    fn on_edit(&mut self, edit: &Edit) {
        self.sent.forget();
        if let Edit::Text { field: NAME, value } = edit {
            self.name.clone_from(value);
        }
    }

    fn send(&mut self, cx: &mut Cx<'_>) {
        let new = NewDomain { name: self.name.trim().to_owned() };
        self.sent.ask(AddConsumerDomain::call(Nothing, Nothing, new), cx);
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
            Ok(Some(domain)) => Answered::Done(format!("{} is listed.", domain.name.shown())),
        }
    }

    fn is_waiting(&self) -> bool {
        self.sent.is_waiting()
    }
}
