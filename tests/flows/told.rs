//! What the scripted backend tells of insights and timers.

use hublink::api::call::{Reply, Request};
use hublink::api::insights::{
    AudioUsage, Device, Engagement, Figures, ImportFeed, ListDevices, ListMeetings,
    ListParticipants, Measured, Meeting, MeetingDetail, Participant, Profile, ProfileDetail,
    ProfileMeeting, ProfileUser, Quality, Ratings, ReportPeriod, ReportQuery, ShowMeeting,
    ShowParticipant, ShowReport, SiteReport, TakeFeed,
};
use hublink::api::page::Page;
use hublink::api::timer::Timer;
use hublink::domain::insights::period::Period;
use hublink::domain::insights::quality::{Percent, Rating};
use hublink::domain::insights::{AudioType, DeviceKind, DeviceState};
use hublink::domain::timer::TimerKind;
use hublink::domain::untrusted::Untrusted;
use hublink::domain::user::UserState;
use jiff::Timestamp;

use crate::places::World;
use crate::world::at;

/// What time runs for: runs, agreements once each, and what the test adds.
pub fn timers(world: &World) -> Vec<Timer> {
    let mut timers = Vec::new();
    for run in world.runs.iter().filter(|run| !run.state.is_over()) {
        let trouble = run.trouble.as_ref().map(Untrusted::raw);
        let about = Timer::of_run(&run.id, run.state, run.selected, trouble, world.now);
        timers.push(Timer { site: Some(run.site.clone()), ..about });
    }
    for site in &world.sites {
        for one in &site.agreements {
            let domain = one.domain.clone();
            let what = format!("verify {}", domain.shown());
            let due = Some(one.deadline);
            let known: Option<&mut Timer> = timers.iter_mut().find(|timer| timer.subject == domain);
            if let Some(known) = known {
                known.further_sites += 1;
                continue;
            }
            let about = Timer::about(TimerKind::Agreement, due, world.now, what, domain);
            timers.push(Timer {
                site: Some(site.url.clone()),
                organization: site.organization.clone(),
                organization_name: site.organization_name.clone(),
                ..about
            });
        }
    }
    timers.extend(world.timers.iter().cloned());
    timers.sort_by_key(|timer| (timer.urgency.rank(), timer.due_at));
    timers
}

/// What is answered to a question about insights; nothing: it is not there.
pub fn insights(world: &World, call: &Request) -> Option<Reply> {
    let page = |fed: bool| Page { items: if fed { meetings(world) } else { vec![] }, next: None };
    Some(if let Some((_, query, _)) = &call.asked::<ShowReport>() {
        Reply::of(report(world, *query))
    } else if let Some((_, query, _)) = &call.asked::<ListMeetings>() {
        let Page { mut items, .. } = page(world.fed);
        // One on a page, so that an export must read on.
        let from: usize = query.cursor.as_deref().map_or(0, |cursor| cursor.parse().unwrap());
        let next = (from + 1 < items.len()).then(|| (from + 1).to_string());
        items = items.into_iter().skip(from).take(1).collect();
        Reply::of(Page { items, next })
    } else if let Some(((_, id), ..)) = &call.asked::<ShowMeeting>() {
        let meeting = meetings(world).into_iter().find(|one| one.id.raw() == id)?;
        Reply::of(MeetingDetail { meeting, participants: participants() })
    } else if call.is::<ListParticipants>() {
        let items = if world.fed { vec![profile(), guest()] } else { vec![] };
        Reply::of(Page { items, next: None })
    } else if let Some(((_, person), ..)) = &call.asked::<ShowParticipant>() {
        let profile = [profile(), guest()].into_iter().find(|one| one.person.raw() == person)?;
        Reply::of(ProfileDetail {
            profile,
            audio_types: vec![usage(AudioType::Voip, 700)],
            history: vec!["2015–2019 Designer, Plain GmbH".into()],
            links: vec!["https://people.example/amara".into()],
            devices: vec!["Desktop app, Windows".into()],
            meetings: vec![ProfileMeeting {
                id: "m1".into(),
                title: "Design review".into(),
                joined_at: at("2026-02-27T13:01:00Z"),
                minutes: 59,
                audio: Some(Rating::Fair),
                video: None,
            }],
        })
    } else if let Some((_, query, _)) = &call.asked::<ListDevices>() {
        let mut items = if world.fed { devices() } else { vec![] };
        let words = query.find.clone().unwrap_or_default();
        items.retain(|device| device.name.raw().to_lowercase().contains(&words));
        Reply::of(Page { items, next: None })
    } else if call.is::<TakeFeed>() || call.is::<ImportFeed>() {
        return None;
    } else {
        panic!("nothing answers {call:?}")
    })
}

