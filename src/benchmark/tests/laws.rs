//! What holds of every series.

use proptest::prelude::*;

use super::*;

fn values(sizes: std::ops::Range<usize>) -> impl Strategy<Value = Vec<f64>> {
    prop::collection::vec(9.0_f64..11.0, sizes)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// The unit does not matter, nor who else is judged as long as the family is the same, nor the order of lanes.
    #[test]
    fn scale_and_order_do_not_matter(baseline in values(8..20), candidate in values(1..8)) {
        let scale = |values: &[f64]| values.iter().map(|value| value * 1024.0).collect::<Vec<_>>();
        let (one, other) = (series("a", &baseline, &candidate), series("b", &scale(&baseline), &scale(&candidate)));
        let forth = judge(&[one.clone(), other.clone()], &Options::default());
        let back = judge(&[other, one], &Options::default());
        prop_assert_eq!(&forth.series[0], &back.series[1]);
        prop_assert_eq!(&forth.series[1], &back.series[0]);
        let (one, other) = (&forth.series[0].judgement, &forth.series[1].judgement);
        // Each lane has permutations of its own: a step at the edge of chance may begin a regime in one of them.
        prop_assume!(one.baseline == other.baseline && one.ratio.is_some());
        prop_assert_eq!((one.verdict, one.p, one.q, one.statistic), (other.verdict, other.p, other.q, other.statistic));
        // Logarithms of scaled values round otherwise.
        prop_assert!((one.ratio.unwrap().0 - other.ratio.unwrap().0).abs() < 1e-9);
    }

    /// A lane and its reciprocal as a rate get one verdict.
    #[test]
    fn a_rate_is_a_time_upside_down(baseline in values(8..20), candidate in values(1..8)) {
        let time = series("lane", &baseline, &candidate);
        let mut rate = time.clone();
        rate.key.direction = Direction::HigherIsBetter;
        for point in &mut rate.points {
            point.value = point.value.recip();
        }
        let judged = |series: &Series| judge(std::slice::from_ref(series), &Options::default()).series.remove(0).judgement;
        let (time, rate) = (judged(&time), judged(&rate));
        prop_assume!(time.ratio.is_some());
        prop_assert_eq!(time.method, rate.method);
        // The regime is permuted alike, and only equivalence looks at the ratio itself.
        let settled = |verdict| [Verdict::Regressed, Verdict::Improved].contains(&verdict);
        if settled(time.verdict) || settled(rate.verdict) {
            prop_assert_eq!(time.verdict, rate.verdict);
        }
        prop_assert!((time.ratio.unwrap().0 * rate.ratio.unwrap().0 - 1.0).abs() < 1e-8);
    }

    /// Threads and repetition change nothing; every verdict says why, and nothing of a change is settled by one point.
    #[test]
    fn judging_is_a_function(baseline in values(1..40), candidate in values(0..8)) {
        let lane = series("lane", &baseline, &candidate);
        let one = judge(std::slice::from_ref(&lane), &Options::default());
        let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
        let alone = pool.install(|| judge(std::slice::from_ref(&lane), &Options::default()));
        prop_assert_eq!(&one, &alone);
        let judgement = &one.series[0].judgement;
        prop_assert!(!judgement.why.is_empty());
        let settled = [Verdict::Regressed, Verdict::Improved].contains(&judgement.verdict);
        // A drift is found beside what the newest points are compared with.
        let found = settled || judgement.verdict == Verdict::Drifting;
        prop_assert_eq!(judgement.reasons.is_empty(), found, "{}: {}", judgement.verdict, judgement.why);
        if let Some(standing) = &judgement.standing {
            // What stands is settled by a test of its own, whatever the newest points are compared with.
            prop_assert_eq!(judgement.verdict, Verdict::Regressed);
            prop_assert!(standing.current > 1 && standing.p.0 <= 0.01 && standing.interval.unwrap()[0].0 > 1.0);
            return Ok(());
        }
        if settled {
            prop_assert!(judgement.candidate > 1 && judgement.level.is_some());
        }
        if judgement.verdict == Verdict::Regressed && judgement.method != Method::Modes {
            prop_assert!(judgement.q.unwrap().0 <= 0.01);
            prop_assert!(judgement.ratio.unwrap().0 >= 1.0 + judgement.delta.unwrap().0 - 1e-12);
            prop_assert!(judgement.interval.unwrap()[0].0 > 1.0 + judgement.delta.unwrap().0 / 2.0 - 1e-9);
        }
    }
}

/// Of a few points that stepped: what stands is settled by its own test.
#[test]
fn a_regression_that_stands_is_settled_by_its_own_test() {
    let (baseline, candidate) = (
        [9.343_446_600_438_345, 9.0, 9.0, 9.0],
        [
            9.0,
            10.844_981_752_557_281,
            9.921_099_187_467_684,
            10.807_091_332_420_992,
            10.120_109_320_623_659,
            9.964_472_220_370_018,
        ],
    );
    let lane = series("lane", &baseline, &candidate);
    let judged = judge(std::slice::from_ref(&lane), &Options::default());
    let judgement = &judged.series[0].judgement;
    // Four points are too few to compare the newest with, and the two regimes of five are told apart.
    assert_eq!((judgement.verdict, judgement.ratio, judgement.level), (Verdict::Regressed, None, None));
    let standing = judgement.standing.as_ref().unwrap();
    assert_eq!((standing.from, standing.best, standing.current), (5, 5, 5));
    assert!((standing.p.0 - 1.0 / 252.0).abs() < 1e-9, "{standing:?}");
}
