//! After the act: the report that is handed on, and the announcement to those whom nobody told.
//!
//! The golden files stand in `tests/flows/report/`; `HUBLINK_GOLDEN=write` writes them anew. Where
//! a browser is installed the pages are drawn by it as well, narrow and wide.

use std::path::{Path, PathBuf};
use std::process::Command;

use clap::CommandFactory as _;
use hublink::api::plan::{Plan, PlanItem};
use hublink::api::run::{Run, RunItem};
use hublink::api::site::Agreement;
use hublink::cli::Cli;
use hublink::domain::linking::LinkingMethod;
use hublink::domain::outcome::Outcome;
use hublink::domain::run::ItemState;
use hublink::report::announcement::{Announcement, Recipient};
use hublink::report::{Gathered, Report};
use hublink::tui::keymap::Action;
use jiff::tz::TimeZone;

use crate::script::{Shared, down};
use crate::world::{self, at};

/// What names try: an element, a link, an image, a formula, a cell, a turn of the text's direction.
const HOSTILE: [&str; 7] = [
    "<script>alert(1)</script>",
    "\" onmouseover=\"alert(1)",
    "[free](http://evil.example) www.evil.example",
    "=HYPERLINK(\"http://evil.example\")",
    "a|b `c` *d* _e_ & &lt;",
    "moc.elpmaxe\u{202e}gpj.exe",
    "# 1. heading\r\n<img src=x>",
];

fn golden(name: &str, text: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/flows/report").join(name);
    if std::env::var_os("HUBLINK_GOLDEN").is_some_and(|value| value == "write") {
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(&file, text).unwrap();
    }
    let known = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(text == known, "{} differs; HUBLINK_GOLDEN=write writes it:\n{text}", file.display());
}

fn report_of(run: Run, plan: Plan, items: &[RunItem]) -> Report {
    let mut gathered = Gathered::default();
    for item in items {
        gathered.add(item);
    }
    let site = world::site(Some(LinkingMethod::SignAgreement));
    Report {
        run,
        plan,
        site,
        gathered,
        written_at: at("2026-03-01T10:00:00Z"),
        zone: TimeZone::UTC,
    }
}

fn usual() -> Report {
    let plan = world::plan("pln_0", &world::plan_items(), LinkingMethod::VerifyNow);
    let run = world::over(world::run(&plan));
    report_of(run, plan, &world::run_items())
}

fn hostile_items() -> Vec<PlanItem> {
    let item = |(n, name): (usize, &&str)| {
        let outcome = [Outcome::LinkProvisional, Outcome::BlockedBadAddress][n % 2];
        let address =
            if n % 2 == 0 { "x@acme-labs.example".to_owned() } else { (*name).to_owned() };
        world::plan_item(n as u32, name, &address, outcome)
    };
    HOSTILE.iter().enumerate().map(item).collect()
}

fn hostile() -> Report {
    let items = hostile_items();
    let plan = world::plan("pln_<b>", &items, LinkingMethod::SignAgreement);
    let mut run = world::run(&plan);
    (run.linked, run.failed, run.not_processed, run.without_licence) = (3, 1, 0, 2);
    run.state = hublink::domain::run::RunState::Done;
    run.ended_at = Some(at("2026-03-01T09:45:00Z"));
    run.id = "run_`<i>".to_owned();
    run.started_by = HOSTILE[0].into();
    let ran = items.into_iter().map(|item| {
        let mut done = world::run_items()[0].clone();
        let linked = item.outcome == Outcome::LinkProvisional;
        done.state = match (linked, item.number) {
            (true, 0) => ItemState::Failed,
            (true, _) => ItemState::Linked,
            (false, _) => ItemState::Blocked,
        };
        done.reason = if item.number == 0 { HOSTILE[2].into() } else { "".into() };
        (done.name, done.address, done.outcome) = (item.name, item.address, item.outcome);
        done
    });
    let mut report = report_of(run, plan, &ran.collect::<Vec<_>>());
    report.site.organization_name = Some(HOSTILE[0].into());
    report.site.agreements = vec![Agreement {
        domain: "acme-labs.example".into(),
        signed_at: at("2026-01-10T00:00:00Z"),
        deadline: at("2026-04-10T00:00:00Z"),
        lapsed: false,
        signed_by: "fay@acme.example".into(),
        text_sha256: String::new(),
    }];
    report
}

