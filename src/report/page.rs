//! The report in words and numbers, before it has a form.
//!
//! Owns what is told, in which order: the number that can hurt first, zeroes shown. Every text in
//! it is safe to show, and still has to be escaped for the form it takes.

use super::{Fared, Named, Report};
use crate::api::run::{Run, RunItem};
use crate::domain::address::with_unicode;
use crate::domain::domain_name;
use crate::domain::number::{count, thousands};
use crate::domain::outcome::{Class, Outcome};
use crate::domain::run::{ItemState, RunState};
use crate::domain::sentence::one_stop;
use crate::domain::untrusted::Untrusted;
use crate::domain::user::lapses_at;

/// So many domains have a row of their own.
const DOMAINS: usize = 25;
/// The most columns of a name.
const NAME: usize = 80;

/// What a bar, or a part of one, stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Linked silently.
    Linked,
    /// E-mailed.
    Emailed,
    /// As they were: skipped, held, blocked.
    Left,
    /// Failed, in doubt, or not processed.
    Open,
}

impl Part {
    /// All parts, in the order of a bar.
    pub const ALL: [Self; 4] = [Self::Linked, Self::Emailed, Self::Left, Self::Open];

    /// The word beside its colour.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Linked => "linked",
            Self::Emailed => "e-mailed",
            Self::Left => "as they were",
            Self::Open => "open",
        }
    }
}

/// A row of numbers with a bar.
#[derive(Debug)]
pub struct Row {
    /// What is counted.
    pub label: String,
    /// The numbers, a column each; none where there is nothing to say.
    pub numbers: Vec<Option<u64>>,
    /// How long each part of the bar is.
    pub bar: Vec<(Part, u64)>,
    /// Whether it is the sum of those above.
    pub sum: bool,
}

/// A table of rows.
#[derive(Debug)]
pub struct Numbers {
    /// The titles of the columns, the label's first.
    pub columns: Vec<&'static str>,
    /// The rows.
    pub rows: Vec<Row>,
    /// How many people the longest bar stands for.
    pub longest: u64,
}

