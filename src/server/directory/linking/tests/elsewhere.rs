//! Linking a site where a provider has it (rules L6, L7): for good, so never twice and never denied.

use std::collections::VecDeque;
use std::future::pending;
use std::sync::Mutex;

use futures_util::future::BoxFuture;
use tokio::sync::Notify;

use super::*;
use crate::server::post::{Fate, Intent};
use crate::server::provider::{
    Accounts, Act, Credentials, How, Observed, ProviderError, Sites, Target,
};

/// What it does when it is asked to link.
#[derive(Debug, Clone, Copy)]
enum Does {
    /// Nothing, for now.
    NotNow,
    /// Refuses.
    Refuses,
    /// Nothing, and its answer is lost.
    Lost,
    /// Links, and its answer is lost.
    LinksAndIsLost,
    /// Links, and never answers.
    LinksAndHangs,
}

#[derive(Debug, Default)]
struct Inner {
    script: VecDeque<Does>,
    /// Times it cannot be looked at.
    blind: usize,
    linked: Vec<(String, String)>,
    intents: Vec<String>,
    actors: Vec<String>,
}

/// A provider with sites of its own.
#[derive(Debug, Clone, Default)]
struct Elsewhere {
    inner: Arc<Mutex<Inner>>,
    hangs: Arc<Notify>,
}

impl Elsewhere {
    fn doing(script: &[Does]) -> Self {
        let inner = Inner { script: script.iter().copied().collect(), ..Inner::default() };
        Self { inner: Arc::new(Mutex::new(inner)), ..Self::default() }
    }

    fn linked(&self) -> Vec<(String, String)> {
        self.inner.lock().unwrap().linked.clone()
    }

    fn intents(&self) -> Vec<String> {
        self.inner.lock().unwrap().intents.clone()
    }

    fn act(&self, as_whom: &Credentials, on: &Target, intent: &Intent) -> Option<Does> {
        let mut inner = self.inner.lock().unwrap();
        inner.intents.push(intent.id.clone());
        inner.actors.push(as_whom.actor.clone());
        let does = inner.script.pop_front();
        if matches!(does, None | Some(Does::LinksAndIsLost | Does::LinksAndHangs)) {
            inner.linked.push((on.site.clone(), on.organization.clone()));
        }
        does
    }
}

impl Provider for Elsewhere {
    fn name(&self) -> &'static str {
        "elsewhere"
    }

    fn can(&self, _: Act) -> How {
        How::Automated
    }

    fn accounts(&self) -> &dyn Accounts {
        panic!("no account is asked for")
    }

    fn sites(&self) -> &dyn Sites {
        self
    }
}

impl Sites for Elsewhere {
    fn link<'a>(
        &'a self,
        as_whom: &'a Credentials,
        on: &'a Target,
        intent: &'a Intent,
    ) -> BoxFuture<'a, Fate> {
        Box::pin(async {
            match self.act(as_whom, on, intent) {
                None => Fate::Accepted(String::new()),
                Some(Does::NotNow) => Fate::not_now(Duration::from_secs(9), "429 too many"),
                Some(Does::Refuses) => Fate::Refused("409 of another customer".into()),
                Some(Does::Lost | Does::LinksAndIsLost) => Fate::Unknown("no answer".into()),
                Some(Does::LinksAndHangs) => {
                    self.hangs.notify_one();
                    pending().await
                }
            }
        })
    }

    fn look<'a>(
        &'a self,
        _: &'a Credentials,
        on: &'a Target,
        _: &'a Intent,
    ) -> BoxFuture<'a, Result<Observed, ProviderError>> {
        Box::pin(async {
            let mut inner = self.inner.lock().unwrap();
            if inner.blind > 0 {
                inner.blind -= 1;
                let pause = Duration::from_secs(7);
                return Err(ProviderError { pause, words: "503 not now".into() });
            }
            let pair = (on.site.clone(), on.organization.clone());
            Ok(if inner.linked.contains(&pair) { Observed::Done } else { Observed::NotDone })
        })
    }
}

