//! L9 over the routes: what a feed brings, who sees it, and that the numbers are those of the
//! meetings.

use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};

use crate::server::fixture::{Answer, Fixture};

const AT: &str = "/v1/sites/acme.webex.example/insights";

async fn world() -> Fixture {
    let world = Fixture::with(|options| options.test_clock = true).await;
    world.small_world().await;
    world
}

/// So many minutes before the world's now.
fn ago(world: &Fixture, minutes: i64) -> String {
    let now = world.backend.clock.now().as_millisecond() / 60_000 * 60_000;
    jiff::Timestamp::from_millisecond(now - minutes * 60_000).unwrap().to_string()
}

fn good() -> Value {
    json!({ "packet_loss_percent": 0.4, "latency_ms": 80, "jitter_ms": 8 })
}

fn poor() -> Value {
    json!({ "packet_loss_percent": 6.25, "latency_ms": 410, "jitter_ms": 40 })
}

/// Ann for half an hour and a guest for twenty minutes, in a meeting that began that long ago.
fn meeting(world: &Fixture, id: &str, began: i64) -> Value {
    json!({
        "id": id, "title": "Stand-up", "host": "Ann@acme.example",
        "started_at": ago(world, began), "ended_at": ago(world, began - 30),
        "participants": [
            { "address": "ann@acme.example", "name": "Ann", "joined_at": ago(world, began),
              "audio_type": "voip", "audio": good(), "video": poor(), "resolution": "1280x720",
              "device": "Desktop app" },
            { "name": "A guest", "joined_at": ago(world, began - 5),
              "left_at": ago(world, began - 25), "audio_type": "call_in", "audio": poor() },
        ],
    })
}

async fn feed(world: &Fixture, who: &str, body: Value) -> Answer {
    world.send("POST", AT, who, body).await
}

async fn fed() -> Fixture {
    let world = world().await;
    let mut open = meeting(&world, "m3", 40);
    open["ended_at"] = Value::Null;
    let meetings = [meeting(&world, "m1", 70), meeting(&world, "m2", 45 * 1440), open];
    let taken = feed(&world, "fay", json!({ "meetings": meetings })).await;
    assert_eq!(taken.json["new_meetings"], 3, "{taken:?}");
    world
}

#[tokio::test]
async fn l9_a_feed_sent_again_brings_nothing_new() {
    let world = world().await;
    let device = json!({ "id": "d1", "name": "Lobby", "kind": "room", "state": "online" });
    let body = json!({ "meetings": [meeting(&world, "m1", 60)], "devices": [device] });
    let first = feed(&world, "fay", body.clone()).await.json;
    assert_eq!(
        first,
        json!({ "meetings": 1, "new_meetings": 1, "participants": 2, "devices": 1,
                "new_devices": 1, "people": 0, "links_left_out": 0 })
    );
    let again = feed(&world, "sam", body).await.json;
    assert_eq!((&again["new_meetings"], &again["new_devices"]), (&json!(0), &json!(0)));
    let report = world.get(&format!("{AT}/report"), "fay").await.json;
    assert_eq!(report["total"]["engagement"]["participants"], 2);
    let audit = world.get("/v1/audit?organization=acme", "fay").await.json;
    assert_eq!(audit["items"][0]["action"], "insights.fed");
    assert_eq!(audit["items"][0]["actor"], "sam@acme.example");
}

