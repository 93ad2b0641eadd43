//! The meetings of one site, day by day: the same from the same seed, whenever they are asked for.
//!
//! Owns the shape of a working week. What has not happened at a moment is not told: a meeting that
//! goes on has no end yet.

use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};

use super::quality;
use crate::demo::world::random::Random;
use crate::domain::insights::AudioType;
use crate::domain::insights::feed::{FedMeeting, FedParticipant};
use crate::domain::untrusted::Untrusted;

/// Who meets, and where.
pub struct Office {
    /// The site's URL.
    pub site: String,
    /// The demo's seed.
    pub seed: u64,
    /// Those who meet, the most active first.
    pub people: Vec<Person>,
}

/// Somebody who meets.
pub struct Person {
    /// The address.
    pub address: String,
    /// The name.
    pub name: String,
}

/// What is met about, the usual things oftener.
const TITLES: [(&str, usize); 14] = [
    ("Weekly sync", 12),
    ("Project review", 9),
    ("Customer call", 9),
    ("1:1", 8),
    ("Planning", 7),
    ("Design review", 6),
    ("Supplier call", 5),
    ("Interview", 5),
    ("Retrospective", 4),
    ("Training", 4),
    ("Incident review", 3),
    ("Budget", 3),
    ("Demo", 3),
    ("All hands", 1),
];
/// Minutes that meetings take.
const MINUTES: [(i64, usize); 5] = [(15, 2), (30, 8), (45, 4), (60, 6), (90, 1)];
/// Guests, who come by telephone.
const GUESTS: [&str; 4] =
    ["Caller +47 22 00 00 10", "Caller +1 415 555 0133", "Guest", "Interpreter"];
const CLIENTS: [(&str, usize); 6] = [
    ("Desktop app, Windows", 40),
    ("Desktop app, macOS", 22),
    ("Browser", 12),
    ("Mobile app, iOS", 12),
    ("Mobile app, Android", 10),
    ("Room Kit", 4),
];

/// What happened between two moments; meetings of the first day are told again, as they are now.
pub fn between(office: &Office, from: Timestamp, now: Timestamp) -> Vec<FedMeeting> {
    let utc = |at: Timestamp| at.to_zoned(TimeZone::UTC).date();
    let (mut day, last) = (utc(from), utc(now));
    let mut meetings = Vec::new();
    while day <= last {
        let of_day = meetings_of(office, day).into_iter();
        let begun = of_day.filter(|meeting| meeting.started_at <= now);
        let seen = begun.map(|meeting| as_seen(meeting, now));
        // What was over before the feed began belongs to nobody here.
        meetings.extend(seen.filter(|meeting| meeting.ended_at.is_none_or(|end| end >= from)));
        day = day.saturating_add(1.day());
    }
    meetings
}

/// A meeting as one would tell of it at that moment.
fn as_seen(mut meeting: FedMeeting, now: Timestamp) -> FedMeeting {
    meeting.ended_at = meeting.ended_at.filter(|end| *end <= now);
    meeting.participants.retain(|one| one.joined_at <= now);
    for one in &mut meeting.participants {
        one.left_at = one.left_at.filter(|left| *left <= now);
    }
    meeting
}

/// How many meetings a day has: fewer at both ends of the week, next to none between weeks.
fn how_many(office: &Office, day: Date, random: &mut Random) -> usize {
    let usual = 3 + office.people.len().min(140) / 16;
    let percent = match day.weekday() {
        Weekday::Monday => 95,
        Weekday::Tuesday | Weekday::Wednesday => 120,
        Weekday::Thursday => 110,
        Weekday::Friday => 70,
        Weekday::Saturday | Weekday::Sunday => 6,
    };
    // Between the years nobody meets.
    let percent = if day.month() == 12 && day.day() >= 23 { percent / 5 } else { percent };
    let count = usual * percent * (75 + random.below(50)) / 10_000;
    count + usize::from(percent > 50)
}

