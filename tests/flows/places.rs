//! The scripted backend of everything that is no wizard: places, users, runs, mails, the record.
//!
//! Owns the pilot's set-up for home and its screens. What it does not know it refuses, as the
//! backend would.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use hublink::api::access::{AskResetCall, PasswordReset, UseResetCall};
use hublink::api::audit::{AuditEntry, ListAudit};
use hublink::api::call::{ApiError, Reply, Request, RosterPart};
use hublink::api::demo::{
    AdvanceClock, Answer, AnswerMailCall, Clock, DemoPerson, ListDemoPeople, ListOutbox,
    OUTBOX_PAGE, OutboxMail, PublishTxtCall, ShowClock,
};
use hublink::api::domains::{ListDomains, OrgDomain};
use hublink::api::draft::{ListDrafts, UnfinishedDraft};
use hublink::api::endpoint::{File, List, Nothing};
use hublink::api::import::ExportRoster;
use hublink::api::organization::{
    EditOrganizationCall, ListOrganizations, Organization, ShowOrganization,
};
use hublink::api::page::Page;
use hublink::api::problem::code;
use hublink::api::roster::{RosterHead, StreamRoster, User};
use hublink::api::run::{ClearDecline, ListRunItems, ListRuns, ResumeRun, Run};
use hublink::api::session::{
    Me, Secret, SessionGranted, ShowMe, SignIn as Credentials, SignInCall, SignOut,
};
use hublink::api::site::{
    Agreement, DomainStanding, ListSiteDomains, ListSites, SetMethodCall, ShowSite, Site,
    SiteDomain, UserCounts,
};
use hublink::api::timer::{ListTimers, Timer};
use hublink::api::user::{OrgPerson, ShowUser, UserDetail};
use hublink::domain::facts::{Fact, Facts};
use hublink::domain::linking::LinkingMethod;
use hublink::domain::organization::OrganizationKind;
use hublink::domain::outcome::Outcome;
use hublink::domain::role::Role;
use hublink::domain::run::RunState;
use hublink::domain::site::SiteState;
use hublink::domain::untrusted::Untrusted;
use hublink::domain::user::UserState;
use hublink::roster::{Columns, RowIn};
use hublink::tui::app::App;
use hublink::tui::browse::Home;
use hublink::tui::keymap::Keymap;
use hublink::tui::pilot::Pilot;
use hublink::tui::screen::Screen;
use hublink::tui::session::Session;
use hublink::tui::theme::Theme;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::script::{problem, refused};
use crate::told;
use crate::world::{self, NOW, SITE, at};

/// Picks requests.
type Which = fn(&Request) -> bool;

/// What the backend has, and how it shall answer.
pub struct World {
    pub me: Me,
    pub now: Timestamp,
    pub organizations: Vec<Organization>,
    pub sites: Vec<Site>,
    pub domains: Vec<SiteDomain>,
    pub users: Vec<(&'static str, Untrusted, &'static str, UserState)>,
    pub runs: Vec<Run>,
    pub mails: Vec<OutboxMail>,
    pub record: Vec<AuditEntry>,
    pub people: Vec<DemoPerson>,
    /// What was begun and not finished.
    pub drafts: Vec<UnfinishedDraft>,
    /// Timers beside those of runs and agreements.
    pub timers: Vec<Timer>,
    /// Whether a feed has told anything.
    pub fed: bool,
    /// Requests of which this holds are refused.
    pub refuse: Option<(Which, ApiError)>,
    /// Requests of which this holds get the answer to another question.
    pub odd: Option<fn(&Request) -> bool>,
    /// Requests of which this holds are not answered.
    pub silent: Option<fn(&Request) -> bool>,
}

/// The world, shared by the test and the pilot.
#[derive(Clone)]
pub struct Places(Rc<RefCell<World>>);

pub fn organization(id: &str, name: &str, sites: u64) -> Organization {
    Organization {
        id: id.to_owned(),
        name: name.into(),
        kind: OrganizationKind::Customer,
        partner: Some("meridian".to_owned()),
        created_at: at("2024-05-01T00:00:00Z"),
        sites,
        linked_users: 1_290,
        directory_sync: false,
        directory_sync_paused: false,
        auto_licence: true,
        country: None,
        region: None,
        vertical: None,
        services: Vec::new(),
        trial: None,
        setup: None,
        subdomain: None,
        my_roles: vec![Role::FullAdmin],
        administrators: Vec::new(),
        offers: Vec::new(),
    }
}

fn small_site(url: &str, organization: Option<&str>, users: u64) -> Site {
    Site {
        url: url.into(),
        state: if organization.is_some() { SiteState::Enrolled } else { SiteState::NotEnrolled },
        organization: organization.map(str::to_owned),
        organization_name: None,
        linked_at: None,
        method: None,
        users: UserCounts { total: users, unlinked: users, ..UserCounts::default() },
        ..world::site(None)
    }
}

