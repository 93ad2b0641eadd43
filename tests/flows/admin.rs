//! Administering from the screen: roles, people, tokens and sessions, the password.
//!
//! Owns a backend that keeps all of these in memory, and answers as the contract says.

use std::cell::RefCell;
use std::rc::Rc;

use hublink::api::access::{EndSession, EndSessions, ListSessions, Session, SetPassword};
use hublink::api::call::{ApiError, Reply, Request};
use hublink::api::endpoint::Nothing;
use hublink::api::organization::{
    Administrator, GrantRole, Organization, RevokeRole, ShowOrganization,
};
use hublink::api::page::Page;
use hublink::api::person::{
    AddPerson, CreateToken, DisablePerson, EnablePerson, ListMyTokens, ListPeople, ListTokens,
    Person, RevokeToken, Token, TokenGranted,
};
use hublink::api::problem::code;
use hublink::api::session::{HeldRole, Secret, ShowMe};
use hublink::domain::role::Role;
use hublink::domain::untrusted::Untrusted;
use hublink::tui::app::App;
use hublink::tui::browse::Home;
use hublink::tui::keymap::{Action, Keymap};
use hublink::tui::pilot::Pilot;
use hublink::tui::session::Session as Here;
use hublink::tui::theme::Theme;
use jiff::tz::TimeZone;

use crate::places::{Places, organization};
use crate::script::{problem, reads, refused, take, unreachable};
use crate::world::{NOW, at};

const SIZES: [(u16, u16); 2] = [(80, 24), (120, 40)];
const SMALL: (u16, u16) = SIZES[0];

/// What the backend has.
pub struct State {
    pub organization: Organization,
    pub people: Vec<Person>,
    pub sessions: Vec<Session>,
    pub tokens: Vec<Token>,
    /// The next request is answered so.
    pub refuse: Option<ApiError>,
    /// Requests of administering are not answered.
    pub silent: bool,
}

/// The backend, shared by the test and the pilot.
#[derive(Clone)]
pub struct Backend {
    state: Rc<RefCell<State>>,
    pub places: Places,
}

fn admin(email: &str, role: Role, cannot_sign_in: bool) -> Administrator {
    Administrator { email: email.into(), role, cannot_sign_in, disabled: false }
}

fn person(email: &str, name: &str) -> Person {
    Person {
        email: email.into(),
        name: name.into(),
        backend_admin: false,
        created_at: at(NOW),
        disabled_at: None,
        cannot_sign_in: false,
    }
}

fn token(id: &str, note: &str, in_use: bool) -> Token {
    Token {
        id: id.to_owned(),
        person: "fay@acme.example".into(),
        note: note.into(),
        created_at: at(NOW),
        expires_at: Some(at("2026-05-30T09:00:00Z")),
        used_at: Some(at("2026-02-28T16:40:00Z")),
        revoked_at: None,
        in_use,
    }
}

fn session(id: &str, in_use: bool) -> Session {
    Session {
        id: id.to_owned(),
        created_at: at("2026-02-27T09:00:00Z"),
        expires_at: at("2026-03-27T09:00:00Z"),
        used_at: Some(at("2026-02-28T16:40:00Z")),
        token: None,
        in_use,
    }
}

impl Backend {
    /// As somebody with this role in Acme sees it; a backend admin has none there.
    pub fn seen_by(role: Role) -> Self {
        let mut acme = organization("acme", "Acme Robotics", 2);
        acme.my_roles = vec![role];
        acme.administrators = vec![
            admin("fay@acme.example", Role::FullAdmin, false),
            admin("eva@acme.example", Role::FullAdmin, true),
            admin("rio@acme.example", Role::ReadOnlyAdmin, false),
        ];
        let places = Places::new();
        places.with(|world| {
            world.organizations = vec![acme.clone()];
            let of = (role != Role::BackendAdmin).then(|| "acme".to_owned());
            world.me.roles = vec![HeldRole { role, organization: of, site: None }];
        });
        let state = State {
            organization: acme,
            people: vec![
                person("fay@acme.example", "Fay Moss"),
                person("rio@acme.example", "Rio Sand"),
            ],
            sessions: vec![session("ses_old", false), session("ses_this", true)],
            tokens: vec![token("tok_ci", "ci", false), token("tok_this", "laptop", true)],
            refuse: None,
            silent: false,
        };
        Self { state: Rc::new(RefCell::new(state)), places }
    }

    pub fn with<T>(&self, act: impl FnOnce(&mut State) -> T) -> T {
        act(&mut self.state.borrow_mut())
    }

