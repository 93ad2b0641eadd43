//! Who is on the demo's main site: the groups that show every outcome, and how many of each.
//!
//! Owns the one table of shares, and what makes somebody one of a group. Must not decide outcomes:
//! it only states facts, and `domain::outcome` decides.

use jiff::{Timestamp, ToSpan};

use super::names::Names;
use super::random::Random;
use super::roster::{Person, departments};

/// Why somebody is in the world: which row of the outcome table they show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Group {
    /// Row 1, linked.
    Linked,
    /// Row 1, under the agreement.
    Provisional,
    /// Row 2.
    Inactive,
    /// Row 3.
    BadAddress,
    /// Row 4; they come in pairs.
    Duplicate,
    /// Row 5, the identity is in another organization.
    IdentityElsewhere,
    /// Row 5, another organization has claimed the domain.
    DomainElsewhere,
    /// Row 6, missing in the synced directory or spelled otherwise there.
    NotInDirectory,
    /// Row 7.
    Declined,
    /// Row 8, the domain is verified.
    Verified,
    /// Row 8, the domain is claimed.
    Claimed,
    /// Row 8, a verified domain that is not ASCII.
    Idn,
    /// Row 8, the organization has the identity already.
    Member,
    /// Row 8, the person has confirmed the address.
    Confirmed,
    /// Row 9.
    Signed,
    /// Row 10, invited within the last week.
    Invited,
    /// Row 10, an invitation may have been sent.
    MaybeSent,
    /// Row 11, and invited before: a second invitation.
    InvitedLongAgo,
    /// Row 11.
    Consumer,
    /// Row 13 (row 12 under `receive_email`).
    AgreementLapsed,
    /// Row 14 (row 12 under `receive_email`).
    Unverified,
}

/// How many of each there are among 12,000; who is left is linked.
pub const SHARES: [(Group, usize); 20] = [
    (Group::Provisional, 400),
    (Group::Inactive, 240),
    (Group::BadAddress, 36),
    (Group::Duplicate, 48),
    (Group::IdentityElsewhere, 60),
    (Group::DomainElsewhere, 40),
    (Group::NotInDirectory, 90),
    (Group::Declined, 24),
    (Group::Verified, 2600),
    (Group::Claimed, 300),
    (Group::Idn, 160),
    (Group::Member, 12),
    (Group::Confirmed, 30),
    (Group::Signed, 600),
    (Group::Invited, 180),
    (Group::MaybeSent, 6),
    (Group::InvitedLongAgo, 120),
    (Group::Consumer, 520),
    (Group::AgreementLapsed, 220),
    (Group::Unverified, 654),
];
const OF: usize = 12_000;
/// From how many users on every group has at least one.
const ALL_FROM: usize = 200;

/// Public mail providers, the common ones oftener.
pub const CONSUMER: [(&str, usize); 8] = [
    ("gmail.com", 45),
    ("outlook.com", 20),
    ("yahoo.com", 10),
    ("icloud.com", 8),
    ("web.de", 5),
    ("qq.com", 5),
    ("naver.com", 4),
    ("mail.ru", 3),
];
/// Domains of nobody, of Acme but pending, and a subdomain that is not covered (rule D5).
const UNVERIFIED: [(&str, usize); 3] =
    [("oldcorp.example", 46), ("acme-works.example", 39), ("eu.acme.example", 15)];
/// Who else has an identity of somebody on Acme's site.
const ELSEWHERE: [&str; 2] = ["borealis", "cobalt"];

/// The groups of the last `rest` people of a site with `users`, in the order they come in.
pub fn groups(users: usize, rest: usize, random: &mut Random) -> Vec<Group> {
    let mut groups = Vec::with_capacity(users);
    for (group, share) in SHARES {
        let count = users * share / OF;
        let least = usize::from(users >= ALL_FROM) * (1 + usize::from(group == Group::Duplicate));
        let even = if group == Group::Duplicate { count & !1 } else { count };
        groups.extend(std::iter::repeat_n(group, even.max(least)));
    }
    groups.resize(rest, Group::Linked);
    random.shuffle(&mut groups);
    groups
}

