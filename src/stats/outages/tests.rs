//! The worked numbers of relapse.md, and laws.

use proptest::prelude::*;

use super::*;
use crate::stats::planning::clean_runs_needed;
use crate::stats::runs_test::clustering_p_of;

/// `P10F5` as bits; letters without a number stand once; spaces part nothing.
fn series(text: &str) -> Vec<bool> {
    let mut bits = Vec::new();
    let mut letters = text.chars().filter(|letter| *letter != ' ').peekable();
    while let Some(letter) = letters.next() {
        let mut digits = String::new();
        while let Some(digit) = letters.next_if(char::is_ascii_digit) {
            digits.push(digit);
        }
        bits.extend(std::iter::repeat_n(letter == 'F', digits.parse().unwrap_or(1)));
    }
    bits
}

fn find(text: &str) -> Course {
    Outages::new(19.0).unwrap().find(&series(text), || None)
}

fn places(course: &Course) -> Vec<[usize; 2]> {
    course.outages.iter().map(|outage| [outage.start, outage.end - 1]).collect()
}

/// A row of section 12: the history, the path, p, C, Lambda and risk where they are printed, and the pattern.
type Row = (&'static str, &'static [[usize; 2]], f64, f64, Option<(f64, f64)>, Pattern);

#[test]
fn worked_numbers() {
    use Pattern::{Bursts, Independent, Single, Unclear};
    let six = "P10F3".repeat(6);
    let last = format!("{}P100F3", "P10F3".repeat(5));
    let six: &'static str = six.leak();
    let last: &'static str = last.leak();
    let first: &[[usize; 2]] = &[[10, 14], [35, 39]];
    let ten: &[[usize; 2]] = &[[20, 29], [60, 69]];
    let rows: [Row; 18] = [
        ("P10F5P20F5", first, 6.630_013e-7, 11.112_295, Some((10.010_941, 0.000_045)), Pattern::Outages),
        ("P10F5P20F5P1", first, 4.973_689e-6, 9.363_872, Some((9.084_046, 0.000_113)), Pattern::Outages),
        ("P10F5P20F5P2", first, 4.010_349e-6, 9.606_604, Some((9.289_957, 0.000_092)), Pattern::Outages),
        ("P10F5P20F5P21", first, 1.528_768e-7, 13.202_687, Some((11.825_081, 0.000_007)), Pattern::Outages),
        ("P10F5P20F2", &[[10, 14], [35, 36]], 3.739_508e-5, 7.107_364, Some((5.425_114, 0.004_385)), Pattern::Outages),
        ("P10F5P20F1", &[[10, 14]], 1.673_690e-4, 3.340_988, None, Single),
        ("P20F2P20F2", &[[20, 21], [42, 43]], 2.047_867e-3, 3.105_979, Some((2.623_388, 0.067_648)), Unclear),
        ("P20F2P40F2", &[[20, 21], [62, 63]], 6.578_782e-4, 4.134_609, Some((3.408_350, 0.032_036)), Pattern::Outages),
        ("P10F5P5F5", &[[10, 14], [20, 24]], 8.474_161e-5, 5.984_086, Some((3.534_065, 0.028_358)), Pattern::Outages),
        ("P10F5P3F5", &[[10, 22]], 2.089_040e-4, 3.913_324, None, Single),
        ("P50F10P50F10", &[[50, 59], [110, 119]], 1.317_619e-19, 39.882_633, Some((28.157_760, 0.0)), Pattern::Outages),
        ("P20 F6P1F3 P30 F3P1F6", ten, 1.396_716e-9, 20.124_837, Some((17.353_675, 0.0)), Pattern::Outages),
        ("P20 FPFPFFPFPF P30 FPPFFPFPFF", ten, 1.410_712e-1, 5.059_731, Some((4.867_307, 0.007_635)), Bursts),
        (
            six,
            &[[10, 12], [23, 25], [36, 38], [49, 51], [62, 64], [75, 77]],
            3.730_321e-7,
            9.356_556,
            Some((9.116_968, 0.000_110)),
            Bursts,
        ),
        (
            last,
            &[[10, 12], [23, 25], [36, 38], [49, 51], [62, 64], [165, 167]],
            1.255_483e-11,
            20.297_815,
            Some((12.499_795, 0.000_004)),
            Pattern::Outages,
        ),
        ("F5P20F5", &[[0, 4], [25, 29]], 9.985_017e-7, 11.590_316, Some((10.444_335, 0.000_029)), Pattern::Outages),
        ("P30F1P30F5", &[[61, 65]], 7.219_997e-6, 8.699_288, None, Single),
        ("PPPFPPFFPPPPPFPPPPPF", &[], 4.600_103e-1, -4.222_702, None, Independent),
    ];
    for (text, path, p, ln_odds, relapse, pattern) in rows {
        let course = find(text);
        assert_eq!(places(&course), path, "{text}");
        assert_eq!(course.pattern, pattern, "{text}");
        let clumping = clustering_p_of(series(text)).unwrap();
        assert!((clumping / p - 1.0).abs() < 5e-7, "{text}: {clumping}");
        assert!((course.ln_odds - ln_odds).abs() < 5e-7, "{text}: {}", course.ln_odds);
        assert_eq!(course.relapse_ln_odds.is_some(), relapse.is_some(), "{text}");
        if let Some((odds, risk)) = relapse {
            assert!((course.relapse_ln_odds.unwrap() - odds).abs() < 5e-7, "{text}: {:?}", course.relapse_ln_odds);
            assert!((course.risk().unwrap() - risk).abs() < 5.1e-7, "{text}: {:?}", course.risk());
            assert_eq!(course.p, (pattern != Unclear).then_some(clumping), "{text}");
        }
    }
    let risk = |text| find(text).risk().unwrap();
    assert_eq!(format!("{:.1e}", risk("P50F10P50F10")), "5.9e-13");
    assert_eq!(format!("{:.1e}", risk("P20 F6P1F3 P30 F3P1F6")), "2.9e-8");
    assert!((find(six).pace_chance.unwrap() - 0.351_086).abs() < 5e-7);
    assert!((find(last).pace_chance.unwrap() - 0.001_999).abs() < 5e-7);
}

