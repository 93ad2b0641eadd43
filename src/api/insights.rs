//! What a linked site tells about its meetings (rule L9): reports, meetings, people, devices.
//!
//! Owns the answers, and the queries that choose among them. What a feed sends is
//! `domain::insights::feed`'s. Durations are in whole minutes, rounded down.

mod endpoints;

pub use endpoints::*;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::domain::insights::period::Period;
use crate::domain::insights::quality::{Percent, Rating, Resolution};
use crate::domain::insights::{AudioType, DeviceKind, DeviceState};
use crate::domain::untrusted::Untrusted;
use crate::domain::user::UserState;

/// Query of `GET /v1/sites/{url}/insights/report`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ReportQuery {
    /// How to cut the time; by day when absent.
    #[serde(default)]
    #[param(inline)]
    pub by: Period,
    /// How many periods, that of now included; 30 days, 13 weeks or 12 months when absent. At the
    /// most about three years: 1100 days, 160 weeks, 36 months.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(minimum = 1, maximum = 1100)]
    pub last: Option<u16>,
}

/// Engagement, audio usage and meeting quality, period by period. Days are UTC days.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SiteReport {
    /// The site.
    pub site: Untrusted,
    /// How the time is cut.
    pub by: Period,
    /// The backend's now, up to which the last period is told.
    pub now: Timestamp,
    /// When data came last; absent: never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fed_at: Option<Timestamp>,
    /// How many meetings are in progress.
    pub in_progress: u64,
    /// The periods, oldest first; the last one is not over.
    pub periods: Vec<ReportPeriod>,
    /// All of them together. People and hosts are counted once each.
    pub total: Figures,
    /// The same stretch of time before them.
    pub before: Figures,
}

/// One period of a report. A meeting counts where it began.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReportPeriod {
    /// Its first moment.
    pub from: Timestamp,
    /// The first moment after it.
    pub until: Timestamp,
    /// What happened.
    pub figures: Figures,
}

/// What happened in a stretch of time.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Figures {
    /// How much the site was used.
    pub engagement: Engagement,
    /// Audio usage, one entry for each type.
    pub audio: Vec<AudioUsage>,
    /// The quality of what was heard.
    pub audio_quality: Quality,
    /// The quality of what was seen.
    pub video_quality: Quality,
}

/// How much a site was used.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Engagement {
    /// Meetings that began.
    pub meetings: u64,
    /// How often somebody joined one.
    pub participants: u64,
    /// How many people that were.
    pub people: u64,
    /// Minutes that they were there, all together.
    pub minutes: u64,
    /// How many people hosted.
    pub active_hosts: u64,
    /// How many of the participants had a picture.
    pub with_video: u64,
}

/// How much one way of the sound was used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AudioUsage {
    /// Which way.
    pub audio_type: AudioType,
    /// How many participants used it.
    pub participants: u64,
    /// For how many minutes.
    pub minutes: u64,
}

/// How good it was, over all participants that were measured.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Quality {
    /// How many were good, fair and poor.
    pub ratings: Ratings,
    /// The mean of what was lost.
    pub packet_loss_percent: Percent,
    /// The mean latency.
    pub latency_ms: u64,
    /// The mean jitter.
    pub jitter_ms: u64,
}

/// Participants by rating.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Ratings {
    /// Good.
    pub good: u64,
    /// Fair.
    pub fair: u64,
    /// Poor.
    pub poor: u64,
}

impl Ratings {
    /// All that were rated.
    pub fn rated(self) -> u64 {
        self.good + self.fair + self.poor
    }

    /// One of them.
    pub fn of(self, rating: Rating) -> u64 {
        match rating {
            Rating::Good => self.good,
            Rating::Fair => self.fair,
            Rating::Poor => self.poor,
        }
    }

    /// Counts some more.
    pub fn add(&mut self, rating: Rating, count: u64) {
        match rating {
            Rating::Good => self.good += count,
            Rating::Fair => self.fair += count,
            Rating::Poor => self.poor += count,
        }
    }
}

/// Query of `GET /v1/sites/{url}/insights/meetings`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct MeetingsQuery {
    /// Only meetings in progress (`true`), or only those that are over (`false`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub in_progress: Option<bool>,
    /// The `next` of the page before; absent for the first page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
    /// How many items at the most, 1 to 500; 100 when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(minimum = 1, maximum = 500)]
    pub limit: Option<u16>,
}

/// A meeting in progress, or of the last 30 days.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Meeting {
    /// The feed's name for it.
    pub id: Untrusted,
    /// The title.
    pub title: Untrusted,
    /// The host's address.
    pub host: Untrusted,
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended; absent: it goes on, or nobody knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Timestamp>,
    /// Whether it goes on.
    pub in_progress: bool,
    /// How long it took, until now if it goes on.
    pub minutes: u64,
    /// How often somebody joined it.
    pub participants: u64,
    /// How it sounded to them.
    pub audio: Ratings,
    /// How it looked to them.
    pub video: Ratings,
}

