//! The role table of SPEC section 3 through the wizard: what a role may not do is not offered, or
//! is explained with the role that could; what is offered is not refused by the backend.

use hublink::api::call::Request;
use hublink::api::endpoint::{Endpoint as _, Nothing};
use hublink::api::session::ShowMe;
use hublink::tui::app::App;
use hublink::tui::browse::Home;
use hublink::tui::keymap::{Action, Availability, Keymap};
use hublink::tui::pilot::{Backend, Pilot};
use hublink::tui::session::Session;
use hublink::tui::theme::Theme;
use jiff::tz::TimeZone;
use tokio::runtime::Handle;
use tokio::task::block_in_place;

use crate::house::House;

const SIZE: (u16, u16) = (120, 40);
/// The words for the roles that could.
const ROLES: [&str; 5] =
    ["full admin", "partner admin", "backend admin", "site admin", "administrator of the site"];

/// Home for somebody, at the linked site.
fn home(house: &House, token: &str) -> Pilot {
    let client = house.client(token);
    let mut session = Session::new(house.url.as_str(), TimeZone::UTC);
    let ask = |request: &Request| {
        block_in_place(|| Handle::current().block_on(client.send(request, None)))
    };
    session.note(&ask(&ShowMe::call(Nothing, Nothing, Nothing)).unwrap(), 0);
    let app = App::new(session, Keymap::default(), Theme::plain(), SIZE, Box::<Home>::default());
    let client = house.client(token);
    let script: Backend = Box::new(move |request| {
        if request.target.contains("after=") {
            return None;
        }
        Some(block_in_place(|| Handle::current().block_on(client.send(request, None))))
    });
    let mut pilot = Pilot::new(app, SIZE, script);
    pilot.settle();
    pilot.pass(2_000);
    // The organization may be one of several.
    for _ in 0..4 {
        if pilot.sees("› acme.webex.example") {
            break;
        }
        pilot.press(Action::Down).pass(500);
    }
    pilot
}

/// The rows of the menu that is open: title, and what stands beside it.
fn rows(pilot: &Pilot) -> Vec<(String, String)> {
    let text = pilot.text();
    let inside = text.lines().skip_while(|line| !line.contains("┌─ Wizards for")).skip(1);
    let row = |line: &str| {
        let line = line.split('│').nth(1)?.trim_start_matches('▌').trim();
        let (title, note) = line.split_once("  ")?;
        Some((title.trim().to_owned(), note.trim().to_owned()))
    };
    inside.take_while(|line| !line.contains('└')).filter_map(row).collect()
}

/// What opens, and what says who could.
fn offered(house: &House, token: &str) -> (Vec<String>, Vec<String>) {
    let mut pilot = home(house, token);
    if pilot.app().can(Action::Wizards) != Availability::Ready {
        return (Vec::new(), Vec::new());
    }
    pilot.press(Action::Wizards);
    let (mut opens, mut refuses) = (Vec::new(), Vec::new());
    for (title, note) in rows(&pilot) {
        let mut pilot = home(house, token);
        pilot.press(Action::Wizards).press(Action::Top);
        // A wizard that was opened before has a draft, whose row now stands before the others.
        for _ in 0..30 {
            if pilot.sees(&format!("▌ {title}  ")) {
                break;
            }
            pilot.press(Action::Down);
        }
        assert!(pilot.sees(&format!("▌ {title}  ")), "{title}\n{}", pilot.text());
        pilot.press(Action::Open).pass(2_000);
        if pilot.sees("Wizards for") {
            assert!(ROLES.iter().any(|role| note.contains(role)), "{title}: {note}");
            refuses.push(title);
        } else {
            assert!(!pilot.sees("✗"), "{title} is offered and refused\n{}", pilot.text());
            opens.push(title);
        }
    }
    (opens, refuses)
}

/// Whether a key of home works; where not, its reason is told or the key is not there.
fn can(pilot: &Pilot, action: Action) -> bool {
    pilot.app().can(action) == Availability::Ready
}

