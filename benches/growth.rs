//! How everything grows with a roster: `cargo bench --bench growth [-- USERS ...]`.
//!
//! Runs the demo in a terminal of its own, from its first start on, then a backend with the same data
//! and a client, and prints seconds and megabytes for each size, with the exponent between the first
//! size and the last: 1 grows as the roster does, 0 not at all. Must not fail on a slow machine.
#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a benchmark prints its table, and what cannot go on ends it"
)]

use std::path::Path;
use std::time::{Duration, Instant};

use futures_util::StreamExt as _;
use hublink::api::endpoint::{Endpoint as _, Nothing};
use hublink::api::plan::{Apply, ApplyPlan, Held, MakePlan, NewPlan, Plan, Selection};
use hublink::client::endpoint::Endpoint;
use hublink::client::{Client, Options};
use hublink::demo::{DemoOptions, world::WorldOptions};

#[path = "../tests/pty/terminal.rs"]
#[expect(dead_code, reason = "the tests need more of the terminal")]
mod terminal;

use terminal::{Start, Terminal};

const SITE: &str = "acme.webex.example";
const DOWN: &str = "\x1b[B";

/// What was measured, by name: a value for each size.
#[derive(Default)]
struct Table {
    rows: Vec<(&'static str, &'static str, Vec<f64>)>,
}

impl Table {
    fn add(&mut self, what: &'static str, unit: &'static str, value: f64) {
        println!("  {what:<44}{value:>10.3} {unit}");
        match self.rows.iter_mut().find(|(name, ..)| *name == what) {
            Some((.., values)) => values.push(value),
            None => self.rows.push((what, unit, vec![value])),
        }
    }

    fn print(&self, sizes: &[usize]) {
        print!("\n| what |");
        for users in sizes {
            print!(" {users} |");
        }
        println!(" exponent |\n| --- |{} --- |", " ---: |".repeat(sizes.len()));
        let decades = match sizes {
            [first, .., last] => (*last as f64 / *first as f64).log10(),
            _ => 0.0,
        };
        for (what, unit, values) in &self.rows {
            print!("| {what}, {unit} |");
            for value in values {
                print!(" {value:.3} |");
            }
            match (values.first(), values.last()) {
                (Some(first), Some(last)) if decades > 0.0 => {
                    println!(" {:.2} |", (last / first).log10() / decades);
                }
                _ => println!(" |"),
            }
        }
    }
}

fn main() {
    let mut sizes: Vec<usize> =
        std::env::args().skip(1).filter_map(|arg| arg.parse().ok()).collect();
    if sizes.is_empty() {
        sizes = vec![10_000, 100_000, 1_000_000];
    }
    let mut table = Table::default();
    for users in &sizes {
        println!("{users} users");
        let folder = tempfile::tempdir().expect("a folder");
        let data = folder.path().join("data");
        screen(&mut table, *users, &data);
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        runtime.block_on(backend(&mut table, *users, &data));
    }
    table.print(&sizes);
}

/// What somebody at the keys waits for.
fn screen(table: &mut Table, users: usize, data: &Path) {
    let (count, data) = (users.to_string(), data.to_str().expect("a path"));
    let args = ["demo", "--users", count.as_str(), "--data", data];
    let (terminal, took) = started(&args);
    table.add("demo: first start to a usable screen", "s", took);
    table.add("demo: most memory of the first start", "MB", status(&terminal, "VmHWM"));
    end(terminal);
    let (terminal, took) = started(&args);
    table.add("demo: started again", "s", took);
    terminal.send("\t");
    terminal.wait_for("w wizards");
    let began = Instant::now();
    terminal.send("u");
    terminal.wait_for("Amara Okafor");
    table.add("list of users: first rows", "s", began.elapsed().as_secs_f64());
    let all = format!("{} users", grouped(users));
    terminal.wait_for(&all);
    table.add("list of users: all of them", "s", began.elapsed().as_secs_f64());
    let mut keys: Vec<f64> = (0..40).map(|_| key(&terminal, DOWN)).collect();
    keys.sort_by(f64::total_cmp);
    table.add("Down, until the screen has changed", "ms", keys[keys.len() / 2]);
    terminal.send("\x1b");
    terminal.wait_for("ORGANIZATIONS");
    let began = Instant::now();
    terminal.send("u");
    terminal.wait_for(&all);
    table.add("list of users: opened again", "s", began.elapsed().as_secs_f64());
    table.add("demo, backend and client in one: memory", "MB", status(&terminal, "VmRSS"));
    end(terminal);
}

