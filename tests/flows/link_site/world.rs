//! The world of the flows that link a site, as the backend would tell it.

use hublink::api::draft::Draft;
use hublink::api::linking::{
    Agreed, Candidate, Candidates, ConnectMail, Enrollment, LinkJob, LinkPlan, LinkedUser,
    MatchReason, MyOrganization, NewChoice, Notices, WhyNot,
};
use hublink::domain::organization::OrganizationKind;
use hublink::domain::outcome::Outcome;
use hublink::domain::site::SiteState;
use hublink::domain::site_link::{
    Consequences, EnrollStep, Hindrance, LinkMailState, LinkState, MatchKind, Reported, Terms,
    agreement,
};
use serde_json::Value;

use crate::world::{NOW, SITE, at};

/// Who is in no organization yet.
pub const NEWCOMER: &str = "sam@dolmen.example";
/// The code of the connect mail.
pub const CODE: &str = "abcd-efgh-jkmn-pqrs";

pub fn enrollment(next: EnrollStep) -> Enrollment {
    Enrollment {
        site: SITE.into(),
        company: "Acme Robotics Inc".into(),
        state: SiteState::NotEnrolled,
        next,
        connect: None,
        my_organization: Some(MyOrganization {
            id: "acme".to_owned(),
            name: "Acme Robotics".into(),
            kind: OrganizationKind::Customer,
            full_admin: true,
        }),
        csm: "csm@provider.example".into(),
    }
}

pub fn newcomer(next: EnrollStep) -> Enrollment {
    let connect = (next == EnrollStep::Connect).then(|| connect_mail(NEWCOMER));
    Enrollment { connect, my_organization: None, ..enrollment(next) }
}

pub fn connect_mail(to: &str) -> ConnectMail {
    ConnectMail {
        to: to.into(),
        state: LinkMailState::Sent,
        detail: None,
        asked_at: at(NOW),
        expires_at: Some(at("2026-03-08T09:42:00Z")),
        expired: false,
        connected_at: None,
    }
}

pub fn connected(enrollment: &mut Enrollment) {
    enrollment.next = EnrollStep::Organization;
    enrollment.connect.as_mut().unwrap().connected_at = Some(at("2026-03-01T09:43:00Z"));
}

fn reason(kind: MatchKind, evidence: &[&str], text: &str) -> MatchReason {
    let evidence = evidence.iter().map(|piece| (*piece).into()).collect();
    MatchReason { kind, evidence, text: text.into() }
}

pub fn candidate(id: &str, name: &str, why_not: Option<WhyNot>) -> Candidate {
    Candidate {
        id: id.to_owned(),
        name: name.into(),
        kind: OrganizationKind::Customer,
        created_at: at("2024-05-01T00:00:00Z"),
        reasons: vec![
            reason(MatchKind::OrganizationId, &[id], "The site names its id: acme"),
            reason(
                MatchKind::VerifiedDomain,
                &["acme.example"],
                "It has verified domains of the site's users: acme.example (1,902 users)",
            ),
            reason(
                MatchKind::Administrator,
                &["fay@acme.example"],
                "Administrators of the site administer it: fay@acme.example",
            ),
        ],
        choosable: why_not.is_none(),
        why_not,
        full_admins: 2,
        ask: Vec::new(),
    }
}

pub fn why(code: Hindrance, text: &str, remedy: &str) -> WhyNot {
    WhyNot { code, text: text.into(), remedy: remedy.into() }
}

/// One that may be chosen, and one that may not.
pub fn candidates() -> Candidates {
    let other = why(
        Hindrance::OtherAccount,
        "Your account is in Acme Robotics, and a person has one account, in one organization.",
        "A full admin with an account in ACME Inc. can link the site, once they are admin of the \
         site too.",
    );
    let name = "The site's company has the same name: ACME Inc.";
    let mut by_name = candidate("acme-inc", "ACME Inc.", Some(other));
    by_name.reasons = vec![reason(MatchKind::OrganizationName, &["ACME Inc."], name)];
    by_name.created_at = at("2026-01-15T00:00:00Z");
    let has = why(
        Hindrance::HasOrganization,
        "You are in Acme Robotics already, and a person is in one organization at most.",
        "If the site belongs to Acme Robotics, choose that: you are full admin there.",
    );
    Candidates {
        site: SITE.into(),
        company: "Acme Robotics Inc".into(),
        items: vec![candidate("acme", "Acme Robotics", None), by_name],
        more: 0,
        typed_id_found: None,
        new_organization: NewChoice {
            offered: false,
            name: "Acme Robotics Inc".into(),
            why_not: Some(has),
        },
        csm: "csm@provider.example".into(),
    }
}

