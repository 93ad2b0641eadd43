//! The endpoints of a site's insights.
//!
//! Owns what is known of each; their bodies are the module above.

use super::{
    Device, DevicesQuery, FeedTaken, Meeting, MeetingDetail, MeetingsQuery, Profile, ProfileDetail,
    ReportQuery, SiteReport,
};
use crate::api::endpoint::{About, Endpoint, File, Nothing};
use crate::api::page::{Page, PageQuery};
use crate::api::problem::code;
use crate::api::route::{FILE, On, Route};
use crate::domain::insights::feed::Feed;
use crate::domain::role::Action;
use utoipa::ToSchema;

/// Its endpoints.
pub(in crate::api) const ENDPOINTS: &[&About] = &[
    ShowReport::ABOUT,
    ListMeetings::ABOUT,
    ShowMeeting::ABOUT,
    ListParticipants::ABOUT,
    ShowParticipant::ABOUT,
    ListDevices::ABOUT,
    TakeFeed::ABOUT,
    ImportFeed::ABOUT,
];

/// Engagement, audio usage and meeting quality by day, week or month.
#[derive(Debug, ToSchema)]
pub struct ShowReport;

impl Endpoint for ShowReport {
    const ROUTE: Route = Route::get("show_report", "/v1/sites/{url}/insights/report")
        .tag("Insights")
        .may(Action::Insights, On::Site)
        .refuses(&[code::SITE_NOT_ENROLLED]);
    type Path = String;
    type Query = ReportQuery;
    type Body = Nothing;
    type Answer = SiteReport;
}

/// Meetings in progress and of the last 30 days, newest first.
#[derive(Debug, ToSchema)]
pub struct ListMeetings;

impl Endpoint for ListMeetings {
    const ROUTE: Route = Route::get("list_meetings", "/v1/sites/{url}/insights/meetings")
        .tag("Insights")
        .may(Action::Insights, On::Site)
        .refuses(&[code::SITE_NOT_ENROLLED]);
    type Path = String;
    type Query = MeetingsQuery;
    type Body = Nothing;
    type Answer = Page<Meeting>;
}

/// One meeting with audio and video quality per participant.
#[derive(Debug, ToSchema)]
pub struct ShowMeeting;

impl Endpoint for ShowMeeting {
    const ROUTE: Route = Route::get("show_meeting", "/v1/sites/{url}/insights/meetings/{id}")
        .tag("Insights")
        .may(Action::Insights, On::Site)
        .refuses(&[code::SITE_NOT_ENROLLED]);
    type Path = (String, String);
    type Query = Nothing;
    type Body = Nothing;
    type Answer = MeetingDetail;
}

/// Who was in meetings of the last 30 days, the most active first.
#[derive(Debug, ToSchema)]
pub struct ListParticipants;

impl Endpoint for ListParticipants {
    const ROUTE: Route = Route::get("list_participants", "/v1/sites/{url}/insights/participants")
        .tag("Insights")
        .may(Action::Insights, On::Site)
        .refuses(&[code::SITE_NOT_ENROLLED]);
    type Path = String;
    type Query = PageQuery;
    type Body = Nothing;
    type Answer = Page<Profile>;
}

/// One participant's profile with the meetings of the last 30 days.
#[derive(Debug, ToSchema)]
pub struct ShowParticipant;

impl Endpoint for ShowParticipant {
    const ROUTE: Route =
        Route::get("show_participant", "/v1/sites/{url}/insights/participants/{person}")
            .tag("Insights")
            .may(Action::Insights, On::Site)
            .refuses(&[code::SITE_NOT_ENROLLED]);
    type Path = (String, String);
    type Query = Nothing;
    type Body = Nothing;
    type Answer = ProfileDetail;
}

/// The site's registered devices, by name; `find` looks in name, product, place and user.
#[derive(Debug, ToSchema)]
pub struct ListDevices;

impl Endpoint for ListDevices {
    const ROUTE: Route = Route::get("list_devices", "/v1/sites/{url}/insights/devices")
        .tag("Insights")
        .may(Action::Insights, On::Site)
        .refuses(&[code::SITE_NOT_ENROLLED]);
    type Path = String;
    type Query = DevicesQuery;
    type Body = Nothing;
    type Answer = Page<Device>;
}

/// Take in meetings, devices and people. What is sent again replaces what was sent; the rest stays.
#[derive(Debug, ToSchema)]
pub struct TakeFeed;

impl Endpoint for TakeFeed {
    const ROUTE: Route = Route::post("take_feed", "/v1/sites/{url}/insights")
        .tag("Insights")
        .may(Action::Import, On::Site)
        .refuses(&[code::SITE_NOT_ENROLLED])
        .up_to(FILE)
        .long();
    type Path = String;
    type Query = Nothing;
    type Body = Feed;
    type Answer = FeedTaken;
}

/// Take in meetings, a row a participant, or devices, or people from a CSV file.
///
/// Meetings: `MeetingID`, `Title`, `Host`, `Start`, `End`, `Email`, `Name`, `Joined`, `Left`,
/// `AudioType`, `Device`, `AudioLoss`, `AudioLatency`, `AudioJitter`, `VideoLoss`, `VideoLatency`,
/// `VideoJitter`, `Resolution`. Devices: `DeviceID`, `DeviceName`, `Kind`, `Model`, `Place`, `User`,
/// `State`, `Software`, `Registered`, `LastSeen`. People: `Email`, `Name`, `Title`, `Company`,
/// `WorkHistory` (stations between bars) and `Links` (between blanks; those that are not https are
/// left out). Times are RFC 3339. Other columns are passed over.
#[derive(Debug, ToSchema)]
pub struct ImportFeed;

impl Endpoint for ImportFeed {
    const ROUTE: Route = Route::post("import_feed", "/v1/sites/{url}/insights/import")
        .tag("Insights")
        .may(Action::Import, On::Site)
        .sends("A CSV or TSV file.")
        .refuses(&[code::FILE_REFUSED])
        .takes_file()
        .long();
    type Path = String;
    type Query = Nothing;
    type Body = File;
    type Answer = FeedTaken;
}
