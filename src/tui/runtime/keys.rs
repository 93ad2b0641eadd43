//! From the terminal's bytes to keys, pastes and answers.
//!
//! Owns where one key ends and the next begins. Whatever a terminal sends that is no key of a
//! person is swallowed to its end, also where it comes in pieces (SPEC section 6): a sequence cut
//! anywhere, the answer to another program's question, a mouse nobody asked for. Must not read: it
//! is given bytes and the time.

mod burst;
mod codes;
mod held;
mod numbers;
mod paste;
mod protocols;
mod rest;
mod sequence;
mod windows;

use std::time::{Duration, Instant};

use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};

use crate::tui::theme::{Rgb, answered as ground_of};
use burst::Burst;
use held::Held;
use paste::Paste;
use sequence::Meaning;

const ESC: u8 = 0x1b;
const CTRL_C: u8 = 0x03;
const BEL: u8 = 0x07;
/// What follows an Esc within this time belongs to it, and is no key of its own.
const ESC_REST: Duration = Duration::from_millis(50);
/// The same on a line that has torn a sequence before.
const ESC_REST_TORN: Duration = Duration::from_millis(400);
/// So many bytes at once, and so many different ones, are no person's where some are no text.
const NOISE: usize = 4;
/// The rest of a sequence may come so late: a second, and what a busy machine adds.
const REST: Duration = Duration::from_millis(1_200);
/// What was begun and given up may be ended so late, where its rest is more than a letter.
const CUT_REST: Duration = Duration::from_secs(5);
/// The words of an answer end so long after they began, however slowly they come.
const WORDS_REST: Duration = Duration::from_secs(3);
/// Ctrl-c by itself, so long after what is still open, is a key.
const KEY_REST: Duration = Duration::from_millis(300);
/// More than this no key has between its beginning and its end.
const SEQUENCE_MOST: usize = 256;

/// The words of an answer that we ask for are no longer; of others no more is kept.
const WORDS_MOST: usize = 40;

/// What was heard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Heard {
    /// A key, or a paste between its brackets.
    Event(Event),
    /// Text that came faster than anybody types.
    Burst(String),
    /// A paste of so many bytes, which is more than is taken.
    TooMuch(u64),
    /// The terminal says what it is: it has come as far as to a question of ours.
    Answer,
    /// The terminal says what its ground is.
    Ground(Rgb),
    /// The terminal's colours have changed; whether to light ones.
    Colours { light: bool },
}

/// What is open.
#[derive(Debug, Default)]
enum State {
    #[default]
    Ground,
    /// An Esc, or two of them.
    Esc { again: bool },
    /// A sequence of a key or an answer.
    Sequence(Sequence),
    /// So many bytes that tell where a mouse is.
    Mouse(u8),
    /// The words of an answer (OSC, DCS, APC, PM, SOS), up to their end; an Esc may begin it.
    Words { esc: bool, said: Vec<u8> },
    /// A letter of several bytes.
    Letter { bytes: Vec<u8>, alt: bool },
    /// A paste between its brackets.
    Paste(Paste),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// After `ESC [`.
    Csi,
    /// After `ESC O`.
    Ss3,
    /// After `ESC [ [`: function keys of the Linux console.
    Linux,
}

#[derive(Debug)]
struct Sequence {
    kind: Kind,
    /// An Esc stood before it.
    alt: bool,
    /// Its Esc was taken for a key already: this is no key any more.
    orphan: bool,
    bytes: Vec<u8>,
}

/// Bytes that are not heard yet.
#[derive(Debug, Default)]
pub(super) struct Keys {
    state: State,
    burst: Burst,
    held: Held,
    /// When the last bytes came.
    last: Option<Instant>,
    /// When an Esc came that was taken for a key: its sequence may still follow.
    esc: Option<Instant>,
    /// One did follow: this line tears sequences.
    torn: bool,
    /// When a sequence that was begun was given up.
    cut: Option<Instant>,
    /// When the words that are open began.
    words: Option<Instant>,
    /// What was read is one byte: a person's key may be.
    alone: bool,
}

impl Keys {
    /// Takes what was read at once.
    pub(super) fn take(&mut self, bytes: &[u8], now: Instant, out: &mut Vec<Heard>) {
        let heard = out.len();
        self.read(bytes, now, out);
        self.held.tell(&mut out[heard..], now);
    }

