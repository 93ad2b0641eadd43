//! A plan to be reviewed: the number that can hurt first, then each class and why (rule U4).
//!
//! Owns the rows and their words, and what gates applying. Every class is told, zeroes quietly; a
//! row opens the list of its people.

use std::borrow::Cow;

use crate::api::plan::{DomainCount, Held, Plan};
use crate::api::run::Run;
use crate::domain::outcome::{Class, Outcome};
use crate::domain::untrusted::Untrusted;
use crate::tui::export::Export;
use crate::tui::keymap::Action;
use crate::tui::load::Load;
use crate::tui::page::{Block, FieldSpec, Page, Piece, TallyRow};
use crate::tui::screen::Here;
use crate::tui::theme::Tone;
use crate::tui::when::{count, thousands};
use crate::tui::widget::field::Kind;
use crate::tui::wizard::asking;
use crate::tui::wizard::step::Refusal;

/// The field for the number of people.
pub(super) const COUNT: &str = "count";
/// The rows below the numbers: what to know, the field, what became of it.
const BELOW: usize = 5;
/// So many domains are named beside a class.
const DOMAINS: usize = 3;

/// A row that can be opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Row {
    /// A class.
    Class(Class),
    /// One outcome of a class.
    Outcome(Outcome),
}

/// The row of this name.
pub(super) fn row(id: &str) -> Option<Row> {
    Class::from_code(id).map(Row::Class).or_else(|| Outcome::from_code(id).map(Row::Outcome))
}

impl Row {
    pub fn class(self) -> Option<Class> {
        match self {
            Self::Class(class) => Some(class),
            Self::Outcome(_) => None,
        }
    }

    pub fn outcome(self) -> Option<Outcome> {
        match self {
            Self::Class(_) => None,
            Self::Outcome(outcome) => Some(outcome),
        }
    }

    pub fn title(self) -> &'static str {
        match self {
            Self::Class(class) => class.code(),
            Self::Outcome(outcome) => outcome.label(),
        }
    }

    pub fn count(self, plan: &Plan) -> u64 {
        match self {
            Self::Class(of) => class(plan, of),
            Self::Outcome(of) => outcome(plan, of),
        }
    }
}

/// How many of a class.
pub(super) fn class(plan: &Plan, class: Class) -> u64 {
    plan.classes.get(class.code()).copied().unwrap_or(0)
}

fn outcome(plan: &Plan, outcome: Outcome) -> u64 {
    plan.outcomes.get(outcome.code()).copied().unwrap_or(0)
}

pub(super) fn facts() -> Vec<Cow<'static, str>> {
    vec![
        "Invite does exactly this plan, once. If anything about its people has changed until then, \
         it refuses and sends nothing."
            .into(),
        "E-mails carry a link that works for 7 days. Who confirms is linked within 48 hours.".into(),
        "Who is linked silently is told by nobody; the results list them.".into(),
    ]
}

/// The number must be typed, and there must be something to do.
pub(super) fn check(plan: &Plan, typed: &str) -> Result<(), Refusal> {
    if plan.selected == 0 {
        return Err(Refusal::page("Nobody is in this plan; go back and tick someone."));
    }
    if plan.emails + class(plan, Class::Linked) == 0 {
        let words = "This plan would link and e-mail nobody; go back and tick others.";
        return Err(Refusal::page(words));
    }
    if typed.parse() == Ok(plan.selected) {
        return Ok(());
    }
    let people = thousands(plan.selected);
    Err(Refusal::field(COUNT, format!("Type {people}, how many are selected.")))
}

/// `height`: the rows there are for it. The number that can hurt and the field for the number of
/// people are in sight together, whatever is in the plan. Where the directory does not do it, there
/// is nothing to type.
pub(super) fn page(
    plan: &Plan,
    typed: &str,
    (applying, export): (&Load<Run>, Option<&Export>),
    height: u16,
    is_refused: bool,
    here: Here<'_>,
) -> Page {
    let frozen = format!(
        "Frozen at {}, valid until {}. Invite does exactly this, once. To go on, type how many \
         are selected, {}.",
        here.moment(plan.created_at),
        here.moment(plan.expires_at),
        thousands(plan.selected)
    );
    let mut tally = rows(plan);
    if tally.len() + BELOW > usize::from(height) {
        tally = classes(plan);
    }
    let mut blocks = vec![Block::Tally(tally)];
    blocks.extend(held(plan, here));
    if !is_refused {
        blocks.extend([Block::Gap, Block::aside(frozen), field(typed)]);
    }
    if let Some(error) = applying.error() {
        blocks.push(asking::failed(error, here));
    } else if let Some(export) = export {
        blocks.push(Block::aside(export.words()));
    } else {
        blocks.push(Block::aside(asking::waiting(applying, "Applying the plan", here)));
    }
    let same_as =
        format!("hublink invite apply {} --yes", Untrusted::new(plan.id.as_str()).shown());
    Page {
        blocks,
        same_as: (!is_refused).then_some(same_as),
        consequences: would(plan),
        first: (!is_refused).then_some(COUNT),
        from_top: true,
        ..Page::default()
    }
}

