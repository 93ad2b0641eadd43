//! The append-only record of every change, in the same transaction as the change.
//!
//! Owns the chain: each entry's HMAC covers the hash before it and its own canonical JSON, so that an
//! edit, a deletion or a reordering shows (promise I17) to who has the key, and nobody without it can
//! write the record anew. A cut end shows by an anchor kept elsewhere. Must never be given a secret
//! to record.

use jiff::Timestamp;
use serde_json::{Value, json};
use sqlx::Row;

use super::refusal::Refusal;
use super::store::{Conn, Sql, SqlRow, from_millis, hex, sha256, to_millis};
use crate::api::audit::{AnchorQuery, AuditEntry, AuditVerified};
use crate::domain::role::{Action, Role, permits};
use crate::domain::untrusted::Untrusted;

/// Entries checked at a time.
const BATCH: i64 = 2_000;

/// The actor of what the backend does by itself.
pub const SYSTEM: &str = "system";

/// A change about to be recorded: who did what when, and of what it is said.
#[derive(Debug, Clone)]
#[must_use = "it is recorded by `record`"]
pub struct Change<'a> {
    at: Timestamp,
    actor: &'a str,
    action: &'static str,
    organization: Option<&'a str>,
    site: Option<&'a str>,
    subject: Option<&'a str>,
    detail: Value,
}

impl<'a> Change<'a> {
    /// At a business time, by an address or [`SYSTEM`], an act such as `plan.applied`.
    pub fn by(at: Timestamp, actor: &'a str, action: &'static str) -> Self {
        let (organization, site, subject) = (None, None, None);
        Self { at, actor, action, organization, site, subject, detail: json!({}) }
    }

    /// The organization it is about.
    pub const fn of(self, organization: &'a str) -> Self {
        self.of_any(Some(organization))
    }

    /// The organization it is about, where there is one.
    pub const fn of_any(mut self, organization: Option<&'a str>) -> Self {
        self.organization = organization;
        self
    }

    /// The site it is about.
    pub const fn site(self, url: &'a str) -> Self {
        self.any_site(Some(url))
    }

    /// The site it is about, where there is one.
    pub const fn any_site(mut self, url: Option<&'a str>) -> Self {
        self.site = url;
        self
    }

    /// What exactly, where that is not the site, else the organization.
    pub const fn about(mut self, subject: &'a str) -> Self {
        self.subject = Some(subject);
        self
    }

    /// More.
    pub fn detail(mut self, detail: Value) -> Self {
        self.detail = detail;
        self
    }

    /// Appends it. Call it inside the transaction that makes the change.
    ///
    /// # Errors
    /// When the database cannot be written; the caller's transaction must then not commit.
    pub async fn record(self, conn: &mut Conn) -> Result<(), sqlx::Error> {
        let last = sqlx::query("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1")
            .fetch_optional(&mut *conn)
            .await?;
        let (seq, before) = match last {
            Some(row) => (row.try_get::<i64, _>("seq")? + 1, row.try_get("hash")?),
            None => (1, String::new()),
        };
        let detail = self.detail.to_string();
        let entry = Entry {
            seq,
            at: to_millis(self.at),
            actor: self.actor,
            action: self.action,
            organization: self.organization,
            site: self.site,
            subject: self.subject.or(self.site).or(self.organization).unwrap_or_default(),
            detail: &detail,
        };
        let hash = Secret::of(&mut *conn).await?.chain(&before, &entry);
        sqlx::query(
            "INSERT INTO audit (seq, at, actor, action, organization, site, subject, detail, hash)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        )
        .bind(entry.seq)
        .bind(entry.at)
        .bind(entry.actor)
        .bind(entry.action)
        .bind(entry.organization)
        .bind(entry.site)
        .bind(entry.subject)
        .bind(entry.detail)
        .bind(hash)
        .execute(conn)
        .await?;
        Ok(())
    }
}

/// What of an entry is hashed, in the order of the table's columns.
struct Entry<'a> {
    seq: i64,
    at: i64,
    actor: &'a str,
    action: &'a str,
    organization: Option<&'a str>,
    site: Option<&'a str>,
    subject: &'a str,
    detail: &'a str,
}

impl<'a> Entry<'a> {
    fn of(row: &'a SqlRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            seq: row.try_get("seq")?,
            at: row.try_get("at")?,
            actor: row.try_get("actor")?,
            action: row.try_get("action")?,
            organization: row.try_get("organization")?,
            site: row.try_get("site")?,
            subject: row.try_get("subject")?,
            detail: row.try_get("detail")?,
        })
    }

    /// Over the hash before it and its fields as one JSON array.
    fn text(&self, before: &str) -> String {
        let Self { seq, at, actor, action, organization, site, subject, detail } = self;
        let fields = json!([seq, at, actor, action, organization, site, subject, detail]);
        format!("{before}|{fields}")
    }
}

