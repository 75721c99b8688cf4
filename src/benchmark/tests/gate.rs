//! What each rule of the gate does.

use super::*;

/// A steady lane around 10, most values near it and few far, without two modes.
fn steady(points: u32, noise: f64) -> Vec<f64> {
    let spread = |i: u32| 2.0 * (0.618_034 * f64::from(i) + 0.3).fract() - 1.0;
    (0..points).map(|i| 10.0 * (1.0 + noise * spread(i) * spread(i).abs())).collect()
}

fn scaled(values: &[f64], by: f64) -> Vec<f64> {
    values.iter().map(|value| value * by).collect()
}

#[test]
fn points_are_ordered_once_and_positive() {
    let one = |unix_ms, value, identity| Point { identity, ..Point::at(unix_ms, value) };
    let untimed = Point { unix_ms: None, ..Point::at(0, 9.0) };
    let series = Series::new(
        key("lane"),
        [
            one(3, 1.0, Some(1)),
            one(1, 2.0, Some(2)),
            one(3, 3.0, None),
            one(3, 1.0, Some(1)),
            one(1, 2.0, None),
            one(2, f64::NAN, None),
            one(2, 0.0, None),
            one(2, f64::INFINITY, None),
            Point { incumbent: Some(-1.0), ..one(2, 4.0, None) },
            untimed,
        ],
    );
    let values: Vec<f64> = series.points.iter().map(|point| point.value).collect();
    assert_eq!(values, [9.0, 2.0, 2.0, 1.0, 3.0]);
    assert_eq!((series.rejected, series.duplicates), (4, 1));
    let mut collector = Collector::default();
    collector.add(key("b"), Point::at(1, 1.0));
    collector.add(key("a"), Point::at(1, 1.0));
    collector.add(key("b"), Point::at(0, 2.0));
    let series = collector.into_series();
    assert_eq!(
        series.iter().map(|one| (one.key.lane.as_str(), one.points.len())).collect::<Vec<_>>(),
        [("a", 1), ("b", 2)]
    );
}

#[test]
fn rates_are_judged_upside_down() {
    let baseline = steady(12, 0.005);
    let slower = scaled(&steady(5, 0.005), 1.0 / 1.08);
    let mut lane = series("lane", &baseline, &slower);
    assert_eq!(judge(&[lane.clone()], &Options::default()).series[0].judgement.verdict, Verdict::Improved);
    lane.key.direction = Direction::HigherIsBetter;
    let judged = judge(&[lane], &Options::default());
    assert_eq!(judged.series[0].judgement.verdict, Verdict::Regressed);
    let ratio = judged.series[0].judgement.ratio.unwrap().0;
    assert!((ratio - 1.0 / 1.08).abs() < 0.01, "{ratio}");
    assert!(judged.series[0].judgement.why.contains("lower than"), "{}", judged.series[0].judgement.why);
    assert!(judged.summary.ratio.unwrap().0 > 1.0, "more than 1 is worse");
}

#[test]
fn the_candidate_is_a_run_or_the_last_points() {
    let mut lane = series("lane", &steady(12, 0.005), &scaled(&steady(5, 0.005), 1.1));
    let of = |lane: &Series, candidate| {
        let options = Options { candidate, ..Options::default() };
        judge(std::slice::from_ref(lane), &options).series.remove(0).judgement
    };
    let newest = of(&lane, Candidate::Newest);
    assert_eq!((newest.run.as_deref(), newest.candidate, newest.baseline), (Some("new"), 5, 12));
    assert_eq!(of(&lane, Candidate::Run("new".into())), newest);
    let last = of(&lane, Candidate::Last(3));
    assert_eq!((last.candidate, last.baseline), (3, 14));
    let absent = of(&lane, Candidate::Run("old".into()));
    assert_eq!((absent.verdict, absent.method), (Verdict::Inconclusive, Method::None));
    assert_eq!(absent.why, "not compared: no measurement of the candidate");
    for point in &mut lane.points {
        point.run = None;
    }
    assert_eq!(of(&lane, Candidate::Newest).candidate, 5, "points of one time are a run");
    // A run in the middle is compared with what came before it only.
    for point in &mut lane.points[8..10] {
        point.run = Some(Arc::from("middle"));
    }
    let middle = of(&lane, Candidate::Run("middle".into()));
    assert_eq!((middle.candidate, middle.baseline), (2, 8));
}

