//! How likely a path of outages makes a series.

use crate::stats::beta_binomial::BetaBinomial;

/// All that the likelihood of a path asks of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Shape {
    /// Outages.
    pub(super) outages: usize,
    /// Runs inside.
    pub(super) runs: usize,
    /// Failing runs inside.
    pub(super) fails: usize,
    /// Whether the first begins with the series.
    pub(super) at_start: bool,
    /// Whether the last is not over.
    pub(super) at_end: bool,
}

/// `ln P` of a series under a path, by what its outages are.
#[derive(Clone, Copy, Debug)]
pub(super) struct Score {
    /// As outages: nearly every run inside fails.
    pub(super) outage: f64,
    /// As bursts: about half of them do.
    pub(super) burst: f64,
}

impl Score {
    /// Of both, equally likely beforehand: the halves are part of each.
    pub(super) fn both(self) -> f64 {
        ln_sum([self.outage, self.burst])
    }
}

/// `ln` of a sum of exponentials.
pub(super) fn ln_sum<const N: usize>(terms: [f64; N]) -> f64 {
    let most = terms.into_iter().fold(f64::NEG_INFINITY, f64::max);
    most + terms.into_iter().map(|term| (term - most).exp()).sum::<f64>().ln()
}

/// The priors of the model (relapse.md, section 2), each rate integrated out.
#[derive(Clone, Debug)]
pub(super) struct Scores {
    /// A healthy run breaks.
    enter: BetaBinomial,
    /// A broken one is mended.
    leave: BetaBinomial,
    /// A healthy run fails.
    strays: BetaBinomial,
    /// A broken one fails, in an outage.
    outage: BetaBinomial,
    /// And in a burst.
    burst: BetaBinomial,
    /// A run fails, independently of all others.
    independent: BetaBinomial,
}

impl Default for Scores {
    fn default() -> Self {
        Self {
            enter: BetaBinomial::new(1.0, 50.0),
            leave: BetaBinomial::new(0.5, 2.0),
            strays: BetaBinomial::new(0.1, 10.0),
            outage: BetaBinomial::new(9.5, 0.5),
            burst: BetaBinomial::new(2.0, 2.0),
            independent: BetaBinomial::new(0.3, 0.5),
        }
    }
}

impl Scores {
    pub(super) fn cover(&mut self, runs: usize) {
        let Self { enter, leave, strays, outage, burst, independent } = self;
        for model in [enter, leave, strays, outage, burst, independent] {
            model.cover(runs);
        }
    }

    /// Of independent failures: the changepoints' prior.
    pub(super) fn independent(&self, fails: usize, passes: usize) -> f64 {
        self.independent.ln(fails, passes)
    }

    /// Of a path, in a series of `n` runs of which `x` failed.
    pub(super) fn of(&self, shape: Shape, n: usize, x: usize) -> Score {
        let Shape { outages, runs, fails, at_start, at_end } = shape;
        let (entries, exits) = (outages - usize::from(at_start), outages - usize::from(at_end));
        let healthy = n - runs;
        // The last run of the series neither breaks nor is mended.
        let common = self.enter.ln(entries, healthy - usize::from(!at_end) - entries)
            + self.leave.ln(exits, runs - usize::from(at_end) - exits)
            + self.strays.ln(x - fails, healthy + fails - x)
            - std::f64::consts::LN_2;
        Score {
            outage: common + self.outage.ln(fails, runs - fails),
            burst: common + self.burst.ln(fails, runs - fails),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// relapse.md, section 12: the first row in full, its ten failing runs inside two outages and thirty clean ones.
    #[test]
    fn the_terms_of_the_first_worked_row() {
        let mut scores = Scores::default();
        scores.cover(40);
        for (found, printed) in [
            (scores.enter.ln(2, 28), -8.503_013),
            (scores.leave.ln(1, 8), -3.898_637),
            (scores.strays.ln(0, 30), -0.142_060),
            (scores.outage.ln(10, 0), -0.366_304),
            (scores.burst.ln(10, 0), -3.258_097),
        ] {
            assert!((found - printed).abs() < 5.1e-7, "{found} {printed}");
        }
        let shape = Shape { outages: 2, runs: 10, fails: 10, at_start: false, at_end: true };
        let Score { outage, burst } = scores.of(shape, 40, 10);
        let common = -8.503_013 - 3.898_637 - 0.142_060 - std::f64::consts::LN_2;
        assert!((outage - common + 0.366_304).abs() < 3e-6 && (burst - common + 3.258_097).abs() < 3e-6);
    }
}
