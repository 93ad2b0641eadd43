//! Accepting a role that one is offered, signed in: what it means, the terms, the tick (rule P1).
//!
//! Owns the one act. The text of the terms and the tick are welcome's page; what one may do changes
//! with accepting, so who one is gets asked anew before anything else opens.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::api::call::{ApiError, Reply};
use crate::api::endpoint::{Endpoint as _, Nothing};
use crate::api::offer::{AcceptOffer, AcceptOfferCall, ShowOffer};
use crate::api::problem::code as problem;
use crate::api::session::ShowMe;
use crate::api::welcome::{WelcomeAccepted, WelcomeShown};
use crate::domain::role::Role;
use crate::domain::untrusted::Untrusted;
use crate::tui::browse::Home;
use crate::tui::keymap::{Action, Availability, Scope};
use crate::tui::layout;
use crate::tui::load::Load;
use crate::tui::msg::RequestId;
use crate::tui::page::Page;
use crate::tui::screen::{About, Cx, Flow, Header, Here, Look, Screen, Told};
use crate::tui::screens::welcome::Welcome;
use crate::tui::screens::welcome::terms::{self, TermsPage};
use crate::tui::sheet::{Done, Sheet};
use crate::tui::theme::Tone;
use crate::tui::wizard::asking;

/// The screen.
pub(super) struct Accepting {
    organization: Untrusted,
    found: Load<WelcomeShown>,
    terms: TermsPage,
    taking: Load<WelcomeAccepted>,
    /// Who one is now, asked once the role is held.
    me: Load<()>,
    begun: bool,
    sheet: Sheet,
}

impl Accepting {
    /// The offer of the organization with this id.
    pub fn new(organization: &Untrusted) -> Self {
        Self {
            organization: organization.clone(),
            found: Load::default(),
            terms: TermsPage::default(),
            taking: Load::default(),
            me: Load::default(),
            begun: false,
            sheet: Sheet::default(),
        }
    }

    fn ask(&mut self, cx: &mut Cx<'_>) {
        let id = self.organization.raw().to_owned();
        self.found.ask(ShowOffer::call(id, Nothing, Nothing), cx);
    }

    fn is_busy(&self) -> bool {
        self.found.is_waiting() || self.taking.is_waiting() || self.me.is_waiting()
    }

    fn page(&self, here: Here<'_>) -> Page {
        match self.found.get() {
            None => Page::new(vec![asking::instead_of(&self.found, "the offer", here)]),
            Some(shown) => self.terms.page(shown, &self.taking, here),
        }
    }

    fn accept(&mut self, cx: &mut Cx<'_>) {
        let Some(shown) = self.found.get() else { return };
        if !self.terms.agreed {
            cx.toast(Tone::Attention, "Tick that you accept the terms first: Space ticks.");
            return self.sheet.go_to(terms::AGREE);
        }
        let body = AcceptOffer { terms_sha256: shown.terms.sha256.clone() };
        let id = self.organization.raw().to_owned();
        self.taking.ask(AcceptOfferCall::call(id, Nothing, body), cx);
    }

    /// In: to the setup where one may do that, else home.
    fn leads_to(&self) -> Flow {
        let leads = |shown: &WelcomeShown| shown.roles.contains(&Role::FullAdmin);
        match (self.taking.get(), self.found.get()) {
            (Some(accepted), Some(shown)) if leads(shown) => Welcome::leads_to(accepted),
            _ => Flow::Reset(Box::new(Home::default())),
        }
    }

    fn room(&self, body: Rect) -> Rect {
        let page = layout::wizard(body, false).page;
        if self.found.get().is_some() { terms::below(page) } else { page }
    }
}

impl Screen for Accepting {
    fn header(&self, look: &Look<'_>) -> Header {
        let name = self.found.get().map_or(&self.organization, |shown| &shown.organization_name);
        let crumbs = vec!["Offers to you".to_owned(), name.shown_in(60).to_string()];
        Header { crumbs, right: look.here.session.who(&look.here.session.roles()) }
    }

    fn help(&self) -> About {
        About::of(
            "accepting a role",
            "Page down reads on, Space ticks. Enter then accepts: the role is yours, and you are a \
             user of the organization. A person is in one organization at most.",
        )
    }

    fn scopes(&self) -> Vec<Scope> {
        vec![Scope::Form, Scope::Page]
    }

    fn availability(&self, action: Action) -> Availability {
        match action {
            Action::Next => Availability::ready_if(
                !self.is_busy() && self.found.get().is_some(),
                "The backend is being asked.",
            ),
            Action::Back => Availability::Ready,
            Action::NextPane | Action::PreviousPane => Availability::Hidden,
            action => self.sheet.availability(action),
        }
    }

    fn label(&self, action: Action) -> Option<String> {
        match action {
            Action::Next => Some("accept the role".to_owned()),
            Action::Tick => Some("tick".to_owned()),
            _ => None,
        }
    }

    fn acts(&self, action: Action) -> Option<String> {
        (action == Action::Next).then(|| "accept".to_owned())
    }

    fn on_action(&mut self, action: Action, cx: &mut Cx<'_>) -> Flow {
        match action {
            Action::Back => return Flow::Pop,
            Action::Next => self.accept(cx),
            action if action.motion().is_some() => {
                let terms = self.found.get().map(|shown| &shown.terms);
                self.terms.scroll(action.motion(), terms, cx.body());
            }
            action => {
                if let Done::Stay(Some(edit)) = self.sheet.act(action, cx) {
                    self.terms.edit(&edit);
                }
            }
        }
        Flow::Stay
    }

    fn on_reply(
        &mut self,
        id: RequestId,
        result: &Result<Reply, ApiError>,
        cx: &mut Cx<'_>,
    ) -> Flow {
        if self.found.take(id, result) {
            return Flow::Stay;
        }
        if self.me.take_by(id, result, |_| Some(())) {
            return self.leads_to();
        }
        if self.taking.take(id, result) {
            match result {
                Ok(_) => self.me.ask(ShowMe::call(Nothing, Nothing, Nothing), cx),
                // The newest text is read and ticked anew.
                Err(error) if error.code() == problem::TERMS_CHANGED => {
                    self.terms = TermsPage::default();
                    self.ask(cx);
                }
                Err(_) => {}
            }
        }
        Flow::Stay
    }

    fn reconcile(&mut self, cx: &mut Cx<'_>) {
        if !std::mem::replace(&mut self.begun, true) {
            self.ask(cx);
        }
        let page = self.page(cx.here());
        self.sheet.show(page, self.room(cx.body()));
        let terms = self.found.get().map(|shown| &shown.terms);
        self.terms.clamp(terms, cx.body());
    }

    fn told(&self, _here: Here<'_>) -> Option<Told> {
        Some(self.sheet.told())
    }

    fn point(&mut self, at: usize) {
        self.sheet.point(at);
    }

    fn view(&self, look: &Look<'_>, area: Rect, buf: &mut Buffer) {
        if let Some(shown) = self.found.get() {
            self.terms.view(&shown.terms, look, area, buf);
        }
        self.sheet.view(look, self.room(area), buf);
    }
}
