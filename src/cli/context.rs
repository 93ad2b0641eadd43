//! What every command works with: the settings, standard output, the person, the client.
//!
//! Owns how a backend and a session are found, and reading lists page by page. Must not know any
//! command.

use super::exit::{Exit, Failure};
use super::output::Out;
use super::prompt::Person;
use crate::api::call::{Reply, Request};
use crate::api::page::Page;
use crate::client::endpoint::Endpoint;
use crate::client::{Client, Options};
use crate::config::Settings;
use crate::config::environment::Environment;
use crate::server::LostLines;

/// How many items a page of a list has.
pub const PAGE: u16 = 500;

/// A command's surroundings.
pub struct Context {
    /// How many lines of the log were lost.
    pub lost_lines: LostLines,
    /// The settings.
    pub settings: Settings,
    /// The environment they came from.
    pub environment: Environment,
    /// What is wrong with the settings, where a command goes on without it.
    pub mistakes: Vec<String>,
    /// Where results go.
    pub out: Out,
    /// Who may be asked.
    pub person: Person,
    /// The key of a write that was not answered, where it is repeated.
    pub key: Option<String>,
}

impl Context {
    /// The backend that was configured.
    ///
    /// # Errors
    /// That none was, or that its URL will not do.
    pub fn endpoint(&self) -> Result<Endpoint, Failure> {
        let Some(backend) = &self.settings.backend else {
            return Err(Failure::usage(
                "no backend is configured: `hublink login --backend URL` signs in to one and \
                 remembers it, `hublink serve` runs one on this machine, and `hublink demo` needs \
                 none (also --backend URL, HUBLINK_BACKEND, or `backend = ` in the file that \
                 `hublink paths` names)",
            ));
        };
        Ok(Endpoint::parse(backend, self.settings.insecure)?)
    }

    /// A client that is not signed in.
    ///
    /// # Errors
    /// As [`Context::endpoint`], and what keeps a client from being set up.
    pub fn anonymous(&self) -> Result<Client, Failure> {
        let (proxy, key) = (self.settings.proxy.clone(), self.key.clone());
        let options = Options { proxy, key, ..Options::default() };
        Ok(Client::new(self.endpoint()?, &options)?)
    }

    /// A client with the token of the environment, else with the stored session of the backend;
    /// with neither it is not signed in, and the backend will say so.
    ///
    /// # Errors
    /// As [`Context::anonymous`], and when the stored sessions cannot be trusted.
    pub fn client(&self) -> Result<Client, Failure> {
        let client = self.anonymous()?;
        if self.settings.token.is_some() {
            return Ok(client.with_token(self.settings.token.as_ref())?);
        }
        let stored = self.settings.credentials().get(client.endpoint().as_str())?;
        Ok(client.with_token(stored.as_ref().map(|credential| &credential.token))?)
    }

    /// Asks the backend one thing.
    ///
    /// # Errors
    /// What went wrong.
    pub async fn ask(&self, request: Request) -> Result<Reply, Failure> {
        Ok(self.client()?.send(&request, None).await?)
    }
}

/// Reads a whole list, page by page.
///
/// # Errors
/// What went wrong with one of the pages.
pub async fn all_pages<T>(
    client: &Client,
    page: impl Fn(Option<String>) -> Request,
    take: fn(Reply) -> Option<Page<T>>,
) -> Result<Vec<T>, Failure> {
    let mut items = Vec::new();
    let mut cursor = None;
    loop {
        let reply = client.send(&page(cursor.clone()), None).await?;
        let Page { items: more, next } = take(reply).ok_or_else(Failure::odd_reply)?;
        items.extend(more);
        match next {
            None => return Ok(items),
            // A cursor that stands still would never end.
            Some(_) if next == cursor => {
                return Err(Failure::told(
                    Exit::Failed,
                    "the backend gives the same page again and again; the list is not complete",
                ));
            }
            Some(_) => cursor = next,
        }
    }
}
