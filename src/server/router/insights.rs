//! Insights of linked sites (rule L9): reports, meetings, people, devices, and feeds in.

use axum::body::Bytes;
use axum::extract::State;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::extract::{ApiJson, ApiPath, ApiQuery, site_in_path};
use super::{LinkedReads, Shared, Writes};
use crate::api::insights::{
    Device, DevicesQuery, FeedTaken, Meeting, MeetingDetail, MeetingsQuery, Profile, ProfileDetail,
    ReportQuery, SiteReport,
};
use crate::api::page::{Page, PageQuery};
use crate::domain::insights::feed::Feed;
use crate::domain::role::Action;
use crate::server::auth::{Actor, authorize};
use crate::server::engine::feeds;
use crate::server::provider::Resource;
use crate::server::refusal::Refusal;

pub fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::new()
        .routes(routes!(import_feed))
        .routes(routes!(take_feed))
        .routes(routes!(show_report))
        .routes(routes!(list_meetings))
        .routes(routes!(show_meeting))
        .routes(routes!(list_participants))
        .routes(routes!(show_participant))
        .routes(routes!(list_devices))
}

/// The site's URL in its one form, once it is clear that the actor may see its insights.
async fn seen(backend: &Shared, actor: &Actor, url: &str) -> Result<String, Refusal> {
    let url = site_in_path(url)?;
    authorize(backend, actor, Action::Insights, Resource::Site(&url)).await?;
    Ok(url)
}

/// Engagement, audio usage and meeting quality by day, week or month.
#[utoipa::path(
    get, path = "/v1/sites/{url}/insights/report", tag = "Insights",
    params(("url" = String, Path, description = "The site."), ReportQuery),
    responses((status = 200, body = SiteReport), LinkedReads),
    security(("bearer" = []))
)]
async fn show_report(
    State(backend): State<Shared>,
    actor: Actor,
    ApiPath(url): ApiPath<String>,
    ApiQuery(query): ApiQuery<ReportQuery>,
) -> Result<ApiJson<SiteReport>, Refusal> {
    let url = seen(&backend, &actor, &url).await?;
    backend.provider.site_report(&url, query).await.map(ApiJson)
}

/// Meetings in progress and of the last 30 days, newest first.
#[utoipa::path(
    get, path = "/v1/sites/{url}/insights/meetings", tag = "Insights",
    params(("url" = String, Path, description = "The site."), MeetingsQuery),
    responses((status = 200, body = Page<Meeting>), LinkedReads),
    security(("bearer" = []))
)]
async fn list_meetings(
    State(backend): State<Shared>,
    actor: Actor,
    ApiPath(url): ApiPath<String>,
    ApiQuery(query): ApiQuery<MeetingsQuery>,
) -> Result<ApiJson<Page<Meeting>>, Refusal> {
    let url = seen(&backend, &actor, &url).await?;
    backend.provider.meetings(&url, &query).await.map(ApiJson)
}

/// One meeting with audio and video quality per participant.
#[utoipa::path(
    get, path = "/v1/sites/{url}/insights/meetings/{id}", tag = "Insights",
    params(
        ("url" = String, Path, description = "The site."),
        ("id" = String, Path, description = "The meeting."),
    ),
    responses((status = 200, body = MeetingDetail), LinkedReads),
    security(("bearer" = []))
)]
async fn show_meeting(
    State(backend): State<Shared>,
    actor: Actor,
    ApiPath((url, id)): ApiPath<(String, String)>,
) -> Result<ApiJson<MeetingDetail>, Refusal> {
    let url = seen(&backend, &actor, &url).await?;
    backend.provider.meeting(&url, &id).await.map(ApiJson)
}

/// Who was in meetings of the last 30 days, the most active first.
#[utoipa::path(
    get, path = "/v1/sites/{url}/insights/participants", tag = "Insights",
    params(("url" = String, Path, description = "The site."), PageQuery),
    responses((status = 200, body = Page<Profile>), LinkedReads),
    security(("bearer" = []))
)]
async fn list_participants(
    State(backend): State<Shared>,
    actor: Actor,
    ApiPath(url): ApiPath<String>,
    ApiQuery(page): ApiQuery<PageQuery>,
) -> Result<ApiJson<Page<Profile>>, Refusal> {
    let url = seen(&backend, &actor, &url).await?;
    backend.provider.profiles(&url, &page).await.map(ApiJson)
}

