//! The third pane: the users of the chosen site, counted by state and by domain.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::pane::PaneRow;
use crate::api::site::{DomainStanding, SiteDomain, UserCounts};
use crate::domain::linking::LinkingMethod;
use crate::domain::user::UserState;
use crate::tui::screen::{Here, Look};
use crate::tui::theme::Tone;
use crate::tui::when::{count, thousands};
use crate::tui::widget::{bar, text};

/// At least so many domains are shown before the rest is one row.
const DOMAINS: usize = 4;
/// In a pane of so many rows the domains have a head.
const ROOMY: usize = 24;
/// In a pane so wide a state has its share beside its number.
const WITH_SHARE: u16 = 44;
/// The columns of a state's name and number.
const NAME: u16 = 12;
const NUMBER: u16 = 6;
/// A domain's name, number and standing are within so many columns.
const TOGETHER: u16 = 50;
/// The columns of a domain's standing.
const STANDING: u16 = 9;

/// A row of the pane.
#[derive(Debug, Clone, PartialEq)]
pub enum UserRow {
    /// Users in one state.
    State {
        /// The state.
        state: UserState,
        /// How many.
        users: u64,
        /// The largest number of the pane, for the bar.
        most: u64,
        /// All users of the site.
        all: u64,
    },
    /// Between states and domains.
    Gap,
    /// The head of the domains.
    Head {
        /// How many there are.
        domains: u64,
    },
    /// Users of one domain.
    Domain {
        /// The domain.
        domain: Box<SiteDomain>,
        /// The site's method, which tells what the domain means.
        method: Option<LinkingMethod>,
    },
    /// The domains that are not shown.
    More {
        /// How many.
        domains: u64,
        /// Their users.
        users: u64,
    },
}

/// How many users are in a state.
pub fn in_state(counts: &UserCounts, state: UserState) -> u64 {
    match state {
        UserState::Unlinked => counts.unlinked,
        UserState::Invited => counts.invited,
        UserState::Lapsed => counts.lapsed,
        UserState::Confirmed => counts.confirmed,
        UserState::Provisional => counts.provisional,
        UserState::Linked => counts.linked,
        UserState::Declined => counts.declined,
        UserState::Unknown => counts.unknown,
    }
}

/// All rows: the states that matter, then the domains with most users first, as many as fill a
/// pane of `room` rows, or `all`.
pub fn rows(
    counts: &UserCounts,
    domains: &[SiteDomain],
    method: Option<LinkingMethod>,
    (all, room): (bool, usize),
) -> Vec<UserRow> {
    const ORDER: [UserState; 8] = [
        UserState::Linked,
        UserState::Provisional,
        UserState::Invited,
        UserState::Unlinked,
        UserState::Confirmed,
        UserState::Lapsed,
        UserState::Declined,
        UserState::Unknown,
    ];
    // Where there is nobody, the pane says how they come.
    if counts.total == 0 {
        return Vec::new();
    }
    let most = ORDER.iter().map(|state| in_state(counts, *state)).max().unwrap_or(0);
    let always = [UserState::Linked, UserState::Invited, UserState::Unlinked];
    let state = |state: UserState| {
        let users = in_state(counts, state);
        UserRow::State { state, users, most, all: counts.total }
    };
    let mut rows: Vec<UserRow> = ORDER
        .into_iter()
        .filter(|one| always.contains(one) || in_state(counts, *one) > 0)
        .map(state)
        .collect();
    if domains.is_empty() {
        return rows;
    }
    rows.push(UserRow::Gap);
    if room >= ROOMY {
        rows.push(UserRow::Head { domains: domains.len() as u64 });
    }
    let fit = room.saturating_sub(rows.len()).max(DOMAINS + 1);
    let seen = if all || domains.len() <= fit { domains.len() } else { fit - 1 };
    let domain = |one: &SiteDomain| UserRow::Domain { domain: Box::new(one.clone()), method };
    rows.extend(domains[..seen].iter().map(domain));
    if seen < domains.len() {
        let users = domains[seen..].iter().map(|one| one.users).sum();
        rows.push(UserRow::More { domains: (domains.len() - seen) as u64, users });
    }
    rows
}

