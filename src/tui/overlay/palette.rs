//! Everything that can be done from here, and why some of it cannot.
//!
//! Owns the list and its order: acts before movements, what cannot be done last. What is taken is
//! done by the screen below, or by home.

pub mod matching;
pub mod words;

use crossterm::event::KeyEvent;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use self::matching::Texts;
use super::picker::{Pick, Picker};
use crate::domain::untrusted::Untrusted;
use crate::tui::keymap::{Action, Availability, Binding, Keymap, Scope};
use crate::tui::reach::{GO_ON, Go, Group, Reach};
use crate::tui::screen::{About, Cx, Flow, Header, Here, Look, Screen, Told};
use crate::tui::theme::Tone;

/// A row of a worse group loses against a better one of the same words.
const TIER: u32 = 10;
/// What cannot be done comes after what can, unless that has its letters by chance.
const NOT_NOW: u32 = 6 * TIER;

/// The palette.
pub struct Palette {
    picker: Picker<Row>,
    /// The site whose users are searched for what is typed.
    site: Option<Untrusted>,
}

#[derive(Clone)]
struct Row {
    go: Go,
    group: Group,
    texts: Texts,
}

impl Palette {
    /// All actions of these scopes but movements in lists, what can be reached from anywhere, and
    /// what is done elsewhere. `site`: the one whose users can be searched.
    pub fn new(
        keys: &Keymap,
        scopes: &[Scope],
        availability: impl Fn(Action) -> Availability,
        reach: Vec<Reach>,
        site: Option<Untrusted>,
    ) -> Self {
        let mut rows: Vec<Pick<Row>> = Vec::new();
        let has = |rows: &[Pick<Row>], action: Action| {
            let is = |go: &Go| matches!(go, Go::Act(one) | Go::Home(one) if *one == action);
            rows.iter().any(|row| is(&row.value.go))
        };
        for live in keys.live(scopes) {
            let action = live.binding.action;
            if is_plain(action) || has(&rows, action) {
                continue;
            }
            let why_not = match availability(action) {
                Availability::Hidden => continue,
                Availability::Ready => None,
                Availability::Disabled(why) => Some(why.into_owned()),
            };
            let lead = live.chords.first().map(ToString::to_string).unwrap_or_default();
            rows.push(pick(of(live.binding, group(live.binding), why_not), lead));
        }
        // A wizard that has a key of its own stands there once.
        let named = |rows: &[Pick<Row>], label: &str| {
            rows.iter().any(|row| row.ready && row.label.eq_ignore_ascii_case(label))
        };
        let here = |go: &Go| matches!(go, Go::Home(action) if has(&rows, *action));
        let more = reach.into_iter().filter(|one| !named(&rows, &one.label) && !here(&one.go));
        let more: Vec<_> = more.collect();
        rows.extend(more.into_iter().map(|one| pick(one, String::new())));
        for row in keys.rows() {
            let binding = row.binding;
            let Some(place) = place(binding.scope) else { continue };
            if is_plain(binding.action) || is_move(binding.action) || has(&rows, binding.action) {
                continue;
            }
            let why = format!("Not from here, but in {place}. {}.", binding.help);
            let lead = row.chords.first().map(ToString::to_string).unwrap_or_default();
            rows.push(pick(of(binding, Group::Elsewhere, Some(why)), lead));
        }
        if let Some(site) = &site {
            rows.push(pick(users(site, ""), String::new()));
        }
        Self { picker: Picker::ranked("Actions", rows, rank), site }
    }

    /// What was typed is also a name to look for among the users.
    fn typed(&mut self) {
        let (Some(site), typed) = (&self.site, self.picker.typed().to_owned()) else { return };
        self.picker.change(|row| {
            if matches!(row.value.go, Go::Users(..)) {
                *row = pick(users(site, &typed), String::new());
            }
        });
    }
}

/// Movements in a list and the palette itself are nothing to look for.
fn is_plain(action: Action) -> bool {
    action.motion().is_some() || action == Action::Palette
}

fn is_move(action: Action) -> bool {
    use Action::{Back, Filter, Left, NextPane, Open, PreviousPane, Right};
    matches!(action, Back | Filter | Left | NextPane | Open | PreviousPane | Right)
}

fn group(binding: &Binding) -> Group {
    match binding.scope {
        _ if is_move(binding.action) => Group::Move,
        Scope::Global => Group::Everywhere,
        _ => Group::Act,
    }
}

