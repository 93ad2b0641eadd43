//! Numbers in words: "2,412", "1 user", "2,412 users".
//!
//! Owns the one way a number is written for people. Must not be used for the wire or for files.

/// "2,412".
pub fn thousands(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// "1 day", "2,412 users".
pub fn count(n: u64, noun: &str) -> String {
    if n == 1 { format!("1 {noun}") } else { format!("{} {noun}s", thousands(n)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_thousands_separators() {
        let all = [0, 12, 999, 1_000, 2_412, 1_000_000].map(thousands);
        assert_eq!(all, ["0", "12", "999", "1,000", "2,412", "1,000,000"]);
        assert_eq!(count(1, "user"), "1 user");
        assert_eq!(count(2_412, "user"), "2,412 users");
    }
}
