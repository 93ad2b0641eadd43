//! Drafts: a wizard's answers about its subject.
//!
//! Owns who may touch one: whoever may do what the wizard does, and nobody else. Must not decide
//! what that is: `domain::draft` has the table.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::HeaderValue;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;

use super::Shared;
use super::asked::{Asked, Routes};
use super::extract::site_in_path;
use super::orders::may_map;
use crate::api::draft::{
    Draft, HOLD, Hold, ListDrafts, RemoveDraft, SaveDraftCall, ShowDraft, TakeDraft,
    UnfinishedDraft,
};
use crate::api::endpoint::Nothing;
use crate::api::page::Page;
use crate::domain::draft::{SubjectKind, Wizard};
use crate::server::Backend;
use crate::server::auth::{Actor, READS, authorize};
use crate::server::directory::Resource;
use crate::server::engine::drafts::{self, Place};
use crate::server::paging;
use crate::server::refusal::{Refusal, Unmet};
use crate::server::store::condition::{self, Check};

pub fn routes() -> Routes {
    Routes::new().at(list_drafts).at(show_draft).at(save_draft).at(remove_draft).at(take_draft)
}

/// The unfinished drafts that one holds, the latest first; those whose subject one may still act on.
async fn list_drafts(
    State(backend): State<Shared>,
    actor: Actor,
    Asked { query: page, .. }: Asked<ListDrafts>,
) -> Result<Page<UnfinishedDraft>, Refusal> {
    let limit = paging::limit(page.limit)?;
    let after: Option<drafts::Listed> = paging::after(page.cursor.as_deref())?;
    let mut mine = Vec::new();
    for draft in drafts::held(&backend, &actor.email, after.as_ref(), limit).await? {
        match Subject::of(&backend, &actor, &draft.wizard, draft.subject.raw()).await {
            Ok(_) => mine.push((draft, true)),
            Err(refusal) if refusal.problem.status < 500 => mine.push((draft, false)),
            Err(refusal) => return Err(refusal),
        }
    }
    let page = paging::page(mine, limit, |(draft, _)| drafts::listed(draft), |row| row)?;
    let items = page.items.into_iter().filter_map(|(draft, may)| may.then_some(draft)).collect();
    Ok(Page { items, next: page.next })
}

/// The draft of a wizard about its subject.
async fn show_draft(
    State(backend): State<Shared>,
    actor: Actor,
    Asked { path: (wizard, subject), .. }: Asked<ShowDraft>,
) -> Result<Draft, Refusal> {
    let subject = Subject::of(&backend, &actor, &wizard, &subject).await?;
    drafts::show(&backend, subject.place()).await
}

/// Save the answers; the first to save holds the draft.
async fn save_draft(
    State(backend): State<Shared>,
    actor: Actor,
    Asked { path: (wizard, subject), body, .. }: Asked<SaveDraftCall>,
) -> Result<Draft, Refusal> {
    let subject = Subject::of(&backend, &actor, &wizard, &subject).await?;
    drafts::save(&backend, &actor.email, subject.place(), &body).await
}

/// Remove a draft that one holds.
async fn remove_draft(
    State(backend): State<Shared>,
    actor: Actor,
    Asked { path: (wizard, subject), .. }: Asked<RemoveDraft>,
) -> Result<Nothing, Refusal> {
    let subject = Subject::of(&backend, &actor, &wizard, &subject).await?;
    drafts::remove(&backend, &actor.email, subject.place()).await?;
    Ok(Nothing)
}

/// Take a draft over from whoever holds it; recorded.
async fn take_draft(
    State(backend): State<Shared>,
    actor: Actor,
    Asked { path: (wizard, subject), .. }: Asked<TakeDraft>,
) -> Result<Draft, Refusal> {
    let subject = Subject::of(&backend, &actor, &wizard, &subject).await?;
    drafts::take(&backend, &actor.email, subject.place()).await
}

/// Stands before all writes: one that a wizard's page sends names the hold on the draft that it acts
/// under, and is refused once somebody else has taken the draft over (SPEC section 4).
pub async fn held(State(backend): State<Shared>, mut request: Request, next: Next) -> Response {
    let actor = request.extensions().get::<Arc<Actor>>().cloned();
    if let (Some(hold), Some(actor)) = (request.headers().get(HOLD), actor)
        && !request.method().is_safe()
    {
        match must_hold(&backend, &actor, hold).await {
            Ok(bound) => request.extensions_mut().insert(bound),
            Err(refusal) => return refusal.into_response(),
        };
    }
    next.run(request).await
}