    /// Home, settled.
    pub fn pilot(&self, size: (u16, u16)) -> Pilot {
        let mut here = Here::new("https://hublink.example", TimeZone::UTC);
        here.note(&Reply::of(self.places.with(|world| world.me.clone())), 0);
        let first = Box::new(Home::default());
        let app = App::new(here, Keymap::default(), Theme::plain(), size, first);
        let shared = self.clone();
        let script = Box::new(move |request: &Request| shared.answer(request));
        let mut pilot = Pilot::new(app, size, script);
        pilot.settle().pass(1_000);
        pilot
    }

    fn answer(&self, request: &Request) -> Option<Result<Reply, ApiError>> {
        let mine = ["Account", "People", "Audit"].contains(&request.about.route.tag)
            && !request.is::<ShowMe>()
            || request.is::<ShowOrganization>();
        if mine && self.with(|state| state.silent) {
            return None;
        }
        if mine && let Some(error) = self.with(|state| state.refuse.take()) {
            return Some(Err(error));
        }
        let reply = if ["Account", "People", "Audit"].contains(&request.about.route.tag) {
            self.with(|state| account(state, request))
        } else if request.about.route.tag == "Organizations" {
            self.with(|state| roles(state, request))
        } else {
            None
        };
        reply.map(Ok).or_else(|| self.places.answer(request))
    }
}

fn roles(state: &mut State, call: &Request) -> Option<Reply> {
    let backend = state.organization.my_roles.contains(&Role::BackendAdmin);
    let all = &mut state.organization.administrators;
    if let Some((.., change)) = &call.asked::<GrantRole>()
        && (backend || change.mail)
    {
        all.retain(|one| one.email.raw() != change.email || one.role != change.role);
        all.push(admin(&change.email, change.role, true));
    } else if call.is::<ShowOrganization>() || call.is::<GrantRole>() {
    } else if let Some(((_, role, email), ..)) = &call.asked::<RevokeRole>() {
        all.retain(|one| one.email.raw() != email || one.role.code() != role.as_str());
    } else {
        return None;
    }
    Some(Reply::of(state.organization.clone()))
}

fn account(state: &mut State, call: &Request) -> Option<Reply> {
    fn page<T: Clone>(items: &[T]) -> Page<T> {
        Page { items: items.to_vec(), next: None }
    }
    fn turned(state: &mut State, email: &str, disabled: bool) -> Option<Reply> {
        let one = state.people.iter_mut().find(|one| one.email.raw() == email)?;
        one.disabled_at = disabled.then(|| at(NOW));
        Some(Reply::of(one.clone()))
    }
    Some(if call.is::<ListPeople>() {
        Reply::of(page(&state.people))
    } else if let Some((.., new)) = &call.asked::<AddPerson>() {
        let added = Person { backend_admin: new.backend_admin, ..person(&new.email, &new.name) };
        state.people.push(added.clone());
        Reply::of(added)
    } else if let Some((email, ..)) = &call.asked::<DisablePerson>() {
        return turned(state, email, true);
    } else if let Some((email, ..)) = &call.asked::<EnablePerson>() {
        return turned(state, email, false);
    } else if call.is::<ListSessions>() {
        Reply::of(page(&state.sessions))
    } else if let Some((id, ..)) = &call.asked::<EndSession>() {
        state.sessions.retain(|one| one.id != *id);
        Reply::of(Nothing)
    } else if call.is::<EndSessions>() {
        state.sessions.retain(|one| one.in_use);
        Reply::of(Nothing)
    } else if call.is::<ListMyTokens>() || call.is::<ListTokens>() {
        Reply::of(page(&state.tokens))
    } else if let Some((.., new)) = &call.asked::<CreateToken>() {
        let mut made = token("tok_new", &new.note, false);
        made.expires_at = (!new.never_expires).then(|| at("2026-05-30T09:00:00Z"));
        if let Some(whose) = &new.person {
            made.person = Untrusted::new(whose.as_str());
        }
        state.tokens.push(made.clone());
        let secret = Secret::new("hlk_once_only_secret");
        Reply::of(TokenGranted { token: made, secret })
    } else if let Some((id, query, _)) = &call.asked::<RevokeToken>() {
        let one = state.tokens.iter_mut().find(|one| one.id == *id)?;
        assert_eq!(one.in_use, query.in_use, "the one in use is said to be");
        one.revoked_at = Some(at(NOW));
        Reply::of(Nothing)
    } else if call.is::<SetPassword>() {
        Reply::of(Nothing)
    } else {
        return None;
    })
}

