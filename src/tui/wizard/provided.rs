//! What a page says of acts that the directory does not do by itself (SPEC, capabilities).
//!
//! Owns the words, and whether an act is read back once it was done by hand. Whether it can be begun
//! is the backend's to say, too.

use crate::api::session::Capability;
use crate::domain::act::Act;
use crate::tui::page::Block;
use crate::tui::session::Session;
use crate::tui::theme::Tone;

/// What is not there, or is done by hand and where, of what a page is for.
pub fn told(acts: &[Act], session: &Session) -> Vec<Block> {
    let words = acts.iter().filter_map(|act| {
        let why = session.me.as_ref()?.backend.capabilities.of(*act).why_not(*act)?;
        let then = if is_read_back(&[*act], session) {
            " Choose the same here: it is taken over once it is so there."
        } else {
            ""
        };
        Some(Block::notice(Tone::Attention, format!("{why}{then}")))
    });
    let mut blocks: Vec<Block> = words.collect();
    if !blocks.is_empty() {
        blocks.push(Block::Gap);
    }
    blocks
}

/// Whether one of these is done by hand, and looked at when it is asked for here.
pub fn is_read_back(acts: &[Act], session: &Session) -> bool {
    let by_hand = |act: &Act| {
        let how = session.me.as_ref().map(|me| me.backend.capabilities.of(*act));
        act.is_looked_at() && matches!(how, Some(Capability::Guided { .. }))
    };
    acts.iter().any(by_hand)
}
