//! The lists of insights: meetings, people, devices.
//!
//! Owns their rows, where one stands in each, and what a row opens. All three come page by page.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::board::rating_tone;
use super::meeting::MeetingScreen;
use super::profile::ProfileScreen;
use super::tabs::Section;
use crate::api::call::{ApiError, Reply, Request};
use crate::api::endpoint::{Endpoint as _, Nothing};
use crate::api::insights::{
    Device, DevicesQuery, ListDevices, ListMeetings, ListParticipants, Meeting, MeetingsQuery,
    Profile, Ratings,
};
use crate::api::page::PageQuery;
use crate::domain::address::with_unicode;
use crate::domain::insights::quality::Rating;
use crate::domain::insights::{DeviceKind, DeviceState};
use crate::domain::untrusted::Untrusted;
use crate::tui::export::insights as export;
use crate::tui::load::Listing;
use crate::tui::msg::RequestId;
use crate::tui::screen::{Cx, Here, Look, Screen, Told};
use crate::tui::screens::listed;
use crate::tui::theme::Tone;
use crate::tui::when::thousands;
use crate::tui::widget::rows::{Cursor, Motion};
use crate::tui::widget::table::{self, Cell, Column};

const MEETINGS: [Column; 6] = [
    Column::text("Began"),
    Column::text("Meeting"),
    Column::number("Min"),
    Column::number("There"),
    Column::text("Audio"),
    Column::text("Video").only_from(96),
];
/// The same where there is little room.
const FEW: [Column; 4] =
    [Column::text("Began"), Column::text("Meeting"), Column::number("Min"), Column::text("Audio")];
/// Below this width there is little room.
const LITTLE: u16 = 60;
const PEOPLE: [Column; 6] = [
    Column::text("Name"),
    Column::text("Account").only_from(92),
    Column::number("Meetings"),
    Column::number("Hosted").only_from(60),
    Column::number("Minutes"),
    Column::text("Audio").only_from(60),
];
const DEVICES: [Column; 5] = [
    Column::text("Device"),
    Column::text("Kind"),
    Column::text("Model").only_from(70),
    Column::text("State"),
    Column::text("Last seen").only_from(60),
];

/// The lists.
pub struct Lists {
    meetings: Listing<Meeting>,
    people: Listing<Profile>,
    devices: Listing<Device>,
    cursors: [Cursor; 3],
}

fn meetings(query: PageQuery, site: &str) -> Request {
    let PageQuery { cursor, limit } = query;
    let query = MeetingsQuery { in_progress: None, cursor, limit };
    ListMeetings::call(site.to_owned(), query, Nothing)
}

fn people(query: PageQuery, site: &str) -> Request {
    ListParticipants::call(site.to_owned(), query, Nothing)
}

/// The subject is the site and, on a line of its own, what is looked for.
fn devices(query: PageQuery, subject: &str) -> Request {
    let PageQuery { cursor, limit } = query;
    let (site, find) = subject.split_once('\n').unwrap_or((subject, ""));
    let find = Some(find.to_owned()).filter(|find| !find.is_empty());
    let query = DevicesQuery { find, cursor, limit };
    ListDevices::call(site.to_owned(), query, Nothing)
}

/// How many were less than good, in words: "good", "1 poor, 2 fair", "–" for nobody measured.
pub fn ratings_cell(ratings: Ratings) -> Cell {
    if ratings.rated() == 0 {
        return (Tone::Faint, "–".to_owned());
    }
    let bad = [Rating::Poor, Rating::Fair].into_iter().filter(|rating| ratings.of(*rating) > 0);
    let mut worst = Tone::Text;
    let mut words = Vec::new();
    for rating in bad {
        if words.is_empty() {
            worst = rating_tone(rating);
        }
        words.push(format!("{} {}", thousands(ratings.of(rating)), rating.code()));
    }
    if words.is_empty() { (Tone::Done, "good".to_owned()) } else { (worst, words.join(", ")) }
}

