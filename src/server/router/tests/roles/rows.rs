//! The table of promise I9, by route: who may, and who only sees.
//!
//! Owns the rows alone; they are SPEC section 3 said once more. Must not compute any of them.

use serde_json::{Value, json};

/// A route, who may use it, and who sees what it is about but may not use it; for all others there
/// is nothing there.
pub struct Row {
    pub route: &'static str,
    pub path: &'static str,
    pub body: Value,
    pub may: &'static str,
    pub sees: &'static str,
}

fn row(route: &'static str, path: &'static str, may: &'static str, sees: &'static str) -> Row {
    Row { route, path, body: Value::Null, may, sees }
}

impl Row {
    fn with(self, body: Value) -> Self {
        Self { body, ..self }
    }
}

pub const ALL: &str = "root pat fay rob sam zoe ned";
pub const ADMINS: &str = "pat fay rob sam zoe ned";
pub const ORG: &str = "/v1/organizations/acme";
pub const SITE: &str = "/v1/sites/acme.webex.example";

/// All rows.
pub fn table() -> Vec<Row> {
    let mut rows = account();
    rows.extend(organizations());
    rows.extend(selling());
    rows.extend(first_days());
    rows.extend(sites());
    rows.extend(linking());
    rows.extend(inviting());
    rows.extend(following());
    rows.extend(insights());
    rows
}

fn account() -> Vec<Row> {
    vec![
        row("GET /v1/me", "/v1/me", ALL, ""),
        row("PUT /v1/me/password", "/v1/me/password", ALL, "")
            .with(json!({ "password": "correct horse battery" })),
        row("DELETE /v1/sessions/current", "/v1/sessions/current", ALL, ""),
        row("GET /v1/offers/{organization}", "/v1/offers/acme", "ned", ""),
        row("POST /v1/offers/{organization}/accept", "/v1/offers/acme/accept", "ned", "")
            .with(json!({ "terms_sha256": "" })),
        row("POST /v1/offers/{organization}/decline", "/v1/offers/acme/decline", "ned", ""),
        row("POST /v1/offers/{organization}/lift", "/v1/offers/acme/lift", "ned", ""),
        row("GET /v1/me/sessions", "/v1/me/sessions", ALL, ""),
        row("DELETE /v1/me/sessions", "/v1/me/sessions", ALL, ""),
        row("DELETE /v1/me/sessions/{id}", "/v1/me/sessions/ses_fay", "fay", ""),
        row("GET /v1/me/tokens", "/v1/me/tokens", ALL, ""),
        row(
            "POST /v1/people/{email}/disable",
            "/v1/people/ray@acme.example/disable",
            "root fay",
            "pat rob sam",
        ),
        row(
            "POST /v1/people/{email}/enable",
            "/v1/people/ray@acme.example/enable",
            "root fay",
            "pat rob sam",
        ),
        row("GET /v1/people", "/v1/people", "root", ADMINS),
        row("POST /v1/people", "/v1/people", "root", ADMINS)
            .with(json!({ "email": "new@acme.example", "name": "New" })),
        row("GET /v1/tokens", "/v1/tokens", ALL, ""),
        row("POST /v1/tokens", "/v1/tokens", "root fay", "pat rob sam zoe ned")
            .with(json!({ "person": "fay@acme.example" })),
        row("DELETE /v1/tokens/{id}", "/v1/tokens/tok_fay", "root fay", ""),
        row("GET /v1/audit", "/v1/audit?organization=acme", "root pat fay rob", "sam"),
        row("GET /v1/audit/verify", "/v1/audit/verify", "root pat fay rob zoe", "sam ned"),
        row("GET /v1/clock", "/v1/clock", ALL, ""),
        row("POST /v1/clock/advance", "/v1/clock/advance", ALL, "").with(json!({ "seconds": 1 })),
    ]
}

