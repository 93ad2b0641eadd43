//! Ending the access of a user of an organization, or letting them in again (rule P5).

use super::{access_stays, question_of};
use crate::api::call::{ApiError, Reply};
use crate::api::endpoint::{Endpoint as _, Nothing};
use crate::api::organization::Organization;
use crate::api::person::{DisablePerson, EnablePerson, Person};
use crate::domain::untrusted::Untrusted;
use crate::tui::keymap::Action;
use crate::tui::loss;
use crate::tui::msg::RequestId;
use crate::tui::overlay::confirm::Confirm;
use crate::tui::page::{Block, Edit, Page};
use crate::tui::screen::{About, Cx, Here};
use crate::tui::screens::form::sent::{Sent, choice};
use crate::tui::screens::form::{Answered, Form};
use crate::tui::shell::quoted;
use crate::tui::wizard::step::Refusal;

const EMAIL: &str = "email";
const WHAT: &str = "what";
const DISABLE: &str = "disable";
const ENABLE: &str = "enable";

/// The form.
pub struct Access {
    organization: Organization,
    email: String,
    enables: bool,
    sent: Sent<Person>,
}

impl Access {
    /// Of users of this organization.
    pub fn new(organization: &Organization) -> Self {
        let sent = Sent::new(&[EMAIL]);
        Self { organization: organization.clone(), email: String::new(), enables: false, sent }
    }

    fn verb(&self) -> &'static str {
        if self.enables { ENABLE } else { DISABLE }
    }
}

impl Form for Access {
    fn crumbs(&self) -> Vec<String> {
        vec![self.organization.name.shown().to_string(), "End somebody's access".to_owned()]
    }

    fn help(&self) -> About {
        About::of(
            "ending access",
            "Whoever is named cannot sign in any more: their sessions, tokens and codes end at \
             once, for good. A full admin does it to users of the organization who have no rights \
             elsewhere, a backend admin to anybody but the last of their kind. Let in again, they \
             sign in with their password, or need a new token.",
        )
    }

    fn page(&self, here: Here<'_>) -> Page {
        let hint = "Of a user of the organization.";
        let options = [
            (DISABLE, "End their access", "sessions, tokens and codes end at once, for good"),
            (ENABLE, "Let them in again", "without a password they need a new token"),
        ];
        let blocks = vec![
            Block::Field(self.sent.field(EMAIL, "E-mail address", &self.email, hint)),
            Block::Gap,
            choice(WHAT, &options, Some(self.verb())),
            Block::Gap,
            self.sent.told("Doing it", here),
        ];
        let email = if self.email.trim().is_empty() { "ADDRESS" } else { self.email.trim() };
        let same_as = Some(format!("hublink person {} {}", self.verb(), quoted(email)));
        Page { blocks, same_as, first: Some(EMAIL), ..Page::default() }
    }

    fn check(&self, here: Here<'_>) -> Result<(), Refusal> {
        if self.email.trim().is_empty() {
            return Err(Refusal::field(EMAIL, "Write the person's e-mail address."));
        }
        if !self.enables
            && let Some(why) = access_stays(&self.organization, self.email.trim(), here)
        {
            return Err(Refusal::field(EMAIL, why));
        }
        Ok(())
    }

    fn label(&self, action: Action) -> Option<String> {
        let words = if self.enables { "let them in" } else { "end it" };
        (action == Action::Next).then(|| words.to_owned())
    }

    fn on_edit(&mut self, edit: &Edit) {
        self.sent.forget();
        match edit {
            Edit::Text { field: EMAIL, value } => self.email.clone_from(value),
            Edit::Pick { choice: WHAT, id } => self.enables = id == ENABLE,
            _ => {}
        }
    }

    fn asks(&self) -> Option<Confirm> {
        (!self.enables).then(|| question_of(loss::disabled(self.email.trim()), "End their access"))
    }

    fn send(&mut self, cx: &mut Cx<'_>) {
        let email = self.email.trim().to_owned();
        let call = if self.enables {
            EnablePerson::call(email, Nothing, Nothing)
        } else {
            DisablePerson::call(email, Nothing, Nothing)
        };
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
        let email = Untrusted::new(self.email.trim()).shown();
        Answered::Done(if self.enables {
            format!("{email} may sign in again.")
        } else {
            format!("{email} cannot sign in any more.")
        })
    }

    fn is_waiting(&self) -> bool {
        self.sent.is_waiting()
    }
}
