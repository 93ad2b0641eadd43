//! The demo's own requests, on the demo itself.

use hublink::api::demo::{
    Answer, AnswerMail, AnswerMailCall, DemoPerson, ListDemoPeople, ListOutbox, OutboxMail,
    OutboxQuery, PublishTxt, PublishTxtCall,
};
use hublink::api::domains::{AddDomain, NewDomain, OrgDomain, VerifyDomain};
use hublink::api::endpoint::{Endpoint as _, List, Nothing};
use hublink::api::plan::{Apply, ApplyPlan, Held, MakePlan, NewPlan, Selection};
use hublink::api::run::{Run, WatchQuery, WatchRun};
use hublink::client::endpoint::Endpoint;
use hublink::client::{Client, Options};
use hublink::demo;
use hublink::demo::DemoOptions;
use hublink::demo::world::WorldOptions;
use hublink::domain::organization::DomainState;

use super::inviting::expect_plan;
use crate::world::SITE;

/// The demo's own requests, on the demo itself: a record is found, a mail is answered.
#[tokio::test(flavor = "multi_thread")]
async fn the_demo_answers_its_own_requests() {
    let small = WorldOptions { users: 200, ..WorldOptions::default() };
    let demo = demo::start(DemoOptions { world: small, data: None }).await.unwrap();
    let endpoint = Endpoint::parse(&demo.url, false).unwrap();
    let options = Options { demo_key: Some(demo.key.clone()), ..Options::default() };
    let client = Client::new(endpoint, &options).unwrap();
    let List(people): List<DemoPerson> = client
        .send(&ListDemoPeople::call(Nothing, Nothing, Nothing), None)
        .await
        .unwrap()
        .take()
        .unwrap();
    assert!(people.iter().any(|person| person.token == demo.token));
    let client = client.with_token(Some(&demo.token)).unwrap();
    let ask = async |request| client.send(&request, None).await.unwrap();

    let new = NewDomain { name: "proof.example".into() };
    let added: OrgDomain = ask(AddDomain::call("acme".into(), Nothing, new)).await.take().unwrap();
    let publish = PublishTxt {
        name: added.challenge.record_name.raw().into(),
        value: added.challenge.record_value.raw().into(),
    };
    ask(PublishTxtCall::call(Nothing, Nothing, publish)).await;
    let verify = VerifyDomain::call(("acme".into(), "proof.example".into()), Nothing, Nothing);
    let verified: OrgDomain = ask(verify).await.take().unwrap();
    assert_eq!(verified.state, DomainState::Verified);

    let body = NewPlan { selection: Selection::All {}, held: Held::Email };
    let plan = expect_plan(ask(MakePlan::call(SITE.into(), Nothing, body)).await);
    assert!(plan.emails > 0);
    let mut run: Run =
        ask(ApplyPlan::call(plan.id, Nothing, Apply::default())).await.take().unwrap();
    while run.emailed == 0 {
        let query = WatchQuery { after: Some(run.revision), wait: Some(20) };
        let news: Run = ask(WatchRun::call(run.id.clone(), query, Nothing)).await.take().unwrap();
        run = news;
    }
    let List(mails): List<OutboxMail> =
        ask(ListOutbox::call(Nothing, OutboxQuery::default(), Nothing)).await.take().unwrap();
    let mail = mails.iter().find(|mail| mail.link.is_some()).unwrap();
    let answer = AnswerMailCall::call(mail.id, Nothing, AnswerMail { answer: Answer::Confirm });
    let List(mails): List<OutboxMail> = ask(answer).await.take().unwrap();
    let answered = mails.iter().find(|other| other.id == mail.id).unwrap();
    assert_eq!(answered.answered, Some(Answer::Confirm));
    demo.stop().await.unwrap();
}
