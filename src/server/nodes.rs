//! Who is alive: nodes, each with an epoch, and leases of what one of them alone does.
//!
//! Owns the one rule of who is dead. A node is a worker of a process; what it takes bears its epoch,
//! which no other ever has. Where the database is one process's alone, a process that starts ends
//! all nodes, and its own last as long as it; else, and where a worker may break and its process
//! live, a node lives while it beats.

use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use jiff::Timestamp;

use super::store::{Conn, Store, new_id};

/// How long a node lives without a beat: what it had is given back no later than this and the margin.
pub const LEASE: Duration = Duration::from_secs(45);
/// How often a node that holds something beats.
pub const BEAT: Duration = Duration::from_secs(10);
/// Nothing is begun under a lease that ends within this time, and a node is dead only this long after.
pub const MARGIN: Duration = Duration::from_secs(10);

/// So long after what it had was given back, a node that was only silent is surely dead.
pub const SURELY_DEAD: Duration = Duration::from_mins(15);

/// How long what a node holds lasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Term {
    /// As long as its process: until another starts, or the node is ended.
    Process,
    /// Until it has not beaten for a while.
    Beat,
}

/// A worker of this process, alive.
#[derive(Debug)]
pub struct Node {
    id: String,
    epoch: i64,
    term: Term,
    /// When the last beat was asked for: never after it was written.
    beaten: Mutex<Instant>,
}

/// A process starts over a database that is its alone: nobody else is alive.
///
/// # Errors
/// When the database cannot be written.
pub async fn end_all(store: &Store) -> Result<(), sqlx::Error> {
    let mut tx = store.begin().await?;
    sqlx::query("DELETE FROM nodes").execute(&mut *tx).await?;
    sqlx::query("UPDATE leases SET until = 0").execute(&mut *tx).await?;
    tx.commit().await
}

/// A worker begins again: no node of it is alive. What those of before have begun is over.
///
/// # Errors
/// When the database cannot be written.
pub async fn end_of(conn: &mut Conn, owner: &str) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM nodes WHERE owner = $1").bind(owner).execute(conn).await?;
    Ok(())
}

/// What is known of a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Life {
    /// It beats.
    Alive,
    /// It has been silent for so long that others have what it had; it may yet come back.
    Silent,
    /// It was ended, or its process was.
    Gone,
}

/// How the node with this epoch is.
///
/// # Errors
/// When the database cannot be read.
pub async fn life(conn: &mut Conn, epoch: i64) -> Result<Life, sqlx::Error> {
    let until: Option<i64> = sqlx::query_scalar("SELECT beat_until FROM nodes WHERE epoch = $1")
        .bind(epoch)
        .fetch_optional(conn)
        .await?;
    Ok(match until {
        Some(until) if until >= dead_before() => Life::Alive,
        Some(_) => Life::Silent,
        None => Life::Gone,
    })
}

impl Node {
    /// A new one of this worker, in the caller's transaction.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn begin(conn: &mut Conn, owner: &str, term: Term) -> Result<Self, sqlx::Error> {
        let beaten = Mutex::new(Instant::now());
        let (id, epoch) = (new_id("nod"), next_epoch(conn).await?);
        sqlx::query("INSERT INTO nodes (id, epoch, beat_until, owner) VALUES ($1, $2, $3, $4)")
            .bind(&id)
            .bind(epoch)
            .bind(term.until())
            .bind(owner)
            .execute(conn)
            .await?;
        Ok(Self { id, epoch, term, beaten })
    }

    /// Its number; no other node ever has it.
    pub fn epoch(&self) -> i64 {
        self.epoch
    }

    /// Beats, in the caller's transaction; answers whether it is alive. Where it is not, others have
    /// what it held, and it may begin nothing.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn beat(&self, conn: &mut Conn) -> Result<bool, sqlx::Error> {
        let now = Instant::now();
        let alive = sqlx::query(
            "UPDATE nodes SET beat_until = $1 WHERE id = $2 AND epoch = $3 AND beat_until >= $4",
        )
        .bind(self.term.until())
        .bind(&self.id)
        .bind(self.epoch)
        .bind(dead_before())
        .execute(conn)
        .await?;
        let alive = alive.rows_affected() == 1;
        if alive {
            *self.beaten.lock().unwrap_or_else(PoisonError::into_inner) = now;
        }
        Ok(alive)
    }

    /// Whether something may be begun under its lease, as far as it knows itself: by monotonic time,
    /// from before its last beat was asked for. A process that was stopped for a while knows so.
    pub fn trusts_itself(&self) -> bool {
        let beaten = *self.beaten.lock().unwrap_or_else(PoisonError::into_inner);
        self.term == Term::Process || beaten.elapsed() + MARGIN < LEASE
    }

    /// Whether a beat is due.
    pub fn is_due(&self) -> bool {
        let beaten = *self.beaten.lock().unwrap_or_else(PoisonError::into_inner);
        self.term == Term::Beat && beaten.elapsed() >= BEAT
    }

    /// Ends it, in the caller's transaction: what it holds is a dead one's.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn end(&self, conn: &mut Conn) -> Result<(), sqlx::Error> {
        sqlx::query("DELETE FROM nodes WHERE id = $1").bind(&self.id).execute(conn).await?;
        Ok(())
    }

    /// Takes or keeps a lease, in the caller's transaction; answers its epoch, or none while another
    /// living node has it.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn lease(&self, conn: &mut Conn, name: &str) -> Result<Option<i64>, sqlx::Error> {
        if !self.beat(conn).await? {
            return Ok(None);
        }
        sqlx::query_scalar(
            "INSERT INTO leases (name, holder, epoch, until) VALUES ($1, $2, 1, $3)
             ON CONFLICT (name) DO UPDATE SET
               epoch = CASE WHEN leases.holder = excluded.holder THEN leases.epoch
                            ELSE leases.epoch + 1 END,
               holder = excluded.holder, until = excluded.until
              WHERE leases.holder = excluded.holder OR leases.until < $4
                 OR NOT EXISTS (SELECT 1 FROM nodes WHERE id = leases.holder AND beat_until >= $4)
             RETURNING epoch",
        )
        .bind(name)
        .bind(&self.id)
        .bind(self.term.until())
        .bind(dead_before())
        .fetch_optional(conn)
        .await
    }
}

