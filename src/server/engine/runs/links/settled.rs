//! What became of links, and writing it down: the accounts, the items, the audit record.
//!
//! Owns sorting a provider's answers. Who was moved to another address meanwhile is not processed.

use std::collections::{BTreeMap, HashSet};
use std::time::Duration;

use jiff::Timestamp;
use serde_json::json;

use super::intents::written;
use super::{CHANGED, Due};
use crate::domain::run::ItemState;
use crate::server::Backend;
use crate::server::audit::Change;
use crate::server::directory::SiteFacts;
use crate::server::engine::runs::rows::{self, RunRow};
use crate::server::post::Fate;
use crate::server::provider::Account;
use crate::server::refusal::Refusal;
use crate::server::store::Conn;

/// Roster numbers, by what became of them. Who is in none of the lists waits in the queue again.
#[derive(Default)]
pub(super) struct Settled {
    /// Done at the provider: the number, the address, and whether under an agreement alone.
    done: Vec<(u32, String, bool)>,
    now: Vec<u32>,
    provisional: Vec<u32>,
    /// Other than planned.
    pub changed: Vec<u32>,
    refused: BTreeMap<String, Vec<u32>>,
    /// Perhaps done.
    pub unknown: Vec<u32>,
}

impl Settled {
    /// Takes the answers; says why some wait, and for how long if the provider does.
    pub fn take(&mut self, due: &Due, fates: Vec<Fate>) -> Option<(Option<Duration>, String)> {
        let mut wait: Option<(Option<Duration>, String)> = None;
        let silence = || Fate::Unknown("it did not answer for all".to_owned());
        let fates = fates.into_iter().map(Some).chain(std::iter::repeat_with(|| None));
        for ((number, account), fate) in due.numbers.iter().zip(&due.accounts).zip(fates) {
            let fate = fate.unwrap_or_else(silence);
            let asked = match &fate {
                Fate::Deferred { pause, words, .. } => Some((Some(*pause), words)),
                Fate::Unknown(words) => Some((None, words)),
                Fate::Accepted(_) | Fate::Refused(_) => None,
            };
            if let Some((pause, words)) = asked
                && wait.as_ref().is_none_or(|(longest, _)| *longest < pause)
            {
                wait = Some((pause, words.clone()));
            }
            self.one(*number, account, Some(fate));
        }
        wait
    }

    /// Takes one answer; none: it was surely not done.
    pub fn one(&mut self, number: u32, account: &Account, fate: Option<Fate>) {
        match fate {
            Some(Fate::Accepted(_)) => {
                self.done.push((number, account.address.clone(), account.provisional));
            }
            Some(Fate::Refused(words)) => self.refused.entry(words).or_default().push(number),
            Some(Fate::Unknown(_)) => self.unknown.push(number),
            Some(Fate::Deferred { .. }) | None => {}
        }
    }

    /// Links the accounts of those of whom it is done, and who still have the address.
    pub async fn link(
        &mut self,
        backend: &Backend,
        conn: &mut Conn,
        site: &SiteFacts,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let done = std::mem::take(&mut self.done);
        let numbers: Vec<u32> = done.iter().map(|(number, ..)| *number).collect();
        let there: HashSet<(u32, String)> =
            backend.directory.addresses(conn, site, &numbers).await?.into_iter().collect();
        for (number, address, provisional) in done {
            let into = match (there.contains(&(number, address)), provisional) {
                (false, _) => &mut self.changed,
                (true, true) => &mut self.provisional,
                (true, false) => &mut self.now,
            };
            into.push(number);
        }
        backend.directory.link(conn, site, &self.now, false, now).await?;
        backend.directory.link(conn, site, &self.provisional, true, now).await
    }

    /// Writes the items down, and the record.
    pub async fn write(
        &self,
        conn: &mut Conn,
        run: &RunRow,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        for linked in [&self.now, &self.provisional] {
            rows::settle(conn, &run.id, linked, ItemState::Linked, "", now).await?;
        }
        let gone = ItemState::NotProcessed;
        rows::settle(conn, &run.id, &self.changed, gone, CHANGED, now).await?;
        for (words, numbers) in &self.refused {
            rows::settle(conn, &run.id, numbers, ItemState::Failed, words, now).await?;
        }
        rows::touch(conn, &run.id).await?;
        let refused: Vec<u32> = self.refused.values().flatten().copied().collect();
        let mut detail = json!({ "linked": written(&self.now),
                                 "provisional": written(&self.provisional),
                                 "changed": written(&self.changed) });
        if !refused.is_empty() {
            detail["refused"] = json!(written(&refused));
        }
        Ok(Change::by(now, &run.started_by, "users.linked")
            .of(&run.organization)
            .site(&run.site)
            .about(&run.id)
            .detail(detail)
            .record(conn)
            .await?)
    }
}
