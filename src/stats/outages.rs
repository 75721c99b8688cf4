//! Outages: whether a series of run bits broke, was mended and broke again.
//!
//! Model (relapse.md, sections 2 and 3): a healthy run breaks with an unknown chance (about 1 in 50), a broken one is mended with
//! an unknown chance, strays between are rare (about 1 %), and inside a run fails nearly always (an outage) or half the time (a
//! burst); each rate is integrated out. The likeliest path of outages is pruned to what is proven piece by piece, and compared
//! with what else it may be: strays now, the same outage still, strays before, a steady flake. The exact runs test bounds
//! what chance may do: no steady flake comes back with a probability above .5 %, whatever its rate.

mod boundary;
mod path;
mod score;
#[cfg(test)]
mod tests;

pub use boundary::Boundary;
use path::Field;
use score::Scores;

use super::planning::unfixed_pass_chance;
use super::runs_test::{clustering_p, clustering_p_within};

/// The greatest chance that so few streaks are of a steady flake.
const MOST_CHANCE: f64 = 0.005;
/// The same of bursts, where runs differ in what they ran.
const MOST_CHANCE_OF_BURSTS: f64 = 0.05;
/// Outages from which on they are bursts if they come at a pace.
const MANY: usize = 4;
/// The chance of so long an absence at the pace of the earlier outages, above which they come at a pace.
const AT_PACE: f64 = 0.05;

/// A stretch of runs in which something was broken; its first and its last run failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outage {
    /// Index of its first run.
    pub start: usize,
    /// Index after its last failing run.
    pub end: usize,
    /// Failing runs among them.
    pub fails: usize,
}

impl Outage {
    /// Number of runs.
    #[must_use]
    pub fn runs(&self) -> usize {
        self.end - self.start
    }
}

/// What the failures of a series look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pattern {
    /// Nothing, or a steady rate.
    Independent,
    /// More like outages than like a steady rate, but not proven.
    Unclear,
    /// One outage.
    Single,
    /// Several outages: it came back.
    Outages,
    /// Bursts, or outages that come and go at a pace.
    Bursts,
}

/// The outages of a series.
#[derive(Clone, Debug, PartialEq)]
pub struct Course {
    /// What they look like.
    pub pattern: Pattern,
    /// In run order; empty where no path was found.
    pub outages: Vec<Outage>,
    /// `ln P` of the series under the path.
    pub ln_likelihood: f64,
    /// `ln` of the odds of the path over independent failures.
    pub ln_odds: f64,
    /// For each stretch between two outages, `ln` of the odds that it is one.
    pub gone_ln_odds: Vec<f64>,
    /// Of several outages, `ln` of the odds that the last is a relapse.
    pub relapse_ln_odds: Option<f64>,
    /// Of several outages, the chance of so long a clean stretch before the last at the pace of the earlier ones.
    pub pace_chance: Option<f64>,
    /// Where it decided between outages or bursts and nothing proven, the chance that a steady flake makes so few streaks.
    pub p: Option<f64>,
    /// With pattern [`Pattern::Outages`], where each may have begun, and the first run behind it may be.
    pub boundaries: Vec<[Boundary; 2]>,
}

impl Course {
    const NONE: Self = Self {
        pattern: Pattern::Independent,
        outages: Vec::new(),
        ln_likelihood: 0.0,
        ln_odds: 0.0,
        gone_ln_odds: Vec::new(),
        relapse_ln_odds: None,
        pace_chance: None,
        p: None,
        boundaries: Vec::new(),
    };

    /// Whether its outages come and go at a pace.
    #[must_use]
    pub fn comes_at_pace(&self) -> bool {
        comes_at_pace(&self.outages, self.pace_chance)
    }

    /// The chance that the last outage is no relapse.
    #[must_use]
    pub fn risk(&self) -> Option<f64> {
        self.relapse_ln_odds.map(chance_against)
    }
}

/// The chance of what the odds are against.
#[must_use]
pub fn chance_against(ln_odds: f64) -> f64 {
    1.0 / (1.0 + ln_odds.exp())
}

/// What parts runs, so that failures of one may not be compared with those of another: for each run a number, equal where runs
/// ran the same environments and recurring seeds, and a number to draw from.
#[derive(Clone, Debug)]
pub struct Strata {
    /// By run, from 0 on.
    pub of: Vec<u32>,
    /// The same for the same series.
    pub key: u64,
}

/// Finds outages; owns tables that later series reuse, so give each worker one.
#[derive(Clone, Debug)]
pub struct Outages {
    ln_odds: f64,
    scores: Scores,
    /// Of the series: failing runs before each place, and its stretches of failing runs.
    before: Vec<u32>,
    blocks: Vec<Outage>,
}

impl Outages {
    /// Pieces are proven at these odds; `None` unless they are at least 1.
    #[must_use]
    pub fn new(odds: f64) -> Option<Self> {
        (odds >= 1.0 && odds.is_finite()).then(|| Self {
            ln_odds: odds.ln(),
            scores: Scores::default(),
            before: Vec::new(),
            blocks: Vec::new(),
        })
    }

