//! Draws a wizard: stepper, page, "what happens next", consequences.

use std::cmp::Ordering;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::Way;
use super::host::{Held, Phase, Wizard};
use super::open::Open;
use super::repeating;
use super::step::Applies;
use super::stepper::{self, Stage, Standing};
use crate::api::call::ApiError;
use crate::tui::keymap::Action;
use crate::tui::layout;
use crate::tui::page::{self, Drawn};
use crate::tui::screen::{Header, Here, Look, Told};
use crate::tui::theme::Tone;
use crate::tui::widget::text;

/// "Link users · site › organization", and "step 3 of 6".
pub(super) fn header<W: Way>(wizard: &Wizard<W>, _look: &Look<'_>) -> Header {
    let subject = match &wizard.phase {
        Phase::Open(open) => W::subject_words(&open.draft.about, &wizard.subject),
        _ => wizard.subject.clone(),
    };
    let first = format!("{} · {}", W::TITLE, subject.shown());
    let mut header = Header { crumbs: vec![first], right: String::new() };
    if let Phase::Open(open) = &wizard.phase {
        if let Some(name) = W::crumb(&open.draft.about) {
            header.crumbs.push(name.shown().to_string());
        }
        let (at, of) = place(open);
        header.right = format!("step {at} of {of}");
    }
    header
}

/// Which step of how many, the skipped ones not counted.
fn place<W: Way>(open: &Open<W>) -> (usize, usize) {
    let applies = |n: &usize| open.steps[*n].applies(&open.draft) == Applies::Yes || *n == open.at;
    let all: Vec<usize> = (0..open.steps.len()).filter(applies).collect();
    let at = all.iter().position(|n| *n == open.at).map_or(0, |n| n + 1);
    (at, all.len())
}

pub(super) fn view<W: Way>(wizard: &Wizard<W>, look: &Look<'_>, area: Rect, buf: &mut Buffer) {
    match &wizard.phase {
        Phase::Open(open) => view_open(open, look, area, buf),
        Phase::Loading(loading) => {
            let parts = layout::wizard(area, true);
            if let Some(error) = loading.failed() {
                trouble(error, look, parts.page, buf);
            } else if let Some(wait) =
                loading.about.wait(look.here.now_ms).or(loading.draft.wait(look.here.now_ms))
            {
                paragraph(&wait.words("the wizard"), Tone::Muted, look, parts.page, buf);
            }
        }
        Phase::Held(held) => {
            let parts = layout::wizard(area, true);
            if let Some(error) = held.taking.error() {
                trouble(error, look, parts.page, buf);
            } else {
                paragraph(&held_words(held, look.here), Tone::Text, look, parts.page, buf);
            }
        }
    }
}

/// The wizard as data, for who has it told line by line.
pub(super) fn told<W: Way>(wizard: &Wizard<W>, here: Here<'_>) -> Option<Told> {
    match &wizard.phase {
        Phase::Open(open) => open.told(),
        Phase::Loading(loading) => {
            let waiting = || Told::words("The wizard is loading.");
            Some(loading.failed().map_or_else(waiting, |error| Told::words(&failed(error, here))))
        }
        Phase::Held(held) => Some(Told::words(&match held.taking.error() {
            Some(error) => failed(error, here),
            None => held_words(held, here),
        })),
    }
}

fn held_words<W: Way>(held: &Held<W>, here: Here<'_>) -> String {
    let key = here.keys.key(Action::TakeOver);
    let nothing =
        if held.refused { "What you pressed was not done, and nothing was sent. " } else { "" };
    match &held.holder {
        Some(holder) => format!(
            "{} is working on this wizard now. {nothing}\n\nNothing is lost when you take it over: \
             you see their answers and go on with them, they are told, and it is recorded.\n\n{key} \
             takes it over. Esc goes back and leaves it to them.",
            holder.shown()
        ),
        None if held.is_choice() => format!(
            "This wizard was changed in another window of yours. {nothing}\n\nBoth are kept until \
             you choose: {key} goes on with the answers saved there, {} with those of this page, \
             which then take their place. Esc goes back.",
            here.keys.key(Action::KeepMine)
        ),
        None => format!(
            "This wizard was changed in another window of yours. {nothing}\n\n{key} goes on here \
             with the answers saved last. Esc goes back."
        ),
    }
}