#[test]
fn a_short_baseline_says_how_many_runs_are_missing() {
    let judged = judged(&steady(5, 0.005), &[10.0]);
    assert_eq!(judged.why, "not compared: n is 5: 8 baseline measurements are needed, 3 more runs will give them");
    assert_eq!(judged.more_runs, Some(3));
}

#[test]
fn the_baseline_is_the_current_regime() {
    let mut values = steady(20, 0.005);
    values.extend(scaled(&steady(10, 0.005), 1.2));
    let judged = judge(&[series("lane", &values, &scaled(&steady(5, 0.005), 1.2))], &Options::default());
    let row = &judged.series[0];
    assert_eq!((row.judgement.baseline, row.judgement.verdict), (10, Verdict::Regressed));
    assert!(
        row.judgement.why.contains("; the newest by itself: within 1.50 % of the baseline"),
        "{}",
        row.judgement.why
    );
    assert_eq!(row.judgement.standing.as_ref().map(|one| (one.from, one.run.clone())), Some((20, None)));
    let history = &row.history;
    assert_eq!(history.changes.iter().map(|change| change.at).collect::<Vec<_>>(), [20]);
    assert_eq!(
        history.regimes.iter().map(|regime| (regime.from, regime.points)).collect::<Vec<_>>(),
        [(0, 20), (20, 15)]
    );
    let change = &history.changes[0];
    assert!(change.worse && (change.ratio.0 - 1.2).abs() < 0.01, "{change:?}");
    assert!(change.why.contains("% higher, which is worse: from "), "{}", change.why);
    // A step in the candidate does not make it its own baseline.
    let stepped = judge(&[series("lane", &steady(20, 0.005), &scaled(&steady(9, 0.005), 1.2))], &Options::default());
    assert_eq!(stepped.series[0].judgement.verdict, Verdict::Regressed);
    assert_eq!((stepped.series[0].judgement.baseline, stepped.series[0].history.changes.len()), (20, 1));
    // A regime too short is said to be so.
    let mut values = steady(20, 0.005);
    values.extend(scaled(&steady(6, 0.005), 1.2));
    let judged = self::judged(&values, &[12.0]);
    assert!(judged.why.contains("n is 6: 8 baseline measurements since its last change"), "{}", judged.why);
}

#[test]
fn a_noisy_lane_says_what_would_decide() {
    let of = |noise| judged(&steady(12, noise), &scaled(&steady(3, noise), 1.05));
    let noisy = of(0.5);
    assert_eq!((noisy.verdict, noisy.needs), (Verdict::Inconclusive, None));
    assert!(noisy.why.ends_with("; in this noise no run of up to 30 measurements would decide"), "{}", noisy.why);
    near(noisy.delta, 0.03, 0.0);
    let clearer = of(0.08);
    let needs = clearer.needs.expect("a size that decides");
    assert!(
        clearer.why.ends_with(&format!("; one run of {needs} measurements like it would decide")),
        "{}",
        clearer.why
    );
}

/// What is asked for is true: candidates of that size, of noise that the lane never showed, decide nearly always.
#[test]
fn as_many_as_are_asked_for_decide() {
    let baseline = steady(30, 0.04);
    let asked = judged(&baseline, &[10.45]);
    let needs = asked.needs.expect("a size that decides");
    let decided = (0..40_u32).filter(|draw| {
        let spread = |i: u32| 2.0 * (0.754_877 * f64::from(31 * draw + 7 * i) + 0.1).fract() - 1.0;
        let level = asked.ratio.unwrap().0;
        let candidate: Vec<f64> = (0..u32::try_from(needs).unwrap())
            .map(|i| 10.0 * level * (1.0 + 0.04 * spread(i) * spread(i).abs()))
            .collect();
        ![Verdict::Inconclusive, Verdict::Suspect].contains(&judged(&baseline, &candidate).verdict)
    });
    let decided = decided.count();
    // And runs of one value: after as many the history has confirmed it.
    let lone = judge(&[by_runs("lane", &[baseline.clone(), vec![11.0]].concat())], &Options::default());
    let lone = &lone.series[0].judgement;
    let runs = lone.more_runs.expect("a number of runs");
    assert!(lone.why.contains(&format!("or {runs} more runs like it, would decide")), "{}", lone.why);
    let after = [baseline.clone(), vec![11.0], scaled(&steady(u32::try_from(runs).unwrap(), 0.04), 1.1)].concat();
    assert_eq!(judge(&[by_runs("lane", &after)], &Options::default()).series[0].judgement.verdict, Verdict::Regressed);
    assert!(decided >= 32, "{decided} of 40 runs of {needs}");
}

