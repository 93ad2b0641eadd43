//! Where an order can go, as a page: the three cases of rule T3, with what one needs to judge them.
//!
//! Owns the words. What is chosen is the step's.

use crate::api::order::{Administered, OrderCandidate, OrderMatch};
use crate::domain::address::with_unicode;
use crate::domain::domain_name;
use crate::domain::organization::OrganizationKind;
use crate::domain::trial::TrialState;
use crate::domain::untrusted::Untrusted;
use crate::tui::page::{Block, Choice, ChoiceOption, Piece};
use crate::tui::screen::Here;
use crate::tui::theme::Tone;
use crate::tui::when::{count, thousands};
use crate::tui::wizard::asking::sentence;
use crate::tui::wizard::order::{Draft, Target};

/// The list's name.
pub const LIST: &str = "organization";
const NEW: &str = "new";
/// No organization's id holds a blank.
const CANDIDATE: &str = "candidate ";

/// What was found.
pub fn blocks(found: &OrderMatch, draft: &Draft, here: Here<'_>) -> Vec<Block> {
    if let Some(administered) = &found.administers {
        return administers(administered, found, draft);
    }
    let who = with_unicode(&found.administrator);
    let head = match found.candidates.len() {
        0 => format!("{who} administers no organization, and no organization looks like this one."),
        1 => format!("{who} administers no organization. One looks like it could be this one."),
        n => format!("{who} administers no organization. {n} look like they could be this one."),
    };
    let mut options: Vec<ChoiceOption> =
        found.candidates.iter().map(|one| candidate(one, found, here)).collect();
    options.push(new_one(found, draft));
    let chosen = draft.answers.target_in(found).map(|target| match target {
        Target::Candidate(id) => format!("{CANDIDATE}{id}"),
        Target::New => NEW.to_owned(),
    });
    let mut blocks =
        vec![Block::prose(head), Block::Gap, Block::Choice(Choice { key: LIST, options, chosen })];
    if found.may_create || !found.candidates.is_empty() {
        let words = format!("{who} is offered full admin of the organization.");
        blocks.extend([Block::Gap, Block::aside(words)]);
    }
    blocks
}

/// Reads the id of an option.
pub fn target(id: &str) -> Option<Target> {
    match id.strip_prefix(CANDIDATE) {
        Some(id) => Some(Target::Candidate(id.to_owned())),
        None => (id == NEW).then_some(Target::New),
    }
}

/// Case (a): the organization that the address administers, and no other.
fn administers(one: &Administered, found: &OrderMatch, draft: &Draft) -> Vec<Block> {
    let who = with_unicode(&found.administrator);
    let mut blocks = if let Some(name) = &one.name {
        let words = format!("{who} administers {}.", name.shown());
        vec![
            Block::notice(Tone::Done, words),
            Block::Gap,
            Block::prose("The order goes there and nowhere else."),
        ]
    } else {
        let words = format!(
            "{who} administers an organization that {} does not manage.",
            draft.about.partner_name.shown()
        );
        vec![
            Block::notice(Tone::Attention, words),
            Block::Gap,
            Block::prose(
                "The order goes there and nowhere else, once one of its full admins accepts. \
                 Until then you see only the order, not the organization.",
            ),
        ]
    };
    if !one.why_not.is_empty() {
        blocks.push(Block::Gap);
        let words = format!("{} Esc goes back to use another address.", reason(&one.why_not));
        blocks.push(Block::notice(Tone::Refused, words));
    }
    blocks
}

/// Case (b): created, kind, and how alive it is.
fn candidate(one: &OrderCandidate, found: &OrderMatch, here: Here<'_>) -> ChoiceOption {
    let kind = match (one.kind, one.trial) {
        (OrganizationKind::Partner, _) => "partner",
        (OrganizationKind::Customer, Some(TrialState::Active)) => "customer on trial",
        (OrganizationKind::Customer, Some(TrialState::Expired)) => "customer, trial expired",
        (OrganizationKind::Customer, None) => "customer",
    };
    let domain = found.administrator.raw().rsplit_once('@').map_or("", |(_, domain)| domain);
    let domain = domain_name::with_unicode(&domain.into());
    let changed = match one.last_change {
        Some(at) => format!("last change {}", here.date(at)),
        None => "no change on record".to_owned(),
    };
    let mut facts = vec![kind.to_owned(), format!("created {}", here.date(one.created_at))];
    facts.extend(one.country.map(|country| country.name().to_owned()));
    facts.push(format!(
        "{}, {} at {domain}",
        match one.people {
            1 => "1 person".to_owned(),
            n => format!("{} people", thousands(n)),
        },
        thousands(one.people_in_domain)
    ));
    facts.push(count(one.sites, "site"));
    facts.push(changed);
    let mut detail = facts.join(" · ");
    if one.must_accept && one.why_not.is_empty() {
        detail.push_str(". You do not manage it: a full admin of it must accept first.");
    }
    let why_not = reason(&one.why_not);
    let disabled = (!one.why_not.is_empty()).then(|| format!("{why_not} {}", sentence(&detail)));
    ChoiceOption {
        id: format!("{CANDIDATE}{}", one.organization),
        label: one.name.shown().to_string(),
        disabled,
        detail,
    }
}

/// The backend's words for why something cannot be chosen.
fn reason(words: &str) -> String {
    sentence(Untrusted::new(words).shown().as_str())
}

/// Case (c): a new one.
fn new_one(found: &OrderMatch, draft: &Draft) -> ChoiceOption {
    let order = &draft.about;
    ChoiceOption {
        id: NEW.to_owned(),
        label: "A new organization".to_owned(),
        detail: format!(
            "{} in {}, managed by {}.",
            order.company.shown(),
            order.country.name(),
            order.partner_name.shown()
        ),
        disabled: (!found.may_create).then(|| reason(&found.why_not_create)),
    }
}

/// Whether the choice leads to asking first.
pub fn must_ask(found: &OrderMatch, draft: &Draft) -> bool {
    match (&found.administers, draft.answers.target_in(found)) {
        (Some(administered), _) => administered.must_accept,
        (None, Some(Target::Candidate(id))) => {
            let one = found.candidates.iter().find(|one| one.organization == *id);
            one.is_some_and(|one| one.must_accept)
        }
        (None, _) => false,
    }
}

/// What the choice would send and make.
pub fn consequences(found: &OrderMatch, draft: &Draft) -> Vec<Piece> {
    let who = with_unicode(&found.administrator);
    let welcome = format!("1 welcome mail to {who}");
    let refused = found.administers.as_ref().is_some_and(|one| !one.why_not.is_empty());
    let words = match (&found.administers, draft.answers.target_in(found)) {
        _ if refused => return Vec::new(),
        (None, None) => return vec![Piece::new(Tone::Muted, "Choose one; nothing is sent yet.")],
        _ if must_ask(found, draft) => {
            "→ e-mails to its full admins, asking them to accept; nothing else yet".to_owned()
        }
        (Some(_), _) => format!("→ {welcome}"),
        (None, Some(Target::New)) if draft.answers.needs_site(&draft.about, found) => {
            format!("→ 1 new organization, 1 new site · {welcome}")
        }
        (None, Some(Target::New)) => format!("→ 1 new organization · {welcome}"),
        (None, Some(Target::Candidate(_))) => {
            format!("→ {welcome} · its full admins are told by e-mail")
        }
    };
    vec![Piece::new(Tone::Text, words)]
}
