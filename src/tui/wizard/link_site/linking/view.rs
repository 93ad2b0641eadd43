//! The page of the link under way, and of what became of it (rules L7, L8).
//!
//! Owns the words. A failure says its reason, and when it is tried again by itself; the end says
//! what step two is for.

use crate::api::linking::LinkJob;
use crate::api::problem::code;
use crate::domain::outcome::Outcome;
use crate::domain::site_link::{EnrollStep, LinkState, progress};
use crate::tui::keymap::Action;
use crate::tui::load::Load;
use crate::tui::page::{Block, Page, RowSpec, Rows};
use crate::tui::screen::Here;
use crate::tui::theme::Tone;
use crate::tui::when::{count, distance, thousands};
use crate::tui::wizard::link_site::Draft;
use crate::tui::wizard::watching::Watching;
use crate::tui::wizard::{asking, consequences};

/// Rule L7 tells the full admins of an organization that there was before.
pub(super) const NOBODY_TOLD: &str =
    "Nobody is told of the link by e-mail: the organization is new.";
/// What to do next.
pub(super) const NEXT: &str = "next";
/// Trying again now.
pub(super) const AGAIN: &str = "again";
/// Linking the users.
pub(super) const USERS: &str = "users";
/// Nothing more.
pub(super) const FINISH: &str = "finish";

pub(super) fn page(
    watching: &Watching<LinkJob>,
    retry: &Load<LinkJob>,
    draft: &Draft,
    here: Here<'_>,
) -> Page {
    let url = draft.about.site.shown();
    let mut blocks = match watching.get() {
        Some(job) => match job.state {
            LinkState::Running => running(job, here),
            LinkState::Failed => failed(job, here),
            LinkState::Done => done(job, here),
        },
        None => return Page { first: Some(NEXT), ..Page::new(nothing(watching, draft, here)) },
    };
    blocks.extend(watching.trouble());
    match retry.error() {
        Some(error) => blocks.push(asking::failed(error, here)),
        None => blocks.push(Block::aside(asking::waiting(retry, "Trying again", here))),
    }
    let done = watching.get().is_some_and(|job| job.state == LinkState::Done);
    let what = if done { "--users" } else { "--status --watch" };
    let same_as = Some(format!("hublink site link {url} {what}"));
    Page { blocks, same_as, first: Some(NEXT), ..Page::default() }
}

/// There is no job to show.
fn nothing(watching: &Watching<LinkJob>, draft: &Draft, here: Here<'_>) -> Vec<Block> {
    let unknown = watching.error().is_some_and(|error| error.code() == code::NOT_FOUND);
    match draft.about.next {
        EnrollStep::Linked if unknown => {
            let words = "This site is linked, for good. How that went is not on record here.";
            vec![Block::notice(Tone::Done, words), Block::Gap, next(true)]
        }
        EnrollStep::Linking | EnrollStep::Linked => vec![watching.instead(here)],
        _ => vec![Block::prose("Nothing is being linked yet. Esc goes back to the agreement.")],
    }
}

fn running(job: &LinkJob, here: Here<'_>) -> Vec<Block> {
    let name = job.organization_name.shown_in(50);
    let by = job.started_by.shown_in(40);
    let mut blocks = vec![
        Block::prose(format!("The site is being linked to {name}, for good.")),
        Block::Progress { done: share(job, here), total: 100, words: expected(job, here) },
        Block::Gap,
        Block::aside(format!("{by} chose Link Now {}.", here.at(job.started_at))),
    ];
    blocks.extend(waits(job));
    if job.failures > 0 {
        let times =
            if job.failures == 1 { "once".to_owned() } else { format!("{} times", job.failures) };
        blocks.push(Block::aside(format!("It has failed {times} before and is tried again.")));
    }
    if job.new_organization {
        blocks.push(Block::aside(format!("{name} exists now; {by} is its full admin.")));
    }
    blocks.extend([
        Block::Gap,
        Block::prose(
            "You may leave, close the terminal, and come back: the backend goes on. Its users can \
             be linked once it is complete.",
        ),
    ]);
    blocks
}

/// What keeps it from going on by itself, if anything does.
fn waits(job: &LinkJob) -> Option<Block> {
    if let Some(why) = &job.waits {
        return Some(Block::notice(Tone::Attention, format!("It is held. {}", why.shown())));
    }
    let runs = job.state == LinkState::Running;
    let why = job.reason.as_ref().filter(|_| runs)?.shown();
    let words = format!("{why} It goes on by itself.");
    Some(Block::notice(Tone::Attention, words))
}