/// Whether something that changes anything was sent.
fn acted(pilot: &Pilot) -> bool {
    pilot.sent.iter().any(Request::acts)
}

#[test]
fn p3_a_role_is_taken_after_a_question_that_says_who_is_left() {
    let backend = Backend::seen_by(Role::FullAdmin);
    let mut pilot = backend.pilot(SMALL);
    take(&mut pilot, "Administrators");
    pilot.press(Action::Down).hit("enter");
    assert!(reads(&pilot, "They cannot sign in yet"), "{}", pilot.text());
    pilot.hit("enter");
    for words in ["eva@acme.example stops being full admin of", "full admin left", "0 other roles"]
    {
        assert!(pilot.sees(words) && !acted(&pilot), "{words}\n{}", pilot.text());
    }
    pilot.hit("n");
    assert!(!acted(&pilot));
    pilot.hit("enter").hit("y");
    assert!(pilot.sees("eva@acme.example is no longer full admin."), "{}", pilot.text());
    assert!(!reads(&pilot, "eva@acme.example full admin cannot"), "{}", pilot.text());
    // Now the last one: the role stays, and it is said why.
    pilot.press(Action::Top).hit("enter");
    assert!(reads(&pilot, "They are the last full admin"), "{}", pilot.text());
    assert!(!pilot.sees("Take the role away"), "{}", pilot.text());
}

#[test]
fn p1_a_role_is_offered_with_what_comes_of_it_on_screen() {
    let backend = Backend::seen_by(Role::FullAdmin);
    let mut pilot = backend.pilot(SMALL);
    take(&mut pilot, "Administrators");
    for _ in 0..3 {
        pilot.press(Action::Down);
    }
    pilot.hit("enter");
    assert!(reads(&pilot, "a mail goes to them · the role is theirs once they accept"));
    pilot.press(Action::Next).press(Action::Next);
    assert!(!acted(&pilot) && pilot.sees("Write the person's e-mail"), "{}", pilot.text());
    pilot.text_in("kim@acme.example").hit("tab").press(Action::Down).press(Action::Tick);
    let command = "hublink org grant acme --email kim@acme.example";
    assert!(crate::same_as::text(&pilot).contains(command), "{}", pilot.text());
    assert!(pilot.sees("--role read_only_admin") || pilot.sees("read_only_admin"));
    pilot.press(Action::Next).pass(2_000);
    assert!(reads(&pilot, "kim@acme.example is offered read-only admin"), "{}", pilot.text());
}

#[test]
fn p2_a_refusal_stands_at_the_address() {
    let backend = Backend::seen_by(Role::FullAdmin);
    let mut pilot = backend.pilot(SMALL);
    take(&mut pilot, "Administrators");
    pilot.press(Action::Bottom).press(Action::Up).hit("enter").text_in("kim@oldcorp.example");
    let mut taken = problem(
        code::OTHER_ORGANIZATION,
        409,
        "Another organization has the domain of this address.",
        "Name an address of yours.",
    );
    taken.field = Some("email".to_owned());
    backend.with(|state| state.refuse = Some(refused(taken)));
    pilot.hit("tab").press(Action::Next).pass(2_000);
    assert!(reads(&pilot, "Another organization has the domain"), "{}", pilot.text());
    assert!(pilot.sees("kim@oldcorp.example"), "what was typed stays\n{}", pilot.text());
}

#[test]
fn p5_of_ending_access_and_letting_in_what_applies_is_offered() {
    let backend = Backend::seen_by(Role::FullAdmin);
    let mut pilot = backend.pilot(SMALL);
    take(&mut pilot, "Administrators");
    pilot.press(Action::Down).hit("enter");
    assert!(pilot.sees("End their access") && !pilot.sees("Let them in"), "{}", pilot.text());
    let before = pilot.text();
    pilot.hit("tab");
    assert_ne!(pilot.text(), before, "on to the next act");
    pilot.press(Action::Back);
    backend.with(|state| {
        for one in &mut state.organization.administrators {
            one.disabled = true;
        }
    });
    pilot.press(Action::Reload);
    assert!(pilot.sees("access ended"), "{}", pilot.text());
    pilot.hit("enter");
    assert!(pilot.sees("Let them in") && !pilot.sees("End their access"), "{}", pilot.text());
    assert!(reads(&pilot, "Their access was ended."), "{}", pilot.text());
}

