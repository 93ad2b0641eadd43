//! The wire contract of the backend, `/v1` (SPEC section 8).
//!
//! Owns the JSON bodies, problem details, each [`endpoint`] once (its path, limits, right, types and
//! words, beside its bodies), and [`call`]: requests and replies as data. Server and client share
//! these types, so that they cannot drift. Must not do: IO, business rules.

pub mod access;
pub mod audit;
pub mod blocks;
pub mod call;
pub mod cohort;
pub mod contact_center;
pub mod demo;
pub mod directory_sync;
pub mod domains;
pub mod draft;
pub mod endpoint;
pub mod following;
pub mod import;
pub mod insights;
pub mod licences;
pub mod linking;
pub mod offer;
pub mod order;
pub mod organization;
pub mod page;
pub mod person;
pub mod plan;
pub mod probes;
pub mod problem;
pub mod roster;
pub mod route;
pub mod run;
pub mod session;
pub mod setup;
pub mod site;
pub mod timer;
pub mod trial;
pub mod user;
pub mod welcome;