#[test]
fn u5_a_report_tells_what_was_planned_what_happened_and_what_waits() {
    golden("usual.html", &usual().html());
    golden("usual.md", &usual().markdown());
}

#[test]
fn what_a_report_says_to_type_can_be_typed() {
    let markdown = usual().markdown();
    let commands: Vec<&str> =
        markdown.lines().filter_map(|line| line.trim().strip_prefix("`hublink ")).collect();
    assert!(commands.len() > 3, "{markdown}");
    for command in commands {
        let words = command.trim_end_matches('`').split(' ');
        let parsed = Cli::command().try_get_matches_from(std::iter::once("hublink").chain(words));
        assert!(parsed.is_ok(), "{command}: {parsed:?}");
    }
}

#[test]
fn i12_no_name_gets_out_of_its_place_in_a_report() {
    let (html, markdown) = (hostile().html(), hostile().markdown());
    golden("hostile.html", &html);
    golden("hostile.md", &markdown);
    for (tag, most) in
        [("<script", 0), ("<img", 0), ("<b>", 0), ("<i>", 0), ("<a ", 0), ("<style", 1)]
    {
        assert_eq!(html.matches(tag).count(), most, "{tag}");
    }
    for text in [&html, &markdown] {
        assert!(!text.contains(['\u{202e}', '\r', '\u{1b}']), "{text}");
    }
    let bare = markdown.replace("\\]", "").replace("\\:", "");
    assert!(!bare.contains("](") && !bare.contains("://"), "{markdown}");
}

#[test]
fn a_report_needs_nothing_from_elsewhere_and_runs_nothing() {
    for html in [usual().html(), hostile().html()] {
        for part in
            ["src=", "href=", "url(", "@import", "<script", "<link", "<iframe", "javascript:"]
        {
            let shown = html.replace("&quot;", "").replace("src=x", "");
            assert!(!shown.contains(part), "{part}");
        }
        assert!(html.contains("default-src 'none'"));
        for place in ["prefers-color-scheme: dark", "@media print"] {
            assert!(html.contains(place), "{place}");
        }
    }
}

#[test]
fn i3_a_report_of_very_many_people_counts_those_it_does_not_name() {
    let plan = world::plan("pln_0", &world::plan_items(), LinkingMethod::VerifyNow);
    let mut run = world::run(&plan);
    run.not_processed = 5_000;
    let some = world::run_items()[0].clone();
    let items = (0..5_000).map(|n| {
        let address = format!("u{n}@d{}.example", n % 40).into();
        RunItem { state: ItemState::NotProcessed, address, ..some.clone() }
    });
    let html = report_of(run, plan, &items.collect::<Vec<_>>()).html();
    assert!(html.contains("4,800 more are not named here"), "{html}");
    assert!(html.contains("all others") && html.contains("15 smaller domains"), "{html}");
    assert!(html.len() < 120_000, "{}", html.len());
}

#[test]
fn an_empty_run_has_a_report_too() {
    let plan = world::plan("pln_0", &[], LinkingMethod::VerifyNow);
    let mut run = world::run(&plan);
    run.state = hublink::domain::run::RunState::Done;
    let report = report_of(run, plan, &[]);
    assert!(report.html().contains("Nothing waits."));
    assert!(report.markdown().contains("Nothing is left open."));
}

