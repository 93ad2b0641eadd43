//! Actions that mean the same on every screen: help, palette, timers, quitting.
//!
//! Owns what the app does by itself when a screen has no meaning of its own for an action, and
//! what happens when a session ends.

use super::App;
use crate::api::call::{ApiError, Reply};
use crate::api::endpoint::{Endpoint as _, Nothing};
use crate::api::problem::code;
use crate::api::session::{ShowMe, SignOut};
use crate::domain::role::{Action as Right, permits};
use crate::tui::effect::Effect;
use crate::tui::keymap::{Action, Availability, Scope};
use crate::tui::overlay::confirm::Confirm;
use crate::tui::overlay::demo::Demo;
use crate::tui::overlay::help::Help;
use crate::tui::overlay::palette::Palette;
use crate::tui::overlay::themes::Themes;
use crate::tui::overlay::tours::{self, Tours};
use crate::tui::screen::Screen;
use crate::tui::screens::audit::Audit;
use crate::tui::screens::offers;
use crate::tui::screens::outbox::Outbox;
use crate::tui::screens::sign_in::SignIn;
use crate::tui::screens::timers::Timers;

impl App {
    /// Whether an action can be done now, by the top screen or by the app itself.
    pub(super) fn availability(&self, action: Action) -> Availability {
        let own = self.top().map_or(Availability::Hidden, |screen| screen.availability(action));
        if own == Availability::Hidden { self.own_availability(action) } else { own }
    }

    fn own_availability(&self, action: Action) -> Availability {
        let overlay = self.top().is_some_and(Screen::is_overlay);
        let within = |scope| self.top().is_some_and(|screen| screen.scopes().contains(&scope));
        let signed_in = self.session.me.is_some() && !within(Scope::SignIn);
        // What is opened from everywhere is not opened from itself, nor piled up.
        let opens = signed_in && !overlay && !within(Scope::Screen);
        match action {
            // Of the screen that nobody sees.
            Action::Mouse | Action::Themes if self.keys.is_spoken() => Availability::Hidden,
            Action::Quit | Action::ForceQuit | Action::Suspend | Action::Redraw | Action::Mouse => {
                Availability::Ready
            }
            // A box that has something to say of itself is asked like a page.
            Action::Help => {
                let says = self.top().is_some_and(|top| !top.help().text.is_empty());
                Availability::shown_if(!overlay || says)
            }
            Action::Palette => Availability::shown_if(!overlay),
            Action::Themes => Availability::shown_if(!overlay && self.wears_colours()),
            Action::Timers => Availability::shown_if(opens),
            Action::Offers => Availability::shown_if(opens && !self.session.offers().is_empty()),
            Action::Audit if opens => {
                let may = self.session.roles().iter().any(|role| permits(*role, Right::Audit));
                let why = "Only admins of an organization or of the backend see the record.";
                Availability::ready_if(may, why)
            }
            Action::Outbox => Availability::shown_if(opens && self.session.is_demo()),
            Action::Demo => Availability::shown_if(signed_in && !overlay && self.session.is_demo()),
            Action::Tours => {
                let any = self.session.is_demo() && !self.session.tours.is_empty();
                Availability::shown_if(signed_in && !overlay && any)
            }
            Action::SignOut => Availability::shown_if(signed_in && !overlay),
            _ => Availability::Hidden,
        }
    }

