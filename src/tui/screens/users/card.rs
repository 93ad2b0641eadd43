//! One user in a box: what the list knows at once, and what the organization has of the person.
//!
//! Owns asking for the person: the preferred site (rule L12), the other sites, the licences. The
//! lines for it are there before the answer is, so that nothing jumps.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::api::call::{ApiError, Reply};
use crate::api::endpoint::{Endpoint as _, Nothing};
use crate::api::user::{ShowUser, UserDetail};
use crate::domain::untrusted::Untrusted;
use crate::tui::keymap::{Action, Availability, Scope};
use crate::tui::load::Load;
use crate::tui::msg::RequestId;
use crate::tui::overlay::message::Message;
use crate::tui::screen::{About, Cx, Flow, Header, Look, Screen};

/// The box.
pub struct Card {
    site: Untrusted,
    user: Untrusted,
    name: String,
    /// What the list knows: the facts, and what an invitation would do.
    facts: (String, String),
    detail: Load<UserDetail>,
    message: Message,
}

impl Card {
    /// About a user of a site.
    pub fn new(site: &Untrusted, user: &Untrusted, name: String, facts: (String, String)) -> Self {
        let message = Message::new(name.clone(), told(&facts, &Load::default()));
        let (site, user, detail) = (site.clone(), user.clone(), Load::default());
        Self { site, user, name, facts, detail, message }
    }
}

/// Everything that is known, line by line.
fn told((facts, invited): &(String, String), detail: &Load<UserDetail>) -> String {
    let (site, licences) = match (detail.get(), detail.error()) {
        (Some(detail), _) => person(detail),
        (None, Some(error)) => (format!("not known: {error}"), "not known".to_owned()),
        (None, None) => ("…".to_owned(), "…".to_owned()),
    };
    format!("{facts}\nPreferred   {site}\nLicences    {licences}\n\n{invited}")
}

/// The preferred site, and the licences.
fn person(detail: &UserDetail) -> (String, String) {
    let Some(person) = &detail.person else {
        return ("no site: the person is not linked yet".to_owned(), "none".to_owned());
    };
    let site = match (&person.preferred_site, person.sites.len()) {
        (Some(site), 0 | 1) => site.shown().to_string(),
        (Some(site), many) => format!("{}, linked first of {many} sites", site.shown()),
        (None, _) => "no site: the person is not linked on any yet".to_owned(),
    };
    let licences: Vec<String> = person
        .licences
        .iter()
        .map(|licence| Untrusted::new(licence.as_str()).shown().to_string().replace('_', " "))
        .collect();
    let licences = if licences.is_empty() { "none".to_owned() } else { licences.join(", ") };
    (site, licences)
}

impl Screen for Card {
    fn is_overlay(&self) -> bool {
        true
    }

    fn header(&self, look: &Look<'_>) -> Header {
        self.message.header(look)
    }

    fn help(&self) -> About {
        About::default()
    }

    fn scopes(&self) -> Vec<Scope> {
        self.message.scopes()
    }

    fn availability(&self, action: Action) -> Availability {
        self.message.availability(action)
    }

    fn on_action(&mut self, action: Action, cx: &mut Cx<'_>) -> Flow {
        self.message.on_action(action, cx)
    }

    fn on_reply(
        &mut self,
        id: RequestId,
        result: &Result<Reply, ApiError>,
        _cx: &mut Cx<'_>,
    ) -> Flow {
        if self.detail.take(id, result) {
            self.message = Message::new(self.name.clone(), told(&self.facts, &self.detail));
        }
        Flow::Stay
    }

    fn reconcile(&mut self, cx: &mut Cx<'_>) {
        if self.detail.is_untouched() {
            let (site, user) = (self.site.raw().to_owned(), self.user.raw().to_owned());
            self.detail.ask(ShowUser::call((site, user), Nothing, Nothing), cx);
        }
    }

    fn view(&self, look: &Look<'_>, area: Rect, buf: &mut Buffer) {
        self.message.view(look, area, buf);
    }
}
