//! Step four: setup is finished; the Contact Center card, and what to do next (rules T5, T7).
//!
//! Owns the way out. The card is the same as in the organization's menu.

use std::borrow::Cow;

use crate::api::call::{ApiError, Reply};
use crate::domain::untrusted::Untrusted;
use crate::tui::contact_center::{COUNTRY, Card, SET_UP};
use crate::tui::keymap::{Action, Availability};
use crate::tui::msg::RequestId;
use crate::tui::page::{Block, Edit, Page, RowSpec, Rows, Stop};
use crate::tui::screen::{Cx, Here};
use crate::tui::theme::Tone;
use crate::tui::wizard::setup::{Draft, SetUpServices};
use crate::tui::wizard::step::{Refusal, Step, Turn};

/// Its name in the saved draft.
pub(super) const ID: &str = "contact_center";
const NEXT: &str = "next";
const FINISH: &str = "finish";

/// The step.
#[derive(Default)]
pub struct ContactCenter {
    card: Card,
    /// Whether the field for the country has the focus.
    in_field: bool,
}

impl Step<SetUpServices> for ContactCenter {
    fn id(&self) -> &'static str {
        ID
    }

    fn title(&self) -> &'static str {
        "Contact Center"
    }

    fn title_in(&self, draft: &Draft) -> &'static str {
        if self.is_in_plan(draft) { self.title() } else { "What next" }
    }

    fn help(&self) -> &'static str {
        "Setting up Contact Center starts a job of some minutes that goes on by itself. It \
         makes voice ready. Chat is the customer's own decision: their administrator presses \
         Set Up for it."
    }

    fn enter(&mut self, draft: &mut Draft, cx: &mut Cx<'_>) {
        self.card.country.clone_from(&draft.answers.country);
        self.card.start(&draft.about.setup.organization, cx);
    }

    fn page(&self, draft: &Draft, here: Here<'_>) -> Page {
        let mut blocks = vec![headline(draft), Block::Gap];
        if self.is_in_plan(draft) {
            blocks.extend(self.card.blocks(here));
        } else {
            let words = "The plan has no Contact Center: there is nothing more to set up.";
            blocks.push(Block::prose(words));
        }
        blocks.push(Block::Gap);
        let finish = RowSpec {
            id: FINISH.to_owned(),
            tone: Tone::Strong,
            end: None,
            cells: vec!["Back to where you were".to_owned()],
        };
        let rows = self.card.button().into_iter().chain([finish]).collect();
        blocks.push(Block::Rows(Rows { key: NEXT, rows, empty: String::new() }));
        blocks.extend(self.card.answer(here));
        blocks.extend([
            Block::Gap,
            Block::aside(format!(
                "Then its full admin adds users: at a site of this organization, {} › Link users. \
                 A new site's users come from a file, by hublink user import.",
                here.keys.key(Action::Wizards)
            )),
        ]);
        let same_as = self.card.same_as();
        Page { blocks, same_as, first: Some(NEXT), ..Page::default() }
    }

    fn happens_next(&self, draft: &Draft) -> Vec<Cow<'static, str>> {
        let of_the_card: [Cow<'static, str>; 2] = [
            "The partner and the customer find this card again on the first screen, among what can be \
             done with the organization."
                .into(),
            "Chat is enabled only when an administrator of the customer chooses Set Up.".into(),
        ];
        let mut next: Vec<_> = of_the_card.into_iter().filter(|_| self.is_in_plan(draft)).collect();
        next.push(
            "Users come next: its full admin links those of a site, or imports a file of them into \
             a new site."
                .into(),
        );
        next
    }

    fn acts(&self, _draft: &Draft) -> bool {
        self.sets_up()
    }

    fn check(&self, _draft: &Draft) -> Result<(), Refusal> {
        Ok(())
    }

    fn label(&self, action: Action, _draft: &Draft) -> Option<String> {
        let words = match action {
            Action::Next if self.sets_up() => "set up",
            Action::Next => "back to where you were",
            Action::Open => "take it",
            _ => return None,
        };
        Some(words.to_owned())
    }

    fn availability(&self, action: Action, _draft: &Draft) -> Option<Availability> {
        match action {
            Action::Reload => Some(Availability::shown_if(self.card.has_failed())),
            _ => None,
        }
    }

    fn on_focus(&mut self, stop: Option<&Stop>) {
        self.in_field = matches!(stop, Some(Stop::Pick(spec)) if spec.field.key == COUNTRY);
    }

    fn on_edit(&mut self, edit: &Edit, draft: &mut Draft, cx: &mut Cx<'_>) -> Turn {
        match edit {
            Edit::Open { id, .. } if id == SET_UP => self.card.press(cx),
            Edit::Open { id, .. } if id == FINISH => return Turn::Leave { finished: true },
            edit => {
                self.card.edit(edit);
                draft.answers.country.clone_from(&self.card.country);
            }
        }
        Turn::Stay
    }

    fn on_action(&mut self, action: Action, draft: &mut Draft, cx: &mut Cx<'_>) -> Turn {
        match action {
            Action::Reload => self.enter(draft, cx),
            // What is finished is not gone through again.
            Action::Back | Action::Leave => return Turn::Leave { finished: true },
            _ => return Turn::Pass,
        }
        Turn::Stay
    }

    fn on_next(&mut self, _draft: &mut Draft, cx: &mut Cx<'_>) -> Turn {
        if self.sets_up() {
            self.card.press(cx);
            return Turn::Stay;
        }
        Turn::Leave { finished: true }
    }

    fn on_reply(
        &mut self,
        id: RequestId,
        result: &Result<Reply, ApiError>,
        _draft: &mut Draft,
        cx: &mut Cx<'_>,
    ) -> Turn {
        self.card.take(id, result, cx);
        Turn::Stay
    }

    fn reconcile(&mut self, _draft: &mut Draft, cx: &mut Cx<'_>) {
        self.card.reconcile(cx);
    }
}

impl ContactCenter {
    /// Whether there is a card: a plan may have no Contact Center.
    fn is_in_plan(&self, draft: &Draft) -> bool {
        self.card.get().map_or(draft.about.setup.contact_center.in_plan, |card| card.in_plan)
    }

    /// Whether Enter presses Set Up: in the field above the button.
    fn sets_up(&self) -> bool {
        self.in_field && self.card.button().is_some()
    }
}

fn headline(draft: &Draft) -> Block {
    let setup = &draft.about.setup;
    let name = setup.organization_name.shown();
    let subdomain = setup.subdomain.as_deref().map(Untrusted::new);
    let words = match subdomain {
        Some(subdomain) => format!("{name} is set up, under {}.", subdomain.shown()),
        None => format!("{name} is set up."),
    };
    Block::notice(Tone::Done, words)
}
