//! Which row of a file is which account (SPEC section 9).
//!
//! Owns the rule: rows match by `UserID`; Control Hub's, which have none, by the address of the
//! active account. An account known by its address alone takes on the `UserID` of a later file. A
//! row that may mean several accounts means none. Must not compare what the two say.

use std::collections::HashMap;

use super::stored::{self, Account};
use crate::server::directory::RosterUpload;
use crate::server::directory::roster_work::Pair;
use crate::server::refusal::Refusal;
use crate::server::store::Conn;
use crate::table::{Dialect, RosterRow, address_key};

/// The pairs of a file's rows, and which accounts the file names.
pub(super) struct Pairing {
    /// What each row is, in the order of the file.
    pub pairs: Vec<Pair>,
    /// By number: a row means the account.
    named: Vec<bool>,
    /// By number: a row has the account's address, and stands for all accounts of it.
    covered: Vec<bool>,
    /// By address: who has one that is none, and so stands in no index.
    unusable: HashMap<String, Vec<Account>>,
}

/// The accounts of one address.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Group<'a> {
    /// The first active one.
    active: Option<&'a Account>,
    /// Whether there is a second active one.
    several: bool,
    /// The latest deactivated one.
    inactive: Option<&'a Account>,
    /// The one that is known by this address alone, the active one first.
    nameless: Option<&'a Account>,
}

impl<'a> Group<'a> {
    /// In order of number.
    fn of(accounts: &'a [Account], key: &str) -> Self {
        let mut group = Self::default();
        for account in accounts {
            if account.active {
                group.several |= group.active.is_some();
                group.active = group.active.or(Some(account));
            } else {
                group.inactive = Some(account);
            }
            // It has no `UserID` but its address: it came by a Control Hub file.
            let is_nameless = address_key(&account.user_id) == key;
            if is_nameless && (group.nameless.is_none() || account.active) {
                group.nameless = Some(account);
            }
        }
        group
    }

    /// The account that a row which names the address alone means.
    fn meant(self) -> Pair {
        if self.several {
            return Pair::Several;
        }
        self.one().map_or(Pair::New, |account| Pair::Known(account.number))
    }

    /// The account that has the address.
    pub fn one(self) -> Option<&'a Account> {
        self.active.or(self.inactive)
    }
}

/// The accounts that have the addresses of some rows.
pub(super) struct Addresses(HashMap<String, Vec<Account>>);

impl Addresses {
    /// The accounts with the address of this row.
    pub fn of(&self, row: &RosterRow) -> Group<'_> {
        let key = address_key(row.address.raw());
        self.0.get(&key).map(|accounts| Group::of(accounts, &key)).unwrap_or_default()
    }

    fn numbers(&self) -> impl Iterator<Item = u32> {
        self.0.values().flatten().map(|account| account.number)
    }
}

impl Pairing {
    /// Pairs the rows with the accounts: first what is certain, then what is left of either.
    pub async fn of(conn: &mut Conn, site: i64, upload: &RosterUpload) -> Result<Self, Refusal> {
        let users = stored::next_number(conn, site).await? as usize;
        let mut pairing = Self {
            pairs: Vec::new(),
            named: vec![false; users],
            covered: vec![false; users],
            unusable: stored::unusable(conn, site).await?,
        };
        for piece in upload.pieces() {
            let file = upload.piece(conn, piece).await?;
            for rows in file.rows.chunks(RosterUpload::ROWS) {
                match file.layout.dialect() {
                    Dialect::SiteAdministration => pairing.by_id(conn, site, rows).await?,
                    Dialect::ControlHub => pairing.by_address(conn, site, rows).await?,
                }
            }
        }
        if !pairing.pairs.contains(&Pair::New) {
            return Ok(pairing);
        }
        let mut at = 0;
        for piece in upload.pieces() {
            let file = upload.piece(conn, piece).await?;
            for rows in file.rows.chunks(RosterUpload::ROWS) {
                if pairing.pairs[at..at + rows.len()].contains(&Pair::New) {
                    match file.layout.dialect() {
                        Dialect::SiteAdministration => {
                            pairing.left_by_address(conn, site, (at, rows)).await?;
                        }
                        Dialect::ControlHub => pairing.left_by_id(conn, site, (at, rows)).await?,
                    }
                }
                at += rows.len();
            }
        }
        Ok(pairing)
    }

    async fn by_id(
        &mut self,
        conn: &mut Conn,
        site: i64,
        rows: &[RosterRow],
    ) -> Result<(), sqlx::Error> {
        let ids = stored::by_id(conn, site, rows).await?;
        for row in rows {
            let number = ids.get(row.user_id.raw());
            self.push(number.map_or(Pair::New, |number| Pair::Known(*number)));
        }
        Ok(())
    }

    /// A row whose `UserID` nobody has may be an account that is known by its address alone.
    async fn left_by_address(
        &mut self,
        conn: &mut Conn,
        site: i64,
        (first, rows): (usize, &[RosterRow]),
    ) -> Result<(), sqlx::Error> {
        let addresses = self.addresses(conn, site, rows).await?;
        for (at, row) in (first..).zip(rows) {
            if self.pairs[at] != Pair::New || row.address.raw().trim().is_empty() {
                continue;
            }
            if let Some(account) = addresses.of(row).nameless
                && !self.named[account.number as usize]
            {
                self.pairs[at] = Pair::Known(account.number);
                self.named[account.number as usize] = true;
            }
        }
        Ok(())
    }

    async fn by_address(
        &mut self,
        conn: &mut Conn,
        site: i64,
        rows: &[RosterRow],
    ) -> Result<(), sqlx::Error> {
        let addresses = self.addresses(conn, site, rows).await?;
        for row in rows {
            self.push(addresses.of(row).meant());
        }
        for number in addresses.numbers() {
            self.covered[number as usize] = true;
        }
        Ok(())
    }

    /// The id of a row with a new address may be taken: by the account that had the address once, or
    /// by somebody who has another row in this file, and then the two cannot be told apart.
    async fn left_by_id(
        &mut self,
        conn: &mut Conn,
        site: i64,
        (first, rows): (usize, &[RosterRow]),
    ) -> Result<(), sqlx::Error> {
        let ids = stored::by_id(conn, site, rows).await?;
        for (at, row) in (first..).zip(rows) {
            if self.pairs[at] != Pair::New {
                continue;
            }
            if let Some(number) = ids.get(row.user_id.raw()) {
                let taken = std::mem::replace(&mut self.named[*number as usize], true);
                self.pairs[at] = if taken { Pair::Several } else { Pair::Known(*number) };
            }
        }
        Ok(())
    }

    fn push(&mut self, pair: Pair) {
        if let Pair::Known(number) = pair {
            self.named[number as usize] = true;
        }
        self.pairs.push(pair);
    }

    /// The accounts that have the addresses of these rows, whoever the rows are.
    pub async fn addresses(
        &self,
        conn: &mut Conn,
        site: i64,
        rows: &[RosterRow],
    ) -> Result<Addresses, sqlx::Error> {
        let mut found = stored::by_address(conn, site, rows).await?;
        for row in rows {
            let key = address_key(row.address.raw());
            if let Some(accounts) = self.unusable.get(&key) {
                found.insert(key, accounts.clone());
            }
        }
        Ok(Addresses(found))
    }

    /// Whether no row names the account.
    pub fn is_left(&self, number: u32) -> bool {
        let at = number as usize;
        !self.named.get(at).copied().unwrap_or(true)
            && !self.covered.get(at).copied().unwrap_or(true)
    }
}
