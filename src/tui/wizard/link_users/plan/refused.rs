//! A plan that is not there, or cannot be applied any more: why, and the way out (rule U5).

use crate::api::plan::{Difference, Plan};
use crate::api::problem::Problem;
use crate::domain::untrusted::Untrusted;
use crate::tui::keymap::Action;
use crate::tui::load::Load;
use crate::tui::page::{Block, Page, RowSpec, Rows};
use crate::tui::screen::Here;
use crate::tui::theme::Tone;
use crate::tui::when::{count, thousands};
use crate::tui::wizard::asking;

/// The list of differences.
const LIST: &str = "differences";
/// The backend lists no more differences than these.
const MOST: usize = 1_000;

pub(super) fn nobody() -> Page {
    Page::new(vec![Block::prose(
        "Nobody is chosen yet. Esc goes back: tick the people who shall be linked or invited first.",
    )])
}

/// Waiting for the plan, or why there is none.
pub(super) fn absent(plan: &Load<Plan>, here: Here<'_>) -> Page {
    Page::new(vec![
        asking::instead_of(plan, "the plan", here),
        Block::Gap,
        Block::aside("A plan says for each person what would happen. It sends nothing."),
    ])
}

/// Who would fare differently now.
pub(super) fn stale(plan: &Plan, problem: &Problem, here: Here<'_>) -> Page {
    let differences = &problem.differences;
    let notice = Block::notice(
        Tone::Attention,
        "Nothing was sent: the plan is not what would happen any more.",
    );
    let mut blocks = vec![notice];
    if differences.is_empty() {
        blocks.push(Block::prose(asking::sentence(problem.detail.shown().as_str())));
    } else {
        let people = if differences.len() >= MOST {
            format!("At least {} people", thousands(MOST as u64))
        } else if differences.len() == 1 {
            "One person".to_owned()
        } else {
            format!("{} people", thousands(differences.len() as u64))
        };
        let at = here.at(plan.created_at);
        blocks
            .push(Block::prose(format!("{people} would fare differently than was planned {at}:")));
        let rows = differences.iter().map(row).collect();
        blocks.push(Block::Rows(Rows { key: LIST, rows, empty: String::new() }));
    }
    blocks.push(Block::Gap);
    blocks.push(Block::prose("Enter makes a new plan of the same people, for you to review."));
    Page::new(blocks)
}

fn row(difference: &Difference) -> RowSpec {
    RowSpec {
        id: difference.user_id.raw().to_owned(),
        tone: Tone::Text,
        end: None,
        cells: vec![
            difference.address.shown_in(40).to_string(),
            difference.planned.label().to_owned(),
            format!("→ {}", difference.now.label()),
        ],
    }
}

pub(super) fn expired(plan: &Plan, here: Here<'_>) -> Page {
    Page::new(vec![
        Block::notice(
            Tone::Attention,
            format!(
                "This plan of {} could be applied until {}. Nothing was sent.",
                count(plan.selected, "user"),
                here.moment(plan.expires_at)
            ),
        ),
        Block::Gap,
        Block::prose("Enter makes a new plan of the same people, for you to review."),
    ])
}

pub(super) fn applied(plan: &Plan, here: Here<'_>) -> Page {
    let run = plan.run.as_deref().unwrap_or("unknown");
    let run = Untrusted::new(run).shown();
    let again = here.keys.key(Action::Reload);
    let words = format!("This plan was applied; a plan is applied once. Its run is {run}.");
    let page = Page::new(vec![
        Block::notice(Tone::Done, words),
        Block::Gap,
        Block::prose(format!(
            "Enter goes to the run. {again} makes a new plan of the same people: who is linked or \
             invited by now is skipped in it."
        )),
    ]);
    Page { same_as: Some(format!("hublink invite status {run}")), ..page }
}
