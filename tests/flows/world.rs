//! The world of the flows: one site, its domains, a plan and a run, as the backend would tell them.

use std::sync::Arc;

use hublink::api::call::RosterPart;
use hublink::api::domains::{Challenge, OrgDomain};
use hublink::api::plan::{DomainCount, Held, Plan, PlanItem, PlanState};
use hublink::api::roster::RosterHead;
use hublink::api::run::{Run, RunItem};
use hublink::api::session::{Backend, Capabilities, Capability, HeldRole, Me};
use hublink::api::site::{AgreementText, DomainStanding, Site, SiteDomain, UserCounts};
use hublink::domain::account_linking::{AccountLinking, Basis};
use hublink::domain::facts::{Fact, Facts};
use hublink::domain::linking::LinkingMethod;
use hublink::domain::organization::DomainState;
use hublink::domain::outcome::{Class, Outcome};
use hublink::domain::role::Role;
use hublink::domain::run::{ItemState, RunState};
use hublink::domain::site::SiteState;
use hublink::domain::untrusted::Untrusted;
use hublink::domain::user::UserState;
use hublink::roster::{Columns, RowIn};
use jiff::Timestamp;

pub const SITE: &str = "acme.webex.example";
pub const NOW: &str = "2026-03-01T09:42:00Z";

pub fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub fn me() -> Me {
    Me {
        email: "fay@acme.example".into(),
        name: "Fay Moss".into(),
        roles: vec![HeldRole {
            role: Role::FullAdmin,
            organization: Some("acme".to_owned()),
            site: None,
        }],
        offers: Vec::new(),
        backend: Backend {
            version: "0.1.0".to_owned(),
            provider: "reference".to_owned(),
            now: at(NOW),
            demo: true,
            capabilities: Capabilities::each(|_| Capability::Automated),
        },
    }
}

pub fn site(method: Option<LinkingMethod>) -> Site {
    Site {
        url: SITE.into(),
        company: "Acme Robotics Inc".into(),
        state: SiteState::Enrolled,
        organization: Some("acme".to_owned()),
        organization_name: Some("Acme Robotics".into()),
        linked_at: Some(at("2025-11-02T10:00:00Z")),
        method,
        account_linking: AccountLinking::Off,
        auto_link_on: None,
        auto_link_waits: None,
        agreements: Vec::new(),
        may_link: true,
        csm: "csm@provider.example".into(),
        site_admins: vec!["fay@acme.example".into()],
        users: UserCounts {
            total: 2_412,
            deactivated: 57,
            linked: 1_204,
            invited: 310,
            unlinked: 898,
            ..UserCounts::default()
        },
        roster_revision: 7,
        my_roles: vec![Role::FullAdmin],
    }
}

fn domain(name: &str, users: u64, standing: DomainStanding) -> SiteDomain {
    let open = matches!(standing, DomainStanding::Unproven | DomainStanding::Pending);
    SiteDomain {
        name: name.into(),
        unicode: None,
        users,
        linked: 0,
        standing,
        state: match standing {
            DomainStanding::Verified => Some(DomainState::Verified),
            DomainStanding::Pending => Some(DomainState::Pending),
            _ => None,
        },
        deadline: (standing == DomainStanding::Signed).then(|| at("2026-04-10T08:00:00Z")),
        may_sign: open,
        may_verify: open || standing == DomainStanding::Signed,
        why_not: match standing {
            DomainStanding::Consumer => "a public mail provider's; its users get an e-mail".into(),
            DomainStanding::OtherOrganization => "verified by another organization".into(),
            _ => String::new(),
        },
    }
}

pub fn agreement() -> AgreementText {
    AgreementText {
        site: SITE.into(),
        organization_name: "Acme Robotics".into(),
        text: hublink::domain::agreement::text("Acme Robotics", SITE).into(),
        text_sha256: "ab".repeat(32),
        deadline: at("2026-06-01T09:42:00Z"),
        signed_before: false,
    }
}

