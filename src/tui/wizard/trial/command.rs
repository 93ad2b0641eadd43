//! Starting a trial as a command line.
//!
//! Owns the spelling of its options.

use crate::api::trial::StartTrial;
use crate::tui::quantities;
use crate::tui::shell::quoted;

/// `hublink trial start ...`.
pub fn start_command(partner: &str, start: &StartTrial) -> String {
    let mut out = format!(
        "hublink trial start --partner {} --company {} --administrator {} --vertical {} --country {}",
        quoted(partner),
        quoted(&start.company),
        quoted(&start.administrator),
        start.vertical.code(),
        start.country,
    );
    out.push_str(&quantities::options(&start.services));
    if let (Some(url), Some(zone)) = (&start.site_url, &start.time_zone) {
        out.push_str(&format!(" --site-url {} --time-zone {zone}", quoted(url)));
    }
    out.push_str(&format!(" --days {} --supported-location", start.days));
    out
}
