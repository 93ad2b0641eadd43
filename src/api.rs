//! The wire contract of the backend, `/v1` (SPEC section 8).
//!
//! Owns the JSON bodies, problem details, and [`call`]: requests and replies as data, with the
//! method, path and body each has on the wire. Server and client share these types, so that they
//! cannot drift. Must not do: IO, business rules.

pub mod audit;
pub mod call;
pub mod cohort;
pub mod demo;
pub mod domains;
pub mod draft;
pub mod import;
pub mod organization;
pub mod page;
pub mod person;
pub mod plan;
pub mod problem;
pub mod roster;
pub mod run;
pub mod session;
pub mod site;