    fn read(&mut self, bytes: &[u8], now: Instant, out: &mut Vec<Heard>) {
        let since = |then: Option<Instant>| {
            then.map_or(Duration::MAX, |then| now.saturating_duration_since(then))
        };
        if bytes == [CTRL_C] && since(self.last) >= KEY_REST {
            self.state = State::Ground;
        }
        let late = since(self.esc.take()) < REST && matches!(self.state, State::Ground);
        self.last = Some(now);
        self.alone = bytes.len() == 1;
        if matches!(self.state, State::Words { .. }) && since(self.words) >= WORDS_REST {
            self.state = State::Ground;
        }
        let mut bytes = bytes;
        if late && let Some(state) = orphan(bytes) {
            self.torn |= matches!(state, State::Sequence(_));
            self.state = state;
            bytes = &bytes[1..];
        }
        if matches!(self.state, State::Ground) && self.burst.patience().is_none() {
            let cut = since(self.cut.take()) < CUT_REST;
            bytes = &bytes[rest::of(bytes, cut).unwrap_or(0)..];
        }
        if matches!(self.state, State::Ground) && is_noise(bytes) {
            self.burst.end(out);
            // Whoever interrupts does so last.
            bytes = if bytes.last() == Some(&CTRL_C) { &[CTRL_C] } else { &[] };
        }
        self.burst.is_of_many(bytes.len() > 1 && bytes.iter().any(|byte| edits(*byte)));
        while let Some((byte, rest)) = bytes.split_first() {
            if let State::Paste(paste) = &mut self.state {
                let (used, end) = paste.take(bytes);
                bytes = &bytes[used..];
                if let Some(heard) = end {
                    out.push(heard);
                    self.state = State::Ground;
                }
            } else {
                self.byte(*byte, out);
                bytes = rest;
            }
        }
        let words = matches!(self.state, State::Words { .. });
        self.words = if words { self.words.or(Some(now)) } else { None };
    }

    /// How long to wait for more before [`Keys::give_up`]; `None`: nothing is open.
    pub(super) fn patience(&self) -> Option<Duration> {
        match &self.state {
            State::Ground => self.burst.patience(),
            State::Esc { .. } if self.torn => Some(ESC_REST_TORN),
            State::Esc { .. } => Some(ESC_REST),
            State::Paste(_) => Some(paste::REST),
            _ => Some(REST),
        }
    }

    /// Nothing more came: what is open is all there is.
    pub(super) fn give_up(&mut self, out: &mut Vec<Heard>) {
        let heard = out.len();
        self.end(out);
        if let Some(last) = self.last {
            self.held.tell(&mut out[heard..], last);
        }
    }

    fn end(&mut self, out: &mut Vec<Heard>) {
        match std::mem::take(&mut self.state) {
            State::Esc { again } => {
                self.esc = self.last;
                out.extend(std::iter::repeat_n(key(KeyCode::Esc), 1 + usize::from(again)));
            }
            State::Sequence(Sequence { kind: Kind::Csi, orphan: true, bytes, .. })
                if bytes.is_empty() =>
            {
                out.push(key(KeyCode::Char('[')));
            }
            State::Paste(mut paste) => out.push(paste.end()),
            State::Sequence(_) => self.cut = self.last,
            _ => {}
        }
        self.burst.end(out);
    }

    fn byte(&mut self, byte: u8, out: &mut Vec<Heard>) {
        match std::mem::take(&mut self.state) {
            State::Esc { again } => self.after_esc(byte, again, out),
            State::Sequence(sequence) => self.in_sequence(sequence, byte, out),
            State::Mouse(_) if byte < 0x20 => self.ground(byte, false, out),
            // Where coordinates are letters, such a letter has two bytes.
            State::Mouse(left) if matches!(byte, 0xc2..=0xdf) => self.state = State::Mouse(left),
            State::Mouse(1) => {}
            State::Mouse(left) => self.state = State::Mouse(left - 1),
            State::Words { esc: true, .. } if byte != b'\\' => self.after_esc(byte, false, out),
            State::Words { esc: true, said } => out.extend(ground_of(&said).map(Heard::Ground)),
            State::Words { esc: false, mut said } => match byte {
                BEL => out.extend(ground_of(&said).map(Heard::Ground)),
                // CAN and SUB end it too, and nothing of it counts.
                0x18 | 0x1a => {}
                // No answer has such a byte, or it has come by itself: somebody types. Among others it
                // is part of another program's words.
                _ if byte != ESC
                    && (byte == CTRL_C
                        || (byte < 0x20 && self.alone)
                        || !may_follow(&said, byte)) =>
                {
                    self.ground(byte, false, out);
                }
                _ => {
                    if byte != ESC && said.len() < WORDS_MOST {
                        said.push(byte);
                    }
                    self.state = State::Words { esc: byte == ESC, said };
                }
            },
            State::Letter { bytes, alt } => self.in_letter(bytes, alt, byte, out),
            State::Ground | State::Paste(_) => self.ground(byte, false, out),
        }
    }

