//! One's own tokens, sessions and password (rule P5); for a backend admin also everybody's tokens.
//!
//! Owns the list, ending a session, and the question before a token is revoked. Making a token is
//! `token`'s, changing the password `password`'s.

mod granted;
mod password;
mod rows;
mod token;
mod typed;

pub use token::NewTokenForm;

use self::rows::{session_row, token_row};
use super::admins::{act, question};
use super::forgotten::Forgotten;
use super::form::FormScreen;
use super::list::{List, ListScreen, Opens};
use crate::api::access::{EndSession, EndSessions, ListSessions, RevokeQuery, Session};
use crate::api::call::{ApiError, Reply};
use crate::api::endpoint::{Endpoint as _, Nothing};
use crate::api::person::{ListMyTokens, ListTokens, RevokeToken, Token};
use crate::tui::keymap::Availability;
use crate::tui::load::{Listing, Load};
use crate::tui::loss::{self, Loss};
use crate::tui::msg::RequestId;
use crate::tui::page::{Block, Page, Rows, Stop};
use crate::tui::screen::{About, Cx, Flow, Header, Here, Look};
use crate::tui::theme::Tone;
use crate::tui::when::count;
use crate::tui::wizard::{Entry, Offered, asking};

/// Its row in every menu.
pub const ENTRY: Entry = Entry {
    title: "Your access",
    about: "Your password, tokens and sessions.",
    offered: Offered::Session(|_| Availability::Ready),
    needs: None,
    open: |_| Box::new(ListScreen::new(AccessList::default())),
};

const ACTS: &str = "acts";
const SESSIONS: &str = "sessions";
const TOKENS: &str = "tokens";
const NEW: &str = "new";
const PASSWORD: &str = "password";
const FORGOTTEN: &str = "forgotten";
const OTHERS: &str = "others";

/// What was asked about.
enum Asked {
    Session(String),
    Others,
    Token(String),
}

/// The list.
pub struct AccessList {
    /// Everybody's tokens, and nothing else.
    everyone: bool,
    sessions: Listing<Session>,
    tokens: Listing<Token>,
    doing: Load<()>,
    asked: Option<Asked>,
    /// The words once it is done.
    words: &'static str,
    /// One's own address, to be mailed a code.
    email: String,
}

impl Default for AccessList {
    fn default() -> Self {
        Self {
            everyone: false,
            sessions: Listing::whole(|query, _| ListSessions::call(Nothing, query, Nothing)),
            tokens: Listing::whole(|query, _| ListMyTokens::call(Nothing, query, Nothing)),
            doing: Load::default(),
            asked: None,
            words: "",
            email: String::new(),
        }
    }
}

impl AccessList {
    /// Everybody's tokens, for a backend admin.
    pub fn of_everyone() -> Self {
        let tokens = Listing::whole(|query, _| ListTokens::call(Nothing, query, Nothing));
        Self { everyone: true, tokens, ..Self::default() }
    }

    /// The sessions that have not ended, the one in use first.
    fn sessions(&self) -> Vec<&Session> {
        let mut all: Vec<&Session> = self.sessions.items().iter().collect();
        all.sort_by_key(|session| !session.in_use);
        all
    }

    /// The tokens that still work or did; those that were revoked are history.
    fn tokens(&self) -> Vec<&Token> {
        let live = self.tokens.items().iter().filter(|token| token.revoked_at.is_none());
        let mut all: Vec<&Token> = live.collect();
        all.sort_by_key(|token| !token.in_use);
        all
    }

    fn token(&self, id: &str) -> Option<&Token> {
        self.tokens.items().iter().find(|token| token.id == id)
    }

    fn others(&self) -> u64 {
        self.sessions.items().iter().filter(|session| !session.in_use).count() as u64
    }

    fn acts(&self) -> Block {
        let mut rows = vec![act(NEW, "New token", "for a script, or another machine")];
        if self.others() > 0 {
            let words = format!("{} but this one", count(self.others(), "session"));
            rows.push(act(OTHERS, "End all other sessions", &words));
        }
        rows.extend([
            act(PASSWORD, "Change the password", "the other sessions end"),
            act(FORGOTTEN, "Reset the password", "with a code that is mailed to you"),
        ]);
        Block::Rows(Rows { key: ACTS, rows, empty: String::new() })
    }

    fn session_blocks(&self, here: Here<'_>) -> Vec<Block> {
        let rows: Vec<_> = self.sessions().into_iter().map(|one| session_row(one, here)).collect();
        let empty = match (self.sessions.error(), self.sessions.wait(here.now_ms)) {
            (Some(_), _) => String::new(),
            (None, Some(wait)) => wait.words("your sessions"),
            (None, None) => "No session: you signed in with a token.".to_owned(),
        };
        let mut blocks = vec![Block::Gap, Block::Heading("Sessions".to_owned())];
        blocks.push(Block::Rows(Rows { key: SESSIONS, rows, empty }));
        blocks.extend(self.sessions.error().map(|error| asking::failed(error, here)));
        blocks
    }

    fn token_blocks(&self, here: Here<'_>) -> Vec<Block> {
        let row = |token: &Token| token_row(token, self.everyone, here);
        let rows: Vec<_> = self.tokens().into_iter().map(row).collect();
        let empty = match (self.tokens.error(), self.tokens.wait(here.now_ms)) {
            (Some(_), _) => String::new(),
            (None, Some(wait)) => wait.words("the tokens"),
            (None, None) => "No token.".to_owned(),
        };
        let mut blocks = vec![Block::Gap, Block::Heading("Tokens".to_owned())];
        blocks.push(Block::Rows(Rows { key: TOKENS, rows, empty }));
        blocks.extend(self.tokens.error().map(|error| asking::failed(error, here)));
        blocks
    }

