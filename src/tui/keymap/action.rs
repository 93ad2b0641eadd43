//! What a key can mean.
//!
//! Owns the closed list of actions and whether one can be done now. An action carries no data:
//! what it is done to is the state of whoever gets it.

use std::borrow::Cow;

use crate::tui::widget::rows::Motion;

/// One thing an operator can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    /// Move up.
    Up,
    /// Move down.
    Down,
    /// Move left.
    Left,
    /// Move right.
    Right,
    /// Go to the first row.
    Top,
    /// Go to the last row.
    Bottom,
    /// A page up.
    PageUp,
    /// A page down.
    PageDown,
    /// Half a page up.
    HalfUp,
    /// Half a page down.
    HalfDown,
    /// To the next pane or field.
    NextPane,
    /// To the pane or field before.
    PreviousPane,
    /// Open what is under the cursor.
    Open,
    /// Go on to the next step.
    Next,
    /// Go back; clears a filter first.
    Back,
    /// Leave the wizard; the draft stays.
    Leave,
    /// Filter the rows.
    Filter,
    /// Tick and move down.
    Tick,
    /// Begin or end a range.
    Range,
    /// Extend the range upwards.
    RangeUp,
    /// Extend the range downwards.
    RangeDown,
    /// Tick all rows that match.
    TickAll,
    /// Tick none of the rows that match.
    TickNone,
    /// Invert the ticks of the rows that match.
    Invert,
    /// Undo ticking.
    Undo,
    /// Redo ticking.
    Redo,
    /// Show the facets.
    Facets,
    /// Show the cohorts.
    Cohorts,
    /// Load a list of addresses from a file.
    LoadList,
    /// Tick everyone who is not yet linked and was never invited.
    Rest,
    /// Turn held users into e-mails for this plan, or back.
    EmailHeld,
    /// Save under a name.
    Save,
    /// Add to what is ticked.
    Add,
    /// Take away from what is ticked.
    Subtract,
    /// Remove.
    Remove,
    /// Write to a file.
    Export,
    /// Copy the value under the cursor.
    Copy,
    /// Look a domain up in DNS.
    Verify,
    /// Publish the record in the demo's DNS.
    Publish,
    /// Pause a run.
    Pause,
    /// Resume a run.
    Resume,
    /// Cancel a run.
    Cancel,
    /// Plan again what failed or was not processed.
    Retry,
    /// Say what became of a mail that may have been sent.
    Resolve,
    /// Let somebody who declined be invited again.
    ClearDecline,
    /// Take a draft over from who holds it.
    TakeOver,
    /// Go on with this page's answers, in the place of those saved elsewhere.
    KeepMine,
    /// Say yes.
    Yes,
    /// Say no.
    No,
    /// Confirm as the addressee of a mail would.
    ConfirmMail,
    /// Decline as the addressee of a mail would.
    DeclineMail,
    /// Follow the link of a mail as its addressee would, here.
    FollowMail,
    /// Go on with the setup that is pending.
    SetUp,
    /// The demo's clock an hour on.
    AdvanceHour,
    /// The demo's clock a day on.
    AdvanceDay,
    /// The demo's clock 31 days on.
    AdvanceMonth,
    /// Sign in as somebody else.
    SignInAs,
    /// The demo's tours, to watch one.
    Tours,
    /// Sign out.
    SignOut,
    /// Ask the backend again.
    Reload,
    /// The menu of wizards.
    Wizards,
    /// The users of the site.
    Users,
    /// What a site tells about its meetings.
    Insights,
    /// Another length of a report's periods.
    Period,
    /// The timers.
    Timers,
    /// The runs of the site.
    Runs,
    /// The trials, by end.
    Trials,
    /// The orders.
    Orders,
    /// What one is offered oneself.
    Offers,
    /// Start a trial.
    StartTrial,
    /// Extend the trial.
    Extend,
    /// Change what there is.
    Edit,
    /// The audit record.
    Audit,
    /// The demo's outbox.
    Outbox,
    /// The demo's panel.
    Demo,
    /// Help on the focused pane.
    Help,
    /// All actions.
    Palette,
    /// The themes, to try them.
    Themes,
    /// The mouse for clicking, or back for selecting text.
    Mouse,
    /// Draw the whole screen anew.
    Redraw,
    /// Stop until told to go on.
    Suspend,
    /// End.
    Quit,
    /// End, whatever has the focus.
    ForceQuit,
}

