//! Signing the agreement for domains (rule D4): the list, the text, the tick, the typed URL.
//!
//! Owns the page and what gates signing. The text is the backend's, whose hash is kept. Who ticks or
//! unticks a domain says so in the draft; that it was read and agreed to, and the URL, are never kept.

use std::borrow::Cow;

use super::known::{Known, is_proven, name};
use super::verify::{standing, standing_tone, why_not};
use crate::api::site::{DomainStanding, Site, SiteDomain};
use crate::domain::agreement;
use crate::tui::load::Load;
use crate::tui::page::{Block, Edit, Page, Piece, TickRow, Ticks};
use crate::tui::screen::Here;
use crate::tui::theme::Tone;
use crate::tui::when::count;
use crate::tui::wizard::agreeing::{AGREE, Agreeing};
use crate::tui::wizard::asking;
use crate::tui::wizard::link_users::Draft;
use crate::tui::wizard::step::{Refusal, Turn};

/// The list of domains.
pub(super) const LIST: &str = "sign";
/// The lines that stand above and below the list.
pub(super) const BELOW: u16 = 9;
/// The words beside the tick.
const TICK: &str = "I have read the agreement and agree";

/// What is not kept: the tick, the typed URL, and what became of them.
#[derive(Default)]
pub(super) struct Signing {
    pub agreeing: Agreeing,
    /// The text has changed since it was read, and nothing was signed.
    pub changed: bool,
    /// The domain that the focus was on last.
    pub focused: Option<String>,
    /// Whether it is there still.
    pub is_on_list: bool,
    pub sent: Load<Site>,
}

impl Signing {
    pub fn edit(&mut self, edit: &Edit, draft: &mut Draft) -> Turn {
        if let Edit::Tick { list: LIST, id, on } = edit {
            draft.answers.tick_domain(id, *on);
            self.ticks_changed();
        }
        self.agreeing.edit(edit)
    }

    /// Who changes what is signed for agrees again.
    pub fn ticks_changed(&mut self) {
        self.agreeing.agrees = false;
    }
}

/// Ticks all domains that may be signed for, or none where all of them are.
pub(super) fn tick_all(known: &Known, signing: &mut Signing, draft: &mut Draft) {
    let on = ticked(known, draft).len() < open(known).count();
    let names: Vec<String> = open(known).map(|domain| domain.name.raw().to_owned()).collect();
    for name in names {
        draft.answers.tick_domain(&name, on);
    }
    signing.ticks_changed();
}

/// The word for that key.
pub(super) fn tick_all_word(known: &Known, draft: &Draft) -> String {
    let all = open(known).count();
    if ticked(known, draft).len() < all { format!("tick all {all}") } else { "untick all".into() }
}

/// The domains that may be signed for.
pub(super) fn open(known: &Known) -> impl Iterator<Item = &SiteDomain> {
    known.of_site().iter().filter(|domain| domain.may_sign)
}

/// The domains that would be signed for.
pub(super) fn ticked<'a>(known: &'a Known, draft: &Draft) -> Vec<&'a SiteDomain> {
    open(known).filter(|domain| draft.answers.signs(domain.name.raw(), first(known))).collect()
}

/// Nothing was signed for from this site yet: all that may be is ticked. Who comes back has chosen.
fn first(known: &Known) -> bool {
    known.text.get().is_some_and(|text| !text.signed_before)
}

pub(super) fn facts() -> Vec<Cow<'static, str>> {
    vec![
        "Users of the domains you sign for are linked at once and get no e-mail.".into(),
        "Verify the domains before the deadline; that makes the links final. When it passes, \
         nothing already linked is undone."
            .into(),
        "Users of domains that are neither signed for nor verified wait.".into(),
    ]
}

pub(super) fn check(known: &Known, signing: &Signing, draft: &Draft) -> Result<(), Refusal> {
    if signing.sent.is_waiting() {
        return Err(Refusal::page("The agreement is being signed; wait for the answer."));
    }
    if known.site.get().is_none() || known.text.get().is_none() {
        return Err(Refusal::page("The domains and the agreement are not loaded yet."));
    }
    if ticked(known, draft).is_empty() {
        return Ok(());
    }
    let without = "Tick that you agree, or untick the domains to go on unsigned.";
    signing.agreeing.check(&draft.about.url, without)
}

