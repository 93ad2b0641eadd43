//! Times the roster against SPEC section 10: `cargo bench --bench roster [-- USERS]`.
//!
//! Prints a table of the target and the median of what was measured, on a made-up roster of a
//! million users. Must not fail on a slow machine: targets are read by people.
#![expect(clippy::print_stdout, reason = "a benchmark prints its table")]

use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};

use hublink::domain::facts::{Fact, Facts};
use hublink::domain::linking::LinkingMethod;
use hublink::domain::user::UserState;
use hublink::roster::{
    Bitmap, Choice, Columns, Facet, Matches, Query, RowIn, Search, Selection, find_addresses, tally,
};

const METHOD: LinkingMethod = LinkingMethod::SignAgreement;
const FIRST: [&str; 24] = [
    "Amara", "Bjørn", "Chen Wei", "Dana", "Eli", "Fatima", "Melinda", "Priya", "Jomo", "Zoë",
    "Thandi", "Tamsin", "Hana", "Igor", "Jules", "Kofi", "Lucía", "Noor", "Oskar", "Petra",
    "Quinn", "Rosa", "Sven", "Yuki",
];
const LAST: [&str; 20] = [
    "Okafor", "Lund", "Novak", "Fox", "Brandt", "Zahra", "Dlamini", "Moreau", "Kimura", "Romero",
    "Silva", "Haddad", "Jansen", "Kowalski", "Rossi", "Schmidt", "Tanaka", "Varga", "Wagner",
    "Yilmaz",
];
const DEPARTMENTS: [&str; 8] =
    ["Sales", "North Sales", "Engineering", "Finance", "People", "Legal", "Marketing", ""];

fn main() {
    let users = std::env::args().skip(1).find_map(|arg| arg.parse().ok()).unwrap_or(1_000_000);
    let before = resident();
    let start = Instant::now();
    let columns = Arc::new(roster(users));
    println!(
        "{users} users made and taken in: {:.0} ms (made-up text included)",
        ms(start.elapsed())
    );
    let mib = |bytes: usize| bytes as f64 / 1_048_576.0;
    println!(
        "columns: {:.1} MiB; resident: {:.1} MiB\n",
        mib(columns.bytes()),
        mib(resident() - before)
    );
    println!("{:<46}{:>10}{:>12}", "what", "target ms", "median ms");
    ticking(&columns);
    filtering(&columns);
    counting(&columns);
    lists(&columns);
    println!("\nresident at the end: {:.1} MiB", mib(resident() - before));
}

fn ticking(columns: &Arc<Columns>) {
    let all = Matches::new(Bitmap::full(columns.len()));
    let mut selection = Selection::default();
    row("tick one, with scope and consequences", 3.0, || {
        selection.toggle(columns.len() / 2);
        after(columns, &selection, &all);
    });
    let mut tick = true;
    row("tick all / none, with scope and consequences", 3.0, || {
        if tick {
            selection.tick(all.rows())
        } else {
            selection.untick(all.rows())
        };
        tick = !tick;
        after(columns, &selection, &all);
    });
    selection.tick(&(0..columns.len()).step_by(3).collect());
    row("invert, with scope and consequences", 3.0, || {
        selection.invert(all.rows());
        after(columns, &selection, &all);
    });
    let mut undo = true;
    row("undo / redo, with scope and consequences", 3.0, || {
        if undo {
            selection.undo()
        } else {
            selection.redo()
        };
        undo = !undo;
        after(columns, &selection, &all);
    });
    let some = Matches::new(find(columns, "meli", None));
    row("tick all that match", 3.0, || {
        selection.invert(some.rows());
        after(columns, &selection, &some);
    });
    row("a page at the end", 3.0, || {
        for number in all.window(all.len() - 50, 50) {
            black_box(columns.row(number).map(|row| (row.name().shown(), row.address().shown())));
        }
    });
}

/// What the page does after every change of the ticks.
fn after(columns: &Columns, selection: &Selection, matches: &Matches) {
    black_box((selection.header(matches), selection.scope(matches)));
    black_box(tally(columns, selection.ticked(), METHOD));
}

fn filtering(columns: &Arc<Columns>) {
    let everywhere = [
        ("m", 25.0),
        ("me", 25.0),
        ("mel", 10.0),
        ("meli", 10.0),
        ("dlamini", 10.0),
        ("nobody-at-all", 10.0),
        ("acme mel", 25.0),
        ("!m", 25.0),
        ("domain:gmail.com", 10.0),
        ("status:unlinked", 25.0),
        ("outcome:email", 10.0),
    ];
    for (text, target) in everywhere {
        row(
            &format!("filter {text:?}, {} match", find(columns, text, None).count()),
            target,
            || {
                black_box(Matches::new(find(columns, text, None)));
            },
        );
    }
    for (earlier, text) in [("m", "me"), ("me", "mel"), ("mel", "meli")] {
        let known = find(columns, earlier, None);
        row(&format!("filter {earlier:?} typed on to {text:?}"), 10.0, || {
            black_box(Matches::new(find(columns, text, Some(&known))));
        });
    }
}

