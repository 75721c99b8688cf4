//! Runs of one and the same time, as of days alone, whose names tell no order among them either, as hashes do.

use std::collections::BTreeMap;

use super::doubt::Entry;
use super::run_name::shape;

/// Times at which several runs must have begun, or runs of one: what runs once side by side has no order that matters.
const LEAST_TIMES: usize = 2;
const LEAST_RUNS: usize = 10;

/// The entries that stand in an order which nothing tells, where they are half of all or more. Names that are alike but for
/// their numbers were given by a rule, as those of streams side by side or of a counter.
pub(super) fn tied<'t>(entries: impl Iterator<Item = &'t Entry<'t>>) -> Vec<&'t Entry<'t>> {
    let entries: Vec<&Entry<'_>> = entries.collect();
    let mut of_shape: BTreeMap<String, Vec<&Entry<'_>>> = BTreeMap::new();
    for &entry in &entries {
        of_shape.entry(shape(entry.id)).or_default().push(entry);
    }
    let mut at_once: BTreeMap<_, Vec<&Entry<'_>>> = BTreeMap::new();
    for entry in of_shape.into_values().filter(|alike| alike.len() == 1).flatten() {
        if entry.doubt.is_none() && entry.claims.is_some() {
            at_once.entry((entry.branch, entry.claims)).or_default().push(entry);
        }
    }
    at_once.retain(|_, runs| runs.len() > 1);
    let times = at_once.len();
    let found: Vec<&Entry<'_>> = at_once.into_values().flatten().collect();
    if (times >= LEAST_TIMES || found.len() >= LEAST_RUNS) && found.len() * 2 >= entries.len() {
        found
    } else {
        Vec::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: i64 = 86_400_000;

    fn number(runs: &[(String, i64)]) -> usize {
        let entries: Vec<Entry<'_>> = runs.iter().map(|(id, day)| Entry::new(id, Some((day + 9000) * DAY))).collect();
        tied(entries.iter()).len()
    }

    #[test]
    fn hashes_of_one_day_have_no_order() {
        // Numbers that nothing tells anything of.
        let hash = |run: i64| format!("{:012x}", (run.unsigned_abs() + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 16);
        let runs = |per_day: i64| -> Vec<(String, i64)> { (0..30).map(|run| (hash(run), run / per_day)).collect() };
        assert!(number(&runs(10)) >= 28 && number(&runs(2)) >= 28);
        // One a day; all of one time, as of a clock that stands, and a few side by side.
        assert_eq!((number(&runs(1)), number(&runs(30)), number(&runs(30)[..5])), (0, 30, 0));
        // Counters, dates with the number of the day, and streams side by side.
        let named = |name: &dyn Fn(i64) -> String| (0..30).map(|run| (name(run), run / 3)).collect::<Vec<_>>();
        assert_eq!(number(&named(&|run| format!("build-{run}"))), 0);
        assert_eq!(number(&named(&|run| format!("2026-01-{:02}.{}", run / 3 + 1, run % 3))), 0);
        assert_eq!(
            number(&named(&|run| format!(
                "2026-01-{:02}/{}",
                run / 3 + 1,
                ["linux", "mac", "win"][usize::try_from(run % 3).unwrap()]
            ))),
            0
        );
    }
}
