//! Mapping an order (rule T3): to the organization that its administrator's address leads to, to a
//! candidate, or to a new one.
//!
//! Owns the choice and what follows. An organization that the partner does not manage is asked
//! first, by mail to its full admins; nothing of it changes until it accepts.

use jiff::Timestamp;
use serde_json::json;

use super::super::offers::{self, NewOffer};
use super::super::organizations::adding::{self, Fresh};
use super::super::roles::full_admins;
use super::super::welcome::Origin;
use super::super::{Directory, administrators, fields, notices, services, setup};
use super::candidates::{self, Place};
use super::{Found, letters, site};
use crate::api::order::{MapOrder, Order};
use crate::api::problem::code;
use crate::domain::order::{OrderState, OrderWay};
use crate::domain::organization::OrganizationKind;
use crate::domain::role::Role;
use crate::server::audit::Change;
use crate::server::directory::Viewer;
use crate::server::refusal::Refusal;
use crate::server::store::{Conn, to_millis};

/// Maps an order, or asks the organization that it leads to.
pub async fn map(
    directory: &Directory,
    viewer: &Viewer,
    number: &str,
    asked: &MapOrder,
) -> Result<Order, Refusal> {
    let administrator = fields::address("administrator", &asked.administrator)?;
    let now = directory.clock.now();
    let mut tx = directory.store.begin().await?;
    let mut order = super::find(&mut tx, number).await?;
    if order.state == OrderState::Mapped {
        return Err(mapped_already());
    }
    let act = Act { actor: &viewer.email, administrator: &administrator, now };
    let target = choose(&mut tx, &order, &act, asked).await?;
    if let Some(wanted) = site::wanted(&mut tx, &order, asked, target.is_new()).await? {
        site::keep(&mut tx, &order.number, &wanted).await?;
        order.site_url = Some(wanted.url);
        order.time_zone = Some(wanted.time_zone.to_owned());
    }
    match target {
        Target::New => {
            let id = make_organization(&mut tx, &order, &act).await?;
            settle(&mut tx, &order, &id, OrderWay::New, &act).await?;
        }
        Target::There(place, way) if place.must_accept(&order) => {
            ask(&mut tx, &order, &place, way, &act).await?;
        }
        Target::There(place, way) => {
            settle(&mut tx, &order, &place.id, way, &act).await?;
        }
    }
    let shown = super::show(&mut tx, viewer, number).await?;
    tx.commit().await?;
    directory.welcome_begun();
    directory.post.ring();
    directory.trials_changed.notify_one();
    Ok(shown)
}

/// 409: the order is mapped.
pub fn mapped_already() -> Refusal {
    Refusal::conflict(
        code::ORDER_STATE,
        "This order is mapped already.",
        "Look at the order to see where its services are.",
    )
}

/// Who maps, for whom, when.
pub struct Act<'a> {
    pub actor: &'a str,
    pub administrator: &'a str,
    pub now: Timestamp,
}

enum Target {
    There(Place, OrderWay),
    New,
}

impl Target {
    fn is_new(&self) -> bool {
        matches!(self, Self::New)
    }
}

/// The one organization that was meant, if the order may go there.
async fn choose(
    conn: &mut Conn,
    order: &Found,
    act: &Act<'_>,
    asked: &MapOrder,
) -> Result<Target, Refusal> {
    let matches = candidates::find(conn, order, act.administrator, act.now).await?;
    let (place, way) = match (matches.administers, &asked.organization, asked.new_organization) {
        (_, Some(_), true) => {
            return Err(Refusal::invalid(
                "new_organization",
                "Choose an organization or a new one, not both.",
            ));
        }
        (_, None, true) => {
            administrators::must_be_nobodys(conn, act.administrator).await?;
            return Ok(Target::New);
        }
        (Some(place), None, false) => (place, OrderWay::Administrator),
        (Some(place), Some(id), false) if place.id == *id => (place, OrderWay::Administrator),
        (Some(_), Some(_), false) => return Err(elsewhere()),
        (None, Some(id), false) => {
            let found = matches.candidates.into_iter().find(|place| place.id == *id);
            (found.ok_or_else(no_candidate)?, OrderWay::Candidate)
        }
        (None, None, false) => return Err(choice_needed()),
    };
    if let Some(why) = place.why_not(order) {
        return Err(Refusal::conflict(
            code::ORDER_REFUSED,
            format!("The order cannot be mapped to that organization. {why}"),
            "Use another administrator's address, or choose another organization.",
        )
        .at(if way == OrderWay::Candidate { "organization" } else { "administrator" }));
    }
    Ok(Target::There(place, way))
}

fn elsewhere() -> Refusal {
    Refusal::conflict(
        code::ORDER_REFUSED,
        "This address administers an organization; the order goes there and nowhere else.",
        "Leave the organization out, or use another administrator's address.",
    )
    .at("organization")
}

fn no_candidate() -> Refusal {
    Refusal::conflict(
        code::ORDER_REFUSED,
        "That organization is no candidate for this order and this address.",
        "Choose one of the candidates, or a new organization.",
    )
    .at("organization")
}

fn choice_needed() -> Refusal {
    Refusal::conflict(
        code::ORDER_CHOICE,
        "This address administers no organization yet.",
        "Choose one of the candidates, or a new organization.",
    )
    .at("organization")
}

