//! The seam of linking a site to an organization (rules L1 to L8).
//!
//! Owns the part of the provider's trait that the pages and the job of linking need. Callers have
//! authorized [`crate::domain::role::Action::LinkSite`]; what the rules ask for beyond that role is
//! the provider's to check, in the transaction that acts.

use super::{Answer, Viewer, WebPage};
use crate::api::linking::{
    Candidates, CandidatesQuery, Enrollment, LinkJob, LinkPlan, LinkSite, LinkTarget, LinkedUser,
    LinkedUsersQuery,
};
use crate::api::page::Page;
use crate::server::refusal::Refusal;

/// Linking a site. All URLs are in their one form.
pub trait SiteLinking: Send + Sync {
    /// Where the operator stands with the site.
    fn enrollment<'a>(&'a self, viewer: &'a Viewer, url: &'a str) -> Answer<'a, Enrollment>;
    /// Enroll Now (rule L1): asks for the connect mail where it is needed, again with `resend`.
    fn enroll<'a>(
        &'a self,
        viewer: &'a Viewer,
        url: &'a str,
        resend: bool,
    ) -> Answer<'a, Enrollment>;
    /// Uses the code of the operator's connect mail.
    fn connect<'a>(
        &'a self,
        viewer: &'a Viewer,
        url: &'a str,
        code: &'a str,
    ) -> Answer<'a, Enrollment>;
    /// The page behind a connect mail's link; changes nothing.
    fn show_connect<'a>(&'a self, code: &'a str) -> Answer<'a, WebPage>;
    /// Uses the code by that page's button.
    fn use_connect<'a>(&'a self, code: &'a str) -> Answer<'a, WebPage>;
    /// The organizations that match the site, with every reason (rule L2); recorded.
    fn candidates<'a>(
        &'a self,
        viewer: &'a Viewer,
        url: &'a str,
        query: &'a CandidatesQuery,
    ) -> Answer<'a, Candidates>;
    /// What linking would do, and the text to agree to (rule L5); changes nothing.
    fn prepare_link<'a>(
        &'a self,
        viewer: &'a Viewer,
        url: &'a str,
        target: &'a LinkTarget,
    ) -> Answer<'a, LinkPlan>;
    /// Link Now, for good (rules L3, L5, L6).
    fn link_site<'a>(
        &'a self,
        viewer: &'a Viewer,
        url: &'a str,
        asked: &'a LinkSite,
    ) -> Answer<'a, LinkJob>;
    /// The site's link job (rule L7).
    fn link_job<'a>(&'a self, url: &'a str) -> Answer<'a, LinkJob>;
    /// Waits until the job's revision is greater than this.
    fn link_changed<'a>(&'a self, url: &'a str, after: u64) -> Answer<'a, ()>;
    /// Whom completing the link was for, in order of number (rule L8).
    fn linked_users<'a>(
        &'a self,
        url: &'a str,
        query: &'a LinkedUsersQuery,
    ) -> Answer<'a, Page<LinkedUser>>;
    /// Tries a failed job again, now (rule L7).
    fn retry_link<'a>(&'a self, viewer: &'a Viewer, url: &'a str) -> Answer<'a, LinkJob>;
    /// Why there is no unlinking this site (rule L6).
    fn unlink<'a>(&'a self, url: &'a str) -> Answer<'a, Refusal>;
}
