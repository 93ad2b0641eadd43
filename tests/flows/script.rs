//! The scripted backend: answers the requests of the Link-users wizard from a small world.
//!
//! Owns the pilot's set-up too. A long poll without news stays in flight, as it would.

use std::cell::RefCell;
use std::rc::Rc;

use hublink::api::call::{ApiError, Reply, Request, RosterPart};
use hublink::api::cohort::Cohort;
use hublink::api::demo::PublishTxtCall;
use hublink::api::domains::{AddDomain, ListDomains, OrgDomain, VerifyDomain};
use hublink::api::draft::{Draft, ListDrafts, RemoveDraft, SaveDraftCall, ShowDraft, TakeDraft};
use hublink::api::endpoint::{List, Nothing};
use hublink::api::page::Page;
use hublink::api::plan::{
    ApplyPlan, Held, ListPlanItems, MakePlan, Plan, PlanItem, PlanState, Selection, ShowPlan,
};
use hublink::api::problem::{Problem, code};
use hublink::api::run::{
    CancelRun, ListRunItems, PauseRun, Resolution, ResolveRun, ResumeRun, RetryRun, Run, RunItem,
    WatchRun,
};
use hublink::api::session::{Capabilities, Capability, Me, ShowMe};
use hublink::api::site::{
    AgreementText, ListSiteDomains, SetMethodCall, ShowAgreement, ShowSite, SignAgreement, Site,
    SiteDomain,
};
use hublink::domain::act::Act;
use hublink::domain::linking::LinkingMethod;
use hublink::domain::organization::DomainState;
use hublink::domain::outcome::Class;
use hublink::domain::run::{ItemState, RunState};
use hublink::tui::app::App;
use hublink::tui::keymap::{Action, Keymap};
use hublink::tui::pilot::Pilot;
use hublink::tui::session::Session;
use hublink::tui::theme::Theme;
use hublink::tui::wizard::Wizard;
use hublink::tui::wizard::link_users::LinkUsers;
use jiff::tz::TimeZone;
use serde_json::json;

use crate::world::{self, at};

/// Which requests are meant.
pub type Which = fn(&Request) -> bool;

/// What the backend has, and how it shall answer.
pub struct World {
    pub site: Site,
    pub site_domains: Vec<SiteDomain>,
    pub agreement: AgreementText,
    pub org_domains: Vec<OrgDomain>,
    pub items: Vec<PlanItem>,
    pub plans: Vec<Plan>,
    pub run: Option<Run>,
    pub run_items: Vec<RunItem>,
    pub draft: Option<Draft>,
    /// The next requests of which these hold are refused, each once.
    pub refuse: Vec<(Which, ApiError)>,
    /// Requests of which this holds are not answered.
    pub silent: Option<Which>,
    /// What the next look-up finds.
    pub look_up: Option<hublink::api::domains::Check>,
    /// The list of users, as it streams.
    pub roster: RosterPart,
    /// Acts that its directory does not do by itself.
    pub provided: Vec<(Act, Capability)>,
}

impl World {
    fn me(&self) -> Me {
        let mut me = world::me();
        me.backend.capabilities = Capabilities::each(|act| {
            let how = self.provided.iter().find(|(of, _)| *of == act);
            how.map_or(Capability::Automated, |(_, how)| how.clone())
        });
        me
    }
}

/// The world, shared by the test and the pilot.
#[derive(Clone)]
pub struct Shared(Rc<RefCell<World>>);

impl Shared {
    pub fn new(method: Option<LinkingMethod>) -> Self {
        Self(Rc::new(RefCell::new(World {
            site: world::site(method),
            site_domains: world::site_domains(),
            agreement: world::agreement(),
            org_domains: vec![
                world::org_domain("acme.example", DomainState::Verified),
                world::org_domain("acme-labs.example", DomainState::Pending),
            ],
            items: world::plan_items(),
            plans: Vec::new(),
            run: None,
            run_items: world::run_items(),
            draft: None,
            refuse: Vec::new(),
            silent: None,
            look_up: None,
            roster: world::roster(),
            provided: Vec::new(),
        })))
    }

