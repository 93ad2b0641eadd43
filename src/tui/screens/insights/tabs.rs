//! The sections of insights, and the line that names them.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::domain::insights::Report;
use crate::domain::insights::period::Period;
use crate::tui::screen::Look;
use crate::tui::theme::Tone;
use crate::tui::widget::text;

/// A section.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Section {
    /// Figures over time.
    Report(Report),
    /// Meetings in progress and of the last 30 days.
    Meetings,
    /// Who was in them.
    People,
    /// The registered devices.
    Devices,
}

impl Section {
    /// All of them, in order.
    const ALL: [Self; 6] = [
        Self::Report(Report::Engagement),
        Self::Report(Report::Audio),
        Self::Report(Report::Quality),
        Self::Meetings,
        Self::People,
        Self::Devices,
    ];

    fn place(self) -> usize {
        Self::ALL.iter().position(|one| *one == self).unwrap_or(0)
    }

    /// The next one, or the one before, round and round.
    #[must_use]
    pub fn step(self, forward: bool) -> Self {
        let count = Self::ALL.len();
        Self::ALL[(self.place() + if forward { 1 } else { count - 1 }) % count]
    }

    /// The name in file names.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Report(report) => report.code(),
            Self::Meetings => "meetings",
            Self::People => "people",
            Self::Devices => "devices",
        }
    }

    /// The name on the line of sections.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Report(Report::Engagement) => "Engagement",
            Self::Report(Report::Audio) => "Audio",
            Self::Report(Report::Quality) => "Quality",
            Self::Meetings => "Meetings",
            Self::People => "People",
            Self::Devices => "Devices",
        }
    }
}

/// Draws the line: all sections where there is room, else the one and where it stands.
pub fn view(section: Section, by: Period, look: &Look<'_>, area: Rect, buf: &mut Buffer) {
    let right = match section {
        Section::Report(_) => format!("by {}", by.code()),
        _ => String::new(),
    };
    let end = text::put_right(buf, area, &right, look.ink(Tone::Muted));
    let mut room = Rect { width: end.saturating_sub(area.x + 2), ..area };
    let all: u16 = Section::ALL.iter().map(|one| text::width(one.title()) + 3).sum();
    if all > room.width {
        let words = format!("● {}", section.title());
        let x = text::put(buf, room, &words, look.ink(Tone::Title));
        room = Rect { x, width: room.right().saturating_sub(x), ..room };
        let count = Section::ALL.len();
        let words = format!("  {} of {count}", section.place() + 1);
        text::put(buf, room, &words, look.ink(Tone::Muted));
        return;
    }
    for one in Section::ALL {
        let (words, tone) = if one == section {
            (format!("● {}", one.title()), Tone::Title)
        } else {
            (one.title().to_owned(), Tone::Muted)
        };
        let x = text::put(buf, room, &words, look.ink(tone)) + 3;
        room = Rect { x, width: room.right().saturating_sub(x), ..room };
    }
}
