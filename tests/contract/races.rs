//! Fifty at once, by HTTP against the running binary: one wins, everyone else is told clearly.
//!
//! Owns the races that only a whole process can show: connections, workers, one database. Nothing
//! is retried here, so that no answer is hidden by another.

use std::collections::BTreeMap;

use hublink::api::call::{ApiError, Reply, Request};
use hublink::api::endpoint::{Endpoint as _, Nothing};
use hublink::api::linking::{LinkPlan, LinkSite, LinkSiteCall, LinkTarget, PrepareLink};
use hublink::api::problem::Problem;
use hublink::api::session::Secret;
use hublink::api::setup::{FinishSetup, FinishSetupCall, Setup, ShowSetup};
use hublink::api::site::{ShowSite, Site};
use hublink::api::trial::{StartTrial, StartTrialCall, Trial};
use hublink::client::endpoint::Endpoint;
use hublink::client::retry::RetryPolicy;
use hublink::client::{Client, Options};
use hublink::domain::services::{Service, ServiceLine};
use hublink::domain::setup::SetupState;
use hublink::domain::trial::Vertical;
use tokio::task::{JoinSet, block_in_place};

use crate::served::Served;

const FIFTY: usize = 50;
const SITE: &str = "acme.webex.example";

fn client(served: &Served, token: &str) -> Client {
    let retry = RetryPolicy { attempts: 1, ..RetryPolicy::default() };
    let options = Options { retry, ..Options::default() };
    let endpoint = Endpoint::parse(&served.url, false).unwrap();
    Client::new(endpoint, &options).unwrap().with_token(Some(&Secret::new(token))).unwrap()
}

/// Sends all at once, each over a client of its own; answers come in the order of the requests.
async fn at_once(requests: Vec<(Client, Request)>) -> Vec<Result<Reply, ApiError>> {
    let mut set = JoinSet::new();
    for (n, (client, request)) in requests.into_iter().enumerate() {
        set.spawn(async move { (n, client.send(&request, None).await) });
    }
    let answers: BTreeMap<_, _> = set.join_all().await.into_iter().collect();
    answers.into_values().collect()
}

fn problem(answer: &Result<Reply, ApiError>) -> &Problem {
    match answer {
        Err(ApiError::Problem(problem)) => problem,
        other => panic!("{other:?}"),
    }
}

fn trial(n: usize) -> Request {
    let new = StartTrial {
        company: format!("Nova {n}"),
        administrator: format!("nia@nova{n}.example"),
        vertical: Vertical::Technology,
        country: "DE".into(),
        supported_location: true,
        services: vec![ServiceLine { service: Service::Messaging, quantity: 5 }],
        site_url: None,
        time_zone: None,
        days: 30,
    };
    StartTrialCall::call("meridian".into(), Nothing, new)
}

fn finish(org: &str, subdomain: &str) -> Request {
    let body = FinishSetup { subdomain: subdomain.to_owned() };
    FinishSetupCall::call(org.to_owned(), Nothing, body)
}