    fn push(asked: &mut Option<Asked>, what: Asked, loss: Loss, yes: &str) -> Flow {
        *asked = Some(what);
        Flow::Push(question(loss, yes))
    }

    fn act(&mut self, id: &str) -> Flow {
        match id {
            NEW => Flow::Push(Box::new(FormScreen::new(NewTokenForm::own()))),
            PASSWORD => Flow::Push(Box::new(FormScreen::new(password::Change::default()))),
            FORGOTTEN => Flow::Push(Box::new(Forgotten::of(&self.email))),
            _ => {
                let (n, verb) = (self.others(), if self.others() == 1 { "ends" } else { "end" });
                let loss = Loss {
                    what: format!("{} {verb} at once; this one stays.", count(n, "other session"))
                        + "\nTokens stay, and open new ones.",
                    question: "End all other sessions?".to_owned(),
                };
                Self::push(&mut self.asked, Asked::Others, loss, "End them")
            }
        }
    }
}

impl List for AccessList {
    fn header(&self, look: &Look<'_>) -> Header {
        let right = look.here.session.who(&look.here.session.roles());
        let here = if self.everyone { "Everybody's tokens" } else { ENTRY.title };
        Header { crumbs: vec![here.to_owned()], right }
    }

    fn help(&self) -> About {
        if self.everyone {
            return About::of(
                "everybody's tokens",
                "The tokens of everybody who can sign in, without their secrets. Enter on one \
                 revokes it, after a question that says whose it is and when it was used last: the \
                 sessions it opened end too.",
            );
        }
        About::of(
            "your access",
            "The sessions that are open as you, and your personal tokens. Enter on one ends it, \
             after a question. A token's secret is shown once, when it is made. Revoking the token \
             you are using now asks for its id and signs you out. A new password ends the other \
             sessions.",
        )
    }

    fn page(&self, here: Here<'_>) -> Page {
        let mut blocks = Vec::new();
        if !self.everyone {
            blocks.push(self.acts());
            blocks.extend(self.session_blocks(here));
        }
        blocks.extend(self.token_blocks(here));
        match self.doing.error() {
            Some(error) => blocks.extend([Block::Gap, asking::failed(error, here)]),
            None => blocks.push(Block::aside(asking::waiting(&self.doing, "Ending it", here))),
        }
        let command = if self.everyone { "token list --everyone" } else { "token list" };
        Page { blocks, same_as: Some(format!("hublink {command}")), ..Page::default() }
    }

    fn ask(&mut self, cx: &mut Cx<'_>) {
        self.email = cx.session.me.as_ref().map_or_else(String::new, |me| me.email.raw().into());
        if !self.everyone {
            self.sessions.ask(cx);
        }
        self.tokens.ask(cx);
    }

    fn opens(&self, stop: &Stop) -> Option<Opens> {
        let waiting = self.doing.is_waiting();
        match stop {
            Stop::Row(ACTS, _) => Some(Opens::page("open").unless(waiting)),
            Stop::Row(SESSIONS, id) => {
                let mine = self.sessions.items().iter().any(|one| one.id == *id && one.in_use);
                let why = "It is the session you are using now; signing out ends it.";
                let opens = Opens::page("end it").unless(waiting);
                Some(if mine {
                    Opens { availability: Availability::Disabled(why.into()), ..opens }
                } else {
                    opens
                })
            }
            Stop::Row(TOKENS, _) => Some(Opens::page("revoke").unless(waiting)),
            _ => None,
        }
    }

    fn open(&mut self, stop: &Stop, cx: &mut Cx<'_>) -> Flow {
        let Stop::Row(list, id) = stop else { return Flow::Stay };
        let here = cx.here();
        match *list {
            ACTS => self.act(id),
            SESSIONS => {
                let Some(one) = self.sessions.items().iter().find(|one| one.id == *id) else {
                    return Flow::Stay;
                };
                let loss = Loss {
                    what: rows::session_words(one, here) + "\nWhat is open with it is signed out.",
                    question: "End the session?".to_owned(),
                };
                Self::push(&mut self.asked, Asked::Session(id.clone()), loss, "End it")
            }
            _ => {
                let Some(token) = self.token(id) else { return Flow::Stay };
                if token.in_use {
                    return Flow::Push(Box::new(FormScreen::new(typed::Typed::new(token))));
                }
                let loss = loss::token(token, &|at| here.moment(at));
                Self::push(&mut self.asked, Asked::Token(id.clone()), loss, "Revoke it")
            }
        }
    }

    fn on_answer(&mut self, yes: bool, cx: &mut Cx<'_>) {
        let Some(asked) = self.asked.take().filter(|_| yes) else { return };
        let (call, words) = match asked {
            Asked::Session(id) => {
                (EndSession::call(id, Nothing, Nothing), "The session has ended.")
            }
            Asked::Others => (
                EndSessions::call(Nothing, Nothing, Nothing),
                "All your other sessions have ended.",
            ),
            Asked::Token(id) => {
                (RevokeToken::call(id, RevokeQuery::default(), Nothing), "The token is revoked.")
            }
        };
        self.words = words;
        self.doing.ask(call, cx);
    }

    fn on_reply(
        &mut self,
        id: RequestId,
        result: &Result<Reply, ApiError>,
        cx: &mut Cx<'_>,
    ) -> Flow {
        if self.doing.take_by(id, result, |_| Some(())) {
            if result.is_ok() {
                cx.toast(Tone::Done, self.words);
                self.ask(cx);
            }
            return Flow::Stay;
        }
        let _ = self.sessions.take(id, result, cx) || self.tokens.take(id, result, cx);
        Flow::Stay
    }
}
