//! A second provider behind the seam: all that it is stands in its folder, and one option names it.
//!
//! Owns the proof that an account is written there once, whatever comes back, and that what stands
//! here in the end is what was done there.

mod elsewhere;
mod provider;
mod town;

use hublink::api::call::Request;
use hublink::api::directory_sync::DoDirectoryStep;
use hublink::api::domains::{
    AddDomain, ListDomains, NewDomain, OrgDomain, ReleaseDomain, VerifyDomain,
};
use hublink::api::endpoint::{Code, Endpoint as _, File, Nothing};
use hublink::api::import::{ImportQuery, PreviewImport};
use hublink::api::page::{Page, PageQuery};
use hublink::api::plan::{Apply, ApplyPlan};
use hublink::api::problem::code;
use hublink::api::run::Run;
use hublink::api::session::{Capability, Me, ShowMe};
use hublink::api::site::{SetMethod, SetMethodCall, Site};
use hublink::domain::act;
use hublink::domain::directory_sync::SyncStep;
use hublink::domain::linking::LinkingMethod;
use hublink::domain::run::{ItemState, RunState};
use hublink::server::provider::How;

use elsewhere::Act;
use town::{SITE, Town};

const DONE: fn(&Run) -> bool = |run| run.state == RunState::Done;

#[tokio::test(flavor = "multi_thread")]
async fn i1_an_account_is_linked_once_elsewhere_whatever_comes_back() {
    use Act::{BadAfterWriting, HalfAndLost, Lost, OneTaken, Slow, TooMany};
    let script = [Slow, TooMany, BadAfterWriting, HalfAndLost, OneTaken, Lost, TooMany];
    let town = Town::new(1_150, &script, 2).await;
    let run = town.apply(&town.plan().await).await;
    let run = town.until(run, DONE).await;
    assert_eq!((run.linked, run.failed, run.not_processed), (1_149, 1, 0), "{run:?}");
    assert_eq!(run.trouble, None, "nothing waits any more");
    let written = town.elsewhere.written();
    assert_eq!(written.len(), 1_149);
    let twice: Vec<_> = written.iter().filter(|(_, times)| **times != 1).collect();
    assert!(twice.is_empty(), "I1: {twice:?}");
    let failed = town.those(&run, ItemState::Failed).await;
    assert!(failed.len() == 1 && !written.contains_key(&failed[0]), "{failed:?}");
    assert_eq!((town.elsewhere.mailed(), town.elsewhere.switched()), (0, vec![false, true]));
    assert!(town.elsewhere.actors().iter().all(|actor| actor == "fay@acme.example"));
}

#[tokio::test(flavor = "multi_thread")]
async fn i7_what_was_asked_of_it_when_the_backend_ended_is_looked_at_before_more_is_asked() {
    let mut town = Town::new(3, &[Act::WritesAndHangs], 1).await;
    let run = town.apply(&town.plan().await).await;
    town.elsewhere.was_asked(1).await;
    town.end().await;
    assert_eq!(town.elsewhere.written().len(), 3, "done there, and not known here");
    town.restart().await;
    let run = town.until(run, DONE).await;
    assert_eq!((run.linked, run.unknown, run.not_processed), (3, 0, 0), "{run:?}");
    assert!(town.elsewhere.written().values().all(|times| *times == 1), "I1");
    assert_eq!(town.elsewhere.actors().len(), 1, "nothing was asked for again");
}

#[tokio::test(flavor = "multi_thread")]
async fn section_3_what_was_switched_for_everybody_is_put_back_by_who_comes_after() {
    let mut town = Town::new(3, &[Act::WritesAndHangs], 0).await;
    let run = town.apply(&town.plan().await).await;
    town.elsewhere.was_asked(1).await;
    town.elsewhere.stick(1);
    town.end().await;
    assert_eq!(town.elsewhere.switched(), [false], "it was off, and could not be put back");
    town.restart().await;
    let run = town.until(run, DONE).await;
    town.elsewhere.until_it_mails().await;
    assert_eq!((run.linked, town.elsewhere.mailed()), (3, 0), "nobody was mailed");
    town.end().await;
    assert_eq!(town.elsewhere.switched(), [false, true], "put back once, by whoever it was");
}

