//! Flows of the link-a-site wizard (rules L1 to L8, L10), and its scripted backend.
//!
//! Owns a small world: a site, organizations that match it, the agreement, a link job. What the
//! wizard hands over to is answered by the script of linking users.

#[path = "link_site/agreement.rs"]
mod agreement;
#[path = "link_site/connect.rs"]
mod connect;
#[path = "link_site/drafts.rs"]
mod drafts;
#[path = "link_site/home.rs"]
mod home;
#[path = "link_site/hostile.rs"]
mod hostile;
#[path = "link_site/linking.rs"]
mod linking;
#[path = "link_site/organization.rs"]
mod organization;
#[path = "link_site/site.rs"]
mod site;
#[path = "link_site/snapshots.rs"]
mod snapshots;
#[path = "link_site/world.rs"]
mod world;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::rc::Rc;

use bytes::Bytes;
use hublink::api::call::{ApiError, Reply, Request};
use hublink::api::draft::{Draft, ListDrafts, RemoveDraft, SaveDraftCall, ShowDraft, TakeDraft};
use hublink::api::endpoint::Nothing;
use hublink::api::linking::{
    Candidates, ConnectSite, EnrollSite, Enrollment, LinkJob, LinkPlan, LinkSiteCall, LinkTarget,
    LinkedUser, ListCandidates, ListLinkedUsers, PrepareLink, RetryLink, ShowEnrollment, WatchLink,
};
use hublink::api::page::Page;
use hublink::api::problem::code;
use hublink::api::session::Me;
use hublink::domain::linking::LinkingMethod;
use hublink::domain::site::SiteState;
use hublink::domain::site_link::{EnrollStep, LinkState};
use hublink::tui::app::App;
use hublink::tui::keymap::Keymap;
use hublink::tui::pilot::Pilot;
use hublink::tui::session::Session;
use hublink::tui::theme::Theme;
use hublink::tui::wizard::Wizard;
use hublink::tui::wizard::link_site::LinkSite;
use jiff::tz::TimeZone;
use serde_json::json;

use crate::script::{Shared, Which, problem, refused};
use crate::world::{NOW, SITE, at};

const SIZE: (u16, u16) = (80, 24);

/// What the backend has, and how it shall answer.
struct World {
    me: Me,
    enrollment: Enrollment,
    candidates: Candidates,
    plan: LinkPlan,
    job: Option<LinkJob>,
    users: Vec<LinkedUser>,
    draft: Option<Draft>,
    /// The next requests of which these hold are refused, each once.
    refuse: Vec<(Which, ApiError)>,
    /// Requests of which this holds are not answered.
    silent: Option<Which>,
    /// Everything else.
    rest: Shared,
}

/// The world, shared by the test and the pilot.
#[derive(Clone)]
struct Linking(Rc<RefCell<World>>);

impl Linking {
    /// A site whose operator is full admin of an organization that matches.
    fn new() -> Self {
        Self(Rc::new(RefCell::new(World {
            me: crate::world::me(),
            enrollment: world::enrollment(EnrollStep::Organization),
            candidates: world::candidates(),
            plan: world::plan(),
            job: None,
            users: world::users(),
            draft: None,
            refuse: Vec::new(),
            silent: None,
            rest: Shared::new(Some(LinkingMethod::VerifyNow)),
        })))
    }

    /// A site whose operator is in no organization yet.
    fn newcomer(next: EnrollStep) -> Self {
        let linking = Self::new();
        linking.with(|world| {
            world.me.email = world::NEWCOMER.into();
            world.me.roles.clear();
            world.enrollment = world::newcomer(next);
            world::offer_new(&mut world.candidates);
        });
        linking
    }

    /// With the wizard left at this step, answers and all.
    fn at_step(self, step: &str) -> Self {
        self.with(|world| {
            if step == "linking" {
                world.job = Some(world::job());
                (world.enrollment.next, world.enrollment.state) =
                    (EnrollStep::Linking, SiteState::Linking);
            }
            let answers = json!({ "chosen": { "organization": "acme" } });
            world.draft = Some(world::draft(world.me.email.raw(), step, answers, 1));
        });
        self
    }

    fn with<T>(&self, act: impl FnOnce(&mut World) -> T) -> T {
        act(&mut self.0.borrow_mut())
    }

    fn refuse(&self, which: Which, error: ApiError) {
        self.with(|world| world.refuse.push((which, error)));
    }

    /// The job changes, and whoever watches learns of it.
    fn job(&self, change: impl FnOnce(&mut LinkJob)) {
        self.with(|world| {
            let job = world.job.as_mut().unwrap();
            change(job);
            job.revision += 1;
        });
    }

    fn saved(&self) -> Draft {
        self.with(|world| world.draft.clone().unwrap())
    }

    fn pilot(&self, size: (u16, u16)) -> Pilot {
        self.pilot_with(size, BTreeMap::new())
    }

    /// The wizard, settled, where these files are.
    fn pilot_with(&self, size: (u16, u16), files: BTreeMap<PathBuf, Bytes>) -> Pilot {
        let mut session = Session::new("https://hublink.example", TimeZone::UTC);
        let me = self.with(|world| world.me.clone());
        session.note(&Reply::of(me), 0);
        session.drafts = "/state/drafts".into();
        session.exports = "/home/fay".into();
        let wizard = Wizard::<LinkSite>::new(&SITE.into());
        let app = App::new(session, Keymap::default(), Theme::plain(), size, Box::new(wizard));
        let shared = self.clone();
        let script = Box::new(move |request: &Request| shared.answer(request));
        let mut pilot = Pilot::with_files(app, size, script, files);
        pilot.settle();
        pilot
    }