fn first_site() -> Site {
    let agreement = Agreement {
        domain: "acme-labs.example".into(),
        signed_at: at("2026-01-10T08:00:00Z"),
        deadline: at("2026-04-10T08:00:00Z"),
        lapsed: false,
        signed_by: "fay@acme.example".into(),
        text_sha256: String::new(),
    };
    Site { agreements: vec![agreement], ..world::site(Some(LinkingMethod::SignAgreement)) }
}

fn domain(name: &str, users: u64, standing: DomainStanding) -> SiteDomain {
    SiteDomain {
        name: name.into(),
        unicode: None,
        users,
        linked: users / 2,
        standing,
        state: None,
        deadline: None,
        may_sign: false,
        may_verify: false,
        why_not: String::new(),
    }
}

fn mail(id: u64, to: &str, link: bool) -> OutboxMail {
    OutboxMail {
        id,
        to: to.into(),
        subject: "Confirm your address for Acme Robotics".into(),
        text: "Hello,\nAcme Robotics would like to link your account.\n".into(),
        link: link.then(|| Untrusted::new(format!("http://127.0.0.1:1/i/{id}"))),
        code: None,
        at: at(NOW),
        answered: None,
        password: None,
    }
}

impl Places {
    /// One organization with two sites, a site without one, and what goes with them.
    pub fn new() -> Self {
        let person = |email: &str, name: &str, role: &str| DemoPerson {
            email: email.into(),
            name: name.into(),
            role: role.into(),
            token: Secret::new(format!("token-of-{email}")),
        };
        let user =
            |name, address: &str, department, state| (name, address.into(), department, state);
        Self(Rc::new(RefCell::new(World {
            me: world::me(),
            now: at(NOW),
            organizations: vec![organization("acme", "Acme Robotics", 2)],
            sites: vec![
                first_site(),
                small_site("rd.webex.example", Some("acme"), 88),
                small_site("dolmen.webex.example", None, 140),
            ],
            domains: vec![
                domain("acme.example", 1_902, DomainStanding::Verified),
                domain("acme-labs.example", 301, DomainStanding::Signed),
                domain("gmail.com", 64, DomainStanding::Consumer),
                domain("oldcorp.example", 145, DomainStanding::Unproven),
            ],
            users: vec![
                user("Amara Okafor", "amara.okafor@acme.example", "Sales", UserState::Unlinked),
                user("Bjørn Lund", "bjorn.lund@acme.example", "Sales", UserState::Linked),
                user("陈伟 Chen Wei", "chen.wei@gmail.com", "Research", UserState::Invited),
                user("Dana Fox", "dana.fox@acme-labs.example", "Research", UserState::Unlinked),
            ],
            runs: Vec::new(),
            mails: vec![mail(2, "chen.wei@gmail.com", true), mail(1, "fay@acme.example", false)],
            record: vec![AuditEntry {
                seq: Some(1),
                at: at(NOW),
                actor: "fay@acme.example".into(),
                action: "plan.applied".to_owned(),
                organization: Some("acme".to_owned()),
                site: Some(SITE.into()),
                subject: "pln_1".into(),
                detail: serde_json::json!({ "selected": 12 }),
                hash: "ab12".to_owned(),
            }],
            people: vec![
                person("fay@acme.example", "Fay Moss", "full admin of Acme Robotics"),
                person("rio@acme.example", "Rio Tanaka", "read-only admin of Acme Robotics"),
            ],
            drafts: Vec::new(),
            timers: Vec::new(),
            fed: true,
            refuse: None,
            odd: None,
            silent: None,
        })))
    }

    /// Looks at the world, or changes it.
    pub fn with<T>(&self, act: impl FnOnce(&mut World) -> T) -> T {
        act(&mut self.0.borrow_mut())
    }

    /// Home on a terminal of this size, settled.
    pub fn pilot(&self, size: (u16, u16)) -> Pilot {
        self.pilot_on(Box::new(Home::default()), size, Theme::plain())
    }

    /// This screen as the first one.
    pub fn pilot_on(&self, first: Box<dyn Screen>, size: (u16, u16), theme: Theme) -> Pilot {
        let session = Session::new("https://hublink.example", TimeZone::UTC);
        let app = App::new(session, Keymap::default(), theme, size, first);
        let places = self.clone();
        let mut pilot = Pilot::new(app, size, Box::new(move |request| places.answer(request)));
        pilot.settle();
        pilot.pass(1_000);
        pilot
    }

