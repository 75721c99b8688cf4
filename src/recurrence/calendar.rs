//! Whether failures depend on the weekday or the hour.

use xxhash_rust::xxh3::xxh3_64_with_seed;

use super::association::Setting;
use super::series::SeriesRun;
use crate::stats::permutation::{Cell, Effort, permutation, permutation_of_levels};
use crate::stats::{Level, Test};

impl Setting<'_> {
    /// Tests the weekday and the hour (UTC) of the runs of the current segment.
    pub(super) fn calendar(&self) -> [Option<Test>; 2] {
        let by = |levels: usize, level: &dyn Fn(i64) -> i64, salt: u8| {
            let mut counts = vec![Level { fails: 0, runs: 0 }; levels];
            for run in self.runs {
                let Some(time) = self.timeline.runs[run.run as usize].unix_ms else { continue };
                if let Some(count) = usize::try_from(level(time)).ok().and_then(|level| counts.get_mut(level)) {
                    count.runs += 1;
                    count.fails += u64::from(run.failed);
                }
            }
            let seen: Vec<Level> = counts.into_iter().filter(|level| level.runs > 0).collect();
            let fails: u64 = seen.iter().map(|level| level.fails).sum();
            if fails == 0 || seen.iter().filter(|level| level.runs >= 2).count() < 2 {
                return None;
            }
            permutation_of_levels(&seen, xxh3_64_with_seed(&[salt], self.key))
                .map(|test| Test { p: test.p, least_attainable: test.least_attainable })
        };
        [by(7, &weekday, 2), by(24, &hour, 3)]
    }

    /// Of the weekday and of the hour, where these matter: whether they show nothing among runs of the same environments, as where a
    /// machine runs at night alone.
    pub(super) fn runs_elsewhere(&self, calendar: &[Option<Test>; 2]) -> [bool; 2] {
        let matters = |test: Option<Test>| test.is_some_and(|test| test.p <= LEVEL);
        if !calendar.iter().copied().any(matters) {
            return [false; 2];
        }
        let sets = self.environment_sets(self.runs.iter());
        let levels: [fn(i64) -> i64; 2] = [weekday, hour];
        let within = |at: usize| {
            let cell = |(run, &stratum): (&SeriesRun, &u32)| {
                let level = u32::try_from(levels[at](self.timeline.runs[run.run as usize].unix_ms?)).ok()?;
                Some(Cell { stratum, level, fails: u64::from(run.failed), runs: 1 })
            };
            let cells: Vec<Cell> = self.runs.iter().zip(&sets).filter_map(cell).collect();
            permutation(&cells, xxh3_64_with_seed(&[5], self.key), Effort::default())
        };
        let is_several = sets.iter().any(|&set| set > 0);
        [0, 1].map(|at| is_several && matters(calendar[at]) && within(at).is_none_or(|test| test.p > LEVEL))
    }
}

/// Level at which a time shows nothing among runs of the same environments.
const LEVEL: f64 = 0.05;

const HOUR_MS: i64 = 3_600_000;

/// The day of the week (UTC), from 0 for a Thursday.
pub(super) fn weekday(unix_ms: i64) -> i64 {
    unix_ms.div_euclid(24 * HOUR_MS).rem_euclid(7)
}

/// The hour of the week (UTC), from 0 for the first of a Thursday.
pub(super) fn hour_of_week(unix_ms: i64) -> usize {
    usize::try_from(unix_ms.div_euclid(HOUR_MS).rem_euclid(7 * 24)).unwrap_or_default()
}

/// The hour of the day (UTC).
pub(super) fn hour(unix_ms: i64) -> i64 {
    unix_ms.div_euclid(HOUR_MS).rem_euclid(24)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_hour_of_the_week_is_of_a_weekday_and_an_hour() {
        for unix_ms in [i64::MIN, -HOUR_MS - 1, -1, 0, HOUR_MS - 1, 1_767_225_599_999, 1_767_225_600_000, i64::MAX] {
            let own = i64::try_from(hour_of_week(unix_ms)).unwrap();
            assert_eq!((own / 24, own % 24), (weekday(unix_ms), hour(unix_ms)), "{unix_ms}");
        }
    }
}
