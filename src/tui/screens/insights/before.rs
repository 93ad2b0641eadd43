//! What stands in place of insights: before linking what to do to get them, before data what is
//! missing (rule L9).

use crate::api::site::Site;
use crate::domain::role::{Action as Act, Role, permits};
use crate::domain::site::SiteState;
use crate::domain::untrusted::Untrusted;
use crate::tui::keymap::Action;
use crate::tui::screen::Here;

const GAIN: &str = "Once it is linked you see here, by day, week and month: meetings, people and \
    minutes; audio by type; how meetings looked and sounded. Then meetings in progress and of the \
    last 30 days with the quality each participant had, the participants' profiles, and the \
    registered devices.";

/// Before linking: what one gains, and what to do to get it.
pub fn words(site: &Site, here: Here<'_>) -> String {
    let url = site.url.shown();
    let first = match site.state {
        SiteState::Linking => {
            format!("{url} is being linked. Its insights begin when that is done.")
        }
        SiteState::LinkFailed => {
            format!("Linking {url} failed. Its insights begin when it is linked.")
        }
        SiteState::NotEnrolled | SiteState::Enrolled => {
            format!("{url} is not linked to an organization yet. Its insights begin when it is.")
        }
    };
    format!("{first}\n\n{}\n\n{GAIN}", what_to_do(site, here))
}

fn what_to_do(site: &Site, here: Here<'_>) -> String {
    let may = site.my_roles.iter().any(|role| permits(*role, Act::LinkSite));
    let menu = here.keys.key(Action::Wizards);
    match site.state {
        SiteState::Linking => {
            "Nothing is to be done. It takes up to 24 hours, without you.".to_owned()
        }
        SiteState::LinkFailed => {
            format!(
                "It is tried again by itself. On the first screen, {menu} opens Link a site: it tells why it failed, and tries now."
            )
        }
        _ if !site.may_link && site.csm.is_empty() => "This site may not link yet.".to_owned(),
        _ if !site.may_link => {
            format!("This site may not link yet. Ask {}.", site.csm.shown())
        }
        _ if may => format!("To link it: on the first screen, {menu} opens Link a site."),
        _ => format!("A {} of the site can link it.", Role::SiteAdmin.title()),
    }
}

/// Linked, and nothing was fed.
pub fn nothing(url: &Untrusted) -> String {
    format!(
        "No data has come for this site yet. A CSV file brings it:\n\nhublink site insights {} \
         import meetings.csv\n\nSo does a feed through the API.",
        url.shown()
    )
}
