//! Whether there are few enough tables to walk, told without walking them.

use super::stage::{Group, Stage};

/// Fails considered per stratum; more only make more tables.
const HORIZON: usize = 64;

/// Whether the tables certainly outnumber `limit`.
///
/// By number of fails, the tables of a group of like levels are a Gaussian binomial coefficient's,
/// those of a stratum the product of its groups'. All are symmetric and unimodal, so a stratum has
/// at least as many tables as it would have with fewer fails, counted from the nearer end: a short
/// product of short polynomials bounds the number from below.
pub(super) fn exceeds(stages: &[Stage], limit: u64) -> bool {
    let limit = limit as f64;
    let mut tables = 1.0;
    for stage in stages {
        let room: usize = stage.groups.iter().map(|group| group.levels * group.most()).sum();
        let fails = HORIZON.min(stage.fails).min(room - stage.fails.min(room));
        let mut counts = vec![0.0; fails + 1];
        counts[0] = 1.0;
        for group in &stage.groups {
            let own = partitions(group, fails);
            for sum in (0..=fails).rev() {
                counts[sum] = (0..=sum).map(|part| own[part] * counts[sum - part]).sum();
            }
            if tables * counts[fails] > limit {
                return true;
            }
        }
        tables *= counts[fails];
    }
    tables > limit
}

/// Ways to give a group each number of fails up to `fails`, whichever levels take them: partitions
/// into at most `levels` parts of at most `most`.
fn partitions(group: &Group, fails: usize) -> Vec<f64> {
    let (levels, most) = (group.levels.min(fails), group.most().min(fails));
    // By number of parts, then by sum.
    let mut exactly = vec![vec![0.0; fails + 1]; levels + 1];
    exactly[0][0] = 1.0;
    for part in 1..=most {
        for parts in 1..=levels {
            let (fewer, these) = exactly.split_at_mut(parts);
            let from = &fewer[parts - 1];
            for (sum, count) in these[0].iter_mut().enumerate().skip(part) {
                *count += from[sum - part];
            }
        }
    }
    (0..=fails).map(|sum| exactly.iter().map(|by_sum| by_sum[sum]).sum()).collect()
}

#[cfg(test)]
mod tests {
    use super::super::Cell;
    use super::super::design::Design;
    use super::super::stage::stages;
    use super::super::walk;
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_bound_is_exact_for_few_fails(
            counts in prop::collection::vec((0_u32..3, 0_u32..6, 0_u64..5, 1_u64..5), 1..9),
        ) {
            let cells: Vec<_> = counts
                .iter()
                .map(|&(stratum, level, fails, runs)| Cell { stratum, level, fails: fails.min(runs), runs })
                .collect();
            let design = Design::new(&cells).unwrap();
            if let Some(found) = walk::weigh(&design, &stages(&design), 1_000_000) {
                prop_assert!(!exceeds(&stages(&design), found.tables));
                prop_assert!(exceeds(&stages(&design), found.tables - 1));
            }
        }
    }
}
