//! Directory sync of an organization: whom it blocks, and the remedy (rule U9).

use axum::extract::State;

use super::Shared;
use super::asked::{Asked, Routes};
use crate::api::directory_sync::{
    DirectorySync, DoDirectoryStep, FailingUser, ListFailingUsers, SetDirectorySyncCall,
    ShowDirectorySync,
};
use crate::api::page::Page;
use crate::domain::directory_sync::SyncStep;
use crate::server::auth::Actor;
use crate::server::refusal::Refusal;

pub fn routes() -> Routes {
    Routes::new()
        .at(show_directory_sync)
        .at(set_directory_sync)
        .at(list_failing_users)
        .at(do_directory_step)
}

/// How directory sync stands, how many users it blocks, and the steps of the remedy.
async fn show_directory_sync(
    State(backend): State<Shared>,
    Asked { path: id, .. }: Asked<ShowDirectorySync>,
) -> Result<DirectorySync, Refusal> {
    backend.directory.directory_sync(&id).await
}

/// Switch directory sync, and tell what the directory has. A new round of the remedy begins.
async fn set_directory_sync(
    State(backend): State<Shared>,
    actor: Actor,
    Asked { path: id, body, .. }: Asked<SetDirectorySyncCall>,
) -> Result<DirectorySync, Refusal> {
    backend.directory.set_directory_sync(&actor.viewer(), &id, &body).await
}

/// Whom directory sync blocks, or would block if it were resumed, and why each.
async fn list_failing_users(
    State(backend): State<Shared>,
    Asked { path: id, query: page, .. }: Asked<ListFailingUsers>,
) -> Result<Page<FailingUser>, Refusal> {
    backend.directory.failing_users(&id, &page).await
}

/// Do a step of the remedy: pause, convert, `dry_run`, resume. Out of its order it is refused.
async fn do_directory_step(
    State(backend): State<Shared>,
    actor: Actor,
    Asked { path: (id, step), .. }: Asked<DoDirectoryStep>,
) -> Result<DirectorySync, Refusal> {
    let step = SyncStep::from_code(step.as_str()).ok_or_else(|| Refusal::not_found("step"))?;
    backend.directory.directory_step(&actor.viewer(), &id, step).await
}