#[tokio::test(flavor = "multi_thread")]
async fn t6_of_fifty_who_finish_at_once_one_gets_the_name_and_nobody_loses_an_answer() {
    let folder = tempfile::tempdir().unwrap();
    let (served, partners) = block_in_place(|| {
        let served = Served::start(folder.path(), &[]);
        let root = served.first_token();
        served.run(&root, "org add --name Meridian --kind partner");
        // Rule P2: one person starts thirty trials in a minute at most.
        let partners = ["pat", "pia"].map(|name| {
            let email = format!("{name}@meridian.example");
            served.run(&root, &format!("person add --email {email} --name {name}"));
            let grant = format!("org grant meridian --email {email} --role partner_admin");
            served.run(&root, &grant);
            served.token(&root, &email)
        });
        (served, partners)
    });
    let each = |request: &dyn Fn(usize) -> Request| {
        (0..FIFTY).map(|n| (client(&served, &partners[n % 2]), request(n))).collect::<Vec<_>>()
    };
    let started = at_once(each(&|n| trial(n))).await;
    let orgs: Vec<String> = started
        .iter()
        .map(|answer| {
            let trial: &Trial = answer.as_ref().unwrap().get().unwrap();
            trial.organization.clone()
        })
        .collect();

    let first =
        at_once(each(&|n| finish(&orgs[n], if n % 2 == 0 { "acme" } else { "ACME" }))).await;
    let won: Vec<usize> = (0..FIFTY).filter(|n| first[*n].is_ok()).collect();
    assert_eq!(won.len(), 1, "T6: {first:?}");
    for lost in first.iter().filter(|answer| answer.is_err()) {
        let problem = problem(lost);
        assert_eq!((problem.status, problem.code.as_str()), (409, "subdomain_taken"));
        assert_eq!(problem.suggestions.len(), 3, "{problem:?}");
    }
    // Everyone else goes on from where they were, with another name; the winner has theirs.
    let again = at_once(each(&|n| finish(&orgs[n], &format!("nova{n}")))).await;
    for (n, answer) in again.iter().enumerate() {
        if won == [n] {
            assert_eq!(problem(answer).code, "setup_finished");
            continue;
        }
        let setup: Setup = answer.clone().unwrap().take().unwrap();
        assert_eq!(setup.subdomain, Some(format!("nova{n}")));
    }
    let shown = at_once(each(&|n| ShowSetup::call(orgs[n].clone(), Nothing, Nothing))).await;
    for answer in shown {
        let setup: Setup = answer.unwrap().take().unwrap();
        assert_eq!(setup.state, SetupState::Finished);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn l6_of_fifty_links_of_one_site_to_two_organizations_one_is_made() {
    let folder = tempfile::tempdir().unwrap();
    let (served, people) = block_in_place(|| {
        let served = Served::start(folder.path(), &[]);
        let root = served.first_token();
        let people = ["acme", "zeta"].map(|org| {
            let email = format!("fay@{org}.example");
            served.run(&root, &format!("person add --email {email} --name Fay"));
            served.run(&root, &format!("org add --name {org} --id {org}"));
            served.run(&root, &format!("org grant {org} --email {email} --role full_admin"));
            (org, served.token(&root, &email))
        });
        let admins = "--site-admin fay@acme.example --site-admin fay@zeta.example";
        served.run(&root, &format!("site add {SITE} --company Acme {admins}"));
        (served, people)
    });
    let mut requests = Vec::new();
    for (org, token) in &people {
        let (client, target) = (client(&served, token), LinkTarget::Organization((*org).into()));
        let prepare = PrepareLink::call(SITE.into(), Nothing, target.clone());
        let plan: LinkPlan = client.send(&prepare, None).await.unwrap().take().unwrap();
        let text_sha256 = plan.text_sha256;
        let body = LinkSite { target, text_sha256, agree: true, confirm: SITE.into() };
        requests.push((client, LinkSiteCall::call(SITE.into(), Nothing, body)));
    }
    let mixed = (0..FIFTY).map(|n| requests[n % 2].clone()).collect();
    let answers = at_once(mixed).await;
    let won: Vec<usize> = (0..FIFTY).filter(|n| answers[*n].is_ok()).collect();
    assert_eq!(won.len(), 1, "L6: {answers:?}");
    for lost in answers.iter().filter(|answer| answer.is_err()) {
        let problem = problem(lost);
        assert_eq!((problem.status, problem.code.as_str()), (409, "link_permanent"), "{problem:?}");
    }
    let org = people[won[0] % 2].0;
    let shown =
        requests[won[0] % 2].0.send(&ShowSite::call(SITE.into(), Nothing, Nothing), None).await;
    let site: Site = shown.unwrap().take().unwrap();
    assert_eq!(site.organization.as_deref(), Some(org));
}
