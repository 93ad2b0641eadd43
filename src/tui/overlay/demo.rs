//! The demo's panel: move the world's clock on, or be somebody else.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::picker::{Pick, Picker};
use crate::api::call::{ApiError, Reply};
use crate::api::demo::{Advance, AdvanceClock, Clock, DemoPerson, ListDemoPeople, ShowClock};
use crate::api::endpoint::{Endpoint as _, List, Nothing};
use crate::api::session::SessionGranted;
use crate::tui::browse::Home;
use crate::tui::keymap::{Action, Availability, Scope};
use crate::tui::layout;
use crate::tui::load::Load;
use crate::tui::msg::RequestId;
use crate::tui::screen::{About, Cx, Flow, Header, Here, Look, Screen, Told};
use crate::tui::screens::sign_in::as_person;
use crate::tui::theme::Tone;
use crate::tui::widget::frame::frame;
use crate::tui::widget::text;

const HOUR: u64 = 3_600;
/// What the panel names with its key.
const KEYS: [Action; 5] = [
    Action::AdvanceHour,
    Action::AdvanceDay,
    Action::AdvanceMonth,
    Action::SignInAs,
    Action::Outbox,
];
/// The width of the panel.
const WIDTH: u16 = 58;

/// The panel.
#[derive(Default)]
pub struct Demo {
    clock: Load<Clock>,
    people: Load<Vec<DemoPerson>>,
    signing: Load<()>,
    /// The people, once one wants to be somebody else.
    picker: Option<Picker<DemoPerson>>,
    /// A key that came before what it needs: done as soon as that is there.
    early: Option<Action>,
}

impl Demo {
    fn advance(&mut self, seconds: u64, cx: &mut Cx<'_>) {
        self.clock.ask(AdvanceClock::call(Nothing, Nothing, Advance { seconds }), cx);
    }

    /// What this needs has been asked for and has not come yet.
    fn is_early(&self, action: Action) -> bool {
        match action {
            // Also while it is being moved: any answer may show its new time before its own does.
            Action::AdvanceHour | Action::AdvanceDay | Action::AdvanceMonth => {
                self.clock.is_waiting()
            }
            Action::SignInAs => self.people.get().is_none() && self.people.is_waiting(),
            _ => false,
        }
    }

    fn choose(&mut self) {
        let rows = self.people.get().into_iter().flatten().map(|one| Pick {
            value: one.clone(),
            lead: String::new(),
            label: one.name.shown().to_string(),
            note: one.role.shown().to_string(),
            ready: true,
        });
        self.picker = Some(Picker::new("Sign in as", rows.collect(), false));
    }

    fn lines(&self, narrow: bool, here: Here<'_>) -> Vec<(Tone, String)> {
        let keys = here.keys;
        let clock = match (here.now(), self.clock.error()) {
            (_, Some(error)) => (Tone::Refused, format!("✗ {error}")),
            (Some(now), None) => (
                Tone::Strong,
                format!("It is {}.", {
                    let zone = &here.session.zone;
                    let long = "%A, %-d %B %Y, %H:%M %Z";
                    let form = if narrow { "%a %-d %b %Y, %H:%M %Z" } else { long };
                    now.to_zoned(zone.clone()).strftime(form)
                }),
            ),
            (None, None) => (Tone::Muted, String::new()),
        };
        let row = |action, words: &str| (Tone::Text, format!("{:<6} {words}", keys.key(action)));
        vec![
            clock,
            (Tone::Muted, "Deadlines, invitations and jobs follow this clock.".to_owned()),
            (Tone::Text, String::new()),
            row(Action::AdvanceHour, "an hour on"),
            row(Action::AdvanceDay, "a day on"),
            row(Action::AdvanceMonth, "31 days on"),
            (Tone::Text, String::new()),
            row(Action::SignInAs, "sign in as somebody else"),
            row(Action::Outbox, "the mails that were sent"),
        ]
    }
}

impl Screen for Demo {
    fn is_overlay(&self) -> bool {
        true
    }

    fn header(&self, _look: &Look<'_>) -> Header {
        Header::default()
    }

    fn help(&self) -> About {
        About::default()
    }

    /// The box has them all where there is room for them: the footer then says how to leave it.
    fn names_keys(&self, _look: &Look<'_>, area: Rect) -> Vec<Action> {
        if self.picker.is_some() || usize::from(area.height) < KEYS.len() + 3 {
            return Vec::new();
        }
        KEYS.to_vec()
    }

    fn scopes(&self) -> Vec<Scope> {
        match self.picker {
            Some(_) => vec![Scope::Overlay, Scope::List],
            None => vec![Scope::Demo, Scope::Overlay],
        }
    }