impl Term {
    fn until(self) -> i64 {
        match self {
            Self::Process => i64::MAX,
            Self::Beat => real_now() + LEASE.as_millis() as i64,
        }
    }
}

/// A node whose beat ended before this is dead, as stored.
pub fn dead_before() -> i64 {
    real_now() - MARGIN.as_millis() as i64
}

/// Real time in milliseconds that only goes forward: the wall clock when the process began, plus
/// monotonic time since, so that a jump of the wall clock ends nobody's lease (promise I18).
pub fn real_now() -> i64 {
    static BEGAN: OnceLock<(i64, Instant)> = OnceLock::new();
    let (wall, since) = BEGAN.get_or_init(|| (Timestamp::now().as_millisecond(), Instant::now()));
    wall.saturating_add(i64::try_from(since.elapsed().as_millis()).unwrap_or(i64::MAX))
}

/// A number that none had before, in any process.
async fn next_epoch(conn: &mut Conn) -> Result<i64, sqlx::Error> {
    let last: Option<String> = sqlx::query_scalar("SELECT value FROM meta WHERE name = 'epoch'")
        .fetch_optional(&mut *conn)
        .await?;
    let last: i64 = match last {
        Some(last) => last.parse().map_err(|error| sqlx::Error::Decode(Box::new(error)))?,
        None => 0,
    };
    sqlx::query(
        "INSERT INTO meta (name, value) VALUES ('epoch', $1)
         ON CONFLICT (name) DO UPDATE SET value = excluded.value",
    )
    .bind((last + 1).to_string())
    .execute(conn)
    .await?;
    Ok(last + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::fixture::Fixture;

    async fn dies(world: &Fixture, node: &Node) {
        world.sql(&format!("UPDATE nodes SET beat_until = 5 WHERE epoch = {}", node.epoch)).await;
    }

    #[tokio::test]
    async fn of_two_processes_one_has_a_lease_until_it_is_dead() {
        let world = Fixture::new().await;
        let store = &world.backend.store;
        let mut tx = store.begin().await.unwrap();
        let first = Node::begin(&mut tx, "test", Term::Beat).await.unwrap();
        let second = Node::begin(&mut tx, "test", Term::Beat).await.unwrap();
        assert!(first.epoch < second.epoch);
        assert_eq!(first.lease(&mut tx, "domains").await.unwrap(), Some(1));
        assert_eq!(second.lease(&mut tx, "domains").await.unwrap(), None);
        assert_eq!(second.lease(&mut tx, "trials").await.unwrap(), Some(1), "another's");
        assert_eq!(first.lease(&mut tx, "domains").await.unwrap(), Some(1), "it keeps it");
        tx.commit().await.unwrap();
        dies(&world, &first).await;
        let mut tx = store.begin().await.unwrap();
        assert_eq!(second.lease(&mut tx, "domains").await.unwrap(), Some(2), "a new epoch");
        assert_eq!(first.lease(&mut tx, "domains").await.unwrap(), None, "it was late");
        assert!(!first.beat(&mut tx).await.unwrap(), "the dead do not come back");
        second.end(&mut tx).await.unwrap();
        let third = Node::begin(&mut tx, "test", Term::Beat).await.unwrap();
        assert_eq!(third.lease(&mut tx, "domains").await.unwrap(), Some(3));
    }

    #[tokio::test]
    async fn a_process_that_starts_over_a_database_of_its_own_ends_all_before_it() {
        let world = Fixture::new().await;
        let store = &world.backend.store;
        let mut tx = store.begin().await.unwrap();
        let first = Node::begin(&mut tx, "test", Term::Process).await.unwrap();
        assert_eq!(first.lease(&mut tx, "domains").await.unwrap(), Some(1));
        tx.commit().await.unwrap();
        assert!(first.trusts_itself() && !first.is_due(), "it need not beat");
        end_all(store).await.unwrap();
        let mut tx = store.begin().await.unwrap();
        assert!(!first.beat(&mut tx).await.unwrap());
        let second = Node::begin(&mut tx, "test", Term::Process).await.unwrap();
        assert!(second.epoch > first.epoch, "no epoch comes again");
        assert_eq!(second.lease(&mut tx, "domains").await.unwrap(), Some(2));
    }
}
