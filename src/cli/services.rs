//! Services on the command line: `--service messaging=80`, and the cell that shows them.

use clap::Args;

use super::grid::Cell;
use crate::domain::number::thousands;
use crate::domain::services::{Service, ServiceLine};

/// The services that a trial or an order brings.
#[derive(Debug, Args)]
pub struct ServiceArgs {
    /// A service and how many licences: messaging, meetings, calling, or
    /// `contact_center`; may be given again
    #[arg(long = "service", value_name = "SERVICE=COUNT", value_parser = line, required = true)]
    pub services: Vec<ServiceLine>,
}

fn line(text: &str) -> Result<ServiceLine, String> {
    let wrong = || {
        let known = Service::ALL.map(Service::code).join(", ");
        format!("write SERVICE=COUNT, such as messaging=80; the services are {known}")
    };
    let (code, count) = text.split_once('=').ok_or_else(wrong)?;
    let service = Service::from_word(code).ok_or_else(wrong)?;
    let quantity = count.trim().parse().map_err(|_| wrong())?;
    Ok(ServiceLine { service, quantity })
}

/// A list of services: `80 Messaging, 50 Meetings`.
pub fn cell(lines: &[ServiceLine]) -> Cell {
    let word = |line: &ServiceLine| {
        format!("{} {}", thousands(line.quantity.into()), line.service.title())
    };
    if lines.is_empty() { Cell::Nothing } else { Cell::joined(lines.iter().map(word)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn services_are_read_with_their_count() {
        let want = ServiceLine { service: Service::ContactCenter, quantity: 12 };
        for text in ["contact_center=12", "contact-center=12", "Contact Center = 12"] {
            assert_eq!(line(text), Ok(want), "{text}");
        }
        assert_eq!(cell(&[want]).shown(), "12 Contact Center");
        for bad in ["contact_center", "chat=1", "calling=", "calling=-1", "calling=1.5"] {
            assert!(line(bad).is_err(), "{bad}");
        }
    }
}
