//! The endpoints of a site's users.
//!
//! Owns what is known of each; their bodies are the module above.

use super::{BLOCKS, BlocksQuery, LINES, RosterLine, RosterQuery, User};
use crate::api::endpoint::{About, Endpoint, File, Lines, Nothing};
use crate::api::page::{Page, PageQuery};
use crate::api::route::{On, Route};
use crate::domain::role::Action;
use utoipa::ToSchema;

/// Its endpoints.
pub(in crate::api) const ENDPOINTS: &[&About] =
    &[StreamRoster::ABOUT, ListUsers::ABOUT, StreamBlocks::ABOUT];

/// All users of the site as NDJSON: a head, then one line a user in order of number.
///
/// A stream that broke is resumed with `?after=` the last number read.
#[derive(Debug, ToSchema)]
pub struct StreamRoster;

impl Endpoint for StreamRoster {
    const ROUTE: Route = Route::get("stream_roster", "/v1/sites/{url}/roster")
        .tag("Users")
        .may(Action::SeeUsers, On::Site)
        .answers_with(200, "A head, then one user a line.")
        .media(LINES)
        .long();
    type Path = String;
    type Query = RosterQuery;
    type Body = Nothing;
    type Answer = Lines<RosterLine>;
}

/// The site's users, by number, with what an invitation would do now.
#[derive(Debug, ToSchema)]
pub struct ListUsers;

impl Endpoint for ListUsers {
    const ROUTE: Route = Route::get("list_users", "/v1/sites/{url}/users")
        .tag("Users")
        .may(Action::SeeUsers, On::Site);
    type Path = String;
    type Query = PageQuery;
    type Body = Nothing;
    type Answer = Page<User>;
}

/// A site's users in blocks of 4,096, packed: what a client reads.
///
/// The first frame is a `RosterManifest` as JSON, with the digest of every part that is known.
/// Whoever has a part with that digest need not ask for it. A frame is its kind (0 manifest, 1 text,
/// 2 kept), the block (32 bits, little-endian like all), 16 bytes of digest, its length (32 bits),
/// and as many bytes. Scripts read `GET /v1/sites/{url}/roster` with less trouble.
#[derive(Debug, ToSchema)]
pub struct StreamBlocks;

impl Endpoint for StreamBlocks {
    const ROUTE: Route = Route::get("stream_blocks", "/v1/sites/{url}/roster/blocks")
        .tag("Users")
        .may(Action::SeeUsers, On::Site)
        .answers_with(200, "A manifest, then the parts asked for, in order of block.")
        .media(BLOCKS)
        .long();
    type Path = String;
    type Query = BlocksQuery;
    type Body = Nothing;
    type Answer = File;
}
