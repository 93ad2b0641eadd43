//! Offers of roles (rule P1), every request of them.

use hublink::api::call::{AccountCall, OfferCall, OrganizationCall, Reply, Request, WelcomeCall};
use hublink::api::offer::AcceptOffer;
use hublink::api::organization::RoleChange;
use hublink::api::person::{NewPerson, NewToken};
use hublink::api::session::Secret;
use hublink::api::welcome::LookAtWelcome;
use hublink::domain::offer::OfferState;
use hublink::domain::role::Role;
use hublink::domain::welcome::WelcomeState;

use crate::world::{FAY, ROOT, World};

/// All of them.
pub async fn all(world: &World) {
    let email = || "una@free.example".to_owned();
    let acme = || "acme".to_owned();
    let person = NewPerson { email: email(), name: "Una".into(), backend_admin: false };
    world.ask(ROOT, Request::Account(AccountCall::AddPerson(person))).await;
    let token = NewToken { person: Some(email()), ..NewToken::default() };
    let token = Request::Account(AccountCall::CreateToken(token));
    let Reply::TokenGranted(granted) = world.ask(ROOT, token).await else { panic!() };
    let token = granted.secret.expose();
    let grant = || {
        let change = RoleChange { email: email(), role: Role::ReadOnlyAdmin, mail: false };
        Request::Organization(OrganizationCall::Grant(acme(), change))
    };
    let Reply::Organization(shown) = world.ask(FAY, grant()).await else { panic!() };
    let una = shown.offers.iter().find(|offer| offer.email.raw() == email()).unwrap();
    assert_eq!(una.state, OfferState::Open);
    world.mail(&email()).await;
    settled(world, &email()).await;
    let Reply::Organization(shown) =
        world.ask(FAY, Request::Offer(OfferCall::Withdraw(acme(), email()))).await
    else {
        panic!()
    };
    assert!(shown.offers.iter().all(|offer| offer.email.raw() != email()));
    world.ask(FAY, grant()).await;
    for (call, state) in [
        (OfferCall::Decline(acme()), OfferState::Declined),
        (OfferCall::Lift(acme()), OfferState::Open),
    ] {
        let Reply::Offer(offer) = world.ask(token, Request::Offer(call)).await else { panic!() };
        assert_eq!(offer.state, state);
    }
    let show = Request::Offer(OfferCall::Show(acme()));
    let Reply::WelcomeShown(shown) = world.ask(token, show).await else { panic!() };
    assert_eq!((shown.roles, shown.held), (vec![Role::ReadOnlyAdmin], false));
    let body = AcceptOffer { terms_sha256: shown.terms.sha256 };
    let accept = Request::Offer(OfferCall::Accept(acme(), body));
    let Reply::WelcomeAccepted(accepted) = world.ask(token, accept).await else { panic!() };
    assert_eq!(accepted.organization, "acme");
    let Reply::Me(me) = world.ask(token, Request::Account(AccountCall::Me)).await else { panic!() };
    assert_eq!((me.roles[0].role, me.offers.len()), (Role::ReadOnlyAdmin, 0));
    by_code(world).await;
    // What was accepted is neither declined nor lifted.
    let code = || LookAtWelcome { code: Secret::new("wel_contract") };
    for call in [WelcomeCall::Decline(code()), WelcomeCall::Lift(code())] {
        assert_eq!(world.refused("", Request::Welcome(call)).await.code(), "code_used");
    }
}

/// Until the mail to an address is no more on its way.
async fn settled(world: &World, email: &str) {
    let show = || Request::Organization(OrganizationCall::Show("acme".into()));
    loop {
        let Reply::Organization(shown) = world.ask(FAY, show()).await else { panic!() };
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
    world.ask(FAY, Request::Organization(OrganizationCall::Grant("acme".into(), change))).await;
    let text = world.mail(&email()).await;
    let code = text.split_once("/welcome/").unwrap().1.split_whitespace().next().unwrap();
    let code = || LookAtWelcome { code: Secret::new(code) };
    settled(world, &email()).await;
    for (call, declined) in
        [(WelcomeCall::Decline(code()), true), (WelcomeCall::Lift(code()), false)]
    {
        let Reply::WelcomeShown(shown) = world.ask("", Request::Welcome(call)).await else {
            panic!()
        };
        assert_eq!((shown.declined, shown.email.raw()), (declined, "udo@free.example"));
    }
}
