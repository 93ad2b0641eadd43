//! A second provider: it reaches a directory over HTTP, by requests of at most 100 accounts.
//!
//! Owns the whole of it. What it answers by is the seam's: 429 is "not now", a refusal by name is one,
//! and whatever else is not a plain success may have been done.

use std::collections::HashSet;
use std::time::Duration;

use futures_util::future::{BoxFuture, join_all};
use hublink::domain::linking::LinkingMethod;
use hublink::server::post::{Fate, Intent};
use hublink::server::provider::{
    Account, Accounts, Act, Credentials, How, Observed, Provider, ProviderError, Restore, Sites,
    Target,
};
use reqwest::{Client, Response, StatusCode};

use super::elsewhere::Asked;

/// Accounts of one request.
const MOST: usize = 100;

/// The provider.
#[derive(Debug, Clone)]
pub struct Remote {
    url: String,
    /// Acts that it does otherwise than it would.
    ways: Vec<(Act, How)>,
    http: Client,
}

impl Remote {
    /// Over the directory at this URL, with these acts done otherwise.
    pub fn at(url: &str, ways: &[(Act, How)]) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = Client::builder().no_proxy().tls_certs_only([]).build().unwrap();
        Self { url: url.to_owned(), ways: ways.to_vec(), http }
    }

    async fn post(&self, path: &str, body: &Asked) -> reqwest::Result<Response> {
        self.http.post(format!("{}/{path}", self.url)).json(body).send().await
    }

    /// Switches the mails of the whole organization, or only looks; answers how they stood.
    async fn mails(&self, to: Option<bool>) -> Result<bool, ProviderError> {
        let answer = self.http.post(format!("{}/mails", self.url)).json(&to).send().await;
        answer
            .and_then(Response::error_for_status)
            .map_err(|fault| later(&fault))?
            .json()
            .await
            .map_err(|fault| later(&fault))
    }

    async fn link(&self, asked: Asked) -> Vec<Fate> {
        let all = |fate: Fate| vec![fate; asked.accounts.len()];
        let answer = match self.post("link", &asked).await {
            Ok(answer) => answer,
            Err(fault) => return all(Fate::Unknown(fault.to_string())),
        };
        match answer.status() {
            StatusCode::OK => match answer.json::<HashSet<String>>().await {
                Ok(taken) => asked
                    .accounts
                    .iter()
                    .map(|account| {
                        if taken.contains(account) {
                            Fate::Refused("409 taken elsewhere".into())
                        } else {
                            Fate::Accepted(String::new())
                        }
                    })
                    .collect(),
                Err(fault) => all(Fate::Unknown(fault.to_string())),
            },
            StatusCode::TOO_MANY_REQUESTS => {
                let pause = answer.headers().get("retry-after-ms");
                let pause = pause.and_then(|ms| ms.to_str().ok()?.parse().ok()).unwrap_or(1_000);
                all(Fate::not_now(Duration::from_millis(pause), "429 too many requests"))
            }
            StatusCode::IM_A_TEAPOT => panic!("on an answer that nobody expected"),
            // It may have written before it said so.
            status => all(Fate::Unknown(status.to_string())),
        }
    }
}

fn later(fault: &reqwest::Error) -> ProviderError {
    ProviderError { pause: Duration::from_millis(30), words: fault.to_string() }
}

fn asked(as_whom: &Credentials, on: &Target, intent: &Intent, accounts: &[Account]) -> Asked {
    Asked {
        as_whom: as_whom.actor.clone(),
        organization: on.organization.clone(),
        site: on.site.clone(),
        intent: intent.id.clone(),
        accounts: accounts.iter().map(|account| account.user_id.clone()).collect(),
    }
}

