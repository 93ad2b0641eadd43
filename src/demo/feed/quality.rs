//! How the demo's meetings look and sound: mostly well, some people at a poor line, a bad day.
//!
//! Owns the measurements. How good they are is `domain::insights::quality`'s.

use jiff::civil::Date;

use crate::demo::world::random::Random;
use crate::domain::insights::quality::{Percent, Resolution, Sample};

/// How much trouble somebody's line makes on a day: 0 for none, 6 for the worst.
pub fn trouble(address: &str, site: &str, day: Date) -> usize {
    let mut line = Random::new(0, address);
    let own = match line.below(100) {
        0..=4 => 4,
        5..=14 => 2,
        15..=39 => 1,
        _ => 0,
    };
    // Now and then the site's own line has a bad day.
    let mut weather = Random::new(0, &format!("{site} {day} weather"));
    own + if weather.below(13) == 0 { 2 } else { 0 }
}

/// A measurement under so much trouble.
pub fn sample(trouble: usize, random: &mut Random) -> Sample {
    let spread = 1 + trouble;
    let spike = if random.below(60) < spread { 4 } else { 1 };
    let loss = random.below(50) * spread * spread * spike / 2 + random.below(10);
    let latency = 24 + (random.below(60) + 18 * trouble) * spike.min(3);
    let jitter = 2 + random.below(9) * spread * spike.min(2);
    Sample {
        packet_loss_percent: Percent::from_hundredths(loss.min(2_400) as u64),
        latency_ms: latency as u32,
        jitter_ms: jitter as u32,
    }
}

/// The size of a picture under so much trouble.
pub fn resolution(trouble: usize, random: &mut Random) -> Resolution {
    let sizes = [(1920, 1080), (1280, 720), (1280, 720), (640, 360), (320, 180)];
    let at = (random.below(3) + trouble / 2).min(sizes.len() - 1);
    let (width, height) = sizes[at];
    Resolution { width, height }
}
