//! What brings customers (rules T1 to T3, T8): trials and orders, each call to the file that does it.

use jiff::Timestamp;

use super::{Directory, orders, trials};
use crate::api::order::{FindCandidates, MapOrder, NewOrder, Order, OrderMatch};
use crate::api::page::{Page, PageQuery};
use crate::api::trial::{CheckTrial, EditTrial, ExtendTrial, StartTrial, Trial, TrialCheck};
use crate::server::directory::{Resource, Viewer};
use crate::server::refusal::Refusal;

/// What an organization answers to an order that asks it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OrderAnswer {
    /// The order is theirs.
    Accept,
    /// It is not.
    Decline,
}

impl Directory {
    /// The trials that the viewer sees, soonest end first.
    pub async fn trials(&self, viewer: &Viewer, page: &PageQuery) -> Result<Page<Trial>, Refusal> {
        trials::list(self, viewer, page).await
    }

    /// One trial, by its organization.
    pub async fn trial(&self, viewer: &Viewer, organization: &str) -> Result<Trial, Refusal> {
        let mut conn = self.store.read().await?;
        trials::show(&mut conn, viewer, organization, self.clock.now()).await
    }

    /// Starts one (rule T1).
    pub async fn start_trial(
        &self,
        viewer: &Viewer,
        partner: &str,
        new: &StartTrial,
    ) -> Result<Trial, Refusal> {
        trials::starting::start(self, viewer, partner, new).await
    }

    /// What is wrong with the fields that are given; keeps nothing.
    pub async fn check_trial(&self, check: &CheckTrial) -> Result<TrialCheck, Refusal> {
        trials::starting::check(self, check).await
    }

    /// Changes the services (rule T8).
    pub async fn edit_trial(
        &self,
        viewer: &Viewer,
        organization: &str,
        edit: &EditTrial,
    ) -> Result<Trial, Refusal> {
        trials::changing::edit(self, viewer, organization, edit).await
    }

    /// Replaces the time that is left (rule T8).
    pub async fn extend_trial(
        &self,
        viewer: &Viewer,
        organization: &str,
        extend: &ExtendTrial,
    ) -> Result<Trial, Refusal> {
        trials::changing::extend(self, viewer, organization, *extend).await
    }

    /// Since when an expired trial keeps the resource from being changed (rule T1).
    pub async fn read_only_since(
        &self,
        resource: Resource<'_>,
    ) -> Result<Option<Timestamp>, Refusal> {
        trials::expiry::read_only_since(self, resource).await
    }

    /// The orders that the viewer sees, oldest first.
    pub async fn orders(&self, viewer: &Viewer, page: &PageQuery) -> Result<Page<Order>, Refusal> {
        orders::list(self, viewer, page).await
    }

    /// One order; 404 for who does not see it.
    pub async fn order(&self, viewer: &Viewer, number: &str) -> Result<Order, Refusal> {
        orders::show(&mut *self.store.read().await?, viewer, number).await
    }

    /// Adds one.
    pub async fn add_order(&self, viewer: &Viewer, new: &NewOrder) -> Result<Order, Refusal> {
        orders::adding::add(self, viewer, new).await
    }

    /// Where it could go (rule T3); audited.
    pub async fn order_candidates(
        &self,
        viewer: &Viewer,
        number: &str,
        find: &FindCandidates,
    ) -> Result<OrderMatch, Refusal> {
        orders::candidates::list(self, viewer, number, find).await
    }

    /// Maps it, or asks the organization first (rule T3).
    pub async fn map_order(
        &self,
        viewer: &Viewer,
        number: &str,
        map: &MapOrder,
    ) -> Result<Order, Refusal> {
        orders::mapping::map(self, viewer, number, map).await
    }

    /// The answer of the organization that was asked.
    pub async fn answer_order(
        &self,
        viewer: &Viewer,
        number: &str,
        organization: &str,
        answer: OrderAnswer,
    ) -> Result<Order, Refusal> {
        orders::answers::answer(self, viewer, number, organization, answer).await
    }
}