/// One lane after the other, by runs r0, r1, ..; each run measures once.
fn by_runs(lane: &str, values: &[f64]) -> Series {
    let point =
        |(at, value): (i64, &f64)| Point { run: Some(Arc::from(format!("r{at}"))), ..Point::at(1_000 * at, *value) };
    Series::new(key(lane), (0..).zip(values).map(point).collect::<Vec<_>>())
}

fn accepting(lane: &str, run: &str) -> Options {
    Options { accepted: vec![Accepted { lane: lane.into(), run: run.into() }], ..Options::default() }
}

#[test]
fn what_lasts_fails_until_it_is_accepted_or_gone() {
    let of = |values: &[f64], options: &Options| judge(&[by_runs("lane", values)], options).series.remove(0).judgement;
    for later in [6, 10, 40] {
        let values = [steady(60, 0.01), scaled(&steady(later, 0.01), 1.3)].concat();
        let judged = of(&values, &Options::default());
        assert_eq!(judged.verdict, Verdict::Regressed, "{later}: {}", judged.why);
        let standing = judged.standing.unwrap();
        assert_eq!((standing.from, standing.run.as_deref()), (60, Some("r60")));
        near(Some(standing.ratio), 1.3, 0.02);
        assert!(judged.why.contains("higher since run r60 (accept it with --accept 'lane@r60')"), "{}", judged.why);
        assert!(of(&values, &accepting("lane", "r60")).standing.is_none());
        assert!(of(&values, &accepting("other", "r60")).standing.is_some());
        // Gone again, once as many runs say so as are a regime.
        let mended = [values.clone(), steady(8, 0.01)].concat();
        assert!(of(&mended, &Options::default()).standing.is_none());
        // After it was accepted, worse than that is new.
        let worse = [values, scaled(&steady(20, 0.01), 1.5)].concat();
        let again = of(&worse, &accepting("lane", "r60"));
        assert_eq!(again.standing.map(|one| one.from), Some(60 + usize::try_from(later).unwrap()));
    }
    let small = [steady(50, 0.01), scaled(&steady(10, 0.01), 1.12)].concat();
    assert_eq!(of(&small, &Options::default()).verdict, Verdict::Regressed);
    assert_eq!(of(&[steady(50, 0.01), scaled(&steady(10, 0.01), 0.8)].concat(), &Options::default()).standing, None);
}

#[test]
fn a_creep_is_a_drift() {
    let values: Vec<f64> = steady(80, 0.01).iter().zip(0..).map(|(value, i)| value * 1.003_f64.powi(i)).collect();
    let row = judge(&[by_runs("lane", &values)], &Options::default()).series.remove(0);
    assert_eq!((row.judgement.verdict, row.history.changes.len()), (Verdict::Drifting, 0), "{}", row.judgement.why);
    let drift = row.history.drift.unwrap();
    near(Some(drift.per_100), 1.003_f64.powi(100) - 1.0, 0.03);
    let better: Vec<f64> = values.iter().rev().copied().collect();
    let row = judge(&[by_runs("lane", &better)], &Options::default()).series.remove(0);
    assert!(row.history.drift.is_some_and(|drift| !drift.worse) && row.judgement.verdict != Verdict::Drifting);
}