fn meeting_cells(meeting: &Meeting, here: Here<'_>) -> Vec<Cell> {
    let began = if meeting.in_progress {
        (Tone::Accent, format!("● {}", here.moment(meeting.started_at)))
    } else {
        (Tone::Muted, format!("  {}", here.moment(meeting.started_at)))
    };
    vec![
        began,
        (Tone::Text, meeting.title.shown().to_string()),
        (Tone::Text, thousands(meeting.minutes)),
        (Tone::Text, thousands(meeting.participants)),
        ratings_cell(meeting.audio),
        ratings_cell(meeting.video),
    ]
}

fn few_cells(meeting: &Meeting, here: Here<'_>) -> Vec<Cell> {
    let began = if meeting.in_progress {
        (Tone::Accent, "● now".to_owned())
    } else {
        (Tone::Muted, here.date(meeting.started_at))
    };
    let title = (Tone::Text, meeting.title.shown().to_string());
    vec![began, title, (Tone::Text, thousands(meeting.minutes)), ratings_cell(meeting.audio)]
}

fn person_cells(profile: &Profile) -> Vec<Cell> {
    let name = if profile.name.is_empty() { &profile.person } else { &profile.name };
    let account = match &profile.user {
        Some(user) => (Tone::Text, user.state.code().to_owned()),
        None => (Tone::Faint, "none".to_owned()),
    };
    vec![
        (Tone::Text, name.shown().to_string()),
        account,
        (Tone::Text, thousands(profile.meetings)),
        (Tone::Text, thousands(profile.hosted)),
        (Tone::Text, thousands(profile.minutes)),
        ratings_cell(profile.audio),
    ]
}

fn device_cells(device: &Device, here: Here<'_>) -> Vec<Cell> {
    let tone = match device.state {
        DeviceState::Online => Tone::Done,
        DeviceState::Issues => Tone::Attention,
        DeviceState::Offline => Tone::Refused,
    };
    let seen = device.last_seen_at.map_or_else(|| "never".to_owned(), |at| here.moment(at));
    vec![
        (Tone::Text, device.name.shown().to_string()),
        (Tone::Text, DeviceKind::code(device.kind).to_owned()),
        (Tone::Text, device.model.shown().to_string()),
        (tone, device.state.code().to_owned()),
        (Tone::Muted, seen),
    ]
}

impl Lists {
    /// Of a site.
    pub fn of(site: &Untrusted) -> Self {
        let site = site.raw();
        Self {
            meetings: Listing::window(meetings, site),
            people: Listing::window(people, site),
            devices: Listing::window(devices, site),
            cursors: [Cursor::default(); 3],
        }
    }

    /// Looks for devices with these words; none: for all.
    pub fn find(&mut self, site: &Untrusted, words: &str, cx: &mut Cx<'_>) {
        let subject = format!("{}\n{}", site.raw(), words.trim());
        self.devices = Listing::window(devices, &subject);
        self.cursors[Self::place(Section::Devices)] = Cursor::default();
        self.devices.ask(cx);
    }

    fn place(section: Section) -> usize {
        match section {
            Section::People => 1,
            Section::Devices => 2,
            Section::Meetings | Section::Report(_) => 0,
        }
    }

    fn len(&self, section: Section) -> usize {
        match section {
            Section::Meetings => self.meetings.items().len(),
            Section::People => self.people.items().len(),
            Section::Devices => self.devices.items().len(),
            Section::Report(_) => 0,
        }
    }

    /// Whether there are no rows.
    pub fn is_empty(&self, section: Section) -> bool {
        self.len(section) == 0
    }

    fn at(&self, section: Section) -> usize {
        self.cursors[Self::place(section)].at
    }

    /// Asks for a list, again.
    pub fn ask(&mut self, section: Section, cx: &mut Cx<'_>) {
        match section {
            Section::Meetings => self.meetings.ask(cx),
            Section::People => self.people.ask(cx),
            Section::Devices => self.devices.ask(cx),
            Section::Report(_) => {}
        }
    }

    /// Asks for what is missing, and keeps the cursor on a row.
    pub fn reconcile(&mut self, section: Section, height: usize, cx: &mut Cx<'_>) {
        let untouched = match section {
            Section::Meetings => self.meetings.is_untouched(),
            Section::People => self.people.is_untouched(),
            Section::Devices => self.devices.is_untouched(),
            Section::Report(_) => false,
        };
        if untouched {
            self.ask(section, cx);
        }
        self.near(section, self.at(section), cx);
        let len = self.len(section);
        self.cursors[Self::place(section)].clamp(len, height);
    }

