//! A report as figures over time: what is counted, in which unit, and what it was in each period.
//!
//! Owns which figures a section has and how they are told. Must not draw; [`view`] does.

pub mod view;

use std::cmp::Ordering;

use crate::api::insights::{Figures, Quality, ReportPeriod, SiteReport};
use crate::domain::insights::Report;
use crate::domain::insights::period::Period;
use crate::domain::insights::quality::{Percent, Rating};
use crate::tui::theme::Tone;
use crate::tui::when::{self, thousands};

/// In what something is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Things.
    Count,
    /// Minutes.
    Minutes,
    /// Hundredths of a percent.
    Percent,
    /// Milliseconds.
    Millis,
}

impl Unit {
    /// A value in words.
    pub fn words(self, value: u64) -> String {
        match self {
            Self::Count => thousands(value),
            Self::Minutes => format!("{} min", thousands(value)),
            Self::Percent => Percent::from_hundredths(value).to_string(),
            Self::Millis => format!("{} ms", thousands(value)),
        }
    }
}

/// What stands beside a figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Beside {
    /// What it was before, and a line of small columns.
    Before(u64),
    /// The whole that it is a part of.
    Whole(u64),
}

/// Something that is counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Measure {
    /// What.
    pub label: &'static str,
    /// In what.
    pub unit: Unit,
    /// Over all periods.
    pub total: u64,
    /// What stands beside it.
    pub beside: Beside,
    /// In each period, oldest first.
    pub series: Vec<u64>,
    /// What it means.
    pub tone: Tone,
}

/// How a figure is found.
struct Row {
    label: &'static str,
    unit: Unit,
    tone: Tone,
    value: fn(&Figures) -> u64,
    /// The whole that it is a part of.
    whole: Option<fn(&Figures) -> u64>,
}

const fn counted(label: &'static str, unit: Unit, value: fn(&Figures) -> u64) -> Row {
    Row { label, unit, tone: Tone::Accent, value, whole: None }
}

const ENGAGEMENT: [Row; 6] = [
    counted("Meetings", Unit::Count, |f| f.engagement.meetings),
    counted("Participants", Unit::Count, |f| f.engagement.participants),
    counted("People", Unit::Count, |f| f.engagement.people),
    counted("Time in meetings", Unit::Minutes, |f| f.engagement.minutes),
    counted("Active hosts", Unit::Count, |f| f.engagement.active_hosts),
    counted("With video", Unit::Count, |f| f.engagement.with_video),
];

fn minutes(figures: &Figures, at: usize) -> u64 {
    figures.audio.get(at).map_or(0, |used| used.minutes)
}

fn all_minutes(figures: &Figures) -> u64 {
    figures.audio.iter().map(|used| used.minutes).sum()
}

const fn usage(label: &'static str, value: fn(&Figures) -> u64) -> Row {
    Row { label, unit: Unit::Minutes, tone: Tone::Accent, value, whole: Some(all_minutes) }
}

/// In the order of `AudioType::ALL`, in which reports tell them.
const AUDIO: [Row; 5] = [
    usage("VoIP", |f| minutes(f, 0)),
    usage("Call-in", |f| minutes(f, 1)),
    usage("Call-in, toll-free", |f| minutes(f, 2)),
    usage("Call-back", |f| minutes(f, 3)),
    usage("Video system", |f| minutes(f, 4)),
];

const fn heard(label: &'static str, tone: Tone, value: fn(&Figures) -> u64) -> Row {
    let whole: fn(&Figures) -> u64 = |f| f.audio_quality.ratings.rated();
    Row { label, unit: Unit::Count, tone, value, whole: Some(whole) }
}

const fn seen(label: &'static str, tone: Tone, value: fn(&Figures) -> u64) -> Row {
    let whole: fn(&Figures) -> u64 = |f| f.video_quality.ratings.rated();
    Row { label, unit: Unit::Count, tone, value, whole: Some(whole) }
}

