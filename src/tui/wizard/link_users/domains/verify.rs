//! Proving domains in DNS: the list, the record to publish, and what a look-up found (rule D2).
//!
//! Owns the page, what can be done to the picked domain, and the one act under way. Record name
//! and value are shown as the provider gave them.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::known::{Known, is_proven, name};
use crate::api::call::{ApiError, Reply};
use crate::api::demo::{PublishTxt, PublishTxtCall};
use crate::api::domains::{AddDomain, Check, CheckResult, NewDomain, OrgDomain, VerifyDomain};
use crate::api::endpoint::{Endpoint as _, Nothing};
use crate::api::site::{DomainStanding, SiteDomain};
use crate::domain;
use crate::domain::linking::LinkingMethod;
use crate::domain::organization::DomainState;
use crate::domain::untrusted::Untrusted;
use crate::tui::keymap::{Action, Availability};
use crate::tui::load::Load;
use crate::tui::msg::RequestId;
use crate::tui::page::{Block, Page, Piece, RowSpec, Rows};
use crate::tui::screen::{Cx, Here};
use crate::tui::theme::Tone;
use crate::tui::when::{self, thousands};
use crate::tui::wizard::asking;
use crate::tui::wizard::link_users::Draft;

/// The list of domains.
pub(super) const LIST: &str = "domains";
/// The lines that stand above and below the list.
pub(super) const BELOW: u16 = 13;
/// No more of what was found than this is shown.
const SEEN: usize = 3;
/// Columns of the backend's hint.
const HINT: usize = 400;

/// What is being done to one domain; one thing at a time.
#[derive(Default)]
pub(super) struct Act {
    doing: &'static str,
    name: String,
    asked: Load<OrgDomain>,
    published: Load<()>,
}

impl Act {
    pub fn add(&mut self, org: String, name: String, cx: &mut Cx<'_>) {
        self.begin("Adding", &name);
        let body = NewDomain { name };
        self.asked.ask(AddDomain::call(org, Nothing, body), cx);
    }

    pub fn verify(&mut self, org: String, name: String, cx: &mut Cx<'_>) {
        self.begin("Looking up the record of", &name);
        self.asked.ask(VerifyDomain::call((org, name), Nothing, Nothing), cx);
    }

    pub fn publish(&mut self, name: &str, record: PublishTxt, cx: &mut Cx<'_>) {
        self.begin("Demo: publishing the record of", name);
        self.published.ask(PublishTxtCall::call(Nothing, Nothing, record), cx);
    }

    fn begin(&mut self, doing: &'static str, name: &str) {
        *self = Self { doing, name: name.to_owned(), ..Self::default() };
    }

    fn is_under_way(&self) -> bool {
        self.asked.is_waiting() || self.published.is_waiting()
    }

    /// Takes a reply; the domain as it is now, when it was this one's.
    pub fn take(&mut self, id: RequestId, result: &Result<Reply, ApiError>) -> Option<OrgDomain> {
        if self.published.take_by(id, result, |_| Some(())) {
            return None;
        }
        let mine = self.asked.take(id, result);
        if mine && self.asked.error().is_none() { self.asked.get().cloned() } else { None }
    }

    /// What is said about it below the domain it is about.
    fn block(&self, picked: &str, here: Here<'_>) -> Option<Block> {
        if self.name != picked {
            return None;
        }
        if let Some(error) = self.asked.error().or(self.published.error()) {
            return Some(asking::failed(error, here));
        }
        if self.published.get().is_some() {
            let words = "Demo: the record is published in the demo's DNS. Check now finds it.";
            return Some(Block::notice(Tone::Done, words));
        }
        let doing = format!("{} {picked}", self.doing);
        let words = if self.asked.is_waiting() {
            asking::waiting(&self.asked, &doing, here)
        } else {
            asking::waiting(&self.published, &doing, here)
        };
        (!words.is_empty()).then(|| Block::aside(words))
    }
}

/// What can be done to the picked domain now.
pub(super) fn availability(
    action: Action,
    known: &Known,
    act: &Act,
    picked: Option<&str>,
    is_demo: bool,
) -> Availability {
    let Some(domain) = picked.and_then(|name| known.find(name)) else {
        return Availability::Hidden;
    };
    if act.is_under_way() {
        return Availability::Disabled("Wait for the answer about the domain before.".into());
    }
    let is_pending = domain.state == Some(DomainState::Pending);
    match action {
        Action::Add if domain.state.is_some() => {
            Availability::Disabled("The organization has added this domain already.".into())
        }
        Action::Add if !domain.may_verify => {
            Availability::Disabled(asking::sentence(&why_not(domain)).into())
        }
        Action::Add => Availability::Ready,
        Action::Verify if domain.state.is_none() && domain.may_verify => {
            Availability::Disabled("Add the domain first; that gives the record to publish.".into())
        }
        Action::Verify => Availability::shown_if(is_pending),
        Action::Publish if !is_demo => Availability::Hidden,
        Action::Publish => {
            let has_record = picked.is_some_and(|name| known.of_org(name).is_some());
            let why = match domain.state {
                Some(state) if state.proves() => {
                    "The domain is proven; nothing is to be published."
                }
                None if domain.may_verify => {
                    "Add the domain first; that gives the record to publish."
                }
                _ => "There is no record to publish for this domain.",
            };
            Availability::ready_if(is_pending && has_record, why)
        }
        _ => Availability::Hidden,
    }
}

