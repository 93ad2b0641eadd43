//! Step two: the domains of the site's users, verified or signed for (rules D1 to D5).
//!
//! Owns what was asked of the backend about them and the two pages it feeds: `verify` for any
//! method, `sign` for the agreement. What one agrees to is the backend's text; that one does lives
//! here and dies here.

mod known;
mod sign;
mod verify;

use std::borrow::Cow;
use std::collections::BTreeSet;

use self::known::Known;
use self::sign::Signing;
use crate::api::call::{ApiError, Reply};
use crate::api::demo::PublishTxt;
use crate::api::endpoint::{Endpoint as _, Nothing};
use crate::api::problem::code;
use crate::api::site::{Sign, SignAgreement, Site};
use crate::domain::act::Act;
use crate::domain::linking::LinkingMethod;
use crate::tui::keymap::{Action, Availability, Scope};
use crate::tui::layout;
use crate::tui::msg::RequestId;
use crate::tui::page::{Edit, Page, Stop, Window};
use crate::tui::screen::{Cx, Here};
use crate::tui::wizard::agreeing::{AGREE, TEXT};
use crate::tui::wizard::link_users::{Draft, LinkUsers};
use crate::tui::wizard::step::{Refusal, Step, Turn};

/// While a record is awaited, the backend is asked again after so many milliseconds: it looks by
/// itself, and this page shows what it found.
const AGAIN_MS: u64 = 60_000;
/// So many domains are in sight however little room there is.
const LEAST_ROWS: usize = 3;

/// The step.
#[derive(Default)]
pub struct Domains {
    known: Known,
    act: verify::Act,
    signing: Signing,
    /// With the agreement as the method: the page for verifying is open instead.
    verifying: bool,
    /// Come to from a plan, to prove the domains of its held: those stand first, and it goes on there.
    proving: bool,
    /// Which those were when the list first came: one that is proven meanwhile keeps its place.
    open: BTreeSet<String>,
    /// The domain that the keys act on: the one the focus was on last.
    picked: Option<String>,
    is_demo: bool,
    again_ms: u64,
    /// The lines there are for the page; a long list leaves room for what stands below it.
    height: u16,
}

impl Domains {
    fn shows_agreement(&self, draft: &Draft) -> bool {
        draft.about.method == Some(LinkingMethod::SignAgreement) && !self.verifying
    }

    /// Something is ticked, and the text that would be signed was not read: Enter opens it.
    fn must_read(&self, draft: &Draft) -> bool {
        let ticked = self.shows_agreement(draft) && !sign::ticked(&self.known, draft).is_empty();
        ticked && self.known.text.get().is_some() && !self.signing.agreeing.is_read
    }

    fn sign(&mut self, draft: &Draft, cx: &mut Cx<'_>) {
        let domains = sign::ticked(&self.known, draft);
        let body = Sign {
            domains: domains.iter().map(|domain| domain.name.raw().to_owned()).collect(),
            text_sha256: self.known.text.get().map(|it| it.text_sha256.clone()).unwrap_or_default(),
            agree: self.signing.agreeing.agrees,
            confirm: self.signing.agreeing.typed.trim().to_owned(),
        };
        let call = SignAgreement::call(draft.about.url.raw().to_owned(), Nothing, body);
        self.signing.sent.ask(call, cx);
    }

    fn signed(&mut self, site: &Site, draft: &mut Draft, cx: &mut Cx<'_>) -> Turn {
        draft.about = site.clone();
        draft.answers.plan_again();
        self.signing = Signing::default();
        self.known.load(draft, cx);
        Turn::Next
    }

    /// The agreement was signed, or has changed meanwhile.
    fn answered(&mut self, draft: &mut Draft, cx: &mut Cx<'_>) -> Turn {
        match self.signing.sent.error() {
            None => {
                let site = self.signing.sent.get().cloned();
                site.map_or(Turn::Stay, |site| self.signed(&site, draft, cx))
            }
            Some(error) if error.code() == code::AGREEMENT_STALE => {
                self.signing = Signing { changed: true, ..Signing::default() };
                self.load(draft, cx);
                Turn::Stay
            }
            Some(_) => Turn::Stay,
        }
    }