/// The key of the chain, and the entry after which it counts.
struct Secret {
    key: String,
    after: i64,
    head: String,
}

impl Secret {
    async fn of(conn: &mut Conn) -> Result<Self, sqlx::Error> {
        let row = sqlx::query("SELECT key, seq, hash FROM temp.audit_secret");
        let row = row.fetch_one(conn).await?;
        Ok(Self {
            key: row.try_get("key")?,
            after: row.try_get("seq")?,
            head: row.try_get("hash")?,
        })
    }

    /// The hash of an entry that follows `before`.
    fn chain(&self, before: &str, entry: &Entry<'_>) -> String {
        let text = entry.text(before);
        let keyed = entry.seq > self.after;
        if keyed { hmac(&self.key, text.as_bytes()) } else { sha256(text.as_bytes()) }
    }

    /// Whether the record holds where the key begins to count.
    fn begins_with(&self, seq: i64, hash: &str) -> bool {
        seq != self.after || hash == self.head
    }
}

/// A hash under the record's secret, which no copy of the database holds: what it is of cannot be
/// guessed from it.
///
/// # Errors
/// When the database cannot be read.
pub async fn keyed(conn: &mut Conn, text: &[u8]) -> Result<String, sqlx::Error> {
    Ok(hmac(&Secret::of(conn).await?.key, text))
}

/// HMAC-SHA256 (RFC 2104), hexadecimal. The key is shorter than a block.
fn hmac(key: &str, text: &[u8]) -> String {
    use sha2::{Digest as _, Sha256};
    let pad = |with: u8| {
        let mut block = [with; 64];
        block.iter_mut().zip(key.as_bytes()).for_each(|(byte, key)| *byte ^= key);
        block
    };
    let inner = Sha256::new().chain_update(pad(0x36)).chain_update(text).finalize();
    hex(&Sha256::new().chain_update(pad(0x5c)).chain_update(inner).finalize())
}

