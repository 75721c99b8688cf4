//! The scenarios of a suite and its runs.

use std::fmt::Write;

use super::random::Random;
use super::world::{Life, Runs, World, seed_of};

/// Begin of the first run: 2024-01-01.
const START_MS: u64 = 1_704_067_200_000;
const WEEK_MS: u64 = 7 * 86_400_000;

/// Reasons of the ways to fail.
const REASONS: [&str; 2] = ["checksum_mismatch", "parse_error"];

/// The way to fail of a reason.
pub(crate) fn way_of(reason: &str) -> u8 {
    u8::from(reason == REASONS[1])
}

/// One scenario.
#[derive(Clone, Debug)]
pub(crate) struct Scenario {
    pub(crate) world: World,
    pub(crate) life: Life,
    number: usize,
}

/// All scenarios, and what befalls whole runs.
#[derive(Clone, Debug)]
pub(crate) struct Suite {
    pub(crate) scenarios: Vec<Scenario>,
    runs: Runs,
    /// By run, in how many of a hundred scenarios everything failed.
    mass: Vec<f64>,
    /// By run, behind how many scenarios it was ended.
    cut: Vec<usize>,
    apart_ms: u64,
    has_revisions: bool,
}

/// Worlds of one unit of scale.
fn worlds(unit: u64) -> Vec<World> {
    let mut worlds = vec![World::Sound; 24];
    worlds.extend([0.005, 0.01, 0.01, 0.02, 0.02, 0.05, 0.05, 0.1, 0.1, 0.2, 0.5, 0.8].map(World::Steady));
    worlds.extend([0.05, 0.2].map(World::Retried));
    worlds.extend([World::Bursts(0.5, 8.0), World::Bursts(0.5, 8.0), World::Bursts(0.9, 8.0)]);
    worlds.extend([0.2, 0.5, 1.0].map(World::Environment));
    worlds.extend([World::Seed, World::Seed]);
    worlds.extend([0.02, 0.05, 0.1].map(World::Load));
    worlds.extend([World::Group(unit); 4]);
    worlds.extend([World::Drift(0.02, 0.3), World::Drift(0.0, 0.1)]);
    worlds.extend([1.0, 1.0, 0.5, 0.2, 0.05].map(World::Fixed));
    worlds.extend([World::Broken; 6]);
    worlds.extend([World::Outages(1, 4), World::Outages(1, 10)]);
    worlds.extend([World::Outages(2, 3), World::Outages(2, 6), World::Outages(3, 6)]);
    worlds.extend([3, 8].map(World::TwoReasons));
    worlds.extend([0.02, 0.1].map(World::Renamed));
    worlds.extend([0.02, 0.1].map(World::Deleted));
    worlds
}

impl Suite {
    /// `before`: runs before the first sweep; `week`: runs a week.
    pub(crate) fn new(scale: usize, number: usize, before: usize, week: usize, year: u64, has_revisions: bool) -> Self {
        let mut random = Random::of(year, 0);
        let year_of = number - before;
        // Machines come and go: the third one in the year, the second one leaves.
        let environment = |run: usize| match run.saturating_sub(before) * 8 / year_of.max(1) {
            0..3 => run % 2,
            3..6 => run % 3,
            _ => run % 2 * 2,
        };
        let mut normal = || (0..12).map(|_| random.next()).sum::<f64>() - 6.0;
        let load = (0..number).map(|_| (0.7 * normal()).exp()).collect();
        let environment = (0..number).map(|run| u8::try_from(environment(run)).unwrap_or(0)).collect();
        let runs = Runs { number, before, environment, load };
        let of_unit = |unit| worlds(unit as u64).into_iter();
        let scenarios = (0..scale).flat_map(of_unit).enumerate().map(|(number, world)| {
            let mut random = Random::of(year, number as u64 + 1);
            Scenario { world, life: world.live(number, &runs, year, &mut random), number }
        });
        let scenarios: Vec<Scenario> = scenarios.collect();
        let mass = (0..number).map(|_| if random.chance(0.006) { 0.5 } else { 0.0 }).collect();
        let all = scenarios.len();
        let cut = (0..number).map(|_| if random.chance(0.02) { random.among(all / 4, all) } else { all }).collect();
        Self { scenarios, runs, mass, cut, apart_ms: WEEK_MS / week as u64, has_revisions }
    }

    /// The name of a run.
    pub(crate) fn run_name(run: usize) -> String {
        format!("run-{run:05}")
    }

    /// The records of a run, as lines, by shard: each runs its part of the scenarios, and of several one in fifty is lost.
    pub(crate) fn lines(&self, run: usize, year: u64, shards: usize) -> Vec<String> {
        let mut parts = vec![String::new(); shards];
        let mut clock = START_MS + run as u64 * self.apart_ms;
        let mut random = Random::of(!year, run as u64);
        for scenario in &self.scenarios[..self.cut[run]] {
            let falls = random.chance(self.mass[run]);
            let Some(id) = scenario.id(run) else { continue };
            let out = &mut parts[scenario.number % shards];
            for way in &scenario.life.attempts[run] {
                clock += 7;
                let (outcome, reason) = match way {
                    _ if falls => ("fail", "service_down"),
                    Some(way) => ("fail", REASONS[usize::from(*way)]),
                    None => ("pass", "ok"),
                };
                let revision = if self.has_revisions {
                    format!(",\"revision\":\"{:08x}\"", 0x1000_0000 + run / 2)
                } else {
                    String::new()
                };
                // Writing to a string cannot fail.
                let _ = writeln!(
                    out,
                    "{{\"schema_version\":\"ft-conformance-log-v1\",\"ts_unix_ms\":{clock},\"suite_id\":\"suite\",\
                     \"scenario_id\":\"{id}\",\"fixture_id\":\"f\",\"packet_id\":\"P\",\"mode\":\"strict\",\"seed\":{},\
                     \"env_fingerprint\":\"machine-{}\",\"artifact_refs\":[],\"replay_command\":\"run {id}\",\
                     \"outcome\":\"{outcome}\",\"reason_code\":\"{reason}\"{revision}}}",
                    seed_of(scenario.number, run),
                    self.runs.environment[run],
                );
            }
        }
        if shards > 1 {
            parts.iter_mut().filter(|_| random.chance(0.02)).for_each(String::clear);
        }
        parts
    }
}

impl Scenario {
    /// Its name in a run; none where it is deleted.
    fn id(&self, run: usize) -> Option<String> {
        let is_over = self.life.ends.is_some_and(|ends| run >= ends);
        match self.world {
            World::Deleted(_) if is_over => None,
            World::Renamed(_) if is_over => Some(format!("renamed/{}", self.number)),
            _ => Some(self.name()),
        }
    }

    /// The name that it began with.
    pub(crate) fn name(&self) -> String {
        format!("case/{}", self.number)
    }
}
