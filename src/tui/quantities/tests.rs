//! Tests of what stands in `quantities.rs`.

use super::*;

fn line(service: Service, quantity: u32) -> ServiceLine {
    ServiceLine { service, quantity }
}

#[test]
fn t1_empty_and_zero_are_none() {
    let mut quantities = Quantities::default();
    assert_eq!(quantities.lines(), Err(ServicesError::None));
    assert!(quantities.set("calling", "25") && quantities.set("meetings", "00"));
    assert!(!quantities.set("company", "25"));
    assert_eq!(quantities.lines(), Ok(vec![line(Service::Calling, 25)]));
    assert_eq!(Quantities::of(&[line(Service::Calling, 25)]).lines(), quantities.lines());
}

#[test]
fn t1_too_many_are_named_beside_the_service() {
    for text in ["100001", "99999999999999999999"] {
        let mut quantities = Quantities::default();
        quantities.set("messaging", text);
        assert!(quantities.wrong(Service::Messaging).is_some(), "{text}");
        assert_eq!(quantities.lines(), Err(ServicesError::Quantity(Service::Messaging)));
    }
    let mut most = Quantities::default();
    most.set("messaging", "100000");
    assert_eq!(most.wrong(Service::Messaging), None);
}

#[test]
fn t8_a_change_is_told_service_by_service() {
    let before = [line(Service::Messaging, 25), line(Service::Meetings, 25)];
    let after = [line(Service::Meetings, 20), line(Service::Calling, 10)];
    let words: Vec<_> = changes(&before, &after).into_iter().map(|(_, words)| words).collect();
    assert_eq!(words, ["no Messaging any more", "5 fewer Meetings", "10 more Calling"]);
    assert!(changes(&before, &before).is_empty());
}
