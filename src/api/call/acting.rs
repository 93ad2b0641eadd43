//! Which requests do something.
//!
//! Owns one table, over all requests: what looks, plans or keeps can be asked twice and be forgotten;
//! what acts is done once, under a key that is kept until an answer has come (SPEC section 8).

use super::{
    AccountCall, FollowingCall, LicenceCall, LinkCall, Method, OrderCall, PlanCall, Request,
    RunCall, TrialCall, WelcomeCall,
};

impl Request {
    /// Whether its key is heeded: somebody is signed in. Signing in and the codes of mails have none,
    /// and are not asked again by themselves.
    pub fn is_keyed(&self) -> bool {
        let nobodys = matches!(
            self,
            Self::Welcome(
                WelcomeCall::Look(_)
                    | WelcomeCall::Accept(_)
                    | WelcomeCall::Decline(_)
                    | WelcomeCall::Lift(_)
            ) | Self::Account(
                AccountCall::SignIn(_) | AccountCall::AskReset(_) | AccountCall::UseReset(_)
            )
        );
        !nobodys && self.wire().method != Method::Get
    }

    /// Whether it does something to others, or for good: not one that looks, plans or keeps.
    pub fn acts(&self) -> bool {
        let kept = matches!(
            self,
            Self::Draft(_)
                | Self::Cohort(_)
                | Self::Demo(_)
                | Self::Account(_)
                | Self::Plan(PlanCall::Make(..))
                | Self::Following(FollowingCall::PlanNewcomers(_))
                | Self::Run(RunCall::Retry(_))
                | Self::Trial(TrialCall::Check(..))
                | Self::Order(OrderCall::Candidates(..))
                | Self::Link(LinkCall::Prepare(..))
                | Self::Licence(LicenceCall::Import(..))
                | Self::Welcome(WelcomeCall::Look(_))
        );
        !kept && self.wire().method != Method::Get
    }
}
