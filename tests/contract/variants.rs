//! The name of every request there is. A new variant does not compile here until it has one; its
//! name goes into [`ALL`] too, and then it must be sent.

use hublink::api::call::{
    AccountCall, CohortCall, DemoCall, DomainCall, DraftCall, OrganizationCall, PlanCall, Request,
    RosterCall, RunCall, SiteCall,
};

/// Every name.
#[rustfmt::skip]
pub const ALL: &[&str] = &[
    "sign in", "sign out", "me", "set password", "people", "add person", "tokens", "create token",
    "revoke token", "audit", "verify audit",
    "organizations", "add organization", "organization", "grant", "revoke",
    "domains", "add domain", "verify", "claim", "release", "unverify",
    "consumer domains", "add consumer domain",
    "sites", "add site", "site", "edit site", "set method", "site domains", "sign",
    "roster", "users", "import", "apply import", "export",
    "cohorts", "cohort", "save cohort", "remove cohort",
    "make plan", "plan", "plan items", "apply plan",
    "runs", "run", "run items", "pause", "resume", "cancel", "retry", "resolve", "clear decline",
    "draft", "save draft", "take draft", "remove draft",
    "clock", "advance", "demo people", "outbox", "answer", "publish txt",
];

/// The name of a request.
pub fn name(request: &Request) -> &'static str {
    match request {
        Request::Account(call) => account(call),
        Request::Organization(call) => organization(call),
        Request::Domain(call) => domain(call),
        Request::Site(call) => site(call),
        Request::Roster(call) => roster(call),
        Request::Cohort(call) => cohort(call),
        Request::Plan(call) => plan(call),
        Request::Run(call) => run(call),
        Request::Draft(call) => draft(call),
        Request::Demo(call) => demo(call),
    }
}

fn account(call: &AccountCall) -> &'static str {
    match call {
        AccountCall::SignIn(_) => "sign in",
        AccountCall::SignOut => "sign out",
        AccountCall::Me => "me",
        AccountCall::SetPassword(_) => "set password",
        AccountCall::People(_) => "people",
        AccountCall::AddPerson(_) => "add person",
        AccountCall::Tokens(_) => "tokens",
        AccountCall::CreateToken(_) => "create token",
        AccountCall::RevokeToken(_) => "revoke token",
        AccountCall::Audit(_) => "audit",
        AccountCall::VerifyAudit => "verify audit",
    }
}

fn organization(call: &OrganizationCall) -> &'static str {
    match call {
        OrganizationCall::List(_) => "organizations",
        OrganizationCall::Add(_) => "add organization",
        OrganizationCall::Show(_) => "organization",
        OrganizationCall::Grant(..) => "grant",
        OrganizationCall::Revoke(..) => "revoke",
    }
}

fn domain(call: &DomainCall) -> &'static str {
    match call {
        DomainCall::List(..) => "domains",
        DomainCall::Add(..) => "add domain",
        DomainCall::Verify(..) => "verify",
        DomainCall::Claim(..) => "claim",
        DomainCall::Release(..) => "release",
        DomainCall::Unverify(..) => "unverify",
        DomainCall::Consumers(_) => "consumer domains",
        DomainCall::AddConsumer(_) => "add consumer domain",
    }
}

fn site(call: &SiteCall) -> &'static str {
    match call {
        SiteCall::List(_) => "sites",
        SiteCall::Add(_) => "add site",
        SiteCall::Show(_) => "site",
        SiteCall::Edit(..) => "edit site",
        SiteCall::SetMethod(..) => "set method",
        SiteCall::Domains(_) => "site domains",
        SiteCall::Sign(..) => "sign",
    }
}

fn roster(call: &RosterCall) -> &'static str {
    match call {
        RosterCall::Stream { .. } => "roster",
        RosterCall::Users(..) => "users",
        RosterCall::Import(..) => "import",
        RosterCall::ApplyImport(..) => "apply import",
        RosterCall::Export(..) => "export",
    }
}

fn cohort(call: &CohortCall) -> &'static str {
    match call {
        CohortCall::List(..) => "cohorts",
        CohortCall::Show(..) => "cohort",
        CohortCall::Save(..) => "save cohort",
        CohortCall::Remove(..) => "remove cohort",
    }
}

fn plan(call: &PlanCall) -> &'static str {
    match call {
        PlanCall::Make(..) => "make plan",
        PlanCall::Show(_) => "plan",
        PlanCall::Items(..) => "plan items",
        PlanCall::Apply(..) => "apply plan",
    }
}

fn run(call: &RunCall) -> &'static str {
    match call {
        RunCall::List(_) => "runs",
        RunCall::Watch(..) => "run",
        RunCall::Items(..) => "run items",
        RunCall::Pause(_) => "pause",
        RunCall::Resume(_) => "resume",
        RunCall::Cancel(_) => "cancel",
        RunCall::Retry(_) => "retry",
        RunCall::Resolve(..) => "resolve",
        RunCall::ClearDecline(..) => "clear decline",
    }
}

fn draft(call: &DraftCall) -> &'static str {
    match call {
        DraftCall::Show(..) => "draft",
        DraftCall::Save(..) => "save draft",
        DraftCall::Take(..) => "take draft",
        DraftCall::Remove(..) => "remove draft",
    }
}

fn demo(call: &DemoCall) -> &'static str {
    match call {
        DemoCall::Clock => "clock",
        DemoCall::Advance(_) => "advance",
        DemoCall::People => "demo people",
        DemoCall::Outbox => "outbox",
        DemoCall::Answer(..) => "answer",
        DemoCall::PublishTxt(_) => "publish txt",
    }
}
