//! The steps from an empty file to today's tables.
//!
//! Owns their order. A step that has run somewhere is never changed: its checksum stands in every
//! database that it made.

use sqlx::SqlSafeStr as _;
use sqlx::migrate::{Migration, MigrationType, Migrator};

/// Name and statements, in order; the place is the version, from 1 on.
const STEPS: &[(&str, &str)] = &[
    ("initial", include_str!("../migrations/0001_initial.sql")),
    ("trials", include_str!("../migrations/0002_trials.sql")),
    ("setup", include_str!("../migrations/0003_setup.sql")),
    ("linking", include_str!("../migrations/0004_linking.sql")),
    ("later", include_str!("../migrations/0005_later.sql")),
    ("insights", include_str!("../migrations/0006_insights.sql")),
    ("identities", include_str!("../migrations/0007_identities.sql")),
];

/// All steps.
pub(super) fn all() -> Migrator {
    first(STEPS.len())
}

/// The first so many steps.
fn first(steps: usize) -> Migrator {
    let step = |(version, (name, sql)): (i64, &(&'static str, &'static str))| {
        Migration::new(version, (*name).into(), MigrationType::Simple, sql.into_sql_str(), false)
    };
    Migrator::with_migrations((1..).zip(STEPS).take(steps).map(step).collect())
}

#[cfg(test)]
mod tests;
