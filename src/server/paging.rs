//! Pages of lists: how many, and where the next one begins.
//!
//! Owns the opaque cursor (base64url of the last row's key as JSON) and the limits. A cursor holds
//! nothing that its reader did not see.

use axum::http::StatusCode;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::refusal::Refusal;
use crate::api::page::Page;
use crate::api::problem::code;

const USUAL: u16 = 100;
const MOST: u16 = 500;

/// How many items a page may have: 1 to 500, 100 when nothing is asked for.
///
/// # Errors
/// A refusal that names the field.
pub fn limit(asked: Option<u16>) -> Result<usize, Refusal> {
    match asked.unwrap_or(USUAL) {
        n @ 1..=MOST => Ok(usize::from(n)),
        _ => Err(Refusal::invalid("limit", "A page has 1 to 500 items.")),
    }
}

/// The key of the row that the page before ended with, if there was one.
///
/// # Errors
/// A refusal when the cursor is none of ours.
pub fn after<K: DeserializeOwned>(cursor: Option<&str>) -> Result<Option<K>, Refusal> {
    let Some(cursor) = cursor else { return Ok(None) };
    let read = |text: &str| serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).ok()?).ok();
    match read(cursor) {
        Some(key) => Ok(Some(key)),
        None => Err(no_such_cursor()),
    }
}

/// The refusal of a cursor that is none of ours.
pub fn no_such_cursor() -> Refusal {
    Refusal::new(
        StatusCode::UNPROCESSABLE_ENTITY,
        code::INVALID,
        "This cursor is not one that the list gave.",
        "Begin again at the first page, without a cursor.",
    )
    .at("cursor")
}

/// Makes a page of rows that were asked for one more than `limit`: the one too many tells that
/// there is a next page, which begins after `key` of the last row kept.
///
/// # Errors
/// Never in practice: keys are plain values.
pub fn page<R, T, K: Serialize>(
    mut rows: Vec<R>,
    limit: usize,
    key: impl FnOnce(&R) -> K,
    show: impl FnMut(R) -> T,
) -> Result<Page<T>, Refusal> {
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next = match rows.last() {
        Some(last) if more => Some(URL_SAFE_NO_PAD.encode(serde_json::to_vec(&key(last))?)),
        _ => None,
    };
    Ok(Page { items: rows.into_iter().map(show).collect(), next })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_follow_each_other() {
        let first = page(vec![1, 2, 3], 2, |n| *n, |n| n).unwrap();
        assert_eq!(first.items, [1, 2]);
        assert_eq!(after::<i32>(first.next.as_deref()).unwrap(), Some(2));
        let last = page(vec![3], 2, |n| *n, |n| n).unwrap();
        assert_eq!(last.next, None);
    }

    #[test]
    fn bad_cursors_and_limits_name_their_field() {
        assert_eq!(after::<i32>(Some("??")).unwrap_err().problem.field.as_deref(), Some("cursor"));
        for bad in [0, 501] {
            assert_eq!(limit(Some(bad)).unwrap_err().problem.field.as_deref(), Some("limit"));
        }
        assert_eq!(limit(None).unwrap(), 100);
    }
}