fn usage(audio_type: AudioType, minutes: u64) -> AudioUsage {
    AudioUsage { audio_type, participants: minutes / 30, minutes }
}

/// Figures of a stretch in which so many meetings began.
fn figures(meetings: u64) -> Figures {
    let shares = [(AudioType::Voip, 250), (AudioType::CallIn, 20), (AudioType::TollFree, 0)];
    let more = [(AudioType::CallBack, 12), (AudioType::VideoSystem, 8)];
    let quality = |good: u64, fair: u64, poor: u64| Quality {
        ratings: Ratings {
            good: good * meetings,
            fair: fair * meetings / 4,
            poor: poor * meetings / 9,
        },
        packet_loss_percent: Percent::from_hundredths(if meetings == 0 {
            0
        } else {
            60 + meetings
        }),
        latency_ms: if meetings == 0 { 0 } else { 70 + meetings },
        jitter_ms: if meetings == 0 { 0 } else { 9 },
    };
    Figures {
        engagement: Engagement {
            meetings,
            participants: meetings * 6,
            people: meetings * 5,
            minutes: meetings * 290,
            active_hosts: meetings.min(19),
            with_video: meetings * 4,
        },
        audio: shares
            .into_iter()
            .chain(more)
            .map(|(one, per)| usage(one, per * meetings))
            .collect(),
        audio_quality: quality(5, 1, 1),
        video_quality: quality(3, 2, 1),
    }
}

fn report(world: &World, query: ReportQuery) -> SiteReport {
    let periods = query.by.last(query.last.unwrap_or(query.by.usual()), world.now);
    let scale = match query.by {
        Period::Day => 1,
        Period::Week => 6,
        Period::Month => 25,
    };
    let count = periods.len();
    let meetings = |n: usize| match n {
        _ if !world.fed => 0,
        n if n + 1 == count => 2,
        n if query.by == Period::Day && n % 7 < 2 => 0,
        n => (7 + n as u64 * 5 % 11) * scale,
    };
    let period = |(n, stretch): (usize, hublink::domain::insights::period::Stretch)| ReportPeriod {
        from: stretch.from,
        until: stretch.until,
        figures: figures(meetings(n)),
    };
    let total: u64 = (0..count).map(meetings).sum();
    SiteReport {
        site: crate::world::SITE.into(),
        by: query.by,
        now: world.now,
        fed_at: world.fed.then(|| world.now - jiff::SignedDuration::from_mins(5)),
        in_progress: u64::from(world.fed),
        periods: periods.into_iter().enumerate().map(period).collect(),
        total: figures(total),
        before: figures(total * 10 / 11),
    }
}

fn ratings(good: u64, fair: u64, poor: u64) -> Ratings {
    Ratings { good, fair, poor }
}

