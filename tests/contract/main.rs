//! The contract: the real client, and the real binary, against the real server on a free port.
//!
//! Owns the proof that every request there is reaches its handler and is answered as the client
//! reads it. Must not test rules: those have tables of their own.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test ends at the first surprise"
)]

mod accessible;
mod alerts;
mod asks_first;
mod begins;
mod binary;
mod clocks;
mod doctor;
mod drafts;
mod every_request;
mod faults;
mod files;
mod first_days;
mod house;
mod insights;
mod kills;
mod linking;
mod mail_server;
mod menus;
mod names;
mod offers;
mod races;
mod remote;
mod roles;
mod scripter;
mod selling;
mod served;
mod shell;
mod stories;
#[path = "../pty/terminal.rs"]
#[expect(dead_code, reason = "a conversation needs less of the terminal than the tests of it")]
mod terminal;
mod transport;
mod typed;
mod uploads;
mod world;
