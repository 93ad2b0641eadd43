//! What a form has sent, and what came of it: in words, and beside the field that is wrong.
//!
//! Owns which refusal stands at a field and which on the page. Must not know what was sent.

use std::any::Any;

use crate::api::call::{ApiError, Reply, Request};
use crate::tui::load::Load;
use crate::tui::msg::RequestId;
use crate::tui::page::{Block, Choice, ChoiceOption, FieldSpec, TickRow, Ticks};
use crate::tui::screen::{Cx, Here};
use crate::tui::screens::form::Answered;
use crate::tui::widget::field::Kind;
use crate::tui::wizard::asking;
use crate::tui::wizard::step::Refusal;

/// What was sent. `fields` are the names of the page's fields, those of the request's body.
pub struct Sent<T> {
    load: Load<T>,
    fields: &'static [&'static str],
}

impl<T> Sent<T> {
    /// Nothing was sent yet.
    pub fn new(fields: &'static [&'static str]) -> Self {
        Self { load: Load::default(), fields }
    }

    /// Sends it.
    pub fn ask(&mut self, request: Request, cx: &mut Cx<'_>) {
        self.load.ask(request, cx);
    }

    /// Something else is answered: what was refused is about the answers before.
    pub fn forget(&mut self) {
        if !self.load.is_waiting() {
            self.load = Load::default();
        }
    }

    /// Whether an answer is awaited.
    pub fn is_waiting(&self) -> bool {
        self.load.is_waiting()
    }

    /// Takes a reply. `Err`: what the form answers, for it is somebody else's or a refusal.
    ///
    /// # Errors
    /// What the form answers to the screen.
    pub fn take(
        &mut self,
        id: RequestId,
        result: &Result<Reply, ApiError>,
    ) -> Result<Option<&T>, Answered>
    where
        T: Any + Clone,
    {
        self.take_by(id, result, |reply| reply.get().cloned())
    }

    /// Takes a reply as `read` has it, as [`Sent::take`] does.
    ///
    /// # Errors
    /// What the form answers to the screen.
    pub fn take_by(
        &mut self,
        id: RequestId,
        result: &Result<Reply, ApiError>,
        read: impl FnOnce(&Reply) -> Option<T>,
    ) -> Result<Option<&T>, Answered> {
        if !self.load.take_by(id, result, read) {
            return Err(Answered::NotMine);
        }
        if self.load.error().is_some() {
            let refusal = self.refused();
            return Err(Answered::Refused(refusal.map(|(at, why)| Refusal::field(at, why))));
        }
        Ok(self.load.get())
    }

    /// The field that was refused, and why.
    fn refused(&self) -> Option<(&'static str, String)> {
        let Some(ApiError::Problem(problem)) = self.load.error() else { return None };
        let field = problem.field.as_deref()?;
        let at = self.fields.iter().find(|one| **one == field)?;
        Some((at, asking::both(problem)))
    }

    /// What is wrong with a field.
    pub fn error_at(&self, field: &str) -> Option<String> {
        self.refused().filter(|(at, _)| *at == field).map(|(_, why)| why)
    }

    /// What is waited for, or what went wrong and stands at no field.
    pub fn told(&self, doing: &str, here: Here<'_>) -> Block {
        match self.load.error() {
            Some(_) if self.refused().is_some() => Block::aside(""),
            Some(error) => asking::failed(error, here),
            None => Block::aside(asking::waiting(&self.load, doing, here)),
        }
    }

    /// A field of text, with what is wrong about it.
    pub fn field(&self, key: &'static str, label: &str, value: &str, hint: &str) -> FieldSpec {
        FieldSpec {
            key,
            label: label.to_owned(),
            kind: Kind::Text,
            value: value.to_owned(),
            hint: hint.to_owned(),
            error: self.error_at(key),
        }
    }
}

/// One of several: each with its name, its label and what it means.
pub fn choice(key: &'static str, options: &[(&str, &str, &str)], chosen: Option<&str>) -> Block {
    let option = |(id, label, detail): &(&str, &str, &str)| ChoiceOption {
        id: (*id).to_owned(),
        label: (*label).to_owned(),
        detail: (*detail).to_owned(),
        disabled: None,
    };
    let options = options.iter().map(option).collect();
    Block::Choice(Choice { key, options, chosen: chosen.map(str::to_owned) })
}

/// A line with a tick.
pub fn tick(key: &'static str, ticked: bool, label: &str, note: &str) -> Block {
    let row = TickRow {
        id: key.to_owned(),
        ticked,
        label: label.to_owned(),
        number: None,
        end: None,
        note: note.to_owned(),
        disabled: None,
    };
    Block::Ticks(Ticks { key, rows: vec![row] })
}