/// One part of the page, top to bottom.
#[derive(Debug)]
pub enum Block {
    /// A heading.
    Heading(&'static str),
    /// A paragraph.
    Text(String),
    /// Names and values.
    Facts(Vec<(&'static str, String)>),
    /// Numbers with bars.
    Numbers(Numbers),
    /// Points, one below the other: a sentence or two, and a command to go on with.
    Points(Vec<(String, Option<String>)>),
    /// People: name, address, what became of them, why.
    People(Vec<[String; 4]>),
}

/// The page.
#[derive(Debug)]
pub struct Page {
    /// Its title.
    pub title: String,
    /// What stands on it.
    pub blocks: Vec<Block>,
}

/// Writes it.
pub fn page(report: &Report) -> Page {
    let site = report.run.site.shown();
    let mut blocks = vec![
        Block::Text(state(report)),
        Block::Facts(facts(report)),
        Block::Heading("What was planned, and what happened"),
        Block::Numbers(classes(report)),
        Block::Heading("Why, by the plan"),
        Block::Numbers(reasons(report)),
        Block::Heading("By domain"),
        Block::Numbers(domains(report)),
    ];
    let more = report.gathered.domains.len().saturating_sub(DOMAINS);
    if more > 0 {
        let rest = count(more as u64, "smaller domain");
        blocks.push(Block::Text(format!("The last row adds up {rest}.")));
    }
    blocks.push(Block::Heading("What waits, and until when"));
    let points = waits(report);
    if points.is_empty() {
        blocks.push(Block::Text("Nothing waits.".to_owned()));
    } else {
        blocks.push(Block::Points(points));
    }
    let Report { gathered, .. } = report;
    people(&mut blocks, "Open: failed, in doubt, or not processed", &gathered.open, &report.run);
    people(&mut blocks, "As they were: held or blocked", &gathered.waiting, &report.run);
    blocks.push(Block::Text(format!(
        "Written {} by hublink. The page names people: it is for those who may know.",
        report.moment(report.written_at)
    )));
    Page { title: format!("Invitations to {site}"), blocks }
}

fn state(report: &Report) -> String {
    let run = &report.run;
    let ended = run.ended_at.map_or(String::new(), |at| format!(" on {}", report.moment(at)));
    let open = run.failed + run.unknown + run.not_processed;
    match run.state {
        RunState::Done if open == 0 && waits(report).is_empty() => {
            format!("The run ended{ended}. Nothing is left open.")
        }
        RunState::Done if open == 0 => format!(
            "The run ended{ended}. Nothing failed and nothing is in doubt; what still waits stands \
             below."
        ),
        RunState::Done => {
            let is = if open == 1 { "is" } else { "are" };
            format!("The run ended{ended}. {} {is} left open.", people_of(open))
        }
        RunState::Cancelled => format!(
            "The run was cancelled{ended}. What was sent and linked stays; who was not processed \
             stays as they were."
        ),
        RunState::Paused => "The run is paused: these are its numbers so far.".to_owned(),
        RunState::Queued | RunState::Running => {
            "The run is not over: these are its numbers so far.".to_owned()
        }
    }
}

fn facts(report: &Report) -> Vec<(&'static str, String)> {
    let Report { run, plan, site, .. } = report;
    let id = |text: &str| Untrusted::new(text).shown().to_string();
    let name = site.organization_name.as_ref().map(|name| name.shown_in(NAME).to_string());
    let mut facts = vec![
        ("Site", run.site.shown().to_string()),
        ("Organization", name.unwrap_or_else(|| id(&run.organization))),
        ("Method", plan.method.title().to_owned()),
        ("Plan", format!("{}, made {}", id(&plan.id), report.moment(plan.created_at))),
        ("Run", id(&run.id)),
        ("Started", format!("{} by {}", report.moment(run.started_at), run.started_by.shown())),
    ];
    if let Some(at) = run.ended_at {
        facts.push(("Ended", report.moment(at)));
    }
    facts
}

fn classes(report: &Report) -> Numbers {
    let (run, plan) = (&report.run, &report.plan);
    let planned = |class: Class| plan.classes.get(class.code()).copied().unwrap_or_default();
    let row = |label: &str, planned: Option<u64>, happened: u64, part: Part| Row {
        label: label.to_owned(),
        numbers: vec![planned, Some(happened)],
        bar: vec![(part, happened)],
        sum: false,
    };
    let class =
        |label: &str, class, happened, part| row(label, Some(planned(class)), happened, part);
    let rows = vec![
        class("e-mailed", Class::Emailed, run.emailed, Part::Emailed),
        class("linked silently; nobody told them", Class::Linked, run.linked, Part::Linked),
        class("skipped", Class::Skipped, run.skipped, Part::Left),
        class("held", Class::Held, run.held, Part::Left),
        class("blocked", Class::Blocked, run.blocked, Part::Left),
        row("failed; surely not sent", None, run.failed, Part::Open),
        row("may have been sent", None, run.unknown, Part::Open),
        row(left_over(run), None, run.not_processed, Part::Open),
        Row {
            label: "selected".to_owned(),
            numbers: vec![Some(plan.selected), Some(run.selected)],
            bar: Vec::new(),
            sum: true,
        },
    ];
    numbers(vec!["", "planned", "happened"], rows)
}

const fn left_over(run: &Run) -> &'static str {
    if run.state.is_over() { "not processed" } else { "still to do" }
}

fn reasons(report: &Report) -> Numbers {
    let mut rows = Vec::new();
    for class in Class::ALL {
        for outcome in Outcome::ALL.into_iter().filter(|outcome| outcome.class() == class) {
            let users = report.plan.outcomes.get(outcome.code()).copied().unwrap_or_default();
            if users > 0 {
                let part = match class {
                    Class::Linked => Part::Linked,
                    Class::Emailed => Part::Emailed,
                    Class::Skipped | Class::Held | Class::Blocked => Part::Left,
                };
                rows.push(Row {
                    label: format!("{}: {}", word(class), outcome.reason()),
                    numbers: vec![Some(users)],
                    bar: vec![(part, users)],
                    sum: false,
                });
            }
        }
    }
    numbers(vec!["", "people"], rows)
}

const fn word(class: Class) -> &'static str {
    match class {
        Class::Emailed => "e-mailed",
        Class::Linked => "linked silently",
        Class::Skipped | Class::Held | Class::Blocked => class.code(),
    }
}

fn domains(report: &Report) -> Numbers {
    let mut rows = Vec::new();
    let mut rest = Fared::default();
    for (at, (name, fared)) in report.domains().into_iter().enumerate() {
        if at < DOMAINS {
            rows.push(domain_row(domain_name(name), fared));
        } else {
            rest = Fared {
                linked: rest.linked + fared.linked,
                emailed: rest.emailed + fared.emailed,
                left: rest.left + fared.left,
                open: rest.open + fared.open,
                signed: 0,
            };
        }
    }
    if rest.people() > 0 {
        rows.push(domain_row("all others".to_owned(), rest));
    }
    numbers(vec!["", "people", "linked", "e-mailed", "as they were", "open"], rows)
}

fn domain_name(name: &str) -> String {
    if name.is_empty() {
        return "no usable address".to_owned();
    }
    domain_name::with_unicode(&Untrusted::new(name))
}

fn domain_row(label: String, fared: Fared) -> Row {
    let parts = [fared.linked, fared.emailed, fared.left, fared.open];
    let numbers = std::iter::once(fared.people()).chain(parts).map(Some).collect();
    let bar = Part::ALL.into_iter().zip(parts).collect();
    Row { label, numbers, bar, sum: false }
}

fn numbers(columns: Vec<&'static str>, rows: Vec<Row>) -> Numbers {
    let length = |row: &Row| row.bar.iter().map(|(_, users)| users).sum::<u64>();
    let longest = rows.iter().map(length).max().unwrap_or_default();
    Numbers { columns, rows, longest }
}

/// What is still to come, soonest told first where there is a date.
fn waits(report: &Report) -> Vec<(String, Option<String>)> {
    let Report { run, .. } = report;
    let id = Untrusted::new(&run.id).shown();
    let site = run.site.shown();
    let mut points = Vec::new();
    if let Some((first, last)) = report.gathered.mails.filter(|_| run.emailed > 0) {
        let (first, last) = (report.moment(lapses_at(first)), report.moment(lapses_at(last)));
        let until =
            if first == last { last } else { format!("{first} (the first) to {last} (the last)") };
        points.push((
            format!(
                "{} an e-mail and can confirm or decline until {until}. Who confirms is linked \
                 within 48 hours; who does nothing can be invited again after that. Who is still \
                 expected to answer:",
                got(run.emailed)
            ),
            Some(format!("hublink user list --site {site} --select status:invited")),
        ));
    }
    points.extend(agreements(report));
    if run.held > 0 {
        points.push((
            format!(
                "{} held until their domain is proven. After that, a new plan invites them.",
                are(run.held)
            ),
            Some(format!("hublink invite plan --site {site} --rest")),
        ));
    }
    if run.unknown > 0 {
        let mails = match run.unknown {
            1 => "One mail may have been sent, and is".to_owned(),
            n => format!("{} mails may have been sent, and none is", thousands(n)),
        };
        let not = if run.unknown == 1 { "not " } else { "" };
        points.push((
            format!(
                "{mails} {not}sent again by itself. Look the Message-ID up in the mail server's \
                 log, then say what is known:"
            ),
            Some(format!("hublink invite resolve {id} --user USER --sent")),
        ));
    }
    let again = run.failed + run.not_processed;
    if again > 0 && run.state.is_over() {
        points.push((
            format!("{} left over and can be planned again.", are(again)),
            Some(format!("hublink invite retry {id}")),
        ));
    }
    if run.linked > 0 {
        points.push((
            format!(
                "{} linked silently, and nobody told them. A draft to send them, and their list:",
                are(run.linked)
            ),
            Some(format!("hublink invite announce {id}")),
        ));
    }
    if run.without_licence > 0 {
        let have = if run.without_licence == 1 { "has" } else { "have" };
        points.push((
            format!(
                "{} of the linked {have} no licence, for linking assigns none. The CSV that \
                 assigns them:",
                thousands(run.without_licence)
            ),
            Some(format!("hublink licence export --site {site} --file licences.csv")),
        ));
    }
    points
}

/// Signed domains by which somebody was linked: until when they are to be verified.
fn agreements(report: &Report) -> Vec<(String, Option<String>)> {
    let mut points = Vec::new();
    for (domain, fared) in report.domains().into_iter().filter(|(_, fared)| fared.signed > 0) {
        let name = domain_name(domain);
        let signed = report.site.agreements.iter().find(|signed| signed.domain.raw() == domain);
        let until = match signed {
            Some(signed) if signed.lapsed => {
                format!("that agreement lapsed on {}", report.moment(signed.deadline))
            }
            Some(signed) => {
                format!("the domain is to be verified until {}", report.moment(signed.deadline))
            }
            None => "the agreement is not among the site's any more".to_owned(),
        };
        let words = one_stop(format!(
            "{} linked by the agreement signed for {name}; {until}. Who is linked stays linked, \
             but nobody else is linked by it after that.",
            are(fared.signed)
        ));
        points.push((words, None));
    }
    points
}

fn people(blocks: &mut Vec<Block>, heading: &'static str, named: &Named, run: &Run) {
    if named.count == 0 {
        return;
    }
    blocks.push(Block::Heading(heading));
    blocks.push(Block::People(named.first.iter().map(person).collect()));
    let more = named.count - named.first.len() as u64;
    if more > 0 {
        let (more, id) = (thousands(more), Untrusted::new(&run.id).shown());
        blocks.push(Block::Points(vec![(
            format!("{more} more are not named here. The whole list:"),
            Some(format!("hublink invite report {id} --output csv")),
        )]));
    }
}

fn person(item: &RunItem) -> [String; 4] {
    let became = match item.state {
        ItemState::Held | ItemState::Blocked | ItemState::Skipped => item.outcome.label(),
        ItemState::Failed => "failed",
        ItemState::Unknown | ItemState::Sending => "may have been sent",
        ItemState::Linked => "linked",
        ItemState::Accepted => "e-mailed",
        ItemState::Queued | ItemState::Claimed | ItemState::NotProcessed => "not processed",
    };
    let mut why = match item.reason.raw() {
        "" => item.outcome.reason_for(item.address.raw()).into_owned(),
        "changed" => "changed after the plan was made; nothing was done".to_owned(),
        _ => item.reason.shown_in(2 * NAME).to_string(),
    };
    if let Some(id) = &item.message_id {
        why = format!("{why} (Message-ID {})", id.shown());
    }
    let name = item.name.shown_in(NAME).to_string();
    [name, with_unicode(&item.address).to_string(), became.to_owned(), why]
}

fn people_of(n: u64) -> String {
    if n == 1 { "One person".to_owned() } else { format!("{} people", thousands(n)) }
}

fn are(n: u64) -> String {
    format!("{} {}", people_of(n), if n == 1 { "is" } else { "are" })
}

fn got(n: u64) -> String {
    format!("{} got", people_of(n))
}
