//! Plans and runs in words, the number that can hurt first. Zeroes are shown, never left out.

use std::fmt::Write as _;

use crate::api::plan::{DomainCount, Plan, PlanState};
use crate::api::run::Run;
use crate::cli::grid::{Cell, Column, local};
use crate::domain::number::thousands;
use crate::domain::outcome::{Class, Outcome};
use crate::domain::run::RunState;
use crate::domain::sentence::one_stop;
use crate::domain::untrusted::Untrusted;

/// A plan in CSV.
pub const PLAN: &[Column<Plan>] = &[
    Column { name: "id", cell: |plan| Cell::plain_text(&plan.id) },
    Column { name: "site", cell: |plan| Cell::Text(plan.site.clone()) },
    Column { name: "organization", cell: |plan| Cell::plain_text(&plan.organization) },
    Column { name: "method", cell: |plan| Cell::Word(plan.method.code()) },
    Column { name: "selected", cell: |plan| Cell::Count(plan.selected) },
    Column { name: "emails", cell: |plan| Cell::Count(plan.emails) },
    Column { name: "second_invitations", cell: |plan| Cell::Count(plan.second_invitations) },
    Column { name: "linked", cell: |plan| class(plan, Class::Linked) },
    Column { name: "skipped", cell: |plan| class(plan, Class::Skipped) },
    Column { name: "held", cell: |plan| class(plan, Class::Held) },
    Column { name: "blocked", cell: |plan| class(plan, Class::Blocked) },
    Column { name: "expires_at", cell: |plan| Cell::At(plan.expires_at) },
];

/// Runs in tables and CSV.
pub const RUN: &[Column<Run>] = &[
    Column { name: "id", cell: |run| Cell::plain_text(&run.id) },
    Column { name: "plan", cell: |run| Cell::plain_text(&run.plan) },
    Column { name: "site", cell: |run| Cell::Text(run.site.clone()) },
    Column { name: "state", cell: |run| Cell::Word(run.state.code()) },
    Column { name: "selected", cell: |run| Cell::Count(run.selected) },
    Column { name: "emailed", cell: |run| Cell::Count(run.emailed) },
    Column { name: "linked", cell: |run| Cell::Count(run.linked) },
    Column { name: "skipped", cell: |run| Cell::Count(run.skipped) },
    Column { name: "held", cell: |run| Cell::Count(run.held) },
    Column { name: "blocked", cell: |run| Cell::Count(run.blocked) },
    Column { name: "failed", cell: |run| Cell::Count(run.failed) },
    Column { name: "unknown", cell: |run| Cell::Count(run.unknown) },
    Column { name: "not_processed", cell: |run| Cell::Count(run.not_processed) },
    Column { name: "without_licence", cell: |run| Cell::Count(run.without_licence) },
    Column { name: "started_at", cell: |run| Cell::At(run.started_at) },
    Column { name: "trouble", cell: |run| Cell::maybe(run.trouble.clone(), Cell::Text) },
];

fn class(plan: &Plan, class: Class) -> Cell {
    Cell::Count(class_count(plan, class))
}

fn class_count(plan: &Plan, class: Class) -> u64 {
    plan.classes.get(class.code()).copied().unwrap_or_default()
}

fn own(text: &str) -> String {
    Untrusted::new(text).shown().to_string()
}

/// A plan, for reading.
pub fn plan(plan: &Plan) -> String {
    let mut text = format!(
        "Plan {} · {} › {} · {}\n\n",
        own(&plan.id),
        plan.site.shown(),
        own(&plan.organization),
        plan.method.title()
    );
    for class in Class::ALL {
        number(&mut text, class_count(plan, class), &meaning(class, plan));
        for outcome in Outcome::ALL.into_iter().filter(|outcome| outcome.class() == class) {
            let count = plan.outcomes.get(outcome.code()).copied().unwrap_or_default();
            if count > 0 {
                let (count, why) = (thousands(count), outcome.reason());
                let _ = writeln!(text, "{count:>15}  {why} ({})", outcome.code());
            }
        }
    }
    number(&mut text, plan.selected, "selected");
    let _ = match (plan.state, &plan.run) {
        (PlanState::Applied, Some(run)) => {
            writeln!(text, "\nApplied; see: hublink invite status {}", own(run))
        }
        (PlanState::Applied, None) => writeln!(text, "\nApplied."),
        (PlanState::Expired, _) => {
            writeln!(text, "\nExpired at {}; make a new one.", local(plan.expires_at))
        }
        (PlanState::Ready, _) => writeln!(
            text,
            "\nFrozen at {}, valid until {}. Nothing was sent.\nTo do exactly this, once: hublink \
             invite apply {} --yes",
            local(plan.created_at),
            local(plan.expires_at),
            own(&plan.id)
        ),
    };
    text
}

