//! The generator's dice: the same seed gives the same world, on every machine and for good.
//!
//! Owns `SplitMix64` and choosing from lists. Must not be used for secrets.

/// A small deterministic generator (`SplitMix64`, Steele, Lea and Flood 2014).
#[derive(Debug, Clone)]
pub struct Random(u64);

impl Random {
    /// A generator of its own for each subject of a seed.
    pub fn new(seed: u64, subject: &str) -> Self {
        let mix = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        Self(subject.bytes().fold(seed ^ 0xcbf2_9ce4_8422_2325, mix))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number from 0 to `limit` less one; 0 where the limit is.
    pub fn below(&mut self, limit: usize) -> usize {
        ((u128::from(self.next()) * limit as u128) >> 64) as usize
    }

    /// One of the items. Must not be empty.
    pub fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len())]
    }

    /// One of the items, as often as its weight says. Must not be empty.
    pub fn pick_weighted<'a, T>(&mut self, items: &'a [(T, usize)]) -> &'a T {
        let mut at = self.below(items.iter().map(|(_, weight)| weight).sum());
        let found = items.iter().find(|(_, weight)| {
            let here = at < *weight;
            at = at.wrapping_sub(*weight);
            here
        });
        &found.unwrap_or(&items[0]).0
    }

    /// Puts the items into another order.
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for at in (1..items.len()).rev() {
            items.swap(at, self.below(at + 1));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_numbers() {
        let draw = |seed, subject| {
            let mut random = Random::new(seed, subject);
            [random.below(1000), random.below(1000), random.below(1000)]
        };
        assert_eq!(draw(1, "a"), draw(1, "a"));
        assert_ne!(draw(1, "a"), draw(1, "b"));
        assert_ne!(draw(1, "a"), draw(2, "a"));
    }

    #[test]
    fn weights_are_kept() {
        let mut random = Random::new(7, "weights");
        let items = [("never", 0), ("often", 9), ("seldom", 1)];
        let mut often = 0;
        for _ in 0..1000 {
            match *random.pick_weighted(&items) {
                "often" => often += 1,
                other => assert_eq!(other, "seldom"),
            }
        }
        assert!((850..950).contains(&often), "{often}");
    }

    #[test]
    fn shuffling_keeps_every_item() {
        let mut items: Vec<_> = (0..100).collect();
        Random::new(3, "shuffle").shuffle(&mut items);
        assert_ne!(items, (0..100).collect::<Vec<_>>());
        items.sort_unstable();
        assert_eq!(items, (0..100).collect::<Vec<_>>());
    }
}
