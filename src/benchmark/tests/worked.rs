//! The worked numbers of the specification, to their printed digits.

use super::*;

const SLOW_AND_FAST: [f64; 12] = [13.1, 13.3, 25.2, 13.2, 25.6, 13.0, 25.1, 13.4, 25.9, 13.15, 25.4, 13.25];

#[test]
fn b1_regressed() {
    let judged = judged(&[5.55, 5.52, 5.58, 5.54, 5.57, 5.53, 5.56, 5.55, 5.60, 5.51], &[5.78, 5.83, 5.75, 5.80, 5.79]);
    assert_eq!((judged.verdict, judged.method, judged.exact), (Verdict::Regressed, Method::Unpaired, Some(true)));
    near(judged.statistic, 50.0, 0.0);
    near(judged.dominance, 1.0, 0.0);
    near(judged.ratio, 1.043_243_2, 5e-8);
    let [low, high] = judged.interval.unwrap();
    near(Some(low), 1.036_036_0, 5e-8);
    near(Some(high), 1.050_450_5, 5e-8);
    near(judged.level, 0.9600, 5e-5);
    near(judged.p, 1.0 / 3003.0, 1e-15);
    near(judged.q, 1.0 / 3003.0, 1e-15);
    near(judged.delta, 0.03, 0.0);
    assert_eq!(
        judged.why,
        "4.32 % higher than 10 baseline measurements (5 measurements), which is worse: 96.00 % interval +3.60 % to \
         +5.05 %, p 3.33e-4, q 3.33e-4 in a family of 1, 100 % of pairs, delta 3.00 %"
    );
}

#[test]
fn b2_equivalent() {
    let judged = judged(
        &[5.550, 5.551, 5.552, 5.549, 5.5505, 5.5515, 5.5495, 5.5485, 5.5525, 5.5480],
        &[5.560, 5.561, 5.562, 5.559, 5.5605],
    );
    assert_eq!(judged.verdict, Verdict::Equivalent);
    near(judged.p, 0.000_333, 5e-7);
    near(judged.ratio, 1.001_846_8, 5e-8);
    let [low, high] = judged.interval.unwrap();
    near(Some(low), 1.001_531_0, 5e-8);
    near(Some(high), 1.002_162_7, 5e-8);
    near(judged.level, 0.9600, 5e-5);
}

#[test]
fn b3_no_regression_of_a_bimodal_lane() {
    let candidate = [25.3, 13.05, 25.7, 25.0, 13.35, 25.55];
    let median = |values: &[f64]| crate::stats::location::median(values).unwrap();
    assert!((median(&candidate) / median(&SLOW_AND_FAST) - 1.884).abs() < 5e-4);
    let judged = judged(&SLOW_AND_FAST, &candidate);
    assert_eq!(judged.method, Method::Modes);
    assert!(![Verdict::Regressed, Verdict::Improved].contains(&judged.verdict) && judged.findings.is_empty());
    near(judged.statistic, 44.0, 0.0);
    near(judged.dominance, 0.6111, 5e-5);
    let modes = judged.modes.unwrap();
    near(Some(modes.pooled_p), 0.246_822, 5e-7);
    near(Some(modes.mix_p), 0.619_910, 5e-7);
}

#[test]
fn b4_the_modes_moved() {
    let candidate: Vec<f64> =
        (0..8_u8).zip(SLOW_AND_FAST).map(|(i, value)| value * 1.08 + 0.02 * f64::from(i) / 7.0).collect();
    let judged = judged(&SLOW_AND_FAST, &candidate);
    assert_eq!((judged.verdict, judged.findings), (Verdict::Regressed, vec![Finding::ModeShift]));
    near(judged.p, 0.000_263_80, 5e-9);
    let modes = judged.modes.unwrap();
    near(Some(modes.pooled_p), 0.041_248, 5e-7);
    near(modes.modes[0].p, 0.001_262_63, 5e-9);
    near(modes.modes[1].p, 0.017_857_14, 5e-9);
    assert!(judged.why.starts_with("mode shift: 8.0"), "{}", judged.why);
}

#[test]
fn b5_paired() {
    let pairs = [
        (5.55, 5.66),
        (5.52, 5.60),
        (5.58, 5.70),
        (5.54, 5.61),
        (5.57, 5.69),
        (5.53, 5.64),
        (5.56, 5.63),
        (5.55, 5.67),
    ];
    let points = |run: &str| -> Vec<Point> {
        let point = |(i, (incumbent, challenger)): (i64, (f64, f64))| Point {
            incumbent: Some(incumbent),
            run: Some(Arc::from(run)),
            ..Point::at(i, challenger)
        };
        (0..).zip(pairs).map(point).collect()
    };
    let judged = judge(&[Series::new(key("lane"), points("new"))], &Options::default()).series.remove(0).judgement;
    assert_eq!((judged.method, judged.candidate, judged.verdict), (Method::Paired, 8, Verdict::Inconclusive));
    assert_eq!(judged.reasons, ["the effect is below the delta of 3.00 %"]);
    near(judged.statistic, 36.0, 0.0);
    near(judged.p, 1.0 / 256.0, 0.0);
    near(judged.ratio, 1.017_590_7, 5e-8);
    let [low, high] = judged.interval.unwrap();
    near(Some(low), 1.013_540_9, 5e-8);
    near(Some(high), 1.021_544_0, 5e-8);
    near(judged.level, 0.9609, 5e-5);
    near(judged.delta, 0.03, 0.0);
}

#[test]
fn b6_a_single_measurement_is_suspect() {
    let baseline: Vec<f64> = (0..30).map(|i| 5.5 + 0.005 * f64::from(i)).collect();
    let judged = judged(&baseline, &[5.80]);
    assert_eq!((judged.verdict, judged.method), (Verdict::Suspect, Method::Single));
    near(judged.p, 1.0 / 31.0, 1e-15);
    // Two measurements against thirty can have p 1/496.
    assert_eq!(judged.needs, Some(2));
    let decides = "; one run of 2 measurements like it would decide";
    assert!(judged.why.ends_with(decides), "{}", judged.why);
}

#[test]
fn b7_the_geometric_mean_of_lanes() {
    let baseline = [1.0; 10];
    let lanes: Vec<Series> = [1.043, 0.998, 1.002, 1.010]
        .iter()
        .zip(["a", "b", "c", "d"])
        .map(|(ratio, lane)| series(lane, &baseline, &[*ratio; 3]))
        .collect();
    let summary = judge(&lanes, &Options::default()).summary;
    near(summary.ratio, 1.013_096_9, 5e-8);
    assert_eq!(summary.hosts.len(), 1);
    assert_eq!(summary.hosts["host"], HostRow { series: 4, ratio: summary.ratio });
}
