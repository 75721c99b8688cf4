//! What a scenario's failures cost.

use serde::Deserialize;

use super::attempts::Attempts;
use super::series::Series;
use super::timeline_judge::TimelineJudge;
use crate::stats::location::median;

/// What a first record tells of how long it took, in milliseconds.
#[derive(Deserialize)]
struct Took {
    duration: Option<f64>,
}

/// The duration within what a record tells; one below 0, as of a clock that was set back, is none.
fn duration(told: &str) -> Option<f64> {
    // Most logs tell none, and texts of kilobytes.
    if !told.contains("\"duration\":") {
        return None;
    }
    let took: Took = serde_json::from_str(told).ok()?;
    took.duration.filter(|duration| duration.is_finite() && *duration >= 0.0)
}

impl TimelineJudge<'_> {
    /// Failed runs times the median duration of their first failing records, one for each way to fail and run; failed runs
    /// where none of these tells its duration.
    pub(super) fn cost(&self, attempts: &Attempts, series: &Series) -> f64 {
        let failed: Vec<u32> = series.runs.iter().filter(|run| run.failed).map(|run| run.run).collect();
        let counts = |run: u32| self.timeline.place[run as usize].is_some_and(|run| failed.binary_search(&run).is_ok());
        let firsts = attempts.signatures.iter().flat_map(|signature| &self.firsts[signature.incident as usize]);
        let told = firsts.filter(|first| counts(first.run)).filter_map(|first| first.told);
        let durations: Vec<f64> = told.filter_map(|told| duration(self.tally.text(told))).collect();
        failed.len() as f64 * median(&durations).unwrap_or(1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::duration;

    #[test]
    fn a_duration_is_a_number_that_is_not_below_zero() {
        for (told, expected) in [
            (r#"{"duration":1500}"#, Some(1500.0)),
            (r#"{"message":"m","duration":0.5,"stack":"s"}"#, Some(0.5)),
            (r#"{"duration":0}"#, Some(0.0)),
            (r#"{"duration":-3}"#, None),
            (r#"{"message":"\"duration\": 3"}"#, None),
            (r#"{"message":"m"}"#, None),
        ] {
            assert_eq!(duration(told), expected, "{told}");
        }
    }
}
