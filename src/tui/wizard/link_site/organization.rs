//! Step three: the organization that the site belongs to (rules L2 to L4).
//!
//! Owns asking for the candidates, also by an id that is typed in, and the choice among them. Who
//! may be chosen and who may be named is the backend's to say.

mod view;

use std::borrow::Cow;

use crate::api::call::{ApiError, Reply};
use crate::api::endpoint::{Endpoint as _, Nothing};
use crate::api::linking::{Candidate, Candidates, CandidatesQuery, ListCandidates};
use crate::domain::country::Country;
use crate::domain::untrusted::Untrusted;
use crate::tui::keymap::{Action, Availability};
use crate::tui::load::Load;
use crate::tui::msg::RequestId;
use crate::tui::page::{Edit, Page, Stop};
use crate::tui::screen::{Cx, Here};
use crate::tui::wizard::link_site::{Chosen, Draft, LinkSite};
use crate::tui::wizard::step::{Refusal, Step, Turn};

use self::view::{COUNTRY, ID, LIST, NAME, NEW};

/// The longest name of an organization.
const LONGEST_NAME: usize = 200;

/// The step.
#[derive(Default)]
pub struct Organization {
    candidates: Load<Candidates>,
    /// The option that the focus was on last; its reasons are shown whole.
    focused: Option<String>,
}

impl Organization {
    fn ask(&mut self, draft: &Draft, cx: &mut Cx<'_>) {
        let url = draft.about.site.raw().to_owned();
        let query = CandidatesQuery { organization: draft.answers.looked_up.clone() };
        self.candidates.ask(ListCandidates::call(url, query, Nothing), cx);
    }

    fn candidate(&self, id: &str) -> Option<&Candidate> {
        self.candidates.get()?.items.iter().find(|candidate| candidate.id == id)
    }

    /// Who typed an id in meant that organization.
    fn choose_typed(&self, draft: &mut Draft) {
        let Some(id) = draft.answers.looked_up.as_deref() else { return };
        if draft.answers.typed_id.trim() == id
            && self.candidate(id).is_some_and(|candidate| candidate.choosable)
        {
            draft.answers.chosen = Some(Chosen::Organization(id.to_owned()));
        }
    }

    /// What was chosen may have become something one cannot choose any more.
    fn unchoose(&self, draft: &mut Draft) {
        let Some(known) = self.candidates.get() else { return };
        let stands = match &draft.answers.chosen {
            Some(Chosen::Organization(id)) => self.candidate(id).is_some_and(|one| one.choosable),
            Some(Chosen::New) => known.new_organization.offered,
            None => true,
        };
        if !stands {
            draft.answers.chosen = None;
        }
    }
}

