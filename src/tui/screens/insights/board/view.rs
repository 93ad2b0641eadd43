//! Drawing a report: the figures, the chart of the chosen one, and the chosen period in words.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::{Beside, Measure, Unit, measures, period_label, period_words};
use crate::api::insights::SiteReport;
use crate::domain::insights::Report;
use crate::domain::insights::period::Period;
use crate::tui::layout;
use crate::tui::layout::report::ReportFrame;
use crate::tui::screen::Look;
use crate::tui::theme::Tone;
use crate::tui::when::{count, distance};
use crate::tui::widget::chart::{self, Bar, Chart};
use crate::tui::widget::rows::Cursor;
use crate::tui::widget::text;

/// What of a report is looked at.
pub struct Seen<'a> {
    /// The report.
    pub report: &'a SiteReport,
    /// The section.
    pub section: Report,
    /// Which figure.
    pub measure: &'a Cursor,
    /// Which period.
    pub period: usize,
}

/// Draws the report into its parts.
pub fn view(seen: &Seen<'_>, parts: &ReportFrame, look: &Look<'_>, buf: &mut Buffer) {
    let all = measures(seen.report, seen.section);
    let Some(chosen) = all.get(seen.measure.at) else { return };
    let window = seen.measure.window(all.len(), parts.measures.height.into());
    for (n, at) in (0u16..).zip(window) {
        let line = Rect { y: parts.measures.y + n, height: 1, ..parts.measures };
        measure(&all[at], at == seen.measure.at, look, line, buf);
    }
    title(seen, chosen, look, parts.title, buf);
    draw_chart(seen, chosen, look, parts.chart, buf);
    if let Some(aside) = parts.aside {
        figures(seen, chosen, look, aside, buf);
    }
}

const LABEL: u16 = 18;
const FIGURE: u16 = 11;
const NOTE: u16 = 8;
/// The widest that a picture beside a figure gets.
const PICTURE: u16 = 48;

fn measure(one: &Measure, chosen: bool, look: &Look<'_>, line: Rect, buf: &mut Buffer) {
    let part = |x: u16, width: u16| Rect { x: line.x + x, width, ..line }.intersection(line);
    if chosen {
        text::put(buf, part(1, 1), "▌", look.ink(Tone::Focus));
    }
    let tone = if chosen { Tone::Strong } else { Tone::Text };
    text::put(buf, part(3, LABEL), one.label, look.ink(tone));
    let mut x = 3 + LABEL;
    text::put_right(buf, part(x, FIGURE), &one.unit.words(one.total), look.ink(tone));
    x += FIGURE + 1;
    text::put_right(buf, part(x, NOTE - 1), &one.note(), look.ink(Tone::Muted));
    x += NOTE + 1;
    let room = part(x, line.width.saturating_sub(x + 2).min(PICTURE));
    if room.width < 8 {
        return;
    }
    match one.beside {
        Beside::Whole(whole) => {
            chart::share((one.total, whole), one.tone, look.theme, room, buf);
        }
        Beside::Before(_) => chart::spark(&one.series, Tone::Faint, look.theme, room, buf),
    }
}

fn title(seen: &Seen<'_>, one: &Measure, look: &Look<'_>, area: Rect, buf: &mut Buffer) {
    let area = layout::inset(area, 1);
    let by = match seen.report.by {
        Period::Day => "day by day",
        Period::Week => "week by week",
        Period::Month => "month by month",
    };
    let words = format!("{}, {by}", one.label);
    let x = text::put(buf, area, &words, look.ink(Tone::Title));
    let mut said = Vec::new();
    if seen.report.in_progress > 0 {
        said.push(format!("{} in progress", count(seen.report.in_progress, "meeting")));
    }
    if let (Some(fed), Some(now)) = (seen.report.fed_at, look.here.now()) {
        said.push(format!("updated {}", distance(fed, now)));
    }
    let room = Rect { x: x + 2, width: area.right().saturating_sub(x + 2), ..area };
    text::put_right(buf, room, &said.join(" · "), look.ink(Tone::Muted));
}

fn draw_chart(seen: &Seen<'_>, one: &Measure, look: &Look<'_>, area: Rect, buf: &mut Buffer) {
    let area = layout::inset(area, 1);
    let bars: Vec<Bar> = seen
        .report
        .periods
        .iter()
        .zip(&one.series)
        .map(|(period, value)| {
            let (label, marked) = period_label(period, seen.report.by);
            Bar { value: *value, label, marked }
        })
        .collect();
    let most = one.series.iter().copied().max().unwrap_or(0);
    let top = chart::ceiling(most);
    let words = |value: u64| match one.unit {
        // The figures say that these are minutes.
        Unit::Minutes => Unit::Count.words(value),
        unit => unit.words(value),
    };
    let middle = if top.is_multiple_of(2) { words(top / 2) } else { String::new() };
    let scale = [words(top), middle];
    let chart = Chart { bars: &bars, chosen: seen.period, tone: one.tone, top, scale };
    chart::view(&chart, look.theme, area, buf);
}

/// Every period's figure, the newest first, around the chosen one.
fn figures(seen: &Seen<'_>, one: &Measure, look: &Look<'_>, area: Rect, buf: &mut Buffer) {
    let len = seen.report.periods.len();
    let mut cursor = Cursor { at: len.saturating_sub(seen.period + 1), top: 0 };
    let height = usize::from(area.height.saturating_sub(1));
    cursor.clamp(len, height);
    let head = Rect { height: 1, ..area };
    text::put(buf, head, "Period", look.ink(Tone::Muted));
    text::put_right(buf, head, one.label, look.ink(Tone::Muted));
    for (n, back) in (1u16..).zip(cursor.window(len, height)) {
        let at = len - 1 - back;
        let line = Rect { y: area.y + n, height: 1, ..area };
        let chosen = at == seen.period;
        let tone = if chosen { Tone::Strong } else { Tone::Text };
        let mut words = period_words(&seen.report.periods[at], seen.report.by);
        if back == 0 {
            words.push_str(", so far");
        }
        text::put(buf, line, &words, look.ink(tone));
        let value = one.unit.words(one.series[at]);
        text::put_right(buf, line, &value, look.ink(tone));
    }
}

/// The chosen period in words, with all its figures, the chosen one first.
pub fn words(seen: &Seen<'_>) -> String {
    let Some(period) = seen.report.periods.get(seen.period) else { return String::new() };
    let mut when = period_words(period, seen.report.by);
    if seen.period + 1 == seen.report.periods.len() {
        when.push_str(", so far");
    }
    let all = measures(seen.report, seen.section);
    let told = |one: &Measure| {
        let value = one.series.get(seen.period).copied().unwrap_or(0);
        format!("{} {}", lower(one.label), one.unit.words(value))
    };
    let (before, from) = all.split_at(seen.measure.at.min(all.len()));
    let figures: Vec<String> = from.iter().chain(before).map(told).collect();
    format!("{when}: {}", figures.join(" · "))
}

/// A label inside a sentence; names keep their letters.
fn lower(label: &str) -> String {
    if label == "VoIP" { label.to_owned() } else { label.to_lowercase() }
}
