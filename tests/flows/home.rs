//! Home: three panes, the lines below them, and what is opened from there (SPEC section 5).

use hublink::api::call::{ApiError, Request};
use hublink::api::organization::ListOrganizations;
use hublink::api::problem::{Starting, code};
use hublink::api::run::ResumeRun;
use hublink::api::session::{HeldRole, ShowMe};
use hublink::api::site::{ListSiteDomains, UserCounts};
use hublink::domain::role::Role;
use hublink::domain::run::RunState;
use hublink::domain::site::SiteState;
use hublink::tui::browse::Home;
use hublink::tui::keymap::Action;
use hublink::tui::theme::{BUILT_IN, Depth, Theme};

use crate::places::{Places, organization};
use crate::script::{problem, reads, refused, take, unreachable};
use crate::world::{at, over, plan, plan_items, run};

const SIZES: [(u16, u16); 3] = [(80, 24), (40, 12), (160, 50)];

#[test]
fn home_at_three_sizes() {
    for (width, height) in SIZES {
        let pilot = Places::new().pilot((width, height));
        insta::assert_snapshot!(format!("home_{width}x{height}"), crate::same_as::text(&pilot));
    }
    crate::room::never_fewer("home", |size| Places::new().pilot(size));
}

#[test]
fn home_in_every_theme() {
    for (name, _) in BUILT_IN {
        let theme = Theme::built_in(name, Depth::True).unwrap();
        let pilot = Places::new().pilot_on(Box::new(Home::default()), (80, 24), theme);
        insta::assert_snapshot!(format!("home_styled_{name}"), pilot.styled());
    }
}

#[test]
fn section_5_the_chosen_row_of_one_pane_fills_the_next() {
    let mut pilot = Places::new().pilot((80, 24));
    assert!(pilot.sees("Acme Robotics › acme.webex.example"), "{}", pilot.text());
    pilot.press(Action::Top);
    assert!(pilot.sees("Not linked yet › dolmen.webex.example"), "{}", pilot.text());
    pilot.press(Action::Down).press(Action::Open).press(Action::Down);
    assert!(pilot.sees("Acme Robotics › rd.webex.example"), "{}", pilot.text());
    assert!(pilot.sees("USERS  88"), "{}", pilot.text());
}

#[test]
fn section_6_nothing_is_offered_before_it_is_known_what_there_is() {
    let places = Places::new();
    places.with(|world| world.silent = Some(Request::is::<ListOrganizations>));
    let mut pilot = places.pilot((80, 24));
    pilot.hit("w");
    assert!(reads(&pilot, "Organizations and sites are being loaded."), "{}", pilot.text());
    pilot.hit("enter");
    assert!(!pilot.sees("Your access"), "{}", pilot.text());
}

#[test]
fn section_5_esc_clears_a_filter_before_it_goes_back() {
    let mut pilot = Places::new().pilot((80, 24));
    pilot.press(Action::Open).press(Action::Filter).text_in("rd.");
    assert!(
        pilot.sees("SITES  1") && pilot.sees(" /rd.▏") && pilot.sees("› rd.webex"),
        "{}",
        pilot.text()
    );
    pilot.press(Action::Open);
    assert!(
        pilot.sees("SITES  1") && pilot.sees(" /rd."),
        "Enter keeps the filter\n{}",
        pilot.text()
    );
    pilot.press(Action::Back);
    assert!(pilot.sees("SITES  2"), "{}", pilot.text());
    assert!(pilot.sees("▌rd.webex.example"), "the cursor stays on its row\n{}", pilot.text());
    pilot.press(Action::Filter).text_in("nowhere");
    assert!(pilot.sees("Nothing matches. Esc"), "{}", pilot.text());
}

#[test]
fn section_5_under_60_columns_one_pane_at_a_time() {
    let mut pilot = Places::new().pilot((59, 20));
    assert!(pilot.sees("ORGANIZATIONS") && !pilot.sees("SITES"), "{}", pilot.text());
    pilot.press(Action::NextPane);
    assert!(pilot.sees("SITES") && !pilot.sees("ORGANIZATIONS"), "{}", pilot.text());
    pilot.resize(60, 20);
    assert!(pilot.sees("SITES") && pilot.sees("ORGANIZATIONS"), "{}", pilot.text());
}

