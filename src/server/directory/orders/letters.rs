//! What the mails about orders say (rule T3).
//!
//! Owns the words. Names come from outside and are shown safely; none of the mails holds a secret.

use super::super::notices::{self, Letter};
use super::super::roles::full_admins;
use super::Found;
use super::mapping::{Act, name_of};
use crate::domain::letter_name::in_letter;
use crate::domain::order::OrderWay;
use crate::domain::untrusted::{Shown, Untrusted};
use crate::server::directory::OrderAnswer;
use crate::server::refusal::Refusal;
use crate::server::store::Conn;

/// The most columns of a name in a mail.
const NAME: usize = 80;

fn shown(text: &str) -> Shown {
    Untrusted::new(text).shown_in(NAME)
}

fn named(name: &str) -> Shown {
    in_letter(name, NAME)
}

fn services(order: &Found) -> String {
    let lines: Vec<String> = order.services.iter().map(ToString::to_string).collect();
    lines.join(", ")
}

/// Asks the full admins of an organization whether an order is theirs.
pub(super) fn question(
    order: &Found,
    organization: &str,
    manager: Option<&str>,
    way: OrderWay,
    administrator: &str,
) -> Letter {
    let (partner, company) = (named(&order.partner_name), named(&order.company));
    let (organization, number) = (named(organization), &order.number);
    let instead = manager.map(|name| format!(", in place of {}", named(name))).unwrap_or_default();
    let admin = match way {
        OrderWay::Candidate => {
            format!("- {} is offered the role of full admin.\n", shown(administrator))
        }
        OrderWay::Administrator | OrderWay::New => String::new(),
    };
    let text = format!(
        "Hello,\n\n\
         {partner} has an order of {company}, {country}: number {number}, {services}. \
         They think that it belongs to {organization}, which they do not manage. It is mapped only \
         if a full admin of {organization} accepts. Accepting means:\n\n\
         - {partner} manages {organization} from then on{instead}.\n\
         - The services of the order are added to what you have.\n\
         {admin}\n\
         Sign in to Control Hub and answer there, or on the command line:\n\n\
         hublink order accept {number}\n\
         hublink order decline {number}\n\n\
         If you do nothing, nothing changes. You know nothing of this order? Then decline it.\n",
        country = order.country.name(),
        services = services(order),
    );
    Letter { subject: format!("Does order {number} belong to {organization}?"), text }
}

/// Tells who asked what the answer was.
pub(super) fn answered(order: &Found, answer: OrderAnswer) -> Letter {
    let (company, number) = (named(&order.company), &order.number);
    let (subject, words) = match answer {
        OrderAnswer::Accept => (
            format!("Order {number} was accepted"),
            format!(
                "The organization that you asked has accepted order {number} of {company}. The \
                 order is mapped, and the organization is your customer. Set up its services next."
            ),
        ),
        OrderAnswer::Decline => (
            format!("Order {number} was declined"),
            format!(
                "The organization that you asked has declined order {number} of {company}. Map it \
                 again with another administrator's address, or to another organization."
            ),
        ),
    };
    Letter { subject, text: format!("Hello,\n\n{words}\n") }
}

/// Tells an organization's full admins that a mapped order brought one more of them.
pub(super) async fn tell_of_new_admin(
    conn: &mut Conn,
    order: &Found,
    organization: &str,
    act: &Act<'_>,
) -> Result<(), Refusal> {
    let name = name_of(conn, organization).await?;
    let (partner, name) = (named(&order.partner_name), named(&name));
    let (admin, number) = (shown(act.administrator), &order.number);
    let letter = Letter {
        subject: format!("{admin} is offered the role of full admin of {name}"),
        text: format!(
            "Hello,\n\n\
             {partner} has mapped order {number} to {name}. The order names {admin} as your \
             administrator, who is offered the role of full admin and has a mail about it.\n\n\
             This is not right? Withdraw the offer; once it was accepted, revoke the role:\n\n\
             hublink org withdraw {organization} --email {admin}\n\
             hublink org revoke {organization} --email {admin} --role full_admin\n"
        ),
    };
    for email in full_admins(conn, organization).await? {
        if email != act.administrator {
            notices::queue(conn, &email, &letter).await?;
        }
    }
    Ok(())
}
