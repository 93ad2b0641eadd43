//! A page in lines: what is told, and what each number means.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::numbers::Numbers;
use super::{Item, SHOWN, worth_naming};
use crate::domain::fold::fold;
use crate::domain::number::thousands;
use crate::domain::untrusted::Untrusted;
use crate::tui::app::App;
use crate::tui::page::{Block, FieldSpec, Page, Piece, Stop, TallyRow};
use crate::tui::reach::{Group, Reach};
use crate::tui::screen::Told;
use crate::tui::theme::glyphs;
use crate::tui::widget::field::Kind;

/// What is said of keys, and how it is told where nobody presses any. Whole phrases of ours: a name
/// that has one of their words in it stays as it is.
const PHRASES: [(&str, &str); 25] = [
    (", press wizards on the organization, on", ", say wizards on"),
    ("Enter takes one into the field", "a number takes one into the field"),
    ("Enter tries again", "say next to try again"),
    ("Enter asks again;", "Say next to ask again;"),
    ("Enter asks once more", "next asks once more"),
    ("Enter looks it up", "next looks it up"),
    ("none ticked, Enter goes on.", "none ticked, say next to go on."),
    ("Enter goes on, and signs nothing", "next goes on, and signs nothing"),
    ("Enter goes on to it.", "Say next to go on to it."),
    ("Enter goes on, at", "Say next to go on, at"),
    ("Enter goes to the run.", "Say next to go to the run."),
    ("Enter makes a new plan", "Say next for a new plan"),
    ("Esc goes back to", "Say back to go to"),
    ("Esc goes back, where you choose", "Say back to choose"),
    ("Esc goes back: ", "Say back: "),
    ("Esc goes back", "say back to go there"),
    ("esc goes back to", "say back to go to"),
    ("esc goes back", "say back to go there"),
    ("Esc clears the filter", "/ alone clears the filter"),
    ("Esc chooses another organization;", "Say back for another organization;"),
    ("Esc leaves; you keep it", "Say leave to leave; you keep it"),
    (": Space ticks", ": its number ticks it"),
    ("enter opens it; read to its end", "its number opens it; it is read to its end"),
    ("✓ read to its end", "read to its end"),
    ("can follow with one key", "can follow by saying rest"),
];

/// What is to be told.
pub(super) struct Spoken {
    /// Where one is.
    pub title: String,
    /// What is there.
    pub lines: Vec<String>,
    /// What the numbers mean.
    pub items: BTreeMap<usize, Item>,
    /// A number that confirms is asked for.
    pub counts: bool,
}

/// What a line begins with that says why one cannot go on.
pub(super) const NOT_YET: &str = "Not yet: ";

/// So many matches of a field that takes one of many are told.
const MATCHES: usize = 6;

/// Tells the screen in front.
pub(super) fn speak(app: &App, search: &str, quiet: bool, numbers: &mut Numbers) -> Spoken {
    let (crumbs, right) = app.whereabouts();
    let mut title = crumbs.join(", ");
    if !right.is_empty() {
        title = format!("{title}. {right}");
    }
    let (lines, items) = (Vec::new(), BTreeMap::new());
    let mut spoken = Spoken { title: plain(&title), lines, items, counts: false };
    let places = app.places();
    match app.told() {
        Some(told) => page(told, &mut spoken, quiet, numbers),
        None if !places.is_empty() => home(places, search, &mut spoken, quiet),
        None => drawn(app, &mut spoken),
    }
    if !quiet {
        spoken.lines.push(hint(app));
    }
    spoken
}

/// What one may say, in one line.
fn hint(app: &App) -> String {
    let acts = worth_naming(app).into_iter().take(9).map(|act| {
        let same = act.name == act.label;
        if same { act.name } else { format!("{} ({})", act.name, act.label) }
    });
    let acts: Vec<String> = acts.collect();
    plain(&format!("You can say: {}; ? for everything.", acts.join(", ")))
}

