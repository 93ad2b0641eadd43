//! Offering a role in an organization; a backend admin gives it at once (rule P1).

use crate::api::call::{ApiError, Reply};
use crate::api::endpoint::{Endpoint as _, Nothing};
use crate::api::organization::{GrantRole, Organization, RoleChange};
use crate::domain::organization::OrganizationKind;
use crate::domain::role::Role;
use crate::domain::untrusted::Untrusted;
use crate::tui::keymap::Action;
use crate::tui::msg::RequestId;
use crate::tui::page::{Block, Edit, Page, Piece};
use crate::tui::screen::{About, Cx, Here};
use crate::tui::screens::form::sent::{Sent, choice, tick};
use crate::tui::screens::form::{Answered, Form};
use crate::tui::shell::quoted;
use crate::tui::theme::Tone;
use crate::tui::wizard::step::Refusal;

const EMAIL: &str = "email";
const ROLE: &str = "role";
const MAIL: &str = "mail";

/// The form.
pub struct Grant {
    organization: Organization,
    email: String,
    role: Role,
    /// Mail a way in to who holds it at once.
    mail: bool,
    sent: Sent<Organization>,
}

impl Grant {
    /// In this organization.
    pub fn new(organization: &Organization) -> Self {
        let role = match organization.kind {
            OrganizationKind::Partner => Role::PartnerAdmin,
            OrganizationKind::Customer => Role::FullAdmin,
        };
        let sent = Sent::new(&[EMAIL, ROLE]);
        Self { organization: organization.clone(), email: String::new(), role, mail: true, sent }
    }

    /// Whether it is held at once, without an offer.
    fn at_once(&self) -> bool {
        self.organization.my_roles.contains(&Role::BackendAdmin)
    }

    fn mails(&self) -> bool {
        self.at_once() && self.mail
    }

    fn roles(&self) -> Vec<(&'static str, &'static str, &'static str)> {
        let row = |role: Role, about| (role.code(), role.title(), about);
        let mut rows = vec![
            row(Role::FullAdmin, "links sites and users, changes roles"),
            row(Role::ReadOnlyAdmin, "sees everything, changes nothing"),
        ];
        if self.organization.kind == OrganizationKind::Partner {
            rows.insert(0, row(Role::PartnerAdmin, "sells to customers and sets them up"));
        }
        rows
    }

    fn effect(&self) -> &'static str {
        match (self.at_once(), self.mail) {
            (false, _) => {
                "→ a mail goes to them · the role is theirs once they accept, within 7 days"
            }
            (true, true) => "→ the role is theirs at once · who cannot sign in gets a mail",
            (true, false) => "→ the role is theirs at once · nobody is told",
        }
    }
}

impl Form for Grant {
    fn crumbs(&self) -> Vec<String> {
        let name = self.organization.name.shown().to_string();
        vec![name, "Administrators".to_owned(), "Offer a role".to_owned()]
    }

    fn help(&self) -> About {
        About::of(
            "offering a role",
            "The person gets a mail, and accepts or declines within 7 days; the role is theirs \
             only then. Offering the same role again sends the mail again, at most weekly. A role \
             that a backend admin gives is held at once. A person is in one organization at most: \
             who is a user of another one cannot be named here.",
        )
    }

    fn page(&self, here: Here<'_>) -> Page {
        let hint = "Whom; the mail goes there.";
        let mut blocks = vec![
            Block::Field(self.sent.field(EMAIL, "E-mail address", &self.email, hint)),
            Block::Gap,
            choice(ROLE, &self.roles(), Some(self.role.code())),
        ];
        if self.at_once() {
            let note = "who has no password and no token yet";
            blocks.extend([Block::Gap, tick(MAIL, self.mail, "Mail them a way in", note)]);
        }
        blocks.extend([Block::Gap, self.sent.told("Offering the role", here)]);
        let email = if self.email.trim().is_empty() { "ADDRESS" } else { self.email.trim() };
        let mail = if self.mails() { " --mail" } else { "" };
        let (id, role) = (quoted(&self.organization.id), self.role.code());
        let same_as =
            format!("hublink org grant {id} --email {} --role {role}{mail}", quoted(email));
        let consequences = vec![Piece::new(Tone::Text, self.effect())];
        Page { blocks, same_as: Some(same_as), consequences, first: Some(EMAIL), ..Page::default() }
    }

    fn check(&self, _here: Here<'_>) -> Result<(), Refusal> {
        if self.email.trim().is_empty() {
            return Err(Refusal::field(EMAIL, "Write the person's e-mail address."));
        }
        Ok(())
    }

    fn label(&self, action: Action) -> Option<String> {
        let words = if self.at_once() { "give the role" } else { "offer the role" };
        (action == Action::Next).then(|| words.to_owned())
    }

    fn on_edit(&mut self, edit: &Edit) {
        self.sent.forget();
        match edit {
            Edit::Text { field: EMAIL, value } => self.email.clone_from(value),
            Edit::Pick { choice: ROLE, id } => {
                self.role = Role::from_code(id).unwrap_or(self.role);
            }
            Edit::Tick { list: MAIL, on, .. } => self.mail = *on,
            _ => {}
        }
    }

    fn send(&mut self, cx: &mut Cx<'_>) {
        let email = self.email.trim().to_owned();
        let change = RoleChange { email, role: self.role, mail: self.mails() };
        let call = GrantRole::call(self.organization.id.clone(), Nothing, change);
        self.sent.ask(call, cx);
    }

    fn on_reply(
        &mut self,
        id: RequestId,
        result: &Result<Reply, ApiError>,
        _cx: &mut Cx<'_>,
    ) -> Answered {
        if let Err(answered) = self.sent.take(id, result) {
            return answered;
        }
        let (email, role) = (Untrusted::new(self.email.trim()).shown(), self.role.title());
        Answered::Done(if self.at_once() {
            format!("{email} is {role}.")
        } else {
            format!("{email} is offered {role}; it is theirs once they accept.")
        })
    }

    fn is_waiting(&self) -> bool {
        self.sent.is_waiting()
    }
}
