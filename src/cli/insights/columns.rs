//! The columns of reports, meetings, people and devices, for tables and files.

use super::day;
use crate::api::insights::{
    Device, FeedTaken, Measured, Meeting, Participant, Profile, ProfileMeeting, Ratings,
    ReportPeriod,
};
use crate::cli::grid::{Cell, Column};
use crate::domain::insights::quality::{Percent, Rating};
use crate::domain::insights::{AudioType, DeviceKind, Report};
use crate::domain::untrusted::Untrusted;

/// A report's columns.
pub const fn of(report: Report) -> &'static [Column<ReportPeriod>] {
    match report {
        Report::Engagement => ENGAGEMENT,
        Report::Audio => AUDIO,
        Report::Quality => QUALITY,
    }
}

const ENGAGEMENT: &[Column<ReportPeriod>] = &[
    Column { name: "from", cell: |period| day(period.from) },
    Column { name: "meetings", cell: |period| Cell::Count(period.figures.engagement.meetings) },
    Column {
        name: "participants",
        cell: |period| Cell::Count(period.figures.engagement.participants),
    },
    Column { name: "people", cell: |period| Cell::Count(period.figures.engagement.people) },
    Column { name: "minutes", cell: |period| Cell::Count(period.figures.engagement.minutes) },
    Column {
        name: "active_hosts",
        cell: |period| Cell::Count(period.figures.engagement.active_hosts),
    },
    Column { name: "with_video", cell: |period| Cell::Count(period.figures.engagement.with_video) },
];

fn minutes(period: &ReportPeriod, audio_type: AudioType) -> Cell {
    let used = period.figures.audio.iter().find(|used| used.audio_type == audio_type);
    Cell::Count(used.map_or(0, |used| used.minutes))
}

const AUDIO: &[Column<ReportPeriod>] = &[
    Column { name: "from", cell: |period| day(period.from) },
    Column { name: "voip_minutes", cell: |period| minutes(period, AudioType::Voip) },
    Column { name: "call_in_minutes", cell: |period| minutes(period, AudioType::CallIn) },
    Column { name: "toll_free_minutes", cell: |period| minutes(period, AudioType::TollFree) },
    Column { name: "call_back_minutes", cell: |period| minutes(period, AudioType::CallBack) },
    Column { name: "video_system_minutes", cell: |period| minutes(period, AudioType::VideoSystem) },
];

fn share(percent: Percent) -> Cell {
    Cell::plain_text(&f64::from(percent).to_string())
}

const QUALITY: &[Column<ReportPeriod>] = &[
    Column { name: "from", cell: |period| day(period.from) },
    Column { name: "audio_good", cell: |p| Cell::Count(p.figures.audio_quality.ratings.good) },
    Column { name: "audio_fair", cell: |p| Cell::Count(p.figures.audio_quality.ratings.fair) },
    Column { name: "audio_poor", cell: |p| Cell::Count(p.figures.audio_quality.ratings.poor) },
    Column {
        name: "audio_loss_percent",
        cell: |p| share(p.figures.audio_quality.packet_loss_percent),
    },
    Column { name: "audio_latency_ms", cell: |p| Cell::Count(p.figures.audio_quality.latency_ms) },
    Column { name: "audio_jitter_ms", cell: |p| Cell::Count(p.figures.audio_quality.jitter_ms) },
    Column { name: "video_good", cell: |p| Cell::Count(p.figures.video_quality.ratings.good) },
    Column { name: "video_fair", cell: |p| Cell::Count(p.figures.video_quality.ratings.fair) },
    Column { name: "video_poor", cell: |p| Cell::Count(p.figures.video_quality.ratings.poor) },
    Column {
        name: "video_loss_percent",
        cell: |p| share(p.figures.video_quality.packet_loss_percent),
    },
    Column { name: "video_latency_ms", cell: |p| Cell::Count(p.figures.video_quality.latency_ms) },
    Column { name: "video_jitter_ms", cell: |p| Cell::Count(p.figures.video_quality.jitter_ms) },
];

/// How many were good, fair and poor.
fn ratings(ratings: Ratings) -> Cell {
    Cell::plain_text(&Rating::ALL.map(|one| ratings.of(one).to_string()).join("/"))
}

/// Meetings.
pub const MEETINGS: &[Column<Meeting>] = &[
    Column { name: "id", cell: |meeting| Cell::Text(meeting.id.clone()) },
    Column { name: "title", cell: |meeting| Cell::Text(meeting.title.clone()) },
    Column { name: "host", cell: |meeting| Cell::Text(meeting.host.clone()) },
    Column { name: "started_at", cell: |meeting| Cell::At(meeting.started_at) },
    Column { name: "ended_at", cell: |meeting| Cell::maybe(meeting.ended_at, Cell::At) },
    Column { name: "in_progress", cell: |meeting| Cell::yes_no(meeting.in_progress) },
    Column { name: "minutes", cell: |meeting| Cell::Count(meeting.minutes) },
    Column { name: "participants", cell: |meeting| Cell::Count(meeting.participants) },
    Column { name: "audio_good_fair_poor", cell: |meeting| ratings(meeting.audio) },
    Column { name: "video_good_fair_poor", cell: |meeting| ratings(meeting.video) },
];

fn measured(measured: Option<Measured>, cell: impl FnOnce(Measured) -> Cell) -> Cell {
    Cell::maybe(measured, cell)
}