fn page(told: Told, spoken: &mut Spoken, quiet: bool, numbers: &mut Numbers) {
    let Told { page, above, below } = told;
    spoken.lines.extend(above.iter().map(|line| plain(line)));
    let stops = page.stops();
    let numbers = numbers.of(&spoken.title, &stops);
    let items = stops.into_iter().enumerate().map(|(at, stop)| Item::Stop(at, Box::new(stop)));
    spoken.items = numbers.iter().copied().zip(items).collect();
    spoken.counts = spoken.items.values().any(|item| item.count().is_some());
    let mut numbers = numbers.into_iter();
    // It is told below, once.
    let same_as = page.same_as.as_ref().map(|command| format!("same as: {command}"));
    let again = |block: &Block| matches!(block, Block::Prose { text, .. } if Some(text) == same_as.as_ref());
    for block in page.blocks.iter().filter(|block| !again(block)) {
        told_block(block, &mut numbers, quiet, &mut spoken.lines);
    }
    after(&page, spoken, quiet);
    if !quiet {
        spoken.lines.extend(below.iter().map(|line| plain(line)));
    }
}

fn after(page: &Page, spoken: &mut Spoken, quiet: bool) {
    if let Some((key, why)) = &page.refused {
        let why = sayable(why, spoken.items.iter().find(|(_, item)| item.count() == Some(*key)));
        spoken.lines.push(plain(&format!("{NOT_YET}{why}")));
    }
    spoken.lines.extend(page.scope.iter().map(|line| plain(line)));
    if !page.consequences.is_empty() {
        let words: String =
            page.consequences.iter().map(|piece: &Piece| piece.text.as_str()).collect();
        spoken.lines.push(plain(&words));
    }
    if let Some(command) = page.same_as.as_ref().filter(|_| !quiet) {
        spoken.lines.push(plain(&format!("The same as: {command}")));
    }
}

/// Why one cannot go on; the number that is to be typed comes with that of its field, as it is said.
fn sayable(why: &str, field: Option<(&usize, &Item)>) -> String {
    let typed = why.strip_prefix("Type ").and_then(|rest| rest.split_once(", "));
    match (field, typed) {
        (Some((number, _)), Some((typed, rest))) => {
            format!("Say {number} {}: {rest}", typed.replace(',', ""))
        }
        _ => why.to_owned(),
    }
}