fn trouble(error: &ApiError, look: &Look<'_>, area: Rect, buf: &mut Buffer) {
    paragraph(&format!("✗ {}", failed(error, look.here)), Tone::Text, look, area, buf);
}

/// What could not be loaded, and what to do.
fn failed(error: &ApiError, here: Here<'_>) -> String {
    let key = here.keys.key(Action::Reload);
    let remedy = match error {
        ApiError::Problem(problem) if !problem.remedy.is_empty() => problem.remedy.clone(),
        _ => format!("{key} tries again. Esc goes back."),
    };
    format!("{error}\n\n{remedy}")
}

fn paragraph(words: &str, tone: Tone, look: &Look<'_>, area: Rect, buf: &mut Buffer) {
    let area = layout::inset(area, 1);
    for (n, line) in (0u16..).zip(text::wrap(words, area.width.min(72))) {
        if let Some(row) = layout::row(area, n) {
            text::put(buf, row, &line, look.ink(tone));
        }
    }
}

fn view_open<W: Way>(open: &Open<W>, look: &Look<'_>, area: Rect, buf: &mut Buffer) {
    let Some(step) = open.steps.get(open.at) else { return };
    let whole = step.draws_itself();
    let mut parts = layout::wizard(area, whole);
    (parts.page, parts.status) = page::rooms(&open.shown, parts.page, parts.status);
    let due = W::due(&open.draft.about, look.here);
    stepper::steps(&stages(open), due.as_ref(), look, parts.steps, buf);
    if let Some(taken) = &open.taken {
        let parts = layout::wizard(area, true);
        paragraph(&taken.words(step.title()), Tone::Text, look, parts.page, buf);
        return;
    }
    if open.unknown {
        let parts = layout::wizard(area, true);
        paragraph(repeating::WORDS, Tone::Text, look, parts.page, buf);
        return;
    }
    let drawn = if whole {
        step.view(&open.draft, look, parts.page, buf);
        Drawn { rest: Rect { height: 0, ..parts.page }, refusal: false }
    } else {
        page::draw(&open.shown, &open.page, look, parts.page, buf)
    };
    let refusal = open.refusal.as_ref();
    let refusal = refusal.map(|refusal| open.shown.why_not(refusal.field, &refusal.text));
    let status = layout::inset(parts.status, 1);
    let rest = page::below(&open.shown, &open.page, (refusal.as_deref(), drawn), look, status, buf);
    let next = step.happens_next(&open.draft);
    match parts.aside {
        Some(aside) => stepper::happens_next(&next, look, aside, buf),
        None => stepper::happens_below(&next, open.shown.moves(), look, rest, buf),
    }
}

/// Done, current, to do, skipped.
fn stages<W: Way>(open: &Open<W>) -> Vec<Stage<'_>> {
    let stage = |n: usize| {
        let step = &open.steps[n];
        let standing = match (step.applies(&open.draft), n.cmp(&open.at)) {
            (_, Ordering::Equal) => Standing::Current,
            (Applies::Skipped(why), _) => Standing::Skipped(why.into_owned()),
            (Applies::Yes, Ordering::Less) => match step.passed_by(&open.draft) {
                Some(why) => Standing::Skipped(why.to_owned()),
                None => Standing::Done,
            },
            (Applies::Yes, Ordering::Greater) => Standing::ToDo,
        };
        Stage { title: step.title_in(&open.draft), standing }
    };
    (0..open.steps.len()).map(stage).collect()
}
