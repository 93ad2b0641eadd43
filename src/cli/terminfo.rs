//! What the system's terminfo says of a terminal's colours.
//!
//! Owns where compiled entries lie and the one number that is read of them. What colours are then
//! used is the theme's.

use std::fs;
use std::path::{Path, PathBuf};

/// Where distributions keep them, besides the user's own.
const SYSTEM: [&str; 5] = [
    "/etc/terminfo",
    "/lib/terminfo",
    "/usr/lib/terminfo",
    "/usr/share/terminfo",
    "/usr/local/share/terminfo",
];
/// An entry is a few kilobytes; what is larger is none.
const MOST: u64 = 64 << 10;
/// The place of `max_colors` among the numbers.
const MAX_COLORS: usize = 13;

/// Whether the terminal has an entry, and that one has no colours.
pub fn is_without_colours(term: &str, terminfo: Option<&str>, home: Option<&Path>) -> bool {
    let own = terminfo.map(PathBuf::from).into_iter();
    let own = own.chain(home.map(|home| home.join(".terminfo")));
    own.chain(SYSTEM.iter().map(PathBuf::from))
        .find_map(|folder| entry(&folder, term))
        .is_some_and(|entry| colours(&entry) == Some(0))
}

/// The entry of a name: in the folder of its first letter, or of that letter's number.
fn entry(folder: &Path, term: &str) -> Option<Vec<u8>> {
    // A name is no path.
    let first = term.chars().next().filter(char::is_ascii_alphanumeric)?;
    if term.contains('/') {
        return None;
    }
    let letters = [first.to_string(), format!("{:x}", u32::from(first))];
    let paths = letters.iter().map(|letter| folder.join(letter).join(term));
    paths
        .filter(|path| fs::metadata(path).is_ok_and(|is| is.is_file() && is.len() <= MOST))
        .find_map(|path| fs::read(path).ok())
}

/// How many colours an entry has; nothing where it cannot be read. Of the two formats the newer one
/// has longer numbers.
fn colours(entry: &[u8]) -> Option<u32> {
    let short = |at: usize| {
        let bytes = entry.get(at..at + 2)?;
        Some(i16::from_le_bytes([bytes[0], bytes[1]]))
    };
    let size = match short(0)? {
        0o432 => 2,
        0o1036 => 4,
        _ => return None,
    };
    let length = |at: usize| short(at).and_then(|length| usize::try_from(length).ok());
    let (names, flags, numbers) = (length(2)?, length(4)?, length(6)?);
    if numbers <= MAX_COLORS {
        return Some(0);
    }
    // Numbers begin at an even place.
    let begin = (12 + names + flags).next_multiple_of(2);
    let bytes = entry.get(begin + MAX_COLORS * size..)?.get(..size)?;
    let number = match *bytes {
        [a, b] => i32::from(i16::from_le_bytes([a, b])),
        [a, b, c, d] => i32::from_le_bytes([a, b, c, d]),
        _ => return None,
    };
    // Below nought: there is no such number.
    Some(u32::try_from(number).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compiled(magic: i16, numbers: &[i32]) -> Vec<u8> {
        let names = b"some-mono|a terminal\0";
        let count = i16::try_from(numbers.len()).unwrap();
        let header = [magic, i16::try_from(names.len()).unwrap(), 2, count, 0, 0];
        let mut entry: Vec<u8> = header.iter().flat_map(|n| n.to_le_bytes()).collect();
        entry.extend_from_slice(names);
        entry.extend([1, 0]);
        entry.resize(entry.len().next_multiple_of(2), 0);
        for number in numbers {
            let long = number.to_le_bytes();
            entry.extend_from_slice(if magic == 0o432 { &long[..2] } else { &long });
        }
        entry
    }

    #[test]
    fn an_entry_tells_how_many_colours_there_are() {
        for magic in [0o432, 0o1036] {
            let mut numbers = [-1; 14];
            assert_eq!(colours(&compiled(magic, &numbers)), Some(0));
            numbers[MAX_COLORS] = 8;
            assert_eq!(colours(&compiled(magic, &numbers)), Some(8));
            assert_eq!(colours(&compiled(magic, &numbers[..4])), Some(0));
        }
        assert_eq!(colours(b"no entry"), None);
        let whole = compiled(0o432, &[-1; 14]);
        assert_eq!(colours(&whole[..whole.len() - 1]), None);
    }

    #[test]
    fn a_terminal_without_colours_is_found_by_its_name_alone() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("z")).unwrap();
        fs::write(folder.path().join("z/zed-mono"), compiled(0o432, &[-1; 14])).unwrap();
        let at = folder.path().to_str();
        assert!(is_without_colours("zed-mono", at, None));
        assert!(!is_without_colours("zed", at, None), "nothing is known of it");
        assert!(!is_without_colours("../z/zed-mono", at, None));
        assert!(!is_without_colours("", at, None));
    }
}
