//! Feeds of insights (rule L9): read and checked whole, then handed to the directory.
//!
//! Owns where a fault is told: a field of the JSON body, or a line and column of the file. Nothing
//! of a feed with a fault is taken. Must not know how it is stored: the directory does.

use axum::http::StatusCode;

use crate::api::insights::FeedTaken;
use crate::api::problem::code;
use crate::domain::insights::feed::Feed;
use crate::server::Backend;
use crate::server::directory::Viewer;
use crate::server::refusal::Refusal;
use crate::server::store::rehearsal;
use crate::table::{Limits, read_feed};

/// Takes a feed that came as JSON.
///
/// # Errors
/// `422 invalid` naming the field; what the directory refuses.
pub async fn take(
    backend: &Backend,
    viewer: &Viewer,
    url: &str,
    feed: &Feed,
) -> Result<FeedTaken, Refusal> {
    feed.check().map_err(|fault| {
        let detail = format!("{} {}; nothing of the feed was taken.", fault.path, fault.why);
        Refusal::invalid(&fault.path, detail)
    })?;
    backend.directory.take_feed(viewer, url, feed).await
}

/// Takes a feed that came as a file.
///
/// # Errors
/// `422 file_refused` naming line and column; what the directory refuses.
pub async fn import(
    backend: &Backend,
    viewer: &Viewer,
    url: &str,
    file: Vec<u8>,
) -> Result<FeedTaken, Refusal> {
    rehearsal::enough()?;
    // Reads on a thread that may block: a hundred thousand rows take a while.
    let feed = tokio::task::spawn_blocking(move || read_feed(&file, &Limits::ROSTER))
        .await
        .map_err(|fault| Refusal::internal(&fault))?
        .map_err(|fault| {
            Refusal::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                code::FILE_REFUSED,
                format!("The file was refused as a whole: {fault}."),
                "Correct that place, or export the file again, and import it once more.",
            )
        })?;
    backend.directory.take_feed(viewer, url, &feed).await
}