    /// Moves.
    pub fn go(&mut self, section: Section, motion: Motion, height: usize, cx: &mut Cx<'_>) {
        let len = self.len(section);
        self.cursors[Self::place(section)].go(motion, len, height);
        self.near(section, self.at(section), cx);
    }

    fn near(&mut self, section: Section, at: usize, cx: &mut Cx<'_>) {
        match section {
            Section::Meetings => self.meetings.near(at, cx),
            Section::People => self.people.near(at, cx),
            Section::Devices => self.devices.near(at, cx),
            Section::Report(_) => {}
        }
    }

    /// Reads on towards the end; whether there is more to come.
    pub fn read_on(&mut self, section: Section, cx: &mut Cx<'_>) -> bool {
        self.near(section, self.len(section), cx);
        match section {
            Section::Meetings => self.meetings.has_more(),
            Section::People => self.people.has_more(),
            Section::Devices => self.devices.has_more(),
            Section::Report(_) => false,
        }
    }

    /// What went wrong last.
    pub fn error(&self, section: Section) -> Option<&ApiError> {
        match section {
            Section::Meetings => self.meetings.error(),
            Section::People => self.people.error(),
            Section::Devices => self.devices.error(),
            Section::Report(_) => None,
        }
    }

    /// The list as CSV.
    pub fn text(&self, section: Section) -> String {
        match section {
            Section::Meetings => export::meetings(self.meetings.items()),
            Section::People => export::people(self.people.items()),
            Section::Devices => export::devices(self.devices.items()),
            Section::Report(_) => String::new(),
        }
    }

    /// Takes a page that is meant for one of the lists.
    pub fn take(&mut self, id: RequestId, result: &Result<Reply, ApiError>, cx: &mut Cx<'_>) {
        let _ = self.meetings.take(id, result, cx)
            || self.people.take(id, result, cx)
            || self.devices.take(id, result, cx);
    }

    /// What the copy key takes.
    pub fn name(&self, section: Section) -> Option<Untrusted> {
        let at = self.at(section);
        match section {
            Section::Meetings => self.meetings.items().get(at).map(|one| one.id.clone()),
            Section::People => self.people.items().get(at).map(|one| one.person.clone()),
            Section::Devices => self.devices.items().get(at).map(|one| one.name.clone()),
            Section::Report(_) => None,
        }
    }

    /// Whether the chosen row opens something.
    pub fn opens(&self, section: Section) -> bool {
        matches!(section, Section::Meetings | Section::People) && !self.is_empty(section)
    }

    /// What the chosen row opens.
    pub fn open(&self, section: Section, site: &Untrusted) -> Option<Box<dyn Screen>> {
        let at = self.at(section);
        match section {
            Section::Meetings => {
                let meeting = self.meetings.items().get(at)?;
                Some(Box::new(MeetingScreen::new(site, &meeting.id, &meeting.title)))
            }
            Section::People => {
                let profile = self.people.items().get(at)?;
                Some(Box::new(ProfileScreen::new(site, &profile.person)))
            }
            Section::Devices | Section::Report(_) => None,
        }
    }

    fn detail(&self, section: Section) -> String {
        let at = self.at(section);
        match section {
            Section::Meetings => self.meetings.items().get(at).map(|meeting| {
                let ratings = [("audio", meeting.audio), ("video", meeting.video)];
                let told = ratings.map(|(what, ratings)| format!("{what}: {}", told(ratings)));
                let host = meeting.host.shown();
                format!("{} · host {host} · {}", meeting.title.shown(), told.join(" · "))
            }),
            Section::People => self.people.items().get(at).map(|profile| {
                let account = profile.user.as_ref().map_or_else(String::new, |user| {
                    format!(" · {} · {}", user.department.shown(), user.state.code())
                });
                let who = [&profile.title, &profile.company];
                let who = who.into_iter().filter(|fact| !fact.is_empty());
                let who =
                    who.fold(String::new(), |told, fact| told + " · " + fact.shown().as_str());
                let person = with_unicode(&profile.person);
                format!("{person}{account} · audio: {}{who}", told(profile.audio))
            }),
            Section::Devices => self.devices.items().get(at).map(|device| {
                let Device { name, model, place, user, software, .. } = device;
                let facts = [name, model, place, user, software];
                let told = facts.into_iter().filter(|fact| !fact.is_empty());
                told.map(|fact| fact.shown().to_string()).collect::<Vec<_>>().join(" · ")
            }),
            Section::Report(_) => None,
        }
        .unwrap_or_default()
    }

