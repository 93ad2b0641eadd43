//! The facts behind each row of the outcome table, from rows of the database to the outcome.

use crate::domain::facts::Fact;
use crate::domain::linking::LinkingMethod as M;
use crate::domain::outcome::{Outcome as O, decide};
use crate::domain::user::UserState;
use crate::server::directory::UserFacts;
use crate::server::fixture::Fixture;

/// One site of Acme's with one user, `a@acme.example`, and what the statements add.
async fn user(statements: &str) -> UserFacts {
    let world = Fixture::new().await;
    world.small_world().await;
    world.user(1, "A@acme.example ").await;
    world.sql(statements).await;
    users(&world, "acme.webex.example").await.remove(0)
}

/// All users of a site, read both ways, which must agree.
async fn users(world: &Fixture, url: &str) -> Vec<UserFacts> {
    let directory = &world.backend.directory;
    let site = directory.site_facts(url).await.unwrap();
    let now = "2026-03-01T09:00:00Z".parse().unwrap();
    let (send, mut receive) = tokio::sync::mpsc::channel(8);
    directory.users(&site, 0, now, send).await.unwrap();
    let mut streamed = Vec::new();
    while let Some(batch) = receive.recv().await {
        streamed.extend(batch);
    }
    let numbers: Vec<u32> = (0..site.users).collect();
    let mut conn = world.backend.store.read().await.unwrap();
    let among = directory.users_among(&mut conn, &site, &numbers, now).await.unwrap();
    assert_eq!(streamed, among);
    streamed
}

async fn outcome(statements: &str, method: M) -> O {
    decide(user(statements).await.facts, method)
}

const VERIFIED: &str = "INSERT INTO domains (organization, name, state, token, added_at)
    VALUES ('acme', 'acme.example', 'verified', 't', 0);";

#[tokio::test]
async fn row_1_linked_or_provisional() {
    let linked = user("UPDATE site_users SET link = 'linked'").await;
    assert_eq!(decide(linked.facts, M::ReceiveEmail), O::AlreadyLinked);
    assert_eq!(linked.state, UserState::Linked);
    let signed = user("UPDATE site_users SET link = 'provisional', active = 0").await;
    assert_eq!(decide(signed.facts, M::ReceiveEmail), O::AlreadyLinked);
    assert_eq!(signed.state, UserState::Provisional);
}

#[tokio::test]
async fn rows_2_and_3_deactivated_and_unusable() {
    let inactive = format!("{VERIFIED} UPDATE site_users SET active = 0");
    assert_eq!(outcome(&inactive, M::ReceiveEmail).await, O::BlockedInactive);
    let bad = "UPDATE site_users SET address = 'nonsense', address_key = NULL, domain = NULL";
    assert_eq!(outcome(bad, M::ReceiveEmail).await, O::BlockedBadAddress);
}

#[tokio::test]
async fn row_4_counts_active_accounts_of_this_site() {
    let world = Fixture::new().await;
    world.small_world().await;
    for (site, address) in [(1, "a@acme.example"), (1, "A@ACME.example"), (2, "a@acme.example")] {
        world.user(site, address).await;
    }
    let both = users(&world, "acme.webex.example").await;
    assert!(both.iter().all(|user| user.facts.has(Fact::Duplicate)));
    assert!(!users(&world, "zeta.webex.example").await[0].facts.has(Fact::Duplicate));
    world.sql("UPDATE site_users SET active = 0 WHERE site = 1 AND number = 1").await;
    let both = users(&world, "acme.webex.example").await;
    assert_eq!(decide(both[0].facts, M::ReceiveEmail), O::Email);
    assert_eq!(decide(both[1].facts, M::ReceiveEmail), O::BlockedInactive);
}

