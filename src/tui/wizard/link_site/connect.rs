//! Step two, only for who is in no organization yet: prove the address one signs in with (rule L1).
//!
//! Owns the code of the mail: it lives here and dies here. Opening the mail's link elsewhere is
//! noticed by itself.

use std::borrow::Cow;

use crate::api::call::{ApiError, Reply, Request};
use crate::api::endpoint::{Endpoint as _, Nothing};
use crate::api::linking::{
    Connect as Body, ConnectMail, ConnectSite, Enroll, EnrollSite, Enrollment,
};
use crate::api::session::Secret;
use crate::domain::address::with_unicode;
use crate::domain::site_link::{EnrollStep, LinkMailState, connect_code};
use crate::tui::keymap::{Action, Availability};
use crate::tui::load::Load;
use crate::tui::msg::RequestId;
use crate::tui::page::{Block, Edit, FieldSpec, Page, RowSpec, Rows};
use crate::tui::screen::{Cx, Here};
use crate::tui::theme::Tone;
use crate::tui::widget::field::Kind;
use crate::tui::wizard::link_site::{Draft, LinkSite};
use crate::tui::wizard::step::{Applies, Refusal, Step, Turn};
use crate::tui::wizard::{Way, asking};

/// The code, or the whole link.
const CODE: &str = "code";
/// The row that sends the mail again.
const RESEND: &str = "resend";
/// While the mail is out, the backend is asked after so many milliseconds whether its link was
/// opened.
const AGAIN_MS: u64 = 5_000;

/// The step.
#[derive(Default)]
pub struct Connect {
    typed: String,
    sent: Load<Enrollment>,
    /// What `sent` does, for the words.
    doing: &'static str,
    /// Looking whether the link was opened elsewhere.
    look: Load<Enrollment>,
    again_ms: u64,
}

impl Connect {
    fn send(&mut self, doing: &'static str, request: Request, cx: &mut Cx<'_>) {
        self.doing = doing;
        self.look.cancel(cx);
        self.sent.ask(request, cx);
    }

    fn look(&mut self, draft: &Draft, cx: &mut Cx<'_>) {
        self.look.ask(LinkSite::ask(draft.about.site.raw()), cx);
        self.again_ms = cx.now_ms + AGAIN_MS;
    }

    fn blocks(&self, mail: &ConnectMail, here: Here<'_>) -> Vec<Block> {
        let mut blocks = vec![standing(mail, here), Block::Gap];
        blocks.push(Block::prose(
            "Why: your address is in no organization yet, so nobody has checked that it is yours. \
             Open the link of that mail on any device, or type its code here; either will do.",
        ));
        blocks.extend([Block::Gap, self.field(), Block::Gap, resend()]);
        blocks.push(match self.sent.error() {
            Some(error) => asking::failed(error, here),
            None => Block::aside(asking::waiting(&self.sent, self.doing, here)),
        });
        if here.session.is_demo() {
            let key = here.keys.key(Action::Outbox);
            let words = format!("In the demo, on the row above, {key} opens the mails.");
            blocks.push(Block::aside(words));
        }
        blocks
    }

    fn field(&self) -> Block {
        Block::Field(FieldSpec {
            key: CODE,
            label: "Code".to_owned(),
            kind: Kind::Text,
            value: self.typed.clone(),
            hint: "typed or pasted, or the mail's whole link".to_owned(),
            error: None,
        })
    }
}

