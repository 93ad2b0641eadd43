//! Fitting a table to a terminal: which columns go, and which wrap.
//!
//! Owns the one table of what a column is worth, by its name. What somebody copies out of a table
//! (an id, a URL, an address, a TXT value) is never cut and never wrapped: rather the line is too
//! long. Must not lay anything out.

/// What is copied from a table, or says what the row is: it stays, whole.
const WHOLE: &[&str] = &[
    "id",
    "url",
    "user_id",
    "address",
    "email",
    "number",
    "seq",
    "path",
    "token",
    "secret",
    "record_name",
    "record_value",
    "message_id",
    "head",
    "plan",
    "site",
    "subdomain",
    "organization",
    "person",
    "actor",
];

/// Of the whole ones, those that go where there is no room, as others do.
const MAY_GO: &[&str] =
    &["plan", "message_id", "site", "organization", "subdomain", "person", "number", "actor"];

/// What a list is read for: it stays, and may wrap.
const FIRST: &[&str] = &[
    "name", "state", "outcome", "result", "action", "title", "told", "what", "keys", "value",
    "setting", "due_at",
];

/// What is seldom asked for: it goes first.
const LAST: &[&str] = &[
    "services",
    "my_roles",
    "created_at",
    "subdomain",
    "country",
    "auto_licence",
    "directory_sync",
    "directory_sync_paused",
    "without_licence",
    "trouble",
    "message_id",
    "second",
    "used_at",
    "in_directory",
    "asked_at",
    "sent_at",
    "received_at",
    "region",
    "software",
    "notices",
    "source",
    "started_by",
];

/// The narrowest that text is wrapped to.
pub const NARROWEST: usize = 14;
/// Blanks between columns.
pub const GAP: usize = 2;

/// What a table of such columns needs.
pub struct Fit {
    /// Which columns are shown.
    pub shown: Vec<usize>,
    /// How wide each of them is.
    pub widths: Vec<usize>,
}

/// Whether a column's values are never broken into lines.
pub fn is_whole(name: &str) -> bool {
    WHOLE.contains(&name)
}

fn stays(name: &str, at: usize) -> bool {
    at == 0 || (is_whole(name) && !MAY_GO.contains(&name)) || FIRST.contains(&name)
}

/// Fits columns of such widths, of which each can be as narrow as `least`, into `most`: first what
/// is seldom asked for goes, then texts wrap, then the rest goes from the right.
pub fn fit(names: &[&str], widths: &[usize], least: &[usize], most: usize) -> Fit {
    let mut shown: Vec<usize> = (0..names.len()).collect();
    let total = |shown: &[usize], widths: &[usize]| {
        let sum: usize = shown.iter().map(|at| widths[*at]).sum();
        sum + GAP * shown.len().saturating_sub(1)
    };
    let seldom = |at: usize| LAST.contains(&names[at]) && !stays(names[at], at);
    while total(&shown, widths) > most {
        let Some(goes) = shown.iter().rposition(|at| seldom(*at)) else { break };
        shown.remove(goes);
    }
    while total(&shown, least) > most {
        let Some(goes) = shown.iter().rposition(|at| !stays(names[*at], *at)) else { break };
        shown.remove(goes);
    }
    // A user's number on the site is worth less than the id beside it.
    let is_shown = |name: &str, shown: &[usize]| shown.iter().position(|at| names[*at] == name);
    if total(&shown, least) > most
        && is_shown("user_id", &shown).is_some()
        && let Some(goes) = is_shown("number", &shown)
    {
        shown.remove(goes);
    }
    let mut fitted: Vec<usize> = shown.iter().map(|at| widths[*at]).collect();
    let room = most.saturating_sub(GAP * shown.len().saturating_sub(1));
    let mut over = fitted.iter().sum::<usize>().saturating_sub(room);
    while over > 0 {
        let widest = (0..shown.len())
            .filter(|place| fitted[*place] > least[shown[*place]])
            .max_by_key(|place| fitted[*place]);
        let Some(place) = widest else { break };
        fitted[place] -= 1;
        over -= 1;
    }
    Fit { shown, widths: fitted }
}

#[cfg(test)]
mod tests;
