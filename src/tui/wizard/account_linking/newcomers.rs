//! Step two: who was added since, and the plan that waits for review.
//!
//! Owns looking at that plan, applying it by its typed number of people, and making it anew when
//! it has expired. The typed number is never saved.

use std::borrow::Cow;

use super::{AccountLinking, Draft, Setting};
use crate::api::call::{ApiError, Reply};
use crate::api::endpoint::{Endpoint as _, Nothing};
use crate::api::following::{AccountLinkingState, NewcomersPlan, PlanNewcomers};
use crate::api::plan::{Apply, ApplyPlan, PlanState};
use crate::tui::keymap::{Action, Availability};
use crate::tui::load::Load;
use crate::tui::msg::RequestId;
use crate::tui::page::{Block, Edit, FieldSpec, Page, RowSpec, Rows};
use crate::tui::people::People;
use crate::tui::screen::{Cx, Here};
use crate::tui::screens::people::PeopleScreen;
use crate::tui::theme::Tone;
use crate::tui::when::{count, thousands};
use crate::tui::widget::field::Kind;
use crate::tui::wizard::step::{Refusal, Step, Turn};
use crate::tui::wizard::{Way, asking};

const COUNT: &str = "count";
const ACTS: &str = "acts";

/// The step.
#[derive(Default)]
pub struct Newcomers {
    /// The state, asked for anew.
    state: Load<AccountLinkingState>,
    applying: Load<()>,
    typed: String,
}

fn waiting(draft: &Draft) -> Option<&NewcomersPlan> {
    draft.about.plan.as_ref().filter(|plan| plan.state == PlanState::Ready)
}

impl Newcomers {
    fn refresh(&mut self, draft: &Draft, cx: &mut Cx<'_>) {
        self.state.ask(AccountLinking::ask(draft.about.site.raw()), cx);
    }

    fn facts(draft: &Draft, here: Here<'_>) -> Block {
        let state = &draft.about;
        let mut facts = vec![("Setting".to_owned(), state.setting.title().to_owned())];
        if let Some(at) = state.changed_at {
            let by = state.changed_by.as_ref().map(|by| format!(" by {}", by.shown()));
            facts.push(("Since".into(), format!("{}{}", here.moment(at), by.unwrap_or_default())));
        }
        facts.push(("Added since then".into(), count(state.added, "user")));
        facts.push(("Neither linked nor invited".into(), thousands(state.open)));
        Block::Facts(facts)
    }

    fn plan_blocks(&self, plan: &NewcomersPlan, here: Here<'_>) -> Vec<Block> {
        let people = count(plan.selected, "user");
        match (plan.state, &plan.run) {
            (PlanState::Applied, run) => {
                let run = run.as_deref().unwrap_or_default();
                let how = if plan.applied_itself { "applied itself" } else { "was applied" };
                vec![Block::notice(Tone::Done, format!("The plan of {people} {how}: run {run}."))]
            }
            (PlanState::Expired, _) => vec![
                Block::notice(Tone::Attention, format!("The plan of {people} has expired.")),
                acts(vec![("again", "Plan for them anew")]),
            ],
            (PlanState::Ready, _) => vec![
                Block::notice(
                    Tone::Attention,
                    format!(
                        "A plan of {people} waits for your review: {} will be sent. It is valid \
                         until {}.",
                        count(plan.emails, "e-mail"),
                        here.moment(plan.expires_at)
                    ),
                ),
                acts(vec![("look", "Look at its people")]),
                Block::Field(FieldSpec {
                    key: COUNT,
                    label: "How many are selected".into(),
                    kind: Kind::Count,
                    value: self.typed.clone(),
                    hint: format!(
                        "Type {} to apply it now; leave it empty to let it wait.",
                        plan.selected
                    ),
                    error: None,
                }),
            ],
        }
    }
}

fn acts(rows: Vec<(&str, &str)>) -> Block {
    let row = |(id, words): (&str, &str)| RowSpec {
        id: id.to_owned(),
        tone: Tone::Text,
        end: None,
        cells: vec![words.to_owned()],
    };
    Block::Rows(Rows { key: ACTS, rows: rows.into_iter().map(row).collect(), empty: String::new() })
}

