use std::collections::BTreeMap;

use super::oracle::judge;
use super::{CASES, Corpus, MassFailures, Plan, Series, Size, Stage, truth_document};

const SIZE: Size = Size { seed: 3, each: 1, runs: 120, every_ms: 86_400_000, revisions: false };

fn lines(corpus: &Corpus) -> Vec<u8> {
    let mut lines = Vec::new();
    (0..corpus.stage.runs).for_each(|run| corpus.write_run(run, &mut lines));
    lines
}

/// The verdict of one cell's history, from run 0 on.
fn verdict(letters: &str) -> String {
    let bits: Vec<bool> = letters.bytes().map(|letter| letter == b'F').collect();
    let series = Series::plain(bits.len(), 0..bits.len(), |run| bits[run]);
    match judge(&series, &Stage::plain(bits.len())) {
        Ok(answer) => answer.label.map_or(answer.verdict.to_owned(), |label| format!("{}/{label}", answer.verdict)),
        Err(doubt) => doubt,
    }
}

#[test]
fn the_worked_verdicts() {
    let (p, f) = (|count| "P".repeat(count), |count| "F".repeat(count));
    assert_eq!(verdict(&(p(14) + &f(3))), "new_failure");
    assert_eq!(verdict(&(p(90) + &f(4))), "regressed/deterministic");
    assert_eq!(verdict(&f(30)), "deterministic");
    assert_eq!(verdict(&f(2)), "new_failure");
    assert_eq!(verdict("PF"), "new_failure");
    assert_eq!(verdict(&(p(10) + "F" + &p(10))), "flaky_suspected");
    assert_eq!(verdict("PFPPFPFPPPFP"), "flaky");
    assert_eq!(verdict(&p(5)), "no_failure");
    assert_eq!(verdict(""), "no_failure");
    assert_eq!(verdict("FPPP"), "insufficient_evidence");
    assert_eq!(verdict("FPPPP"), "flaky_suspected");
    assert_eq!(verdict("FPPPPP"), "fixed");
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
fn every_case_can_be_planted() {
    for revisions in [false, true] {
        let corpus = Plan::Mixed.draw(Size { revisions, ..SIZE }).unwrap();
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
    assert!(find(&[7], 8).set_aside.is_empty(), "20 % are not more than 20 %");
}
