//! Quitting asks where something is kept nowhere (SPEC section 6): a demo, a page half filled in.

use hublink::tui::app::App;
use hublink::tui::browse::Home;
use hublink::tui::keymap::{Action, Keymap};
use hublink::tui::pilot::Pilot;
use hublink::tui::session::Session;
use hublink::tui::theme::Theme;
use jiff::tz::TimeZone;

use crate::places::Places;
use crate::selling::Selling;

const SIZE: (u16, u16) = (80, 24);

fn home(fleeting: bool) -> Pilot {
    let places = Places::new();
    let session = Session { fleeting, ..Session::new("https://hublink.example", TimeZone::UTC) };
    let app = App::new(session, Keymap::default(), Theme::plain(), SIZE, Box::new(Home::default()));
    let mut pilot = Pilot::new(app, SIZE, Box::new(move |request| places.answer(request)));
    pilot.settle().pass(1_000);
    pilot
}

#[test]
fn section_6_a_demo_that_is_kept_nowhere_asks_before_it_ends() {
    let mut pilot = home(true);
    pilot.hit("q");
    assert!(!pilot.ended && pilot.sees("End hublink?"), "{}", pilot.text());
    assert!(pilot.sees("Started with --data FOLDER,"), "{}", pilot.text());
    assert!(pilot.sees("enter stay"), "what Enter would take is named\n{}", pilot.text());
    pilot.hit("tab");
    assert!(pilot.sees("enter end it"), "{}", pilot.text());
    pilot.hit("n");
    assert!(!pilot.ended && !pilot.sees("End hublink?"), "{}", pilot.text());
    pilot.hit("q").hit("q");
    assert!(!pilot.ended && !pilot.sees("End hublink?"), "q alone never ends it");
    pilot.hit("q").hit("enter");
    assert!(!pilot.ended, "the answer marked first is to stay");
    pilot.hit("q").hit("y");
    assert!(pilot.ended);
    let mut pilot = home(true);
    pilot.hit("ctrl-c");
    assert!(pilot.ended, "Ctrl-c always does");
}

#[test]
fn section_6_where_all_is_kept_nothing_is_asked() {
    let mut pilot = home(false);
    pilot.hit("q");
    assert!(pilot.ended);
}

#[test]
fn section_6_a_page_half_filled_in_is_asked_about() {
    let mut pilot = Selling::new().trials(SIZE);
    pilot.press(Action::Down).press(Action::Edit).text_in("7").press(Action::Quit);
    assert!(!pilot.ended && pilot.sees("End hublink?"), "{}", pilot.text());
    assert!(pilot.sees("What stands there is kept nowhere else."), "{}", pilot.text());
    pilot.hit("y");
    assert!(pilot.ended);
}
