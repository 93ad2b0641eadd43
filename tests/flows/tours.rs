//! The demo's tours in the wizard: in the palette and in a list of their own, in the demo alone.

use hublink::tui::app::App;
use hublink::tui::browse::Home;
use hublink::tui::keymap::{Action, Availability, Keymap};
use hublink::tui::overlay::tours::Listed;
use hublink::tui::pilot::Pilot;
use hublink::tui::session::Session;
use hublink::tui::theme::Theme;
use jiff::tz::TimeZone;

use crate::places::Places;

fn listed(name: &str, about: &str) -> Listed {
    Listed { name: name.to_owned(), about: about.to_owned() }
}

fn pilot(places: &Places) -> Pilot {
    let mut session = Session::new("https://hublink.example", TimeZone::UTC);
    session.tours = vec![listed("trial", "A trial begins."), listed("order", "Who is it?")];
    let first = Box::new(Home::default());
    let app = App::new(session, Keymap::default(), Theme::plain(), (80, 24), first);
    let script = places.clone();
    let mut pilot = Pilot::new(app, (80, 24), Box::new(move |request| script.answer(request)));
    pilot.settle().pass(1_000);
    pilot
}

#[test]
fn the_palette_plays_the_tour_that_is_chosen_and_says_that_the_demo_begins_anew() {
    let mut pilot = pilot(&Places::new());
    pilot.press(Action::Palette).text_in("tour order");
    let text = pilot.text();
    assert!(text.contains("order") && text.contains("The demo begins anew"), "{text}");
    pilot.pass(2_000).press(Action::Open);
    assert_eq!(pilot.played, Some(1));
}

#[test]
fn the_list_of_tours_has_a_line_each() {
    let mut pilot = pilot(&Places::new());
    pilot.press(Action::Tours);
    let text = pilot.text();
    for words in ["the demo begins anew", "trial", "A trial begins.", "order", "Who is it?"] {
        assert!(text.contains(words), "{words}\n{text}");
    }
    pilot.pass(2_000).press(Action::Open);
    assert_eq!(pilot.played, Some(0));
}

#[test]
fn a_backend_that_is_no_demo_has_no_tours() {
    let places = Places::new();
    places.with(|world| world.me.backend.demo = false);
    let mut pilot = pilot(&places);
    assert_eq!(pilot.app().can(Action::Tours), Availability::Hidden);
    pilot.press(Action::Palette).text_in("tour trial");
    assert!(!pilot.sees("begins anew"), "{}", pilot.text());
}