async fn make_organization(
    conn: &mut Conn,
    order: &Found,
    act: &Act<'_>,
) -> Result<String, Refusal> {
    let fresh = Fresh {
        name: &order.company,
        kind: OrganizationKind::Customer,
        partner: Some(&order.partner),
        country: Some(order.country),
        vertical: None,
    };
    adding::make(conn, fresh, act.now).await
}

/// The order is that organization's: it gets the services and the partner, and setup begins.
pub async fn settle(
    conn: &mut Conn,
    order: &Found,
    id: &str,
    way: OrderWay,
    act: &Act<'_>,
) -> Result<(), Refusal> {
    if way != OrderWay::Administrator {
        administrators::must_be_free_for(conn, id, act.administrator).await?;
    }
    if way == OrderWay::Candidate {
        letters::tell_of_new_admin(conn, order, id, act).await?;
    }
    sqlx::query(
        "UPDATE orders SET state = $2, organization = $3, way = $4, administrator = $5,
           asked_at = NULL, asked_by = NULL, settled_at = $6 WHERE number = $1",
    )
    .bind(&order.number)
    .bind(OrderState::Mapped.code())
    .bind(id)
    .bind(way.code())
    .bind(act.administrator)
    .bind(to_millis(act.now))
    .execute(&mut *conn)
    .await?;
    sqlx::query(
        "UPDATE organizations SET partner = $2, country = coalesce(country, $3) WHERE id = $1",
    )
    .bind(id)
    .bind(&order.partner)
    .bind(order.country.code())
    .execute(&mut *conn)
    .await?;
    let converted = give_services(conn, order, id).await?;
    let site = site::make(conn, order, id, act.now).await?;
    setup::begin(conn, id, act.now).await?;
    // Being named makes nobody anybody's: who is no administrator yet is offered the role (P1).
    let offer = NewOffer {
        organization: id,
        email: act.administrator,
        role: (way != OrderWay::Administrator).then_some(Role::FullAdmin),
        origin: if way == OrderWay::New { Origin::Created } else { Origin::Existing },
        by: act.actor,
    };
    offers::make(conn, &offer, act.now).await.map_err(|refusal| refusal.at("administrator"))?;
    Change::by(act.now, act.actor, "order.mapped")
        .of(id)
        .any_site(site.as_deref())
        .about(&order.number)
        .detail(json!({
            "way": way, "company": order.company, "partner": order.partner,
            "administrator": act.administrator, "services": order.services,
            "trial_converted": converted,
        }))
        .record(conn)
        .await?;
    Ok(())
}

/// An order adds to what the organization has bought. What it has on trial, the order replaces, and
/// the trial is over: what is bought does not expire.
async fn give_services(conn: &mut Conn, order: &Found, id: &str) -> Result<bool, Refusal> {
    let trial = sqlx::query("DELETE FROM trials WHERE organization = $1")
        .bind(id)
        .execute(&mut *conn)
        .await?;
    let converted = trial.rows_affected() > 0;
    if converted {
        services::set(conn, id, &order.services).await?;
    } else {
        services::add(conn, id, &order.services).await?;
    }
    Ok(converted)
}

/// Asks an organization, by mail to its full admins. Asking another one takes an earlier question
/// back; asking the same one again sends nothing.
async fn ask(
    conn: &mut Conn,
    order: &Found,
    place: &Place,
    way: OrderWay,
    act: &Act<'_>,
) -> Result<(), Refusal> {
    let same = order.administrator.as_deref() == Some(act.administrator)
        && order.organization.as_deref() == Some(&place.id);
    if order.asks && same {
        return Err(Refusal::conflict(
            code::ORDER_STATE,
            "The full admins of that organization were asked already; nothing was sent again.",
            "Wait for their answer, or map the order with another administrator's address.",
        ));
    }
    if way == OrderWay::Candidate {
        // Refused now rather than when they accept.
        administrators::must_be_free_for(conn, &place.id, act.administrator).await?;
    }
    sqlx::query(
        "UPDATE orders SET state = $2, organization = $3, way = $4, administrator = $5,
           asked_at = $6, asked_by = $7, settled_at = NULL WHERE number = $1",
    )
    .bind(&order.number)
    .bind(OrderState::Waiting.code())
    .bind(&place.id)
    .bind(way.code())
    .bind(act.administrator)
    .bind(to_millis(act.now))
    .bind(act.actor)
    .execute(&mut *conn)
    .await?;
    let manager = match place.partner.as_deref() {
        Some(partner) => Some(name_of(conn, partner).await?),
        None => None,
    };
    let letter = letters::question(order, &place.name, manager.as_deref(), way, act.administrator);
    for email in full_admins(conn, &place.id).await? {
        notices::ask_about_order(conn, &email, &letter, (&place.id, &order.number)).await?;
    }
    let told = [
        // The partner reads that it asked, not whom.
        ("order.asked", &order.partner, json!({ "administrator": act.administrator, "way": way })),
        ("order.asks", &place.id, json!({ "partner": order.partner, "company": order.company })),
    ];
    for (action, organization, detail) in told {
        Change::by(act.now, act.actor, action)
            .of(organization)
            .about(&order.number)
            .detail(detail)
            .record(conn)
            .await?;
    }
    Ok(())
}

/// An organization's name.
pub async fn name_of(conn: &mut Conn, id: &str) -> Result<String, sqlx::Error> {
    sqlx::query_scalar("SELECT name FROM organizations WHERE id = $1")
        .bind(id)
        .fetch_one(conn)
        .await
}
