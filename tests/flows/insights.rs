//! Insights of a linked site (rule L9): reports as charts with figures, meetings, people, devices.

use hublink::api::call::{ApiError, Request};
use hublink::api::insights::{ListDevices, ListMeetings, ShowReport};
use hublink::api::site::{ShowSite, Site};
use hublink::domain::site::SiteState;
use hublink::tui::keymap::{Action, Availability};
use hublink::tui::pilot::Pilot;
use hublink::tui::screens::insights::Insights;
use hublink::tui::theme::{BUILT_IN, Depth, Theme};

use crate::places::Places;
use crate::script::{down, reads, unreachable};
use crate::world::SITE;

const SIZES: [(u16, u16); 3] = [(80, 24), (40, 12), (160, 50)];
const SECTIONS: [&str; 6] = ["engagement", "audio", "quality", "meetings", "people", "devices"];

/// Insights of the first site, opened by its key.
fn opened(places: &Places, size: (u16, u16)) -> Pilot {
    let mut pilot = places.pilot(size);
    pilot.press(Action::Insights);
    pilot
}

/// So many views on.
fn at(pilot: &mut Pilot, section: &str) {
    let steps = SECTIONS.iter().position(|one| *one == section).unwrap();
    for _ in 0..steps {
        pilot.press(Action::NextPane);
    }
}

#[test]
fn every_view_at_three_sizes() {
    for (width, height) in SIZES {
        let mut pilot = opened(&Places::new(), (width, height));
        for section in SECTIONS {
            insta::assert_snapshot!(
                format!("insights_{section}_{width}x{height}"),
                crate::same_as::text(&pilot)
            );
            pilot.press(Action::NextPane);
        }
    }
}

#[test]
fn one_meeting_and_one_person_at_three_sizes() {
    for (width, height) in SIZES {
        let mut pilot = opened(&Places::new(), (width, height));
        at(&mut pilot, "meetings");
        down(&mut pilot, 1).press(Action::Open);
        insta::assert_snapshot!(
            format!("insights_meeting_{width}x{height}"),
            crate::same_as::text(&pilot)
        );
        pilot.press(Action::Open);
        insta::assert_snapshot!(
            format!("insights_person_{width}x{height}"),
            crate::same_as::text(&pilot)
        );
    }
}

#[test]
fn quality_in_every_theme() {
    for (name, _) in BUILT_IN {
        let theme = Theme::built_in(name, Depth::True).unwrap();
        let first = Box::new(Insights::of(&SITE.into()));
        let mut pilot = Places::new().pilot_on(first, (80, 24), theme);
        at(&mut pilot, "quality");
        insta::assert_snapshot!(format!("insights_styled_{name}"), pilot.styled());
    }
}

#[test]
fn l9_reports_by_day_week_and_month() {
    let mut pilot = opened(&Places::new(), (120, 30));
    for (by, told) in
        [("by week", "day by day"), ("by month", "week by week"), ("by day", "month by month")]
    {
        assert!(reads(&pilot, told) && pilot.sees(&format!("p {by}")), "{}", pilot.text());
        pilot.press(Action::Period);
    }
    assert!(reads(&pilot, "day by day"), "{}", pilot.text());
}

#[test]
fn l9_every_column_is_told_in_words() {
    let mut pilot = opened(&Places::new(), (120, 30));
    assert!(reads(&pilot, "Sun 1 Mar, so far: meetings 2 · participants 12"), "{}", pilot.text());
    pilot.press(Action::Left).press(Action::Left);
    assert!(reads(&pilot, "Fri 27 Feb: meetings"), "{}", pilot.text());
}

#[test]
fn l9_the_chart_follows_the_figure() {
    let mut pilot = opened(&Places::new(), (80, 24));
    assert!(reads(&pilot, "Meetings, day by day"), "{}", pilot.text());
    down(&mut pilot, 3);
    assert!(reads(&pilot, "Time in meetings, day by day"), "{}", pilot.text());
    at(&mut pilot, "quality");
    down(&mut pilot, 2);
    assert!(reads(&pilot, "Audio poor, day by day"), "{}", pilot.text());
    pilot.press(Action::PreviousPane).press(Action::PreviousPane);
    assert!(reads(&pilot, "Time in meetings"), "each view keeps its place\n{}", pilot.text());
}