/// The first row of section 12, in full.
#[test]
fn the_first_worked_row_in_full() {
    let bits = series("P10F5P20F5");
    let mut finder = Outages::new(19.0).unwrap();
    let course = finder.find(&bits, || None);
    let field = finder.field();
    let close = |found: f64, printed: f64| assert!((found - printed).abs() < 5.1e-7, "{found} {printed}");
    close(field.independent(), -24.661_464);
    let score = field.score(field.shape(&course.outages));
    close(score.outage, -13.603_161);
    close(score.burst, -16.494_954);
    close(course.ln_likelihood, -13.549_169);
    let both = |path: &[Outage]| field.score(field.shape(path)).both();
    close(both(&course.outages[..1]), -26.639_660);
    close(both(&[field.outage(10, 40)]), -26.832_260);
    close(both(&course.outages[1..]), -24.098_522);
    close(course.pace_chance.unwrap(), 0.187_481);
    close(course.gone_ln_odds[0], 13.283_091);
    close(chance_against(course.gone_ln_odds[0]) * 1e3, 1.703e-3);
    let [[start, end], [again, still]] = course.boundaries[..] else { panic!("{:?}", course.boundaries) };
    assert_eq!((start.low, start.high, end.low, end.high), (9, 10, 15, 16));
    assert_eq!((again.low, again.high), (34, 35));
    close(again.probability, 0.966_661);
    assert_eq!(still.high, 40);
    // Two runs a day, the first at noon.
    let levels = |level: fn(usize) -> usize| {
        let mut levels = [[0, 0]; 7];
        bits.iter().enumerate().for_each(|(run, &failed)| levels[level(run)][usize::from(!failed)] += 1);
        levels
    };
    close(finder.by_levels(levels(|run| run.div_ceil(2) % 7)), -22.853_564);
    close(finder.by_levels(levels(|run| run % 2)), -26.144_086);
}

/// The same section: three runs a day, of which those of Mondays fail.
#[test]
fn mondays_are_likelier_than_outages() {
    let bits = series(&"F3P18".repeat(4));
    let mut finder = Outages::new(19.0).unwrap();
    let course = finder.find(&bits, || None);
    assert!((course.ln_likelihood + 23.605_093).abs() < 5.1e-7, "{}", course.ln_likelihood);
    let weekdays = [[12, 0], [0, 12], [0, 12], [0, 12], [0, 12], [0, 12], [0, 12]];
    let by_weekday = finder.by_levels(weekdays);
    assert!((by_weekday + 9.205_864).abs() < 5.1e-7, "{by_weekday}");
}