    /// The outages of a series of run bits (`true` is a failing run) in run order, any length below 2^32. `strata`: where
    /// runs differ in what they ran; asked for where it decides.
    ///
    /// Time grows with the length and with the number of its stretches for each distinct gap between two.
    pub fn find(&mut self, bits: &[bool], strata: impl FnOnce() -> Option<Strata>) -> Course {
        self.read(bits);
        let found = self.course(|most| strata().map(|Strata { of, key }| clustering_p_within(bits, &of, key, most)));
        let boundaries = match found.pattern {
            Pattern::Outages => {
                let field = self.field();
                let both = |at| [field.start(&found.outages, at), field.end(&found.outages, at)];
                (0..found.outages.len()).map(both).collect()
            }
            _ => Vec::new(),
        };
        Course { boundaries, ..found }
    }

    /// How many more failing runs in a row, at most so many, would show that the last of them came back, all runs being alike.
    pub fn failures_to_return(&mut self, bits: &[bool], most: u64) -> Option<u64> {
        self.read(bits);
        (1..=most).find(|_| {
            self.push(true, 1);
            let course = self.course(|_| None);
            let is_last = |last: &Outage| last.end + 1 == self.before.len();
            course.pattern == Pattern::Outages && course.outages.last().is_some_and(is_last)
        })
    }

    fn read(&mut self, bits: &[bool]) {
        self.before.clear();
        self.before.push(0);
        self.blocks.clear();
        for alike in bits.chunk_by(|a, b| a == b) {
            self.push(alike[0], alike.len());
        }
    }

    /// Adds runs that all failed, or all passed.
    fn push(&mut self, failed: bool, runs: usize) {
        let (start, fails) = (self.before.len() - 1, self.before.last().map_or(0, |&fails| fails));
        let end = start + runs;
        if !failed {
            self.before.resize(end + 1, fails);
            return;
        }
        self.before.extend((fails + 1..).take(runs));
        match self.blocks.last_mut() {
            Some(last) if last.end == start => (last.end, last.fails) = (end, last.fails + runs),
            _ => self.blocks.push(Outage { start, end, fails: runs }),
        }
    }

    fn field(&self) -> Field<'_> {
        Field { scores: &self.scores, before: &self.before, blocks: &self.blocks }
    }

    /// Of the series that was read, without its boundaries. `within`: the chance of so few streaks, known to be above a bound or not, where runs differ in what
    /// they ran.
    fn course(&mut self, within: impl FnOnce(f64) -> Option<f64>) -> Course {
        let n = self.before.len() - 1;
        let x = self.before[n] as usize;
        if x < 2 || x == n {
            return Course::NONE;
        }
        self.scores.cover(n);
        let field = self.field();
        let Some(mut outages) = field.search() else { return Course::NONE };
        let independent = field.independent();
        let odds = |outages: &[Outage]| field.score(field.shape(outages)).both() - independent;
        if odds(&outages) < 0.0 {
            return Course { ln_odds: odds(&outages), ..Course::NONE };
        }
        if odds(&outages) >= self.ln_odds {
            field.prune(&mut outages, self.ln_odds);
        }
        let score = field.score(field.shape(&outages));
        let ln_odds = score.both() - independent;
        let relapse_ln_odds = field.relapse(&outages);
        let pace_chance = pace_chance(&outages, n);
        let (pattern, most) = if ln_odds < self.ln_odds {
            (Pattern::Unclear, None)
        } else if outages.len() == 1 {
            (Pattern::Single, None)
        } else if score.burst > score.outage || comes_at_pace(&outages, pace_chance) {
            (Pattern::Bursts, Some(MOST_CHANCE_OF_BURSTS))
        } else if relapse_ln_odds.is_some_and(|odds| odds >= self.ln_odds) {
            (Pattern::Outages, Some(MOST_CHANCE))
        } else {
            (Pattern::Unclear, None)
        };
        let alike = || clustering_p(x as u64, n as u64, field.streaks() as u64).unwrap_or(1.0);
        // Drawing costs far more than all else: only where it decides.
        let p = most.map(|most| match within(most) {
            Some(p) => (p, most),
            // The odds say enough of bursts of runs that are alike.
            None if pattern == Pattern::Bursts => (alike(), 1.0),
            None => (alike(), most),
        });
        let pattern = if p.is_some_and(|(p, most)| p > most) { Pattern::Unclear } else { pattern };
        let gone_ln_odds = field.joins(&outages);
        Course {
            pattern,
            ln_likelihood: score.both(),
            ln_odds,
            gone_ln_odds,
            relapse_ln_odds,
            pace_chance,
            p: p.map(|(p, _)| p),
            boundaries: Vec::new(),
            outages,
        }
    }

    /// `ln P` of runs that fail at a rate of their level's own, from the failing and the passing runs of each.
    pub fn by_levels(&mut self, levels: impl IntoIterator<Item = [usize; 2]>) -> f64 {
        let scored = levels.into_iter().map(|[fails, passes]| {
            self.scores.cover(fails + passes);
            self.scores.independent(fails, passes)
        });
        scored.sum()
    }
}

fn comes_at_pace(outages: &[Outage], pace_chance: Option<f64>) -> bool {
    outages.len() > MANY && pace_chance.is_some_and(|chance| chance > AT_PACE)
}

/// The chance of so long a stretch before the last outage at the pace of the earlier ones.
fn pace_chance(outages: &[Outage], n: usize) -> Option<f64> {
    let [.., before, last] = outages else { return None };
    let away = last.start - before.end;
    let inside: usize = outages.iter().map(Outage::runs).sum();
    let entries = outages.len() - 1 - usize::from(outages[0].start == 0);
    let healthy = n - inside - away - (n - last.end);
    unfixed_pass_chance(entries as u64, healthy.max(entries).max(1) as u64, away as u64)
}