fn organizations() -> Vec<Row> {
    let roles = "/v1/organizations/acme/roles";
    let domains = "/v1/organizations/acme/domains";
    let act = |route, path| row(route, path, "fay", "root pat rob sam");
    vec![
        row("GET /v1/organizations", "/v1/organizations", ALL, ""),
        row("POST /v1/organizations", "/v1/organizations", "root", ADMINS)
            .with(json!({ "name": "New", "kind": "customer" })),
        row("GET /v1/organizations/{id}", ORG, "root pat fay rob sam", ""),
        act("PATCH /v1/organizations/{id}", ORG).with(json!({ "auto_licence": true })),
        row("POST /v1/organizations/{id}/roles", roles, "root fay", "pat rob sam")
            .with(json!({ "email": "lee@acme.example", "role": "read_only_admin" })),
        row(
            "DELETE /v1/organizations/{id}/roles/{role}/{email}",
            "/v1/organizations/acme/roles/read_only_admin/ray@acme.example",
            "root fay",
            "pat rob sam",
        ),
        row(
            "DELETE /v1/organizations/{id}/offers/{email}",
            "/v1/organizations/acme/offers/lou@acme.example",
            "root fay",
            "pat rob sam",
        ),
        row("GET /v1/consumer-domains", "/v1/consumer-domains", "root", ADMINS),
        row("POST /v1/consumer-domains", "/v1/consumer-domains", "root", ADMINS)
            .with(json!({ "name": "post.example" })),
        row("GET /v1/organizations/{id}/domains", domains, "root pat fay rob", "sam"),
        act("POST /v1/organizations/{id}/domains", domains).with(json!({ "name": "more.example" })),
        act(
            "POST /v1/organizations/{id}/domains/{name}/verify",
            "/v1/organizations/acme/domains/acme.example/verify",
        ),
        act(
            "POST /v1/organizations/{id}/domains/{name}/claim",
            "/v1/organizations/acme/domains/acme.example/claim",
        ),
        act(
            "POST /v1/organizations/{id}/domains/{name}/release",
            "/v1/organizations/acme/domains/acme.example/release",
        ),
        act(
            "POST /v1/organizations/{id}/domains/{name}/unverify",
            "/v1/organizations/acme/domains/acme.example/unverify",
        ),
        act(
            "POST /v1/organizations/{id}/domains/{name}/remove",
            "/v1/organizations/acme/domains/acme.example/remove",
        ),
    ]
}

fn selling() -> Vec<Row> {
    let start = "/v1/organizations/meridian/trials";
    let check = "/v1/organizations/meridian/trials/check";
    let services = json!([{ "service": "messaging", "quantity": 1 }]);
    let new_trial = json!({
        "company": "", "administrator": "", "vertical": "other", "country": "",
        "supported_location": true, "services": [], "days": 30,
    });
    let new_order = json!({
        "number": "SO-9", "partner": "meridian", "company": "N", "country": "DE",
        "services": services,
    });
    let who = json!({ "administrator": "a@acme.example" });
    vec![
        row("GET /v1/trials", "/v1/trials", ALL, ""),
        row("POST /v1/organizations/{id}/trials", start, "pat", "root").with(new_trial),
        row("POST /v1/organizations/{id}/trials/check", check, "pat", "root").with(json!({})),
        row("GET /v1/trials/{organization}", "/v1/trials/acme", "root pat fay rob", "sam"),
        row("PATCH /v1/trials/{organization}", "/v1/trials/acme", "pat", "root fay rob sam")
            .with(json!({ "services": services })),
        row(
            "POST /v1/trials/{organization}/extend",
            "/v1/trials/acme/extend",
            "pat",
            "root fay rob sam",
        )
        .with(json!({})),
        row("GET /v1/orders", "/v1/orders", ALL, ""),
        row("POST /v1/orders", "/v1/orders", "root", ADMINS).with(new_order),
        row("GET /v1/orders/{number}", "/v1/orders/SO-1", "root pat", ""),
        row("POST /v1/orders/{number}/candidates", "/v1/orders/SO-1/candidates", "pat", "root")
            .with(who.clone()),
        row("POST /v1/orders/{number}/map", "/v1/orders/SO-1/map", "pat", "root").with(who),
        // SO-2 is mapped to Acme, SO-3 asks Acme.
        row("POST /v1/orders/{number}/accept", "/v1/orders/SO-3/accept", "fay", "root pat rob"),
        row("POST /v1/orders/{number}/decline", "/v1/orders/SO-2/decline", "fay", "root pat rob"),
    ]
}