pub(super) fn page(known: &Known, signing: &Signing, draft: &Draft, here: Here<'_>) -> Page {
    let mut blocks = Vec::new();
    blocks.extend(asking::stale(&known.site, here));
    if known.site.get().is_none() {
        blocks.push(asking::instead_of(&known.site, "the domains of the users", here));
        return Page::new(blocks);
    }
    if known.text.get().is_none() {
        blocks.push(asking::instead_of(&known.text, "the agreement", here));
        return Page::new(blocks);
    }
    if signing.changed {
        blocks.push(Block::notice(
            Tone::Attention,
            "The agreement has changed since you read it, and nothing was signed; read it again.",
        ));
    }
    blocks.push(Block::prose(if first(known) {
        "Which domains do you sign for? Untick those you do not vouch for."
    } else {
        "Which more domains do you sign for? With none more ticked, Enter goes on."
    }));
    blocks.push(Block::Gap);
    let rows =
        known.of_site().iter().map(|domain| row(domain, first(known), draft, here)).collect();
    blocks.push(Block::Ticks(Ticks { key: LIST, rows }));
    blocks.push(Block::Gap);
    let ticked = ticked(known, draft);
    if ticked.is_empty() {
        blocks.push(Block::aside(
            "Nothing is ticked that needs signing; Enter goes on, and signs nothing.",
        ));
    } else {
        blocks.extend(confirmation(signing, draft, here));
    }
    Page {
        scope: None,
        // Once it is read, the tick is next.
        first: signing.agreeing.is_read.then_some(AGREE),
        blocks,
        same_as: same_as(&ticked, draft),
        consequences: whole(known, signing).unwrap_or_else(|| would(&ticked, here)),
        ..Page::default()
    }
}

fn row(domain: &SiteDomain, first: bool, draft: &Draft, here: Here<'_>) -> TickRow {
    let until = domain.deadline.map(|deadline| here.date(deadline)).unwrap_or_default();
    let disabled = match domain.standing {
        _ if domain.may_sign => None,
        DomainStanding::Signed => Some(format!("signed, verify it by {until}")),
        DomainStanding::Lapsed => Some(format!("lapsed {until}; verify it")),
        _ if is_proven(domain) => Some(format!("{} already", standing(domain))),
        _ => Some(standing(domain).to_owned()),
    };
    let ticked = draft.answers.signs(domain.name.raw(), first);
    TickRow {
        id: domain.name.raw().to_owned(),
        ticked: match domain.standing {
            DomainStanding::Signed => true,
            _ => domain.may_sign && ticked,
        },
        label: name(domain),
        number: Some(domain.users),
        end: Some(standing_tone(domain)),
        note: standing(domain).to_owned(),
        disabled,
    }
}

/// Why the domain that has the focus cannot be ticked, whole.
fn whole(known: &Known, signing: &Signing) -> Option<Vec<Piece>> {
    let domain = signing.focused.as_deref().and_then(|name| known.find(name))?;
    let says = signing.is_on_list && !domain.may_sign && !domain.why_not.is_empty();
    let words = || format!("{}: {}", domain.name.shown(), asking::sentence(&why_not(domain)));
    says.then(|| vec![Piece::new(Tone::Muted, words())])
}

/// The text, the tick and the URL.
fn confirmation(signing: &Signing, draft: &Draft, here: Here<'_>) -> Vec<Block> {
    let mut blocks: Vec<Block> = signing.agreeing.blocks(TICK, &draft.about.url).into();
    match signing.sent.error() {
        Some(error) => blocks.push(asking::failed(error, here)),
        None => {
            blocks.push(Block::aside(asking::waiting(
                &signing.sent,
                "Signing the agreement",
                here,
            )));
        }
    }
    blocks
}

fn would(ticked: &[&SiteDomain], here: Here<'_>) -> Vec<Piece> {
    let users: u64 = ticked.iter().map(|domain| domain.users).sum();
    if ticked.is_empty() {
        return Vec::new();
    }
    let until = here.now().map(agreement::deadline).map(|at| format!(" until {}", here.date(at)));
    let domains = count(ticked.len() as u64, "domain");
    vec![
        Piece::new(Tone::Muted, "→ "),
        Piece::new(Tone::Strong, count(users, "user")),
        Piece::new(
            Tone::Muted,
            format!(" of {domains} linked without an e-mail{}", until.unwrap_or_default()),
        ),
    ]
}

fn same_as(ticked: &[&SiteDomain], draft: &Draft) -> Option<String> {
    ticked.first()?;
    let url = draft.about.url.shown();
    let mut out = format!("hublink site agree {url}");
    for domain in ticked {
        out.push_str(&format!(" --domain {}", domain.name.shown()));
    }
    out.push_str(&format!(" --agree --confirm {url}"));
    Some(out)
}
