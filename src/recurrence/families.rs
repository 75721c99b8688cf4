//! Families of tests, each with one false discovery rate.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::draft::{Adjusted, Draft};
use crate::stats::Test;
use crate::stats::fdr::family;

/// How many tests a family had, and how many could have been significant at all (Tarone).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, JsonSchema, Serialize)]
pub struct FamilySize {
    /// Tests made.
    pub tested: u64,
    /// Tests kept.
    pub kept: u64,
}

/// The sizes of all families, by name.
pub(super) type FamilySizes = BTreeMap<&'static str, FamilySize>;

/// Adjusts some tests as one family; q by the place of the test.
fn adjust(tests: &[Option<Test>], alpha: f64) -> (Vec<Option<f64>>, FamilySize) {
    let family = family(tests, alpha);
    (family.q, FamilySize { tested: family.tested as u64, kept: family.kept as u64 })
}

/// Adjusts the tests of all drafts: scenarios and signatures are families of their own.
pub(super) fn adjust_all(drafts: &[&Draft], alpha: f64, sizes: &mut FamilySizes) -> Vec<Adjusted> {
    let mut all = vec![Adjusted::default(); drafts.len()];
    let units: [(bool, [&'static str; 4]); 2] = [
        (false, ["environment/scenario", "seed/scenario", "revision/scenario", "clumping/scenario"]),
        (true, ["environment/signature", "seed/signature", "revision/signature", "clumping/signature"]),
    ];
    let members = |of_signatures: bool| -> Vec<usize> {
        (0..drafts.len()).filter(|&at| drafts[at].signature.is_some() == of_signatures).collect()
    };
    for (of_signatures, [environment, seed, revision, clumping]) in units {
        let members = members(of_signatures);
        let mut run = |name, test: &dyn Fn(&Draft) -> Option<Test>| {
            let tests: Vec<Option<Test>> = members.iter().map(|&at| test(drafts[at])).collect();
            let (q, size) = adjust(&tests, alpha);
            sizes.insert(name, size);
            q
        };
        let by_environment = run(environment, &|draft| draft.environment.test);
        let by_seed = run(seed, &|draft| draft.seed.test);
        let by_revision = run(revision, &|draft| draft.revision.test);
        let by_clumping = run(clumping, &|draft| draft.clumping);
        for (place, &at) in members.iter().enumerate() {
            (all[at].environment, all[at].seed) = (by_environment[place], by_seed[place]);
            (all[at].revision, all[at].clumping) = (by_revision[place], by_clumping[place]);
        }
    }
    let scenarios = members(false);
    let trends: Vec<Option<Test>> = scenarios.iter().map(|&at| drafts[at].trend).collect();
    let (q, size) = adjust(&trends, alpha);
    sizes.insert("trend/scenario", size);
    for (&at, q) in scenarios.iter().zip(q) {
        all[at].trend = q;
    }
    // Weekday and hour are two tests of one family.
    let both: Vec<Option<Test>> = scenarios.iter().flat_map(|&at| drafts[at].calendar).collect();
    let (q, size) = adjust(&both, alpha);
    sizes.insert("calendar/scenario", size);
    for (&at, pair) in scenarios.iter().zip(q.chunks_exact(2)) {
        all[at].calendar = [pair[0], pair[1]];
    }
    all
}
