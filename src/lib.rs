//! hublink: a full-screen terminal wizard that brings customers onto a Webex-style Control Hub.

pub mod api;
pub mod cli;
pub mod client;
pub mod config;
pub mod demo;
pub mod domain;
pub mod roster;
pub mod server;
pub mod table;
pub mod tui;
