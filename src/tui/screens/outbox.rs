//! The demo's outbox: the mails that were sent, read and answered as their addressees would.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::listed;
use crate::api::call::{ApiError, Reply};
use crate::api::demo::{
    Answer, AnswerMail, AnswerMailCall, ListOutbox, OUTBOX_PAGE, OutboxMail, OutboxQuery,
};
use crate::api::endpoint::{Endpoint as _, List, Nothing};
use crate::api::session::Secret;
use crate::domain::address::with_unicode;
use crate::domain::untrusted::Untrusted;
use crate::tui::keymap::{Action, Availability, Scope};
use crate::tui::load::Load;
use crate::tui::msg::RequestId;
use crate::tui::overlay::message::Message;
use crate::tui::screen::{About, Cx, Flow, Header, Here, Look, Screen, Told};
use crate::tui::screens::welcome::Welcome;
use crate::tui::theme::Tone;
use crate::tui::when::count;
use crate::tui::widget::rows::Cursor;
use crate::tui::widget::table::{self, Cell, Column};

const COLUMNS: [Column; 4] =
    [Column::text("When"), Column::whole("To"), Column::text("Subject"), Column::text("Answer")];

/// The outbox.
#[derive(Default)]
pub struct Outbox {
    /// What is there, newest first.
    mails: Vec<OutboxMail>,
    page: Load<Vec<OutboxMail>>,
    /// The page under way has older mails than those that are there.
    older: bool,
    /// There are no older ones.
    whole: bool,
    cursor: Cursor,
    /// What is being answered.
    answered: Option<(u64, Answer)>,
    /// A welcome is being accepted in the demo's browser.
    accepting: bool,
    /// When an empty one asks again: the first mail may be on its way.
    again_ms: u64,
}

/// How long an empty outbox rests before it asks again.
const AGAIN_MS: u64 = 1_000;

impl Outbox {
    fn mails(&self) -> &[OutboxMail] {
        &self.mails
    }

    fn chosen(&self) -> Option<&OutboxMail> {
        self.mails().get(self.cursor.at)
    }

    /// The code of the chosen mail, if it welcomes somebody.
    fn code(&self) -> Option<&Secret> {
        self.chosen().and_then(|mail| mail.code.as_ref())
    }

    /// Whether the chosen mail can be answered.
    fn answerable(&self) -> Availability {
        match self.chosen() {
            None => Availability::Hidden,
            Some(mail) if mail.link.is_none() => {
                Availability::Disabled("This mail asks nothing: it has no link.".into())
            }
            Some(mail) if mail.answered.is_some() => {
                Availability::Disabled("Its link was used; a link works once.".into())
            }
            Some(_) if self.page.is_waiting() => {
                Availability::Disabled("The backend is being asked.".into())
            }
            Some(_) => Availability::Ready,
        }
    }

    /// What can be done with the chosen mail, also while it is read.
    fn answers(&self) -> Vec<(Action, Option<String>)> {
        [Action::FollowMail, Action::ConfirmMail, Action::DeclineMail]
            .into_iter()
            .filter(|action| self.availability(*action) == Availability::Ready)
            .map(|action| (action, self.label(action)))
            .collect()
    }

    /// Asks for the newest, or for those before the last that is there.
    fn ask(&mut self, older: bool, cx: &mut Cx<'_>) {
        let before = self.mails.last().map(|mail| mail.id).filter(|_| older);
        self.older = before.is_some();
        self.page.ask(ListOutbox::call(Nothing, OutboxQuery { before }, Nothing), cx);
    }

    /// Reads on when the cursor comes near the end of what there is.
    fn near(&mut self, cx: &mut Cx<'_>) {
        let close = self.cursor.at + OUTBOX_PAGE / 2 >= self.mails.len();
        if close && !self.whole && !self.page.is_waiting() && self.page.error().is_none() {
            self.ask(true, cx);
        }
    }