impl UserRow {
    /// The filter that shows the row's users in the list.
    pub fn filter(&self) -> String {
        match self {
            Self::State { state, .. } => format!("status:{}", state.code()),
            Self::Domain { domain, .. } => format!("domain:{}", domain.name.shown()),
            Self::Gap | Self::Head { .. } | Self::More { .. } => String::new(),
        }
    }
}

/// What a domain's standing means for its users, in a word.
fn standing(domain: &SiteDomain, method: Option<LinkingMethod>) -> (&'static str, Tone) {
    match domain.standing {
        DomainStanding::Claimed => ("claimed", Tone::Done),
        DomainStanding::Verified => ("verified", Tone::Done),
        DomainStanding::Pending => ("pending", Tone::Attention),
        DomainStanding::Signed => ("signed", Tone::Text),
        DomainStanding::Lapsed => ("lapsed", Tone::Attention),
        DomainStanding::Consumer => ("by mail", Tone::Muted),
        DomainStanding::OtherOrganization => ("blocked", Tone::Refused),
        DomainStanding::Unusable => ("unusable", Tone::Refused),
        DomainStanding::Unproven => match method {
            Some(LinkingMethod::ReceiveEmail) => ("by mail", Tone::Muted),
            Some(LinkingMethod::VerifyNow | LinkingMethod::SignAgreement) => {
                ("unproven", Tone::Attention)
            }
            None => ("unproven", Tone::Muted),
        },
    }
}

fn domain_words(domain: &SiteDomain) -> String {
    if domain.name.is_empty() {
        "no usable address".into()
    } else {
        domain.name.shown().to_string()
    }
}

fn state_tone(state: UserState) -> Tone {
    match state {
        UserState::Linked => Tone::Done,
        UserState::Lapsed | UserState::Unknown | UserState::Declined => Tone::Attention,
        UserState::Invited | UserState::Confirmed | UserState::Provisional => Tone::Accent,
        UserState::Unlinked => Tone::Faint,
    }
}

impl PaneRow for UserRow {
    fn key(&self) -> String {
        match self {
            Self::State { state, .. } => format!("state {}", state.code()),
            Self::Gap => "gap".to_owned(),
            Self::Head { .. } => "head".to_owned(),
            Self::Domain { domain, .. } => format!("domain {}", domain.name.raw()),
            Self::More { .. } => "more".to_owned(),
        }
    }

    fn words(&self) -> String {
        match self {
            Self::State { state, .. } => state.code().to_owned(),
            Self::Gap | Self::Head { .. } => String::new(),
            Self::Domain { domain, .. } => domain_words(domain),
            Self::More { domains, .. } => format!("{} more domains", thousands(*domains)),
        }
    }

    fn can_stand(&self) -> bool {
        !matches!(self, Self::Gap | Self::Head { .. })
    }

