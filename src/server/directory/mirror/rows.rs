//! The rows of a block, read out of the database in one row a part.
//!
//! Owns the two statements. Each column comes as one text with the lengths of its values beside: a
//! row a user costs ten times what the database needs for it, on its way through the driver. What is
//! kept of a user is joined here, and by `users::among` for a few; random worlds hold the two
//! together.

use std::sync::LazyLock;

use sqlx::Row;

use crate::api::blocks::{Keeps, ROWS, Texts, TextsIn};
use crate::domain::kept::Kept;
use crate::server::refusal::Refusal;
use crate::server::store::aggregates::{Values, split};
use crate::server::store::{Conn, SqlRow};

/// What is written of a block's users: seven texts, each followed by its lengths.
pub(super) const TEXTS: &str = "SELECT count(*) AS many, coalesce(max(number), -1) AS highest,
      string_agg(user_id, '') AS user_id,
      string_agg(CAST(octet_length(user_id) AS TEXT), ',') AS user_id_lengths,
      string_agg(display_name, '') AS display_name,
      string_agg(CAST(octet_length(display_name) AS TEXT), ',') AS display_name_lengths,
      string_agg(first_name, '') AS first_name,
      string_agg(CAST(octet_length(first_name) AS TEXT), ',') AS first_name_lengths,
      string_agg(last_name, '') AS last_name,
      string_agg(CAST(octet_length(last_name) AS TEXT), ',') AS last_name_lengths,
      string_agg(address, '') AS address,
      string_agg(CAST(octet_length(address) AS TEXT), ',') AS address_lengths,
      string_agg(address_key, '') AS address_key,
      string_agg(CAST(octet_length(address_key) AS TEXT), ',') AS address_key_lengths,
      string_agg(department, '') AS department,
      string_agg(CAST(octet_length(department) AS TEXT), ',') AS department_lengths
 FROM (SELECT number, user_id, display_name, first_name, last_name, address,
              coalesce(address_key, '') AS address_key, department
         FROM site_users WHERE site = $1 AND number >= $2 AND number < $3
        ORDER BY number) AS users";

/// The columns of [`TEXTS`], in the order in which they are taken apart.
const COLUMNS: [&str; 7] =
    ["user_id", "display_name", "first_name", "last_name", "address", "address_key", "department"];

/// What is known of them: the codes of `domain::kept::Bit`, and when each was invited. `$4` is what
/// is blank around an address.
pub(super) const KEEPS: &str = "SELECT count(*) AS many, coalesce(max(number), -1) AS highest,
      string_agg(CAST(bits AS TEXT), ',') AS bits,
      string_agg(coalesce(CAST(invited AS TEXT), ''), ',') AS invited
 FROM (SELECT u.number,
              CASE u.link WHEN 'linked' THEN 1 WHEN 'provisional' THEN 2 ELSE 0 END
            + CASE WHEN u.active = 1 THEN 4 ELSE 0 END
            + CASE WHEN u.address_key IS NOT NULL THEN 8 ELSE 0 END
            + CASE WHEN EXISTS (SELECT 1 FROM site_users o WHERE o.address_key = u.address_key
                     AND o.site = u.site AND o.active = 1 LIMIT 1 OFFSET 1) THEN 16 ELSE 0 END
            + coalesce((SELECT max(CASE WHEN d.organization = s.organization THEN 32 ELSE 0 END)
                             + max(CASE WHEN d.organization <> s.organization THEN 64 ELSE 0 END)
                          FROM identities d WHERE d.email_key = u.address_key), 0)
            + CASE WHEN EXISTS (SELECT 1 FROM synced_directory a
                     WHERE a.organization = s.organization)
                    AND EXISTS (SELECT 1 FROM synced_directory d
                     WHERE d.organization = s.organization
                       AND d.spelling = trim(u.address, $4)) THEN 0 ELSE 128 END
            + CASE WHEN i.unknown = 1 OR w.unknown = 1 THEN 256 ELSE 0 END
            + CASE WHEN i.confirmed_at IS NOT NULL OR w.confirmed_at IS NOT NULL
                   THEN 512 ELSE 0 END
            + CASE WHEN i.declined_at IS NOT NULL OR w.declined_at IS NOT NULL
                   THEN 1024 ELSE 0 END AS bits,
              CASE WHEN w.invited_at > coalesce(i.invited_at, 0) THEN w.invited_at
                   ELSE i.invited_at END AS invited
         FROM site_users u JOIN sites s ON s.id = u.site
         LEFT JOIN site_answers w ON w.site = u.site AND w.address_key = u.address_key
         LEFT JOIN invitations i
                ON i.organization = s.organization AND i.address_key = u.address_key
        WHERE u.site = $1 AND u.number >= $2 AND u.number < $3
        ORDER BY u.number) AS users";

