//! Linking a site: every request of it, and the same by command line alone.

use hublink::api::demo::{Advance, AdvanceClock};
use hublink::api::endpoint::{Endpoint as _, Nothing};
use hublink::api::linking::{
    Candidates, CandidatesQuery, Connect, ConnectSite, Enroll, EnrollSite, Enrollment, LinkJob,
    LinkPlan, LinkSite, LinkSiteCall, LinkTarget, LinkedUsersQuery, ListCandidates,
    ListLinkedUsers, PrepareLink, RetryLink, ShowEnrollment, WatchLink,
};
use hublink::api::run::WatchQuery;
use hublink::api::session::Secret;
use hublink::domain::site_link::{EnrollStep, LinkState};
use serde_json::Value;

use crate::binary::{code, hublink, json, told};
use crate::served::Served;
use crate::world::{FAY, NED, PAT, ROOT, World};

const RD: &str = "rd.webex.example";
const SOLO: &str = "solo.webex.example";

pub async fn every_request(world: &World) {
    let ask = |token, call| world.ask(token, call);
    let before: Enrollment =
        ask(NED, ShowEnrollment::call(SOLO.into(), Nothing, Nothing)).await.take().unwrap();
    assert_eq!(before.next, EnrollStep::Enroll);
    ask(NED, EnrollSite::call(SOLO.into(), Nothing, Enroll::default())).await;
    let connect = Connect { code: Secret::new(world.code("ned@solo.example").await) };
    let after: Enrollment =
        ask(NED, ConnectSite::call(SOLO.into(), Nothing, connect)).await.take().unwrap();
    assert_eq!(after.next, EnrollStep::Organization);

    let query = CandidatesQuery { organization: Some("acme".into()) };
    let found: Candidates =
        ask(FAY, ListCandidates::call(RD.into(), query, Nothing)).await.take().unwrap();
    let acme = found.items.iter().find(|item| item.id == "acme").unwrap();
    assert!(acme.choosable && acme.reasons.len() == 2, "{acme:?}");
    let target = LinkTarget::Organization("acme".into());
    let plan: LinkPlan =
        ask(FAY, PrepareLink::call(RD.into(), Nothing, target.clone())).await.take().unwrap();
    let text_sha256 = plan.text_sha256;
    let body = LinkSite { target, text_sha256, agree: true, confirm: RD.into() };
    let begun: LinkJob =
        ask(FAY, LinkSiteCall::call(RD.into(), Nothing, body)).await.take().unwrap();
    // The first try fails, by the world file.
    let failed = over(world, begun).await;
    assert_eq!((failed.state, failed.failures), (LinkState::Failed, 1));
    let again: LinkJob =
        ask(FAY, RetryLink::call(RD.into(), Nothing, Nothing)).await.take().unwrap();
    let done = over(world, again).await;
    assert_eq!((done.state, done.progress), (LinkState::Done, 100));
    ask(FAY, ListLinkedUsers::call(RD.into(), LinkedUsersQuery::default(), Nothing)).await;
}

/// Lets the job's time pass and watches it to its end.
async fn over(world: &World, mut job: LinkJob) -> LinkJob {
    world.ask(ROOT, AdvanceClock::call(Nothing, Nothing, Advance { seconds: 60 })).await;
    while job.state == LinkState::Running {
        let query = WatchQuery { after: Some(job.revision), wait: Some(20) };
        let call = WatchLink::call(job.site.raw().to_owned(), query, Nothing);
        let news: LinkJob = world.ask(FAY, call).await.take().unwrap();
        job = news;
    }
    job
}

