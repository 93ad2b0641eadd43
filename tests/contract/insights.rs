//! Insights and timers over the wire: what is sent in comes back as it was.

use hublink::api::call::Reply;
use hublink::api::endpoint::{Endpoint as _, File, Nothing};
use hublink::api::insights::{
    Device, DevicesQuery, FeedTaken, ImportFeed, ListDevices, ListMeetings, ListParticipants,
    Meeting, MeetingDetail, MeetingsQuery, Profile, ProfileDetail, ReportQuery, ShowMeeting,
    ShowParticipant, ShowReport, SiteReport, TakeFeed,
};
use hublink::api::page::{Page, PageQuery};
use hublink::api::timer::{ListTimers, Timer};
use hublink::domain::insights::feed::{FedDevice, FedMeeting, FedParticipant, Feed};
use hublink::domain::insights::people::FedPerson;
use hublink::domain::insights::period::Period;
use hublink::domain::insights::quality::{Percent, Rating, Sample};
use hublink::domain::insights::{AudioType, DeviceKind, DeviceState};
use hublink::domain::timer::TimerKind;
use hublink::domain::untrusted::Untrusted;
use jiff::Timestamp;

use crate::world::{FAY, ROOT, SITE, World};

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// A meeting with one participant, and a device.
fn a_feed() -> Feed {
    let packet_loss_percent = Percent::from_hundredths(125);
    let audio = Some(Sample { packet_loss_percent, latency_ms: 82, jitter_ms: 9 });
    let participant = FedParticipant {
        address: "ann@acme.example".into(),
        name: "Ann Lee".into(),
        joined_at: at("2026-02-27T09:00:00Z"),
        left_at: None,
        audio_type: Some(AudioType::CallBack),
        device: "Desktop app".into(),
        audio,
        video: None,
        resolution: None,
    };
    let meeting = FedMeeting {
        // An id that would leave its place in a path, and a name that would steer a terminal.
        id: "m/1?x".into(),
        title: "Q1 \u{1b}[31mred".into(),
        host: "fay@acme.example".into(),
        started_at: at("2026-02-27T09:00:00Z"),
        ended_at: Some(at("2026-02-27T10:00:00Z")),
        participants: vec![participant],
    };
    let device = FedDevice {
        id: "d1".into(),
        name: "Board room".into(),
        kind: DeviceKind::Board,
        model: "Board 55".into(),
        place: "Floor 3".into(),
        user: "ann@acme.example".into(),
        state: DeviceState::Issues,
        software: Untrusted::default(),
        registered_at: None,
        last_seen_at: None,
    };
    let ann = FedPerson {
        address: "Ann@acme.example".into(),
        title: "Head of \u{1b}[1mDesign".into(),
        company: "Acme Robotics".into(),
        history: vec!["2015-2019 Designer, Plain GmbH".into()],
        links: vec!["https://people.example/ann".into(), "javascript:alert(1)".into()],
        ..FedPerson::default()
    };
    Feed { meetings: vec![meeting], devices: vec![device], people: vec![ann] }
}

const FILE: &str = "MeetingID,Title,Start,End,Email\n\
    m2,Stand-up,2026-02-28T09:00:00Z,2026-02-28T09:15:00Z,ann@acme.example\n";

/// Every request about insights, and the timers.
pub async fn insights(world: &World) {
    let site = || SITE.to_owned();
    let ask = |call| world.ask(FAY, call);
    let taken = ask(TakeFeed::call(site(), Nothing, a_feed())).await;
    let wanted = FeedTaken {
        meetings: 1,
        new_meetings: 1,
        participants: 1,
        devices: 1,
        new_devices: 1,
        people: 1,
        links_left_out: 1,
    };
    assert_eq!(taken, Reply::of(wanted));
    let taken = ask(ImportFeed::call(site(), Nothing, File(FILE.into()))).await;
    let wanted =
        FeedTaken { meetings: 1, new_meetings: 1, participants: 1, ..FeedTaken::default() };
    assert_eq!(taken, Reply::of(wanted));
    let query = ReportQuery { by: Period::Week, last: Some(4) };
    let report: SiteReport = ask(ShowReport::call(site(), query, Nothing)).await.take().unwrap();
    assert_eq!((report.by, report.periods.len()), (Period::Week, 4));
    assert_eq!(report.total.engagement.minutes, 75);
    let query = MeetingsQuery { in_progress: Some(false), cursor: None, limit: Some(1) };
    let page: Page<Meeting> = ask(ListMeetings::call(site(), query, Nothing)).await.take().unwrap();
    assert!(page.next.is_some() && page.items[0].title.raw() == "Stand-up");
    let meeting: MeetingDetail =
        ask(ShowMeeting::call((site(), "m/1?x".into()), Nothing, Nothing)).await.take().unwrap();
    assert_eq!(meeting.meeting.title.raw(), "Q1 \u{1b}[31mred");
    let audio = meeting.participants[0].audio.unwrap();
    assert_eq!((audio.packet_loss_percent.hundredths(), audio.rating), (125, Rating::Good));
    let call = ListParticipants::call(site(), PageQuery::default(), Nothing);
    let page: Page<Profile> = ask(call).await.take().unwrap();
    assert_eq!((page.items.len(), page.items[0].meetings), (1, 2));
    assert_eq!(page.items[0].user.as_ref().unwrap().user_id.raw(), "u0");
    let call =
        ShowParticipant::call((site(), page.items[0].person.raw().to_owned()), Nothing, Nothing);
    let profile: ProfileDetail = ask(call).await.take().unwrap();
    assert_eq!(profile.audio_types[0].audio_type, AudioType::CallBack);
    assert_eq!(profile.profile.title.raw(), "Head of \u{1b}[1mDesign");
    assert_eq!(profile.history[0].raw(), "2015-2019 Designer, Plain GmbH");
    let links: Vec<_> = profile.links.iter().map(Untrusted::raw).collect();
    assert_eq!(links, ["https://people.example/ann"], "L9: https alone");
    for (find, there) in [(None, 1), (Some("bóard ann@acme"), 1), (Some("floor 4"), 0)] {
        let query = DevicesQuery { find: find.map(str::to_owned), ..DevicesQuery::default() };
        let page: Page<Device> =
            ask(ListDevices::call(site(), query, Nothing)).await.take().unwrap();
        assert_eq!(page.items.len(), there, "{find:?}");
        assert!(page.items.iter().all(|device| device.state == DeviceState::Issues));
    }

    let other = ShowReport::call("rd.webex.example".into(), ReportQuery::default(), Nothing);
    let refused = world.refused(FAY, other).await;
    assert_eq!(refused.code(), "site_not_enrolled", "L9: before linking");
    let own = ShowReport::call(site(), ReportQuery::default(), Nothing);
    let refused = world.refused(ROOT, own).await;
    assert_eq!(refused.code(), "not_allowed");

    let list = ListTimers::call(Nothing, PageQuery::default(), Nothing);
    let answer = world.ask(FAY, list).await;
    let page: &Page<Timer> = answer.get().unwrap();
    // Signed for acme.example, whose verification was taken back, on the way here.
    let agreement = page.items.iter().find(|timer| timer.kind == TimerKind::Agreement).unwrap();
    assert_eq!(agreement.what.raw(), "verify acme.example");
}
