//! Runs, and the pieces of runs that can be written in any order.

use std::io::{self, Write};

use super::behaviour::{Attempt, fails_in_outage, is_outage};
use super::config::Config;
use super::counts::Counts;
use super::draw::{Draw, scale};
use super::family::{Facts, Family};
use super::line::{Head, Line};
use super::reason::{INFRA, REASONS};
use super::scenario::Scenario;
use super::world::World;

/// 2026-01-01T00:00:00Z, the start of the first run.
const FIRST_RUN_MS: u64 = 1_767_225_600_000;
/// An hour from run to run.
const RUN_EVERY_MS: u64 = 3_600_000;
/// A run lasts 40 minutes.
const RUN_LASTS_MS: u64 = 2_400_000;
/// Decoded bytes of a piece.
const PIECE_BYTES: u64 = 4 << 20;

/// A part of a run, small enough to be held in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Piece {
    /// Number of the run.
    pub(crate) run: u32,
    /// Number of the piece in its run.
    pub(crate) number: u32,
    /// Where the piece begins in its run, in bytes aimed at.
    pub(crate) from: u64,
    /// Where it ends.
    pub(crate) to: u64,
}

/// The pieces of one run in their order.
pub(crate) fn run_pieces(config: &Config, run: u32) -> impl Iterator<Item = Piece> + use<> {
    let bytes = config.run_bytes();
    (0..).map_while(move |number: u32| {
        let from = u64::from(number) * PIECE_BYTES;
        (from < bytes).then(|| Piece { run, number, from, to: bytes.min(from + PIECE_BYTES) })
    })
}

/// All pieces of the corpus in their order.
pub(crate) fn pieces(config: &Config) -> impl Iterator<Item = Piece> {
    (0..config.runs).flat_map(|run| run_pieces(config, run))
}

/// The name of a run's file without its extensions.
pub(crate) fn run_name(run: u32) -> String {
    format!("run-{run:04}")
}

/// When a run starts.
pub(crate) fn run_start_ms(run: u32) -> u64 {
    FIRST_RUN_MS + u64::from(run) * RUN_EVERY_MS
}

/// Writes one run.
pub(crate) fn write_run(world: &World, run: u32, out: &mut impl Write) -> io::Result<Counts> {
    let mut counts = Counts::default();
    let mut buffer = Vec::new();
    for piece in run_pieces(&world.config, run) {
        buffer.clear();
        counts.add(&write_piece(world, piece, &mut buffer));
        out.write_all(&buffer)?;
    }
    Ok(counts)
}

/// Appends the lines of one piece to a buffer: lines until the piece has its bytes.
pub(crate) fn write_piece(world: &World, piece: Piece, out: &mut Vec<u8>) -> Counts {
    let config = &world.config;
    let stream = u64::from(piece.run) << 32 | u64::from(piece.number);
    let mut draw = Draw::new(config.seed, stream);
    let mut counts = Counts::default();
    let start = out.len();
    let mut key = Key::default();
    loop {
        let done = (out.len() - start) as u64;
        if done >= piece.to - piece.from {
            counts.bytes = done;
            return counts;
        }
        let share = u128::from(piece.from + done) * u128::from(RUN_LASTS_MS);
        let elapsed = share / u128::from(config.run_bytes());
        let now = run_start_ms(piece.run) + u64::try_from(elapsed).unwrap_or(RUN_LASTS_MS);
        key = Key::draw(config, key, &mut draw);
        write_line(world, piece.run, now, key, &mut draw, out, &mut counts);
    }
}

/// The key of a line.
#[derive(Clone, Copy, Default)]
struct Key {
    number: u64,
    scenario: u32,
    env: u32,
    seed: u32,
}

impl Key {
    /// Draws uniformly over all keys; more than half of the lines stay in the suite of the line before it,
    /// as tests run suite by suite.
    fn draw(config: &Config, before: Self, draw: &mut Draw) -> Self {
        let (envs, seeds) = (u64::from(config.envs), u64::from(config.seeds));
        let number = draw.below(config.keys());
        let part = |value: u64| u32::try_from(value).unwrap_or(0);
        let (env, seed) = (part(number % envs), part(number / envs % seeds));
        let mut scenario = part(number / envs / seeds);
        let suites = Family::COUNT;
        let same_suite = scenario - scenario % suites + before.scenario % suites;
        if same_suite < config.scenarios && draw.below(8) < 5 {
            scenario = same_suite;
        }
        let number = (u64::from(scenario) * seeds + u64::from(seed)) * envs + u64::from(env);
        Self { number, scenario, env, seed }
    }
}

fn write_line(
    world: &World,
    run: u32,
    ts_unix_ms: u64,
    key: Key,
    draw: &mut Draw,
    out: &mut Vec<u8>,
    counts: &mut Counts,
) {
    let Key { number, scenario, env, seed } = key;
    let scenario = Scenario::new(world, scenario);
    let attempt = Attempt { run, env, seed };
    let chance = draw.bits();
    let failure = if is_outage(run) && fails_in_outage(chance) {
        Some(INFRA[usize::from(scale(chance << 32, 2) == 1)])
    } else if scenario.behaviour.fails(attempt, chance) {
        Some(scenario.failing_reason(draw.bits()))
    } else {
        None
    };
    counts.lines += 1;
    counts.keys.note(number);
    if let Some(reason) = failure {
        counts.failing += 1;
        counts.by_reason[reason] += 1;
    }

    let family = scenario.family;
    let name = scenario.name();
    let mode = scenario.mode;
    let replay = format!("cargo test -p kx-conformance {} -- --nocapture # mode={mode}", family.test());
    let (artifacts, replay) =
        if world.config.terse { ("[]", family.test()) } else { (family.artifacts(), replay.as_str()) };
    let head = Head {
        ts_unix_ms,
        suite: family.suite(),
        scenario: &name,
        fixture: family.fixture(),
        packet: family.packet(),
        mode,
        seed: scenario.seed(attempt.seed),
        env: &world.envs[attempt.env as usize],
        artifacts,
        replay,
        outcome: if failure.is_some() { "fail" } else { "pass" },
        reason: failure.map_or(family.passing(), |reason| REASONS[reason].code),
    };
    let mut line = Line::begin(out, &head);
    let facts = Facts {
        ts_unix_ms,
        failing: failure.is_some(),
        // What a scenario computes is the same in every attempt of a seed, unless it fails.
        inputs: scenario.seed(attempt.seed),
        noise: draw.bits(),
    };
    if !world.config.terse {
        family.tail(&mut line, &scenario, &facts);
    }
    line.end();
}