    fn ground(&mut self, byte: u8, alt: bool, out: &mut Vec<Heard>) {
        match byte {
            ESC => {
                self.burst.end(out);
                self.state = State::Esc { again: false };
            }
            b'\r' | b'\n' | b'\t' | 0x20..=0x7e if !alt => self.burst.push(byte.into()),
            0..=0x7f => {
                self.burst.end(out);
                out.extend(codes::control(byte, alt).map(Heard::Event));
            }
            0xc2..=0xf4 => self.state = State::Letter { bytes: vec![byte], alt },
            // Of eight bits: what a terminal may send in the place of Esc and a character.
            0x80..=0x9f => {
                self.burst.end(out);
                self.begin(byte - 0x40, false);
            }
            _ => {}
        }
    }

    fn after_esc(&mut self, byte: u8, again: bool, out: &mut Vec<Heard>) {
        match byte {
            ESC => {
                out.extend(again.then_some(key(KeyCode::Esc)));
                self.state = State::Esc { again: true };
            }
            // Whatever stands before it, it ends the program.
            CTRL_C => {
                out.push(key(KeyCode::Esc));
                self.ground(byte, false, out);
            }
            _ if self.begin(byte, again) => {}
            _ => {
                out.extend(again.then_some(key(KeyCode::Esc)));
                self.ground(byte, true, out);
            }
        }
    }

    /// Begins what an Esc and this character begin, if they do.
    fn begin(&mut self, byte: u8, alt: bool) -> bool {
        let Some(state) = begun(byte, alt, false) else { return false };
        self.state = state;
        true
    }

    fn in_sequence(&mut self, mut sequence: Sequence, byte: u8, out: &mut Vec<Heard>) {
        match byte {
            ESC => self.state = State::Esc { again: false },
            0x18 | 0x1a => {}
            0..=0x1f | 0x80.. => self.ground(byte, false, out),
            0x7f => self.state = State::Sequence(sequence),
            0x20..=0x3f => {
                sequence.orphan |= sequence.bytes.len() >= SEQUENCE_MOST;
                if !sequence.orphan || sequence.bytes.len() < SEQUENCE_MOST {
                    sequence.bytes.push(byte);
                }
                self.state = State::Sequence(sequence);
            }
            _ => self.end_sequence(&sequence, byte, out),
        }
    }

    fn end_sequence(&mut self, sequence: &Sequence, end: u8, out: &mut Vec<Heard>) {
        match sequence::meaning(sequence.kind, &sequence.bytes, end) {
            Meaning::Keys(keys) if !sequence.orphan => {
                let alt = if sequence.alt { KeyModifiers::ALT } else { KeyModifiers::NONE };
                let with = |mut key: KeyEvent| {
                    key.modifiers |= alt;
                    Heard::Event(Event::Key(key))
                };
                out.extend(keys.into_iter().map(with));
            }
            Meaning::Linux => {
                let Sequence { alt, orphan, .. } = *sequence;
                let kind = Kind::Linux;
                self.state = State::Sequence(Sequence { kind, alt, orphan, bytes: Vec::new() });
            }
            Meaning::Mouse(bytes) => self.state = State::Mouse(bytes),
            Meaning::Paste => self.state = State::Paste(Paste::default()),
            Meaning::Answer => {
                // An Esc that was pressed just before the terminal answered is a key.
                out.extend(sequence.alt.then_some(key(KeyCode::Esc)));
                out.push(Heard::Answer);
            }
            Meaning::Click(event) => {
                // As with answers: an Esc that was pressed just before is a key.
                out.extend(sequence.alt.then_some(key(KeyCode::Esc)));
                if !sequence.orphan {
                    out.push(Heard::Event(Event::Mouse(event)));
                }
            }
            Meaning::Colours { light } => out.push(Heard::Colours { light }),
            Meaning::Keys(_) => {}
        }
    }