/// A meeting's participants.
pub const PARTICIPANTS: &[Column<Participant>] = &[
    Column { name: "person", cell: |one| Cell::Text(one.person.clone()) },
    Column { name: "name", cell: |one| Cell::Text(one.name.clone()) },
    Column { name: "joined_at", cell: |one| Cell::At(one.joined_at) },
    Column { name: "minutes", cell: |one| Cell::Count(one.minutes) },
    Column {
        name: "audio_type",
        cell: |one| Cell::maybe(one.audio_type, |audio_type| Cell::Word(audio_type.code())),
    },
    Column { name: "device", cell: |one| Cell::Text(one.device.clone()) },
    Column { name: "audio", cell: |one| measured(one.audio, |m| Cell::Word(m.rating.code())) },
    Column {
        name: "audio_loss_percent",
        cell: |one| measured(one.audio, |m| share(m.packet_loss_percent)),
    },
    Column {
        name: "audio_latency_ms",
        cell: |one| measured(one.audio, |m| Cell::Count(m.latency_ms.into())),
    },
    Column {
        name: "audio_jitter_ms",
        cell: |one| measured(one.audio, |m| Cell::Count(m.jitter_ms.into())),
    },
    Column { name: "video", cell: |one| measured(one.video, |m| Cell::Word(m.rating.code())) },
    Column {
        name: "video_loss_percent",
        cell: |one| measured(one.video, |m| share(m.packet_loss_percent)),
    },
    Column {
        name: "video_latency_ms",
        cell: |one| measured(one.video, |m| Cell::Count(m.latency_ms.into())),
    },
    Column {
        name: "video_jitter_ms",
        cell: |one| measured(one.video, |m| Cell::Count(m.jitter_ms.into())),
    },
    Column {
        name: "resolution",
        cell: |one| Cell::maybe(one.resolution, |size| Cell::plain_text(&size.to_string())),
    },
];

/// Participants' profiles.
pub const PROFILES: &[Column<Profile>] = &[
    Column { name: "person", cell: |profile| Cell::Text(profile.person.clone()) },
    Column { name: "name", cell: |profile| Cell::Text(profile.name.clone()) },
    Column { name: "title", cell: |profile| Cell::Text(profile.title.clone()) },
    Column { name: "company", cell: |profile| Cell::Text(profile.company.clone()) },
    Column { name: "meetings", cell: |profile| Cell::Count(profile.meetings) },
    Column { name: "hosted", cell: |profile| Cell::Count(profile.hosted) },
    Column { name: "minutes", cell: |profile| Cell::Count(profile.minutes) },
    Column { name: "last_seen_at", cell: |profile| Cell::At(profile.last_seen_at) },
    Column { name: "audio_good_fair_poor", cell: |profile| ratings(profile.audio) },
    Column { name: "video_good_fair_poor", cell: |profile| ratings(profile.video) },
    Column {
        name: "user_id",
        cell: |profile| Cell::maybe(profile.user.as_ref(), |user| Cell::Text(user.user_id.clone())),
    },
    Column {
        name: "state",
        cell: |profile| Cell::maybe(profile.user.as_ref(), |user| Cell::Word(user.state.code())),
    },
];

/// The meetings that somebody joined.
pub const JOINED: &[Column<ProfileMeeting>] = &[
    Column { name: "id", cell: |meeting| Cell::Text(meeting.id.clone()) },
    Column { name: "title", cell: |meeting| Cell::Text(meeting.title.clone()) },
    Column { name: "joined_at", cell: |meeting| Cell::At(meeting.joined_at) },
    Column { name: "minutes", cell: |meeting| Cell::Count(meeting.minutes) },
    Column {
        name: "audio",
        cell: |meeting| Cell::maybe(meeting.audio, |rating| Cell::Word(rating.code())),
    },
    Column {
        name: "video",
        cell: |meeting| Cell::maybe(meeting.video, |rating| Cell::Word(rating.code())),
    },
];

/// Devices.
pub const DEVICES: &[Column<Device>] = &[
    Column { name: "id", cell: |device| Cell::Text(device.id.clone()) },
    Column { name: "name", cell: |device| Cell::Text(device.name.clone()) },
    Column { name: "kind", cell: |device| Cell::Word(DeviceKind::code(device.kind)) },
    Column { name: "model", cell: |device| Cell::Text(device.model.clone()) },
    Column { name: "place", cell: |device| Cell::Text(Untrusted::clone(&device.place)) },
    Column { name: "user", cell: |device| Cell::Text(device.user.clone()) },
    Column { name: "state", cell: |device| Cell::Word(device.state.code()) },
    Column { name: "software", cell: |device| Cell::Text(device.software.clone()) },
    Column { name: "registered_at", cell: |device| Cell::maybe(device.registered_at, Cell::At) },
    Column { name: "last_seen_at", cell: |device| Cell::maybe(device.last_seen_at, Cell::At) },
];

/// What a feed brought.
pub const TAKEN: &[Column<FeedTaken>] = &[
    Column { name: "meetings", cell: |taken| Cell::Count(taken.meetings) },
    Column { name: "new_meetings", cell: |taken| Cell::Count(taken.new_meetings) },
    Column { name: "participants", cell: |taken| Cell::Count(taken.participants) },
    Column { name: "devices", cell: |taken| Cell::Count(taken.devices) },
    Column { name: "new_devices", cell: |taken| Cell::Count(taken.new_devices) },
    Column { name: "people", cell: |taken| Cell::Count(taken.people) },
    Column { name: "links_left_out", cell: |taken| Cell::Count(taken.links_left_out) },
];
