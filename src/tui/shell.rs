//! Words of a command line that is shown to be copied.
//!
//! Owns the quoting: what was typed or came from outside stays one word of a POSIX shell, and runs
//! nothing. Must not know any command.

use crate::domain::untrusted::Untrusted;

/// A text as one word of a POSIX shell, in quotes where it needs them.
pub fn quoted(word: &str) -> String {
    let word = Untrusted::new(word).shown().to_string();
    let plain = |c: char| c.is_ascii_alphanumeric() || "@%+=:,./-_".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return word;
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_shell_would_take_apart_is_quoted() {
        assert_eq!(quoted("ada@brightwater.example"), "ada@brightwater.example");
        assert_eq!(quoted("Brightwater Labs"), "'Brightwater Labs'");
        assert_eq!(quoted("O'Neill & Söhne"), r"'O'\''Neill & Söhne'");
        assert_eq!(quoted("`id`$x@acme.example"), "'`id`$x@acme.example'");
        assert_eq!(quoted("DE"), "DE");
        assert_eq!(quoted(""), "''");
    }
}