fn first_days() -> Vec<Row> {
    let set_up = |route, path| row(route, path, "pat fay", "root rob sam");
    vec![
        set_up("GET /v1/organizations/{id}/setup", "/v1/organizations/acme/setup"),
        set_up("POST /v1/organizations/{id}/setup/finish", "/v1/organizations/acme/setup/finish")
            .with(json!({ "subdomain": "acme" })),
        set_up(
            "GET /v1/organizations/{id}/subdomain",
            "/v1/organizations/acme/subdomain?name=acme",
        ),
        set_up(
            "GET /v1/organizations/{id}/subdomain/suggestions",
            "/v1/organizations/acme/subdomain/suggestions",
        ),
        set_up(
            "GET /v1/organizations/{id}/contact-center",
            "/v1/organizations/acme/contact-center",
        ),
        set_up(
            "POST /v1/organizations/{id}/contact-center/set-up",
            "/v1/organizations/acme/contact-center/set-up",
        )
        .with(json!({})),
        set_up("GET /v1/organizations/{id}/welcome", "/v1/organizations/acme/welcome"),
        set_up(
            "POST /v1/organizations/{id}/welcome/resend",
            "/v1/organizations/acme/welcome/resend",
        ),
        set_up(
            "PUT /v1/organizations/{id}/welcome/address",
            "/v1/organizations/acme/welcome/address",
        )
        .with(json!({ "email": "lee@acme.example" })),
    ]
}

fn sites() -> Vec<Row> {
    let read = |route, path| row(route, path, "pat fay rob sam", "root");
    let link = |route, path| row(route, path, "fay", "root pat rob sam");
    let import = |route, path| row(route, path, "fay sam", "root pat rob");
    vec![
        row("GET /v1/sites", "/v1/sites", ALL, ""),
        row("POST /v1/sites", "/v1/sites", "root", ADMINS)
            .with(json!({ "url": "more.webex.example", "company": "More" })),
        row("GET /v1/sites/{url}", SITE, "root pat fay rob sam", ""),
        row("PATCH /v1/sites/{url}", SITE, "root", "pat fay rob sam")
            .with(json!({ "company": "Acme" })),
        link("PUT /v1/sites/{url}/method", "/v1/sites/acme.webex.example/method")
            .with(json!({ "method": "verify_now" })),
        read("GET /v1/sites/{url}/domains", "/v1/sites/acme.webex.example/domains"),
        read("GET /v1/sites/{url}/agreements", "/v1/sites/acme.webex.example/agreements"),
        link("POST /v1/sites/{url}/agreements", "/v1/sites/acme.webex.example/agreements")
            .with(json!({ "domains": [], "text_sha256": "", "agree": false, "confirm": "" })),
        read("GET /v1/sites/{url}/roster", "/v1/sites/acme.webex.example/roster"),
        read("GET /v1/sites/{url}/roster/blocks", "/v1/sites/acme.webex.example/roster/blocks"),
        read("GET /v1/sites/{url}/users", "/v1/sites/acme.webex.example/users"),
        read("GET /v1/sites/{url}/export", "/v1/sites/acme.webex.example/export"),
        import("POST /v1/sites/{url}/imports", "/v1/sites/acme.webex.example/imports"),
        import(
            "POST /v1/sites/{url}/imports/{id}/apply",
            "/v1/sites/acme.webex.example/imports/i/apply",
        ),
    ]
}

