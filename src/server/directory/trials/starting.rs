//! Starting a trial (rule T1): everything is checked, then all of it stands, or nothing does.
//!
//! Owns the fields and what a start makes: organization, administrator, services, site, trial;
//! services setup and the welcome mail begin with it.

use jiff::Timestamp;
use serde_json::json;

use super::super::offers::{self, NewOffer};
use super::super::organizations::adding::{self, Fresh};
use super::super::welcome::Origin;
use super::super::{Directory, administrators, fields, services, setup};
use super::meetings::{self, Asked, FreshSite};
use crate::api::trial::{CheckTrial, FieldProblem, StartTrial, Trial, TrialCheck};
use crate::domain::country::Country;
use crate::domain::organization::OrganizationKind;
use crate::domain::role::Role;
use crate::domain::services::{ServiceLine, services as checked_services};
use crate::domain::trial::{days_later, length};
use crate::server::audit::Change;
use crate::server::directory::Viewer;
use crate::server::refusal::Refusal;
use crate::server::store::{Conn, to_millis};

/// A trial about to be started; its fields are checked.
struct Wanted {
    company: String,
    administrator: String,
    country: Country,
    services: Vec<ServiceLine>,
    site: Option<FreshSite>,
    days: u16,
}

impl Wanted {
    /// Checks the fields, in the order of the pages.
    fn of(new: &StartTrial) -> Result<Self, Refusal> {
        let company = fields::name("company", &new.company)?;
        let administrator = fields::address("administrator", &new.administrator)?;
        let country = fields::country("country", &new.country)?;
        if !new.supported_location {
            return Err(Refusal::invalid(
                "supported_location",
                "Confirm that the customer is in a supported location.",
            ));
        }
        let services = lines(&new.services)?;
        let site = Asked { url: new.site_url.as_deref(), time_zone: new.time_zone.as_deref() }
            .check(&services)?;
        let days = days(new.days)?;
        Ok(Self { company, administrator, country, services, site, days })
    }
}

/// A list of services in its one form; the refusal is at the service's code.
pub fn lines(asked: &[ServiceLine]) -> Result<Vec<ServiceLine>, Refusal> {
    checked_services(asked).map_err(|error| Refusal::invalid(error.field(), error.to_string()))
}

fn days(asked: u16) -> Result<u16, Refusal> {
    length(asked).map_err(|error| Refusal::invalid("days", error.to_string()))
}

/// Starts one, for a partner.
pub async fn start(
    directory: &Directory,
    viewer: &Viewer,
    partner: &str,
    new: &StartTrial,
) -> Result<Trial, Refusal> {
    let wanted = Wanted::of(new)?;
    let now = directory.clock.now();
    let mut tx = directory.store.begin().await?;
    adding::must_be_partner(&mut tx, partner).await?;
    administrators::must_be_nobodys(&mut tx, &wanted.administrator).await?;
    let fresh = Fresh {
        name: &wanted.company,
        kind: OrganizationKind::Customer,
        partner: Some(partner),
        country: Some(wanted.country),
        vertical: Some(new.vertical),
    };
    let id = adding::make(&mut tx, fresh, now).await?;
    services::set(&mut tx, &id, &wanted.services).await?;
    let site = match &wanted.site {
        Some(site) => Some(meetings::make(&mut tx, &id, &wanted.company, site, now).await?),
        None => None,
    };
    insert(&mut tx, viewer, &id, &wanted, site, now).await?;
    setup::begin(&mut tx, &id, now).await?;
    // Being named makes nobody anybody's: the administrator is offered the role (rule P1).
    let offer = NewOffer {
        organization: &id,
        email: &wanted.administrator,
        role: Some(Role::FullAdmin),
        origin: Origin::Created,
        by: &viewer.email,
    };
    offers::make(&mut tx, &offer, now).await?;
    record(&mut tx, viewer, &id, &wanted, new, now).await?;
    let shown = super::show(&mut tx, viewer, &id, now).await?;
    tx.commit().await?;
    directory.welcome_begun();
    directory.trials_changed.notify_one();
    Ok(shown)
}

async fn insert(
    conn: &mut Conn,
    viewer: &Viewer,
    id: &str,
    wanted: &Wanted,
    site: Option<i64>,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO trials (organization, administrator, site, days, started_at, started_by,
           ends_at) VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(id)
    .bind(&wanted.administrator)
    .bind(site)
    .bind(wanted.days)
    .bind(to_millis(now))
    .bind(&viewer.email)
    .bind(to_millis(days_later(now, wanted.days)))
    .execute(conn)
    .await?;
    Ok(())
}

async fn record(
    conn: &mut Conn,
    viewer: &Viewer,
    id: &str,
    wanted: &Wanted,
    new: &StartTrial,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    let url = wanted.site.as_ref().map(|site| site.url.as_str());
    Change::by(now, &viewer.email, "trial.started")
        .of(id)
        .any_site(url)
        .about(id)
        .detail(json!({
            "company": wanted.company, "administrator": wanted.administrator,
            "vertical": new.vertical, "country": wanted.country,
            "supported_location": new.supported_location,
            "services": wanted.services, "days": wanted.days,
        }))
        .record(conn)
        .await
}

/// What is wrong with the fields that are given; keeps nothing.
pub async fn check(directory: &Directory, asked: &CheckTrial) -> Result<TrialCheck, Refusal> {
    let mut conn = directory.store.read().await?;
    let mut found = Findings::default();
    if let Some(company) = &asked.company {
        found.note(fields::name("company", company).map(drop))?;
    }
    if let Some(text) = &asked.administrator {
        let free = match fields::address("administrator", text) {
            Ok(address) => administrators::must_be_nobodys(&mut conn, &address).await,
            Err(refusal) => Err(refusal),
        };
        found.note(free)?;
    }
    if let Some(country) = &asked.country {
        found.note(fields::country("country", country).map(drop))?;
    }
    if let Some(services) = &asked.services {
        found.note(lines(services).map(drop))?;
    }
    if let Some(url) = &asked.site_url {
        let free = match fields::url("site_url", url) {
            Ok(url) => meetings::must_be_free(&mut conn, &url).await,
            Err(refusal) => Err(refusal),
        };
        found.note(free)?;
    }
    if let Some(zone) = &asked.time_zone {
        found.note(meetings::zone_of(zone).map(drop))?;
    }
    if let Some(asked) = asked.days {
        found.note(days(asked).map(drop))?;
    }
    Ok(TrialCheck { problems: found.0 })
}

#[derive(Default)]
struct Findings(Vec<FieldProblem>);

impl Findings {
    /// Takes what is wrong with a field; passes on what is wrong with the backend.
    fn note(&mut self, checked: Result<(), Refusal>) -> Result<(), Refusal> {
        let Err(refusal) = checked else { return Ok(()) };
        let Some(field) = refusal.problem.field.clone() else { return Err(refusal) };
        let problem = *refusal.problem;
        let (code, detail, remedy) = (problem.code, problem.detail, problem.remedy);
        self.0.push(FieldProblem { field, code, detail, remedy });
        Ok(())
    }
}
