//! Adding a domain to an organization (rule D1).

use super::one::One;
use crate::api::call::{ApiError, Reply};
use crate::api::domains::{AddDomain, NewDomain, OrgDomain};
use crate::api::endpoint::{Endpoint as _, Nothing};
use crate::domain::untrusted::Untrusted;
use crate::tui::keymap::Action;
use crate::tui::msg::RequestId;
use crate::tui::page::{Block, Edit, Page, Piece};
use crate::tui::screen::{About, Cx, Here};
use crate::tui::screens::form::sent::Sent;
use crate::tui::screens::form::{Answered, Form};
use crate::tui::screens::list::ListScreen;
use crate::tui::shell::quoted;
use crate::tui::theme::Tone;
use crate::tui::wizard::step::Refusal;

const NAME: &str = "name";

/// The form.
pub struct Add {
    organization: Untrusted,
    /// What it is called.
    called: Untrusted,
    name: String,
    sent: Sent<OrgDomain>,
}

impl Add {
    /// The same, with the domain written in already.
    #[must_use]
    pub fn of(self, domain: &str) -> Self {
        Self { name: domain.to_owned(), ..self }
    }

    /// To this organization, of this name.
    pub fn to(organization: &Untrusted, called: &Untrusted) -> Self {
        let (organization, called) = (organization.clone(), called.clone());
        Self { organization, called, name: String::new(), sent: Sent::new(&[NAME]) }
    }
}

impl Form for Add {
    fn crumbs(&self) -> Vec<String> {
        vec![self.called.shown().to_string(), "Add a domain".to_owned()]
    }

    fn help(&self) -> About {
        About::of(
            "adding a domain",
            "A domain of the organization's own, of which the DNS can be changed. Adding it proves \
             nothing yet: the next page tells the TXT record to publish. Domains of public mail \
             providers are nobody's to add.",
        )
    }

    fn page(&self, here: Here<'_>) -> Page {
        let hint = "such as acme.example; its record is told next";
        let blocks = vec![
            Block::Field(self.sent.field(NAME, "Domain", &self.name, hint)),
            Block::Gap,
            self.sent.told("Adding the domain", here),
        ];
        let name = if self.name.trim().is_empty() { "DOMAIN" } else { self.name.trim() };
        let (id, name) = (quoted(self.organization.raw()), quoted(name));
        let words = "→ a record to publish · nothing is proven yet · nobody is told";
        Page {
            blocks,
            same_as: Some(format!("hublink domain add --org {id} {name}")),
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
        let id = self.organization.raw().to_owned();
        let new = NewDomain { name: self.name.trim().to_owned() };
        self.sent.ask(AddDomain::call(id, Nothing, new), cx);
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
            Ok(Some(domain)) => {
                let words = format!("{} is added. Publish its record next.", domain.name.shown());
                let one = One::new(&self.organization, domain);
                Answered::Opens(words, Box::new(ListScreen::new(one)))
            }
        }
    }

    fn is_waiting(&self) -> bool {
        self.sent.is_waiting()
    }
}
