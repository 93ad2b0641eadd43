//! A selection in few bytes: a draft holds 256 KiB, a million scattered ticks are more as ranges.
//!
//! Owns the two forms of the numbers in a saved draft: the range list of the API, or, where that
//! is long, one bit per user. Must not change which users are meant.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD as BASE64;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::api::plan::Selection;
use crate::roster::{Bitmap, choice};

/// Longer range lists are kept as bits.
const LONG: usize = 32 << 10;
/// More users than any roster has: what a damaged draft may cost.
const MOST: u32 = 1 << 24;
/// In front of bits; no range list begins so.
const BITS: char = '=';

#[expect(clippy::ref_option, reason = "the shape that serde asks for")]
pub(super) fn serialize<S: Serializer>(
    selection: &Option<Selection>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let mut kept = selection.clone();
    if let Some(numbers) = kept.as_mut().and_then(numbers)
        && numbers.len() > LONG
        && let Ok(rows) = choice::parse(numbers, MOST)
    {
        *numbers = format!("{BITS}{}", BASE64.encode(rows.to_bytes()));
    }
    kept.serialize(serializer)
}

pub(super) fn deserialize<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Selection>, D::Error> {
    let mut kept = Option::<Selection>::deserialize(deserializer)?;
    if let Some(numbers) = kept.as_mut().and_then(numbers)
        && let Some(bits) = numbers.strip_prefix(BITS)
    {
        let bytes = BASE64.decode(bits).map_err(serde::de::Error::custom)?;
        *numbers = choice::write(&Bitmap::from_bytes(&bytes));
    }
    Ok(kept)
}

fn numbers(selection: &mut Selection) -> Option<&mut String> {
    match selection {
        Selection::Only { numbers, .. } | Selection::AllExcept { numbers, .. } => Some(numbers),
        Selection::All {} | Selection::Rest {} | Selection::Cohort { .. } => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::api::plan::Selection;
    use crate::roster::{Bitmap, choice};
    use crate::tui::wizard::link_users::answers::Answers;

    fn saved(rows: &Bitmap) -> (Answers, String) {
        let selection = Selection::Only { revision: 1, numbers: choice::write(rows) };
        let answers = Answers { selection: Some(selection), ..Answers::default() };
        let text = serde_json::to_string(&answers).unwrap();
        (answers, text)
    }

    #[test]
    fn u2_a_million_scattered_ticks_fit_into_a_draft_and_come_back() {
        let (answers, text) = saved(&(0..1_000_000).step_by(2).collect());
        assert!(text.len() < 256 << 10, "{}", text.len());
        assert_eq!(serde_json::from_str::<Answers>(&text).unwrap(), answers);
    }

    #[test]
    fn few_ticks_stay_readable() {
        let (answers, text) = saved(&(3..40).collect());
        assert!(text.contains("\"3-39\""), "{text}");
        assert_eq!(serde_json::from_str::<Answers>(&text).unwrap(), answers);
    }
}