#[test]
fn l9_devices_are_found_by_typing() {
    let mut pilot = opened(&Places::new(), (80, 24));
    assert_eq!(pilot.app().can(Action::Filter), Availability::Hidden, "not in reports");
    at(&mut pilot, "devices");
    assert!(pilot.sees("/ name, product, place or user"), "{}", pilot.text());
    pilot.press(Action::Filter).text_in("birch").pass(300);
    let finds = pilot
        .sent
        .iter()
        .filter_map(|request| request.asked::<ListDevices>().map(|(_, query, _)| query.find));
    assert_eq!(finds.collect::<Vec<_>>(), [None, Some("birch".to_owned())], "one rests first");
    assert!(pilot.sees("Birch") && !pilot.sees("Aurora"), "{}", pilot.text());
    pilot.text_in("x").pass(300);
    assert!(reads(&pilot, "No device has these words in its name"), "{}", pilot.text());
    pilot.press(Action::Back).pass(300);
    assert!(pilot.sees("Aurora") && pilot.sees("Reception"), "{}", pilot.text());
    assert!(pilot.sees("Devices"), "the first esc clears, it does not leave");
}

#[test]
fn l9_a_profile_tells_who_it_is_as_far_as_the_feed_has_it() {
    let mut pilot = opened(&Places::new(), (160, 30));
    at(&mut pilot, "people");
    assert!(reads(&pilot, "Head of Design · Acme Robotics"), "{}", pilot.text());
    let mut pilot = opened(&Places::new(), (80, 24));
    at(&mut pilot, "people");
    pilot.press(Action::Open);
    for told in [
        "Head of Design, Acme Robotics",
        "· 2015–2019 Designer, Plain GmbH",
        "→ https://people.example/amara",
    ] {
        assert!(pilot.sees(told), "{told}\n{}", pilot.text());
    }
    assert!(pilot.sees("Design review"), "the meetings keep their room: {}", pilot.text());
    // However long it is: it is read, and scrolls, on a page of its own.
    let mut pilot = opened(&Places::new(), (60, 12));
    at(&mut pilot, "people");
    pilot.press(Action::Open).press(Action::NextPane).press(Action::Bottom);
    assert!(pilot.sees("→ https://people.example/amara"), "{}", pilot.text());
    assert!(pilot.sees("line "), "{}", pilot.text());
}

/// Makes another site of it.
type Change = fn(&mut Site);

#[test]
fn l9_before_linking_it_says_what_to_do() {
    let places = Places::new();
    let cases: [(Change, &str); 5] = [
        (|_| {}, "A site admin of the site can link it."),
        (
            |site| site.my_roles = vec![hublink::domain::role::Role::SiteAdmin],
            "w opens Link a site",
        ),
        (|site| site.may_link = false, "may not link yet. Ask csm@provider.example."),
        (|site| site.state = SiteState::Linking, "It takes up to 24 hours"),
        (|site| site.state = SiteState::LinkFailed, "It is tried again by itself."),
    ];
    for (change, told) in cases {
        places.with(|world| change(&mut world.sites[2]));
        let mut pilot = places.pilot((80, 24));
        pilot.press(Action::Top).press(Action::Insights);
        assert!(reads(&pilot, "Once it is linked you see here"), "{}", pilot.text());
        assert!(reads(&pilot, told), "{told}\n{}", pilot.text());
        let asked = |request: &&Request| request.about.route.tag == "Insights";
        assert_eq!(pilot.sent.iter().find(asked), None, "nothing is asked that cannot be");
        assert_eq!(pilot.app().can(Action::Export), Availability::Hidden);
    }
}

