//! What comes next on a site, as a command (README's first hour).
//!
//! Owns that order alone: administrators, users, linking, method, plan. Asks for nothing.

use crate::api::site::Site;
use crate::domain::linking::LinkingMethod;
use crate::domain::role::{Action, permits};
use crate::domain::site::SiteState;

/// The next command; none where it is not this person's to give, or where the site's own words say it.
pub fn next(site: &Site) -> Option<String> {
    let url = site.url.shown();
    let may = |action| site.my_roles.iter().any(|role| permits(*role, action));
    if site.state == SiteState::NotEnrolled && site.site_admins.is_empty() {
        return Some(format!("hublink site edit {url} --site-admin EMAIL"));
    }
    if site.users.total == 0 && may(Action::Import) {
        return Some(format!("hublink user import --site {url} FILE --dry-run"));
    }
    match (site.state, site.method) {
        (SiteState::NotEnrolled, _) if may(Action::LinkSite) => {
            Some(format!("hublink site enroll {url}"))
        }
        (SiteState::Enrolled, _) if !may(Action::LinkUsers) => None,
        (SiteState::Enrolled, None) => Some(format!("hublink site method {url} METHOD")),
        (SiteState::Enrolled, Some(LinkingMethod::SignAgreement)) if site.agreements.is_empty() => {
            Some(format!("hublink site agree {url} --review"))
        }
        (SiteState::Enrolled, Some(_)) => Some(format!("hublink invite plan --site {url} --all")),
        _ => None,
    }
}

/// Who goes on where it is not the one who asked: the administrators of a site that is to be linked.
pub fn others(site: &Site) -> Option<String> {
    let own = site.my_roles.iter().any(|role| permits(*role, Action::LinkSite));
    if site.state != SiteState::NotEnrolled || own || site.site_admins.is_empty() {
        return None;
    }
    let url = site.url.shown();
    Some(format!(
        "Its administrators take in its users and link it, signed in with a token of theirs: hublink \
         site enroll {url}"
    ))
}