#[test]
fn p5_a_person_without_a_way_in_is_not_said_to_have_one() {
    let backend = Backend::seen_by(Role::BackendAdmin);
    backend.with(|state| state.people.iter_mut().for_each(|one| one.cannot_sign_in = true));
    let mut pilot = backend.pilot(SMALL);
    take(&mut pilot, "People who sign in");
    pilot.press(Action::Bottom).hit("enter");
    assert!(reads(&pilot, "cannot sign in: no password, no token that works"), "{}", pilot.text());
}

#[test]
fn p5_who_may_not_change_roles_reads_who_does() {
    let mut pilot = Backend::seen_by(Role::ReadOnlyAdmin).pilot(SMALL);
    take(&mut pilot, "Administrators");
    assert!(reads(&pilot, "Full admins of the organization and backend admins change roles."));
    assert!(!pilot.sees("Offer a role"), "{}", pilot.text());
    pilot.hit("enter");
    assert!(!pilot.sees("Take the role away"), "{}", pilot.text());
    pilot.press(Action::Back).press(Action::Back).press(Action::Wizards);
    assert!(!pilot.sees("People who sign in"), "{}", pilot.text());
}

#[test]
fn p5_a_person_is_found_disabled_after_a_question_and_enabled() {
    let backend = Backend::seen_by(Role::BackendAdmin);
    let mut pilot = backend.pilot(SMALL);
    take(&mut pilot, "People who sign in");
    pilot.press(Action::Down).press(Action::Down).text_in("rio");
    assert!(!pilot.sees("Fay Moss") && pilot.sees("Rio Sand"), "{}", pilot.text());
    pilot.press(Action::NextPane).hit("enter").press(Action::Down).hit("enter");
    assert!(reads(&pilot, "All sessions and tokens of rio@acme.example end at once"));
    assert!(!acted(&pilot));
    pilot.hit("y");
    assert!(pilot.sees("Enable them again"), "{}", pilot.text());
    assert!(crate::same_as::text(&pilot).contains("hublink person enable rio@acme.example"));
    pilot.hit("enter").pass(500);
    assert!(pilot.sees("may sign in again"), "{}", pilot.text());
}

#[test]
fn l0_a_person_is_added_and_given_a_token() {
    let backend = Backend::seen_by(Role::BackendAdmin);
    let mut pilot = backend.pilot(SMALL);
    take(&mut pilot, "People who sign in");
    pilot.hit("enter").text_in("kim@acme.example").hit("enter").text_in("Kim Lee");
    assert!(crate::same_as::text(&pilot).contains("--name 'Kim Lee'"), "{}", pilot.text());
    pilot.hit("tab").press(Action::Next).pass(2_000);
    assert!(pilot.sees("Make them a token"), "{}", pilot.text());
    pilot.hit("enter").text_in("first").pass(2_000);
    assert!(crate::same_as::text(&pilot).contains("--person kim@acme.example --note first"));
    pilot.hit("tab").hit("tab").press(Action::Next).pass(2_000);
    assert!(pilot.sees("hlk_once_only_secret"), "{}", pilot.text());
    pilot.press(Action::Copy);
    assert_eq!(pilot.copied.len(), 1, "{}", pilot.text());
    assert!(reads(&pilot, "shown this once"), "{}", pilot.text());
    pilot.hit("q");
    assert!(reads(&pilot, "kept nowhere else"), "a secret does not go unasked: {}", pilot.text());
    pilot.hit("n").press(Action::Back);
    assert!(!pilot.sees("hlk_once_only_secret"), "{}", pilot.text());
}

#[test]
fn p5_a_token_of_ones_own_has_a_note_and_an_end() {
    let backend = Backend::seen_by(Role::FullAdmin);
    let mut pilot = backend.pilot(SMALL);
    take(&mut pilot, "Your access");
    pilot.hit("enter").text_in("ci").hit("enter").text_in("0");
    assert!(reads(&pilot, "A number from 1 to 366."), "{}", pilot.text());
    pilot.press(Action::Next);
    assert!(!acted(&pilot), "{}", pilot.text());
    assert!(!pilot.sees("Works until it is revoked"), "that is a backend admin's");
    pilot.hit("backspace").pass(2_000).press(Action::Next).pass(2_000);
    assert!(pilot.sees("hlk_once_only_secret"), "{}", pilot.text());
}