#[tokio::test]
async fn l9_reports_count_what_happened_once() {
    let world = fed().await;
    let report = world.get(&format!("{AT}/report?by=day&last=30"), "rob").await.json;
    assert_eq!(report["periods"].as_array().unwrap().len(), 30);
    let engagement = &report["total"]["engagement"];
    assert_eq!(
        (&engagement["meetings"], &engagement["participants"], &engagement["people"]),
        (&json!(2), &json!(4), &json!(2)),
        "the meeting of 45 days ago is not in it"
    );
    assert_eq!((&engagement["active_hosts"], &engagement["with_video"]), (&json!(1), &json!(2)));
    // 30 + 20 of the meeting that is over, 40 + 20 of that in progress.
    assert_eq!(engagement["minutes"], 110);
    let audio = report["total"]["audio"].as_array().unwrap();
    assert_eq!(audio.len(), 5, "types nobody used are told too");
    assert_eq!((&audio[0]["minutes"], &audio[1]["minutes"]), (&json!(70), &json!(40)));
    let heard = &report["total"]["audio_quality"];
    assert_eq!(heard["ratings"], json!({ "good": 2, "fair": 0, "poor": 2 }));
    assert_eq!(heard["packet_loss_percent"], json!(3.33));
    assert_eq!((&heard["latency_ms"], &heard["jitter_ms"]), (&json!(245), &json!(24)));
    assert_eq!(report["total"]["video_quality"]["ratings"]["poor"], 2);
    assert_eq!((&report["in_progress"], &report["by"]), (&json!(1), &json!("day")));
    assert_eq!(report["before"]["engagement"]["meetings"], 1);
    assert!(report["fed_at"].is_string());
    let months = world.get(&format!("{AT}/report?by=month&last=3"), "pat").await.json;
    assert_eq!(months["total"]["engagement"]["meetings"], 3);
    assert_eq!(months["total"]["engagement"]["people"], 2, "one person is one person");
    let sum: u64 = months["periods"]
        .as_array()
        .unwrap()
        .iter()
        .map(|period| period["figures"]["engagement"]["meetings"].as_u64().unwrap())
        .sum();
    assert_eq!(sum, 3);
}

#[tokio::test]
async fn l9_meetings_of_30_days_with_quality_per_participant() {
    let world = fed().await;
    let listed = world.get(&format!("{AT}/meetings"), "fay").await.json;
    let ids: Vec<_> = listed["items"].as_array().unwrap().iter().map(|m| &m["id"]).collect();
    assert_eq!(ids, [&json!("m3"), &json!("m1")], "newest first, none of 45 days ago");
    assert_eq!(
        (&listed["items"][0]["in_progress"], &listed["items"][0]["minutes"]),
        (&json!(true), &json!(40))
    );
    for (query, want) in [("in_progress=true", "m3"), ("in_progress=false", "m1")] {
        let page = world.get(&format!("{AT}/meetings?{query}"), "fay").await.json;
        assert_eq!(
            (page["items"].as_array().unwrap().len(), &page["items"][0]["id"]),
            (1, &json!(want))
        );
    }
    let next = world.get(&format!("{AT}/meetings?limit=1"), "fay").await.json["next"].clone();
    let page = world
        .get(&format!("{AT}/meetings?limit=1&cursor={}", next.as_str().unwrap()), "fay")
        .await
        .json;
    assert_eq!((&page["items"][0]["id"], &page["next"]), (&json!("m1"), &Value::Null));
    let one = world.get(&format!("{AT}/meetings/m1"), "fay").await.json;
    assert_eq!(one["meeting"]["audio"], json!({ "good": 1, "fair": 0, "poor": 1 }));
    let ann = &one["participants"][0];
    assert_eq!((&ann["person"], &ann["minutes"]), (&json!("ann@acme.example"), &json!(30)));
    assert_eq!(
        (&ann["audio"]["rating"], &ann["video"]["rating"]),
        (&json!("good"), &json!("poor"))
    );
    assert_eq!(
        (&ann["video"]["packet_loss_percent"], &ann["resolution"]),
        (&json!(6.25), &json!("1280x720"))
    );
    assert_eq!(one["participants"][1]["video"], Value::Null);
    let gone = world.get(&format!("{AT}/meetings/m2"), "fay").await;
    assert_eq!(gone.status.as_u16(), 404);
}

#[tokio::test]
async fn l9_a_meeting_without_an_end_does_not_go_on_for_ever() {
    let world = fed().await;
    world.backend.clock.advance(std::time::Duration::from_hours(25));
    let listed = world.get(&format!("{AT}/meetings?in_progress=true"), "fay").await.json;
    assert_eq!(listed["items"], json!([]));
    world.backend.clock.advance(std::time::Duration::from_hours(31 * 24));
    let listed = world.get(&format!("{AT}/meetings"), "fay").await.json;
    assert_eq!(listed["items"], json!([]), "the clock decides what is of the last 30 days");
    let report = world.get(&format!("{AT}/report?by=month"), "fay").await.json;
    assert_eq!(report["total"]["engagement"]["meetings"], 3, "reports reach further back");
}

