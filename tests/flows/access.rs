//! Whose access is not ended from the screen: one's own, and that of the last who could administer
//! the organization (rules P3, P5).

use hublink::api::call::Request;
use hublink::domain::role::Role;
use hublink::tui::keymap::Action;

use crate::admin::Backend;
use crate::script::{reads, take};

const SMALL: (u16, u16) = (80, 24);

#[test]
fn p5_ending_one_s_own_access_is_not_offered() {
    let backend = Backend::seen_by(Role::FullAdmin);
    let mut pilot = backend.pilot(SMALL);
    take(&mut pilot, "Administrators");
    pilot.press(Action::Top).hit("enter");
    assert!(reads(&pilot, "This is you: somebody else ends your access"), "{}", pilot.text());
    assert!(!pilot.sees("End their access"), "{}", pilot.text());
    // Nor by the address.
    pilot.press(Action::Back).press(Action::Bottom).hit("enter");
    pilot.text_in("Fay@acme.example").hit("tab").press(Action::Next).pass(2_000);
    assert!(reads(&pilot, "This is you: somebody else ends your access"), "{}", pilot.text());
    assert!(!pilot.sent.iter().any(Request::acts), "{}", pilot.text());
}

#[test]
fn p3_ending_the_access_of_the_only_full_admin_who_can_sign_in_is_not_offered() {
    let backend = Backend::seen_by(Role::BackendAdmin);
    backend.places.with(|world| world.me.email = "root@provider.example".into());
    let mut pilot = backend.pilot(SMALL);
    take(&mut pilot, "Administrators");
    pilot.press(Action::Top).hit("enter");
    assert!(reads(&pilot, "They are the only full admin who can sign in"), "{}", pilot.text());
    assert!(!pilot.sees("End their access"), "{}", pilot.text());
    // Once another can, it is.
    backend.with(|state| state.organization.administrators[1].cannot_sign_in = false);
    pilot.press(Action::Reload);
    assert!(pilot.sees("End their access"), "{}", pilot.text());
}

#[test]
fn p5_a_backend_admin_is_not_offered_to_disable_oneself() {
    let backend = Backend::seen_by(Role::BackendAdmin);
    let mut pilot = backend.pilot(SMALL);
    take(&mut pilot, "People who sign in");
    pilot.press(Action::Down).press(Action::Down).text_in("fay");
    assert!(!pilot.sees("Rio Sand"), "{}", pilot.text());
    pilot.press(Action::NextPane).hit("enter");
    assert!(pilot.sees("Make them a token"), "{}", pilot.text());
    assert!(!pilot.sees("Disable them") && !pilot.sees("person disable"), "{}", pilot.text());
    assert!(reads(&pilot, "This is you: somebody else ends your access"), "{}", pilot.text());
}