impl Step<AccountLinking> for Newcomers {
    fn id(&self) -> &'static str {
        "newcomers"
    }

    fn title(&self) -> &'static str {
        "Added later"
    }

    fn help(&self) -> &'static str {
        "Users who were added since the setting was last changed. Up to 25 of them are taken care \
         of at once; more form a plan that waits here: review it, then type how many are \
         selected to apply it. Nothing is sent before that."
    }

    fn enter(&mut self, draft: &mut Draft, cx: &mut Cx<'_>) {
        *self = Self::default();
        self.refresh(draft, cx);
    }

    fn page(&self, draft: &Draft, here: Here<'_>) -> Page {
        let mut blocks = vec![Self::facts(draft, here), Block::Gap];
        match &draft.about.plan {
            Some(plan) => blocks.extend(self.plan_blocks(plan, here)),
            None if draft.about.setting == Setting::Off => {
                blocks.push(Block::prose(Setting::Off.meaning()));
            }
            None => blocks.push(Block::prose(
                "Nobody was added since. Users come with a new roster or through the API; they \
                 are planned for at once.",
            )),
        }
        let trouble = self.applying.error().or(self.state.error());
        if let Some(error) = trouble {
            blocks.push(asking::failed(error, here));
        } else {
            let words = asking::waiting(&self.applying, "Applying the plan", here);
            blocks.push(Block::aside(words));
        }
        let same_as = waiting(draft).map(|plan| format!("hublink invite apply {}", plan.id));
        let first = waiting(draft).map(|_| COUNT);
        Page { blocks, same_as, first, ..Page::default() }
    }

    fn happens_next(&self, draft: &Draft) -> Vec<Cow<'static, str>> {
        match waiting(draft) {
            Some(_) => vec![
                "Applying does exactly what the plan says, once.".into(),
                "Left alone it waits until it expires; then it can be made anew here.".into(),
            ],
            None => vec![
                "You can come back at any time: it is a wizard of the site, on the first screen."
                    .into(),
            ],
        }
    }

    fn acts(&self, draft: &Draft) -> bool {
        waiting(draft).is_some() && !self.typed.is_empty()
    }

    fn check(&self, draft: &Draft) -> Result<(), Refusal> {
        if self.applying.is_waiting() {
            return Err(Refusal::page("The plan is being applied; wait for the answer."));
        }
        match waiting(draft) {
            Some(plan) if !self.typed.is_empty() && self.typed != plan.selected.to_string() => {
                let words = format!("The plan names {}.", count(plan.selected, "user"));
                Err(Refusal::field(COUNT, words))
            }
            _ => Ok(()),
        }
    }

    fn label(&self, action: Action, _draft: &Draft) -> Option<String> {
        let word = if self.typed.is_empty() { "finish" } else { "apply" };
        (action == Action::Next).then(|| word.to_owned())
    }

    fn availability(&self, action: Action, _draft: &Draft) -> Option<Availability> {
        (action == Action::Reload).then_some(Availability::Ready)
    }

    fn on_edit(&mut self, edit: &Edit, draft: &mut Draft, cx: &mut Cx<'_>) -> Turn {
        match edit {
            Edit::Text { field: COUNT, value } => self.typed.clone_from(value),
            Edit::Open { list: ACTS, id } if id == "again" => {
                let url = draft.about.site.raw().to_owned();
                self.state.ask(PlanNewcomers::call(url, Nothing, Nothing), cx);
            }
            Edit::Open { list: ACTS, .. } => {
                if let Some(plan) = waiting(draft) {
                    let people = People::Plan { id: plan.id.clone(), class: None, outcome: None };
                    let screen = PeopleScreen::new(people, "Users added later", plan.selected);
                    return Turn::Push(Box::new(screen));
                }
            }
            _ => {}
        }
        Turn::Stay
    }

    fn on_action(&mut self, action: Action, draft: &mut Draft, cx: &mut Cx<'_>) -> Turn {
        if action == Action::Reload {
            self.refresh(draft, cx);
            return Turn::Stay;
        }
        Turn::Pass
    }

    fn on_next(&mut self, draft: &mut Draft, cx: &mut Cx<'_>) -> Turn {
        match waiting(draft) {
            Some(plan) if !self.typed.is_empty() => {
                let apply = Apply { count: Some(plan.selected), digest: None };
                self.applying.ask(ApplyPlan::call(plan.id.clone(), Nothing, apply), cx);
                Turn::Stay
            }
            _ => Turn::Leave { finished: true },
        }
    }

    fn on_reply(
        &mut self,
        id: RequestId,
        result: &Result<Reply, ApiError>,
        draft: &mut Draft,
        cx: &mut Cx<'_>,
    ) -> Turn {
        if self.applying.take_by(id, result, |_| Some(())) {
            if self.applying.error().is_none() {
                self.typed.clear();
                cx.toast(Tone::Done, "The plan is applied; its run is under way.");
            }
            self.refresh(draft, cx);
        } else if self.state.take(id, result)
            && let Some(state) = self.state.get()
        {
            draft.about = state.clone();
        }
        Turn::Stay
    }
}