const QUALITY: [Row; 9] = [
    heard("Audio good", Tone::Done, |f| f.audio_quality.ratings.good),
    heard("Audio fair", Tone::Attention, |f| f.audio_quality.ratings.fair),
    heard("Audio poor", Tone::Refused, |f| f.audio_quality.ratings.poor),
    seen("Video good", Tone::Done, |f| f.video_quality.ratings.good),
    seen("Video fair", Tone::Attention, |f| f.video_quality.ratings.fair),
    seen("Video poor", Tone::Refused, |f| f.video_quality.ratings.poor),
    counted("Packet loss", Unit::Percent, |f| loss(&f.audio_quality)),
    counted("Latency", Unit::Millis, |f| f.audio_quality.latency_ms),
    counted("Jitter", Unit::Millis, |f| f.audio_quality.jitter_ms),
];

fn loss(quality: &Quality) -> u64 {
    quality.packet_loss_percent.hundredths().into()
}

/// The figures of a section.
pub fn measures(report: &SiteReport, section: Report) -> Vec<Measure> {
    let rows: &[Row] = match section {
        Report::Engagement => &ENGAGEMENT,
        Report::Audio => &AUDIO,
        Report::Quality => &QUALITY,
    };
    let measure = |row: &Row| Measure {
        label: row.label,
        unit: row.unit,
        total: (row.value)(&report.total),
        beside: match row.whole {
            Some(whole) => Beside::Whole(whole(&report.total)),
            None => Beside::Before((row.value)(&report.before)),
        },
        series: report.periods.iter().map(|period| (row.value)(&period.figures)).collect(),
        tone: row.tone,
    };
    rows.iter().map(measure).collect()
}

/// How many figures a section has.
pub const fn count(section: Report) -> usize {
    match section {
        Report::Engagement => ENGAGEMENT.len(),
        Report::Audio => AUDIO.len(),
        Report::Quality => QUALITY.len(),
    }
}

impl Measure {
    /// What stands beside the figure, in words: how it changed, or which share it is.
    pub fn note(&self) -> String {
        match self.beside {
            Beside::Whole(whole) => Percent::of(self.total, whole).to_string(),
            Beside::Before(0) => String::new(),
            Beside::Before(before) => {
                let change = |by: u64| Percent::of(by, before).hundredths() / 100;
                match self.total.cmp(&before) {
                    Ordering::Equal => "=".to_owned(),
                    Ordering::Less => format!("▼ {} %", change(before - self.total)),
                    Ordering::Greater if self.total / 2 >= before => {
                        format!("▲ {}×", thousands((self.total + before / 2) / before))
                    }
                    Ordering::Greater => format!("▲ {} %", change(self.total - before)),
                }
            }
        }
    }
}

impl Measure {
    /// As [`Measure::note`], in words that can be heard.
    pub fn change(&self) -> String {
        let note = self.note();
        let before = match self.beside {
            Beside::Whole(_) => return format!("{note} of all"),
            Beside::Before(0) => return String::new(),
            Beside::Before(before) => before,
        };
        let by = note.trim_start_matches(['▲', '▼', ' ']);
        match (self.total.cmp(&before), by.strip_suffix('×')) {
            (Ordering::Equal, _) => "as before".to_owned(),
            (Ordering::Less, _) => format!("{by} less than before"),
            (Ordering::Greater, None) => format!("{by} more than before"),
            (Ordering::Greater, Some(times)) => format!("{times} times what it was before"),
        }
    }
}

/// A period in words: "Tue 17 Mar", "week of 16 Mar", "March 2026".
pub fn period_words(period: &ReportPeriod, by: Period) -> String {
    match by {
        Period::Day => when::utc(period.from, "%a %-d %b"),
        Period::Week => format!("week of {}", when::utc(period.from, "%-d %b")),
        Period::Month => when::utc(period.from, "%B %Y"),
    }
}

/// A period below its column, and whether it comes before those around it.
pub fn period_label(period: &ReportPeriod, by: Period) -> (String, bool) {
    match by {
        Period::Day => (when::utc(period.from, "%-d %b"), when::utc(period.from, "%u") == "1"),
        Period::Week => (when::utc(period.from, "%-d %b"), false),
        Period::Month => (when::utc(period.from, "%b"), when::utc(period.from, "%m") == "01"),
    }
}

/// What a rating means.
pub const fn rating_tone(rating: Rating) -> Tone {
    match rating {
        Rating::Good => Tone::Done,
        Rating::Fair => Tone::Attention,
        Rating::Poor => Tone::Refused,
    }
}
