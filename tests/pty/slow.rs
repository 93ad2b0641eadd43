//! A line of a few thousand bytes a second, whose buffers hold more than is good.

use std::time::{Duration, Instant};

use super::keys::bytes_of;
use super::terminal::let_pass;
use super::{demo, press};

/// A key that is held comes so often.
const HELD: Duration = Duration::from_millis(12);
/// How long the list may go on after the key is released: a third of a second, and what a machine
/// that is busy with other tests adds. Without a window it is more than four seconds, or eleven.
const AFTER: Duration = Duration::from_secs(3);

#[test]
fn down_held_over_a_slow_line_stops_soon_after_it_is_released() {
    for rate in [5_000, 2_000] {
        let terminal = demo();
        press(&terminal, "tab", "w wizards");
        press(&terminal, "u", "300 users");
        // The line above the last tells who the cursor is on.
        let who = |text: &str| text.lines().nth(22).unwrap_or_default().to_owned();
        let first = who(&terminal.wait_for("Amara Okafor · "));
        terminal.send(bytes_of("end"));
        let last = who(&terminal.wait_until("the end of the list", |text| who(text) != first));
        terminal.send(bytes_of("home"));
        terminal.wait_until("the top of the list", |text| who(text) == first);
        terminal.slow_down(rate);
        for _ in 0..310 {
            terminal.send(bytes_of("down"));
            let_pass(HELD);
        }
        let released = Instant::now();
        terminal.wait_until("the end of the list", |text| who(text) == last);
        let after = released.elapsed();
        assert!(after <= AFTER, "at {rate} bytes a second it went on for {after:?}");
        // Nothing follows, and what is on the screen is what there is.
        terminal.send(bytes_of("up"));
        terminal.wait_until("the one before", |text| who(text) != last);
        terminal.send(bytes_of("down"));
        terminal.wait_until("the end of the list", |text| who(text) == last);
    }
}