/// One participant's profile with the meetings of the last 30 days.
#[utoipa::path(
    get, path = "/v1/sites/{url}/insights/participants/{person}", tag = "Insights",
    params(
        ("url" = String, Path, description = "The site."),
        ("person" = String, Path, description = "The `person` of a profile or a participant."),
    ),
    responses((status = 200, body = ProfileDetail), LinkedReads),
    security(("bearer" = []))
)]
async fn show_participant(
    State(backend): State<Shared>,
    actor: Actor,
    ApiPath((url, person)): ApiPath<(String, String)>,
) -> Result<ApiJson<ProfileDetail>, Refusal> {
    let url = seen(&backend, &actor, &url).await?;
    backend.provider.profile(&url, &person).await.map(ApiJson)
}

/// The site's registered devices, by name; `find` looks in name, product, place and user.
#[utoipa::path(
    get, path = "/v1/sites/{url}/insights/devices", tag = "Insights",
    params(("url" = String, Path, description = "The site."), DevicesQuery),
    responses((status = 200, body = Page<Device>), LinkedReads),
    security(("bearer" = []))
)]
async fn list_devices(
    State(backend): State<Shared>,
    actor: Actor,
    ApiPath(url): ApiPath<String>,
    ApiQuery(query): ApiQuery<DevicesQuery>,
) -> Result<ApiJson<Page<Device>>, Refusal> {
    let url = seen(&backend, &actor, &url).await?;
    backend.provider.devices(&url, &query).await.map(ApiJson)
}

/// Take in meetings, devices and people. What is sent again replaces what was sent; the rest stays.
#[utoipa::path(
    post, path = "/v1/sites/{url}/insights", tag = "Insights",
    params(("url" = String, Path, description = "The site.")),
    request_body = Feed,
    responses((status = 200, body = FeedTaken), Writes),
    security(("bearer" = []))
)]
async fn take_feed(
    State(backend): State<Shared>,
    actor: Actor,
    ApiPath(url): ApiPath<String>,
    ApiJson(feed): ApiJson<Feed>,
) -> Result<ApiJson<FeedTaken>, Refusal> {
    let url = site_in_path(&url)?;
    authorize(&backend, &actor, Action::Import, Resource::Site(&url)).await?;
    feeds::take(&backend, &actor.viewer(), &url, &feed).await.map(ApiJson)
}

/// Take in meetings, a row a participant, or devices, or people from a CSV file.
///
/// Meetings: `MeetingID`, `Title`, `Host`, `Start`, `End`, `Email`, `Name`, `Joined`, `Left`,
/// `AudioType`, `Device`, `AudioLoss`, `AudioLatency`, `AudioJitter`, `VideoLoss`, `VideoLatency`,
/// `VideoJitter`, `Resolution`. Devices: `DeviceID`, `DeviceName`, `Kind`, `Model`, `Place`, `User`,
/// `State`, `Software`, `Registered`, `LastSeen`. People: `Email`, `Name`, `Title`, `Company`,
/// `WorkHistory` (stations between bars) and `Links` (between blanks; those that are not https are
/// left out). Times are RFC 3339. Other columns are passed over.
#[utoipa::path(
    post, path = "/v1/sites/{url}/insights/import", tag = "Insights",
    params(("url" = String, Path, description = "The site.")),
    request_body(content = Vec<u8>, content_type = "application/octet-stream",
        description = "A CSV or TSV file."),
    responses((status = 200, body = FeedTaken), Writes),
    security(("bearer" = []))
)]
async fn import_feed(
    State(backend): State<Shared>,
    actor: Actor,
    ApiPath(url): ApiPath<String>,
    file: Bytes,
) -> Result<ApiJson<FeedTaken>, Refusal> {
    let url = site_in_path(&url)?;
    authorize(&backend, &actor, Action::Import, Resource::Site(&url)).await?;
    feeds::import(&backend, &actor.viewer(), &url, file.to_vec()).await.map(ApiJson)
}