/// When it should be complete, or what it does in the end.
fn expected(job: &LinkJob, here: Here<'_>) -> String {
    match here.now() {
        Some(now) if now < job.due_at => format!(
            "complete {}, {}; it may take up to 24 hours",
            soon(distance(job.due_at, now)),
            here.at(job.due_at)
        ),
        _ if job.waits.is_some() => "held; it completes once that has ended".to_owned(),
        _ => "completing: looking at each user".to_owned(),
    }
}

/// "now" is not yet.
fn soon(distance: String) -> String {
    if distance == "now" { "within a minute".to_owned() } else { distance }
}

/// How far it is: as told, or as far as time has moved it since.
fn share(job: &LinkJob, here: Here<'_>) -> u64 {
    let by_time = here.now().map_or(0, |now| progress((job.started_at, job.due_at), now, (0, 1)));
    job.progress.max(by_time).into()
}

fn failed(job: &LinkJob, here: Here<'_>) -> Vec<Block> {
    let name = job.organization_name.shown_in(50);
    let why = match &job.reason {
        Some(reason) => asking::sentence(reason.shown().as_str()),
        None => "No reason was given.".to_owned(),
    };
    let times = match job.failures {
        0 | 1 => String::new(),
        n => format!(" {} times so far", thousands(n.into())),
    };
    let mut blocks = vec![
        Block::notice(Tone::Refused, format!("Linking to {name} has failed{times}. {why}")),
        Block::Gap,
    ];
    blocks.extend(waits(job));
    if let Some(at) = job.retry_at {
        let when = match here.now() {
            Some(now) => format!("{}, {}", soon(distance(at, now)), here.at(at)),
            None => here.at(at),
        };
        blocks.push(Block::prose(format!("It is tried again by itself {when}.")));
    }
    blocks.extend([
        Block::aside(format!(
            "Always to {name}: what was agreed to stands, and cannot be cancelled. No user was \
             linked yet, and nothing is lost.",
        )),
        Block::Gap,
        list(vec![row(AGAIN, "Try again now", "if the reason is mended")]),
    ]);
    blocks
}

fn done(job: &LinkJob, here: Here<'_>) -> Vec<Block> {
    let name = job.organization_name.shown_in(50);
    let when = job.ended_at.map(|at| format!(" {}", here.at(at))).unwrap_or_default();
    let mut blocks = vec![
        Block::notice(Tone::Done, format!("Linked to {name}{when}, for good.")),
        Block::aside(told(job)),
        Block::Gap,
    ];
    let open = |outcome: Outcome| Some(outcome.code().to_owned());
    blocks.push(Block::Tally(consequences::rows(&job.result, true, open)));
    if job.result.linked > 0 {
        blocks.push(Block::aside(format!(
            "{} linked and got no licence by it. Licence CSV assigns them: on the first screen, {} \
             on the site shows it.",
            match job.result.linked {
                1 => "One user was".to_owned(),
                n => format!("{} users were", thousands(n)),
            },
            here.keys.key(Action::Wizards),
        )));
    }
    blocks.extend([
        Block::Gap,
        Block::prose(
            "Step two, linking the users, is optional: it gives each of them an account in the \
             organization, so that they sign in there and its services reach them.",
        ),
        next(true),
    ]);
    blocks
}

/// What became of the mails to the full admins (rule L7).
fn told(job: &LinkJob) -> String {
    let notices = &job.notices;
    let mut words = match notices.total {
        0 if job.new_organization => return NOBODY_TOLD.to_owned(),
        0 => return "Nobody was told of the link by e-mail.".to_owned(),
        n if notices.sent == n => match n {
            1 => "Its full admin was told by e-mail.".to_owned(),
            _ => format!("Its {} were told by e-mail.", count(n, "full admin")),
        },
        n => format!("{} of its {} were told by e-mail.", notices.sent, count(n, "full admin")),
    };
    let mut add = |number: u64, what: &str| {
        if number > 0 {
            words.push_str(&format!(" {} {what}.", count(number, "mail")));
        }
    };
    add(notices.waiting, "still to be sent");
    add(notices.refused, "refused by the mail server");
    add(notices.unknown, "may have been sent, and is not sent again by itself");
    words
}

fn next(users: bool) -> Block {
    let mut rows = Vec::new();
    if users {
        rows.push(row(USERS, "Link the users", "step two; nothing is sent before a plan"));
    }
    rows.push(row(FINISH, "Finish", "step two can be done later: it is a wizard of the site"));
    list(rows)
}

fn list(rows: Vec<RowSpec>) -> Block {
    Block::Rows(Rows { key: NEXT, rows, empty: String::new() })
}

fn row(id: &str, words: &str, note: &str) -> RowSpec {
    let cells = vec![words.to_owned(), note.to_owned()];
    RowSpec { id: id.to_owned(), tone: Tone::Strong, end: None, cells }
}
