//! Step one: what the customer gets, before anything is chosen (rule T5).
//!
//! Owns the page; it changes nothing. Tells a partner to finish before handing over.

use std::borrow::Cow;

use crate::api::call::{ApiError, Reply};
use crate::api::endpoint::{Endpoint as _, Nothing};
use crate::api::organization::{Organization, ShowOrganization};
use crate::api::welcome::Welcome;
use crate::domain::address::with_unicode;
use crate::domain::role::Role;
use crate::domain::services::{self, Service, ServiceLine};
use crate::domain::trial::TrialState;
use crate::domain::untrusted::Untrusted;
use crate::domain::welcome::WelcomeState;
use crate::tui::keymap::{Action, Availability};
use crate::tui::load::Load;
use crate::tui::msg::RequestId;
use crate::tui::page::{Block, Page, TallyRow};
use crate::tui::screen::{Cx, Here};
use crate::tui::theme::Tone;
use crate::tui::wizard::asking;
use crate::tui::wizard::setup::{Draft, SetUpServices};
use crate::tui::wizard::step::{Refusal, Step, Turn};

/// The step.
#[derive(Default)]
pub struct Review {
    organization: Load<Organization>,
}

const EXPIRED: &str = "The trial has ended: nothing can be set up until its partner extends it.";

impl Step<SetUpServices> for Review {
    fn id(&self) -> &'static str {
        "review"
    }

    fn title(&self) -> &'static str {
        "Plan"
    }

    fn help(&self) -> &'static str {
        "This is the plan that was ordered or is being tried, and who administers it. Nothing \
         is changed here. The setup can be left at any step and is offered again until it is \
         finished."
    }

    fn enter(&mut self, draft: &mut Draft, cx: &mut Cx<'_>) {
        let id = draft.about.setup.organization.clone();
        self.organization.ask(ShowOrganization::call(id, Nothing, Nothing), cx);
    }

    fn page(&self, draft: &Draft, here: Here<'_>) -> Page {
        let setup = &draft.about.setup;
        let center = services::has(&setup.services, Service::ContactCenter);
        let mut blocks = vec![Block::prose(format!(
            "This is the plan of {}. What is left: its subdomain{}.",
            setup.organization_name.shown(),
            if center { ", then Contact Center" } else { "" }
        ))];
        blocks.push(Block::Gap);
        if setup.services.is_empty() {
            blocks.push(Block::aside("No services are noted for this organization."));
        } else {
            blocks.push(Block::Tally(setup.services.iter().copied().map(service).collect()));
        }
        blocks.push(Block::Gap);
        if let Some(error) = self.organization.error() {
            blocks.push(asking::failed(error, here));
        }
        blocks.push(Block::Facts(self.facts(draft, here)));
        let partner = self.organization.get().is_some_and(is_partner);
        if self.has_expired() {
            blocks.extend([Block::Gap, Block::notice(Tone::Attention, EXPIRED)]);
        } else if partner {
            let words = "Finish this before you hand over: the customer then begins with services \
                         that work. If you do not, their administrator is asked for it instead.";
            blocks.extend([Block::Gap, Block::notice(Tone::Attention, words)]);
        }
        let id = Untrusted::new(setup.organization.as_str());
        let same_as = Some(format!("hublink setup show --org {}", id.shown()));
        Page { blocks, same_as, ..Page::default() }
    }

    fn happens_next(&self, _draft: &Draft) -> Vec<Cow<'static, str>> {
        vec![
            "Nothing is changed before Finish. You may leave at any page: this comes back where \
             you were, and it is offered whenever the organization is opened."
                .into(),
            "The partner and the customer's full admins see the same setup; whoever finishes it \
             finishes it for both."
                .into(),
        ]
    }

    fn check(&self, _draft: &Draft) -> Result<(), Refusal> {
        if self.has_expired() { Err(Refusal::page(EXPIRED)) } else { Ok(()) }
    }

    fn label(&self, action: Action, _draft: &Draft) -> Option<String> {
        (action == Action::Next).then(|| "get started".to_owned())
    }

    fn availability(&self, action: Action, _draft: &Draft) -> Option<Availability> {
        (action == Action::Reload)
            .then(|| Availability::shown_if(self.organization.error().is_some()))
    }

    fn on_action(&mut self, action: Action, draft: &mut Draft, cx: &mut Cx<'_>) -> Turn {
        if action != Action::Reload {
            return Turn::Pass;
        }
        self.enter(draft, cx);
        Turn::Stay
    }

    fn on_reply(
        &mut self,
        id: RequestId,
        result: &Result<Reply, ApiError>,
        _draft: &mut Draft,
        _cx: &mut Cx<'_>,
    ) -> Turn {
        self.organization.take(id, result);
        Turn::Stay
    }
}

impl Review {
    /// Rule T1: an expired trial is read-only.
    fn has_expired(&self) -> bool {
        let trial = self.organization.get().and_then(|organization| organization.trial);
        trial.is_some_and(|trial| trial.state == TrialState::Expired)
    }

    fn facts(&self, draft: &Draft, here: Here<'_>) -> Vec<(String, String)> {
        let mut facts = Vec::new();
        let mut fact = |label: &str, value: String| facts.push((label.to_owned(), value));
        if let Some(organization) = self.organization.get() {
            if let Some(country) = organization.country {
                let region = organization.region.map(crate::domain::country::Region::title);
                let data = region.map(|region| format!(", data in {region}")).unwrap_or_default();
                fact("Country", format!("{}{data}", country.name()));
            }
            if let Some(trial) = organization.trial {
                let when = here.date(trial.ends_at);
                fact(
                    "Trial",
                    match trial.state {
                        TrialState::Active => format!("until {when}"),
                        TrialState::Expired => format!("ended {when}"),
                    },
                );
            }
        }
        if let Some(welcome) = &draft.about.setup.welcome {
            fact("Administrator", with_unicode(&welcome.email).to_string());
            fact("Welcome mail", welcomed(welcome).to_owned());
        }
        facts
    }
}

fn service(line: ServiceLine) -> TallyRow {
    TallyRow {
        id: None,
        depth: 0,
        tone: Tone::Text,
        number: u64::from(line.quantity),
        words: line.service.title().to_owned(),
        note: String::new(),
    }
}

/// Whether one acts as the partner, not as the customer's own administrator.
fn is_partner(organization: &Organization) -> bool {
    let holds = |role| organization.my_roles.contains(&role);
    holds(Role::PartnerAdmin) && !holds(Role::FullAdmin)
}

/// What became of the welcome mail, in a few words.
fn welcomed(welcome: &Welcome) -> &'static str {
    match welcome.state {
        WelcomeState::Accepted => "accepted: they have taken over",
        _ if welcome.expired => "too old, and was not used: send a new one",
        state => state.title(),
    }
}
