//! A scenario's fixed traits, all derived from its number.

use super::behaviour::Behaviour;
use super::draw::{mix, scale};
use super::family::Family;
use super::reason::{ANYWHERE, INFRA};
use super::world::World;

/// A scenario.
#[derive(Clone, Debug)]
pub(crate) struct Scenario {
    /// Its number.
    pub(crate) index: u32,
    /// The kind of its lines.
    pub(crate) family: Family,
    /// `strict` or `hardened`.
    pub(crate) mode: &'static str,
    /// The operation in its name.
    pub(crate) op: &'static str,
    /// How it fails.
    pub(crate) behaviour: Behaviour,
    /// Its usual reason of failing, an index of the reasons.
    pub(crate) reason: usize,
    /// Bits that differ from scenario to scenario.
    pub(crate) traits: u64,
}

impl Scenario {
    /// The scenario of this number.
    pub(crate) fn new(world: &World, index: u32) -> Self {
        let traits = mix(world.config.seed, u64::from(index));
        let family = pick(&Family::ALL, u64::from(index));
        let ailment = world.ailment(index);
        let behaviour = ailment.map_or(Behaviour::Healthy, |rank| Behaviour::draw(&world.config, rank));
        let choice = mix(traits, 3);
        let reasons: &[usize] = match (behaviour, choice % 12) {
            (Behaviour::Infra(_), _) | (_, 0) => &INFRA,
            (_, 1) => &ANYWHERE,
            _ => family.reasons(),
        };
        Self {
            index,
            family,
            mode: if traits >> 63 == 0 { "strict" } else { "hardened" },
            op: pick(family.ops(), traits >> 8),
            behaviour,
            reason: pick(reasons, choice >> 32),
            traits,
        }
    }

    /// `scenario_id`.
    pub(crate) fn name(&self) -> String {
        let (suite, mode) = (self.family.suite(), self.mode);
        format!("{suite}/{mode}:{}_case_{:05}", self.op, self.index)
    }

    /// The value of one of its seeds, always above 2^53.
    pub(crate) fn seed(&self, number: u32) -> u64 {
        mix(self.traits, 16 + u64::from(number)) | 1 << 61
    }

    /// The reason of one failure: seldom another one than usual.
    pub(crate) fn failing_reason(&self, bits: u64) -> usize {
        match self.behaviour {
            Behaviour::Flaky(_) if scale(bits, 8) == 0 => pick(self.family.reasons(), bits),
            _ => self.reason,
        }
    }
}

/// One of the items, by random bits.
fn pick<T: Copy>(items: &[T], bits: u64) -> T {
    items[usize::try_from(bits % items.len() as u64).unwrap_or(0)]
}
