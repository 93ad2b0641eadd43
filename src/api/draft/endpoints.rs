//! The endpoints of drafts.
//!
//! Owns what is known of each; their bodies are the module above.

use super::{Draft, SaveDraft, UnfinishedDraft};
use crate::api::endpoint::{About, Endpoint, Nothing};
use crate::api::page::{Page, PageQuery};
use crate::api::route::Route;
use utoipa::ToSchema;

/// Its endpoints.
pub(in crate::api) const ENDPOINTS: &[&About] = &[
    ListDrafts::ABOUT,
    ShowDraft::ABOUT,
    SaveDraftCall::ABOUT,
    RemoveDraft::ABOUT,
    TakeDraft::ABOUT,
];

/// The unfinished drafts that one holds, the latest first; those whose subject one may still act on.
#[derive(Debug, ToSchema)]
pub struct ListDrafts;

impl Endpoint for ListDrafts {
    const ROUTE: Route = Route::get("list_drafts", "/v1/drafts").tag("Drafts");
    type Path = Nothing;
    type Query = PageQuery;
    type Body = Nothing;
    type Answer = Page<UnfinishedDraft>;
}

/// The draft of a wizard about its subject.
#[derive(Debug, ToSchema)]
pub struct ShowDraft;

impl Endpoint for ShowDraft {
    const ROUTE: Route = Route::get("show_draft", "/v1/drafts/{wizard}/{subject}").tag("Drafts");
    type Path = (String, String);
    type Query = Nothing;
    type Body = Nothing;
    type Answer = Draft;
}

/// Save the answers; the first to save holds the draft.
#[derive(Debug, ToSchema)]
pub struct SaveDraftCall;

impl Endpoint for SaveDraftCall {
    const ROUTE: Route =
        Route::put("save_draft", "/v1/drafts/{wizard}/{subject}").tag("Drafts").keeps();
    type Path = (String, String);
    type Query = Nothing;
    type Body = SaveDraft;
    type Answer = Draft;
}

/// Remove a draft that one holds.
#[derive(Debug, ToSchema)]
pub struct RemoveDraft;

impl Endpoint for RemoveDraft {
    const ROUTE: Route = Route::delete("remove_draft", "/v1/drafts/{wizard}/{subject}")
        .tag("Drafts")
        .answers_with(204, "Removed.")
        .keeps();
    type Path = (String, String);
    type Query = Nothing;
    type Body = Nothing;
    type Answer = Nothing;
}

/// Take a draft over from whoever holds it; recorded.
#[derive(Debug, ToSchema)]
pub struct TakeDraft;

impl Endpoint for TakeDraft {
    const ROUTE: Route =
        Route::post("take_draft", "/v1/drafts/{wizard}/{subject}/take").tag("Drafts").keeps();
    type Path = (String, String);
    type Query = Nothing;
    type Body = Nothing;
    type Answer = Draft;
}
