//! Signing the agreement for domains (rule D4): the list, the text, the tick, the typed URL.
//!
//! Owns the page and what gates signing. Who unticks a domain says so in the draft; the tick that
//! one agrees and the typed URL are never kept.

use std::borrow::Cow;

use super::known::{Known, is_proven, name};
use super::verify::{standing, why_not};
use crate::api::site::{DomainStanding, Site, SiteDomain};
use crate::domain::agreement;
use crate::tui::load::Load;
use crate::tui::page::{Block, Edit, FieldSpec, Page, Piece, RowSpec, Rows, TickRow, Ticks};
use crate::tui::screen::Here;
use crate::tui::theme::Tone;
use crate::tui::when::count;
use crate::tui::widget::field::Kind;
use crate::tui::wizard::asking;
use crate::tui::wizard::link_users::Draft;
use crate::tui::wizard::step::Refusal;

/// The list of domains.
pub(super) const LIST: &str = "sign";
/// The lines that stand above and below the list.
pub(super) const BELOW: u16 = 8;
/// The row that opens the text.
pub(super) const TEXT: &str = "agreement";
/// The tick.
const AGREE: &str = "agree";
/// The typed URL.
const CONFIRM: &str = "confirm";

/// What is not kept: the tick, the typed URL, and what became of them.
#[derive(Default)]
pub(super) struct Signing {
    pub agrees: bool,
    pub typed: String,
    /// The domain that the focus was on last.
    pub focused: Option<String>,
    /// Whether it is there still.
    pub is_on_list: bool,
    pub sent: Load<Site>,
}

impl Signing {
    pub fn edit(&mut self, edit: &Edit, draft: &mut Draft) {
        match edit {
            Edit::Tick { list: AGREE, on, .. } => self.agrees = *on,
            Edit::Text { field: CONFIRM, value } => self.typed.clone_from(value),
            Edit::Tick { list: LIST, id, on } => {
                draft.answers.not_signed.retain(|name| name != id);
                if !on {
                    draft.answers.not_signed.push(id.clone());
                }
                // Who changes what is signed reads and agrees again.
                self.agrees = false;
            }
            _ => {}
        }
    }
}

/// The domains that would be signed for.
pub(super) fn ticked<'a>(known: &'a Known, draft: &Draft) -> Vec<&'a SiteDomain> {
    let wanted = |domain: &&SiteDomain| {
        let unticked = draft.answers.not_signed.iter().any(|name| name == domain.name.raw());
        domain.may_sign && !unticked
    };
    known.of_site().iter().filter(wanted).collect()
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
    if known.site.get().is_none() {
        return Err(Refusal::page("The domains are not loaded yet."));
    }
    if ticked(known, draft).is_empty() {
        return Ok(());
    }
    if !signing.agrees {
        let words = "Tick that you agree, or untick the domains to go on unsigned.";
        return Err(Refusal::field(AGREE, words));
    }
    let url = draft.about.url.raw();
    if signing.typed.trim().eq_ignore_ascii_case(url) {
        return Ok(());
    }
    let words = format!("Type the site's URL in full: {}", draft.about.url.shown());
    Err(Refusal::field(CONFIRM, words))
}

pub(super) fn page(known: &Known, signing: &Signing, draft: &Draft, here: Here<'_>) -> Page {
    let mut blocks = Vec::new();
    blocks.extend(asking::stale(&known.site, here));
    if known.site.get().is_none() {
        blocks.push(asking::instead_of(&known.site, "the domains of the users", here));
        return Page::new(blocks);
    }
    blocks.push(Block::prose("Which domains do you sign for? Untick those you do not vouch for."));
    let rows = known.of_site().iter().map(|domain| row(domain, draft, here)).collect();
    blocks.push(Block::Ticks(Ticks { key: LIST, rows }));
    blocks.push(Block::Gap);
    let ticked = ticked(known, draft);
    if ticked.is_empty() {
        blocks.push(Block::aside("Nothing is ticked that needs signing; go on."));
    } else {
        blocks.extend(confirmation(signing, draft, here));
    }
    Page {
        scope: None,
        blocks,
        same_as: same_as(&ticked, draft),
        consequences: whole(known, signing).unwrap_or_else(|| would(&ticked, here)),
        ..Page::default()
    }
}

fn row(domain: &SiteDomain, draft: &Draft, here: Here<'_>) -> TickRow {
    let until = domain.deadline.map(|deadline| here.date(deadline)).unwrap_or_default();
    let disabled = match domain.standing {
        _ if domain.may_sign => None,
        DomainStanding::Signed => Some(format!("signed, verify it by {until}")),
        DomainStanding::Lapsed => Some(format!("lapsed {until}; verify it")),
        _ if is_proven(domain) => Some(format!("{} already", standing(domain))),
        _ => Some(standing(domain).to_owned()),
    };
    let unticked = draft.answers.not_signed.iter().any(|name| name == domain.name.raw());
    TickRow {
        id: domain.name.raw().to_owned(),
        ticked: match domain.standing {
            DomainStanding::Signed => true,
            _ => domain.may_sign && !unticked,
        },
        label: name(domain),
        number: Some(domain.users),
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
    let text = RowSpec {
        id: TEXT.to_owned(),
        tone: Tone::Text,
        cells: vec!["Read the agreement".to_owned(), "enter opens it".to_owned()],
    };
    let tick = TickRow {
        id: AGREE.to_owned(),
        ticked: signing.agrees,
        label: "I have read the agreement and agree".to_owned(),
        number: None,
        note: String::new(),
        disabled: None,
    };
    let field = FieldSpec {
        key: CONFIRM,
        label: "Site URL".to_owned(),
        kind: Kind::Confirmation,
        value: signing.typed.clone(),
        hint: format!("type {} in full, by hand", draft.about.url.shown()),
        error: None,
    };
    let mut blocks = vec![
        Block::Rows(Rows { key: TEXT, rows: vec![text], empty: String::new() }),
        Block::Ticks(Ticks { key: AGREE, rows: vec![tick] }),
        Block::Field(field),
    ];
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

/// The title and the paragraphs of what one signs.
pub(super) fn agreement(draft: &Draft) -> (String, Vec<String>) {
    let site = draft.about.url.shown();
    let org = match &draft.about.organization_name {
        Some(name) => name.shown().to_string(),
        None => "the organization".to_owned(),
    };
    let text = vec![
        format!(
            "By signing, you state for {org} that the ticked domains belong to it, and that the \
             people of {site} who have addresses in them are its people."
        ),
        "These people are linked to the organization at once. They are not asked and get no \
         e-mail; telling them is up to you."
            .to_owned(),
        "You prove each domain by a DNS record within three calendar months of signing. Until then \
         their links are provisional; verifying the domain makes them final."
            .to_owned(),
        "When the deadline passes without proof, nothing already linked is undone, but no further \
         people are linked through the agreement. There is one agreement for a domain and an \
         organization, and no second."
            .to_owned(),
        "It is recorded who signed, when, and for which domains.".to_owned(),
    ];
    (format!("Agreement for {site}"), text)
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
