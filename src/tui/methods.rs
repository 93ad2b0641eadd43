//! The linking methods in words: what each means, what a change would do, what is due.
//!
//! Owns the sentences that the step of Link users and the page of its own share (rule U1). Where a
//! method is saved is theirs.

use crate::api::site::{Agreement, Site};
use crate::domain::linking::LinkingMethod;
use crate::tui::page::{Block, Choice, ChoiceOption};
use crate::tui::screen::Here;
use crate::tui::theme::Tone;
use crate::tui::when::{count, days_left, thousands};
use crate::tui::wizard::stepper::Due;

/// A deadline nearer than so many days is told louder.
const LOUD_DAYS: u64 = 30;

/// The choice among the three.
pub fn choice(
    key: &'static str,
    in_use: Option<LinkingMethod>,
    chosen: Option<LinkingMethod>,
) -> Choice {
    let options = LinkingMethod::ALL.map(|method| option(method, in_use)).into();
    Choice { key, options, chosen: chosen.map(|method| method.code().to_owned()) }
}

/// What a change would do, and what is due.
pub fn facts(site: &Site, chosen: Option<LinkingMethod>, here: Here<'_>) -> Vec<Block> {
    change(site, chosen).into_iter().chain(due(site, here)).collect()
}

fn option(method: LinkingMethod, in_use: Option<LinkingMethod>) -> ChoiceOption {
    let now = if in_use == Some(method) { " · in use now" } else { "" };
    ChoiceOption {
        id: method.code().to_owned(),
        label: format!("{}{now}", method.title()),
        detail: meaning(method).to_owned(),
        disabled: None,
    }
}

/// Who gets a mail and who does not, in a sentence.
const fn meaning(method: LinkingMethod) -> &'static str {
    match method {
        LinkingMethod::ReceiveEmail => {
            "Everyone gets an e-mail and is linked once they confirm, except people of a verified \
             domain: they are linked at once, without one."
        }
        LinkingMethod::VerifyNow => {
            "You publish a DNS record for each domain first. Its people are linked at once, \
             without an e-mail; people of unverified domains wait."
        }
        LinkingMethod::SignAgreement => {
            "You sign for your domains now and verify them within three months. Their people are \
             linked at once, without an e-mail; others wait."
        }
    }
}

/// The agreement's next deadline; louder in its last 30 days (rule D4).
fn due(site: &Site, here: Here<'_>) -> Option<Block> {
    let (next, tone) = next(site, here)?;
    let domain = next.domain.shown();
    let words = format!("{domain} is signed for; verify it by {}.", here.date(next.deadline));
    Some(Block::notice(tone, words))
}

/// The same for the pages that are about something else: "domain due 10 Apr".
pub fn due_on(site: &Site, here: Here<'_>) -> Option<Due> {
    let (next, tone) = next(site, here)?;
    let short = format!("due {}", here.date(next.deadline));
    Some(Due { tone, words: format!("domain {short}"), short })
}

fn next<'a>(site: &'a Site, here: Here<'_>) -> Option<(&'a Agreement, Tone)> {
    let next = site.agreements.iter().find(|agreement| !agreement.lapsed)?;
    let near = here.now().is_some_and(|now| days_left(next.deadline, now) < LOUD_DAYS);
    Some((next, if near { Tone::Attention } else { Tone::Muted }))
}

/// What a change would mean for those who are linked (rule U1).
fn change(site: &Site, chosen: Option<LinkingMethod>) -> Option<Block> {
    let (before, after) = (site.method?, chosen?);
    if before == after {
        return None;
    }
    let linked = site.users.linked + site.users.provisional;
    let stay = match linked {
        0 => "Nobody is linked yet.".to_owned(),
        1 => "The one user who is linked stays linked.".to_owned(),
        n => format!("The {} users who are linked stay linked.", thousands(n)),
    };
    let rest = count(site.users.total.saturating_sub(linked), "user");
    let words = format!("This changes the method for the other {rest}. {stay}");
    Some(Block::notice(Tone::Attention, words))
}
