//! Step two: the organization that the order belongs to (rule T3).
//!
//! Owns asking for the candidates, once per address, and mapping. What an organization must accept
//! first is asked from here; what the backend refuses about the address goes back to it.

mod targets;

use std::borrow::Cow;

use crate::api::call::{ApiError, Reply};
use crate::api::endpoint::{Endpoint as _, Nothing};
use crate::api::order::{FindCandidates, ListOrderCandidates, MapOrderCall, Order, OrderMatch};
use crate::domain::untrusted::Untrusted;
use crate::tui::keymap::{Action, Availability};
use crate::tui::load::Load;
use crate::tui::msg::RequestId;
use crate::tui::page::{Block, Edit, FieldSpec, Page, Stop};
use crate::tui::pickers;
use crate::tui::screen::{Cx, Here};
use crate::tui::shell::quoted;
use crate::tui::widget::field::Kind;
use crate::tui::wizard::asking;
use crate::tui::wizard::order::{Draft, MapOrder, Target};
use crate::tui::wizard::step::{Refusal, Step, Turn};

/// The step.
#[derive(Default)]
pub struct OrganizationStep {
    found: Load<OrderMatch>,
    /// The address that was looked up.
    looked_up: Option<String>,
    mapping: Load<Order>,
    /// Fields of the site that had the focus and lost it.
    left: [bool; FIELDS.len()],
    focused: Option<usize>,
}

/// The fields of the site that meetings need.
const FIELDS: [&str; 2] = [SITE, ZONE];
const SITE: &str = "site_url";
const ZONE: &str = "time_zone";

impl OrganizationStep {
    /// The site of the meetings, where a new organization is to be made.
    fn site(&self, draft: &Draft) -> Vec<Block> {
        let spec = |at: usize, label: &str, value: &str, hint: &str| FieldSpec {
            key: FIELDS[at],
            label: label.to_owned(),
            kind: Kind::Text,
            value: value.to_owned(),
            hint: hint.to_owned(),
            error: draft.answers.wrong(FIELDS[at]).filter(|_| self.left[at]).map(str::to_owned),
        };
        let (site_url, time_zone) = (&draft.answers.site_url, &draft.answers.time_zone);
        let site = spec(0, "Site URL", site_url, "a new site, such as acme.webex.example");
        let zone = spec(1, "Time zone", time_zone, "");
        vec![
            Block::Gap,
            Block::prose("Its meetings get a site of their own."),
            Block::Field(site),
            Block::Pick(pickers::zone(zone, Some(draft.about.country))),
        ]
    }

    fn look(&mut self, draft: &Draft, cx: &mut Cx<'_>) {
        let administrator = draft.answers.administrator.trim().to_owned();
        self.found = Load::default();
        self.mapping = Load::default();
        self.looked_up = Some(administrator.clone());
        let number = draft.about.number.clone();
        let call = ListOrderCandidates::call(number, Nothing, FindCandidates { administrator });
        self.found.ask(call, cx);
    }
}

