//! An answer without its type: data that can be kept, compared and printed like any other.
//!
//! Owns giving it back to whoever asked, as what it is and as nothing else.

use std::any::Any;
use std::fmt;
use std::sync::Arc;

use super::ApiError;

/// What the backend answers, once read: the answer of an endpoint, or a part of a roster. Whoever asked
/// takes it by its own type.
#[derive(Clone)]
pub struct Reply(Arc<dyn Held>);

/// What a [`Reply`] can do without its type.
trait Held: Any + fmt::Debug + Send + Sync {
    fn same(&self, other: &dyn Any) -> bool;
}

impl<T: Any + fmt::Debug + PartialEq + Send + Sync> Held for T {
    fn same(&self, other: &dyn Any) -> bool {
        other.downcast_ref::<T>() == Some(self)
    }
}

impl Reply {
    /// This one.
    pub fn of<T: Any + fmt::Debug + PartialEq + Send + Sync>(answer: T) -> Self {
        Self(Arc::new(answer))
    }

    /// The answer, where it is one of these.
    pub fn get<T: Any>(&self) -> Option<&T> {
        let held: &dyn Any = &*self.0;
        held.downcast_ref()
    }

    /// Whether the answer is one of these.
    pub fn is<T: Any>(&self) -> bool {
        self.get::<T>().is_some()
    }

    /// The answer, taken as one of these.
    ///
    /// # Errors
    /// That it is another: it would answer another question.
    pub fn take<T: Any + Clone>(self) -> Result<T, ApiError> {
        let taken = self.get().cloned();
        taken.ok_or_else(|| ApiError::Malformed("it answers another question".into()))
    }
}

impl PartialEq for Reply {
    fn eq(&self, other: &Self) -> bool {
        let other: &dyn Any = &*other.0;
        (*self.0).same(other)
    }
}

impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::endpoint::{Endpoint as _, Nothing};
    use crate::api::page::Page;
    use crate::api::timer::{ListTimers, Timer};

    #[test]
    fn an_answer_is_taken_as_what_it_is_and_as_nothing_else() {
        let answer = Reply::of(Page::<Timer> { items: Vec::new(), next: None });
        assert!(answer.is::<Page<Timer>>() && answer.get::<Nothing>().is_none());
        assert_eq!(answer, answer.clone());
        assert_ne!(answer, Reply::of(Nothing));
        let read = (ListTimers::ABOUT.read)(&"{\"items\":[]}".into()).unwrap();
        assert_eq!(read, answer);
        assert!((ListTimers::ABOUT.read)(&"{\"item\":[]}".into()).is_err());
        assert_eq!(answer.take::<Nothing>().unwrap_err().code(), "malformed_answer");
    }
}
