//! The wizard at its third step, a small roster, and a backend that knows cohorts and drafts.

use std::cell::RefCell;
use std::ops::{Deref, DerefMut};
use std::rc::Rc;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use hublink::api::call::{ApiError, Reply, Request, RosterPart};
use hublink::api::cohort::{
    Cohort, CohortUsers, ListCohorts, RemoveCohort, SaveCohortCall, ShowCohort,
};
use hublink::api::draft::{Draft as SavedDraft, SaveDraftCall};
use hublink::api::endpoint::Nothing;
use hublink::api::page::Page;
use hublink::api::plan::Selection;
use hublink::api::problem::{Problem, code};
use hublink::api::roster::RosterHead;
use hublink::api::session::{Backend, Capabilities, Capability, Me};
use hublink::api::site::{Site, UserCounts};
use hublink::domain::facts::{Fact, Facts};
use hublink::domain::linking::LinkingMethod;
use hublink::domain::role::Role;
use hublink::domain::site::SiteState;
use hublink::domain::untrusted::Untrusted;
use hublink::domain::user::UserState;
use hublink::roster::{Choice, Columns, RowIn, choice};
use hublink::tui::app::App;
use hublink::tui::keymap::{Availability, Keymap};
use hublink::tui::pilot::Pilot;
use hublink::tui::session::Session;
use hublink::tui::theme::Theme;
use hublink::tui::wizard::Wizard;
use hublink::tui::wizard::link_users::LinkUsers;
use hublink::tui::wizard::link_users::answers::Answers;

const SITE: &str = "acme.webex.example";
const ME: &str = "fay@acme.example";

/// What the backend holds.
#[derive(Default)]
pub struct World {
    pub roster: Option<Result<RosterPart, ApiError>>,
    pub answers: Answers,
    pub saves: u64,
    pub cohorts: Vec<(Untrusted, String)>,
}

/// The wizard with a scripted backend.
pub struct Desk {
    pilot: Pilot,
    pub world: Rc<RefCell<World>>,
}

impl Desk {
    pub fn open(columns: Columns) -> Self {
        Self::with(World { roster: Some(Ok(part(1, columns, true))), ..World::default() })
    }

    pub fn with(world: World) -> Self {
        let world = Rc::new(RefCell::new(world));
        let mut session = Session::new("demo", TimeZone::UTC);
        session.me = Some(me());
        let first = Wizard::<LinkUsers>::new(&SITE.into());
        let size = (80, 24);
        let app = App::new(session, Keymap::default(), Theme::plain(), size, Box::new(first));
        let backend = Rc::clone(&world);
        let script = move |request: &Request| answer(&mut backend.borrow_mut(), request);
        let mut pilot = Pilot::new(app, size, Box::new(script));
        pilot.settle();
        Self { pilot, world }
    }

    /// The same backend, opened anew.
    pub fn reopen(&self) -> Self {
        Self::with(std::mem::take(&mut *self.world.borrow_mut()))
    }

    /// Whether the step is still the one on screen.
    pub fn is_open(&self) -> bool {
        self.pilot.sees("● Select")
    }

    pub fn can(&self, action: hublink::tui::keymap::Action) -> Availability {
        self.pilot.app().can(action)
    }

    /// The ticks as the backend has them.
    pub fn saved(&self) -> Option<Selection> {
        self.world.borrow().answers.selection.clone()
    }
}

impl Deref for Desk {
    type Target = Pilot;
    fn deref(&self) -> &Pilot {
        &self.pilot
    }
}

impl DerefMut for Desk {
    fn deref_mut(&mut self) -> &mut Pilot {
        &mut self.pilot
    }
}

fn answer(world: &mut World, request: &Request) -> Option<Result<Reply, ApiError>> {
    Some(if request.about.route.tag == "Users" {
        return world.roster.clone().map(|part| part.map(Reply::of));
    } else if request.about.route.tag == "Sites" {
        Ok(Reply::of(site()))
    } else if let Some((.., body)) = &request.asked::<SaveDraftCall>() {
        world.answers = serde_json::from_value(body.answers.clone()).unwrap();
        world.saves += 1;
        Ok(Reply::of(draft(world)))
    } else if request.about.route.tag == "Drafts" {
        Ok(Reply::of(draft(world)))
    } else if request.about.route.tag == "Cohorts" {
        cohort(world, request)
    } else {
        Err(problem(code::NOT_FOUND))
    })
}

fn cohort(world: &mut World, call: &Request) -> Result<Reply, ApiError> {
    let find = |world: &World, name: &str| {
        world.cohorts.iter().position(|(known, _)| known.raw().eq_ignore_ascii_case(name))
    };
    if call.is::<ListCohorts>() {
        let items = world.cohorts.iter().map(|(name, numbers)| saved(name, numbers)).collect();
        Ok(Reply::of(Page { items, next: None }))
    } else if let Some(((_, name), ..)) = &call.asked::<ShowCohort>() {
        let at = find(world, name).ok_or_else(|| problem(code::NOT_FOUND))?;
        let (name, numbers) = &world.cohorts[at];
        let cohort = saved(name, numbers);
        Ok(Reply::of(CohortUsers { cohort, numbers: numbers.clone() }))
    } else if let Some(((_, name), _, body)) = &call.asked::<SaveCohortCall>() {
        let choice = match body.selection.clone() {
            Selection::Only { numbers, .. } => Choice::Only(numbers),
            Selection::AllExcept { numbers, .. } => Choice::AllExcept(numbers),
            _ => return Err(problem(code::INVALID)),
        };
        let numbers = &choice::write(&choice.expand(users().len()).unwrap());
        if let Some(at) = find(world, name) {
            world.cohorts.remove(at);
        }
        world.cohorts.push((name.as_str().into(), numbers.clone()));
        Ok(Reply::of(saved(&name.as_str().into(), numbers)))
    } else if let Some(((_, name), ..)) = &call.asked::<RemoveCohort>() {
        let at = find(world, name).ok_or_else(|| problem(code::NOT_FOUND))?;
        world.cohorts.remove(at);
        Ok(Reply::of(Nothing))
    } else {
        panic!("nothing answers {call:?}")
    }
}