#[test]
fn section_5_too_small_asks_for_room_and_loses_nothing() {
    let mut pilot = Places::new().pilot((80, 24));
    pilot.press(Action::Open).press(Action::Down);
    let before = pilot.text();
    for (width, height) in [(39, 24), (80, 9), (1, 1), (0, 0)] {
        pilot.resize(width, height).hit("f12");
        assert_eq!(
            pilot.text().lines().filter(|line| !line.is_empty()).count(),
            usize::from(width > 0)
        );
    }
    pilot.resize(30, 8);
    assert!(pilot.sees("more room"), "{}", pilot.text());
    pilot.resize(80, 24);
    assert_eq!(pilot.text(), before);
}

#[test]
fn nothing_at_all_tells_what_to_press() {
    let places = Places::new();
    places.with(|world| (world.organizations, world.sites) = (Vec::new(), Vec::new()));
    let pilot = places.pilot((80, 24));
    assert!(reads(&pilot, "You administer no organization and no site yet."), "{}", pilot.text());
    assert!(reads(&pilot, "r looks again"), "{}", pilot.text());
}

#[test]
fn l0_a_backend_admin_reads_what_to_do_first() {
    let places = Places::new();
    places.with(|world| {
        (world.organizations, world.sites) = (Vec::new(), Vec::new());
        let root = HeldRole { role: Role::BackendAdmin, organization: None, site: None };
        world.me.roles = vec![root];
    });
    for size in SIZES {
        let pilot = places.pilot(size);
        assert!(!pilot.sees("grant you"), "nobody can\n{}", pilot.text());
    }
    let mut narrow = places.pilot((40, 12));
    assert!(reads(&narrow, "+ adds the first"), "{}", narrow.text());
    narrow.press(Action::NextPane).press(Action::NextPane);
    assert!(reads(&narrow, "You are a backend admin"), "{}", narrow.text());
    let pilot = places.pilot((80, 24));
    for line in ["Add an organization", "People who sign in", "Administrators", "Add a site"] {
        assert!(pilot.sees(line), "{line}\n{}", pilot.text());
    }
    places.with(|world| world.organizations = vec![organization("acme", "Acme", 0)]);
    let mut pilot = places.pilot((40, 12));
    pilot.press(Action::NextPane);
    assert!(reads(&pilot, "+ adds one; its administrator links it"), "{}", pilot.text());
    pilot.resize(80, 24);
    pilot.press(Action::Help);
    assert!(reads(&pilot, "with +, and people behind w"), "{}", pilot.text());
}

#[test]
fn waiting_is_told_in_steps_without_ticking() {
    let places = Places::new();
    places.with(|world| world.silent = Some(|request| request.about.route.tag == "Sites"));
    let mut pilot = places.pilot((80, 24));
    assert!(
        reads(&pilot, "Loading your organizations …") || pilot.sees("Loading"),
        "{}",
        pilot.text()
    );
    pilot.pass(5_000);
    assert!(reads(&pilot, "takes longer than usual"), "{}", pilot.text());
    pilot.pass(15_000);
    assert!(reads(&pilot, "for 15 seconds"), "{}", pilot.text());
    places.with(|world| world.silent = None);
    pilot.release();
    assert!(pilot.sees("acme.webex.example"), "{}", pilot.text());
}

#[test]
fn an_error_names_the_key_that_tries_again() {
    let places = Places::new();
    let lists = |request: &Request| {
        request.about.route.tag == "Organizations" || request.about.route.tag == "Sites"
    };
    places.with(|world| world.refuse = Some((lists, unreachable())));
    let mut pilot = places.pilot((100, 24));
    assert!(reads(&pilot, "✗ the backend cannot be reached"), "{}", pilot.text());
    assert!(reads(&pilot, "r tries again"), "{}", pilot.text());
    places.with(|world| world.refuse = None);
    pilot.press(Action::Reload);
    assert!(pilot.sees("acme.webex.example") && !pilot.sees("✗"), "{}", pilot.text());
}