fn counting(columns: &Arc<Columns>) {
    let all = Bitmap::full(columns.len());
    for facet in Facet::ALL {
        row(&format!("facet {}", facet.title()), 3.0, || {
            black_box(facet.count(columns, &all, Some(METHOD)));
        });
    }
    let every_third: Bitmap = (0..columns.len()).step_by(3).collect();
    row("facet Domain of every third", 3.0, || {
        black_box(Facet::Domain.count(columns, &every_third, Some(METHOD)));
    });
    let first = Facet::Domain.count(columns, &all, None).first().map(|row| row.key);
    row("tick a facet's value", 3.0, || {
        black_box(first.map(|key| key.rows(columns, Some(METHOD))));
    });
}

fn lists(columns: &Arc<Columns>) {
    let list: Vec<String> = (0..300)
        .filter_map(|n| columns.row(n * 7 % columns.len()))
        .map(|row| row.address().raw().to_owned())
        .collect();
    let list = list.join("\n");
    row("300 pasted addresses", f64::NAN, || {
        black_box(find_addresses(columns, &list));
    });
    let some: Bitmap = find(columns, "mel", None);
    row("a choice written and read", f64::NAN, || {
        black_box(Choice::of(&some, columns.len()).expand(columns.len()).ok());
    });
    row("a clone and one more user", f64::NAN, || {
        let mut clone = Columns::clone(columns);
        clone.push(&user(7, "x", "X", "x@acme.example"));
        black_box(clone.len());
    });
}

fn find(columns: &Arc<Columns>, text: &str, within: Option<&Bitmap>) -> Bitmap {
    let query = Query::parse(text).unwrap_or_default();
    let search = Search::new(Arc::clone(columns), query, Some(METHOD), &Bitmap::new());
    match within {
        Some(known) => search.narrowing(known, columns.len()).run(),
        None => search.run(),
    }
}

fn row(what: &str, target: f64, mut act: impl FnMut()) {
    let mut times: Vec<Duration> = Vec::new();
    for _ in 0..21 {
        let start = Instant::now();
        act();
        times.push(start.elapsed());
    }
    times.sort();
    let median = ms(times[times.len() / 2]);
    let verdict = if median > target { "  over" } else { "" };
    let target = if target.is_nan() { "-".to_owned() } else { format!("{target:.0}") };
    println!("{what:<46}{target:>10}{median:>12.3}{verdict}");
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}

fn roster(users: u32) -> Columns {
    let mut columns = Columns::new();
    for n in 0..users {
        let pick = n.wrapping_mul(2_654_435_761) >> 8;
        let first = FIRST[pick as usize % FIRST.len()];
        let last = LAST[(pick >> 4) as usize % LAST.len()];
        let domain = match pick % 100 {
            0..3 => "gmail.com",
            3..12 => "acme-labs.example",
            12..14 => "oldcorp.example",
            _ => "acme.example",
        };
        let name = format!("{first} {last}");
        let plain = if first.is_ascii() { first } else { "m" };
        let address = format!("{}.{last}{n}@{domain}", plain.replace(' ', "."));
        let user_id = format!("{}{n}", last.to_lowercase());
        columns.push(&user(n, &user_id, &name, &address));
    }
    columns
}

fn user<'a>(n: u32, user_id: &'a str, name: &'a str, address: &'a str) -> RowIn<'a> {
    let pick = n.wrapping_mul(2_246_822_519) >> 9;
    let facts = Facts::default()
        .with(Fact::Consumer, address.ends_with("gmail.com"))
        .with(Fact::DomainVerified, address.ends_with("acme.example"))
        .with(Fact::Linked, pick.is_multiple_of(5))
        .with(Fact::InvitedEver, pick.is_multiple_of(7));
    RowIn {
        user_id,
        name,
        address,
        department: DEPARTMENTS[pick as usize % DEPARTMENTS.len()],
        state: if pick.is_multiple_of(5) { UserState::Linked } else { UserState::Unlinked },
        facts,
    }
}

/// Resident memory in bytes, where the system tells it; 0 elsewhere.
fn resident() -> usize {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages = statm.split(' ').nth(1).and_then(|pages| pages.parse::<usize>().ok());
    pages.unwrap_or(0) * 4_096
}
