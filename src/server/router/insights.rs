//! Insights of linked sites (rule L9): reports, meetings, people, devices, and feeds in.

use axum::extract::State;

use super::Shared;
use super::asked::{Asked, Routes};
use crate::api::endpoint::File;
use crate::api::insights::{
    Device, FeedTaken, ImportFeed, ListDevices, ListMeetings, ListParticipants, Meeting,
    MeetingDetail, Profile, ProfileDetail, ShowMeeting, ShowParticipant, ShowReport, SiteReport,
    TakeFeed,
};
use crate::api::page::Page;
use crate::server::auth::Actor;
use crate::server::engine::feeds;
use crate::server::refusal::Refusal;

pub fn routes() -> Routes {
    Routes::new()
        .at(import_feed)
        .at(take_feed)
        .at(show_report)
        .at(list_meetings)
        .at(show_meeting)
        .at(list_participants)
        .at(show_participant)
        .at(list_devices)
}

/// Engagement, audio usage and meeting quality by day, week or month.
async fn show_report(
    State(backend): State<Shared>,
    Asked { path: url, query, .. }: Asked<ShowReport>,
) -> Result<SiteReport, Refusal> {
    backend.directory.site_report(&url, query).await
}

/// Meetings in progress and of the last 30 days, newest first.
async fn list_meetings(
    State(backend): State<Shared>,
    Asked { path: url, query, .. }: Asked<ListMeetings>,
) -> Result<Page<Meeting>, Refusal> {
    backend.directory.meetings(&url, &query).await
}

/// One meeting with audio and video quality per participant.
async fn show_meeting(
    State(backend): State<Shared>,
    Asked { path: (url, id), .. }: Asked<ShowMeeting>,
) -> Result<MeetingDetail, Refusal> {
    backend.directory.meeting(&url, &id).await
}

/// Who was in meetings of the last 30 days, the most active first.
async fn list_participants(
    State(backend): State<Shared>,
    Asked { path: url, query: page, .. }: Asked<ListParticipants>,
) -> Result<Page<Profile>, Refusal> {
    backend.directory.profiles(&url, &page).await
}

/// One participant's profile with the meetings of the last 30 days.
async fn show_participant(
    State(backend): State<Shared>,
    Asked { path: (url, person), .. }: Asked<ShowParticipant>,
) -> Result<ProfileDetail, Refusal> {
    backend.directory.profile(&url, &person).await
}

/// The site's registered devices, by name; `find` looks in name, product, place and user.
async fn list_devices(
    State(backend): State<Shared>,
    Asked { path: url, query, .. }: Asked<ListDevices>,
) -> Result<Page<Device>, Refusal> {
    backend.directory.devices(&url, &query).await
}

/// Take in meetings, devices and people. What is sent again replaces what was sent; the rest stays.
async fn take_feed(
    State(backend): State<Shared>,
    actor: Actor,
    Asked { path: url, body: feed, .. }: Asked<TakeFeed>,
) -> Result<FeedTaken, Refusal> {
    feeds::take(&backend, &actor.viewer(), &url, &feed).await
}

/// Take in meetings, a row a participant, or devices, or people from a CSV file.
///
/// Meetings: `MeetingID`, `Title`, `Host`, `Start`, `End`, `Email`, `Name`, `Joined`, `Left`,
/// `AudioType`, `Device`, `AudioLoss`, `AudioLatency`, `AudioJitter`, `VideoLoss`, `VideoLatency`,
/// `VideoJitter`, `Resolution`. Devices: `DeviceID`, `DeviceName`, `Kind`, `Model`, `Place`, `User`,
/// `State`, `Software`, `Registered`, `LastSeen`. People: `Email`, `Name`, `Title`, `Company`,
/// `WorkHistory` (stations between bars) and `Links` (between blanks; those that are not https are
/// left out). Times are RFC 3339. Other columns are passed over.
async fn import_feed(
    State(backend): State<Shared>,
    actor: Actor,
    Asked { path: url, body: File(file), .. }: Asked<ImportFeed>,
) -> Result<FeedTaken, Refusal> {
    feeds::import(&backend, &actor.viewer(), &url, file.to_vec()).await
}
