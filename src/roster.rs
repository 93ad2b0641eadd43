//! A site's users in memory: columns, search, facets, filter, selection (SPEC section 5).
//!
//! Owns everything the "Select users" page computes, as pure functions over [`Columns`] and
//! [`Bitmap`]s of roster numbers, and the wire form of a selection ([`choice`]). No row is kept as
//! a struct: text lies in arenas, the rest in small codes, so that a million users fit and answer
//! at once. Must not do: IO, clocks, drawing.

pub mod addresses;
pub mod bitmap;
pub mod choice;
mod chunk;
pub mod columns;
pub mod facets;
mod forecast;
pub mod matches;
mod names;
pub mod query;
pub mod search;
pub mod selection;
pub mod tally;

pub use crate::domain::fold;
pub use addresses::{ByUserId, Found, Missing, find_addresses, list_text};
pub use bitmap::Bitmap;
pub use choice::Choice;
pub use columns::{Columns, Row, RowIn};
pub use facets::{Facet, FacetKey, FacetRow};
pub use matches::Matches;
pub use query::{Query, QueryError};
pub use search::{Progress, Search};
pub use selection::{HeaderBox, Scope, Selection};
pub use tally::{Tally, rest, tally};
