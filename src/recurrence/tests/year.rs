//! A year of weekly sweeps over worlds whose truth is known (recurrence.md, section 13): how often the verdicts that close a matter,
//! or call it back, are wrong.
//!
//! Twenty runs a week, 26 weeks kept, 53 looks. `RELAPSE_YEAR=N cargo test --release --lib year -- --nocapture` draws N histories a
//! world in place of a few, and prints the table of docs/verdicts.md.

use std::collections::BTreeMap;

use super::*;
use crate::recurrence::attempts::{Attempts, CellLevels, Signature, Tick};
use crate::recurrence::bench::{Bench, Finders};
use crate::recurrence::draft::Adjusted;
use crate::recurrence::series::Series;
use crate::recurrence::timeline::{Timeline, TimelineRun};
use crate::tally::Symbols;

const WEEK: usize = 20;
const KEPT: usize = 26 * WEEK;
const LOOKS: usize = 53;
const RUNS: usize = KEPT + (LOOKS - 1) * WEEK;

/// `SplitMix64`.
struct Random(u64);

impl Random {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((bits ^ (bits >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    }
}

/// A history, and from which run on it is fixed for good, if it is.
struct Life {
    bits: Vec<bool>,
    fixed_at: Option<usize>,
}

#[derive(Clone, Copy, Debug)]
enum World {
    /// Fails at a rate, always.
    Steady(f64),
    /// Fails at a rate inside bursts of so many runs on average, and not outside; one in ten runs is inside.
    Bursts(f64, f64),
    /// Fails at a rate until it is fixed, some time in the year.
    Fixed(f64),
    /// Passes; is broken for some runs twice, half a year apart or less, and mended both times.
    Outages(usize),
}

impl World {
    fn live(self, random: &mut Random) -> Life {
        let mut bits = vec![false; RUNS];
        let mut fixed_at = None;
        match self {
            Self::Steady(rate) => bits.iter_mut().for_each(|bit| *bit = random.next() < rate),
            Self::Bursts(rate, long) => {
                let mut inside = false;
                for bit in &mut bits {
                    inside = if inside { random.next() >= 1.0 / long } else { random.next() < 1.0 / (9.0 * long) };
                    *bit = inside && random.next() < rate;
                }
            }
            Self::Fixed(rate) => {
                #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a place")]
                let at = KEPT + (random.next() * 20.0 * WEEK as f64) as usize;
                bits[..at].iter_mut().for_each(|bit| *bit = random.next() < rate);
                fixed_at = Some(at);
            }
            Self::Outages(long) => {
                #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a place")]
                let (first, away) = (KEPT + (random.next() * 100.0) as usize, 20 + (random.next() * 300.0) as usize);
                bits[first..first + long].fill(true);
                bits[first + long + away..first + away + 2 * long].fill(true);
                fixed_at = Some(first + away + 2 * long);
            }
        }
        Life { bits, fixed_at }
    }
}

/// Runs of one scenario that fail or pass, each in one of some environments in turn.
pub(super) fn of_bits(bits: &[bool], environments: u32) -> (Attempts, Timeline) {
    let numbers = || 0u32..u32::try_from(bits.len()).unwrap();
    let run = |number: u32| TimelineRun {
        number,
        unix_ms: Some(i64::from(number) * 7 * 86_400_000 / 20),
        revision: None,
        is_torn: false,
        end_of_several: None,
        is_mass: false,
    };
    let timeline = Timeline {
        branch: None,
        runs: numbers().map(run).collect(),
        unplaced: 0,
        place: numbers().map(Some).collect(),
    };
    // One that every run shares is as none.
    let named = if environments > 1 { environments } else { 0 };
    let mut symbols = Symbols::default();
    let ticks = numbers().zip(bits).map(|(run, &failed)| Tick {
        run,
        cell: run % environments,
        signature: failed.then_some(0),
        count: 1,
    });
    let attempts = Attempts {
        cells: (0..environments).map(|env| CellLevels { env: (named > 0).then_some(env), seed: None }).collect(),
        envs: (0..named).map(|env| symbols.intern(&format!("machine-{env}"))).collect(),
        seeds: Vec::new(),
        signatures: vec![Signature { incident: 0, id: "i".into() }],
        ticks: ticks.collect(),
        excluded_runs: Vec::new(),
        uncounted: 0,
        unplaced: BTreeMap::new(),
    };
    (attempts, timeline)
}

/// What one look makes of some runs.
fn look(bits: &[bool], finders: &mut Finders) -> Verdict {
    let (attempts, timeline) = of_bits(bits, 1);
    let bench = Bench { attempts: &attempts, timeline: &timeline, key: 1, landed: None };
    let series = Series::of_scenario(&attempts);
    bench.draft(&series, None, Verdict::NoFailure, finders).settle(&Adjusted::default(), 0.05).verdict
}

#[derive(Default)]
struct Found {
    looks: usize,
    false_fixed: usize,
    lives: usize,
    ever_relapsed: usize,
    /// Weeks from a fix to its announcement.
    delays: Vec<usize>,
    verdicts: BTreeMap<Verdict, usize>,
}

fn year(world: World, lives: u64) -> Found {
    let mut finders = Finders::new(&Options::default()).unwrap();
    let mut found = Found::default();
    for seed in 0..lives {
        let life = world.live(&mut Random(seed * 7_919 + 1));
        let (mut relapsed, mut announced) = (false, false);
        for week in 0..LOOKS {
            let now = KEPT + week * WEEK;
            let verdict = look(&life.bits[now - KEPT..now], &mut finders);
            found.looks += 1;
            *found.verdicts.entry(verdict).or_default() += 1;
            relapsed |= verdict == Verdict::Relapsed;
            let over = life.fixed_at.filter(|&at| at <= now);
            if verdict == Verdict::Fixed {
                match over {
                    None => found.false_fixed += 1,
                    Some(at) if !announced => {
                        announced = true;
                        found.delays.push((now - at).div_ceil(WEEK));
                    }
                    Some(_) => {}
                }
            }
        }
        found.lives += 1;
        found.ever_relapsed += usize::from(relapsed);
    }
    found.delays.sort_unstable();
    found
}

#[test]
fn a_year_of_weeks() {
    let lives = std::env::var("RELAPSE_YEAR").ok().and_then(|text| text.parse().ok()).unwrap_or(3);
    let mut steady = (0, 0, 0, 0);
    for world in [
        World::Steady(0.01),
        World::Steady(0.02),
        World::Steady(0.05),
        World::Steady(0.1),
        World::Steady(0.2),
        World::Steady(0.5),
        World::Steady(0.8),
        World::Bursts(0.5, 8.0),
        World::Bursts(0.9, 8.0),
        World::Fixed(1.0),
        World::Fixed(0.5),
        World::Fixed(0.2),
        World::Fixed(0.05),
        World::Outages(3),
        World::Outages(8),
    ] {
        let found = year(world, lives);
        println!(
            "{world:?}: false fixed {:.2} % of {} weeks, ever relapsed {} of {}, median weeks to fixed {:?} of {}, {:?}",
            100.0 * found.false_fixed as f64 / found.looks as f64,
            found.looks,
            found.ever_relapsed,
            found.lives,
            found.delays.get(found.delays.len() / 2),
            found.delays.len(),
            found.verdicts
        );
        match world {
            World::Steady(_) => {
                steady.0 += found.false_fixed;
                steady.1 += found.looks;
                steady.2 += found.ever_relapsed;
                steady.3 += found.lives;
            }
            // What one life shows it shows for weeks, so that a few tell nothing.
            World::Bursts(..) => {
                let false_fixed = found.false_fixed as f64 / found.looks as f64;
                assert!(found.lives < 20 || false_fixed <= 0.06, "{world:?}: {false_fixed}");
            }
            World::Fixed(_) => {}
            World::Outages(_) => {
                // A look a week sees most of them when they are over again.
                let told = [Verdict::Relapsed, Verdict::Recovered].map(|verdict| found.verdicts.contains_key(&verdict));
                assert!(told.contains(&true), "{world:?}");
            }
        }
    }
    // The bounds of recurrence.md, section 8, with room for a few draws.
    assert!(steady.0 as f64 <= 0.007 * steady.1 as f64 + 5.0, "{steady:?}");
    assert!(steady.2 as f64 <= 0.005 * steady.3 as f64 + 1.0, "{steady:?}");
}
