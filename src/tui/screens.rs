//! Full screens that are no wizard: opened on top of another, left with Esc.

pub mod access;
pub mod admins;
pub mod audit;
pub mod auto_licence;
pub mod contact_center;
pub mod forgotten;
pub mod form;
pub mod insights;
pub mod list;
pub mod listed;
pub mod method;
pub mod offers;
pub mod orders;
pub mod outbox;
pub mod people;
pub mod persons;
pub mod reading;
pub mod resolve;
pub mod runs;
pub mod sign_in;
pub mod timers;
pub mod trials;
pub mod users;
pub mod welcome;
pub mod welcome_mail;
