//! Making organizations: by hand (rule L0), by a trial (T1), by an order (T3).
//!
//! Owns the row and its id. What else belongs to the way it came to be is the caller's.

use jiff::Timestamp;
use serde_json::json;
use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

use super::{Directory, exists, fields, show};
use crate::api::organization::{NewOrganization, Organization};
use crate::api::problem::code;
use crate::domain::country::Country;
use crate::domain::organization::OrganizationKind;
use crate::domain::trial::Vertical;
use crate::server::audit::Change;
use crate::server::directory::Viewer;
use crate::server::refusal::Refusal;
use crate::server::store::{Conn, to_millis};

/// An organization about to be made; its fields are checked.
#[derive(Debug, Clone, Copy)]
pub struct Fresh<'a> {
    /// The name.
    pub name: &'a str,
    /// Partner or customer.
    pub kind: OrganizationKind,
    /// The partner that manages it.
    pub partner: Option<&'a str>,
    /// The country.
    pub country: Option<Country>,
    /// The line of business.
    pub vertical: Option<Vertical>,
}

/// Adds one (rule L0).
pub async fn add(
    directory: &Directory,
    viewer: &Viewer,
    new: &NewOrganization,
) -> Result<Organization, Refusal> {
    let name = fields::name("name", &new.name)?;
    let wanted = new.id.as_deref().map(|id| fields::id("id", id)).transpose()?;
    let country =
        new.country.as_deref().map(|text| fields::country("country", text)).transpose()?;
    let now = directory.clock.now();
    let mut tx = directory.store.begin().await?;
    let id = match wanted {
        Some(id) if exists(&mut tx, &id).await? => {
            return Err(Refusal::conflict(
                code::EXISTS,
                "There is an organization with this id.",
                "Choose another id, or leave it out to get a free one.",
            )
            .at("id"));
        }
        Some(id) => id,
        None => free_id(&mut tx, &name).await?,
    };
    if let Some(partner) = &new.partner {
        check_partner(&mut tx, new.kind, partner).await?;
    }
    let partner = new.partner.as_deref();
    let fresh = Fresh { name: &name, kind: new.kind, partner, country, vertical: None };
    insert(&mut tx, &id, fresh, now).await?;
    Change::by(now, &viewer.email, "organization.added")
        .of(&id)
        .detail(json!({
            "name": name, "kind": new.kind, "partner": new.partner, "country": country,
        }))
        .record(&mut tx)
        .await?;
    let shown = show(&mut tx, viewer, &id, now).await?;
    tx.commit().await?;
    Ok(shown)
}

/// Makes one under a free id made from its name, and gives that id.
pub async fn make(conn: &mut Conn, fresh: Fresh<'_>, now: Timestamp) -> Result<String, Refusal> {
    let id = free_id(conn, fresh.name).await?;
    insert(conn, &id, fresh, now).await?;
    Ok(id)
}

async fn insert(
    conn: &mut Conn,
    id: &str,
    fresh: Fresh<'_>,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO organizations (id, name, kind, partner, created_at, country, vertical)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(id)
    .bind(fresh.name)
    .bind(fresh.kind.code())
    .bind(fresh.partner)
    .bind(to_millis(now))
    .bind(fresh.country.map(Country::code))
    .bind(fresh.vertical.map(Vertical::code))
    .execute(conn)
    .await?;
    Ok(())
}

async fn check_partner(
    conn: &mut Conn,
    kind: OrganizationKind,
    partner: &str,
) -> Result<(), Refusal> {
    if kind == OrganizationKind::Partner {
        return Err(Refusal::invalid("partner", "A partner has no partner itself."));
    }
    must_be_partner(conn, partner).await
}

/// Refuses what is no partner, at the field `partner`.
pub async fn must_be_partner(conn: &mut Conn, id: &str) -> Result<(), Refusal> {
    let found: Option<(String,)> = sqlx::query_as("SELECT kind FROM organizations WHERE id = $1")
        .bind(id)
        .fetch_optional(conn)
        .await?;
    match found {
        Some((kind,)) if kind == OrganizationKind::Partner.code() => Ok(()),
        Some(_) => Err(Refusal::invalid("partner", "This organization is not a partner.")),
        None => Err(Refusal::invalid("partner", "There is no organization with this id.")),
    }
}

/// An id made from a name, that no organization has.
pub async fn free_id(conn: &mut Conn, name: &str) -> Result<String, Refusal> {
    let stem = id_from(name);
    let mut id = stem.clone();
    let mut n = 1;
    while exists(conn, &id).await? {
        n += 1;
        id = format!("{stem}-{n}");
    }
    Ok(id)
}

/// `Acme Robotics, Inc.` -> `acme-robotics-inc`, `Zürich Straße` -> `zurich-strasse`: letters with
/// marks are read without them.
fn id_from(name: &str) -> String {
    let plain: String = name.nfkd().flat_map(letters).collect();
    let words: Vec<String> = plain
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_ascii_lowercase)
        .collect();
    let mut id = words.join("-");
    id.truncate(48);
    let id = id.trim_end_matches('-');
    if id.is_empty() { "organization".into() } else { id.into() }
}

/// A decomposed character as an id has it: a mark is nothing, and what does not decompose is spelled.
fn letters(c: char) -> impl Iterator<Item = char> {
    let spelled = match c {
        'ß' | 'ẞ' => "ss",
        'æ' | 'Æ' => "ae",
        'œ' | 'Œ' => "oe",
        'ø' | 'Ø' => "o",
        'ł' | 'Ł' => "l",
        'đ' | 'Đ' | 'ð' | 'Ð' => "d",
        'þ' | 'Þ' => "th",
        'ı' => "i",
        _ => "",
    };
    let own = (spelled.is_empty() && !is_combining_mark(c)).then_some(c);
    spelled.chars().chain(own)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_made_from_names() {
        assert_eq!(id_from("Zürich GmbH"), "zurich-gmbh");
        assert_eq!(id_from("Øresund & Söhne"), "oresund-sohne");
        assert_eq!(id_from("Ærø Straße 東京"), "aero-strasse");
        assert_eq!(id_from("Łódź Özgür İrem"), "lodz-ozgur-irem");
        assert_eq!(id_from("Acme Robotics, Inc."), "acme-robotics-inc");
        assert_eq!(id_from("陈伟"), "organization");
        assert!(fields::id("id", &id_from(&"ab ".repeat(60))).is_ok());
    }
}
