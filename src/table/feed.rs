//! A feed of insights as CSV or TSV: meetings, a row a participant; or devices or people, a row each.
//!
//! Owns the columns and telling the three files apart. What a record may say is the domain's; here a
//! fault gets its line and column. Unknown columns are passed over; the file is taken whole or
//! refused whole.

mod cells;
mod columns;

use std::collections::HashMap;

use jiff::Timestamp;

use super::Limits;
use super::decode::decode;
use super::error::{Place, Problem, TableError};
use super::open::{Opened, open};
use super::records::{Record, Records};
use crate::domain::insights::feed::{Fault, FedDevice, FedMeeting, FedParticipant, Feed};
use crate::domain::insights::people::FedPerson;
use cells::Cells;
use columns::{Columns, Kind};

/// Reads a feed.
///
/// # Errors
/// The first fault, with its line and column; then nothing of the file may be used.
pub fn read_feed(bytes: &[u8], limits: &Limits) -> Result<Feed, TableError> {
    let file = decode(bytes, limits.bytes)?;
    let Opened { header: columns, records, .. } =
        open(&file.text, limits, |header| Columns::read(header.fields(), header.line))?;
    let read = match columns.kind() {
        Kind::Meetings => meetings(records, &columns, limits),
        Kind::Devices => devices(records, &columns, limits),
        Kind::People => people(records, &columns, limits),
    };
    read.map_err(|fault| fault.named(|n| columns.header(n)))
}

