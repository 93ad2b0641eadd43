//! The wizards, by the names that their drafts are kept under (SPEC section 4).
//!
//! Owns the one table of wizards, of what each is about and of the right that its draft asks for. A
//! draft is one per wizard and subject; what the answers mean is the wizard's own.

use super::code::coded;
use super::role::Action;
use strum::{VariantArray, VariantNames};

/// A wizard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, VariantArray, VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum Wizard {
    /// Start a trial.
    Trial,
    /// Map an order.
    Order,
    /// Set up services.
    Setup,
    /// Link a site.
    LinkSite,
    /// Link users.
    LinkUsers,
    /// What becomes of users added later.
    AccountLinking,
    /// The date on which a site links by itself.
    AutoLink,
    /// Licences as CSV.
    Licences,
    /// The remedy for whom directory sync blocks.
    DirectorySync,
}

coded!(Wizard);

/// What a wizard is about; its subject names one of these.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SubjectKind {
    /// A site, by URL.
    Site,
    /// An organization, by id.
    Organization,
    /// An order, by number.
    Order,
}

impl Wizard {
    /// What its subject is. A trial is about the partner organization that starts it.
    pub const fn subject(self) -> SubjectKind {
        match self {
            Self::Trial | Self::Setup | Self::DirectorySync => SubjectKind::Organization,
            Self::Order => SubjectKind::Order,
            Self::LinkSite
            | Self::LinkUsers
            | Self::AccountLinking
            | Self::AutoLink
            | Self::Licences => SubjectKind::Site,
        }
    }

    /// What it does to its subject: who may not do that neither reads its draft, nor takes it over.
    pub const fn action(self) -> Action {
        match self {
            Self::Trial | Self::Order => Action::SellTo,
            Self::Setup => Action::SetUpServices,
            Self::LinkSite => Action::LinkSite,
            Self::LinkUsers | Self::AccountLinking | Self::Licences => Action::LinkUsers,
            Self::AutoLink => Action::Provision,
            Self::DirectorySync => Action::DirectorySync,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn section_4_codes_read_back() {
        for wizard in Wizard::ALL {
            assert_eq!(Wizard::from_code(wizard.code()), Some(wizard));
        }
        assert_eq!(Wizard::from_code("linkusers"), None);
    }
}