fn told_block(
    block: &Block,
    numbers: &mut impl Iterator<Item = usize>,
    quiet: bool,
    out: &mut Vec<String>,
) {
    // A block has as many stops as it asks numbers for.
    let mut next = || numbers.next().unwrap_or_default();
    let said = |far: &str, out: &[String]| out.iter().any(|line| line.ends_with(far));
    let told_above = match block {
        Block::Progress { done, total, .. } => said(&format!(", {}", how_far(*done, *total)), out),
        _ => false,
    };
    let mut say = |line: String| {
        let line = plain(&line);
        if !line.is_empty() {
            out.push(line);
        }
    };
    match block {
        Block::Prose { text, .. } | Block::Notice { text, .. } => {
            text.lines().for_each(|line| say(line.to_owned()));
        }
        Block::Heading(text) if text.ends_with(['?', '.', ':']) => say(text.clone()),
        Block::Heading(text) => say(format!("{text}:")),
        Block::Facts(facts) => {
            for (label, value) in facts {
                say(format!("{}: {value}", label.trim_end()));
            }
        }
        Block::States(states) => {
            for (_, name, words) in states {
                say(format!("{name}: {words}"));
            }
        }
        Block::Field(spec) => field(next(), spec, quiet, &mut say),
        Block::Pick(spec) => {
            field(next(), &spec.field, quiet, &mut say);
            let named = !spec.field.value.is_empty();
            for option in spec.options.iter().take(MATCHES).filter(|_| named) {
                say(format!("   it may be: {} {}", option.label, option.note));
            }
        }
        Block::Choice(choice) => {
            for option in &choice.options {
                let chosen = choice.chosen.as_ref() == Some(&option.id);
                let state = match (&option.disabled, chosen) {
                    (Some(why), _) => format!(" (cannot be chosen: {why})"),
                    (None, true) => " (chosen)".to_owned(),
                    (None, false) => String::new(),
                };
                let detail = if quiet || option.detail.is_empty() {
                    String::new()
                } else {
                    format!(". {}", option.detail)
                };
                say(format!("{}. {}{state}{detail}", next(), option.label));
            }
        }
        Block::Ticks(ticks) => {
            for row in &ticks.rows {
                let state = if row.ticked { "ticked" } else { "not ticked" };
                let count = row.number.map(|n| format!(", {}", thousands(n))).unwrap_or_default();
                let note = row.disabled.as_ref().unwrap_or(&row.note);
                let note = if note.is_empty() { String::new() } else { format!(", {note}") };
                say(format!("{}. {}: {state}{count}{note}", next(), row.label));
            }
        }
        Block::Tally(rows) => tally(rows, &mut next, &mut say),
        Block::Progress { done, total, words } => {
            // In lines of their own: of what goes on, only what changes is told again.
            let far = how_far(*done, *total);
            if !words.contains(&far) && !told_above {
                say(far);
            }
            say(words.clone());
        }
        Block::Value { label, value } => {
            say(format!("{}. {label}:", next()));
            say(value.to_string());
        }
        Block::Rows(rows) if rows.rows.is_empty() => say(rows.empty.clone()),
        Block::Rows(rows) => {
            for row in &rows.rows {
                let cells: Vec<&str> = row
                    .cells
                    .iter()
                    .map(|cell| cell.trim())
                    .filter(|cell| !cell.is_empty())
                    .collect();
                say(format!("{}. {}", next(), cells.join(", ")));
            }
        }
        Block::Gap => {}
    }
}

/// Numbers with what they count; what a total is made of is drawn further in.
fn tally(rows: &[TallyRow], next: &mut impl FnMut() -> usize, say: &mut impl FnMut(String)) {
    let mut below_total = false;
    for row in rows {
        below_total |= row.depth == 0;
        let lead = row.id.as_ref().map(|_| format!("{}. ", next())).unwrap_or_default();
        let note = if row.note.is_empty() { String::new() } else { format!(" ({})", row.note) };
        let number = thousands(row.number);
        let part = below_total && row.depth > 0 && !row.words.starts_with("of them");
        let told = if part {
            format!("of them {number}: {}", row.words.replace(": ", ", "))
        } else {
            format!("{number} {}", row.words)
        };
        say(format!("{lead}{told}{note}"));
    }
}

/// How far something has come that goes on by itself.
pub(super) fn how_far(done: u64, total: u64) -> String {
    match total {
        100 => format!("{done} %"),
        _ => format!("{} of {}", thousands(done), thousands(total)),
    }
}

fn field(number: usize, spec: &FieldSpec, quiet: bool, say: &mut impl FnMut(String)) {
    let value = match (spec.kind, spec.value.is_empty()) {
        (_, true) => "nothing yet".to_owned(),
        (Kind::Secret, false) => "given".to_owned(),
        (_, false) => spec.value.clone(),
    };
    let hint =
        if quiet || spec.hint.is_empty() { String::new() } else { format!(" ({})", spec.hint) };
    say(format!("{number}. {}: {value}{hint}", spec.label.trim_end_matches(':')));
    if let Some(error) = &spec.error {
        say(format!("   not right yet: {error}"));
    }
}

