//! Bytes to text: UTF-8 with or without a byte order mark, UTF-16 with one (SPEC section 9).
//!
//! Owns the guess of the encoding and the place of what breaks it. It never replaces what it
//! cannot read: a wrong letter in an address is a wrong person.

use std::borrow::Cow;
use std::fmt;

use encoding_rs::{UTF_16BE, UTF_16LE};

use super::error::{Place, Problem, TableError};

/// The encodings that are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8 without a byte order mark.
    Utf8,
    /// UTF-8 with one.
    Utf8Marked,
    /// UTF-16, low byte first, with a byte order mark.
    Utf16Le,
    /// UTF-16, high byte first, with a byte order mark.
    Utf16Be,
}

/// A file as text, its byte order mark removed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text<'a> {
    /// What it was encoded in.
    pub encoding: Encoding,
    /// The text.
    pub text: Cow<'a, str>,
}

/// Beginnings that say what a file really is.
const FORMATS: [(&[u8], &str); 6] = [
    (b"PK\x03\x04", "a workbook or another zip archive"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"%PDF", "a PDF document"),
    (b"\xff\xfe\0\0", "text in UTF-32"),
    (b"\0\0\xfe\xff", "text in UTF-32"),
];

/// Offsets into the text are kept in 32 bits.
const LARGEST: usize = u32::MAX as usize;

impl fmt::Display for Encoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Utf8 => "UTF-8",
            Self::Utf8Marked => "UTF-8 with BOM",
            Self::Utf16Le => "UTF-16LE",
            Self::Utf16Be => "UTF-16BE",
        })
    }
}

/// Reads at most `most` bytes as text.
///
/// # Errors
/// Empty, too large, a known binary format, or broken text with the line and character.
pub fn decode(bytes: &[u8], most: usize) -> Result<Text<'_>, TableError> {
    let most = most.min(LARGEST);
    if bytes.len() > most {
        return Err(TableError::whole(Problem::TooLarge { most }));
    }
    if let Some((_, kind)) = FORMATS.iter().find(|(start, _)| bytes.starts_with(start)) {
        return Err(TableError::whole(Problem::NotATable { kind }));
    }
    let (encoding, text) = if let Some(rest) = bytes.strip_prefix(b"\xef\xbb\xbf") {
        (Encoding::Utf8Marked, utf_8(rest)?)
    } else if let Some(rest) = bytes.strip_prefix(b"\xff\xfe") {
        (Encoding::Utf16Le, utf_16(rest, Encoding::Utf16Le)?)
    } else if let Some(rest) = bytes.strip_prefix(b"\xfe\xff") {
        (Encoding::Utf16Be, utf_16(rest, Encoding::Utf16Be)?)
    } else {
        if is_unmarked_utf_16(bytes) {
            return Err(TableError::whole(Problem::NoByteOrderMark));
        }
        (Encoding::Utf8, utf_8(bytes)?)
    };
    match memchr::memchr(0, text.as_bytes()) {
        Some(at) => Err(TableError { place: place_after(&text[..at]), problem: Problem::Nul }),
        None => Ok(Text { encoding, text }),
    }
}

fn utf_8(bytes: &[u8]) -> Result<Cow<'_, str>, TableError> {
    std::str::from_utf8(bytes).map(Cow::Borrowed).map_err(|broken| {
        let good = std::str::from_utf8(&bytes[..broken.valid_up_to()]).unwrap_or_default();
        bad_encoding(good, "UTF-8")
    })
}

fn utf_16(bytes: &[u8], encoding: Encoding) -> Result<Cow<'_, str>, TableError> {
    let (decoder, name) = match encoding {
        Encoding::Utf16Be => (UTF_16BE, "UTF-16BE"),
        _ => (UTF_16LE, "UTF-16LE"),
    };
    decoder.decode_without_bom_handling_and_without_replacement(bytes).ok_or_else(|| {
        let units = bytes.chunks_exact(2).map(|pair| match encoding {
            Encoding::Utf16Be => u16::from_be_bytes([pair[0], pair[1]]),
            _ => u16::from_le_bytes([pair[0], pair[1]]),
        });
        let good: String = char::decode_utf16(units).map_while(Result::ok).collect();
        bad_encoding(&good, name)
    })
}

fn bad_encoding(good: &str, encoding: &'static str) -> TableError {
    TableError { place: place_after(good), problem: Problem::BadEncoding { encoding } }
}

