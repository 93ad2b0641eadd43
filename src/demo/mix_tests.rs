//! The demo's world as the backend sees it: every outcome is there, in the known mix.

use std::collections::BTreeMap;

use tokio::sync::mpsc;

use super::world::{self, WorldOptions};
use crate::domain::linking::LinkingMethod;
use crate::domain::outcome::{Outcome, decide};
use crate::server::{Progress, ServeOptions, prepare};

type Counts = BTreeMap<Outcome, usize>;

/// The outcomes of a site's users under a method.
async fn counts(users: usize, site: &str, method: LinkingMethod) -> Counts {
    let folder = tempfile::tempdir().unwrap();
    let file =
        world::write(folder.path(), WorldOptions { users, seed: 1 }, &Progress::default()).unwrap();
    let database = format!("sqlite:{}", folder.path().join("a.db").display());
    let options = ServeOptions { world: Some(file), ..ServeOptions::loopback(database) };
    let backend = prepare(options).await.unwrap().backend;
    let facts = backend.directory.site_facts(site).await.unwrap();
    let (sender, mut batches) = mpsc::channel(4);
    let (now, mut counts) = (backend.clock.now(), Counts::new());
    let stream = backend.directory.users(&facts, 0, now, sender);
    let count = async {
        while let Some(batch) = batches.recv().await {
            for user in batch {
                *counts.entry(decide(user.facts, method)).or_default() += 1;
            }
        }
    };
    let (streamed, ()) = tokio::join!(stream, count);
    streamed.unwrap();
    counts
}

#[tokio::test]
async fn every_outcome_is_on_the_main_site_in_the_known_mix() {
    use Outcome as O;
    let main = "acme.webex.example";
    let signed = counts(12_000, main, LinkingMethod::SignAgreement).await;
    let known = Counts::from([
        (O::AlreadyLinked, 6_001),
        (O::BlockedInactive, 241),
        (O::BlockedBadAddress, 37),
        (O::BlockedDuplicateAddress, 48),
        (O::BlockedOtherOrganization, 101),
        (O::BlockedDirectorySync, 91),
        (O::Declined, 25),
        (O::LinkNow, 3_108),
        (O::LinkProvisional, 601),
        (O::AlreadyInvited, 188),
        (O::EmailConsumer, 648),
        (O::HoldAgreementLapsed, 221),
        (O::HoldUnverifiedDomain, 690),
    ]);
    assert_eq!(signed, known);
    assert_eq!(signed.values().sum::<usize>(), 12_000);
    // The fourteenth needs the other method: who is held then gets an e-mail.
    let by_mail = counts(12_000, main, LinkingMethod::ReceiveEmail).await;
    assert_eq!(by_mail.get(&O::Email), Some(&(601 + 221 + 690)));
}

#[tokio::test]
async fn every_outcome_is_there_from_a_few_hundred_users_on() {
    let signed = counts(300, "acme.webex.example", LinkingMethod::SignAgreement).await;
    assert_eq!(signed.len(), 13, "{signed:?}");
}
