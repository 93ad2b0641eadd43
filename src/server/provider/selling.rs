//! The part of the seam that brings customers: trials and orders (rules T1 to T3, T8).
//!
//! Owns the trait alone. Callers have authorized; what is asked for is in its one form.

use jiff::Timestamp;

use super::{Answer, Resource, Viewer};
use crate::api::order::{FindCandidates, MapOrder, NewOrder, Order, OrderMatch};
use crate::api::page::{Page, PageQuery};
use crate::api::trial::{CheckTrial, EditTrial, ExtendTrial, StartTrial, Trial, TrialCheck};

/// What an organization answers to an order that asks it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OrderAnswer {
    /// The order is theirs.
    Accept,
    /// It is not.
    Decline,
}

/// Trials and orders.
pub trait Selling: Send + Sync {
    /// The trials that the viewer sees, soonest end first.
    fn trials<'a>(&'a self, viewer: &'a Viewer, page: &'a PageQuery) -> Answer<'a, Page<Trial>>;
    /// One trial, by its organization.
    fn trial<'a>(&'a self, viewer: &'a Viewer, organization: &'a str) -> Answer<'a, Trial>;
    /// Starts one (rule T1).
    fn start_trial<'a>(
        &'a self,
        viewer: &'a Viewer,
        partner: &'a str,
        new: &'a StartTrial,
    ) -> Answer<'a, Trial>;
    /// What is wrong with the fields that are given; keeps nothing.
    fn check_trial<'a>(&'a self, check: &'a CheckTrial) -> Answer<'a, TrialCheck>;
    /// Changes the services (rule T8).
    fn edit_trial<'a>(
        &'a self,
        viewer: &'a Viewer,
        organization: &'a str,
        edit: &'a EditTrial,
    ) -> Answer<'a, Trial>;
    /// Replaces the time that is left (rule T8).
    fn extend_trial<'a>(
        &'a self,
        viewer: &'a Viewer,
        organization: &'a str,
        extend: &'a ExtendTrial,
    ) -> Answer<'a, Trial>;
    /// Since when an expired trial keeps the resource from being changed (rule T1).
    fn read_only_since<'a>(&'a self, resource: Resource<'a>) -> Answer<'a, Option<Timestamp>>;

    /// The orders that the viewer sees, oldest first.
    fn orders<'a>(&'a self, viewer: &'a Viewer, page: &'a PageQuery) -> Answer<'a, Page<Order>>;
    /// One order; 404 for who does not see it.
    fn order<'a>(&'a self, viewer: &'a Viewer, number: &'a str) -> Answer<'a, Order>;
    /// Adds one.
    fn add_order<'a>(&'a self, viewer: &'a Viewer, new: &'a NewOrder) -> Answer<'a, Order>;
    /// Where it could go (rule T3); audited.
    fn order_candidates<'a>(
        &'a self,
        viewer: &'a Viewer,
        number: &'a str,
        find: &'a FindCandidates,
    ) -> Answer<'a, OrderMatch>;
    /// Maps it, or asks the organization first (rule T3).
    fn map_order<'a>(
        &'a self,
        viewer: &'a Viewer,
        number: &'a str,
        map: &'a MapOrder,
    ) -> Answer<'a, Order>;
    /// The answer of the organization that was asked.
    fn answer_order<'a>(
        &'a self,
        viewer: &'a Viewer,
        number: &'a str,
        organization: &'a str,
        answer: OrderAnswer,
    ) -> Answer<'a, Order>;
}
