//! A draft to those who were linked silently, and who they are. A human sends it, or does not.
//!
//! Owns the words and the list's columns. Must not send anything.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;

use crate::api::run::{Run, RunItem};
use crate::api::site::Site;
use crate::domain::letter_name::in_letter;
use crate::domain::run::ItemState;
use crate::domain::sentence::{one_stop, wrapped};
use crate::domain::untrusted::Untrusted;
use crate::table::write_csv;

/// The columns of the list.
pub const COLUMNS: [&str; 3] = ["user_id", "name", "address"];
/// The most columns of a line, as in every mail.
const LINE: usize = 72;
/// The most columns of a name.
const NAME: usize = 80;

/// Somebody whom nobody told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Recipient {
    /// `UserID`.
    pub user_id: Untrusted,
    /// The name.
    pub name: Untrusted,
    /// The address.
    pub address: Untrusted,
}

/// The draft.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Announcement {
    /// The subject.
    pub subject: String,
    /// The text, in lines that fit a mail.
    pub body: String,
    /// To whom: all whom the run linked without an e-mail.
    pub recipients: Vec<Recipient>,
}

impl Recipient {
    /// Of a user of a run, if nobody told them.
    pub fn of(item: &RunItem) -> Option<Self> {
        (item.state == ItemState::Linked).then(|| Self {
            user_id: item.user_id.clone(),
            name: item.name.clone(),
            address: item.address.clone(),
        })
    }
}

impl Announcement {
    /// Writes the draft. The day is the last on which one of them was linked: the run's end, or now.
    pub fn draft(
        run: &Run,
        site: &Site,
        recipients: Vec<Recipient>,
        now: Timestamp,
        zone: &TimeZone,
    ) -> Self {
        let url = run.site.shown();
        let name = site.organization_name.as_ref().unwrap_or(&run.site).raw();
        let organization = in_letter(name, NAME);
        let day = run.ended_at.unwrap_or(now).to_zoned(zone.clone());
        let day = day.strftime("%-d %B %Y");
        let body = format!(
            "Hello,\n\n\
             your account on the meeting site {url} was linked to the organization {organization} \
             by {day}. From now on you sign in to the site as a member of {organization}, with \
             the same e-mail address as before.\n\n\
             There is nothing you have to do. Your meetings and recordings stay as they are.\n\n\
             If you have questions, write to:\n\
             [who answers, and where]\n"
        );
        Self {
            subject: one_stop(format!("Your account on {url} is now part of {organization}")),
            body: wrapped(&one_stop(body), LINE),
            recipients,
        }
    }

    /// The draft as a file of text.
    pub fn text(&self) -> String {
        format!("Subject: {}\n\n{}", self.subject, self.body)
    }

    /// The list, safe for spreadsheets.
    pub fn csv(&self) -> String {
        let row = |to: &Recipient| {
            [to.user_id.raw().to_owned(), to.name.raw().to_owned(), to.address.raw().to_owned()]
        };
        write_csv(&COLUMNS, self.recipients.iter().map(row))
    }
}