    fn availability(&self, action: Action) -> Availability {
        if self.is_early(action) {
            return Availability::Ready;
        }
        let busy = self.signing.is_waiting();
        match action {
            Action::Back => Availability::Ready,
            Action::Open => Availability::shown_if(self.picker.is_some()),
            Action::AdvanceHour | Action::AdvanceDay | Action::AdvanceMonth => {
                let ready = self.clock.get().is_some_and(|clock| clock.may_advance);
                if busy {
                    return Availability::Disabled("You are being signed in.".into());
                }
                Availability::ready_if(ready, "This backend's clock cannot be moved.")
            }
            Action::Outbox => Availability::shown_if(self.picker.is_none()),
            Action::SignInAs => Availability::ready_if(
                self.people.get().is_some(),
                "There is nobody else in this world.",
            ),
            _ => Availability::shown_if(self.picker.is_some() && action.motion().is_some()),
        }
    }

    fn on_action(&mut self, action: Action, cx: &mut Cx<'_>) -> Flow {
        if let (Some(motion), Some(picker)) = (action.motion(), &mut self.picker) {
            picker.go(motion, cx.body());
            return Flow::Stay;
        }
        if self.is_early(action) {
            self.early = Some(action);
            return Flow::Stay;
        }
        match action {
            Action::AdvanceHour => self.advance(HOUR, cx),
            Action::AdvanceDay => self.advance(24 * HOUR, cx),
            Action::AdvanceMonth => self.advance(31 * 24 * HOUR, cx),
            Action::SignInAs => self.choose(),
            Action::Outbox => return Flow::PopThen(Action::Outbox),
            Action::Open => {
                let chosen = self.picker.as_ref().and_then(Picker::chosen);
                if let Some(row) = chosen {
                    let request = as_person(&row.value.token);
                    self.signing.ask(request, cx);
                }
            }
            _ if self.picker.is_some() => self.picker = None,
            _ => return Flow::Pop,
        }
        Flow::Stay
    }

    fn on_reply(
        &mut self,
        id: RequestId,
        result: &Result<Reply, ApiError>,
        cx: &mut Cx<'_>,
    ) -> Flow {
        let as_people =
            |reply: &Reply| reply.get::<List<DemoPerson>>().map(|people| people.0.clone());
        if self.signing.take_by(id, result, |_| Some(())) {
            return match result {
                Ok(reply) if reply.is::<SessionGranted>() => Flow::Reset(Box::new(Home::default())),
                Ok(_) => Flow::Stay,
                Err(error) => {
                    cx.toast(Tone::Refused, error.to_string());
                    Flow::Stay
                }
            };
        }
        let _ = self.clock.take(id, result) || self.people.take_by(id, result, as_people);
        let due = self.early.filter(|action| !self.is_early(*action));
        self.early = self.early.filter(|_| due.is_none());
        match due {
            Some(action) if self.availability(action) == Availability::Ready => {
                self.on_action(action, cx)
            }
            _ => Flow::Stay,
        }
    }

    fn reconcile(&mut self, cx: &mut Cx<'_>) {
        if self.clock.is_untouched() {
            self.clock.ask(ShowClock::call(Nothing, Nothing, Nothing), cx);
        }
        if self.people.is_untouched() {
            self.people.ask(ListDemoPeople::call(Nothing, Nothing, Nothing), cx);
        }
    }

    fn told(&self, here: Here<'_>) -> Option<Told> {
        let plain = || {
            let words = self.lines(false, here).into_iter().map(|(_, words)| words);
            Told::words(&words.collect::<Vec<_>>().join("\n"))
        };
        Some(self.picker.as_ref().map_or_else(plain, Picker::told))
    }

    fn point(&mut self, at: usize) {
        if let Some(picker) = &mut self.picker {
            picker.point(at);
        }
    }

    fn view(&self, look: &Look<'_>, area: Rect, buf: &mut Buffer) {
        if let Some(picker) = &self.picker {
            picker.view(look, area, buf);
            return;
        }
        let mut lines = self.lines(area.width < WIDTH, look.here);
        // Where there is little room, what can be done comes before the air and the explanation.
        let room = usize::from(area.height.saturating_sub(2));
        for spared in [6, 2, 1] {
            if lines.len() > room && spared < lines.len() {
                lines.remove(spared);
            }
        }
        let height = u16::try_from(lines.len()).unwrap_or(area.height).saturating_add(2);
        let room = frame("Demo", look.theme, layout::middle(area, WIDTH, height), buf);
        let room = layout::inset(room, 1);
        for (n, (tone, words)) in (0u16..).zip(&lines) {
            if let Some(row) = layout::row(room, n) {
                text::put(buf, row, words, look.ink(*tone));
            }
        }
    }
}
