//! The weekday or the hour that explains when something fails.

use super::names::{NAMED, runs};
use super::stretch::Stretch;
use crate::text::terminal::listed;

/// The days of the week, as [`super::calendar::weekday`] counts them.
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
    /// From the failing and the passing runs of each level.
    pub(super) fn new(name: &'static str, levels: &[[usize; 2]]) -> Option<Self> {
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
