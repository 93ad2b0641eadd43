//! The scripted backend of trials and orders, as a partner admin sees it.
//!
//! Owns the pilot's set-up too. What it does not know it refuses, as the backend would.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::rc::Rc;

use bytes::Bytes;
use hublink::api::call::{ApiError, Reply, Request};
use hublink::api::draft::{Draft, ListDrafts, RemoveDraft, SaveDraftCall, ShowDraft, TakeDraft};
use hublink::api::endpoint::Nothing;
use hublink::api::order::{
    AcceptOrder, AddOrder, DeclineOrder, ListOrderCandidates, ListOrders, MapOrderCall, Order,
    OrderMatch,
};
use hublink::api::organization::{ListOrganizations, Organization, ShowOrganization};
use hublink::api::page::Page;
use hublink::api::problem::code;
use hublink::api::session::{HeldRole, Me};
use hublink::api::trial::{
    CheckTrialCall, EditTrialCall, ExtendTrialCall, FieldProblem, ListTrials, ShowTrial,
    StartTrial, StartTrialCall, Trial, TrialCheck, TrialSite,
};
use hublink::domain::country::Country;
use hublink::domain::draft::Wizard as Kind;
use hublink::domain::order::{OrderState, OrderWay};
use hublink::domain::organization::OrganizationKind;
use hublink::domain::role::Role;
use hublink::domain::services::{Service, ServiceLine};
use hublink::domain::trial::{Extension, TrialState, Vertical, days_later};
use hublink::tui::app::App;
use hublink::tui::browse::Home;
use hublink::tui::keymap::Keymap;
use hublink::tui::pilot::Pilot;
use hublink::tui::screen::Screen;
use hublink::tui::screens::orders::Orders;
use hublink::tui::screens::trials::Trials;
use hublink::tui::session::Session;
use hublink::tui::theme::Theme;
use hublink::tui::wizard;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::Value;

use crate::places;
use crate::script::{problem, refused};
use crate::world::{self, NOW, at};

/// Which requests are meant.
type Which = fn(&Request) -> bool;

pub const PARTNER: &str = "meridian";
pub const ORDER: &str = "SO-26-0322";
pub const SIZES: [(u16, u16); 3] = [(80, 24), (40, 12), (160, 50)];

