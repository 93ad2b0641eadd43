//! The page of the organizations that match, every reason told (rules L2 to L4).
//!
//! Owns the words. The reasons of the one in focus and of the one chosen are shown with their
//! evidence; where there are few, all of them are, so that nothing moves.

use super::new_name;
use crate::api::linking::{Candidate, Candidates, NewChoice, WhyNot};
use crate::domain::country::Country;
use crate::domain::organization::OrganizationKind;
use crate::domain::untrusted::Untrusted;
use crate::tui::keymap::Action;
use crate::tui::load::Load;
use crate::tui::page::{Block, Choice, ChoiceOption, FieldSpec, Page};
use crate::tui::pickers;
use crate::tui::screen::Here;
use crate::tui::shell::quoted;
use crate::tui::theme::Tone;
use crate::tui::when::count;
use crate::tui::widget::field::Kind;
use crate::tui::wizard::asking;
use crate::tui::wizard::link_site::{Chosen, Draft};

/// The choice.
pub(super) const LIST: &str = "organization";
/// The option of a new organization. Ids of organizations have no blank.
pub(super) const NEW: &str = "a new one";
/// The id that is typed in.
pub(super) const ID: &str = "id";
/// A new organization's name.
pub(super) const NAME: &str = "name";
/// A new organization's country.
pub(super) const COUNTRY: &str = "country";

/// What choosing a partner's own organization means (rule L4).
const PARTNERS_OWN: &str = "! A partner's own organization: a customer's site linked here stays \
                            with the partner, for good.";
/// Up to so many candidates show their evidence all at once.
const FEW: usize = 2;
/// So many full admins are named; more are counted.
const NAMED: usize = 3;

pub(super) fn page(
    candidates: &Load<Candidates>,
    focused: Option<&str>,
    draft: &Draft,
    here: Here<'_>,
) -> Page {
    let mut blocks: Vec<Block> = asking::stale(candidates, here).into_iter().collect();
    let Some(known) = candidates.get() else {
        blocks.push(asking::instead_of(candidates, "the organizations that match", here));
        return Page::new(blocks);
    };
    blocks.push(Block::prose(headline(known)));
    let chosen = match &draft.answers.chosen {
        Some(Chosen::Organization(id)) => Some(id.clone()),
        Some(Chosen::New) => Some(NEW.to_owned()),
        None => None,
    };
    let few = known.items.len() <= FEW;
    let whole = |id: &str| few || focused == Some(id) || chosen.as_deref() == Some(id);
    let mut options: Vec<ChoiceOption> =
        known.items.iter().map(|one| option(one, whole(&one.id), known, here)).collect();
    options.push(new_option(&known.new_organization));
    blocks.push(Block::Choice(Choice { key: LIST, options, chosen }));
    if let Some(offer) = here.session.open_offer() {
        // Rule P1: before a new organization, what one is offered in another.
        let key = here.keys.key(Action::Offers);
        let words = format!(
            "{} offers you a role. Does the site belong there? Then leave this page and accept \
             first: {key} on the first screen. A person is in one organization at most.",
            offer.organization_name.shown_in(60)
        );
        blocks.push(Block::notice(Tone::Attention, words));
    }
    if draft.answers.chosen == Some(Chosen::New) {
        blocks.extend(new_fields(draft));
    }
    if known.more > 0 {
        let words = format!("{} more match and are not shown; type an id.", known.more);
        blocks.push(Block::aside(words));
    }
    blocks.push(id_field(known, draft));
    blocks.push(Block::aside(asking::waiting(candidates, "Looking again", here)));
    let url = draft.about.site.shown();
    let id = draft.answers.looked_up.as_deref().map(|id| format!(" --org {}", quoted(id)));
    let id = id.unwrap_or_default();
    let same_as = Some(format!("hublink site candidates {url}{id}"));
    Page { blocks, same_as, ..Page::default() }
}

fn headline(known: &Candidates) -> String {
    let site = known.site.shown_in(60);
    match known.items.len() {
        0 => format!(
            "No organization matches {site}: not by name, id, administrators or domains. If there \
             is one all the same, type its id below; a full admin finds it in Control Hub."
        ),
        1 => format!("One organization matches {site}. Does the site belong to it?"),
        _ => format!("Which organization does {site} belong to?"),
    }
}