/// A meeting with everybody who joined it, in the order of joining.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MeetingDetail {
    /// The meeting.
    pub meeting: Meeting,
    /// Who joined it; somebody who came back is there twice.
    pub participants: Vec<Participant>,
}

/// Somebody in a meeting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Participant {
    /// Who that is, for asking after the profile.
    pub person: Untrusted,
    /// The address; empty for guests without one.
    pub address: Untrusted,
    /// The name.
    pub name: Untrusted,
    /// When they joined.
    pub joined_at: Timestamp,
    /// When they left; absent: they are there, or nobody knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left_at: Option<Timestamp>,
    /// How long they were there.
    pub minutes: u64,
    /// How their sound came in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub audio_type: Option<AudioType>,
    /// What they used.
    pub device: Untrusted,
    /// Their sound, where it was measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub audio: Option<Measured>,
    /// Their picture, where it was measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub video: Option<Measured>,
    /// The size of their picture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolution: Option<Resolution>,
}

/// What was measured, and how good that is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Measured {
    /// Packets that were lost.
    pub packet_loss_percent: Percent,
    /// How long a packet took.
    pub latency_ms: u32,
    /// How unevenly packets came.
    pub jitter_ms: u32,
    /// How good that is.
    pub rating: Rating,
}

/// Somebody who was in meetings of the last 30 days.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Profile {
    /// Who that is: an address, or `name:` and a guest's name.
    pub person: Untrusted,
    /// The address; empty for guests without one.
    pub address: Untrusted,
    /// The name.
    pub name: Untrusted,
    /// Meetings they joined.
    pub meetings: u64,
    /// Meetings they hosted.
    pub hosted: u64,
    /// Minutes they were there.
    pub minutes: u64,
    /// When they joined last.
    pub last_seen_at: Timestamp,
    /// How it sounded to them.
    pub audio: Ratings,
    /// How it looked to them.
    pub video: Ratings,
    /// The account on the site's roster; absent: they have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<ProfileUser>,
    /// The title, as far as the feed has it.
    #[serde(default)]
    pub title: Untrusted,
    /// The company, as far as the feed has it.
    #[serde(default)]
    pub company: Untrusted,
}

/// A participant's account on the site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ProfileUser {
    /// `UserID`.
    pub user_id: Untrusted,
    /// The department.
    pub department: Untrusted,
    /// Where it stands.
    pub state: UserState,
}

/// A profile with the meetings behind it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ProfileDetail {
    /// The profile.
    pub profile: Profile,
    /// How their sound came in, most minutes first.
    pub audio_types: Vec<AudioUsage>,
    /// What they used, the most used first.
    pub devices: Vec<Untrusted>,
    /// The work history, a line a station, as far as the feed has it.
    #[serde(default)]
    pub history: Vec<Untrusted>,
    /// Links to social media, as far as the feed has them: https alone.
    #[serde(default)]
    pub links: Vec<Untrusted>,
    /// Their meetings of the last 30 days, newest first, 200 at the most.
    pub meetings: Vec<ProfileMeeting>,
}

/// A meeting somebody joined.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ProfileMeeting {
    /// The feed's name for it.
    pub id: Untrusted,
    /// The title.
    pub title: Untrusted,
    /// When they joined.
    pub joined_at: Timestamp,
    /// How long they were there.
    pub minutes: u64,
    /// How it sounded to them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub audio: Option<Rating>,
    /// How it looked to them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub video: Option<Rating>,
}

/// Query of `GET /v1/sites/{url}/insights/devices`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct DevicesQuery {
    /// Words that must all occur in a device's name, product, place or user, without regard to case
    /// or accents.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(max_length = 200)]
    pub find: Option<String>,
    /// The `next` of the page before; absent for the first page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
    /// How many items at the most, 1 to 500; 100 when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(minimum = 1, maximum = 500)]
    pub limit: Option<u16>,
}

/// A registered device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Device {
    /// The feed's name for it.
    pub id: Untrusted,
    /// The name.
    pub name: Untrusted,
    /// What kind.
    pub kind: DeviceKind,
    /// The model.
    pub model: Untrusted,
    /// Where it stands.
    pub place: Untrusted,
    /// Whose it is.
    #[serde(default)]
    pub user: Untrusted,
    /// How it is.
    pub state: DeviceState,
    /// The version of its software.
    pub software: Untrusted,
    /// When it was registered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub registered_at: Option<Timestamp>,
    /// When it was last connected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_seen_at: Option<Timestamp>,
}

/// What a feed brought. Sent again, the same feed brings nothing new.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FeedTaken {
    /// Meetings in the feed.
    pub meetings: u64,
    /// Meetings of these that were not known.
    pub new_meetings: u64,
    /// Participants in the feed.
    pub participants: u64,
    /// Devices in the feed.
    pub devices: u64,
    /// Devices of these that were not known.
    pub new_devices: u64,
    /// People in the feed.
    #[serde(default)]
    pub people: u64,
    /// Links of theirs that are not https and were left out.
    #[serde(default)]
    pub links_left_out: u64,
}
