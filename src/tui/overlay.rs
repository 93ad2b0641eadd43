//! Boxes laid over a screen: help, palette, question, menu, message.
//!
//! Owns what they share: a list to search and pick from. Each is a screen of its own; what is
//! picked goes back to the screen below as an action.

pub mod confirm;
pub mod demo;
pub mod help;
pub mod menu;
pub mod message;
pub mod palette;
pub mod picker;
pub mod selectable;
pub mod themes;
pub mod tours;