/// What the backend has, and how it shall answer.
pub struct World {
    pub me: Me,
    pub organizations: Vec<Organization>,
    pub trials: Vec<Trial>,
    pub orders: Vec<Order>,
    /// Where the order can go.
    pub found: OrderMatch,
    /// What the backend finds wrong with a field's text.
    pub wrong: Vec<(&'static str, &'static str, &'static str)>,
    pub drafts: BTreeMap<String, Draft>,
    /// The next requests of which these hold are refused, each once.
    pub refuse: Vec<(Which, ApiError)>,
    /// Requests of which this holds are not answered.
    pub silent: Option<Which>,
}

/// The world, shared by the test and the pilot.
#[derive(Clone)]
pub struct Selling(Rc<RefCell<World>>);

pub fn line(service: Service, quantity: u32) -> ServiceLine {
    ServiceLine { service, quantity }
}

fn country(code: &str) -> Country {
    Country::parse(code).unwrap()
}

fn pat() -> Me {
    let role = Role::PartnerAdmin;
    let roles = vec![HeldRole { role, organization: Some(PARTNER.to_owned()), site: None }];
    Me { email: "pat@meridian.example".into(), name: "Pat Lindgren".into(), roles, ..world::me() }
}

fn partner() -> Organization {
    Organization {
        kind: OrganizationKind::Partner,
        partner: None,
        my_roles: vec![Role::PartnerAdmin],
        ..places::organization(PARTNER, "Meridian Networks", 0)
    }
}

/// A trial that began so many days ago.
pub fn trial(id: &str, company: &str, days: u16, ends: &str) -> Trial {
    let (now, ends_at) = (at(NOW), at(ends));
    Trial {
        organization: id.to_owned(),
        company: company.into(),
        partner: Some(PARTNER.to_owned()),
        administrator: format!("admin@{id}.example").into(),
        vertical: Some(Vertical::Technology),
        country: Some(country("DE")),
        region: Some(country("DE").region()),
        services: vec![line(Service::Messaging, 50), line(Service::Meetings, 25)],
        site: Some(TrialSite {
            url: format!("{id}.webex.example").into(),
            time_zone: Some("Europe/Berlin".into()),
        }),
        state: TrialState::at(now, ends_at),
        started_at: at("2026-02-01T09:00:00Z"),
        started_by: "pat@meridian.example".into(),
        days,
        ends_at,
        extended_at: None,
        extension: Extension::at(now, ends_at),
        may_edit: true,
    }
}

/// An order that is to be mapped.
pub fn order(number: &str, company: &str) -> Order {
    Order {
        number: number.to_owned(),
        partner: PARTNER.to_owned(),
        partner_name: "Meridian Networks".into(),
        company: company.into(),
        country: country("NO"),
        region: country("NO").region(),
        services: vec![line(Service::Messaging, 30), line(Service::ContactCenter, 8)],
        received_at: at("2026-02-22T07:55:00Z"),
        state: OrderState::Waiting,
        asked_at: None,
        way: None,
        administrator: None,
        organization: None,
        organization_name: None,
        replaces_partner: None,
        settled_at: None,
        site_url: None,
        time_zone: None,
        may_map: true,
        may_answer: false,
    }
}

/// Whether this is on screen, however it is wrapped and whatever has the focus.
pub fn says(pilot: &Pilot, words: &str) -> bool {
    let flat = |text: &str| text.replace('▌', " ").split_whitespace().collect::<Vec<_>>().join(" ");
    flat(&pilot.text()).contains(&flat(words))
}

/// Goes so many fields on.
pub fn tab(pilot: &mut Pilot, fields: usize) -> &mut Pilot {
    for _ in 0..fields {
        pilot.hit("tab");
    }
    pilot
}

/// Nothing was found: a new organization alone.
pub fn nothing_found(administrator: &str) -> OrderMatch {
    OrderMatch {
        administrator: administrator.into(),
        administers: None,
        candidates: Vec::new(),
        may_create: true,
        why_not_create: String::new(),
    }
}

impl Selling {
    /// A partner with three trials and two orders.
    pub fn new() -> Self {
        Self(Rc::new(RefCell::new(World {
            me: pat(),
            organizations: vec![partner()],
            trials: vec![
                trial("juniper", "Juniper Day Care", 30, "2026-02-14T08:00:00Z"),
                trial("glasshaus", "Glasshaus Interiors", 30, "2026-03-03T09:15:00Z"),
                trial("ionic", "Ionic Instruments", 90, "2026-05-14T13:00:00Z"),
            ],
            orders: vec![
                Order {
                    state: OrderState::Mapped,
                    may_map: false,
                    way: Some(OrderWay::Administrator),
                    organization: Some("estuary".to_owned()),
                    organization_name: Some("Estuary Bank".into()),
                    administrator: Some("ines@estuary.example".into()),
                    ..order("SO-26-0204", "Estuary Bank plc")
                },
                order(ORDER, "Borealis Trading AS"),
            ],
            found: nothing_found("kari@borealis.example"),
            wrong: Vec::new(),
            drafts: BTreeMap::new(),
            refuse: Vec::new(),
            silent: None,
        })))
    }

    /// Looks at the world, or changes it.
    pub fn with<T>(&self, act: impl FnOnce(&mut World) -> T) -> T {
        act(&mut self.0.borrow_mut())
    }

    /// The next request of this kind is refused.
    pub fn refuse(&self, which: Which, error: ApiError) {
        self.with(|world| world.refuse.push((which, error)));
    }

    /// With a draft at this step.
    pub fn at_step(self, kind: Kind, subject: &str, step: &str, answers: Value) -> Self {
        let draft = draft(kind.code(), subject, step, answers, 1);
        self.with(|world| world.drafts.insert(kind.code().to_owned(), draft));
        self
    }

    /// What a wizard saved last.
    pub fn saved(&self, kind: Kind) -> Option<Draft> {
        self.with(|world| world.drafts.get(kind.code()).cloned())
    }

    /// The trial wizard.
    pub fn trial(&self, size: (u16, u16)) -> Pilot {
        self.pilot(wizard::open(Kind::Trial, &PARTNER.into()).unwrap(), size)
    }

