//! How a scenario fails, over all its runs.

use super::random::Random;

/// What a scenario is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum World {
    /// Never fails.
    Sound,
    /// Fails at a rate, always.
    Steady(f64),
    /// Fails at a rate, and is tried again where it fails, once, with the same rate.
    Retried(f64),
    /// Fails at a rate inside bursts of so many runs on average; one in ten runs is inside.
    Bursts(f64, f64),
    /// Fails at a rate in one environment alone.
    Environment(f64),
    /// Fails with one seed of eight.
    Seed,
    /// Fails at a rate that goes with the load of the run, which all such scenarios share.
    Load(f64),
    /// Fails with others of its group, in one run of twenty-five, nine times of ten.
    Group(u64),
    /// Fails ever more often, from one rate to another over the year.
    Drift(f64, f64),
    /// Fails at a rate until it is fixed, some time in the year.
    Fixed(f64),
    /// Passes, and always fails from some time in the year on, for some weeks.
    Broken,
    /// Passes; breaks for so many runs and is mended, so many times.
    Outages(usize, usize),
    /// The same twice, each time for a reason of its own.
    TwoReasons(usize),
    /// Fails at a rate, and has another name from some time in the year on.
    Renamed(f64),
    /// Fails at a rate, and is deleted some time in the year.
    Deleted(f64),
}

/// The failures of a scenario.
#[derive(Clone, Debug)]
pub(crate) struct Life {
    /// By run: the way in which each attempt failed, or none.
    pub(crate) attempts: Vec<Vec<Option<u8>>>,
    /// The runs in which its cause was there, whether it failed or not, and the way in which it does.
    pub(crate) causes: Vec<(std::ops::Range<usize>, u8)>,
    /// From when on it has another name, or is no more.
    pub(crate) ends: Option<usize>,
}

/// What the runs have in common.
#[derive(Clone, Debug)]
pub(crate) struct Runs {
    pub(crate) number: usize,
    /// Runs before the first sweep.
    pub(crate) before: usize,
    /// By run.
    pub(crate) environment: Vec<u8>,
    /// By run, the factor of rates that go with it.
    pub(crate) load: Vec<f64>,
}

/// Seeds that take turns.
pub(crate) const SEEDS: usize = 8;

/// The seed of an attempt: each of them comes again.
pub(crate) fn seed_of(scenario: usize, run: usize) -> usize {
    (scenario * 3 + run * 5 + run / 7) % SEEDS
}

impl World {
    /// Some ten weeks in a life, so that a sweep comes behind it.
    fn some_time(runs: &Runs, random: &mut Random) -> usize {
        let year = runs.number - runs.before;
        runs.before + random.among(year / 20, year / 2)
    }

    /// A life of a scenario of that number.
    pub(crate) fn live(self, scenario: usize, runs: &Runs, year: u64, random: &mut Random) -> Life {
        let n = runs.number;
        let mut life = Life { attempts: vec![vec![None]; n], causes: Vec::new(), ends: None };
        let mut at_rate = |life: &mut Life, range: std::ops::Range<usize>, rate: &dyn Fn(usize) -> f64| {
            for run in range.clone() {
                life.attempts[run] = vec![random.chance(rate(run)).then_some(0)];
            }
            life.causes.push((range, 0));
        };
        match self {
            Self::Sound => {}
            Self::Steady(rate) => at_rate(&mut life, 0..n, &|_| rate),
            Self::Environment(rate) => {
                at_rate(&mut life, 0..n, &|run| if runs.environment[run] == 0 { rate } else { 0.0 });
            }
            Self::Seed => at_rate(&mut life, 0..n, &|run| f64::from(u8::from(seed_of(scenario, run) == 0))),
            Self::Load(rate) => at_rate(&mut life, 0..n, &|run| (rate * runs.load[run]).min(0.95)),
            Self::Drift(from, to) => {
                let share = |run: usize| run.saturating_sub(runs.before) as f64 / (n - runs.before) as f64;
                at_rate(&mut life, 0..n, &|run| from + (to - from) * share(run));
            }
            Self::Group(group) => {
                let common = |run: usize| Random::of(year ^ (group << 32), run as u64).chance(0.04);
                at_rate(&mut life, 0..n, &|run| if common(run) { 0.9 } else { 0.0 });
            }
            Self::Retried(rate) => {
                life.causes.push((0..n, 0));
                for attempts in &mut life.attempts {
                    if random.chance(rate) {
                        *attempts = vec![Some(0), random.chance(rate).then_some(0)];
                    }
                }
            }
            Self::Bursts(rate, long) => {
                life.causes.push((0..n, 0));
                let mut inside = false;
                for attempts in &mut life.attempts {
                    inside = if inside { !random.chance(1.0 / long) } else { random.chance(1.0 / (9.0 * long)) };
                    *attempts = vec![(inside && random.chance(rate)).then_some(0)];
                }
            }
            Self::Fixed(rate) => {
                let fixed = Self::some_time(runs, random);
                life.causes.push((0..fixed, 0));
                for attempts in &mut life.attempts[..fixed] {
                    *attempts = vec![random.chance(rate).then_some(0)];
                }
            }
            Self::Broken => {
                let from = Self::some_time(runs, random);
                let to = (from + random.among(20, 120)).min(n);
                life.broken(from..to, 0);
            }
            Self::Outages(times, long) => {
                let mut from = Self::some_time(runs, random);
                for _ in 0..times {
                    let to = (from + random.among(long, long * 2)).min(n);
                    life.broken(from.min(n)..to, 0);
                    from = to + random.among(30, 200);
                }
            }
            Self::TwoReasons(long) => {
                let from = Self::some_time(runs, random);
                let again = from + long + random.among(40, 200);
                life.broken(from..from + long, 0);
                life.broken(again.min(n)..(again + long).min(n), 1);
            }
            Self::Renamed(rate) | Self::Deleted(rate) => {
                at_rate(&mut life, 0..n, &|_| rate);
                life.ends = Some(Self::some_time(runs, random));
            }
        }
        life
    }

    /// Whether its cause is always there, at one rate.
    pub(crate) const fn is_steady(self) -> bool {
        !matches!(
            self,
            Self::Sound
                | Self::Bursts(..)
                | Self::Drift(..)
                | Self::Fixed(_)
                | Self::Broken
                | Self::Outages(..)
                | Self::TwoReasons(_)
        )
    }
}

impl Life {
    fn broken(&mut self, range: std::ops::Range<usize>, reason: u8) {
        for attempts in &mut self.attempts[range.clone()] {
            *attempts = vec![Some(reason)];
        }
        self.causes.push((range, reason));
    }
}