/// What follows linking: rules U7 to U9, L11, L12.
fn following() -> Vec<Row> {
    let read = |route, path| row(route, path, "pat fay rob sam", "root");
    let link = |route, path| row(route, path, "fay", "root pat rob sam");
    let import = |route, path| row(route, path, "fay sam", "root pat rob");
    let linking = "/v1/sites/acme.webex.example/account-linking";
    let auto = "/v1/sites/acme.webex.example/auto-link";
    let sync = "/v1/organizations/acme/directory-sync";
    let licences = "/v1/sites/acme.webex.example/licences";
    vec![
        read("GET /v1/sites/{url}/account-linking", linking),
        link("PUT /v1/sites/{url}/account-linking", linking).with(json!({ "setting": "off" })),
        link(
            "POST /v1/sites/{url}/account-linking/plan",
            "/v1/sites/acme.webex.example/account-linking/plan",
        ),
        row("GET /v1/sites/{url}/auto-link", auto, "root pat fay rob sam", ""),
        row("PUT /v1/sites/{url}/auto-link", auto, "root", "pat fay rob sam")
            .with(json!({ "on": null })),
        row("GET /v1/organizations/{id}/directory-sync", sync, "root pat fay rob", "sam"),
        link("PUT /v1/organizations/{id}/directory-sync", sync).with(json!({ "on": true })),
        link(
            "GET /v1/organizations/{id}/directory-sync/users",
            "/v1/organizations/acme/directory-sync/users",
        ),
        link(
            "POST /v1/organizations/{id}/directory-sync/{step}",
            "/v1/organizations/acme/directory-sync/pause",
        ),
        link("GET /v1/sites/{url}/licences", licences),
        link(
            "POST /v1/sites/{url}/licences/imports",
            "/v1/sites/acme.webex.example/licences/imports",
        ),
        link(
            "GET /v1/sites/{url}/licences/imports/{id}",
            "/v1/sites/acme.webex.example/licences/imports/i",
        ),
        link(
            "GET /v1/sites/{url}/licences/imports/{id}/rows",
            "/v1/sites/acme.webex.example/licences/imports/i/rows",
        ),
        link(
            "POST /v1/sites/{url}/licences/imports/{id}/apply",
            "/v1/sites/acme.webex.example/licences/imports/i/apply",
        ),
        read("GET /v1/sites/{url}/users/{user_id}", "/v1/sites/acme.webex.example/users/u0"),
        import("POST /v1/sites/{url}/users", "/v1/sites/acme.webex.example/users")
            .with(json!({ "user_id": "u9", "address": "u9@acme.example" })),
        import("PATCH /v1/sites/{url}/users/{user_id}", "/v1/sites/acme.webex.example/users/u0")
            .with(json!({ "department": "Legal" })),
    ]
}

fn linking() -> Vec<Row> {
    let own = |route, path| row(route, path, "sam", "root pat fay rob");
    let seen = |route, path| row(route, path, "root pat fay rob sam", "");
    let link = "/v1/sites/acme.webex.example/link";
    let target = json!({ "organization": "acme" });
    vec![
        own("GET /v1/sites/{url}/enrollment", "/v1/sites/acme.webex.example/enrollment"),
        own("POST /v1/sites/{url}/enroll", "/v1/sites/acme.webex.example/enroll").with(json!({})),
        own("POST /v1/sites/{url}/connect", "/v1/sites/acme.webex.example/connect")
            .with(json!({ "code": "0000-0000-0000-0000" })),
        own("GET /v1/sites/{url}/candidates", "/v1/sites/acme.webex.example/candidates"),
        own("POST /v1/sites/{url}/link/prepare", "/v1/sites/acme.webex.example/link/prepare")
            .with(target.clone()),
        own("POST /v1/sites/{url}/link", link).with(json!({
            "target": target, "text_sha256": "", "agree": true, "confirm": "acme.webex.example",
        })),
        own("POST /v1/sites/{url}/link/retry", "/v1/sites/acme.webex.example/link/retry"),
        seen("GET /v1/sites/{url}/link", link),
        seen("DELETE /v1/sites/{url}/link", link),
        row(
            "GET /v1/sites/{url}/link/users",
            "/v1/sites/acme.webex.example/link/users",
            "pat fay rob sam",
            "root",
        ),
    ]
}

