//! Whether failures depend on the weekday or the hour.

use xxhash_rust::xxh3::xxh3_64_with_seed;

use super::association::Setting;
use crate::stats::permutation::permutation_of_levels;
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
}

const HOUR_MS: i64 = 3_600_000;

/// The day of the week (UTC), from 0 for a Thursday.
pub(super) fn weekday(unix_ms: i64) -> i64 {
    unix_ms.div_euclid(24 * HOUR_MS).rem_euclid(7)
}

/// The hour of the day (UTC).
pub(super) fn hour(unix_ms: i64) -> i64 {
    unix_ms.div_euclid(HOUR_MS).rem_euclid(24)
}
