//! Help on what has the focus: what it is for and what to do, then its keys as they are now.
//!
//! Owns the text's layout, scrolling and searching the keys. What is told about a screen is the
//! screen's own ([`About`]); which keys there are comes from the key table.

use crossterm::event::KeyEvent;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::tui::keymap::{Action, Availability, Chord, Keymap, Scope, keys_words};
use crate::tui::layout;
use crate::tui::screen::{About, Cx, Flow, Header, Look, Screen};
use crate::tui::theme::Tone;
use crate::tui::widget::field::{Field, Kind};
use crate::tui::widget::frame::frame;
use crate::tui::widget::rows::{Cursor, Motion};
use crate::tui::widget::{marks, text};

/// The widest the box gets.
const WIDEST: u16 = 92;

/// The help box.
pub struct Help {
    about: About,
    keys: Vec<Key>,
    search: Field,
    /// The first line in sight.
    top: Cursor,
}

/// A key and what it does.
struct Key {
    chords: String,
    /// The footer's word for it.
    label: String,
    help: &'static str,
    /// Why it cannot be done now.
    not_now: Option<String>,
}

/// A line of the box.
struct HelpLine {
    chords: String,
    at: u16,
    tone: Tone,
    words: String,
}

impl Help {
    /// What is told about a screen, and the keys of these scopes; `availability` tells what can be
    /// done now, `label` how the footer calls it where that is not the table's word.
    pub fn new(
        about: About,
        keys: &Keymap,
        scopes: &[Scope],
        availability: impl Fn(Action) -> Availability,
        label: impl Fn(Action) -> Option<String>,
    ) -> Self {
        let mut taken: Vec<Chord> = Vec::new();
        let rows = keys.live(scopes).filter_map(|row| {
            let not_now = match availability(row.binding.action) {
                Availability::Hidden => return None,
                Availability::Ready => None,
                Availability::Disabled(why) => Some(format!("not now: {why}")),
            };
            // A key belongs to the innermost that has it: what it would mean elsewhere is no key here.
            let free = |chord: &&Chord| !taken.contains(chord);
            let chords: Vec<Chord> = row.chords.iter().filter(free).copied().collect();
            if chords.is_empty() && !row.chords.is_empty() {
                return None;
            }
            taken.extend(&chords);
            let binding = row.binding;
            let label = label(binding.action).unwrap_or_else(|| binding.label.to_owned());
            Some(Key { chords: keys_words(&chords), label, help: binding.help, not_now })
        });
        let (keys, search) = (rows.collect(), Field::new(Kind::Text));
        Self { about, keys, search, top: Cursor::default() }
    }

    fn width(body: Rect) -> u16 {
        WIDEST.min(body.width.saturating_sub(2))
    }

    /// Everything, as lines for the room inside the box.
    fn lines(&self, width: u16) -> Vec<HelpLine> {
        let plain = |tone, words| HelpLine { chords: String::new(), at: 0, tone, words };
        let mut lines = Vec::new();
        if self.search.value().is_empty() {
            for (n, paragraph) in self.about.text.iter().enumerate() {
                let tone = if n == 0 { Tone::Text } else { Tone::Muted };
                lines
                    .extend(text::wrap(paragraph, width).into_iter().map(|line| plain(tone, line)));
                lines.push(plain(tone, String::new()));
            }
        }
        let keys: Vec<&Key> = self.keys.iter().filter(|key| self.matches(key)).collect();
        if keys.is_empty() {
            lines.push(plain(Tone::Muted, "No key matches.".to_owned()));
        }
        let lead = keys.iter().map(|key| text::width(&key.chords)).max().unwrap_or(0) + 2;
        for key in keys {
            let tone = if key.not_now.is_some() { Tone::Muted } else { Tone::Text };
            let help = self.told(key);
            let words = key.not_now.as_ref();
            let words = words.map_or_else(|| help.clone(), |why| format!("{help}; {why}"));
            for (n, words) in text::wrap(&words, width.saturating_sub(lead)).into_iter().enumerate()
            {
                let chords = if n == 0 { key.chords.clone() } else { String::new() };
                lines.push(HelpLine { chords, at: lead, tone, words });
            }
        }
        lines
    }

