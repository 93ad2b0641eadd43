//! Why there is no reply.
//!
//! Owns the difference that matters after a write: one that never arrived was not done; one that was
//! not answered may have been done or not, and nobody may say that it was not (SPEC section 8).

use std::fmt;

use crate::api::problem::{Problem, code};
use crate::domain::untrusted::Untrusted;

/// Why there is no reply.
#[derive(Debug, Clone, PartialEq)]
pub enum ApiError {
    /// The backend answered with a problem.
    Problem(Box<Problem>),
    /// The backend could not be reached, or did not answer a question: nothing was done.
    Unreachable(Untrusted),
    /// A write went out, and no answer that can be read came back: it was done, or it was not.
    Unanswered(Untrusted),
    /// The answer could not be read.
    Malformed(Untrusted),
}

impl ApiError {
    /// The stable code of a problem; `unreachable`, `unanswered` or `malformed_answer` otherwise.
    pub fn code(&self) -> &str {
        match self {
            Self::Problem(problem) => &problem.code,
            Self::Unreachable(_) => "unreachable",
            Self::Unanswered(_) => "unanswered",
            Self::Malformed(_) => "malformed_answer",
        }
    }

    /// Whether a write's outcome is still open: not answered, or still being carried out.
    pub fn leaves_open(&self) -> bool {
        match self {
            Self::Unanswered(_) => true,
            Self::Problem(problem) => problem.code == code::KEY_IN_USE,
            Self::Unreachable(_) | Self::Malformed(_) => false,
        }
    }

    /// Whether what was asked may be done all the same, and nobody can say: the backend ended before it
    /// could answer. Nothing may be denied then.
    pub fn may_be_done(&self) -> bool {
        matches!(self, Self::Problem(problem) if problem.code == code::KEY_UNANSWERED)
    }

    /// Whether this says "not now", and nothing about what was asked.
    pub fn is_not_now(&self) -> bool {
        match self {
            Self::Unreachable(_) => true,
            Self::Problem(problem) => matches!(problem.status, 429 | 500..),
            Self::Unanswered(_) | Self::Malformed(_) => false,
        }
    }

    /// What became of a write, under this key, that was not answered in a way that can be read.
    #[must_use]
    pub fn of_a_write(self, key: &str) -> Self {
        match self {
            Self::Unreachable(why) | Self::Malformed(why) => {
                Self::Unanswered(Untrusted::new(format!("{}; its key is {key}", why.raw())))
            }
            told => told,
        }
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Problem(problem) => write!(f, "{}", problem.detail.shown()),
            Self::Unreachable(why) => write!(f, "the backend cannot be reached: {}", why.shown()),
            Self::Unanswered(why) => {
                write!(f, "no answer came, so it may have been done or not: {}", why.shown())
            }
            Self::Malformed(why) => {
                write!(f, "the backend's answer could not be read: {}", why.shown())
            }
        }
    }
}

impl std::error::Error for ApiError {}
