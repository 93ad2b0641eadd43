//! One person of a roster, and their row in a file of the world.
//!
//! Owns the columns that are written (SPEC section 9, Site Administration's and the world's own).
//! Must not decide who is in a roster.

use std::borrow::Cow;

use jiff::Timestamp;

use super::names::Name;

/// A site user to be written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Person {
    /// The given name.
    pub first: String,
    /// The family name.
    pub last: String,
    /// The name as shown, where that is not the two above.
    pub display: String,
    /// The address, usable or not.
    pub email: String,
    /// The department.
    pub department: Cow<'static, str>,
    /// Whether the account is active.
    pub active: bool,
    /// The account is linked.
    pub linked: bool,
    /// The account is linked under an agreement.
    pub provisional: bool,
    /// The person confirmed the address.
    pub confirmed: bool,
    /// The person declined.
    pub declined: bool,
    /// An invitation may have been sent.
    pub unknown: bool,
    /// When the last invitation was sent.
    pub invited: Option<Timestamp>,
    /// How the synced directory spells the address; absent: it does not have it.
    pub directory: Option<String>,
    /// The organization that has the identity, by its id in the world file.
    pub member: Option<String>,
}

impl Person {
    /// Somebody with a name and nothing else.
    pub fn named(name: Name) -> Self {
        let Name { first, last, display, .. } = name;
        Self { first, last, display, ..Self::default() }
    }
}

/// Departments, the large ones oftener.
pub fn departments() -> &'static [(&'static str, usize)] {
    &[
        ("Engineering", 22),
        ("Sales", 18),
        ("Manufacturing", 16),
        ("Support", 11),
        ("Operations", 8),
        ("Research", 6),
        ("Finance", 5),
        ("Marketing", 5),
        ("IT", 4),
        ("Human Resources", 3),
        ("Legal", 2),
    ]
}

/// The columns of [`cells`].
pub const COLUMNS: [&str; 15] = [
    "UserID",
    "Active",
    "FirstName",
    "LastName",
    "DisplayName",
    "UserName",
    "Email",
    "HostPrivilege",
    "Department",
    "Linked",
    "Provisional",
    "Confirmed",
    "Declined",
    "Unknown",
    "Invited",
];

/// A person as the cells of a row.
pub fn cells(person: Person, id: u64) -> [Cow<'static, str>; COLUMNS.len()] {
    let text = id.to_string();
    let user_name = person.email.split_once('@').map_or(text.as_str(), |(local, _)| local);
    let invited = person.invited.map(|at| format!("{at:.0}")).unwrap_or_default();
    let privilege = if id % 7 < 5 { "HOST" } else { "ATTND" };
    [
        text.clone().into(),
        yes_or_no(person.active),
        person.first.into(),
        person.last.into(),
        person.display.into(),
        user_name.to_owned().into(),
        person.email.into(),
        privilege.into(),
        person.department,
        yes_or_no(person.linked),
        yes_or_no(person.provisional),
        yes_or_no(person.confirmed),
        yes_or_no(person.declined),
        yes_or_no(person.unknown),
        invited.into(),
    ]
}

fn yes_or_no(yes: bool) -> Cow<'static, str> {
    if yes { "Y" } else { "N" }.into()
}
