//! The name of every request there is. A new variant does not compile here until it has one; its
//! name goes into [`ALL`] too, and then it must be sent.

use hublink::api::call::{
    AccountCall, CohortCall, DemoCall, DomainCall, DraftCall, FollowingCall, InsightsCall,
    LicenceCall, LinkCall, OfferCall, OrderCall, OrganizationCall, PlanCall, Request, RosterCall,
    RunCall, SetupCall, SiteCall, SyncCall, TrialCall, WelcomeCall,
};

/// Every name.
#[rustfmt::skip]
pub const ALL: &[&str] = &[
    "sign in", "sign out", "me", "set password", "people", "add person", "tokens", "create token",
    "revoke token", "audit", "verify audit",
    "sessions", "end session", "end sessions", "my tokens", "disable", "enable", "ask reset",
    "use reset",
    "organizations", "add organization", "organization", "edit organization", "grant",
    "revoke",
    "domains", "add domain", "verify", "claim", "release", "unverify",
    "consumer domains", "add consumer domain",
    "sites", "add site", "site", "edit site", "set method", "site domains", "agreement text", "sign",
    "trials", "start trial", "check trial", "trial", "edit trial", "extend trial",
    "orders", "add order", "order", "candidates", "map order", "accept order", "decline order",
    "enrollment", "enroll", "connect", "link candidates", "prepare link", "link", "link job",
    "linked users", "retry link",
    "roster", "roster blocks", "users", "import", "apply import", "export", "user", "add user", "edit user",
    "account linking", "set account linking", "plan newcomers", "auto link", "set auto link",
    "directory sync", "set directory sync", "failing users", "directory step",
    "export licences", "import licences", "licence import", "licence rows", "apply licences",
    "cohorts", "cohort", "save cohort", "remove cohort",
    "make plan", "plan", "plan items", "apply plan",
    "runs", "run", "run items", "pause", "resume", "resume restored", "cancel", "retry", "resolve", "clear decline",
    "drafts", "draft", "save draft", "take draft", "remove draft",
    "setup", "finish setup", "check subdomain", "suggest subdomains", "contact center",
    "set up contact center",
    "welcome", "resend welcome", "correct welcome", "look at welcome", "accept welcome",
    "decline welcome", "lift welcome",
    "offer", "accept offer", "decline offer", "lift offer", "withdraw offer",
    "report", "meetings", "meeting", "profiles", "profile", "devices", "feed", "import feed",
    "list_timers",
    "clock", "advance", "demo people", "outbox", "answer", "publish txt",
];

/// The name of a request.
pub fn name(request: &Request) -> &'static str {
    match request {
        Request::Account(call) => account(call),
        Request::Organization(call) => organization(call),
        Request::Domain(call) => domain(call),
        Request::Site(call) => site(call),
        Request::Link(call) => link(call),
        Request::Roster(call) => roster(call),
        Request::Trial(call) => trial(call),
        Request::Order(call) => order(call),
        Request::Following(call) => following(call),
        Request::Sync(call) => sync(call),
        Request::Licence(call) => licence(call),
        Request::Cohort(call) => cohort(call),
        Request::Plan(call) => plan(call),
        Request::Run(call) => run(call),
        Request::Draft(call) => draft(call),
        Request::Setup(call) => setup(call),
        Request::Welcome(call) => welcome(call),
        Request::Offer(call) => offer(call),
        Request::Insights(call) => insights(call),
        Request::Call(call) => call.about.route.id,
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
        AccountCall::RevokeToken(..) => "revoke token",
        AccountCall::Sessions(_) => "sessions",
        AccountCall::EndSession(_) => "end session",
        AccountCall::EndSessions => "end sessions",
        AccountCall::MyTokens(_) => "my tokens",
        AccountCall::Disable(_) => "disable",
        AccountCall::Enable(_) => "enable",
        AccountCall::AskReset(_) => "ask reset",
        AccountCall::UseReset(_) => "use reset",
        AccountCall::Audit(_) => "audit",
        AccountCall::VerifyAudit(_) => "verify audit",
    }
}

fn trial(call: &TrialCall) -> &'static str {
    match call {
        TrialCall::List(_) => "trials",
        TrialCall::Start(..) => "start trial",
        TrialCall::Check(..) => "check trial",
        TrialCall::Show(_) => "trial",
        TrialCall::Edit(..) => "edit trial",
        TrialCall::Extend(..) => "extend trial",
    }
}

fn order(call: &OrderCall) -> &'static str {
    match call {
        OrderCall::List(_) => "orders",
        OrderCall::Add(_) => "add order",
        OrderCall::Show(_) => "order",
        OrderCall::Candidates(..) => "candidates",
        OrderCall::Map(..) => "map order",
        OrderCall::Accept(_) => "accept order",
        OrderCall::Decline(_) => "decline order",
    }
}