    fn view(&self, chosen: bool, look: &Look<'_>, area: Rect, buf: &mut Buffer) {
        let tone = if chosen { Tone::Strong } else { Tone::Text };
        match self {
            Self::Gap => {}
            Self::Head { domains } => {
                let words = format!("DOMAINS  {}  of active users", thousands(*domains));
                text::put(buf, area, &words, look.ink(Tone::Muted));
            }
            Self::State { state, users, most, all } => {
                let name = Rect { width: NAME.min(area.width), ..area };
                text::put(buf, name, state.code(), look.ink(tone));
                let number = Rect { x: area.x + NAME - 2, width: NUMBER + 2, ..area };
                let number = number.intersection(area);
                let quiet = if *users == 0 { Tone::Muted } else { tone };
                text::put_right(buf, number, &thousands(*users), look.ink(quiet));
                let mut x = (number.right() + 1).min(area.right());
                if area.width >= WITH_SHARE {
                    let share = share(*users, *all);
                    let place = Rect { x, width: 6, ..area }.intersection(area);
                    text::put_right(buf, place, &share, look.ink(Tone::Muted));
                    x = (x + 8).min(area.right());
                }
                let room = Rect { x, width: area.right() - x, ..area };
                let bar = bar::of(*users, *most, room.width.min(32));
                text::put(buf, room, &bar, look.ink(state_tone(*state)));
            }
            Self::Domain { domain, method } => {
                let (words, standing_tone) = standing(domain, *method);
                columns(&self.words(), domain.users, tone, look, area, buf);
                let end = area.x + area.width.min(TOGETHER);
                let x = end.saturating_sub(STANDING);
                let right = Rect { x, width: STANDING, ..area }.intersection(area);
                text::put(buf, right, words, look.ink(standing_tone));
            }
            Self::More { users, .. } => {
                let tone = if chosen { Tone::Strong } else { Tone::Muted };
                columns(&self.words(), *users, tone, look, area, buf);
            }
        }
    }

    fn detail(&self, _here: Here<'_>) -> String {
        match self {
            Self::State { state, users, .. } => {
                format!("{} {}: {}", count(*users, "user"), state.code(), state_words(*state))
            }
            Self::Gap | Self::Head { .. } => String::new(),
            Self::Domain { domain, method } => {
                let (words, _) = standing(domain, *method);
                let mut facts = vec![domain_words(domain)];
                facts.extend(domain.unicode.as_ref().map(|unicode| unicode.shown().to_string()));
                facts.push(count(domain.users, "active user"));
                facts.push(format!("{} linked", thousands(domain.linked)));
                facts.push(words.to_owned());
                facts.join(" · ")
            }
            Self::More { .. } => "Enter shows all domains".to_owned(),
        }
    }
}

/// Name at the left, number before the standing's column.
fn columns(name: &str, users: u64, tone: Tone, look: &Look<'_>, area: Rect, buf: &mut Buffer) {
    let number = thousands(users);
    let end = area.width.min(TOGETHER).saturating_sub(STANDING + 1);
    let at = end.saturating_sub(text::width(&number));
    text::put(buf, Rect { width: at.saturating_sub(1), ..area }, name, look.ink(tone));
    let place = Rect { x: area.x + at, width: end - at, ..area };
    text::put(buf, place, &number, look.ink(tone));
}

/// "47 %", rounded; what is less than one percent, or not quite all, is told as that.
fn share(users: u64, all: u64) -> String {
    match (users * 100 + all / 2).checked_div(all) {
        Some(_) if users > 0 && users * 100 < all => "<1 %".to_owned(),
        Some(100) if users < all => ">99 %".to_owned(),
        Some(percent) if users > 0 => format!("{percent} %"),
        _ => String::new(),
    }
}

/// What a state means, for the detail line.
fn state_words(state: UserState) -> &'static str {
    match state {
        UserState::Unlinked => "nothing has happened yet",
        UserState::Invited => "an invitation is pending",
        UserState::Lapsed => "invited more than seven days ago, no answer",
        UserState::Confirmed => "the address is confirmed; linking follows within 48 hours",
        UserState::Provisional => "linked under a signed agreement",
        UserState::Linked => "linked in the organization",
        UserState::Declined => "declined the invitation",
        UserState::Unknown => "a mail may or may not have been sent; resolve it in the run",
    }
}

#[cfg(test)]
mod tests {
    use super::share;

    #[test]
    fn a_share_is_rounded_and_never_told_as_none_or_all_of_them() {
        let shares =
            [(0, 9), (1, 2_000), (1, 100), (5_601, 12_000), (994, 1_000), (999, 1_000), (9, 9)];
        let told = shares.map(|(users, all)| share(users, all));
        assert_eq!(told, ["", "<1 %", "1 %", "47 %", "99 %", ">99 %", "100 %"]);
        assert_eq!(share(2, 3), "67 %");
    }
}
