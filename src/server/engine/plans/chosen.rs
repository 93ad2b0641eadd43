//! Who a selection means: roster numbers at a revision (rule U3, SPEC section 5).
//!
//! Owns expanding a selection against the revision it names, so that people who join later are
//! never in. `rest` depends on facts and is decided user by user while the plan is computed.

use super::bad_selection;
use super::present::Stream;
use crate::api::plan::{Numbers, Selection, read_numbers};
use crate::api::problem::code;
use crate::domain::facts::{Fact, Facts};
use crate::server::Backend;
use crate::server::directory::SiteFacts;
use crate::server::engine::cohorts;
use crate::server::refusal::Refusal;

/// Who is meant.
pub(super) struct Chosen {
    /// These numbers, and no others.
    pub numbers: Numbers,
    /// Of them, only who was never invited and is not linked (rule U3, `--rest`).
    rest: bool,
}

impl Chosen {
    /// Exactly these.
    pub fn only(numbers: Numbers) -> Self {
        Self { numbers, rest: false }
    }

    /// Of these, who was never invited and is not linked.
    pub fn rest_of(numbers: Numbers) -> Self {
        Self { numbers, rest: true }
    }

    /// Whether a user is meant.
    pub fn holds(&self, number: u32, facts: Facts) -> bool {
        self.numbers.contains(number) && (!self.rest || is_rest(facts))
    }
}

/// Rule U3: "everyone not yet linked or invited", which leaves out all ever invited.
fn is_rest(facts: Facts) -> bool {
    ![Fact::Linked, Fact::Provisional, Fact::InvitedEver].iter().any(|fact| facts.has(*fact))
}

/// Expands a selection against the revision it names.
///
/// # Errors
/// `revision_unknown`, a cohort that is not there, or a list that cannot be read.
pub(super) async fn expand(
    backend: &Backend,
    site: &SiteFacts,
    selection: &Selection,
) -> Result<Chosen, Refusal> {
    let everyone = || Numbers::full(site.users);
    match selection {
        Selection::All {} => Ok(Chosen::only(everyone())),
        Selection::Rest {} => Ok(Chosen { numbers: everyone(), rest: true }),
        Selection::Only { revision, numbers } => {
            let rows = users_at(backend, site, *revision).await?;
            Ok(Chosen::only(read(numbers, rows)?))
        }
        Selection::AllExcept { revision, numbers } => {
            let rows = users_at(backend, site, *revision).await?;
            let mut all = Numbers::full(rows);
            all.subtract(&read(numbers, rows)?);
            Ok(Chosen::only(all))
        }
        Selection::Cohort { name } if name.trim().is_empty() => {
            Err(bad_selection("The selection names no cohort: its name is empty.".to_owned()))
        }
        Selection::Cohort { name } => {
            Ok(Chosen::only(cohorts::numbers(backend, site, name).await?))
        }
    }
}

/// The numbers of a selection, `rest` decided by the facts of now: how a cohort is saved.
///
/// # Errors
/// `revision_unknown`, a cohort that is not there, or a list that cannot be read.
pub async fn numbers(
    backend: &Backend,
    site: &SiteFacts,
    selection: &Selection,
) -> Result<Numbers, Refusal> {
    let chosen = expand(backend, site, selection).await?;
    if !chosen.rest {
        return Ok(chosen.numbers);
    }
    let mut numbers = Numbers::new();
    let mut users = Stream::open(backend, site, 0, backend.clock.now());
    while let Some(batch) = users.next().await? {
        for user in &batch {
            numbers.set(user.number, chosen.holds(user.number, user.facts));
        }
    }
    Ok(numbers)
}

/// How many users are meant, as of now.
pub(super) async fn count(
    backend: &Backend,
    site: &SiteFacts,
    chosen: &Chosen,
) -> Result<u64, Refusal> {
    let Some(first) = chosen.numbers.iter().next() else { return Ok(0) };
    let mut users = Stream::open(backend, site, first, backend.clock.now());
    let mut count = 0;
    while let Some(batch) = users.next().await? {
        count += batch.iter().filter(|user| chosen.holds(user.number, user.facts)).count() as u64;
    }
    Ok(count)
}

fn read(numbers: &str, rows: u32) -> Result<Numbers, Refusal> {
    read_numbers(numbers, rows)
        .map_err(|error| bad_selection(format!("The selection cannot be read: {error}.")))
}

async fn users_at(backend: &Backend, site: &SiteFacts, revision: u64) -> Result<u32, Refusal> {
    if revision > site.roster_revision {
        return Err(Refusal::conflict(
            code::REVISION_UNKNOWN,
            format!(
                "The selection names revision {revision} of the roster; the newest is {}.",
                site.roster_revision
            ),
            "Load the roster again and select anew.",
        ));
    }
    if revision == site.roster_revision {
        return Ok(site.users);
    }
    backend.directory.users_at(site, revision).await
}

#[cfg(test)]
mod tests;
