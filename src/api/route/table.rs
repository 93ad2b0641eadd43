//! The routes, one row each.
//!
//! Owns the rows alone. A route is written as it is registered; the word after it is what is
//! unusual of it. Tests hold the table against the documented routes, the client's requests and
//! the demo's own.

use super::{FILE, LIST, Route};

/// Every route that there is.
#[rustfmt::skip]
pub static ROUTES: &[Route] = &[
    // Account.
    Route::post("/v1/sessions"),
    Route::delete("/v1/sessions/current"),
    Route::get("/v1/me"),
    Route::get("/v1/me/sessions"),
    Route::delete("/v1/me/sessions"),
    Route::delete("/v1/me/sessions/{id}"),
    Route::get("/v1/me/tokens"),
    Route::post("/v1/password-resets"),
    Route::post("/v1/password-resets/use"),
    // People.
    Route::post("/v1/people/{email}/disable"),
    Route::post("/v1/people/{email}/enable"),
    Route::get("/v1/people"),
    Route::post("/v1/people"),
    Route::put("/v1/me/password"),
    Route::get("/v1/tokens"),
    Route::post("/v1/tokens"),
    Route::delete("/v1/tokens/{id}"),
    // Audit.
    Route::get("/v1/audit"),
    Route::get("/v1/audit/verify").long(),
    // Clock.
    Route::get("/v1/clock"),
    Route::post("/v1/clock/advance"),
    // Organizations.
    Route::get("/v1/organizations"),
    Route::post("/v1/organizations"),
    Route::get("/v1/organizations/{id}"),
    Route::patch("/v1/organizations/{id}"),
    Route::post("/v1/organizations/{id}/roles").tells(&["email"]),
    Route::delete("/v1/organizations/{id}/roles/{role}/{email}"),
    // Domains.
    Route::get("/v1/organizations/{id}/domains"),
    Route::post("/v1/organizations/{id}/domains").tells(&["name"]),
    Route::post("/v1/organizations/{id}/domains/{name}/verify").long().tells(&["name"]),
    Route::post("/v1/organizations/{id}/domains/{name}/claim").tells(&["name"]),
    Route::post("/v1/organizations/{id}/domains/{name}/release"),
    Route::post("/v1/organizations/{id}/domains/{name}/unverify"),
    Route::get("/v1/consumer-domains"),
    Route::post("/v1/consumer-domains"),
    // Directory sync.
    Route::get("/v1/organizations/{id}/directory-sync"),
    Route::put("/v1/organizations/{id}/directory-sync").up_to(FILE).long(),
    Route::get("/v1/organizations/{id}/directory-sync/users"),
    Route::post("/v1/organizations/{id}/directory-sync/{step}").long(),
    // Setup.
    Route::get("/v1/organizations/{id}/setup"),
    Route::post("/v1/organizations/{id}/setup/finish").names(&["subdomain"]),
    Route::get("/v1/organizations/{id}/subdomain").names(&["name"]),
    Route::get("/v1/organizations/{id}/subdomain/suggestions").names(&["name"]),
    Route::get("/v1/organizations/{id}/contact-center").waits(),
    Route::post("/v1/organizations/{id}/contact-center/set-up"),
    // Welcome.
    Route::get("/v1/organizations/{id}/welcome"),
    Route::post("/v1/organizations/{id}/welcome/resend"),
    Route::put("/v1/organizations/{id}/welcome/address").tells(&["email"]),
    Route::post("/v1/welcome/look"),
    Route::post("/v1/welcome/accept"),
    Route::post("/v1/welcome/decline"),
    Route::post("/v1/welcome/lift"),
    // Offers.
    Route::get("/v1/offers/{organization}"),
    Route::post("/v1/offers/{organization}/accept"),
    Route::post("/v1/offers/{organization}/decline"),
    Route::post("/v1/offers/{organization}/lift"),
    Route::delete("/v1/organizations/{id}/offers/{email}"),
    // Trials.
    Route::get("/v1/trials"),
    Route::post("/v1/organizations/{id}/trials").tells(&["administrator", "site_url"]),
    Route::post("/v1/organizations/{id}/trials/check").checks(&["administrator", "site_url"]),
    Route::get("/v1/trials/{organization}"),
    Route::patch("/v1/trials/{organization}").tells(&["site_url"]),
    Route::post("/v1/trials/{organization}/extend"),
    // Orders.
    Route::get("/v1/orders"),
    Route::post("/v1/orders"),
    Route::get("/v1/orders/{number}"),
    Route::post("/v1/orders/{number}/candidates").tells(&["administrator"]),
    Route::post("/v1/orders/{number}/map").tells(&["administrator", "organization"]),
    Route::post("/v1/orders/{number}/accept"),
    Route::post("/v1/orders/{number}/decline"),
    // Sites.
    Route::get("/v1/sites"),
    Route::post("/v1/sites"),
    Route::get("/v1/sites/{url}"),
    Route::patch("/v1/sites/{url}"),
    Route::put("/v1/sites/{url}/method"),
    Route::get("/v1/sites/{url}/domains"),
    Route::get("/v1/sites/{url}/agreements"),
    Route::post("/v1/sites/{url}/agreements").tells(&["domains"]),
    // Linking.
    Route::get("/v1/sites/{url}/enrollment"),
    Route::post("/v1/sites/{url}/enroll"),
    Route::post("/v1/sites/{url}/connect"),
    Route::get("/v1/sites/{url}/candidates").tells(&["organization"]),
    Route::post("/v1/sites/{url}/link/prepare").long().answers(&["organization"]),
    Route::post("/v1/sites/{url}/link").long().tells(&["target.organization"]),
    Route::get("/v1/sites/{url}/link").waits(),
    Route::get("/v1/sites/{url}/link/users"),
    Route::post("/v1/sites/{url}/link/retry"),
    Route::delete("/v1/sites/{url}/link"),
    // Users.
    Route::get("/v1/sites/{url}/roster").long(),
    Route::get("/v1/sites/{url}/users"),
    // Imports.
    Route::post("/v1/sites/{url}/imports").takes_file().long(),
    Route::post("/v1/sites/{url}/imports/{id}/apply").long().tells(&["id"]),
    Route::get("/v1/sites/{url}/export").long(),
    // Single users.
    Route::get("/v1/sites/{url}/users/{user_id}"),
    Route::post("/v1/sites/{url}/users").tells(&["address"]),
    Route::patch("/v1/sites/{url}/users/{user_id}").tells(&["address"]),
    // Following.
    Route::get("/v1/sites/{url}/account-linking"),
    Route::put("/v1/sites/{url}/account-linking"),
    Route::post("/v1/sites/{url}/account-linking/plan").long(),
    Route::get("/v1/sites/{url}/auto-link"),
    Route::put("/v1/sites/{url}/auto-link"),
    // Licences.
    Route::get("/v1/sites/{url}/licences").long(),
    Route::post("/v1/sites/{url}/licences/imports").takes_file().long(),
    Route::get("/v1/sites/{url}/licences/imports/{id}"),
    Route::get("/v1/sites/{url}/licences/imports/{id}/rows"),
    Route::post("/v1/sites/{url}/licences/imports/{id}/apply").long(),
    // Cohorts.
    Route::get("/v1/sites/{url}/cohorts"),
    Route::get("/v1/sites/{url}/cohorts/{name}"),
    Route::put("/v1/sites/{url}/cohorts/{name}").up_to(LIST).long(),
    Route::delete("/v1/sites/{url}/cohorts/{name}"),
    // Plans.
    Route::post("/v1/sites/{url}/plans").up_to(LIST).long(),
    Route::get("/v1/plans/{id}"),
    Route::get("/v1/plans/{id}/items"),
    Route::post("/v1/plans/{id}/apply").long(),
    // Runs.
    Route::get("/v1/runs"),
    Route::get("/v1/runs/{id}").waits(),
    Route::get("/v1/runs/{id}/items"),
    Route::post("/v1/runs/{id}/pause"),
    Route::post("/v1/runs/{id}/resume"),
    Route::post("/v1/runs/{id}/cancel"),
    Route::post("/v1/runs/{id}/retry").long(),
    Route::post("/v1/runs/{id}/resolve"),
    Route::delete("/v1/organizations/{id}/declines/{address}"),
    // Drafts.
    Route::get("/v1/drafts"),
    Route::get("/v1/drafts/{wizard}/{subject}"),
    Route::put("/v1/drafts/{wizard}/{subject}"),
    Route::delete("/v1/drafts/{wizard}/{subject}"),
    Route::post("/v1/drafts/{wizard}/{subject}/take"),
    // Insights.
    Route::get("/v1/sites/{url}/insights/report"),
    Route::get("/v1/sites/{url}/insights/meetings"),
    Route::get("/v1/sites/{url}/insights/meetings/{id}"),
    Route::get("/v1/sites/{url}/insights/participants"),
    Route::get("/v1/sites/{url}/insights/participants/{person}"),
    Route::get("/v1/sites/{url}/insights/devices"),
    Route::post("/v1/sites/{url}/insights").up_to(FILE).long(),
    Route::post("/v1/sites/{url}/insights/import").takes_file().long(),
    // Timers.
    Route::get("/v1/timers"),
    // Probes.
    Route::get("/healthz"),
    Route::get("/readyz"),
    Route::get("/metrics"),
    // Document.
    Route::get("/openapi.json"),
    Route::get("/docs"),
    // Web pages behind links in mails.
    Route::get("/i/{token}").page(),
    Route::post("/i/{token}").page(),
    Route::get("/connect/{code}").page(),
    Route::post("/connect/{code}").page(),
    Route::get("/reset").page(),
    Route::post("/reset").page(),
    Route::get("/welcome").page(),
    Route::get("/welcome/{token}").page(),
    Route::post("/welcome/{token}").page(),
    Route::post("/welcome/sign-out").page(),
    // The demo's own.
    Route::get("/v1/demo/people"),
    Route::get("/v1/demo/outbox"),
    Route::post("/v1/demo/outbox/{id}/answer"),
    Route::post("/v1/demo/dns"),
];