#[tokio::test]
async fn row_5_and_p1_an_identity_elsewhere_or_a_claim_never_an_account_elsewhere() {
    let named = "INSERT INTO identities VALUES ('a@acme.example', 'zeta', 0)";
    let linked = "INSERT INTO site_users (site, number, user_id, active, first_name, last_name,
        display_name, address, address_key, department, link, added_revision)
        VALUES (2, 0, 'z', 0, '', '', '', 'a@acme.example', 'a@acme.example', '', 'linked', 1)";
    let claimed = "INSERT INTO domains (organization, name, state, token, added_at)
        VALUES ('zeta', 'acme.example', 'claimed', 't', 0)";
    for statements in [named, claimed] {
        let blocked = outcome(statements, M::ReceiveEmail).await;
        assert_eq!(blocked, O::BlockedOtherOrganization, "{statements}");
    }
    assert_eq!(outcome(linked, M::ReceiveEmail).await, O::Email, "P1: it binds the account alone");
    let verified = claimed.replace("'claimed'", "'verified'");
    assert_eq!(outcome(&verified, M::ReceiveEmail).await, O::Email);
    let subdomain = claimed.replace("'acme.example'", "'eu.acme.example'");
    assert_eq!(outcome(&subdomain, M::ReceiveEmail).await, O::Email, "D5: by exact domain");
}

#[tokio::test]
async fn row_6_the_directory_knows_exact_spellings() {
    let sync = "UPDATE organizations SET directory_sync = 1 WHERE id = 'acme';";
    let spelled = |s: &str| format!("{sync} INSERT INTO synced_directory VALUES ('acme', '{s}');");
    let blocked = O::BlockedDirectorySync;
    assert_eq!(outcome(sync, M::ReceiveEmail).await, blocked);
    assert_eq!(outcome(&spelled("a@acme.example"), M::ReceiveEmail).await, blocked);
    assert_eq!(outcome(&spelled("A@acme.example"), M::ReceiveEmail).await, O::Email);
    let paused = format!("{sync} UPDATE organizations SET sync_paused = 1");
    assert_eq!(outcome(&paused, M::ReceiveEmail).await, O::Email);
}

#[tokio::test]
async fn row_7_declined() {
    let declined = format!(
        "{VERIFIED} INSERT INTO invitations (organization, address_key, declined_at, confirmed_at)
         VALUES ('acme', 'a@acme.example', 1, 1)"
    );
    let user = user(&declined).await;
    assert_eq!(decide(user.facts, M::VerifyNow), O::Declined);
    assert_eq!(user.state, UserState::Declined);
}

#[tokio::test]
async fn row_8_verified_an_identity_here_or_confirmed() {
    let named = "INSERT INTO identities VALUES ('a@acme.example', 'acme', 0)";
    let confirmed = "INSERT INTO invitations (organization, address_key, confirmed_at)
        VALUES ('acme', 'a@acme.example', 1)";
    for statements in [VERIFIED, named, confirmed] {
        assert_eq!(outcome(statements, M::VerifyNow).await, O::LinkNow, "{statements}");
    }
    let elsewhere = confirmed.replace("'acme',", "'zeta',");
    assert_eq!(outcome(&elsewhere, M::VerifyNow).await, O::HoldUnverifiedDomain);
}

#[tokio::test]
async fn rows_9_and_13_the_agreement_of_this_organization() {
    let signed = |org: &str, deadline: &str| {
        let deadline: jiff::Timestamp = deadline.parse().unwrap();
        format!(
            "INSERT INTO agreements
               (organization, domain, site, signed_at, deadline, signed_by, text_hash) VALUES
             ('{org}', 'acme.example', 'rd.webex.example', 0, {}, 'fay', 'h');",
            deadline.as_millisecond()
        )
    };
    let (later, now) = ("2026-03-01T09:00:01Z", "2026-03-01T09:00:00Z");
    let s = M::SignAgreement;
    assert_eq!(outcome(&signed("acme", later), s).await, O::LinkProvisional);
    assert_eq!(outcome(&signed("acme", now), s).await, O::HoldAgreementLapsed);
    assert_eq!(outcome(&signed("zeta", later), s).await, O::HoldUnverifiedDomain);
    let taken = format!(
        "{} INSERT INTO domains (organization, name, state, token, added_at)
         VALUES ('zeta', 'acme.example', 'verified', 't', 0)",
        signed("acme", later)
    );
    assert_eq!(outcome(&taken, s).await, O::HoldUnverifiedDomain);
}