#[tokio::test(flavor = "multi_thread")]
async fn i8_what_a_driver_that_panicked_had_begun_is_looked_at_without_a_restart() {
    let mut town = Town::new(3, &[Act::WritesAndBreaks], 0).await;
    let run = town.apply(&town.plan().await).await;
    let run = town.until(run, DONE).await;
    assert_eq!((run.linked, run.unknown, run.not_processed), (3, 0, 0), "{run:?}");
    assert!(town.elsewhere.written().values().all(|times| *times == 1), "I1");
    town.elsewhere.until_it_mails().await;
    town.end().await;
    assert_eq!((town.elsewhere.switched(), town.elsewhere.mailed()), (vec![false, true], 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn i1_two_runs_at_once_ask_for_an_account_once() {
    let town = Town::new(3, &[Act::Held], 0).await;
    let plans = (town.plan().await, town.plan().await);
    let one = town.apply(&plans.0).await;
    town.elsewhere.was_asked(1).await;
    let two = town.apply(&plans.1).await;
    town.elsewhere.go_on();
    let (one, two) = (town.until(one, DONE).await, town.until(two, DONE).await);
    assert_eq!((one.linked, two.linked, two.not_processed), (3, 0, 3), "{two:?}");
    assert!(town.elsewhere.written().values().all(|times| *times == 1), "I1");
}

#[tokio::test(flavor = "multi_thread")]
async fn section_3_what_a_provider_can_do_is_told_to_who_signs_in() {
    let town = Town::new(1, &[], 0).await;
    let me: Me = town.ask(ShowMe::call(Nothing, Nothing, Nothing)).await.take().unwrap();
    let can = me.backend.capabilities;
    assert_eq!(me.backend.provider, "remote");
    assert_eq!(can.link, Capability::Automated);
    assert_eq!(can.domains, Capability::Unavailable { why: "It has no list of domains.".into() });
    let Capability::Guided { link, check } = can.linking_method else { panic!("by hand") };
    assert_eq!(link.raw(), format!("{}/method", town.elsewhere.url));
    assert_eq!(check.raw(), "the site's method is read back.");
}

/// What is refused, and that it is told why.
async fn is_not_there(town: &Town, request: Request, why: &str) {
    let problem = town.refused(request).await;
    assert_eq!((problem.status, problem.code.as_str()), (409, code::ACT_UNAVAILABLE));
    assert!(problem.detail.raw().ends_with(why), "{problem:?}");
}

fn no(why: &str) -> How {
    How::Unavailable { why: why.into() }
}

fn by_hand(link: &str) -> How {
    How::Guided { link: link.into(), check: "it is seen here.".into() }
}

#[tokio::test(flavor = "multi_thread")]
async fn section_3_an_act_that_is_not_there_is_refused_with_the_why() {
    let ways = [
        (act::Act::Import, no("It keeps no files.")),
        (act::Act::DirectorySync, no("It has no sync.")),
    ];
    let town = Town::with(&ways).await;
    let name = NewDomain { name: "labs.example".into() };
    let domain = || ("acme".to_owned(), "acme.example".to_owned());
    for request in [
        AddDomain::call("acme".into(), Nothing, name),
        VerifyDomain::call(domain(), Nothing, Nothing),
        ReleaseDomain::call(domain(), Nothing, Nothing),
    ] {
        is_not_there(&town, request, "It has no list of domains.").await;
    }
    let page = PageQuery::default();
    let known: Page<OrgDomain> =
        town.ask(ListDomains::call("acme".into(), page, Nothing)).await.take().unwrap();
    assert_eq!(known.items.len(), 1, "what is known here is shown all the same");
    let file = File(b"UserID,Email\nu9,u9@acme.example\n".to_vec().into());
    let import = PreviewImport::call(SITE.into(), ImportQuery::default(), file);
    is_not_there(&town, import, "It keeps no files.").await;
    let step = ("acme".to_owned(), Code::new(SyncStep::Pause.code()));
    is_not_there(&town, DoDirectoryStep::call(step, Nothing, Nothing), "It has no sync.").await;
    // Inviting is there, and nobody is invited: neither is asked for what the plan does not hold.
    let run = town.apply(&town.plan().await).await;
    assert_eq!(town.until(run, DONE).await.linked, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn section_3_a_plan_has_nobody_for_whom_the_act_is_not_there() {
    let town = Town::with(&[(act::Act::Link, no("It links nobody silently."))]).await;
    is_not_there(&town, town::make_plan(), "It links nobody silently.").await;
    assert_eq!(town.elsewhere.written().len(), 0);
    let town = Town::with(&[(act::Act::Invite, no("It mails nobody."))]).await;
    let run = town.apply(&town.plan().await).await;
    assert_eq!(town.until(run, DONE).await.linked, 3, "nobody in it is invited");
}

#[tokio::test(flavor = "multi_thread")]
async fn section_3_what_is_done_by_hand_is_reviewed_here_and_not_begun() {
    let town = Town::with(&[(act::Act::Link, by_hand("https://hub.example/users"))]).await;
    let plan = town.plan().await;
    let apply = || ApplyPlan::call(plan.clone(), Nothing, Apply::default());
    let problem = town.refused(apply()).await;
    assert_eq!((problem.status, problem.code.as_str()), (409, code::ACT_GUIDED));
    let told = problem.detail.raw();
    assert!(told.contains("https://hub.example/users"), "{told}");
    assert!(told.ends_with("Afterwards it is seen here."), "{told}");
    assert_eq!(town.refused(apply()).await.code, code::ACT_GUIDED, "the plan was not used");
    assert_eq!(town.elsewhere.written().len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn section_3_a_method_that_is_chosen_elsewhere_is_read_back() {
    let town = Town::with(&[]).await;
    let choose = || {
        let method = SetMethod { method: LinkingMethod::VerifyNow };
        SetMethodCall::call(SITE.into(), Nothing, method)
    };
    let problem = town.refused(choose()).await;
    assert_eq!(problem.code, code::UNAVAILABLE, "nobody can tell now: {problem:?}");
    town.elsewhere.choose("receive_email");
    let problem = town.refused(choose()).await;
    assert_eq!((problem.status, problem.code.as_str()), (409, code::ACT_GUIDED));
    assert!(problem.detail.raw().contains("is “Receive e-mail” there"), "{problem:?}");
    assert!(problem.remedy.contains(&format!("{}/method", town.elsewhere.url)), "{problem:?}");
    town.elsewhere.choose("verify_now");
    let site: Site = town.ask(choose()).await.take().unwrap();
    assert_eq!(site.method, Some(LinkingMethod::VerifyNow));
}