#[test]
fn issue_10_a_backend_that_starts_is_waited_for_with_a_number_and_asked_by_itself() {
    let places = Places::new();
    let mut starting =
        problem(code::UNAVAILABLE, 503, "The backend is starting.", "Wait a moment.");
    let far = |done| Some(Starting { step: "loading people".into(), done, of: 1_000_000 });
    starting.starting = far(420_000);
    places.with(|world| world.refuse = Some((|_| true, refused(starting.clone()))));
    for size in [(80, 24), (40, 12), (120, 40)] {
        let mut pilot = places.pilot(size);
        assert!(reads(&pilot, "The backend is starting"), "{}", pilot.text());
        assert!(pilot.sees("42 %"), "{}", pilot.text());
        assert!(reads(&pilot, "loading people"), "{}", pilot.text());
        assert!(!pilot.sees("✗"), "nothing is wrong\n{}", pilot.text());
        let mut further = starting.clone();
        further.starting = far(990_000);
        places.with(|world| world.refuse = Some((|_| true, refused(further))));
        pilot.pass(500);
        assert!(pilot.sees("99 %"), "{}", pilot.text());
        places.with(|world| world.refuse = None);
        pilot.pass(500);
        assert!(reads(&pilot, "Acme Robotics") && !pilot.sees("starting"), "{}", pilot.text());
        assert!(!pilot.sees("not signed in"), "{}", pilot.text());
        places.with(|world| world.refuse = Some((|_| true, refused(starting.clone()))));
    }
}

#[test]
fn issue_10_what_did_not_come_at_first_is_asked_for_again_by_itself() {
    let places = Places::new();
    places.with(|world| world.refuse = Some((|_| true, unreachable())));
    let mut pilot = places.pilot((100, 24));
    assert!(reads(&pilot, "✗ the backend cannot be reached"), "{}", pilot.text());
    places.with(|world| world.refuse = None);
    pilot.pass(3_000);
    assert!(pilot.sees("acme.webex.example") && !pilot.sees("✗"), "{}", pilot.text());
}

#[test]
fn what_was_loaded_stays_when_loading_again_fails() {
    let places = Places::new();
    let mut pilot = places.pilot((100, 24));
    let gone = |request: &Request| request.is::<ListOrganizations>();
    places.with(|world| world.refuse = Some((gone, unreachable())));
    pilot.press(Action::Reload);
    assert!(pilot.sees("acme.webex.example") && pilot.sees("✗"), "{}", pilot.text());
}

#[test]
fn the_status_line_counts_what_time_runs_for() {
    let places = Places::new();
    let plan = plan("pln_1", &plan_items(), hublink::domain::linking::LinkingMethod::VerifyNow);
    places.with(|world| world.runs = vec![run(&plan)]);
    let mut pilot = places.pilot((80, 24));
    assert!(pilot.sees("1 run under way · acme-labs.example due in 40 days"), "{}", pilot.text());
    places.with(|world| world.runs = vec![over(run(&plan))]);
    pilot.pass(6_000);
    assert!(!pilot.sees("under way"), "{}", pilot.text());
    let asked = |pilot: &hublink::tui::pilot::Pilot| {
        pilot.sent.iter().filter(|request| request.about.route.tag == "Runs").count()
    };
    let before = asked(&pilot);
    pilot.pass(600_000);
    assert_eq!(asked(&pilot), before, "with nothing under way nothing is asked");
}

#[test]
fn u5_a_paused_run_is_nowhere_under_way_and_says_why_and_what_goes_on() {
    let places = Places::new();
    let plan = plan("pln_1", &plan_items(), hublink::domain::linking::LinkingMethod::VerifyNow);
    let why = "No mail server is configured. Start the backend with --smtp, then resume the run.";
    let mut paused = run(&plan);
    (paused.state, paused.trouble) = (RunState::Paused, Some(why.into()));
    places.with(|world| world.runs = vec![paused]);
    let mut pilot = places.pilot((80, 24));
    assert!(pilot.sees("1 run paused") && !pilot.sees("under way"), "{}", pilot.text());
    pilot.press(Action::Timers);
    assert!(reads(&pilot, why) && reads(&pilot, "Resume it where the runs"), "{}", pilot.text());
    assert!(!reads(&pilot, "without you"), "{}", pilot.text());
    pilot.hit("enter");
    assert!(reads(&pilot, &format!("Paused by itself: {why} c goes on.")), "{}", pilot.text());
    let refusal = refused(problem(code::RUN_STATE, 409, "The run stays paused.", "Give --smtp."));
    let resume = |request: &Request| request.is::<ResumeRun>();
    places.with(|world| world.refuse = Some((resume, refusal)));
    pilot.hit("c");
    assert!(reads(&pilot, "The run stays paused."), "{}", pilot.text());
    places.with(|world| world.refuse = None);
    pilot.hit("c").pass(500);
    assert!(!reads(&pilot, "Paused by itself"), "{}", pilot.text());
}

