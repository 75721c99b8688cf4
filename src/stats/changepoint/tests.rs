use super::*;
use proptest::prelude::*;

/// `"20P5F"` as run bits.
fn series(text: &str) -> Vec<bool> {
    let mut bits = Vec::new();
    let mut count = String::new();
    for letter in text.chars() {
        if letter.is_ascii_digit() {
            count.push(letter);
        } else {
            let times = if count.is_empty() { 1 } else { count.parse().unwrap() };
            bits.extend(std::iter::repeat_n(letter == 'F', times));
            count.clear();
        }
    }
    bits
}

fn segment(bits: &[bool], kappa: f64) -> Segmentation {
    Segmenter::new(kappa).unwrap().segment(bits.iter().copied())
}

fn positions(found: &Segmentation) -> Vec<usize> {
    found.changepoints.iter().map(|change| change.position).collect()
}

/// Score of a segmentation, straight from the beta function.
fn score(bits: &[bool], cuts: &[usize], kappa: f64) -> f64 {
    let mut ends = cuts.to_vec();
    ends.push(bits.len());
    let mut start = 0;
    let mut sum = cuts.len() as f64 * kappa.ln();
    for end in ends {
        let fails = bits[start..end].iter().filter(|bit| **bit).count();
        sum += evidence::direct(fails, end - start - fails);
        start = end;
    }
    sum
}

/// Every segmentation, at any position.
fn brute_force(bits: &[bool], kappa: f64) -> (f64, Vec<usize>) {
    let mut all = Vec::new();
    for mask in 0..1_u32 << (bits.len() - 1) {
        let cuts: Vec<usize> = (1..bits.len()).filter(|cut| mask >> (cut - 1) & 1 == 1).collect();
        all.push((score(bits, &cuts, kappa), cuts));
    }
    let best = all.iter().map(|one| one.0).fold(f64::MIN, f64::max);
    let cuts = all.into_iter().filter(|one| one.0 >= best - TIE).map(|one| (one.1.len(), one.1)).min().unwrap().1;
    (best, cuts)
}

/// The dynamic programme over every position and every predecessor, nothing pruned.
fn full_search(bits: &[bool], kappa: f64) -> (f64, Vec<usize>) {
    let n = bits.len();
    let mut evidence = Evidence::default();
    evidence.cover(n);
    let fails: Vec<usize> = std::iter::once(0)
        .chain(bits.iter().scan(0, |sum, bit| {
            *sum += usize::from(*bit);
            Some(*sum)
        }))
        .collect();
    let mut best = vec![(0.0, 0, n); n + 1];
    for i in (0..n).rev() {
        let value = |j: usize, rest: f64| {
            let x = fails[j] - fails[i];
            evidence.of(x, j - i - x) + if j < n { rest + kappa.ln() } else { 0.0 }
        };
        let top = (i + 1..=n).map(|j| value(j, best[j].0)).fold(f64::MIN, f64::max);
        let (segments, next) =
            (i + 1..=n).filter(|&j| value(j, best[j].0) >= top - TIE).map(|j| (best[j].1 + 1, j)).min().unwrap();
        best[i] = (top, segments, next);
    }
    let mut cuts = Vec::new();
    let mut at = best[0].2;
    while at < n {
        cuts.push(at);
        at = best[at].2;
    }
    (best[0].0, cuts)
}

fn assert_same_as_full(bits: &[bool], kappa: f64) {
    let found = segment(bits, kappa);
    let (best, cuts) = full_search(bits, kappa);
    assert_eq!(positions(&found), cuts, "kappa {kappa}");
    assert!((found.gain - (best - found.unsplit)).abs() < 1e-8);
}

#[test]
fn worked_numbers_of_one_change() {
    let found = segment(&series("20P5F"), 1e-4);
    assert!((found.unsplit + 14.401_609).abs() < 5e-7);
    assert_eq!(found.segments.len(), 2);
    let change = found.changepoints[0];
    assert_eq!((change.position, change.interval_low, change.interval_high), (20, 17, 21));
    assert!((change.gain - 2.115_933).abs() < 5e-7);
    assert!((change.gain - 1e-4_f64.ln() - 11.326_273).abs() < 5e-7);
    assert!((found.gain - change.gain).abs() < 1e-12);
    assert!((change.probability - 0.8800).abs() < 5e-5);

    let found = segment(&series("50P3F"), 1e-4);
    assert_eq!(positions(&found), [50]);
    assert!((found.gain - 1.237_195).abs() < 5e-7);

    let bits = series("20P3F");
    assert_eq!(positions(&segment(&bits, 1e-4)), [0; 0]);
    let gain = score(&bits, &[20], 1e-4) - score(&bits, &[], 1e-4);
    assert!((gain + 1.360_979).abs() < 5e-7);

    let flaky = series("PPPFPPPPFPPPFPPPPPFPPPPFP");
    assert_eq!(positions(&segment(&flaky, 1e-4)), [0; 0]);
}

#[test]
fn worked_numbers_of_an_outage() {
    let found = segment(&series("20P10F20P"), 1e-4);
    assert_eq!(positions(&found), [20, 30]);
    assert!((found.gain - 4.0938).abs() < 5e-5);
    let found = segment(&series("50P6F50P"), 1e-4);
    assert_eq!(positions(&found), [50, 56]);
    assert!((found.gain - 1.9613).abs() < 5e-5);
    assert_eq!(positions(&segment(&series("20P6F20P"), 1e-4)), [0; 0]);
}

