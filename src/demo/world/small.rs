//! The rosters of the other sites: linked ones, and those that wait to be linked.
//!
//! Owns their sizes and their domains. They do not grow with `--users`: the main site does.

use super::mix::{Caster, Group};
use super::roster::Person;

/// A small site.
#[derive(Debug)]
pub struct Small {
    /// The roster's file, as the world file names it.
    pub file: &'static str,
    /// How many users it has.
    pub users: usize,
    /// Their domains, by weight.
    pub domains: &'static [(&'static str, usize)],
    /// How many in a hundred of the first domain's are linked.
    pub linked: usize,
    /// Whether Acme's directory names them.
    pub in_directory: bool,
    /// The organization that knows some of them already (rule L8), and how many in a hundred.
    pub known: Option<(&'static str, usize)>,
}

/// All small sites.
pub const SMALL: [Small; 7] = [
    Small {
        file: "rd.csv",
        users: 88,
        domains: &[("acme.example", 70), ("acme-legacy.example", 20), ("acme-labs.example", 10)],
        linked: 40,
        in_directory: true,
        known: None,
    },
    Small {
        file: "acme-eu.csv",
        users: 240,
        domains: &[("acme.example", 62), ("eu.acme.example", 30), ("gmx.de", 8)],
        linked: 0,
        in_directory: true,
        known: Some(("acme", 5)),
    },
    Small {
        file: "borealis.csv",
        users: 160,
        domains: &[("borealis.example", 80), ("gmail.com", 12), ("nordfisk.example", 8)],
        linked: 30,
        in_directory: false,
        known: None,
    },
    Small {
        file: "cobalt.csv",
        users: 60,
        domains: &[("cobalt.example", 90), ("outlook.com", 10)],
        linked: 0,
        in_directory: false,
        known: None,
    },
    Small {
        file: "dolmen.csv",
        users: 30,
        domains: &[("dolmen.example", 100)],
        linked: 0,
        in_directory: false,
        known: None,
    },
    Small {
        file: "estuary.csv",
        users: 120,
        domains: &[("estuary.example", 92), ("harbour-audit.example", 8)],
        linked: 85,
        in_directory: false,
        known: None,
    },
    Small {
        file: "falcon.csv",
        users: 90,
        domains: &[("falcon.example", 60), ("gmail.com", 30), ("yahoo.com", 10)],
        linked: 50,
        in_directory: false,
        known: None,
    },
];

/// The sites that wait to be linked, beside `acme-eu` and `dolmen`. Made after the main site's
/// people, so that these stay who they are.
pub const WAITING: [Small; 5] = [
    Small {
        file: "acme-tools.csv",
        users: 140,
        domains: &[("acme-tools.example", 80), ("acme-two.example", 10), ("gmail.com", 10)],
        linked: 0,
        in_directory: false,
        known: Some(("acme-tools", 15)),
    },
    Small {
        file: "gale.csv",
        users: 45,
        domains: &[("gale.example", 90), ("outlook.com", 10)],
        linked: 0,
        in_directory: false,
        known: None,
    },
    Small {
        file: "borealis-log.csv",
        users: 70,
        domains: &[("borealis.example", 85), ("nordfisk.example", 15)],
        linked: 0,
        in_directory: false,
        known: Some(("borealis", 20)),
    },
    Small {
        file: "cobalt-court.csv",
        users: 25,
        domains: &[("cobalt.example", 100)],
        linked: 0,
        in_directory: false,
        known: None,
    },
    Small {
        file: "glacier.csv",
        users: 40,
        domains: &[("glacier.example", 80), ("gmail.com", 20)],
        linked: 0,
        in_directory: false,
        known: None,
    },
];

/// Somebody of a small site; `number` counts them from 0.
pub fn person(caster: &mut Caster<'_>, site: &Small) -> Person {
    let mut person = caster.cast(Group::Verified);
    let local = person.email.split('@').next().unwrap_or_default().to_owned();
    let domain = *caster.random.pick_weighted(site.domains);
    let home = site.domains.first().is_some_and(|(first, _)| *first == domain);
    person.email = format!("{local}@{domain}");
    person.linked = home && caster.random.below(100) < site.linked;
    person.directory = (site.in_directory && !person.linked).then(|| person.email.clone());
    if let Some((organization, share)) = site.known
        && home
        && caster.random.below(100) < share
    {
        person.member = Some(organization.to_owned());
    }
    person
}