#[test]
fn l1_the_menu_of_an_organization_without_sites_links_the_site_that_is_ones_own() {
    let places = Places::new();
    places.with(|world| {
        world.organizations = vec![organization("acme", "Acme", 0)];
        let mut site = world.sites[0].clone();
        (site.organization, site.organization_name) = (None, None);
        (site.state, site.users) = (SiteState::NotEnrolled, UserCounts::default());
        site.my_roles = vec![Role::SiteAdmin];
        world.sites = vec![site];
    });
    let mut pilot = places.pilot((80, 24));
    pilot.press(Action::Bottom).press(Action::Wizards);
    assert!(pilot.sees("Wizards for Acme") && pilot.sees("Link a site"), "{}", pilot.text());
    pilot.press(Action::Back).press(Action::Top).press(Action::NextPane);
    assert!(reads(&pilot, "no users yet: w, Import users, takes them in"), "{}", pilot.text());
}

#[test]
fn d4_a_deadline_is_louder_in_its_last_30_days() {
    let style_of = |now: &str| {
        let places = Places::new();
        places.with(|world| {
            world.now = now.parse().unwrap();
            world.me.backend.now = world.now;
        });
        let theme = Theme::built_in("dark", Depth::True).unwrap();
        let pilot = places.pilot_on(Box::new(Home::default()), (80, 24), theme);
        let line = pilot.text().lines().position(|line| line.contains("domain due")).unwrap();
        let column = pilot.text().lines().nth(line).unwrap().find("domain due").unwrap();
        pilot.frame()[(column as u16, line as u16)].fg
    };
    assert_ne!(style_of("2026-03-01T09:00:00Z"), style_of("2026-03-20T09:00:00Z"));
}

#[test]
fn thousands_of_sites_page_in() {
    let places = Places::new();
    places.with(|world| {
        world.organizations = (0..900).map(|n| organization(&format!("o{n}"), "Some", 1)).collect();
    });
    let mut pilot = places.pilot((80, 24));
    pilot.press(Action::Bottom).press(Action::PageUp);
    assert!(pilot.sees("ORGANIZATIONS  900"), "{}", pilot.text());
}

#[test]
fn moving_over_sites_asks_for_domains_only_where_one_rests() {
    let places = Places::new();
    let mut pilot = places.pilot((80, 24));
    let domains = |request: &Request| request.is::<ListSiteDomains>();
    let before = pilot.sent.iter().filter(|request| domains(request)).count();
    pilot.press(Action::Open);
    for _ in 0..10 {
        pilot.press(Action::Down).press(Action::Up);
    }
    pilot.press(Action::Down).pass(500);
    assert_eq!(pilot.sent.iter().filter(|request| domains(request)).count(), before + 1);
}

#[test]
fn a_session_begun_elsewhere_is_asked_who_it_is() {
    let pilot = Places::new().pilot((80, 24));
    assert!(pilot.sent[0].is::<ShowMe>());
    assert!(pilot.sees("fay@acme.example · full admin"), "{}", pilot.text());
}

#[test]
fn copying_takes_the_name_under_the_cursor() {
    let mut pilot = Places::new().pilot((80, 24));
    pilot.press(Action::Open).press(Action::Copy);
    assert_eq!(pilot.copied[0].as_str(), "acme.webex.example");
    assert!(pilot.sees("Copied: acme.webex.example"), "the text is shown too\n{}", pilot.text());
    pilot.press(Action::Down);
    assert!(!pilot.sees("Copied"), "a key ends what was said in passing");
}

