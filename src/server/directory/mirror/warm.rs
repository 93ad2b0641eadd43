//! Blocks of large rosters, made once after a start, before anybody waits for them, and stored.
//!
//! Owns how much is made: no more than what is kept, and nothing of a roster that is soon made.
//! What changes later is made anew when it is asked for, and stored now and then.

use std::sync::atomic::Ordering;
use std::time::Duration;

use super::super::Directory;
use super::{Kind, Mirror};
use crate::server::chores::{Looked, Next};
use crate::server::refusal::Refusal;
use crate::server::stop::Stop;
use crate::server::store::Store;

/// A start has better to do at first.
const REST: Duration = Duration::from_secs(1);
/// What was made since is stored so often.
const STORE: Duration = Duration::from_mins(10);
/// As many blocks as there is room for, of the usual length.
const MOST: u32 = 480;

/// Rests once, makes them, and is done.
pub async fn look(directory: &Directory, stop: &Stop) -> Looked {
    let (mirror, store) = (&directory.mirror, &directory.store);
    match mirror.rested.fetch_add(1, Ordering::Relaxed) {
        0 => return Ok(Next::within(REST)),
        1 => all(mirror, store, stop).await?,
        _ => {}
    }
    let large = large(store).await?;
    for (site, _) in &large {
        mirror.store(*site, stop).await?;
    }
    Ok(if large.is_empty() { Next::rung() } else { Next::within(STORE) })
}

/// Sites whose rosters have several blocks, and the last of them; longest first.
async fn large(store: &Store) -> Result<Vec<(i64, u32)>, sqlx::Error> {
    sqlx::query_as(LARGE).fetch_all(&mut *store.read().await?).await
}

/// Makes the blocks of rosters that have several, longest first, one after the other.
pub(super) async fn all(mirror: &Mirror, store: &Store, stop: &Stop) -> Result<(), Refusal> {
    let sites = large(store).await?;
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

const LARGE: &str = "SELECT site, max(block) AS last FROM roster_marks GROUP BY site
    HAVING max(block) > 0 ORDER BY last DESC";