    fn open_text(&mut self) -> Turn {
        let Some(text) = self.known.text.get() else { return Turn::Stay };
        let title = format!("Agreement for {}", text.site.shown_in(60));
        self.signing.agreeing.open(title, &text.text)
    }

    /// What the keys of verifying do to the picked domain.
    fn act(&mut self, action: Action, draft: &Draft, cx: &mut Cx<'_>) {
        let (Some(name), Some(org)) = (self.picked.clone(), draft.about.organization.clone())
        else {
            return;
        };
        match action {
            Action::Add => self.act.add(org, name, cx),
            Action::Verify => self.act.verify(org, name, cx),
            Action::Publish => {
                if let Some(domain) = self.known.of_org(&name) {
                    let record = PublishTxt {
                        name: domain.challenge.record_name.raw().to_owned(),
                        value: domain.challenge.record_value.raw().to_owned(),
                    };
                    self.act.publish(&name, record, cx);
                }
            }
            _ => {}
        }
    }

    fn load(&mut self, draft: &Draft, cx: &mut Cx<'_>) {
        self.known.load(draft, cx);
        self.again_ms = cx.now_ms + AGAIN_MS;
    }
}

impl Step<LinkUsers> for Domains {
    fn id(&self) -> &'static str {
        "domains"
    }

    fn title(&self) -> &'static str {
        "Domains"
    }

    fn help(&self) -> &'static str {
        "A proven domain spares its people the e-mail. Prove one by publishing a record in its \
         DNS, or sign for several at once and verify them within three months. Domains of \
         public mail providers cannot be proven by anybody."
    }

    fn enter(&mut self, draft: &mut Draft, cx: &mut Cx<'_>) {
        self.is_demo = cx.session.is_demo();
        self.proving = std::mem::take(&mut draft.answers.proving);
        self.verifying = self.proving;
        if self.proving {
            self.picked = None;
            self.open.clear();
        }
        self.act = verify::Act::default();
        self.signing = Signing::default();
        self.load(draft, cx);
    }

    fn page(&self, draft: &Draft, here: Here<'_>) -> Page {
        let (list, below, around) = if self.shows_agreement(draft) {
            (sign::LIST, sign::BELOW, &self.signing.focused)
        } else {
            (verify::LIST, verify::BELOW, &self.picked)
        };
        let most = usize::from(self.height.saturating_sub(below)).max(LEAST_ROWS);
        let around = around.clone().unwrap_or_default();
        let page = if self.shows_agreement(draft) {
            sign::page(&self.known, &self.signing, draft, here)
        } else {
            let picked = self.picked.as_deref();
            let page = verify::page(&self.known, &self.act, picked, self.is_demo, draft, here);
            if self.proving { verify::unproven_first(page, &self.open) } else { page }
        };
        Page { window: Some(Window { list, around, most, fills: true }), ..page }
    }

    fn happens_next(&self, draft: &Draft) -> Vec<Cow<'static, str>> {
        if self.shows_agreement(draft) { sign::facts() } else { verify::facts() }
    }

    fn acts(&self, draft: &Draft) -> bool {
        self.shows_agreement(draft) && !sign::ticked(&self.known, draft).is_empty()
    }

    fn asks_for(&self, draft: &Draft) -> Vec<Act> {
        if self.shows_agreement(draft) { Vec::new() } else { vec![Act::Domains] }
    }

    fn needs(&self, action: Action, draft: &Draft) -> bool {
        matches!(action, Action::Add | Action::Verify) && !self.shows_agreement(draft)
    }

    fn check(&self, draft: &Draft) -> Result<(), Refusal> {
        if self.shows_agreement(draft) {
            sign::check(&self.known, &self.signing, draft)
        } else {
            Ok(())
        }
    }

    fn label(&self, action: Action, draft: &Draft) -> Option<String> {
        let signs = self.shows_agreement(draft);
        let words = match action {
            Action::Next if self.must_read(draft) => "read",
            Action::Next if signs && !sign::ticked(&self.known, draft).is_empty() => "sign",
            Action::TickAll if signs => return Some(sign::tick_all_word(&self.known, draft)),
            Action::Open if signs => "read",
            Action::Verify if signs => "verify",
            Action::Tick if signs => "tick",
            Action::Verify => "check now",
            Action::Next | Action::Back if self.proving => "back to the plan",
            Action::Back if self.verifying => "back to the agreement",
            _ => return None,
        };
        Some(words.to_owned())
    }

    fn scopes(&self) -> &'static [Scope] {
        &[Scope::Domains]
    }

    fn availability(&self, action: Action, draft: &Draft) -> Option<Availability> {
        let signs = self.shows_agreement(draft);
        Some(match action {
            Action::Reload => Availability::Ready,
            Action::Yes => Availability::shown_if(self.signing.agreeing.is_reading),
            Action::TickAll => {
                Availability::shown_if(signs && sign::open(&self.known).next().is_some())
            }
            // The row that has the focus is open already: enter goes on.
            Action::Open if !signs => Availability::Hidden,
            Action::Verify if signs => Availability::Ready,
            Action::Publish if !self.is_demo => Availability::Hidden,
            Action::Add | Action::Publish if signs => {
                let words = "One signs for domains here. Verify instead leads to their records, \
                             where one is added and published.";
                Availability::Disabled(words.into())
            }
            Action::Add | Action::Verify | Action::Publish => {
                let picked = self.picked.as_deref();
                verify::availability(action, &self.known, &self.act, picked, self.is_demo)
            }
            _ => return None,
        })
    }

    fn on_focus(&mut self, stop: Option<&Stop>) {
        match stop {
            Some(Stop::Row(verify::LIST, name)) => self.picked = Some(name.clone()),
            Some(Stop::Tick(sign::LIST, row)) => self.signing.focused = Some(row.id.clone()),
            _ => {}
        }
        self.signing.is_on_list = matches!(stop, Some(Stop::Tick(sign::LIST, _)));
    }

    fn on_edit(&mut self, edit: &Edit, draft: &mut Draft, _cx: &mut Cx<'_>) -> Turn {
        if let Edit::Open { list: TEXT, .. } = edit {
            return self.open_text();
        }
        self.signing.edit(edit, draft)
    }

    fn on_action(&mut self, action: Action, draft: &mut Draft, cx: &mut Cx<'_>) -> Turn {
        match action {
            Action::Reload => self.load(draft, cx),
            Action::Yes => {
                self.signing.agreeing.end();
                return Turn::Focus(AGREE);
            }
            Action::Next if self.must_read(draft) => return self.open_text(),
            Action::TickAll => sign::tick_all(&self.known, &mut self.signing, draft),
            Action::Verify if self.shows_agreement(draft) => self.verifying = true,
            Action::Add | Action::Verify | Action::Publish => self.act(action, draft, cx),
            Action::Back if self.proving => return Turn::Goto("plan"),
            Action::Back if self.verifying => self.verifying = false,
            _ => return Turn::Pass,
        }
        Turn::Stay
    }

    fn on_next(&mut self, draft: &mut Draft, cx: &mut Cx<'_>) -> Turn {
        if self.shows_agreement(draft) && !sign::ticked(&self.known, draft).is_empty() {
            self.sign(draft, cx);
            return Turn::Stay;
        }
        if self.proving {
            return Turn::Goto("plan");
        }
        Turn::Next
    }

    fn on_reply(
        &mut self,
        id: RequestId,
        result: &Result<Reply, ApiError>,
        draft: &mut Draft,
        cx: &mut Cx<'_>,
    ) -> Turn {
        if self.known.take(id, result, draft, cx) {
            if self.picked.is_none() {
                self.picked =
                    if self.proving { self.known.first_unproven() } else { self.known.first() };
            }
            if self.open.is_empty() {
                self.open = self.known.unproven();
            }
            return Turn::Stay;
        }
        if let Some(domain) = self.act.take(id, result) {
            let proven = domain.state.proves();
            self.known.put(domain);
            if proven {
                draft.answers.plan_again();
            }
            self.load(draft, cx);
            return Turn::Stay;
        }
        if self.signing.sent.take(id, result) {
            return self.answered(draft, cx);
        }
        Turn::Stay
    }

    fn reconcile(&mut self, draft: &mut Draft, cx: &mut Cx<'_>) {
        self.height = layout::wizard(cx.body(), false).page.height;
        if !self.known.awaits_records() {
            return;
        }
        if cx.now_ms >= self.again_ms {
            self.load(draft, cx);
        }
        cx.wake_at(self.again_ms);
    }
}
