//! The columns of a feed's files, by header name.
//!
//! Owns the names that are known, in any case and with or without blanks, and which columns a file
//! cannot do without. Must not read cells.

use crate::domain::insights::plain;
use crate::domain::untrusted::Untrusted;
use crate::table::error::{Place, Problem, TableError};

/// Which file it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Meetings, a row a participant.
    Meetings,
    /// Devices, a row each.
    Devices,
    /// People, a row each.
    People,
}

/// A known column: the field it is, and the headers it may have, the usual one first.
type Known = (&'static str, &'static [&'static str]);

const MEETINGS: &[Known] = &[
    ("id", &["MeetingID", "Meeting"]),
    ("title", &["Title", "MeetingTitle", "Subject"]),
    ("host", &["Host", "HostEmail"]),
    ("started_at", &["Start", "StartTime", "StartedAt"]),
    ("ended_at", &["End", "EndTime", "EndedAt"]),
    ("address", &["Email", "Address", "ParticipantEmail"]),
    ("name", &["Name", "ParticipantName"]),
    ("joined_at", &["Joined", "JoinTime", "JoinedAt"]),
    ("left_at", &["Left", "LeaveTime", "LeftAt"]),
    ("audio_type", &["AudioType"]),
    ("device", &["Device", "Client"]),
    ("audio_loss", &["AudioLoss", "AudioPacketLoss"]),
    ("audio_latency", &["AudioLatency"]),
    ("audio_jitter", &["AudioJitter"]),
    ("video_loss", &["VideoLoss", "VideoPacketLoss"]),
    ("video_latency", &["VideoLatency"]),
    ("video_jitter", &["VideoJitter"]),
    ("resolution", &["Resolution", "VideoResolution"]),
];
const DEVICES: &[Known] = &[
    ("id", &["DeviceID"]),
    ("name", &["DeviceName", "Name"]),
    ("kind", &["Kind", "Type"]),
    ("model", &["Model", "Product"]),
    ("place", &["Place", "Workspace", "Location"]),
    ("user", &["User", "Owner", "AssignedTo"]),
    ("state", &["State", "Status"]),
    ("software", &["Software", "Version"]),
    ("registered_at", &["Registered", "RegisteredAt"]),
    ("last_seen_at", &["LastSeen", "LastSeenAt"]),
];
const PEOPLE: &[Known] = &[
    ("address", &["Email", "Address", "ParticipantEmail"]),
    ("name", &["Name", "ParticipantName", "DisplayName"]),
    ("title", &["Title", "JobTitle"]),
    ("company", &["Company", "Employer"]),
    ("history", &["WorkHistory", "History"]),
    ("links", &["Links", "SocialMedia"]),
];
const NEEDED: &str = "the columns MeetingID and Start of meetings, or DeviceID, Kind and State of \
                      devices, or Email and Company, WorkHistory or Links of people";

/// The columns that make a sample, with their usual names: all of them, or none.
const SAMPLES: [[(&str, &str); 3]; 2] = [
    [
        ("audio_loss", "AudioLoss"),
        ("audio_latency", "AudioLatency"),
        ("audio_jitter", "AudioJitter"),
    ],
    [
        ("video_loss", "VideoLoss"),
        ("video_latency", "VideoLatency"),
        ("video_jitter", "VideoJitter"),
    ],
];

/// The columns of one file.
#[derive(Debug)]
pub struct Columns {
    kind: Kind,
    headers: Vec<Untrusted>,
    fields: Vec<Option<&'static str>>,
}

impl Columns {
    /// Reads the first line.
    ///
    /// # Errors
    /// What is missing, or there twice.
    pub fn read<'h>(headers: impl Iterator<Item = &'h str>, line: u64) -> Result<Self, TableError> {
        let headers: Vec<&str> = headers.map(str::trim).collect();
        let has = |known: &[Known], field: &str| {
            headers.iter().any(|header| field_of(known, header) == Some(field))
        };
        let (kind, known) = if ["id", "started_at"].iter().all(|field| has(MEETINGS, field)) {
            (Kind::Meetings, MEETINGS)
        } else if ["id", "kind", "state"].iter().all(|field| has(DEVICES, field)) {
            (Kind::Devices, DEVICES)
        } else if has(PEOPLE, "address")
            && ["company", "history", "links"].iter().any(|field| has(PEOPLE, field))
        {
            (Kind::People, PEOPLE)
        } else {
            let found = headers.iter().map(|header| Untrusted::from(*header)).collect();
            let problem = Problem::MissingColumn { needed: NEEDED.into(), found };
            return Err(TableError { place: Place::Line(line), problem });
        };
        let fields: Vec<_> = headers.iter().map(|header| field_of(known, header)).collect();
        for (at, field) in fields.iter().enumerate() {
            let first = fields[..at].iter().position(|other| other == field && field.is_some());
            if let Some(first) = first {
                let header = Untrusted::from(headers[at]);
                let fault =
                    TableError::cell(line, at + 1, Problem::RepeatedColumn { first: first + 1 });
                return Err(fault.named(|_| Some(&header)));
            }
        }
        let headers: Vec<_> = headers.into_iter().map(Untrusted::from).collect();
        if let Some(needed) = incomplete(&fields) {
            let problem = Problem::MissingColumn { needed: needed.into(), found: headers };
            return Err(TableError { place: Place::Line(line), problem });
        }
        Ok(Self { kind, headers, fields })
    }

    /// The headers in order.
    pub fn headers(&self) -> impl ExactSizeIterator<Item = &str> {
        self.headers.iter().map(Untrusted::raw)
    }

    /// Which file it is.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// How many columns there are.
    pub fn len(&self) -> usize {
        self.fields.len()
    }

    /// The header of a column; they count from 1.
    pub fn header(&self, column: usize) -> Option<&Untrusted> {
        self.headers.get(column.checked_sub(1)?)
    }

    /// Where a field stands, counted from 0.
    pub fn place(&self, field: &str) -> Option<usize> {
        self.fields.iter().position(|one| *one == Some(field))
    }
}

/// The columns that are missing beside others: a sample is loss, latency and jitter together.
fn incomplete(fields: &[Option<&'static str>]) -> Option<String> {
    SAMPLES.iter().find_map(|names| {
        let (there, missing): (Vec<_>, Vec<_>) =
            names.iter().partition(|(field, _)| fields.contains(&Some(*field)));
        let name = |list: &[&(&str, &str)]| {
            list.iter().map(|(_, name)| *name).collect::<Vec<_>>().join(" and ")
        };
        (!there.is_empty() && !missing.is_empty())
            .then(|| format!("{} beside {}", name(&missing), name(&there)))
    })
}

fn field_of(known: &[Known], header: &str) -> Option<&'static str> {
    // Units stand in brackets: "AudioLoss (%)".
    let name = plain(header.split(['(', '[']).next().unwrap_or(header));
    let is = |(_, names): &&Known| names.iter().any(|one| plain(one) == name);
    known.iter().find(is).map(|(field, _)| *field)
}