#[test]
fn most_lanes_of_a_host_at_once_are_the_host() {
    let lanes = |moved: usize, host: &str, from: usize| -> Vec<Series> {
        (0..6_usize)
            .map(|lane| {
                let noise = scaled(&steady(60, 0.01), 1.0);
                let rotated: Vec<f64> = (0..60)
                    .map(|i| noise[(i + 7 * lane) % 60] * if lane < moved && i >= from { 1.2 } else { 1.0 })
                    .collect();
                let mut series = by_runs(&format!("lane {lane}"), &rotated);
                series.key.host = host.into();
                series
            })
            .collect()
    };
    let words = |judged: &Benchmarks| {
        judged.series.iter().map(|row| row.judgement.verdict).filter(|one| *one == Verdict::HostMoved).count()
    };
    let host = judge(&lanes(5, "a", 40), &Options::default());
    assert_eq!((host.events.len(), words(&host)), (1, 5), "{:?}", host.events);
    assert_eq!((host.events[0].run.as_deref(), host.events[0].series.len()), (Some("r40"), 5));
    assert!(
        host.events[0].why.ends_with("most lanes of a, which is the machine rather than the code"),
        "{}",
        host.events[0].why
    );
    // Two of six are an event and no host; on all hosts at once it is the code.
    let some = judge(&lanes(2, "a", 40), &Options::default());
    assert!(words(&some) == 0 && some.events.iter().all(|event| event.hosts.is_empty()));
    let both = judge(&[lanes(6, "a", 40), lanes(6, "b", 40)].concat(), &Options::default());
    assert_eq!((both.events.len(), words(&both)), (1, 0), "{:?}", both.events);
    let one = judge(&[lanes(6, "a", 40), lanes(0, "b", 40)].concat(), &Options::default());
    assert_eq!(words(&one), 6);
}

/// Runs that repeat a lane five times: what a run's points share is no evidence.
#[test]
fn a_run_is_one_witness() {
    let lane = |last: f64| {
        let effect = |run: i64| 1.0 + 0.02 * (2.0 * (0.618_034 * run as f64).fract() - 1.0);
        let point = |run: i64, i: u32| Point {
            run: Some(Arc::from(format!("r{run}"))),
            ..Point::at(
                10 * run,
                10.0 * effect(run) * (1.0 + 0.001 * f64::from(i)) * if run == 12 { last } else { 1.0 },
            )
        };
        Series::new(key("lane"), (0..13).flat_map(|run| (0..5).map(move |i| point(run, i))).collect::<Vec<_>>())
    };
    let of = |last| judge(&[lane(last)], &Options::default()).series.remove(0).judgement;
    let (same, slower) = (of(1.0), of(1.1));
    assert_eq!((same.method, same.baseline), (Method::Runs, 12));
    assert!(![Verdict::Regressed, Verdict::Improved].contains(&same.verdict), "{}", same.why);
    assert_eq!(slower.verdict, Verdict::Regressed, "{}", slower.why);
    assert!(
        slower.why.contains("than the medians of 12 runs (5 measurements), which is worse: 95.00 % interval"),
        "{}",
        slower.why
    );
}

#[test]
fn too_few_measurements_say_how_many_are_needed() {
    let lone = judged(&steady(10, 0.005), &[12.0, 12.1]);
    assert_eq!((lone.verdict, lone.needs), (Verdict::Inconclusive, Some(3)));
    assert!(
        lone.reasons[0].starts_with("needs m >= 3: 2 against 10 cannot reach a p below 0.0152"),
        "{}",
        lone.reasons[0]
    );
    // In a family of twenty quiet lanes p must be .0005: 1/286 is not enough, 1/3003 is.
    let mut lanes: Vec<Series> =
        (0..19).map(|i| series(&format!("quiet {i}"), &steady(10, 0.005), &steady(3, 0.005))).collect();
    lanes.push(series("step", &steady(10, 0.005), &[12.0, 12.1, 12.2]));
    let judged = judge(&lanes, &Options::default());
    let step = &judged.series[19].judgement;
    assert_eq!((step.verdict, step.needs), (Verdict::Inconclusive, Some(5)), "{}", step.why);
    assert_eq!(judged.summary.families["worse"], FamilySize { tested: 20, kept: 20 });
    assert_eq!(judged.summary.by_verdict.values().sum::<usize>(), 20);
}

#[test]
fn a_single_measurement_is_never_more_than_suspect() {
    let baseline = steady(200, 0.005);
    let options = Options { baseline_most: 200, ..Options::default() };
    let of = |value| judge(&[series("lane", &baseline, &[value])], &options).series.remove(0).judgement;
    let high = of(20.0);
    assert_eq!((high.verdict, high.q.map(|q| q.0 <= 0.01)), (Verdict::Suspect, Some(true)));
    assert_eq!(of(5.0).verdict, Verdict::Inconclusive);
    assert_eq!(of(10.0).verdict, Verdict::Equivalent);
}

