//! One meeting: who was there, and what each of them heard and saw (rule L9).

use bytes::Bytes;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::board::rating_tone;
use super::lists::told;
use super::profile::ProfileScreen;
use crate::api::call::{ApiError, Reply};
use crate::api::endpoint::{Endpoint as _, Nothing};
use crate::api::insights::{Measured, Meeting, MeetingDetail, Participant, ShowMeeting};
use crate::domain::untrusted::Untrusted;
use crate::tui::export::insights as export;
use crate::tui::export::written::Written;
use crate::tui::keymap::{Action, Availability, Scope};
use crate::tui::layout;
use crate::tui::load::Load;
use crate::tui::msg::{IoError, RequestId};
use crate::tui::screen::{About, Cx, Flow, Header, Here, Look, Screen, Told};
use crate::tui::screens::listed;
use crate::tui::theme::Tone;
use crate::tui::when::count;
use crate::tui::widget::rows::Cursor;
use crate::tui::widget::table::{self, Cell, Column};
use crate::tui::widget::text;

const COLUMNS: [Column; 12] = [
    Column::text("Participant"),
    Column::number("Min").only_from(90),
    Column::text("Sound by").only_from(130),
    Column::text("Audio"),
    Column::number("loss").only_from(70),
    Column::number("ms").only_from(70),
    Column::number("jit").only_from(70),
    Column::text("Video"),
    Column::number("loss").only_from(70),
    Column::number("ms").only_from(70),
    Column::number("jit").only_from(70),
    Column::text("Picture").only_from(100),
];

/// The screen.
pub struct MeetingScreen {
    site: Untrusted,
    id: Untrusted,
    title: Untrusted,
    detail: Load<MeetingDetail>,
    cursor: Cursor,
    written: Written,
}

impl MeetingScreen {
    /// A meeting of a site.
    pub fn new(site: &Untrusted, id: &Untrusted, title: &Untrusted) -> Self {
        Self {
            site: site.clone(),
            id: id.clone(),
            title: title.clone(),
            detail: Load::default(),
            cursor: Cursor::default(),
            written: Written::default(),
        }
    }

    fn ask(&mut self, cx: &mut Cx<'_>) {
        let call = ShowMeeting::call(
            (self.site.raw().to_owned(), self.id.raw().to_owned()),
            Nothing,
            Nothing,
        );
        self.detail.ask(call, cx);
    }

    fn people(&self) -> &[Participant] {
        self.detail.get().map_or(&[], |detail| &detail.participants)
    }

    fn chosen(&self) -> Option<&Participant> {
        self.people().get(self.cursor.at)
    }

    fn said(&self, here: Here<'_>) -> listed::Said<'_> {
        listed::Said {
            what: "the meeting",
            empty: "Nobody joined this meeting yet.",
            wait: self.detail.wait(here.now_ms),
            error: self.detail.error(),
            is_empty: self.people().is_empty(),
        }
    }

    /// The room below the two lines about the meeting.
    fn body(body: Rect) -> Rect {
        let head = if body.height >= 14 { 3 } else { 1 };
        Rect { y: body.y + head, height: body.height - head, ..body }
    }
}

fn measured(measured: Option<Measured>) -> [Cell; 4] {
    let Some(one) = measured else {
        return ["–", "", "", ""].map(|words| (Tone::Faint, words.to_owned()));
    };
    let tone = rating_tone(one.rating);
    let loss = format!("{:.1}%", f64::from(one.packet_loss_percent));
    [
        (tone, one.rating.code().to_owned()),
        (Tone::Text, loss),
        (Tone::Text, one.latency_ms.to_string()),
        (Tone::Text, one.jitter_ms.to_string()),
    ]
}

fn name_of(one: &Participant) -> &Untrusted {
    if one.name.is_empty() { &one.person } else { &one.name }
}

fn cells(one: &Participant) -> Vec<Cell> {
    let sound = one.audio_type.map_or("none", |audio_type| audio_type.title());
    let mut cells = vec![
        (Tone::Text, name_of(one).shown().to_string()),
        (Tone::Muted, one.minutes.to_string()),
        (Tone::Muted, sound.to_owned()),
    ];
    cells.extend(measured(one.audio));
    cells.extend(measured(one.video));
    let picture = one.resolution.map_or_else(String::new, |size| size.to_string());
    cells.push((Tone::Muted, picture));
    cells
}

fn in_words(what: &str, one: Measured) -> String {
    format!(
        "{what} {}: {} lost, {} ms, jitter {} ms",
        one.rating.code(),
        one.packet_loss_percent,
        one.latency_ms,
        one.jitter_ms
    )
}

/// When it was, how long and whose; and how it was heard and seen.
fn about(meeting: &Meeting, here: Here<'_>) -> (Cell, String) {
    let when = here.moment(meeting.started_at);
    let (tone, how) = if meeting.in_progress {
        (Tone::Accent, format!("● in progress since {when}"))
    } else {
        (Tone::Text, when)
    };
    let minutes = count(meeting.minutes, "minute");
    let words = format!("{how} · {minutes} · host {}", meeting.host.shown());
    let quality = format!("audio: {} · video: {}", told(meeting.audio), told(meeting.video));
    ((tone, words), quality)
}

/// All about a participant.
fn detail(one: &Participant, here: Here<'_>) -> String {
    let stay = format!("{} from {}", count(one.minutes, "minute"), here.moment(one.joined_at));
    let mut facts = vec![one.person.shown().to_string(), stay];
    facts.extend(one.audio_type.map(|audio_type| audio_type.title().to_owned()));
    if !one.device.is_empty() {
        facts.push(one.device.shown().to_string());
    }
    facts.extend(one.audio.map(|audio| in_words("audio", audio)));
    facts.extend(one.video.map(|video| in_words("video", video)));
    facts.extend(one.resolution.map(|size| size.to_string()));
    facts.join(" · ")
}

impl Screen for MeetingScreen {
    fn header(&self, _look: &Look<'_>) -> Header {
        let crumbs = ["Insights".to_owned(), "Meetings".to_owned(), self.title.shown().to_string()];
        let right = count(self.people().len() as u64, "participant");
        Header { crumbs: crumbs.to_vec(), right }
    }

