//! The part of the seam that is about insights (rule L9): what feeds told, and taking one in.
//!
//! Owns the trait alone; `Provider` includes it. Callers have authorized; what is asked for is in
//! its one form.

use super::{Answer, Viewer};
use crate::api::insights::{
    Device, DevicesQuery, FeedTaken, Meeting, MeetingDetail, MeetingsQuery, Profile, ProfileDetail,
    ReportQuery, SiteReport,
};
use crate::api::page::{Page, PageQuery};
use crate::domain::insights::feed::Feed;

/// What feeds told of a linked site. A site that is not linked answers `409 site_not_enrolled`
/// with what to do to get it.
pub trait Insights: Send + Sync {
    /// Engagement, audio usage and quality by day, week or month.
    fn site_report<'a>(&'a self, url: &'a str, query: ReportQuery) -> Answer<'a, SiteReport>;
    /// Meetings in progress and of the last 30 days, newest first.
    fn meetings<'a>(&'a self, url: &'a str, query: &'a MeetingsQuery) -> Answer<'a, Page<Meeting>>;
    /// One of them with its participants.
    fn meeting<'a>(&'a self, url: &'a str, id: &'a str) -> Answer<'a, MeetingDetail>;
    /// Who was in them, the most active first.
    fn profiles<'a>(&'a self, url: &'a str, page: &'a PageQuery) -> Answer<'a, Page<Profile>>;
    /// One of these with the meetings.
    fn profile<'a>(&'a self, url: &'a str, person: &'a str) -> Answer<'a, ProfileDetail>;
    /// The registered devices, by name; those that match, where something is looked for.
    fn devices<'a>(&'a self, url: &'a str, query: &'a DevicesQuery) -> Answer<'a, Page<Device>>;
    /// Takes a feed that was checked: what it tells replaces what was told, the rest stays.
    fn take_feed<'a>(
        &'a self,
        viewer: &'a Viewer,
        url: &'a str,
        feed: &'a Feed,
    ) -> Answer<'a, FeedTaken>;
}
