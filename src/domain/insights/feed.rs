//! What a feed says: meetings with their participants, devices, people. The JSON body of the API, and
//! what a CSV file is read into.
//!
//! Owns what no record may say; a fault names the field, and the caller the place. Must not know
//! what is stored already.

use std::collections::HashSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::people::FedPerson;
use super::quality::{Resolution, Sample};
use super::{AudioType, DeviceKind, DeviceState};
use crate::domain::address::Address;
use crate::domain::untrusted::Untrusted;

/// The most characters of a text.
const LONGEST: usize = 300;

/// A feed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Feed {
    /// Meetings.
    #[serde(default)]
    pub meetings: Vec<FedMeeting>,
    /// Devices.
    #[serde(default)]
    pub devices: Vec<FedDevice>,
    /// People: who the participants are.
    #[serde(default)]
    pub people: Vec<FedPerson>,
}

/// A meeting. Sent again under the same id it replaces what it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FedMeeting {
    /// The feed's name for it.
    pub id: Untrusted,
    /// The title.
    #[serde(default)]
    pub title: Untrusted,
    /// The host's address.
    #[serde(default)]
    pub host: Untrusted,
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended; absent: it goes on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Timestamp>,
    /// Who was there.
    #[serde(default)]
    pub participants: Vec<FedParticipant>,
}

/// Somebody in a meeting, from joining until leaving.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FedParticipant {
    /// The address; empty for guests without one.
    #[serde(default)]
    pub address: Untrusted,
    /// The name.
    #[serde(default)]
    pub name: Untrusted,
    /// When they joined.
    pub joined_at: Timestamp,
    /// When they left; absent: with the meeting.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left_at: Option<Timestamp>,
    /// How their sound came in; absent: they had none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub audio_type: Option<AudioType>,
    /// What they used.
    #[serde(default)]
    pub device: Untrusted,
    /// Their sound, where it was measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub audio: Option<Sample>,
    /// Their picture, where it was measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub video: Option<Sample>,
    /// The size of their picture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolution: Option<Resolution>,
}

/// A device. Sent again under the same id it replaces what it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FedDevice {
    /// The feed's name for it.
    pub id: Untrusted,
    /// The name.
    #[serde(default)]
    pub name: Untrusted,
    /// What kind.
    pub kind: DeviceKind,
    /// The model.
    #[serde(default)]
    pub model: Untrusted,
    /// Where it stands.
    #[serde(default)]
    pub place: Untrusted,
    /// Whose it is.
    #[serde(default)]
    pub user: Untrusted,
    /// How it is.
    pub state: DeviceState,
    /// The version of its software.
    #[serde(default)]
    pub software: Untrusted,
    /// When it was registered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub registered_at: Option<Timestamp>,
    /// When it was last connected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_seen_at: Option<Timestamp>,
}

/// What is wrong with a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fault {
    /// The field of the record.
    pub field: &'static str,
    /// Why, as the end of a sentence that began with the field's name.
    pub why: &'static str,
}

/// A fault and the record it is in, as a path of the JSON body: `meetings[3].ended_at`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlacedFault {
    /// The path.
    pub path: String,
    /// Why.
    pub why: &'static str,
}

const EMPTY: &str = "must not be empty";
const LONG: &str = "is longer than 300 characters";
const BACKWARDS: &str = "is before the beginning";
const TWICE: &str = "is there twice in this feed";
const NOBODY: &str = "must not be empty where there is no address either";

