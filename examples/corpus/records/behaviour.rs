//! How a scenario fails, and when.

use super::config::Config;
use super::draw::scale;

/// Failures of a scenario over runs, environments and seeds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Behaviour {
    /// Never fails.
    Healthy,
    /// Always fails.
    Always,
    /// Fails at a rate, in thousandths.
    Flaky(u32),
    /// Always fails in one environment, never elsewhere.
    InEnv(u32),
    /// Always fails with one seed, never with others.
    WithSeed(u32),
    /// Fails half of the time in one environment.
    FlakyInEnv(u32),
    /// Always fails from a run on.
    Since(u32),
    /// Always fails up to a run.
    Until(u32),
    /// Fails at a rate, in thousandths, because the oracle is away.
    Infra(u32),
}

/// Where and when a scenario is tried.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Attempt {
    /// Number of the run.
    pub(crate) run: u32,
    /// Number of the environment.
    pub(crate) env: u32,
    /// Number of the scenario's seed.
    pub(crate) seed: u32,
}

/// Rates of flaky scenarios, in thousandths.
const RATES: [u32; 7] = [10, 20, 50, 100, 200, 300, 500];
/// Rate of scenarios that need the oracle, in thousandths.
const INFRA_RATE: u32 = 50;
/// One run in this many is a mass failure.
const OUTAGE_EVERY: u32 = 100;
/// The mass failure's place among them.
const OUTAGE_AT: u32 = 57;
/// Share of the lines that fail in a mass failure, in thousandths.
const OUTAGE_RATE: u32 = 250;

/// Shares of the behaviours among the scenarios that can fail, in hundredths.
const SHARES: [(u32, Kind); 8] = [
    (8, Kind::Always),
    (40, Kind::Flaky),
    (12, Kind::InEnv),
    (10, Kind::WithSeed),
    (5, Kind::FlakyInEnv),
    (10, Kind::Since),
    (10, Kind::Until),
    (5, Kind::Infra),
];

#[derive(Clone, Copy)]
enum Kind {
    Always,
    Flaky,
    InEnv,
    WithSeed,
    FlakyInEnv,
    Since,
    Until,
    Infra,
}

impl Kind {
    /// Expected share of failing lines.
    fn rate(self, config: &Config) -> f64 {
        match self {
            Self::Always => 1.0,
            Self::Flaky => f64::from(RATES.iter().sum::<u32>()) / 1000.0 / RATES.len() as f64,
            Self::InEnv => 1.0 / f64::from(config.envs),
            Self::WithSeed => 1.0 / f64::from(config.seeds),
            Self::FlakyInEnv => 0.5 / f64::from(config.envs),
            Self::Since | Self::Until => 0.5,
            Self::Infra => f64::from(INFRA_RATE) / 1000.0,
        }
    }
}

/// Whether the run is a mass failure.
pub(crate) fn is_outage(run: u32) -> bool {
    run % OUTAGE_EVERY == OUTAGE_AT
}

/// Whether a line of a mass failure fails, by its random bits.
pub(crate) fn fails_in_outage(bits: u64) -> bool {
    scale(bits, 1000) < u64::from(OUTAGE_RATE)
}

/// The share of scenarios that must be able to fail for the corpus to reach its failing rate.
pub(crate) fn ailing_share(config: &Config) -> f64 {
    let outages = (0..config.runs).filter(|run| is_outage(*run)).count() as f64;
    let outage = outages / f64::from(config.runs) * f64::from(OUTAGE_RATE) / 1000.0;
    let rest = ((config.fail_rate - outage) / (1.0 - outage)).max(0.0);
    let mean: f64 = SHARES.iter().map(|(share, kind)| f64::from(*share) / 100.0 * kind.rate(config)).sum();
    (rest / mean).min(1.0)
}

impl Behaviour {
    /// The behaviour of a scenario that can fail, by its rank among those in parts of 2^64.
    pub(crate) fn draw(config: &Config, rank: u64) -> Self {
        let mut rest = u128::from(rank) * 100;
        for (share, kind) in SHARES {
            let width = u128::from(share) << 64;
            if rest >= width {
                rest -= width;
                continue;
            }
            let detail = u64::try_from(rest / u128::from(share)).unwrap_or(u64::MAX);
            let below = |n: u32| u32::try_from(scale(detail, u64::from(n))).unwrap_or(0);
            // A change lies in the middle four fifths of the runs.
            let margin = config.runs / 10;
            let change = margin + below(config.runs - 2 * margin + 1);
            return match kind {
                Kind::Always => Self::Always,
                Kind::Flaky => Self::Flaky(RATES[below(7) as usize]),
                Kind::InEnv => Self::InEnv(below(config.envs)),
                Kind::WithSeed => Self::WithSeed(below(config.seeds)),
                Kind::FlakyInEnv => Self::FlakyInEnv(below(config.envs)),
                Kind::Since => Self::Since(change),
                Kind::Until => Self::Until(change),
                Kind::Infra => Self::Infra(INFRA_RATE),
            };
        }
        Self::Healthy
    }

    /// Whether an attempt fails; `bits` are its random bits.
    pub(crate) fn fails(self, attempt: Attempt, bits: u64) -> bool {
        match self {
            Self::Healthy => false,
            Self::Always => true,
            Self::Flaky(rate) | Self::Infra(rate) => scale(bits, 1000) < u64::from(rate),
            Self::InEnv(env) => attempt.env == env,
            Self::WithSeed(seed) => attempt.seed == seed,
            Self::FlakyInEnv(env) => attempt.env == env && scale(bits, 2) == 0,
            Self::Since(run) => attempt.run >= run,
            Self::Until(run) => attempt.run < run,
        }
    }
}