fn option(one: &Candidate, whole: bool, known: &Candidates, here: Here<'_>) -> ChoiceOption {
    let mut lines = vec![standing(one, here)];
    if one.kind == OrganizationKind::Partner && one.choosable {
        lines.push(PARTNERS_OWN.to_owned());
    }
    if whole {
        lines.extend(one.reasons.iter().map(|reason| format!("· {}", reason.text.shown())));
    } else {
        let reasons: Vec<&str> = one.reasons.iter().map(|reason| reason.kind.title()).collect();
        lines.push(format!("matches by {}", reasons.join(", ")));
    }
    ChoiceOption {
        id: one.id.clone(),
        label: one.name.shown_in(70).to_string(),
        detail: lines.join("\n"),
        disabled: one.why_not.as_ref().map(|why| {
            if whole {
                why_not(why, one, known)
            } else {
                asking::sentence(why.text.shown().as_str())
            }
        }),
    }
}

/// What one needs to judge it: what it is, since when, and how many are told.
fn standing(one: &Candidate, here: Here<'_>) -> String {
    let kind = match one.kind {
        OrganizationKind::Partner => "partner",
        OrganizationKind::Customer => "customer",
    };
    let created = here.date(one.created_at);
    let told = match (one.choosable, one.full_admins) {
        (false, _) => String::new(),
        (true, 1) => " · its full admin is told".to_owned(),
        (true, n) => format!(" · its {} are told", count(n, "full admin")),
    };
    let id = Untrusted::new(one.id.as_str());
    format!("{kind} · since {created} · id {}{told}", id.shown_in(40))
}

/// Why it cannot be chosen, what to do, and whom to ask, where that may be told.
fn why_not(why: &WhyNot, one: &Candidate, known: &Candidates) -> String {
    let mut words = reason(why);
    if !one.ask.is_empty() {
        let names: Vec<String> =
            one.ask.iter().take(NAMED).map(|who| who.shown_in(60).to_string()).collect();
        let more = one.ask.len().saturating_sub(NAMED);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        words.push_str(&format!(" Ask {}{more}.", names.join(", ")));
    } else if !known.csm.is_empty() {
        words.push_str(&format!(" Ask {}.", known.csm.shown_in(60)));
    }
    words
}

fn reason(why: &WhyNot) -> String {
    let text = asking::sentence(why.text.shown().as_str());
    if why.remedy.is_empty() {
        return text;
    }
    format!("{text} {}", asking::sentence(why.remedy.shown().as_str()))
}

/// Rule L3: offered to those who have no organization; else the reason and the ways out.
fn new_option(new: &NewChoice) -> ChoiceOption {
    ChoiceOption {
        id: NEW.to_owned(),
        label: "New organization".to_owned(),
        detail: if new.offered {
            "It exists from Link Now on, and you are its full admin.".to_owned()
        } else {
            String::new()
        },
        disabled: new.why_not.as_ref().filter(|_| !new.offered).map(reason),
    }
}

fn new_fields(draft: &Draft) -> [Block; 2] {
    let kept = Country::parse(&draft.answers.country)
        .map(|country| format!("the data is kept in {}", country.region().title()));
    let field = |key, label: &str, value: String, hint: String| {
        let (label, kind) = (label.to_owned(), Kind::Text);
        FieldSpec { key, label, kind, value, hint, error: None }
    };
    let find = kept.unwrap_or_else(|_| "type to find it".to_owned());
    let name = field(NAME, "Name", new_name(draft).raw().to_owned(), String::new());
    let country = field(COUNTRY, "Country", draft.answers.country.clone(), find);
    [Block::Field(name), Block::Pick(pickers::country(country))]
}

fn id_field(known: &Candidates, draft: &Draft) -> Block {
    let looked_up = draft.answers.looked_up.as_deref() == Some(draft.answers.typed_id.trim());
    let typed = draft.answers.typed_id.trim();
    let found = known.typed_id_found.filter(|_| looked_up && !typed.is_empty());
    let hint = match found {
        Some(true) => "found; it stands above".to_owned(),
        Some(false) => String::new(),
        None if typed.is_empty() => "not listed? type its id, Enter looks it up".to_owned(),
        None => "Enter looks it up".to_owned(),
    };
    let error = (found == Some(false))
        .then(|| "No organization has this id. Ids are told exactly; a name is none.".to_owned());
    Block::Field(FieldSpec {
        key: ID,
        label: "Organization id".to_owned(),
        kind: Kind::Text,
        value: draft.answers.typed_id.clone(),
        hint,
        error,
    })
}
