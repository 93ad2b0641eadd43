//! A request of any endpoint without its types: data that can be kept, compared and printed like any
//! other.
//!
//! Owns filling an endpoint's template, and reading it back, which scripted backends of tests do. What
//! is printed names the endpoint alone: paths and bodies may hold secrets. Owns no list of which
//! requests do something: the endpoint says it (SPEC section 8).

use std::fmt;

use super::{Body, Method};
use crate::api::endpoint::{About, Content, Endpoint, Path, Query};

/// What a client asks of the backend: a request of one endpoint.
#[derive(Clone)]
pub struct Request {
    /// Which.
    pub about: &'static About,
    /// Path and query, percent-encoded.
    pub target: String,
    /// The body.
    pub body: Body,
}

impl Request {
    /// What this asks of the endpoint.
    pub fn of<E: Endpoint>(path: &E::Path, query: &E::Query, body: &E::Body) -> Self {
        let mut texts = Path::texts(path).into_iter();
        let filled = E::ROUTE.path.split('/').map(|part| {
            if is_parameter(part) {
                seg(&texts.next().unwrap_or_default())
            } else {
                part.to_owned()
            }
        });
        let mut target = filled.collect::<Vec<_>>().join("/");
        let query = Query::write(query);
        if !query.is_empty() {
            target.push('?');
            target.push_str(&query);
        }
        // Our own bodies always serialise; an empty one would be refused by the backend.
        let body = Content::write(body).unwrap_or(Body::Empty);
        Self { about: E::ABOUT, target, body }
    }

    /// The method.
    pub fn method(&self) -> Method {
        self.about.route.method
    }

    /// Whether it was asked of this endpoint.
    pub fn is<E: Endpoint>(&self) -> bool {
        self.about.route.id == E::ROUTE.id
    }

    /// What was asked, where it was asked of this endpoint.
    pub fn asked<E: Endpoint>(&self) -> Option<(E::Path, E::Query, E::Body)> {
        if !self.is::<E>() {
            return None;
        }
        let (path, query) = self.target.split_once('?').unwrap_or((&self.target, ""));
        let given = E::ROUTE.path.split('/').zip(path.split('/'));
        let given = given.filter(|(part, _)| is_parameter(part)).map(|(_, given)| {
            percent_encoding::percent_decode_str(given).decode_utf8_lossy().into_owned()
        });
        let path = <E::Path as Path>::read(&given.collect::<Vec<_>>())?;
        let body = match &self.body {
            Body::Empty => <E::Body as Content>::read(&bytes::Bytes::new()),
            Body::Json(bytes) | Body::File(bytes) => <E::Body as Content>::read(bytes),
        };
        Some((path, <E::Query as Query>::read(query).ok()?, body.ok()?))
    }

    /// Whether its key is heeded: somebody is signed in. Signing in and the codes of mails have none,
    /// and are not asked again by themselves.
    pub fn is_keyed(&self) -> bool {
        self.about.route.is_keyed()
    }

    /// Whether it does something to others, or for good: not one that looks, plans or keeps, which can
    /// be asked twice and be forgotten. What acts is done once, under a key that is kept until an
    /// answer has come.
    pub fn acts(&self) -> bool {
        self.about.route.acts()
    }
}

fn is_parameter(part: &str) -> bool {
    part.starts_with('{')
}

/// Percent-encodes one path segment.
pub(in crate::api) fn seg(text: &str) -> String {
    const KEEP: &percent_encoding::AsciiSet = &percent_encoding::NON_ALPHANUMERIC
        .remove(b'-')
        .remove(b'.')
        .remove(b'_')
        .remove(b'~')
        .remove(b'@');
    percent_encoding::utf8_percent_encode(text, KEEP).to_string()
}

impl PartialEq for Request {
    fn eq(&self, other: &Self) -> bool {
        self.about.route.id == other.about.route.id
            && self.target == other.target
            && self.body == other.body
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Request").field(&self.about.route.id).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::cohort::ShowCohort;
    use crate::api::endpoint::Nothing;
    use crate::api::page::PageQuery;
    use crate::api::timer::ListTimers;

    #[test]
    fn segments_cannot_leave_their_place() {
        assert_eq!(seg("a/../b?c#d e"), "a%2F..%2Fb%3Fc%23d%20e");
        assert_eq!(seg("acme.webex.example"), "acme.webex.example");
    }

    #[test]
    fn what_was_asked_of_an_endpoint_is_read_back_as_it_was() {
        let path = ("acme.webex.example".to_owned(), "wave 1 / Köln?".to_owned());
        let request = Request::of::<ShowCohort>(&path, &Nothing, &Nothing);
        let target = "/v1/sites/acme.webex.example/cohorts/wave%201%20%2F%20K%C3%B6ln%3F";
        assert_eq!(request.target, target);
        assert_eq!(request.asked::<ShowCohort>(), Some((path, Nothing, Nothing)));
        assert_eq!(request.asked::<ListTimers>(), None);
        let page = PageQuery { cursor: Some("a&b=c".into()), limit: Some(3) };
        let request = ListTimers::call(Nothing, page.clone(), Nothing);
        assert_eq!(request.asked::<ListTimers>(), Some((Nothing, page, Nothing)));
        assert_eq!(format!("{request:?}"), "Request(\"list_timers\")");
    }
}
