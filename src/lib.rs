//! hublink: a full-screen terminal wizard that brings customers onto a Webex-style Control Hub.
//!
//! One crate, one binary, three faces over one HTTP API: the wizard, the command line, the backend.
//! The wizard and the command line have no private way around HTTP; the demo embeds the backend on
//! a loopback port.
//!
//! # Where to begin
//!
//! Three files are the heart: [`domain::outcome`] decides what an invitation does to one user,
//! [`roster`] holds a site's users, and [`tui::app`] turns messages into effects.
//!
//! # Words
//!
//! A *roster* is all users of one *site*. A *selection* says which of them are ticked; a *cohort*
//! is a selection with a name. A *plan* is a frozen, reviewed list of users with the *outcome*
//! predicted for each; a *run* executes one plan, once. `domain` has a type for each of them.
//!
//! # Who may import whom
//!
//! Arrows point inwards; `tests/layers.rs` holds the table and fails where it is broken.
//!
//! | module | may import | owns |
//! | --- | --- | --- |
//! | [`domain`] | nothing of ours | vocabulary and rules, pure |
//! | [`table`] | `domain` | CSV and TSV, pure |
//! | [`roster`] | `domain`, `table` | users in memory, pure |
//! | [`api`] | `domain`, `roster` | the wire contract: requests and replies as data |
//! | [`client`] | `api` | HTTP: a request in, a reply out |
//! | [`report`] | `api`, `domain`, `table` | what became of a run, as text to be handed on, pure |
//! | [`server`] | `api`, `domain`, `table` | the backend: an engine over its directory, a provider for what is done elsewhere |
//! | [`demo`] | `server` | a fictional world, DNS and mail on loopback, tours |
//! | [`tui`] | `api`, `domain`, `roster` | the wizard; pure but for its runtime and terminal |
//! | [`cli`] | everything | commands; joins client and wizard with server and demo |
//!
//! # The walk of one key
//!
//! Space is pressed on the page that selects users. The reader thread of [`tui::runtime`] puts the
//! event into the one inbox as `Msg::Input`. `App::update` looks it up in the table of
//! [`tui::keymap`] under the scopes that the screen has live, and gets `Action::Tick`. The wizard
//! hands it to the step, which flips a bit in the [`roster`]'s selection and moves the cursor.
//! `reconcile` then recounts the consequences with [`domain::outcome::decide`], and the saver asks
//! to be woken in two seconds (`Effect::WakeAt`). The runtime draws once, and the painter writes
//! the few cells that differ. When the clock comes, the saver sends the draft
//! (`Effect::Send`); the reply comes back through the same inbox, to whoever holds its id.
//!
//! # Where this differs from the plan it was built by
//!
//! - CSV is read by a parser of our own, for the usual crate reads past open quotes, and a cut file
//!   must be refused whole; it is tested against that crate.
//! - The directory (organizations, sites, users, domains, invitations, what was sold) is ours and lies
//!   in `server::directory`, beside the engine that plans and runs over it: the engine names the type
//!   [`server::directory::Directory`] and never what is inside, and the directory never the engine. It
//!   reads and writes rosters, so it may import `table`.
//! - [`server::provider::Provider`] is small: what it is asked for is done elsewhere. So far these are
//!   links of sites and silent links, by intent, outcome and look, and what has to be switched for a
//!   whole organization meanwhile. What it has done by hand, or does not have, is refused before
//!   anything is begun (`server::engine::provided`). One more provider is one folder, and one line where `ServeOptions` are made;
//!   `tests/contract/remote` has one.
//! - One outbox has every mail: `server::post` knows neither engine nor directory, and both may use it.
//!   Who is alive to have claimed what is `server::nodes`'.
//! - A pasted or loaded list may be a table, so `roster` may import `table`.

pub mod api;
pub mod cli;
pub mod client;
pub mod config;
pub mod demo;
pub mod domain;
pub mod report;
pub mod roster;
pub mod server;
pub mod table;
pub mod tui;