fn saved(name: &Untrusted, numbers: &str) -> Cohort {
    let users = choice::parse(numbers, 1_000).unwrap().count() as u64;
    Cohort { name: name.clone(), users, saved_at: Timestamp::UNIX_EPOCH, saved_by: ME.into() }
}

pub fn problem(code: &str) -> ApiError {
    ApiError::Problem(Box::new(Problem {
        kind: "about:blank".into(),
        title: "Not now".into(),
        status: 500,
        code: code.into(),
        detail: "The backend is at its limit.".into(),
        remedy: String::new(),
        field: None,
        request_id: String::new(),
        run: None,
        differences: Vec::new(),
        holder: None,
        suggestions: Vec::new(),
        starting: None,
    }))
}

fn draft(world: &World) -> SavedDraft {
    SavedDraft {
        wizard: "link_users".into(),
        subject: SITE.into(),
        step: "select".into(),
        answers: serde_json::to_value(&world.answers).unwrap(),
        revision: world.saves,
        holder: ME.into(),
        held_since: Timestamp::UNIX_EPOCH,
        saved_at: Timestamp::UNIX_EPOCH,
    }
}

fn me() -> Me {
    let backend = Backend {
        version: "1".into(),
        provider: "reference".into(),
        now: Timestamp::UNIX_EPOCH,
        demo: false,
        capabilities: Capabilities::each(|_| Capability::Automated),
    };
    Me { email: ME.into(), name: "Fay Moss".into(), roles: Vec::new(), offers: Vec::new(), backend }
}

fn site() -> Site {
    Site {
        url: SITE.into(),
        company: "Acme Robotics Inc".into(),
        state: SiteState::Enrolled,
        organization: Some("acme".into()),
        organization_name: Some("Acme Robotics".into()),
        linked_at: None,
        method: Some(LinkingMethod::SignAgreement),
        account_linking: hublink::domain::account_linking::AccountLinking::Off,
        auto_link_on: None,
        auto_link_waits: None,
        agreements: Vec::new(),
        may_link: true,
        csm: "csm@provider.example".into(),
        site_admins: Vec::new(),
        users: UserCounts::default(),
        roster_revision: 1,
        my_roles: vec![Role::FullAdmin],
    }
}

pub fn part(revision: u64, columns: Columns, complete: bool) -> RosterPart {
    let count = if complete { u64::from(columns.len()) } else { 1_000 };
    let now = Timestamp::UNIX_EPOCH;
    let head = RosterHead { site: SITE.into(), revision, count, now, method: None };
    RosterPart { head, columns: Arc::new(columns), complete }
}

/// The six of LOOK's mock-up, roughly.
pub fn users() -> Columns {
    let facts =
        |facts: &[Fact]| facts.iter().fold(Facts::default(), |all, fact| all.with(*fact, true));
    let verified = facts(&[Fact::DomainVerified]);
    let rows = [
        ("Amara Okafor", "amara.okafor@acme.example", "Sales", UserState::Unlinked, verified),
        ("Bjørn Lund", "bjorn.lund@acme.example", "Sales", UserState::Unlinked, verified),
        (
            "陈伟 Chen Wei",
            "chen.wei@gmail.com",
            "sales",
            UserState::Lapsed,
            facts(&[Fact::Consumer, Fact::InvitedEver]),
        ),
        (
            "Dana Fox",
            "dana.fox@acme-labs.example",
            "Sales",
            UserState::Unlinked,
            facts(&[Fact::AgreementCurrent]),
        ),
        ("Eli Brandt", "eli.brandt@oldcorp.example", "Finance", UserState::Unlinked, facts(&[])),
        (
            "Fatima Zahra",
            "fatima@acme.example",
            "Legal",
            UserState::Linked,
            facts(&[Fact::Linked, Fact::DomainVerified]),
        ),
    ];
    let mut columns = Columns::new();
    for (n, (name, address, department, state, facts)) in rows.into_iter().enumerate() {
        let user_id = format!("u{n}");
        columns.push(&RowIn { user_id: &user_id, name, address, department, state, facts });
    }
    columns
}

/// So many users with nothing special about them.
pub fn crowd(users: u32) -> Columns {
    let mut columns = Columns::new();
    for n in 0..users {
        columns.push(&RowIn {
            user_id: &format!("u{n}"),
            name: &format!("User {n}"),
            address: &format!("user{n}@acme.example"),
            department: "",
            state: UserState::Unlinked,
            facts: Facts::default(),
        });
    }
    columns
}
