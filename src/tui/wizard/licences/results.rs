//! Step four: what was changed, and which rows were refused.

use std::borrow::Cow;

use super::{Draft, Licences};
use super::{Looked, ROWS};
use crate::api::call::{ApiError, Reply};
use crate::tui::keymap::{Action, Availability};
use crate::tui::msg::RequestId;
use crate::tui::page::{Block, Edit, Page, Stop, Window};
use crate::tui::screen::{Cx, Here};
use crate::tui::wizard::asking;
use crate::tui::wizard::step::{Applies, Refusal, Step, Turn};

/// Rows drawn at a time.
const SHOWN: usize = 6;

/// The step.
#[derive(Default)]
pub struct Results {
    looked: Looked,
    focused: String,
}

impl Step<Licences> for Results {
    fn id(&self) -> &'static str {
        "results"
    }

    fn title(&self) -> &'static str {
        "Results"
    }

    fn help(&self) -> &'static str {
        "What the file changed, row by row. Rows that were refused say why; correct them and \
         read the file again: what is done already stays as it is."
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

    fn page(&self, _draft: &Draft, here: Here<'_>) -> Page {
        let around = self.focused.clone();
        let window = Some(Window { list: ROWS, around, most: SHOWN, fills: true });
        let mut blocks = self.looked.blocks(here);
        blocks.push(Block::Gap);
        blocks.push(asking::go_on("Finish"));
        Page { blocks, window, first: Some(asking::GO_ON), ..Page::default() }
    }

    fn happens_next(&self, _draft: &Draft) -> Vec<Cow<'static, str>> {
        vec!["Mend the refused rows in the file and read it again; what is done stays done.".into()]
    }

    fn check(&self, _draft: &Draft) -> Result<(), Refusal> {
        Ok(())
    }

    fn label(&self, action: Action, _draft: &Draft) -> Option<String> {
        (action == Action::Next).then(|| "finish".to_owned())
    }

    fn availability(&self, action: Action, _draft: &Draft) -> Option<Availability> {
        (action == Action::Reload).then_some(Availability::Ready)
    }

    fn on_focus(&mut self, stop: Option<&Stop>) {
        if let Some(Stop::Row(ROWS, id)) = stop {
            self.focused.clone_from(id);
        }
    }

    fn on_edit(&mut self, edit: &Edit, _draft: &mut Draft, _cx: &mut Cx<'_>) -> Turn {
        if asking::goes_on(edit) { Turn::Leave { finished: true } } else { Turn::Stay }
    }

    fn on_action(&mut self, action: Action, draft: &mut Draft, cx: &mut Cx<'_>) -> Turn {
        if action == Action::Reload {
            self.enter(draft, cx);
            return Turn::Stay;
        }
        Turn::Pass
    }

    fn on_next(&mut self, _draft: &mut Draft, _cx: &mut Cx<'_>) -> Turn {
        Turn::Leave { finished: true }
    }

    fn on_reply(
        &mut self,
        id: RequestId,
        result: &Result<Reply, ApiError>,
        _draft: &mut Draft,
        _cx: &mut Cx<'_>,
    ) -> Turn {
        self.looked.take(id, result);
        Turn::Stay
    }
}