fn meaning(class: Class, plan: &Plan) -> String {
    match class {
        Class::Emailed => format!(
            "e-mails, {} of them second invitations{}",
            thousands(plan.second_invitations),
            domains(&plan.email_domains)
        ),
        Class::Linked => {
            format!("linked silently; nobody tells them{}", domains(&plan.linked_domains))
        }
        Class::Skipped | Class::Held | Class::Blocked => class.code().to_owned(),
    }
}

fn domains(counts: &[DomainCount]) -> String {
    let mut text = String::new();
    for (at, count) in counts.iter().take(3).enumerate() {
        let before = if at == 0 { ": " } else { " · " };
        let _ = write!(text, "{before}{} {}", count.domain.shown_in(40), thousands(count.users));
    }
    if counts.len() > 3 {
        text.push_str(" · …");
    }
    text
}

fn number(text: &mut String, count: u64, what: &str) {
    let _ = writeln!(text, "{:>11}  {what}", thousands(count));
}

/// A run, for reading.
pub fn run(run: &Run) -> String {
    let mut text = format!(
        "Run {} · {} › {} · {}\n\n",
        own(&run.id),
        run.site.shown(),
        own(&run.organization),
        run.state.code()
    );
    let run = &as_told(run.clone());
    let in_flight = match run.in_flight {
        0 => String::new(),
        n => format!("; {} in flight, which cannot be recalled", thousands(n)),
    };
    number(&mut text, run.emailed, "e-mailed");
    number(&mut text, run.linked, "linked silently; nobody told them");
    number(&mut text, run.skipped, "skipped");
    number(&mut text, run.held, "held");
    number(&mut text, run.blocked, "blocked");
    number(&mut text, run.failed, "failed; surely not sent");
    number(&mut text, run.unknown, "unknown: may have been sent");
    let yet = if run.state.is_over() { "not processed" } else { "not processed yet" };
    number(&mut text, run.not_processed, &format!("{yet}{in_flight}"));
    number(&mut text, run.selected, "selected");
    if let (RunState::Running, Some(trouble)) = (run.state, &run.trouble) {
        let _ = writeln!(text, "\nSlow: {}", one_stop(trouble.shown().to_string()));
    }
    if run.state == RunState::Paused {
        let (why, id) = (why_paused(run), own(&run.id));
        let _ = writeln!(
            text,
            "\nPaused: nobody is invited meanwhile. {why}\nGo on: hublink invite resume {id}"
        );
    }
    text.push_str(&without_licence(run));
    let id = own(&run.id);
    if run.state.is_over() && run.unknown > 0 {
        let _ = writeln!(text, "\nLook them up: hublink invite report {id} --state unknown");
    }
    if run.state.is_over() && run.failed + run.not_processed > 0 {
        let _ = writeln!(text, "\nA new plan of the rest: hublink invite retry {id}");
    }
    text
}

/// Why a paused run is, in a sentence.
pub fn why_paused(run: &Run) -> String {
    match &run.trouble {
        Some(trouble) => one_stop(format!("It paused by itself: {}.", trouble.shown())),
        None => "Somebody paused it.".to_owned(),
    }
}

