//! Tests of what stands in `services.rs`.

use super::*;

fn line(service: Service, quantity: u32) -> ServiceLine {
    ServiceLine { service, quantity }
}

#[test]
fn t1_quantities_are_checked_service_by_service() {
    let calling = line(Service::Calling, 25);
    let messaging = line(Service::Messaging, MOST);
    assert_eq!(services(&[calling, messaging]), Ok(vec![messaging, calling]));
    assert_eq!(total(&[calling, messaging]), 100_025);
    assert_eq!(services(&[]), Err(ServicesError::None));
    for quantity in [0, MOST + 1] {
        let refused = services(&[messaging, line(Service::Calling, quantity)]);
        assert_eq!(refused, Err(ServicesError::Quantity(Service::Calling)));
        assert_eq!(refused.unwrap_err().field(), "calling");
    }
    let twice = services(&[calling, messaging, calling]);
    assert_eq!(twice, Err(ServicesError::Twice(Service::Calling)));
}

#[test]
fn services_are_read_by_their_codes() {
    for service in Service::ALL {
        assert_eq!(Service::from_code(service.code()), Some(service));
    }
    assert!(has(&[line(Service::Meetings, 1)], Service::Meetings));
    assert!(!has(&[line(Service::Meetings, 1)], Service::ContactCenter));
}

#[test]
fn section_4_a_service_is_understood_as_people_write_it() {
    for word in
        ["contact-center", "contact_center", "contact center", " Contact Center ", "ContactCentre"]
    {
        assert_eq!(Service::from_word(word), Some(Service::ContactCenter), "{word}");
    }
    for service in Service::ALL {
        assert_eq!(Service::from_word(service.code()), Some(service));
        assert_eq!(Service::from_word(service.title()), Some(service));
    }
    assert_eq!(Service::from_word("contact"), None);
    assert_eq!(Service::from_word(""), None);
    assert!(ServiceError.to_string().contains("contact_center"));
}