/// Section 3: the shortest absence that can count, with 20 passes before, by the length of the outages.
#[test]
fn the_shortest_absence_that_counts() {
    let shortest = |long: usize, now: usize| {
        (1..60).find(|away| find(&format!("P20F{long}P{away}F{now}")).pattern == Pattern::Outages).unwrap()
    };
    for (long, two, three) in [(2, 27, 12), (3, 9, 7), (5, 6, 6), (10, 5, 4), (20, 4, 4)] {
        assert_eq!((shortest(long, 2), shortest(long, 3)), (two, three), "{long}");
    }
}

/// Section 12: five failures in one environment, then fifteen passes in another, four times. Over all runs they clump; within the
/// runs of one environment nothing differs.
#[test]
fn environments_in_blocks_are_no_outages() {
    let bits = series(&"F5P15".repeat(4));
    let strata: Vec<u32> = bits.iter().map(|&bit| u32::from(bit)).collect();
    let mut finder = Outages::new(19.0).unwrap();
    let course = finder.find(&bits, || Some(Strata { of: strata, key: 1 }));
    assert!((course.p.unwrap() - 1.0).abs() < 1e-12 && course.pattern == Pattern::Unclear, "{course:?}");
    assert_ne!(finder.find(&bits, || None).pattern, Pattern::Unclear);
    // One stratum is no stratum: the draws agree with the exact test.
    let bits = series("P10F5P20F5");
    let p = clustering_p_within(&bits, &[0; 40], 7, 0.005);
    assert!(p <= 1.0 / 1_999.0, "{p}");
    let bits = series("PPPFPPFFPPPPPFPPPPPF");
    let p: f64 = (0..200).map(|key| clustering_p_within(&bits, &[0; 20], key, 0.05)).sum::<f64>() / 200.0;
    assert!((p - 0.46).abs() < 0.06, "{p}");
}

/// Section 13: of all histories of 16 runs of a steady flake at any rate, at most .035 % relapse.
#[test]
fn steady_flakes_do_not_come_back() {
    let mut finder = Outages::new(19.0).unwrap();
    let mut found = [0u32; 17];
    for mask in 0..1u32 << 16 {
        let bits: Vec<bool> = (0..16).map(|run| mask >> run & 1 == 1).collect();
        found[mask.count_ones() as usize] += u32::from(finder.find(&bits, || None).pattern == Pattern::Outages);
    }
    assert!(found.iter().sum::<u32>() > 0);
    for rate in (1..100).map(|per_cent| f64::from(per_cent) / 100.0) {
        let chance: f64 =
            (0..17).zip(found).map(|(x, n)| f64::from(n) * rate.powi(x) * (1.0 - rate).powi(16 - x)).sum();
        assert!(chance < 0.000_355, "{rate} {chance}");
    }
}

/// A boundary by the weight of every place, however far.
fn weighed(field: &Field<'_>, path: &[Outage], at: usize, is_end: bool) -> Boundary {
    let own = path[at];
    let first = if at > 0 { path[at - 1].end + 1 } else { 0 };
    let behind = path.get(at + 1).map_or(field.n() + 1, |next| next.start);
    let (places, place) = if is_end { (own.start + 1..behind, own.end) } else { (first..own.end, own.start) };
    let score = |place: usize| {
        let mut path = path.to_vec();
        path[at] = if is_end { field.outage(own.start, place) } else { field.outage(place, own.end) };
        field.score(field.shape(&path)).both()
    };
    let weights: Vec<f64> = places.clone().map(|of| (score(of) - score(place)).exp()).collect();
    let total: f64 = weights.iter().sum();
    let reaches = |share: f64| {
        let mut sum = 0.0;
        let reached = |weight: &f64| {
            sum += weight;
            sum >= share * total
        };
        places.start + weights.iter().position(reached).unwrap()
    };
    Boundary { low: reaches(0.005), high: reaches(0.995), probability: 1.0 / total }
}

