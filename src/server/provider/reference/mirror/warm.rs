//! Blocks of large rosters, made once after a start, before anybody waits for them.
//!
//! Owns how much is made: no more than what is kept, and nothing of a roster that is soon made.
//! What changes later is made anew when it is asked for.

use std::sync::atomic::Ordering;
use std::time::Duration;

use super::super::Reference;
use super::{Kind, Mirror};
use crate::server::chores::{Looked, Next};
use crate::server::refusal::Refusal;
use crate::server::stop::Stop;
use crate::server::store::Store;

/// A start has better to do at first.
const REST: Duration = Duration::from_secs(1);
/// As many blocks as there is room for, of the usual length.
const MOST: u32 = 480;

/// Rests once, makes them, and is done.
pub async fn look(reference: &Reference, stop: &Stop) -> Looked {
    if !reference.mirror.rested.swap(true, Ordering::Relaxed) {
        return Ok(Next::within(REST));
    }
    all(&reference.mirror, &reference.store, stop).await?;
    Ok(Next::rung())
}

/// Makes the blocks of rosters that have several, longest first, one after the other.
pub(super) async fn all(mirror: &Mirror, store: &Store, stop: &Stop) -> Result<(), Refusal> {
    let sites: Vec<(i64, u32)> = sqlx::query_as(LARGE).fetch_all(&mut *store.read().await?).await?;
    if sites.is_empty() {
        return Ok(());
    }
    let blocks = sites.into_iter().flat_map(|(site, last)| (0..=last).map(move |at| (site, at)));
    for (site, block) in blocks.take(MOST as usize) {
        for kind in [Kind::Kept, Kind::Text] {
            if stop.is_stopping() {
                return Ok(());
            }
            mirror.part(site, block, kind).await?;
        }
    }
    Ok(())
}

const LARGE: &str = "SELECT site, max(block) FROM roster_marks GROUP BY site
    HAVING max(block) > 0 ORDER BY 2 DESC";