/// Makes people of the groups.
#[derive(Debug)]
pub struct Caster<'a> {
    /// The names.
    pub names: &'a mut Names,
    /// The dice.
    pub random: Random,
    /// The world's now.
    pub now: Timestamp,
    /// The first of a pair whose second is still to come.
    pub pair: Option<String>,
}

impl Caster<'_> {
    /// Somebody of a group.
    pub fn cast(&mut self, group: Group) -> Person {
        let name = self.names.draw(&mut self.random);
        let local = name.local.clone();
        let domain = self.domain(group);
        let department: &str = self.random.pick_weighted::<&str>(departments());
        let mut person =
            Person { department: department.into(), active: true, ..Person::named(name) };
        person.email = match group {
            Group::BadAddress => self.bad_address(&local),
            Group::Duplicate => match self.pair.take() {
                Some(first) => first.replace("acme.example", "ACME.example"),
                None => self.pair.insert(format!("{local}@{domain}")).clone(),
            },
            _ => format!("{local}@{domain}"),
        };
        person.directory = Some(person.email.clone());
        self.dress(group, &mut person);
        person
    }

    fn domain(&mut self, group: Group) -> &'static str {
        match group {
            Group::Provisional | Group::Signed => "acme-labs.example",
            Group::DomainElsewhere => "estuary.example",
            Group::Claimed => "acme-robotics.example",
            Group::Idn => "xn--acm-dma.example",
            Group::Member => "acme-works.example",
            Group::Confirmed => "oldcorp.example",
            Group::AgreementLapsed => "acme-legacy.example",
            Group::Unverified => self.random.pick_weighted::<&str>(&UNVERIFIED),
            Group::Declined
            | Group::Invited
            | Group::MaybeSent
            | Group::InvitedLongAgo
            | Group::Consumer => self.random.pick_weighted::<&str>(&CONSUMER),
            Group::Linked
            | Group::Inactive
            | Group::BadAddress
            | Group::Duplicate
            | Group::IdentityElsewhere
            | Group::NotInDirectory
            | Group::Verified => "acme.example",
        }
    }

    /// What makes the person one of the group, besides the address.
    fn dress(&mut self, group: Group, person: &mut Person) {
        match group {
            // Rows 1 to 5 come before the directory's row: it need not name them.
            Group::Linked => (person.linked, person.directory) = (true, None),
            Group::Provisional => (person.provisional, person.directory) = (true, None),
            Group::Inactive => (person.active, person.directory) = (false, None),
            Group::BadAddress | Group::Duplicate | Group::DomainElsewhere => {
                person.directory = None;
            }
            Group::IdentityElsewhere => {
                person.member = Some((*self.random.pick(&ELSEWHERE)).to_owned());
            }
            // Differing in case is differing (rule U9).
            Group::NotInDirectory => {
                let there = self.random.below(2) == 0;
                person.directory = there.then(|| person.email.to_ascii_uppercase());
            }
            Group::Declined => {
                person.declined = true;
                person.invited = Some(self.days_ago(8, 60));
            }
            Group::Member => person.member = Some("acme".to_owned()),
            Group::Confirmed => {
                person.confirmed = true;
                person.invited = Some(self.days_ago(2, 30));
            }
            Group::Invited => person.invited = Some(self.days_ago(1, 6)),
            Group::MaybeSent => person.unknown = true,
            Group::InvitedLongAgo => person.invited = Some(self.days_ago(10, 60)),
            Group::Verified
            | Group::Claimed
            | Group::Idn
            | Group::Signed
            | Group::Consumer
            | Group::AgreementLapsed
            | Group::Unverified => {}
        }
    }

    fn days_ago(&mut self, least: usize, most: usize) -> Timestamp {
        let days = (least + self.random.below(most - least)) as i64;
        let minutes = self.random.below(600) as i64;
        self.now.checked_sub((days * 24).hours().minutes(minutes)).unwrap_or(self.now)
    }

    fn bad_address(&mut self, local: &str) -> String {
        match self.random.below(9) {
            0 => String::new(),
            1 => "n/a".into(),
            2 => format!("{local} at acme.example"),
            3 => format!("{local}@acme"),
            4 => format!("{local}@@acme.example"),
            5 => format!("{local}@localhost"),
            6 => format!("{local}@acme..example"),
            7 => format!("{local}@[10.0.0.1]"),
            _ => format!("{local}@mail.acme.internal"),
        }
    }
}
