//! Trials and orders behind `trait Selling`.

use jiff::Timestamp;

use super::{Reference, orders, trials};
use crate::api::order::{FindCandidates, MapOrder, NewOrder, Order, OrderMatch};
use crate::api::page::{Page, PageQuery};
use crate::api::trial::{CheckTrial, EditTrial, ExtendTrial, StartTrial, Trial, TrialCheck};
use crate::server::provider::{Answer, OrderAnswer, Resource, Selling, Viewer};

impl Selling for Reference {
    fn trials<'a>(&'a self, viewer: &'a Viewer, page: &'a PageQuery) -> Answer<'a, Page<Trial>> {
        Box::pin(trials::list(self, viewer, page))
    }

    fn trial<'a>(&'a self, viewer: &'a Viewer, organization: &'a str) -> Answer<'a, Trial> {
        Box::pin(async move {
            let mut conn = self.store.read().await?;
            trials::show(&mut conn, viewer, organization, self.clock.now()).await
        })
    }

    fn start_trial<'a>(
        &'a self,
        viewer: &'a Viewer,
        partner: &'a str,
        new: &'a StartTrial,
    ) -> Answer<'a, Trial> {
        Box::pin(trials::starting::start(self, viewer, partner, new))
    }

    fn check_trial<'a>(&'a self, check: &'a CheckTrial) -> Answer<'a, TrialCheck> {
        Box::pin(trials::starting::check(self, check))
    }

    fn edit_trial<'a>(
        &'a self,
        viewer: &'a Viewer,
        organization: &'a str,
        edit: &'a EditTrial,
    ) -> Answer<'a, Trial> {
        Box::pin(trials::changing::edit(self, viewer, organization, edit))
    }

    fn extend_trial<'a>(
        &'a self,
        viewer: &'a Viewer,
        organization: &'a str,
        extend: &'a ExtendTrial,
    ) -> Answer<'a, Trial> {
        Box::pin(trials::changing::extend(self, viewer, organization, *extend))
    }

    fn read_only_since<'a>(&'a self, resource: Resource<'a>) -> Answer<'a, Option<Timestamp>> {
        Box::pin(trials::expiry::read_only_since(self, resource))
    }

    fn orders<'a>(&'a self, viewer: &'a Viewer, page: &'a PageQuery) -> Answer<'a, Page<Order>> {
        Box::pin(orders::list(self, viewer, page))
    }

    fn order<'a>(&'a self, viewer: &'a Viewer, number: &'a str) -> Answer<'a, Order> {
        Box::pin(async move { orders::show(&mut *self.store.read().await?, viewer, number).await })
    }

    fn add_order<'a>(&'a self, viewer: &'a Viewer, new: &'a NewOrder) -> Answer<'a, Order> {
        Box::pin(orders::adding::add(self, viewer, new))
    }

    fn order_candidates<'a>(
        &'a self,
        viewer: &'a Viewer,
        number: &'a str,
        find: &'a FindCandidates,
    ) -> Answer<'a, OrderMatch> {
        Box::pin(orders::candidates::list(self, viewer, number, find))
    }

    fn map_order<'a>(
        &'a self,
        viewer: &'a Viewer,
        number: &'a str,
        map: &'a MapOrder,
    ) -> Answer<'a, Order> {
        Box::pin(orders::mapping::map(self, viewer, number, map))
    }

    fn answer_order<'a>(
        &'a self,
        viewer: &'a Viewer,
        number: &'a str,
        organization: &'a str,
        answer: OrderAnswer,
    ) -> Answer<'a, Order> {
        Box::pin(orders::answers::answer(self, viewer, number, organization, answer))
    }
}
