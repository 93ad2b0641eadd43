//! Blocks: what is written is read, and what is not as it should be is refused.

use bytes::Bytes;
use proptest::prelude::*;

use super::*;
use crate::domain::kept::{Bit, Kept};

type Text = (String, String, String, Option<String>, String);

fn texts(rows: &[Text]) -> Texts {
    let mut texts = Texts::default();
    for (user_id, name, address, key, department) in rows {
        texts.push(&TextsIn { user_id, name, address, key: key.as_deref(), department });
    }
    texts
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn text_is_read_as_it_was_written(
        rows in proptest::collection::vec(
            (".{0,20}", ".{0,20}", ".{0,20}", proptest::option::of(".{1,9}@.{1,9}"), ".{0,9}"),
            0..60,
        )
    ) {
        let texts = Texts::unpack(&texts(&rows).pack()).unwrap();
        prop_assert_eq!(texts.rows() as usize, rows.len());
        for (at, (user_id, name, address, key, department)) in rows.iter().enumerate() {
            prop_assert_eq!(texts.get(at, Field::UserId), user_id);
            prop_assert_eq!(texts.get(at, Field::Name), name);
            prop_assert_eq!(texts.get(at, Field::Address), address);
            prop_assert_eq!(texts.get(at, Field::Department), department);
            prop_assert_eq!(&texts.key(at), key);
        }
    }

    #[test]
    fn what_is_kept_is_read_as_it_was_written(
        rows in proptest::collection::vec((any::<u16>(), proptest::option::of(any::<i64>())), 0..60)
    ) {
        let rows: Vec<Kept> = rows.into_iter().map(|(bits, at)| Kept::new(bits, at)).collect();
        let keeps = Keeps::new(rows);
        prop_assert_eq!(Keeps::unpack(&keeps.pack()).unwrap(), keeps);
    }

    #[test]
    fn no_bytes_break_a_reader(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        // As they are, and as something that was packed.
        for packed in [bytes.clone(), pack(&bytes)] {
            let _ = Texts::unpack(&packed);
            let _ = Keeps::unpack(&packed);
        }
        let mut frames = Frames::default();
        frames.push(&bytes);
        while let Ok(Some(_)) = frames.take() {}
    }
}

#[test]
fn a_key_that_is_the_address_in_small_letters_is_one_sign() {
    let row = |address: &str, key: &str| {
        let text = String::new;
        let texts = texts(&[(text(), text(), address.to_owned(), Some(key.to_owned()), text())]);
        (texts.key(0), texts.domain(0).map(str::to_owned), texts.pack().len())
    };
    let (key, domain, same) = row(" Bert@DIR.example", "bert@dir.example");
    assert_eq!(
        (key.as_deref(), domain.as_deref()),
        (Some("bert@dir.example"), Some("DIR.example"))
    );
    let (key, domain, other) = row("jo@büro.example", "jo@xn--bro-hoa.example");
    assert_eq!(key.as_deref(), Some("jo@xn--bro-hoa.example"));
    assert_eq!(domain.as_deref(), Some("xn--bro-hoa.example"));
    assert!(same < other);
}

#[test]
fn a_part_that_is_cut_or_goes_on_is_refused() {
    let name = "Zoë".to_owned();
    let one = texts(&[("u1".to_owned(), name.clone(), name.clone(), None, name)]);
    let raw = unpack(&one.pack()).unwrap();
    for length in 0..raw.len() {
        assert!(Texts::unpack(&pack(&raw[..length])).is_err(), "{length}");
    }
    assert_eq!(Texts::unpack(&pack(&[&raw[..], b"x"].concat())), Err(BlockError::Length));
    let keeps = Keeps::new(vec![Kept::new(Bit::Active as u16, Some(7)), Kept::default()]);
    let raw = unpack(&keeps.pack()).unwrap();
    for length in 0..raw.len() {
        assert_eq!(Keeps::unpack(&pack(&raw[..length])), Err(BlockError::Length), "{length}");
    }
}

#[test]
fn frames_come_whole_however_they_are_cut() {
    let sent: Vec<Frame> =
        [(Kind::Manifest, 0, "{}"), (Kind::Text, 7, ""), (Kind::Kept, 7, "kept")]
            .into_iter()
            .map(|(kind, block, bytes)| {
                Frame::of(kind, block, Bytes::from_static(bytes.as_bytes()))
            })
            .collect();
    let wire: Vec<u8> = sent.iter().flat_map(|f| [f.head(), f.bytes.clone()].concat()).collect();
    for size in 1..wire.len() {
        let (mut frames, mut got) = (Frames::default(), Vec::new());
        for chunk in wire.chunks(size) {
            frames.push(chunk);
            while let Some(frame) = frames.take().unwrap() {
                got.push(frame);
            }
        }
        assert_eq!(got, sent);
        assert!(!frames.is_torn());
    }
    assert_eq!(Digest::from_hex(&sent[0].digest.to_hex()), Some(sent[0].digest));
    assert_eq!(Digest::from_hex("0"), None);
}
