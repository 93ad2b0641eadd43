//! What is kept of all users of a site at once, for a roster of which most is still to be made.
//!
//! Owns reading each table once, in its own order, and telling whom a row of it is about: by a
//! fingerprint of 96 bits under keys of this reading, so that nobody can make two addresses alike,
//! and ten million against ten million meet by chance once in 10^15 rosters. User by user it is four
//! look-ups each in indexes that are in the order of none of them. `rows` has the same for a block;
//! random worlds hold the two together. Must not be used outside one read transaction.

use std::hash::{BuildHasher as _, RandomState};

use sqlx::Row;

use super::rows::{count, next, number, odd};
use crate::api::blocks::ROWS;
use crate::domain::kept::{Bit, Kept};
use crate::server::refusal::Refusal;
use crate::server::store::aggregates::{Values, split};
use crate::server::store::{Conn, SqlRow};

/// Rows of the other tables in one answer.
const PAGE: usize = 8_192;

/// The users of a block: their keys, their spellings, and what their own row tells, as in
/// `rows::KEEPS`.
pub(super) const USERS: &str = "SELECT count(*) AS many, coalesce(max(number), -1) AS highest,
      string_agg(address_key, '') AS address_key,
      string_agg(CAST(octet_length(address_key) AS TEXT), ',') AS address_key_lengths,
      string_agg(address, '') AS address,
      string_agg(CAST(octet_length(address) AS TEXT), ',') AS address_lengths,
      string_agg(CAST(bits AS TEXT), ',') AS bits
 FROM (SELECT number, coalesce(address_key, '') AS address_key, address,
              CASE link WHEN 'linked' THEN 1 WHEN 'provisional' THEN 2 ELSE 0 END
            + CASE WHEN active = 1 THEN 4 ELSE 0 END
            + CASE WHEN address_key IS NOT NULL THEN 8 ELSE 0 END AS bits
         FROM site_users WHERE site = $1 AND number >= $2 AND number < $3
        ORDER BY number) AS users";

/// A page of identities, of all organizations, from one on.
pub(super) const IDENTITIES: &str = "SELECT count(*) AS many,
      string_agg(email_key, '') AS email_key,
      string_agg(CAST(octet_length(email_key) AS TEXT), ',') AS email_key_lengths,
      string_agg(organization, '') AS organization,
      string_agg(CAST(octet_length(organization) AS TEXT), ',') AS organization_lengths
 FROM (SELECT email_key, organization FROM identities
        WHERE (email_key, organization) >= ($1, $2)
        ORDER BY email_key, organization LIMIT $3) AS page";

/// A page of an organization's directory.
pub(super) const DIRECTORY: &str = "SELECT count(*) AS many,
      string_agg(spelling, '') AS spelling,
      string_agg(CAST(octet_length(spelling) AS TEXT), ',') AS spelling_lengths
 FROM (SELECT spelling FROM synced_directory
        WHERE organization = $1 AND spelling >= $2 ORDER BY spelling LIMIT $3) AS page";

/// A page of an organization's invitations.
pub(super) const INVITATIONS: &str = "SELECT count(*) AS many,
      string_agg(address_key, '') AS address_key,
      string_agg(CAST(octet_length(address_key) AS TEXT), ',') AS address_key_lengths,
      string_agg(CAST(CASE WHEN unknown = 1 THEN 256 ELSE 0 END
                    + CASE WHEN confirmed_at IS NOT NULL THEN 512 ELSE 0 END
                    + CASE WHEN declined_at IS NOT NULL THEN 1024 ELSE 0 END AS TEXT), ',') AS bits,
      string_agg(coalesce(CAST(invited_at AS TEXT), ''), ',') AS invited
 FROM (SELECT address_key, unknown, confirmed_at, declined_at, invited_at FROM invitations
        WHERE organization = $1 AND address_key >= $2 ORDER BY address_key LIMIT $3) AS page";

/// A page of what a site's people were asked before it had an organization.
pub(super) const ANSWERS: &str = "SELECT count(*) AS many,
      string_agg(address_key, '') AS address_key,
      string_agg(CAST(octet_length(address_key) AS TEXT), ',') AS address_key_lengths,
      string_agg(CAST(CASE WHEN unknown = 1 THEN 256 ELSE 0 END
                    + CASE WHEN confirmed_at IS NOT NULL THEN 512 ELSE 0 END
                    + CASE WHEN declined_at IS NOT NULL THEN 1024 ELSE 0 END AS TEXT), ',') AS bits,
      string_agg(coalesce(CAST(invited_at AS TEXT), ''), ',') AS invited
 FROM (SELECT address_key, unknown, confirmed_at, declined_at, invited_at FROM site_answers
        WHERE site = $1 AND address_key >= $2 ORDER BY address_key LIMIT $3) AS page";

/// What is kept of each user of a site, in order of number.
#[derive(Debug, Default)]
pub(super) struct Whole {
    bits: Vec<u16>,
    /// When each was invited; empty where nobody was.
    invited: Vec<i64>,
}

