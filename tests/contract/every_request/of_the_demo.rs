//! The demo's own requests, on the demo itself.

use hublink::api::call::{DemoCall, DomainCall, PlanCall, Reply, Request, RunCall};
use hublink::api::demo::{Answer, AnswerMail, OutboxQuery, PublishTxt};
use hublink::api::domains::NewDomain;
use hublink::api::plan::{Apply, Held, NewPlan, Selection};
use hublink::api::run::WatchQuery;
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
    let Reply::DemoPeople(people) =
        client.send(&Request::Demo(DemoCall::People), None).await.unwrap()
    else {
        panic!()
    };
    assert!(people.iter().any(|person| person.token == demo.token));
    let client = client.with_token(Some(&demo.token)).unwrap();
    let ask = async |request| client.send(&request, None).await.unwrap();

    let new = NewDomain { name: "proof.example".into() };
    let Reply::Domain(added) = ask(Request::Domain(DomainCall::Add("acme".into(), new))).await
    else {
        panic!()
    };
    let publish = PublishTxt {
        name: added.challenge.record_name.raw().into(),
        value: added.challenge.record_value.raw().into(),
    };
    ask(Request::Demo(DemoCall::PublishTxt(publish))).await;
    let verify = DomainCall::Verify("acme".into(), "proof.example".into());
    let Reply::Domain(verified) = ask(Request::Domain(verify)).await else { panic!() };
    assert_eq!(verified.state, DomainState::Verified);

    let body = NewPlan { selection: Selection::All {}, held: Held::Email };
    let plan = expect_plan(ask(Request::Plan(PlanCall::Make(SITE.into(), body))).await);
    assert!(plan.emails > 0);
    let Reply::Run(mut run) = ask(Request::Plan(PlanCall::Apply(plan.id, Apply::default()))).await
    else {
        panic!()
    };
    while run.emailed == 0 {
        let query = WatchQuery { after: Some(run.revision), wait: Some(20) };
        let Reply::Run(news) = ask(Request::Run(RunCall::Watch(run.id.clone(), query))).await
        else {
            panic!()
        };
        run = news;
    }
    let Reply::Outbox(mails) = ask(Request::Demo(DemoCall::Outbox(OutboxQuery::default()))).await
    else {
        panic!()
    };
    let mail = mails.iter().find(|mail| mail.link.is_some()).unwrap();
    let answer = DemoCall::Answer(mail.id, AnswerMail { answer: Answer::Confirm });
    let Reply::Outbox(mails) = ask(Request::Demo(answer)).await else { panic!() };
    let answered = mails.iter().find(|other| other.id == mail.id).unwrap();
    assert_eq!(answered.answered, Some(Answer::Confirm));
    demo.stop().await.unwrap();
}