impl Provider for Remote {
    fn name(&self) -> &'static str {
        "remote"
    }

    fn can(&self, act: Act) -> How {
        if let Some((_, how)) = self.ways.iter().find(|(of, _)| *of == act) {
            return how.clone();
        }
        match act {
            Act::Method => How::Guided {
                link: format!("{}/method", self.url),
                check: "the site's method is read back.".into(),
            },
            Act::Domains => How::Unavailable { why: "It has no list of domains.".into() },
            _ => How::Automated,
        }
    }

    fn method<'a>(
        &'a self,
        _: &'a Credentials,
        on: &'a Target,
    ) -> BoxFuture<'a, Result<Option<LinkingMethod>, ProviderError>> {
        Box::pin(async {
            let url = format!("{}/method/{}", self.url, on.site);
            let answer = self.http.get(url).send().await.map_err(|fault| later(&fault))?;
            let answer = answer.error_for_status().map_err(|fault| later(&fault))?;
            let there: Option<String> = answer.json().await.map_err(|fault| later(&fault))?;
            Ok(there.as_deref().and_then(LinkingMethod::from_code))
        })
    }

    fn accounts(&self) -> &dyn Accounts {
        self
    }

    fn sites(&self) -> &dyn Sites {
        self
    }
}

impl Accounts for Remote {
    fn carry_out<'a>(
        &'a self,
        as_whom: &'a Credentials,
        on: &'a Target,
        intent: &'a Intent,
        accounts: &'a [Account],
    ) -> BoxFuture<'a, Vec<Fate>> {
        Box::pin(async move {
            let some = accounts.chunks(MOST).map(|some| asked(as_whom, on, intent, some));
            join_all(some.map(|asked| self.link(asked))).await.concat()
        })
    }

    fn look<'a>(
        &'a self,
        as_whom: &'a Credentials,
        on: &'a Target,
        intent: &'a Intent,
        accounts: &'a [Account],
    ) -> BoxFuture<'a, Result<Vec<Observed>, ProviderError>> {
        Box::pin(async move {
            let asked = asked(as_whom, on, intent, accounts);
            let answer = self.post("look", &asked).await.map_err(|fault| later(&fault))?;
            let answer = answer.error_for_status().map_err(|fault| later(&fault))?;
            let there: HashSet<String> = answer.json().await.map_err(|fault| later(&fault))?;
            let seen = |account: &Account| {
                if there.contains(&account.user_id) { Observed::Done } else { Observed::NotDone }
            };
            Ok(accounts.iter().map(seen).collect())
        })
    }

    fn switched<'a>(
        &'a self,
        _: &'a Credentials,
        _: &'a Target,
    ) -> BoxFuture<'a, Result<Option<Restore>, ProviderError>> {
        Box::pin(async { Ok(Some(Restore(self.mails(None).await?.to_string()))) })
    }

    fn open<'a>(
        &'a self,
        _: &'a Credentials,
        _: &'a Target,
    ) -> BoxFuture<'a, Result<(), ProviderError>> {
        Box::pin(async { self.mails(Some(false)).await.map(drop) })
    }

    fn close<'a>(
        &'a self,
        _: &'a Credentials,
        _: &'a Target,
        before: &'a Restore,
    ) -> BoxFuture<'a, Result<(), ProviderError>> {
        Box::pin(async { self.mails(Some(before.0 == "true")).await.map(drop) })
    }
}

/// What a site is written as there: an account named after it.
fn site(on: &Target) -> Vec<Account> {
    let (user_id, address) = (on.site.clone(), String::new());
    vec![Account { user_id, address, provisional: false }]
}

impl Sites for Remote {
    fn link<'a>(
        &'a self,
        as_whom: &'a Credentials,
        on: &'a Target,
        intent: &'a Intent,
    ) -> BoxFuture<'a, Fate> {
        Box::pin(async move {
            let fates = self.link(asked(as_whom, on, intent, &site(on))).await;
            fates.into_iter().next().unwrap_or(Fate::Unknown("it said nothing".into()))
        })
    }

    fn look<'a>(
        &'a self,
        as_whom: &'a Credentials,
        on: &'a Target,
        intent: &'a Intent,
    ) -> BoxFuture<'a, Result<Observed, ProviderError>> {
        Box::pin(async move {
            let seen = Accounts::look(self, as_whom, on, intent, &site(on)).await?;
            Ok(seen.into_iter().next().unwrap_or(Observed::NotDone))
        })
    }
}
