//! The table of all keys (SPEC section 6). One row is one key binding; nothing else lists keys.
//!
//! Owns scope, keys, action, footer word, help and place in the footer. Must not hold behaviour:
//! what an action does is the business of whoever has the scope.

use super::action::Action;

/// Where a row is live. A screen names its scopes, innermost first; `Global` comes last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scope {
    /// Everywhere.
    Global,
    /// Wherever there are rows to move in.
    List,
    /// The three panes of home.
    Panes,
    /// A screen that one opens and leaves again.
    Screen,
    /// A page of fields and choices.
    Page,
    /// A wizard, whatever the step.
    Wizard,
    /// A page that does one thing.
    Form,
    /// The domains step.
    Domains,
    /// Selecting users.
    Select,
    /// The facets beside the users.
    Facets,
    /// The cohorts of a site.
    Cohorts,
    /// The plan.
    Plan,
    /// A run under way or over.
    Run,
    /// The users of a site.
    Users,
    /// The trials.
    Trials,
    /// What a site tells about its meetings.
    Insights,
    /// The demo's mails.
    Outbox,
    /// The demo's panel.
    Demo,
    /// Signing in.
    SignIn,
    /// A question.
    Confirm,
    /// Something laid over a screen.
    Overlay,
}

impl Scope {
    /// All scopes, in the order of the printed table.
    pub const ALL: [Self; Self::Overlay as usize + 1] = [
        Self::Global,
        Self::List,
        Self::Panes,
        Self::Screen,
        Self::Page,
        Self::Wizard,
        Self::Form,
        Self::Domains,
        Self::Select,
        Self::Facets,
        Self::Cohorts,
        Self::Plan,
        Self::Run,
        Self::Users,
        Self::Trials,
        Self::Insights,
        Self::Outbox,
        Self::Demo,
        Self::SignIn,
        Self::Confirm,
        Self::Overlay,
    ];

    /// The name on screens and in the README.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Global => "everywhere",
            Self::List => "in lists",
            Self::Panes => "home",
            Self::Screen => "on a screen of its own",
            Self::Page => "on a page",
            Self::Wizard => "in a wizard",
            Self::Form => "on a page that does one thing",
            Self::Domains => "domains",
            Self::Select => "selecting users",
            Self::Facets => "facets",
            Self::Cohorts => "cohorts",
            Self::Plan => "plan",
            Self::Run => "run",
            Self::Users => "users",
            Self::Trials => "trials",
            Self::Insights => "insights",
            Self::Outbox => "outbox",
            Self::Demo => "demo",
            Self::SignIn => "signing in",
            Self::Confirm => "question",
            Self::Overlay => "in a box",
        }
    }

    /// The name in overrides.
    pub fn code(self) -> String {
        format!("{self:?}").to_ascii_lowercase()
    }
}

/// One row.
#[derive(Debug)]
pub struct Binding {
    /// Where it is live.
    pub scope: Scope,
    /// Its keys, the one to show first.
    pub keys: &'static [&'static str],
    /// What they mean.
    pub action: Action,
    /// The word in the footer.
    pub label: &'static str,
    /// The sentence in the help.
    pub help: &'static str,
    /// The place in the footer, 1 first; 0 keeps it out.
    pub footer: u8,
}

const fn row(
    scope: Scope,
    keys: &'static [&'static str],
    action: Action,
    label: &'static str,
    help: &'static str,
    footer: u8,
) -> Binding {
    Binding { scope, keys, action, label, help, footer }
}

use Action as A;
use Scope as S;

