//! What is laid over a screen: help, palette, the demo's panel, the wizards' menu.

use hublink::api::call::Request;
use hublink::domain::linking::LinkingMethod::VerifyNow;
use hublink::tui::app::App;
use hublink::tui::browse::Home;
use hublink::tui::keymap::{Action, Availability, Keymap, Override};
use hublink::tui::pilot::Pilot;
use hublink::tui::session::Session;
use hublink::tui::theme::{Depth, Theme, Tone};
use jiff::tz::TimeZone;

use crate::places::Places;
use crate::script::{Shared, reads};

#[test]
fn help_is_of_what_has_the_focus() {
    let mut pilot = Places::new().pilot((80, 24));
    pilot.press(Action::Help);
    insta::assert_snapshot!("help_home_80x24", crate::same_as::text(&pilot));
    pilot.text_in("filter");
    assert!(pilot.sees("Filter the rows of the pane"), "{}", pilot.text());
    assert!(!pilot.sees("A page up"), "it is searched\n{}", pilot.text());
    pilot.press(Action::Back).press(Action::Timers).press(Action::Help);
    assert!(!pilot.sees("Filter the rows of the pane"), "{}", pilot.text());
}

#[test]
fn help_names_a_key_once() {
    let world = Shared::new(Some(VerifyNow)).at_step("results");
    let mut pilot = world.pilot((100, 50));
    pilot.press(Action::Help);
    let text = pilot.text();
    let named = text.lines().filter(|line| line.contains("│ enter "));
    assert_eq!(named.count(), 1, "{text}");
}

#[test]
fn help_and_footer_print_the_keys_as_they_are_now() {
    let places = Places::new();
    let overrides = [
        Override { name: "wizards".to_owned(), keys: vec!["W".to_owned()] },
        Override { name: "timers".to_owned(), keys: Vec::new() },
    ];
    let keys = Keymap::with(&overrides).unwrap();
    let session = Session::new("https://hublink.example", TimeZone::UTC);
    let app = App::new(session, keys, Theme::plain(), (80, 24), Box::new(Home::default()));
    let script = places.clone();
    let mut pilot = Pilot::new(app, (80, 24), Box::new(move |request| script.answer(request)));
    pilot.settle().pass(1_000);
    assert!(pilot.sees("W wizards"), "{}", pilot.text());
    assert!(pilot.sees(":timers timers"), "without a key the palette does it\n{}", pilot.text());
    pilot.hit("w");
    assert!(!pilot.sees("Wizards for"), "the old key means nothing\n{}", pilot.text());
    pilot.hit("W");
    assert!(pilot.sees("Wizards for Acme Robotics, acme.webex.example"), "{}", pilot.text());
    pilot.hit("q").press(Action::Help).text_in("what can");
    assert!(pilot.text().lines().any(|line| line.contains("W ") && line.contains("step by step")));
}

#[test]
fn the_palette_has_all_actions_and_says_why_some_cannot_be_done() {
    let places = Places::new();
    places.with(|world| {
        world.sites.clear();
        world.organizations.clear();
    });
    let mut pilot = places.pilot((100, 30));
    pilot.press(Action::Palette).text_in("insights");
    assert!(reads(&pilot, "Choose a site first."), "{}", pilot.text());
    pilot.press(Action::Open);
    assert!(pilot.sees("Actions"), "what is disabled does not happen\n{}", pilot.text());
}

#[test]
fn what_is_taken_from_the_palette_is_done() {
    let mut pilot = Places::new().pilot((100, 30));
    pilot.press(Action::Palette).text_in("deadlines");
    pilot.press(Action::Open);
    assert!(pilot.sees("Timers") && pilot.sees("verify acme-labs.example"), "{}", pilot.text());
}

#[test]
fn q_closes_a_box_and_not_the_program() {
    let mut pilot = Places::new().pilot((80, 24));
    pilot.press(Action::Demo).hit("q");
    assert!(!pilot.ended && pilot.sees("ORGANIZATIONS"), "{}", pilot.text());
    assert!(!pilot.sees("It is Sunday"), "{}", pilot.text());
    pilot.hit("q");
    assert!(pilot.ended);
}

#[test]
fn ctrl_c_ends_it_whatever_has_the_focus() {
    for way in [&[][..], &["?"], &["/"], &[":"], &["d"], &["t"]] {
        let mut pilot = Places::new().pilot((80, 24));
        for key in way {
            pilot.hit(key);
        }
        pilot.hit("ctrl-c");
        assert!(pilot.ended, "{way:?}");
    }
}

#[test]
fn the_demo_panel_moves_the_clock_and_home_knows() {
    let mut pilot = Places::new().pilot((80, 24));
    assert!(pilot.sees("due in 40 days"), "{}", pilot.text());
    pilot.press(Action::Demo);
    insta::assert_snapshot!("demo_panel_80x24", crate::same_as::text(&pilot));
    pilot.press(Action::AdvanceMonth).press(Action::Back);
    assert!(pilot.sees("due in 9 days"), "{}", pilot.text());
}

#[test]
fn the_demo_panel_makes_one_somebody_else() {
    let mut pilot = Places::new().pilot((80, 24));
    pilot.press(Action::Demo).press(Action::SignInAs).press(Action::Down).press(Action::Open);
    pilot.pass(500);
    assert!(pilot.sees("rio@acme.example · "), "{}", pilot.text());
}