/// The places of home: what was begun first, what cannot be done only when it is looked for.
fn home(places: Vec<Reach>, search: &str, spoken: &mut Spoken, quiet: bool) {
    let words: Vec<String> = search.split_whitespace().map(fold).collect();
    let mut found: Vec<Reach> = places
        .into_iter()
        .filter(|reach| reach.group != Group::Place)
        .filter(|reach| {
            let text = fold(&format!("{} {}", reach.label, reach.note));
            if words.is_empty() {
                reach.why_not.is_none()
            } else {
                words.iter().all(|word| text.contains(word))
            }
        })
        .collect();
    found.sort_by_key(|reach| (reach.group, reach.why_not.is_some()));
    let count = found.len();
    if !search.is_empty() {
        spoken.lines.push(plain(&format!("Found for {search}, {count}; / alone shows all again:")));
    } else if !quiet {
        spoken.lines.push("What to do? Say its number, or / and words to find more.".to_owned());
    }
    for (at, reach) in found.into_iter().take(SHOWN).enumerate() {
        let Reach { go, label, note, why_not, .. } = reach;
        let why = why_not.as_ref().map(|why| format!(" (not now: {why})")).unwrap_or_default();
        spoken.lines.push(plain(&format!("{}. {label}, {note}{why}", at + 1)));
        spoken.items.insert(at + 1, why_not.map_or(Item::Go(go), Item::Not));
    }
    if let Some(more) = count.checked_sub(SHOWN + 1) {
        spoken.lines.push(format!("And {} more: / and words find them.", more + 1));
    }
}

/// A screen that is only drawn: its text, without anything that is only a picture.
fn drawn(app: &App, spoken: &mut Spoken) {
    for line in app.text_lines() {
        let line = plain(&line);
        if line.chars().any(char::is_alphanumeric) {
            spoken.lines.push(line);
        }
    }
}

/// Lines of one text as sentences on one line.
fn sentences(text: &str) -> Cow<'_, str> {
    if !text.trim_end().contains('\n') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 8);
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        if out.is_empty() {
            out.push_str(line.trim_end());
        } else {
            out.push_str(if out.ends_with(['.', '?', '!', ':']) { " " } else { ". " });
            out.push_str(line.trim().trim_start_matches("· ").trim_end());
        }
    }
    Cow::Owned(out)
}

/// A line without signs that are drawn, and without runs of blanks; what is pressed is said.
pub(super) fn plain(text: &str) -> String {
    let shown = Untrusted::new(sentences(text.trim_end()).as_ref()).shown().to_string();
    let shown = PHRASES.iter().fold(shown, |text, (seen, said)| text.replace(seen, said));
    let mut out = String::with_capacity(shown.len());
    for c in shown.chars() {
        match c {
            '›' | '»' | '→' => out.push_str(", "),
            '·' => out.push(','),
            '…' => out.push_str("..."),
            '✓' => out.push_str("yes:"),
            '✗' => out.push_str("no:"),
            '☑' => out.push_str("ticked "),
            '☐' => out.push_str("not ticked "),
            '–' | '—' => out.push('-'),
            '\u{2500}'..='\u{25ff}' | '\u{2800}'..='\u{28ff}' => out.push(' '),
            c => out.push(if c.is_alphanumeric() { c } else { glyphs::ascii(c).unwrap_or(c) }),
        }
    }
    let indent = out.len() - out.trim_start().len();
    let words: Vec<&str> = out.split_whitespace().collect();
    let joined = words.join(" ").replace(" ,", ",").replace(",,", ",");
    let joined = joined.trim_start_matches([',', ' ']).to_owned();
    if indent >= 3 && !joined.is_empty() { format!("   {joined}") } else { joined }
}

/// What a stop is called, for an answer about it.
pub(super) fn name(stop: &Stop) -> String {
    match stop {
        Stop::Field(spec) => spec.label.clone(),
        Stop::Pick(spec) => spec.field.label.clone(),
        Stop::Option(_, option) => option.label.clone(),
        Stop::Tick(_, row) => row.label.clone(),
        Stop::Row(_, id) => id.clone(),
        Stop::Value(value) => value.to_string(),
    }
}
