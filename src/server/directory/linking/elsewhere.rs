//! Linking a site where the provider has it: for good, under an intent that is durable.
//!
//! Owns that nothing is asked before that is written down, that what may have been done is looked at
//! before it is asked again, and that it is done before anything follows from it here. What keeps a
//! link from being asked for is `job`'s to say.

use std::time::Duration;

use super::Linkable;
use super::job::{self, Due};
use crate::domain::sentence::one_stop;
use crate::domain::untrusted::Untrusted;
use crate::server::directory::Directory;
use crate::server::post::{Fate, Intent};
use crate::server::provider::{Credentials, Observed, Target};
use crate::server::refusal::Refusal;
use crate::server::stop::Stop;
use crate::server::store::{Conn, new_id};

/// The pause where nobody knows what became of it.
const DOUBT: Duration = Duration::from_secs(5);
/// The most columns of a provider's words that are told.
const WORDS: usize = 200;

/// How a site stands there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum There {
    /// It is linked.
    Linked,
    /// The job has failed, or has nothing to do any more.
    Over,
    /// Nobody knows yet; it is gone on with after so long.
    Waits(Duration),
}

/// Links a site whose job is due, unless it is linked there already.
pub(super) async fn link(directory: &Directory, stop: &Stop, url: &str) -> Result<There, Refusal> {
    let now = directory.clock.now();
    let mut tx = directory.store.begin().await?;
    let site = Linkable::find(&mut tx, url).await?;
    let Some(due) = job::load(&mut tx, site.id, now).await? else { return Ok(There::Over) };
    if due.there {
        return Ok(There::Linked);
    }
    let (id, asked) = if let Some(id) = &due.intent {
        drop(tx);
        (id.clone(), true)
    } else {
        // Nothing is asked for yet: this is the last that can keep it from being done.
        if let Some(reason) = job::trouble(&mut tx, &site, &due, now).await? {
            job::fail(&mut tx, &site, &due, &reason, now).await?;
            tx.commit().await?;
            directory.links.ring();
            return Ok(There::Over);
        }
        let id = new_id("lnk");
        sqlx::query("UPDATE link_jobs SET intent = $2 WHERE site = $1")
            .bind(site.id)
            .bind(&id)
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        (id, false)
    };
    let intent = Intent { id, claim: 0, attempt: 1 };
    let fate = tokio::select! {
        // What was asked for may be done; it is looked at after the next start.
        () = stop.wait() => return Ok(There::Over),
        fate = ask(directory, &due, url, &intent, asked) => fate,
    };
    settle(directory, &site, &due, &intent, fate).await
}

/// Asks for it; first looks whether it is done, where it may be.
async fn ask(directory: &Directory, due: &Due, url: &str, intent: &Intent, asked: bool) -> Fate {
    let as_whom = Credentials { actor: due.by.clone() };
    let on = Target { organization: due.organization.clone(), site: url.to_owned() };
    let sites = directory.provider.sites();
    if asked {
        match sites.look(&as_whom, &on, intent).await {
            Ok(Observed::Done) => return Fate::Accepted(String::new()),
            Ok(Observed::NotDone) => {}
            Err(error) => return Fate::not_now(error.pause, &error.words),
        }
    }
    sites.link(&as_whom, &on, intent).await
}

/// Writes down what became of it.
async fn settle(
    directory: &Directory,
    site: &Linkable,
    due: &Due,
    intent: &Intent,
    fate: Fate,
) -> Result<There, Refusal> {
    let now = directory.clock.now();
    let mut tx = directory.store.begin().await?;
    let there = match fate {
        Fate::Accepted(_) => {
            sqlx::query(
                "UPDATE link_jobs SET there = 1, reason = '', revision = revision + 1
                  WHERE site = $1 AND intent = $2",
            )
            .bind(site.id)
            .bind(&intent.id)
            .execute(&mut *tx)
            .await?;
            There::Linked
        }
        Fate::Refused(words) => {
            let words = Untrusted::new(&words);
            let reason = format!("The directory refuses the link: {}.", words.shown_in(WORDS));
            job::fail(&mut tx, site, due, &one_stop(reason), now).await?;
            There::Over
        }
        Fate::Deferred { pause, words, .. } => {
            waits(&mut tx, site.id, &words).await?;
            There::Waits(pause)
        }
        Fate::Unknown(words) => {
            waits(&mut tx, site.id, &words).await?;
            There::Waits(DOUBT)
        }
    };
    tx.commit().await?;
    directory.links.ring();
    Ok(there)
}

/// Says why it takes longer.
async fn waits(conn: &mut Conn, site: i64, words: &str) -> Result<(), sqlx::Error> {
    let words = Untrusted::new(words);
    let words = words.shown_in(WORDS);
    let reason = one_stop(format!("The link waits for the directory: {words}."));
    sqlx::query("UPDATE link_jobs SET reason = $2, revision = revision + 1 WHERE site = $1")
        .bind(site)
        .bind(reason)
        .execute(conn)
        .await
        .map(|_| ())
}