    /// With users chosen and the wizard left at this step.
    pub fn at_step(self, step: &str) -> Self {
        let selection = Selection::AllExcept { revision: 7, numbers: String::new() };
        let mut answers = json!({ "selection": selection, "roster_rows": 12 });
        self.with(|world| {
            let method = world.site.method.unwrap_or(LinkingMethod::VerifyNow);
            if step != "plan" {
                let mut plan = world::plan("pln_0", &world.items, method);
                let run = world::run(&plan);
                plan.state = PlanState::Applied;
                plan.run = Some(run.id.clone());
                answers["plan"] = json!(plan.id);
                answers["run"] = json!(run.id);
                world.plans.push(plan);
                world.run = Some(if step == "results" { world::over(run) } else { run });
            }
            world.draft = Some(draft(step, answers, 1));
        });
        self
    }

    /// Looks at the world, or changes it.
    pub fn with<T>(&self, act: impl FnOnce(&mut World) -> T) -> T {
        act(&mut self.0.borrow_mut())
    }

    /// The next request of this kind is refused.
    pub fn refuse(&self, which: Which, error: ApiError) {
        self.with(|world| world.refuse.push((which, error)));
    }

    /// The run changes, and whoever watches learns of it.
    pub fn run(&self, change: impl FnOnce(&mut Run)) {
        self.with(|world| {
            let run = world.run.as_mut().unwrap();
            change(run);
            run.revision += 1;
        });
    }

    /// What the wizard saved last.
    pub fn saved(&self) -> Draft {
        self.with(|world| world.draft.clone().unwrap())
    }

    /// The wizard on a terminal of this size, settled.
    pub fn pilot(&self, size: (u16, u16)) -> Pilot {
        let mut session = Session::new("https://hublink.example", TimeZone::UTC);
        session.note(&Reply::of(self.with(|world| world.me())), 0);
        session.exports = "/home/fay".into();
        let wizard = Wizard::<LinkUsers>::new(&world::SITE.into());
        let app = App::new(session, Keymap::default(), Theme::plain(), size, Box::new(wizard));
        let shared = self.clone();
        let mut pilot = Pilot::new(app, size, Box::new(move |request| shared.answer(request)));
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
            if request.about.route.tag == "Sites" {
                Some(Ok(site(world, request)))
            } else if request.about.route.tag == "Domains" {
                Some(Ok(domain(world, request)))
            } else if request.about.route.tag == "Plans" {
                Some(Ok(plan(world, request)))
            } else if request.about.route.tag == "Runs" {
                run(world, request).map(Ok)
            } else if request.about.route.tag == "Drafts" {
                Some(drafts(world, request))
            } else if request.about.route.tag == "Users" {
                Some(Ok(Reply::of(world.roster.clone())))
            } else if request.about.route.tag == "Cohorts" {
                Some(Ok(Reply::of(Page::<Cohort> { items: vec![], next: None })))
            } else if request.is::<PublishTxtCall>() {
                Some(Ok(Reply::of(Nothing)))
            } else if request.is::<ShowMe>() {
                Some(Ok(Reply::of(world.me())))
            } else {
                panic!("the wizard asked for {request:?}")
            }
        })
    }
}

/// Whether this is on screen, however it is wrapped.
pub fn reads(pilot: &Pilot, words: &str) -> bool {
    // The bar at the row in focus is no word.
    let words_of = |text: &str| text.replace('▌', " ");
    let flat = |text: &str| words_of(text).split_whitespace().collect::<Vec<_>>().join(" ");
    flat(&pilot.text()).contains(&flat(words))
}

/// Goes down so many rows.
pub fn down(pilot: &mut Pilot, rows: usize) -> &mut Pilot {
    for _ in 0..rows {
        pilot.press(Action::Down);
    }
    pilot
}

/// Takes a row of the menu.
pub fn take(pilot: &mut Pilot, row: &str) {
    pilot.press(Action::Wizards);
    while !pilot.sees(&format!("│▌ {row}")) {
        assert!(pilot.sees(row), "{}", pilot.text());
        pilot.press(Action::Down);
    }
    pilot.hit("enter");
}

