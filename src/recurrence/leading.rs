//! The way to fail that a scenario's verdict is about.

use super::attempts::Attempts;

/// Of a scenario's ways to fail, the one that most of the runs failed with that its verdict is about (the first and the last
/// of them); of equal ones the newest, then the gravest, then the first by id. Runs that were set aside are not looked at,
/// unless the verdict is about no others.
pub(super) fn signature(
    attempts: &Attempts,
    about: Option<(u32, u32)>,
    aside: &[u32],
    severity: impl Fn(u32) -> u8,
) -> Option<usize> {
    let counts = |run: u32| match about {
        Some((first, last)) => (first..=last).contains(&run) && aside.binary_search(&run).is_err(),
        None => true,
    };
    // Runs that failed with each, and the last of them: ticks are ordered by run.
    let mut ways: Vec<(u64, Option<u32>)> = vec![(0, None); attempts.signatures.len()];
    for tick in attempts.ticks.iter().filter(|tick| counts(tick.run)) {
        let Some(way) = tick.signature.and_then(|signature| ways.get_mut(signature as usize)) else { continue };
        if way.1 != Some(tick.run) {
            *way = (way.0 + 1, Some(tick.run));
        }
    }
    let rank = |&place: &usize| {
        let (runs, newest) = ways[place];
        let gravity = std::cmp::Reverse(severity(attempts.signatures[place].incident));
        (runs, newest, gravity, std::cmp::Reverse(place))
    };
    (0..ways.len()).filter(|&place| ways[place].0 > 0).max_by_key(rank)
}

#[cfg(test)]
mod tests {
    use super::signature;
    use crate::recurrence::attempts::{Attempts, Signature, Tick};

    fn attempts(fails: &[(u32, u32)]) -> Attempts {
        let ticks = fails.iter().map(|&(run, way)| Tick { run, cell: 0, signature: Some(way), count: 1 });
        let named = |id: &str, incident| Signature { incident, id: id.to_owned() };
        Attempts {
            cells: Vec::new(),
            envs: Vec::new(),
            seeds: Vec::new(),
            signatures: vec![named("a", 0), named("b", 1), named("c", 2)],
            ticks: ticks.collect(),
            excluded_runs: Vec::new(),
            uncounted: 0,
            unplaced: std::collections::BTreeMap::new(),
        }
    }

    #[test]
    fn it_is_of_the_runs_that_are_judged() {
        // Ten failures with `a`, then an outage with `b`, which is set aside.
        let fails: Vec<(u32, u32)> = (0..10).map(|run| (run, 0)).chain([(12, 1)]).collect();
        assert_eq!(signature(&attempts(&fails), Some((0, 9)), &[12], |_| 0), Some(0));
        // Many failures before the change do not outweigh those since.
        let fails: Vec<(u32, u32)> = (0..10).map(|run| (run, 0)).chain((20..23).map(|run| (run, 2))).collect();
        assert_eq!(signature(&attempts(&fails), Some((20, 22)), &[], |_| 0), Some(2));
        // Only set-aside runs: then it is about these.
        assert_eq!(signature(&attempts(&[(12, 1)]), None, &[12], |_| 0), Some(1));
        assert_eq!(signature(&attempts(&[]), None, &[], |_| 0), None);
    }

    #[test]
    fn of_equal_ones_the_newest_then_the_gravest() {
        assert_eq!(signature(&attempts(&[(1, 0), (2, 1)]), Some((0, 3)), &[], |_| 0), Some(1));
        let gravest = |incident| u8::from(incident != 2);
        assert_eq!(signature(&attempts(&[(1, 0), (1, 1), (1, 2)]), Some((0, 3)), &[], gravest), Some(2));
        assert_eq!(signature(&attempts(&[(1, 0), (1, 1)]), Some((0, 3)), &[], |_| 0), Some(0));
    }
}