impl Step<LinkSite> for Connect {
    fn id(&self) -> &'static str {
        "connect"
    }

    fn title(&self) -> &'static str {
        "Connect"
    }

    fn help(&self) -> &'static str {
        "You are not in any organization yet, so your address has to be proven first. Use the \
         link of the e-mail, or type its code here. The code works once and for 7 days; it can \
         be sent again."
    }

    fn applies(&self, draft: &Draft) -> Applies {
        let about = &draft.about;
        let needed = matches!(about.next, EnrollStep::Enroll | EnrollStep::Connect);
        if needed || about.connect.is_some() {
            return Applies::Yes;
        }
        Applies::Skipped(match &about.my_organization {
            Some(mine) => format!("your account is in {}", mine.name.shown_in(40)).into(),
            None => "only for who is in no organization yet".into(),
        })
    }

    fn enter(&mut self, draft: &mut Draft, cx: &mut Cx<'_>) {
        self.look.cancel(cx);
        self.sent.cancel(cx);
        *self = Self::default();
        self.look(draft, cx);
    }

    fn page(&self, draft: &Draft, here: Here<'_>) -> Page {
        let about = &draft.about;
        let url = about.site.shown();
        let same_as = Some(format!("hublink site connect {url} CODE"));
        match &about.connect {
            Some(mail) if mail.connected_at.is_none() => {
                Page { blocks: self.blocks(mail, here), same_as, ..Page::default() }
            }
            Some(mail) => {
                let when = mail.connected_at.map(|at| here.at(at)).unwrap_or_default();
                let words = format!("{} was confirmed {when}. Go on.", mail.to.shown());
                Page::new(vec![Block::notice(Tone::Done, words)])
            }
            None => Page::new(vec![Block::prose(
                "No mail was sent yet. Esc goes back to Enroll Now, which sends it.",
            )]),
        }
    }

    fn happens_next(&self, _draft: &Draft) -> Vec<Cow<'static, str>> {
        vec![
            "Which organizations match your site is shown only to who has confirmed the address."
                .into(),
            "Link and code work once, for 7 days. Sending the mail again ends the old ones.".into(),
        ]
    }

    fn acts(&self, draft: &Draft) -> bool {
        draft.about.next == EnrollStep::Connect
    }

    fn check(&self, draft: &Draft) -> Result<(), Refusal> {
        if self.sent.is_waiting() {
            return Err(Refusal::page("Wait for the backend's answer."));
        }
        let Some(mail) = &draft.about.connect else {
            return Err(Refusal::page("No mail was sent yet; go back and enroll."));
        };
        if mail.connected_at.is_some() {
            return Ok(());
        }
        if self.typed.trim().is_empty() {
            let words = "Type the code of the mail, or open its link; then go on.";
            return Err(Refusal::field(CODE, words));
        }
        match connect_code(&self.typed) {
            Some(_) => Ok(()),
            None => Err(Refusal::field(
                CODE,
                "That is not a code. The mail's code has 16 letters and digits; its whole link \
                 works here too.",
            )),
        }
    }

    fn label(&self, action: Action, draft: &Draft) -> Option<String> {
        let open = draft.about.connect.as_ref().is_some_and(|mail| mail.connected_at.is_none());
        (action == Action::Next && open).then(|| "connect".to_owned())
    }

    fn availability(&self, action: Action, _draft: &Draft) -> Option<Availability> {
        (action == Action::Reload).then_some(Availability::Ready)
    }

    fn on_edit(&mut self, edit: &Edit, draft: &mut Draft, cx: &mut Cx<'_>) -> Turn {
        match edit {
            Edit::Text { field: CODE, value } => {
                self.typed.clone_from(value);
                if !self.sent.is_waiting() {
                    self.sent = Load::default();
                }
            }
            Edit::Open { list: RESEND, .. } if !self.sent.is_waiting() => {
                let url = draft.about.site.raw().to_owned();
                self.typed.clear();
                self.send("Sending", EnrollSite::call(url, Nothing, Enroll { resend: true }), cx);
            }
            _ => {}
        }
        Turn::Stay
    }

    fn on_action(&mut self, action: Action, draft: &mut Draft, cx: &mut Cx<'_>) -> Turn {
        match action {
            Action::Reload => self.look(draft, cx),
            _ => return Turn::Pass,
        }
        Turn::Stay
    }

    fn on_next(&mut self, draft: &mut Draft, cx: &mut Cx<'_>) -> Turn {
        if draft.about.next != EnrollStep::Connect {
            return Turn::Next;
        }
        let body = Body { code: Secret::new(self.typed.trim()) };
        let url = draft.about.site.raw().to_owned();
        self.send("Looking at the code", ConnectSite::call(url, Nothing, body), cx);
        Turn::Stay
    }

    fn on_reply(
        &mut self,
        id: RequestId,
        result: &Result<Reply, ApiError>,
        draft: &mut Draft,
        _cx: &mut Cx<'_>,
    ) -> Turn {
        let answered = self.sent.take(id, result);
        if !answered && !self.look.take(id, result) {
            return Turn::Stay;
        }
        let Some(enrollment) = result.as_ref().ok().and_then(LinkSite::about) else {
            return Turn::Stay;
        };
        let was_open = draft.about.next == EnrollStep::Connect;
        draft.about = enrollment;
        if was_open && answered && draft.about.next != EnrollStep::Connect {
            self.typed.clear();
            return Turn::Next;
        }
        Turn::Stay
    }

    fn reconcile(&mut self, draft: &mut Draft, cx: &mut Cx<'_>) {
        if draft.about.next != EnrollStep::Connect {
            return;
        }
        if cx.now_ms >= self.again_ms && !self.look.is_waiting() && !self.sent.is_waiting() {
            self.look(draft, cx);
        }
        cx.wake_at(self.again_ms);
    }
}

fn resend() -> Block {
    let row = RowSpec {
        id: RESEND.to_owned(),
        tone: Tone::Text,
        end: None,
        cells: vec!["Send the mail again".to_owned(), "the old link and code end".to_owned()],
    };
    Block::Rows(Rows { key: RESEND, rows: vec![row], empty: String::new() })
}

/// Where the mail stands, and until when it can be answered.
fn standing(mail: &ConnectMail, here: Here<'_>) -> Block {
    let to = with_unicode(&mail.to);
    let asked = here.at(mail.asked_at);
    if mail.expired {
        let words = format!(
            "The link and the code of the mail to {to} have expired. Send it again, below."
        );
        return Block::notice(Tone::Attention, words);
    }
    let until = mail.expires_at.map(|at| format!(" It works until {}.", here.moment(at)));
    let until = until.unwrap_or_default();
    let said = mail.detail.as_ref().map(|detail| format!(": {}", detail.shown_in(120)));
    let said = said.unwrap_or_default();
    match mail.state {
        LinkMailState::Sent => {
            Block::notice(Tone::Done, format!("A mail went to {to} {asked}.{until}"))
        }
        LinkMailState::Queued | LinkMailState::Sending => Block::notice(
            Tone::Text,
            format!("A mail to {to} is on its way, asked for {asked}{said}."),
        ),
        LinkMailState::Refused => Block::notice(
            Tone::Refused,
            format!("The mail server did not take the mail to {to}{said}. Send it again, below."),
        ),
        LinkMailState::Unknown => Block::notice(
            Tone::Attention,
            format!(
                "The mail to {to} may have been sent, or not{said}. It is not sent again by \
                 itself.{until}"
            ),
        ),
    }
}
