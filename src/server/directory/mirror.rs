//! A site's users in blocks, made once and read until something of them changes.
//!
//! Owns making blocks from rows and telling whether one that was made still holds: by the marks,
//! which count the changes of what it is made from. A mark is read *before* the rows, so that a
//! write in between makes the block one to be made again, never one that holds and is old. Domains,
//! settings and time are not in blocks: whoever reads folds them in.

pub(super) mod manifest;
mod rows;
mod shelf;
mod stored;
pub(super) mod warm;
mod whole;

use std::sync::Arc;
use std::sync::atomic::AtomicU32;

use bytes::Bytes;
use sqlx::{Connection as _, Row};
use tokio::sync::Mutex;

use self::shelf::{Place, Shelf};
use crate::api::blocks::{Frame, Keeps, Kind, ROWS, Texts};
use crate::server::refusal::Refusal;
use crate::server::store::{Conn, SqlRow, Store};

/// A million users' packed blocks. Of large rosters they are in the database too.
const ROOM: usize = 24 << 20;
/// What is kept is made for a whole site at once where this part of all blocks is missing: it reads
/// the identities and invitations of everybody once, instead of looking some up.
const SHARE: usize = 8;

/// The blocks of all sites.
#[derive(Debug, Clone)]
pub struct Mirror {
    store: Store,
    shelf: Arc<Shelf>,
    /// How often the chore has looked: the first time it lets the start go on.
    rested: Arc<AtomicU32>,
    /// Whole sites are read one after the other.
    turn: Arc<Mutex<()>>,
}

/// How often what a block is made from has changed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Mark {
    text: i64,
    kept: i64,
    directory: i64,
}

impl Mark {
    /// What counts for one kind of part.
    fn of(self, kind: Kind) -> (i64, i64) {
        match kind {
            Kind::Kept => (self.kept, self.directory),
            Kind::Text | Kind::Manifest => (self.text, 0),
        }
    }
}

/// A part that is made, or what it is made from, with the mark that was read before.
enum Found {
    Made(Frame),
    Texts((i64, i64), Box<Texts>),
    Keeps((i64, i64), Box<Keeps>),
}

/// The users of one block.
#[derive(Debug)]
pub struct Block {
    /// The number of its first user.
    pub first: u32,
    /// Their text.
    pub texts: Texts,
    /// What is kept of them.
    pub keeps: Keeps,
}

impl Mirror {
    /// Over a database.
    pub fn new(store: Store) -> Self {
        let shelf = Arc::new(Shelf::new(ROOM));
        Self { store, shelf, rested: Arc::default(), turn: Arc::default() }
    }

