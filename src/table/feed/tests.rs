//! Feeds as files: what is read, and the line and column of what is refused.

use super::*;
use crate::domain::insights::AudioType;
use crate::domain::insights::quality::Rating;
use crate::domain::untrusted::Untrusted;

const MEETINGS: &str = "\
MeetingID,Title,Host,Start,End,Email,Name,Joined,Left,Audio Type,Device,AudioLoss (%),AudioLatency (ms),AudioJitter,VideoLoss,VideoLatency,VideoJitter,Resolution,Room
m1,Stand-up,fay@acme.example,2026-03-01T09:00:00Z,2026-03-01T09:30:00Z,ann@acme.example,Ann,2026-03-01T09:01:00Z,,VoIP,Desktop app,0.4,82,9,1.25 %,90 ms,12,1280x720,12
m1,Stand-up,fay@acme.example,2026-03-01T09:00:00Z,2026-03-01T09:30:00Z,,Guest,,2026-03-01T09:20:00Z,call_in,,6,410,200,,,,,12
m2,Planning,,2026-03-01T10:00:00Z,,,,,,,,,,,,,,,
";
const DEVICES: &str = "\
DeviceID;Device Name;Type;Model;Workspace;Status;Software;Registered;Last seen
d1;Board room;Room;RoomKit;Floor 3;Online;11.9;2025-11-03T08:00:00Z;2026-03-01T08:59:00Z
d2;Lobby;phone;;;offline;;;
";

fn read(text: &str) -> Result<Feed, TableError> {
    read_feed(text.as_bytes(), &Limits::ROSTER)
}

fn refused(text: &str) -> String {
    read(text).unwrap_err().to_string()
}

#[test]
fn l9_meetings_are_read_row_by_participant() {
    let feed = read(MEETINGS).unwrap();
    assert_eq!((feed.meetings.len(), feed.participants(), feed.devices.len()), (2, 2, 0));
    let [ann, guest] = &feed.meetings[0].participants[..] else { panic!() };
    assert_eq!(ann.address.raw(), "ann@acme.example");
    assert_eq!(ann.audio.unwrap().rating(), Rating::Good);
    assert_eq!(ann.video.unwrap().packet_loss_percent.hundredths(), 125);
    assert_eq!(ann.resolution.unwrap().to_string(), "1280x720");
    assert_eq!((guest.name.raw(), guest.audio_type), ("Guest", Some(AudioType::CallIn)));
    assert_eq!(
        guest.joined_at, feed.meetings[0].started_at,
        "where it says nothing: from the start"
    );
    assert_eq!((guest.audio.unwrap().rating(), guest.video), (Rating::Poor, None));
    assert_eq!(feed.meetings[1].ended_at, None);
    assert_eq!(feed.check(), Ok(()));
}

#[test]
fn l9_devices_are_read_row_by_row() {
    let feed = read(DEVICES).unwrap();
    assert_eq!((feed.meetings.len(), feed.devices.len()), (0, 2));
    assert_eq!(feed.devices[0].place.raw(), "Floor 3");
    assert_eq!(feed.devices[1].last_seen_at, None);
}

const PEOPLE: &str = "\
Email,Name,Job title,Company,Work history,Links
kim@plain.example,Kim Lee,Head of Design,Plain GmbH,\"2015-2019 Designer, Acme | 2012-2015 Intern\",https://social.example/kim http://old.example/kim
,Guest,,Zeta,,
";

#[test]
fn l9_people_are_read_with_their_history_and_links() {
    let feed = read(PEOPLE).unwrap();
    assert_eq!((feed.meetings.len(), feed.devices.len(), feed.people.len()), (0, 0, 2));
    let kim = &feed.people[0];
    assert_eq!((kim.title.raw(), kim.company.raw()), ("Head of Design", "Plain GmbH"));
    let history: Vec<_> = kim.history.iter().map(Untrusted::raw).collect();
    assert_eq!(history, ["2015-2019 Designer, Acme", "2012-2015 Intern"]);
    assert_eq!(kim.shown_links().collect::<Vec<_>>(), ["https://social.example/kim"]);
    assert_eq!(feed.check(), Ok(()));
    let twice = format!("{PEOPLE}KIM@plain.example,,,Other,,\n");
    let told = refused(&twice);
    assert!(told.starts_with("line 4, column 1 (Email)") && told.contains("line 2"), "{told}");
    let nobody = refused("Email,Company\n,Plain\n");
    assert!(nobody.contains("line 2"), "{nobody}");
}

#[test]
fn l9_a_file_is_refused_whole_with_line_and_column() {
    let cases = [
        ("0.4,82", "101,82", "line 2, column 12 (AudioLoss (%)): “101” is not a percentage"),
        (",82,9", ",82.5,9", "line 2, column 13 (AudioLatency (ms)): “82.5” is not a whole"),
        ("VoIP", "pigeon", "line 2, column 10 (Audio Type): “pigeon” is not one of voip, call_in"),
        ("1280x720", "HD", "line 2, column 18 (Resolution): a resolution is written like"),
        ("09:30:00Z,,Guest", "09:31:00Z,,Guest", "line 3, column 5 (End): differs from line 2"),
        ("m2,Planning,,2026-03-01T10:00:00Z", "m2,Planning,,", "line 4, column 4 (Start): must"),
        ("m2,", ",", "line 4, column 1 (MeetingID): must not be empty"),
        ("T09:20:00Z", "T08:20:00Z", "line 3, column 9 (Left): is before joining"),
        (",,Guest,,", ",ann@acme.example,,2026-03-01T09:01:00Z,", "line 3, column 8 (Joined)"),
        ("Guest,", "Guest,,", "line 3, column 20: this row has 20 fields"),
        ("MeetingID", "Number", "line 1: missing the columns MeetingID and Start"),
        (
            "Room\n",
            "Start\n",
            "line 1, column 19 (Start): this column is there already as number 4",
        ),
    ];
    for (what, instead, told) in cases {
        let message = refused(&MEETINGS.replacen(what, instead, 1));
        assert!(message.starts_with(told), "{message}");
    }
    let message = refused(&DEVICES.replace("d2", "d1"));
    assert!(message.starts_with("line 3, column 1 (DeviceID): “d1” stands on line 2"), "{message}");
    assert!(refused(&DEVICES.replace("Online", "asleep")).contains("online, issues or offline"));
    assert!(refused("").starts_with("the file is empty"));
}

#[test]
fn l9_a_sample_without_one_of_its_columns_names_that_column() {
    let text = "MeetingID,Start,Email,AudioLoss,AudioLatency\n\
        m1,2026-03-01T09:00:00Z,kit@acme.example,0.5,40\n";
    let message = refused(text);
    assert!(
        message.starts_with("line 1: missing AudioJitter beside AudioLoss and AudioLatency; found"),
        "{message}"
    );
    let loss_alone = text.replace("AudioLatency", "Other").replace("AudioLoss", "VideoLoss");
    assert!(refused(&loss_alone).contains("missing VideoLatency and VideoJitter beside VideoLoss"));
}

#[test]
fn s9_feeds_have_no_empty_rows_and_one_header() {
    let text = "sep=;\nDeviceID;Kind;State\n;;\nd1;desk;online\n ; ;\n";
    assert_eq!(read(text).unwrap().devices.len(), 1);
    let twice = format!("{text}DeviceID;Kind;State\n");
    assert_eq!(refused(&twice), "line 6: this row repeats the column names: remove it");
}
