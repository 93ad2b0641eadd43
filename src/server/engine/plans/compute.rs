//! A plan as it is computed: the outcome of each chosen user, the counts, and the digest (rule U4).
//!
//! Owns the compact form (addresses in one arena) of the rows that are not written down yet, and the
//! canonical rows under the digest. Holds no lock while it computes; nothing is written here.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use super::chosen::Chosen;
use super::freeze::Freezing;
use super::present::{CHUNK, Present, Stream};
use super::{Terms, held_code};
use crate::api::plan::DomainCount;
use crate::domain::facts::Fact;
use crate::domain::outcome::{Class, Outcome};
use crate::domain::untrusted::Untrusted;
use crate::server::Backend;
use crate::server::directory::UserFacts;
use crate::server::refusal::Refusal;
use crate::server::store::{hex, rehearsal};

/// How many domains a plan names of those e-mailed and of those linked.
const TOP: usize = 10;

/// A plan as far as it is computed.
pub(super) struct Computed {
    /// The moment whose facts it holds.
    pub now: Timestamp,
    /// One row a user, in order of number: those that are not written down yet.
    pub rows: Vec<Row>,
    /// How many users it has, written down or not.
    pub selected: u64,
    /// The addresses as spelled, one after the other.
    addresses: String,
    counts: [u64; Outcome::ALL.len()],
    /// E-mails to people who were invited before.
    pub second_invitations: u64,
    email_domains: HashMap<String, u64>,
    linked_domains: HashMap<String, u64>,
    digest: Sha256,
    line: Vec<u8>,
}

/// One user of a computed plan.
#[derive(Clone, Copy)]
pub(super) struct Row {
    /// The roster number.
    pub number: u32,
    /// Where the address ends in the arena; it begins where the one before ends.
    end: u32,
    /// The outcome.
    pub outcome: Outcome,
    /// Whether this is a second invitation.
    pub second: bool,
}

/// Computes the outcome of every chosen user as of now, and writes them down on the way: a million
/// are never in memory together.
///
/// # Errors
/// When the directory cannot tell the users, or they cannot be written.
pub(super) async fn compute(
    backend: &Backend,
    chosen: &Chosen,
    freezing: &mut Freezing<'_>,
) -> Result<Computed, Refusal> {
    rehearsal::enough()?;
    let (now, terms) = (backend.clock.now(), freezing.terms());
    let mut computed = Computed::new(&terms, now);
    match Present::of(backend, terms.site, chosen.numbers.count(), now) {
        Present::Few => few(backend, chosen, freezing, &mut computed).await?,
        Present::Many(stream) => many(chosen, stream, freezing, &mut computed).await?,
    }
    Ok(computed)
}

async fn few(
    backend: &Backend,
    chosen: &Chosen,
    freezing: &mut Freezing<'_>,
    computed: &mut Computed,
) -> Result<(), Refusal> {
    let terms = freezing.terms();
    let numbers: Vec<u32> = chosen.numbers.iter().collect();
    let mut conn = backend.store.read().await?;
    for chunk in numbers.chunks(CHUNK) {
        let users =
            backend.directory.users_among(&mut conn, terms.site, chunk, computed.now).await?;
        computed.take(&terms, chosen, &users)?;
        freezing.take(computed).await?;
    }
    Ok(())
}

async fn many(
    chosen: &Chosen,
    mut stream: Stream,
    freezing: &mut Freezing<'_>,
    computed: &mut Computed,
) -> Result<(), Refusal> {
    let terms = freezing.terms();
    while let Some(users) = stream.next().await? {
        computed.take(&terms, chosen, &users)?;
        freezing.take(computed).await?;
    }
    Ok(())
}

impl Computed {
    fn new(terms: &Terms<'_>, now: Timestamp) -> Self {
        let mut computed = Self {
            now,
            rows: Vec::new(),
            selected: 0,
            addresses: String::new(),
            counts: [0; Outcome::ALL.len()],
            second_invitations: 0,
            email_domains: HashMap::new(),
            linked_domains: HashMap::new(),
            digest: Sha256::new(),
            line: Vec::new(),
        };
        let head =
            (&terms.site.url, terms.organization, terms.method.code(), held_code(terms.held));
        // Strings and numbers always serialise.
        let _ = computed.hash(&head);
        computed
    }