/// Stands for somebody who was not invited.
const NEVER: i64 = i64::MIN;

/// Reads what is kept of the users of a site.
///
/// # Errors
/// When the database cannot be read.
pub(super) async fn read(conn: &mut Conn, site: i64) -> Result<Whole, Refusal> {
    let organization: Option<String> =
        sqlx::query_scalar("SELECT organization FROM sites WHERE id = $1")
            .bind(site)
            .fetch_one(&mut *conn)
            .await?;
    let (mut whole, users) = users(conn, site).await?;
    for alike in users.keys.groups() {
        let active =
            alike.iter().filter(|one| whole.bits[one.at()] & Bit::Active as u16 != 0).count();
        if active > 1 {
            for one in alike {
                whole.bits[one.at()] |= Bit::Duplicate as u16;
            }
        }
    }
    let organization = organization.as_deref();
    if let Some(organization) = organization {
        identities(conn, organization, &users, &mut whole).await?;
    }
    directory(conn, organization, &users, &mut whole).await?;
    if let Some(organization) = organization {
        mails(conn, INVITATIONS, Of::Organization(organization), &users, &mut whole).await?;
    }
    mails(conn, ANSWERS, Of::Site(site), &users, &mut whole).await?;
    Ok(whole)
}

impl Whole {
    /// What is kept of the users of a block.
    pub fn block(&self, block: u32) -> Vec<Kept> {
        let first = (block * ROWS) as usize;
        let end = self.bits.len().min(first + ROWS as usize);
        let invited = |at: usize| self.invited.get(at).copied().filter(|at| *at != NEVER);
        (first.min(end)..end).map(|at| Kept::new(self.bits[at], invited(at))).collect()
    }

    fn invite(&mut self, at: usize, when: i64) {
        if self.invited.is_empty() {
            self.invited = vec![NEVER; self.bits.len()];
        }
        self.invited[at] = when;
    }

    fn invited(&self, at: usize) -> Option<i64> {
        self.invited.get(at).copied().filter(|at| *at != NEVER)
    }
}

/// A user's number and the fingerprint of a text of theirs; the number's highest bit is a flag.
#[derive(Debug, Clone, Copy)]
struct One {
    high: u64,
    low: u32,
    number: u32,
}

const SPELLED_AS_KEY: u32 = 1 << 31;

impl One {
    fn new((high, low): (u64, u32), number: u32) -> Self {
        Self { high, low, number }
    }

    fn print(self) -> (u64, u32) {
        (self.high, self.low)
    }

    fn at(self) -> usize {
        (self.number & !SPELLED_AS_KEY) as usize
    }
}

/// Who has a text, found by its fingerprint.
#[derive(Debug, Default)]
struct Found {
    all: Vec<One>,
    /// Where those begin whose fingerprint begins with these 16 bits.
    begins: Vec<u32>,
}

impl Found {
    fn of(mut all: Vec<One>) -> Self {
        all.sort_unstable_by_key(|one| (one.print(), one.number));
        let mut begins = vec![0_u32; (1 << 16) + 1];
        for one in &all {
            begins[(one.high >> 48) as usize + 1] += 1;
        }
        for at in 1..begins.len() {
            begins[at] += begins[at - 1];
        }
        Self { all, begins }
    }

    fn get(&self, print: (u64, u32)) -> &[One] {
        let at = (print.0 >> 48) as usize;
        let some = &self.all[self.begins[at] as usize..self.begins[at + 1] as usize];
        let from = some.partition_point(|one| one.print() < print);
        let count = some[from..].iter().take_while(|one| one.print() == print).count();
        &some[from..from + count]
    }

    /// Those who have the same, together.
    fn groups(&self) -> impl Iterator<Item = &[One]> {
        self.all.chunk_by(|one, other| one.print() == other.print())
    }
}

/// Fingerprints of texts.
#[derive(Debug, Default)]
struct Printer(RandomState, RandomState);

impl Printer {
    fn of(&self, text: &str) -> (u64, u32) {
        (self.0.hash_one(text), self.1.hash_one(text) as u32)
    }
}

/// The users of a site by address.
#[derive(Debug)]
struct Users {
    printer: Printer,
    /// By key; flagged where the address is spelled like it.
    keys: Found,
    /// By spelling, where that is not the key.
    spelled: Found,
}