fn of(binding: &Binding, group: Group, why_not: Option<String>) -> Reach {
    let (label, note) = (binding.label.to_owned(), binding.help.to_owned());
    Reach { go: Go::Act(binding.action), group, label, note, why_not }
}

/// Where the rows of a scope are at home, for what is looked for elsewhere.
fn place(scope: Scope) -> Option<&'static str> {
    Some(match scope {
        Scope::Panes => "home",
        Scope::Wizard => "a wizard",
        Scope::Domains => "the domains of Link users",
        Scope::Select => "the selection of Link users",
        Scope::Facets => "the facets of a selection",
        Scope::Cohorts => "the cohorts of a selection",
        Scope::Plan => "a plan",
        Scope::Run => "a run",
        Scope::Users => "the users of a site",
        Scope::Trials => "the trials",
        Scope::Insights => "the insights of a site",
        _ => return None,
    })
}

/// The people of a site whose name is like what was typed.
fn users(site: &Untrusted, typed: &str) -> Reach {
    Reach {
        go: Go::Users(site.clone(), typed.to_owned()),
        group: Group::Place,
        label: format!("people like “{typed}”"),
        note: format!("among the users of {}", site.shown()),
        why_not: None,
    }
}

fn pick(reach: Reach, lead: String) -> Pick<Row> {
    let Reach { go, group, label, note, why_not } = reach;
    // What was begun is found by its own name, before what only has that name in its own.
    let begun = label.strip_prefix(GO_ON);
    let words = format!("{}{}", begun.map_or("", |_| "go on "), words::of(&label));
    let texts = Texts::new(begun.unwrap_or(&label), &words, &note);
    let (ready, note) = (why_not.is_none(), why_not.unwrap_or(note));
    Pick { value: Row { go, group, texts }, lead, label, note, ready }
}

/// The place of a row for what was typed; nothing: it is not listed.
fn rank(row: &Pick<Row>, typed: &str) -> Option<u32> {
    let group = row.value.group as u32;
    let later = if row.ready { 0 } else { NOT_NOW };
    match (&row.value.go, typed.trim().is_empty()) {
        (Go::Users(..), true) => None,
        // Whoever is meant, it is for the backend to find.
        (Go::Users(..), false) => Some(TIER * TIER * TIER),
        (_, true) => (row.value.group != Group::Elsewhere).then_some(group + later),
        (_, false) => row.value.texts.rank(typed).map(|tier| tier * TIER + group + later),
    }
}

impl Screen for Palette {
    fn is_overlay(&self) -> bool {
        true
    }

    fn header(&self, _look: &Look<'_>) -> Header {
        Header::default()
    }

    fn help(&self) -> About {
        About::default()
    }

    fn scopes(&self) -> Vec<Scope> {
        vec![Scope::Overlay, Scope::List]
    }

    fn availability(&self, action: Action) -> Availability {
        Picker::<Row>::availability(action)
    }

    fn on_action(&mut self, action: Action, cx: &mut Cx<'_>) -> Flow {
        if let Some(motion) = action.motion() {
            self.picker.go(motion, cx.body());
            return Flow::Stay;
        }
        match (action, self.picker.chosen()) {
            (Action::Open, Some(row)) if row.ready => Flow::Go(row.value.go.clone()),
            // Why not stands in the list or below it; it is not said a second time over that.
            (Action::Open, Some(row)) => {
                let words = format!("“{}” cannot be done now; the list says why.", row.label);
                cx.toast(Tone::Attention, words);
                Flow::Stay
            }
            (Action::Open, None) => Flow::Stay,
            _ => Flow::Pop,
        }
    }

    fn wants(&self, key: &KeyEvent) -> bool {
        self.picker.wants(key)
    }

    fn on_text(&mut self, key: &KeyEvent, _cx: &mut Cx<'_>) -> Flow {
        self.picker.on_text(key);
        self.typed();
        Flow::Stay
    }

    fn on_paste(&mut self, text: &str, cx: &mut Cx<'_>) {
        self.picker.on_paste(text, cx);
        self.typed();
    }

    fn told(&self, _here: Here<'_>) -> Option<Told> {
        Some(self.picker.told())
    }

    fn point(&mut self, at: usize) {
        self.picker.point(at);
    }

    fn view(&self, look: &Look<'_>, area: Rect, buf: &mut Buffer) {
        self.picker.view(look, area, buf);
    }
}