    /// The order wizard.
    pub fn order(&self, size: (u16, u16)) -> Pilot {
        self.pilot(wizard::open(Kind::Order, &ORDER.into()).unwrap(), size)
    }

    /// The trials.
    pub fn trials(&self, size: (u16, u16)) -> Pilot {
        self.pilot(Box::new(Trials::default()), size)
    }

    /// The orders.
    pub fn orders(&self, size: (u16, u16)) -> Pilot {
        self.pilot(Box::new(Orders::default()), size)
    }

    /// Home.
    pub fn home(&self, size: (u16, u16)) -> Pilot {
        self.pilot(Box::new(Home::default()), size)
    }

    /// This screen, settled.
    pub fn pilot(&self, first: Box<dyn Screen>, size: (u16, u16)) -> Pilot {
        self.pilot_with(first, size, BTreeMap::new())
    }

    /// This screen on a machine that has these files.
    pub fn pilot_with(
        &self,
        first: Box<dyn Screen>,
        size: (u16, u16),
        files: BTreeMap<PathBuf, Bytes>,
    ) -> Pilot {
        let mut session = Session::new("https://hublink.example", TimeZone::UTC);
        session.note(&Reply::of(self.with(|world| world.me.clone())), 0);
        session.drafts = "/state/drafts".into();
        let app = App::new(session, Keymap::default(), Theme::plain(), size, first);
        let selling = self.clone();
        let script = Box::new(move |request: &Request| selling.answer(request));
        let mut pilot = Pilot::with_files(app, size, script, files);
        pilot.settle();
        pilot
    }

    /// What the backend answers.
    pub fn answer(&self, request: &Request) -> Option<Result<Reply, ApiError>> {
        self.with(|world| {
            if world.silent.is_some_and(|silent| silent(request)) {
                return None;
            }
            if let Some(n) = world.refuse.iter().position(|(which, _)| which(request)) {
                return Some(Err(world.refuse.remove(n).1));
            }
            Some(world.reply(request))
        })
    }
}

fn draft(kind: &str, subject: &str, step: &str, answers: Value, revision: u64) -> Draft {
    Draft {
        wizard: kind.to_owned(),
        subject: subject.into(),
        step: step.to_owned(),
        answers,
        revision,
        holder: pat().email,
        held_since: at(NOW),
        saved_at: at(NOW),
    }
}

fn missing() -> ApiError {
    refused(problem(code::NOT_FOUND, 404, "There is nothing here.", ""))
}

fn page<T: Clone>(items: &[T]) -> Page<T> {
    Page { items: items.to_vec(), next: None }
}

impl World {
    fn reply(&mut self, request: &Request) -> Result<Reply, ApiError> {
        if request.is::<ListOrganizations>() {
            Ok(Reply::of(page(&self.organizations)))
        } else if let Some((id, ..)) = &request.asked::<ShowOrganization>() {
            let found = self.organizations.iter().find(|one| one.id == *id);
            let found = found.cloned().ok_or_else(missing)?;
            Ok(Reply::of(found))
        } else if request.about.route.tag == "Trials" {
            self.trial(request)
        } else if request.about.route.tag == "Orders" {
            self.order(request)
        } else if request.about.route.tag == "Drafts" {
            self.draft(request)
        } else {
            Err(missing())
        }
    }