impl Action {
    /// All actions.
    pub const ALL: [Self; Self::ForceQuit as usize + 1] = [
        Self::Up,
        Self::Down,
        Self::Left,
        Self::Right,
        Self::Top,
        Self::Bottom,
        Self::PageUp,
        Self::PageDown,
        Self::HalfUp,
        Self::HalfDown,
        Self::NextPane,
        Self::PreviousPane,
        Self::Open,
        Self::Next,
        Self::Back,
        Self::Leave,
        Self::Filter,
        Self::Tick,
        Self::Range,
        Self::RangeUp,
        Self::RangeDown,
        Self::TickAll,
        Self::TickNone,
        Self::Invert,
        Self::Undo,
        Self::Redo,
        Self::Facets,
        Self::Cohorts,
        Self::LoadList,
        Self::Rest,
        Self::EmailHeld,
        Self::Save,
        Self::Add,
        Self::Subtract,
        Self::Remove,
        Self::Export,
        Self::Copy,
        Self::Verify,
        Self::Publish,
        Self::Pause,
        Self::Resume,
        Self::Cancel,
        Self::Retry,
        Self::Resolve,
        Self::ClearDecline,
        Self::TakeOver,
        Self::KeepMine,
        Self::Yes,
        Self::No,
        Self::ConfirmMail,
        Self::DeclineMail,
        Self::FollowMail,
        Self::SetUp,
        Self::AdvanceHour,
        Self::AdvanceDay,
        Self::AdvanceMonth,
        Self::SignInAs,
        Self::Tours,
        Self::SignOut,
        Self::Reload,
        Self::Wizards,
        Self::Users,
        Self::Insights,
        Self::Period,
        Self::Timers,
        Self::Runs,
        Self::Trials,
        Self::Orders,
        Self::Offers,
        Self::StartTrial,
        Self::Extend,
        Self::Edit,
        Self::Audit,
        Self::Outbox,
        Self::Demo,
        Self::Help,
        Self::Palette,
        Self::Themes,
        Self::Mouse,
        Self::Redraw,
        Self::Suspend,
        Self::Quit,
        Self::ForceQuit,
    ];

    /// The movement it stands for.
    pub fn motion(self) -> Option<Motion> {
        Some(match self {
            Self::Up => Motion::Up,
            Self::Down => Motion::Down,
            Self::Top => Motion::First,
            Self::Bottom => Motion::Last,
            Self::PageUp => Motion::PageUp,
            Self::PageDown => Motion::PageDown,
            Self::HalfUp => Motion::HalfUp,
            Self::HalfDown => Motion::HalfDown,
            _ => return None,
        })
    }

    /// The name in overrides and in the palette: `tick-all`.
    pub fn code(self) -> String {
        let mut out = String::new();
        for c in format!("{self:?}").chars() {
            if c.is_ascii_uppercase() && !out.is_empty() {
                out.push('-');
            }
            out.push(c.to_ascii_lowercase());
        }
        out
    }

    /// Reads [`Action::code`].
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|action| action.code() == code)
    }
}

/// Whether an action can be done now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Availability {
    /// Yes.
    Ready,
    /// No, and this is why and what to do.
    Disabled(Cow<'static, str>),
    /// It means nothing here; the key may mean something further out.
    Hidden,
}

impl Availability {
    /// Ready when `ready`, else disabled with the reason.
    pub fn ready_if(ready: bool, why_not: impl Into<Cow<'static, str>>) -> Self {
        if ready { Self::Ready } else { Self::Disabled(why_not.into()) }
    }

    /// Ready when `shown`, else hidden.
    pub fn shown_if(shown: bool) -> Self {
        if shown { Self::Ready } else { Self::Hidden }
    }
}
