//! Directory sync and what it does to users (rule U9): why a user fails, and the remedy's steps.
//!
//! Owns the order of the steps. Who is in the directory is the provider's to know, and whether a
//! user is blocked for it is `outcome`'s to decide.

use serde::{Deserialize, Serialize};
use strum::{VariantArray, VariantNames};
use utoipa::ToSchema;

use super::code::coded;

/// Why the synced directory blocks a user: addresses count exactly as they are spelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[derive(VariantArray, VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum Mismatch {
    /// The directory has no such address.
    Absent,
    /// The directory has it, spelled with other capitals.
    DiffersInCase,
}

coded!(Mismatch);

impl Mismatch {
    /// The words on screens.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Absent => "not in the directory",
            Self::DiffersInCase => "differs in case",
        }
    }
}

/// A step of the remedy, in its order.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
#[derive(VariantArray, VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum SyncStep {
    /// Stop the sync, so that it blocks and removes nobody.
    Pause,
    /// Bring roster and directory to one spelling.
    Convert,
    /// See what the sync would do now.
    DryRun,
    /// Start the sync again.
    Resume,
}

coded!(SyncStep);

impl SyncStep {
    /// The words on screens.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Pause => "Pause the sync",
            Self::Convert => "Convert the users",
            Self::DryRun => "Dry-run",
            Self::Resume => "Resume the sync",
        }
    }

    /// What it does, in a sentence.
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Pause => "The sync stops; while it is paused it blocks nobody.",
            Self::Convert => {
                "Where only the case differs the site takes the directory's spelling; who is \
                 absent is noted, to be added to the directory on resume."
            }
            Self::DryRun => "Shows what resuming will do. Nothing is changed.",
            Self::Resume => "Adds the noted users to the directory and starts the sync again.",
        }
    }
}

/// How far the remedy has come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Remedy {
    /// The sync is on.
    pub on: bool,
    /// It is paused.
    pub paused: bool,
    /// There was a dry run since the pause or the last conversion.
    pub checked: bool,
}

impl Remedy {
    /// Whether a step can be done now.
    ///
    /// # Errors
    /// Why not, in a sentence.
    pub const fn allows(self, step: SyncStep) -> Result<(), &'static str> {
        if !self.on {
            return Err("Directory sync is off in this organization; it blocks nobody.");
        }
        match step {
            SyncStep::Pause if self.paused => Err("The sync is paused already."),
            SyncStep::Pause => Ok(()),
            _ if !self.paused => Err("The sync is running; pause it first."),
            SyncStep::Resume if !self.checked => {
                Err("Make a dry-run first: it shows what resuming will do.")
            }
            SyncStep::Convert | SyncStep::DryRun | SyncStep::Resume => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests;