#[test]
fn before_linking_and_before_data_at_three_sizes() {
    for (width, height) in SIZES {
        let mut pilot = Places::new().pilot((width, height));
        pilot.press(Action::Top).press(Action::Insights);
        insta::assert_snapshot!(
            format!("insights_before_{width}x{height}"),
            crate::same_as::text(&pilot)
        );
        let places = Places::new();
        places.with(|world| world.fed = false);
        let pilot = opened(&places, (width, height));
        insta::assert_snapshot!(
            format!("insights_nothing_{width}x{height}"),
            crate::same_as::text(&pilot)
        );
    }
}

#[test]
fn without_data_each_view_says_so() {
    let places = Places::new();
    places.with(|world| world.fed = false);
    let mut pilot = opened(&places, (80, 24));
    let words = [
        "hublink site insights acme.webex.example import meetings.csv",
        "No data has come for this site yet.",
        "So does a feed through the API.",
        "No meeting is in progress",
        "Nobody was in a meeting",
        "No device is registered.",
    ];
    for words in words {
        assert!(reads(&pilot, words), "{words}\n{}", pilot.text());
        pilot.press(Action::NextPane);
    }
}

#[test]
fn the_first_feed_is_seen_without_a_key_and_asked_for_ever_less() {
    let places = Places::new();
    places.with(|world| world.fed = false);
    let mut pilot = opened(&places, (80, 24));
    let reports = |pilot: &Pilot| {
        let report = |request: &&Request| request.is::<ShowReport>();
        pilot.sent.iter().filter(report).count()
    };
    pilot.pass(600_000);
    let asked = reports(&pilot);
    assert!((7..20).contains(&asked), "{asked} in ten minutes");
    places.with(|world| world.fed = true);
    pilot.pass(61_000);
    assert!(reads(&pilot, "Meetings, day by day"), "{}", pilot.text());
    let asked = reports(&pilot);
    pilot.pass(600_000);
    assert_eq!(reports(&pilot), asked, "with something to tell nothing is asked");
}

#[test]
fn a_slow_report_is_told_and_a_failed_one_is_asked_again() {
    let places = Places::new();
    let insights = |request: &Request| request.about.route.tag == "Insights";
    places.with(|world| world.silent = Some(insights));
    let mut pilot = opened(&places, (80, 24));
    pilot.pass(1_000);
    assert!(reads(&pilot, "Loading the report …"), "{}", pilot.text());
    pilot.pass(5_000);
    assert!(reads(&pilot, "takes longer than usual"), "{}", pilot.text());
    places.with(|world| {
        world.silent = None;
        world.refuse = Some((insights, unreachable()));
    });
    pilot.press(Action::Reload);
    assert!(reads(&pilot, "✗ the backend cannot be reached"), "{}", pilot.text());
    assert!(reads(&pilot, "r tries again"), "{}", pilot.text());
    places.with(|world| world.refuse = None);
    pilot.press(Action::Reload);
    assert!(reads(&pilot, "day by day"), "{}", pilot.text());
    places.with(|world| world.refuse = Some((insights, unreachable())));
    pilot.press(Action::Reload);
    assert!(
        reads(&pilot, "day by day") && pilot.sees("✗"),
        "what was told stays\n{}",
        pilot.text()
    );
}

#[test]
fn a_site_that_cannot_be_read_is_told() {
    let places = Places::new();
    let shows = |request: &Request| request.is::<ShowSite>();
    places.with(|world| world.refuse = Some((shows, ApiError::Unreachable("gone".into()))));
    let first = Box::new(Insights::of(&SITE.into()));
    let mut pilot = places.pilot_on(first, (80, 24), Theme::plain());
    assert!(reads(&pilot, "✗ the backend cannot be reached"), "{}", pilot.text());
    places.with(|world| world.refuse = None);
    pilot.press(Action::Reload);
    assert!(reads(&pilot, "Meetings, day by day"), "{}", pilot.text());
}