impl Step<LinkSite> for Organization {
    fn id(&self) -> &'static str {
        "organization"
    }

    fn title(&self) -> &'static str {
        "Organization"
    }

    fn help(&self) -> &'static str {
        "These organizations match the site, each with every reason why. You can choose one of \
         which you are a full admin; for the others it says whom to ask. Type an organization \
         id to find one that does not match by itself. Who has no organization yet can make a \
         new one."
    }

    fn enter(&mut self, draft: &mut Draft, cx: &mut Cx<'_>) {
        self.focused = None;
        self.ask(draft, cx);
    }

    fn page(&self, draft: &Draft, here: Here<'_>) -> Page {
        view::page(&self.candidates, self.focused.as_deref(), draft, here)
    }

    fn happens_next(&self, _draft: &Draft) -> Vec<Cow<'static, str>> {
        vec![
            "The link is for good: take the organization whose people these are. A match is a \
             hint; you decide."
                .into(),
            "It takes a full admin of the organization. A person is in one organization at most."
                .into(),
            "That you looked is recorded.".into(),
        ]
    }

    fn check(&self, draft: &Draft) -> Result<(), Refusal> {
        if self.candidates.is_waiting() {
            return Err(Refusal::page("Wait for the organizations that match."));
        }
        if self.candidates.get().is_none() {
            return Err(Refusal::page("The organizations that match are not loaded yet."));
        }
        if draft.answers.id_to_look_up().is_some() {
            return Ok(());
        }
        match &draft.answers.chosen {
            None => Err(Refusal::field(LIST, "Choose the organization first.")),
            Some(Chosen::Organization(_)) => Ok(()),
            Some(Chosen::New) => check_new(draft),
        }
    }

    fn label(&self, action: Action, draft: &Draft) -> Option<String> {
        let looks = draft.answers.id_to_look_up().is_some();
        (action == Action::Next && looks).then(|| "look it up".to_owned())
    }

    fn availability(&self, action: Action, _draft: &Draft) -> Option<Availability> {
        (action == Action::Reload).then_some(Availability::Ready)
    }

    fn on_focus(&mut self, stop: Option<&Stop>) {
        if let Some(Stop::Option(LIST, option)) = stop {
            self.focused = Some(option.id.clone());
        }
    }

    fn on_edit(&mut self, edit: &Edit, draft: &mut Draft, _cx: &mut Cx<'_>) -> Turn {
        let answers = &mut draft.answers;
        match edit {
            Edit::Pick { choice: LIST, id } => {
                answers.chosen = Some(match id.as_str() {
                    NEW => Chosen::New,
                    id => Chosen::Organization(id.to_owned()),
                });
                // Another id that was begun is not what is meant any more.
                answers.typed_id = answers.looked_up.clone().unwrap_or_default();
            }
            Edit::Pick { choice: COUNTRY, id } => {
                answers.country = Country::parse(id).map_or("", Country::name).to_owned();
            }
            Edit::Text { field: ID, value } => answers.typed_id.clone_from(value),
            Edit::Text { field: NAME, value } => answers.name = Some(value.clone()),
            Edit::Text { field: COUNTRY, value } => answers.country.clone_from(value),
            _ => {}
        }
        Turn::Stay
    }

    fn on_action(&mut self, action: Action, draft: &mut Draft, cx: &mut Cx<'_>) -> Turn {
        match action {
            Action::Reload => self.ask(draft, cx),
            _ => return Turn::Pass,
        }
        Turn::Stay
    }

    fn on_next(&mut self, draft: &mut Draft, cx: &mut Cx<'_>) -> Turn {
        match draft.answers.id_to_look_up() {
            Some(id) => {
                draft.answers.looked_up = Some(id);
                self.ask(draft, cx);
                Turn::Stay
            }
            None => Turn::Next,
        }
    }

    fn on_reply(
        &mut self,
        id: RequestId,
        result: &Result<Reply, ApiError>,
        draft: &mut Draft,
        _cx: &mut Cx<'_>,
    ) -> Turn {
        if self.candidates.take(id, result) && self.candidates.error().is_none() {
            self.choose_typed(draft);
            self.unchoose(draft);
        }
        Turn::Stay
    }
}

/// The name and the country of a new organization (rule L3).
fn check_new(draft: &Draft) -> Result<(), Refusal> {
    let name = new_name(draft);
    let name = name.raw().trim();
    if name.is_empty() {
        return Err(Refusal::field(NAME, "Give the organization a name."));
    }
    if name.chars().count() > LONGEST_NAME {
        let words = format!("A name has at most {LONGEST_NAME} characters.");
        return Err(Refusal::field(NAME, words));
    }
    match Country::parse(&draft.answers.country) {
        Ok(_) => Ok(()),
        Err(_) if draft.answers.country.trim().is_empty() => {
            Err(Refusal::field(COUNTRY, "Pick the country: type to find it."))
        }
        Err(error) => {
            let typed = Untrusted::new(draft.answers.country.trim());
            Err(Refusal::field(COUNTRY, format!("“{}” {error}.", typed.shown_in(40))))
        }
    }
}

/// The name of a new organization: as typed, else the site's company.
fn new_name(draft: &Draft) -> Untrusted {
    match &draft.answers.name {
        Some(name) => Untrusted::new(name.as_str()),
        None => draft.about.company.clone(),
    }
}