pub(super) fn facts() -> Vec<Cow<'static, str>> {
    vec![
        "People of a verified domain are linked at once and get no e-mail, whatever the method."
            .into(),
        "You may leave at any time: the backend looks for the records by itself, and you find the \
         result here."
            .into(),
        "Verifying is enough; claiming a domain is not needed to link its users.".into(),
    ]
}

pub(super) fn page(
    known: &Known,
    act: &Act,
    picked: Option<&str>,
    is_demo: bool,
    draft: &Draft,
    here: Here<'_>,
) -> Page {
    // Where nothing can be proven from here, what is known is shown all the same.
    let is_refused = here.session.refuses(domain::act::Act::Domains).is_some();
    let mut blocks = Vec::new();
    if !is_refused {
        blocks.extend([Block::prose(purpose(draft)), Block::Gap]);
    }
    blocks.extend(asking::stale(&known.site, here));
    if known.site.get().is_none() {
        blocks.push(asking::instead_of(&known.site, "the domains of the users", here));
        return Page::new(blocks);
    }
    blocks.push(list(known));
    blocks.push(Block::Gap);
    let domain = picked.and_then(|name| known.find(name));
    let domain = domain.filter(|domain| !is_refused || is_proven(domain));
    if let Some(domain) = domain {
        let published = act.name == domain.name.raw() && act.published.get().is_some();
        blocks.extend(detail(domain, known, is_demo, here, published));
        blocks.extend(act.block(domain.name.raw(), here));
    }
    let same_as = domain.and_then(|domain| same_as(domain, draft));
    Page { blocks, same_as, consequences: consequences(known), ..Page::default() }
}

/// The page with these domains at the top of its list.
pub(super) fn unproven_first(mut page: Page, open: &BTreeSet<String>) -> Page {
    for block in &mut page.blocks {
        if let Block::Rows(Rows { key: LIST, rows, .. }) = block {
            rows.sort_by_key(|row| !open.contains(&row.id));
        }
    }
    page
}

fn purpose(draft: &Draft) -> &'static str {
    match draft.about.method {
        Some(LinkingMethod::VerifyNow) => {
            "Prove each domain by publishing a TXT record in its DNS. People of unverified domains \
             wait until then."
        }
        _ => "Optional: people of a verified domain are linked without an e-mail.",
    }
}

fn list(known: &Known) -> Block {
    let numbers = known.of_site().iter().map(|domain| thousands(domain.users));
    let widest = numbers.map(|number| number.len()).max().unwrap_or(0);
    let rows = known.of_site().iter().map(|domain| RowSpec {
        id: domain.name.raw().to_owned(),
        tone: if is_proven(domain) { Tone::Muted } else { Tone::Text },
        end: Some(standing_tone(domain)),
        cells: vec![
            name(domain),
            format!("{:>widest$}", thousands(domain.users)),
            standing(domain).to_owned(),
        ],
    });
    let empty = "The site has no active users yet. Import its roster first.".to_owned();
    Block::Rows(Rows { key: LIST, rows: rows.collect(), empty })
}

/// Where a domain stands, in a few words.
pub(super) const fn standing(domain: &SiteDomain) -> &'static str {
    match domain.standing {
        DomainStanding::Claimed => "claimed",
        DomainStanding::Verified => "verified",
        DomainStanding::Pending => "added, record not seen yet",
        DomainStanding::Signed => "signed",
        DomainStanding::Lapsed => "signed, lapsed",
        DomainStanding::Unproven => "not proven",
        DomainStanding::Consumer => "consumer, always e-mailed",
        DomainStanding::OtherOrganization => "another organization's",
        DomainStanding::Unusable => "nobody can be linked",
    }
}

/// The colour that says the same: as on home.
pub(super) const fn standing_tone(domain: &SiteDomain) -> Tone {
    match domain.standing {
        DomainStanding::Claimed | DomainStanding::Verified => Tone::Done,
        DomainStanding::Pending | DomainStanding::Lapsed | DomainStanding::Unproven => {
            Tone::Attention
        }
        DomainStanding::Signed => Tone::Text,
        DomainStanding::Consumer => Tone::Muted,
        DomainStanding::OtherOrganization | DomainStanding::Unusable => Tone::Refused,
    }
}

/// Why nothing can be done about a domain, in a sentence.
pub(super) fn why_not(domain: &SiteDomain) -> String {
    if domain.why_not.is_empty() {
        return standing(domain).to_owned();
    }
    Untrusted::new(domain.why_not.as_str()).shown().to_string()
}

