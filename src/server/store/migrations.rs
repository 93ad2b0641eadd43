//! The steps from an empty file to today's tables.
//!
//! Owns their order. A step that has run somewhere is never changed: its checksum stands in every
//! database that it made.

use sqlx::SqlSafeStr as _;
use sqlx::migrate::{Migration, MigrationType, Migrator};

/// Version, name and statements, in order. A version may be missing.
const STEPS: &[(i64, &str, &str)] = &[
    (1, "initial", include_str!("../migrations/0001_initial.sql")),
    (2, "trials", include_str!("../migrations/0002_trials.sql")),
    (3, "setup", include_str!("../migrations/0003_setup.sql")),
    (4, "linking", include_str!("../migrations/0004_linking.sql")),
    (5, "later", include_str!("../migrations/0005_later.sql")),
    (6, "insights", include_str!("../migrations/0006_insights.sql")),
    (7, "identities", include_str!("../migrations/0007_identities.sql")),
    (8, "offers", include_str!("../migrations/0008_offers.sql")),
    (9, "access", include_str!("../migrations/0009_access.sql")),
    (10, "questions", include_str!("../migrations/0010_questions.sql")),
    (11, "uploads", include_str!("../migrations/0011_uploads.sql")),
    (12, "agreed", include_str!("../migrations/0012_agreed.sql")),
    (13, "told", include_str!("../migrations/0013_told.sql")),
    (14, "marks", include_str!("../migrations/0014_marks.sql")),
    (16, "imports", include_str!("../migrations/0016_imports.sql")),
    (17, "audit by hash", include_str!("../migrations/0017_audit_by_hash.sql")),
    (18, "carried out", include_str!("../migrations/0018_carried_out.sql")),
    (21, "blocks", include_str!("../migrations/0021_blocks.sql")),
    (22, "outbox", include_str!("../migrations/0022_outbox.sql")),
    (23, "outbox of all", include_str!("../migrations/0023_outbox_of_all.sql")),
    (24, "runs by nodes", include_str!("../migrations/0024_runs_by_nodes.sql")),
    (29, "import pieces", include_str!("../migrations/0029_import_pieces.sql")),
    (33, "invitations by outbox", include_str!("../migrations/0033_invitations_by_outbox.sql")),
    (34, "link intents", include_str!("../migrations/0034_link_intents.sql")),
    (35, "link brackets", include_str!("../migrations/0035_link_brackets.sql")),
    (36, "second mails", include_str!("../migrations/0036_second_mails.sql")),
    (37, "licences in pieces", include_str!("../migrations/0037_licences_in_pieces.sql")),
    (38, "licences resumed", include_str!("../migrations/0038_licences_resumed.sql")),
    (39, "site intents", include_str!("../migrations/0039_site_intents.sql")),
];

/// All steps.
pub(super) fn all() -> Migrator {
    up_to(i64::MAX)
}

/// The last step there is.
pub(super) fn last() -> i64 {
    STEPS.last().map_or(0, |(version, ..)| *version)
}

/// The steps up to a version.
fn up_to(last: i64) -> Migrator {
    let steps = STEPS.iter().take_while(|(version, ..)| *version <= last);
    let step = |(version, name, sql): &(i64, &'static str, &'static str)| {
        Migration::new(*version, (*name).into(), MigrationType::Simple, sql.into_sql_str(), false)
    };
    Migrator::with_migrations(steps.map(step).collect())
}

#[cfg(test)]
mod tests;
