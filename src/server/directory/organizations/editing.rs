//! Changing an organization: whether new people get licences automatically (rule U8).
//!
//! Owns the columns that its full admins change. Nobody's licences are touched by it.

use serde_json::json;

use super::{Directory, show};
use crate::api::organization::{EditOrganization, Organization};
use crate::server::audit::Change;
use crate::server::directory::Viewer;
use crate::server::refusal::Refusal;

/// Changes what is given; what is so already is no change.
pub async fn edit(
    directory: &Directory,
    viewer: &Viewer,
    id: &str,
    edit: &EditOrganization,
) -> Result<Organization, Refusal> {
    let now = directory.clock.now();
    let mut tx = directory.store.begin().await?;
    if let Some(on) = edit.auto_licence {
        let changed = sqlx::query(
            "UPDATE organizations SET auto_licence = $2 WHERE id = $1 AND auto_licence <> $2",
        )
        .bind(id)
        .bind(on)
        .execute(&mut *tx)
        .await?;
        if changed.rows_affected() > 0 {
            Change::by(now, &viewer.email, "organization.edited")
                .of(id)
                .detail(json!({ "auto_licence": on }))
                .record(&mut tx)
                .await?;
        }
    }
    let shown = show(&mut tx, viewer, id, now).await?;
    tx.commit().await?;
    Ok(shown)
}
