//! Where a timer leads: the screen or the wizard in which one can do something about it.
//!
//! Owns the one table from kinds to places. A timer that does not say where it belongs leads
//! nowhere; its remedy is told instead.

use crate::api::site::Site;
use crate::api::timer::Timer;
use crate::domain::draft::Wizard as Kind;
use crate::domain::timer::TimerKind;
use crate::domain::untrusted::Untrusted;
use crate::tui::screen::{Cx, Screen};
use crate::tui::screens::runs::Runs;
use crate::tui::screens::users::Users;
use crate::tui::screens::{contact_center, domains, trials, welcome_mail};
use crate::tui::wizard::{self, Entry};

/// Where to.
pub enum Place {
    /// This screen.
    Screen(Box<dyn Screen>),
    /// The users of a site who have confirmed.
    Confirmed(Untrusted),
}

/// Where a timer leads.
pub fn of(timer: &Timer) -> Option<Place> {
    let site = || timer.site.clone();
    let wizard = |kind: Kind, subject: &Untrusted| wizard::open(kind, subject).map(Place::Screen);
    let organization = |entry: &Entry| {
        let id = Untrusted::new(timer.organization.as_deref()?);
        Some(Place::Screen((entry.open)(&id)))
    };
    match timer.kind {
        TimerKind::Run | TimerKind::RunPaused => {
            Some(Place::Screen(Box::new(Runs::new(Some(&site()?)))))
        }
        TimerKind::UserLink => Some(Place::Confirmed(site()?)),
        // An agreement bears on all sites of its organization: what mends it is its domain's proof.
        TimerKind::DnsRecord | TimerKind::DomainTxt | TimerKind::Agreement => {
            let id = Untrusted::new(timer.organization.as_deref()?);
            Some(Place::Screen(domains::of(&id, &timer.subject)))
        }
        TimerKind::PlanWaiting => wizard(Kind::AccountLinking, &site()?),
        TimerKind::SiteLink
        | TimerKind::SiteLinkFailed
        | TimerKind::AutoLink
        | TimerKind::AutoLinkWaiting
        | TimerKind::ConnectLink => wizard(Kind::LinkSite, &site()?),
        TimerKind::ContactCenter => organization(&contact_center::ENTRY),
        TimerKind::WelcomeLink => organization(&welcome_mail::ENTRY),
        TimerKind::Trial => organization(&trials::CUSTOMERS),
    }
}

/// The users of a site who have confirmed and are not linked yet.
pub fn confirmed(site: &Site, cx: &mut Cx<'_>) -> Box<dyn Screen> {
    Box::new(Users::new(site, "status:confirmed", cx))
}
