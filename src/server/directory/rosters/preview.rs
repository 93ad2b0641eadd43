//! What an import would change, in numbers and one by one (SPEC section 9, rule P4).
//!
//! Owns the counts and the words of the preview. A respelled address (case, IDN form, blanks) is no
//! change; another address of somebody linked or confirmed is a class of its own. Writes nothing.

use std::collections::HashSet;

use super::pairing::Pairing;
use super::stored::{self, Account, Known};
use crate::domain::address::Address;
use crate::domain::hidden::{hidden_in, name_of};
use crate::domain::untrusted::Untrusted;
use crate::server::directory::roster_work::{Pair, RosterColumns};
use crate::server::directory::{RosterChange, RosterSample, RosterUpload};
use crate::server::refusal::Refusal;
use crate::server::store::Conn;
use crate::table::{RosterRow, address_key};

/// The most changes of a kind that are told one by one.
const SAMPLES: usize = 50;

/// Tells what this file means for the accounts of a site.
pub(super) async fn told(
    conn: &mut Conn,
    site: i64,
    upload: &RosterUpload,
    replace: bool,
) -> Result<RosterChange, Refusal> {
    let pairing = Pairing::of(conn, site, upload).await?;
    let columns = RosterColumns::of(conn, site, upload).await?;
    let (mut told, mut at) = (RosterChange::default(), 0);
    for piece in upload.pieces() {
        let file = upload.piece(conn, piece).await?;
        for rows in file.rows.chunks(RosterUpload::ROWS) {
            let pairs = &pairing.pairs[at..at + rows.len()];
            at += rows.len();
            let numbers = pairs.iter().filter_map(|pair| pair.number());
            let known = stored::known(conn, site, numbers).await?;
            let new = rows.iter().zip(pairs).filter(|(_, pair)| **pair == Pair::New);
            let new: Vec<RosterRow> = new.map(|(row, _)| row.clone()).collect();
            let others = pairing.addresses(conn, site, &new).await?;
            let mut changes = Vec::new();
            for (row, pair) in rows.iter().zip(pairs) {
                match pair {
                    Pair::New => changes.push(Change::New(others.of(row).one())),
                    Pair::Several => changes.push(Change::Several),
                    Pair::Known(number) => {
                        let before = known.get(number).ok_or_else(gone)?;
                        let after = Box::new(columns.over(row, &file.layout, before));
                        changes.push(Change::Known(before, after));
                    }
                }
            }
            let left = changes.iter().filter_map(Change::left).collect::<Vec<_>>();
            let confirmed = stored::confirmed(conn, site, &left).await?;
            for (row, change) in rows.iter().zip(changes) {
                match change {
                    Change::New(other) => told.new_user(row, other),
                    Change::Several => told.several(row),
                    Change::Known(before, after) => told.known_user(before, &after, &confirmed),
                }
                told.bad_address(row);
            }
        }
    }
    stored::standing(conn, site, |number, active| {
        if pairing.is_left(number) {
            told.not_in_file += 1;
            told.active_not_in_file += u64::from(active);
        }
    })
    .await?;
    if replace {
        told.deactivated += told.active_not_in_file;
    }
    Ok(told)
}

/// What a row means.
enum Change<'a> {
    /// Somebody new, and who has the address already.
    New(Option<&'a Account>),
    Several,
    Known(&'a Known, Box<RosterRow>),
}

impl Change<'_> {
    /// The address that is left.
    fn left(&self) -> Option<&str> {
        match self {
            Self::Known(before, after) if other_address(&before.row, after) => {
                before.address_key.as_deref()
            }
            _ => None,
        }
    }
}

/// No user is ever removed.
pub(super) fn gone() -> Refusal {
    Refusal::internal(&"a user who was there is not")
}

impl RosterChange {
    fn several(&mut self, row: &RosterRow) {
        self.ambiguous += 1;
        self.unchanged += 1;
        sample(&mut self.samples, row, "means several accounts and changes none".into());
    }

    fn new_user(&mut self, row: &RosterRow, other: Option<&Account>) {
        self.new += 1;
        sample(&mut self.samples, row, "new".to_owned());
        if let Some(other) = other {
            self.new_with_known_address += 1;
            let id = &other.user_id;
            let is = if other.active { "" } else { ", which is deactivated" };
            let words = format!("{}, as {id} has{is}", row.address.raw());
            sample(&mut self.known_address_samples, row, words);
        }
    }

    fn known_user(&mut self, before: &Known, after: &RosterRow, confirmed: &HashSet<String>) {
        let said = differences(&before.row, after);
        if said.is_empty() {
            self.unchanged += 1;
            return;
        }
        self.changed += 1;
        if other_address(&before.row, after) {
            self.address_changed += 1;
            let has_confirmed =
                before.address_key.as_ref().is_some_and(|key| confirmed.contains(key));
            if before.linked || has_confirmed {
                self.linked_address_changed += 1;
                let (old, new) = (before.row.address.raw(), after.address.raw());
                let words = format!("{old}, in the file {new}");
                sample(&mut self.linked_address_samples, after, words);
            }
        }
        self.deactivated += u64::from(before.is_active() && after.active == Some(false));
        self.activated += u64::from(!before.is_active() && after.active == Some(true));
        sample(&mut self.samples, after, said.join("; "));
    }

    fn bad_address(&mut self, row: &RosterRow) {
        if let Err(why) = Address::parse(row.address.raw()) {
            self.bad_addresses += 1;
            let words = match row.address.raw().trim() {
                "" => why.to_string(),
                address => format!("{address}: {why}"),
            };
            sample(&mut self.bad_samples, row, words);
        } else if let Some(hidden) = hidden_in(row.user_id.raw()) {
            let words = format!("there is a hidden character in the UserID: {}", name_of(hidden));
            sample(&mut self.bad_samples, row, words);
        }
    }
}

fn sample(into: &mut Vec<RosterSample>, row: &RosterRow, change: String) {
    if into.len() < SAMPLES {
        into.push(RosterSample { user_id: row.user_id.clone(), name: name_of_row(row), change });
    }
}

/// Whether the address is another one, and not the same in another spelling.
fn other_address(before: &RosterRow, after: &RosterRow) -> bool {
    let (old, new) = (&before.address, &after.address);
    old != new && address_key(old.raw()) != address_key(new.raw())
}

/// What changes, in words.
fn differences(before: &RosterRow, after: &RosterRow) -> Vec<String> {
    let mut said = Vec::new();
    if before.user_id != after.user_id {
        said.push(format!("takes on this UserID, was {}", before.user_id.raw()));
    }
    if other_address(before, after) {
        said.push(format!("address, was {}", before.address.raw()));
    }
    if before.active != after.active {
        let now = if after.active == Some(false) { "deactivated" } else { "activated" };
        said.push(now.to_owned());
    }
    if names(before) != names(after) {
        said.push("name".to_owned());
    }
    if before.department != after.department {
        said.push(format!("department, was {}", before.department.raw()));
    }
    if before.host_privilege != after.host_privilege || before.extra != after.extra {
        said.push("other columns".to_owned());
    }
    said
}

fn names(row: &RosterRow) -> [&Untrusted; 4] {
    [&row.first_name, &row.last_name, &row.display_name, &row.user_name]
}

/// The name to show: the display name, or first and last.
fn name_of_row(row: &RosterRow) -> Untrusted {
    if !row.display_name.is_empty() {
        return row.display_name.clone();
    }
    let name = format!("{} {}", row.first_name.raw(), row.last_name.raw());
    Untrusted::new(name.trim())
}
