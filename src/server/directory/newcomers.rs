//! Account linking's setting on a site (rule U7).
//!
//! Owns since which revision of the roster users count as added later. What becomes of them is the
//! engine's: a plan by the table.

use serde_json::json;

use super::{Directory, site_edits};
use crate::domain::account_linking::AccountLinking;
use crate::server::audit::Change;
use crate::server::directory::Viewer;
use crate::server::refusal::Refusal;
use crate::server::store::to_millis;

/// Sets it. Users added from now on are meant; setting it to what it is changes nothing.
pub async fn set(
    directory: &Directory,
    viewer: &Viewer,
    url: &str,
    setting: AccountLinking,
) -> Result<(), Refusal> {
    let now = directory.clock.now();
    let mut tx = directory.store.begin().await?;
    let site = site_edits::find(&mut tx, url).await?.ok_or_else(|| Refusal::not_found("site"))?;
    let organization = site.must_be_enrolled()?;
    let changed = sqlx::query(
        "UPDATE sites SET account_linking = $2, account_linking_since = roster_revision,
                account_linking_at = $3, account_linking_by = $4, newcomers_due = 0
          WHERE id = $1 AND account_linking <> $2",
    )
    .bind(site.id)
    .bind(setting.code())
    .bind(to_millis(now))
    .bind(&viewer.email)
    .execute(&mut *tx)
    .await?;
    if changed.rows_affected() == 0 {
        return Ok(());
    }
    sqlx::query("DELETE FROM newcomer_plans WHERE site = $1")
        .bind(site.id)
        .execute(&mut *tx)
        .await?;
    Change::by(now, &viewer.email, "site.account_linking_set")
        .of(organization)
        .site(url)
        .detail(json!({ "setting": setting }))
        .record(&mut tx)
        .await?;
    tx.commit().await?;
    Ok(())
}
