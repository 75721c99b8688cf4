//! The boundaries that can still begin the best next segment, and the proof that the others cannot.
//!
//! The search runs from the end of the series to its start. Let `F(j)` be the best score of the
//! runs from boundary `j` on. The best score from `i` is the maximum over later boundaries `j` of
//! `A_j + logL(i..j)`, where `A_j = F(j) + ln kappa` and `A_end = 0`. A boundary is *pruned* at `i`
//! when it can be shown never to win for any earlier start `h < i`.
//!
//! Write the marginal likelihood as an average over rates, `exp logL(h..j) = E[ p(h..i | r)
//! p(i..j | r) ]` with `r` drawn from the prior. Then `j` contributes `E[ q(r) g_j(r) ]`, where
//! `q(r) = p(h..i | r)` is common to all boundaries and `g_j(r) = exp(A_j) p(i..j | r)` is known at
//! `i`. Hence:
//!
//! > If `exp(m) g_s(r) <= sum w_k g_k(r)` for all `r`, with weights that sum to at most 1, then
//! > for every `h <= i`: `value(s) + m <= max_k value(k)`.
//!
//! Two cases of this law are tested:
//!
//! 1. One dominator: `A_s + m + ln p(k..s | r) <= A_k` at the rate that maximises the left side, for
//!    `k` the newest boundary or the current winner. This is the rule of PELT with the maximised
//!    likelihood as its bound; plain PELT with a constant is *not* valid for marginal likelihoods,
//!    where joining two like segments gains about half the logarithm of their length.
//! 2. Two dominators: the current winner `p`, later in time than `s`, and the newest boundary `i`.
//!    Near the rate of the runs, `p` beats `s` by about `-ln kappa`; far from it the runs `i..s`
//!    are so unlikely that `i` beats `s`. It suffices that at each rate one of
//!    `g_s <= w g_p` and `g_s <= (1 - w) g_i` holds. The first holds on an interval of rates
//!    (its logarithm is concave), the second outside an interval around the rate of `i..s`. So two
//!    rates, one on each side of the latter, at which both hold prove it everywhere.
//!
//! The margin `m` is far above the tolerance of ties, so a pruned boundary can neither win nor tie,
//! and far above the rounding of the scores. Dominators may be pruned later themselves: each value
//! is then below another's by `m`, and the chain ends at a boundary that is kept.

use super::evidence::Evidence;

/// Boundaries are kept without a look until there are this many.
const UNPRUNED: usize = 64;
/// How far below the maximum a pruned boundary lies at least, in log units.
const MARGIN: f64 = 1e-6;
/// Steps of the search for a rate that proves dominance.
const STEPS: usize = 8;

/// A boundary with what lies before it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Candidate {
    /// `A_j`, the score of everything from here on, penalty of this changepoint included.
    pub(super) score: f64,
    /// Failing runs before the boundary.
    pub(super) fails: u32,
    /// Passing runs before the boundary.
    pub(super) passes: u32,
    /// Index among the boundaries of the series.
    pub(super) edge: u32,
}

/// Boundaries that may still win, latest in the series first.
#[derive(Debug, Clone)]
pub(super) struct Frontier {
    candidates: Vec<Candidate>,
    limit: usize,
}

impl Default for Frontier {
    fn default() -> Self {
        Self { candidates: Vec::new(), limit: UNPRUNED }
    }
}

/// The best of the candidates for one start.
#[derive(Debug, Clone, Copy)]
pub(super) struct Winner {
    /// Score from the start on.
    pub(super) score: f64,
    /// Place in the frontier.
    pub(super) place: usize,
    /// Whether another candidate may be within the tolerance.
    pub(super) contested: bool,
}

impl Frontier {
    pub(super) fn clear(&mut self) {
        self.candidates.clear();
        self.limit = UNPRUNED;
    }

    pub(super) fn push(&mut self, candidate: Candidate) {
        self.candidates.push(candidate);
    }

    pub(super) fn candidates(&self) -> &[Candidate] {
        &self.candidates
    }

    /// The value of a candidate for a start with so many runs before it.
    #[inline]
    pub(super) fn value(evidence: &Evidence, candidate: &Candidate, fails: u32, passes: u32) -> f64 {
        let fails = (candidate.fails - fails) as usize;
        let passes = (candidate.passes - passes) as usize;
        candidate.score + evidence.of(fails, passes)
    }

    /// The greatest value over all candidates; `None` when there are none.
    pub(super) fn best(&self, evidence: &Evidence, fails: u32, passes: u32, tolerance: f64) -> Option<Winner> {
        let (&first, rest) = self.candidates.split_first()?;
        let mut winner = Winner { score: Self::value(evidence, &first, fails, passes), place: 0, contested: false };
        for (place, candidate) in (1..).zip(rest) {
            let value = Self::value(evidence, candidate, fails, passes);
            if value >= winner.score - tolerance {
                winner.contested |= value <= winner.score + tolerance;
                if value > winner.score {
                    winner.score = value;
                    winner.place = place;
                }
            }
        }
        Some(winner)
    }