/// All keys.
#[rustfmt::skip]
pub const BINDINGS: &[Binding] = &[
    row(S::Global, &["?", "f1"], A::Help, "help", "Help on what has the focus", 99),
    row(S::Global, &[":", "ctrl-p"], A::Palette, "actions", "All that can be done and where one can go, found by name", 55),
    row(S::Global, &["y"], A::Copy, "copy", "Copy the value under the cursor", 60),
    row(S::Global, &["t"], A::Timers, "timers", "Deadlines and runs under way", 85),
    row(S::Global, &["R"], A::Runs, "runs", "The runs of the site", 0),
    row(S::Global, &["L"], A::Audit, "audit", "The record of every change", 0),
    row(S::Global, &["m"], A::Outbox, "mails", "Demo: the mails that were sent", 82),
    row(S::Global, &["d"], A::Demo, "demo", "Demo: move the clock, sign in as somebody else", 83),
    row(S::Global, &[], A::Tours, "tours", "Demo: watch a tour of it; the demo begins anew", 0),
    row(S::Global, &["o"], A::Offers, "offers", "Roles that you are offered: accept or decline", 0),
    row(S::Global, &["r"], A::Reload, "reload", "Ask the backend again", 70),
    row(S::Global, &[], A::SignOut, "sign out", "End the session on the backend", 0),
    row(S::Global, &[], A::Themes, "themes", "Try another theme, on what is on the screen", 0),
    row(S::Global, &["f6"], A::Mouse, "mouse", "The mouse for clicking and scrolling, or back for selecting text", 0),
    row(S::Global, &["ctrl-l"], A::Redraw, "redraw", "Draw the whole screen anew", 0),
    row(S::Global, &["ctrl-z"], A::Suspend, "suspend", "Go back to the shell; `fg` comes back", 0),
    row(S::Global, &["q"], A::Quit, "quit", "End; drafts stay; asks where something is kept nowhere", 57),
    row(S::Global, &["ctrl-c"], A::ForceQuit, "quit", "End, whatever has the focus; drafts stay", 0),

    row(S::List, &["up", "k"], A::Up, "up", "A row up", 0),
    row(S::List, &["down", "j"], A::Down, "down", "A row down", 0),
    row(S::List, &["home", "g"], A::Top, "first", "The first row", 0),
    row(S::List, &["end", "G"], A::Bottom, "last", "The last row", 0),
    row(S::List, &["pgup"], A::PageUp, "page up", "A page up", 0),
    row(S::List, &["pgdn"], A::PageDown, "page down", "A page down", 0),
    row(S::List, &["ctrl-u"], A::HalfUp, "half up", "Half a page up", 0),
    row(S::List, &["ctrl-d"], A::HalfDown, "half down", "Half a page down", 0),

    row(S::Panes, &["enter"], A::Open, "open", "Open the row: on to the next pane, from users to their list", 1),
    row(S::Panes, &["w"], A::Wizards, "wizards", "What can be done here, step by step", 2),
    row(S::Panes, &["/"], A::Filter, "filter", "Filter the rows of the pane", 3),
    row(S::Panes, &["tab"], A::NextPane, "next pane", "The next pane", 4),
    row(S::Panes, &["shift-tab"], A::PreviousPane, "pane before", "The pane before", 0),
    row(S::Panes, &["right", "l"], A::Right, "right", "The pane to the right", 0),
    row(S::Panes, &["left", "h"], A::Left, "left", "The pane to the left", 0),
    row(S::Panes, &["esc"], A::Back, "back", "Clear the filter, then the pane before", 0),
    row(S::Panes, &["s"], A::SetUp, "set up services", "Go on with the setup of the organization's services", 0),
    row(S::Panes, &["+"], A::Add, "add", "Add: an organization, a site, or users by a file, by the pane", 0),
    row(S::Panes, &["u"], A::Users, "users", "The users of the site", 0),
    row(S::Panes, &["T"], A::Trials, "trials", "The trials, soonest end first", 0),
    row(S::Panes, &["O"], A::Orders, "orders", "The orders: map one, accept or decline one", 0),
    row(S::Panes, &["N"], A::StartTrial, "start a trial", "A new customer tries services for 30, 60 or 90 days", 0),
    row(S::Panes, &["i"], A::Insights, "insights", "What the site tells about its meetings", 58),

    row(S::Screen, &["enter"], A::Open, "open", "Open the row", 1),
    row(S::Screen, &["/"], A::Filter, "filter", "Filter the rows", 3),
    row(S::Screen, &["esc"], A::Back, "back", "Clear the filter, then go back", 50),

    row(S::Page, &["up", "k"], A::Up, "up", "The field or row above", 0),
    row(S::Page, &["down", "j"], A::Down, "down", "The field or row below", 0),
    row(S::Page, &["tab"], A::NextPane, "next field", "The next field", 0),
    row(S::Page, &["shift-tab"], A::PreviousPane, "field before", "The field before", 0),
    row(S::Page, &["space"], A::Tick, "choose", "Choose or tick what has the focus", 2),
    row(S::Page, &["enter"], A::Open, "open", "Open the row", 1),
    row(S::Page, &["home", "g"], A::Top, "first", "The first field or row", 0),
    row(S::Page, &["end", "G"], A::Bottom, "last", "The last field or row", 0),
    row(S::Page, &["pgup", "ctrl-u"], A::PageUp, "page up", "A page up", 0),
    row(S::Page, &["pgdn", "ctrl-d"], A::PageDown, "page down", "A page down", 0),

    row(S::Wizard, &["enter"], A::Next, "next", "Go on, once the page is complete", 1),
    row(S::Wizard, &["esc"], A::Back, "back", "The step before; every answer stays", 50),
    row(S::Wizard, &["ctrl-x"], A::Leave, "leave", "Leave the wizard; it comes back with every answer", 98),
    row(S::Wizard, &["T"], A::TakeOver, "take over", "Take the draft over from who holds it", 2),
    row(S::Wizard, &["K"], A::KeepMine, "this page's", "Keep this page's answers, not those saved elsewhere", 3),

    row(S::Form, &["enter"], A::Next, "do it", "Do it, once the page is complete", 1),
    row(S::Form, &["esc"], A::Back, "back", "Leave it as it is", 50),

    row(S::Domains, &["v"], A::Verify, "verify", "Look the record up in DNS now", 3),
    row(S::Domains, &["+"], A::Add, "add", "Add the domain to the organization", 4),
    row(S::Domains, &["a"], A::TickAll, "all", "Tick all domains that may be signed for, or none", 4),
    row(S::Domains, &["p"], A::Publish, "publish", "Demo: publish the record in the demo's DNS", 5),

    row(S::Select, &["space"], A::Tick, "tick", "Tick the user and move down", 2),
    row(S::Select, &["a"], A::TickAll, "all", "Tick all that match the filter", 3),
    row(S::Select, &["A"], A::TickNone, "none", "Tick none of those that match", 0),
    row(S::Select, &["i"], A::Invert, "invert", "Invert the ticks of those that match", 0),
    row(S::Select, &["v", "ctrl-space"], A::Range, "range", "Begin or end a range", 4),
    row(S::Select, &["shift-up"], A::RangeUp, "range up", "Extend the range upwards", 0),
    row(S::Select, &["shift-down"], A::RangeDown, "range down", "Extend the range downwards", 0),
    row(S::Select, &["u"], A::Undo, "undo", "Undo the last ticking", 0),
    row(S::Select, &["ctrl-r"], A::Redo, "redo", "Redo what was undone", 0),
    row(S::Select, &["/"], A::Filter, "filter", "Filter as one types: words, domain: dept: status: outcome: invited: ticked: and !", 7),
    row(S::Select, &["f"], A::Facets, "facets", "Counts by domain, department, status and outcome", 5),
    row(S::Select, &["c"], A::Cohorts, "cohorts", "Save, load, add and subtract cohorts", 6),
    row(S::Select, &["o"], A::LoadList, "list", "Tick the addresses of a list in a file", 0),
    row(S::Select, &["x"], A::Rest, "the rest", "Tick exactly those not yet linked and never invited", 8),

    row(S::Facets, &["enter"], A::Open, "filter", "Filter on the facet", 1),
    row(S::Facets, &["space"], A::Tick, "tick", "Tick its users", 2),
    row(S::Facets, &["tab", "right", "l"], A::NextPane, "next facet", "The next facet", 4),
    row(S::Facets, &["shift-tab", "left", "h"], A::PreviousPane, "facet before", "The facet before", 0),
    row(S::Facets, &["esc", "f"], A::Back, "close", "Back to the users", 50),

    row(S::Cohorts, &["enter"], A::Open, "load", "Tick the cohort alone", 1),
    row(S::Cohorts, &["+"], A::Add, "add", "Tick the cohort too", 2),
    row(S::Cohorts, &["-"], A::Subtract, "subtract", "Untick the cohort", 3),
    row(S::Cohorts, &["s"], A::Save, "save", "Save the ticks under a name", 4),
    row(S::Cohorts, &["D"], A::Remove, "remove", "Remove the cohort, after a question", 0),

    row(S::Plan, &["e"], A::Export, "export", "Write the plan to a CSV file", 6),
    row(S::Plan, &["h"], A::EmailHeld, "e-mail held", "Turn the held into e-mails in this plan, or back", 4),
    row(S::Plan, &["v"], A::Verify, "verify domains", "Prove the domains of those who are held, and come back", 5),

    row(S::Run, &["p"], A::Pause, "pause", "Stop before the next user", 2),
    row(S::Run, &["c"], A::Resume, "go on", "Go on where it was paused", 3),
    row(S::Run, &["x"], A::Cancel, "cancel", "End the run, after a question; what is left is not processed", 4),
    row(S::Run, &["n"], A::Retry, "plan again", "A new plan from what failed or was not processed", 5),
    row(S::Run, &["o"], A::Resolve, "resolve", "Say what became of a mail that may have been sent", 6),
    row(S::Run, &["e"], A::Export, "export", "Write the list to a CSV file; of the results, a report to hand on", 7),
    row(S::Run, &["a"], A::Rest, "the rest", "Plan everyone not yet linked and never invited", 8),

    row(S::Users, &["e"], A::Export, "export", "Write all users of the site to a CSV file", 4),
    row(S::Users, &["+"], A::Add, "add a user", "Add one user to the site", 6),
    row(S::Users, &["E"], A::Edit, "change", "Change the chosen user: address, names, department", 51),
    row(S::Users, &["o"], A::ClearDecline, "clear decline", "Let somebody who declined be invited again", 5),
    row(S::Users, &["w"], A::Wizards, "wizards", "What can be done with the site, step by step", 2),

    row(S::Trials, &["x"], A::Extend, "extend", "Replace the time that is left by 30 days from today", 2),
    row(S::Trials, &["e"], A::Edit, "services", "Change the services and how many of each", 4),
    row(S::Trials, &["n"], A::StartTrial, "new trial", "Start a trial for another customer", 5),
    row(S::Insights, &["tab"], A::NextPane, "next view", "The next view: reports, meetings, people, devices", 2),
    row(S::Insights, &["shift-tab"], A::PreviousPane, "view before", "The view before", 0),
    row(S::Insights, &["left", "h"], A::Left, "period before", "The period before", 3),
    row(S::Insights, &["right", "l"], A::Right, "next period", "The next period", 0),
    row(S::Insights, &["p"], A::Period, "by week", "By day, by week, by month", 4),
    row(S::Insights, &["e"], A::Export, "export", "Write what is shown to a CSV file", 5),

    row(S::Outbox, &["c"], A::ConfirmMail, "confirm", "Confirm, as the addressee would", 4),
    row(S::Outbox, &["n"], A::DeclineMail, "decline", "Decline, as the addressee would", 5),
    row(S::Outbox, &["o"], A::FollowMail, "get started", "Sign out, and follow a welcome mail's link here, as its addressee", 3),

    row(S::Demo, &["h"], A::AdvanceHour, "an hour on", "Move the demo's clock an hour on", 2),
    row(S::Demo, &["a"], A::AdvanceDay, "a day on", "Move the demo's clock a day on", 3),
    row(S::Demo, &["o"], A::AdvanceMonth, "31 days on", "Move the demo's clock 31 days on", 4),
    row(S::Demo, &["s"], A::SignInAs, "sign in as", "Be somebody else of the demo's world", 5),

    row(S::SignIn, &["enter"], A::Next, "sign in", "Sign in", 1),
    row(S::SignIn, &["tab"], A::NextPane, "next field", "The next field or way", 2),
    row(S::SignIn, &["esc"], A::Back, "back", "Back, where there is something to go back to", 50),

    row(S::Confirm, &["y"], A::Yes, "yes", "Do it", 1),
    row(S::Confirm, &["n"], A::No, "no", "Leave it", 2),
    row(S::Confirm, &["tab", "left", "right"], A::NextPane, "other answer", "The other answer", 4),
    row(S::Confirm, &["enter"], A::Open, "take it", "Take the answer that is marked", 3),

    row(S::Overlay, &["enter"], A::Open, "take", "Take the row", 1),
    row(S::Overlay, &["/"], A::Filter, "search", "Search", 3),
    row(S::Overlay, &["esc", "q"], A::Back, "close", "Close the box", 50),
];