pub fn site_domains() -> Vec<SiteDomain> {
    let mut books = domain("xn--bcher-kva.example", 12, DomainStanding::Unproven);
    books.unicode = Some("bücher.example".into());
    vec![
        domain("acme.example", 1_902, DomainStanding::Verified),
        domain("acme-labs.example", 301, DomainStanding::Pending),
        domain("rd.acme.example", 88, DomainStanding::Signed),
        domain("gmail.com", 64, DomainStanding::Consumer),
        domain("oldcorp.example", 45, DomainStanding::OtherOrganization),
        books,
    ]
}

pub fn org_domain(name: &str, state: DomainState) -> OrgDomain {
    OrgDomain {
        name: name.into(),
        unicode: None,
        state,
        added_at: at("2026-02-27T08:00:00Z"),
        challenge: Challenge {
            record_name: Untrusted::new(format!("_hublink-challenge.{name}")),
            record_value: "hublink-domain-verification=b7Qw0zE4hN2s".into(),
        },
        last_check: None,
    }
}

pub fn plan_item(number: u32, name: &str, address: &str, outcome: Outcome) -> PlanItem {
    PlanItem {
        number,
        user_id: Untrusted::new(format!("u-{number}")),
        name: name.into(),
        address: address.into(),
        outcome,
        reason: outcome.reason().into(),
        second: false,
    }
}

pub fn plan_items() -> Vec<PlanItem> {
    let linked = ["Amara Okafor", "Bjørn Lund", "Zoë Iredale", "Ines Duarte", "Jun Mori"];
    let linked = linked.into_iter().enumerate().map(|(n, name)| {
        let first = name.split(' ').next().unwrap().to_lowercase();
        let address = format!("{first}@acme.example");
        plan_item(n as u32, name, &address, Outcome::LinkNow)
    });
    let mut items: Vec<PlanItem> = linked.collect();
    items.push(plan_item(5, "陈伟 Chen Wei", "chen.wei@gmail.com", Outcome::EmailConsumer));
    items.push(plan_item(6, "Ida Berg", "ida.berg@outlook.com", Outcome::EmailConsumer));
    items.push(plan_item(7, "Sam Roe", "sam@gmail.com", Outcome::EmailConsumer));
    items[7].second = true;
    items.push(plan_item(8, "Dana Fox", "dana@acme-labs.example", Outcome::HoldUnverifiedDomain));
    items.push(plan_item(9, "Eli Brandt", "eli@acme-labs.example", Outcome::HoldUnverifiedDomain));
    items.push(plan_item(10, "Lee Hart", "lee@acme.example", Outcome::AlreadyLinked));
    items.push(plan_item(
        11,
        "Fatima Zahra",
        "f@oldcorp.example",
        Outcome::BlockedOtherOrganization,
    ));
    items
}

/// The roster of which those are all.
pub fn roster() -> RosterPart {
    roster_with(0)
}

/// The same when so many more of them are linked.
pub fn roster_with(mut more: usize) -> RosterPart {
    let mut columns = Columns::new();
    for item in plan_items() {
        let (fact, state) = match item.outcome {
            Outcome::AlreadyLinked => (Some(Fact::Linked), UserState::Linked),
            Outcome::LinkNow => (Some(Fact::DomainVerified), UserState::Unlinked),
            Outcome::EmailConsumer => (Some(Fact::Consumer), UserState::Unlinked),
            Outcome::BlockedOtherOrganization => {
                (Some(Fact::OtherOrganization), UserState::Unlinked)
            }
            _ => (None, UserState::Unlinked),
        };
        let now_linked = state == UserState::Unlinked && more > 0;
        more -= usize::from(now_linked);
        let (fact, state) =
            if now_linked { (Some(Fact::Linked), UserState::Linked) } else { (fact, state) };
        columns.push(&RowIn {
            user_id: item.user_id.raw(),
            name: item.name.raw(),
            address: item.address.raw(),
            department: "Sales",
            state,
            facts: fact.map_or(Facts::default(), |fact| Facts::default().with(fact, true)),
        });
    }
    let (now, count) = (at(NOW), u64::from(columns.len()));
    let head = RosterHead { site: SITE.into(), revision: 7, count, now, method: None };
    RosterPart { head, columns: Arc::new(columns), complete: true }
}