    fn help(&self) -> About {
        About::of(
            "a meeting",
            "One meeting and its participants, with the audio and video quality each of them \
             had. Enter opens a participant's profile.",
        )
    }

    fn scopes(&self) -> Vec<Scope> {
        vec![Scope::Insights, Scope::Screen, Scope::List]
    }

    fn availability(&self, action: Action) -> Availability {
        match action {
            Action::Back | Action::Reload => Availability::Ready,
            Action::Open | Action::Copy | Action::Export => {
                Availability::shown_if(self.chosen().is_some())
            }
            _ => Availability::shown_if(action.motion().is_some()),
        }
    }

    fn on_action(&mut self, action: Action, cx: &mut Cx<'_>) -> Flow {
        if let Some(motion) = action.motion() {
            let height = table::height(listed::place(Self::body(cx.body())));
            self.cursor.go(motion, self.people().len(), height);
            return Flow::Stay;
        }
        match action {
            Action::Reload => self.ask(cx),
            Action::Export => {
                let text = export::participants(self.people());
                self.written.begin(&[self.site.raw(), "meeting", self.id.raw()], text, cx);
            }
            Action::Copy => {
                if let Some(one) = self.chosen() {
                    cx.copy(one.person.shown());
                }
            }
            Action::Open => {
                if let Some(one) = self.chosen() {
                    return Flow::Push(Box::new(ProfileScreen::new(&self.site, &one.person)));
                }
            }
            _ => return Flow::Pop,
        }
        Flow::Stay
    }

    fn on_reply(
        &mut self,
        id: RequestId,
        result: &Result<Reply, ApiError>,
        _cx: &mut Cx<'_>,
    ) -> Flow {
        self.detail.take(id, result);
        Flow::Stay
    }

    fn on_file(&mut self, id: RequestId, result: &Result<Option<Bytes>, IoError>, cx: &mut Cx<'_>) {
        self.written.on_file(id, result, cx);
    }

    fn reconcile(&mut self, cx: &mut Cx<'_>) {
        if self.detail.is_untouched() {
            self.ask(cx);
        }
        let height = table::height(listed::place(Self::body(cx.body())));
        self.cursor.clamp(self.people().len(), height);
    }

    fn told(&self, here: Here<'_>) -> Option<Told> {
        let people = self.people();
        let cells = |at: usize| {
            let one = &people[at];
            let name = name_of(one).shown().to_string();
            vec![(Tone::Text, name), (Tone::Muted, detail(one, here))]
        };
        let rows = (people.len(), &self.cursor);
        let mut told = listed::as_data(&self.said(here), rows, cells, "", here);
        if let Some(MeetingDetail { meeting, .. }) = self.detail.get() {
            let ((_, words), quality) = about(meeting, here);
            told.above.extend([words, quality]);
        }
        Some(told)
    }

    fn point(&mut self, at: usize) {
        listed::point(&mut self.cursor, at);
    }

    fn view(&self, look: &Look<'_>, area: Rect, buf: &mut Buffer) {
        if let Some(MeetingDetail { meeting, .. }) = self.detail.get() {
            let roomy = area.height >= 14;
            let line = |n: u16| layout::inset(Rect { y: area.y + n, height: 1, ..area }, 1);
            let ((tone, words), quality) = about(meeting, look.here);
            text::put(buf, line(u16::from(roomy)), &words, look.ink(tone));
            if roomy {
                text::put(buf, line(2), &quality, look.ink(Tone::Muted));
            }
        }
        let people = self.people();
        let said = self.said(look.here);
        let words = self.chosen().map(|one| detail(one, look.here)).unwrap_or_default();
        let room = Self::body(area);
        let Some(place) = listed::view(&said, &words, look, room, buf) else { return };
        let row = |at: usize| cells(&people[at]);
        table::view(&COLUMNS, (people.len(), &self.cursor), row, look.theme, place, buf);
    }
}
