//! A backend for tests: a fresh database, people with tokens, and requests without a network.
//!
//! Owns the small world that the tests of routes and of the directory share.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode, header};
use serde_json::Value;
use sqlx::AssertSqlSafe;
use tower::ServiceExt;

use super::auth::tokens::{self, Life};
use super::directory::{Directory, identities};
use super::engine;
use super::post::Post;
use super::stop::Stop;
use super::store::hash_secret;
use super::{Backend, ServeOptions, prepare, router};

/// The backend administrator's token.
pub const ROOT: &str = "root";

/// A backend and its routes.
pub struct Fixture {
    pub backend: Arc<Backend>,
    pub app: Router,
    _folder: tempfile::TempDir,
}

/// An answer, read.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub json: Value,
}

impl Answer {
    /// The problem's code; empty when it is none.
    pub fn code(&self) -> &str {
        self.json["code"].as_str().unwrap_or_default()
    }
}

impl Fixture {
    /// An empty backend with its administrator, whose token is [`ROOT`].
    pub async fn new() -> Self {
        Self::with(|_| {}).await
    }

    /// The same with other options.
    pub async fn with(change: impl FnOnce(&mut ServeOptions)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut options =
            ServeOptions::loopback(format!("sqlite:{}", folder.path().join("a.db").display()));
        change(&mut options);
        let prepared = prepare(options).await.unwrap();
        let backend = prepared.backend.clone();
        let app = router::router(backend.clone(), Router::new());
        let fixture = Self { backend, app, _folder: folder };
        let first = prepared.first_admin.unwrap().email;
        fixture.token(&first, ROOT).await;
        fixture
    }

    /// The directory once more, whose work a test does by hand.
    pub fn directory(&self) -> Directory {
        let Backend { store, clock, options, post, .. } = &*self.backend;
        let url = self.backend.public_url();
        Directory::new(store.clone(), clock.clone(), options, &url, post.clone())
    }

    /// Starts what goes on by itself.
    pub fn start(&self) {
        engine::start(&self.backend);
        self.backend.directory.clone().start(&self.backend.chores);
    }

    /// The same, with an outbox of its own: as another process has it.
    pub fn another_process(&self) -> Directory {
        let Backend { store, clock, options, .. } = &*self.backend;
        let url = self.backend.public_url();
        let post = Post::new(store.clone(), options, Stop::default()).unwrap();
        Directory::new(store.clone(), clock.clone(), options, &url, Arc::new(post))
    }

    /// Acme with its admins, sites and partner, Zeta beside it, and a site of nobody's.
    ///
    /// Tokens are the names: `fay` full, `rob` read-only, `pat` partner, `sam` site admin of
    /// `acme.webex.example`, `zoe` full admin of Zeta, `ned` site admin of `new.webex.example`.
    pub async fn small_world(&self) {
        self.sql(
            "INSERT INTO organizations (id, name, kind, partner, created_at) VALUES
               ('meridian', 'Meridian Networks', 'partner', NULL, 0),
               ('acme', 'Acme Robotics', 'customer', 'meridian', 0),
               ('zeta', 'Zeta Foods', 'customer', NULL, 0);
             INSERT INTO organization_roles (organization, email, role) VALUES
               ('meridian', 'pat@meridian.example', 'partner_admin'),
               ('acme', 'fay@acme.example', 'full_admin'),
               ('acme', 'rob@acme.example', 'read_only_admin'),
               ('zeta', 'zoe@zeta.example', 'full_admin');
             INSERT INTO identities (email_key, organization, lasting) VALUES
               ('pat@meridian.example', 'meridian', 0), ('fay@acme.example', 'acme', 0),
               ('rob@acme.example', 'acme', 0), ('zoe@zeta.example', 'zeta', 0);
             INSERT INTO sites (id, url, company, organization, state, linked_at) VALUES
               (1, 'acme.webex.example', 'Acme Robotics Inc', 'acme', 'enrolled', 0),
               (2, 'zeta.webex.example', 'Zeta Foods', 'zeta', 'enrolled', 0),
               (3, 'new.webex.example', 'Newcomer', NULL, 'not_enrolled', NULL);
             INSERT INTO site_admins (site, email) VALUES
               (1, 'sam@acme.example'), (3, 'ned@new.example');",
        )
        .await;
        for email in [
            "fay@acme.example",
            "rob@acme.example",
            "pat@meridian.example",
            "sam@acme.example",
            "zoe@zeta.example",
            "ned@new.example",
        ] {
            self.person(email).await;
        }
    }

