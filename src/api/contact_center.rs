//! The Contact Center card (rule T7): its parts, who may begin which, and what the card says.
//!
//! Owns the bodies and the card's words, which all faces show. When a part becomes ready is the
//! backend's to say.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::country::Country;
use crate::domain::setup::{CenterPart, PartState};
use crate::domain::untrusted::Untrusted;

/// What the card says where nobody ordered it.
pub const LACKING: &str = "Contact Center is not part of this organization's plan. On a trial the \
                           partner adds it to the services; an order has what was ordered.";

/// An organization's Contact Center, as one actor sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ContactCenter {
    /// The organization's id.
    pub organization: String,
    /// The tenant itself.
    pub contact_center: Part,
    /// Calls.
    pub voice: Part,
    /// Chat.
    pub chat: Part,
    /// Where it operates: the country chosen, or else the order's or trial's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<Country>,
    /// Whether the organization's plan has it.
    pub in_plan: bool,
    /// What this actor's Set Up would begin now; empty: nothing, the button is off.
    pub would_begin: Vec<CenterPart>,
    /// Whether this actor may begin chat: the customer's own full admin may.
    pub may_begin_chat: bool,
    /// Grows with every change of a part, for `after`.
    pub revision: u64,
}

/// One part of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Part {
    /// Where it stands.
    pub state: PartState,
    /// How much is done, in percent.
    pub progress: u8,
    /// When it was begun.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started_at: Option<Timestamp>,
    /// Who began it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started_by: Option<Untrusted>,
    /// When it will be ready; while it is under way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_at: Option<Timestamp>,
    /// When it ended, ready or failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Timestamp>,
    /// Why it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Untrusted>,
}

/// Body of `POST /v1/organizations/{id}/contact-center/set-up`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetUpContactCenter {
    /// Where it shall operate: a two-letter code, or an English name; absent: the order's or
    /// trial's country. Once it was begun it stays where it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
}

impl ContactCenter {
    /// One of its parts.
    pub fn part(&self, part: CenterPart) -> &Part {
        match part {
            CenterPart::ContactCenter => &self.contact_center,
            CenterPart::Voice => &self.voice,
            CenterPart::Chat => &self.chat,
        }
    }

    /// Whether anything is being set up.
    pub fn is_under_way(&self) -> bool {
        CenterPart::ALL.into_iter().any(|part| self.part(part).state == PartState::UnderWay)
    }

    /// What the card says: a line for each part, and what is to be done by whom.
    pub fn lines(&self) -> Vec<String> {
        if !self.in_plan {
            return vec![LACKING.to_owned()];
        }
        let mut lines: Vec<String> =
            CenterPart::ALL.into_iter().map(|part| self.line(part)).collect();
        lines.extend(self.next().map(str::to_owned));
        lines
    }

    /// The line of one part.
    pub fn line(&self, which: CenterPart) -> String {
        let part = self.part(which);
        let title = which.title();
        match part.state {
            PartState::NotStarted if which == CenterPart::Chat && !self.voice.state.may_begin() => {
                let whom = if self.may_begin_chat {
                    "you to choose Set Up"
                } else {
                    "the customer administrator"
                };
                format!("{title}: waiting for {whom}")
            }
            PartState::UnderWay => format!("{title}: under way, {} %", part.progress),
            PartState::Failed => {
                let reason = part.reason.as_ref().map(|reason| reason.shown_in(160).to_string());
                format!("{title}: failed: {}", reason.as_deref().unwrap_or("no reason was given"))
            }
            state => format!("{title}: {}", state.title()),
        }
    }

    /// What is to be done next, and by whom.
    pub fn next(&self) -> Option<&'static str> {
        if self.is_under_way() {
            return Some("You can leave; it goes on by itself.");
        }
        if CenterPart::ALL.into_iter().any(|part| self.part(part).state == PartState::Failed) {
            return Some("Choose Set Up to try again.");
        }
        match (self.voice.state, self.chat.state, self.may_begin_chat) {
            (_, PartState::Ready, _) => None,
            (PartState::Ready, _, true) => Some("Chat is next: choose Set Up to enable it."),
            (PartState::Ready, _, false) => {
                Some("Chat is next: the customer's administrator chooses Set Up to enable it.")
            }
            (_, _, true) => Some("Voice and chat are next: choose Set Up to enable them."),
            (_, _, false) => Some(
                "Voice is next: choose Set Up to enable it. Chat follows when the customer's administrator \
                 chooses it too.",
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn card(voice: PartState, chat: PartState, may_begin_chat: bool) -> ContactCenter {
        let part = |state| Part { state, ..Part::default() };
        ContactCenter {
            organization: "acme".into(),
            contact_center: part(voice),
            voice: part(voice),
            chat: part(chat),
            country: Country::parse("DE").ok(),
            in_plan: true,
            would_begin: Vec::new(),
            may_begin_chat,
            revision: 0,
        }
    }

    #[test]
    fn t7_after_a_partners_press_voice_is_ready_and_chat_waits() {
        let lines = card(PartState::Ready, PartState::NotStarted, false).lines();
        assert_eq!(
            lines,
            [
                "Contact Center: ready",
                "Voice: ready",
                "Chat: waiting for the customer administrator",
                "Chat is next: the customer's administrator chooses Set Up to enable it.",
            ]
        );
    }

    #[test]
    fn t7_to_the_customers_own_administrator_it_waits_for_them() {
        let card = card(PartState::Ready, PartState::NotStarted, true);
        assert_eq!(card.line(CenterPart::Chat), "Chat: waiting for you to choose Set Up");
    }

    #[test]
    fn t7_the_card_says_what_the_press_would_do() {
        use PartState::{NotStarted, Ready, UnderWay};
        let next = |voice, chat, own| card(voice, chat, own).next();
        assert_eq!(
            next(NotStarted, NotStarted, true),
            Some("Voice and chat are next: choose Set Up to enable them.")
        );
        assert_eq!(
            next(Ready, NotStarted, true),
            Some("Chat is next: choose Set Up to enable it.")
        );
        assert_eq!(next(Ready, Ready, true), None);
        assert!(
            next(NotStarted, NotStarted, false)
                .unwrap()
                .starts_with("Voice is next: choose Set Up")
        );
        assert_eq!(next(Ready, UnderWay, true), Some("You can leave; it goes on by itself."));
    }

    #[test]
    fn t7_what_the_plan_lacks_is_all_that_the_card_says() {
        let card = ContactCenter {
            in_plan: false,
            ..card(PartState::NotStarted, PartState::NotStarted, true)
        };
        assert_eq!(card.lines(), [LACKING]);
    }

    #[test]
    fn t7_a_failed_part_says_why_and_how_to_go_on() {
        let mut card = card(PartState::Failed, PartState::NotStarted, false);
        card.voice.reason = Some("no room\u{1b}[2J".into());
        assert_eq!(card.line(CenterPart::Voice), "Voice: failed: no room^[[2J");
        assert_eq!(card.next(), Some("Choose Set Up to try again."));
    }
}
