//! The scripted backend of services setup, Contact Center and welcome; the rest is `places`'s.
//!
//! Owns one customer, Borealis, whose trial the partner Meridian has just begun.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::rc::Rc;

use bytes::Bytes;
use hublink::api::call::{ApiError, Reply, Request};
use hublink::api::contact_center::{ContactCenter, Part};
use hublink::api::draft::{Draft, ListDrafts, RemoveDraft, SaveDraftCall, ShowDraft, TakeDraft};
use hublink::api::endpoint::Nothing;
use hublink::api::offer::{AcceptOfferCall, DeclineOffer, LiftOffer, ShowOffer, WithdrawOffer};
use hublink::api::organization::{Organization, ShowOrganization};
use hublink::api::problem::code;
use hublink::api::session::{HeldRole, Me, Secret, SessionGranted};
use hublink::api::setup::{
    Availability, CheckSubdomain, FinishSetupCall, SetUpContactCenterCall, Setup,
    ShowContactCenter, ShowSetup, SubdomainCheck, SuggestSubdomains,
};
use hublink::api::trial::TrialStanding;
use hublink::api::welcome::{
    AcceptWelcomeCall, CorrectWelcomeCall, DeclineWelcome, LiftWelcome, LookAtWelcomeCall,
    ResendWelcome, ShowWelcome, Terms, Welcome, WelcomeAccepted, WelcomeAsks, WelcomeShown,
};
use hublink::domain::country::Country;
use hublink::domain::offer::OfferState;
use hublink::domain::role::Role;
use hublink::domain::services::{Service, ServiceLine};
use hublink::domain::setup::{CenterPart, PartState, SetupState};
use hublink::domain::trial::TrialState;
use hublink::domain::welcome::{TERMS, TERMS_VERSION, WelcomeState};
use hublink::tui::app::App;
use hublink::tui::keymap::Keymap;
use hublink::tui::pilot::Pilot;
use hublink::tui::screen::Screen;
use hublink::tui::session::Session;
use hublink::tui::theme::Theme;
use hublink::tui::wizard::Wizard;
use hublink::tui::wizard::setup::SetUpServices;
use jiff::tz::TimeZone;

use crate::places::{Places, organization};
use crate::script::{Which, problem, refused};
use crate::world::{self, NOW, at};

pub const ORG: &str = "borealis";
pub const CUSTOMER: &str = "bo@borealis.example";
pub const CODE: &str = "wlc7Qw0zE4hN2s";

/// What the backend has, and how it shall answer.
pub struct State {
    pub setup: Setup,
    pub organization: Organization,
    pub welcome: Welcome,
    pub asks: WelcomeAsks,
    /// Subdomains of others.
    pub taken: Vec<String>,
    pub draft: Option<Draft>,
    /// The next requests of which these hold are refused, each once.
    pub refuse: Vec<(Which, ApiError)>,
    /// Requests of which this holds are not answered.
    pub silent: Option<Which>,
}

/// The state, shared by the test and the pilot.
#[derive(Clone)]
pub struct Onboarding {
    state: Rc<RefCell<State>>,
    pub places: Places,
}

impl Onboarding {
    /// As the partner sees it.
    pub fn partner() -> Self {
        Self::seen_by("pat@meridian.example", Role::PartnerAdmin, "meridian")
    }

    /// As the customer's full admin sees it.
    pub fn customer() -> Self {
        Self::seen_by(CUSTOMER, Role::FullAdmin, ORG)
    }

    fn seen_by(email: &str, role: Role, of: &str) -> Self {
        let places = Places::new();
        let organization = borealis(role);
        places.with(|world| {
            world.me = Me {
                email: email.into(),
                roles: vec![HeldRole { role, organization: Some(of.to_owned()), site: None }],
                ..world::me()
            };
            world.organizations = vec![organization.clone()];
            world.sites.clear();
        });
        let mut card = card();
        card.may_begin_chat = role == Role::FullAdmin;
        let state = State {
            setup: setup(card),
            organization,
            welcome: welcome(),
            asks: WelcomeAsks::Password,
            taken: vec!["borealis".to_owned()],
            draft: None,
            refuse: Vec::new(),
            silent: None,
        };
        let shared = Self { state: Rc::new(RefCell::new(state)), places };
        shared.with(|state| offer(&mut state.setup.contact_center));
        shared
    }

    /// Looks at the state, or changes it.
    pub fn with<T>(&self, act: impl FnOnce(&mut State) -> T) -> T {
        act(&mut self.state.borrow_mut())
    }

    /// The next request of this kind is refused.
    pub fn refuse(&self, which: Which, error: ApiError) {
        self.with(|state| state.refuse.push((which, error)));
    }