fn meetings_of(office: &Office, day: Date) -> Vec<FedMeeting> {
    let mut random = Random::new(office.seed, &format!("{} {day}", office.site));
    let count = how_many(office, day, &mut random);
    let weekend = matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
    (0..count)
        .map(|n| {
            let daily = n == 0 && !weekend;
            let (title, minute, minutes) = if daily {
                ("Morning stand-up", 510, 30)
            } else {
                let quarters = if random.below(5) < 3 { (28, 20) } else { (48, 18) };
                let minute = (quarters.0 + random.below(quarters.1)) as i64 * 15;
                (*random.pick_weighted(&TITLES), minute, *random.pick_weighted(&MINUTES))
            };
            let start = moment(day, minute * 60);
            meeting(office, (day, n), title, (start, after(start, minutes * 60)), &mut random)
        })
        .collect()
}

fn meeting(
    office: &Office,
    (day, n): (Date, usize),
    title: &str,
    (start, end): (Timestamp, Timestamp),
    random: &mut Random,
) -> FedMeeting {
    let host = someone(office, random);
    let size = 1 + random.below(4) + random.below(5) + if title == "All hands" { 20 } else { 0 };
    let mut there = vec![host];
    for _ in 0..size {
        let one = someone(office, random);
        if !there.contains(&one) {
            there.push(one);
        }
    }
    let mut participants: Vec<FedParticipant> = there
        .into_iter()
        .map(|at| {
            let person = &office.people[at];
            let trouble = quality::trouble(&person.address, &office.site, day);
            let mut one = participant((start, end), trouble, random);
            one.address = person.address.as_str().into();
            one.name = person.name.as_str().into();
            one
        })
        .collect();
    if title == "Customer call" || random.below(12) == 0 {
        let mut guest = participant((start, end), 1, random);
        guest.name = (*random.pick(&GUESTS)).into();
        guest.audio_type = Some(AudioType::CallIn);
        (guest.video, guest.resolution) = (None, None);
        guest.device = "Telephone".into();
        participants.push(guest);
    }
    FedMeeting {
        id: format!("{day}-{n:02}").into(),
        title: title.into(),
        host: office.people[host].address.as_str().into(),
        started_at: start,
        ended_at: Some(end),
        participants,
    }
}

/// Somebody of the office, the first ones oftener.
fn someone(office: &Office, random: &mut Random) -> usize {
    random.below(office.people.len()).min(random.below(office.people.len()))
}

fn participant(
    (start, end): (Timestamp, Timestamp),
    trouble: usize,
    random: &mut Random,
) -> FedParticipant {
    let late = [0, 0, 15, 40, 75, 130, 260, 520][random.below(8)] + random.below(15) as i64;
    let early = if random.below(9) == 0 { 60 * random.below(12) as i64 } else { 0 };
    let joined_at = after(start, late);
    let left_at = after(end, -early).max(after(joined_at, 60)).min(end);
    let device = *random.pick_weighted(&CLIENTS);
    let audio_type = match (device, random.below(100)) {
        ("Room Kit", _) => AudioType::VideoSystem,
        (_, 0..=5) => AudioType::CallBack,
        (_, 6..=9) => AudioType::CallIn,
        (_, 10..=12) => AudioType::TollFree,
        _ => AudioType::Voip,
    };
    let with_video = random.below(10) < 6;
    let video = with_video.then(|| quality::sample(trouble + 1, random));
    FedParticipant {
        address: Untrusted::default(),
        name: Untrusted::default(),
        joined_at,
        left_at: Some(left_at.max(joined_at)),
        audio_type: Some(audio_type),
        device: device.into(),
        audio: Some(quality::sample(trouble, random)),
        video,
        resolution: with_video.then(|| quality::resolution(trouble, random)),
    }
}

fn moment(day: Date, seconds: i64) -> Timestamp {
    let midnight = day.to_zoned(TimeZone::UTC).map_or(Timestamp::MAX, |zoned| zoned.timestamp());
    after(midnight, seconds)
}

fn after(at: Timestamp, seconds: i64) -> Timestamp {
    at.checked_add(SignedDuration::from_secs(seconds)).unwrap_or(at)
}
