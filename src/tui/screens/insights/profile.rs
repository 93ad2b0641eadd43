//! One participant's profile: who it is on the site, and the meetings of the last 30 days.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::board::rating_tone;
use super::lists::told;
use super::meeting::MeetingScreen;
use crate::api::call::{ApiError, Reply};
use crate::api::endpoint::{Endpoint as _, Nothing};
use crate::api::insights::{ProfileDetail, ProfileMeeting, ShowParticipant};
use crate::domain::insights::quality::Rating;
use crate::domain::untrusted::Untrusted;
use crate::tui::keymap::{Action, Availability, Scope};
use crate::tui::layout;
use crate::tui::load::Load;
use crate::tui::msg::RequestId;
use crate::tui::screen::{About, Cx, Flow, Header, Here, Look, Screen};
use crate::tui::screens::listed;
use crate::tui::screens::reading::Reading;
use crate::tui::theme::Tone;
use crate::tui::when::{count, thousands};
use crate::tui::widget::rows::Cursor;
use crate::tui::widget::table::{self, Cell, Column};
use crate::tui::widget::text;

const COLUMNS: [Column; 5] = [
    Column::text("Joined"),
    Column::text("Meeting"),
    Column::number("Min"),
    Column::text("Audio"),
    Column::text("Video"),
];
/// The same where there is little room.
const FEW: [Column; 4] =
    [Column::text("Joined"), Column::text("Meeting"), Column::number("Min"), Column::text("Audio")];
/// Below this width there is little room.
const LITTLE: u16 = 60;
/// The fewest lines about the person, a blank one included.
const HEAD: u16 = 5;
/// The room that the meetings keep, their frame included.
const MEETINGS: u16 = 9;

/// The screen.
pub struct ProfileScreen {
    site: Untrusted,
    person: Untrusted,
    detail: Load<ProfileDetail>,
    cursor: Cursor,
}

impl ProfileScreen {
    /// Somebody who was in meetings of a site.
    pub fn new(site: &Untrusted, person: &Untrusted) -> Self {
        Self {
            site: site.clone(),
            person: person.clone(),
            detail: Load::default(),
            cursor: Cursor::default(),
        }
    }

    fn ask(&mut self, cx: &mut Cx<'_>) {
        let call = ShowParticipant::call(
            (self.site.raw().to_owned(), self.person.raw().to_owned()),
            Nothing,
            Nothing,
        );
        self.detail.ask(call, cx);
    }

    fn meetings(&self) -> &[ProfileMeeting] {
        self.detail.get().map_or(&[], |detail| &detail.meetings)
    }

    fn chosen(&self) -> Option<&ProfileMeeting> {
        self.meetings().get(self.cursor.at)
    }

    /// The room for the meetings: what is told of the person stands above.
    fn body(&self, body: Rect) -> Rect {
        let told = self.detail.get().map_or(0, told_lines);
        let most = body.height.saturating_sub(MEETINGS);
        let head = if body.height >= 14 { (HEAD + told).min(most).max(HEAD) } else { 1 };
        Rect { y: body.y + head, height: body.height - head, ..body }
    }
}

/// How many lines there are beyond the usual ones: as far as the feed has them.
fn told_lines(detail: &ProfileDetail) -> u16 {
    let profile = &detail.profile;
    let who = !profile.title.is_empty() || !profile.company.is_empty();
    let lines = usize::from(who) + detail.history.len() + detail.links.len();
    u16::try_from(lines).unwrap_or(u16::MAX - HEAD)
}

/// All about the person, a line each, the most important first.
fn lines(detail: &ProfileDetail, here: Here<'_>) -> Vec<(Tone, String)> {
    let profile = &detail.profile;
    let account = match &profile.user {
        Some(user) => format!(
            "account {} · {} · {}",
            user.user_id.shown(),
            user.department.shown(),
            user.state.code()
        ),
        None => "no account on the site".to_owned(),
    };
    let usual = detail
        .audio_types
        .iter()
        .map(|used| format!("{} {} min", used.audio_type.title(), thousands(used.minutes)));
    let sound = usual.collect::<Vec<_>>().join(", ");
    let devices = detail.devices.iter().map(|device| device.shown().to_string());
    let devices = devices.collect::<Vec<_>>().join(", ");
    let facts = format!(
        "{} joined, {} hosted, {} · last {}",
        count(profile.meetings, "meeting"),
        thousands(profile.hosted),
        count(profile.minutes, "minute"),
        here.moment(profile.last_seen_at)
    );
    let who = [&profile.title, &profile.company].into_iter().filter(|fact| !fact.is_empty());
    let who = who.map(|fact| fact.shown().to_string()).collect::<Vec<_>>().join(", ");
    let mut lines = vec![(Tone::Text, facts)];
    if !who.is_empty() {
        lines.push((Tone::Strong, who));
    }
    lines.extend([
        (Tone::Text, format!("audio: {} · video: {}", told(profile.audio), told(profile.video))),
        (Tone::Muted, account),
    ]);
    let by = [sound, devices].into_iter().filter(|words| !words.is_empty());
    lines.push((Tone::Muted, by.collect::<Vec<_>>().join(" · ")));
    let told = |mark: &str, text: &Untrusted| (Tone::Text, format!("{mark} {}", text.shown()));
    lines.extend(detail.history.iter().map(|station| told("·", station)));
    lines.extend(detail.links.iter().map(|link| told("→", link)));
    lines
}