    /// What the backend answers.
    pub fn answer(&self, request: &Request) -> Option<Result<Reply, ApiError>> {
        self.with(|world| {
            if world.silent.is_some_and(|silent| silent(request)) {
                return None;
            }
            if let Some((which, error)) = &world.refuse
                && which(request)
            {
                return Some(Err(error.clone()));
            }
            if world.odd.is_some_and(|odd| odd(request)) {
                return Some(Ok(Reply::of(Nothing)));
            }
            Some(reply(world, request))
        })
    }
}

fn page<T: Clone>(items: &[T]) -> Page<T> {
    Page { items: items.to_vec(), next: None }
}

fn reply(world: &mut World, request: &Request) -> Result<Reply, ApiError> {
    let missing = || refused(problem(code::NOT_FOUND, 404, "There is nothing here.", ""));
    Ok(if ["Account", "People", "Audit"].contains(&request.about.route.tag) {
        return account(world, request);
    } else if request.is::<ListOrganizations>() {
        Reply::of(page(&world.organizations))
    } else if let Some((id, ..)) = &request.asked::<ShowOrganization>() {
        let one = world.organizations.iter().find(|one| one.id == *id);
        Reply::of(one.cloned().ok_or_else(missing)?)
    } else if let Some((id, _, edit)) = &request.asked::<EditOrganizationCall>() {
        let one = world.organizations.iter_mut().find(|one| one.id == *id);
        let one = one.ok_or_else(missing)?;
        one.auto_licence = edit.auto_licence.unwrap_or(one.auto_licence);
        Reply::of(one.clone())
    } else if request.is::<ListSites>() {
        Reply::of(page(&world.sites))
    } else if request.is::<ListSiteDomains>() {
        Reply::of(List(world.domains.clone()))
    } else if request.is::<ListDomains>() {
        Reply::of(page::<OrgDomain>(&[]))
    } else if let Some((url, ..)) = &request.asked::<ShowSite>() {
        let site = world.sites.iter().find(|site| site.url.raw() == url);
        Reply::of(site.cloned().ok_or_else(missing)?)
    } else if let Some((url, _, body)) = &request.asked::<SetMethodCall>() {
        let site = world.sites.iter_mut().find(|site| site.url.raw() == url);
        let site = site.ok_or_else(missing)?;
        site.method = Some(body.method);
        Reply::of(site.clone())
    } else if request.is::<ListDrafts>() {
        Reply::of(page(&world.drafts))
    } else if request.asked::<ListTimers>().is_some() {
        Reply::of(page(&told::timers(world)))
    } else if request.about.route.tag == "Insights" {
        return told::insights(world, request).ok_or_else(missing);
    } else if request.is::<ListRuns>() {
        Reply::of(page(&world.runs))
    } else if let Some((id, ..)) = &request.asked::<ResumeRun>() {
        let Some(run) = world.runs.iter_mut().find(|run| run.id == *id) else {
            return Err(missing());
        };
        (run.state, run.trouble) = (RunState::Running, None);
        Reply::of(run.clone())
    } else if request.is::<ListRunItems>() {
        Reply::of(page(&world::run_items()))
    } else if let Some(((_, address), ..)) = &request.asked::<ClearDecline>() {
        let declined = world.users.iter_mut().filter(|user| user.1.raw() == address);
        declined.for_each(|user| user.3 = UserState::Unlinked);
        Reply::of(Nothing)
    } else if request.is::<StreamRoster>() {
        Reply::of(roster(world))
    } else if let Some(((_, id), ..)) = &request.asked::<ShowUser>() {
        Reply::of(user_detail(world, id))
    } else if request.is::<ExportRoster>() {
        Reply::of(File("UserID\nu-1\n".into()))
    } else if ["/v1/demo", "/v1/clock"].iter().any(|at| request.target.starts_with(at)) {
        return demo(world, request);
    } else {
        return Err(missing());
    })
}