/// A problem with this code.
pub fn problem(code: &str, status: u16, detail: &str, remedy: &str) -> Problem {
    Problem {
        kind: "about:blank".to_owned(),
        title: code.to_owned(),
        status,
        code: code.to_owned(),
        detail: detail.into(),
        remedy: remedy.to_owned(),
        field: None,
        request_id: "req_1".to_owned(),
        run: None,
        differences: Vec::new(),
        holder: None,
        suggestions: Vec::new(),
        starting: None,
    }
}

pub fn refused(problem: Problem) -> ApiError {
    ApiError::Problem(Box::new(problem))
}

pub fn unreachable() -> ApiError {
    ApiError::Unreachable("connection refused".into())
}

pub fn unanswered() -> ApiError {
    ApiError::Unanswered("the line broke".into())
}

fn draft(step: &str, answers: serde_json::Value, revision: u64) -> Draft {
    Draft {
        wizard: "link_users".to_owned(),
        subject: world::SITE.into(),
        step: step.to_owned(),
        answers,
        revision,
        holder: world::me().email,
        held_since: at(world::NOW),
        saved_at: at(world::NOW),
    }
}

fn site(world: &mut World, call: &Request) -> Reply {
    if call.is::<ListSiteDomains>() {
        return Reply::of(List(world.site_domains.clone()));
    } else if call.is::<ShowAgreement>() {
        return Reply::of(world.agreement.clone());
    } else if let Some((.., body)) = &call.asked::<SetMethodCall>() {
        world.site.method = Some(body.method);
    } else if call.is::<ShowSite>() || call.is::<SignAgreement>() {
    } else {
        panic!("the wizard asked for {call:?}")
    }
    Reply::of(world.site.clone())
}

fn domain(world: &mut World, call: &Request) -> Reply {
    if call.is::<ListDomains>() {
        Reply::of(Page { items: world.org_domains.clone(), next: None })
    } else if let Some((.., body)) = &call.asked::<AddDomain>() {
        let added = world::org_domain(&body.name, DomainState::Pending);
        world.org_domains.push(added.clone());
        for domain in &mut world.site_domains {
            if domain.name.raw() == body.name {
                domain.state = Some(DomainState::Pending);
            }
        }
        Reply::of(added)
    } else if let Some(((_, name), ..)) = &call.asked::<VerifyDomain>() {
        let check = world.look_up.clone();
        let found = world.org_domains.iter_mut().find(|domain| domain.name.raw() == name);
        let found = found.unwrap();
        if check
            .as_ref()
            .is_some_and(|check| check.result == hublink::api::domains::CheckResult::Found)
        {
            found.state = DomainState::Verified;
        }
        found.last_check = check;
        Reply::of(found.clone())
    } else {
        panic!("the wizard asked for {call:?}")
    }
}

fn make(world: &mut World, held: Held, items: &[PlanItem]) -> Reply {
    let id = format!("pln_{}", world.plans.len() + 1);
    let mut plan = world::plan(&id, items, world.site.method.unwrap());
    if held == Held::Email {
        let turned = plan.classes[Class::Held.code()];
        plan.classes.insert(Class::Held.code().to_owned(), 0);
        plan.emails += turned;
        plan.classes.insert(Class::Emailed.code().to_owned(), plan.emails);
        plan.outcomes.insert("hold_unverified_domain".to_owned(), 0);
        plan.outcomes.insert("email".to_owned(), turned);
    }
    plan.held = held;
    world.plans.push(plan.clone());
    Reply::of(plan)
}

