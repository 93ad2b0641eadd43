//! A site's insights.

use bytes::Bytes;

use super::{Reply, Wire, boxed, read, seg};
use crate::api::insights::{DevicesQuery, MeetingsQuery, ReportQuery};
use crate::api::page::PageQuery;
use crate::domain::insights::feed::Feed;

/// A site's insights (rule L9). The first string is the site's URL.
#[derive(Debug, Clone, PartialEq)]
pub enum InsightsCall {
    /// `GET /v1/sites/{url}/insights/report` -> `SiteReport`.
    Report(String, ReportQuery),
    /// `GET /v1/sites/{url}/insights/meetings` -> `Meetings`, newest first.
    Meetings(String, MeetingsQuery),
    /// `GET /v1/sites/{url}/insights/meetings/{id}` -> `Meeting`.
    Meeting(String, String),
    /// `GET /v1/sites/{url}/insights/participants` -> `Profiles`, the most active first.
    Profiles(String, PageQuery),
    /// `GET /v1/sites/{url}/insights/participants/{person}` -> `Profile`.
    Profile(String, String),
    /// `GET /v1/sites/{url}/insights/devices` -> `Devices`, by name.
    Devices(String, DevicesQuery),
    /// `POST /v1/sites/{url}/insights` -> `FeedTaken`.
    Feed(String, Feed),
    /// `POST /v1/sites/{url}/insights/import` -> `FeedTaken`; the body is a CSV file as it is.
    Import(String, Bytes),
}

impl InsightsCall {
    pub(super) fn wire(&self) -> Wire {
        let at = |url: &str, rest: &str| format!("/v1/sites/{}/insights{rest}", seg(url));
        match self {
            Self::Report(url, query) => Wire::get(at(url, "/report")).query(query),
            Self::Meetings(url, query) => Wire::get(at(url, "/meetings")).query(query),
            Self::Meeting(url, id) => Wire::get(at(url, &format!("/meetings/{}", seg(id)))),
            Self::Profiles(url, query) => Wire::get(at(url, "/participants")).query(query),
            Self::Profile(url, person) => {
                Wire::get(at(url, &format!("/participants/{}", seg(person))))
            }
            Self::Devices(url, query) => Wire::get(at(url, "/devices")).query(query),
            Self::Feed(url, feed) => Wire::post(at(url, "")).json(feed),
            Self::Import(url, file) => Wire::post(at(url, "/import")).file(file.clone()),
        }
    }

    pub(super) fn read(&self, body: &Bytes) -> Result<Reply, serde_json::Error> {
        match self {
            Self::Report(..) => boxed(body, Reply::SiteReport),
            Self::Meetings(..) => read(body, Reply::Meetings),
            Self::Meeting(..) => boxed(body, Reply::Meeting),
            Self::Profiles(..) => read(body, Reply::Profiles),
            Self::Profile(..) => boxed(body, Reply::Profile),
            Self::Devices(..) => read(body, Reply::Devices),
            Self::Feed(..) | Self::Import(..) => read(body, Reply::FeedTaken),
        }
    }
}