    /// The wizard was left at this step with these answers.
    pub fn left_at(&self, step: &str, answers: serde_json::Value) {
        let holder = self.places.with(|world| world.me.email.clone());
        self.with(|state| {
            state.draft = Some(Draft {
                wizard: "setup".to_owned(),
                subject: ORG.into(),
                step: step.to_owned(),
                answers,
                revision: 1,
                holder,
                held_since: at(NOW),
                saved_at: at(NOW),
            });
        });
    }

    /// Setup is finished under this subdomain.
    pub fn finished(&self, subdomain: &str) {
        self.with(|state| finish(state, subdomain));
    }

    /// The parts of Contact Center change by themselves.
    pub fn move_on(&self, state: PartState, parts: &[CenterPart]) {
        self.with(|all| {
            let card = &mut all.setup.contact_center;
            for which in parts {
                let part = part_of(card, *which);
                part.state = state;
                part.progress = if state == PartState::Ready { 100 } else { part.progress };
            }
            card.revision += 1;
            offer(card);
        });
    }

    /// The wizard, settled.
    pub fn wizard(&self, size: (u16, u16)) -> Pilot {
        self.pilot(Box::new(Wizard::<SetUpServices>::new(&ORG.into())), size)
    }

    /// This screen as the first one, settled.
    pub fn pilot(&self, first: Box<dyn Screen>, size: (u16, u16)) -> Pilot {
        self.pilot_with(first, size, BTreeMap::new())
    }

    /// Also with files in the folder of drafts.
    pub fn pilot_with(
        &self,
        first: Box<dyn Screen>,
        size: (u16, u16),
        files: BTreeMap<PathBuf, Bytes>,
    ) -> Pilot {
        let mut session = Session::new("https://hublink.example", TimeZone::UTC);
        session.note(&Reply::of(self.places.with(|world| world.me.clone())), 0);
        session.drafts = "/state/drafts".into();
        let app = App::new(session, Keymap::default(), Theme::plain(), size, first);
        let shared = self.clone();
        let script = Box::new(move |request: &Request| shared.answer(request));
        let mut pilot = Pilot::with_files(app, size, script, files);
        pilot.settle();
        pilot.pass(1_000);
        pilot
    }

    /// What the backend answers.
    pub fn answer(&self, request: &Request) -> Option<Result<Reply, ApiError>> {
        if self.with(|state| state.silent.is_some_and(|silent| silent(request))) {
            return None;
        }
        let refusal = self.with(|state| {
            let n = state.refuse.iter().position(|(which, _)| which(request))?;
            Some(state.refuse.remove(n).1)
        });
        if let Some(error) = refusal {
            return Some(Err(error));
        }
        let me = self.places.with(|world| world.me.clone());
        self.with(|state| match request.about.route.tag {
            "Setup" => set_up(state, request, &me),
            "Welcome" => Some(welcomes(state, request, &me)),
            "Drafts" => Some(drafts(state, request, &me)),
            "Offers" => Some(offers(state, &self.places, request)),
            _ if request.is::<ShowOrganization>() => {
                Some(Ok(Reply::of(state.organization.clone())))
            }
            _ => self.places.answer(request),
        })
    }
}

fn borealis(role: Role) -> Organization {
    let line = |service, quantity| ServiceLine { service, quantity };
    let country = Country::parse("NO").unwrap();
    Organization {
        country: Some(country),
        region: Some(country.region()),
        services: vec![
            line(Service::Messaging, 250),
            line(Service::Meetings, 250),
            line(Service::ContactCenter, 40),
        ],
        trial: Some(TrialStanding {
            state: TrialState::Active,
            ends_at: at("2026-05-30T00:00:00Z"),
        }),
        setup: Some(SetupState::Pending),
        my_roles: vec![role],
        linked_users: 0,
        ..organization(ORG, "Borealis Energi", 1)
    }
}

fn card() -> ContactCenter {
    ContactCenter {
        organization: ORG.to_owned(),
        contact_center: Part::default(),
        voice: Part::default(),
        chat: Part::default(),
        country: Some(Country::parse("NO").unwrap()),
        in_plan: true,
        would_begin: Vec::new(),
        may_begin_chat: false,
        revision: 1,
    }
}

fn setup(contact_center: ContactCenter) -> Setup {
    Setup {
        organization: ORG.to_owned(),
        organization_name: "Borealis Energi".into(),
        state: SetupState::Pending,
        begun_at: Some(at(NOW)),
        services: borealis(Role::PartnerAdmin).services,
        subdomain: None,
        suggestions: free("borealis"),
        finished_at: None,
        finished_by: None,
        contact_center,
        welcome: Some(welcome()),
    }
}

