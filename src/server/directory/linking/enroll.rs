//! Enroll Now and the connect mail (rule L1).
//!
//! Owns who needs the mail: an operator who is neither user nor administrator of any organization;
//! and where an operator stands. Sending it is `mails`', its code `code`'s.

use jiff::Timestamp;
use serde_json::json;
use sqlx::Row;

use super::hindrance::organization_of;
use super::{Entry, Linkable, code, mails, record};
use crate::api::linking::{ConnectMail, Enrollment};
use crate::api::problem::code as problem;
use crate::domain::site::SiteState;
use crate::domain::site_link::{EnrollStep, LinkMailState};
use crate::domain::untrusted::Untrusted;
use crate::server::directory::Directory;
use crate::server::directory::Viewer;
use crate::server::refusal::Refusal;
use crate::server::store::{Conn, from_millis};

/// Where the operator stands.
pub async fn show(
    conn: &mut Conn,
    viewer: &Viewer,
    site: &Linkable,
    now: Timestamp,
) -> Result<Enrollment, Refusal> {
    let mine = organization_of(conn, &viewer.email).await?;
    let connect = connect_mail(conn, site.id, &viewer.email, now).await?;
    let connected = connect.as_ref().is_some_and(|mail| mail.connected_at.is_some());
    let next = match site.state {
        SiteState::Enrolled => EnrollStep::Linked,
        SiteState::Linking | SiteState::LinkFailed => EnrollStep::Linking,
        SiteState::NotEnrolled if !site.may_link => EnrollStep::AskCsm,
        SiteState::NotEnrolled if mine.is_some() || connected => EnrollStep::Organization,
        SiteState::NotEnrolled if connect.is_some() => EnrollStep::Connect,
        SiteState::NotEnrolled => EnrollStep::Enroll,
    };
    Ok(Enrollment {
        site: Untrusted::new(&site.url),
        company: Untrusted::new(&site.company),
        state: site.state,
        next,
        connect,
        my_organization: mine,
        csm: Untrusted::new(&site.csm),
    })
}

/// Enroll Now. Asks for the connect mail where it is needed; a second press asks for no second one
/// unless it says `resend`.
pub async fn enroll(
    directory: &Directory,
    viewer: &Viewer,
    url: &str,
    resend: bool,
) -> Result<Enrollment, Refusal> {
    let now = directory.clock.now();
    let mut tx = directory.store.begin().await?;
    let site = Linkable::find(&mut tx, url).await?;
    site.must_be_free(&mut tx).await?;
    let before = show(&mut tx, viewer, &site, now).await?;
    let wanted = match before.next {
        EnrollStep::Enroll => true,
        EnrollStep::Connect => resend,
        _ => false,
    };
    if wanted {
        mails::ask_connect(&mut tx, &site, &viewer.email, now).await?;
    }
    if wanted || before.next == EnrollStep::Organization {
        let entry = Entry {
            action: "site.enroll",
            actor: &viewer.email,
            organization: None,
            url,
            detail: json!({ "connect_mail": wanted, "resend": wanted && resend }),
            now,
        };
        record(&mut tx, entry).await?;
    }
    let shown = show(&mut tx, viewer, &site, now).await?;
    tx.commit().await?;
    if wanted {
        directory.post.ring();
    }
    Ok(shown)
}

/// Uses the code, as the operator it was mailed to, for the site it was mailed for.
pub async fn connect(
    directory: &Directory,
    viewer: &Viewer,
    url: &str,
    text: &str,
) -> Result<Enrollment, Refusal> {
    let now = directory.clock.now();
    let mut tx = directory.store.begin().await?;
    let site = Linkable::find(&mut tx, url).await?;
    let owner = code::find(&mut tx, text, now).await?;
    let owner = owner.filter(|owner| owner.site == site.id && owner.email == viewer.email);
    let owner = owner.ok_or_else(code::unknown)?;
    if let Some(refusal) = code::over(owner.state) {
        return Err(refusal);
    }
    take(&mut tx, &owner, now).await?;
    let shown = show(&mut tx, viewer, &site, now).await?;
    tx.commit().await?;
    Ok(shown)
}

/// The step both ways share: from now on the operator is connected for this site.
pub async fn take(conn: &mut Conn, owner: &code::Owner, now: Timestamp) -> Result<(), Refusal> {
    if code::spend(conn, owner, now).await? {
        let entry = Entry {
            action: "site.connected",
            actor: &owner.email,
            organization: None,
            url: &owner.url,
            detail: json!({}),
            now,
        };
        record(conn, entry).await?;
    }
    Ok(())
}

/// The gate before candidates and link: who needs the connect mail has used it.
pub async fn must_be_connected(
    conn: &mut Conn,
    viewer: &Viewer,
    site: &Linkable,
) -> Result<(), Refusal> {
    if organization_of(conn, &viewer.email).await?.is_some() {
        return Ok(());
    }
    let connected = sqlx::query(
        "SELECT 1 FROM site_connects WHERE site = $1 AND email = $2 AND connected_at IS NOT NULL",
    )
    .bind(site.id)
    .bind(&viewer.email)
    .fetch_optional(conn)
    .await?;
    if connected.is_some() {
        return Ok(());
    }
    Err(Refusal::conflict(
        problem::CONNECT_FIRST,
        "You are in no organization yet: first show that the address you sign in with is yours.",
        "Choose Enroll Now (hublink site enroll), then use the link or the code of the mail you get.",
    ))
}

/// The newest connect mail, if one was ever asked for.
async fn connect_mail(
    conn: &mut Conn,
    site: i64,
    email: &str,
    now: Timestamp,
) -> Result<Option<ConnectMail>, Refusal> {
    let row = sqlx::query(
        "SELECT CASE m.state WHEN 'claimed' THEN 'queued' ELSE m.state END AS state, m.detail, c.asked_at,
                c.expires_at, c.connected_at
           FROM site_connects c
           JOIN outbox m ON m.site = c.site AND m.recipient = c.email
            AND m.queue = 'linking' AND m.kind = 'connect'
          WHERE c.site = $1 AND c.email = $2
          ORDER BY m.queued_at DESC, m.id DESC LIMIT 1",
    )
    .bind(site)
    .bind(email)
    .fetch_optional(conn)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let time = |column: &str| row.try_get::<Option<i64>, _>(column).map(|ms| ms.map(from_millis));
    let state = LinkMailState::from_code(row.try_get("state")?)
        .ok_or_else(|| Refusal::internal(&"a mail's state is unknown"))?;
    let detail: String = row.try_get("detail")?;
    let (expires_at, connected_at) = (time("expires_at")?, time("connected_at")?);
    Ok(Some(ConnectMail {
        to: Untrusted::new(email),
        state,
        detail: Some(detail).filter(|detail| !detail.is_empty()).map(Untrusted::new),
        asked_at: time("asked_at")?.unwrap_or(now),
        expires_at,
        expired: connected_at.is_none() && expires_at.is_some_and(|at| now >= at),
        connected_at,
    }))
}