/// What there is to say and to do about the picked domain.
fn detail(
    domain: &SiteDomain,
    known: &Known,
    is_demo: bool,
    here: Here<'_>,
    published: bool,
) -> Vec<Block> {
    let label = name(domain);
    if is_proven(domain) {
        let words = format!(
            "{label} is {}: its {} {} linked without an e-mail.",
            standing(domain),
            when::count(domain.users, "user"),
            if domain.users == 1 { "is" } else { "are" }
        );
        return vec![Block::notice(Tone::Done, words)];
    }
    if !domain.may_verify {
        let words = format!("{label}: {}", asking::sentence(&why_not(domain)));
        return vec![Block::notice(Tone::Text, words)];
    }
    let Some(mine) = known.of_org(domain.name.raw()) else {
        if let Some(error) = known.org_error() {
            return vec![asking::failed(error, here)];
        }
        let key = here.keys.key(Action::Add);
        return vec![Block::prose(format!(
            "{label} is not added to the organization yet. {key} adds it and gives you the TXT \
             record to publish."
        ))];
    };
    let mut blocks = vec![
        Block::Value {
            label: format!("Publish this TXT record for {label}. Its name"),
            value: mine.challenge.record_name.shown(),
        },
        Block::Value { label: "Its value".to_owned(), value: mine.challenge.record_value.shown() },
    ];
    if published {
        // What a look-up before it found is not so any more.
        return blocks;
    }
    let key = here.keys.key(Action::Verify);
    let not_yet = || Block::aside(format!("Not looked up yet. {key} checks now."));
    blocks.push(mine.last_check.as_ref().map_or_else(not_yet, |check| found(check, here)));
    if is_demo {
        let key = here.keys.key(Action::Publish);
        blocks.push(Block::aside(format!("Demo: {key} publishes it in the demo's own DNS.")));
    }
    blocks
}

/// What a look-up found, and what to do (rule D2).
fn found(check: &Check, here: Here<'_>) -> Block {
    let zone = &here.session.zone;
    let at = when::time(check.at, zone);
    let (tone, words) = match check.result {
        CheckResult::Found => (Tone::Done, "the record is there.".to_owned()),
        CheckResult::NotFound => {
            let what = match (hint(check), seen(check)) {
                (Some(hint), _) => hint,
                (None, None) => "nothing is published under this name yet.".to_owned(),
                (None, Some(seen)) => format!("no record of ours; found instead: {seen}."),
            };
            let wait = check.not_before.map(|until| {
                let until = when::moment(until, Some(check.at), zone);
                format!(
                    " No use before {until}: until then resolvers remember that it was missing."
                )
            });
            (Tone::Attention, what + wait.unwrap_or_default().as_str())
        }
        CheckResult::WrongToken => {
            let seen = seen(check).unwrap_or_default();
            let else_what = || {
                format!("a record with another value: {seen}. Publish the value above, exactly.")
            };
            (Tone::Attention, hint(check).unwrap_or_else(else_what))
        }
        CheckResult::Failed => {
            let detail = if check.detail.is_empty() {
                String::new()
            } else {
                format!(" ({})", check.detail.shown_in(80))
            };
            let words =
                "That says nothing about the record and changes nothing; check again later.";
            (Tone::Attention, format!("the look-up failed{detail}. {words}"))
        }
    };
    Block::notice(tone, format!("{at}: {words}"))
}

/// What the backend says is wrong with the record and what to do, with what it saw.
fn hint(check: &Check) -> Option<String> {
    if check.detail.is_empty() {
        return None;
    }
    let seen = seen(check).map(|seen| format!(" Found: {seen}.")).unwrap_or_default();
    Some(format!("{}{seen}", check.detail.shown_in(HINT)))
}

/// The first of the values that were there.
fn seen(check: &Check) -> Option<String> {
    let first = check.seen.iter().take(SEEN).map(|text| format!("“{}”", text.shown_in(60)));
    let mut seen = first.collect::<Vec<_>>().join(", ");
    let more = check.seen.len().saturating_sub(SEEN);
    if more > 0 {
        seen = format!("{seen} and {more} more");
    }
    (!seen.is_empty()).then_some(seen)
}

fn consequences(known: &Known) -> Vec<Piece> {
    let (all, proven) = known.proven_users();
    vec![
        Piece::new(Tone::Muted, "→ "),
        Piece::new(Tone::Strong, thousands(proven)),
        Piece::new(
            Tone::Muted,
            format!(" of {} are in verified domains: linked, no e-mail", when::count(all, "user")),
        ),
    ]
}

fn same_as(domain: &SiteDomain, draft: &Draft) -> Option<String> {
    let org = draft.about.organization.as_deref()?;
    let org = Untrusted::new(org).shown();
    let verb = match domain.state {
        None if domain.may_verify => "add",
        Some(DomainState::Pending) => "verify",
        _ => return None,
    };
    Some(format!("hublink domain {verb} --org {org} {}", domain.name.shown()))
}