    /// One part as it is now. The first block is always made by itself, so that it is soon there;
    /// where most others are missing too, they are made at once.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn part(&self, site: i64, block: u32, kind: Kind) -> Result<Frame, Refusal> {
        let place = Place { site, block, kind };
        if kind == Kind::Kept && block > 0 && !self.is_made(place).await? {
            self.whole_where_missing(site).await?;
        }
        self.by_itself(place).await
    }

    async fn by_itself(&self, place: Place) -> Result<Frame, Refusal> {
        let mut conn = self.store.read().await?;
        let found = self.find(&mut conn, place).await?;
        drop(conn);
        self.make(place, found).await
    }

    async fn is_made(&self, place: Place) -> Result<bool, Refusal> {
        let mut conn = self.store.read().await?;
        let mark = mark(&mut conn, place.site, place.block).await?.of(place.kind);
        if self.shelf.get(place, mark).is_some() {
            return Ok(true);
        }
        let Some(frame) = stored::find(&mut conn, place, mark).await? else { return Ok(false) };
        self.shelf.put(place, mark, frame);
        Ok(true)
    }

    /// Makes what is kept of all users of a site, where most of it is missing; their texts come
    /// meanwhile.
    async fn whole_where_missing(&self, site: i64) -> Result<(), Refusal> {
        let _turn = self.turn.lock().await;
        let mut conn = self.store.read().await?;
        let mut missing = 0;
        let marks = marks(&mut conn, site).await?;
        for (block, mark) in &marks {
            let place = Place { site, block: *block, kind: Kind::Kept };
            missing += usize::from(self.shelf.get(place, mark.of(Kind::Kept)).is_none());
        }
        let all: i64 = sqlx::query_scalar(BLOCKS).fetch_one(&mut *conn).await?;
        drop(conn);
        if missing > 1 && missing * SHARE >= all as usize {
            let (texts, blocks) = (self.clone(), marks.into_iter().map(|(block, _)| block));
            tokio::spawn(async move { texts.texts(site, blocks).await });
            self.whole(site).await?;
        }
        Ok(())
    }

    async fn texts(&self, site: i64, blocks: impl Iterator<Item = u32>) {
        for block in blocks {
            // Whoever asks for it is told what is wrong.
            let Ok(_) = self.by_itself(Place { site, block, kind: Kind::Text }).await else {
                return;
            };
        }
    }

    /// Makes what is kept of all users of a site, as of one moment.
    async fn whole(&self, site: i64) -> Result<(), Refusal> {
        let mut conn = self.store.read().await?;
        let mut tx = conn.begin().await?;
        let marks = marks(&mut tx, site).await?;
        let whole = whole::read(&mut tx, site).await?;
        tx.rollback().await?;
        drop(conn);
        let shelf = self.shelf.clone();
        beside(move || {
            for (block, mark) in marks {
                let (place, mark) = (Place { site, block, kind: Kind::Kept }, mark.of(Kind::Kept));
                let keeps = Keeps::new(whole.block(block));
                shelf.put(place, mark, Frame::of(Kind::Kept, block, Bytes::from(keeps.pack())));
            }
        })
        .await
    }

    /// What was made and holds, or the rows to make it from.
    async fn find(&self, conn: &mut Conn, place: Place) -> Result<Found, Refusal> {
        let Place { site, block, kind } = place;
        let mark = mark(conn, site, block).await?.of(kind);
        if let Some(frame) = self.shelf.get(place, mark) {
            return Ok(Found::Made(frame));
        }
        if let Some(frame) = stored::find(conn, place, mark).await? {
            self.shelf.put(place, mark, frame.clone());
            return Ok(Found::Made(frame));
        }
        Ok(match kind {
            Kind::Text => Found::Texts(mark, Box::new(rows::texts(conn, site, block).await?)),
            Kind::Kept | Kind::Manifest => {
                Found::Keeps(mark, Box::new(rows::keeps(conn, site, block).await?))
            }
        })
    }

    async fn make(&self, place: Place, found: Found) -> Result<Frame, Refusal> {
        let Place { block, kind, .. } = place;
        let (mark, frame) = match found {
            Found::Made(frame) => return Ok(frame),
            Found::Texts(mark, texts) => {
                let pack = move || Frame::of(kind, block, Bytes::from(texts.pack()));
                (mark, beside(pack).await?)
            }
            Found::Keeps(mark, keeps) => {
                let pack = move || Frame::of(kind, block, Bytes::from(keeps.pack()));
                (mark, beside(pack).await?)
            }
        };
        self.shelf.put(place, mark, frame.clone());
        Ok(frame)
    }

    /// The users of one block as they are now. Its parts are of two moments where somebody writes
    /// between; a user whose other part is not there yet is left out.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn block(&self, site: i64, block: u32) -> Result<Block, Refusal> {
        let texts = self.part(site, block, Kind::Text).await?;
        let keeps = self.part(site, block, Kind::Kept).await?;
        beside(move || {
            let texts = Texts::unpack(&texts.bytes).map_err(|error| Refusal::internal(&error))?;
            let keeps = Keeps::unpack(&keeps.bytes).map_err(|error| Refusal::internal(&error))?;
            Ok(Block { first: block * ROWS, texts, keeps })
        })
        .await?
    }

    /// Both parts' frames of each block that is made and holds, of blocks `0..blocks`.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn made(
        &self,
        conn: &mut Conn,
        site: i64,
        blocks: u32,
    ) -> Result<Vec<(Option<Frame>, Option<Frame>)>, Refusal> {
        let mut made = vec![(None, None); blocks as usize];
        for (block, mark) in marks(conn, site).await? {
            if let Some(at) = made.get_mut(block as usize) {
                let get = |kind| self.shelf.get(Place { site, block, kind }, mark.of(kind));
                *at = (get(Kind::Text), get(Kind::Kept));
            }
        }
        Ok(made)
    }
}

/// Work for a thread of its own: packing takes some milliseconds.
async fn beside<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Refusal> {
    tokio::task::spawn_blocking(work).await.map_err(|error| Refusal::internal(&error))
}

const MARKS: &str = "SELECT m.block, m.text, m.kept, coalesce(d.changes, 0) AS directory
      FROM roster_marks m JOIN sites s ON s.id = m.site
      LEFT JOIN directory_marks d ON d.organization = s.organization
     WHERE m.site = $1";
const MARK: &str = "SELECT m.block, m.text, m.kept, coalesce(d.changes, 0) AS directory
      FROM roster_marks m JOIN sites s ON s.id = m.site
      LEFT JOIN directory_marks d ON d.organization = s.organization
     WHERE m.site = $1 AND m.block = $2";

/// How many blocks there are in all.
const BLOCKS: &str = "SELECT count(*) FROM roster_marks";

async fn marks(conn: &mut Conn, site: i64) -> Result<Vec<(u32, Mark)>, Refusal> {
    let rows = sqlx::query(MARKS).bind(site).fetch_all(conn).await?;
    rows.iter().map(|row| Ok((row.try_get("block")?, read(row)?))).collect()
}

async fn mark(conn: &mut Conn, site: i64, block: u32) -> Result<Mark, Refusal> {
    let row = sqlx::query(MARK).bind(site).bind(block).fetch_optional(conn).await?;
    Ok(row.map(|row| read(&row)).transpose()?.unwrap_or_default())
}

fn read(row: &SqlRow) -> Result<Mark, sqlx::Error> {
    Ok(Mark {
        text: row.try_get("text")?,
        kept: row.try_get("kept")?,
        directory: row.try_get("directory")?,
    })
}

#[cfg(test)]
mod tests;
