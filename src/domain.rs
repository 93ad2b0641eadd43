//! The pure vocabulary and rules of hublink (SPEC sections 1 to 3).
//!
//! Owns: addresses, domain names, linking methods, agreements, roles, outcomes, and `Untrusted`
//! text. Must not do: IO, clocks, serialisation formats. Time comes in as an argument.

pub mod account_linking;
pub mod act;
pub mod address;
pub mod agreement;
pub mod automatic;
pub mod challenge;
pub(crate) mod code;
pub mod consumer_domains;
pub mod country;
pub mod directory_sync;
pub mod domain_name;
pub mod draft;
pub mod facts;
pub mod fold;
pub mod hidden;
pub mod insights;
pub mod kept;
pub mod letter_name;
pub mod linking;
pub mod matching;
pub mod number;
pub mod offer;
pub mod order;
pub mod organization;
pub mod outcome;
pub mod role;
pub mod run;
pub mod sentence;
pub mod services;
pub mod setup;
pub mod site;
pub mod site_link;
pub mod subdomain;
pub mod time_zone;
pub mod timer;
pub mod trial;
pub mod untrusted;
pub mod user;
pub mod welcome;
