//! How a meeting looked and sounded: what was measured, and when that is good, fair or poor.
//!
//! Owns the bounds, once, for audio and video alike. A rating is computed when a measurement comes
//! in; nothing else judges it.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use strum::{VariantArray, VariantNames};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

use crate::domain::code::coded;

/// A share of a hundred, kept in hundredths: `1.25` is 125.
#[derive(
    Debug,
    Clone,
    Copy,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    ToSchema,
)]
#[serde(try_from = "f64", into = "f64")]
#[schema(value_type = f64, minimum = 0, maximum = 100)]
pub struct Percent(u16);

impl Percent {
    /// From hundredths of a percent; what is more than all is all.
    pub fn from_hundredths(hundredths: u64) -> Self {
        Self(u16::try_from(hundredths).unwrap_or(u16::MAX).min(10_000))
    }

    /// In hundredths of a percent.
    pub const fn hundredths(self) -> u16 {
        self.0
    }

    /// The share that `part` has of `whole`, rounded; nothing of nothing.
    pub fn of(part: u64, whole: u64) -> Self {
        let doubled = u128::from(part) * 20_000;
        let rounded = (doubled + u128::from(whole)).checked_div(2 * u128::from(whole));
        Self::from_hundredths(u64::try_from(rounded.unwrap_or(0)).unwrap_or(u64::MAX))
    }

    /// Reads `1.25`, `1,25` or `1.25 %`.
    pub fn parse(text: &str) -> Option<Self> {
        let number = text.trim().trim_end_matches('%').trim_end().replace(',', ".");
        Self::try_from(number.parse::<f64>().ok()?).ok()
    }
}

impl TryFrom<f64> for Percent {
    type Error = &'static str;

    fn try_from(percent: f64) -> Result<Self, Self::Error> {
        if (0.0..=100.0).contains(&percent) {
            Ok(Self((percent * 100.0).round() as u16))
        } else {
            Err("a percentage is a number from 0 to 100")
        }
    }
}

impl From<Percent> for f64 {
    fn from(percent: Percent) -> Self {
        Self::from(percent.0) / 100.0
    }
}

/// With one decimal below ten, as "0.4 %", else whole.
impl fmt::Display for Percent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = match self.0 {
            0 => "0 %".to_owned(),
            n @ 1..995 => format!("{}.{} %", (n + 5) / 100, (n + 5) % 100 / 10),
            n => format!("{} %", (n + 50) / 100),
        };
        f.pad(&words)
    }
}

/// What was measured of somebody's sound or picture.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Sample {
    /// Packets that were lost.
    pub packet_loss_percent: Percent,
    /// How long a packet took.
    pub latency_ms: u32,
    /// How unevenly packets came.
    pub jitter_ms: u32,
}

/// How good that is.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
#[derive(VariantArray, VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum Rating {
    /// Nobody noticed anything.
    Good,
    /// Noticed now and then.
    Fair,
    /// It disturbed.
    Poor,
}

coded!(Rating);

/// From where on it is no longer good, and from where on poor: loss in hundredths of a percent,
/// latency and jitter in milliseconds.
const BOUNDS: [(u16, u16); 3] = [(250, 500), (300, 400), (75, 150)];

impl Sample {
    /// The worst of the three measures decides.
    pub fn rating(self) -> Rating {
        let measures =
            [u32::from(self.packet_loss_percent.hundredths()), self.latency_ms, self.jitter_ms];
        let rate = |(measure, (fair, poor)): (u32, (u16, u16))| match measure {
            m if m >= poor.into() => Rating::Poor,
            m if m >= fair.into() => Rating::Fair,
            _ => Rating::Good,
        };
        measures.into_iter().zip(BOUNDS).map(rate).max().unwrap_or(Rating::Good)
    }
}

/// The size of a picture, written as `1280x720`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Resolution {
    /// Columns.
    pub width: u16,
    /// Rows.
    pub height: u16,
}

impl PartialSchema for Resolution {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .pattern(Some("^[1-9][0-9]{0,3}x[1-9][0-9]{0,3}$"))
            .examples(["1280x720"])
            .into()
    }
}

impl ToSchema for Resolution {}

impl FromStr for Resolution {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let side = |part: &str| {
            let digits = part.trim();
            let plain = digits.bytes().all(|b| b.is_ascii_digit());
            digits.parse().ok().filter(|n: &u16| (1..=9_999).contains(n) && plain)
        };
        text.split_once(['x', 'X', '×'])
            .and_then(|(width, height)| Some(Self { width: side(width)?, height: side(height)? }))
            .ok_or("a resolution is written like 1280x720")
    }
}

impl TryFrom<String> for Resolution {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Resolution> for String {
    fn from(resolution: Resolution) -> Self {
        resolution.to_string()
    }
}

impl fmt::Display for Resolution {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{}x{}", self.width, self.height))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(hundredths: u64, latency_ms: u32, jitter_ms: u32) -> Sample {
        let packet_loss_percent = Percent::from_hundredths(hundredths);
        Sample { packet_loss_percent, latency_ms, jitter_ms }
    }

    #[test]
    fn l9_the_worst_measure_decides() {
        use Rating::{Fair, Good, Poor};
        let cases = [
            (sample(0, 0, 0), Good),
            (sample(249, 299, 74), Good),
            (sample(250, 0, 0), Fair),
            (sample(0, 300, 0), Fair),
            (sample(0, 0, 75), Fair),
            (sample(499, 399, 149), Fair),
            (sample(500, 0, 0), Poor),
            (sample(0, 400, 0), Poor),
            (sample(0, 0, 150), Poor),
            (sample(10_000, 0, 0), Poor),
        ];
        for (sample, want) in cases {
            assert_eq!(sample.rating(), want, "{sample:?}");
        }
    }

    #[test]
    fn shares_are_rounded_and_never_divide_by_nothing() {
        assert_eq!(Percent::of(1, 3).hundredths(), 3_333);
        assert_eq!(Percent::of(2, 3).hundredths(), 6_667);
        assert_eq!(Percent::of(0, 0).hundredths(), 0);
        assert_eq!(Percent::of(7, 7).hundredths(), 10_000);
        assert_eq!(Percent::of(u64::MAX, 1).hundredths(), 10_000);
    }

    #[test]
    fn shares_are_read_and_told() {
        let told = |hundredths| Percent::from_hundredths(hundredths).to_string();
        let cases = [(0, "0 %"), (4, "0.0 %"), (44, "0.4 %"), (994, "9.9 %"), (995, "10 %")];
        for (hundredths, want) in cases {
            assert_eq!(told(hundredths), want);
        }
        assert_eq!(told(10_000), "100 %");
        for text in ["1.25", "1,25", " 1.25 % "] {
            assert_eq!(Percent::parse(text).unwrap().hundredths(), 125);
        }
        for text in ["", "-1", "101", "NaN", "inf", "x"] {
            assert_eq!(Percent::parse(text), None, "{text}");
        }
        assert_eq!(serde_json::to_string(&Percent::from_hundredths(125)).unwrap(), "1.25");
    }

    #[test]
    fn resolutions_are_read_and_written_back() {
        for text in ["1280x720", "1280X720", "1280 × 720"] {
            assert_eq!(text.parse::<Resolution>().unwrap().to_string(), "1280x720");
        }
        for text in ["", "720", "0x1", "+1x2", "1280x", "axb", "99999x1"] {
            assert!(text.parse::<Resolution>().is_err(), "{text}");
        }
    }
}
