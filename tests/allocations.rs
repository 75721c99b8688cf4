//! Steady state allocates nothing per line, and a key costs what it should.

use allocation_counter::measure;
use relapse::archive::PADDING;
use relapse::record::{OutcomeKind, Parser, Profiles, Record};
use relapse::tally::{At, Batch, Failure, Tally};

const FAILURE: Failure<'static> = Failure { class: "c", ruling: "o", severity: 1, incident_only: false };

fn line(outcome: &str, scenario: usize, extra: &str) -> Vec<u8> {
    format!(
        r#"{{"schema_version":"v1","ts_unix_ms":17672256{scenario:05},"suite_id":"kernel_route","scenario_id":"kernel_route/strict:{scenario}","fixture_id":"rows.json","packet_id":"KX-P1-003","mode":"strict","seed":11400714819323198485,"env_fingerprint":"det64:01","artifact_refs":["a.md","b.json"],"replay_command":"cargo test","outcome":"{outcome}","reason_code":"r{scenario}"{extra}}}"#
    )
    .into_bytes()
}

/// One pass over all lines, each in a buffer whose padding is the next line.
fn pass(parser: &mut Parser<'_>, tally: &mut Tally, batch: &mut Batch, lines: &mut [Vec<u8>], runs: &[&str]) {
    for (number, line) in (0..).zip(lines) {
        let len = line.len() - PADDING;
        parser.parse(line, len, 0, |parsed| {
            let record = parsed.expect("a record").record;
            let failure = (record.outcome == OutcomeKind::Fail).then_some(FAILURE);
            for run in runs {
                tally.add_to(
                    batch,
                    &record,
                    Some(run),
                    At { log: "weeks/a.jsonl.zst", part: 0, line: number },
                    failure,
                );
            }
        });
    }
    batch.flush(tally);
}

fn allocations(lines: impl Iterator<Item = Vec<u8>>, runs: &[&str]) -> u64 {
    let profiles = Profiles::builtin();
    let mut parser = Parser::new(&profiles);
    let (mut tally, mut batch) = (Tally::default(), Batch::default());
    let mut lines: Vec<Vec<u8>> = lines.map(|line| [line, vec![b'"'; PADDING]].concat()).collect();
    // The parser learns from some thousands of lines.
    for _ in 0..2 + 4096 / lines.len() {
        pass(&mut parser, &mut tally, &mut batch, &mut lines, runs);
    }
    let info = measure(|| {
        for _ in 0..20 {
            pass(&mut parser, &mut tally, &mut batch, &mut lines, runs);
        }
    });
    info.count_total
}

/// Once the list of passes doubles while 10,000 lines are read.
const DOUBLED: u64 = 1;

#[test]
fn passing_lines() {
    assert!(allocations((0..500).map(|at| line("pass", at, "")), &["r"]) <= DOUBLED);
}

#[test]
fn excluded_lines() {
    assert_eq!(allocations((0..500).map(|at| line("skip", at, "")), &["r"]), 0);
}

#[test]
fn lines_with_escapes() {
    let extra = r#","note":"a\u0062\n\"c\"","nested":{"list":[1,2.5,{"x":null}]}"#;
    assert!(allocations((0..500).map(|at| line("p\\u0061ss", at, extra)), &["r"]) <= DOUBLED);
}

#[test]
fn lines_with_escapes_in_other_fields() {
    let extra = r#","note":"a\u0062\n\"c\" \ud800","nested":{"list":[1,2.5,{"x":null}]},"huge":1e999"#;
    assert!(allocations((0..500).map(|at| line("pass", at, extra)), &["r"]) <= DOUBLED);
}

#[test]
fn failing_lines_of_known_incidents() {
    assert_eq!(allocations((0..500).map(|at| line("fail", at, "")), &["r"]), 0);
}

#[test]
fn runs_that_take_turns() {
    let runs = ["r0", "r1", "r2", "r3"];
    for outcome in ["pass", "skip", "fail"] {
        assert!(allocations((0..100).map(|at| line(outcome, at, "")), &runs) <= DOUBLED, "{outcome}");
    }
}

#[test]
fn lines_that_only_the_judge_reads() {
    // Rare by nature; this one stays within a few allocations for each mapped text.
    let count =
        allocations((0..100).map(|at| line("pass", at, r#","mode":"strict","note":"\ud800","huge":1e999"#)), &["r"]);
    assert!(count / (100 * 20) <= 32, "{}", count / (100 * 20));
}

#[test]
fn a_key_takes_64_bytes_and_its_set() {
    const KEYS: u32 = 200_000;
    let record = Record {
        packet: "p",
        suite: "s",
        scenario: "c",
        mode: "m",
        env: Some("e"),
        reason: "r",
        outcome_word: "pass",
        ..Record::EMPTY
    };
    let mut tally = Tally::default();
    let info = measure(|| {
        for seed in 0..u64::from(KEYS) {
            tally.add(&Record { seed: Some(seed), ..record }, "r", At { log: "l", part: 0, line: seed }, None);
        }
    });
    let held = info.bytes_current / i64::from(KEYS);
    assert_eq!(tally.cells().len(), KEYS as usize);
    // The set of passes stands in place, in 32 bytes of these; the index doubles as it grows.
    assert!(held <= 64, "{held} bytes a key");
}
