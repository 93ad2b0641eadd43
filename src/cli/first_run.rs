//! The first run, where no backend is configured: what hublink is, and three ways to begin.
//!
//! Owns the page and the question. Begins nothing but signing in to the backend that is named.

use super::account::{self, LoginArgs};
use super::context::Context;
use super::exit::Failure;
use super::output::note;
use crate::client::endpoint::Endpoint;

/// How one begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// With a tour of the demo, which plays itself.
    Tour,
    /// With the demo.
    Demo,
    /// With a backend: it is named and signed in to.
    Backend,
    /// Not at all.
    Leave,
}

/// What it is, in three lines.
const ABOUT: &str = "\
hublink brings customers onto a Control Hub: trials, orders, meeting sites and their users.
Before anything is sent it shows, user by user, who gets an e-mail. Nothing is sent twice.
Every page is a command too. No backend is configured yet; there are three ways to begin:
";

/// The ways, by their numbers.
const WAYS: [(Way, &str); 3] = [
    (Way::Tour, "Watch a tour   the demo plays itself; any key takes over (hublink demo --tour)"),
    (Way::Demo, "Try the demo   a fictional world, no network, no account (hublink demo)"),
    (Way::Backend, "Use a backend  one that runs already (hublink login --backend URL)"),
];

/// How it goes without a person.
const OTHERWISE: &str = "use `hublink demo`, or `hublink login --backend URL`";

/// Tells the page and asks. `told`: line by line, where a tour is nothing to look at.
///
/// # Errors
/// That nobody can be asked, or what went wrong with signing in.
pub async fn begin(told: bool, cx: &mut Context) -> Result<Way, Failure> {
    if cx.person.may_ask() {
        note(&page(told));
    }
    let answer = cx.person.line("Which one? 1, 2 or 3; Enter leaves: ", OTHERWISE).await?;
    let way = chosen(&answer);
    if way == Way::Backend {
        sign_in(cx).await?;
    }
    Ok(way)
}

fn page(told: bool) -> String {
    let mut page = ABOUT.to_owned();
    for (number, (way, words)) in (1..).zip(WAYS) {
        let not = if told && way == Way::Tour { "; a film, not told line by line" } else { "" };
        page.push_str(&format!("\n  {number}  {words}{not}"));
    }
    page.push_str("\n\nTo run a backend on this machine: hublink serve.");
    page
}

/// What was answered: a number, or the beginning of a way's name.
fn chosen(answer: &str) -> Way {
    match answer.trim().to_lowercase().as_str() {
        "1" | "tour" => Way::Tour,
        "2" | "demo" => Way::Demo,
        "3" | "backend" => Way::Backend,
        _ => Way::Leave,
    }
}

/// Asks for the backend and signs in to it; it is remembered once that went well.
async fn sign_in(cx: &mut Context) -> Result<(), Failure> {
    let url = cx.person.line("Its URL, such as https://hub.acme.example: ", OTHERWISE).await?;
    Endpoint::parse(&url, cx.settings.insecure)?;
    cx.settings.backend = Some(url);
    cx.settings.backend_is_named = true;
    account::login(LoginArgs::default(), cx).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_page_says_in_three_lines_what_it_is_and_fits_a_terminal() {
        for told in [false, true] {
            let page = page(told);
            assert!(page.lines().all(|line| line.chars().count() <= 118), "{page}");
            assert!(page.lines().count() <= 10, "{page}");
        }
        assert_eq!(ABOUT.lines().count(), 3);
        assert!(ABOUT.lines().all(|line| line.len() <= 92));
    }

    #[test]
    fn a_way_is_chosen_by_its_number_and_nothing_begins_by_itself() {
        assert_eq!(["1", " 2 ", "3"].map(chosen), [Way::Tour, Way::Demo, Way::Backend]);
        assert_eq!(["", "n", "4", "yes"].map(chosen), [Way::Leave; 4]);
    }
}
