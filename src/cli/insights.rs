//! `hublink site insights`: what a linked site tells about its meetings (rule L9).

use std::fmt::Write as _;
use std::path::PathBuf;

use bytes::Bytes;
use clap::{Args, Subcommand};
use jiff::tz::TimeZone;

use super::context::{Context, PAGE};
use super::exit::Failure;
use super::grid::{Cell, card, local};
use super::output::{Format, note};
use super::user::file_or_stdin;
use super::values::coded;
use crate::api::endpoint::{Endpoint as _, File, Nothing};
use crate::api::insights::{
    DevicesQuery, FeedTaken, ImportFeed, ListDevices, ListMeetings, ListParticipants,
    MeetingDetail, MeetingsQuery, ProfileDetail, ReportQuery, ShowMeeting, ShowParticipant,
    ShowReport, SiteReport,
};
use crate::api::page::PageQuery;
use crate::api::route::FILE;
use crate::domain::insights::Report;
use crate::domain::insights::period::Period;
use crate::domain::number::{count, thousands};
use crate::domain::site::site_url;

pub mod columns;

/// What to look at.
#[derive(Debug, Args)]
pub struct InsightsArgs {
    /// The site's URL
    #[arg(value_name = "SITE-URL", value_parser = site_url)]
    site: String,
    /// Which report
    #[arg(long, default_value = "engagement", value_parser = coded(
        Report::ALL.map(Report::code),
        Report::from_code,
    ))]
    report: Report,
    /// How to cut the time
    #[arg(long, default_value = "day", value_parser = coded(
        Period::ALL.map(Period::code),
        Period::from_code,
    ))]
    by: Period,
    /// How many periods, today's included; 30 days, 13 weeks or 12 months when absent
    #[arg(long, value_name = "N")]
    last: Option<u16>,
    #[command(subcommand)]
    what: Option<InsightsCommand>,
}

/// What else there is than reports.
#[derive(Debug, Subcommand)]
pub enum InsightsCommand {
    /// Meetings in progress and of the last 30 days, newest first
    Meetings {
        /// Only those in progress
        #[arg(long)]
        in_progress: bool,
    },
    /// One meeting, with audio and video quality per participant
    Meeting {
        /// Its id, as listed
        id: String,
    },
    /// Who was in meetings of the last 30 days, the most active first
    Participants,
    /// One participant's profile with the meetings
    Participant {
        /// The address, or name:… of a guest, as listed
        person: String,
    },
    /// The registered devices
    Devices {
        /// Only those with these words in name, product, place or user
        #[arg(long, value_name = "WORDS")]
        find: Option<String>,
    },
    /// Take in meetings, devices or people from a CSV file; what is known already is replaced
    #[command(after_help = "Example:\n  hublink site insights acme.webex.example import \
        meetings.csv\n\nMeetings, a row a participant: MeetingID, Title, Host, Start, End, Email, \
        Name, Joined, Left,\nAudioType, Device, AudioLoss, AudioLatency, AudioJitter, VideoLoss, \
        VideoLatency, VideoJitter,\nResolution. Devices: DeviceID, DeviceName, Kind, Model, Place, \
        User, State, Software, Registered,\nLastSeen. People: Email, Name, Title, Company, \
        WorkHistory (stations between bars), Links (between\nblanks; only https is taken). Times \
        are RFC 3339; a file with a fault is refused whole.")]
    Import {
        /// The file; - reads standard input
        file: PathBuf,
    },
}

/// Does it.
///
/// # Errors
/// What went wrong.
pub async fn run(args: InsightsArgs, cx: &mut Context) -> Result<(), Failure> {
    let InsightsArgs { site, report, by, last, what } = args;
    match what {
        None => show_report(site, report, ReportQuery { by, last }, cx).await,
        Some(InsightsCommand::Meetings { in_progress }) => meetings(site, in_progress, cx).await,
        Some(InsightsCommand::Meeting { id }) => meeting(site, id, cx).await,
        Some(InsightsCommand::Participants) => participants(site, cx).await,
        Some(InsightsCommand::Participant { person }) => participant(site, person, cx).await,
        Some(InsightsCommand::Devices { find }) => devices(site, find, cx).await,
        Some(InsightsCommand::Import { file }) => {
            let bytes = Bytes::from(file_or_stdin(&file, FILE as u64)?);
            let call = ImportFeed::call(site, Nothing, File(bytes));
            let taken: FeedTaken = cx.ask(call).await?;
            cx.out.one_as(&taken, columns::TAKEN, || taken_words(&taken))
        }
    }
}