#[test]
fn the_mode_mix_is_told_from_a_shift() {
    let lane = |slow: fn(u32) -> bool, n: u32, by: f64| -> Vec<f64> {
        (0..n).map(|i| if slow(i) { 25.0 } else { 13.0 } * by * (1.0 + 0.01 * f64::from(i).sin())).collect()
    };
    let baseline = lane(|i| i % 4 == 1, 28, 1.0);
    let mixed = judged(&baseline, &lane(|i| i > 0, 12, 1.0));
    assert_eq!((mixed.verdict, mixed.findings), (Verdict::Inconclusive, vec![Finding::ModeMix]));
    let told = &mixed.reasons[mixed.reasons.len() - 1];
    assert!(told.starts_with("mode mix: 11 of 12 in the worse mode against 7 of 28"), "{told}");
    assert!(mixed.modes.unwrap().pooled_p.0 < 0.01, "all together it looks like a regression");
    let faster = judged(&baseline, &lane(|i| i % 4 == 1, 12, 0.9));
    assert_eq!((faster.verdict, faster.findings), (Verdict::Improved, vec![Finding::ModeShift]));
    let same = judged(&baseline, &lane(|i| i % 3 == 1, 24, 1.0));
    assert_eq!((same.verdict, same.findings.len()), (Verdict::Equivalent, 0), "{}", same.why);
}

#[test]
fn paired_lines_cancel_the_host() {
    // The host gets slower and slower; the challenger is 5 % behind all along.
    let host = |i: u32| 10.0 * 1.05_f64.powi(i32::try_from(i).unwrap());
    let pairs = |ratio: f64| {
        let one = |i: u32| Point {
            incumbent: Some(host(i)),
            ..Point::at(i64::from(i), host(i) * ratio * (1.0 + 0.002 * f64::from(i).sin()))
        };
        Series::new(key("lane"), (0..10).map(one).collect::<Vec<_>>())
    };
    let of = |ratio, last| {
        let options = Options { candidate: Candidate::Last(last), ..Options::default() };
        judge(&[pairs(ratio)], &options).series.remove(0).judgement
    };
    assert_eq!((of(1.05, 10).method, of(1.05, 10).verdict), (Method::Paired, Verdict::Regressed));
    assert_eq!(of(0.95, 10).verdict, Verdict::Improved);
    assert_eq!(of(1.0, 10).verdict, Verdict::Equivalent);
    let few = of(1.05, 4);
    assert_eq!((few.verdict, few.needs), (Verdict::Inconclusive, Some(7)), "2^-7 is the first below .01");
}

#[test]
fn unlike_rounds_are_flagged() {
    let of = |most| {
        let mut lane = series("lane", &steady(12, 0.005), &steady(3, 0.005));
        for (point, rounds) in lane.points.iter_mut().zip([24].into_iter().chain(std::iter::repeat(most))) {
            point.rounds = Some(rounds);
        }
        judge(&[lane], &Options::default()).series.remove(0)
    };
    let (even, mixed) = (of(48), of(49));
    assert_eq!((even.rounds, even.rounds_mixed), (Some([24, 48]), false));
    assert_eq!((mixed.rounds, mixed.rounds_mixed), (Some([24, 49]), true));
    assert!(mixed.judgement.why.ends_with("; rounds are mixed (24 to 49), so noise is unlike"));
}

#[test]
fn a_report_is_plain_json() {
    let judged = judge(&[series("lane", &steady(12, 0.005), &scaled(&steady(5, 0.005), 1.1))], &Options::default());
    let json = serde_json::to_value(&judged).unwrap();
    let row = &json["series"][0];
    assert_eq!((&row["lane"], &row["direction"]), (&"lane".into(), &"lower_is_better".into()));
    assert_eq!((&row["judgement"]["verdict"], &row["judgement"]["method"]), (&"regressed".into(), &"unpaired".into()));
    assert_eq!(row["judgement"]["p"], serde_json::json!(0.000_161_603_103));
    assert_eq!(json["summary"]["by_verdict"]["regressed"], 1);
    assert!(row["judgement"]["modes"].is_null());
}

#[test]
fn nothing_in_nothing_out() {
    let empty = judge(&[], &Options::default());
    assert_eq!((empty.summary.series, empty.summary.ratio), (0, None));
    let bare = judge(&[Series::new(key("lane"), [])], &Options::default());
    assert_eq!(bare.series[0].judgement.verdict, Verdict::Inconclusive);
    assert!(bare.series[0].history.regimes.is_empty());
}