    /// What is said about a key: with the footer's word, where that is what was looked for.
    fn told(&self, key: &Key) -> String {
        let searched = !self.search.value().is_empty();
        let says = key.help.to_lowercase().contains(&key.label.to_lowercase());
        if searched && !says { format!("{}: {}", key.label, key.help) } else { key.help.to_owned() }
    }

    fn matches(&self, key: &Key) -> bool {
        let all = format!("{} {} {}", key.chords, key.label, key.help).to_lowercase();
        // Who searches elsewhere begins with a slash; alone it is the key that is looked for.
        let typed = self.search.value().to_lowercase();
        let wanted = typed.strip_prefix('/').filter(|rest| !rest.is_empty()).unwrap_or(&typed);
        wanted.split_whitespace().all(|word| all.contains(word))
    }

    /// The box around so many lines, and the room for them.
    fn place(lines: usize, body: Rect) -> (Rect, Rect) {
        let height = u16::try_from(lines).unwrap_or(u16::MAX).saturating_add(4);
        let place = layout::middle(body, Self::width(body), height.min(body.height));
        let inside = layout::inset(place, 2);
        let height = place.height.saturating_sub(4);
        (place, Rect { y: place.y + 3.min(place.height), height, ..inside })
    }
}

impl Screen for Help {
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
        Availability::shown_if(action == Action::Back || action.motion().is_some())
    }

    fn on_action(&mut self, action: Action, cx: &mut Cx<'_>) -> Flow {
        let Some(motion) = action.motion() else { return Flow::Pop };
        let body = cx.body();
        let lines = self.lines(Self::width(body).saturating_sub(4)).len();
        let (_, room) = Self::place(lines, body);
        // The text scrolls as a whole: the cursor is the first line in sight.
        let height = usize::from(room.height);
        self.top.go(motion, lines.saturating_sub(height) + 1, height.max(2) - 1);
        if matches!(motion, Motion::First) {
            self.top = Cursor::default();
        }
        Flow::Stay
    }

    fn wants(&self, key: &KeyEvent) -> bool {
        self.search.wants(key)
    }

    fn on_text(&mut self, key: &KeyEvent, _cx: &mut Cx<'_>) -> Flow {
        if self.search.on_key(key) {
            self.top = Cursor::default();
        }
        Flow::Stay
    }

    fn on_paste(&mut self, text: &str, cx: &mut Cx<'_>) {
        if cx.paste(&mut self.search, text) {
            self.top = Cursor::default();
        }
    }

    fn view(&self, look: &Look<'_>, area: Rect, buf: &mut Buffer) {
        let lines = self.lines(Self::width(area).saturating_sub(4));
        let (place, room) = Self::place(lines.len(), area);
        frame(&format!("Help · {}", self.about.title), look.theme, place, buf);
        let search = Rect { y: place.y + 1, height: 1.min(room.height), ..room };
        let x = text::put(buf, search, "/ ", look.ink(Tone::Key));
        let rest = Rect { x, width: search.right().saturating_sub(x), ..search };
        self.search.view(look.theme, true, rest, buf);
        let first = self.top.at.min(lines.len().saturating_sub(room.height.into()));
        for (n, line) in (0u16..).zip(&lines[first..]) {
            let Some(row) = layout::row(room, n) else { break };
            text::put(buf, row, &line.chords, look.ink(Tone::Key));
            let at = line.at.min(row.width);
            let rest = Rect { x: row.x + at, width: row.width - at, ..row };
            text::put(buf, rest, &line.words, look.ink(line.tone));
        }
        let shown = first..lines.len().min(first + usize::from(room.height));
        let marked = Rect { width: room.width + 1, ..room };
        marks::more(&shown, lines.len(), look.theme, marked, buf);
    }
}