fn insights() -> Vec<Row> {
    let read = |route, path| row(route, path, "pat fay rob sam", "root");
    let import = |route, path| row(route, path, "fay sam", "root pat rob");
    vec![
        read("GET /v1/sites/{url}/insights/report", "/v1/sites/acme.webex.example/insights/report"),
        read(
            "GET /v1/sites/{url}/insights/meetings",
            "/v1/sites/acme.webex.example/insights/meetings",
        ),
        read(
            "GET /v1/sites/{url}/insights/meetings/{id}",
            "/v1/sites/acme.webex.example/insights/meetings/m1",
        ),
        read(
            "GET /v1/sites/{url}/insights/participants",
            "/v1/sites/acme.webex.example/insights/participants",
        ),
        read(
            "GET /v1/sites/{url}/insights/participants/{person}",
            "/v1/sites/acme.webex.example/insights/participants/a@acme.example",
        ),
        read(
            "GET /v1/sites/{url}/insights/devices",
            "/v1/sites/acme.webex.example/insights/devices",
        ),
        import("POST /v1/sites/{url}/insights", "/v1/sites/acme.webex.example/insights")
            .with(json!({})),
        import(
            "POST /v1/sites/{url}/insights/import",
            "/v1/sites/acme.webex.example/insights/import",
        ),
        row("GET /v1/timers", "/v1/timers", ALL, ""),
    ]
}

fn inviting() -> Vec<Row> {
    let read = |route, path| row(route, path, "pat fay rob sam", "root");
    let link = |route, path| row(route, path, "fay", "root pat rob sam");
    let draft = "/v1/drafts/link_users/acme.webex.example";
    let draft = |route, path: Option<&'static str>| {
        row(route, path.unwrap_or(draft), "fay", "root pat rob sam")
    };
    let cohorts = "/v1/sites/acme.webex.example/cohorts";
    let cohort = "/v1/sites/acme.webex.example/cohorts/poc";
    let everyone = json!({ "selection": { "kind": "all" } });
    vec![
        row("GET /v1/drafts", "/v1/drafts", ALL, ""),
        draft("GET /v1/drafts/{wizard}/{subject}", None),
        draft("PUT /v1/drafts/{wizard}/{subject}", None)
            .with(json!({ "step": "method", "answers": {}, "revision": 0 })),
        draft("DELETE /v1/drafts/{wizard}/{subject}", None),
        draft(
            "POST /v1/drafts/{wizard}/{subject}/take",
            Some("/v1/drafts/link_users/acme.webex.example/take"),
        ),
        read("GET /v1/sites/{url}/cohorts", cohorts),
        read("GET /v1/sites/{url}/cohorts/{name}", cohort),
        link("PUT /v1/sites/{url}/cohorts/{name}", cohort).with(everyone.clone()),
        link("DELETE /v1/sites/{url}/cohorts/{name}", cohort),
        link("POST /v1/sites/{url}/plans", "/v1/sites/acme.webex.example/plans").with(everyone),
        read("GET /v1/plans/{id}", "/v1/plans/pln"),
        read("GET /v1/plans/{id}/items", "/v1/plans/pln/items"),
        link("POST /v1/plans/{id}/apply", "/v1/plans/pln/apply").with(json!({ "count": 99 })),
        row("GET /v1/runs", "/v1/runs", ALL, ""),
        read("GET /v1/runs/{id}", "/v1/runs/run"),
        read("GET /v1/runs/{id}/items", "/v1/runs/run/items"),
        link("POST /v1/runs/{id}/pause", "/v1/runs/run/pause"),
        link("POST /v1/runs/{id}/resume", "/v1/runs/run/resume"),
        link("POST /v1/runs/{id}/resume-restored", "/v1/runs/run/resume-restored")
            .with(json!({ "mails": "unknown" })),
        link("POST /v1/runs/{id}/cancel", "/v1/runs/run/cancel"),
        link("POST /v1/runs/{id}/retry", "/v1/runs/run/retry"),
        link("POST /v1/runs/{id}/resolve", "/v1/runs/run/resolve")
            .with(json!({ "user": "u0", "how": "sent" })),
        link(
            "DELETE /v1/organizations/{id}/declines/{address}",
            "/v1/organizations/acme/declines/a@acme.example",
        ),
    ]
}
