//! Adding an organization: a customer or a partner (rule L0).

use crate::api::call::{ApiError, Reply};
use crate::api::endpoint::{Endpoint as _, Nothing};
use crate::api::organization;
use crate::api::organization::{ListOrganizations, NewOrganization, Organization};
use crate::api::page::PageQuery;
use crate::domain::organization::OrganizationKind;
use crate::domain::untrusted::Untrusted;
use crate::tui::keymap::Action;
use crate::tui::load::Listing;
use crate::tui::msg::RequestId;
use crate::tui::page::{Block, Edit, Page, PickOption, PickSpec, Piece};
use crate::tui::pickers;
use crate::tui::screen::{About, Cx, Here};
use crate::tui::screens::admins::{self};
use crate::tui::screens::form::sent::{Sent, choice};
use crate::tui::screens::form::{Answered, Form};
use crate::tui::shell::quoted;
use crate::tui::theme::Tone;
use crate::tui::wizard::step::Refusal;

const NAME: &str = "name";
const KIND: &str = "kind";
const PARTNER: &str = "partner";
const COUNTRY: &str = "country";
const ID: &str = "id";

/// The form.
pub struct AddOrganization {
    name: String,
    kind: OrganizationKind,
    /// What was typed, or the id of what was picked.
    partner: String,
    country: String,
    id: String,
    /// The organizations there are, of which partners are picked.
    all: Listing<Organization>,
    sent: Sent<Organization>,
}

impl Default for AddOrganization {
    fn default() -> Self {
        Self {
            name: String::new(),
            kind: OrganizationKind::Customer,
            partner: String::new(),
            country: String::new(),
            id: String::new(),
            all: listing(),
            sent: Sent::new(&[NAME, KIND, PARTNER, COUNTRY, ID]),
        }
    }
}

/// All organizations, to pick one.
pub(super) fn listing() -> Listing<Organization> {
    Listing::whole(|query: PageQuery, _| ListOrganizations::call(Nothing, query, Nothing))
}

/// Those of a kind, to be picked by their name; their id stands beside it.
pub(super) fn options(
    all: &Listing<Organization>,
    kind: OrganizationKind,
) -> impl Iterator<Item = PickOption> {
    all.items().iter().filter(move |one| one.kind == kind).map(|one| PickOption {
        id: one.id.clone(),
        label: Untrusted::new(one.id.as_str()).shown().to_string(),
        note: one.name.shown().to_string(),
    })
}

/// A text that was given, without blanks around it.
pub(super) fn given(text: &str) -> Option<String> {
    Some(text.trim()).filter(|text| !text.is_empty()).map(str::to_owned)
}

impl AddOrganization {
    fn new_organization(&self) -> NewOrganization {
        let partner = given(&self.partner).filter(|_| self.kind == OrganizationKind::Customer);
        NewOrganization {
            id: given(&self.id),
            name: self.name.trim().to_owned(),
            kind: self.kind,
            partner,
            country: given(&self.country),
        }
    }

    fn command(&self) -> String {
        let new = self.new_organization();
        let name = if new.name.is_empty() { "NAME" } else { &new.name };
        let mut command = format!("hublink org add --name {}", quoted(name));
        let mut flag = |name: &str, value: Option<&str>| {
            if let Some(value) = value {
                command.push_str(&format!(" --{name} {}", quoted(value)));
            }
        };
        flag("id", new.id.as_deref());
        flag("kind", (self.kind == OrganizationKind::Partner).then_some(self.kind.code()));
        flag("partner", new.partner.as_deref());
        flag("country", new.country.as_deref());
        command
    }
}

impl Form for AddOrganization {
    fn crumbs(&self) -> Vec<String> {
        vec!["Add an organization".to_owned()]
    }

    fn help(&self) -> About {
        About::of(
            "adding an organization",
            "A customer, or a partner who manages customers. It has nobody at first: the next page \
             gives a role in it to somebody, who then holds it at once. The country decides where \
             its data is kept. The id is made from the name where none is given; commands and \
             files name the organization by it.",
        )
    }

    fn begin(&mut self, cx: &mut Cx<'_>) {
        self.all.ask(cx);
    }

    fn page(&self, here: Here<'_>) -> Page {
        let kinds = [
            (OrganizationKind::Customer.code(), "A customer", ""),
            (OrganizationKind::Partner.code(), "A partner", "who manages customers"),
        ];
        let hint = "type a few letters of its name, or its code; may stay empty";
        let country = self.sent.field(COUNTRY, "Country", &self.country, hint);
        let mut blocks = vec![
            // Above the name, where the focus begins: Enter then leads through every field.
            choice(KIND, &kinds, Some(self.kind.code())),
            Block::Field(self.sent.field(NAME, "Name", &self.name, "as it stands on contracts")),
        ];
        if self.kind == OrganizationKind::Customer {
            let hint = "the partner that manages it; may stay empty";
            let field = self.sent.field(PARTNER, "Partner", &self.partner, hint);
            let all = options(&self.all, OrganizationKind::Partner);
            blocks.push(Block::Pick(PickSpec::new(field, all)));
        }
        blocks.extend([
            Block::Pick(pickers::country(country)),
            Block::Field(self.sent.field(ID, "Id", &self.id, "made from the name when empty")),
            self.sent.told("Adding the organization", here),
        ]);
        let words = "→ one more organization, with nobody in it yet · nobody is told";
        Page {
            blocks,
            same_as: Some(self.command()),
            consequences: vec![Piece::new(Tone::Text, words)],
            first: Some(NAME),
            ..Page::default()
        }
    }

    fn check(&self, _here: Here<'_>) -> Result<(), Refusal> {
        if self.name.trim().is_empty() {
            return Err(Refusal::field(NAME, "Write the organization's name."));
        }
        Ok(())
    }

    fn label(&self, action: Action) -> Option<String> {
        (action == Action::Next).then(|| "add it".to_owned())
    }

    fn on_edit(&mut self, edit: &Edit) {
        self.sent.forget();
        match edit {
            Edit::Text { field: NAME, value } => self.name.clone_from(value),
            Edit::Text { field: ID, value } => self.id.clone_from(value),
            Edit::Text { field: PARTNER, value } | Edit::Pick { choice: PARTNER, id: value } => {
                self.partner.clone_from(value);
            }
            Edit::Text { field: COUNTRY, value } => self.country.clone_from(value),
            Edit::Pick { choice: COUNTRY, id } => {
                let country = crate::domain::country::Country::parse(id).ok();
                self.country = country.map_or_else(|| id.clone(), |one| one.name().to_owned());
            }
            Edit::Pick { choice: KIND, id } => {
                self.kind = OrganizationKind::from_code(id).unwrap_or(self.kind);
            }
            _ => {}
        }
    }

    fn send(&mut self, cx: &mut Cx<'_>) {
        let call = organization::AddOrganization::call(Nothing, Nothing, self.new_organization());
        self.sent.ask(call, cx);
    }

    fn on_reply(
        &mut self,
        id: RequestId,
        result: &Result<Reply, ApiError>,
        cx: &mut Cx<'_>,
    ) -> Answered {
        if self.all.take(id, result, cx) {
            return Answered::NotMine;
        }
        match self.sent.take(id, result) {
            Err(answered) => answered,
            Ok(None) => Answered::Refused(None),
            Ok(Some(added)) => {
                let words = "Added. Offer somebody a role in it next; they hold it at once.";
                let id = Untrusted::new(added.id.as_str());
                Answered::Opens(words.to_owned(), (admins::ENTRY.open)(&id))
            }
        }
    }

    fn is_waiting(&self) -> bool {
        self.sent.is_waiting()
    }
}
