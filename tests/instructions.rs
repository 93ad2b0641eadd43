//! Instructions, counted: what a key costs, and how work grows with the number of users (SPEC section 10).
//!
//! Owns a gate that no noise can break: callgrind counts the instructions of a piece of work at two
//! sizes, and both the growth and the number itself have a limit. The numbers are of this crate without
//! optimisation, so they say nothing of time; the limits leave a third for another compiler. `cargo
//! test --test instructions` prints the table. Without valgrind it is skipped and says so; CI has it.

#![expect(clippy::print_stdout, reason = "a gate prints its table")]
#![expect(clippy::unwrap_used, clippy::panic, reason = "a count that cannot be made fails")]

use std::hint::black_box;
use std::process::{Command, ExitCode};
use std::time::Instant;

use hublink::api::blocks::{Field, Keeps, ROWS, Texts, TextsIn};
use hublink::domain::kept::{Bit, DomainFacts, Kept};
use hublink::roster::{Columns, RowIn};
use hublink::tui::terminal::paint::Painter;
use jiff::Timestamp;

#[path = "flows/select/desk.rs"]
#[expect(dead_code, reason = "the flows need more of the desk")]
mod desk;

use desk::{Desk, crowd};

/// Which piece of work this process shall do, and for how many users: set by the process that counts.
const WORK: &str = "HUBLINK_INSTRUCTIONS";

/// A piece of work and its limits.
struct Case {
    name: &'static str,
    sizes: [u32; 2],
    /// The larger size may cost so many times the smaller.
    growth: f64,
    /// Millions of instructions at the larger size, at most.
    most: f64,
    work: fn(u32),
}

impl Case {
    const fn of(
        name: &'static str,
        sizes: [u32; 2],
        growth: f64,
        most: f64,
        work: fn(u32),
    ) -> Self {
        Self { name, sizes, growth, most, work }
    }
}

const CASES: [Case; 7] = [
    Case::of("a Down in Select", [1_000, 50_000], 1.05, 10.0, |n| key(n, "down")),
    Case::of("a tick in Select", [1_000, 50_000], 1.1, 10.5, |n| key(n, "space")),
    Case::of("all ticked in Select", [1_000, 50_000], 2.0, 22.0, |n| key(n, "a")),
    Case::of("a letter of the filter", [5_000, 50_000], 1.5, 18.0, letter),
    Case::of("a whole screen painted", [1_000, 50_000], 1.05, 17.0, screen),
    Case::of("blocks read into columns", [4_096, 20_480], 5.2, 1_400.0, decode),
    Case::of("facts folded", [5_000, 50_000], 10.5, 62.0, fold),
];

fn main() -> ExitCode {
    if let Ok(which) = std::env::var(WORK) {
        let (case, users) = which.split_once(' ').unwrap();
        let case = &CASES[case.parse::<usize>().unwrap()];
        (case.work)(users.parse().unwrap());
        return ExitCode::SUCCESS;
    }
    judge()
}

/// The work that is counted stands in here and nowhere else.
#[inline(never)]
fn counted(work: &mut dyn FnMut()) {
    work();
}

/// Counts every case that the command line asks for.
fn judge() -> ExitCode {
    let start = Instant::now();
    let mut args = std::env::args().skip(1);
    let mut wanted = Vec::new();
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--list" => return ExitCode::SUCCESS,
            "--skip" | "--test-threads" | "--color" | "--format" => drop(args.next()),
            flag if flag.starts_with('-') => {}
            filter => wanted.push(filter.to_owned()),
        }
    }
    if Command::new("valgrind").arg("--version").output().is_err() {
        let needed = std::env::var_os("CI").is_some();
        println!(
            "skipped: valgrind is not installed, and nothing else counts instructions alike everywhere"
        );
        return if needed { ExitCode::FAILURE } else { ExitCode::SUCCESS };
    }
    let (mut passed, mut failed, mut left) = (0, 0, 0);
    println!(
        "\n{:<28}{:>8}{:>12}{:>8}{:>12}{:>9}{:>13}",
        "what", "users", "million", "users", "million", "growth", "limits"
    );
    for (at, case) in CASES.iter().enumerate() {
        if !wanted.is_empty() && !wanted.iter().any(|text| case.name.contains(text.as_str())) {
            left += 1;
            continue;
        }
        let [small, large] = case.sizes.map(|users| count(at, users));
        let growth = large / small;
        let ok = growth <= case.growth && large <= case.most;
        if ok {
            passed += 1;
        } else {
            failed += 1;
        }
        println!(
            "{:<28}{:>8}{small:>12.3}{:>8}{large:>12.3}{growth:>9.3}{:>13}  {}",
            case.name,
            case.sizes[0],
            case.sizes[1],
            format!("{:.2}, {:.0}", case.growth, case.most),
            if ok { "ok" } else { "TOO MANY" }
        );
    }
    let result = if failed == 0 { "ok" } else { "FAILED" };
    println!(
        "\ntest result: {result}. {passed} passed; {failed} failed; 0 ignored; 0 measured; {left} filtered out; finished in {:.2}s\n",
        start.elapsed().as_secs_f64()
    );
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Millions of instructions of a case, as callgrind counts them.
fn count(case: usize, users: u32) -> f64 {
    let out = std::env::temp_dir()
        .join(format!("hublink-{}-{case}-{users}.callgrind", std::process::id()));
    let run = Command::new("valgrind")
        .args([
            "--tool=callgrind",
            "--collect-atstart=no",
            "--toggle-collect=instructions::counted",
        ])
        .arg(format!("--callgrind-out-file={}", out.display()))
        .arg(std::env::current_exe().unwrap())
        .env(WORK, format!("{case} {users}"))
        .output()
        .unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    let text = std::fs::read_to_string(&out).unwrap();
    std::fs::remove_file(&out).unwrap();
    let total = text.lines().find_map(|line| line.strip_prefix("totals: ")?.parse::<f64>().ok());
    match total {
        Some(total) if total > 0.0 => total / 1e6,
        _ => panic!("callgrind counted nothing: is the work still inside of `counted`?"),
    }
}