    /// Drops candidates that cannot win for any start before the newest one, once enough have
    /// gathered. `winner` is the place of the winner for the newest, which was pushed last.
    pub(super) fn prune(&mut self, evidence: &Evidence, winner: usize) {
        if self.candidates.len() < self.limit {
            return;
        }
        let Some(&newest) = self.candidates.last() else { return };
        let pillar = self.candidates[winner];
        self.candidates.retain(|candidate| {
            candidate.edge == newest.edge
                || candidate.edge == pillar.edge
                || !is_dominated(evidence, candidate, &pillar, &newest)
        });
        self.limit = UNPRUNED.max(2 * self.candidates.len());
    }
}

/// Whether the proof above finds that `candidate` stays below `pillar` or `newest` for good.
fn is_dominated(evidence: &Evidence, candidate: &Candidate, pillar: &Candidate, newest: &Candidate) -> bool {
    let recent = Counts::between(newest, candidate);
    let score = candidate.score + MARGIN;
    if score + recent.maximised(evidence) <= newest.score {
        return true;
    }
    if candidate.edge > pillar.edge {
        return score + Counts::between(pillar, candidate).maximised(evidence) <= pillar.score;
    }
    let shared = Counts::between(candidate, pillar);
    // How far the pillar leads at the rate that suits it best: half of it is spent on its weight.
    let lead = pillar.score - score + shared.maximised(evidence);
    if lead <= 0.0 || recent.fails == 0 || recent.passes == 0 {
        return false;
    }
    let ln_weight = -(lead / 2.0).max(std::f64::consts::LN_2);
    let ln_rest = (-ln_weight.exp()).ln_1p();
    Duel { recent, shared, pillar_lead: pillar.score - score + ln_weight, newest_lead: newest.score - score + ln_rest }
        .is_lost(recent.maximised(evidence))
}

/// Failing and passing runs between two boundaries.
#[derive(Debug, Clone, Copy)]
struct Counts {
    fails: u32,
    passes: u32,
}

impl Counts {
    fn between(earlier: &Candidate, later: &Candidate) -> Self {
        Self { fails: later.fails - earlier.fails, passes: later.passes - earlier.passes }
    }

    fn maximised(self, evidence: &Evidence) -> f64 {
        evidence.maximised(self.fails as usize, self.passes as usize)
    }

    fn total(self) -> f64 {
        f64::from(self.fails) + f64::from(self.passes)
    }

    /// Log-likelihood at a rate given by its log-odds and `ln(1 + odds)`.
    fn likelihood(self, log_odds: f64, ln_one_plus_odds: f64) -> f64 {
        f64::from(self.fails) * log_odds - self.total() * ln_one_plus_odds
    }
}

/// A candidate against the pillar and the newest boundary, all scores relative to the candidate's.
struct Duel {
    /// Runs from the newest boundary to the candidate.
    recent: Counts,
    /// Runs from the candidate to the pillar.
    shared: Counts,
    pillar_lead: f64,
    newest_lead: f64,
}

impl Duel {
    /// Whether on both sides of the candidate's own best rate some rate proves dominance.
    fn is_lost(&self, maximised: f64) -> bool {
        let (fails, passes) = (f64::from(self.recent.fails), f64::from(self.recent.passes));
        let own = (fails / passes).ln();
        // Where the likelihood, taken as normal, has fallen to what the newest boundary offers.
        let excess = (maximised - self.newest_lead).max(0.0);
        let reach = (2.0 * excess * (fails + passes) / (fails * passes)).sqrt();
        [-1.0, 1.0].into_iter().all(|side| self.has_witness(own, side * reach))
    }

    /// Newton's method from outside on the concave log-likelihood approaches, and never crosses,
    /// the rate where the newest boundary stops winning; any rate on the way at which the pillar
    /// already wins is a witness.
    fn has_witness(&self, own: f64, reach: f64) -> bool {
        let mut reach = reach;
        let mut log_odds = own + reach;
        for _ in 0..STEPS {
            let odds = log_odds.exp();
            let ln_one_plus_odds = odds.ln_1p();
            let above = self.recent.likelihood(log_odds, ln_one_plus_odds) - self.newest_lead;
            if above > 0.0 {
                reach *= 1.25;
                log_odds = own + reach;
                continue;
            }
            if self.pillar_lead + self.shared.likelihood(log_odds, ln_one_plus_odds) >= 0.0 {
                return true;
            }
            let slope = f64::from(self.recent.fails) - self.recent.total() * odds / (1.0 + odds);
            let step = above / slope;
            if !step.is_finite() || step.abs() < 1e-4 * reach.abs() {
                return false;
            }
            log_odds -= step;
        }
        false
    }
}