fn welcome() -> Welcome {
    Welcome {
        organization: ORG.to_owned(),
        email: CUSTOMER.into(),
        state: WelcomeState::Sent,
        detail: None,
        mails: 1,
        sent_at: Some(at(NOW)),
        expires_at: Some(at("2026-03-08T09:42:00Z")),
        expired: false,
        accepted_at: None,
        may_correct: true,
    }
}

fn free(name: &str) -> Vec<String> {
    ["energi", "group", "online"].map(|tail| format!("{name}{tail}")).into()
}

fn part_of(card: &mut ContactCenter, part: CenterPart) -> &mut Part {
    match part {
        CenterPart::ContactCenter => &mut card.contact_center,
        CenterPart::Voice => &mut card.voice,
        CenterPart::Chat => &mut card.chat,
    }
}

/// What the actor's press would begin.
fn offer(card: &mut ContactCenter) {
    let chat = card.may_begin_chat;
    card.would_begin = CenterPart::ALL
        .into_iter()
        .filter(|part| *part != CenterPart::Chat || chat)
        .filter(|part| card.part(*part).state.may_begin())
        .collect();
}

fn finish(state: &mut State, subdomain: &str) {
    state.setup.state = SetupState::Finished;
    state.setup.subdomain = Some(subdomain.to_owned());
    state.setup.suggestions.clear();
    state.organization.setup = Some(SetupState::Finished);
}

fn check(state: &State, name: &str) -> SubdomainCheck {
    let (availability, detail) = match name.trim() {
        one if one.contains('-') => {
            let words = "character 4 is \"-\"; only letters a to z and digits will do";
            (Availability::Invalid, words.to_owned())
        }
        "admin" => (Availability::Reserved, "admin is kept for the service itself".to_owned()),
        one if state.taken.iter().any(|taken| taken == one) => {
            (Availability::Taken, format!("{one} belongs to another organization"))
        }
        one => (Availability::Available, format!("{one} is free")),
    };
    let refused = matches!(availability, Availability::Taken | Availability::Reserved);
    SubdomainCheck {
        asked: name.into(),
        name: (availability != Availability::Invalid).then(|| name.trim().to_owned()),
        availability,
        detail: detail.as_str().into(),
        suggestions: if refused { free(name.trim()) } else { Vec::new() },
    }
}

fn set_up(state: &mut State, call: &Request, me: &Me) -> Option<Result<Reply, ApiError>> {
    Some(Ok(if call.is::<ShowSetup>() {
        Reply::of(state.setup.clone())
    } else if let Some((_, query, _)) = &call.asked::<CheckSubdomain>() {
        Reply::of(check(state, &query.name))
    } else if let Some((.., body)) = &call.asked::<FinishSetupCall>()
        && state.taken.contains(&body.subdomain)
    {
        let words = format!("{} belongs to another organization.", body.subdomain);
        let mut taken = problem(code::SUBDOMAIN_TAKEN, 409, &words, "Choose another one.");
        taken.suggestions = free(&body.subdomain);
        return Some(Err(refused(taken)));
    } else if let Some((.., body)) = &call.asked::<FinishSetupCall>() {
        finish(state, &body.subdomain);
        Reply::of(state.setup.clone())
    } else if let Some((_, query, _)) = &call.asked::<ShowContactCenter>() {
        let card = &state.setup.contact_center;
        if query.after.is_some_and(|after| after >= card.revision) {
            return None;
        }
        Reply::of(card.clone())
    } else if let Some((.., body)) = &call.asked::<SetUpContactCenterCall>() {
        let card = &mut state.setup.contact_center;
        for which in card.would_begin.clone() {
            *part_of(card, which) = Part {
                state: PartState::UnderWay,
                progress: 10,
                started_at: Some(at(NOW)),
                started_by: Some(me.email.clone()),
                due_at: Some(at("2026-03-01T09:46:30Z")),
                ..Part::default()
            };
        }
        if let Some(country) = &body.country {
            card.country = Some(Country::parse(country).unwrap());
        }
        card.revision += 1;
        offer(card);
        Reply::of(card.clone())
    } else if call.is::<SuggestSubdomains>() {
        panic!("the wizard asks for no suggestions of its own")
    } else {
        panic!("nothing answers {call:?}")
    }))
}

