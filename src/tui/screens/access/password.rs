//! A new password in the place of the one there is (rule P5).

use crate::api::access::SetPassword;
use crate::api::call::{ApiError, Reply};
use crate::api::endpoint::{Endpoint as _, Nothing};
use crate::api::session::{NewPassword, Secret};
use crate::tui::keymap::Action;
use crate::tui::load::Load;
use crate::tui::msg::RequestId;
use crate::tui::page::{Block, Edit, FieldSpec, Page, Piece};
use crate::tui::screen::{About, Cx, Here};
use crate::tui::screens::form::{Answered, Form};
use crate::tui::screens::welcome::password::Passwords;
use crate::tui::theme::Tone;
use crate::tui::widget::field::Kind;
use crate::tui::wizard::asking;
use crate::tui::wizard::step::Refusal;

const OLD: &str = "old";
const NEW: &str = "password";

/// The form. No `Debug`: there are secrets in it.
#[derive(Default)]
pub struct Change {
    old: String,
    new: Passwords,
    sent: Load<()>,
}

impl Change {
    /// The field that was refused: the old password, or the new one.
    fn refused(&self) -> Option<&'static str> {
        let Some(ApiError::Problem(problem)) = self.sent.error() else { return None };
        [OLD, NEW].into_iter().find(|field| problem.field.as_deref() == Some(field))
    }

    fn old_error(&self) -> Option<String> {
        match self.sent.error() {
            Some(ApiError::Problem(problem)) if self.refused() == Some(OLD) => {
                Some(asking::both(problem))
            }
            _ => None,
        }
    }
}

impl Form for Change {
    fn crumbs(&self) -> Vec<String> {
        vec!["Your access".to_owned(), "Change the password".to_owned()]
    }

    fn help(&self) -> About {
        About::of(
            "changing the password",
            "Type the password you have, if you have one, then the new one twice. Your other \
             sessions end; tokens stay. Who has forgotten it resets it with a code that is mailed: \
             that is a row of its own on the page before.",
        )
    }

    fn page(&self, here: Here<'_>) -> Page {
        let old = FieldSpec {
            key: OLD,
            label: "The password you have".to_owned(),
            kind: Kind::Secret,
            value: self.old.clone(),
            hint: "empty, if you have none".to_owned(),
            error: self.old_error(),
        };
        let mut blocks = vec![Block::Field(old)];
        blocks.extend(self.new.fields("New password", self.sent.error()));
        blocks.push(Block::Gap);
        match self.sent.error() {
            Some(error) if self.refused().is_none() => blocks.push(asking::failed(error, here)),
            _ => blocks.push(Block::aside(asking::waiting(&self.sent, "Setting it", here))),
        }
        let consequences = vec![Piece::new(Tone::Text, "→ your other sessions end · tokens stay")];
        let same_as = Some("hublink password change".to_owned());
        Page { blocks, same_as, consequences, first: Some(OLD), ..Page::default() }
    }

    fn check(&self, _here: Here<'_>) -> Result<(), Refusal> {
        self.new.check().map_err(|(field, why)| Refusal::field(field, why))
    }

    fn label(&self, action: Action) -> Option<String> {
        (action == Action::Next).then(|| "set it".to_owned())
    }

    fn on_edit(&mut self, edit: &Edit) {
        if !self.sent.is_waiting() {
            self.sent = Load::default();
        }
        match edit {
            Edit::Text { field: OLD, value } => self.old.clone_from(value),
            edit => self.new.edit(edit),
        }
    }

    fn send(&mut self, cx: &mut Cx<'_>) {
        let old = Some(self.old.as_str()).filter(|old| !old.is_empty()).map(Secret::new);
        let new = NewPassword { password: Secret::new(self.new.first.as_str()), old };
        self.sent.ask(SetPassword::call(Nothing, Nothing, new), cx);
    }

    fn on_reply(
        &mut self,
        id: RequestId,
        result: &Result<Reply, ApiError>,
        _cx: &mut Cx<'_>,
    ) -> Answered {
        if !self.sent.take_by(id, result, |_| Some(())) {
            return Answered::NotMine;
        }
        match (self.sent.error(), self.refused()) {
            (None, _) => Answered::Done(
                "Your password is set, and your other sessions have ended.".to_owned(),
            ),
            (Some(ApiError::Problem(problem)), Some(field)) => {
                Answered::Refused(Some(Refusal::field(field, asking::both(problem))))
            }
            (Some(_), _) => Answered::Refused(None),
        }
    }

    fn is_waiting(&self) -> bool {
        self.sent.is_waiting()
    }
}
