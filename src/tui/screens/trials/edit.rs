//! Changing the services of a trial (rule T8).
//!
//! Owns the new quantities, and the site where meetings are new to the trial. A site that it has
//! stays, with its users, even without meetings.

use std::collections::BTreeSet;

use crate::api::call::{ApiError, Reply};
use crate::api::endpoint::{Endpoint as _, Nothing};
use crate::api::trial::{EditTrial, EditTrialCall, Trial};
use crate::domain::services::{Service, ServiceLine, ServicesError, has};
use crate::domain::site::site_url;
use crate::domain::time_zone;
use crate::domain::untrusted::Untrusted;
use crate::tui::keymap::Action;
use crate::tui::load::Load;
use crate::tui::msg::RequestId;
use crate::tui::page::{Block, Edit, FieldSpec, Page, Piece, Stop};
use crate::tui::pickers;
use crate::tui::quantities::{self, Quantities};
use crate::tui::screen::{About, Cx, Here};
use crate::tui::screens::form::{Answered, Form};
use crate::tui::theme::Tone;
use crate::tui::widget::field::Kind;
use crate::tui::wizard::asking;
use crate::tui::wizard::step::Refusal;

const SITE: &str = "site_url";
const ZONE: &str = "time_zone";

/// The form.
pub struct EditServices {
    trial: Trial,
    quantities: Quantities,
    site_url: String,
    time_zone: String,
    /// The fields that were left: what is wrong with them is said.
    left: BTreeSet<&'static str>,
    focused: Option<&'static str>,
    /// The field that the backend refused, and why; until anything is changed.
    refused: Option<(String, String)>,
    sent: Load<Trial>,
}

impl EditServices {
    /// About a trial.
    pub fn new(trial: &Trial) -> Self {
        Self {
            trial: trial.clone(),
            quantities: Quantities::of(&trial.services),
            site_url: String::new(),
            time_zone: String::new(),
            left: BTreeSet::new(),
            focused: None,
            refused: None,
            sent: Load::default(),
        }
    }

    /// Whether meetings are new to the trial: they need a site.
    fn needs_site(&self) -> bool {
        self.trial.site.is_none() && self.quantities.has(Service::Meetings)
    }

    fn wrong(&self, field: &str) -> Option<String> {
        match field {
            SITE if self.needs_site() && site_url(&self.site_url).is_err() => {
                Some("Meetings need a site: write a host name such as acme.webex.example.".into())
            }
            ZONE if self.needs_site() && time_zone::parse(&self.time_zone).is_err() => {
                Some("Pick the time zone of the site from the list.".into())
            }
            code => Service::from_code(code).and_then(|service| self.quantities.wrong(service)),
        }
    }

    fn error(&self, field: &str) -> Option<String> {
        let refused = self.refused.as_ref().filter(|(of, _)| of == field);
        let left = self.left.contains(field);
        refused.map(|(_, words)| words.clone()).or_else(|| self.wrong(field).filter(|_| left))
    }

    fn site(&self) -> Vec<Block> {
        let field = |key, label: &str, value: &str, hint: &str| FieldSpec {
            key,
            label: label.to_owned(),
            kind: Kind::Text,
            value: value.to_owned(),
            hint: hint.to_owned(),
            error: self.error(key),
        };
        let site =
            field(SITE, "Site URL", &self.site_url, "a new site, such as acme.webex.example");
        let zone = field(ZONE, "Time zone", &self.time_zone, "");
        vec![Block::Gap, Block::Field(site), Block::Pick(pickers::zone(zone, self.trial.country))]
    }

    fn wanted(&self) -> Result<Vec<ServiceLine>, ServicesError> {
        self.quantities.lines()
    }

    /// What would change, in one line.
    fn changes(&self) -> Vec<Piece> {
        let Ok(wanted) = self.wanted() else { return Vec::new() };
        let changes = quantities::changes(&self.trial.services, &wanted);
        if changes.is_empty() {
            return vec![Piece::new(Tone::Muted, "Nothing is changed yet.")];
        }
        let mut pieces = vec![Piece::new(Tone::Text, "→ ")];
        for (n, (tone, words)) in changes.into_iter().enumerate() {
            let gap = if n == 0 { "" } else { " · " };
            pieces.push(Piece::new(tone, format!("{gap}{words}")));
        }
        pieces
    }

    fn same_as(&self) -> Option<String> {
        let mut out = format!(
            "hublink trial edit {}",
            Untrusted::new(self.trial.organization.as_str()).shown()
        );
        out.push_str(&quantities::options(&self.wanted().ok()?));
        if self.needs_site() {
            let url = site_url(&self.site_url).ok()?;
            let zone = time_zone::parse(&self.time_zone).ok()?;
            out.push_str(&format!(" --site-url {url} --time-zone {zone}"));
        }
        Some(out)
    }
}

