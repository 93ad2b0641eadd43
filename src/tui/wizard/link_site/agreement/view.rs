//! The page of the agreement: the consequences counted, then what one does to agree (rule L5).
//!
//! Owns the words. The number of e-mails stands first; zeroes are told quietly.

use super::Agreement;
use crate::api::linking::{LinkPlan, LinkTarget};
use crate::domain::organization::OrganizationKind;
use crate::domain::site_link::Consequences;
use crate::domain::untrusted::Untrusted;
use crate::tui::page::{Block, Page, Piece, TallyRow};
use crate::tui::screen::Here;
use crate::tui::shell::quoted;
use crate::tui::theme::Tone;
use crate::tui::when::{count, thousands};
use crate::tui::wizard::agreeing::{AGREE, TEXT};
use crate::tui::wizard::link_site::Draft;
use crate::tui::wizard::{asking, consequences};

/// The words beside the tick.
const TICK: &str = "I have read it and agree to link the site";
/// So many of those who are told are named.
const NAMED: usize = 2;

pub(super) fn page(step: &Agreement, draft: &Draft, here: Here<'_>) -> Page {
    if draft.answers.target().is_none() {
        return Page::new(vec![Block::prose(
            "No organization is chosen yet. Esc goes back, where you choose it.",
        )]);
    }
    let Some(plan) = step.ready() else {
        return Page::new(vec![asking::instead_of(&step.plan, "what linking would do", here)]);
    };
    let mut blocks = Vec::new();
    if step.changed {
        blocks.push(Block::notice(
            Tone::Attention,
            "Something has changed since you read the agreement, and nothing was linked. These are \
             the consequences now; read it again.",
        ));
    }
    blocks.push(Block::Heading(target(plan)));
    if plan.organization_kind == OrganizationKind::Partner {
        blocks.push(Block::notice(
            Tone::Refused,
            format!(
                "{} is a partner's own organization. If this is a customer's site, go back: it \
                 would stay with the partner for good.",
                plan.organization_name.shown_in(50)
            ),
        ));
    }
    blocks.push(Block::Tally(rows(plan)));
    blocks.push(Block::notice(
        Tone::Attention,
        "This is permanent: there is no unlinking, and no cancelling once it runs.",
    ));
    blocks.extend(step.agreeing.blocks(TICK, &plan.site));
    match step.linking.error() {
        Some(error) => blocks.push(asking::failed(error, here)),
        None => {
            blocks.push(Block::aside(asking::waiting(&step.linking, "Starting the link", here)));
        }
    }
    Page {
        blocks,
        same_as: same_as(plan, draft),
        consequences: would(&plan.consequences),
        first: Some(if step.agreeing.is_read { AGREE } else { TEXT }),
        ..Page::default()
    }
}

/// "To Acme Robotics" or "To a new organization, Acme Robotics, in Germany".
fn target(plan: &LinkPlan) -> String {
    let name = plan.organization_name.shown_in(50);
    match &plan.country {
        None => format!("Link to {name}"),
        Some(country) => {
            let country = Untrusted::new(country.as_str());
            format!("Link to a new organization, {name}, in {}", country.shown_in(40))
        }
    }
}

fn rows(plan: &LinkPlan) -> Vec<TallyRow> {
    let what = &plan.consequences;
    let mut rows = vec![TallyRow {
        id: None,
        depth: 0,
        tone: Tone::Attention,
        number: what.notified,
        words: match what.notified {
            1 => "full admin is told by e-mail".to_owned(),
            _ => "full admins are told by e-mail".to_owned(),
        },
        note: told(plan),
    }];
    rows.extend(consequences::rows(what, false, |_| None));
    rows
}

/// Who is told, the first of them by name.
fn told(plan: &LinkPlan) -> String {
    let mut names: Vec<String> =
        plan.notified.iter().take(NAMED).map(|who| who.shown_in(40).to_string()).collect();
    if plan.notified.len() > NAMED {
        names.push("…".to_owned());
    }
    names.join(", ")
}

/// One line above the footer: what Link Now would do.
fn would(what: &Consequences) -> Vec<Piece> {
    let linked = match what.linked {
        1 => "1 user linked silently".to_owned(),
        n => format!("{} users linked silently", thousands(n)),
    };
    vec![
        Piece::new(Tone::Muted, "→ "),
        Piece::new(Tone::Strong, count(what.notified, "e-mail")),
        Piece::new(Tone::Muted, format!(", none to users · {linked} · ")),
        Piece::new(Tone::Attention, "for good"),
    ]
}

fn same_as(plan: &LinkPlan, draft: &Draft) -> Option<String> {
    let url = plan.site.shown();
    let target = match draft.answers.target()? {
        LinkTarget::Organization(id) => format!("--org {}", Untrusted::new(id).shown()),
        LinkTarget::NewOrganization(new) => {
            let name =
                new.name.map(|name| format!(" --name {}", quoted(&name))).unwrap_or_default();
            format!("--new{name} --country {}", quoted(&new.country))
        }
    };
    Some(format!("hublink site link {url} {target} --agree --confirm {url}"))
}