fn field(typed: &str) -> Block {
    Block::Field(FieldSpec {
        key: COUNT,
        label: "How many are selected".to_owned(),
        kind: Kind::Count,
        value: typed.to_owned(),
        hint: String::new(),
        error: None,
    })
}

/// E-mails first, second invitations apart, then each class with what it is made of.
fn rows(plan: &Plan) -> Vec<TallyRow> {
    let mut rows = Vec::new();
    for of in Class::ALL {
        rows.push(class_row(plan, of));
        if of == Class::Emailed && plan.emails > 0 {
            rows.push(TallyRow {
                id: None,
                depth: 1,
                tone: Tone::Attention,
                number: plan.second_invitations,
                words: "of them second invitations".to_owned(),
                note: String::new(),
            });
        }
        let parts = Outcome::ALL.into_iter().filter(|part| part.class() == of);
        rows.extend(parts.filter(|part| outcome(plan, *part) > 0).map(|part| TallyRow {
            id: Some(part.code().to_owned()),
            depth: 1,
            tone: Tone::Text,
            number: outcome(plan, part),
            words: part.label().to_owned(),
            note: part.note().to_owned(),
        }));
    }
    rows.push(TallyRow {
        id: None,
        depth: 0,
        tone: Tone::Text,
        number: plan.selected,
        words: "selected".to_owned(),
        note: String::new(),
    });
    rows
}

/// The same where there is little room: what each class is made of stands beside it.
fn classes(plan: &Plan) -> Vec<TallyRow> {
    let parts = |of: Class| {
        let parts = Outcome::ALL.into_iter().filter(|part| part.class() == of);
        let parts = parts.filter(|part| outcome(plan, *part) > 0);
        let told = parts.map(|part| format!("{} {}", part.label(), thousands(outcome(plan, part))));
        told.collect::<Vec<_>>().join(" · ")
    };
    let mut tally: Vec<TallyRow> = rows(plan);
    tally.retain(|row| row.depth == 0 || row.id.is_none());
    for row in &mut tally {
        if let Some(of) = row.id.as_deref().and_then(Class::from_code) {
            row.note = parts(of);
        }
    }
    tally
}

fn class_row(plan: &Plan, of: Class) -> TallyRow {
    let number = if of == Class::Emailed { plan.emails } else { class(plan, of) };
    let (tone, words) = match of {
        Class::Emailed if number == 1 => (Tone::Attention, "e-mail will be sent"),
        Class::Emailed => (Tone::Attention, "e-mails will be sent"),
        Class::Linked => (Tone::Done, "linked silently"),
        Class::Skipped => (Tone::Text, "skipped"),
        Class::Held => (Tone::Attention, "held"),
        Class::Blocked => (Tone::Refused, "blocked"),
    };
    let note = match of {
        Class::Emailed => domains(&plan.email_domains),
        Class::Linked if number > 0 => {
            let domains = domains(&plan.linked_domains);
            let between = if domains.is_empty() { "" } else { " · " };
            format!("nobody tells them{between}{domains}")
        }
        _ => String::new(),
    };
    TallyRow {
        id: (number > 0).then(|| of.code().to_owned()),
        depth: 0,
        tone,
        number,
        words: words.to_owned(),
        note,
    }
}

/// "gmail.com 2 · outlook.com 1 · …"
fn domains(counts: &[DomainCount]) -> String {
    let shown =
        |count: &DomainCount| format!("{} {}", count.domain.shown_in(32), thousands(count.users));
    let mut parts: Vec<String> = counts.iter().take(DOMAINS).map(shown).collect();
    if counts.len() > DOMAINS {
        parts.push("…".to_owned());
    }
    parts.join(" · ")
}

/// What can be done about the held, or was done.
fn held(plan: &Plan, here: Here<'_>) -> Option<Block> {
    let key = here.keys.key(Action::EmailHeld);
    let number = class(plan, Class::Held);
    match plan.held {
        Held::Email => Some(Block::notice(
            Tone::Attention,
            format!("Those who would be held get an e-mail in this plan. {key} holds them again."),
        )),
        Held::Hold if number > 0 => {
            let them = if number == 1 {
                "the one held gets".to_owned()
            } else {
                format!("the {} held get", thousands(number))
            };
            Some(Block::aside(format!("{key} makes a new plan in which {them} an e-mail.")))
        }
        Held::Hold => None,
    }
}

fn would(plan: &Plan) -> Vec<Piece> {
    let mut pieces =
        vec![Piece::new(Tone::Muted, "→ "), Piece::new(Tone::Strong, count(plan.emails, "e-mail"))];
    let others = [Class::Linked, Class::Skipped, Class::Held, Class::Blocked];
    for of in others {
        let words = if of == Class::Linked { "linked silently" } else { of.code() };
        let text = format!(" · {} {words}", thousands(class(plan, of)));
        pieces.push(Piece::new(Tone::Muted, text));
    }
    pieces
}
