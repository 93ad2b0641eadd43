//! Times blocks of a roster and folding facts: `cargo bench --bench blocks [-- USERS]`.
//!
//! Prints rows a second of writing, packing, unpacking and folding, and of taking blocks into a
//! client's columns, on a made-up roster of a million users. Must not fail on a slow machine.
#![expect(clippy::print_stdout, reason = "a benchmark prints its table")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use hublink::api::blocks::{Field, Keeps, ROWS, Texts, TextsIn};
use hublink::domain::kept::{Bit, DomainFacts, Kept};
use hublink::roster::{Columns, RowIn};
use jiff::Timestamp;

const FIRST: [&str; 8] =
    ["Amara", "Bjørn", "Chen Wei", "Dana", "Melinda", "Priya", "Zoë", "Tamsin"];
const LAST: [&str; 7] = ["Okafor", "Lund", "Novak", "Dlamini", "Moreau", "Yilmaz", "Haddad"];
const DOMAINS: [&str; 5] =
    ["acme.example", "acme-labs.example", "gmail.com", "oldcorp.example", "eu.acme.example"];

fn main() {
    let users: u32 = std::env::args().skip(1).find_map(|arg| arg.parse().ok()).unwrap_or(1_000_000);
    let blocks = users.div_ceil(ROWS);
    println!("{users} users in {blocks} blocks\n{:<34}{:>9}{:>14}", "what", "ms", "rows/s");
    let texts =
        timed("write text", users, || (0..blocks).map(|b| text(b, users)).collect::<Vec<_>>());
    let keeps = timed("write what is kept", users, || {
        (0..blocks).map(|b| kept(b, users)).collect::<Vec<_>>()
    });
    let texts = timed("pack text", users, || texts.iter().map(Texts::pack).collect::<Vec<_>>());
    let keeps =
        timed("pack what is kept", users, || keeps.iter().map(Keeps::pack).collect::<Vec<_>>());
    let size = |parts: &[Vec<u8>]| parts.iter().map(Vec::len).sum::<usize>() as f64 / 1e6;
    let (text_mb, kept_mb) = (size(&texts), size(&keeps));
    let texts = timed("unpack text", users, || {
        texts.iter().filter_map(|part| Texts::unpack(part).ok()).collect::<Vec<_>>()
    });
    let keeps = timed("unpack what is kept", users, || {
        keeps.iter().filter_map(|part| Keeps::unpack(part).ok()).collect::<Vec<_>>()
    });
    let now = Timestamp::from_second(1_772_355_600).unwrap_or_default();
    timed("fold facts", users, || {
        for kept in keeps.iter().flat_map(Keeps::rows) {
            let gathered = kept.gathered(DomainFacts::default(), true);
            black_box((gathered.at(now), gathered.state(now)));
        }
    });
    let mut columns = timed("take into columns", users, || {
        let mut columns = Columns::new();
        for (texts, keeps) in texts.iter().zip(&keeps) {
            let rows: Vec<RowIn<'_>> = (0..texts.rows() as usize)
                .map(|at| {
                    let gathered = keeps.rows()[at].gathered(DomainFacts::default(), true);
                    RowIn {
                        user_id: texts.get(at, Field::UserId),
                        name: texts.get(at, Field::Name),
                        address: texts.get(at, Field::Address),
                        department: texts.get(at, Field::Department),
                        state: gathered.state(now),
                        facts: gathered.at(now),
                    }
                })
                .collect();
            columns.rewrite(columns.len(), &rows);
        }
        columns
    });
    timed("fold all anew, unchanged", users, || {
        columns.refold(|row, _| {
            let kept = keeps.get((row / ROWS) as usize)?.rows().get((row % ROWS) as usize)?;
            let gathered = kept.gathered(DomainFacts::default(), true);
            Some((gathered.state(now), gathered.at(now)))
        });
    });
    println!(
        "\npacked: text {text_mb:.1} MB, kept {kept_mb:.1} MB; columns {:.1} MB",
        columns.bytes() as f64 / 1e6
    );
}

fn timed<T>(what: &str, users: u32, work: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let made = black_box(work());
    let took = start.elapsed().max(Duration::from_nanos(1));
    let rate = f64::from(users) / took.as_secs_f64();
    println!("{what:<34}{:>9.0}{rate:>14.0}", took.as_secs_f64() * 1e3);
    made
}

fn numbers(block: u32, users: u32) -> std::ops::Range<u32> {
    block * ROWS..users.min((block + 1) * ROWS)
}

fn text(block: u32, users: u32) -> Texts {
    let mut texts = Texts::default();
    for n in numbers(block, users) {
        let at = n.wrapping_mul(2_654_435_761) >> 8;
        let (first, last) = (FIRST[at as usize % FIRST.len()], LAST[at as usize / 8 % LAST.len()]);
        let name = format!("{first} {last}");
        let domain = DOMAINS[at as usize / 64 % 40 % DOMAINS.len()];
        let address = format!("{}.{}{n}@{domain}", first.to_lowercase(), last.to_lowercase());
        let address = address.replace(['ø', 'ë', ' '], "o");
        let user_id = format!("acme{n:07}");
        let department = ["Sales", "Engineering", "Finance", ""][at as usize % 4];
        texts.push(&TextsIn {
            user_id: &user_id,
            name: &name,
            address: &address,
            key: Some(&address),
            department,
        });
    }
    texts
}

fn kept(block: u32, users: u32) -> Keeps {
    let row = |n: u32| {
        let linked =
            if n.is_multiple_of(2) { Bit::Linked as u16 | Bit::Identity as u16 } else { 0 };
        let invited_at = (n % 60 == 1).then_some(1_772_000_000_000 + i64::from(n));
        Kept::new(linked | Bit::Active as u16 | Bit::Usable as u16, invited_at)
    };
    Keeps::new(numbers(block, users).map(row).collect())
}
