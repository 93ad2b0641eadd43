//! Roles and what they may do: the table of SPEC section 3.
//!
//! Owns the one table [`permits`]. Which roles an actor holds towards a resource is found by
//! `server::auth`, which then asks this table; deny is the default.

use serde::{Deserialize, Serialize};
use strum::{VariantArray, VariantNames};
use utoipa::ToSchema;

use super::code::coded;

/// A role, as held towards one resource.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
#[derive(VariantArray, VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum Role {
    /// The role of the token that the backend prints on its first start (rule L0).
    BackendAdmin,
    /// Administrator of the partner that manages the organization.
    PartnerAdmin,
    /// Full administrator of the organization.
    FullAdmin,
    /// Administrator of the site.
    SiteAdmin,
    /// Sees the organization, changes nothing.
    ReadOnlyAdmin,
}

coded!(Role);

impl Role {
    /// The words on screens and in refusals.
    pub const fn title(self) -> &'static str {
        match self {
            Self::BackendAdmin => "backend admin",
            Self::PartnerAdmin => "partner admin",
            Self::FullAdmin => "full admin",
            Self::SiteAdmin => "site admin",
            Self::ReadOnlyAdmin => "read-only admin",
        }
    }
}

/// What one may want to do to an organization or a site.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    /// Add organizations, sites, people, tokens; set what L10 and L11 need (rule L0).
    Provision,
    /// See organizations and sites.
    See,
    /// See an organization's administrators, domains and counts, not its name alone.
    SeeDetails,
    /// See a site's users.
    SeeUsers,
    /// Start, extend and edit trials; map orders (rules T1 to T3, T8).
    SellTo,
    /// Resend the welcome mail, correct its address (rule T4).
    Welcome,
    /// Accept or decline that an order is mapped to the organization (rule T3).
    AcceptOrder,
    /// Services setup, Contact Center's voice (rules T5 to T7).
    SetUpServices,
    /// Contact Center's chat (rule T7).
    SetUpChat,
    /// Import a roster or insights data.
    Import,
    /// Grant and revoke roles in an organization.
    GrantRoles,
    /// Disable people of an organization, and enable them again (rule P5).
    EndAccess,
    /// Switch directory sync.
    DirectorySync,
    /// Enroll a site and link it; rules L1 to L4 ask for more than this role.
    LinkSite,
    /// Method, domains, account linking, cohorts, plans, runs, licences.
    LinkUsers,
    /// See insights and reports.
    Insights,
    /// Read the audit record.
    Audit,
}

impl Action {
    /// All actions, in the order of the table's rows.
    pub const ALL: [Self; 17] = [
        Self::Provision,
        Self::See,
        Self::SeeDetails,
        Self::SeeUsers,
        Self::SellTo,
        Self::Welcome,
        Self::AcceptOrder,
        Self::SetUpServices,
        Self::SetUpChat,
        Self::Import,
        Self::GrantRoles,
        Self::EndAccess,
        Self::DirectorySync,
        Self::LinkSite,
        Self::LinkUsers,
        Self::Insights,
        Self::Audit,
    ];

    /// Whether an organization, or a site of it, is changed by this: what an expired trial refuses
    /// (rule T1). Extending it, and mapping the order that replaces it, are none of these.
    pub const fn ends_with_trial(self) -> bool {
        match self {
            Self::Welcome
            | Self::SetUpServices
            | Self::SetUpChat
            | Self::Import
            | Self::GrantRoles
            | Self::DirectorySync
            | Self::LinkSite
            | Self::LinkUsers => true,
            Self::Provision
            | Self::See
            | Self::SeeDetails
            | Self::SeeUsers
            | Self::SellTo
            | Self::AcceptOrder
            | Self::EndAccess
            | Self::Insights
            | Self::Audit => false,
        }
    }
}

/// Whether a role, held towards the resource, permits the action on it.
pub const fn permits(role: Role, action: Action) -> bool {
    use Role::{BackendAdmin, FullAdmin, PartnerAdmin, ReadOnlyAdmin, SiteAdmin};
    match action {
        Action::Provision => matches!(role, BackendAdmin),
        Action::See => true,
        // Site admins see their organizations' names.
        Action::SeeDetails => !matches!(role, SiteAdmin),
        // "all, without users": a backend admin runs the machine, not the people on it.
        Action::SeeUsers => matches!(role, PartnerAdmin | FullAdmin | SiteAdmin | ReadOnlyAdmin),
        Action::SellTo => matches!(role, PartnerAdmin),
        Action::Welcome | Action::SetUpServices => matches!(role, PartnerAdmin | FullAdmin),
        Action::LinkSite => matches!(role, SiteAdmin),
        Action::Import => matches!(role, FullAdmin | SiteAdmin),
        Action::GrantRoles | Action::EndAccess => matches!(role, BackendAdmin | FullAdmin),
        Action::AcceptOrder | Action::SetUpChat | Action::DirectorySync | Action::LinkUsers => {
            matches!(role, FullAdmin)
        }
        Action::Insights => !matches!(role, BackendAdmin),
        Action::Audit => matches!(role, BackendAdmin | PartnerAdmin | FullAdmin | ReadOnlyAdmin),
    }
}

/// The role that could, named in a refusal.
pub fn who_could(action: Action) -> Role {
    [Role::FullAdmin, Role::BackendAdmin, Role::PartnerAdmin, Role::SiteAdmin, Role::ReadOnlyAdmin]
        .into_iter()
        .find(|role| permits(*role, action))
        .unwrap_or(Role::BackendAdmin)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// SPEC section 3; columns in the order of [`Role::ALL`].
    const TABLE: &[(Action, [bool; 5])] = &[
        (Action::Provision, [true, false, false, false, false]),
        (Action::See, [true, true, true, true, true]),
        (Action::SeeDetails, [true, true, true, false, true]),
        (Action::SeeUsers, [false, true, true, true, true]),
        (Action::SellTo, [false, true, false, false, false]),
        (Action::Welcome, [false, true, true, false, false]),
        (Action::AcceptOrder, [false, false, true, false, false]),
        (Action::SetUpServices, [false, true, true, false, false]),
        (Action::SetUpChat, [false, false, true, false, false]),
        (Action::Import, [false, false, true, true, false]),
        (Action::GrantRoles, [true, false, true, false, false]),
        (Action::EndAccess, [true, false, true, false, false]),
        (Action::DirectorySync, [false, false, true, false, false]),
        (Action::LinkSite, [false, false, false, true, false]),
        (Action::LinkUsers, [false, false, true, false, false]),
        (Action::Insights, [false, true, true, true, true]),
        (Action::Audit, [true, true, true, false, true]),
    ];

    #[test]
    fn section_3_the_role_table() {
        assert_eq!(TABLE.len(), Action::ALL.len());
        for (action, row) in TABLE {
            for (role, want) in Role::ALL.into_iter().zip(row) {
                assert_eq!(permits(role, *action), *want, "{role:?} {action:?}");
            }
            assert!(permits(who_could(*action), *action));
        }
    }
}
