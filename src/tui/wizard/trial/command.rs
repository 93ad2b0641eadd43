//! Starting a trial as a command line.
//!
//! Owns the spelling of its options and the quoting of what may hold blanks.

use crate::api::trial::StartTrial;
use crate::domain::untrusted::Untrusted;
use crate::tui::quantities;

/// `hublink trial start ...`.
pub fn start_command(partner: &str, start: &StartTrial) -> String {
    let mut out = format!(
        "hublink trial start --partner {} --company {} --administrator {} --vertical {} --country {}",
        quoted(partner),
        quoted(&start.company),
        quoted(&start.administrator),
        start.vertical.code(),
        start.country,
    );
    out.push_str(&quantities::options(&start.services));
    if let (Some(url), Some(zone)) = (&start.site_url, &start.time_zone) {
        out.push_str(&format!(" --site-url {} --time-zone {zone}", quoted(url)));
    }
    out.push_str(&format!(" --days {} --supported-location", start.days));
    out
}

/// A word of a command line, in quotes where it needs them.
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
        assert_eq!(quoted(""), "''");
    }
}