async fn users(conn: &mut Conn, site: i64) -> Result<(Whole, Users), Refusal> {
    let (mut whole, printer) = (Whole::default(), Printer::default());
    let (mut keys, mut spelled) = (Vec::new(), Vec::new());
    loop {
        let first = whole.bits.len() as u32;
        let row = sqlx::query(USERS)
            .bind(site)
            .bind(first)
            .bind(first.saturating_add(ROWS))
            .fetch_one(&mut *conn)
            .await?;
        let rows = count(&row, first)?;
        let (mut of_keys, mut addresses) =
            (Values::read(&row, "address_key")?, Values::read(&row, "address")?);
        for (at, bits) in (first..first + rows).zip(split(&row, "bits")?) {
            let (key, address) = (next(&mut of_keys)?, next(&mut addresses)?.trim());
            let same = key == address;
            let bits: u16 = number(bits)?;
            if bits & Bit::Usable as u16 != 0 {
                let flag = if same { SPELLED_AS_KEY } else { 0 };
                keys.push(One::new(printer.of(key), at | flag));
            }
            if !same || bits & Bit::Usable as u16 == 0 {
                spelled.push(One::new(printer.of(address), at));
            }
            whole.bits.push(bits | Bit::NotInDirectory as u16);
        }
        if whole.bits.len() as u32 != first + rows {
            return Err(odd());
        }
        if rows < ROWS {
            let users = Users { printer, keys: Found::of(keys), spelled: Found::of(spelled) };
            return Ok((whole, users));
        }
    }
}

/// Rows 5 and 8: whose identity the organization has, and whose another one.
async fn identities(
    conn: &mut Conn,
    organization: &str,
    users: &Users,
    whole: &mut Whole,
) -> Result<(), Refusal> {
    let (mut key, mut of) = (String::new(), String::new());
    loop {
        let row = page(conn, IDENTITIES, &[&key, &of]).await?;
        let (rows, mut keys, mut organizations) =
            (rows(&row)?, Values::read(&row, "email_key")?, Values::read(&row, "organization")?);
        let mut last = ("", "");
        for _ in 0..rows {
            last = (next(&mut keys)?, next(&mut organizations)?);
            let bit =
                if last.1 == organization { Bit::Identity } else { Bit::IdentityElsewhere } as u16;
            let whose = users.keys.get(users.printer.of(last.0));
            for one in whose {
                whole.bits[one.at()] |= bit;
            }
        }
        if rows < PAGE {
            return Ok(());
        }
        (key, of) = (last.0.to_owned(), last.1.to_owned());
    }
}

/// Rule U9: whose address the directory has as it is spelled on the site.
async fn directory(
    conn: &mut Conn,
    organization: Option<&str>,
    users: &Users,
    whole: &mut Whole,
) -> Result<(), Refusal> {
    let Some(organization) = organization else { return Ok(()) };
    let mut from = String::new();
    loop {
        let row = page(conn, DIRECTORY, &[organization, &from]).await?;
        let (rows, mut spellings) = (rows(&row)?, Values::read(&row, "spelling")?);
        let mut last = "";
        for _ in 0..rows {
            last = next(&mut spellings)?;
            let print = users.printer.of(last);
            let as_key =
                users.keys.get(print).iter().filter(|one| one.number & SPELLED_AS_KEY != 0);
            for one in as_key.chain(users.spelled.get(print)) {
                whole.bits[one.at()] &= !(Bit::NotInDirectory as u16);
            }
        }
        if rows < PAGE {
            return Ok(());
        }
        from = last.to_owned();
    }
}

/// Whose invitations are meant.
#[derive(Debug, Clone, Copy)]
enum Of<'a> {
    Organization(&'a str),
    Site(i64),
}

/// Rows 7, 8 and 10: who was asked, and what they said. The later one counts.
async fn mails(
    conn: &mut Conn,
    statement: &'static str,
    of: Of<'_>,
    users: &Users,
    whole: &mut Whole,
) -> Result<(), Refusal> {
    let mut from = String::new();
    loop {
        let query = sqlx::query(statement);
        let query = match of {
            Of::Organization(organization) => query.bind(organization),
            Of::Site(site) => query.bind(site),
        };
        let row = query.bind(&from).bind(PAGE as i64).fetch_one(&mut *conn).await?;
        let (rows, mut keys) = (rows(&row)?, Values::read(&row, "address_key")?);
        let (mut bits, mut invited) = (split(&row, "bits")?, split(&row, "invited")?);
        let mut last = "";
        for _ in 0..rows {
            last = next(&mut keys)?;
            let (said, when) = (bits.next().ok_or_else(odd)?, invited.next().ok_or_else(odd)?);
            let said: u16 = number(said)?;
            let when: Option<i64> = if when.is_empty() { None } else { Some(number(when)?) };
            for one in users.keys.get(users.printer.of(last)) {
                whole.bits[one.at()] |= said;
                let before = whole.invited(one.at());
                match (of, when) {
                    (Of::Organization(_), Some(when)) => whole.invite(one.at(), when),
                    (Of::Site(_), Some(when)) if when > before.unwrap_or(0) => {
                        whole.invite(one.at(), when);
                    }
                    _ => {}
                }
            }
        }
        if rows < PAGE {
            return Ok(());
        }
        from = last.to_owned();
    }
}

async fn page(
    conn: &mut Conn,
    statement: &'static str,
    from: &[&str; 2],
) -> Result<SqlRow, sqlx::Error> {
    sqlx::query(statement).bind(from[0]).bind(from[1]).bind(PAGE as i64).fetch_one(conn).await
}

fn rows(row: &SqlRow) -> Result<usize, sqlx::Error> {
    Ok(row.try_get::<i64, _>("many")? as usize)
}
