//! The generated world: the same from the same seed, of the size that was asked for.

use std::collections::BTreeSet;

use super::*;
use crate::domain::untrusted::Untrusted;
use crate::table::{Limits, Mode, RosterRow, read_roster};

/// The rows of a roster: id, address and department, read as the backend reads them.
fn rows(folder: &Path, file: &str) -> Vec<[String; 3]> {
    let bytes = fs::read(folder.join(file)).unwrap();
    let roster = read_roster(&bytes, Mode::World, &Limits::ROSTER).unwrap();
    let own = |text: &Untrusted| text.raw().to_owned();
    let row = |row: &RosterRow| [&row.user_id, &row.address, &row.department].map(own);
    roster.rows.iter().map(row).collect()
}

fn written(users: usize, seed: u64) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), WorldOptions { users, seed }, &Progress::default()).unwrap();
    folder
}

#[test]
fn the_same_seed_writes_the_same_files() {
    let [one, two, other] = [written(500, 7), written(500, 7), written(500, 8)];
    let read = |folder: &tempfile::TempDir, file: &str| fs::read(folder.path().join(file)).unwrap();
    for file in ["world.toml", "acme.csv", "rd.csv"] {
        assert_eq!(read(&one, file), read(&two, file), "{file}");
    }
    assert_ne!(read(&one, "acme.csv"), read(&other, "acme.csv"));
}

#[test]
fn the_main_site_has_as_many_users_as_asked_for() {
    for users in [0, 3, 20, 45, 200, 3000] {
        let folder = written(users, 1);
        let rows = rows(folder.path(), "acme.csv");
        assert_eq!(rows.len(), users);
        let ids: BTreeSet<_> = rows.iter().map(|row| row[0].clone()).collect();
        assert_eq!(ids.len(), users);
        assert_eq!(super::tests::rows(folder.path(), "rd.csv").len(), 88);
    }
}

#[test]
fn the_studio_and_the_cast_are_there_whatever_the_seed() {
    for seed in [1, 99] {
        let folder = written(12_000, seed);
        let rows = rows(folder.path(), "acme.csv");
        assert_eq!(rows[0][1], "amara.okafor@acme.example");
        let studio: Vec<_> = rows.iter().filter(|row| row[2] == "Design Studio").collect();
        let own = studio.iter().filter(|row| row[1].ends_with("@acme-design.example")).count();
        assert_eq!((studio.len(), own), (40, 34));
    }
}

#[test]
fn the_shares_leave_room_for_those_who_are_linked() {
    let shared: usize = mix::SHARES.iter().map(|(_, share)| share).sum();
    assert!(shared < 12_000);
    for users in [300, 12_000] {
        let groups = mix::groups(users, users - 60, &mut Random::new(1, "x"));
        assert_eq!(groups.len(), users - 60);
        for (group, _) in mix::SHARES {
            assert!(groups.contains(&group), "{group:?} of {users}");
        }
        assert_eq!(groups.iter().filter(|group| **group == mix::Group::Duplicate).count() % 2, 0);
    }
}

#[test]
fn no_identity_is_in_two_organizations() {
    let folder = written(12_000, 1);
    let text = fs::read_to_string(folder.path().join("world.toml")).unwrap();
    let world: Table = toml::from_str(&text).unwrap();
    let mut seen = BTreeSet::new();
    for organization in tables(&world, "organizations") {
        for key in ["partner_admins", "full_admins", "read_only_admins", "members"] {
            for email in organization.get(key).and_then(Value::as_array).into_iter().flatten() {
                assert!(seen.insert(email.as_str().unwrap().to_lowercase()), "{email}");
            }
        }
    }
    assert!(seen.contains("fatima@acme.example") && seen.len() > 70);
}
