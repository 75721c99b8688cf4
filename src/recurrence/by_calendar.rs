//! The weekday or the hour that explains when something fails.

use std::collections::BTreeSet;

use super::bench::Bench;
use super::calendar::{hour, hour_of_week, weekday};
use super::names::{NAMED, runs};
use super::series::SeriesRun;
use super::stretch::Stretch;
use crate::stats::Outages;
use crate::text::terminal::listed;

/// The days of [`weekday`].
const DAYS: [&str; 7] = ["Thursdays", "Fridays", "Saturdays", "Sundays", "Mondays", "Tuesdays", "Wednesdays"];

/// What explains it.
#[derive(Clone, Debug)]
pub(super) struct ByCalendar {
    /// `weekday` or `hour`.
    pub(super) name: &'static str,
    /// The levels that fail more than all together.
    levels: Vec<usize>,
    /// The runs of these, and the others.
    on: Stretch,
    off: Stretch,
}

impl ByCalendar {
    fn new(name: &'static str, levels: &[[usize; 2]]) -> Option<Self> {
        let counts = |[fails, passes]: [usize; 2]| Stretch { n: (fails + passes) as u64, x: fails as u64 };
        let sum = |levels: &mut dyn Iterator<Item = Stretch>| {
            levels.fold(Stretch::default(), |sum, of| Stretch { n: sum.n + of.n, x: sum.x + of.x })
        };
        let levels: Vec<Stretch> = levels.iter().copied().map(counts).collect();
        let all = sum(&mut levels.iter().copied());
        let is_on = |of: &Stretch| of.x * all.n > all.x * of.n;
        let on = sum(&mut levels.iter().copied().filter(is_on));
        let places = (0..levels.len()).filter(|&at| is_on(&levels[at])).collect();
        (on.n > 0).then_some(Self { name, levels: places, on, off: Stretch { n: all.n - on.n, x: all.x - on.x } })
    }

    /// When it fails, in words.
    pub(super) fn told(&self) -> String {
        let Self { name, levels, on, off } = self;
        let is_day = *name == "weekday";
        let of = |&level: &usize| if is_day { DAYS[level % 7].to_owned() } else { format!("{level:02}") };
        let named = listed(levels.iter().map(of), NAMED);
        let when = if is_day {
            format!("on {named}")
        } else {
            format!("in the hour{} {named} (UTC)", if levels.len() == 1 { "" } else { "s" })
        };
        let others = if is_day { "on other days" } else { "at other hours" };
        format!("it fails {when}: {} of {}, {} of {} {others}", on.x, runs(on.n), off.x, off.n)
    }
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
        let (weekdays, hours) = self.by_calendar(some)?;
        let (weekday, hour) = (finder.by_levels(weekdays), finder.by_levels(hours));
        if weekday.max(hour) < ln_likelihood {
            return None;
        }
        let (weekdays, hours) = self.by_calendar(all)?;
        if weekday >= hour { ByCalendar::new("weekday", &weekdays) } else { ByCalendar::new("hour", &hours) }
    }

    /// The failing and the passing runs of each weekday and each hour.
    fn by_calendar(&self, runs: &[SeriesRun]) -> Option<([[usize; 2]; 7], [[usize; 2]; 24])> {
        let mut of_week = [[0_usize; 2]; 7 * 24];
        for run in runs {
            let hour = hour_of_week(self.timeline.runs[run.run as usize].unix_ms?);
            of_week.get_mut(hour)?[usize::from(!run.failed)] += 1;
        }
        let (mut weekdays, mut hours) = ([[0; 2]; 7], [[0; 2]; 24]);
        for (at, of) in of_week.iter().enumerate() {
            for (end, runs) in of.iter().enumerate() {
                weekdays[at / 24][end] += runs;
                hours[at % 24][end] += runs;
            }
        }
        Some((weekdays, hours))
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
