//! What a line means: a number, a value, an act by its name or its key, words to look for.

use crossterm::event::Event;

use super::still::{CHANGED, under};
use super::{Item, Reader, SHOWN, lines};
use crate::domain::country::Country;
use crate::domain::fold::fold;
use crate::domain::untrusted::Untrusted;
use crate::tui::app::App;
use crate::tui::app::linear::Act;
use crate::tui::effect::Effect;
use crate::tui::keymap::{Action, Availability, Chord};
use crate::tui::msg::Msg;
use crate::tui::page::{Stop, is_secret};

/// What came of a line.
#[derive(Debug)]
pub enum Heard {
    /// It was done; these are to be done.
    Done(Vec<Effect>),
    /// Nothing was done, and this is why; or what was asked for.
    Say(String),
    /// Another line is needed.
    Need(Need),
    /// Wait until something changes, or until a page says this.
    Wait(Option<String>),
}

/// What another line is needed for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Need {
    /// The value of what stands under this number.
    Value {
        /// The number.
        number: usize,
        /// What is asked.
        label: String,
        /// It is not shown while it is typed.
        secret: bool,
    },
    /// The lines of a list, up to one with a full stop alone.
    List(String),
}

/// The field that takes a country, on every page that has one.
const COUNTRY: &str = "country";
const UNKNOWN: &str = "That is no number, act or key of this page. ? tells what can be said.";

impl Reader {
    /// Takes a line.
    pub fn hear(&mut self, line: &str, app: &mut App) -> Heard {
        let line = line.trim();
        let refused = std::mem::take(&mut self.refused);
        if line.is_empty() {
            // Who was told that something was not done has not asked for what comes next.
            if refused {
                return Heard::Say(self.all(app));
            }
            let heard = self.go_on(app, false);
            self.answers = matches!(heard, Heard::Done(_));
            return heard;
        }
        let own = self.own(line, app);
        let asks = own.is_some() && !line.starts_with('/');
        let heard = own.unwrap_or_else(|| self.meant(line, app));
        self.refused = matches!(heard, Heard::Say(_)) && !asks;
        self.answers = matches!(heard, Heard::Done(_)) && !asks;
        heard
    }

    /// What a line means on the page.
    fn meant(&mut self, line: &str, app: &mut App) -> Heard {
        if let Some(heard) = self.may_count(line) {
            return heard;
        }
        if let Some(number) = line.strip_prefix("open ").and_then(|rest| rest.trim().parse().ok()) {
            return self.take(number, app);
        }
        if let Some(heard) = self.numbered(line, app) {
            return heard;
        }
        if let Some(action) = meant(line, app) {
            // Looking elsewhere is about nothing.
            let looks = matches!(action, Action::Back | Action::Quit | Action::Leave);
            if !looks && self.is_about_another(app) {
                return Heard::Say(format!("What that is about {CHANGED}{}", self.all(app)));
            }
            return act(action, app);
        }
        if let Some(number) = self.called(line) {
            return self.take(number, app);
        }
        if let Some(heard) = self.country(line, app) {
            return heard;
        }
        // Where one field is all that is asked, the line is its value.
        if self.items.is_empty() && app.takes_as_text(&Chord::typed('a')) {
            return write(line, app).map_or_else(Heard::Say, |effects| submit(effects, app));
        }
        Heard::Say(UNKNOWN.to_owned())
    }

    /// Takes the line that was needed.
    pub fn given(&mut self, need: Need, line: &str, app: &mut App) -> Heard {
        match need {
            Need::Value { number, .. } => {
                let heard = self.value(number, line, app);
                self.refused = matches!(heard, Heard::Say(_));
                self.answers = matches!(heard, Heard::Done(_));
                heard
            }
            Need::List(mut text) => {
                if line.trim() == "." {
                    let paste = Event::Paste(text);
                    return Heard::Done(app.update(Msg::Input(paste)));
                }
                text.push_str(line);
                text.push('\n');
                Heard::Need(Need::List(text))
            }
        }
    }

