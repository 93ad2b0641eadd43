//! Following the link of a mail as its addressee would: fetch the page, fill in and send its form.
//!
//! Owns the one HTTP client of the demo, which goes to the demo's own backend and nowhere else,
//! not even through a redirect or a proxy. Must not know the backend's insides: it reads the page
//! that a person would see.

mod form;

use std::time::Duration;

use reqwest::header::CONTENT_TYPE;
use reqwest::redirect::Policy;
use reqwest::{Client, Response, Url};

use crate::api::demo::Answer;
use form::Filled;

/// How long a page may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// How a form is sent.
const FORM: &str = "application/x-www-form-urlencoded";
/// No welcome has more pages.
const PAGES: usize = 3;
/// The longest page that is read.
const LONGEST_PAGE: usize = 256 * 1024;

/// Why a mail was not answered.
#[derive(Debug, thiserror::Error)]
pub enum BrowserError {
    /// The link leads elsewhere.
    #[error("its link does not lead to this demo, which never touches the network")]
    Elsewhere,
    /// The page is not to be had.
    #[error("its page could not be fetched: {0}")]
    Unreachable(#[from] reqwest::Error),
    /// The page says no.
    #[error("the page answers {status}: {words}")]
    Refused {
        /// The HTTP status.
        status: u16,
        /// What stands on the page.
        words: String,
    },
    /// Nothing to press.
    #[error("the page has no such button; it says: {0}")]
    NoForm(String),
    /// More than a page.
    #[error("the page is longer than a page should be")]
    TooLong,
}

/// A browser that can open the demo's own pages.
#[derive(Debug)]
pub struct Browser {
    client: Client,
    home: Url,
}

impl Browser {
    /// A browser for the backend at this URL.
    ///
    /// # Errors
    /// When the URL is none, or the client cannot be made.
    pub fn new(home: &str) -> Result<Self, BrowserError> {
        // Somebody may have installed it before; it is the same one.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let home = Url::parse(home).map_err(|_| BrowserError::Elsewhere)?;
        let origin = home.origin();
        let stay = Policy::custom(move |attempt| {
            if attempt.url().origin() == origin && attempt.previous().len() < 5 {
                attempt.follow()
            } else {
                attempt.stop()
            }
        });
        // It speaks plain HTTP to loopback alone: a system without CA certificates will do.
        let alone = Client::builder().no_proxy().tls_certs_only([]);
        let client = alone.redirect(stay).timeout(PATIENCE).build()?;
        Ok(Self { client, home })
    }

    /// Opens the link and presses the button that gives this answer.
    ///
    /// # Errors
    /// A [`BrowserError`]: the page's own words where it says no.
    pub async fn answer(&self, link: &str, answer: Answer) -> Result<(), BrowserError> {
        let link = Url::parse(link).map_err(|_| BrowserError::Elsewhere)?;
        self.stay(&link)?;
        let page = read(self.client.get(link.clone()).send().await?).await?;
        let Some(form) = form::find(&page, answer) else {
            return Err(BrowserError::NoForm(form::words(&page)));
        };
        self.send(&link, &form).await.map(drop)
    }

    /// Opens the link of a welcome and goes on to its last page: with this secret where a password
    /// is asked for, and every box ticked.
    ///
    /// # Errors
    /// A [`BrowserError`]: the page's own words where it says no.
    pub async fn walk_through(&self, link: &str, secret: &str) -> Result<(), BrowserError> {
        let link = Url::parse(link).map_err(|_| BrowserError::Elsewhere)?;
        self.stay(&link)?;
        let mut page = read(self.client.get(link.clone()).send().await?).await?;
        for _ in 0..PAGES {
            let Some(form) = form::find_step(&page, secret) else {
                return Err(BrowserError::NoForm(form::words(&page)));
            };
            page = self.send(&link, &form).await?;
            if form::find_step(&page, secret).is_none() {
                return Ok(());
            }
        }
        Err(BrowserError::NoForm(form::words(&page)))
    }

    async fn send(&self, from: &Url, form: &Filled) -> Result<String, BrowserError> {
        let target = from.join(&form.action).map_err(|_| BrowserError::Elsewhere)?;
        self.stay(&target)?;
        let body = serde_urlencoded::to_string(&form.fields).unwrap_or_default();
        let post = self.client.post(target).header(CONTENT_TYPE, FORM).body(body);
        read(post.send().await?).await
    }

    fn stay(&self, url: &Url) -> Result<(), BrowserError> {
        if url.origin() == self.home.origin() { Ok(()) } else { Err(BrowserError::Elsewhere) }
    }
}

async fn read(mut response: Response) -> Result<String, BrowserError> {
    let status = response.status();
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > LONGEST_PAGE {
            return Err(BrowserError::TooLong);
        }
    }
    let page = String::from_utf8_lossy(&bytes).into_owned();
    if status.is_success() {
        Ok(page)
    } else {
        Err(BrowserError::Refused { status: status.as_u16(), words: form::words(&page) })
    }
}

#[cfg(test)]
mod tests;
