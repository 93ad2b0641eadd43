//! Signing in, people, tokens, sessions and passwords (rule P5), each once.

use hublink::api::access::{AskReset, RevokeQuery, UseReset};
use hublink::api::audit::{AnchorQuery, AuditQuery};
use hublink::api::call::{AccountCall, Reply, Request};
use hublink::api::page::PageQuery;
use hublink::api::person::{NewPerson, NewToken};
use hublink::api::session::{NewPassword, Secret, SignIn};

use crate::world::{FAY, ROOT, World};

pub async fn accounts(world: &World) {
    let account = Request::Account;
    let token = SignIn::Token { token: Secret::new(FAY) };
    let Reply::Session(session) = world.ask("", account(AccountCall::SignIn(token))).await else {
        panic!("no session");
    };
    let session = session.token.expose().to_owned();
    let Reply::Me(me) = world.ask(&session, account(AccountCall::Me)).await else { panic!() };
    assert_eq!(me.email.raw(), "fay@acme.example");
    let password = || Secret::new("correct horse battery");
    let new = NewPassword { password: password(), old: None };
    world.ask(FAY, account(AccountCall::SetPassword(new))).await;
    let sign_in = SignIn::Password { email: "fay@acme.example".into(), password: password() };
    // A new password ended the sessions there were.
    let Reply::Session(session) = world.ask("", account(AccountCall::SignIn(sign_in))).await else {
        panic!("no session");
    };
    let session = session.token.expose().to_owned();

    let lee =
        NewPerson { email: "lee@acme.example".into(), name: "Lee".into(), backend_admin: false };
    world.ask(ROOT, account(AccountCall::AddPerson(lee))).await;
    let Reply::People(people) =
        world.ask(ROOT, account(AccountCall::People(PageQuery::default()))).await
    else {
        panic!()
    };
    assert!(people.items.iter().any(|person| person.email.raw() == "lee@acme.example"));
    let new = NewToken {
        person: Some("lee@acme.example".into()),
        note: "laptop".into(),
        ..NewToken::default()
    };
    let Reply::TokenGranted(granted) =
        world.ask(ROOT, account(AccountCall::CreateToken(new))).await
    else {
        panic!()
    };
    world.ask(granted.secret.expose(), account(AccountCall::Me)).await;
    world.ask(ROOT, account(AccountCall::Tokens(PageQuery::default()))).await;
    world
        .ask(
            ROOT,
            account(AccountCall::RevokeToken(granted.token.id.clone(), RevokeQuery::default())),
        )
        .await;
    let error = world.refused(granted.secret.expose(), account(AccountCall::Me)).await;
    assert_eq!(error.code(), "not_signed_in");

    access(world, &session).await;

    let Reply::Audit(page) =
        world.ask(ROOT, account(AccountCall::Audit(AuditQuery::default()))).await
    else {
        panic!()
    };
    assert!(page.items.iter().any(|entry| entry.subject.raw() == "lee@acme.example"));
    let verify = AccountCall::VerifyAudit(AnchorQuery::default());
    let Reply::AuditVerified(audit) = world.ask(ROOT, account(verify)).await else { panic!() };
    assert!(audit.ok && audit.entries > Some(0));
    world.ask(&session, account(AccountCall::SignOut)).await;
    assert_eq!(world.refused(&session, account(AccountCall::Me)).await.code(), "not_signed_in");
}

/// One's sessions and tokens; disabling and enabling; a forgotten password (rule P5).
async fn access(world: &World, session: &str) {
    let account = Request::Account;
    let sign_in = || account(AccountCall::SignIn(SignIn::Token { token: Secret::new(FAY) }));
    world.ask("", sign_in()).await;
    world.ask("", sign_in()).await;
    let list = || account(AccountCall::Sessions(PageQuery::default()));
    let Reply::Sessions(page) = world.ask(session, list()).await else { panic!() };
    assert_eq!(page.items.iter().filter(|one| one.in_use).count(), 1);
    let other = page.items.iter().find(|one| !one.in_use).unwrap().id.clone();
    world.ask(session, account(AccountCall::EndSession(other))).await;
    world.ask(session, account(AccountCall::EndSessions)).await;
    let Reply::Sessions(page) = world.ask(session, list()).await else { panic!() };
    assert!(page.items.iter().all(|one| one.in_use), "{page:?}");
    let mine = account(AccountCall::MyTokens(PageQuery::default()));
    let Reply::Tokens(page) = world.ask(FAY, mine).await else { panic!() };
    assert!(page.items.iter().any(|one| one.in_use), "{page:?}");

    let lee = || "lee@acme.example".to_owned();
    let Reply::Person(person) = world.ask(ROOT, account(AccountCall::Disable(lee()))).await else {
        panic!()
    };
    assert!(person.disabled_at.is_some());
    world.ask(ROOT, account(AccountCall::Enable(lee()))).await;
    world.ask("", account(AccountCall::AskReset(AskReset { email: lee() }))).await;
    let code = world.reset_code(&lee()).await;
    let body = UseReset { code: Secret::new(code), password: Secret::new("another long password") };
    let use_it = || account(AccountCall::UseReset(body.clone()));
    for _ in 0..2 {
        let Reply::PasswordReset(reset) = world.ask("", use_it()).await else { panic!() };
        assert_eq!(reset.email.raw(), "lee@acme.example");
    }
}