    fn in_letter(&mut self, mut bytes: Vec<u8>, alt: bool, byte: u8, out: &mut Vec<Heard>) {
        if !(0x80..=0xbf).contains(&byte) {
            // The letter is not whole: this is another.
            return self.ground(byte, false, out);
        }
        bytes.push(byte);
        match std::str::from_utf8(&bytes) {
            Ok(text) => {
                for c in text.chars().filter(|c| !c.is_control()) {
                    if alt {
                        out.push(Heard::Event(codes::with(KeyCode::Char(c), KeyModifiers::ALT)));
                    } else {
                        self.burst.push(c);
                    }
                }
            }
            Err(error) if error.error_len().is_none() => self.state = State::Letter { bytes, alt },
            Err(_) => {}
        }
    }
}

fn key(code: KeyCode) -> Heard {
    Heard::Event(codes::with(code, KeyModifiers::NONE))
}

/// Whether a byte goes on with these words: in a colour only its digits do.
fn may_follow(said: &[u8], byte: u8) -> bool {
    let colour = said.windows(4).any(|part| part == b"rgb:");
    !colour || byte.is_ascii_hexdigit() || matches!(byte, b'/' | b':' | b';')
}

fn begun(byte: u8, alt: bool, orphan: bool) -> Option<State> {
    let sequence = |kind| Some(State::Sequence(Sequence { kind, alt, orphan, bytes: Vec::new() }));
    match byte {
        b'[' => sequence(Kind::Csi),
        b'O' => sequence(Kind::Ss3),
        b']' | b'P' | b'X' | b'^' | b'_' => Some(State::Words { esc: false, said: Vec::new() }),
        _ => None,
    }
}

/// What edits a field, or ends the program.
const fn edits(byte: u8) -> bool {
    matches!(byte, 0x01 | CTRL_C | 0x05 | 0x08 | 0x0b | 0x15 | 0x17 | 0x7f)
}

/// Whether what was read at once is neither typed nor pasted text: control characters or bytes of no
/// letter among others, as a broken line or the wrong program's output has them. A key that is held
/// repeats itself, and a sequence begins with an Esc: neither is meant.
fn is_noise(bytes: &[u8]) -> bool {
    let mut seen = [false; 256];
    let mut different = 0;
    for byte in bytes {
        different += usize::from(!std::mem::replace(&mut seen[usize::from(*byte)], true));
    }
    if bytes.len() < NOISE || different < NOISE || seen[usize::from(ESC)] {
        return false;
    }
    // What edits a field may be typed ahead of a slow line, and so may Ctrl-c.
    let text =
        |byte: &u8| matches!(byte, b'\t' | b'\r' | b'\n' | 0x20..=0x7e | 0x80..) || edits(*byte);
    // A letter may be cut at either end of what was read.
    let first = bytes.iter().take(3).take_while(|byte| matches!(byte, 0x80..=0xbf)).count();
    let letters = match std::str::from_utf8(&bytes[first..]) {
        Ok(_) => true,
        Err(error) => error.error_len().is_none(),
    };
    // Of eight bits: what a terminal may begin a sequence with, in the place of Esc and a character.
    let of_eight = |bytes: &[u8]| bytes.iter().any(|byte| matches!(byte, 0x80..=0x9f));
    let sequence = of_eight(&bytes[..first]) || (!letters && of_eight(bytes));
    !sequence && (!letters || !bytes.iter().all(text))
}

/// What follows an Esc that was taken for a key. A letter by itself is a key of its own.
fn orphan(bytes: &[u8]) -> Option<State> {
    match bytes {
        // Of answers those that terminals send; a name may begin with such a letter, too.
        [b'P', next, ..] if !matches!(next, b'0'..=b'9' | b'>' | b'!') => None,
        [b']', next, ..] if !next.is_ascii_digit() => None,
        [b'_', next, ..] if *next != b'G' => None,
        [b'[', ..] | [_, _, ..] => begun(bytes[0], false, true),
        [] | [_] => None,
    }
}

#[cfg(test)]
mod tests;
