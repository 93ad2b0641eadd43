//! Offers of roles (rule P1), every request of them.

use hublink::api::endpoint::{Endpoint as _, Nothing};
use hublink::api::offer::{
    AcceptOffer, AcceptOfferCall, DeclineOffer, LiftOffer, Offer, ShowOffer, WithdrawOffer,
};
use hublink::api::organization::{GrantRole, Organization, RoleChange, ShowOrganization};
use hublink::api::person::{AddPerson, CreateToken, NewPerson, NewToken, TokenGranted};
use hublink::api::session::{Me, Secret, ShowMe};
use hublink::api::welcome::{
    DeclineWelcome, LiftWelcome, LookAtWelcome, WelcomeAccepted, WelcomeShown,
};
use hublink::domain::offer::OfferState;
use hublink::domain::role::Role;
use hublink::domain::welcome::WelcomeState;

use crate::world::{FAY, ROOT, World};

/// All of them.
pub async fn all(world: &World) {
    let email = || "una@free.example".to_owned();
    let acme = || "acme".to_owned();
    let person = NewPerson { email: email(), name: "Una".into(), backend_admin: false };
    world.ask(ROOT, AddPerson::call(Nothing, Nothing, person)).await;
    let token = NewToken { person: Some(email()), ..NewToken::default() };
    let token = CreateToken::call(Nothing, Nothing, token);
    let granted: TokenGranted = world.ask(ROOT, token).await.take().unwrap();
    let token = granted.secret.expose();
    let grant = || {
        let change = RoleChange { email: email(), role: Role::ReadOnlyAdmin, mail: false };
        GrantRole::call(acme(), Nothing, change)
    };
    let shown: Organization = world.ask(FAY, grant()).await.take().unwrap();
    let una = shown.offers.iter().find(|offer| offer.email.raw() == email()).unwrap();
    assert_eq!(una.state, OfferState::Open);
    world.mail(&email()).await;
    settled(world, &email()).await;
    let shown: Organization = world
        .ask(FAY, WithdrawOffer::call((acme(), email()), Nothing, Nothing))
        .await
        .take()
        .unwrap();
    assert!(shown.offers.iter().all(|offer| offer.email.raw() != email()));
    world.ask(FAY, grant()).await;
    for (call, state) in [
        (DeclineOffer::call(acme(), Nothing, Nothing), OfferState::Declined),
        (LiftOffer::call(acme(), Nothing, Nothing), OfferState::Open),
    ] {
        let offer: Offer = world.ask(token, call).await.take().unwrap();
        assert_eq!(offer.state, state);
    }
    let show = ShowOffer::call(acme(), Nothing, Nothing);
    let shown: WelcomeShown = world.ask(token, show).await.take().unwrap();
    assert_eq!((shown.roles, shown.held), (vec![Role::ReadOnlyAdmin], false));
    let body = AcceptOffer { terms_sha256: shown.terms.sha256 };
    let accept = AcceptOfferCall::call(acme(), Nothing, body);
    let accepted: WelcomeAccepted = world.ask(token, accept).await.take().unwrap();
    assert_eq!(accepted.organization, "acme");
    let me: Me = world.ask(token, ShowMe::call(Nothing, Nothing, Nothing)).await.take().unwrap();
    assert_eq!((me.roles[0].role, me.offers.len()), (Role::ReadOnlyAdmin, 0));
    by_code(world).await;
    // What was accepted is neither declined nor lifted.
    let code = || LookAtWelcome { code: Secret::new("wel_contract") };
    for call in [
        DeclineWelcome::call(Nothing, Nothing, code()),
        LiftWelcome::call(Nothing, Nothing, code()),
    ] {
        assert_eq!(world.refused("", call).await.code(), "code_used");
    }
}

/// Until the mail to an address is no more on its way.
async fn settled(world: &World, email: &str) {
    let show = || ShowOrganization::call("acme".into(), Nothing, Nothing);
    loop {
        let shown: Organization = world.ask(FAY, show()).await.take().unwrap();
        let offer = shown.offers.iter().find(|offer| offer.email.raw() == email).unwrap();
        if offer.mail == WelcomeState::Sent {
            return;
        }
        tokio::task::yield_now().await;
    }
}

/// Who has the code needs no session.
async fn by_code(world: &World) {
    let email = || "udo@free.example".to_owned();
    let change = RoleChange { email: email(), role: Role::FullAdmin, mail: false };
    world.ask(FAY, GrantRole::call("acme".into(), Nothing, change)).await;
    let text = world.mail(&email()).await;
    let code = text.split_once("/welcome/").unwrap().1.split_whitespace().next().unwrap();
    let code = || LookAtWelcome { code: Secret::new(code) };
    settled(world, &email()).await;
    for (call, declined) in [
        (DeclineWelcome::call(Nothing, Nothing, code()), true),
        (LiftWelcome::call(Nothing, Nothing, code()), false),
    ] {
        let shown: WelcomeShown = world.ask("", call).await.take().unwrap();
        assert_eq!((shown.declined, shown.email.raw()), (declined, "udo@free.example"));
    }
}
