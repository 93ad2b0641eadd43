//! What a row of the licence CSV would do, as things are now.
//!
//! Owns who may have a licence and how many there are. The preview and the apply ask the same
//! judge, in the same order of rows, so that both count the licences alike.

use std::collections::{BTreeMap, HashMap, HashSet};

use sqlx::Row;

use super::super::services;
use super::held;
use crate::api::licences::LicenceResult;
use crate::domain::address::Address;
use crate::domain::services::{Service, ServiceLine};
use crate::server::refusal::Refusal;
use crate::server::store::{Conn, Sql};

/// What a row says of each service; nothing where the cell is neither TRUE nor FALSE. Services
/// whose cell is empty are not in it.
pub type NewOffer = BTreeMap<Service, Option<bool>>;

/// What a row comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    pub result: LicenceResult,
    pub assign: Vec<Service>,
    pub remove: Vec<Service>,
    pub reason: String,
}

impl Verdict {
    fn refused(reason: impl Into<String>) -> Self {
        Self {
            result: LicenceResult::Refused,
            assign: Vec::new(),
            remove: Vec::new(),
            reason: reason.into(),
        }
    }

    /// The preview's verdict does not hold any more.
    pub fn stale() -> Self {
        let reason = "It would do something else now than the preview said; nothing was done.";
        Self { result: LicenceResult::Stale, ..Self::refused(reason) }
    }
}

/// Judges rows one after the other.
pub struct Judge {
    organization: String,
    /// Whether FALSE takes a licence away.
    removes: bool,
    lines: Vec<ServiceLine>,
    taken: HashMap<Service, i64>,
    members: HashSet<String>,
    held: HashMap<String, HashSet<Service>>,
}

impl Judge {
    /// With the organization's services and what is taken of them now.
    pub async fn new(conn: &mut Conn, organization: &str, removes: bool) -> Result<Self, Refusal> {
        let lines = services::of(conn, organization).await?;
        let rows = sqlx::query(
            "SELECT service, count(*) AS taken FROM licences
              WHERE organization = $1 GROUP BY service",
        )
        .bind(organization)
        .fetch_all(conn)
        .await?;
        let mut taken = HashMap::new();
        for row in rows {
            if let Some(service) = Service::from_code(row.try_get("service")?) {
                taken.insert(service, row.try_get("taken")?);
            }
        }
        Ok(Self {
            organization: organization.to_owned(),
            removes,
            lines,
            taken,
            members: HashSet::new(),
            held: HashMap::new(),
        })
    }

    /// Looks up these addresses (at most 500), before any of them is judged.
    pub async fn learn(&mut self, conn: &mut Conn, addresses: &[&str]) -> Result<(), Refusal> {
        let keys: Vec<String> =
            addresses.iter().filter_map(|a| Address::parse(a).ok()).map(String::from).collect();
        let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
        self.held = held(conn, &self.organization, &keys).await?;
        self.members.clear();
        for select in [
            "SELECT email_key FROM identities WHERE organization = ",
            "SELECT u.address_key FROM sites s JOIN site_users u ON u.site = s.id
              WHERE u.link <> 'none' AND s.organization = ",
        ] {
            let mut sql = Sql::new(select);
            sql.push_bind(&self.organization);
            let of_sites = select.contains("address_key");
            sql.push(if of_sites { " AND u.address_key IN (" } else { " AND email_key IN (" });
            let mut list = sql.separated(", ");
            for key in &keys {
                list.push_bind(*key);
            }
            list.push_unseparated(")");
            self.members.extend(sql.build_query_scalar::<String>().fetch_all(&mut *conn).await?);
        }
        Ok(())
    }

    /// What a row would do; its licences count as taken from here on.
    pub fn judge(&mut self, address: &str, wanted: &NewOffer) -> Verdict {
        let key = match Address::parse(address) {
            Ok(address) => String::from(address),
            Err(error) => {
                return Verdict::refused(format!("This address cannot be used: {error}."));
            }
        };
        if !self.members.contains(&key) {
            return Verdict::refused("Nobody with this address is linked in the organization.");
        }
        if let Some((service, _)) = wanted.iter().find(|(_, says)| says.is_none()) {
            let title = service.title();
            return Verdict::refused(format!("{title} is neither TRUE nor FALSE."));
        }
        let none = HashSet::new();
        let has = self.held.get(&key).unwrap_or(&none);
        let says = |what: bool| {
            wanted.iter().filter(move |(_, says)| **says == Some(what)).map(|(service, _)| *service)
        };
        let assign: Vec<Service> = says(true).filter(|service| !has.contains(service)).collect();
        let remove: Vec<Service> =
            says(false).filter(|service| self.removes && has.contains(service)).collect();
        if let Some(reason) = assign.iter().find_map(|service| self.none_left(*service)) {
            return Verdict::refused(reason);
        }
        for service in &assign {
            *self.taken.entry(*service).or_default() += 1;
        }
        for service in &remove {
            *self.taken.entry(*service).or_default() -= 1;
        }
        let nothing = assign.is_empty() && remove.is_empty();
        let result = if nothing { LicenceResult::Unchanged } else { LicenceResult::Change };
        Verdict { result, assign, remove, reason: String::new() }
    }

    /// Why there is no licence of a service to give. Who does not say which services there are
    /// has as many as are asked for.
    fn none_left(&self, service: Service) -> Option<String> {
        if self.lines.is_empty() {
            return None;
        }
        let title = service.title();
        let Some(line) = self.lines.iter().find(|line| line.service == service) else {
            return Some(format!("The organization does not have {title}."));
        };
        let taken = self.taken.get(&service).copied().unwrap_or_default();
        let all = i64::from(line.quantity);
        (taken >= all).then(|| format!("All {all} licences of {title} are taken."))
    }
}