#[test]
fn worked_thresholds_of_the_default_penalty() {
    for (fails, passes) in [(1, 799), (2, 36), (3, 14)] {
        let quiet = series(&format!("{passes}P{fails}F"));
        assert_eq!(positions(&segment(&quiet, 1e-3)), [0; 0]);
        let loud = series(&format!("{}P{fails}F", passes + 1));
        assert_eq!(positions(&segment(&loud, 1e-3)), [passes + 1]);
    }
    assert_eq!(positions(&segment(&series("5P5F"), 1e-3)), [0; 0]);
}

#[test]
fn borders() {
    assert!(Segmenter::new(0.0).is_none());
    assert!(Segmenter::new(f64::NAN).is_none());
    let empty = segment(&[], 1e-3);
    assert!(empty.segments.is_empty() && empty.changepoints.is_empty());
    let one = segment(&[true], 1e-3);
    assert_eq!(one.segments, [Segment { start: 0, end: 1, fails: 1 }]);
    assert_eq!(segment(&series("1P1F"), 1e-3).segments.len(), 1);
}

#[test]
fn a_used_segmenter_answers_as_a_new_one() {
    let mut used = Segmenter::new(1e-3).unwrap();
    for text in ["50P20F", "3P", "20P10F20P", "1F", "300P40F2P1F"] {
        let bits = series(text);
        assert_eq!(used.segment(bits.iter().copied()), segment(&bits, 1e-3));
    }
}

/// Repeating patterns tie and nearly tie everywhere, and have a boundary at each few runs.
#[test]
fn patterns_match_the_full_search() {
    for pattern in ["PF", "FP", "PPF", "PFF", "PPPFF", "PPPPPPF", "PFPPFPPPF", "3P5F", "40PF"] {
        let bits = series(&pattern.repeat(900 / pattern.len()));
        for kappa in [1.0, 0.5, 1e-2, 1e-3, 1e-4] {
            assert_same_as_full(&bits, kappa);
        }
    }
}

/// Bits whose rate is redrawn now and then.
fn drifting(len: usize) -> impl Strategy<Value = Vec<bool>> {
    prop::collection::vec((0.0_f64..=1.0, 1..len), 1..6).prop_flat_map(|parts| {
        parts
            .into_iter()
            .map(|(rate, runs)| prop::collection::vec(prop::bool::weighted(rate), runs))
            .collect::<Vec<_>>()
            .prop_map(|parts| parts.concat())
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn the_pruned_search_equals_brute_force(
        bits in prop::collection::vec(any::<bool>(), 1..13),
        kappa in prop::sample::select(vec![1.0, 0.9, 0.5, 0.1, 1e-2, 1e-3]),
    ) {
        let found = segment(&bits, kappa);
        let (best, cuts) = brute_force(&bits, kappa);
        prop_assert_eq!(positions(&found), cuts);
        prop_assert!((found.unsplit + found.gain - best).abs() < 1e-9);
    }

    #[test]
    fn intervals_hold_their_positions(bits in drifting(60)) {
        let found = segment(&bits, 0.1);
        for (change, pair) in found.changepoints.iter().zip(found.segments.windows(2)) {
            prop_assert_eq!(change.position, pair[1].start);
            prop_assert!(pair[0].start < change.interval_low);
            prop_assert!(change.interval_low <= change.interval_high);
            prop_assert!(change.interval_high < pair[1].end);
            prop_assert!(change.gain > -1e-9);
            prop_assert!(change.probability > 0.0 && change.probability <= 1.0);
        }
        let covered: usize = found.segments.iter().map(Segment::runs).sum();
        prop_assert_eq!(covered, bits.len());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn the_pruned_search_equals_the_full_one(
        bits in drifting(250),
        kappa in prop::sample::select(vec![1.0, 0.5, 0.1, 1e-2, 1e-3, 1e-4, 1e-8]),
    ) {
        assert_same_as_full(&bits, kappa);
    }
    /// Where its last segment begins is told alone, too; and of the runs before clean ones at the end, along with all.
    #[test]
    fn the_last_start_is_that_of_the_segments(
        bits in drifting(120),
        clean in 0_usize..40,
        kappa in prop::sample::select(vec![1.0, 0.1, 1e-3]),
    ) {
        let mut segmenter = Segmenter::new(kappa).unwrap();
        let last_start = |bits: &[bool]| segment(bits, kappa).segments.last().map_or(0, |last| last.start);
        prop_assert_eq!(segmenter.last_start(bits.iter().copied()), last_start(&bits));
        let all = [&bits[..], &vec![false; clean]].concat();
        let (found, base) = segmenter.segment_and_base(&all);
        let whole = segment(&all, kappa);
        prop_assert_eq!(&found.segments, &whole.segments);
        prop_assert_eq!(&found.changepoints, &whole.changepoints);
        prop_assert!((found.gain - whole.gain).abs() < 1e-9);
        let end = bits.iter().rposition(|bit| *bit).map(|last| last + 1);
        prop_assert_eq!(base, end.map(|end| last_start(&all[..end])));
    }

    /// What is best for a series is best for what lies before each of its changes.
    #[test]
    fn a_series_up_to_a_change_has_the_changes_before_it(
        bits in drifting(250),
        kappa in prop::sample::select(vec![0.5, 0.1, 1e-2, 1e-3]),
    ) {
        let mut segmenter = Segmenter::new(kappa).unwrap();
        let whole = segmenter.segment(bits.iter().copied()).segments;
        for (last, segment) in whole.iter().enumerate() {
            let before = segmenter.segment(bits[..segment.end].iter().copied()).segments;
            prop_assert_eq!(&before, &whole[..=last]);
        }
    }
}
