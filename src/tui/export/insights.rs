//! Insights as CSV: reports period by period, meetings, people, devices, a meeting's participants.
//!
//! Owns the columns. Times are UTC, numbers without separators; every cell passes the formula
//! guard of `table`.

use jiff::Timestamp;

use crate::api::insights::{
    Device, Measured, Meeting, Participant, Profile, Quality, Ratings, ReportPeriod, SiteReport,
};
use crate::domain::insights::{AudioType, DeviceKind, Report};
use crate::domain::untrusted::Untrusted;
use crate::table::write_csv;
use crate::tui::when;

fn day(at: Timestamp) -> String {
    when::utc(at, "%Y-%m-%d")
}

fn time(at: Option<Timestamp>) -> String {
    at.map(|at| at.to_string()).unwrap_or_default()
}

fn text(text: &Untrusted) -> String {
    text.raw().to_owned()
}

fn ratings(ratings: Ratings) -> [String; 3] {
    [ratings.good, ratings.fair, ratings.poor].map(|count| count.to_string())
}

/// A report, a row a period.
pub fn report(report: &SiteReport, section: Report) -> String {
    let periods = &report.periods;
    match section {
        Report::Engagement => {
            let columns = [
                "from",
                "meetings",
                "participants",
                "people",
                "minutes",
                "active_hosts",
                "with_video",
            ];
            let row = |period: &ReportPeriod| {
                let told = period.figures.engagement;
                let counts = [
                    told.meetings,
                    told.participants,
                    told.people,
                    told.minutes,
                    told.active_hosts,
                    told.with_video,
                ];
                row_of(period, counts.map(|count| count.to_string()))
            };
            write_csv(&columns, periods.iter().map(row))
        }
        Report::Audio => {
            let columns = AudioType::ALL.map(|one| format!("{}_minutes", one.code()));
            let columns: Vec<&str> =
                std::iter::once("from").chain(columns.iter().map(String::as_str)).collect();
            let row = |period: &ReportPeriod| {
                row_of(period, period.figures.audio.iter().map(|used| used.minutes.to_string()))
            };
            write_csv(&columns, periods.iter().map(row))
        }
        Report::Quality => {
            let columns = [
                "from",
                "audio_good",
                "audio_fair",
                "audio_poor",
                "audio_loss_percent",
                "audio_latency_ms",
                "audio_jitter_ms",
                "video_good",
                "video_fair",
                "video_poor",
                "video_loss_percent",
                "video_latency_ms",
                "video_jitter_ms",
            ];
            let row = |period: &ReportPeriod| {
                let both = [period.figures.audio_quality, period.figures.video_quality];
                row_of(period, both.into_iter().flat_map(quality))
            };
            write_csv(&columns, periods.iter().map(row))
        }
    }
}

fn row_of(period: &ReportPeriod, cells: impl IntoIterator<Item = String>) -> Vec<String> {
    std::iter::once(day(period.from)).chain(cells).collect()
}

fn quality(quality: Quality) -> [String; 6] {
    let [good, fair, poor] = ratings(quality.ratings);
    let loss = f64::from(quality.packet_loss_percent).to_string();
    [good, fair, poor, loss, quality.latency_ms.to_string(), quality.jitter_ms.to_string()]
}

/// Meetings.
pub fn meetings(meetings: &[Meeting]) -> String {
    let columns = [
        "id",
        "title",
        "host",
        "started_at",
        "ended_at",
        "in_progress",
        "minutes",
        "participants",
        "audio_good",
        "audio_fair",
        "audio_poor",
        "video_good",
        "video_fair",
        "video_poor",
    ];
    let row = |meeting: &Meeting| {
        let mut cells = vec![
            text(&meeting.id),
            text(&meeting.title),
            text(&meeting.host),
            time(Some(meeting.started_at)),
            time(meeting.ended_at),
            if meeting.in_progress { "yes" } else { "no" }.to_owned(),
            meeting.minutes.to_string(),
            meeting.participants.to_string(),
        ];
        cells.extend(ratings(meeting.audio));
        cells.extend(ratings(meeting.video));
        cells
    };
    write_csv(&columns, meetings.iter().map(row))
}

/// Participants' profiles.
pub fn people(people: &[Profile]) -> String {
    let columns = [
        "person",
        "name",
        "title",
        "company",
        "meetings",
        "hosted",
        "minutes",
        "last_seen_at",
        "audio_good",
        "audio_fair",
        "audio_poor",
        "video_good",
        "video_fair",
        "video_poor",
        "user_id",
        "department",
        "state",
    ];
    let row = |profile: &Profile| {
        let mut cells = vec![
            text(&profile.person),
            text(&profile.name),
            text(&profile.title),
            text(&profile.company),
            profile.meetings.to_string(),
            profile.hosted.to_string(),
            profile.minutes.to_string(),
            time(Some(profile.last_seen_at)),
        ];
        cells.extend(ratings(profile.audio));
        cells.extend(ratings(profile.video));
        cells.extend(match &profile.user {
            Some(user) => [text(&user.user_id), text(&user.department), user.state.code().into()],
            None => [String::new(), String::new(), String::new()],
        });
        cells
    };
    write_csv(&columns, people.iter().map(row))
}

/// Devices, in the columns that an import reads.
pub fn devices(devices: &[Device]) -> String {
    let columns = [
        "DeviceID",
        "DeviceName",
        "Kind",
        "Model",
        "Place",
        "User",
        "State",
        "Software",
        "Registered",
        "LastSeen",
    ];
    let row = |device: &Device| {
        [
            text(&device.id),
            text(&device.name),
            DeviceKind::code(device.kind).to_owned(),
            text(&device.model),
            text(&device.place),
            text(&device.user),
            device.state.code().to_owned(),
            text(&device.software),
            time(device.registered_at),
            time(device.last_seen_at),
        ]
    };
    write_csv(&columns, devices.iter().map(row))
}

/// A meeting's participants.
pub fn participants(participants: &[Participant]) -> String {
    let columns = [
        "person",
        "name",
        "joined_at",
        "left_at",
        "minutes",
        "audio_type",
        "device",
        "audio",
        "audio_loss_percent",
        "audio_latency_ms",
        "audio_jitter_ms",
        "video",
        "video_loss_percent",
        "video_latency_ms",
        "video_jitter_ms",
        "resolution",
    ];
    let measured = |measured: Option<Measured>| match measured {
        Some(one) => [
            one.rating.code().to_owned(),
            f64::from(one.packet_loss_percent).to_string(),
            one.latency_ms.to_string(),
            one.jitter_ms.to_string(),
        ],
        None => [String::new(), String::new(), String::new(), String::new()],
    };
    let row = |one: &Participant| {
        let mut cells = vec![
            text(&one.person),
            text(&one.name),
            time(Some(one.joined_at)),
            time(one.left_at),
            one.minutes.to_string(),
            one.audio_type.map_or("", AudioType::code).to_owned(),
            text(&one.device),
        ];
        cells.extend(measured(one.audio));
        cells.extend(measured(one.video));
        cells.push(one.resolution.map(|size| size.to_string()).unwrap_or_default());
        cells
    };
    write_csv(&columns, participants.iter().map(row))
}
