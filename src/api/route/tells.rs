//! Which routes tell whether an address, an organization or a name exists that the actor does not see
//! (rule P2), and what in a request asks for it.
//!
//! Owns what may be said of such a route in its row; the rows stand in the endpoints, and they are
//! the whole of the list. The backend counts and records from there, before any handler runs.
//!
//! A new route of the kind gets one word in its row: `.tells(&["email"])`, with the names of the
//! fields that ask (`target.organization`: a field within another; a field of the query, or a
//! parameter of the path, is named alike). Whatever it answers counts; a refusal is recorded, a
//! success is the handler's own to record. A `PATCH` that names none of the fields asks nothing.
//!
//! The outcomes of a roster's users tell too (row 5 of the table), and so do the domains of a site.
//! What is counted there is bringing addresses into the roster: one user added or changed, one import
//! applied. A plan over a roster that is there already tells nothing that was not brought, so that
//! whoever invites 12,000 people waits for nothing; the record tells how many addresses an import
//! brought.

/// What a route's answer may tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tells {
    /// Of what.
    pub of: Of,
    /// The fields that ask.
    pub asked: &'static [&'static str],
    /// Whether a good answer is recorded here, because the handler does nothing else.
    pub records_all: bool,
    /// Whether it is asked as one types: then only another question counts, and only a whole one.
    pub typed: bool,
}

/// Of what an answer may tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Of {
    /// Addresses and organizations: 30 a minute and 300 a day per actor, all routes together.
    Others,
    /// Subdomains: counted apart, so often as nobody types.
    Names,
}
