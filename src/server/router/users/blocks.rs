//! The roster in blocks: a manifest, then the parts that are asked for, in order.
//!
//! Owns the ranges and the sending. A part is as it is at the moment when it is sent; a fault breaks
//! the stream off.

use axum::body::Body;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};

use super::super::Shared;
use super::super::asked::{Asked, Routes};
use crate::api::blocks::{Frame, Kind};
use crate::api::plan::{Numbers, read_numbers};
use crate::api::roster::{BLOCKS, StreamBlocks};
use crate::server::refusal::Refusal;

/// Parts that are made ahead of the reader.
const AHEAD: usize = 4;

pub(super) fn routes() -> Routes {
    Routes::new().raw::<StreamBlocks, _>(stream_blocks)
}

/// A site's users in blocks of 4,096, packed: what a client reads.
///
/// The first frame is a `RosterManifest` as JSON, with the digest of every part that is known.
/// Whoever has a part with that digest need not ask for it. A frame is its kind (0 manifest, 1 text,
/// 2 kept), the block (32 bits, little-endian like all), 16 bytes of digest, its length (32 bits),
/// and as many bytes. Scripts read `GET /v1/sites/{url}/roster` with less trouble.
async fn stream_blocks(
    State(backend): State<Shared>,
    Asked { path: url, query: wanted, .. }: Asked<StreamBlocks>,
) -> Result<Response, Refusal> {
    let site = backend.directory.site_facts(&url).await?;
    let manifest = backend.directory.roster_manifest(&site, backend.clock.now()).await?;
    let blocks = manifest.blocks.len() as u32;
    let text = ranges("text", wanted.text.as_deref(), blocks)?;
    let kept = ranges("kept", wanted.kept.as_deref(), blocks)?;
    let manifest = Frame::of(Kind::Manifest, 0, serde_json::to_vec(&manifest)?.into());
    let parts = (0..blocks).flat_map(move |block| {
        let text = text.contains(block).then_some((block, Kind::Text));
        text.into_iter().chain(kept.contains(block).then_some((block, Kind::Kept)))
    });
    let made = stream::iter(parts).map(move |(block, kind)| {
        let (directory, site) = (backend.directory.clone(), site.id);
        // A task each: they go on while the reader takes what is there.
        tokio::spawn(async move { directory.roster_part(site, block, kind).await })
    });
    let frames = made.buffered(AHEAD).map(|made| match made {
        Ok(Ok(frame)) => Ok(frame),
        Ok(Err(refusal)) => Err(std::io::Error::other(refusal.problem.code)),
        Err(fault) => Err(std::io::Error::other(fault)),
    });
    let pieces =
        |frame: Frame| stream::iter([frame.head(), frame.bytes].map(Ok::<_, std::io::Error>));
    let bytes = pieces(manifest).chain(frames.map_ok(pieces).try_flatten());
    let body = Body::from_stream(bytes.fuse());
    Ok(([(header::CONTENT_TYPE, BLOCKS)], body).into_response())
}

/// The blocks of a range list; of all where there is none.
fn ranges(name: &'static str, asked: Option<&str>, blocks: u32) -> Result<Numbers, Refusal> {
    match asked {
        None => Ok(Numbers::full(blocks)),
        Some("") => Ok(Numbers::new()),
        Some(asked) => read_numbers(asked, blocks)
            .map_err(|error| Refusal::invalid(name, format!("The blocks: {error}."))),
    }
}