fn texts(texts: &[(&'static str, &Untrusted)]) -> Result<(), Fault> {
    match texts.iter().find(|(_, text)| text.raw().chars().count() > LONGEST) {
        Some((field, _)) => Err(Fault { field, why: LONG }),
        None => Ok(()),
    }
}

fn named(field: &'static str, text: &Untrusted) -> Result<(), Fault> {
    if text.raw().trim().is_empty() { Err(Fault { field, why: EMPTY }) } else { Ok(()) }
}

impl FedMeeting {
    /// What is wrong with the meeting itself.
    ///
    /// # Errors
    /// The first fault.
    pub fn check(&self) -> Result<(), Fault> {
        named("id", &self.id)?;
        texts(&[("id", &self.id), ("title", &self.title), ("host", &self.host)])?;
        match self.ended_at {
            Some(end) if end < self.started_at => Err(Fault { field: "ended_at", why: BACKWARDS }),
            _ => Ok(()),
        }
    }

    /// The host as a person, see [`person_key`].
    pub fn host_key(&self) -> String {
        person_key(&self.host, &Untrusted::default())
    }
}

impl FedParticipant {
    /// What is wrong with the participant.
    ///
    /// # Errors
    /// The first fault.
    pub fn check(&self) -> Result<(), Fault> {
        if self.address.raw().trim().is_empty() && self.name.raw().trim().is_empty() {
            return Err(Fault { field: "name", why: NOBODY });
        }
        texts(&[("address", &self.address), ("name", &self.name), ("device", &self.device)])?;
        match self.left_at {
            Some(left) if left < self.joined_at => {
                Err(Fault { field: "left_at", why: "is before joining" })
            }
            _ => Ok(()),
        }
    }

    /// Who that is: the same for every meeting of theirs.
    pub fn key(&self) -> String {
        person_key(&self.address, &self.name)
    }
}

impl FedDevice {
    /// What is wrong with the device.
    ///
    /// # Errors
    /// The first fault.
    pub fn check(&self) -> Result<(), Fault> {
        named("id", &self.id)?;
        let all = [
            ("id", &self.id),
            ("name", &self.name),
            ("model", &self.model),
            ("place", &self.place),
            ("user", &self.user),
            ("software", &self.software),
        ];
        texts(&all)
    }
}

/// A person as a key: the address as it is compared, else the name in small letters behind `name:`.
pub fn person_key(address: &Untrusted, name: &Untrusted) -> String {
    match Address::parse(address.raw()) {
        Ok(address) => String::from(address),
        Err(_) if address.raw().trim().is_empty() => {
            format!("name:{}", name.raw().trim().to_lowercase())
        }
        Err(_) => address.raw().trim().to_lowercase(),
    }
}

impl Feed {
    /// Checks every record, and that none is there twice.
    ///
    /// # Errors
    /// The first fault with its path.
    pub fn check(&self) -> Result<(), PlacedFault> {
        let placed = |at: String, fault: Fault| PlacedFault {
            path: format!("{at}.{}", fault.field),
            why: fault.why,
        };
        let mut meetings = HashSet::with_capacity(self.meetings.len());
        for (n, meeting) in self.meetings.iter().enumerate() {
            let at = format!("meetings[{n}]");
            meeting.check().map_err(|fault| placed(at.clone(), fault))?;
            if !meetings.insert(meeting.id.raw().trim()) {
                return Err(placed(at, Fault { field: "id", why: TWICE }));
            }
            let mut people = HashSet::with_capacity(meeting.participants.len());
            for (n, participant) in meeting.participants.iter().enumerate() {
                let at = format!("{at}.participants[{n}]");
                participant.check().map_err(|fault| placed(at.clone(), fault))?;
                if !people.insert((participant.key(), participant.joined_at)) {
                    return Err(placed(at, Fault { field: "joined_at", why: TWICE }));
                }
            }
        }
        let mut devices = HashSet::with_capacity(self.devices.len());
        for (n, device) in self.devices.iter().enumerate() {
            let at = format!("devices[{n}]");
            device.check().map_err(|fault| placed(at.clone(), fault))?;
            if !devices.insert(device.id.raw().trim()) {
                return Err(placed(at, Fault { field: "id", why: TWICE }));
            }
        }
        let mut people = HashSet::with_capacity(self.people.len());
        for (n, person) in self.people.iter().enumerate() {
            let at = format!("people[{n}]");
            person.check().map_err(|fault| placed(at.clone(), fault))?;
            if !people.insert(person.key()) {
                return Err(placed(at, Fault { field: "address", why: TWICE }));
            }
        }
        Ok(())
    }

    /// How many participants it has, over all meetings.
    pub fn participants(&self) -> usize {
        self.meetings.iter().map(|meeting| meeting.participants.len()).sum()
    }
}

#[cfg(test)]
mod tests;
