//! What a client has of a roster: its columns, and of which blocks it has which parts.
//!
//! Owns telling what is wanted still, and putting parts where they belong. Domains, settings and
//! time are folded in here, by the same pure function that the backend uses; what is kept of each
//! user stays packed beside the columns, for folding anew. Must not ask for anything.

use std::collections::HashMap;

use bytes::Bytes;

use crate::api::blocks::{BlockError, Digest, Field, Frame, Keeps, Kind, ROWS, Texts};
use crate::api::plan::{Numbers, write_numbers};
use crate::api::roster::{RosterHead, RosterManifest};
use crate::domain::facts::Facts;
use crate::domain::kept::{DomainFacts, Kept};
use crate::domain::user::UserState;
use crate::roster::{Columns, RowIn};

/// With more changed blocks than this, all text is read again: that is quicker than writing over.
const FEW: usize = 8;

/// A roster as far as it is here.
#[derive(Default)]
pub(crate) struct Held {
    head: Option<RosterHead>,
    folding: Folding,
    columns: Columns,
    blocks: Vec<Block>,
    /// Text whose users are not known yet: what is kept of them comes next.
    waiting: Option<(u32, Digest, Texts)>,
    /// Facts are of another moment, or what is kept has changed.
    stale: bool,
    /// A whole list was here when this reading began: it stays until it is whole again.
    pub quiet: bool,
}

/// A block's parts: those that are here, and what the manifest told of them.
#[derive(Default)]
struct Block {
    text: Part<()>,
    kept: Part<Bytes>,
}

#[derive(Default)]
struct Part<T> {
    here: Option<(Digest, T)>,
    told: Option<Digest>,
    /// It came in this reading, so it is new enough whatever is told.
    fresh: bool,
}

impl<T> Part<T> {
    fn is_wanted(&self) -> bool {
        let here = self.here.as_ref().map(|(digest, _)| *digest);
        !self.fresh && (here.is_none() || here != self.told)
    }

    fn take(&mut self, digest: Digest, what: T) {
        self.here = Some((digest, what));
        self.fresh = true;
    }
}

/// What is folded into what is kept of a user.
#[derive(Default)]
struct Folding {
    now: jiff::Timestamp,
    directory: bool,
    domains: HashMap<String, DomainFacts>,
}

impl Folding {
    fn of(&self, kept: Kept, domain: DomainFacts) -> (UserState, Facts) {
        let gathered = kept.gathered(domain, self.directory);
        (gathered.state(self.now), gathered.at(self.now))
    }

    fn domain(&self, domain: &str) -> DomainFacts {
        self.domains.get(domain).copied().unwrap_or_default()
    }
}

impl Held {
    /// Another reading begins: what is here may be old.
    pub fn begin(&mut self) {
        self.head = None;
        self.quiet = !self.columns.is_empty();
        for block in &mut self.blocks {
            (block.text.fresh, block.kept.fresh) = (false, false);
        }
    }

    /// The roster that is being read.
    pub fn head(&self) -> Option<&RosterHead> {
        self.head.as_ref()
    }

    /// The users so far.
    pub fn columns(&self) -> &Columns {
        &self.columns
    }

    /// The blocks whose text, and of which what is kept, is wanted, as ranges; absent: all, which is
    /// how a reading of nothing begins. Empty ones ask for the manifest alone.
    pub fn wanted(&self) -> (Option<String>, Option<String>) {
        if self.head.is_none() {
            let none = (!self.columns.is_empty()).then(String::new);
            return (none.clone(), none);
        }
        let (mut text, mut kept) = (Numbers::new(), Numbers::new());
        for (at, block) in self.blocks.iter().enumerate() {
            text.set(at as u32, block.text.is_wanted());
            kept.set(at as u32, block.kept.is_wanted());
        }
        (Some(write_numbers(&text)), Some(write_numbers(&kept)))
    }

    /// Whether all users are here, as new as this reading.
    pub fn is_whole(&mut self) -> bool {
        let Some(count) = self.head.as_ref().map(|head| head.count) else { return false };
        if self.blocks.iter().any(|block| block.text.is_wanted() || block.kept.is_wanted()) {
            return false;
        }
        let len = self.columns.len();
        if u64::from(len) < count {
            // Whoever came while the last block was read.
            if let Some(block) = self.blocks.get_mut((len / ROWS) as usize) {
                (block.text, block.kept) = (Part::default(), Part::default());
            }
            return false;
        }
        true
    }

