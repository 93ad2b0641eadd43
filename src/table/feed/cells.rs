//! The cells of one row of a feed, by field.
//!
//! Owns reading texts, times, numbers and words out of cells. A column that is not there reads as
//! an empty cell.

use std::str::FromStr;

use jiff::Timestamp;

use super::columns::Columns;
use crate::domain::insights::quality::{Percent, Resolution, Sample};
use crate::domain::insights::{AudioType, DeviceKind, DeviceState, meant};
use crate::domain::untrusted::Untrusted;
use crate::table::error::{Problem, TableError};
use crate::table::guard::unguard;
use crate::table::records::Record;

const AUDIO_TYPES: &str = "voip, call_in, toll_free, call_back or video_system";
const DEVICE_KINDS: &str = "room, desk, board, phone or other";
const DEVICE_STATES: &str = "online, issues or offline";

/// A row.
pub struct Cells<'r> {
    line: u64,
    texts: Vec<&'r str>,
    columns: &'r Columns,
}

impl<'r> Cells<'r> {
    pub fn new(record: &'r Record, columns: &'r Columns) -> Self {
        let texts = record.fields().map(|cell| unguard(cell).trim()).collect();
        Self { line: record.line, texts, columns }
    }

    /// The physical line on which the row begins.
    pub fn line(&self) -> u64 {
        self.line
    }

    fn cell(&self, field: &str) -> &'r str {
        self.columns.place(field).and_then(|at| self.texts.get(at).copied()).unwrap_or_default()
    }

    /// A fault at a field's cell; where the column is missing, at the row.
    pub fn wrong(&self, field: &str, problem: Problem) -> TableError {
        TableError::cell(self.line, self.columns.place(field).map_or(1, |at| at + 1), problem)
    }

    pub fn text(&self, field: &str) -> Untrusted {
        self.cell(field).into()
    }

    /// The parts of a cell, between bars and line ends.
    pub fn parts(&self, field: &str) -> Vec<Untrusted> {
        let parts = self.cell(field).split(['|', '\n', '\r']).map(str::trim);
        parts.filter(|part| !part.is_empty()).map(Untrusted::from).collect()
    }

    /// The words of a cell, between blanks and bars.
    pub fn words(&self, field: &str) -> Vec<Untrusted> {
        let words = self.cell(field).split(|c: char| c == '|' || c.is_whitespace());
        words.filter(|word| !word.is_empty()).map(Untrusted::from).collect()
    }

    pub fn time(&self, field: &str) -> Result<Option<Timestamp>, TableError> {
        let cell = self.cell(field);
        let wrong = |_| self.wrong(field, Problem::NotATime { value: cell.into() });
        (!cell.is_empty()).then(|| cell.parse().map_err(wrong)).transpose()
    }

    pub fn needed_time(&self, field: &str) -> Result<Timestamp, TableError> {
        self.time(field)?
            .ok_or_else(|| self.wrong(field, Problem::Refused { why: "must not be empty" }))
    }

    /// Loss, latency and jitter; nothing where all three are empty.
    pub fn sample(&self, fields: [&str; 3]) -> Result<Option<Sample>, TableError> {
        if fields.iter().all(|field| self.cell(field).is_empty()) {
            return Ok(None);
        }
        let [loss, latency, jitter] = fields;
        Ok(Some(Sample {
            packet_loss_percent: self.percent(loss)?,
            latency_ms: self.millis(latency)?,
            jitter_ms: self.millis(jitter)?,
        }))
    }

    fn percent(&self, field: &str) -> Result<Percent, TableError> {
        let cell = self.cell(field);
        let wrong = || self.wrong(field, Problem::NotAPercentage { value: cell.into() });
        Percent::parse(cell).ok_or_else(wrong)
    }

    fn millis(&self, field: &str) -> Result<u32, TableError> {
        let cell = self.cell(field);
        let number = cell.trim_end_matches("ms").trim_end();
        let whole = u32::from_str(number).ok().filter(|_| !number.starts_with('+'));
        whole.ok_or_else(|| self.wrong(field, Problem::NotMilliseconds { value: cell.into() }))
    }

    pub fn resolution(&self, field: &str) -> Result<Option<Resolution>, TableError> {
        let cell = self.cell(field);
        let wrong = |why| self.wrong(field, Problem::Refused { why });
        (!cell.is_empty()).then(|| cell.parse().map_err(wrong)).transpose()
    }

    pub fn audio_type(&self, field: &str) -> Result<Option<AudioType>, TableError> {
        if self.cell(field).is_empty() {
            return Ok(None);
        }
        self.word(field, |word| meant(AudioType::ALL, AudioType::code, word), AUDIO_TYPES).map(Some)
    }

    pub fn device_kind(&self, field: &str) -> Result<DeviceKind, TableError> {
        self.word(field, |word| meant(DeviceKind::ALL, DeviceKind::code, word), DEVICE_KINDS)
    }

    pub fn device_state(&self, field: &str) -> Result<DeviceState, TableError> {
        self.word(field, |word| meant(DeviceState::ALL, DeviceState::code, word), DEVICE_STATES)
    }

    fn word<T>(
        &self,
        field: &str,
        read: fn(&str) -> Option<T>,
        words: &'static str,
    ) -> Result<T, TableError> {
        let cell = self.cell(field);
        read(cell).ok_or_else(|| self.wrong(field, Problem::NotOneOf { value: cell.into(), words }))
    }
}
