//! Tests of what stands in `period.rs`.

use super::*;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn starts(period: Period, count: u16, now: &str) -> Vec<String> {
    let day = |stretch: &Stretch| stretch.from.to_string()[..10].to_owned();
    period.last(count, at(now)).iter().map(day).collect()
}

#[test]
fn l9_days_weeks_and_months_end_with_that_of_now() {
    let now = "2026-03-31T23:59:59Z";
    assert_eq!(starts(Period::Day, 3, now), ["2026-03-29", "2026-03-30", "2026-03-31"]);
    // A Tuesday.
    assert_eq!(starts(Period::Week, 2, now), ["2026-03-23", "2026-03-30"]);
    // From the 31st back: no month is skipped.
    assert_eq!(starts(Period::Month, 3, now), ["2026-01-01", "2026-02-01", "2026-03-01"]);
    assert_eq!(starts(Period::Month, 2, "2026-01-01T00:00:00Z"), ["2025-12-01", "2026-01-01"]);
}

#[test]
fn l9_stretches_join_without_gap_or_overlap() {
    for period in Period::ALL {
        let all = period.last(period.most(), at("2026-10-25T00:30:00Z"));
        assert_eq!(all.len(), usize::from(period.most()));
        assert!(all.windows(2).all(|pair| pair[0].until == pair[1].from), "{period:?}");
        assert!(all.iter().all(|stretch| stretch.from < stretch.until));
    }
}

#[test]
fn l9_the_three_periods_turn() {
    let turned = Period::ALL.map(Period::turned);
    assert_eq!(turned, [Period::Week, Period::Month, Period::Day]);
}