#[test]
fn p5_a_session_and_a_token_end_after_a_question() {
    let backend = Backend::seen_by(Role::FullAdmin);
    let mut pilot = backend.pilot(SMALL);
    take(&mut pilot, "Your access");
    // New token, others, password, reset; this session, the other; this token, the other.
    for _ in 0..4 {
        pilot.press(Action::Down);
    }
    pilot.hit("enter");
    assert!(reads(&pilot, "It is the session you are using now"), "{}", pilot.text());
    pilot.press(Action::Down).hit("enter").hit("y");
    assert_eq!(backend.with(|state| state.sessions.len()), 1, "{}", pilot.text());
    pilot.press(Action::Bottom).hit("enter");
    assert!(reads(&pilot, "Token tok_ci “ci” of fay@acme.example, last used"));
    pilot.hit("y");
    assert!(!reads(&pilot, "no token") && !pilot.sees("ci  "), "{}", pilot.text());
}

#[test]
fn p5_the_token_in_use_asks_for_its_id() {
    let backend = Backend::seen_by(Role::FullAdmin);
    let mut pilot = backend.pilot(SMALL);
    take(&mut pilot, "Your access");
    pilot.press(Action::Bottom).press(Action::Up).hit("enter");
    assert!(reads(&pilot, "this machine is signed out with it"), "{}", pilot.text());
    pilot.text_in("tok_ci").press(Action::Next).pass(2_000);
    assert!(!acted(&pilot), "another id\n{}", pilot.text());
    for _ in 0..6 {
        pilot.hit("backspace");
    }
    pilot.text_in("tok_this").press(Action::Next).pass(2_000);
    assert!(backend.with(|state| state.tokens[1].revoked_at.is_some()), "{}", pilot.text());
}

#[test]
fn p5_the_password_is_changed_with_the_one_there_is() {
    let backend = Backend::seen_by(Role::FullAdmin);
    let mut pilot = backend.pilot(SMALL);
    take(&mut pilot, "Your access");
    pilot.press(Action::Down).press(Action::Down).hit("enter");
    pilot.text_in("old old old old").hit("enter").text_in("correct horse").hit("enter");
    pilot.text_in("correct horsf").press(Action::Next);
    assert!(!acted(&pilot) && !pilot.sees("correct horse"), "{}", pilot.text());
    pilot.hit("backspace").text_in("e").press(Action::Next).pass(2_000);
    assert!(reads(&pilot, "Your password is set"), "{}", pilot.text());
}

#[test]
fn what_cannot_be_loaded_says_why_and_is_asked_again() {
    for row in ["Administrators", "Your access", "People who sign in"] {
        let backend = Backend::seen_by(Role::BackendAdmin);
        let mut pilot = backend.pilot(SMALL);
        backend.with(|state| state.refuse = Some(unreachable()));
        take(&mut pilot, row);
        assert!(reads(&pilot, "cannot be reached"), "{row}\n{}", pilot.text());
        pilot.press(Action::Reload);
        assert!(!reads(&pilot, "cannot be reached"), "{row}\n{}", pilot.text());
        backend.with(|state| state.silent = true);
        pilot.press(Action::Back);
        take(&mut pilot, row);
        pilot.pass(5_000);
        assert!(reads(&pilot, "takes longer than usual"), "{row}\n{}", pilot.text());
    }
}

#[test]
fn what_stands_on_screen() {
    for (width, height) in SIZES {
        let shot = |name: &str, pilot: &Pilot| {
            insta::assert_snapshot!(
                format!("admin_{name}_{width}x{height}"),
                crate::same_as::text(pilot)
            );
        };
        let mut pilot = Backend::seen_by(Role::FullAdmin).pilot((width, height));
        take(&mut pilot, "Administrators");
        shot("list", &pilot);
        pilot.press(Action::Down).hit("enter");
        shot("holder", &pilot);
        pilot.press(Action::Back).press(Action::Bottom).hit("enter");
        shot("access", &pilot);
        pilot.press(Action::Back).press(Action::Up).hit("enter");
        shot("grant", &pilot);
        pilot.press(Action::Back).press(Action::Back);
        take(&mut pilot, "Your access");
        shot("own", &pilot);
        pilot.hit("enter");
        shot("token", &pilot);
        let mut pilot = Backend::seen_by(Role::BackendAdmin).pilot((width, height));
        take(&mut pilot, "People who sign in");
        shot("people", &pilot);
        pilot.press(Action::Bottom).hit("enter");
        shot("person", &pilot);
        pilot.press(Action::Back).press(Action::Top).hit("enter");
        shot("add", &pilot);
    }
}