    /// Adds a user to a site of [`Fixture::small_world`]; answers the number.
    pub async fn user(&self, site: i64, address: &str) -> u32 {
        let key = crate::domain::address::Address::parse(address).ok();
        let mut tx = self.backend.store.begin().await.unwrap();
        let number: u32 = sqlx::query_scalar(
            "SELECT coalesce(max(number) + 1, 0) FROM site_users WHERE site = $1",
        )
        .bind(site)
        .fetch_one(&mut *tx)
        .await
        .unwrap();
        sqlx::query(
            "INSERT INTO site_users (site, number, user_id, active, first_name, last_name,
               display_name, address, address_key, domain, department, added_revision)
             VALUES ($1, $2, $3, 1, 'F', 'L', '', $4, $5, $6, 'Sales', 1)",
        )
        .bind(site)
        .bind(number)
        .bind(format!("u{number}"))
        .bind(address)
        .bind(key.as_ref().map(|k| k.as_str().to_owned()))
        .bind(key.as_ref().map(|k| k.domain_str().to_owned()))
        .execute(&mut *tx)
        .await
        .unwrap();
        tx.commit().await.unwrap();
        number
    }

    /// Links all users of a site, and makes them identities as row 8 does.
    pub async fn linked(&self, site: i64) {
        let mut tx = self.backend.store.begin().await.unwrap();
        sqlx::query("UPDATE site_users SET link = 'linked', linked_at = 0 WHERE site = $1")
            .bind(site)
            .execute(&mut *tx)
            .await
            .unwrap();
        let organization: String =
            sqlx::query_scalar("SELECT organization FROM sites WHERE id = $1")
                .bind(site)
                .fetch_one(&mut *tx)
                .await
                .unwrap();
        identities::keep_users(&mut tx, (site, &organization), None).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// Somebody who can sign in; the token is what stands before the `@`.
    pub async fn person(&self, email: &str) {
        let mut tx = self.backend.store.begin().await.unwrap();
        sqlx::query("INSERT INTO people (email, name, created_at) VALUES ($1, $1, 0)")
            .bind(email)
            .execute(&mut *tx)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        self.token(email, email.split('@').next().unwrap()).await;
    }

    async fn token(&self, email: &str, secret: &str) {
        let mut tx = self.backend.store.begin().await.unwrap();
        let token = tokens::make(&mut tx, email, "test", Life::Endless, jiff::Timestamp::now())
            .await
            .unwrap();
        sqlx::query("UPDATE tokens SET hash = $2 WHERE id = $1")
            .bind(token.id)
            .bind(hash_secret(secret))
            .execute(&mut *tx)
            .await
            .unwrap();
        tx.commit().await.unwrap();
    }

    /// Runs statements.
    pub async fn sql(&self, statements: &str) {
        let mut tx = self.backend.store.begin().await.unwrap();
        sqlx::raw_sql(AssertSqlSafe(statements.to_owned())).execute(&mut *tx).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// Sends a request with a JSON body (`null`: none) as somebody (empty: nobody).
    pub async fn send(&self, method: &str, path: &str, token: &str, body: Value) -> Answer {
        self.send_with(method, path, token, body, &[]).await
    }

    /// The same with further headers.
    pub async fn send_with(
        &self,
        method: &str,
        path: &str,
        token: &str,
        body: Value,
        headers: &[(&str, &str)],
    ) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        if !token.is_empty() {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let body = if body.is_null() {
            Body::empty()
        } else {
            request = request.header(header::CONTENT_TYPE, "application/json");
            Body::from(body.to_string())
        };
        self.send_raw(request.body(body).unwrap()).await
    }

    /// Sends a request as it is.
    pub async fn send_raw(&self, request: Request<Body>) -> Answer {
        let response = self.app.clone().oneshot(request).await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        let json = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        Answer { status, headers, json }
    }

    /// `GET` as somebody.
    pub async fn get(&self, path: &str, token: &str) -> Answer {
        self.send("GET", path, token, Value::Null).await
    }
}