fn account(world: &mut World, call: &Request) -> Result<Reply, ApiError> {
    let granted = |world: &World, email: &str| {
        let mut me = world.me.clone();
        me.email = email.into();
        let token = Secret::new("session");
        Reply::of(SessionGranted { token, expires_at: at(NOW), me })
    };
    let failed = || {
        let words = "The token is not known, or was revoked.";
        refused(problem(code::SIGN_IN_FAILED, 401, words, "Ask for a new one."))
    };
    if call.is::<ShowMe>() {
        Ok(Reply::of(world.me.clone()))
    } else if let Some((.., Credentials::Token { token })) = &call.asked::<SignInCall>() {
        let of = |person: &&DemoPerson| person.token == *token;
        let person = world.people.iter().find(of).map(|person| person.email.raw().to_owned());
        person.map(|email| granted(world, &email)).ok_or_else(failed)
    } else if let Some((.., Credentials::Password { email, password })) =
        &call.asked::<SignInCall>()
    {
        let right = password.expose() == "correct horse battery";
        if right { Ok(granted(world, email)) } else { Err(failed()) }
    } else if call.is::<ListAudit>() {
        Ok(Reply::of(page(&world.record)))
    } else if call.is::<SignOut>() || call.is::<AskResetCall>() {
        Ok(Reply::of(Nothing))
    } else if let Some((.., used)) = &call.asked::<UseResetCall>()
        && used.code.expose() == "rst_right"
    {
        Ok(Reply::of(PasswordReset { email: "fay@acme.example".into() }))
    } else if call.is::<UseResetCall>() {
        let words = "No mail has this code, or it does not work any more.";
        Err(refused(problem(code::CODE_UNKNOWN, 404, words, "Ask for a new one.")))
    } else {
        Err(failed())
    }
}

fn demo(world: &mut World, call: &Request) -> Result<Reply, ApiError> {
    if call.is::<ShowClock>() {
    } else if let Some((.., by)) = &call.asked::<AdvanceClock>() {
        world.now += SignedDuration::from_secs(by.seconds as i64);
    } else if call.is::<ListDemoPeople>() && world.people.is_empty() {
        return Err(refused(problem(code::NOT_FOUND, 404, "This is no demo.", "")));
    } else if call.is::<ListDemoPeople>() {
        return Ok(Reply::of(List(world.people.clone())));
    } else if let Some((_, query, _)) = &call.asked::<ListOutbox>() {
        let older = |mail: &&OutboxMail| query.before.is_none_or(|id| mail.id < id);
        let page = world.mails.iter().filter(older).take(OUTBOX_PAGE).cloned();
        return Ok(Reply::of(List(page.collect())));
    } else if let Some((id, _, body)) = &call.asked::<AnswerMailCall>() {
        for mail in &mut world.mails {
            if mail.id == *id {
                mail.answered = Some(body.answer);
            }
        }
        return Ok(Reply::of(List(world.mails.clone())));
    } else if call.is::<PublishTxtCall>() {
        return Ok(Reply::of(Nothing));
    } else {
        panic!("nothing answers {call:?}")
    }
    Ok(Reply::of(Clock { now: world.now, may_advance: true }))
}

fn facts(state: UserState, address: &Untrusted) -> Facts {
    let facts = match state {
        UserState::Linked => Facts::default().with(Fact::Linked, true),
        UserState::Invited => Facts::default().with(Fact::Pending, true),
        _ => Facts::default(),
    };
    match address.raw() {
        address if address.ends_with("@acme.example") => facts.with(Fact::DomainVerified, true),
        address if address.ends_with("@gmail.com") => facts.with(Fact::Consumer, true),
        _ => facts.with(Fact::AgreementCurrent, true),
    }
}

fn roster(world: &World) -> RosterPart {
    let mut columns = Columns::new();
    for (number, (name, address, department, state)) in world.users.iter().enumerate() {
        columns.push(&RowIn {
            user_id: &format!("u-{number}"),
            name,
            address: address.raw(),
            department,
            state: *state,
            facts: facts(*state, address),
        });
    }
    let head = RosterHead {
        site: SITE.into(),
        revision: 7,
        count: world.users.len() as u64,
        now: world.now,
        method: Some(LinkingMethod::SignAgreement),
    };
    RosterPart { head, columns: Arc::new(columns), complete: true }
}

/// What an addressee answered.
pub fn answers(places: &Places) -> Vec<Option<Answer>> {
    places.with(|world| world.mails.iter().map(|mail| mail.answered).collect())
}

/// The outcome that the list predicts for a user of the signed domain.
pub const SIGNED: &str = Outcome::LinkProvisional.label();

/// One user, linked on two sites.
fn user_detail(world: &World, id: &str) -> UserDetail {
    let number: usize = id.trim_start_matches("u-").parse().unwrap();
    let (name, address, department, state) = world.users[number].clone();
    let linked = state == UserState::Linked;
    let user = User {
        number: 0,
        user_id: id.into(),
        name: name.into(),
        address: address.clone(),
        department: department.into(),
        active: true,
        state,
        preferred_site: linked.then(|| SITE.into()),
        outcome: None,
    };
    let person = linked.then(|| OrgPerson {
        organization: "acme".to_owned(),
        address,
        name: name.into(),
        department: department.into(),
        active: true,
        preferred_site: Some(SITE.into()),
        sites: vec![SITE.into(), "rd.webex.example".into()],
        licences: vec!["meetings".to_owned()],
    });
    UserDetail { user, person, plan: None }
}
