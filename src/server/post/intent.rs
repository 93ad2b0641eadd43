//! What is about to be done and may be done once, and what became of it.
//!
//! Owns the one classification, and the one retry. An intent is durable before anything may leave; who
//! has it is told by its claim, so that a late worker's word does not fit another's.

use std::time::Duration;

use super::mail::Delivery;
use crate::server::store::jittered;

/// The pause after the first "later" of a recipient's side; it doubles up to the longest.
const FIRST: Duration = Duration::from_secs(5);
/// The longest pause.
pub(super) const LONGEST: Duration = Duration::from_mins(15);
/// So many times "later" from a recipient's side, about three days, and a mail is given up.
pub(super) const TRIES: i64 = 300;
/// The pause where the server takes no mail, and nothing tells how long that is to last.
const SOON: Duration = Duration::from_secs(5);

/// What is about to be done: this attempt, of whoever has this claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Intent {
    /// What.
    pub id: String,
    /// The epoch of the node that has it.
    pub claim: i64,
    /// Which attempt this is, from 1.
    pub attempt: i64,
}

/// Who says "later".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Later {
    /// The recipient's side: it counts among the tries.
    Recipient,
    /// The server, to everybody.
    Server,
    /// The server, until somebody mends something.
    ToMend,
}

/// What became of an intent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// Done; the other side's words.
    Accepted(String),
    /// Refused for good, or given up: surely not done.
    Refused(String),
    /// Surely not done, and tried again after a pause.
    Deferred {
        /// The pause.
        pause: Duration,
        /// Who said so.
        later: Later,
        /// Why.
        words: String,
    },
    /// May have been done; no machine does it again.
    Unknown(String),
}

impl Fate {
    /// What a delivery means for a mail that was put off so often before; `rest` is for how long its
    /// server is left alone.
    pub(super) fn of(delivery: Delivery, deferrals: i64, rest: Option<Duration>) -> Self {
        match delivery {
            Delivery::Accepted(words) => Self::Accepted(words),
            Delivery::Refused(words) => Self::Refused(words),
            Delivery::Unknown(words) => Self::Unknown(words),
            Delivery::Deferred(words) if deferrals + 1 >= TRIES => {
                Self::Refused(format!("given up: {words}"))
            }
            Delivery::Deferred(words) => {
                let pause = jittered(pause_after(deferrals + 1));
                Self::Deferred { pause, later: Later::Recipient, words }
            }
            // The server's, whoever the mail is for: nobody's tries are used up.
            Delivery::NotNow(words) => {
                let pause = rest.unwrap_or_else(soon);
                Self::Deferred { pause, later: Later::Server, words }
            }
            Delivery::Mend(words) => {
                let pause = rest.unwrap_or_else(|| jittered(LONGEST));
                Self::Deferred { pause, later: Later::ToMend, words }
            }
        }
    }

    /// Surely not done, for the other side takes nothing of anybody for so long.
    pub fn not_now(pause: Duration, words: impl Into<String>) -> Self {
        Self::Deferred { pause, later: Later::Server, words: words.into() }
    }

    /// The other side's words; none where it was done.
    pub fn detail(&self) -> &str {
        match self {
            Self::Accepted(_) => "",
            Self::Refused(words) | Self::Unknown(words) | Self::Deferred { words, .. } => words,
        }
    }
}

/// The pause where nothing tells how long it is to last.
pub(super) fn soon() -> Duration {
    jittered(SOON)
}

/// The pause after so many times "later".
pub(super) fn pause_after(deferrals: i64) -> Duration {
    let doublings = u32::try_from(deferrals.max(1) - 1).unwrap_or(u32::MAX).min(16);
    FIRST.saturating_mul(1 << doublings).min(LONGEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pause(fate: &Fate) -> (Duration, Later) {
        match fate {
            Fate::Deferred { pause, later, .. } => (*pause, *later),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn s4_pauses_double_up_to_a_quarter_of_an_hour() {
        assert_eq!(pause_after(1), FIRST);
        assert_eq!(pause_after(3), FIRST * 4);
        assert_eq!(pause_after(TRIES), LONGEST);
        let later = |before| pause(&Fate::of(Delivery::Deferred("450".into()), before, None));
        let (first, who) = later(0);
        assert!(who == Later::Recipient && first <= FIRST && first > FIRST / 2, "{first:?}");
        assert!(later(100).0 <= LONGEST && later(100).0 > LONGEST / 2);
    }

    #[test]
    fn s4_only_the_recipients_side_uses_up_tries() {
        for (delivery, who) in [
            (Delivery::NotNow("421".into()), Later::Server),
            (Delivery::Mend("535".into()), Later::ToMend),
        ] {
            let fate = Fate::of(delivery, TRIES * 2, Some(Duration::from_secs(7)));
            assert_eq!(pause(&fate), (Duration::from_secs(7), who));
        }
        let last = Fate::of(Delivery::Deferred("450 later".into()), TRIES - 1, None);
        assert_eq!(last, Fate::Refused("given up: 450 later".into()));
    }
}
