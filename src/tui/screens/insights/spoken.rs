//! A report as data, for who has it told line by line: each figure with how it changed, and the chosen
//! one period by period.
//!
//! Owns the words that stand for a chart. Must not draw.

use super::Insights;
use super::board::{self, Measure};
use super::tabs::Section;
use crate::domain::insights::Report;
use crate::tui::page::{Block, Page, RowSpec, Rows};
use crate::tui::screen::{Here, Told};
use crate::tui::theme::Tone;

impl Insights {
    /// The report of a section, or what there is to say in its place.
    pub(super) fn spoken(&self, section: Report, here: Here<'_>) -> Told {
        let (this, next) = (Section::Report(section), self.section.step(true));
        let (by, title, next) = (self.by.code(), this.title(), next.title());
        let place = format!("{title}, by {by}; next-pane goes on to {next}.");
        let report = match (self.words(here), self.told()) {
            (None, Some(report)) => report,
            (words, _) => {
                let mut told = Told::words(&words.map(|(_, words)| words).unwrap_or_default());
                told.above.insert(0, place);
                return told;
            }
        };
        let measures = board::measures(report, section);
        let row = |measure: &Measure| RowSpec {
            id: measure.label.to_owned(),
            tone: Tone::Text,
            end: None,
            cells: vec![
                format!("{}: {}", measure.label, measure.unit.words(measure.total)),
                measure.change(),
            ],
        };
        let rows = measures.iter().map(row).collect();
        let mut blocks = vec![
            Block::prose(place),
            Block::Rows(Rows { key: "figures", rows, empty: String::new() }),
        ];
        if let Some(chosen) = measures.get(self.measures[section as usize].at) {
            blocks.push(Block::Heading(format!("{}, the latest first", chosen.label)));
            let periods = report.periods.iter().zip(&chosen.series).rev();
            let told = periods.map(|(period, value)| {
                (board::period_words(period, self.by), chosen.unit.words(*value))
            });
            blocks.push(Block::Facts(told.collect()));
        }
        Told::of(Page::new(blocks))
    }
}