#[tokio::test]
async fn l9_profiles_tell_who_it_is_on_the_site() {
    let world = fed().await;
    world.user(1, "Ann@ACME.example").await;
    let listed = world.get(&format!("{AT}/participants"), "fay").await.json;
    let ann = &listed["items"][0];
    assert_eq!((&ann["person"], &ann["meetings"]), (&json!("ann@acme.example"), &json!(2)));
    assert_eq!((&ann["hosted"], &ann["minutes"]), (&json!(2), &json!(70)));
    assert_eq!(
        (&ann["user"]["user_id"], &ann["user"]["state"]),
        (&json!("u0"), &json!("unlinked"))
    );
    let guest = &listed["items"][1];
    assert_eq!((&guest["person"], &guest["user"]), (&json!("name:a guest"), &Value::Null));
    let page = world.get(&format!("{AT}/participants?limit=1"), "fay").await.json;
    let cursor = page["next"].as_str().unwrap();
    let page = world.get(&format!("{AT}/participants?limit=1&cursor={cursor}"), "fay").await.json;
    assert_eq!(page["items"][0]["name"], "A guest");
    let one = world.get(&format!("{AT}/participants/ann@acme.example"), "fay").await.json;
    assert_eq!(one["meetings"].as_array().unwrap().len(), 2);
    assert_eq!(one["devices"], json!(["Desktop app"]));
    assert_eq!(one["audio_types"][0]["audio_type"], "voip");
    let nobody = world.get(&format!("{AT}/participants/x@acme.example"), "fay").await;
    assert_eq!(nobody.status.as_u16(), 404);
}

#[tokio::test]
async fn l9_profiles_tell_title_company_history_and_links_as_far_as_the_feed_has_them() {
    let world = fed().await;
    let of =
        async |person: &str| world.get(&format!("{AT}/participants/{person}"), "fay").await.json;
    assert_eq!(of("ann@acme.example").await["profile"]["title"], "", "nothing came yet");
    let ann = json!({
        "address": "ANN@acme.example", "title": "Head of Design", "company": "Acme Robotics",
        "history": ["2015-2019 Designer, Plain GmbH"],
        "links": ["https://people.example/ann", "http://people.example/ann"],
    });
    let taken = feed(&world, "fay", json!({ "people": [ann] })).await;
    assert_eq!((&taken.json["people"], &taken.json["links_left_out"]), (&json!(1), &json!(1)));
    let profile = of("ann@acme.example").await;
    assert_eq!(profile["profile"]["title"], "Head of Design");
    assert_eq!(profile["profile"]["company"], "Acme Robotics");
    assert_eq!(profile["history"], json!(["2015-2019 Designer, Plain GmbH"]));
    assert_eq!(profile["links"], json!(["https://people.example/ann"]));
    let guest = of("name:a%20guest").await;
    assert_eq!((&guest["profile"]["title"], &guest["links"]), (&json!(""), &json!([])));
    let list = world.get(&format!("{AT}/participants"), "fay").await;
    assert_eq!(list.json["items"][0]["company"], "Acme Robotics");
    // Sent again, what is told replaces what was.
    feed(&world, "fay", json!({ "people": [{ "address": "ann@acme.example" }] })).await;
    assert_eq!(of("ann@acme.example").await["links"], json!([]));
}

#[tokio::test]
async fn l9_devices_are_found_by_name_product_place_and_user() {
    let world = world().await;
    let device = |n: usize| {
        json!({
            "id": format!("d{n:04}"), "name": format!("Zimmer {n}"), "kind": "room",
            "model": if n == 1_500 { "Board 55" } else { "Room Kit" },
            "place": if n == 7 { "Zürich" } else { "Floor 3" },
            "user": if n == 9 { "Bjørn Lund" } else { "" }, "state": "online",
        })
    };
    let devices: Vec<Value> = (0..1_600).map(device).collect();
    assert_eq!(feed(&world, "fay", json!({ "devices": devices })).await.status, 200);
    let found = async |query: &str| {
        let answer = world.get(&format!("{AT}/devices?{query}"), "fay").await;
        let items = answer.json["items"].as_array().unwrap().clone();
        let ids: Vec<String> =
            items.iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect();
        (ids, answer.json["next"].clone())
    };
    assert_eq!(found("find=BOARD").await.0, ["d1500"], "far down the list");
    assert_eq!(found("find=zurich").await.0, ["d0007"]);
    assert_eq!(found("find=bjorn%20zimmer").await.0, ["d0009"], "every word, wherever it stands");
    assert!(found("find=bjorn%20board").await.0.is_empty());
    let (first, next) = found("find=room%20kit&limit=500").await;
    assert_eq!(first.len(), 500);
    let next = next.as_str().unwrap();
    let (second, _) = found(&format!("find=room%20kit&limit=500&cursor={next}")).await;
    assert!(second.len() == 500 && !first.contains(&second[0]));
    let long = format!("{AT}/devices?find={}", "x".repeat(201));
    assert_eq!(world.get(&long, "fay").await.json["field"], "find");
}