/// Every second byte of the beginning is NUL: Latin letters in UTF-16.
fn is_unmarked_utf_16(bytes: &[u8]) -> bool {
    let start = &bytes[..bytes.len().min(16)];
    let nul_at = |odd: usize| {
        start.len() >= 4
            && start.iter().enumerate().all(|(at, byte)| (at % 2 == odd) == (*byte == 0))
    };
    nul_at(0) || nul_at(1)
}

/// The place of the character that follows `good`.
fn place_after(good: &str) -> Place {
    let start = good.rfind(['\n', '\r']).map_or(0, |at| at + 1);
    let character = good[start..].chars().count() as u64 + 1;
    Place::Character { line: line_breaks(good) + 1, character }
}

/// How many lines end in `text`: by LF, CR LF, or CR alone.
pub(super) fn line_breaks(text: &str) -> u64 {
    let bytes = text.as_bytes();
    let alone = |at: &usize| bytes.get(at + 1) != Some(&b'\n');
    let feeds = memchr::memchr_iter(b'\n', bytes).count();
    let returns = memchr::memchr_iter(b'\r', bytes).filter(alone).count();
    (feeds + returns) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utf_16_of(text: &str, le: bool) -> Vec<u8> {
        let bytes = |unit: u16| if le { unit.to_le_bytes() } else { unit.to_be_bytes() };
        format!("\u{feff}{text}").encode_utf16().flat_map(bytes).collect()
    }

    fn refused(bytes: &[u8]) -> String {
        decode(bytes, 1000).unwrap_err().to_string()
    }

    #[test]
    fn every_encoding_gives_the_same_text() {
        let text = "UserID\tEmail\r\nZoë\t陈伟😀";
        let mut marked = b"\xef\xbb\xbf".to_vec();
        marked.extend(text.as_bytes());
        let cases = [
            (text.as_bytes().to_vec(), Encoding::Utf8, "UTF-8"),
            (marked, Encoding::Utf8Marked, "UTF-8 with BOM"),
            (utf_16_of(text, true), Encoding::Utf16Le, "UTF-16LE"),
            (utf_16_of(text, false), Encoding::Utf16Be, "UTF-16BE"),
        ];
        for (bytes, encoding, name) in cases {
            let read = decode(&bytes, 1000).unwrap();
            assert_eq!((read.encoding, read.text.as_ref()), (encoding, text));
            assert_eq!(read.encoding.to_string(), name);
        }
    }

    #[test]
    fn broken_text_names_line_and_character() {
        let windows = b"UserID,Email\r\n1,a@x.example\r2,J\xfcrgen\n";
        assert!(refused(windows).starts_with("line 3, character 4: this is not valid UTF-8"));
        assert!(refused(b"\xef\xbb\xbfab\n\xff").starts_with("line 2, character 1: "));

        let mut odd = utf_16_of("a\nbc", true);
        odd.push(b'd');
        assert!(refused(&odd).starts_with("line 2, character 3: this is not valid UTF-16LE"));
        let mut lone = utf_16_of("é", false);
        lone.extend([0xd8, 0x00, 0x00, 0x41]);
        assert!(refused(&lone).starts_with("line 1, character 2: this is not valid UTF-16BE"));
    }

    #[test]
    fn what_is_no_text_is_named() {
        let cases: [(&[u8], &str); 8] = [
            (b"PK\x03\x04rest", "this is a workbook or another zip archive"),
            (b"\x1f\x8b\x08", "this is a gzip archive"),
            (b"\xd0\xcf\x11\xe0", "this is an old Excel workbook"),
            (b"\xff\xfe\0\0U\0\0\0", "this is text in UTF-32"),
            (b"U\0s\0e\0r\0", "this looks like UTF-16 without a byte order mark"),
            (b"\0U\0s\0e\0r", "this looks like UTF-16 without a byte order mark"),
            (b"UserID\n1\0", "line 2, character 2: a NUL character"),
            (&[b'a'; 1001], "the file is larger than 1000 bytes"),
        ];
        for (bytes, want) in cases {
            let got = refused(bytes);
            assert!(got.starts_with(want), "{got}");
        }
    }

    #[test]
    fn lines_end_in_all_three_ways() {
        assert_eq!(line_breaks("a\nb\r\nc\rd"), 3);
        assert_eq!(line_breaks("a\r"), 1);
    }
}
