//! Random numbers that depend on a key and a count, never on what was drawn before.

/// A number below `bound` from 32 random bits, uniform up to `bound / 2^32`.
#[inline]
pub(super) fn below(bits: u32, bound: u32) -> u32 {
    let product = u64::from(bits) * u64::from(bound);
    (product >> 32) as u32
}

/// The random numbers of one draw: `SplitMix64` from a start hashed from key and number of the draw.
pub(super) struct Stream {
    state: u64,
}

/// The odd number nearest to `2^64` over the golden ratio.
const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

impl Stream {
    pub(super) fn new(key: u64, draw: u64) -> Self {
        Self { state: mix(mix(key.wrapping_add(GOLDEN)) ^ draw.wrapping_mul(GOLDEN)) }
    }

    #[inline]
    pub(super) fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(GOLDEN);
        mix(self.state)
    }

    /// Two independent halves of a number.
    #[inline]
    pub(super) fn pair(&mut self) -> (u32, u32) {
        let bits = self.next();
        #[expect(clippy::cast_possible_truncation)]
        ((bits >> 32) as u32, bits as u32)
    }
}

/// The finaliser of `SplitMix64`.
#[inline]
fn mix(mut bits: u64) -> u64 {
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

/// So many places below `bound`, with replacement: the same for the same key and draw.
pub(crate) fn draws(key: u64, draw: u64, bound: usize, number: usize) -> impl Iterator<Item = usize> {
    let mut stream = Stream::new(key, draw);
    let bound = u32::try_from(bound).unwrap_or(u32::MAX);
    (0..number).map(move |_| below(stream.pair().0, bound) as usize)
}
