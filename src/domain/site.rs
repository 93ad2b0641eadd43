//! Meeting sites: their states and their URL (SPEC section 1, section 9).

use serde::{Deserialize, Serialize};
use strum::{VariantArray, VariantNames};
use utoipa::ToSchema;

use super::code::coded;
use super::untrusted::Untrusted;

/// So many administrators are named in a sentence.
const NAMED: usize = 3;

/// Where a site stands on its way into an organization.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[derive(VariantArray, VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum SiteState {
    /// Managed in Site Administration.
    NotEnrolled,
    /// The link job runs.
    Linking,
    /// Linked to an organization, for good (rule L6).
    Enrolled,
    /// The link job failed; it is retried to the same organization only (rule L7).
    LinkFailed,
}

coded!(SiteState);

impl SiteState {
    /// The word on screens.
    pub const fn title(self) -> &'static str {
        match self {
            Self::NotEnrolled => "not enrolled",
            Self::Linking => "linking",
            Self::Enrolled => "enrolled",
            Self::LinkFailed => "link failed",
        }
    }
}

/// Who can link a site that is not linked yet, and that this comes first, for whom the answer is.
pub fn who_links(admins: &[Untrusted], mine: bool) -> String {
    if mine {
        return "Link the site first: you administer it. Its users can be linked afterwards."
            .to_owned();
    }
    let named: Vec<String> =
        admins.iter().take(NAMED).map(|who| who.shown_in(60).to_string()).collect();
    match (named.len(), admins.len().saturating_sub(NAMED)) {
        (0, _) => "It has no administrator who could; a backend admin can name one.".to_owned(),
        (1, 0) => format!("Its administrator can link it: {}.", named.join("")),
        (_, 0) => format!("One of its administrators can link it: {}.", named.join(", ")),
        (_, more) => {
            let named = named.join(", ");
            format!("One of its administrators can link it: {named} and {more} more.")
        }
    }
}

/// Why a text is no site URL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not a site URL: write a host name such as acme.webex.example")]
pub struct SiteUrlError;

/// A site's URL in its one form: the host name, lower case, without scheme, path or port.
///
/// # Errors
/// [`SiteUrlError`] when it is no host name of at least two labels.
pub fn site_url(text: &str) -> Result<String, SiteUrlError> {
    let text = text.trim();
    let web = |scheme: &str| ["https", "http"].iter().any(|one| scheme.eq_ignore_ascii_case(one));
    let host = match text.split_once("://") {
        Some((scheme, rest)) if web(scheme) => rest,
        _ => text,
    };
    let host = host.strip_suffix('/').unwrap_or(host);
    let host = host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase();
    let label = |l: &str| {
        (1..=63).contains(&l.len())
            && !l.starts_with('-')
            && !l.ends_with('-')
            && l.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    let good = host.len() <= 253 && host.contains('.') && host.split('.').all(label);
    if good { Ok(host) } else { Err(SiteUrlError) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_site_url_has_one_form() {
        for typed in [
            " https://ACME.webex.example/ ",
            "HTTP://acme.webex.example",
            "acme.webex.example.",
            "acme.webex.example",
        ] {
            assert_eq!(site_url(typed).unwrap(), "acme.webex.example", "{typed}");
        }
        for bad in [
            "ftp://a.b",
            "a.b..",
            "",
            "acme",
            "acme.webex.example/path",
            "a b.example",
            "-a.example",
            "a..b",
        ] {
            assert_eq!(site_url(bad), Err(SiteUrlError), "{bad}");
        }
    }
}