impl Step<MapOrder> for OrganizationStep {
    fn id(&self) -> &'static str {
        "organization"
    }

    fn title(&self) -> &'static str {
        "Organization"
    }

    fn help(&self) -> &'static str {
        "This is where the order can go. Where the address administers an organization, it goes \
         there. Otherwise choose one that looks like the company, with what tells them apart \
         below it, or a new one. An organization that you do not manage is asked first."
    }

    fn enter(&mut self, draft: &mut Draft, cx: &mut Cx<'_>) {
        let same = self.looked_up.as_deref() == Some(draft.answers.administrator.trim());
        if !same || self.found.get().is_none() {
            self.look(draft, cx);
        }
        self.mapping = Load::default();
        self.left = [false; FIELDS.len()];
        self.focused = None;
        let known = |text: &Option<Untrusted>| text.as_ref().map(|text| text.raw().to_owned());
        let Order { site_url, time_zone, .. } = &draft.about;
        if draft.answers.site_url.is_empty() {
            draft.answers.site_url = known(site_url).unwrap_or_default();
        }
        if draft.answers.time_zone.is_empty() {
            draft.answers.time_zone = known(time_zone).unwrap_or_default();
        }
    }

    fn page(&self, draft: &Draft, here: Here<'_>) -> Page {
        let Some(found) = self.found.get() else {
            return Page::new(vec![asking::instead_of(&self.found, "where it can go", here)]);
        };
        let mut blocks = targets::blocks(found, draft, here);
        if draft.answers.needs_site(&draft.about, found) {
            blocks.extend(self.site(draft));
        }
        blocks.push(Block::Gap);
        let doing = if targets::must_ask(found, draft) { "Asking" } else { "Mapping the order" };
        match self.mapping.error() {
            Some(error) => blocks.push(asking::failed(error, here)),
            None => blocks.push(Block::aside(asking::waiting(&self.mapping, doing, here))),
        }
        let ready = self.check(draft).is_ok() || self.mapping.is_waiting();
        Page {
            blocks,
            consequences: targets::consequences(found, draft),
            same_as: ready.then(|| same_as(found, draft)),
            ..Page::default()
        }
    }

    fn happens_next(&self, draft: &Draft) -> Vec<Cow<'static, str>> {
        let asks = self.found.get().is_some_and(|found| targets::must_ask(found, draft));
        let mut facts: Vec<Cow<'static, str>> = Vec::new();
        if asks {
            facts.push(
                "Its full admins are told what accepting means. They can take their time; you get \
                 a mail when one has answered."
                    .into(),
            );
        } else {
            facts.push("The services of the order become the organization's at once.".into());
            facts
                .push("A trial that it has ends with that: what is bought does not expire.".into());
        }
        facts.push("Then the services are set up.".into());
        facts
    }

    fn acts(&self, _draft: &Draft) -> bool {
        true
    }

    fn check(&self, draft: &Draft) -> Result<(), Refusal> {
        if self.mapping.is_waiting() {
            return Err(Refusal::page("The order is being mapped; wait for the answer."));
        }
        let Some(found) = self.found.get() else {
            return Err(Refusal::page("It is not known yet where the order can go."));
        };
        match &found.administers {
            Some(one) if one.why_not.is_empty() => Ok(()),
            Some(_) => {
                Err(Refusal::page("The order cannot go there; esc goes back to the address."))
            }
            None if draft.answers.needs_site(&draft.about, found) => {
                let wrong = FIELDS.iter().find_map(|field| {
                    draft.answers.wrong(field).map(|words| Refusal::field(field, words))
                });
                wrong.map_or(Ok(()), Err)
            }
            None if draft.answers.target_in(found).is_some() => Ok(()),
            None => Err(Refusal::field(targets::LIST, "Choose where the order shall go.")),
        }
    }

    fn label(&self, action: Action, draft: &Draft) -> Option<String> {
        let found = self.found.get()?;
        match action {
            Action::Next if targets::must_ask(found, draft) => Some("ask them".to_owned()),
            Action::Next => Some("map the order".to_owned()),
            _ => None,
        }
    }

    fn availability(&self, action: Action, _draft: &Draft) -> Option<Availability> {
        match action {
            Action::Back if self.mapping.is_waiting() => {
                let why = "The order is being mapped; wait for the answer, or leave the wizard.";
                Some(Availability::Disabled(why.into()))
            }
            Action::Reload => Some(Availability::Ready),
            _ => None,
        }
    }

    fn on_focus(&mut self, stop: Option<&Stop>) {
        let key = match stop {
            Some(Stop::Field(spec)) => Some(spec.key),
            Some(Stop::Pick(spec)) => Some(spec.field.key),
            _ => None,
        };
        let at = key.and_then(|key| FIELDS.iter().position(|field| *field == key));
        if let Some(before) = self.focused.filter(|before| Some(*before) != at) {
            self.left[before] = true;
        }
        self.focused = at;
    }

    fn on_edit(&mut self, edit: &Edit, draft: &mut Draft, _cx: &mut Cx<'_>) -> Turn {
        if self.mapping.is_waiting() {
            return Turn::Stay;
        }
        let answers = &mut draft.answers;
        match edit {
            Edit::Pick { choice: targets::LIST, id } => answers.target = targets::target(id),
            Edit::Pick { choice: ZONE, id } => answers.time_zone.clone_from(id),
            Edit::Text { field: SITE, value } => answers.site_url.clone_from(value),
            Edit::Text { field: ZONE, value } => answers.time_zone.clone_from(value),
            _ => {}
        }
        Turn::Stay
    }

    fn on_action(&mut self, action: Action, draft: &mut Draft, cx: &mut Cx<'_>) -> Turn {
        match action {
            Action::Reload if !self.mapping.is_waiting() => {
                self.look(draft, cx);
                Turn::Stay
            }
            Action::Reload => Turn::Stay,
            _ => Turn::Pass,
        }
    }

    fn on_next(&mut self, draft: &mut Draft, cx: &mut Cx<'_>) -> Turn {
        if let Some(found) = self.found.get() {
            let call = MapOrderCall::call(
                draft.about.number.clone(),
                Nothing,
                draft.answers.to_map(&draft.about, found),
            );
            self.mapping.ask(call, cx);
        }
        Turn::Stay
    }

    fn on_reply(
        &mut self,
        id: RequestId,
        result: &Result<Reply, ApiError>,
        draft: &mut Draft,
        _cx: &mut Cx<'_>,
    ) -> Turn {
        if self.found.take(id, result) {
            return self.found.error().map_or(Turn::Stay, |error| refused(error, draft));
        }
        if !self.mapping.take(id, result) {
            return Turn::Stay;
        }
        match (self.mapping.error(), self.mapping.get()) {
            (Some(error), _) => refused(error, draft),
            (None, Some(order)) => {
                draft.about = order.clone();
                Turn::Next
            }
            (None, None) => Turn::Stay,
        }
    }
}

/// What is wrong with the address goes back to it; the rest stays here.
fn refused(error: &ApiError, draft: &mut Draft) -> Turn {
    let ApiError::Problem(problem) = error else { return Turn::Stay };
    if problem.field.as_deref() != Some("administrator") {
        return Turn::Stay;
    }
    draft.answers.refused = Some((draft.answers.administrator.clone(), asking::both(problem)));
    Turn::Goto("order")
}

fn same_as(found: &OrderMatch, draft: &Draft) -> String {
    let number = Untrusted::new(draft.about.number.as_str()).shown();
    let who = quoted(found.administrator.raw());
    let target = match draft.answers.target_in(found) {
        Some(Target::Candidate(id)) => {
            format!(" --org {}", Untrusted::new(id.as_str()).shown())
        }
        Some(Target::New) if draft.answers.needs_site(&draft.about, found) => format!(
            " --new --site-url {} --time-zone {}",
            quoted(draft.answers.site_url.trim()),
            quoted(draft.answers.time_zone.trim())
        ),
        Some(Target::New) => " --new".to_owned(),
        None => String::new(),
    };
    format!("hublink order map {number} --administrator {who}{target}")
}