fn welcomes(state: &mut State, call: &Request, me: &Me) -> Result<Reply, ApiError> {
    if call.is::<ShowWelcome>() {
    } else if call.is::<ResendWelcome>() {
        state.welcome.mails += 1;
    } else if let Some((.., body)) = &call.asked::<CorrectWelcomeCall>() {
        state.welcome.email = body.email.as_str().into();
        state.welcome.mails += 1;
    } else if let Some((.., body)) = &call.asked::<LookAtWelcomeCall>()
        && body.code.expose().ends_with(CODE)
    {
        return Ok(Reply::of(shown(state.asks)));
    } else if call.is::<LookAtWelcomeCall>() {
        let words = "No mail has this code, or a newer mail has taken its place.";
        let remedy = "Look for the newest mail, or ask Meridian Networks for a new one.";
        return Err(refused(problem(code::CODE_UNKNOWN, 404, words, remedy)));
    } else if let Some((.., body)) = &call.asked::<AcceptWelcomeCall>() {
        assert_eq!(body.terms_sha256, "hash-of-the-terms");
        state.welcome.state = WelcomeState::Accepted;
        let session = body.password.is_some().then(|| SessionGranted {
            token: Secret::new("session"),
            expires_at: at(NOW),
            me: Me { email: CUSTOMER.into(), ..me.clone() },
        });
        return Ok(Reply::of(WelcomeAccepted {
            organization: ORG.to_owned(),
            organization_name: "Borealis Energi".into(),
            session,
            setup: state.setup.state,
        }));
    } else if call.is::<DeclineWelcome>() || call.is::<LiftWelcome>() {
        let declined = call.is::<DeclineWelcome>();
        let shown = WelcomeShown { declined, ..shown(state.asks) };
        return Ok(Reply::of(shown));
    } else {
        panic!("nothing answers {call:?}")
    }
    Ok(Reply::of(state.welcome.clone()))
}

/// Rule P1: the offers stand in what one is told of oneself.
fn offers(state: &mut State, places: &Places, call: &Request) -> Result<Reply, ApiError> {
    let answered = |answer: OfferState| {
        places.with(|world| {
            world.me.offers[0].state = answer;
            Ok(Reply::of(world.me.offers[0].clone()))
        })
    };
    if call.is::<ShowOffer>() {
        Ok(Reply::of(shown(WelcomeAsks::SignIn)))
    } else if call.is::<DeclineOffer>() {
        answered(OfferState::Declined)
    } else if call.is::<LiftOffer>() {
        answered(OfferState::Open)
    } else if let Some((.., body)) = &call.asked::<AcceptOfferCall>() {
        assert_eq!(body.terms_sha256, "hash-of-the-terms");
        places.with(|world| world.me.offers.clear());
        Ok(Reply::of(WelcomeAccepted {
            organization: ORG.to_owned(),
            organization_name: "Borealis Energi".into(),
            session: None,
            setup: state.setup.state,
        }))
    } else if let Some(((_, email), ..)) = &call.asked::<WithdrawOffer>() {
        state.organization.offers.retain(|offer| offer.email.raw() != email);
        Ok(Reply::of(state.organization.clone()))
    } else {
        panic!("nothing answers {call:?}")
    }
}

fn shown(asks: WelcomeAsks) -> WelcomeShown {
    WelcomeShown {
        organization: ORG.to_owned(),
        organization_name: "Borealis Energi".into(),
        email: CUSTOMER.into(),
        roles: vec![Role::FullAdmin],
        held: false,
        offered_by: Some("Meridian Networks".into()),
        declined: false,
        asks,
        expires_at: at("2026-03-08T09:42:00Z"),
        terms: Terms {
            version: TERMS_VERSION.to_owned(),
            text: TERMS.to_owned(),
            sha256: "hash-of-the-terms".to_owned(),
        },
    }
}

fn drafts(state: &mut State, call: &Request, me: &Me) -> Result<Reply, ApiError> {
    if let Some(((wizard, subject), _, body)) = &call.asked::<SaveDraftCall>() {
        state.draft = Some(Draft {
            wizard: wizard.clone(),
            subject: subject.as_str().into(),
            step: body.step.clone(),
            answers: body.answers.clone(),
            revision: body.revision + 1,
            holder: me.email.clone(),
            held_since: at(NOW),
            saved_at: at(NOW),
        });
    } else if call.is::<RemoveDraft>() {
        state.draft = None;
        return Ok(Reply::of(Nothing));
    } else if call.is::<ShowDraft>() || call.is::<TakeDraft>() || call.is::<ListDrafts>() {
    } else {
        panic!("nothing answers {call:?}")
    }
    let none = || refused(problem(code::NOT_FOUND, 404, "There is no draft.", ""));
    state.draft.clone().map(Reply::of).ok_or_else(none)
}