/// What Rust trims around an address: the two ways to the same facts must trim alike.
static BLANKS: LazyLock<String> =
    LazyLock::new(|| ('\0'..=char::MAX).filter(|sign| sign.is_whitespace()).collect());

/// The text of a block's users.
pub(super) async fn texts(conn: &mut Conn, site: i64, block: u32) -> Result<Texts, Refusal> {
    let first = block * ROWS;
    let row = sqlx::query(TEXTS)
        .bind(site)
        .bind(first)
        .bind(first.saturating_add(ROWS))
        .fetch_one(conn)
        .await?;
    let rows = count(&row, first)?;
    let mut columns = COLUMNS
        .into_iter()
        .map(|name| Values::read(&row, name))
        .collect::<Result<Vec<_>, sqlx::Error>>()?;
    let [user_ids, displays, first_names, last_names, addresses, keys, departments] =
        &mut columns[..]
    else {
        return Err(odd());
    };
    let mut texts = Texts::default();
    for _ in 0..rows {
        let (display, first_name, last_name) =
            (next(displays)?, next(first_names)?, next(last_names)?);
        let full;
        let name = if display.trim().is_empty() {
            full = format!("{first_name} {last_name}");
            full.trim()
        } else {
            display
        };
        let key = Some(next(keys)?).filter(|key| !key.is_empty());
        let (user_id, address) = (next(user_ids)?, next(addresses)?);
        texts.push(&TextsIn { user_id, name, address, key, department: next(departments)? });
    }
    Ok(texts)
}

/// What is kept of a block's users.
pub(super) async fn keeps(conn: &mut Conn, site: i64, block: u32) -> Result<Keeps, Refusal> {
    let first = block * ROWS;
    let row = sqlx::query(KEEPS)
        .bind(site)
        .bind(first)
        .bind(first.saturating_add(ROWS))
        .bind(BLANKS.as_str())
        .fetch_one(conn)
        .await?;
    let rows = count(&row, first)?;
    let (bits, invited) = (split(&row, "bits")?, split(&row, "invited")?);
    let mut keeps = Vec::with_capacity(rows as usize);
    for (bits, invited) in bits.zip(invited).take(rows as usize) {
        let invited = if invited.is_empty() { None } else { Some(number(invited)?) };
        keeps.push(Kept::new(number(bits)?, invited));
    }
    if keeps.len() == rows as usize { Ok(Keeps::new(keeps)) } else { Err(odd()) }
}

pub(super) fn next<'r>(values: &mut Values<'r>) -> Result<&'r str, Refusal> {
    values.next().ok_or_else(odd)
}

/// How many users there are; numbers are dense.
pub(super) fn count(row: &SqlRow, first: u32) -> Result<u32, Refusal> {
    let (count, last): (i64, i64) = (row.try_get("many")?, row.try_get("highest")?);
    if count == 0 || last - i64::from(first) + 1 == count { Ok(count as u32) } else { Err(odd()) }
}

pub(super) fn number<N: std::str::FromStr>(text: &str) -> Result<N, Refusal> {
    text.parse().map_err(|_| odd())
}

pub(super) fn odd() -> Refusal {
    Refusal::internal(&"the rows of a roster are not as they are kept")
}