#[tokio::test(flavor = "multi_thread")]
async fn l2_l5_a_site_is_linked_by_command_line() {
    let world = World::start().await;
    let found = json(&world, &["site", "candidates", RD]).await;
    assert_eq!(found["items"][0]["id"], "acme");
    assert_eq!(found["items"][0]["reasons"][0]["kind"], "administrator");
    let plan = json(&world, &["site", "link", RD, "--org", "acme", "--review"]).await;
    assert!(plan["text"].as_str().unwrap().contains("permanent"), "{plan}");

    let short = ["site", "link", RD, "--org", "acme"];
    let cases: &[(i32, &str, &[&str])] = &[
        (2, FAY, &[]),
        (2, FAY, &["--agree"]),
        (2, FAY, &["--agree", "--confirm", "https://rd.webex.example/"]),
        (6, FAY, &["--agree", "--confirm", RD, "--agreement", "00"]),
        (4, PAT, &["--agree", "--confirm", RD]),
        (4, "", &["--agree", "--confirm", RD]),
    ];
    for (want, token, more) in cases {
        let output = hublink(&world, token, &[&short[..], more].concat()).await;
        assert_eq!(code(&output), *want, "{more:?}: {}", told(&output));
        assert!(output.stdout.is_empty(), "{more:?}");
    }
    let hash = plan["text_sha256"].as_str().unwrap();
    let good = ["--agree", "--confirm", RD, "--agreement", hash];
    let job = json(&world, &[&short[..], &good].concat()).await;
    assert_eq!((&job["state"], &job["agreed"]["text_sha256"]), (&"running".into(), &hash.into()));
    let again = hublink(&world, FAY, &[&short[..], &good[..3]].concat()).await;
    assert_eq!(code(&again), 3, "{}", told(&again));
    assert!(told(&again).contains("permanent"), "{}", told(&again));

    let seconds = AdvanceClock::call(Nothing, Nothing, Advance { seconds: 60 });
    world.ask(ROOT, seconds.clone()).await;
    let failed = hublink(&world, FAY, &["site", "link", RD, "--status", "--watch"]).await;
    assert_eq!(code(&failed), 3, "{}", told(&failed));
    assert!(told(&failed).contains("did not answer in time"), "{}", told(&failed));
    let retried = json(&world, &["site", "link", RD, "--retry"]).await;
    assert_eq!(retried["state"], "running");
    world.ask(ROOT, seconds).await;
    let done = json(&world, &["site", "link", RD, "--status", "--watch"]).await;
    assert_eq!((&done["state"], &done["result"]["linked"]), (&"done".into(), &0.into()));
    assert_eq!(json(&world, &["site", "link", RD, "--users"]).await, Value::Array(Vec::new()));
    let site = json(&world, &["site", "show", RD]).await;
    assert_eq!((&site["state"], &site["organization"]), (&"enrolled".into(), &"acme".into()));
}

#[tokio::test(flavor = "multi_thread")]
async fn l1_l3_a_newcomer_connects_and_makes_an_organization_by_command_line() {
    let world = World::start().await;
    let run = async |line: &[&str], want: i32| {
        let output = hublink(&world, NED, &[line, &["--output", "json"]].concat()).await;
        assert_eq!(code(&output), want, "{line:?}: {}", told(&output));
        serde_json::from_slice::<Value>(&output.stdout).unwrap_or_default()
    };
    run(&["site", "candidates", SOLO], 3).await;
    let enrolled = run(&["site", "enroll", SOLO], 0).await;
    assert_eq!(enrolled["next"], "connect");
    run(&["site", "connect", SOLO, "aaaa-bbbb-cccc-dddd"], 3).await;
    let mail = world.code("ned@solo.example").await;
    let connected = run(&["site", "connect", SOLO, &mail], 0).await;
    assert_eq!(connected["next"], "organization");
    let none = run(&["site", "candidates", SOLO], 0).await;
    assert_eq!(
        (&none["items"], &none["new_organization"]["offered"]),
        (&Value::Array(vec![]), &true.into())
    );
    let new = ["site", "link", SOLO, "--new", "--country", "Nowhere", "--agree", "--confirm", SOLO];
    run(&new, 2).await;
    let new = ["site", "link", SOLO, "--new", "--country", "NO", "--agree", "--confirm", SOLO];
    let job = run(&new, 0).await;
    assert_eq!(
        (&job["organization"], &job["new_organization"]),
        (&"solo-sons-ltd".into(), &true.into())
    );
    world.ask(ROOT, AdvanceClock::call(Nothing, Nothing, Advance { seconds: 60 })).await;
    let done = run(&["site", "link", SOLO, "--status", "--watch"], 0).await;
    assert_eq!(done["state"], "done");
    run(&["site", "method", SOLO, "receive_email"], 0).await;
}

#[test]
fn l7_a_link_on_a_bare_backend_survives_kill_9() {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path();
    let more = ["--link-delay", "3600s"];
    let served = Served::start(home, &more);
    let root = served.first_token();
    let ask = |line: &str| served.run(&root, line);
    ask("person add --email fay@acme.example --name Fay");
    let fay = served.token(&root, "fay@acme.example");
    ask("org add --name Acme --id acme");
    ask("org grant acme --email fay@acme.example --role full_admin");
    ask("site add acme.webex.example --company Acme --site-admin fay@acme.example \
         --organization-hint acme");
    let found = served.run(&fay, "site candidates acme.webex.example");
    assert_eq!(found["items"][0]["reasons"].as_array().unwrap().len(), 3, "{found}");
    let link = "site link acme.webex.example --org acme --agree --confirm acme.webex.example";
    let begun = served.run(&fay, link);
    assert_eq!(begun["state"], "running");
    drop(served);

    let served = Served::start(home, &more);
    let status = "site link acme.webex.example --status";
    let under_way = served.run(&fay, status);
    assert_eq!((&under_way["state"], &under_way["due_at"]), (&begun["state"], &begun["due_at"]));
    served.run(&fay, "clock advance 3600s");
    let done = served.run(&fay, &format!("{status} --watch"));
    assert_eq!((&done["state"], &done["organization"]), (&"done".into(), &"acme".into()));
}
