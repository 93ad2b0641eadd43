//! Letting somebody who declined be invited again: row 7 ends when a human says so, and only then.
//!
//! Owns the question and the request. It sends nobody anything.

use crate::api::call::{ApiError, Reply};
use crate::api::endpoint::{Endpoint as _, Nothing};
use crate::api::run::ClearDecline;
use crate::api::site::Site;
use crate::domain::role::{Action as Right, permits};
use crate::domain::untrusted::Untrusted;
use crate::domain::user::UserState;
use crate::roster::Row;
use crate::tui::keymap::Availability;
use crate::tui::msg::RequestId;
use crate::tui::overlay::confirm::Confirm;
use crate::tui::screen::Cx;
use crate::tui::theme::Tone;
use crate::tui::wizard::not_linked;

/// A decline that is being cleared.
#[derive(Debug, Default)]
pub struct Clearing {
    /// The organization and the address that were asked about.
    asked: Option<(String, Untrusted)>,
    sent: Option<RequestId>,
}

/// Whether the decline of this user can be cleared by who looks.
pub fn availability(site: &Site, row: Option<&Row<'_>>) -> Availability {
    if row.is_none_or(|row| row.state() != UserState::Declined) {
        return Availability::Hidden;
    }
    let may = site.my_roles.iter().any(|role| permits(*role, Right::LinkUsers));
    let only = || "Only a full admin of the organization can clear it.".to_owned();
    Availability::ready_if(may, not_linked(site).unwrap_or_else(only))
}

impl Clearing {
    /// The question before it.
    pub fn ask(&mut self, site: &Site, address: Untrusted) -> Option<Confirm> {
        let organization = site.organization.clone()?;
        let lines = vec![
            address.shown().to_string(),
            String::new(),
            "This person said: this is not me, or I do not want this. Clear it when they have \
             told you that they want it after all."
                .to_owned(),
            String::new(),
            "Nothing is sent now; the next plan may invite them again. It is recorded.".to_owned(),
        ];
        self.asked = Some((organization, address));
        Some(Confirm::new("Clear the decline?", lines, "Clear it"))
    }

    /// Whether there is a question to answer.
    pub fn is_asked(&self) -> bool {
        self.asked.is_some()
    }

    /// The question was answered with yes.
    pub fn yes(&mut self, cx: &mut Cx<'_>) {
        if let Some((organization, address)) = self.asked.take() {
            let call =
                ClearDecline::call((organization, address.raw().to_owned()), Nothing, Nothing);
            self.sent = Some(cx.send(call));
        }
    }

    /// Takes the answer; whether the roster has changed.
    pub fn take(
        &mut self,
        id: RequestId,
        result: &Result<Reply, ApiError>,
        cx: &mut Cx<'_>,
    ) -> bool {
        if self.sent != Some(id) {
            return false;
        }
        self.sent = None;
        match result {
            Ok(_) => cx.toast(Tone::Done, "Cleared. The next plan may invite this person again."),
            Err(error) => cx.toast(Tone::Refused, format!("Not cleared: {error}")),
        }
        result.is_ok()
    }
}