/// Select with so many users, all of them drawn once.
fn select(users: u32) -> (Desk, Painter) {
    let mut desk = Desk::open(crowd(users));
    let mut painter = Painter::new();
    // What a first key makes for all that follow is not counted.
    desk.hit("down").hit("down");
    painter.paint(desk.frame(), None, &mut Vec::new());
    (desk, painter)
}

/// A key in Select, from the key to the bytes for the terminal.
fn key(users: u32, key: &str) {
    let (mut desk, mut painter) = select(users);
    let mut bytes = Vec::new();
    counted(&mut || {
        desk.hit(key);
        painter.paint(desk.frame(), None, &mut bytes);
    });
    assert!(!bytes.is_empty(), "a key that changes nothing costs nothing");
}

fn letter(users: u32) {
    let (mut desk, mut painter) = select(users);
    desk.hit("/").hit("u");
    painter.paint(desk.frame(), None, &mut Vec::new());
    counted(&mut || {
        desk.hit("7");
        painter.paint(desk.frame(), None, &mut Vec::new());
    });
}

fn screen(users: u32) {
    let (desk, mut painter) = select(users);
    painter.forget();
    counted(&mut || painter.paint(desk.frame(), None, &mut Vec::new()));
}

/// Blocks as they come over the line, into the columns that Select shows.
fn decode(users: u32) {
    let blocks: Vec<_> = (0..users.div_ceil(ROWS))
        .map(|block| users.min((block + 1) * ROWS) - block * ROWS)
        .map(|rows| (texts(rows).pack(), keeps(rows).pack()))
        .collect();
    let now = Timestamp::UNIX_EPOCH;
    counted(&mut || {
        let mut columns = Columns::new();
        for (texts, keeps) in &blocks {
            let (texts, keeps) = (Texts::unpack(texts).unwrap(), Keeps::unpack(keeps).unwrap());
            let row = |at: usize| {
                let gathered = keeps.rows()[at].gathered(DomainFacts::default(), true);
                RowIn {
                    user_id: texts.get(at, Field::UserId),
                    name: texts.get(at, Field::Name),
                    address: texts.get(at, Field::Address),
                    department: texts.get(at, Field::Department),
                    state: gathered.state(now),
                    facts: gathered.at(now),
                }
            };
            let rows: Vec<RowIn<'_>> = (0..texts.rows() as usize).map(row).collect();
            columns.rewrite(columns.len(), &rows);
        }
        black_box(columns.len());
    });
}

fn fold(users: u32) {
    let keeps = keeps(users);
    let now = Timestamp::UNIX_EPOCH;
    counted(&mut || {
        for kept in keeps.rows() {
            let gathered = kept.gathered(DomainFacts::default(), true);
            black_box((gathered.at(now), gathered.state(now)));
        }
    });
}

fn texts(users: u32) -> Texts {
    let mut texts = Texts::default();
    for n in 0..users {
        let address = format!("amara.okafor{n}@acme.example");
        texts.push(&TextsIn {
            user_id: &format!("acme{n:07}"),
            name: "Amara Okafor",
            address: &address,
            key: Some(&address),
            department: ["Sales", "Engineering", "Finance", ""][n as usize % 4],
        });
    }
    texts
}

fn keeps(users: u32) -> Keeps {
    let bits = |n: u32| if n.is_multiple_of(2) { Bit::Linked as u16 } else { Bit::Active as u16 };
    Keeps::new((0..users).map(|n| Kept::new(bits(n) | Bit::Usable as u16, None)).collect())
}
