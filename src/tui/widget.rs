//! Plain structs and functions that draw: no messages, no requests, no actions.
//!
//! Widgets know the theme, the layout and the domain. `field` is the one that looks at keys: it
//! edits text.

pub mod bar;
pub mod chart;
pub mod columns;
pub mod field;
pub mod footer;
pub mod frame;
pub mod links;
pub mod marks;
pub mod rows;
pub mod sweep;
pub mod table;
pub mod text;
