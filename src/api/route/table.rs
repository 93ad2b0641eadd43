//! The routes, one row each.
//!
//! Owns the rows alone. A route is written as it is registered; the word after it is what is
//! unusual of it. Tests hold the table against the documented routes, the client's requests and
//! the demo's own.

use super::{FILE, LIST, Route};
use crate::api::problem::code;

/// Every route that there is.
#[rustfmt::skip]
pub static ROUTES: &[Route] = &[
    // Account.
    Route::post("/v1/sessions")
        .refuses(&[code::PERSON_DISABLED, code::SIGN_IN_FAILED, code::TOKEN_EXPIRED]),
    Route::delete("/v1/sessions/current"),
    Route::get("/v1/me"),
    Route::get("/v1/me/sessions"),
    Route::delete("/v1/me/sessions"),
    Route::delete("/v1/me/sessions/{id}"),
    Route::get("/v1/me/tokens"),
    Route::post("/v1/password-resets"),
    Route::post("/v1/password-resets/use")
        .refuses(&[code::CODE_EXPIRED, code::CODE_UNKNOWN, code::CODE_USED, code::PERSON_DISABLED]),
    // People.
    Route::post("/v1/people/{email}/disable")
        .refuses(&[code::LAST_BACKEND_ADMIN, code::LAST_FULL_ADMIN, code::RIGHTS_ELSEWHERE]),
    Route::post("/v1/people/{email}/enable"),
    Route::get("/v1/people"),
    Route::post("/v1/people")
        .refuses(&[code::EXISTS]),
    Route::put("/v1/me/password")
        .refuses(&[code::SIGN_IN_FAILED]),
    Route::get("/v1/tokens"),
    Route::post("/v1/tokens")
        .refuses(&[code::PERSON_DISABLED]),
    Route::delete("/v1/tokens/{id}")
        .refuses(&[code::LAST_FULL_ADMIN, code::TOKEN_IN_USE]),
    // Audit.
    Route::get("/v1/audit"),
    Route::get("/v1/audit/verify").long(),
    // Clock.
    Route::get("/v1/clock"),
    Route::post("/v1/clock/advance"),
    // Organizations.
    Route::get("/v1/organizations"),
    Route::post("/v1/organizations")
        .refuses(&[code::EXISTS, code::OTHER_ORGANIZATION]),
    Route::get("/v1/organizations/{id}"),
    Route::patch("/v1/organizations/{id}"),
    Route::post("/v1/organizations/{id}/roles")
        .refuses(&[code::OFFER_DECLINED, code::OTHER_ORGANIZATION, code::PERSON_DISABLED]).tells(&["email"]),
    Route::delete("/v1/organizations/{id}/roles/{role}/{email}")
        .refuses(&[code::LAST_FULL_ADMIN]),
    // Domains.
    Route::get("/v1/organizations/{id}/domains"),
    Route::post("/v1/organizations/{id}/domains")
        .refuses(&[code::DOMAIN_REFUSED, code::DOMAIN_TAKEN, code::EXISTS]).tells(&["name"]),
    Route::post("/v1/organizations/{id}/domains/{name}/verify")
        .refuses(&[code::DOMAIN_TAKEN]).long().tells(&["name"]),
    Route::post("/v1/organizations/{id}/domains/{name}/claim")
        .refuses(&[code::DOMAIN_STATE]).tells(&["name"]),
    Route::post("/v1/organizations/{id}/domains/{name}/release")
        .refuses(&[code::DOMAIN_STATE]),
    Route::post("/v1/organizations/{id}/domains/{name}/unverify")
        .refuses(&[code::DOMAIN_STATE]),
    Route::get("/v1/consumer-domains"),
    Route::post("/v1/consumer-domains")
        .refuses(&[code::DOMAIN_TAKEN, code::EXISTS]),
    // Directory sync.
    Route::get("/v1/organizations/{id}/directory-sync"),
    Route::put("/v1/organizations/{id}/directory-sync").up_to(FILE).long(),
    Route::get("/v1/organizations/{id}/directory-sync/users"),
    Route::post("/v1/organizations/{id}/directory-sync/{step}")
        .refuses(&[code::SYNC_STEP]).long(),
    // Setup.
    Route::get("/v1/organizations/{id}/setup"),
    Route::post("/v1/organizations/{id}/setup/finish")
        .refuses(&[code::SETUP_FINISHED, code::SUBDOMAIN_RESERVED, code::SUBDOMAIN_TAKEN]).names(&["subdomain"]),
    Route::get("/v1/organizations/{id}/subdomain").names(&["name"]),
    Route::get("/v1/organizations/{id}/subdomain/suggestions").names(&["name"]),
    Route::get("/v1/organizations/{id}/contact-center").waits(),
    Route::post("/v1/organizations/{id}/contact-center/set-up")
        .refuses(&[code::NOT_IN_PLAN, code::NOTHING_TO_SET_UP]),
    // Welcome.
    Route::get("/v1/organizations/{id}/welcome"),
    Route::post("/v1/organizations/{id}/welcome/resend")
        .refuses(&[code::OFFER_WITHDRAWN, code::WELCOME_ACCEPTED, code::WELCOME_SENDING]),
    Route::put("/v1/organizations/{id}/welcome/address")
        .refuses(&[code::OTHER_ORGANIZATION, code::WELCOME_ACCEPTED, code::WELCOME_FIXED]).tells(&["email"]),
    Route::post("/v1/welcome/look")
        .refuses(&[code::CODE_EXPIRED, code::CODE_UNKNOWN, code::CODE_USED, code::CONNECT_CODE, code::OFFER_WITHDRAWN, code::RESET_CODE]),
    Route::post("/v1/welcome/accept")
        .refuses(&[code::CODE_EXPIRED, code::CODE_UNKNOWN, code::CODE_USED, code::CONNECT_CODE, code::EXISTS, code::OFFER_DECLINED, code::OFFER_LAPSED, code::OFFER_WITHDRAWN, code::OTHER_ORGANIZATION, code::PERSON_DISABLED, code::RESET_CODE, code::SIGN_IN_FIRST, code::TERMS_CHANGED]),
    Route::post("/v1/welcome/decline")
        .refuses(&[code::CODE_EXPIRED, code::CODE_UNKNOWN, code::CODE_USED, code::CONNECT_CODE, code::OFFER_LAPSED, code::OFFER_STATE, code::OFFER_WITHDRAWN, code::RESET_CODE]),
    Route::post("/v1/welcome/lift")
        .refuses(&[code::CODE_EXPIRED, code::CODE_UNKNOWN, code::CODE_USED, code::CONNECT_CODE, code::OFFER_LAPSED, code::OFFER_STATE, code::OFFER_WITHDRAWN, code::RESET_CODE]),
    // Offers.
    Route::get("/v1/offers/{organization}")
        .refuses(&[code::OFFER_LAPSED, code::OFFER_WITHDRAWN]),
    Route::post("/v1/offers/{organization}/accept")
        .refuses(&[code::OFFER_DECLINED, code::OFFER_LAPSED, code::OFFER_WITHDRAWN, code::OTHER_ORGANIZATION, code::PERSON_DISABLED, code::TERMS_CHANGED]),
    Route::post("/v1/offers/{organization}/decline")
        .refuses(&[code::OFFER_LAPSED, code::OFFER_STATE, code::OFFER_WITHDRAWN]),
    Route::post("/v1/offers/{organization}/lift")
        .refuses(&[code::OFFER_LAPSED, code::OFFER_STATE, code::OFFER_WITHDRAWN]),
    Route::delete("/v1/organizations/{id}/offers/{email}")
        .refuses(&[code::OFFER_DECLINED, code::WELCOME_SENDING]),
    // Trials.
    Route::get("/v1/trials"),
    Route::post("/v1/organizations/{id}/trials")
        .refuses(&[code::EXISTS, code::OTHER_ORGANIZATION]).tells(&["administrator", "site_url"]),
    Route::post("/v1/organizations/{id}/trials/check").checks(&["administrator", "site_url"]),
    Route::get("/v1/trials/{organization}"),
    Route::patch("/v1/trials/{organization}")
        .refuses(&[code::EXISTS]).tells(&["site_url"]),
    Route::post("/v1/trials/{organization}/extend")
        .refuses(&[code::EXTENSION_EARLIER]),
    // Orders.
    Route::get("/v1/orders"),
    Route::post("/v1/orders")
        .refuses(&[code::EXISTS]),
    Route::get("/v1/orders/{number}"),
    Route::post("/v1/orders/{number}/candidates").tells(&["administrator"]),
    Route::post("/v1/orders/{number}/map")
        .refuses(&[code::EXISTS, code::ORDER_CHOICE, code::ORDER_REFUSED, code::ORDER_STATE, code::OTHER_ORGANIZATION]).tells(&["administrator", "organization"]),
    Route::post("/v1/orders/{number}/accept")
        .refuses(&[code::ORDER_STATE]),
    Route::post("/v1/orders/{number}/decline")
        .refuses(&[code::ORDER_STATE]),
    // Sites.
    Route::get("/v1/sites"),
    Route::post("/v1/sites")
        .refuses(&[code::EXISTS]),
    Route::get("/v1/sites/{url}"),
    Route::patch("/v1/sites/{url}"),
    Route::put("/v1/sites/{url}/method")
        .refuses(&[code::SITE_NOT_ENROLLED]),
    Route::get("/v1/sites/{url}/domains"),
    Route::get("/v1/sites/{url}/agreements")
        .refuses(&[code::SITE_NOT_ENROLLED]),
    Route::post("/v1/sites/{url}/agreements")
        .refuses(&[code::AGREEMENT_EXISTS, code::AGREEMENT_STALE, code::DOMAIN_REFUSED, code::SITE_NOT_ENROLLED]).tells(&["domains"]),
    // Linking.
    Route::get("/v1/sites/{url}/enrollment"),
    Route::post("/v1/sites/{url}/enroll")
        .refuses(&[code::LINK_PERMANENT, code::MAY_NOT_LINK]),
    Route::post("/v1/sites/{url}/connect")
        .refuses(&[code::CODE_EXPIRED, code::CODE_UNKNOWN, code::CODE_USED, code::LINK_PERMANENT, code::MAY_NOT_LINK]),
    Route::get("/v1/sites/{url}/candidates")
        .refuses(&[code::CONNECT_FIRST, code::LINK_PERMANENT, code::MAY_NOT_LINK]).tells(&["organization"]),
    Route::post("/v1/sites/{url}/link/prepare")
        .refuses(&[code::CONNECT_FIRST, code::LINK_PERMANENT, code::MAY_NOT_LINK, code::OTHER_ORGANIZATION]).long().answers(&["organization"]),
    Route::post("/v1/sites/{url}/link")
        .refuses(&[code::AGREEMENT_STALE, code::CONNECT_FIRST, code::LINK_PERMANENT]).long().tells(&["target.organization"]),
    Route::get("/v1/sites/{url}/link").waits(),
    Route::get("/v1/sites/{url}/link/users"),
    Route::post("/v1/sites/{url}/link/retry")
        .refuses(&[code::LINK_STATE, code::MAY_NOT_LINK]),
    Route::delete("/v1/sites/{url}/link")
        .refuses(&[code::LINK_PERMANENT]),
    // Users.
    Route::get("/v1/sites/{url}/roster").long(),
    Route::get("/v1/sites/{url}/roster/blocks").long(),
    Route::get("/v1/sites/{url}/users"),
    // Imports.
    Route::post("/v1/sites/{url}/imports")
        .refuses(&[code::FILE_REFUSED]).takes_file().long(),
    Route::post("/v1/sites/{url}/imports/{id}/apply").long().tells(&["id"]),
    Route::get("/v1/sites/{url}/export").long(),
    // Single users.
    Route::get("/v1/sites/{url}/users/{user_id}"),
    Route::post("/v1/sites/{url}/users")
        .refuses(&[code::EXISTS]).tells(&["address"]),
    Route::patch("/v1/sites/{url}/users/{user_id}").tells(&["address"]),
    // Following.
    Route::get("/v1/sites/{url}/account-linking"),
    Route::put("/v1/sites/{url}/account-linking")
        .refuses(&[code::SITE_NOT_ENROLLED]),
    Route::post("/v1/sites/{url}/account-linking/plan")
        .refuses(&[code::ACCOUNT_LINKING_OFF, code::NOBODY_ADDED, code::SITE_NOT_ENROLLED]).long(),
    Route::get("/v1/sites/{url}/auto-link"),
    Route::put("/v1/sites/{url}/auto-link")
        .refuses(&[code::LINK_PERMANENT]),
    // Licences.
    Route::get("/v1/sites/{url}/licences").long(),
    Route::post("/v1/sites/{url}/licences/imports")
        .refuses(&[code::FILE_REFUSED, code::SITE_NOT_ENROLLED]).takes_file().long(),
    Route::get("/v1/sites/{url}/licences/imports/{id}"),
    Route::get("/v1/sites/{url}/licences/imports/{id}/rows"),
    Route::post("/v1/sites/{url}/licences/imports/{id}/apply")
        .refuses(&[code::IMPORT_STALE, code::SITE_NOT_ENROLLED]).long(),
    // Cohorts.
    Route::get("/v1/sites/{url}/cohorts"),
    Route::get("/v1/sites/{url}/cohorts/{name}"),
    Route::put("/v1/sites/{url}/cohorts/{name}")
        .refuses(&[code::REVISION_UNKNOWN, code::SITE_NOT_ENROLLED]).up_to(LIST).long(),
    Route::delete("/v1/sites/{url}/cohorts/{name}")
        .refuses(&[code::SITE_NOT_ENROLLED]),
    // Plans.
    Route::post("/v1/sites/{url}/plans")
        .refuses(&[code::METHOD_NOT_CHOSEN, code::REVISION_UNKNOWN, code::SITE_NOT_ENROLLED]).up_to(LIST).long(),
    Route::get("/v1/plans/{id}"),
    Route::get("/v1/plans/{id}/items"),
    Route::post("/v1/plans/{id}/apply")
        .refuses(&[code::ACCOUNT_LINKING_OFF, code::COUNT_MISMATCH, code::PLAN_APPLIED, code::PLAN_EXPIRED, code::PLAN_STALE, code::RUN_STATE]).long(),
    // Runs.
    Route::get("/v1/runs"),
    Route::get("/v1/runs/{id}").waits(),
    Route::get("/v1/runs/{id}/items"),
    Route::post("/v1/runs/{id}/pause")
        .refuses(&[code::RUN_STATE]),
    Route::post("/v1/runs/{id}/resume")
        .refuses(&[code::RUN_STATE]),
    Route::post("/v1/runs/{id}/resume-restored")
        .refuses(&[code::RUN_STATE]).long(),
    Route::post("/v1/runs/{id}/cancel")
        .refuses(&[code::RUN_STATE]),
    Route::post("/v1/runs/{id}/retry")
        .refuses(&[code::RUN_STATE]).long(),
    Route::post("/v1/runs/{id}/resolve")
        .refuses(&[code::RUN_STATE]),
    Route::delete("/v1/organizations/{id}/declines/{address}"),
    // Drafts.
    Route::get("/v1/drafts"),
    Route::get("/v1/drafts/{wizard}/{subject}"),
    Route::put("/v1/drafts/{wizard}/{subject}"),
    Route::delete("/v1/drafts/{wizard}/{subject}"),
    Route::post("/v1/drafts/{wizard}/{subject}/take"),
    // Insights.
    Route::get("/v1/sites/{url}/insights/report")
        .refuses(&[code::SITE_NOT_ENROLLED]),
    Route::get("/v1/sites/{url}/insights/meetings")
        .refuses(&[code::SITE_NOT_ENROLLED]),
    Route::get("/v1/sites/{url}/insights/meetings/{id}")
        .refuses(&[code::SITE_NOT_ENROLLED]),
    Route::get("/v1/sites/{url}/insights/participants")
        .refuses(&[code::SITE_NOT_ENROLLED]),
    Route::get("/v1/sites/{url}/insights/participants/{person}")
        .refuses(&[code::SITE_NOT_ENROLLED]),
    Route::get("/v1/sites/{url}/insights/devices")
        .refuses(&[code::SITE_NOT_ENROLLED]),
    Route::post("/v1/sites/{url}/insights")
        .refuses(&[code::SITE_NOT_ENROLLED]).up_to(FILE).long(),
    Route::post("/v1/sites/{url}/insights/import")
        .refuses(&[code::FILE_REFUSED]).takes_file().long(),
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