fn plan(world: &mut World, call: &Request) -> Reply {
    if let Some((.., body)) = &call.asked::<MakePlan>() {
        let items = world.items.clone();
        make(world, body.held, &items)
    } else if let Some((id, ..)) = &call.asked::<ShowPlan>() {
        let plan = world.plans.iter().find(|plan| plan.id == *id).unwrap();
        Reply::of(plan.clone())
    } else if let Some((_, query, _)) = &call.asked::<ListPlanItems>() {
        let class = |item: &&PlanItem| {
            query.class.is_none_or(|class| item.outcome.class() == class)
                && query.outcome.is_none_or(|outcome| item.outcome == outcome)
        };
        let items: Vec<PlanItem> = world.items.iter().filter(class).cloned().collect();
        let (items, next) = turn(items, query.cursor.as_deref());
        Reply::of(Page { items, next })
    } else if let Some((id, ..)) = &call.asked::<ApplyPlan>() {
        let plan = world.plans.iter_mut().find(|plan| plan.id == *id).unwrap();
        let run = world::run(plan);
        plan.state = PlanState::Applied;
        plan.run = Some(run.id.clone());
        world.run = Some(run.clone());
        Reply::of(run)
    } else {
        panic!("nothing answers {call:?}")
    }
}

/// Three on a page, so that lists have several.
fn turn<T>(items: Vec<T>, cursor: Option<&str>) -> (Vec<T>, Option<String>) {
    let from: usize = cursor.map_or(0, |cursor| cursor.parse().unwrap());
    let more = items.len() > from + 3;
    (items.into_iter().skip(from).take(3).collect(), more.then(|| (from + 3).to_string()))
}

fn run(world: &mut World, call: &Request) -> Option<Reply> {
    let known = world.run.clone().unwrap();
    if let Some((_, query, _)) = &call.asked::<WatchRun>()
        && query.after.is_some_and(|after| after >= known.revision)
    {
        return None;
    } else if call.is::<WatchRun>() {
        return Some(Reply::of(known));
    } else if let Some((_, query, _)) = &call.asked::<ListRunItems>() {
        let all = world.run_items.iter();
        let items = all.filter(|item| query.state.is_none_or(|state| item.state == state));
        let (items, next) = turn(items.cloned().collect(), query.cursor.as_deref());
        return Some(Reply::of(Page { items, next }));
    } else if call.is::<RetryRun>() {
        let left = [ItemState::Failed, ItemState::NotProcessed];
        let open = |number: u32| {
            world.run_items.iter().any(|it| it.number == number && left.contains(&it.state))
        };
        let left = world.items.iter().filter(|item| open(item.number));
        let items: Vec<PlanItem> = left.cloned().collect();
        return Some(make(world, Held::Hold, &items));
    }
    let run = world.run.as_mut().unwrap();
    if call.is::<PauseRun>() {
        run.state = RunState::Paused;
    } else if call.is::<ResumeRun>() {
        run.state = RunState::Running;
    } else if call.is::<CancelRun>() {
        run.state = RunState::Cancelled;
    } else if let Some((.., body)) = &call.asked::<ResolveRun>() {
        let wanted = |item: &&mut RunItem| item.user_id.raw() == body.user;
        let item = world.run_items.iter_mut().find(wanted).unwrap();
        run.unknown -= 1;
        match body.how {
            Resolution::Sent => {
                item.state = ItemState::Accepted;
                run.emailed += 1;
            }
            Resolution::Resend => {
                item.state = ItemState::Queued;
                run.not_processed += 1;
            }
        }
    } else {
        panic!("the wizard asked for {call:?}")
    }
    run.revision += 1;
    Some(Reply::of(run.clone()))
}

fn drafts(world: &mut World, call: &Request) -> Result<Reply, ApiError> {
    if call.is::<ShowDraft>() || call.is::<ListDrafts>() {
    } else if let Some((.., body)) = &call.asked::<SaveDraftCall>() {
        world.draft = Some(draft(&body.step, body.answers.clone(), body.revision + 1));
    } else if call.is::<RemoveDraft>() {
        world.draft = None;
        return Ok(Reply::of(Nothing));
    } else if call.is::<TakeDraft>() {
        panic!("nobody else holds the draft")
    } else {
        panic!("nothing answers {call:?}")
    }
    let none = || refused(problem(code::NOT_FOUND, 404, "There is no draft.", ""));
    world.draft.clone().map(Reply::of).ok_or_else(none)
}