    fn take(
        &mut self,
        terms: &Terms<'_>,
        chosen: &Chosen,
        users: &[UserFacts],
    ) -> Result<(), Refusal> {
        for user in users.iter().filter(|user| chosen.holds(user.number, user.facts)) {
            self.add(user, terms.outcome(user.facts))?;
        }
        Ok(())
    }

    fn add(&mut self, user: &UserFacts, outcome: Outcome) -> Result<(), Refusal> {
        self.addresses.push_str(&user.address);
        let end = u32::try_from(self.addresses.len()).map_err(|error| Refusal::internal(&error))?;
        let second = outcome.class() == Class::Emailed && user.facts.has(Fact::InvitedEver);
        self.rows.push(Row { number: user.number, end, outcome, second });
        self.selected += 1;
        self.counts[outcome as usize] += 1;
        self.second_invitations += u64::from(second);
        let domains = match outcome.class() {
            Class::Emailed => Some(&mut self.email_domains),
            Class::Linked => Some(&mut self.linked_domains),
            _ => None,
        };
        if let (Some(domains), Some(domain)) = (domains, domain_of(user)) {
            count_domain(domains, domain);
        }
        self.hash(&(user.number, &user.user_id, &user.address, outcome.code()))?;
        Ok(())
    }

    /// Adds one canonical row, a line of JSON, to the digest.
    fn hash(&mut self, row: &impl serde::Serialize) -> Result<(), serde_json::Error> {
        self.line.clear();
        serde_json::to_writer(&mut self.line, row)?;
        self.line.push(b'\n');
        self.digest.update(&self.line);
        Ok(())
    }

    /// How many users of one outcome.
    pub fn count(&self, outcome: Outcome) -> u64 {
        self.counts[outcome as usize]
    }

    /// How many e-mails it will send.
    pub fn emails(&self) -> u64 {
        self.of(Class::Emailed)
    }

    /// How many are linked silently.
    pub fn linked(&self) -> u64 {
        self.of(Class::Linked)
    }

    fn of(&self, class: Class) -> u64 {
        Outcome::ALL
            .into_iter()
            .filter(|outcome| outcome.class() == class)
            .map(|outcome| self.count(outcome))
            .sum()
    }

    /// Every outcome's code with its count, zeroes included.
    pub fn outcomes(&self) -> BTreeMap<&'static str, u64> {
        Outcome::ALL.into_iter().map(|outcome| (outcome.code(), self.count(outcome))).collect()
    }

    /// The domains of those who are e-mailed, most first.
    pub fn email_domains(&self) -> Vec<DomainCount> {
        top(&self.email_domains)
    }

    /// The domains of those who are linked, most first.
    pub fn linked_domains(&self) -> Vec<DomainCount> {
        top(&self.linked_domains)
    }

    /// The address of the row at an index.
    pub fn address(&self, at: usize) -> &str {
        let begin = at.checked_sub(1).map_or(0, |before| self.rows[before].end as usize);
        &self.addresses[begin..self.rows[at].end as usize]
    }

    /// The addresses of all rows, one after the other.
    pub fn addresses(&self) -> &str {
        &self.addresses
    }

    /// The rows so far are written down.
    pub fn written(&mut self) {
        self.rows.clear();
        self.addresses.clear();
    }

    /// The digest over the canonical rows.
    pub fn digest(&self) -> String {
        hex(&self.digest.clone().finalize())
    }
}

fn domain_of(user: &UserFacts) -> Option<&str> {
    user.address_key.as_deref()?.rsplit_once('@').map(|(_, domain)| domain)
}

fn count_domain(domains: &mut HashMap<String, u64>, domain: &str) {
    if let Some(count) = domains.get_mut(domain) {
        *count += 1;
    } else {
        domains.insert(domain.to_owned(), 1);
    }
}

fn top(domains: &HashMap<String, u64>) -> Vec<DomainCount> {
    let mut all: Vec<(&String, &u64)> = domains.iter().collect();
    all.sort_by(|a, b| b.1.cmp(a.1).then(a.0.cmp(b.0)));
    all.truncate(TOP);
    all.into_iter()
        .map(|(domain, users)| DomainCount { domain: Untrusted::new(domain), users: *users })
        .collect()
}