    /// Takes a page: the newest ones stand before the older ones that are there already.
    fn come(&mut self, page: &[OutboxMail]) {
        let more = page.len() == OUTBOX_PAGE;
        if std::mem::take(&mut self.older) {
            self.mails.extend_from_slice(page);
            self.whole = !more;
            return;
        }
        let last = page.last().map_or(u64::MAX, |mail| mail.id);
        let older = self.mails.iter().filter(|mail| mail.id < last).cloned();
        let older: Vec<OutboxMail> = if more { older.collect() } else { Vec::new() };
        self.whole = !more || (self.whole && !older.is_empty());
        self.mails = [page, older.as_slice()].concat();
    }

    fn answer(&mut self, answer: Answer, cx: &mut Cx<'_>) {
        let Some(id) = self.chosen().map(|mail| mail.id) else { return };
        self.accepting = self.code().is_some();
        self.answered = Some((id, answer));
        let call = AnswerMailCall::call(id, Nothing, AnswerMail { answer });
        self.older = false;
        self.page.ask(call, cx);
    }
}

fn cells(mail: &OutboxMail, here: Here<'_>) -> Vec<Cell> {
    let (tone, answer) = match (mail.answered, &mail.link) {
        (Some(Answer::Confirm), _) if mail.code.is_some() => (Tone::Done, "accepted"),
        (Some(Answer::Confirm), _) => (Tone::Done, "confirmed"),
        (Some(Answer::Decline), _) => (Tone::Attention, "declined"),
        (None, Some(_)) => (Tone::Muted, "none yet"),
        (None, None) => (Tone::Faint, "–"),
    };
    vec![
        (Tone::Muted, here.moment(mail.at)),
        (Tone::Text, mail.to.shown().to_string()),
        (Tone::Text, mail.subject.shown().to_string()),
        (tone, answer.to_owned()),
    ]
}

impl Outbox {
    fn said(&self, here: Here<'_>) -> listed::Said<'_> {
        listed::Said {
            what: "the mails",
            empty: "No mail was sent yet. Invite somebody whose domain is not verified.",
            wait: self.page.wait(here.now_ms),
            error: self.page.error(),
            is_empty: self.mails().is_empty(),
        }
    }

    fn detail(&self) -> String {
        let words =
            |mail: &OutboxMail| format!("To {} · {}", with_unicode(&mail.to), mail.subject.shown());
        self.chosen().map(words).unwrap_or_default()
    }
}

impl Screen for Outbox {
    fn header(&self, _look: &Look<'_>) -> Header {
        // They are numbered from 1 on as they come.
        let right = count(self.mails.first().map_or(0, |mail| mail.id), "mail");
        Header { crumbs: vec!["Demo".to_owned(), "Mails".to_owned()], right }
    }

    fn help(&self) -> About {
        About::of(
            "the demo's mails",
            "Every mail that the demo has sent, the newest first; none has left this machine. \
             Answer one as its addressee would, and see what becomes of it.",
        )
    }

    fn scopes(&self) -> Vec<Scope> {
        vec![Scope::Outbox, Scope::Screen, Scope::List]
    }

    fn availability(&self, action: Action) -> Availability {
        match action {
            Action::Back | Action::Reload => Availability::Ready,
            Action::Open => Availability::shown_if(self.chosen().is_some()),
            Action::Copy => {
                Availability::shown_if(self.chosen().is_some_and(|mail| mail.link.is_some()))
            }
            Action::FollowMail => Availability::shown_if(self.code().is_some()),
            Action::ConfirmMail if self.code().is_some() => self.answerable(),
            Action::DeclineMail if self.code().is_some() => Availability::Hidden,
            Action::ConfirmMail | Action::DeclineMail => self.answerable(),
            _ => Availability::shown_if(action.motion().is_some()),
        }
    }

    fn label(&self, action: Action) -> Option<String> {
        match action {
            Action::Copy => Some("copy the link".to_owned()),
            Action::ConfirmMail if self.code().is_some() => Some("accept elsewhere".to_owned()),
            _ => None,
        }
    }

