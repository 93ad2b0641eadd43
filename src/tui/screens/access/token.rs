//! A new token: what it is for, and how long it works (rule P5).

use super::granted::Granted;
use crate::api::call::{ApiError, Reply};
use crate::api::endpoint::{Endpoint as _, Nothing};
use crate::api::person::{CreateToken, NewToken, TOKEN_DAYS, TOKEN_DAYS_MOST, TokenGranted};
use crate::domain::untrusted::Untrusted;
use crate::tui::keymap::Action;
use crate::tui::msg::RequestId;
use crate::tui::page::{Block, Edit, FieldSpec, Page, Piece};
use crate::tui::screen::{About, Cx, Here};
use crate::tui::screens::form::sent::{Sent, tick};
use crate::tui::screens::form::{Answered, Form};
use crate::tui::screens::list::ListScreen;
use crate::tui::shell::quoted;
use crate::tui::theme::Tone;
use crate::tui::widget::field::Kind;
use crate::tui::wizard::step::Refusal;

const NOTE: &str = "note";
const DAYS: &str = "days";
const NEVER: &str = "never_expires";

/// The form.
pub struct NewTokenForm {
    /// Whose; nothing: one's own.
    person: Option<Untrusted>,
    note: String,
    days: String,
    never: bool,
    sent: Sent<TokenGranted>,
}

impl NewTokenForm {
    /// A token of one's own.
    pub fn own() -> Self {
        let sent = Sent::new(&[NOTE, DAYS, NEVER]);
        let days = TOKEN_DAYS.to_string();
        Self { person: None, note: String::new(), days, never: false, sent }
    }

    /// A token of somebody's.
    pub fn of(person: &Untrusted) -> Self {
        Self { person: Some(person.clone()), ..Self::own() }
    }

    fn days(&self) -> Option<u16> {
        self.days.trim().parse().ok().filter(|days| (1..=TOKEN_DAYS_MOST).contains(days))
    }

    fn wrong_days(&self) -> Option<String> {
        let wrong = !self.never && !self.days.trim().is_empty() && self.days().is_none();
        wrong.then(|| format!("A number from 1 to {TOKEN_DAYS_MOST}."))
    }

    fn command(&self) -> String {
        let mut command = "hublink token create".to_owned();
        if let Some(person) = &self.person {
            command.push_str(&format!(" --person {}", quoted(person.raw())));
        }
        if !self.note.is_empty() {
            command.push_str(&format!(" --note {}", quoted(&self.note)));
        }
        match self.days() {
            _ if self.never => command.push_str(" --expires never"),
            Some(days) if days != TOKEN_DAYS => command.push_str(&format!(" --expires {days}")),
            _ => {}
        }
        command
    }
}

impl Form for NewTokenForm {
    fn crumbs(&self) -> Vec<String> {
        let whose = match &self.person {
            Some(person) => person.shown().to_string(),
            None => "Your access".to_owned(),
        };
        vec![whose, "New token".to_owned()]
    }

    fn help(&self) -> About {
        About::of(
            "a new token",
            "A token signs in as its owner, for scripts and other machines. Its secret is shown \
             once, on the next page; the backend keeps only its hash. Whose it is gets a mail 14 \
             days before it expires. A token without an end is a backend admin's to make.",
        )
    }

    fn page(&self, here: Here<'_>) -> Page {
        let may_never = here.session.is_backend_admin();
        let note = self.sent.field(NOTE, "Note", &self.note, "What it is for, such as: laptop.");
        let days = self.sent.field(DAYS, "Works for", &self.days, "days, 1 to 366");
        let error = self.wrong_days().or(days.error);
        let mut blocks =
            vec![Block::Field(note), Block::Field(FieldSpec { kind: Kind::Number, error, ..days })];
        if may_never {
            blocks.push(tick(NEVER, self.never, "Works until it is revoked", "without an end"));
        }
        blocks.extend([Block::Gap, self.sent.told("Making the token", here)]);
        let ends = match self.days() {
            _ if self.never => "works until it is revoked".to_owned(),
            Some(1) => "works for a day".to_owned(),
            Some(days) => format!("works for {days} days"),
            None => "works for so many days".to_owned(),
        };
        let words = format!("→ its secret is shown once, on the next page · {ends}");
        let consequences = vec![Piece::new(Tone::Text, words)];
        let same_as = Some(self.command());
        Page { blocks, same_as, consequences, first: Some(NOTE), ..Page::default() }
    }

    fn check(&self, here: Here<'_>) -> Result<(), Refusal> {
        if self.never && !here.session.is_backend_admin() {
            return Err(Refusal::field(NEVER, "Only a backend admin makes such tokens."));
        }
        if !self.never && self.days().is_none() {
            let words = format!("Write for how many days it works, 1 to {TOKEN_DAYS_MOST}.");
            return Err(Refusal::field(DAYS, words));
        }
        Ok(())
    }

    fn label(&self, action: Action) -> Option<String> {
        (action == Action::Next).then(|| "make it".to_owned())
    }

    fn on_edit(&mut self, edit: &Edit) {
        self.sent.forget();
        match edit {
            Edit::Text { field: NOTE, value } => self.note.clone_from(value),
            Edit::Text { field: DAYS, value } => self.days.clone_from(value),
            Edit::Tick { list: NEVER, on, .. } => self.never = *on,
            _ => {}
        }
    }

    fn send(&mut self, cx: &mut Cx<'_>) {
        let new = NewToken {
            person: self.person.as_ref().map(|person| person.raw().to_owned()),
            note: self.note.trim().to_owned(),
            days: self.days().filter(|_| !self.never),
            never_expires: self.never,
        };
        self.sent.ask(CreateToken::call(Nothing, Nothing, new), cx);
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
            Ok(Some(granted)) => Answered::Opens(
                "The token is made.".to_owned(),
                Box::new(ListScreen::new(Granted::new(granted.clone()))),
            ),
        }
    }

    fn is_waiting(&self) -> bool {
        self.sent.is_waiting()
    }
}