/// Whose entries are read.
#[derive(Debug, Clone, Copy)]
pub enum Readers<'a> {
    /// All of them.
    OfAll,
    /// One organization's.
    OfOrganization(&'a str),
    /// Those of the organizations whose record this address may read.
    Person(&'a str),
}

const SELECT: &str =
    "SELECT seq, at, actor, action, organization, site, subject, detail, hash FROM audit";

/// The place of the entry with this hash.
///
/// # Errors
/// When the database cannot be read.
pub async fn place(conn: &mut Conn, hash: &str) -> Result<Option<i64>, sqlx::Error> {
    sqlx::query_scalar("SELECT seq FROM audit WHERE hash = $1")
        .bind(hash)
        .fetch_optional(conn)
        .await
}

/// Entries, newest first, from before a place on; one more than `limit` if there are more.
///
/// # Errors
/// When the database cannot be read.
pub async fn list(
    conn: &mut Conn,
    readers: Readers<'_>,
    before: Option<i64>,
    limit: usize,
) -> Result<Vec<AuditEntry>, Refusal> {
    let mut sql = Sql::new(SELECT);
    sql.push(" WHERE seq < ").push_bind(before.unwrap_or(i64::MAX));
    match readers {
        Readers::OfAll => {}
        Readers::OfOrganization(id) => {
            sql.push(" AND organization = ").push_bind(id.to_owned());
        }
        Readers::Person(email) => {
            sql.push(" AND organization IN (SELECT organization FROM organization_standing WHERE email = ");
            sql.push_bind(email.to_owned()).push(" AND role IN (");
            let mut roles = sql.separated(", ");
            for role in Role::ALL.into_iter().filter(|role| permits(*role, Action::Audit)) {
                roles.push_bind(role.code());
            }
            roles.push_unseparated("))");
        }
    }
    sql.push(" ORDER BY seq DESC LIMIT ").push_bind(limit as i64 + 1);
    let rows = sql.build().fetch_all(conn).await?;
    rows.iter().map(read).collect()
}

fn read(row: &SqlRow) -> Result<AuditEntry, Refusal> {
    let entry = Entry::of(row)?;
    Ok(AuditEntry {
        seq: u64::try_from(entry.seq).ok(),
        at: from_millis(entry.at),
        actor: Untrusted::new(entry.actor),
        action: entry.action.to_owned(),
        organization: entry.organization.map(str::to_owned),
        site: entry.site.map(Untrusted::new),
        subject: Untrusted::new(entry.subject),
        detail: serde_json::from_str(entry.detail)?,
        hash: row.try_get("hash")?,
    })
}

/// Checks the whole chain: an edited, removed, inserted or moved entry shows. A cut end, or one that
/// was written anew by who has the key, shows by an anchor that was kept elsewhere.
///
/// # Errors
/// When the database cannot be read.
pub async fn verify(conn: &mut Conn, anchor: &AnchorQuery) -> Result<AuditVerified, Refusal> {
    let secret = Secret::of(&mut *conn).await?;
    let (mut entries, mut head) = (0_i64, String::new());
    let mut anchored = anchor.seq.map(|seq| seq == 0);
    let told = |ok, entries: i64, head, broken_at, anchored| AuditVerified {
        ok,
        entries: Some(entries as u64),
        head: Some(head),
        broken_at,
        anchored,
    };
    loop {
        let mut sql = Sql::new(SELECT);
        sql.push(" WHERE seq > ").push_bind(entries).push(" ORDER BY seq LIMIT ").push_bind(BATCH);
        let rows = sql.build().fetch_all(&mut *conn).await?;
        for row in &rows {
            let (entry, hash) = (Entry::of(row)?, row.try_get::<String, _>("hash")?);
            let seq = entry.seq;
            let follows = seq == entries + 1 && hash == secret.chain(&head, &entry);
            if !follows || !secret.begins_with(seq, &hash) {
                let broken_at = Some((entries + 1) as u64);
                return Ok(told(false, entries, head, broken_at, anchored.map(|_| false)));
            }
            if anchor.seq == Some(seq as u64) {
                anchored = Some(anchor.hash.as_ref() == Some(&hash));
            }
            (entries, head) = (seq, hash);
        }
        if rows.len() < BATCH as usize {
            let cut = entries < secret.after;
            let ok = !cut && anchored != Some(false);
            let broken_at = cut.then_some((entries + 1) as u64);
            return Ok(told(ok, entries, head, broken_at, anchored));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::fixture::Fixture;

    async fn entries(world: &Fixture, many: usize) {
        for subject in 0..many {
            let mut tx = world.backend.store.begin().await.unwrap();
            let subject = subject.to_string();
            Change::by(Timestamp::UNIX_EPOCH, SYSTEM, "test.done")
                .about(&subject)
                .record(&mut tx)
                .await
                .unwrap();
            tx.commit().await.unwrap();
        }
    }

    async fn verified(world: &Fixture, anchor: &AnchorQuery) -> AuditVerified {
        let mut conn = world.backend.store.read().await.unwrap();
        verify(&mut conn, anchor).await.unwrap()
    }

    #[test]
    fn i17_hmac_is_that_of_rfc_4231() {
        let told = hmac("Jefe", b"what do ya want for nothing?");
        assert_eq!(told, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    }

    #[tokio::test]
    async fn i17_a_record_written_anew_without_the_key_shows() {
        let world = Fixture::new().await;
        entries(&world, 3).await;
        assert!(verified(&world, &AnchorQuery::default()).await.ok);
        // As somebody with the database alone would: every hash computed as it was before.
        let mut tx = world.backend.store.begin().await.unwrap();
        let rows = sqlx::query(SELECT).fetch_all(&mut *tx).await.unwrap();
        let mut before = String::new();
        for row in &rows {
            before = sha256(Entry::of(row).unwrap().text(&before).as_bytes());
            sqlx::query("UPDATE audit SET hash = $1 WHERE seq = $2")
                .bind(&before)
                .bind(row.try_get::<i64, _>("seq").unwrap())
                .execute(&mut *tx)
                .await
                .unwrap();
        }
        tx.commit().await.unwrap();
        let told = verified(&world, &AnchorQuery::default()).await;
        assert!(!told.ok && told.broken_at == Some(1), "{told:?}");
    }

    #[tokio::test]
    async fn i17_an_anchor_finds_an_end_that_was_cut() {
        let world = Fixture::new().await;
        entries(&world, 3).await;
        let now = verified(&world, &AnchorQuery::default()).await;
        let anchor = AnchorQuery { seq: now.entries, hash: now.head };
        entries(&world, 1).await;
        assert_eq!(verified(&world, &anchor).await.anchored, Some(true));
        let wrong = AnchorQuery { hash: Some("0".repeat(64)), ..anchor.clone() };
        assert!(!verified(&world, &wrong).await.ok);
        world.sql("DELETE FROM audit WHERE seq > (SELECT max(seq) - 2 FROM audit)").await;
        assert!(verified(&world, &AnchorQuery::default()).await.ok, "the chain alone holds");
        let told = verified(&world, &anchor).await;
        assert!(!told.ok && told.anchored == Some(false), "{told:?}");
    }
}