#[tokio::test]
async fn l9_before_linking_the_view_says_what_to_do() {
    let world = world().await;
    let at = "/v1/sites/new.webex.example/insights";
    let steps = [
        ("UPDATE sites SET may_link = 1", "A site admin links it"),
        ("UPDATE sites SET auto_link_on = 1 WHERE id = 3", "else it links by itself"),
        ("UPDATE sites SET may_link = 0, csm = 'csm@provider.example'", "ask csm@provider.example"),
        ("UPDATE sites SET state = 'linking' WHERE id = 3", "up to 24 hours"),
        ("UPDATE sites SET state = 'link_failed' WHERE id = 3", "tried again"),
    ];
    for (statement, told) in steps {
        world.sql(statement).await;
        for path in ["/report", "/meetings", "/participants", "/devices"] {
            let refused = world.get(&format!("{at}{path}"), "ned").await;
            assert_eq!((refused.status.as_u16(), refused.code()), (409, "site_not_enrolled"));
            let remedy = refused.json["remedy"].as_str().unwrap();
            assert!(remedy.contains(told), "{remedy}");
        }
        assert_eq!(world.send("POST", at, "ned", json!({})).await.code(), "site_not_enrolled");
    }
}

#[tokio::test]
async fn l9_faults_are_told_where_they_are_and_nothing_is_taken() {
    let world = world().await;
    let spoiled = |path: &str, value: Value| {
        let mut body = json!({ "meetings": [meeting(&world, "m1", 60)] });
        *body.pointer_mut(path).unwrap() = value;
        body
    };
    let cases = [
        ("/meetings/0/id", json!(" "), "meetings[0].id"),
        (
            "/meetings/0/participants/1/left_at",
            json!("2001-01-01T00:00:00Z"),
            "meetings[0].participants[1].left_at",
        ),
        (
            "/meetings/0/participants/0/audio/packet_loss_percent",
            json!(101),
            "meetings[0].participants[0].audio.packet_loss_percent",
        ),
        (
            "/meetings/0/participants/0/resolution",
            json!("HD"),
            "meetings[0].participants[0].resolution",
        ),
        ("/meetings/0/started_at", json!("soon"), "meetings[0].started_at"),
    ];
    for (path, value, field) in cases {
        let refused = feed(&world, "fay", spoiled(path, value)).await;
        assert_eq!((refused.status.as_u16(), &refused.json["field"]), (422, &json!(field)));
    }
    let file = |text: &'static str| {
        Request::post(format!("{AT}/import"))
            .header("authorization", "Bearer fay")
            .header("content-type", "application/octet-stream")
            .body(Body::from(text))
            .unwrap()
    };
    let text = "MeetingID,Start,Email\nm1,2026-03-01T09:00:00Z,a@acme.example\nm2,soon,\n";
    let refused = world.send_raw(file(text)).await;
    assert_eq!(refused.code(), "file_refused");
    let detail = refused.json["detail"].as_str().unwrap();
    assert!(detail.contains("line 3, column 2 (Start)"), "{detail}");
    let report = world.get(&format!("{AT}/report"), "fay").await.json;
    assert_eq!(
        (&report["fed_at"], &report["total"]["engagement"]["meetings"]),
        (&Value::Null, &json!(0))
    );
    let taken = world.send_raw(file("DeviceID,Kind,State\nd1,room,offline\n")).await.json;
    assert_eq!(taken["new_devices"], 1);
    let devices = world.get(&format!("{AT}/devices"), "rob").await.json;
    assert_eq!(devices["items"][0]["state"], "offline");
}

#[tokio::test]
async fn l9_reports_have_a_length() {
    let world = world().await;
    for query in ["last=0", "by=week&last=161", "by=month&last=37", "by=day&last=1101"] {
        let refused = world.get(&format!("{AT}/report?{query}"), "fay").await;
        assert_eq!((refused.status.as_u16(), &refused.json["field"]), (422, &json!("last")));
    }
    let long = world.get(&format!("{AT}/report?by=day&last=1100"), "fay").await.json;
    assert_eq!(long["periods"].as_array().unwrap().len(), 1_100);
}