/// Long clean stretches, strays and outages of all lengths.
fn histories() -> impl Strategy<Value = Vec<bool>> {
    let stretch =
        (prop_oneof![0_usize..4, 0_usize..40, 0_usize..700], prop_oneof![Just(1_usize), 1_usize..4, 1_usize..30]);
    let bits = |stretches: Vec<(usize, usize)>| {
        let each = |(passes, fails)| std::iter::repeat_n(false, passes).chain(std::iter::repeat_n(true, fails));
        stretches.into_iter().flat_map(each).collect()
    };
    prop::collection::vec(stretch, 1..8).prop_map(bits)
}

#[test]
fn borders() {
    assert!(Outages::new(0.5).is_none() && Outages::new(f64::NAN).is_none());
    for text in ["", "P", "F", "P9F", "F9", "PF", "F P3 F"] {
        assert!(matches!(find(text).pattern, Pattern::Independent | Pattern::Unclear), "{text}");
    }
    assert_eq!(clean_runs_needed(5, 5, 0.95), Some(2));
}

proptest! {
    #[test]
    fn a_path_is_in_order_and_holds_together(bits in prop::collection::vec(prop::bool::weighted(0.3), 0..120)) {
        let course = Outages::new(19.0).unwrap().find(&bits, || None);
        for outage in &course.outages {
            prop_assert!(outage.fails >= 2 && bits[outage.start] && bits[outage.end - 1]);
            let fails = bits[outage.start..outage.end].iter().filter(|bit| **bit).count();
            prop_assert_eq!(outage.fails, fails);
        }
        for pair in course.outages.windows(2) {
            prop_assert!(pair[0].end < pair[1].start);
        }
        prop_assert_eq!(course.gone_ln_odds.len() + 1, course.outages.len().max(1));
        for (outage, [start, end]) in course.outages.iter().zip(&course.boundaries) {
            prop_assert!(start.low <= start.high && start.high < outage.end);
            prop_assert!(outage.start < end.low && end.low <= end.high && end.high <= bits.len());
        }
    }

    /// Tables that grew for other series say the same.
    #[test]
    fn a_used_finder_says_the_same(texts in prop::collection::vec(prop::collection::vec(any::<bool>(), 0..60), 1..4)) {
        let mut used = Outages::new(19.0).unwrap();
        for bits in texts {
            prop_assert_eq!(used.find(&bits, || None), Outages::new(19.0).unwrap().find(&bits, || None));
        }
    }
    /// What is not weighed, as too far off, moves no boundary.
    #[test]
    fn boundaries_are_those_of_all_places(bits in histories()) {
        let mut finder = Outages::new(19.0).unwrap();
        let course = finder.find(&bits, || None);
        let field = finder.field();
        for at in 0..course.outages.len() {
            for is_end in [false, true] {
                let found = if is_end { field.end(&course.outages, at) } else { field.start(&course.outages, at) };
                let all = weighed(&field, &course.outages, at, is_end);
                prop_assert_eq!((found.low, found.high), (all.low, all.high));
                prop_assert!((found.probability / all.probability - 1.0).abs() < 1e-9, "{:?} {:?}", found, all);
            }
        }
    }

    /// Failing runs that are added one by one say what a series that has them says.
    #[test]
    fn failures_to_return_are_those_of_longer_series(bits in histories()) {
        let mut finder = Outages::new(19.0).unwrap();
        let longer = |more: usize| bits.iter().copied().chain(std::iter::repeat_n(true, more)).collect::<Vec<bool>>();
        let returns = |more: &usize| {
            let bits = longer(*more);
            let course = finder.find(&bits, || None);
            course.pattern == Pattern::Outages && course.outages.last().unwrap().end == bits.len()
        };
        let found = (1..=8).find(returns).map(|more| more as u64);
        prop_assert_eq!(finder.failures_to_return(&bits, 8), found);
    }

    #[test]
    fn streaks_are_counted_by_their_stretches(bits in prop::collection::vec(any::<bool>(), 1..60)) {
        let mut finder = Outages::new(19.0).unwrap();
        finder.read(&bits);
        prop_assert_eq!(finder.field().streaks(), bits.chunk_by(|a, b| a == b).count());
    }
}