#[test]
fn the_demo_panel_takes_a_key_that_comes_before_its_answers() {
    let asked = |request: &Request| {
        ["/v1/demo", "/v1/clock"].iter().any(|at| request.target.starts_with(at))
    };
    let cases = [
        (Action::SignInAs, "Sign in as", "Rio Tanaka"),
        (Action::AdvanceMonth, "due in 9 days", "a day on"),
    ];
    for (action, then, and) in cases {
        let places = Places::new();
        let mut pilot = places.pilot((80, 24));
        places.with(|world| world.silent = Some(asked));
        pilot.press(Action::Demo).press(action);
        assert!(!pilot.sees(then), "{}", pilot.text());
        places.with(|world| world.silent = None);
        pilot.release();
        assert!(pilot.sees(then) && pilot.sees(and), "{}", pilot.text());
    }
}

#[test]
fn without_the_demo_there_is_nothing_of_it() {
    let places = Places::new();
    places.with(|world| world.me.backend.demo = false);
    let pilot = places.pilot((80, 24));
    for action in [Action::Demo, Action::Outbox] {
        assert_eq!(pilot.app().can(action), Availability::Hidden);
    }
    assert!(!pilot.sees("demo"), "{}", pilot.text());
}

#[test]
fn a_wizard_that_cannot_be_opened_says_why() {
    let mut pilot = Places::new().pilot((120, 30));
    pilot.press(Action::Top).press(Action::Wizards);
    assert!(reads(&pilot, "The site is not linked to an organization yet."), "{}", pilot.text());
    pilot.press(Action::Bottom).press(Action::Open);
    assert!(pilot.sees("Wizards for dolmen.webex.example"), "{}", pilot.text());
}

#[test]
fn suspending_is_wished_for_and_changes_nothing() {
    let mut pilot = Places::new().pilot((80, 24));
    let before = pilot.text();
    pilot.press(Action::Suspend);
    assert_eq!((pilot.suspended, pilot.text()), (1, before));
}

#[test]
fn section_6_ctrl_l_draws_anew_everywhere() {
    let mut pilot = Places::new().pilot((80, 24));
    let before = pilot.text();
    pilot.press(Action::Redraw);
    assert_eq!((pilot.redrawn, pilot.text()), (1, before));
    pilot.press(Action::Help).press(Action::Redraw);
    assert_eq!(pilot.redrawn, 2, "over a box too");
}

#[test]
fn section_6_the_menu_of_wizards_has_its_help() {
    let mut pilot = Places::new().pilot((80, 24));
    pilot.hit("w").hit("?");
    assert!(pilot.sees("Help · wizards"), "{}", pilot.text());
    pilot.hit("esc");
    assert!(pilot.sees("Wizards for"), "{}", pilot.text());
}

#[test]
fn t7_the_menu_says_where_the_plan_has_no_contact_center() {
    let mut pilot = Places::new().pilot((80, 24));
    pilot.press(Action::Wizards).press(Action::Bottom);
    assert!(pilot.sees("▌ Contact Center"), "{}", pilot.text());
    assert!(pilot.sees("The plan has no Contact Center; on a trial the"), "{}", pilot.text());
}

#[test]
fn in_a_narrow_box_the_chosen_rows_note_is_whole() {
    let mut pilot = Places::new().pilot((40, 12));
    pilot.press(Action::Palette).text_in("wizards");
    assert!(pilot.sees("What can be done here, step by"), "{}", pilot.text());
    insta::assert_snapshot!("palette_40x12", pilot.text());
    pilot.press(Action::Back).press(Action::Wizards);
    insta::assert_snapshot!("menu_40x12", pilot.text());
}

#[test]
fn what_lies_behind_a_box_is_dimmed_and_comes_back() {
    let theme = Theme::built_in("dark", Depth::True).unwrap();
    let faint = theme.style(Tone::Faint).fg.unwrap();
    let mut pilot = Places::new().pilot_on(Box::new(Home::default()), (80, 24), theme);
    let before = pilot.frame();
    assert_ne!(before[(1, 0)].fg, faint, "where one is");
    pilot.press(Action::Help);
    let behind = pilot.frame();
    assert_eq!((behind[(1, 0)].symbol(), behind[(1, 0)].fg), (before[(1, 0)].symbol(), faint));
    let keys = (0..80).map(|x| behind[(x, 23)].fg);
    assert!(keys.collect::<Vec<_>>().iter().any(|fg| *fg != faint), "the keys are not behind it");
    pilot.press(Action::Back);
    assert_eq!(pilot.frame(), before);
}

#[test]
fn what_is_copied_twice_is_shown_to_be_selected() {
    let mut pilot = Places::new().pilot((80, 24));
    pilot.press(Action::Copy);
    assert!(pilot.sees("Copied: Acme Robotics"), "{}", pilot.text());
    pilot.press(Action::Copy);
    assert_eq!(pilot.copied.len(), 1);
    assert!(reads(&pilot, "here it is whole. Select it with the mouse:"), "{}", pilot.text());
    assert!(pilot.text().lines().any(|line| line == "Acme Robotics"), "{}", pilot.text());
    pilot.press(Action::Back).pass(9_000).press(Action::Copy);
    assert_eq!(pilot.copied.len(), 2, "later it is copied again");
}
