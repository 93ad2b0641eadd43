//! People to a CSV file, page by page, without holding more than the text.
//!
//! Owns one export from the first request to the written file, and what to say about it. The text
//! is made by `table`, so that every cell passes the formula guard; the runtime writes it.

pub mod handout;
pub mod insights;
pub mod written;

use std::path::PathBuf;

use bytes::Bytes;

use self::written::until_when;
use super::msg::{IoError, RequestId};
use super::people::{People, Person, Place};
use super::screen::Cx;
use super::theme::Tone;
use super::when::count;
use crate::api::call::{ApiError, Reply};
use crate::domain::untrusted::Untrusted;
use crate::table::write_csv;

/// The columns of a plan's file (SPEC section 7), and of a link's.
const PLAN: [&str; 4] = ["user_id", "address", "outcome", "reason"];
/// The columns of a run's file.
const RUN: [&str; 7] = ["user_id", "name", "address", "outcome", "state", "reason", "message_id"];

/// An export under way.
#[derive(Debug)]
pub struct Export {
    people: People,
    place: Place,
    text: String,
    rows: u64,
    path: PathBuf,
    /// Until when the file is there, where that is not for good.
    until: &'static str,
    stage: Stage,
}

#[derive(Debug)]
enum Stage {
    Reading(RequestId),
    Writing(RequestId),
}

/// What became of a message for an export.
#[derive(Debug, PartialEq, Eq)]
pub enum Exported {
    /// It was for somebody else.
    NotMine,
    /// The export goes on.
    More,
    /// It is over; this is to be said.
    Over(Tone, String),
}

impl Export {
    /// Begins: asks for the first page.
    pub fn start(people: People, cx: &mut Cx<'_>) -> Self {
        let place = Place::default();
        let stage = Stage::Reading(cx.send(people.request(&place)));
        let path = cx.session.exports.join(people.file_name());
        let until = until_when(cx.session.fleeting);
        Self { people, place, text: String::new(), rows: 0, path, until, stage }
    }

    /// How far it is.
    pub fn words(&self) -> String {
        match self.stage {
            Stage::Reading(_) => format!("Exporting: {} so far …", count(self.rows, "row")),
            Stage::Writing(_) => format!("Writing {} …", count(self.rows, "row")),
        }
    }

    /// Forgets what is under way.
    pub fn cancel(&self, cx: &mut Cx<'_>) {
        if let Stage::Reading(id) = self.stage {
            cx.cancel(id);
        }
    }

    /// Takes a page and asks for the next, or writes the file.
    pub fn on_reply(
        &mut self,
        id: RequestId,
        result: &Result<Reply, ApiError>,
        cx: &mut Cx<'_>,
    ) -> Exported {
        match self.stage {
            Stage::Reading(mine) if mine == id => {}
            _ => return Exported::NotMine,
        }
        let reply = match result {
            Ok(reply) => reply,
            Err(error) => {
                return Exported::Over(Tone::Refused, format!("Nothing was written: {error}"));
            }
        };
        let Some((people, next)) = self.people.read(&self.place, reply) else {
            let words = "Nothing was written: the backend answered something else.";
            return Exported::Over(Tone::Refused, words.to_owned());
        };
        self.add(&people);
        self.stage = if let Some(place) = next {
            self.place = place;
            Stage::Reading(cx.send(self.people.request(&self.place)))
        } else {
            let bytes = Bytes::from(std::mem::take(&mut self.text));
            Stage::Writing(cx.write(self.path.clone(), bytes))
        };
        Exported::More
    }

    /// Takes the end of writing.
    pub fn on_file<T>(&mut self, id: RequestId, result: &Result<T, IoError>) -> Exported {
        match self.stage {
            Stage::Writing(mine) if mine == id => {}
            _ => return Exported::NotMine,
        }
        let path = Untrusted::new(self.path.to_string_lossy()).shown();
        match result {
            Ok(_) => {
                let words = format!("{} written to {path}{}", count(self.rows, "row"), self.until);
                Exported::Over(Tone::Done, words)
            }
            Err(error) => {
                let words = format!("{path} was not written: {}", error.words.shown());
                Exported::Over(Tone::Refused, words)
            }
        }
    }

    fn add(&mut self, people: &[Person]) {
        let page = match self.people {
            People::Plan { .. } | People::Link { .. } => {
                write_csv(&PLAN, people.iter().map(plan_row))
            }
            People::Run { .. } => write_csv(&RUN, people.iter().map(run_row)),
        };
        self.rows += people.len() as u64;
        match page.split_once('\n') {
            // The header stands once, above the first page.
            Some((_, rows)) if !self.text.is_empty() => self.text.push_str(rows),
            _ => self.text = page,
        }
    }
}

fn plan_row(person: &Person) -> [&str; 4] {
    [person.user_id.raw(), person.address.raw(), person.outcome.code(), person.reason.raw()]
}

fn run_row(person: &Person) -> [&str; 7] {
    [
        person.user_id.raw(),
        person.name.raw(),
        person.address.raw(),
        person.outcome.code(),
        person.state.map_or("", crate::domain::run::ItemState::code),
        person.reason.raw(),
        person.message_id.as_ref().map_or("", Untrusted::raw),
    ]
}