/// Who of the linked has no licence, and the CSV that assigns them (rule U8); else nothing.
pub fn without_licence(run: &Run) -> String {
    let (who, has) = match run.without_licence {
        0 => return String::new(),
        1 => ("One of those who were linked".to_owned(), "has"),
        n => (format!("{} of those who were linked", thousands(n)), "have"),
    };
    let site = run.site.shown();
    format!(
        "\n{who} {has} no licence: linking assigns none.\nThe CSV that assigns them: hublink \
         licence export --site {site} --file licences.csv\nBack in: hublink licence import --site \
         {site} licences.csv --dry-run\n"
    )
}

/// A run as the command line tells it, in every format: mails in flight are not processed yet, for
/// only once nobody waits for their answer any more is it unknown whether they were sent. The eight
/// tallies add up as before.
pub fn as_told(run: Run) -> Run {
    let in_flight = run.in_flight.min(run.unknown);
    Run { unknown: run.unknown - in_flight, not_processed: run.not_processed + in_flight, ..run }
}

/// A run in one line, for following it.
pub fn progress(run: &Run) -> String {
    let run = &as_told(run.clone());
    format!(
        "{}: {} of {} · {} e-mailed · {} linked · {} failed · {} unknown",
        run.state.code(),
        thousands(run.selected - run.not_processed.min(run.selected)),
        thousands(run.selected),
        thousands(run.emailed),
        thousands(run.linked),
        thousands(run.failed),
        thousands(run.unknown)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn u5_a_mail_in_flight_is_not_yet_unknown_and_the_tallies_add_up() {
        let run: Run = serde_json::from_value(serde_json::json!({
            "id": "run_1", "plan": "pln_1", "site": "acme.webex.example", "organization": "acme",
            "state": "running", "selected": 9, "linked": 2, "emailed": 1, "skipped": 0, "held": 0,
            "blocked": 0, "failed": 0, "unknown": 3, "not_processed": 3, "in_flight": 2,
            "started_at": "2026-03-01T09:00:00Z", "started_by": "fay@acme.example", "revision": 4,
        }))
        .unwrap();
        let told = as_told(run.clone());
        assert_eq!((told.unknown, told.not_processed, told.in_flight), (1, 5, 2));
        let all = told.linked + told.emailed + told.unknown + told.not_processed;
        assert_eq!(all, told.selected);
        let words = super::run(&run);
        assert!(words.contains("1  unknown: may have been sent\n"), "{words}");
        assert!(words.contains("5  not processed yet; 2 in flight"), "{words}");
        assert!(progress(&run).ends_with("1 unknown"), "{}", progress(&run));
    }

    #[test]
    fn u4_the_emails_come_first_and_zeroes_are_told() {
        let outcomes = [("email_consumer", 1), ("link_now", 1200)];
        let made = Plan {
            id: "pln_1".into(),
            site: "acme.webex.example".into(),
            organization: "acme".into(),
            method: crate::domain::linking::LinkingMethod::VerifyNow,
            basis: crate::domain::account_linking::Basis::Method,
            state: PlanState::Ready,
            selected: 1201,
            emails: 1,
            second_invitations: 0,
            outcomes: outcomes.map(|(code, count)| (code.to_owned(), count)).into(),
            classes: [("emailed", 1), ("linked", 1200)].map(|(c, n)| (c.to_owned(), n)).into(),
            held: crate::api::plan::Held::Hold,
            email_domains: vec![DomainCount { domain: "gmail\x1b.com".into(), users: 1 }],
            linked_domains: Vec::new(),
            roster_revision: 1,
            digest: String::new(),
            created_at: "2026-03-01T09:00:00Z".parse().unwrap(),
            created_by: "fay@acme.example".into(),
            expires_at: "2026-03-02T09:00:00Z".parse().unwrap(),
            run: None,
        };
        let text = plan(&made);
        let numbers: Vec<&str> = text.lines().skip(2).take(8).map(str::trim).collect();
        assert_eq!(numbers[0], "1  e-mails, 0 of them second invitations: gmail^[.com 1");
        assert_eq!(numbers[2], "1,200  linked silently; nobody tells them");
        assert_eq!(numbers[4..], ["0  skipped", "0  held", "0  blocked", "1,201  selected"]);
        assert!(text.contains("hublink invite apply pln_1 --yes"));
    }
}