    /// Takes what the backend tells of the roster.
    ///
    /// # Errors
    /// [`BlockError::Length`] when the blocks are not as many as there are users for.
    pub fn manifest(&mut self, manifest: RosterManifest) -> Result<(), BlockError> {
        let count = u32::try_from(manifest.head.count).map_err(|_| BlockError::Length)?;
        if manifest.blocks.len() != count.div_ceil(ROWS) as usize {
            return Err(BlockError::Length);
        }
        self.folding = Folding {
            now: manifest.head.now,
            directory: manifest.directory,
            domains: manifest.domains.iter().map(|d| (d.domain.clone(), d.facts())).collect(),
        };
        self.head = Some(manifest.head);
        self.waiting = None;
        self.blocks.resize_with(manifest.blocks.len(), Block::default);
        for (block, told) in self.blocks.iter_mut().zip(manifest.blocks) {
            let digest = |told: Option<String>| told.as_deref().and_then(Digest::from_hex);
            (block.text.told, block.kept.told) = (digest(told.text), digest(told.kept));
        }
        let there = (self.columns.len().div_ceil(ROWS) as usize).min(self.blocks.len());
        let changed = self.blocks[..there].iter().filter(|block| block.text.is_wanted()).count();
        if self.columns.len() > count || changed > FEW {
            self.columns = Columns::new();
            self.quiet = false;
            for block in &mut self.blocks {
                (block.text.here, block.text.fresh) = (None, false);
            }
        }
        self.stale = !self.columns.is_empty();
        Ok(())
    }

    /// Takes one part; says whether it was of use.
    ///
    /// # Errors
    /// A [`BlockError`].
    pub fn part(&mut self, frame: &Frame) -> Result<bool, BlockError> {
        let at = frame.block as usize;
        let Some(block) = self.blocks.get_mut(at) else { return Err(BlockError::Length) };
        if frame.kind == Kind::Text {
            let texts = Texts::unpack(&frame.bytes)?;
            self.waiting = Some((frame.block, frame.digest, texts));
            let is_kept = block.kept.fresh || block.kept.here.is_some() && !block.kept.is_wanted();
            return if is_kept { self.put() } else { Ok(true) };
        }
        // Read once, so that nothing wrong is held.
        Keeps::unpack(&frame.bytes)?;
        block.kept.take(frame.digest, frame.bytes.clone());
        if self.waiting.as_ref().is_some_and(|(block, ..)| *block == frame.block) {
            return self.put();
        }
        self.stale = true;
        Ok(true)
    }

    /// Puts the text that waits where it belongs; what does not follow on what is here is left out.
    fn put(&mut self) -> Result<bool, BlockError> {
        let Some((number, digest, texts)) = self.waiting.take() else { return Ok(false) };
        let first = number * ROWS;
        let Some(block) = self.blocks.get_mut(number as usize) else { return Ok(false) };
        let Some((_, kept)) = block.kept.here.as_ref().filter(|_| first <= self.columns.len())
        else {
            return Ok(false);
        };
        let keeps = Keeps::unpack(kept)?;
        let count = self.head.as_ref().map_or(0, |head| head.count);
        let rows = (texts.rows() as usize)
            .min(keeps.rows().len())
            .min(usize::try_from(count.saturating_sub(u64::from(first))).unwrap_or(0));
        let (mut spelled, mut domain) = ("", DomainFacts::default());
        let rows: Vec<RowIn<'_>> = (0..rows)
            .map(|at| {
                let named = texts.domain(at).unwrap_or_default();
                if named != spelled {
                    spelled = named;
                    domain = self.folding.domain(&named.to_ascii_lowercase());
                }
                let (state, facts) = self.folding.of(keeps.rows()[at], domain);
                RowIn {
                    user_id: texts.get(at, Field::UserId),
                    name: texts.get(at, Field::Name),
                    address: texts.get(at, Field::Address),
                    department: texts.get(at, Field::Department),
                    state,
                    facts,
                }
            })
            .collect();
        self.columns.rewrite(first, &rows);
        block.text.take(digest, ());
        Ok(true)
    }

    /// Folds what has changed into all users; whoever is here already when a reading begins again is
    /// of another moment.
    pub fn fold(&mut self) -> Result<(), BlockError> {
        if !std::mem::take(&mut self.stale) {
            return Ok(());
        }
        let (mut number, mut keeps) = (u32::MAX, Keeps::default());
        let mut fault = Ok(());
        let (blocks, folding) = (&self.blocks, &self.folding);
        self.columns.refold(|row, domain| {
            if row / ROWS != number {
                number = row / ROWS;
                let kept = blocks.get(number as usize).and_then(|block| block.kept.here.as_ref());
                keeps = kept
                    .map_or_else(|| Ok(Keeps::default()), |(_, kept)| Keeps::unpack(kept))
                    .unwrap_or_else(|error| {
                        fault = Err(error);
                        Keeps::default()
                    });
            }
            let kept = keeps.rows().get((row % ROWS) as usize)?;
            Some(folding.of(*kept, folding.domain(domain)))
        });
        fault
    }
}