fn cells(meeting: &ProfileMeeting, little: bool, here: Here<'_>) -> Vec<Cell> {
    let rating = |rating: Option<Rating>| match rating {
        Some(rating) => (rating_tone(rating), rating.code().to_owned()),
        None => (Tone::Faint, "–".to_owned()),
    };
    let at = meeting.joined_at;
    let joined = if little { here.date(at) } else { here.moment(at) };
    vec![
        (Tone::Muted, joined),
        (Tone::Text, meeting.title.shown().to_string()),
        (Tone::Text, thousands(meeting.minutes)),
        rating(meeting.audio),
        rating(meeting.video),
    ]
}

impl Screen for ProfileScreen {
    fn header(&self, _look: &Look<'_>) -> Header {
        let name = match self.detail.get() {
            Some(detail) if !detail.profile.name.is_empty() => &detail.profile.name,
            _ => &self.person,
        };
        let crumbs = ["Insights".to_owned(), "People".to_owned(), name.shown().to_string()];
        Header { crumbs: crumbs.to_vec(), right: self.person.shown().to_string() }
    }

    fn help(&self) -> About {
        About::of(
            "a profile",
            "One person: who they are on the site, how they meet, and the quality they had.",
        )
    }

    fn scopes(&self) -> Vec<Scope> {
        vec![Scope::Screen, Scope::List, Scope::Insights]
    }

    fn availability(&self, action: Action) -> Availability {
        match action {
            Action::Back | Action::Reload | Action::Copy => Availability::Ready,
            Action::Open => Availability::shown_if(self.chosen().is_some()),
            Action::NextPane => Availability::shown_if(self.detail.get().is_some()),
            _ => Availability::shown_if(action.motion().is_some()),
        }
    }

    fn label(&self, action: Action) -> Option<String> {
        (action == Action::NextPane).then(|| "all about them".to_owned())
    }

    fn on_action(&mut self, action: Action, cx: &mut Cx<'_>) -> Flow {
        if let Some(motion) = action.motion() {
            let height = table::height(listed::place(self.body(cx.body())));
            self.cursor.go(motion, self.meetings().len(), height);
            return Flow::Stay;
        }
        match action {
            Action::Reload => self.ask(cx),
            Action::Copy => cx.copy(self.person.shown()),
            // As long as it is, it scrolls there.
            Action::NextPane => {
                if let Some(detail) = self.detail.get() {
                    let all = lines(detail, cx.here()).into_iter().map(|(_, line)| line).collect();
                    let reading = Reading::new(self.person.shown().to_string(), all);
                    return Flow::Push(Box::new(reading));
                }
            }
            Action::Open => {
                if let Some(meeting) = self.chosen() {
                    let screen = MeetingScreen::new(&self.site, &meeting.id, &meeting.title);
                    return Flow::Push(Box::new(screen));
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

    fn reconcile(&mut self, cx: &mut Cx<'_>) {
        if self.detail.is_untouched() {
            self.ask(cx);
        }
        let height = table::height(listed::place(self.body(cx.body())));
        self.cursor.clamp(self.meetings().len(), height);
    }

    fn view(&self, look: &Look<'_>, area: Rect, buf: &mut Buffer) {
        let room = self.body(area);
        if let Some(detail) = self.detail.get() {
            let head = Rect { height: room.y - area.y, ..area };
            let first = u16::from(head.height > 1);
            let mut lines = lines(detail, look.here);
            let fit = usize::from(head.height - first);
            if lines.len() > fit && fit > 1 {
                let more = lines.len() + 1 - fit;
                lines.truncate(fit - 1);
                let key = look.here.keys.key(Action::NextPane);
                let words = format!("… and {more} more: {key} shows all");
                lines.push((Tone::Muted, words));
            }
            for (n, (tone, words)) in (first..).zip(lines) {
                if let Some(row) = layout::row(head, n) {
                    text::put(buf, layout::inset(row, 1), &words, look.ink(tone));
                }
            }
        }
        let meetings = self.meetings();
        let said = listed::Said {
            what: "the profile",
            empty: "No meeting in the last 30 days.",
            wait: self.detail.wait(look.here.now_ms),
            error: self.detail.error(),
            is_empty: meetings.is_empty(),
        };
        let words = self.chosen().map(|meeting| meeting.title.shown().to_string());
        let words = words.unwrap_or_default();
        let Some(place) = listed::view(&said, &words, look, room, buf) else { return };
        let little = place.width < LITTLE;
        let columns: &[Column] = if little { &FEW } else { &COLUMNS };
        let row = |at: usize| cells(&meetings[at], little, look.here);
        table::view(columns, (meetings.len(), &self.cursor), row, look.theme, place, buf);
    }
}
