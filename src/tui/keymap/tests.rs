//! The key table holds together, and the user may lay keys over it.

use crossterm::event::{KeyCode, KeyModifiers};

use super::*;

fn event(code: KeyCode, modifiers: KeyModifiers) -> KeyEvent {
    KeyEvent::new(code, modifiers)
}

#[test]
fn every_key_of_the_table_reads_and_prints_as_written() {
    for row in BINDINGS {
        for key in row.keys {
            let chord = Chord::parse(key).unwrap();
            assert_eq!(chord.to_string(), *key, "{:?}", row.action);
            assert_eq!(Chord::of(&chord.event()), Some(chord));
        }
    }
}

#[test]
fn every_action_has_a_row_and_every_row_has_help() {
    for action in Action::ALL {
        assert!(BINDINGS.iter().any(|row| row.action == action), "{action:?} has no row");
        assert_eq!(Action::from_code(&action.code()), Some(action));
    }
    for row in BINDINGS {
        assert!(row.help.len() > 3 && !row.label.is_empty(), "{:?}", row.action);
    }
}

#[test]
fn one_key_means_one_thing_in_a_scope() {
    assert_eq!(Keymap::with(&[]).map(|_| ()), Ok(()));
}

#[test]
fn section_6_no_escape_chord_and_nothing_irreversible_on_ctrl_d() {
    for row in BINDINGS {
        assert!(row.keys.iter().all(|key| !key.starts_with("alt-")), "{:?}", row.action);
        if row.keys.contains(&"ctrl-d") {
            assert!(row.action.motion().is_some(), "{:?}", row.action);
        }
    }
}

#[test]
fn events_fold_onto_the_table() {
    let map = Keymap::default();
    let scopes = [Scope::List, Scope::Global];
    let resolve = |code, modifiers| map.resolve(&event(code, modifiers), &scopes);
    assert_eq!(resolve(KeyCode::Char('G'), KeyModifiers::SHIFT), [Action::Bottom]);
    assert_eq!(resolve(KeyCode::Char('j'), KeyModifiers::NONE), [Action::Down]);
    assert_eq!(resolve(KeyCode::Char('?'), KeyModifiers::SHIFT), [Action::Help]);
    assert_eq!(resolve(KeyCode::F(1), KeyModifiers::NONE), [Action::Help]);
    let back_tab = Chord::of(&event(KeyCode::BackTab, KeyModifiers::SHIFT));
    assert_eq!(back_tab.map(|chord| chord.to_string()).as_deref(), Some("shift-tab"));
}

#[test]
fn overrides_replace_keys_and_are_checked() {
    let line = |name: &str, keys: &[&str]| Override {
        name: name.into(),
        keys: keys.iter().map(ToString::to_string).collect(),
    };
    let map = Keymap::with(&[line("quit", &["ctrl-q"])]).unwrap();
    assert_eq!(map.key(Action::Quit), "ctrl-q");
    assert!(matches!(
        Keymap::with(&[line("fly", &["x"])]),
        Err(KeymapError::UnknownAction(name)) if name == "fly"
    ));
    assert!(matches!(
        Keymap::with(&[line("quit", &["hyper-q"])]),
        Err(KeymapError::UnknownKey { .. })
    ));
    assert!(matches!(Keymap::with(&[line("quit", &["?"])]), Err(KeymapError::Conflict { .. })));
    for (name, keys) in [("force-quit", &["x"][..]), ("quit", &["ctrl-c"][..])] {
        assert_eq!(Keymap::with(&[line(name, keys)]).map(|_| ()), Err(KeymapError::Fixed));
    }
    let none = Keymap::with(&[line("quit", &[])]).unwrap();
    assert_eq!(none.key(Action::Quit), ":quit");
}
