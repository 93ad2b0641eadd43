//! The devices that are registered on the demo's sites.

use jiff::{Timestamp, ToSpan};

use super::days::Office;
use crate::demo::world::random::Random;
use crate::domain::insights::feed::FedDevice;
use crate::domain::insights::{DeviceKind, DeviceState};
use crate::domain::untrusted::Untrusted;

const ROOMS: [&str; 10] = [
    "Aurora", "Birch", "Cedar", "Delta", "Ember", "Fjord", "Granite", "Harbour", "Iris", "Juniper",
];
const MODELS: [(DeviceKind, &str); 4] = [
    (DeviceKind::Room, "Room Kit"),
    (DeviceKind::Room, "Room Bar Pro"),
    (DeviceKind::Board, "Board 55"),
    (DeviceKind::Desk, "Desk Pro"),
];

/// A site's devices: rooms by the number of people, a desk device and a telephone or two.
pub fn of(office: &Office, now: Timestamp) -> Vec<FedDevice> {
    let mut random = Random::new(office.seed, &format!("{} devices", office.site));
    let rooms = (2 + office.people.len() / 12).min(ROOMS.len());
    let ago = |hours: i64| now.checked_sub(hours.hours()).unwrap_or(now);
    let mut devices: Vec<FedDevice> = ROOMS[..rooms]
        .iter()
        .enumerate()
        .map(|(n, room)| {
            let (kind, model) = MODELS[random.below(3)];
            device(n, (room, kind, model), format!("Floor {}", 1 + n / 3), &mut random, ago)
        })
        .collect();
    for person in office.people.iter().take(1 + office.people.len() / 40) {
        let n = devices.len();
        let name = format!("Desk of {}", person.name);
        let floor = format!("Floor {}", 1 + random.below(4));
        let desk = device(n, (&name, DeviceKind::Desk, "Desk Pro"), floor, &mut random, ago);
        devices.push(FedDevice { user: person.address.as_str().into(), ..desk });
    }
    let n = devices.len();
    let phone = ("Reception", DeviceKind::Phone, "Phone 9861");
    devices.push(device(n, phone, "Reception".into(), &mut random, ago));
    devices
}

fn device(
    n: usize,
    (name, kind, model): (&str, DeviceKind, &str),
    place: String,
    random: &mut Random,
    ago: impl Fn(i64) -> Timestamp,
) -> FedDevice {
    let (state, seen) = match random.below(10) {
        0 => (DeviceState::Offline, 24 * (2 + random.below(20)) as i64),
        1 => (DeviceState::Issues, 0),
        _ => (DeviceState::Online, 0),
    };
    let software = if state == DeviceState::Offline { "RoomOS 11.14" } else { "RoomOS 11.20" };
    FedDevice {
        id: format!("dev-{n:03}").into(),
        name: name.into(),
        kind,
        model: model.into(),
        place: place.into(),
        user: Untrusted::default(),
        state,
        software: software.into(),
        registered_at: Some(ago(24 * (90 + random.below(500)) as i64)),
        last_seen_at: Some(ago(seen)),
    }
}