fn organization(call: &OrganizationCall) -> &'static str {
    match call {
        OrganizationCall::List(_) => "organizations",
        OrganizationCall::Add(_) => "add organization",
        OrganizationCall::Show(_) => "organization",
        OrganizationCall::Edit(..) => "edit organization",
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
        SiteCall::Agreement(_) => "agreement text",
        SiteCall::Sign(..) => "sign",
    }
}

fn link(call: &LinkCall) -> &'static str {
    match call {
        LinkCall::Enrollment(_) => "enrollment",
        LinkCall::Enroll(..) => "enroll",
        LinkCall::Connect(..) => "connect",
        LinkCall::Candidates(..) => "link candidates",
        LinkCall::Prepare(..) => "prepare link",
        LinkCall::Link(..) => "link",
        LinkCall::Watch(..) => "link job",
        LinkCall::Users(..) => "linked users",
        LinkCall::Retry(_) => "retry link",
    }
}

fn roster(call: &RosterCall) -> &'static str {
    match call {
        RosterCall::Stream { .. } => "roster",
        RosterCall::Blocks { .. } => "roster blocks",
        RosterCall::Users(..) => "users",
        RosterCall::Import(..) => "import",
        RosterCall::ApplyImport(..) => "apply import",
        RosterCall::Export(..) => "export",
        RosterCall::User(..) => "user",
        RosterCall::AddUser(..) => "add user",
        RosterCall::EditUser(..) => "edit user",
    }
}

fn following(call: &FollowingCall) -> &'static str {
    match call {
        FollowingCall::AccountLinking(_) => "account linking",
        FollowingCall::SetAccountLinking(..) => "set account linking",
        FollowingCall::PlanNewcomers(_) => "plan newcomers",
        FollowingCall::AutoLink(_) => "auto link",
        FollowingCall::SetAutoLink(..) => "set auto link",
    }
}

fn sync(call: &SyncCall) -> &'static str {
    match call {
        SyncCall::Show(_) => "directory sync",
        SyncCall::Set(..) => "set directory sync",
        SyncCall::Users(..) => "failing users",
        SyncCall::Step(..) => "directory step",
    }
}

fn licence(call: &LicenceCall) -> &'static str {
    match call {
        LicenceCall::Export(..) => "export licences",
        LicenceCall::Import(..) => "import licences",
        LicenceCall::Show(..) => "licence import",
        LicenceCall::Rows(..) => "licence rows",
        LicenceCall::Apply(..) => "apply licences",
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
        RunCall::ResumeRestored(..) => "resume restored",
        RunCall::Cancel(_) => "cancel",
        RunCall::Retry(_) => "retry",
        RunCall::Resolve(..) => "resolve",
        RunCall::ClearDecline(..) => "clear decline",
    }
}

fn draft(call: &DraftCall) -> &'static str {
    match call {
        DraftCall::List(_) => "drafts",
        DraftCall::Show(..) => "draft",
        DraftCall::Save(..) => "save draft",
        DraftCall::Take(..) => "take draft",
        DraftCall::Remove(..) => "remove draft",
    }
}

fn setup(call: &SetupCall) -> &'static str {
    match call {
        SetupCall::Show(_) => "setup",
        SetupCall::Finish(..) => "finish setup",
        SetupCall::Check(..) => "check subdomain",
        SetupCall::Suggest(..) => "suggest subdomains",
        SetupCall::ContactCenter(..) => "contact center",
        SetupCall::SetUpContactCenter(..) => "set up contact center",
    }
}

fn welcome(call: &WelcomeCall) -> &'static str {
    match call {
        WelcomeCall::Show(_) => "welcome",
        WelcomeCall::Resend(_) => "resend welcome",
        WelcomeCall::Correct(..) => "correct welcome",
        WelcomeCall::Look(_) => "look at welcome",
        WelcomeCall::Accept(_) => "accept welcome",
        WelcomeCall::Decline(_) => "decline welcome",
        WelcomeCall::Lift(_) => "lift welcome",
    }
}

fn offer(call: &OfferCall) -> &'static str {
    match call {
        OfferCall::Show(_) => "offer",
        OfferCall::Accept(..) => "accept offer",
        OfferCall::Decline(_) => "decline offer",
        OfferCall::Lift(_) => "lift offer",
        OfferCall::Withdraw(..) => "withdraw offer",
    }
}

fn insights(call: &InsightsCall) -> &'static str {
    match call {
        InsightsCall::Report(..) => "report",
        InsightsCall::Meetings(..) => "meetings",
        InsightsCall::Meeting(..) => "meeting",
        InsightsCall::Profiles(..) => "profiles",
        InsightsCall::Profile(..) => "profile",
        InsightsCall::Devices(..) => "devices",
        InsightsCall::Feed(..) => "feed",
        InsightsCall::Import(..) => "import feed",
    }
}

fn demo(call: &DemoCall) -> &'static str {
    match call {
        DemoCall::Clock => "clock",
        DemoCall::Advance(_) => "advance",
        DemoCall::People => "demo people",
        DemoCall::Outbox(_) => "outbox",
        DemoCall::Answer(..) => "answer",
        DemoCall::PublishTxt(_) => "publish txt",
    }
}