impl Form for EditServices {
    fn crumbs(&self) -> Vec<String> {
        vec![self.trial.company.shown().to_string(), "Services".to_owned()]
    }

    fn help(&self) -> About {
        About::of(
            "services of a trial",
            "Change how many licences of each service the customer tries. What is taken away \
             ends for them at once; the day on which the trial ends stays.",
        )
    }

    fn page(&self, here: Here<'_>) -> Page {
        let mut blocks = vec![Block::prose("How many licences of each service?"), Block::Gap];
        blocks.extend(self.quantities.blocks(|service| self.error(service.code())));
        if self.needs_site() {
            blocks.extend(self.site());
        }
        blocks.push(Block::Gap);
        if let Some(site) = &self.trial.site {
            let without = self.wanted().is_ok_and(|lines| !has(&lines, Service::Meetings));
            let words = format!("The site {} stays, with its users.", site.url.shown());
            blocks.extend(without.then(|| Block::notice(Tone::Attention, words)));
        }
        match self.sent.error().filter(|_| self.refused.is_none()) {
            Some(error) => blocks.push(asking::failed(error, here)),
            None => {
                blocks.push(Block::aside(asking::waiting(&self.sent, "Saving the services", here)));
            }
        }
        Page {
            blocks,
            consequences: self.changes(),
            same_as: self.same_as(),
            first: Some(Service::Messaging.code()),
            ..Page::default()
        }
    }

    fn check(&self, _here: Here<'_>) -> Result<(), Refusal> {
        match self.wanted() {
            Err(ServicesError::None) => {
                let words = "Leave a number of licences for at least one service.";
                return Err(Refusal::field(Service::Messaging.code(), words));
            }
            Err(ServicesError::Quantity(service) | ServicesError::Twice(service)) => {
                let words = self.quantities.wrong(service).unwrap_or_default();
                return Err(Refusal::field(service.code(), words));
            }
            Ok(lines) if lines == self.trial.services => {
                return Err(Refusal::page("Nothing is changed; esc goes back."));
            }
            Ok(_) => {}
        }
        for field in [SITE, ZONE] {
            let refused = self.refused.as_ref().filter(|(of, _)| of == field);
            let words = refused.map(|(_, words)| words.clone()).or_else(|| self.wrong(field));
            if let Some(words) = words {
                return Err(Refusal::field(field, words));
            }
        }
        Ok(())
    }

    fn label(&self, action: Action) -> Option<String> {
        match action {
            Action::Next => Some("save".to_owned()),
            Action::Back => Some("leave them as they are".to_owned()),
            _ => None,
        }
    }

    fn on_edit(&mut self, edit: &Edit) {
        self.refused = None;
        // What was refused is about the answers before.
        if !self.sent.is_waiting() {
            self.sent = Load::default();
        }
        match edit {
            Edit::Text { field: SITE, value } => self.site_url.clone_from(value),
            Edit::Text { field: ZONE, value } => self.time_zone.clone_from(value),
            Edit::Text { field, value } => {
                self.quantities.set(field, value);
            }
            Edit::Pick { choice: ZONE, id } => self.time_zone.clone_from(id),
            _ => {}
        }
    }

    fn on_focus(&mut self, stop: Option<&Stop>) {
        let field = match stop {
            Some(Stop::Field(spec)) => Some(spec.key),
            Some(Stop::Pick(spec)) => Some(spec.field.key),
            _ => None,
        };
        if self.focused != field {
            self.left.extend(self.focused);
            self.focused = field;
        }
    }

    fn send(&mut self, cx: &mut Cx<'_>) {
        let Ok(services) = self.wanted() else { return };
        let site = |text: &str| self.needs_site().then(|| text.trim().to_owned());
        let body = EditTrial {
            services,
            site_url: site(&self.site_url),
            time_zone: site(&self.time_zone),
        };
        let call = EditTrialCall::call(self.trial.organization.clone(), Nothing, body);
        self.sent.ask(call, cx);
    }

    fn on_reply(
        &mut self,
        id: RequestId,
        result: &Result<Reply, ApiError>,
        _cx: &mut Cx<'_>,
    ) -> Answered {
        if !self.sent.take(id, result) {
            return Answered::NotMine;
        }
        let Some(error) = self.sent.error() else {
            let company = self.trial.company.shown();
            return Answered::Done(format!("The services of {company} are changed."));
        };
        let ApiError::Problem(problem) = error else { return Answered::Refused(None) };
        let known = [SITE, ZONE].into_iter().chain(Service::ALL.map(Service::code));
        let field = known.into_iter().find(|key| problem.field.as_deref() == Some(key));
        let Some(field) = field else { return Answered::Refused(None) };
        let words = asking::both(problem);
        self.refused = Some((field.to_owned(), words.clone()));
        Answered::Refused(Some(Refusal::field(field, words)))
    }

    fn is_waiting(&self) -> bool {
        self.sent.is_waiting()
    }
}