/// Stands right around the handlers: what [`held`] found is asked once more in each transaction of
/// the act, so that no take-over slips in between.
pub async fn bound(mut request: Request, next: Next) -> Response {
    match request.extensions_mut().remove::<Bound>() {
        Some(bound) => condition::under(bound.check(), next.run(request)).await,
        None => next.run(request).await,
    }
}

/// The hold that an act is bound to.
#[derive(Clone)]
struct Bound {
    subject: Arc<Subject>,
    actor: String,
    since: Option<Timestamp>,
}

impl Bound {
    fn check(self) -> Check {
        Box::new(move |conn| {
            let Self { subject, actor, since } = self.clone();
            Box::pin(async move {
                let held = drafts::held_still(conn, &actor, subject.place(), since).await;
                held.map_err(|refusal| Unmet::from(refusal).into())
            })
        })
    }
}

async fn must_hold(backend: &Backend, actor: &Actor, hold: &HeaderValue) -> Result<Bound, Refusal> {
    let read = hold.to_str().ok().and_then(Hold::from_header);
    let hold = read.ok_or_else(|| {
        Refusal::invalid(HOLD, "This header names a wizard, its subject and since when it is held.")
    })?;
    let subject = Subject::of(backend, actor, &hold.wizard, &hold.subject).await?;
    drafts::must_hold(backend, &actor.email, subject.place(), hold.since).await?;
    Ok(Bound { subject: Arc::new(subject), actor: actor.email.clone(), since: hold.since })
}

/// What a draft is about: a thing to which the actor may do what the wizard does.
struct Subject {
    wizard: Wizard,
    name: String,
    organization: Option<String>,
}

impl Subject {
    async fn of(
        backend: &Backend,
        actor: &Actor,
        wizard: &str,
        subject: &str,
    ) -> Result<Self, Refusal> {
        let wizard =
            Wizard::from_code(wizard).ok_or_else(|| Refusal::not_found("wizard").at("wizard"))?;
        let (name, organization) = match wizard.subject() {
            SubjectKind::Site => {
                let url = site_in_path(subject)?;
                may(backend, actor, wizard, Resource::Site(&url)).await?;
                let organization = backend.directory.site_facts(&url).await?.organization;
                (url, organization)
            }
            SubjectKind::Organization => {
                may(backend, actor, wizard, Resource::Organization(subject)).await?;
                (subject.to_owned(), Some(subject.to_owned()))
            }
            SubjectKind::Order => {
                let order = may_map(backend, actor, subject).await?;
                (order.number, Some(order.partner))
            }
        };
        Ok(Self { wizard, name, organization })
    }

    fn place(&self) -> Place<'_> {
        let organization = self.organization.as_deref();
        Place { wizard: self.wizard, subject: &self.name, organization }
    }
}

/// A draft changes nothing of its subject: an expired trial keeps nobody from their answers.
async fn may(
    backend: &Backend,
    actor: &Actor,
    wizard: Wizard,
    resource: Resource<'_>,
) -> Result<(), Refusal> {
    READS.scope(true, authorize(backend, actor, wizard.action(), resource)).await.map(drop)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::server::auth::credentials;
    use crate::server::fixture::Fixture;

    #[tokio::test]
    async fn section_4_a_draft_taken_between_the_check_and_the_act_stops_the_act() {
        let world = Fixture::new().await;
        world.small_world().await;
        world.person("gus@acme.example").await;
        let role = "INSERT INTO organization_roles (organization, email, role)
                    VALUES ('acme', 'gus@acme.example', 'full_admin')";
        world.sql(role).await;
        let draft = "/v1/drafts/link_users/acme.webex.example";
        let body = json!({ "step": "plan", "answers": {}, "revision": 0 });
        let saved = world.send("PUT", draft, "fay", body).await;
        let since = saved.json["held_since"].as_str().and_then(|text| text.parse().ok());
        let subject = "acme.webex.example".to_owned();
        let hold = Hold { wizard: "link_users".into(), subject, since }.to_header();
        let hold = HeaderValue::try_from(hold).unwrap();
        let store = &world.backend.store;
        let fay = credentials::find(store, "fay", jiff::Timestamp::now()).await.unwrap().unwrap();
        let asked = async || must_hold(&world.backend, &fay, &hold).await;
        let act = async |bound: Bound| {
            let tx = condition::under(bound.check(), store.begin()).await;
            tx.map(drop).map_err(Refusal::from)
        };
        act(asked().await.unwrap()).await.unwrap();
        let bound = asked().await.unwrap();
        world.send("POST", &format!("{draft}/take"), "gus", Value::Null).await;
        let refused = act(bound).await.unwrap_err();
        assert_eq!(refused.problem.code, "draft_held");
        assert_eq!(refused.problem.status, 409);
        store.begin().await.map(drop).unwrap();
    }
}
