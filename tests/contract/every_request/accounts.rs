//! Signing in, people, tokens, sessions and passwords (rule P5), each once.

use hublink::api::access::{
    AskReset, AskResetCall, EndSession, EndSessions, ListSessions, PasswordReset, RevokeQuery,
    Session, SetPassword, UseReset, UseResetCall,
};
use hublink::api::audit::{
    AnchorQuery, AuditEntry, AuditQuery, AuditVerified, ListAudit, VerifyAudit,
};
use hublink::api::endpoint::{Endpoint as _, Nothing};
use hublink::api::page::{Page, PageQuery};
use hublink::api::person::{
    AddPerson, CreateToken, DisablePerson, EnablePerson, ListMyTokens, ListPeople, ListTokens,
    NewPerson, NewToken, Person, RevokeToken, Token, TokenGranted,
};
use hublink::api::session::{
    Me, NewPassword, Secret, SessionGranted, ShowMe, SignIn, SignInCall, SignOut,
};

use crate::world::{FAY, ROOT, World};

pub async fn accounts(world: &World) {
    let token = SignIn::Token { token: Secret::new(FAY) };
    let session: SessionGranted =
        world.ask("", SignInCall::call(Nothing, Nothing, token)).await.take().unwrap();
    let session = session.token.expose().to_owned();
    let me: Me = world.ask(&session, ShowMe::call(Nothing, Nothing, Nothing)).await.take().unwrap();
    assert_eq!(me.email.raw(), "fay@acme.example");
    let password = || Secret::new("correct horse battery");
    let new = NewPassword { password: password(), old: None };
    world.ask(FAY, SetPassword::call(Nothing, Nothing, new)).await;
    let sign_in = SignIn::Password { email: "fay@acme.example".into(), password: password() };
    // A new password ended the sessions there were.
    let session: SessionGranted =
        world.ask("", SignInCall::call(Nothing, Nothing, sign_in)).await.take().unwrap();
    let session = session.token.expose().to_owned();

    let lee =
        NewPerson { email: "lee@acme.example".into(), name: "Lee".into(), backend_admin: false };
    world.ask(ROOT, AddPerson::call(Nothing, Nothing, lee)).await;
    let people: Page<Person> = world
        .ask(ROOT, ListPeople::call(Nothing, PageQuery::default(), Nothing))
        .await
        .take()
        .unwrap();
    assert!(people.items.iter().any(|person| person.email.raw() == "lee@acme.example"));
    let new = NewToken {
        person: Some("lee@acme.example".into()),
        note: "laptop".into(),
        ..NewToken::default()
    };
    let granted: TokenGranted =
        world.ask(ROOT, CreateToken::call(Nothing, Nothing, new)).await.take().unwrap();
    world.ask(granted.secret.expose(), ShowMe::call(Nothing, Nothing, Nothing)).await;
    world.ask(ROOT, ListTokens::call(Nothing, PageQuery::default(), Nothing)).await;
    world
        .ask(ROOT, RevokeToken::call(granted.token.id.clone(), RevokeQuery::default(), Nothing))
        .await;
    let error =
        world.refused(granted.secret.expose(), ShowMe::call(Nothing, Nothing, Nothing)).await;
    assert_eq!(error.code(), "not_signed_in");

    access(world, &session).await;

    let page: Page<AuditEntry> = world
        .ask(ROOT, ListAudit::call(Nothing, AuditQuery::default(), Nothing))
        .await
        .take()
        .unwrap();
    assert!(page.items.iter().any(|entry| entry.subject.raw() == "lee@acme.example"));
    let verify = VerifyAudit::call(Nothing, AnchorQuery::default(), Nothing);
    let audit: AuditVerified = world.ask(ROOT, verify).await.take().unwrap();
    assert!(audit.ok && audit.entries > Some(0));
    world.ask(&session, SignOut::call(Nothing, Nothing, Nothing)).await;
    assert_eq!(
        world.refused(&session, ShowMe::call(Nothing, Nothing, Nothing)).await.code(),
        "not_signed_in"
    );
}

/// One's sessions and tokens; disabling and enabling; a forgotten password (rule P5).
async fn access(world: &World, session: &str) {
    let sign_in = || SignInCall::call(Nothing, Nothing, SignIn::Token { token: Secret::new(FAY) });
    world.ask("", sign_in()).await;
    world.ask("", sign_in()).await;
    let list = || ListSessions::call(Nothing, PageQuery::default(), Nothing);
    let page: Page<Session> = world.ask(session, list()).await.take().unwrap();
    assert_eq!(page.items.iter().filter(|one| one.in_use).count(), 1);
    let other = page.items.iter().find(|one| !one.in_use).unwrap().id.clone();
    world.ask(session, EndSession::call(other, Nothing, Nothing)).await;
    world.ask(session, EndSessions::call(Nothing, Nothing, Nothing)).await;
    let page: Page<Session> = world.ask(session, list()).await.take().unwrap();
    assert!(page.items.iter().all(|one| one.in_use), "{page:?}");
    let mine = ListMyTokens::call(Nothing, PageQuery::default(), Nothing);
    let page: Page<Token> = world.ask(FAY, mine).await.take().unwrap();
    assert!(page.items.iter().any(|one| one.in_use), "{page:?}");

    let lee = || "lee@acme.example".to_owned();
    let person: Person =
        world.ask(ROOT, DisablePerson::call(lee(), Nothing, Nothing)).await.take().unwrap();
    assert!(person.disabled_at.is_some());
    world.ask(ROOT, EnablePerson::call(lee(), Nothing, Nothing)).await;
    world.ask("", AskResetCall::call(Nothing, Nothing, AskReset { email: lee() })).await;
    let code = world.reset_code(&lee()).await;
    let body = UseReset { code: Secret::new(code), password: Secret::new("another long password") };
    let use_it = || UseResetCall::call(Nothing, Nothing, body.clone());
    for _ in 0..2 {
        let reset: PasswordReset = world.ask("", use_it()).await.take().unwrap();
        assert_eq!(reset.email.raw(), "lee@acme.example");
    }
}
