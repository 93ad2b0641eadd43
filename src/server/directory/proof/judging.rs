//! What DNS told about a challenge, and what is wrong with a record that is not right (rule D2).
//!
//! Owns turning look-ups into a [`Check`]: its result, what was seen, and the hint. Changes nothing.

use futures_util::future::join_all;
use jiff::{SignedDuration, Timestamp};

use crate::api::domains::{Check, CheckResult};
use crate::domain::challenge::{self, Elsewhere, Value};
use crate::domain::domain_name::DomainName;
use crate::domain::untrusted::Untrusted;
use crate::server::directory::dns::{Dns, Txt};

/// Values shown of what was there.
const SEEN: usize = 10;
/// Characters shown of a value.
const SEEN_CHARS: usize = 200;

/// What a look-up means for this challenge.
pub(super) fn judge(told: Txt, token: &str, at: Timestamp) -> Check {
    let mut check = Check {
        result: CheckResult::NotFound,
        at,
        seen: Vec::new(),
        not_before: None,
        detail: Untrusted::default(),
    };
    match told {
        Txt::Values(values) => {
            let right = values.iter().any(|value| challenge::value(value, token) == Value::Right);
            check.result = if right { CheckResult::Found } else { CheckResult::WrongToken };
            check.seen = shortened(&values);
            if !right && let Some(words) = amiss(&values, token) {
                check.detail = words.into();
            }
        }
        Txt::None(ttl) => {
            let forgotten = |s: u32| at.checked_add(SignedDuration::from_secs(i64::from(s))).ok();
            check.not_before = ttl.and_then(forgotten);
        }
        Txt::Failed(why) => {
            check.result = CheckResult::Failed;
            check.detail = why.into();
        }
    }
    check
}

/// How the value was published amiss, if one of these is it.
fn amiss(values: &[String], token: &str) -> Option<String> {
    values.iter().find_map(|value| match challenge::value(value, token) {
        Value::Amiss(words) => Some(words),
        Value::Right | Value::Other => None,
    })
}

/// Whether it may have been published elsewhere: it is not at its place, in whatever form.
pub(super) fn looks_beside(check: &Check) -> bool {
    let is_missing = matches!(check.result, CheckResult::NotFound | CheckResult::WrongToken);
    is_missing && check.detail.is_empty()
}

/// Looks where panels and people put it by mistake, and at the domain itself. A look-up that
/// fails tells nothing.
pub(super) async fn look_beside(dns: &Dns, name: &str, token: &str, check: &mut Check) {
    let Ok(domain) = DomainName::parse(name) else { return };
    let places = challenge::elsewhere(&domain);
    let told = join_all(places.iter().map(|place| dns.txt(&place.name))).await;
    let found: Vec<(&Elsewhere, Vec<String>)> = places
        .iter()
        .zip(told)
        .filter_map(|(place, told)| match told {
            Txt::Values(values) => Some((place, values)),
            Txt::None(_) | Txt::Failed(_) => None,
        })
        .collect();
    let is_it = |value: &String| challenge::value(value, token) != Value::Other;
    if let Some((place, values)) = found.iter().find(|(_, values)| values.iter().any(is_it)) {
        let right = values.iter().any(|value| challenge::value(value, token) == Value::Right);
        let also = if right { None } else { amiss(values, token) };
        let also = also.map(|words| format!(" {words}")).unwrap_or_default();
        check.detail = format!("{}{also}", place.advice).into();
        check.seen = shortened(values);
    } else if check.result == CheckResult::NotFound
        && let Some((_, values)) = found.iter().find(|(place, _)| place.name == name)
    {
        let record = challenge::record_name(name);
        check.detail =
            format!("There is no TXT record at {record}; these stand at {name} itself.").into();
        check.seen = shortened(values);
    }
}

fn shortened(values: &[String]) -> Vec<Untrusted> {
    let short = |value: &String| value.chars().take(SEEN_CHARS).collect::<String>();
    values.iter().take(SEEN).map(|value| Untrusted::new(short(value))).collect()
}