    /// The words that are the reader's own.
    fn own(&mut self, line: &str, app: &mut App) -> Option<Heard> {
        let (word, rest) =
            line.split_once(' ').map_or((line, ""), |(word, rest)| (word, rest.trim()));
        Some(match (word, rest) {
            ("?" | "help", "") => {
                let acts = Self::acts(app);
                let help = "A number opens, chooses or ticks what it stands for; 2,5-7 several.\n\
                     3 text answers what stands under 3, and 3 alone asks for it; open 3 opens it.\n\
                     An empty line goes on. / and words filter. paste takes a list, up to a full \
                     stop alone on a line.\n\
                     again tells the page again, more and less the next and the last of a list.\n\
                     wait waits until something changes, wait for WORDS until the page says them.\n\
                     hints off leaves out what explains. The acts here, by name or by key:\n";
                Heard::Say(format!("{help}{acts}"))
            }
            ("again", "") => Heard::Say(self.all(app)),
            ("hints", "on" | "off") => {
                self.quiet = rest == "off";
                Heard::Say(format!("Hints are {rest}.\n"))
            }
            ("wait", "") => Heard::Wait(None),
            ("wait", rest) => {
                Heard::Wait(Some(rest.strip_prefix("for ").unwrap_or(rest).trim().to_owned()))
            }
            ("paste", "") => Heard::Need(Need::List(String::new())),
            ("more" | "less", "") => {
                let motion = if word == "more" { Action::Down } else { Action::Up };
                let mut effects = Vec::new();
                for _ in 0..SHOWN {
                    effects.extend(app.perform(motion));
                }
                Heard::Done(effects)
            }
            _ if line.starts_with('/') => self.filter(line[1..].trim(), app),
            _ => return None,
        })
    }

    fn filter(&mut self, words: &str, app: &mut App) -> Heard {
        if !app.places().is_empty() {
            words.clone_into(&mut self.search);
            return Heard::Done(Vec::new());
        }
        if app.can(Action::Filter) != Availability::Ready {
            return Heard::Say("Nothing can be filtered here.".to_owned());
        }
        let mut effects = app.perform(Action::Filter);
        match write(words, app) {
            Ok(more) => effects.extend(more),
            Err(why) => return Heard::Say(why),
        }
        effects.extend(app.perform(if words.is_empty() { Action::Back } else { Action::Next }));
        Heard::Done(effects)
    }

    /// A number alone, on a page that asks for one that confirms: whether it is that, or the number of
    /// something to be opened, nobody can tell.
    fn may_count(&self, line: &str) -> Option<Heard> {
        let said: usize = line.parse().ok()?;
        let (field, _) = self.items.iter().find(|(_, item)| item.count().is_some())?;
        if said == *field {
            return None;
        }
        let open = match self.item(said) {
            Some(_) => format!(" open {said} opens: {}.", self.told_under(said)),
            None => String::new(),
        };
        let asked = self.told_under(*field).split(':').next().unwrap_or_default();
        Some(Heard::Say(format!("{asked}? For {said} say {field} {said}.{open}")))
    }

    /// `3`, `2,5-7`, `3 text`.
    fn numbered(&mut self, line: &str, app: &mut App) -> Option<Heard> {
        // Behind the number of a field stands its value, be it a number too.
        let field = |number: &usize| {
            let is_field = |stop: &Stop| matches!(stop, Stop::Field(_) | Stop::Pick(_));
            matches!(self.item(*number), Some(Item::Stop(_, stop)) if is_field(stop))
        };
        let alone = !line.contains(' ') && !line.contains('=');
        let numbers = numbers(line).filter(|all| alone || !all.first().is_some_and(field));
        if let Some(numbers) = numbers {
            let mut effects = Vec::new();
            for number in &numbers {
                match self.take(*number, app) {
                    Heard::Done(more) => effects.extend(more),
                    other if numbers.len() == 1 => return Some(other),
                    Heard::Say(why) => return Some(Heard::Say(format!("{number}: {why}"))),
                    _ => return Some(Heard::Say(format!("{number} asks for a value of its own."))),
                }
            }
            return Some(Heard::Done(effects));
        }
        let digits = line.len() - line.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let number = line[..digits].parse().ok()?;
        let rest = line[digits..].trim_start();
        let value = rest.strip_prefix('=').map_or(rest, str::trim_start);
        (digits > 0 && value.len() < line.len() - digits).then(|| self.value(number, value, app))
    }

    fn item(&self, number: usize) -> Option<&Item> {
        self.items.get(&number)
    }

    /// The number of the one thing that is called so, as it was told.
    fn called(&self, line: &str) -> Option<usize> {
        let wanted = fold(line);
        let is = |item: &Item| match item {
            Item::Stop(_, stop) => {
                let chosen = matches!(**stop, Stop::Option(..) | Stop::Tick(..));
                chosen && fold(&lines::plain(&lines::name(stop))) == wanted
            }
            Item::Go(_) | Item::Not(_) => false,
        };
        let mut found = self.items.iter().filter(|(_, item)| is(item));
        match (found.next(), found.next()) {
            (Some((number, _)), None) => Some(*number),
            _ => None,
        }
    }

    /// A country by its name, where the page asks for one.
    fn country(&mut self, line: &str, app: &mut App) -> Option<Heard> {
        Country::parse(line).ok()?;
        let asks = |item: &Item| matches!(item, Item::Stop(_, stop) if matches!(&**stop, Stop::Pick(spec) if spec.field.key == COUNTRY));
        let number = self.items.iter().find(|(_, item)| asks(item)).map(|(number, _)| *number)?;
        Some(self.value(number, line, app))
    }