/// Somebody, what their menu opens, and what it refuses with the role that could.
const MENUS: [(&str, &[&str], &[&str]); 5] = [
    (
        "dev-fay",
        &[
            "Set up services",
            "Link users",
            "Account linking",
            "Change linking method",
            "Licence CSV",
            "Directory sync",
            "Directory sync setting",
            "Contact Center",
            "Welcome mail",
            "Administrators",
            "Domains",
            "Automatic licences",
            "Orders",
            "Insights",
            "Import users",
            "Add a user",
            "Link a site",
            "Your access",
        ],
        &[],
    ),
    (
        "dev-pat",
        &[
            "Set up services",
            "Contact Center",
            "Welcome mail",
            "Administrators",
            "Insights",
            "Start a trial",
            "Your access",
        ],
        &[
            "Link users",
            "Account linking",
            "Change linking method",
            "Licence CSV",
            "Directory sync",
            "Automatic licences",
            "Domains",
            "Import users",
            "Add a user",
        ],
    ),
    (
        "dev-rio",
        &["Administrators", "Insights", "Your access"],
        &[
            "Link users",
            "Account linking",
            "Change linking method",
            "Licence CSV",
            "Directory sync",
            "Contact Center",
            "Set up services",
            "Welcome mail",
            "Automatic licences",
            "Domains",
            "Import users",
            "Add a user",
        ],
    ),
    (
        "dev-sid",
        &[
            "How linking went",
            "Insights",
            "Import users",
            "Add a user",
            "Link a site",
            "Your access",
        ],
        &[
            "Link users",
            "Account linking",
            "Change linking method",
            "Licence CSV",
            "Contact Center",
            "Administrators",
            "Automatic licences",
            "Domains",
        ],
    ),
    (
        "dev-root",
        &[
            "Administrators",
            "Add a site",
            "Add an organization",
            "Change the site",
            "Consumer domains",
            "People who sign in",
            "Your access",
        ],
        &[
            "Link users",
            "Account linking",
            "Change linking method",
            "Licence CSV",
            "Directory sync",
            "Contact Center",
            "Set up services",
            "Welcome mail",
            "Automatic licences",
            "Domains",
            "Import users",
            "Add a user",
            "Insights",
        ],
    ),
];

#[tokio::test(flavor = "multi_thread")]
async fn section_3_the_menus_agree_with_the_role_table() {
    let house = House::start().await;
    let mut wrong = Vec::new();
    for (token, opens, refuses) in MENUS {
        let (mut opened, mut refused) = offered(&house, token);
        let (mut opens, mut refuses) = (opens.to_vec(), refuses.to_vec());
        opened.sort();
        refused.sort();
        opens.sort_unstable();
        refuses.sort_unstable();
        if (&opened, &refused) != (&own(&opens), &own(&refuses)) {
            wrong.push(format!("{token} opens {opened:?} and is refused {refused:?}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

fn own(titles: &[&str]) -> Vec<String> {
    titles.iter().map(|title| (*title).to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn section_3_the_keys_agree_with_the_role_table() {
    use Action as A;
    let house = House::start().await;
    let keys = [A::Users, A::Insights, A::Runs, A::Audit, A::StartTrial, A::SetUp];
    let table = [
        ("dev-fay", [true, true, true, true, false, true]),
        ("dev-pat", [true, true, false, true, true, true]),
        ("dev-rio", [true, true, false, true, false, false]),
        ("dev-sid", [true, true, false, false, false, false]),
        ("dev-root", [false, false, false, true, false, false]),
    ];
    for (token, wanted) in table {
        for (key, wanted) in keys.into_iter().zip(wanted) {
            let mut pilot = home(&house, token);
            assert_eq!(can(&pilot, key), wanted, "{token} {key:?}\n{}", pilot.text());
            if wanted {
                pilot.press(key).pass(2_000);
                assert!(!pilot.sees("✗"), "{token} {key:?}\n{}", pilot.text());
            }
        }
    }
}