/// A new organization is offered, and nothing that matches can be chosen.
pub fn offer_new(candidates: &mut Candidates) {
    candidates.new_organization.offered = true;
    candidates.new_organization.why_not = None;
    for one in &mut candidates.items {
        let name = one.name.raw();
        let text = format!("You have no account in {name}.");
        let remedy = format!("Ask a full admin of {name} to make {NEWCOMER} full admin there.");
        one.why_not = Some(why(Hindrance::NoAccount, &text, &remedy));
        one.choosable = false;
    }
    candidates.items[0].ask = vec!["fay@acme.example".into(), "lee@acme.example".into()];
}

/// What an id that is typed in finds.
pub fn typed(id: &str) -> Option<Candidate> {
    (id == "robotics-eu").then(|| {
        let mut one = candidate(id, "Robotics Europe", None);
        let text = "You typed its id: robotics-eu";
        one.reasons = vec![reason(MatchKind::OrganizationId, &[id], text)];
        one
    })
}

pub fn consequences() -> Consequences {
    Consequences {
        users: 2_412,
        linked: 142,
        known: 138,
        confirmed: 4,
        reported: vec![
            Reported { outcome: Outcome::BlockedInactive, users: 7 },
            Reported { outcome: Outcome::BlockedDuplicateAddress, users: 2 },
        ],
        untouched: 2_261,
        notified: 2,
    }
}

pub fn plan() -> LinkPlan {
    let consequences = consequences();
    let terms = Terms {
        site: SITE,
        organization: "Acme Robotics",
        partner: false,
        new_in: None,
        consequences: &consequences,
    };
    LinkPlan {
        site: SITE.into(),
        organization: Some("acme".to_owned()),
        organization_name: "Acme Robotics".into(),
        organization_kind: OrganizationKind::Customer,
        country: None,
        text: agreement(&terms).into(),
        text_sha256: "5f2a".repeat(16),
        consequences,
        notified: vec!["fay@acme.example".into(), "lee@acme.example".into()],
        takes_seconds: 60,
    }
}

pub fn job() -> LinkJob {
    LinkJob {
        site: SITE.into(),
        organization: "acme".to_owned(),
        organization_name: "Acme Robotics".into(),
        new_organization: false,
        state: LinkState::Running,
        progress: 0,
        started_at: at(NOW),
        started_by: "fay@acme.example".into(),
        due_at: at("2026-03-01T21:42:00Z"),
        ended_at: None,
        failures: 0,
        reason: None,
        retry_at: None,
        waits: None,
        agreed: Some(Agreed {
            by: "fay@acme.example".into(),
            at: at(NOW),
            text_sha256: "5f2a".repeat(16),
        }),
        result: Consequences::default(),
        notices: Notices { total: 2, waiting: 2, ..Notices::default() },
        revision: 1,
    }
}

pub fn users() -> Vec<LinkedUser> {
    let user = |number, name: &str, address: &str, outcome| LinkedUser {
        number,
        user_id: format!("u-{number}").into(),
        name: name.into(),
        address: address.into(),
        outcome,
    };
    vec![
        user(0, "Amara Okafor", "amara.okafor@acme.example", Outcome::LinkNow),
        user(1, "陈伟 Chen Wei", "chen.wei@gmail.com", Outcome::LinkNow),
        user(2, "Bjørn Lund", "bjorn.lund@acme.example", Outcome::BlockedInactive),
    ]
}

pub fn draft(holder: &str, step: &str, answers: Value, revision: u64) -> Draft {
    Draft {
        wizard: "link_site".to_owned(),
        subject: SITE.into(),
        step: step.to_owned(),
        answers,
        revision,
        holder: holder.into(),
        held_since: at(NOW),
        saved_at: at(NOW),
    }
}
