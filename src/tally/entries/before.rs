//! What scenarios came to before the window: a gate must hear of what that cuts off.

use std::collections::BTreeMap;

use foldhash::quality::RandomState;
use hashbrown::HashMap;

use super::Entries;
use crate::record::Record;
use crate::stats::streak::is_no_chance;
use crate::tally::cell::What;
use crate::tally::symbols::Symbol;
use crate::tally::tally::Tally;

/// Packet, suite, scenario, mode, and the branch, the environment and the seed.
type Key = ([Symbol; 4], [Option<Symbol>; 2], Option<u64>);

/// For each scenario of a run, whether it failed and whether it passed.
pub(super) type Seen = HashMap<Key, [bool; 2], RandomState>;

/// What a scenario came to before the window, on one branch.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Past {
    /// Packet, suite, scenario and mode.
    pub names: [String; 4],
    /// The branch, where that is known.
    pub branch: Option<String>,
    /// Whether it passed in any of its runs there.
    pub has_passed: bool,
    /// Whether it failed in the last of them.
    pub failed_last: bool,
    /// The environments and seeds in which it failed in the last runs there, more often in a row than at its rate elsewhere.
    pub failing_in: Vec<Condition>,
}

/// A part of what a scenario runs in.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Condition {
    /// An environment.
    Environment(String),
    /// A seed.
    Seed(u64),
}

/// What a scenario came to on one branch, in all and in each environment and seed.
#[derive(Default)]
struct Courses<'e> {
    all: Course,
    environments: BTreeMap<&'e str, Course>,
    seeds: BTreeMap<u64, Course>,
}

/// What it came to in one run, likewise: whether it failed and whether it passed.
#[derive(Default)]
struct OfRun<'e> {
    all: [bool; 2],
    environments: BTreeMap<&'e str, [bool; 2]>,
    seeds: BTreeMap<u64, [bool; 2]>,
}

/// What it came to in some runs, from the first to the last.
#[derive(Default)]
struct Course {
    runs: u64,
    has_passed: bool,
    /// Runs without a failure.
    clean: u64,
    /// The last runs that failed, in a row.
    failing: u64,
}

impl Course {
    /// Counts what it came to in the next run.
    fn see(&mut self, [failed, passed]: [bool; 2]) {
        self.runs += 1;
        self.has_passed |= passed;
        self.clean += u64::from(!failed);
        self.failing = if failed { self.failing + 1 } else { 0 };
    }
}

/// The conditions of one kind that it failed under when last run, more often in a row than chance makes at the rate under the
/// others.
fn failing<L: Ord>(conditions: BTreeMap<L, Course>) -> impl Iterator<Item = L> {
    let sum = |of: fn(&Course) -> u64| conditions.values().map(of).sum::<u64>();
    let (runs, clean, number) = (sum(|of| of.runs), sum(|of| of.clean), conditions.len());
    let is_failing = move |of: &Course| {
        let (others, passed) = (runs - of.runs, clean - of.clean);
        is_no_chance(number, (others - passed, others), of.failing)
    };
    conditions.into_iter().filter(move |(_, of)| is_failing(of)).map(|(condition, _)| condition)
}

impl Entries {
    /// Counts a record from before the window that passed or failed, as [`Entries::add`] does one within.
    pub fn add_before(&mut self, record: &Record<'_>, run: Option<&str>) {
        let symbols = &mut self.symbols;
        let run = record.run.or(run).map(|run| symbols.intern(run));
        let names = [record.packet, record.suite, record.scenario, record.mode].map(|name| symbols.intern(name));
        let [branch, environment] = [record.branch, record.env].map(|name| name.map(|name| symbols.intern(name)));
        let key = (names, [branch, environment], record.seed);
        self.before.entry(run).or_default().entry(key).or_default()[usize::from(!record.failed())] = true;
    }