fn started(args: &[&str]) -> (Terminal, f64) {
    let began = Instant::now();
    let terminal = Terminal::start(&Start::hublink(args));
    let deadline = began + Duration::from_mins(10);
    loop {
        let text = terminal.text();
        if text.contains(SITE) {
            return (terminal, began.elapsed().as_secs_f64());
        }
        assert!(Instant::now() < deadline && !terminal.has_ended(), "no usable screen:\n{text}");
        terminal.wait_change(&text, deadline);
    }
}

/// Presses a key and answers how many milliseconds it took until the screen had changed.
fn key(terminal: &Terminal, bytes: &str) -> f64 {
    let before = terminal.text();
    let began = Instant::now();
    terminal.send(bytes);
    terminal.wait_change(&before, began + Duration::from_secs(1));
    began.elapsed().as_secs_f64() * 1e3
}

fn end(terminal: Terminal) {
    terminal.signal(rustix::process::Signal::TERM);
    terminal.wait_exit(Duration::from_mins(1));
    drop(terminal);
}

/// A line of `/proc/PID/status`, in MB.
fn status(terminal: &Terminal, name: &str) -> f64 {
    memory_of(&terminal.pid().to_string(), name)
}

fn memory_of(process: &str, name: &str) -> f64 {
    let text = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    let kib = line.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok());
    kib.unwrap_or_default() / 1_024.0
}

fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// What the backend and its client take, on the data that is there.
async fn backend(table: &mut Table, users: usize, data: &Path) {
    let world = WorldOptions { users, ..WorldOptions::default() };
    let demo = hublink::demo::start(DemoOptions { world, data: Some(data.to_owned()) });
    let demo = demo.await.expect("a demo");
    let endpoint = Endpoint::parse(&demo.url, false).expect("an endpoint");
    let client = Client::new(endpoint, &Options::default()).expect("a client");
    let client = client.with_token(Some(&demo.token)).expect("a token");
    for (first, all) in [
        ("roster into columns: first rows", "roster into columns: all"),
        ("roster into columns, again: first rows", "roster into columns, again: all"),
    ] {
        let began = Instant::now();
        let mut parts = std::pin::pin!(client.roster(SITE));
        let mut seen = None;
        while let Some(part) = parts.next().await {
            let part = part.expect("a roster");
            seen.get_or_insert(began.elapsed());
            if part.complete {
                break;
            }
        }
        table.add(first, "s", seen.unwrap_or_default().as_secs_f64());
        table.add(all, "s", began.elapsed().as_secs_f64());
    }
    let began = Instant::now();
    let wanted = NewPlan { selection: Selection::All {}, held: Held::Hold };
    let request = MakePlan::call(SITE.into(), Nothing, wanted);
    let plan: Plan = client.ask(&request).await.expect("a plan");
    table.add("plan over all", "s", began.elapsed().as_secs_f64());
    let began = Instant::now();
    let asked = Apply { count: Some(plan.selected), digest: Some(plan.digest.clone()) };
    let request = ApplyPlan::call(plan.id.clone(), Nothing, asked);
    client.send(&request, None).await.expect("a run");
    table.add("apply it", "s", began.elapsed().as_secs_f64());
    table.add("this process at its end: memory", "MB", memory_of("self", "VmRSS"));
    drop(client);
    demo.stop().await.expect("its end");
}