    /// What was told under a number.
    fn told_under(&self, number: usize) -> &str {
        under(number, &self.before.1).unwrap_or("That").trim_end_matches('.')
    }

    /// Does what a number stands for.
    fn take(&mut self, number: usize, app: &mut App) -> Heard {
        let Some(item) = self.item(number).cloned() else {
            return Heard::Say(format!("There is no {number} here."));
        };
        match item {
            Item::Go(go) => {
                self.search.clear();
                Heard::Done(app.go_there(go))
            }
            Item::Not(why) => Heard::Say(why),
            Item::Stop(at, stop) => {
                let Some(at) = self.still(number, at, &stop, app) else {
                    return self.changed(number, app);
                };
                self.take_stop(number, at, *stop, app)
            }
        }
    }

    /// A number that means nothing any more.
    fn changed(&mut self, number: usize, app: &App) -> Heard {
        let told = self.told_under(number).to_owned();
        Heard::Say(format!("{told}: that {CHANGED}{}", self.all(app)))
    }

    fn take_stop(&mut self, number: usize, at: usize, stop: Stop, app: &mut App) -> Heard {
        match stop {
            Stop::Field(_) | Stop::Pick(_) => {
                let label = lines::plain(&lines::name(&stop));
                Heard::Need(Need::Value { number, label, secret: is_secret(&stop) })
            }
            Stop::Option(..) | Stop::Tick(..) => pointed(at, Action::Tick, app),
            Stop::Row(..) => row(at, self.told_under(number), app),
            Stop::Value(value) => Heard::Say(value.to_string()),
        }
    }

    /// Writes a value into the field under a number.
    fn value(&mut self, number: usize, value: &str, app: &mut App) -> Heard {
        let Some(Item::Stop(at, stop)) = self.item(number).cloned() else {
            return Heard::Say(format!("There is no field under {number}."));
        };
        if !matches!(*stop, Stop::Field(_) | Stop::Pick(_)) {
            return Heard::Say(format!("{number} takes no text; say {number} alone."));
        }
        let Some(at) = self.still(number, at, &stop, app) else {
            return self.changed(number, app);
        };
        let mut effects = app.point(at);
        match write(value.trim(), app) {
            Ok(more) => effects.extend(more),
            Err(why) => return Heard::Say(why),
        }
        if let Stop::Pick(_) = *stop {
            effects.extend(pick(at, value.trim(), app));
        }
        Heard::Done(effects)
    }

    /// On to the next page. What does more than that is done by its name alone.
    fn go_on(&mut self, app: &mut App, named: bool) -> Heard {
        match app.can(Action::Next) {
            Availability::Ready => {}
            Availability::Disabled(why) => return Heard::Say(why.into_owned()),
            Availability::Hidden => {
                let words = "An empty line is no answer here: say next, when you have read it.";
                return Heard::Say(if app.reads() { words.to_owned() } else { self.all(app) });
            }
        }
        if app.next_does() && !named {
            let name = label_of_next(app);
            let or = if name == "next" { "" } else { ", or next" };
            return Heard::Say(format!(
                "Nothing was done: an empty line never does what cannot be undone. Say {name}{or}."
            ));
        }
        Heard::Done(app.go_on())
    }
}

/// An act by its name, its word in the footer or the first of its words, or its key.
fn meant(line: &str, app: &App) -> Option<Action> {
    let word = line.to_lowercase().replace(' ', "-");
    let acts = app.acts_now();
    let label = |act: &Act| act.label.to_lowercase().replace(' ', "-");
    let labelled = acts.iter().find(|act| label(act) == word).map(|act| act.action);
    let named = Action::ALL.into_iter().find(|action| action.code() == word);
    let action = named.filter(|action| app.can(*action) != Availability::Hidden).or(labelled);
    let begun = || {
        // "link" is "link now", where nothing else begins so.
        let begins = |act: &&Act| label(act).split('-').next() == Some(word.as_str());
        let mut found = acts.iter().filter(begins).map(|act| act.action);
        found.next().filter(|_| found.next().is_none())
    };
    let action = action.or_else(|| by_key(line, app)).or_else(begun).or(named)?;
    // Where a text is read, going on is having read it.
    Some(if action == Action::Next && app.reads() { Action::Open } else { action })
}

