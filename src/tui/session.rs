//! Who is signed in, where, and what time it is there.
//!
//! Owns the facts every screen may need: the person, the world clock (business time is the
//! backend's; a client never uses its own date), the zone for showing it, and paths. Must not
//! read a clock: milliseconds come in.

use std::collections::BTreeMap;
use std::path::PathBuf;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::overlay::tours::Listed;
use crate::api::call::Reply;
use crate::api::demo::Clock;
use crate::api::offer::Offer;
use crate::api::organization::Organization;
use crate::api::page::Page;
use crate::api::session::{Me, SessionGranted};
use crate::api::welcome::WelcomeAccepted;
use crate::domain::act::Act;
use crate::domain::offer::OfferState;
use crate::domain::role::Role;
use crate::domain::untrusted::Untrusted;

/// The facts of this session.
#[derive(Debug, Clone)]
pub struct Session {
    /// Who is signed in; nobody at first.
    pub me: Option<Me>,
    /// The backend's clock.
    pub world: World,
    /// The zone in which times are shown.
    pub zone: TimeZone,
    /// Where the backend is, to be shown.
    pub backend: Untrusted,
    /// The folder for drafts while the backend is away.
    pub drafts: PathBuf,
    /// The folder in which exports are written.
    pub exports: PathBuf,
    /// The tours there are to watch; only the demo has any.
    pub tours: Vec<Listed>,
    /// What the keys of this session's writes begin with: no other session's do.
    pub salt: String,
    /// All of it ends with the program: a demo that is kept nowhere.
    pub fleeting: bool,
    /// What the organizations that were seen are called.
    pub names: BTreeMap<String, Untrusted>,
}

impl Session {
    /// A session in which nobody is signed in.
    pub fn new(backend: impl Into<Untrusted>, zone: TimeZone) -> Self {
        Self {
            me: None,
            world: World::default(),
            zone,
            backend: backend.into(),
            drafts: PathBuf::new(),
            exports: PathBuf::new(),
            tours: Vec::new(),
            salt: String::new(),
            fleeting: false,
            names: BTreeMap::new(),
        }
    }

    /// Notes what a reply tells about the session itself.
    pub fn note(&mut self, reply: &Reply, now_ms: u64) {
        if let Some(clock) = reply.get::<Clock>() {
            self.world.set(clock.now, now_ms);
        }
        let accepted = || reply.get::<WelcomeAccepted>()?.session.as_ref();
        let granted = reply.get::<SessionGranted>().or_else(accepted);
        if let Some(me) = granted.map(|granted| &granted.me).or_else(|| reply.get()) {
            self.signed_in(me.clone(), now_ms);
        }
        if let Some(one) = reply.get::<Organization>() {
            self.name(one);
        }
        if let Some(page) = reply.get::<Page<Organization>>() {
            page.items.iter().for_each(|one| self.name(one));
        }
    }

    fn name(&mut self, organization: &Organization) {
        self.names.insert(organization.id.clone(), organization.name.clone());
    }

    /// What an organization is called; its id, where it has not been seen.
    pub fn name_of<'a>(&'a self, organization: &'a Untrusted) -> &'a Untrusted {
        self.names.get(organization.raw()).unwrap_or(organization)
    }

    fn signed_in(&mut self, me: Me, now_ms: u64) {
        self.world.set(me.backend.now, now_ms);
        self.me = Some(me);
    }

    /// Roles that one is offered, or has declined (rule P1).
    pub fn offers(&self) -> &[Offer] {
        self.me.as_ref().map(|me| me.offers.as_slice()).unwrap_or_default()
    }

    /// The first offer that waits for an answer.
    pub fn open_offer(&self) -> Option<&Offer> {
        self.offers().iter().find(|offer| offer.state == OfferState::Open)
    }

    /// Why an act cannot be begun with this backend; nothing where it can.
    pub fn refuses(&self, act: Act) -> Option<String> {
        self.me.as_ref()?.backend.capabilities.refuses(act)
    }

    /// Whether the backend is the demo.
    pub fn is_demo(&self) -> bool {
        self.me.as_ref().is_some_and(|me| me.backend.demo)
    }

    /// The strongest of roles, in words; for the header.
    pub fn role_words(roles: &[Role]) -> &'static str {
        const BY_STRENGTH: [Role; 5] = [
            Role::FullAdmin,
            Role::PartnerAdmin,
            Role::SiteAdmin,
            Role::ReadOnlyAdmin,
            Role::BackendAdmin,
        ];
        BY_STRENGTH.iter().find(|role| roles.contains(role)).map_or("no role", |role| role.title())
    }

    /// "who · role" for the header, given the roles that matter here.
    pub fn who(&self, roles: &[Role]) -> String {
        match &self.me {
            Some(me) => format!("{} · {}", me.email.shown(), Self::role_words(roles)),
            None => "not signed in".to_owned(),
        }
    }

    /// The partner organization of which one is partner admin; the first of several.
    pub fn partner(&self) -> Option<&str> {
        let mut held = self.me.iter().flat_map(|me| &me.roles);
        held.find_map(|held| {
            held.organization.as_deref().filter(|_| held.role == Role::PartnerAdmin)
        })
    }

    /// Whether one is a backend admin.
    pub fn is_backend_admin(&self) -> bool {
        self.roles().contains(&Role::BackendAdmin)
    }

    /// All roles held, towards anything.
    pub fn roles(&self) -> Vec<Role> {
        self.me.iter().flat_map(|me| me.roles.iter().map(|held| held.role)).collect()
    }
}

/// The backend's clock, as last told, moved on by the time that has passed here since.
#[derive(Debug, Clone, Copy, Default)]
pub struct World {
    told: Option<(Timestamp, u64)>,
}

impl World {
    /// Notes that it was `now` there at `now_ms` here. Business time never runs back: what is
    /// earlier than the last that was told is an older answer, overtaken on the way.
    pub fn set(&mut self, now: Timestamp, now_ms: u64) {
        if self.told.is_none_or(|(told, _)| told <= now) {
            self.told = Some((now, now_ms));
        }
    }

    /// Now there, once it was told.
    pub fn now(&self, now_ms: u64) -> Option<Timestamp> {
        let (told, at) = self.told?;
        let passed = i64::try_from(now_ms.saturating_sub(at)).unwrap_or(i64::MAX);
        Some(told.checked_add(SignedDuration::from_millis(passed)).unwrap_or(told))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_an_answer_that_was_overtaken_does_not_set_the_clock_back() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let mut world = World::default();
        world.set(at("2026-03-01T09:00:00Z"), 1_000);
        world.set(at("2026-05-20T09:00:00Z"), 2_000);
        world.set(at("2026-03-01T09:00:01Z"), 2_001);
        assert_eq!(world.now(3_000), Some(at("2026-05-20T09:00:01Z")));
        world.set(at("2026-05-20T09:00:00.5Z"), 3_000);
        assert_eq!(world.now(3_000), Some(at("2026-05-20T09:00:00.5Z")), "the backend's, not ours");
    }
}
