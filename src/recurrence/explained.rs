//! Whether the weekday or the hour makes a series as likely as its outages do (relapse.md, section 3, step 10).

use std::collections::BTreeSet;

use super::bench::Bench;
use super::by_calendar::ByCalendar;
use super::calendar::{hour, hour_of_week, weekday};
use super::series::SeriesRun;
use crate::stats::Outages;

/// The failing and the passing runs of each weekday and each hour.
#[derive(Default)]
struct Calendar {
    weekdays: [[usize; 2]; 7],
    hours: [[usize; 2]; 24],
}

impl Bench<'_> {
    /// The weekday or the hour (UTC), where the rates of its levels make some runs as likely as their outages do. It is told of all runs.
    pub(super) fn explained(
        &self,
        all: &[SeriesRun],
        some: &[SeriesRun],
        ln_likelihood: f64,
        finder: &mut Outages,
    ) -> Option<ByCalendar> {
        let Calendar { weekdays, hours } = self.by_calendar(some)?;
        let (weekday, hour) = (finder.by_levels(weekdays), finder.by_levels(hours));
        if weekday.max(hour) < ln_likelihood {
            return None;
        }
        let Calendar { weekdays, hours } = self.by_calendar(all)?;
        if weekday >= hour { ByCalendar::new("weekday", &weekdays) } else { ByCalendar::new("hour", &hours) }
    }

    /// The failing and the passing runs of each weekday and each hour.
    fn by_calendar(&self, runs: &[SeriesRun]) -> Option<Calendar> {
        let mut of_week = [[0_usize; 2]; 7 * 24];
        for run in runs {
            let hour = hour_of_week(self.timeline.runs[run.run as usize].unix_ms?);
            of_week.get_mut(hour)?[usize::from(!run.failed)] += 1;
        }
        let mut calendar = Calendar::default();
        for (at, of) in of_week.iter().enumerate() {
            for (end, runs) in of.iter().enumerate() {
                calendar.weekdays[at / 24][end] += runs;
                calendar.hours[at % 24][end] += runs;
            }
        }
        Some(calendar)
    }

    /// Of a calendar's dimension, whether no clean run lay on a level that failed.
    pub(super) fn misses_calendar(&self, base: &[SeriesRun], clean: &[SeriesRun], name: &str) -> bool {
        let level = |run: &SeriesRun| {
            let time = self.timeline.runs[run.run as usize].unix_ms?;
            Some(if name == "hour" { hour(time) } else { weekday(time) })
        };
        let failed: BTreeSet<i64> = base.iter().filter(|run| run.failed).filter_map(level).collect();
        !clean.iter().filter_map(level).any(|level| failed.contains(&level))
    }
}