    fn answer(&self, request: &Request) -> Option<Result<Reply, ApiError>> {
        self.with(|world| {
            if world.silent.is_some_and(|silent| silent(request)) {
                return None;
            }
            if let Some(n) = world.refuse.iter().position(|(which, _)| which(request)) {
                return Some(Err(world.refuse.remove(n).1));
            }
            if request.about.route.tag == "Linking" {
                link(world, request)
            } else if request.about.route.tag == "Drafts" && is_mine(request) {
                Some(drafts(world, request))
            } else {
                world.rest.answer(request)
            }
        })
    }
}

/// What was sent, without drafts.
fn calls(pilot: &Pilot) -> Vec<&Request> {
    let calls = pilot.sent.iter().filter(|request| request.about.route.tag == "Linking");
    calls.collect()
}

/// How often a call of this kind was sent.
fn count(pilot: &Pilot, which: fn(&Request) -> bool) -> usize {
    calls(pilot).into_iter().filter(|call| which(call)).count()
}

fn link(world: &mut World, call: &Request) -> Option<Result<Reply, ApiError>> {
    let enrollment = |world: &World| Reply::of(world.enrollment.clone());
    Some(Ok(if call.is::<ShowEnrollment>() {
        enrollment(world)
    } else if let Some((.., body)) = &call.asked::<EnrollSite>() {
        if world.enrollment.next == EnrollStep::Enroll || body.resend {
            let me = world.me.email.raw().to_owned();
            world.enrollment.connect = Some(world::connect_mail(&me));
            world.enrollment.next = EnrollStep::Connect;
        }
        enrollment(world)
    } else if let Some((.., body)) = &call.asked::<ConnectSite>() {
        if body.code.expose() != world::CODE {
            let words = "No mail to you about this site has this code.";
            let remedy = "Copy the code of the newest mail, whole.";
            return Some(Err(refused(problem(code::CODE_UNKNOWN, 404, words, remedy))));
        }
        world::connected(&mut world.enrollment);
        enrollment(world)
    } else if let Some((_, query, _)) = &call.asked::<ListCandidates>() {
        let mut known = world.candidates.clone();
        if let Some(id) = &query.organization {
            let found = world::typed(id);
            known.typed_id_found = Some(found.is_some());
            known.items.extend(found);
        }
        Reply::of(known)
    } else if let Some((.., target)) = &call.asked::<PrepareLink>() {
        if let LinkTarget::NewOrganization(new) = target {
            world.plan.organization = None;
            world.plan.country = Some(new.country.clone());
            world.plan.organization_name = new.name.clone().unwrap_or_default().into();
        }
        Reply::of(world.plan.clone())
    } else if call.is::<LinkSiteCall>() || call.is::<RetryLink>() {
        (world.enrollment.next, world.enrollment.state) = (EnrollStep::Linking, SiteState::Linking);
        let failures = world.job.as_ref().map_or(0, |job| job.failures);
        let revision = world.job.as_ref().map_or(1, |job| job.revision + 1);
        world.job = Some(LinkJob { failures, revision, ..world::job() });
        Reply::of(world.job.clone().unwrap())
    } else if let Some((_, query, _)) = &call.asked::<WatchLink>() {
        let Some(job) = &world.job else {
            let words = "This site has no link job.";
            return Some(Err(refused(problem(code::NOT_FOUND, 404, words, ""))));
        };
        if query.after.is_some_and(|after| after >= job.revision) {
            return None;
        }
        Reply::of(job.clone())
    } else if let Some((_, query, _)) = &call.asked::<ListLinkedUsers>() {
        let wanted = |user: &&LinkedUser| query.outcome.is_none_or(|of| user.outcome == of);
        let items = world.users.iter().filter(wanted).cloned().collect();
        Reply::of(Page { items, next: None })
    } else {
        panic!("nothing answers {call:?}")
    }))
}

fn is_mine(request: &Request) -> bool {
    request.target.starts_with("/v1/drafts/link_site/")
}

fn drafts(world: &mut World, call: &Request) -> Result<Reply, ApiError> {
    let me = world.me.email.raw().to_owned();
    if call.is::<ShowDraft>() || call.is::<ListDrafts>() {
    } else if let Some((.., body)) = &call.asked::<SaveDraftCall>() {
        let draft = world::draft(&me, &body.step, body.answers.clone(), body.revision + 1);
        world.draft = Some(draft);
    } else if call.is::<TakeDraft>() {
        if let Some(draft) = &mut world.draft {
            (draft.holder, draft.revision) = (me.into(), draft.revision + 1);
        }
    } else if call.is::<RemoveDraft>() {
        world.draft = None;
        return Ok(Reply::of(Nothing));
    } else {
        panic!("nothing answers {call:?}")
    }
    let none = || refused(problem(code::NOT_FOUND, 404, "There is no draft.", ""));
    world.draft.clone().map(Reply::of).ok_or_else(none)
}

/// The job as it is when it is over.
fn complete(job: &mut LinkJob) {
    job.state = LinkState::Done;
    job.progress = 100;
    job.ended_at = Some(at("2026-03-01T09:44:00Z"));
    job.result = world::consequences();
    job.notices.sent = 2;
    job.notices.waiting = 0;
}

/// When the flows take place.
fn now() -> jiff::Timestamp {
    at(NOW)
}
