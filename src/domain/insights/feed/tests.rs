//! What no feed may say, and where it is told.

use super::*;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn participant(address: &str, name: &str) -> FedParticipant {
    FedParticipant {
        address: address.into(),
        name: name.into(),
        joined_at: at("2026-03-01T09:00:00Z"),
        left_at: None,
        audio_type: Some(AudioType::Voip),
        device: Untrusted::default(),
        audio: None,
        video: None,
        resolution: None,
    }
}

fn meeting(id: &str, participants: Vec<FedParticipant>) -> FedMeeting {
    FedMeeting {
        id: id.into(),
        title: "Stand-up".into(),
        host: "fay@acme.example".into(),
        started_at: at("2026-03-01T09:00:00Z"),
        ended_at: Some(at("2026-03-01T09:30:00Z")),
        participants,
    }
}

fn device(id: &str) -> FedDevice {
    FedDevice {
        id: id.into(),
        name: "Board room".into(),
        kind: DeviceKind::Room,
        model: Untrusted::default(),
        place: Untrusted::default(),
        user: Untrusted::default(),
        state: DeviceState::Online,
        software: Untrusted::default(),
        registered_at: None,
        last_seen_at: None,
    }
}

/// Makes a good feed a bad one.
type Spoil = fn(&mut Feed);

#[test]
fn l9_a_fault_names_its_place() {
    let whole = || Feed {
        meetings: vec![
            meeting("m1", vec![participant("a@acme.example", ""), participant("", "Ann")]),
            meeting("m2", Vec::new()),
        ],
        devices: vec![device("d1"), device("d2")],
        people: Vec::new(),
    };
    assert_eq!(whole().check(), Ok(()));
    assert_eq!(whole().participants(), 2);
    let cases: [(Spoil, &str, &str); 8] = [
        (|feed| feed.meetings[1].id = " ".into(), "meetings[1].id", EMPTY),
        (|feed| feed.meetings[1].id = "m1".into(), "meetings[1].id", TWICE),
        (|feed| feed.meetings[0].title = "x".repeat(301).into(), "meetings[0].title", LONG),
        (
            |feed| feed.meetings[0].ended_at = Some(at("2026-03-01T08:59:59Z")),
            "meetings[0].ended_at",
            BACKWARDS,
        ),
        (
            |feed| feed.meetings[0].participants[1].name = "".into(),
            "meetings[0].participants[1].name",
            NOBODY,
        ),
        (
            |feed| feed.meetings[0].participants[0].left_at = Some(at("2026-02-01T00:00:00Z")),
            "meetings[0].participants[0].left_at",
            "is before joining",
        ),
        (
            |feed| feed.meetings[0].participants[1].address = "A@ACME.example".into(),
            "meetings[0].participants[1].joined_at",
            TWICE,
        ),
        (|feed| feed.devices[1].id = "d1".into(), "devices[1].id", TWICE),
    ];
    for (spoil, path, why) in cases {
        let mut feed = whole();
        spoil(&mut feed);
        assert_eq!(feed.check(), Err(PlacedFault { path: path.to_owned(), why }));
    }
}

#[test]
fn l9_one_person_is_one_key_however_spelled() {
    let key = |address: &str, name: &str| participant(address, name).key();
    assert_eq!(key("Ann@ACME.example", "Ann"), key("ann@acme.example", "Annie"));
    assert_eq!(key("", " Ann Lee "), key("", "ann lee"));
    assert_ne!(key("", "ann@acme.example"), key("ann@acme.example", ""));
    assert_eq!(key("sip:room 4", ""), "sip:room 4");
}