    /// Does an action that is ready.
    pub(super) fn act(&mut self, action: Action, effects: &mut Vec<Effect>) {
        let top = self.screens.len() - 1;
        if self.screens[top].availability(action) != Availability::Hidden {
            let (screen, mut cx) = self.at(top, effects);
            let flow = screen.on_action(action, &mut cx);
            self.flow(top, flow, effects);
            return;
        }
        match action {
            Action::Quit => self.ask_to_quit(effects),
            Action::ForceQuit => self.quit(true, effects),
            Action::Suspend => effects.push(Effect::Suspend),
            Action::Redraw => effects.push(Effect::Redraw),
            Action::Mouse => self.turn_mouse(effects),
            Action::SignOut => self.sign_out(effects),
            Action::Help => {
                let scopes = self.scopes();
                let about = self.screens[top].help();
                let availability = |action| self.availability(action);
                let label = |action| self.screens[top].label(action);
                let help = Help::new(about, &self.keys, &scopes, availability, label);
                self.screens.push(Box::new(help));
            }
            Action::Palette => {
                let scopes = self.scopes();
                let here = self.look().here;
                let signed_in = self.session.me.is_some() && !scopes.contains(&Scope::SignIn);
                let home = self.screens.first().filter(|_| signed_in);
                let mut reach = home.map(|home| home.reach(here)).unwrap_or_default();
                if signed_in && self.session.is_demo() {
                    reach.extend(tours::reach(&self.session.tours));
                }
                let site = home.and_then(|home| home.site_of_people());
                let availability = |action| self.availability(action);
                let all = Palette::new(&self.keys, &scopes, availability, reach, site);
                self.screens.push(Box::new(all));
            }
            Action::Themes => self.screens.push(Box::new(Themes::new(&self.wardrobe))),
            Action::Timers => self.screens.push(Box::new(Timers::default())),
            Action::Offers => self.screens.push(offers::screen()),
            Action::Audit => self.screens.push(Box::new(Audit::default())),
            Action::Outbox => self.screens.push(Box::new(Outbox::default())),
            Action::Demo => self.screens.push(Box::new(Demo::default())),
            Action::Tours => self.screens.push(Box::new(Tours::new(&self.session.tours))),
            _ => {}
        }
    }

    /// Ends, but asks where something is kept nowhere.
    fn ask_to_quit(&mut self, effects: &mut Vec<Effect>) {
        let filled = self.screens.iter().rev().find_map(|screen| screen.unsaved());
        let mut lines: Vec<String> = filled
            .into_iter()
            .flat_map(|page| [page, "What stands there is kept nowhere else.".to_owned()])
            .collect();
        if self.session.fleeting {
            let words = "This demo's world ends with it. Started with --data FOLDER, a demo is \
                         kept there and goes on the next time.";
            lines.push(words.to_owned());
        }
        if lines.is_empty() {
            return self.quit(false, effects);
        }
        self.screens.push(Box::new(Confirm::to_quit(lines)));
    }

    /// What was not answered is asked again; a backend that is away is asked whether it is back.
    pub(super) fn ask_again(&mut self, effects: &mut Vec<Effect>) {
        let now_ms = self.desk.now_ms;
        let mut wake = None;
        effects.extend(self.desk.asked.due(now_ms, &mut wake));
        effects.extend(wake.map(Effect::WakeAt));
        if self.session.me.is_some() && self.desk.asked.probes(now_ms) {
            let (_, mut cx) = self.at(0, effects);
            cx.hold = None;
            let id = cx.send(ShowMe::call(Nothing, Nothing, Nothing));
            self.desk.asked.probing(id);
        }
    }

    /// Ends the session and shows nothing of it any more.
    pub(super) fn sign_out(&mut self, effects: &mut Vec<Effect>) {
        self.each(effects, |screen, cx| screen.farewell(cx));
        let (_, mut cx) = self.at(0, effects);
        cx.send(SignOut::call(Nothing, Nothing, Nothing));
        self.session.me = None;
        self.screens = vec![Box::new(SignIn::default())];
    }

    /// A session that has ended is asked for again, over what is open.
    pub(super) fn note_ended_session(&mut self, result: &Result<Reply, ApiError>) {
        let ended = matches!(result, Err(error) if error.code() == code::NOT_SIGNED_IN);
        let asked = self.screens.iter().any(|screen| screen.scopes().contains(&Scope::SignIn));
        if ended && !asked {
            let was = self.session.me.as_ref().map(|me| me.email.clone());
            self.screens.push(Box::new(SignIn::again(was)));
        }
    }
}
