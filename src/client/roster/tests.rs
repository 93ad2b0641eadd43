//! The roster against canned answers: whole, cut, resumed, changed, opened again, and wrong.

use bytes::Bytes;
use futures_util::StreamExt as _;
use serde_json::json;

use super::*;
use crate::api::blocks::{Keeps, ROWS, Texts, TextsIn};
use crate::client::tests::canned;
use crate::domain::facts::Fact;
use crate::domain::kept::{Bit, Kept};
use crate::domain::user::UserState;

const SITE: &str = "acme.webex.example";

/// A block's text: `name` is everybody's.
fn text(block: u32, users: u32, name: &str) -> Frame {
    let mut texts = Texts::default();
    for n in block * ROWS..(block * ROWS).max(users.min((block + 1) * ROWS)) {
        let (user_id, address) = (format!("u{n}"), format!("U{n}@acme.example"));
        let key = address.to_ascii_lowercase();
        let user =
            TextsIn { user_id: &user_id, name, address: &address, key: Some(&key), department: "" };
        texts.push(&user);
    }
    Frame::of(Kind::Text, block, Bytes::from(texts.pack()))
}

fn kept(block: u32, users: u32, bits: u16) -> Frame {
    let rows = users.saturating_sub(block * ROWS).min(ROWS) as usize;
    let kept = Kept::new(bits | Bit::Active as u16 | Bit::Usable as u16, None);
    Frame::of(Kind::Kept, block, Bytes::from(Keeps::new(vec![kept; rows]).pack()))
}

/// All blocks of a roster, text and kept by turns.
fn parts(users: u32) -> Vec<Frame> {
    let blocks = 0..users.div_ceil(ROWS);
    blocks.flat_map(|block| [text(block, users, "N"), kept(block, users, 0)]).collect()
}

/// A manifest that tells the digests of these parts.
fn manifest(revision: u64, users: u32, parts: &[Frame], proven: bool) -> Frame {
    let digest = |kind, block| {
        let part = parts.iter().find(|part| part.kind == kind && part.block == block);
        part.map(|part| part.digest.to_hex())
    };
    let blocks = 0..users.div_ceil(ROWS);
    let blocks =
        blocks.map(|at| json!({ "text": digest(Kind::Text, at), "kept": digest(Kind::Kept, at) }));
    let body = json!({
        "head": { "site": SITE, "revision": revision, "count": users, "now": "2026-03-01T09:00:00Z" },
        "directory": false,
        "domains": [{ "domain": "acme.example", "proven": proven, "proven_elsewhere": false,
                      "claimed_elsewhere": false, "consumer": false }],
        "blocks": blocks.collect::<Vec<_>>(),
    });
    Frame::of(Kind::Manifest, 0, serde_json::to_vec(&body).unwrap().into())
}

fn bytes<'f>(frames: impl IntoIterator<Item = &'f Frame>) -> Vec<u8> {
    frames.into_iter().flat_map(|frame| [frame.head(), frame.bytes.clone()].concat()).collect()
}

fn answered(body: &[u8], length: usize) -> Vec<u8> {
    let head = format!(
        "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: {length}\r\n\
         content-type: application/vnd.hublink.roster\r\n\r\n"
    );
    [head.as_bytes(), body].concat()
}

fn whole(body: &[u8]) -> Vec<u8> {
    answered(body, body.len())
}

/// An answer whose connection breaks before its end.
fn cut(body: &[u8]) -> Vec<u8> {
    answered(body, body.len() + 1_000)
}

fn path(asked: &str) -> &str {
    asked
        .strip_prefix("GET /v1/sites/acme.webex.example/roster/blocks")
        .unwrap()
        .split(' ')
        .next()
        .unwrap()
}

#[tokio::test]
async fn a_whole_roster_is_read_with_facts_folded_in() {
    let parts = parts(ROWS + 50);
    let head = manifest(7, ROWS + 50, &[], true);
    let (client, asked) = canned(vec![whole(&bytes([&head].into_iter().chain(&parts)))]).await;
    let part = client.whole_roster(SITE).await.unwrap();
    assert_eq!((part.head.revision, part.columns.len(), part.complete), (7, ROWS + 50, true));
    let row = part.columns.row(ROWS + 49).unwrap();
    assert_eq!(row.user_id().raw(), format!("u{}", ROWS + 49));
    assert_eq!(row.address().raw(), format!("U{}@acme.example", ROWS + 49));
    assert!(row.facts().has(Fact::DomainVerified) && !row.facts().has(Fact::Inactive));
    assert_eq!(path(&asked.lock().unwrap()[0]), "");
}

#[tokio::test]
async fn an_empty_roster_is_whole() {
    let (client, _) = canned(vec![whole(&bytes([&manifest(1, 0, &[], false)]))]).await;
    assert!(client.whole_roster(SITE).await.unwrap().columns.is_empty());
}

#[tokio::test]
async fn a_cut_is_resumed_at_the_block() {
    let users = 3 * ROWS;
    let parts = parts(users);
    let head = manifest(7, users, &[], false);
    let torn = bytes([&head].into_iter().chain(&parts[..3]));
    let rest = bytes([&manifest(7, users, &parts, false)].into_iter().chain(&parts[2..4]));
    let last = bytes([&head].into_iter().chain(&parts[4..]));
    let answers = vec![cut(&torn[..torn.len() - 9]), cut(&rest), whole(&last)];
    let (client, asked) = canned(answers).await;
    let part = client.whole_roster(SITE).await.unwrap();
    assert_eq!(part.columns.len(), users);
    let asked = asked.lock().unwrap();
    assert_eq!([path(&asked[1]), path(&asked[2])], ["?text=1-2&kept=1-2", "?text=2&kept=2"]);
}