/// A plan of these people.
pub fn plan(id: &str, items: &[PlanItem], method: LinkingMethod) -> Plan {
    let count = |wanted: &dyn Fn(&PlanItem) -> bool| {
        items.iter().filter(|item| wanted(item)).count() as u64
    };
    let class = |class: Class| count(&|item| item.outcome.class() == class);
    let domain = |domain: &str, users| DomainCount { domain: domain.into(), users };
    Plan {
        id: id.to_owned(),
        site: SITE.into(),
        organization: "acme".to_owned(),
        method,
        basis: Basis::Method,
        state: PlanState::Ready,
        selected: items.len() as u64,
        emails: class(Class::Emailed),
        second_invitations: count(&|item| item.second),
        outcomes: Outcome::ALL
            .map(|of| (of.code().to_owned(), count(&|item| item.outcome == of)))
            .into(),
        classes: Class::ALL.map(|of| (of.code().to_owned(), class(of))).into(),
        held: Held::Hold,
        email_domains: vec![domain("gmail.com", 2), domain("outlook.com", 1)],
        linked_domains: vec![domain("acme.example", 5)],
        roster_revision: 7,
        digest: format!("digest-of-{id}"),
        created_at: at(NOW),
        created_by: "fay@acme.example".into(),
        expires_at: at("2026-03-02T09:42:00Z"),
        run: None,
    }
}

/// The run of that plan as it begins: nothing done but what the plan decides.
pub fn run(plan: &Plan) -> Run {
    let class = |class: Class| plan.classes[class.code()];
    Run {
        id: "run_5f2a".to_owned(),
        plan: plan.id.clone(),
        site: SITE.into(),
        organization: "acme".to_owned(),
        state: RunState::Running,
        selected: plan.selected,
        linked: 0,
        without_licence: 0,
        emailed: 0,
        skipped: class(Class::Skipped),
        held: class(Class::Held),
        blocked: class(Class::Blocked),
        failed: 0,
        unknown: 0,
        not_processed: class(Class::Linked) + class(Class::Emailed),
        in_flight: 0,
        trouble: None,
        started_at: at("2026-03-01T09:43:00Z"),
        started_by: "fay@acme.example".into(),
        ended_at: None,
        revision: 1,
    }
}

/// The run at its end: two mails sent, one in doubt, one link refused.
pub fn over(mut run: Run) -> Run {
    run.state = RunState::Done;
    (run.linked, run.emailed, run.unknown, run.failed) = (4, 2, 1, 1);
    run.not_processed = 0;
    run.ended_at = Some(at("2026-03-01T09:45:00Z"));
    run.revision += 10;
    run
}

pub fn run_items() -> Vec<RunItem> {
    let state = |item: &PlanItem| match (item.number, item.outcome.class()) {
        (4, _) => (ItemState::Failed, "the directory refused the link"),
        (7, _) => (ItemState::Unknown, "the server's last word never came"),
        (_, Class::Linked) => (ItemState::Linked, ""),
        (_, Class::Emailed) => (ItemState::Accepted, "250 queued"),
        (_, Class::Skipped) => (ItemState::Skipped, ""),
        (_, Class::Held) => (ItemState::Held, ""),
        (_, Class::Blocked) => (ItemState::Blocked, ""),
    };
    let item = |item: PlanItem| {
        let (state, reason) = state(&item);
        let mailed = matches!(state, ItemState::Accepted | ItemState::Unknown);
        RunItem {
            number: item.number,
            user_id: item.user_id,
            name: item.name,
            address: item.address,
            outcome: item.outcome,
            state,
            reason: reason.into(),
            message_id: mailed
                .then(|| Untrusted::new(format!("<{}.run5f2a@hublink.example>", item.number))),
            at: at(NOW),
        }
    };
    plan_items().into_iter().map(item).collect()
}