    /// A list as data, for who has it told line by line.
    pub fn told(&self, section: Section, finds: bool, here: Here<'_>) -> Told {
        let said = self.said(section, finds, here);
        let rows = (self.len(section), &self.cursors[Self::place(section)]);
        let (cells, names): (&dyn Fn(usize) -> Vec<Cell>, &[&str]) = match section {
            Section::Meetings => (
                &|at| meeting_cells(&self.meetings.items()[at], here),
                &["", "", "minutes ", "participants ", "audio ", "video "],
            ),
            Section::People => (
                &|at| person_cells(&self.people.items()[at]),
                &["", "account ", "meetings ", "hosted ", "minutes ", "audio "],
            ),
            Section::Devices | Section::Report(_) => (
                &|at| device_cells(&self.devices.items()[at], here),
                &["", "", "", "", "last seen "],
            ),
        };
        // Nobody hears which column a number stands in.
        let cells = |at: usize| {
            let named = cells(at).into_iter().zip(names);
            named.map(|((tone, text), name)| (tone, format!("{name}{}", text.trim()))).collect()
        };
        listed::as_data(&said, rows, cells, "", here)
    }

    /// Gives the cursor to the row that is told there.
    pub fn point(&mut self, section: Section, at: usize) {
        listed::point(&mut self.cursors[Self::place(section)], at);
    }

    fn said(&self, section: Section, finds: bool, here: Here<'_>) -> listed::Said<'_> {
        let now_ms = here.now_ms;
        let (what, empty, wait) = match section {
            Section::Meetings => (
                "the meetings",
                "No meeting is in progress, and there was none in the last 30 days.",
                self.meetings.wait(now_ms),
            ),
            Section::People => (
                "the people",
                "Nobody was in a meeting in the last 30 days.",
                self.people.wait(now_ms),
            ),
            Section::Devices | Section::Report(_) => (
                "the devices",
                if finds {
                    "No device has these words in its name, product, place or user. Esc clears \
                     them."
                } else {
                    "No device is registered."
                },
                self.devices.wait(now_ms),
            ),
        };
        let error = self.error(section);
        let is_empty = self.is_empty(section);
        listed::Said { what, empty, wait, error, is_empty }
    }

    /// Draws a list.
    pub fn view(
        &self,
        section: Section,
        finds: bool,
        look: &Look<'_>,
        area: Rect,
        buf: &mut Buffer,
    ) {
        let said = self.said(section, finds, look.here);
        let Some(place) = listed::view(&said, &self.detail(section), look, area, buf) else {
            return;
        };
        let rows = (self.len(section), &self.cursors[Self::place(section)]);
        let here = look.here;
        match section {
            Section::Meetings if place.width < LITTLE => {
                let row = |at: usize| few_cells(&self.meetings.items()[at], here);
                table::view(&FEW, rows, row, look.theme, place, buf);
            }
            Section::Meetings => {
                let row = |at: usize| meeting_cells(&self.meetings.items()[at], here);
                table::view(&MEETINGS, rows, row, look.theme, place, buf);
            }
            Section::People => {
                let row = |at: usize| person_cells(&self.people.items()[at]);
                table::view(&PEOPLE, rows, row, look.theme, place, buf);
            }
            Section::Devices | Section::Report(_) => {
                let row = |at: usize| device_cells(&self.devices.items()[at], here);
                table::view(&DEVICES, rows, row, look.theme, place, buf);
            }
        }
    }
}

/// All ratings in words: "5 good, 1 fair, 0 poor".
pub fn told(ratings: Ratings) -> String {
    if ratings.rated() == 0 {
        return "not measured".to_owned();
    }
    Rating::ALL.map(|one| format!("{} {}", thousands(ratings.of(one)), one.code())).join(", ")
}
