//! What the results of a replay prove.

use schemars::JsonSchema;
use serde::Serialize;

use super::attempt::{Attempt, Ending};
use crate::stats::interval::jeffreys_95;
use crate::stats::planning::{deterministic_rate_floor, replays_needed};
use crate::text::number::Rounded;

/// The results of a replay, and what they reject at 95 %.
#[derive(Clone, Debug, PartialEq, JsonSchema, Serialize)]
pub struct Proof {
    /// Runs that passed or failed.
    pub runs: u64,
    /// Those that failed, timeouts included.
    pub failed: u64,
    /// Of failures alone: "flaky at a rate of at most this" is rejected, `.05^(1/n)`.
    pub rejected_flaky_rate: Option<Rounded>,
    /// Of passes alone: failure rates of at least this are rejected, `1 - .05^(1/n)`.
    pub rejected_fail_rate: Option<Rounded>,
    /// Of both: the failure rate's 95 % interval, Jeffreys.
    pub fail_rate_95: Option<[Rounded; 2]>,
    /// The same in words.
    pub statement: String,
}

impl Proof {
    /// What some runs prove. A run that could not be started, or was interrupted, proves nothing.
    #[must_use]
    pub fn of(attempts: &[Attempt]) -> Self {
        let counted =
            || attempts.iter().filter(|attempt| attempt.ending.is_failure() || attempt.ending == Ending::Passed);
        let runs = counted().count() as u64;
        let failed = counted().filter(|attempt| attempt.ending.is_failure()).count() as u64;
        let rate = deterministic_rate_floor(runs).filter(|_| runs > 0);
        let mut proof = Self {
            runs,
            failed,
            rejected_flaky_rate: None,
            rejected_fail_rate: None,
            fail_rate_95: None,
            statement: String::new(),
        };
        proof.statement = match rate {
            None => "nothing: no run passed or failed".to_owned(),
            Some(rate) if failed == runs => {
                proof.rejected_flaky_rate = Some(Rounded(rate));
                let one_in_two = replays_needed(0.5).unwrap_or(u64::MAX);
                let more = if runs < one_in_two {
                    format!("; {one_in_two} in a row would reject one in two")
                } else {
                    String::new()
                };
                let failures =
                    if runs == 1 { "1 failure rejects".to_owned() } else { format!("{runs} failures in a row reject") };
                format!("it failed every time: {failures} \"flaky at a rate of at most {rate:.3}\" at 95 %{more}")
            }
            Some(rate) if failed == 0 => {
                proof.rejected_fail_rate = Some(Rounded(1.0 - rate));
                format!(
                    "it does not reproduce here: {} a failure rate of {:.3} or more at 95 %",
                    if runs == 1 { "1 pass rejects".to_owned() } else { format!("{runs} passes reject") },
                    1.0 - rate
                )
            }
            Some(_) => {
                let interval = jeffreys_95(failed, runs);
                proof.fail_rate_95 = interval.map(|interval| [Rounded(interval.low), Rounded(interval.high)]);
                let shown = interval.map_or_else(String::new, |interval| {
                    format!(" (95 %: {:.3} to {:.3})", interval.low, interval.high)
                });
                format!("it is flaky here: one command passed and failed; {failed} of {runs} failed{shown}")
            }
        };
        proof
    }
}

#[cfg(test)]
mod tests {
    use super::{Attempt, Ending, Proof};
    use crate::replay::Kept;

    fn proof(endings: &[Ending]) -> Proof {
        let attempt = |ending: &Ending| Attempt {
            ending: ending.clone(),
            duration_ms: 1,
            output: Kept::default(),
            escaped: false,
        };
        Proof::of(&endings.iter().map(attempt).collect::<Vec<_>>())
    }

    #[test]
    fn failures_in_a_row_reject_flakes() {
        // .05^(1/5) = .549280
        let all =
            proof(&[Ending::Failed(1), Ending::TimedOut, Ending::Signal(6), Ending::Failed(2), Ending::Failed(1)]);
        assert!((all.rejected_flaky_rate.unwrap().0 - 0.549_280).abs() < 1e-6);
        assert_eq!(
            all.statement,
            "it failed every time: 5 failures in a row reject \"flaky at a rate of at most 0.549\" at 95 %"
        );
        let one = proof(&[Ending::Failed(1), Ending::NotStarted("x".into()), Ending::Stopped]);
        assert_eq!((one.runs, one.failed), (1, 1));
        assert!(one.statement.starts_with("it failed every time: 1 failure rejects \"flaky"), "{one:?}");
        let passed = proof(&[Ending::Passed]).statement;
        assert!(passed.starts_with("it does not reproduce here: 1 pass rejects a failure rate of"), "{passed}");
        assert!(one.statement.ends_with("at most 0.050\" at 95 %; 5 in a row would reject one in two"), "{one:?}");
    }

    #[test]
    fn passes_reject_high_rates_and_both_are_a_flake() {
        // 1 - .05^(1/20) = .139108
        let passes = proof(&vec![Ending::Passed; 20]);
        assert!((passes.rejected_fail_rate.unwrap().0 - 0.139_108).abs() < 1e-6);
        let both = proof(&[Ending::Passed, Ending::Failed(1), Ending::Passed]);
        assert!(both.statement.starts_with("it is flaky here: one command passed and failed; 1 of 3 failed (95 %: "));
        assert_eq!(proof(&[]).statement, "nothing: no run passed or failed");
    }
}
