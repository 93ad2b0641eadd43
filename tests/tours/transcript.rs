//! A tour as text: what is told, which keys are pressed, and the screen that each caption stands on.
//!
//! Owns the form of `target/tours/*.txt`, for those who read rather than watch. Must not take
//! pictures.

use std::path::Path;

use hublink::demo::tour::player::{Next, Sign};

/// A transcript under way.
pub struct Transcript {
    text: String,
    told: String,
    keys: Vec<String>,
}

impl Transcript {
    pub fn new(title: &str) -> Self {
        let text = format!("{title}\n{}\n", "=".repeat(title.chars().count()));
        Self { text, told: String::new(), keys: Vec::new() }
    }

    /// Notes what a player wants next, with what it shows and what the screen shows.
    pub fn note(&mut self, next: &Next, sign: &Sign, screen: &str) {
        match next {
            Next::Show | Next::Done if sign.caption != self.told => {
                self.end(screen);
                self.told.clone_from(&sign.caption);
            }
            Next::Press(key) => self.keys.push(key.clone()),
            // Letter by letter, the sign holds the text so far.
            Next::Type(_) => match (sign.keys.last(), self.keys.last_mut()) {
                (Some(text), Some(last)) if text.starts_with(last.as_str()) && text.len() > 1 => {
                    last.clone_from(text);
                }
                (Some(text), _) => self.keys.push(text.clone()),
                (None, _) => {}
            },
            Next::Paste(_) => self.keys.push("paste".to_owned()),
            _ => {}
        }
    }

    /// What was told ends with the screen as it was left.
    fn end(&mut self, screen: &str) {
        if self.told.is_empty() {
            return;
        }
        let keys = match self.keys.as_slice() {
            [] => String::new(),
            keys => format!("   [{}]", keys.join(" ")),
        };
        self.text.push_str(&format!("\n> {}{keys}\n\n", self.told));
        for line in screen.lines() {
            self.text.push_str(&format!("    {}\n", line.trim_end()));
        }
        self.keys.clear();
    }

    pub fn write(self, name: &str) {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/tours");
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join(format!("{name}.txt")), self.text).unwrap();
    }
}
