//! Moments in the operator's words: "10:42 CET", "10 Apr", "in 12 days".
//!
//! Owns the wording of every time on screen. Now and the zone come in; nothing reads a clock.

use jiff::Timestamp;
use jiff::tz::TimeZone;

pub use crate::domain::number::{count, thousands};

/// "10:42 CET".
pub fn time(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned(zone.clone()).strftime("%H:%M %Z").to_string()
}

/// "10 Apr", with the year when it is not `now`'s.
pub fn date(at: Timestamp, now: Option<Timestamp>, zone: &TimeZone) -> String {
    let there = at.to_zoned(zone.clone());
    let same_year = now.is_some_and(|now| now.to_zoned(zone.clone()).year() == there.year());
    there.strftime(if same_year { "%-d %b" } else { "%-d %b %Y" }).to_string()
}

/// "10:42 CET", "tomorrow 10:42 CET", "10 Apr 10:42 CEST".
pub fn moment(at: Timestamp, now: Option<Timestamp>, zone: &TimeZone) -> String {
    let Some(now_at) = now else {
        return format!("{} {}", date(at, now, zone), time(at, zone));
    };
    let day = |t: Timestamp| t.to_zoned(zone.clone()).date();
    let days = day(now_at).until(day(at)).map_or(i32::MAX, |span| span.get_days());
    match days {
        0 => time(at, zone),
        1 => format!("tomorrow {}", time(at, zone)),
        -1 => format!("yesterday {}", time(at, zone)),
        _ => format!("{} {}", date(at, now, zone), time(at, zone)),
    }
}

/// The same inside a sentence: "at 10:42 CET", "yesterday at 10:42 CET", "on 10 Apr at 10:42 CEST".
pub fn at(at: Timestamp, now: Option<Timestamp>, zone: &TimeZone) -> String {
    let (words, time) = (moment(at, now, zone), time(at, zone));
    match words.strip_suffix(&time).map(str::trim_end) {
        Some("") | None => format!("at {time}"),
        Some(day @ ("tomorrow" | "yesterday")) => format!("{day} at {time}"),
        Some(day) => format!("on {day} at {time}"),
    }
}

/// A day of a report in a form of strftime: reports are cut in UTC, wherever one looks from.
pub fn utc(at: Timestamp, form: &str) -> String {
    at.to_zoned(TimeZone::UTC).strftime(form).to_string()
}

/// "in 12 days", "in 3 hours", "in 5 minutes", "2 days ago", "now"; to the nearest of each, so that
/// 30 days are 30 days a second later.
pub fn distance(at: Timestamp, now: Timestamp) -> String {
    let seconds = at.as_second() - now.as_second();
    let words = match seconds.unsigned_abs() {
        0..60 => return "now".to_owned(),
        s @ 60..3_570 => count((s + 30) / 60, "minute"),
        s @ 3_570..84_600 => count((s + 1_800) / 3_600, "hour"),
        s => count((s + 43_200) / 86_400, "day"),
    };
    if seconds > 0 { format!("in {words}") } else { format!("{words} ago") }
}

/// Whole days from `now` until `at`; 0 when it has come.
pub fn days_left(at: Timestamp, now: Timestamp) -> u64 {
    u64::try_from((at.as_second() - now.as_second()) / 86_400).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn moments_are_told_from_now() {
        let (now, utc) = (at("2026-03-01T09:00:00Z"), TimeZone::UTC);
        let words = |t: &str| moment(at(t), Some(now), &utc);
        assert_eq!(words("2026-03-01T10:42:00Z"), "10:42 UTC");
        assert_eq!(words("2026-03-02T10:42:00Z"), "tomorrow 10:42 UTC");
        assert_eq!(words("2026-04-10T00:00:00Z"), "10 Apr 00:00 UTC");
        assert_eq!(words("2027-04-10T00:00:00Z"), "10 Apr 2027 00:00 UTC");
    }

    #[test]
    fn a_moment_inside_a_sentence_reads_as_one() {
        let now = at("2026-03-01T09:00:00Z");
        let words = |t: &str| super::at(at(t), Some(now), &TimeZone::UTC);
        assert_eq!(words("2026-03-01T10:42:00Z"), "at 10:42 UTC");
        assert_eq!(words("2026-02-28T10:48:00Z"), "yesterday at 10:48 UTC");
        assert_eq!(words("2026-04-10T00:00:00Z"), "on 10 Apr at 00:00 UTC");
    }

    #[test]
    fn distances_use_the_largest_unit_and_30_days_are_30_days() {
        let now = at("2026-03-01T09:00:00Z");
        assert_eq!(distance(at("2026-03-13T09:00:00Z"), now), "in 12 days");
        assert_eq!(distance(at("2026-03-01T10:29:00Z"), now), "in 1 hour");
        assert_eq!(distance(at("2026-03-31T08:59:59Z"), now), "in 30 days");
        assert_eq!(distance(at("2026-03-02T08:59:59Z"), now), "in 1 day");
        assert_eq!(distance(at("2026-03-01T09:59:59Z"), now), "in 1 hour");
        assert_eq!(distance(at("2026-03-01T08:58:00Z"), now), "2 minutes ago");
        assert_eq!(distance(now, now), "now");
    }
}