/// A site whose job is due.
async fn due(there: &Elsewhere) -> Stage {
    let stage = Stage::over(Some(Arc::new(there.clone()))).await;
    stage.link("fay", acme()).await;
    stage.advance(DELAY);
    stage
}

async fn is_linked_once(stage: &Stage, there: &Elsewhere) {
    let job = stage.job().await;
    assert_eq!((&job["state"], &job["reason"]), (&json!("done"), &Value::Null), "{job}");
    assert_eq!(stage.site_state().await, "enrolled");
    assert_eq!(there.linked(), [(URL.to_owned(), "acme".to_owned())]);
}

#[tokio::test]
async fn l6_a_site_is_linked_once_elsewhere_whatever_comes_back() {
    use Does::{LinksAndIsLost, Lost, NotNow};
    let there = Elsewhere::doing(&[NotNow, Lost, LinksAndIsLost]);
    let stage = due(&there).await;
    for words in ["429 too many", "no answer", "no answer"] {
        stage.work().await;
        let job = stage.job().await;
        assert_eq!(job["state"], "running", "{job}");
        assert_eq!(job["reason"], format!("The link waits for the directory: {words}."));
        assert_eq!(stage.site_state().await, "linking", "nothing follows before it is known");
        assert_eq!(stage.count("SELECT count(*) FROM link_users").await, 0);
    }
    stage.work().await;
    is_linked_once(&stage, &there).await;
    let intents = there.intents();
    assert!(intents.len() == 3 && intents.iter().all(|id| *id == intents[0]), "{intents:?}");
    assert!(there.inner.lock().unwrap().actors.iter().all(|actor| actor == "fay@acme.example"));
}

#[tokio::test]
async fn l7_a_kill_while_the_provider_links_is_made_up_for_and_asks_for_nothing_twice() {
    let there = Elsewhere::doing(&[Does::LinksAndHangs]);
    let mut stage = due(&there).await;
    tokio::select! {
        () = stage.work() => panic!("it does not answer"),
        () = there.hangs.notified() => {}
    }
    stage.restart();
    stage.work().await;
    is_linked_once(&stage, &there).await;
    assert_eq!(there.intents().len(), 1);
}

#[tokio::test]
async fn l6_what_was_done_elsewhere_is_never_denied_whatever_has_changed_meanwhile() {
    let there = Elsewhere::doing(&[Does::LinksAndIsLost]);
    let stage = due(&there).await;
    there.inner.lock().unwrap().blind = 2;
    stage.work().await;
    stage.world.sql("UPDATE sites SET may_link = 0 WHERE id = 3").await;
    for _ in 0..2 {
        stage.work().await;
        let job = stage.job().await;
        assert_eq!(job["state"], "running", "nobody can tell that it is not linked: {job}");
    }
    stage.work().await;
    is_linked_once(&stage, &there).await;
}

#[tokio::test]
async fn l7_a_link_that_is_refused_elsewhere_has_failed_and_is_asked_for_anew() {
    let there = Elsewhere::doing(&[Does::Refuses]);
    let stage = due(&there).await;
    stage.work().await;
    let job = stage.job().await;
    assert_eq!(job["state"], "failed", "{job}");
    assert_eq!(job["reason"], "The directory refuses the link: 409 of another customer.");
    assert_eq!((stage.site_state().await.as_str(), there.linked().len()), ("link_failed", 0));
    let retry = format!("{SITE}/link/retry");
    assert_eq!(stage.world.send("POST", &retry, "fay", json!({})).await.status, 202);
    stage.advance(DELAY);
    stage.work().await;
    is_linked_once(&stage, &there).await;
    let intents = there.intents();
    assert!(intents.len() == 2 && intents[0] != intents[1], "{intents:?}");
}

#[tokio::test]
async fn l7_what_keeps_a_site_from_being_linked_is_found_before_the_provider_is_asked() {
    let there = Elsewhere::doing(&[]);
    let stage = due(&there).await;
    stage.world.sql("UPDATE sites SET may_link = 0 WHERE id = 3").await;
    stage.work().await;
    assert_eq!(stage.job().await["state"], "failed");
    assert_eq!(there.intents().len(), 0);
}