/// Calls `take` with the cells of each row.
fn each(
    mut records: Records<'_>,
    columns: &Columns,
    limits: &Limits,
    mut take: impl FnMut(&Cells<'_>) -> Result<(), TableError>,
) -> Result<(), TableError> {
    let mut record = Record::default();
    let mut rows = 0;
    while records.row(&mut record)? {
        if record.repeats(columns.headers()) {
            let place = Place::Line(record.line);
            return Err(TableError { place, problem: Problem::RepeatedHeader });
        }
        rows += 1;
        if rows > limits.rows {
            let problem = Problem::TooManyRows { most: limits.rows };
            return Err(TableError::cell(record.line, 1, problem));
        }
        let (fields, there) = (record.len(), columns.len());
        if fields != there {
            let problem = Problem::Ragged { fields, columns: there };
            return Err(TableError::cell(record.line, fields.min(there) + 1, problem));
        }
        take(&Cells::new(&record, columns))?;
    }
    Ok(())
}

/// Where a meeting and its participants were first named.
#[derive(Default)]
struct Seen {
    place: usize,
    line: u64,
    people: HashMap<(String, Timestamp), u64>,
}

fn meetings(records: Records<'_>, columns: &Columns, limits: &Limits) -> Result<Feed, TableError> {
    let mut feed = Feed::default();
    let mut seen: HashMap<String, Seen> = HashMap::new();
    each(records, columns, limits, |cells| {
        let meeting = meeting(cells)?;
        meeting.check().map_err(|fault| placed(cells, fault))?;
        let participant = participant(cells, &meeting)?;
        let id = meeting.id.raw().to_owned();
        let known = seen.entry(id).or_insert_with(|| Seen {
            place: feed.meetings.len(),
            line: cells.line(),
            people: HashMap::new(),
        });
        if known.place == feed.meetings.len() {
            feed.meetings.push(FedMeeting { participants: Vec::new(), ..meeting });
        } else {
            let first = &feed.meetings[known.place];
            same(first, &meeting, known.line, cells)?;
        }
        let Some(participant) = participant else { return Ok(()) };
        participant.check().map_err(|fault| placed(cells, fault))?;
        let key = (participant.key(), participant.joined_at);
        if let Some(first) = known.people.insert(key, cells.line()) {
            let value = cells.text("address");
            return Err(cells.wrong("joined_at", Problem::RepeatedRow { value, first }));
        }
        feed.meetings[known.place].participants.push(participant);
        Ok(())
    })?;
    Ok(feed)
}

fn meeting(cells: &Cells<'_>) -> Result<FedMeeting, TableError> {
    Ok(FedMeeting {
        id: cells.text("id"),
        title: cells.text("title"),
        host: cells.text("host"),
        started_at: cells.needed_time("started_at")?,
        ended_at: cells.time("ended_at")?,
        participants: Vec::new(),
    })
}

/// The participant of a row; a row without address and name tells of the meeting alone.
fn participant(
    cells: &Cells<'_>,
    meeting: &FedMeeting,
) -> Result<Option<FedParticipant>, TableError> {
    let (address, name) = (cells.text("address"), cells.text("name"));
    if address.is_empty() && name.is_empty() {
        return Ok(None);
    }
    let resolution = cells.resolution("resolution")?;
    Ok(Some(FedParticipant {
        address,
        name,
        joined_at: cells.time("joined_at")?.unwrap_or(meeting.started_at),
        left_at: cells.time("left_at")?,
        audio_type: cells.audio_type("audio_type")?,
        device: cells.text("device"),
        audio: cells.sample(["audio_loss", "audio_latency", "audio_jitter"])?,
        video: cells.sample(["video_loss", "video_latency", "video_jitter"])?,
        resolution,
    }))
}

/// Every row of a meeting tells the same of it.
fn same(
    first: &FedMeeting,
    again: &FedMeeting,
    line: u64,
    cells: &Cells<'_>,
) -> Result<(), TableError> {
    let fields = [
        ("title", first.title == again.title),
        ("host", first.host == again.host),
        ("started_at", first.started_at == again.started_at),
        ("ended_at", first.ended_at == again.ended_at),
    ];
    match fields.into_iter().find(|(_, same)| !same) {
        Some((field, _)) => Err(cells.wrong(field, Problem::Disagrees { first: line })),
        None => Ok(()),
    }
}

fn devices(records: Records<'_>, columns: &Columns, limits: &Limits) -> Result<Feed, TableError> {
    let mut feed = Feed::default();
    let mut seen: HashMap<String, u64> = HashMap::new();
    each(records, columns, limits, |cells| {
        let device = FedDevice {
            id: cells.text("id"),
            name: cells.text("name"),
            kind: cells.device_kind("kind")?,
            model: cells.text("model"),
            place: cells.text("place"),
            user: cells.text("user"),
            state: cells.device_state("state")?,
            software: cells.text("software"),
            registered_at: cells.time("registered_at")?,
            last_seen_at: cells.time("last_seen_at")?,
        };
        device.check().map_err(|fault| placed(cells, fault))?;
        if let Some(first) = seen.insert(device.id.raw().to_owned(), cells.line()) {
            let value = device.id;
            return Err(cells.wrong("id", Problem::RepeatedRow { value, first }));
        }
        feed.devices.push(device);
        Ok(())
    })?;
    Ok(feed)
}

fn people(records: Records<'_>, columns: &Columns, limits: &Limits) -> Result<Feed, TableError> {
    let mut feed = Feed::default();
    let mut seen: HashMap<String, u64> = HashMap::new();
    each(records, columns, limits, |cells| {
        let person = FedPerson {
            address: cells.text("address"),
            name: cells.text("name"),
            title: cells.text("title"),
            company: cells.text("company"),
            history: cells.parts("history"),
            links: cells.words("links"),
        };
        person.check().map_err(|fault| placed(cells, fault))?;
        if let Some(first) = seen.insert(person.key(), cells.line()) {
            let value = person.address;
            return Err(cells.wrong("address", Problem::RepeatedRow { value, first }));
        }
        feed.people.push(person);
        Ok(())
    })?;
    Ok(feed)
}

fn placed(cells: &Cells<'_>, fault: Fault) -> TableError {
    cells.wrong(fault.field, Problem::Refused { why: fault.why })
}

#[cfg(test)]
mod tests;
