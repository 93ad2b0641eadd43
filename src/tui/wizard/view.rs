//! Draws a wizard: stepper, page, "what happens next", consequences.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;

use super::Way;
use super::host::{Phase, Wizard};
use super::open::Open;
use super::step::Applies;
use crate::api::call::ApiError;
use crate::domain::untrusted::Untrusted;
use crate::tui::keymap::Action;
use crate::tui::layout::{self, WizardFrame};
use crate::tui::page;
use crate::tui::screen::{Header, Look};
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
                paragraph(
                    &held_words(held.holder.as_ref(), look),
                    Tone::Text,
                    look,
                    parts.page,
                    buf,
                );
            }
        }
    }
}

fn held_words(holder: Option<&Untrusted>, look: &Look<'_>) -> String {
    let key = look.here.keys.key(Action::TakeOver);
    match holder {
        Some(holder) => format!(
            "{} is working on this wizard now.\n\nNothing is lost when you take it over: you go on \
             with their answers, they are told, and it is recorded.\n\n{key} takes it over. Esc \
             goes back and leaves it to them.",
            holder.shown()
        ),
        None => format!(
            "This wizard was changed in another window of yours.\n\n{key} goes on here with the \
             answers saved last. Esc goes back."
        ),
    }
}

fn trouble(error: &ApiError, look: &Look<'_>, area: Rect, buf: &mut Buffer) {
    let key = look.here.keys.key(Action::Reload);
    let remedy = match error {
        ApiError::Problem(problem) if !problem.remedy.is_empty() => problem.remedy.clone(),
        _ => format!("{key} tries again. Esc goes back."),
    };
    paragraph(&format!("✗ {error}\n\n{remedy}"), Tone::Text, look, area, buf);
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
    let parts = layout::wizard(area, whole);
    stepper(open, look, &parts, buf);
    if whole {
        step.view(&open.draft, look, parts.page, buf);
    } else {
        page::draw(&open.shown, &open.page, look, parts.page, buf);
    }
    if let Some(aside) = parts.aside {
        happens_next(open, look, aside, buf);
    }
    status(open, look, parts.status, buf);
}

/// Done, current, to do, skipped.
fn stepper<W: Way>(open: &Open<W>, look: &Look<'_>, parts: &WizardFrame, buf: &mut Buffer) {
    let column = parts.steps.height > 1;
    let mut room = layout::inset(parts.steps, 1);
    for (n, step) in open.steps.iter().enumerate() {
        let skipped = match step.applies(&open.draft) {
            Applies::Skipped(why) if n != open.at => Some(why),
            _ => None,
        };
        let (mark, tone) = match (&skipped, n.cmp(&open.at)) {
            (Some(_), _) => ("–", Tone::Faint),
            (None, std::cmp::Ordering::Less) => ("✓", Tone::Done),
            (None, std::cmp::Ordering::Equal) => ("●", Tone::Accent),
            (None, std::cmp::Ordering::Greater) => ("○", Tone::Muted),
        };
        let words_tone = match (n == open.at, skipped.is_some()) {
            (true, _) => Tone::Title,
            (false, true) => Tone::Faint,
            (false, false) => Tone::Muted,
        };
        let line = Line::from(vec![
            look.span(tone, mark),
            look.span(Tone::Text, " "),
            look.span(words_tone, step.title()),
        ]);
        if room.is_empty() {
            break;
        }
        text::put_line(buf, room, &line);
        if column {
            room = below(room, 1);
            let columns = room.width.saturating_sub(3);
            for why in skipped.iter().flat_map(|why| text::wrap(why, columns)) {
                let words = Rect { x: room.x + 2, width: room.width - 2, ..room };
                text::put(buf, words, &why, look.ink(Tone::Faint));
                room = below(room, 1);
            }
            room = below(room, 1);
        } else {
            let used = u16::try_from(line.width()).unwrap_or(room.width) + 2;
            let used = used.min(room.width);
            room = Rect { x: room.x + used, width: room.width - used, ..room };
        }
    }
}

fn below(area: Rect, rows: u16) -> Rect {
    let rows = rows.min(area.height);
    Rect { y: area.y + rows, height: area.height - rows, ..area }
}

fn happens_next<W: Way>(open: &Open<W>, look: &Look<'_>, area: Rect, buf: &mut Buffer) {
    let Some(step) = open.steps.get(open.at) else { return };
    let sentences = step.happens_next(&open.draft);
    if sentences.is_empty() {
        return;
    }
    text::put(buf, area, "What happens next", look.ink(Tone::Strong));
    let mut room = below(area, 2);
    for sentence in sentences {
        for line in text::wrap(&sentence, area.width) {
            if room.is_empty() {
                return;
            }
            text::put(buf, room, &line, look.ink(Tone::Muted));
            room = below(room, 1);
        }
        room = below(room, 1);
    }
}

/// Above the footer: why one cannot go on, else the consequences; then the command line.
fn status<W: Way>(open: &Open<W>, look: &Look<'_>, area: Rect, buf: &mut Buffer) {
    let area = layout::inset(area, 1);
    let mut lines: Vec<Line<'_>> = Vec::new();
    if let Some(scope) = open.shown.scope.as_ref().filter(|_| area.height > 1) {
        lines.push(Line::from(look.span(Tone::Text, scope.clone())));
    }
    if let Some(refusal) = &open.refusal {
        lines.push(Line::from(look.span(Tone::Refused, format!("✗ {}", refusal.text))));
    } else if !open.shown.consequences.is_empty() {
        let pieces = open.shown.consequences.iter();
        lines.push(pieces.map(|piece| look.span(piece.tone, piece.text.clone())).collect());
    }
    if let Some(command) = &open.shown.same_as {
        lines.push(Line::from(vec![
            look.span(Tone::Faint, "same as: "),
            look.span(Tone::Muted, command.clone()),
        ]));
    }
    let free = usize::from(area.height).saturating_sub(lines.len());
    for (n, line) in lines.iter().enumerate() {
        let n = u16::try_from(n + free).unwrap_or(0);
        if let Some(row) = layout::row(area, n) {
            text::put_line(buf, row, line);
        }
    }
}
