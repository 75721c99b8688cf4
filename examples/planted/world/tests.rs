use std::collections::BTreeMap;

use super::oracle::judge;
use super::{CASES, Corpus, MassFailures, Plan, Series, Size, Stage, truth_document};

const SIZE: Size = Size { seed: 3, each: 1, runs: 120, every_ms: 86_400_000, revisions: false };

fn lines(corpus: &Corpus) -> Vec<u8> {
    let mut lines = Vec::new();
    (0..corpus.stage.runs).for_each(|run| corpus.write_run(run, &mut lines));
    lines
}

/// The verdict of one cell's history, from run 0 on: `P10F5` is ten passes and five failures.
fn verdict(history: &str) -> String {
    let mut bits = Vec::new();
    let mut letters = history.chars().filter(|letter| *letter != ' ').peekable();
    while let Some(letter) = letters.next() {
        let count: String = std::iter::from_fn(|| letters.next_if(char::is_ascii_digit)).collect();
        bits.extend(std::iter::repeat_n(letter == 'F', count.parse().unwrap_or(1)));
    }
    let series = Series::plain(bits.len(), 0..bits.len(), |run| bits[run]);
    match judge(&series, &Stage::plain(bits.len())) {
        Ok(answer) => answer.label.map_or(answer.verdict.to_owned(), |label| format!("{}/{label}", answer.verdict)),
        Err(doubt) => doubt,
    }
}

#[test]
fn the_worked_verdicts() {
    let six = "P10F3".repeat(6);
    let rare = "P10F3".repeat(5) + "P100F3";
    for (history, expected) in [
        ("P14F3", "new_failure"),
        ("P90F4", "regressed/deterministic"),
        ("F30", "deterministic"),
        ("F2", "new_failure"),
        ("PF", "new_failure"),
        ("P10FP10", "flaky_suspected"),
        ("PFPPFPFPPPFP", "flaky"),
        ("P5", "no_failure"),
        ("", "no_failure"),
        ("FPPP", "insufficient_evidence"),
        ("FPPPP", "flaky_suspected"),
        // What was seen once is never fixed.
        ("FP5", "quiet"),
        ("F2P9", "quiet"),
        ("F2P10", "fixed"),
        ("P10F5P20F5", "relapsed/deterministic"),
        ("P10F5P20F5P", "relapsed/deterministic"),
        ("P10F5P20F5P2", "recovered"),
        // Behind several outages it takes twice the longest absence.
        ("P10F5P20F5P21", "recovered"),
        ("P10F5P20F5P40", "fixed"),
        ("P10F5P20F2", "relapsed/deterministic"),
        ("P10F5P20F", "new_failure/again"),
        ("P20F2P20F2", "new_failure/again"),
        ("P20F2P40F2", "relapsed/deterministic"),
        ("P10F5P5F5", "relapsed/deterministic"),
        ("P10F5P3F5", "regressed/rate_rise"),
        ("P50F10P50F10", "relapsed/deterministic"),
        ("P20 F6PF3 P30 F3PF6", "relapsed/rate_rise"),
        ("P20 FPFPFFPFPF P30 FPPFFPFPFF", "flaky/bursty"),
        (&six, "flaky/bursty"),
        (&rare, "relapsed/deterministic"),
        ("F5P20F5", "relapsed/deterministic"),
        ("P30FP30F5", "regressed/deterministic"),
        ("PPPFPPFFPPPPPFPPPPPF", "flaky"),
    ] {
        assert_eq!(verdict(history), expected, "{history}");
    }
}

#[test]
fn an_environment_that_is_gone_proves_nothing() {
    let mut series = Series::new(40);
    for run in 0..40 {
        series.attempt(run, u8::from(run >= 20), 0, super::Mark::failing(run < 20));
    }
    assert_eq!(judge(&series, &Stage::plain(40)).unwrap().verdict, "not_rerun");
}

#[test]
fn revisions_that_come_again_explain_failures() {
    let fails = |run: usize| run >= 20 && run.is_multiple_of(2);
    let series = Series::plain(32, 0..32, fails);
    let of = |revision: &dyn Fn(usize) -> u32| Stage {
        revisions: Some((0..32).map(revision).collect()),
        ..Stage::plain(32)
    };
    assert_eq!(judge(&series, &of(&|run| fails(run).into())).unwrap().verdict, "revision_dependent");
    // One more run of the good one that fails.
    assert_eq!(judge(&series, &of(&|run| (fails(run) && run != 20).into())).unwrap().verdict, "flaky");
    assert_ne!(judge(&series, &Stage::plain(32)).unwrap().verdict, "revision_dependent");
}

#[test]
fn every_case_can_be_planted() {
    for size in [SIZE, Size { revisions: true, ..SIZE }, Size { every_ms: SIZE.every_ms / 4, ..SIZE }] {
        let corpus = Plan::Mixed.draw(size).unwrap();
        let mut planted: BTreeMap<&str, usize> = BTreeMap::new();
        for scenario in &corpus.scenarios {
            *planted.entry(scenario.planted.case).or_default() += 1;
            let answer = judge(&scenario.series, &corpus.stage).unwrap();
            assert_eq!(Some(answer.verdict), scenario.planted.verdict, "{}", scenario.planted.why);
        }
        for case in CASES.into_iter().flatten() {
            assert_eq!(planted.contains_key(case.name), case.fits.on(&corpus.stage), "{}", case.name);
        }
    }
}

#[test]
fn a_broken_suite_is_no_outage() {
    let corpus = Plan::BrokenSuite.draw(SIZE).unwrap();
    assert_eq!(corpus.mass_failures().staying, [15..18, 100..120]);
}

#[test]
fn a_seed_decides_every_byte() {
    let draw = |seed| Plan::Worlds.draw(Size { seed, ..SIZE }).unwrap();
    assert!(lines(&draw(3)) == lines(&draw(3)));
    assert!(lines(&draw(3)) != lines(&draw(4)));
    assert_eq!(truth_document(&draw(3)), truth_document(&draw(3)));
}

#[test]
fn mass_failures_by_their_definition() {
    let find = |hit: &[usize], share: usize| {
        let series: Vec<Series> = (0..40)
            .map(|number| Series::plain(20, 0..20, |run| number == run || number < share && hit.contains(&run)))
            .collect();
        MassFailures::find(20, &series)
    };
    assert_eq!(find(&[7], 20).set_aside, vec![7..8]);
    assert_eq!(find(&[7, 8], 20).set_aside, vec![7..9]);
    assert_eq!(find(&[7, 9], 20).set_aside, [7..8, 9..10]);
    assert_eq!(find(&[7, 8, 9], 20).staying, vec![7..10]);
    assert_eq!(find(&[19], 20).staying, vec![19..20]);
    assert_eq!(find(&[1, 3, 5, 7], 20).set_aside.len(), 4);
    assert_eq!(find(&[1, 3, 5, 7, 9], 20).staying.len(), 5, "so often is no accident");
    assert!(find(&[7], 8).set_aside.is_empty(), "20 % are not more than 20 %");
}
