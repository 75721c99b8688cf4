//! What all lines of a corpus share.

use super::behaviour::ailing_share;
use super::config::Config;
use super::draw::mix;

/// A corpus' shape with what follows from it.
#[derive(Clone, Debug)]
pub(crate) struct World {
    /// The shape.
    pub(crate) config: Config,
    /// `env_fingerprint` of each environment.
    pub(crate) envs: Vec<String>,
    /// Share of the scenarios that can fail, in parts of 2^32.
    ailing: u64,
}

impl World {
    /// Derives the rest from the shape.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share is between 0 and 1")]
    pub(crate) fn new(config: Config) -> Self {
        let envs =
            (0..config.envs).map(|env| format!("det64:{:016x}", mix(config.seed ^ 0xe57, u64::from(env)))).collect();
        let ailing = (ailing_share(&config) * 4_294_967_296.0) as u64;
        Self { config, envs, ailing }
    }

    /// For a scenario that can fail, its rank among those, in parts of 2^64. Steps of the golden
    /// ratio spread the ranks evenly, so that the failing rate hardly depends on the corpus' seed.
    pub(crate) fn ailment(&self, scenario: u32) -> Option<u64> {
        let step = u64::from(scenario).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let place = mix(self.config.seed, 1).wrapping_add(step) >> 32;
        (place < self.ailing).then(|| u64::try_from((u128::from(place) << 64) / u128::from(self.ailing)).unwrap_or(0))
    }
}