#[test]
fn the_menu_opens_insights_too() {
    let mut pilot = Places::new().pilot((80, 24));
    pilot.press(Action::Wizards);
    let steps = 1 + pilot.text().lines().position(|line| line.contains("Insights")).unwrap()
        - pilot.text().lines().position(|line| line.contains("Link users")).unwrap();
    down(&mut pilot, steps - 1).press(Action::Open);
    assert!(reads(&pilot, "acme.webex.example › Insights"), "{}", pilot.text());
    assert!(reads(&pilot, "Meetings, day by day"), "{}", pilot.text());
}

#[test]
fn a_meeting_leads_to_its_people_and_a_person_to_the_meetings() {
    let mut pilot = opened(&Places::new(), (100, 24));
    at(&mut pilot, "meetings");
    down(&mut pilot, 1);
    assert!(reads(&pilot, "1 poor, 2 fair"), "{}", pilot.text());
    pilot.press(Action::Open);
    down(&mut pilot, 2);
    let told = "name:Interpreter · 59 minutes from";
    assert!(reads(&pilot, told), "{}", pilot.text());
    assert!(reads(&pilot, "12.4%"), "loss, latency and jitter of each\n{}", pilot.text());
    pilot.press(Action::Top).press(Action::Open);
    assert!(reads(&pilot, "14 meetings joined, 6 hosted, 721 minutes"), "{}", pilot.text());
    assert!(reads(&pilot, "account u-0 · Sales · unlinked"), "{}", pilot.text());
    pilot.press(Action::Copy);
    assert_eq!(pilot.copied[0].as_str(), "amara.okafor@acme.example");
    pilot.press(Action::Open);
    assert!(reads(&pilot, "Insights › Meetings › Design review"), "{}", pilot.text());
    for _ in 0..4 {
        pilot.press(Action::Back);
    }
    assert!(pilot.sees("ORGANIZATIONS"), "{}", pilot.text());
}

#[test]
fn i12_titles_of_meetings_steer_nothing() {
    let mut pilot = opened(&Places::new(), (100, 24));
    at(&mut pilot, "meetings");
    down(&mut pilot, 1);
    pilot.press(Action::Bottom);
    assert!(pilot.sees("^[[31mBudget"), "{}", pilot.text());
    pilot.press(Action::Open);
    assert!(!pilot.text().contains('\u{202e}') && !pilot.text().contains('\u{1b}'));
}

#[test]
fn every_view_is_exported_whole() {
    let mut pilot = opened(&Places::new(), (100, 24));
    for section in SECTIONS {
        pilot.press(Action::Export);
        let suffix = if pilot.sees("by day") { "-day" } else { "" };
        let name = format!("acme.webex.example-{section}{suffix}.csv");
        let found = pilot.files.iter().find(|(path, _)| path.to_str() == Some(&name));
        let (_, bytes) = found.unwrap_or_else(|| panic!("{name} in {:?}", pilot.files.keys()));
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        let rows = text.lines().count() - 1;
        let wanted = match section {
            "meetings" | "devices" => 3,
            "people" => 2,
            _ => 30,
        };
        assert_eq!(rows, wanted, "{section}\n{text}");
        assert!(reads(&pilot, &format!("Written to {name}")), "{}", pilot.text());
        pilot.press(Action::NextPane);
    }
    let pages = |request: &&Request| request.is::<ListMeetings>();
    assert_eq!(pilot.sent.iter().filter(pages).count(), 3, "an export reads to the end");
}

#[test]
fn a_meetings_participants_are_exported() {
    let mut pilot = opened(&Places::new(), (100, 24));
    at(&mut pilot, "meetings");
    pilot.press(Action::Open).press(Action::Export);
    let (path, bytes) = pilot.files.first_key_value().unwrap();
    assert_eq!(path.to_str(), Some("acme.webex.example-meeting-m3.csv"));
    let text = String::from_utf8(bytes.to_vec()).unwrap();
    let row = "chen.wei@gmail.com,陈伟 Chen Wei,2026-02-27T13:01:00Z,2026-02-27T14:00:00Z,59,voip,";
    assert!(text.contains(row), "{text}");
}