fn taken_words(taken: &FeedTaken) -> String {
    let mut text = format!(
        "{} taken, {} of them new, with {}; {} taken, {} of them new; {} taken.\n",
        count(taken.meetings, "meeting"),
        thousands(taken.new_meetings),
        count(taken.participants, "participant"),
        count(taken.devices, "device"),
        thousands(taken.new_devices),
        people(taken.people),
    );
    if taken.links_left_out > 0 {
        let links = count(taken.links_left_out, "link");
        text.push_str(&format!("{links} left out: only https links to a named host are taken.\n"));
    }
    text
}

fn people(count: u64) -> String {
    format!("{} {}", thousands(count), if count == 1 { "person" } else { "people" })
}

async fn show_report(
    site: String,
    report: Report,
    query: ReportQuery,
    cx: &mut Context,
) -> Result<(), Failure> {
    let call = ShowReport::call(site, query, Nothing);
    let told: SiteReport = cx.ask(call).await?;
    if cx.out.format() == Format::Json {
        return cx.out.one(&told, &[]);
    }
    cx.out.list(told.periods.iter(), columns::of(report))?;
    note(&standing(&told));
    Ok(())
}

/// Since when the figures are what they are.
fn standing(told: &SiteReport) -> String {
    let total = &told.total.engagement;
    let fed = match told.fed_at {
        Some(at) => format!("data came last {}", local(at)),
        None => "no data came yet; see hublink site insights SITE import --help".to_owned(),
    };
    format!(
        "All together: {}, {}, {}, {}. Days are UTC days; the last row is not over; {fed}.",
        count(total.meetings, "meeting"),
        count(total.participants, "participant"),
        count(total.minutes, "minute"),
        count(total.active_hosts, "active host"),
    )
}

async fn meetings(site: String, in_progress: bool, cx: &mut Context) -> Result<(), Failure> {
    cx.list_pages(
        |cursor| {
            let in_progress = in_progress.then_some(true);
            let query = MeetingsQuery { in_progress, cursor, limit: Some(PAGE) };
            ListMeetings::call(site.clone(), query, Nothing)
        },
        columns::MEETINGS,
    )
    .await
}

async fn meeting(site: String, id: String, cx: &mut Context) -> Result<(), Failure> {
    let call = ShowMeeting::call((site, id), Nothing, Nothing);
    let detail: MeetingDetail = cx.ask(call).await?;
    let MeetingDetail { meeting, participants } = &detail;
    match cx.out.format() {
        Format::Json => return cx.out.one(&detail, &[]),
        Format::Table => cx.out.text(&format!("{}\n", card(meeting, columns::MEETINGS)))?,
        Format::Csv | Format::Md | Format::Html => {}
    }
    cx.out.list(participants.iter(), columns::PARTICIPANTS)
}

async fn participants(site: String, cx: &mut Context) -> Result<(), Failure> {
    cx.list_pages(
        |cursor| ListParticipants::call(site.clone(), PageQuery::at(cursor), Nothing),
        columns::PROFILES,
    )
    .await
}

async fn participant(site: String, person: String, cx: &mut Context) -> Result<(), Failure> {
    let call = ShowParticipant::call((site, person), Nothing, Nothing);
    let detail: ProfileDetail = cx.ask(call).await?;
    let ProfileDetail { profile, meetings, history, links, .. } = &detail;
    match cx.out.format() {
        Format::Json => return cx.out.one(&detail, &[]),
        Format::Table => {
            let mut text = card(profile, columns::PROFILES);
            for (name, lines) in [("history", history), ("links", links)] {
                for line in lines {
                    let _ = writeln!(text, "{name:<20}  {}", line.shown());
                }
            }
            cx.out.text(&format!("{text}\n"))?;
        }
        Format::Csv | Format::Md | Format::Html => {}
    }
    cx.out.list(meetings.iter(), columns::JOINED)
}

async fn devices(site: String, find: Option<String>, cx: &mut Context) -> Result<(), Failure> {
    cx.list_pages(
        |cursor| {
            let query = DevicesQuery { find: find.clone(), cursor, limit: Some(PAGE) };
            ListDevices::call(site.clone(), query, Nothing)
        },
        columns::DEVICES,
    )
    .await
}

/// A day in UTC, as reports are cut.
fn day(at: jiff::Timestamp) -> Cell {
    Cell::plain_text(&at.to_zoned(TimeZone::UTC).date().to_string())
}