    /// The same of all that an archive came to, which lies before the window.
    #[must_use]
    pub fn before_of(tally: &Tally) -> Self {
        let mut entries = Self::default();
        let Self { symbols, before, .. } = &mut entries;
        for cell in tally.cells() {
            let names = tally.scenario_names(cell.key.scenario).map(|name| symbols.intern(name));
            let environment = cell.key.env().map(|name| symbols.intern(tally.text(name)));
            let mut see = |run: u32, passed: bool| {
                let branch = tally.branch_of(run).map(|branch| symbols.intern(branch));
                let run = Some(symbols.intern(tally.text(tally.runs()[run as usize].id)));
                let key = (names, [branch, environment], cell.key.seed());
                before.entry(run).or_default().entry(key).or_default()[usize::from(passed)] = true;
            };
            cell.passed.iter().for_each(|(run, _)| see(run, true));
            for outcome in tally.outcomes(cell) {
                if let What::Failed(incident) = outcome.what
                    && !tally.incidents()[incident as usize].incident_only
                {
                    outcome.runs.iter().for_each(|(run, _)| see(run, false));
                }
            }
        }
        entries
    }

    /// What scenarios came to before the window, by name; `began`: when a run was.
    #[must_use]
    pub fn past(&self, began: impl Fn(&str) -> Option<i64>) -> Vec<Past> {
        let text = |symbol: Symbol| self.symbols.text(symbol);
        let mut runs: Vec<_> = self.before.iter().map(|(run, seen)| (run.map_or("", text), seen)).collect();
        runs.sort_unstable_by_key(|&(run, _)| (began(run), run));
        let mut found: BTreeMap<([&str; 4], Option<&str>), Courses<'_>> = BTreeMap::new();
        for (_, seen) in runs {
            // A scenario's cells in one run are one thing that happened, in all and under each condition.
            let mut of_run: BTreeMap<_, OfRun<'_>> = BTreeMap::new();
            for ((names, [branch, environment], seed), of) in seen {
                let here = of_run.entry((names.map(text), branch.map(text))).or_default();
                let environment = environment.map(|name| here.environments.entry(text(name)).or_default());
                let seed = seed.map(|seed| here.seeds.entry(seed).or_default());
                for mine in [Some(&mut here.all), environment, seed].into_iter().flatten() {
                    mine.iter_mut().zip(of).for_each(|(mine, of)| *mine |= of);
                }
            }
            for (key, OfRun { all, environments, seeds }) in of_run {
                let courses = found.entry(key).or_default();
                courses.all.see(all);
                for (name, of) in environments {
                    courses.environments.entry(name).or_default().see(of);
                }
                for (seed, of) in seeds {
                    courses.seeds.entry(seed).or_default().see(of);
                }
            }
        }
        let past = |((names, branch), Courses { all, environments, seeds }): (_, Courses<'_>)| {
            let names: [&str; 4] = names;
            let environments = failing(environments).map(|name| Condition::Environment(name.to_owned()));
            Past {
                names: names.map(str::to_owned),
                branch: Option::<&str>::map(branch, str::to_owned),
                has_passed: all.has_passed,
                failed_last: all.failing > 0,
                failing_in: environments.chain(failing(seeds).map(Condition::Seed)).collect(),
            }
        };
        found.into_iter().map(past).collect()
    }

    /// Whether there is no record from before the window.
    #[must_use]
    pub fn is_nothing_before(&self) -> bool {
        self.before.is_empty()
    }

    /// Takes in what another one holds from before the window; `here`: the symbols of its symbols.
    pub(super) fn merge_before(&mut self, other: &Self, here: impl Fn(Symbol) -> Symbol) {
        for (run, seen) in &other.before {
            let mine = self.before.entry(run.map(&here)).or_default();
            for ((names, branch_and_environment, seed), theirs) in seen {
                let key = (names.map(&here), branch_and_environment.map(|name| name.map(&here)), *seed);
                let of = mine.entry(key).or_default();
                of.iter_mut().zip(theirs).for_each(|(mine, theirs)| *mine |= theirs);
            }
        }
    }
}
