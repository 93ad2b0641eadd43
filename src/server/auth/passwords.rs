//! Passwords: argon2id with 19 MiB and two passes, two at a time.
//!
//! Owns hashing and checking, off the async threads. An unknown person costs as much time as a
//! known one, so that nobody learns who exists.

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use axum::http::StatusCode;
use tokio::sync::Semaphore;

use crate::api::problem::code;
use crate::api::session::Secret;
use crate::domain::fold::fold;
use crate::server::refusal::Refusal;

/// The fewest characters of a new password.
pub const SHORTEST: usize = 12;
/// The most bytes of a password that are looked at.
pub const LONGEST: usize = 1024;

/// Whether a new password will do for whoever has this address (empty: not known yet).
///
/// # Errors
/// 422 at `password`, saying what it needs.
pub fn acceptable(password: &Secret, address: &str) -> Result<(), Refusal> {
    let text = password.expose();
    if is_of(text, address) {
        let words = "Your address is the first thing that is guessed. Choose another password.";
        return Err(Refusal::invalid("password", words));
    }
    let words = match (text.chars().count(), text.len()) {
        (0..SHORTEST, _) => "A password has at least 12 characters.",
        (_, ..=LONGEST) => return Ok(()),
        _ => "This password is longer than 1,024 bytes.",
    };
    Err(Refusal::invalid("password", words))
}

/// Whether a password is its owner's address, or what stands before the `@`, however spelled.
fn is_of(password: &str, address: &str) -> bool {
    let folded = |text: &str| fold(text.trim());
    let (password, address) = (folded(password), folded(address));
    let local = address.split('@').next().unwrap_or_default();
    !local.is_empty() && (password == address || password == local)
}

/// How long one waits for a turn before being told to come back.
const PATIENCE: Duration = Duration::from_secs(5);

/// What is checked for a person who does not exist, or has no password.
static NOBODY: LazyLock<Option<String>> = LazyLock::new(|| hash_now("nobody has this password"));

/// Hashes and checks passwords, two at a time: each takes 19 MiB and a core.
#[derive(Debug)]
pub struct Passwords(Arc<Semaphore>);

impl Default for Passwords {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(2)))
    }
}

impl Passwords {
    /// The PHC string of a password.
    ///
    /// # Errors
    /// 503 when too many wait.
    pub async fn hash(&self, password: &Secret) -> Result<String, Refusal> {
        let password = password.clone();
        self.turn(move || hash_now(password.expose()))
            .await?
            .ok_or_else(|| Refusal::internal(&"argon2 refused its parameters"))
    }

    /// Whether a password is the one behind a PHC string; never for `None`, but as slowly.
    ///
    /// # Errors
    /// 503 when too many wait.
    pub async fn check(&self, password: &Secret, phc: Option<String>) -> Result<bool, Refusal> {
        let password = password.clone();
        self.turn(move || {
            let known = phc.is_some();
            let Some(phc) = phc.or_else(|| NOBODY.clone()) else { return false };
            let right = hasher().is_some_and(|argon| {
                argon.verify_password(password.expose().as_bytes(), phc.as_str()).is_ok()
            });
            known && right && password.expose().len() <= LONGEST
        })
        .await
    }

    async fn turn<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Refusal> {
        let permit = tokio::time::timeout(PATIENCE, self.0.clone().acquire_owned()).await;
        let Ok(Ok(permit)) = permit else {
            return Err(Refusal::new(
                StatusCode::SERVICE_UNAVAILABLE,
                code::UNAVAILABLE,
                "Too many people are signing in at this moment.",
                "Try again in a few seconds.",
            )
            .retry_after(3));
        };
        tokio::task::spawn_blocking(move || {
            let _permit = permit;
            work()
        })
        .await
        .map_err(|fault| Refusal::internal(&fault))
    }
}

fn hasher() -> Option<Argon2<'static>> {
    let params = Params::new(19 * 1024, 2, 1, None).ok()?;
    Some(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

fn hash_now(password: &str) -> Option<String> {
    Some(hasher()?.hash_password(password.as_bytes()).ok()?.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn p5_a_password_is_not_ones_own_address() {
        let address = "katharina.lang@acme.example";
        let refused = |text: &str| acceptable(&Secret::new(text), address).is_err();
        for text in [address, " Katharina.Lang@ACME.example", "katharina.lang", "KATHARINA.LANG "] {
            assert!(refused(text), "{text}");
        }
        assert!(!refused("katharina.lang's dog"));
        assert!(acceptable(&Secret::new("correct horse"), "").is_ok());
    }

    #[tokio::test]
    async fn only_the_right_password_passes() {
        let passwords = Passwords::default();
        let right = Secret::new("correct horse battery");
        let phc = passwords.hash(&right).await.unwrap();
        assert!(phc.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{phc}");
        assert!(passwords.check(&right, Some(phc.clone())).await.unwrap());
        assert!(!passwords.check(&Secret::new("wrong"), Some(phc)).await.unwrap());
        assert!(!passwords.check(&Secret::new("nobody has this password"), None).await.unwrap());
    }
}
