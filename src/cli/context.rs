//! What every command works with: the settings, standard output, the person, the client.
//!
//! Owns how a backend and a session are found, and reading lists page by page. Must not know any
//! command.

use std::any::Any;
use std::marker::PhantomData;

use serde::Serialize;

use super::exit::Failure;
use super::grid::Column;
use super::output::Out;
use super::prompt::Person;
use crate::api::call::Request;
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
            )
            .coded("no_backend"));
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
    pub async fn ask<T: Any + Clone>(&self, request: Request) -> Result<T, Failure> {
        Ok(self.client()?.ask(&request).await?)
    }

    /// Asks for a list, page by page, and writes it: as much of it as is wanted, and a page as soon as
    /// it is there where JSON goes out a line at a time.
    ///
    /// # Errors
    /// What went wrong with one of the pages, or with writing.
    pub async fn list_pages<T: Serialize + Clone + 'static>(
        &mut self,
        page: impl Fn(Option<String>) -> Request,
        columns: &[Column<T>],
    ) -> Result<(), Failure> {
        self.list_pages_as(page, |item: T| item, columns).await
    }

    /// The same, each item as it is told.
    ///
    /// # Errors
    /// As [`Context::list_pages`].
    pub async fn list_pages_as<T: Clone + 'static, U: Serialize>(
        &mut self,
        page: impl Fn(Option<String>) -> Request,
        told: fn(T) -> U,
        columns: &[Column<U>],
    ) -> Result<(), Failure> {
        let client = self.client()?;
        // One more, so that it is known whether there are more.
        let most = self.out.limit().map_or(usize::MAX, |limit| limit.saturating_add(1));
        let (mut kept, mut count) = (Vec::new(), 0);
        let mut pages = Pages { page, items: PhantomData::<T>, cursor: None, over: false };
        while let Some(items) = pages.next(&client).await? {
            let items: Vec<U> = items.into_iter().map(told).collect();
            count += items.len();
            if self.out.is_lines() {
                self.out.list(items.iter(), columns)?;
            } else {
                kept.extend(items);
            }
            if count >= most {
                break;
            }
        }
        if self.out.is_lines() { Ok(()) } else { self.out.list(kept.iter(), columns) }
    }
}

/// A list that is read page by page.
struct Pages<F, T> {
    page: F,
    items: PhantomData<T>,
    cursor: Option<String>,
    over: bool,
}

impl<F: Fn(Option<String>) -> Request, T: Clone + 'static> Pages<F, T> {
    /// The next page; none after the last.
    async fn next(&mut self, client: &Client) -> Result<Option<Vec<T>>, Failure> {
        if self.over {
            return Ok(None);
        }
        let Page { items, next } = client.ask(&(self.page)(self.cursor.clone())).await?;
        // A cursor that stands still would never end.
        if next.is_some() && next == self.cursor {
            return Err(Failure::same_page());
        }
        self.over = next.is_none();
        self.cursor = next;
        Ok(Some(items))
    }
}

/// Reads a whole list, page by page.
///
/// # Errors
/// What went wrong with one of the pages.
pub async fn all_pages<T: Clone + 'static>(
    client: &Client,
    page: impl Fn(Option<String>) -> Request,
) -> Result<Vec<T>, Failure> {
    let mut all = Vec::new();
    let mut pages = Pages { page, items: PhantomData::<T>, cursor: None, over: false };
    while let Some(items) = pages.next(client).await? {
        all.extend(items);
    }
    Ok(all)
}
