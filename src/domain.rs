//! The pure vocabulary and rules of hublink (SPEC sections 1 to 3).
//!
//! Owns: addresses, domain names, linking methods, agreements, roles, outcomes, and `Untrusted`
//! text. Must not do: IO, clocks, serialisation formats. Time comes in as an argument.

pub mod address;
pub mod agreement;
pub mod consumer_domains;
pub mod domain_name;
pub mod draft;
pub mod facts;
pub mod linking;
pub mod number;
pub mod organization;
pub mod outcome;
pub mod role;
pub mod run;
pub mod site;
pub mod untrusted;
pub mod user;