    fn trial(&mut self, call: &Request) -> Result<Reply, ApiError> {
        let trial = |world: &mut Self, id: &str| {
            world.trials.iter_mut().find(|trial| trial.organization == id).cloned()
        };
        let one = |trial: Option<Trial>| trial.map(Reply::of).ok_or_else(missing);
        if call.is::<ListTrials>() {
            Ok(Reply::of(page(&self.trials)))
        } else if let Some((id, ..)) = &call.asked::<ShowTrial>() {
            one(trial(self, id))
        } else if let Some((.., check)) = &call.asked::<CheckTrialCall>() {
            let texts = [
                ("company", check.company.as_deref()),
                ("administrator", check.administrator.as_deref()),
                ("site_url", check.site_url.as_deref()),
            ];
            let wrong = |(field, text): &(&str, Option<&str>)| {
                let of = |(at, bad, _): &&(&str, &str, &str)| at == field && Some(*bad) == *text;
                self.wrong.iter().find(of).map(|(field, _, why)| FieldProblem {
                    field: (*field).to_owned(),
                    code: code::EXISTS.to_owned(),
                    detail: (*why).into(),
                    remedy: "Use another one.".to_owned(),
                })
            };
            let problems = texts.iter().filter_map(wrong).collect();
            Ok(Reply::of(TrialCheck { problems }))
        } else if let Some((.., body)) = &call.asked::<StartTrialCall>() {
            let started = started(body);
            self.trials.push(started.clone());
            Ok(Reply::of(started))
        } else if let Some((id, _, body)) = &call.asked::<EditTrialCall>() {
            let edited = self.trials.iter_mut().find(|trial| trial.organization == *id);
            let edited = edited.ok_or_else(missing)?;
            edited.services.clone_from(&body.services);
            Ok(Reply::of(edited.clone()))
        } else if let Some((id, ..)) = &call.asked::<ExtendTrialCall>() {
            let extended = self.trials.iter_mut().find(|trial| trial.organization == *id);
            let extended = extended.ok_or_else(missing)?;
            extended.ends_at = days_later(at(NOW), 30);
            extended.state = TrialState::Active;
            Ok(Reply::of(extended.clone()))
        } else {
            panic!("nothing answers {call:?}")
        }
    }

    fn order(&mut self, call: &Request) -> Result<Reply, ApiError> {
        let found = self.found.clone();
        let wanted = if call.is::<ListOrders>() {
            return Ok(Reply::of(page(&self.orders)));
        } else if let Some((.., body)) = &call.asked::<ListOrderCandidates>() {
            let administrator = body.administrator.as_str().into();
            return Ok(Reply::of(OrderMatch { administrator, ..found }));
        } else if let Some((.., body)) = &call.asked::<AddOrder>() {
            body.number.clone()
        } else {
            // The number is the last but for what is done to it.
            call.target.split('/').nth(3).unwrap_or_default().to_owned()
        };
        let order = self.orders.iter_mut().find(|order| order.number == wanted);
        let order = order.ok_or_else(missing)?;
        if let Some((.., body)) = &call.asked::<MapOrderCall>() {
            let asked = found.administers.as_ref().is_some_and(|one| one.must_accept)
                || found.candidates.iter().any(|one| {
                    Some(&one.organization) == body.organization.as_ref() && one.must_accept
                });
            order.administrator = Some(body.administrator.as_str().into());
            if asked {
                order.asked_at = Some(at(NOW));
            } else {
                order.state = OrderState::Mapped;
                order.way = Some(OrderWay::New);
                order.organization = Some("borealis-trading".to_owned());
                order.organization_name = Some("Borealis Trading AS".into());
            }
        } else if call.is::<AcceptOrder>() {
            order.state = OrderState::Mapped;
            order.may_answer = false;
        } else if call.is::<DeclineOrder>() {
            order.state = OrderState::Refused;
            order.may_answer = false;
        }
        Ok(Reply::of(order.clone()))
    }

    fn draft(&mut self, call: &Request) -> Result<Reply, ApiError> {
        let Some(wizard) = call.target.split('/').nth(3).map(str::to_owned) else {
            return Err(missing());
        };
        if let Some(((_, subject), _, body)) = &call.asked::<SaveDraftCall>() {
            let revision = body.revision + 1;
            let saved = draft(&wizard, subject, &body.step, body.answers.clone(), revision);
            self.drafts.insert(wizard.clone(), saved);
        } else if call.is::<RemoveDraft>() {
            self.drafts.remove(&wizard);
            return Ok(Reply::of(Nothing));
        } else if call.is::<ShowDraft>() || call.is::<TakeDraft>() || call.is::<ListDrafts>() {
        } else {
            panic!("nothing answers {call:?}")
        }
        let draft = self.drafts.get(&wizard).cloned().ok_or_else(missing)?;
        Ok(Reply::of(draft))
    }
}

fn started(body: &StartTrial) -> Trial {
    let now: Timestamp = at(NOW);
    Trial {
        company: body.company.as_str().into(),
        administrator: body.administrator.as_str().into(),
        services: body.services.clone(),
        started_at: now,
        days: body.days,
        ends_at: days_later(now, body.days),
        ..trial("brightwater-labs", "", body.days, NOW)
    }
}
