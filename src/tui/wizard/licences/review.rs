//! Step three: what the file would change, row by row; applied when one goes on.
//!
//! Owns applying the preview once. A file that changes nothing is not applied.

use std::borrow::Cow;

use super::{Draft, Licences};
use super::{Looked, ROWS};
use crate::api::call::{ApiError, Reply};
use crate::api::endpoint::{Endpoint as _, Nothing};
use crate::api::licences::{ApplyLicences, LicenceImport};
use crate::tui::keymap::{Action, Availability};
use crate::tui::load::Load;
use crate::tui::msg::RequestId;
use crate::tui::page::{Block, Edit, Page, Stop, Window};
use crate::tui::screen::{Cx, Here};
use crate::tui::theme::Tone;
use crate::tui::when::count;
use crate::tui::wizard::asking;
use crate::tui::wizard::step::{Applies, Refusal, Step, Turn};

/// Rows drawn at a time.
const SHOWN: usize = 6;

/// The step.
#[derive(Default)]
pub struct Review {
    looked: Looked,
    applying: Load<LicenceImport>,
    focused: String,
}

impl Step<Licences> for Review {
    fn id(&self) -> &'static str {
        "review"
    }

    fn title(&self) -> &'static str {
        "Review"
    }

    fn help(&self) -> &'static str {
        "This is what the file would change, and for whom. Nothing has been changed yet."
    }

    fn applies(&self, draft: &Draft) -> Applies {
        match draft.answers.import {
            Some(_) => Applies::Yes,
            None => Applies::Skipped("No file was read yet.".into()),
        }
    }

    fn enter(&mut self, draft: &mut Draft, cx: &mut Cx<'_>) {
        *self = Self::default();
        self.looked.ask(draft, cx);
    }

    fn page(&self, draft: &Draft, here: Here<'_>) -> Page {
        let mut blocks = self.looked.blocks(here);
        if let Some(import) = self.looked.import.get() {
            let words = format!("Apply: change the licences of {}", count(import.changes, "row"));
            blocks.push(Block::Gap);
            blocks.push(asking::go_on(words));
        }
        if let Some(error) = self.applying.error() {
            blocks.push(asking::failed(error, here));
        } else {
            let words = asking::waiting(&self.applying, "Changing the licences", here);
            blocks.push(Block::aside(words));
        }
        let remove = if draft.answers.remove { " --remove" } else { "" };
        let site = draft.about.url.shown();
        let same_as = Some(format!("hublink licence import --site {site} FILE{remove} --yes"));
        let around = self.focused.clone();
        let window = Some(Window { list: ROWS, around, most: SHOWN, fills: true });
        Page { blocks, same_as, window, first: Some(asking::GO_ON), ..Page::default() }
    }

    fn happens_next(&self, _draft: &Draft) -> Vec<Cow<'static, str>> {
        vec![
            "Applying does exactly this; a row that would do something else by then is left out."
                .into(),
            "Nobody gets an e-mail for it.".into(),
        ]
    }

    fn acts(&self, _draft: &Draft) -> bool {
        true
    }

    fn check(&self, _draft: &Draft) -> Result<(), Refusal> {
        if self.applying.is_waiting() {
            return Err(Refusal::page("The licences are being changed; wait for the answer."));
        }
        match self.looked.import.get() {
            None => Err(Refusal::page("The preview is not there yet.")),
            Some(import) if import.applied_at.is_none() && import.changes == 0 => {
                Err(Refusal::page("No row changes anything; go back and choose another file."))
            }
            Some(_) => Ok(()),
        }
    }

    fn label(&self, action: Action, _draft: &Draft) -> Option<String> {
        (action == Action::Next).then(|| "apply".to_owned())
    }

    fn availability(&self, action: Action, _draft: &Draft) -> Option<Availability> {
        (action == Action::Reload).then_some(Availability::Ready)
    }

    fn on_focus(&mut self, stop: Option<&Stop>) {
        if let Some(Stop::Row(ROWS, id)) = stop {
            self.focused.clone_from(id);
        }
    }

    fn on_edit(&mut self, edit: &Edit, draft: &mut Draft, cx: &mut Cx<'_>) -> Turn {
        if asking::goes_on(edit) {
            return match self.check(draft) {
                Ok(()) => self.on_next(draft, cx),
                Err(refusal) => {
                    cx.toast(Tone::Attention, refusal.text);
                    Turn::Stay
                }
            };
        }
        Turn::Stay
    }

    fn on_action(&mut self, action: Action, draft: &mut Draft, cx: &mut Cx<'_>) -> Turn {
        if action == Action::Reload {
            self.enter(draft, cx);
            return Turn::Stay;
        }
        Turn::Pass
    }

    fn on_next(&mut self, draft: &mut Draft, cx: &mut Cx<'_>) -> Turn {
        let (Some(import), Some(id)) = (self.looked.import.get(), &draft.answers.import) else {
            return Turn::Stay;
        };
        if import.applied_at.is_some() {
            return Turn::Next;
        }
        let call =
            ApplyLicences::call((draft.about.url.raw().to_owned(), id.clone()), Nothing, Nothing);
        self.applying.ask(call, cx);
        Turn::Stay
    }

    fn on_reply(
        &mut self,
        id: RequestId,
        result: &Result<Reply, ApiError>,
        _draft: &mut Draft,
        _cx: &mut Cx<'_>,
    ) -> Turn {
        if self.looked.take(id, result) {
            return Turn::Stay;
        }
        let taken = self.applying.take(id, result);
        if taken && self.applying.error().is_none() { Turn::Next } else { Turn::Stay }
    }
}