fn act(action: Action, app: &mut App) -> Heard {
    match app.can(action) {
        Availability::Ready if action == Action::Next => next(app),
        Availability::Ready => Heard::Done(app.perform(action)),
        Availability::Disabled(why) => Heard::Say(why.into_owned()),
        Availability::Hidden if app.can(Action::Back) == Availability::Ready => {
            Heard::Say("That cannot be done here; back may lead to where it can.".to_owned())
        }
        Availability::Hidden => Heard::Say("That cannot be done here.".to_owned()),
    }
}

/// On from the page as a whole. What was told as something else (a field further on) is said first: who
/// said "next" has not asked for what the page is for.
fn next(app: &mut App) -> Heard {
    let told = label_of_next(app);
    if app.next_does() {
        let name = label_of_next(app);
        if name != told {
            let words = format!("Numbers fill the fields. To go on, say {name}.");
            return Heard::Say(words);
        }
    }
    Heard::Done(app.go_on())
}

fn label_of_next(app: &App) -> String {
    let next = app.acts_now().into_iter().find(|act| act.action == Action::Next);
    next.map_or_else(|| "next".to_owned(), |act| act.label)
}

fn by_key(line: &str, app: &App) -> Option<Action> {
    let chord = Chord::parse(line).ok()?;
    let actions = app.keys().resolve(&chord.event(), &app.live_scopes());
    actions.into_iter().find(|action| app.can(*action) != Availability::Hidden)
}

/// A row is opened; what would begin something by it is done by its name alone, and what can only be
/// looked at is chosen for what is said next.
fn row(at: usize, name: &str, app: &mut App) -> Heard {
    // Pointing at what has the focus already does nothing.
    drop(app.point(at));
    // A row of the first page is who signs in.
    let mut ways = [Action::Open, Action::Next].into_iter();
    let Some(action) = ways.find(|way| app.can(*way) != Availability::Hidden) else {
        return Heard::Done(Vec::new());
    };
    if app.can(action) == Availability::Ready && app.does(action) {
        let word = app.acts_now().into_iter().find(|act| act.action == action);
        let word = word.map_or_else(|| action.code(), |act| act.label);
        // Looking at what is in it begins nothing.
        if action == Action::Open && word == Action::Open.code() {
            return pointed(at, action, app);
        }
        return Heard::Say(format!("{name} is chosen, and not done yet. To do it, say {word}."));
    }
    pointed(at, action, app)
}

fn pointed(at: usize, action: Action, app: &mut App) -> Heard {
    let mut effects = app.point(at);
    match app.can(action) {
        Availability::Ready => effects.extend(app.perform(action)),
        Availability::Disabled(why) => return Heard::Say(why.into_owned()),
        Availability::Hidden => return Heard::Say("That cannot be chosen now.".to_owned()),
    }
    Heard::Done(effects)
}

fn write(text: &str, app: &mut App) -> Result<Vec<Effect>, String> {
    app.write(text).map_err(|odd| {
        let odd = Untrusted::new(odd.to_string()).shown();
        format!("Nothing was written: this field does not take {odd}.")
    })
}

/// The field is all there is: its box takes it.
fn submit(mut effects: Vec<Effect>, app: &mut App) -> Heard {
    let mut ready = [Action::Open, Action::Next].into_iter();
    if let Some(action) = ready.find(|one| app.can(*one) == Availability::Ready) {
        effects.extend(app.perform(action));
    }
    Heard::Done(effects)
}

/// Takes the one that was meant, where that is clear.
fn pick(at: usize, typed: &str, app: &mut App) -> Vec<Effect> {
    let stop = app.told().and_then(|told| told.page.stops().into_iter().nth(at));
    let Some(Stop::Pick(spec)) = stop else { return Vec::new() };
    let is = |text: &str| text.eq_ignore_ascii_case(typed);
    let clear = match spec.options.as_slice() {
        [] => false,
        [_] => true,
        [first, ..] => is(&first.id) || is(&first.label),
    };
    if clear && !typed.is_empty() { app.perform(Action::NextPane) } else { Vec::new() }
}

/// `3`, `1,3`, `2 5-7`.
fn numbers(line: &str) -> Option<Vec<usize>> {
    let mut all = Vec::new();
    for part in line.split([',', ' ']).filter(|part| !part.is_empty()) {
        let (from, to) = part.split_once('-').unwrap_or((part, part));
        let (from, to): (usize, usize) = (from.parse().ok()?, to.parse().ok()?);
        if to < from || to - from >= 1_000 {
            return None;
        }
        all.extend(from..=to);
    }
    (!all.is_empty()).then_some(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_people_write_them() {
        assert_eq!(numbers("3"), Some(vec![3]));
        assert_eq!(numbers("1, 3-5 8"), Some(vec![1, 3, 4, 5, 8]));
        for line in ["", "3 Acme", "5-2", "-", "all", "1-99999"] {
            assert_eq!(numbers(line), None, "{line}");
        }
    }
}