#[test]
fn an_unreadable_answer_is_told_as_such() {
    let places = Places::new();
    let sites = |request: &Request| request.about.route.tag == "Sites";
    let error = ApiError::Malformed("not JSON \u{1b}[2J".into());
    places.with(|world| world.refuse = Some((sites, error)));
    let pilot = places.pilot((120, 24));
    assert!(
        reads(&pilot, "the backend's answer could not be read: not JSON ^[[2J"),
        "{}",
        pilot.text()
    );
}

#[test]
fn time_a_running_wizard_takes_the_backends_now_with_every_answer() {
    let mut pilot = Places::new().pilot((80, 24));
    assert!(pilot.sees("acme-labs.example due in 40 days"), "{}", pilot.text());
    pilot.now = Some(at("2026-04-01T08:00:00Z"));
    pilot.press(Action::Reload);
    assert!(pilot.sees("acme-labs.example due in 9 days"), "{}", pilot.text());
    pilot.pass(3 * 86_400_000);
    assert!(pilot.sees("acme-labs.example due in 9 days") || pilot.sees("due in 6 days"));
    pilot.now = Some(at("2026-04-09T09:00:00Z"));
    pilot.press(Action::Reload);
    assert!(pilot.sees("acme-labs.example due in 23 hours"), "{}", pilot.text());
}

#[test]
fn u8_a_full_admin_sees_and_changes_whether_licences_are_automatic() {
    let places = Places::new();
    let mut pilot = places.pilot((80, 24));
    take(&mut pilot, "Automatic licences");
    assert!(pilot.sees("› Automatic licences"), "{}", pilot.text());
    assert!(reads(&pilot, "get the organization's licences by themselves"), "{}", pilot.text());
    assert!(reads(&pilot, "created by linking get no licence"), "{}", pilot.text());
    assert!(pilot.sees("hublink org edit acme --auto-licence off"), "{}", pilot.text());
    pilot.hit("enter");
    assert!(reads(&pilot, "get no licence by themselves"), "{}", pilot.text());
    assert!(!places.with(|world| world.organizations[0].auto_licence));
    pilot.hit("enter");
    assert!(places.with(|world| world.organizations[0].auto_licence));
}

#[test]
fn u9_a_paused_directory_sync_is_not_said_to_be_on() {
    for (paused, words) in [(false, "directory sync on"), (true, "directory sync paused")] {
        let places = Places::new();
        places.with(|world| {
            let acme = &mut world.organizations[0];
            (acme.directory_sync, acme.directory_sync_paused) = (true, paused);
        });
        let pilot = places.pilot((160, 50));
        assert!(pilot.sees(words), "{}", pilot.text());
        assert_eq!(pilot.sees("directory sync on"), !paused, "{}", pilot.text());
    }
}

#[test]
fn a_filter_says_of_how_many_and_a_paste_that_is_too_long_is_said() {
    let mut pilot = Places::new().pilot((80, 24));
    pilot.press(Action::Filter).text_in("acme");
    assert!(pilot.sees("ORGANIZATIONS  1/2"), "{}", pilot.text());
    pilot.resize(160, 50);
    assert!(pilot.sees("ORGANIZATIONS  1 of 2"), "{}", pilot.text());
    pilot.paste(&"x".repeat(10_000));
    assert!(pilot.sees("The paste is too long for this field"), "{}", pilot.text());
    assert!(pilot.sees("1 of 2"), "nothing of it was taken\n{}", pilot.text());
}

#[test]
fn a_key_that_stands_below_the_panes_stands_in_no_footer() {
    let pilot = Places::new().pilot((160, 50));
    let text = pilot.text();
    assert_eq!(text.matches("t timers").count(), 1, "{text}");
}

#[test]
fn section_5_a_filter_that_nothing_matches_leads_back_to_the_row_before() {
    let mut pilot = Places::new().pilot((80, 24));
    pilot.press(Action::Open).press(Action::Down);
    assert!(pilot.sees("▌rd.webex.example"), "{}", pilot.text());
    pilot.press(Action::Filter).text_in("nowhere");
    assert!(pilot.sees("Nothing matches."), "{}", pilot.text());
    pilot.press(Action::Back);
    assert!(pilot.sees("SITES  2") && pilot.sees("▌rd.webex.example"), "{}", pilot.text());
}
