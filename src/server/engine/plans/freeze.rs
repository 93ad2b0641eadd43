//! Writing a computed plan down, unseen until it is complete (rule U4).
//!
//! Owns the rows of `plans` and `plan_items`. Huge plans are written in several transactions so
//! that others can write between; an empty digest marks a plan that is not complete, which nobody
//! can read or apply.

use jiff::{Timestamp, ToSpan};
use serde_json::json;
use sqlx::{QueryBuilder, Sqlite};

use super::compute::Computed;
use super::{Terms, held_code};
use crate::server::Backend;
use crate::server::audit::{self, Change};
use crate::server::refusal::Refusal;
use crate::server::store::{Conn, new_id, to_millis};

/// Rows in one statement.
const PER_STATEMENT: usize = 100;
/// Rows in one transaction.
const PER_TRANSACTION: usize = 50_000;

/// Freezes a plan for 24 hours and answers its id.
///
/// # Errors
/// When the database cannot be written; the plan is then not there.
pub(super) async fn freeze(
    backend: &Backend,
    actor: &str,
    terms: &Terms<'_>,
    computed: &Computed,
) -> Result<String, Refusal> {
    let id = new_id("pln");
    let mut tx = backend.store.begin().await?;
    insert_plan(&mut tx, &id, actor, terms, computed).await?;
    for first in (0..computed.rows.len()).step_by(PER_STATEMENT) {
        if first > 0 && first % PER_TRANSACTION == 0 {
            tx.commit().await?;
            tx = backend.store.begin().await?;
        }
        let end = computed.rows.len().min(first + PER_STATEMENT);
        insert_items(&mut tx, &id, computed, first..end).await?;
    }
    sqlx::query("UPDATE plans SET digest = $1 WHERE id = $2")
        .bind(computed.digest())
        .bind(&id)
        .execute(&mut *tx)
        .await?;
    let change = Change {
        at: computed.now,
        actor,
        action: "plan.made",
        organization: Some(terms.organization),
        site: Some(&terms.site.url),
        subject: &id,
        detail: json!({ "selected": computed.rows.len(), "emails": computed.emails() }),
    };
    audit::record(&mut tx, change).await?;
    tx.commit().await?;
    Ok(id)
}

async fn insert_plan(
    conn: &mut Conn,
    id: &str,
    actor: &str,
    terms: &Terms<'_>,
    computed: &Computed,
) -> Result<(), Refusal> {
    let expires_at = computed.now.checked_add(24.hours()).unwrap_or(Timestamp::MAX);
    sqlx::query(
        "INSERT INTO plans (id, site, organization, method, held, selected, emails,
           second_invitations, outcomes, email_domains, linked_domains, roster_revision, digest,
           created_at, created_by, expires_at, basis)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, '', $13, $14, $15, $16)",
    )
    .bind(id)
    .bind(terms.site.id)
    .bind(terms.organization)
    .bind(terms.method.code())
    .bind(held_code(terms.held))
    .bind(computed.rows.len() as i64)
    .bind(computed.emails() as i64)
    .bind(computed.second_invitations as i64)
    .bind(serde_json::to_string(&computed.outcomes())?)
    .bind(serde_json::to_string(&computed.email_domains())?)
    .bind(serde_json::to_string(&computed.linked_domains())?)
    .bind(terms.site.roster_revision as i64)
    .bind(to_millis(computed.now))
    .bind(actor)
    .bind(to_millis(expires_at))
    .bind(terms.basis.code())
    .execute(conn)
    .await?;
    Ok(())
}

async fn insert_items(
    conn: &mut Conn,
    id: &str,
    computed: &Computed,
    rows: std::ops::Range<usize>,
) -> Result<(), sqlx::Error> {
    let mut query = QueryBuilder::<Sqlite>::new(
        "INSERT INTO plan_items (plan, number, address, outcome, second) ",
    );
    query.push_values(rows, |mut values, at| {
        let row = computed.rows[at];
        values
            .push_bind(id)
            .push_bind(i64::from(row.number))
            .push_bind(computed.address(at))
            .push_bind(row.outcome.code())
            .push_bind(i64::from(row.second));
    });
    query.build().execute(conn).await?;
    Ok(())
}

/// Removes what a crash left of plans that were never completed.
///
/// # Errors
/// When the database cannot be written.
pub async fn sweep(backend: &Backend) -> Result<(), sqlx::Error> {
    let mut tx = backend.store.begin().await?;
    sqlx::query("DELETE FROM plan_items WHERE plan IN (SELECT id FROM plans WHERE digest = '')")
        .execute(&mut *tx)
        .await?;
    sqlx::query("DELETE FROM plans WHERE digest = ''").execute(&mut *tx).await?;
    tx.commit().await
}