#[tokio::test]
async fn row_10_pending_for_seven_days_or_unknown() {
    let invited = |at: &str, unknown: u8| {
        let at: jiff::Timestamp = at.parse().unwrap();
        format!(
            "INSERT INTO invitations (organization, address_key, invited_at, unknown)
             VALUES ('acme', 'a@acme.example', {}, {unknown})",
            at.as_millisecond()
        )
    };
    let pending = user(&invited("2026-02-22T09:00:01Z", 0)).await;
    assert_eq!(decide(pending.facts, M::ReceiveEmail), O::AlreadyInvited);
    assert_eq!(pending.state, UserState::Invited);
    let lapsed = user(&invited("2026-02-22T09:00:00Z", 0)).await;
    assert_eq!(decide(lapsed.facts, M::ReceiveEmail), O::Email);
    assert_eq!(lapsed.state, UserState::Lapsed);
    assert!(lapsed.facts.has(Fact::InvitedEver));
    let unknown = user(&invited("2026-01-01T00:00:00Z", 1)).await;
    assert_eq!(decide(unknown.facts, M::ReceiveEmail), O::AlreadyInvited);
    assert_eq!(unknown.state, UserState::Unknown);
}

#[tokio::test]
async fn row_11_listed_or_added_consumer_domains() {
    let added = "INSERT INTO consumer_domains VALUES ('acme.example')";
    assert_eq!(outcome(added, M::VerifyNow).await, O::EmailConsumer);
    let listed = "UPDATE site_users SET address_key = 'a@gmail.com', domain = 'gmail.com'";
    assert_eq!(outcome(listed, M::VerifyNow).await, O::EmailConsumer);
}

#[tokio::test]
async fn rows_12_and_14_the_method_decides() {
    assert_eq!(outcome("SELECT 1", M::ReceiveEmail).await, O::Email);
    assert_eq!(outcome("SELECT 1", M::VerifyNow).await, O::HoldUnverifiedDomain);
}

#[tokio::test]
async fn a_site_without_an_organization_has_nothing_here_or_elsewhere() {
    let world = Fixture::new().await;
    world.small_world().await;
    world.user(3, "fay@acme.example").await;
    world.sql(VERIFIED).await;
    let user = users(&world, "new.webex.example").await.remove(0);
    assert_eq!(user.facts, crate::domain::facts::Facts::default());
}

#[tokio::test]
async fn linking_makes_an_identity_but_provisional_linking_does_not() {
    let world = Fixture::new().await;
    world.small_world().await;
    for address in ["a@acme.example", "b@acme.example"] {
        world.user(1, address).await;
    }
    let directory = &world.backend.directory;
    let site = directory.site_facts("acme.webex.example").await.unwrap();
    let mut tx = world.backend.store.begin().await.unwrap();
    for (number, provisional) in [(0, false), (1, true)] {
        directory
            .link(&mut tx, &site, &[number], provisional, world.backend.clock.now())
            .await
            .unwrap();
    }
    tx.commit().await.unwrap();
    let identities: Vec<(String,)> =
        sqlx::query_as("SELECT email_key FROM identities WHERE email_key LIKE '_@acme.example'")
            .fetch_all(&mut *world.backend.store.read().await.unwrap())
            .await
            .unwrap();
    assert_eq!(identities, [("a@acme.example".to_owned(),)]);
    let states: Vec<_> =
        users(&world, "acme.webex.example").await.iter().map(|user| user.state).collect();
    assert_eq!(states, [UserState::Linked, UserState::Provisional]);
}
