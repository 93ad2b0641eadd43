//! Examples of what stands in requests and answers, by the name of the parameter or property.
//!
//! Owns one small consistent world: the same people, organizations and sites everywhere, under
//! `.example` (RFC 2606). Names whose meaning differs from place to place have none.

/// An example of what stands under this name; none where the name alone does not tell.
pub fn example(name: &str) -> Option<&'static str> {
    EXAMPLES.iter().find(|(known, _)| *known == name).map(|(_, shown)| *shown)
}

#[rustfmt::skip]
const EXAMPLES: &[(&str, &str)] = &[
    ("address", "amara.okafor@acme.example"),
    ("administrator", "fay@acme.example"),
    ("actor", "fay@acme.example"),
    ("changed_by", "fay@acme.example"),
    ("company", "Acme Robotics"),
    ("confirm", "acme.webex.example"),
    ("created_by", "fay@acme.example"),
    ("department", "Sales"),
    ("dept", "Sales"),
    ("display_name", "Amara Okafor"),
    ("domain", "acme.example"),
    ("done_by", "fay@acme.example"),
    ("email", "fay@acme.example"),
    ("finished_by", "fay@acme.example"),
    ("first_name", "Amara"),
    ("holder", "gil@acme.example"),
    ("host", "amara.okafor@acme.example"),
    ("last_name", "Okafor"),
    ("mail", "amara.okafor@acme.example"),
    ("offered_by", "fay@acme.example"),
    ("organization", "acme-robotics"),
    ("organization_name", "Acme Robotics"),
    ("organization_hint", "acme-robotics"),
    ("partner", "meridian-networks"),
    ("partner_name", "Meridian Networks"),
    ("person", "fay@acme.example"),
    ("plan", "pln_7q2k"),
    ("preferred_site", "acme.webex.example"),
    ("record_name", "_hublink-challenge.acme.example"),
    ("request_id", "req_01k9x4m2q7"),
    ("run", "run_3d9x"),
    ("saved_by", "fay@acme.example"),
    ("signed_by", "fay@acme.example"),
    ("site", "acme.webex.example"),
    ("site_url", "acme.webex.example"),
    ("started_by", "fay@acme.example"),
    ("subdomain", "acme"),
    ("time_zone", "Europe/Berlin"),
    ("url", "acme.webex.example"),
    ("user_id", "1011"),
];
