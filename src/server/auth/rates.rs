//! How often somebody may ask what tells of organizations beyond their own, or what sends or tries
//! something (rules L1, L2, T3).
//!
//! Owns the counting, per person and kind of question, in real time. Every question counts, also
//! one that found nothing. Kept in memory: a restart forgives.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::http::StatusCode;

use crate::api::problem::code;
use crate::server::refusal::Refusal;

const WINDOW: Duration = Duration::from_mins(10);
/// Beyond this many keys the ones whose window is over are dropped.
const MANY: usize = 10_000;

/// A kind of question, and how often it may be asked in ten minutes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Question {
    name: &'static str,
    most: u32,
}

/// Where an order could go (rule T3).
pub const ORDER_CANDIDATES: Question = Question { name: "order candidates", most: 20 };
/// Whether the fields of a trial would do, an address among them (rule T1).
pub const TRIAL_CHECK: Question = Question { name: "trial check", most: 120 };

/// Which organizations match a site (rule L2).
pub const SITE_CANDIDATES: Question = Question { name: "site candidates", most: 60 };
/// The connect mail once more (rule L1).
pub const CONNECT_MAIL: Question = Question { name: "connect mail", most: 10 };
/// A code out of a mail (rule L1).
pub const CONNECT_CODE: Question = Question { name: "connect code", most: 20 };

#[derive(Debug, Clone, Copy)]
struct Window {
    since: Instant,
    asked: u32,
}

/// The questions of the last minutes.
#[derive(Debug, Default)]
pub struct Rates(Mutex<HashMap<(&'static str, String), Window>>);

impl Rates {
    /// Counts a question of a person.
    ///
    /// # Errors
    /// 429 with the time to wait.
    pub fn count(&self, question: Question, email: &str) -> Result<(), Refusal> {
        self.count_at(question, email, Instant::now())
    }

    fn count_at(&self, question: Question, email: &str, now: Instant) -> Result<(), Refusal> {
        let mut windows = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if windows.len() > MANY {
            windows.retain(|_, window| now.duration_since(window.since) < WINDOW);
        }
        let fresh = Window { since: now, asked: 0 };
        let window = windows.entry((question.name, email.to_owned())).or_insert(fresh);
        match WINDOW.checked_sub(now.duration_since(window.since)) {
            None | Some(Duration::ZERO) => *window = fresh,
            Some(left) if window.asked >= question.most => return Err(too_many(left)),
            Some(_) => {}
        }
        window.asked += 1;
        Ok(())
    }
}

fn too_many(wait: Duration) -> Refusal {
    Refusal::new(
        StatusCode::TOO_MANY_REQUESTS,
        code::TOO_MANY,
        "You have asked this too often in a short time.",
        "Wait a few minutes, then ask again.",
    )
    .retry_after(wait.as_secs().max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn t3_too_many_questions_wait_for_the_end_of_the_window() {
        let rates = Rates::default();
        let start = Instant::now();
        for _ in 0..ORDER_CANDIDATES.most {
            rates.count_at(ORDER_CANDIDATES, "pat@meridian.example", start).unwrap();
        }
        let later = start + Duration::from_mins(4);
        let refused = rates.count_at(ORDER_CANDIDATES, "pat@meridian.example", later).unwrap_err();
        assert_eq!((refused.problem.status, refused.retry_after), (429, Some(360)));
        assert!(rates.count_at(ORDER_CANDIDATES, "fay@acme.example", later).is_ok());
        assert!(rates.count_at(TRIAL_CHECK, "pat@meridian.example", later).is_ok());
        assert!(rates.count_at(ORDER_CANDIDATES, "pat@meridian.example", start + WINDOW).is_ok());
    }
}