#[tokio::test]
async fn opened_again_it_asks_only_for_what_has_changed() {
    let users = 2 * ROWS;
    let (parts, grown) = (parts(users), users + 10);
    let head = manifest(7, users, &[], false);
    let first = whole(&bytes([&head].into_iter().chain(&parts)));
    let same = manifest(7, users, &parts, true);
    let linked = [kept(1, users, Bit::Linked as u16)];
    let unknown = manifest(7, users, &parts[..3], true);
    let now = [parts[0].clone(), parts[1].clone(), text(1, users, "M"), linked[0].clone()];
    let renamed = manifest(8, grown, &now, true);
    let new = [text(1, users, "M"), text(2, grown, "N"), kept(2, grown, 0)];
    let answers = vec![
        first,
        whole(&bytes([&same])),
        whole(&bytes([&unknown])),
        whole(&bytes([&unknown].into_iter().chain(&linked))),
        whole(&bytes([&renamed])),
        whole(&bytes([&renamed].into_iter().chain(&new))),
    ];
    let (client, asked) = canned(answers).await;
    let before = client.whole_roster(SITE).await.unwrap();
    assert!(!before.columns.row(0).unwrap().facts().has(Fact::DomainVerified));
    let again = client.whole_roster(SITE).await.unwrap();
    assert!(again.columns.row(0).unwrap().facts().has(Fact::DomainVerified), "domains came along");
    assert!(!before.columns.row(0).unwrap().facts().has(Fact::DomainVerified), "a list stays");
    let linked = client.whole_roster(SITE).await.unwrap();
    let state = |number| linked.columns.row(number).unwrap().state();
    assert_eq!((state(ROWS - 1), state(ROWS)), (UserState::Unlinked, UserState::Linked));
    let grown = client.whole_roster(SITE).await.unwrap();
    assert_eq!((grown.columns.len(), grown.head.revision), (users + 10, 8));
    let row = |number| grown.columns.row(number).unwrap();
    assert_eq!((row(ROWS - 1).name().raw(), row(ROWS).name().raw()), ("N", "M"));
    assert_eq!(
        (row(ROWS).state(), row(users + 9).state()),
        (UserState::Linked, UserState::Unlinked)
    );
    let asked = asked.lock().unwrap();
    let asked: Vec<&str> = asked.iter().map(|asked| path(asked)).collect();
    let nothing = "?text=&kept=";
    let want = ["", nothing, nothing, "?text=&kept=1", nothing, "?text=1-2&kept=2"];
    assert_eq!(asked, want);
}

#[tokio::test]
async fn another_person_has_nothing_of_what_was_read() {
    let (parts, head) = (parts(5), manifest(7, 5, &[], false));
    let all = whole(&bytes([&head].into_iter().chain(&parts)));
    let (client, asked) = canned(vec![all.clone(), all]).await;
    client.whole_roster(SITE).await.unwrap();
    let other = client.with_token(None).unwrap();
    assert_eq!(other.whole_roster(SITE).await.unwrap().columns.len(), 5);
    assert_eq!(path(&asked.lock().unwrap()[1]), "", "all of it is asked for");
}

#[tokio::test]
async fn a_roster_that_never_comes_whole_is_told_apart_from_a_whole_one() {
    let users = 2 * ROWS;
    let parts = parts(users);
    let head = manifest(7, users, &[], false);
    let short = whole(&bytes([&head].into_iter().chain(&parts[..2])));
    let nothing = whole(&bytes([&head]));
    let (client, _) =
        canned(vec![short, nothing.clone(), nothing.clone(), nothing.clone(), nothing]).await;
    let error = client.whole_roster(SITE).await.unwrap_err();
    assert_eq!(error.code(), "unreachable");
    assert!(error.to_string().contains("4096 of 8192"), "{error}");
}

#[tokio::test]
async fn what_is_no_roster_is_refused_at_once() {
    let parts = parts(5);
    let head = manifest(7, 5, &[], false);
    let mut broken = parts[0].clone();
    broken.bytes = Bytes::from_static(b"nonsense");
    let beyond = Frame { block: 9, ..parts[0].clone() };
    let many = manifest(7, u32::MAX, &[], false);
    let many = Frame::of(Kind::Manifest, 0, {
        let text = String::from_utf8(many.bytes[..200].to_vec()).unwrap();
        Bytes::from(text)
    });
    for body in [
        bytes([&head, &head]),
        bytes(&parts),
        bytes([&head, &broken]),
        bytes([&head, &beyond]),
        bytes([&many]),
        b"<html>with more than the head of a frame</html>".to_vec(),
    ] {
        let (client, asked) = canned(vec![whole(&body)]).await;
        let error = client.whole_roster(SITE).await.unwrap_err();
        assert_eq!(error.code(), "malformed_answer");
        assert_eq!(asked.lock().unwrap().len(), 1);
    }
}

#[tokio::test]
async fn the_first_part_comes_before_the_end_and_the_last_one_is_complete() {
    let parts = parts(9 * ROWS);
    let head = manifest(7, 9 * ROWS, &[], false);
    let (client, _) = canned(vec![whole(&bytes([&head].into_iter().chain(&parts)))]).await;
    let got: Vec<Part> = client.roster(SITE).collect().await;
    let got: Vec<RosterPart> = got.into_iter().map(Result::unwrap).collect();
    assert!(got.len() >= 2);
    assert_eq!(got[0].columns.len(), ROWS);
    let complete = got.iter().filter(|part| part.complete).count();
    assert_eq!((complete, got.last().unwrap().columns.len()), (1, 9 * ROWS));
}
