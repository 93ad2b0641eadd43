//! What is no key of a person, at a page that acts: answers, torn sequences, bytes of any kind.
//!
//! Owns SPEC section 6's promise that they do nothing, tried on the whole program.

use std::time::{Duration, Instant};

use super::terminal::{Terminal, let_pass};
use super::{bytes_of, demo, press};

/// What terminals answer to questions that nobody asked here. That colours changed (`?997;1n`) is not
/// among it: hublink asks which then, and the answer would fall between two pieces of the next one here,
/// as no terminal's does.
const ANSWERS: [&[u8]; 14] = [
    b"\x1b[?62;22c",
    b"\x1b[>41;354;0c",
    b"\x1b[12;40R",
    b"\x1b[?997;3n",
    b"\x1b[48;24;80;480;800t",
    b"\x1b[I\x1b[O",
    b"\x1b[<0;12;30M\x1b[<0;12;30m",
    b"\x1b[M !!",
    b"\x1b]11;rgb:1010/1010/1010\x1b\\",
    b"\x1b]52;c;eSB5IHkgDQ0N\x07",
    b"\x1bP1$r0 q\x1b\\",
    b"\x1b_Gi=31;OK y\x1b\\",
    b"\x1b[?2026;2$y",
    b"\x1b[121;1:3u\x1b[13;1:3u",
];

/// Chance that is the same every time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, below: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % below as u64) as usize
    }

    /// A reply to no question of ours, with keys in it, or bytes that no key has.
    fn noise(&mut self) -> Vec<u8> {
        let payload: Vec<u8> = (0..self.below(40)).map(|_| b"yYn1 q:;/x"[self.below(10)]).collect();
        match self.below(4) {
            0 => (0..=self.below(5)).map(|_| 0x80 + self.below(0x80) as u8).collect(),
            1 => ANSWERS[self.below(ANSWERS.len())].to_vec(),
            2 => {
                let begin = [&b"\x1b]52;"[..], b"\x1bP1+r", b"\x1b_G", b"\x1b^", b"\x1bX"];
                [begin[self.below(5)], &payload, b"\x1b\\"].concat()
            }
            _ => {
                let private = [b'?', b'>', b'='][self.below(3)];
                let end = b"cnRytuvm"[self.below(8)];
                let numbers = format!("{};{}", self.below(9_999), self.below(9_999));
                [b"\x1b[", &[private][..], numbers.as_bytes(), &[end]].concat()
            }
        }
    }
}

#[test]
fn section_6_a_question_is_answered_by_no_noise() {
    let terminal = demo();
    press(&terminal, "q", "End hublink?");
    terminal.let_count("enter");
    // What lies behind it has come, too.
    let rests = |text: &str| !text.contains("in a moment") && text.contains("more domains");
    let before = terminal.wait_until("a question at rest", rests);
    let mut dice = Dice(0x2545_f491_4f6c_dd1d);
    for _ in 0..600 {
        let noise = dice.noise();
        // Not after an Esc: a person who waits there has pressed Esc.
        let cuts = (2..noise.len()).filter(|at| noise[at - 1] != 0x1b);
        let cuts: Vec<usize> = cuts.chain([noise.len()]).collect();
        let (head, tail) = noise.split_at(cuts[dice.below(cuts.len())]);
        terminal.send(head);
        let_pass(Duration::from_millis([0, 0, 1, 5, 40][dice.below(5)]));
        terminal.send(tail);
    }
    terminal.insist(bytes_of("tab"), |text| text.contains("enter end it"));
    press(&terminal, "tab", "enter stay");
    assert_eq!(terminal.text(), before);
    press(&terminal, "esc", "enter open");
}

/// Directory sync, where Enter pauses it.
fn acting() -> Terminal {
    let terminal = demo();
    press(&terminal, "tab", "w wizards");
    press(&terminal, "w", "Wizards for");
    for at in ["Account linking", "Licence CSV", "Directory sync"] {
        press(&terminal, "down", &format!("▌ {at}"));
    }
    press(&terminal, "enter", "step 1 of 5");
    press(&terminal, "enter", "enter pause");
    terminal.let_count("enter");
    terminal
}

#[test]
fn section_6_answers_torn_anywhere_and_bytes_of_any_kind_do_nothing() {
    let terminal = acting();
    let before = terminal.wait_until("a page at rest", |text| !text.contains("in a moment"));
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
    let mut random = |below: usize| dice.below(below);
    for _ in 0..150 {
        let answer = ANSWERS[random(ANSWERS.len())];
        let (head, tail) = answer.split_at(2 + random(answer.len() - 2));
        // Not between Esc and the rest: a person who waits there has pressed Esc.
        let torn = !head.ends_with(b"\x1b[I\x1b") && !head.ends_with(b"M\x1b");
        let (head, tail) =
            if torn && !head.ends_with(b"u\x1b") { (head, tail) } else { (answer, &b""[..]) };
        terminal.send(head);
        let_pass(Duration::from_millis([0, 5, 60, 200][random(4)]));
        terminal.send(tail);
        let bytes: Vec<u8> = (0..random(6)).map(|_| 0xa0 + random(0x60) as u8).collect();
        terminal.send(bytes);
    }
    assert_eq!(terminal.text(), before);
    terminal.insist(bytes_of("?"), |text| text.contains("esc close"));
    press(&terminal, "esc", "enter pause");
    assert!(terminal.text().contains("step 2 of 5"), "{}", terminal.text());
}

#[test]
fn section_6_an_enter_that_is_held_does_nothing() {
    let terminal = demo();
    press(&terminal, "tab", "w wizards");
    press(&terminal, "w", "Wizards for");
    for at in ["Account linking", "Licence CSV", "Directory sync"] {
        press(&terminal, "down", &format!("▌ {at}"));
    }
    let until = Instant::now() + Duration::from_secs(3);
    while Instant::now() < until {
        terminal.send(bytes_of("enter"));
        let_pass(Duration::from_millis(33));
    }
    let text = terminal.wait_for("step 1 of 5");
    assert!(!text.contains("step 2 of 5"), "one press, one page\n{text}");
    // Let go, it counts anew.
    let_pass(Duration::from_millis(400));
    press(&terminal, "enter", "step 2 of 5");
    press(&terminal, "enter", "step 3 of 5");
}