#[test]
fn an_announcement_is_a_draft_that_fits_a_mail_and_a_list_that_fits_a_spreadsheet() {
    let report = hostile();
    let to = |name: &str| Recipient {
        user_id: "u-1".into(),
        name: name.into(),
        address: "x@acme-labs.example".into(),
    };
    let recipients: Vec<Recipient> = HOSTILE.iter().map(|name| to(name)).collect();
    let site = |name: &str| {
        let mut site = world::site(None);
        site.organization_name = Some(name.into());
        site
    };
    for name in [
        "Acme",
        "Acme Inc.",
        "有限会社アクメロボティクス技術研究所",
        "A Company of a Very Long Name",
    ] {
        let draft = Announcement::draft(
            &report.run,
            &site(name),
            recipients.clone(),
            report.written_at,
            &TimeZone::UTC,
        );
        let text = draft.text();
        assert!(text.starts_with("Subject: ") && !text.contains(".."), "{text}");
        for line in draft.body.lines() {
            assert!(unicode_width::UnicodeWidthStr::width(line) <= 76, "{line}");
        }
        for line in draft.csv().lines().skip(1) {
            assert!(!line.contains(",=") && !line.contains(",\"="), "{line}");
        }
    }
    let draft = Announcement::draft(
        &report.run,
        &site("Acme"),
        Vec::new(),
        report.written_at,
        &TimeZone::UTC,
    );
    golden("announcement.txt", &draft.text());
}

#[test]
fn e_writes_the_report_and_a_row_drafts_the_announcement() {
    let world = Shared::new(Some(LinkingMethod::VerifyNow)).at_step("results");
    let mut pilot = world.pilot((80, 24));
    assert!(pilot.sees("e report"), "{}", pilot.text());
    pilot.press(Action::Export);
    assert!(pilot.sees("Written to"), "{}", pilot.text());
    let file = |pilot: &hublink::tui::pilot::Pilot, name: &str| {
        let path = PathBuf::from("/home/fay").join(name);
        let bytes = pilot.file(&path).unwrap_or_else(|| panic!("{name} was not written"));
        String::from_utf8(bytes.to_vec()).unwrap()
    };
    assert!(file(&pilot, "hublink-run_5f2a-report.html").contains("<h1>Invitations to"));
    assert!(file(&pilot, "hublink-run_5f2a-report.md").starts_with("# Invitations to"));
    let csv = file(&pilot, "hublink-run_5f2a-all.csv");
    assert_eq!((csv.lines().count(), csv.contains("Jun Mori")), (13, true), "{csv}");
    down(&mut pilot, 3).hit("enter");
    let draft = file(&pilot, "hublink-run_5f2a-announcement.txt");
    assert!(draft.starts_with("Subject: Your account on acme.webex.example"), "{draft}");
    assert_eq!(file(&pilot, "hublink-run_5f2a-recipients.csv").lines().count(), 5);
}

/// A page as a browser draws it, at the widths of a telephone and of a desk; nothing may stick out.
#[test]
fn the_pages_are_drawn_by_a_browser_where_there_is_one() {
    let names = ["chromium", "chromium-browser", "google-chrome", "chrome"];
    let runs = |name: &&str| Command::new(name).arg("--version").output().is_ok();
    let Some(browser) = names.into_iter().find(runs) else {
        println!("skipped: no browser is installed ({})", names.join(", "));
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    for (name, html) in [("usual", usual().html()), ("hostile", hostile().html())] {
        let page = folder.path().join(format!("{name}.html"));
        std::fs::write(&page, html).unwrap();
        for width in [500, 1_200] {
            let picture = folder.path().join(format!("{name}-{width}.png"));
            let drawn = Command::new(browser)
                .args(["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"])
                .arg(format!("--window-size={width},1600"))
                .arg(format!("--screenshot={}", picture.display()))
                .arg(format!("file://{}", page.display()))
                .output();
            assert!(drawn.is_ok_and(|out| out.status.success()), "{name} at {width}");
            assert!(std::fs::metadata(&picture).is_ok_and(|file| file.len() > 5_000), "{name}");
        }
    }
}
