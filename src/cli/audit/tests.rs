//! What the audit's commands print.

use super::*;

#[test]
fn i17_an_anchor_reads_back() {
    let hash = "5f2a".repeat(16);
    let read_back = read(&format!("{ANCHOR} 12 {hash}\n")).unwrap();
    assert_eq!((read_back.seq, read_back.hash), (Some(12), Some(hash)));
    for bad in ["", "12 ab", "hublink-audit-anchor 1 x ab", "hublink-audit-anchor 1 12 no"] {
        assert_eq!(read(bad), None, "{bad}");
    }
}