    fn on_action(&mut self, action: Action, cx: &mut Cx<'_>) -> Flow {
        if let Some(motion) = action.motion() {
            let height = table::height(listed::place(cx.body()));
            self.cursor.go(motion, self.mails().len(), height);
            self.near(cx);
            return Flow::Stay;
        }
        match action {
            Action::Reload => self.ask(false, cx),
            Action::ConfirmMail => self.answer(Answer::Confirm, cx),
            Action::DeclineMail => self.answer(Answer::Decline, cx),
            Action::FollowMail => {
                if let Some(code) = self.code() {
                    return Flow::SignOut(Box::new(Welcome::with_code(code.expose())));
                }
            }
            Action::Copy => {
                if let Some(link) = self.chosen().and_then(|mail| mail.link.as_ref()) {
                    cx.copy(link.shown());
                }
            }
            Action::Open => {
                if let Some(mail) = self.chosen() {
                    // Line ends are part of a mail's text; each line is sanitised by itself.
                    let lines = mail.text.raw().lines();
                    let shown = lines.map(|line| Untrusted::new(line).shown().to_string());
                    let text = shown.collect::<Vec<_>>().join("\n");
                    let text = format!("To: {}\n\n{text}", with_unicode(&mail.to));
                    let message = Message::new(mail.subject.shown().to_string(), text);
                    return Flow::Push(Box::new(message.with_acts(Scope::Outbox, self.answers())));
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
        cx: &mut Cx<'_>,
    ) -> Flow {
        let taken = self.page.take_by(id, result, |reply| {
            reply.get::<List<OutboxMail>>().map(|mails| mails.0.clone())
        });
        if taken && let (Ok(_), Some(page)) = (result, self.page.get().cloned()) {
            self.come(&page);
            // One that is older than the page is as it was answered.
            let answered = self.answered.take();
            let mail = answered.and_then(|(id, _)| self.mails.iter_mut().find(|one| one.id == id));
            if let (Some(mail), Some((_, answer))) = (mail, answered) {
                mail.answered.get_or_insert(answer);
            }
        }
        if taken && std::mem::take(&mut self.accepting) && result.is_ok() {
            let words = match self.chosen().and_then(|mail| mail.password.as_ref()) {
                Some(password) => {
                    format!("Accepted in the demo's browser. The password: {}", password.expose())
                }
                None => "Accepted in the demo's browser.".to_owned(),
            };
            cx.toast(Tone::Done, words);
        }
        Flow::Stay
    }

    fn reconcile(&mut self, cx: &mut Cx<'_>) {
        let empty = self.page.get().is_some() && self.mails.is_empty() && !self.page.is_waiting();
        if self.page.is_untouched() || empty && cx.now_ms >= self.again_ms {
            self.ask(false, cx);
            self.again_ms = cx.now_ms + AGAIN_MS;
        } else if empty {
            cx.wake_at(self.again_ms);
        }
        let height = table::height(listed::place(cx.body()));
        self.cursor.clamp(self.mails().len(), height);
    }

    fn told(&self, here: Here<'_>) -> Option<Told> {
        let (mails, said) = (self.mails(), self.said(here));
        let rows = (mails.len(), &self.cursor);
        let cells = |at: usize| {
            let mut cells = cells(&mails[at], here);
            if let Some((_, answer)) = cells.last_mut() {
                *answer = format!("answer: {answer}");
            }
            cells
        };
        Some(listed::as_data(&said, rows, cells, &self.detail(), here))
    }

    fn point(&mut self, at: usize) {
        listed::point(&mut self.cursor, at);
    }

    fn view(&self, look: &Look<'_>, area: Rect, buf: &mut Buffer) {
        let mails = self.mails();
        let said = self.said(look.here);
        let Some(place) = listed::view(&said, &self.detail(), look, area, buf) else { return };
        let row = |at: usize| cells(&mails[at], look.here);
        table::view(&COLUMNS, (mails.len(), &self.cursor), row, look.theme, place, buf);
    }
}
