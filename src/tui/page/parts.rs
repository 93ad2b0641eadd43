//! Enumerations beside a number, such as "gmail.com 12 · outlook.com 7".
//!
//! Owns how much of one is told in a line: no part is parted from its number.

use super::lines::NARROW;
use crate::tui::widget::text::width;

const BETWEEN: &str = " · ";

/// As many parts as fit in one line from the column `at` on. All of it where it is no enumeration,
/// or on a narrow page, where it goes on below.
pub(super) fn fitting(note: &str, at: u16, columns: u16) -> String {
    let room = columns.saturating_sub(at + 1);
    let parts: Vec<&str> = note.split(BETWEEN).collect();
    if columns < NARROW || width(note) <= room || parts.len() < 2 {
        return note.to_owned();
    }
    let fits = |n: &usize| width(&parts[..*n].join(BETWEEN)) + 4 <= room;
    match (1..parts.len()).rev().find(fits) {
        Some(n) => format!("{}{BETWEEN}…", parts[..n].join(BETWEEN)),
        None => note.to_owned(),
    }
}

/// All parts, in lines from the column `at` on; nothing where it is no enumeration or a part is longer
/// than a line.
pub(super) fn whole(note: &str, at: u16, columns: u16) -> Option<Vec<String>> {
    let room = columns.saturating_sub(at + 1);
    let parts: Vec<&str> = note.split(BETWEEN).collect();
    // Each line but the last ends in what parts it from the next.
    let wide = |part: &&str| width(part) + 2 > room;
    if columns < NARROW || parts.len() < 2 || parts.iter().any(wide) {
        return None;
    }
    let mut lines: Vec<String> = Vec::new();
    for part in parts {
        match lines.last_mut() {
            Some(line) if width(line) + width(BETWEEN) + width(part) + 2 <= room => {
                line.push_str(BETWEEN);
                line.push_str(part);
            }
            Some(line) => {
                line.push_str(BETWEEN.trim_end());
                lines.push(part.to_owned());
            }
            None => lines.push(part.to_owned()),
        }
    }
    Some(lines)
}

#[cfg(test)]
mod tests {
    use super::{fitting, whole};

    #[test]
    fn u4_no_part_of_an_enumeration_is_parted_from_its_number() {
        let note = "gmail.com 1,234 · outlook.com 12 · a-long-name.example 7";
        let told = |room: u16| fitting(note, 19, 20 + room);
        assert_eq!(told(60), note);
        assert_eq!(told(45), "gmail.com 1,234 · outlook.com 12 · …");
        let lines = |room: u16| whole(note, 19, 20 + room).unwrap();
        assert_eq!(lines(60), [note]);
        assert_eq!(lines(45), ["gmail.com 1,234 · outlook.com 12 ·", "a-long-name.example 7"]);
        assert_eq!(fitting(note, 3, 30), note, "it goes on below");
        assert_eq!(whole(note, 3, 30), None);
        assert_eq!(whole("the domain is not verified", 60, 70), None);
        assert_eq!(fitting("the domain is not verified", 60, 70), "the domain is not verified");
    }
}
