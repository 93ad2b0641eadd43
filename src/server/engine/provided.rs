//! What the provider does, has done by hand, or does not have: heeded before anything is begun.
//!
//! Owns the refusals, `act_unavailable` and `act_guided`, and reading back what was done by hand.
//! Nothing that was begun is broken off for it: a run asks the provider to its end.

use crate::api::plan::Plan;
use crate::api::problem::code;
use crate::api::session::{Capabilities, Capability};
use crate::domain::act::Act;
use crate::domain::linking::LinkingMethod;
use crate::domain::outcome::Class;
use crate::domain::sentence::one_stop;
use crate::server::Backend;
use crate::server::provider::{Credentials, How, Provider, Target};
use crate::server::refusal::Refusal;

/// What is done about an act that is not there.
const ELSEWHERE: &str =
    "Nothing was changed. Whatever else can be done here can be done without it.";

/// How each act is done.
pub fn capabilities(provider: &dyn Provider) -> Capabilities {
    Capabilities::each(|act| match provider.can(act) {
        How::Automated => Capability::Automated,
        How::Guided { link, check } => {
            Capability::Guided { link: link.into(), check: check.into() }
        }
        How::Unavailable { why } => Capability::Unavailable { why: why.into() },
    })
}

/// Whether an act can be begun here.
///
/// # Errors
/// `act_unavailable`, and `act_guided` for what is done by hand and not looked at afterwards.
pub fn can_begin(backend: &Backend, act: Act) -> Result<(), Refusal> {
    let capabilities = capabilities(&*backend.options.provider);
    match capabilities.refuses(act) {
        Some(why) => Err(refused(capabilities.of(act), &why)),
        None => Ok(()),
    }
}

fn refused(how: &Capability, why: &str) -> Refusal {
    match how {
        Capability::Guided { .. } => {
            let remedy = "Nothing was changed here. Do it there.";
            Refusal::conflict(code::ACT_GUIDED, why, remedy)
        }
        _ => Refusal::conflict(code::ACT_UNAVAILABLE, why, ELSEWHERE),
    }
}

/// A plan of so many silent links and e-mails: what is not there at all is in no plan.
///
/// # Errors
/// `act_unavailable`.
pub(super) fn can_plan(backend: &Backend, linked: u64, emailed: u64) -> Result<(), Refusal> {
    let capabilities = capabilities(&*backend.options.provider);
    for (people, act) in [(linked, Act::Link), (emailed, Act::Invite)] {
        let how = capabilities.of(act);
        if people > 0
            && matches!(how, Capability::Unavailable { .. })
            && let Some(why) = how.why_not(act)
        {
            let mut refusal = refused(how, &why);
            let words = "Select others: no plan was made, for";
            refusal.problem.remedy = match (act, people) {
                (Act::Link, 1) => format!("{words} 1 of these people would be linked so."),
                (Act::Link, _) => format!("{words} {people} of these people would be linked so."),
                (_, 1) => format!("{words} 1 of these people would be e-mailed."),
                _ => format!("{words} {people} of these people would be e-mailed."),
            };
            return Err(refusal);
        }
    }
    Ok(())
}

/// What a plan would begin.
///
/// # Errors
/// As [`can_begin`].
pub(super) fn can_apply(backend: &Backend, plan: &Plan) -> Result<(), Refusal> {
    if plan.classes.get(Class::Linked.code()).is_some_and(|people| *people > 0) {
        can_begin(backend, Act::Link)?;
    }
    if plan.emails > 0 {
        can_begin(backend, Act::Invite)?;
    }
    Ok(())
}

/// Where the method is chosen by hand, reads back whether it is this one there.
///
/// # Errors
/// `act_guided` where it is another one, `unavailable` where nobody can tell now.
pub async fn is_chosen(
    backend: &Backend,
    actor: &str,
    url: &str,
    wanted: LinkingMethod,
) -> Result<(), Refusal> {
    let provider = &backend.options.provider;
    let How::Guided { link, .. } = provider.can(Act::Method) else { return Ok(()) };
    let site = backend.directory.site_facts(url).await?;
    // A site without an organization is refused for that.
    let Some(organization) = site.organization else { return Ok(()) };
    let as_whom = Credentials { actor: actor.to_owned() };
    let on = Target { organization, site: site.url };
    let there = provider.method(&as_whom, &on).await.map_err(|error| {
        let detail = format!("The directory cannot tell how {} stands there: {error}.", on.site);
        Refusal::later(one_stop(detail), error.pause.as_secs().max(1))
    })?;
    if there == Some(wanted) {
        return Ok(());
    }
    let now = there.map_or("not chosen", LinkingMethod::title);
    Err(Refusal::conflict(
        code::ACT_GUIDED,
        format!("The method of {} is “{now}” there, not “{}”.", on.site, wanted.title()),
        format!("Choose it at {link}, then check again. Nothing was changed here."),
    ))
}
