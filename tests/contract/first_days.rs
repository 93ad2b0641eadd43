//! The requests of a customer's first days: setup, subdomain, Contact Center, welcome.

use hublink::api::call::{AccountCall, Reply, Request, SetupCall, WelcomeCall};
use hublink::api::contact_center::SetUpContactCenter;
use hublink::api::run::WatchQuery;
use hublink::api::session::Secret;
use hublink::api::setup::{Availability, FinishSetup, SubdomainQuery, SuggestQuery};
use hublink::api::welcome::{AcceptWelcome, CorrectWelcome, LookAtWelcome, WelcomeAsks};
use hublink::domain::setup::{PartState, SetupState};
use hublink::domain::welcome::WelcomeState;

use crate::world::{FAY, PAT, World};

fn acme() -> String {
    "acme".to_owned()
}

/// All of them.
pub async fn all(world: &World) {
    setup(world).await;
    contact_center(world).await;
    welcome(world).await;
    accept(world).await;
}

async fn setup(world: &World) {
    let ask = |call| world.ask(PAT, Request::Setup(call));
    let check = |name: &str| SetupCall::Check(acme(), SubdomainQuery { name: name.into() });
    let Reply::Setup(pending) = ask(SetupCall::Show(acme())).await else { panic!() };
    assert_eq!((pending.state, pending.suggestions.len()), (SetupState::Pending, 3));
    let Reply::SubdomainCheck(taken) = ask(check("Meridian")).await else { panic!() };
    assert_eq!((taken.availability, taken.suggestions.len()), (Availability::Taken, 3));
    let Reply::SubdomainCheck(invalid) = ask(check("a b & ü?")).await else { panic!() };
    assert_eq!((invalid.availability, invalid.asked.raw()), (Availability::Invalid, "a b & ü?"));
    let Reply::Suggestions(free) = ask(SetupCall::Suggest(acme(), SuggestQuery::default())).await
    else {
        panic!()
    };
    let finish = |name: &str| SetupCall::Finish(acme(), FinishSetup { subdomain: name.into() });
    let refused = world.refused(PAT, Request::Setup(finish("meridian"))).await;
    assert_eq!(refused.code(), "subdomain_taken");
    let Reply::Setup(done) = ask(finish(&free.suggestions[0])).await else { panic!() };
    assert_eq!(done.state, SetupState::Finished);
    assert_eq!(done.subdomain.as_deref(), Some(free.suggestions[0].as_str()));
}

async fn contact_center(world: &World) {
    let at_once = || SetupCall::ContactCenter(acme(), WatchQuery::default());
    let Reply::ContactCenter(card) = world.ask(PAT, Request::Setup(at_once())).await else {
        panic!()
    };
    assert_eq!(card.voice.state, PartState::NotStarted);
    let body = SetUpContactCenter { country: Some("de".into()) };
    let begin = SetupCall::SetUpContactCenter(acme(), body);
    let Reply::ContactCenter(begun) = world.ask(FAY, Request::Setup(begin)).await else { panic!() };
    assert!(begun.is_under_way() && begun.chat.state == PartState::UnderWay);
    assert_eq!(begun.country.unwrap().code(), "DE");
}

async fn welcome(world: &World) {
    let ask = async |call| match world.ask(PAT, Request::Welcome(call)).await {
        Reply::Welcome(welcome) => *welcome,
        other => panic!("{other:?}"),
    };
    let shown = ask(WelcomeCall::Show(acme())).await;
    assert_eq!((shown.state, shown.may_correct), (WelcomeState::Refused, true));
    let queued = ask(WelcomeCall::Resend(acme())).await;
    assert_eq!(queued.state, WelcomeState::Queued);
    let body = CorrectWelcome { email: "Kim@acme.example".into() };
    let corrected = ask(WelcomeCall::Correct(acme(), body)).await;
    assert_eq!(corrected.email.raw(), "kim@acme.example");
}

async fn accept(world: &World) {
    let code = || Secret::new("wel_contract");
    let look = WelcomeCall::Look(LookAtWelcome { code: code() });
    let Reply::WelcomeShown(shown) = world.ask("", Request::Welcome(look)).await else { panic!() };
    assert_eq!((shown.asks, shown.email.raw()), (WelcomeAsks::Password, "pia@meridian.example"));
    let body = AcceptWelcome {
        code: code(),
        password: Some(Secret::new("correct horse battery")),
        terms_sha256: shown.terms.sha256,
    };
    let accept = WelcomeCall::Accept(body);
    let Reply::WelcomeAccepted(accepted) = world.ask("", Request::Welcome(accept.clone())).await
    else {
        panic!()
    };
    assert_eq!(accepted.setup, SetupState::Finished);
    let session = accepted.session.unwrap();
    let me = world.ask(session.token.expose(), Request::Account(AccountCall::Me)).await;
    assert!(matches!(me, Reply::Me(me) if me.email.raw() == "pia@meridian.example"));
    assert_eq!(world.refused("", Request::Welcome(accept)).await.code(), "code_used");
}