fn meetings(world: &World) -> Vec<Meeting> {
    let meeting = |id: &str, title: &str, began: Timestamp, minutes: u64| Meeting {
        id: id.into(),
        title: title.into(),
        host: "amara.okafor@acme.example".into(),
        started_at: began,
        ended_at: Some(began + jiff::SignedDuration::from_mins(minutes as i64)),
        in_progress: false,
        minutes,
        participants: 4,
        audio: ratings(4, 0, 0),
        video: ratings(3, 0, 0),
    };
    let began = world.now - jiff::SignedDuration::from_mins(12);
    let mut now = meeting("m3", "Morning stand-up", began, 12);
    (now.ended_at, now.in_progress) = (None, true);
    let mut review = meeting("m1", "Design review", at("2026-02-27T13:00:00Z"), 60);
    (review.audio, review.video) = (ratings(1, 2, 1), ratings(0, 0, 0));
    let hostile = meeting("m2", "\u{1b}[31mBudget\u{202e}", at("2026-02-26T09:00:00Z"), 30);
    vec![now, review, hostile]
}

fn measured(hundredths: u64, latency_ms: u32, jitter_ms: u32, rating: Rating) -> Measured {
    let packet_loss_percent = Percent::from_hundredths(hundredths);
    Measured { packet_loss_percent, latency_ms, jitter_ms, rating }
}

fn participants() -> Vec<Participant> {
    let one = |address: &str, name: &str, audio: Measured, video: Option<Measured>| {
        let person = if address.is_empty() { format!("name:{name}") } else { address.to_owned() };
        Participant {
            person: person.into(),
            address: address.into(),
            name: name.into(),
            joined_at: at("2026-02-27T13:01:00Z"),
            left_at: Some(at("2026-02-27T14:00:00Z")),
            minutes: 59,
            audio_type: Some(AudioType::Voip),
            device: "Desktop app, Windows".into(),
            audio: Some(audio),
            video,
            resolution: video.map(|_| "1280x720".parse().unwrap()),
        }
    };
    let good = measured(40, 82, 9, Rating::Good);
    vec![
        one(
            "amara.okafor@acme.example",
            "Amara Okafor",
            good,
            Some(measured(120, 95, 12, Rating::Good)),
        ),
        one("chen.wei@gmail.com", "陈伟 Chen Wei", measured(310, 190, 40, Rating::Fair), None),
        one("", "Interpreter", measured(1_240, 480, 160, Rating::Poor), None),
    ]
}

fn profile() -> Profile {
    Profile {
        person: "amara.okafor@acme.example".into(),
        address: "amara.okafor@acme.example".into(),
        name: "Amara Okafor".into(),
        meetings: 14,
        hosted: 6,
        minutes: 721,
        last_seen_at: at("2026-03-01T09:30:00Z"),
        audio: ratings(12, 2, 0),
        video: ratings(9, 0, 1),
        user: Some(ProfileUser {
            user_id: "u-0".into(),
            department: "Sales".into(),
            state: UserState::Unlinked,
        }),
        title: "Head of Design".into(),
        company: "Acme Robotics".into(),
    }
}

fn guest() -> Profile {
    Profile {
        person: "name:interpreter".into(),
        address: Untrusted::default(),
        name: "Interpreter".into(),
        meetings: 1,
        hosted: 0,
        minutes: 59,
        last_seen_at: at("2026-02-27T13:01:00Z"),
        audio: ratings(0, 0, 1),
        video: ratings(0, 0, 0),
        user: None,
        title: Untrusted::default(),
        company: Untrusted::default(),
    }
}

fn devices() -> Vec<Device> {
    let device = |id: &str, name: &str, kind, state| Device {
        id: id.into(),
        name: name.into(),
        kind,
        model: "Room Kit".into(),
        place: "Floor 3".into(),
        user: Untrusted::default(),
        state,
        software: "RoomOS 11.20".into(),
        registered_at: Some(at("2025-11-03T08:00:00Z")),
        last_seen_at: Some(at("2026-03-01T09:40:00Z")),
    };
    vec![
        device("d1", "Aurora", DeviceKind::Room, DeviceState::Online),
        device("d2", "Birch", DeviceKind::Board, DeviceState::Issues),
        Device {
            last_seen_at: None,
            ..device("d3", "Reception", DeviceKind::Phone, DeviceState::Offline)
        },
    ]
}
