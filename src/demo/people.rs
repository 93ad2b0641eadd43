//! Everybody one can be in the demo: those of its world, and whoever came to be able to sign in.
//!
//! Owns the token of each and what each is for, read anew for every list: roles are granted and sites
//! linked while one plays. A newcomer's token is made when the list is asked for.

use std::collections::BTreeMap;
use std::sync::Arc;

use sqlx::Row;
use tokio::sync::Mutex;

use super::LABEL;
use crate::api::demo::DemoPerson;
use crate::api::session::Secret;
use crate::domain::role::Role;
use crate::domain::untrusted::Untrusted;
use crate::server::Backend;
use crate::server::auth::tokens::{self, Life};
use crate::server::refusal::Refusal;

/// The people.
pub struct People {
    backend: Arc<Backend>,
    known: Mutex<Vec<DemoPerson>>,
}

impl People {
    /// Those of the world, whose tokens are good.
    pub fn new(backend: Arc<Backend>, people: Vec<DemoPerson>) -> Self {
        Self { backend, known: Mutex::new(people) }
    }

    /// The token of somebody who was listed or is of the world.
    pub async fn token(&self, email: &Untrusted) -> Option<Secret> {
        let known = self.known.lock().await;
        known.iter().find(|person| person.email == *email).map(|person| person.token.clone())
    }

    /// Everybody who can sign in, those of the world first, with their roles and sites as of now.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list(&self) -> Result<Vec<DemoPerson>, Refusal> {
        let mut known = self.known.lock().await;
        let mut tx = self.backend.store.begin().await?;
        let people = sqlx::query(
            "SELECT email, name, backend_admin FROM people
              WHERE disabled_at IS NULL ORDER BY created_at, email",
        )
        .fetch_all(&mut *tx)
        .await?;
        let mut there = BTreeMap::new();
        for row in people {
            let (email, name): (String, String) = (row.try_get(0)?, row.try_get(1)?);
            if !known.iter().any(|person| person.email.raw() == email) {
                let made = tokens::make(
                    &mut tx,
                    &email,
                    LABEL,
                    Life::Endless,
                    self.backend.clock.real_now(),
                )
                .await?;
                let (email, role) = (Untrusted::new(email.as_str()), Untrusted::new(""));
                let name =
                    Untrusted::new(if name.is_empty() { email.raw().to_owned() } else { name });
                known.push(DemoPerson { email, name, role, token: made.secret });
            }
            there.insert(email, row.try_get::<i64, _>(2)? != 0);
        }
        let roles = sqlx::query(
            "SELECT r.email, r.role, o.name FROM organization_roles r
               JOIN organizations o ON o.id = r.organization ORDER BY o.name, r.role",
        )
        .fetch_all(&mut *tx)
        .await?;
        let sites = sqlx::query(
            "SELECT a.email, s.url FROM site_admins a JOIN sites s ON s.id = a.site ORDER BY s.url",
        )
        .fetch_all(&mut *tx)
        .await?;
        tx.commit().await?;
        let mut told: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for row in roles {
            let (role, name): (String, String) = (row.try_get(1)?, row.try_get(2)?);
            let title = Role::from_code(&role).map_or("no role", Role::title);
            told.entry(row.try_get(0)?).or_default().push(format!("{title} of {name}"));
        }
        for row in sites {
            let url: String = row.try_get(1)?;
            told.entry(row.try_get(0)?).or_default().push(url);
        }
        let mut all = Vec::new();
        for person in known.iter() {
            let Some(backend_admin) = there.get(person.email.raw()) else { continue };
            let mut words = told.remove(person.email.raw()).unwrap_or_default();
            if *backend_admin {
                words.insert(0, Role::BackendAdmin.title().to_owned());
            }
            if words.is_empty() {
                words.push("no role yet".to_owned());
            }
            all.push(DemoPerson { role: words.join(", ").into(), ..person.clone() });
        }
        Ok(all)
    }
}
