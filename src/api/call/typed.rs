//! A request of any endpoint, and its answer, without their types: data that can be kept, compared and
//! printed like any other.
//!
//! Owns filling an endpoint's template, and reading it back, which scripted backends of tests do. What
//! is printed names the endpoint alone: paths and bodies may hold secrets.

use std::any::Any;
use std::fmt;
use std::sync::Arc;

use super::{Body, Reply, Request, Wire, seg};
use crate::api::endpoint::{About, Content, Endpoint, Path, Query};

/// A request of one endpoint.
#[derive(Clone)]
pub struct Call {
    /// Which.
    pub about: &'static About,
    wire: Wire,
}

impl Call {
    /// What this asks of it.
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
        Self { about: E::ABOUT, wire: Wire { method: E::ROUTE.method, path: target, body } }
    }

    /// Method, path and body.
    pub fn wire(&self) -> &Wire {
        &self.wire
    }

    /// What was asked, where it was asked of this endpoint.
    pub fn asked<E: Endpoint>(&self) -> Option<(E::Path, E::Query, E::Body)> {
        if self.about.route.id != E::ROUTE.id {
            return None;
        }
        let (path, query) = self.wire.path.split_once('?').unwrap_or((&self.wire.path, ""));
        let given = E::ROUTE.path.split('/').zip(path.split('/'));
        let given = given.filter(|(part, _)| is_parameter(part)).map(|(_, given)| {
            percent_encoding::percent_decode_str(given).decode_utf8_lossy().into_owned()
        });
        let path = <E::Path as Path>::read(&given.collect::<Vec<_>>())?;
        let body = match &self.wire.body {
            Body::Empty => <E::Body as Content>::read(&bytes::Bytes::new()),
            Body::Json(bytes) | Body::File(bytes) => <E::Body as Content>::read(bytes),
        };
        Some((path, <E::Query as Query>::read(query).ok()?, body.ok()?))
    }
}

fn is_parameter(part: &str) -> bool {
    part.starts_with('{')
}

impl PartialEq for Call {
    fn eq(&self, other: &Self) -> bool {
        self.about.route.id == other.about.route.id && self.wire == other.wire
    }
}

impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Call").field(&self.about.route.id).finish()
    }
}

/// The answer of an endpoint.
#[derive(Clone)]
pub struct Answer(Arc<dyn Held>);

/// What an [`Answer`] can do without its type.
trait Held: Any + fmt::Debug + Send + Sync {
    fn same(&self, other: &dyn Any) -> bool;
}

impl<T: Content> Held for T {
    fn same(&self, other: &dyn Any) -> bool {
        other.downcast_ref::<T>() == Some(self)
    }
}

impl Answer {
    /// This one.
    pub fn of<T: Content>(answer: T) -> Self {
        Self(Arc::new(answer))
    }

    /// The answer, where it is one of these.
    pub fn get<T: Content>(&self) -> Option<&T> {
        let held: &dyn Any = &*self.0;
        held.downcast_ref()
    }
}

impl PartialEq for Answer {
    fn eq(&self, other: &Self) -> bool {
        let other: &dyn Any = &*other.0;
        self.0.same(other)
    }
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Request {
    /// What was asked, where it was asked of this endpoint.
    pub fn asked<E: Endpoint>(&self) -> Option<(E::Path, E::Query, E::Body)> {
        match self {
            Self::Call(call) => call.asked::<E>(),
            _ => None,
        }
    }
}

impl Reply {
    /// The answer of an endpoint.
    pub fn of<T: Content>(answer: T) -> Self {
        Self::Answer(Answer::of(answer))
    }

    /// The answer, where it is one of these.
    pub fn get<T: Content>(&self) -> Option<&T> {
        match self {
            Self::Answer(answer) => answer.get(),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::cohort::ShowCohort;
    use crate::api::endpoint::Nothing;
    use crate::api::page::{Page, PageQuery};
    use crate::api::timer::{ListTimers, Timer};

    #[test]
    fn what_was_asked_of_an_endpoint_is_read_back_as_it_was() {
        let path = ("acme.webex.example".to_owned(), "wave 1 / Köln?".to_owned());
        let call = Call::of::<ShowCohort>(&path, &Nothing, &Nothing);
        let target = "/v1/sites/acme.webex.example/cohorts/wave%201%20%2F%20K%C3%B6ln%3F";
        assert_eq!(call.wire().path, target);
        assert_eq!(call.asked::<ShowCohort>(), Some((path, Nothing, Nothing)));
        assert_eq!(call.asked::<ListTimers>(), None);
        let page = PageQuery { cursor: Some("a&b=c".into()), limit: Some(3) };
        let call = Call::of::<ListTimers>(&Nothing, &page, &Nothing);
        assert_eq!(call.asked::<ListTimers>(), Some((Nothing, page, Nothing)));
        assert_eq!(format!("{call:?}"), "Call(\"list_timers\")");
    }

    #[test]
    fn an_answer_is_taken_as_what_it_is_and_as_nothing_else() {
        let answer = Reply::of(Page::<Timer> { items: Vec::new(), next: None });
        assert!(answer.get::<Page<Timer>>().is_some() && answer.get::<Nothing>().is_none());
        assert_eq!(answer, answer.clone());
        assert_ne!(answer, Reply::of(Nothing));
        let read = (ListTimers::ABOUT.read)(&"{\"items\":[]}".into()).unwrap();
        assert_eq!(Reply::Answer(read), answer);
        assert!((ListTimers::ABOUT.read)(&"{\"item\":[]}".into()).is_err());
    }
}
