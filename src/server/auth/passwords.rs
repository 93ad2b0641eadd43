//! Passwords: argon2id with 19 MiB and two passes, two at a time.
//!
//! Owns hashing and checking, off the async threads, in two buffers that are made once: however many
//! sign in, memory stays flat. An unknown person costs as much time as a known one, so that nobody
//! learns who exists. So many may wait for a turn and no more.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::{Algorithm, Argon2, Block, Params, Version};
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
/// So many hash at once: each takes 19 MiB and a core.
const TURNS: usize = 2;
/// So many wait for a turn.
const QUEUE: usize = 16;

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
static NOBODY: OnceLock<Option<String>> = OnceLock::new();

/// Hashes and checks passwords.
#[derive(Debug)]
pub struct Passwords {
    /// Who hashes or waits.
    places: Arc<Semaphore>,
    turns: Arc<Semaphore>,
    buffers: Arc<Mutex<Vec<Buffer>>>,
}

/// What argon2 works in.
#[derive(Default)]
struct Buffer(Vec<Block>);

impl std::fmt::Debug for Buffer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Buffer({})", self.0.len())
    }
}

impl Default for Passwords {
    fn default() -> Self {
        let buffers = (0..TURNS).map(|_| Buffer::default()).collect();
        Self {
            places: Arc::new(Semaphore::new(TURNS + QUEUE)),
            turns: Arc::new(Semaphore::new(TURNS)),
            buffers: Arc::new(Mutex::new(buffers)),
        }
    }
}

impl Passwords {
    /// The PHC string of a password.
    ///
    /// # Errors
    /// 429 when too many wait.
    pub async fn hash(&self, password: &Secret) -> Result<String, Refusal> {
        let password = password.clone();
        self.turn(move |buffer| buffer.phc(password.expose()))
            .await?
            .ok_or_else(|| Refusal::internal(&"argon2 refused its parameters"))
    }

    /// Whether a password is the one behind a PHC string; never for `None`, but as slowly.
    ///
    /// # Errors
    /// 429 when too many wait.
    pub async fn check(&self, password: &Secret, phc: Option<String>) -> Result<bool, Refusal> {
        let password = password.clone();
        self.turn(move |buffer| {
            let known = phc.is_some();
            let nobodys = || NOBODY.get_or_init(|| buffer.phc("nobody has this password")).clone();
            let Some(phc) = phc.or_else(nobodys) else { return false };
            let right = buffer.is_right(password.expose(), &phc);
            known && right && password.expose().len() <= LONGEST
        })
        .await
    }

    async fn turn<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Buffer) -> T + Send + 'static,
    ) -> Result<T, Refusal> {
        let place = self.places.clone().try_acquire_owned().map_err(|_| too_many())?;
        let turn = tokio::time::timeout(PATIENCE, self.turns.clone().acquire_owned()).await;
        let Ok(Ok(turn)) = turn else { return Err(too_many()) };
        let buffers = Arc::clone(&self.buffers);
        tokio::task::spawn_blocking(move || {
            let _held = (place, turn);
            let of = || buffers.lock().unwrap_or_else(PoisonError::into_inner);
            // As many as there are turns; one that a panic took is made anew.
            let taken = of().pop();
            let mut buffer = taken.unwrap_or_default();
            let done = work(&mut buffer);
            of().push(buffer);
            done
        })
        .await
        .map_err(|fault| Refusal::internal(&fault))
    }
}

fn too_many() -> Refusal {
    Refusal::new(
        StatusCode::TOO_MANY_REQUESTS,
        code::TOO_MANY,
        "Too many people are signing in at this moment.",
        "Try again in a few seconds.",
    )
    .retry_after(3)
}

impl Buffer {
    fn phc(&mut self, password: &str) -> Option<String> {
        let params = Params::new(19 * 1024, 2, 1, None).ok()?;
        let salt = Salt::generate();
        let hash = self.hash(password, &salt, &params, Params::DEFAULT_OUTPUT_LEN)?;
        let phc = PasswordHash {
            algorithm: Algorithm::Argon2id.ident(),
            version: Some(Version::V0x13.into()),
            params: ParamsString::try_from(&params).ok()?,
            salt: Some(salt),
            hash: Some(hash),
        };
        Some(phc.to_string())
    }

    fn is_right(&mut self, password: &str, phc: &str) -> bool {
        let Ok(phc) = PasswordHash::new(phc) else { return false };
        let (Some(salt), Some(expected)) = (&phc.salt, &phc.hash) else { return false };
        let Ok(params) = Params::try_from(&phc) else { return false };
        // Comparing two of them takes the same time whatever they hold.
        self.hash(password, salt, &params, expected.len()).is_some_and(|hash| hash == *expected)
    }

    fn hash(&mut self, password: &str, salt: &Salt, params: &Params, len: usize) -> Option<Output> {
        let wanted = params.block_count();
        if self.0.len() < wanted {
            self.0.resize(wanted, Block::default());
        }
        let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, params.clone());
        let mut bytes = [0; Output::MAX_LENGTH];
        let (out, blocks) = (bytes.get_mut(..len)?, self.0.get_mut(..wanted)?);
        argon.hash_password_into_with_memory(password.as_bytes(), salt, out, blocks).ok()?;
        Output::new(out).ok()
    }
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

    #[tokio::test]
    async fn p5_a_password_of_before_is_still_right() {
        let phc = "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA";
        let salt = Salt::from_b64("c29tZXNhbHRzb21lc2FsdA").unwrap();
        let mut out = [0; 32];
        let argon = Argon2::new(
            Algorithm::Argon2id,
            Version::V0x13,
            Params::new(19 * 1024, 2, 1, None).unwrap(),
        );
        argon.hash_password_into(b"correct horse battery", &salt, &mut out).unwrap();
        let phc = format!("{phc}${}", Output::new(&out).unwrap());
        let right = Secret::new("correct horse battery");
        assert!(Passwords::default().check(&right, Some(phc)).await.unwrap());
    }

    #[tokio::test]
    async fn p5_many_wrong_passwords_at_once_take_two_buffers_and_a_queue_with_an_end() {
        let passwords = Arc::new(Passwords::default());
        let wrong = Secret::new("wrong");
        let tries = (0..60).map(|_| {
            let (passwords, wrong) = (Arc::clone(&passwords), wrong.clone());
            tokio::spawn(async move { passwords.check(&wrong, None).await })
        });
        let mut refused = 0;
        for one in tries.collect::<Vec<_>>() {
            match one.await.unwrap() {
                Ok(right) => assert!(!right),
                Err(refusal) => {
                    assert_eq!((refusal.problem.status, refusal.retry_after), (429, Some(3)));
                    refused += 1;
                }
            }
        }
        assert_eq!(refused, 60 - TURNS - QUEUE);
        let buffers = passwords.buffers.lock().unwrap();
        assert_eq!(buffers.len(), TURNS);
        assert!(buffers.iter().all(|buffer| buffer.0.len() <= 19 * 1024));
    }
}
