//! Which requests do something.
//!
//! Owns no list: what looks, plans or keeps can be asked twice and be forgotten; what acts is done once,
//! under a key that is kept until an answer has come (SPEC section 8). The endpoint says which it is.

use super::Request;
use crate::api::endpoint::{self, About};
use crate::api::route::Route;

impl Request {
    /// Its endpoint.
    pub fn about(&self) -> Option<&'static About> {
        if let Self::Call(call) = self {
            return Some(call.about);
        }
        let wire = self.wire();
        let route = Route::asked(wire.method, &wire.path)?;
        endpoint::all().find(|about| about.route == *route)
    }

    /// Whether its key is heeded: somebody is signed in. Signing in and the codes of mails have none,
    /// and are not asked again by themselves.
    pub fn is_keyed(&self) -> bool {
        self.about().is_some_and(|about| about.route.is_keyed())
    }

    /// Whether it does something to others, or for good: not one that looks, plans or keeps.
    pub fn acts(&self) -> bool {
        self.about().is_some_and(|about| about.route.acts())
    }
}
