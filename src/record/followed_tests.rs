//! Lines that follow trails, and lines that nearly do.

use super::*;
use crate::record::walk::Walk;

/// Line `n` of a log as programs write them: a few shapes, values that hardly change, and some that always do.
fn log_line(set: usize, n: usize, draw: &mut Draw) -> String {
    let suite = ["kernel_route", "op_contract", "scalar_grad"][n % 3];
    let word = if draw.once_in(40) { "fail" } else { "pass" };
    let seed = draw.0.next_u64();
    let number = draw.one(&["1", "-2.5", "3e-7", "0", "1234567.875", "null", "\"x\""]);
    // One key, values of every depth: what is a hole in one line is cut finer in another.
    let any = draw.one(&["1", "[]", "[1]", "[[1]]", "[[[]],2]", "{}", r#"{"y":1}"#, r#"{"y":{"seed":1},"z":[{}]}"#]);
    let tail = match n % 7 {
        0 => String::new(),
        1 => format!(r#","op":"add","pass":true,"out":[{number},{number}],"more":{{"kind":"a","n":{n}}}"#),
        2 => format!(r#","entries":[{{"kind":"policy","at":{n}}},{{"kind":"dispatch","note":"é {number}"}}]"#)
            .replace("\"x\"", "x"),
        3 => format!(r#","x":{any},"k":{number}{}"#, ["", r#","last":0"#, r#","z":{"a":1}"#][n % 11 % 3]),
        4 => format!(r#","deep":[[{number}],[[]],{{"a":{{"b":[{{}}]}}}}],"flag":false"#),
        5 => format!(r#","text":"with \"escapes\" \u00e9 {n}","last":{number}"#),
        _ => format!(r#", "spaced" : {number} , "a":[ 1 ,2 ]"#),
    };
    match set {
        0 => format!(
            r#"{{"schema_version":"v1","ts_unix_ms":{},"suite_id":"{suite}","scenario_id":"{suite}/case_{}","fixture_id":"{suite}.json","packet_id":"P-1","mode":"strict","seed":{seed},"env_fingerprint":"det64:{}","artifact_refs":["{suite}.json","b"],"replay_command":"run {suite}","outcome":"{word}","reason_code":"ok"{tail}}}"#,
            1_767_225_600_000 + n,
            n % 97,
            n % 4,
        ),
        1 => format!(
            r#"{{"time":{}.5,"run":{{"id":{},"branch":"main"}},"test":{{"name":"{suite}_{}","result":{{"word":"ok"}}}},"files":["x"],"value":{},"took":-1{n},"seed":{seed},"any":[{{"a":1}},null]{tail}}}"#,
            1_767_225_600 + n,
            n % 7,
            n % 50,
            n as f64 / 8.0,
        ),
        3 => format!(
            r#"{{"schema":"itest-log-v1","ts":"2026-01-01T01:02:{:02}Z","suite":"{suite}-smoke","file":"{suite}.test.ts","testName":"{suite} > API-{:03}: holds","scenarioId":null,"invariantId":"IDEMP-001","keyEntityIds":{{"bid":{n}}},"outcome":"{word}","durationMs":{n},"error":null,"evidence":["x"],"run":{{"id":"r{}","attempt":1,"sha":"s"}},"seed":{seed},"replay":null{tail}}}"#,
            n % 60,
            n % 97,
            n % 7,
        ),
        _ => format!(r#"{{"at":"2026-01-01T01:02:{:02}Z","id":"{suite}{}","status":"passed"{tail}}}"#, n % 60, n % 31),
    }
}

#[test]
fn lines_that_nearly_follow_a_trail_are_judged_alike() {
    follow(std::env::var("RELAPSE_CASES").map_or(CASES / 3, |cases| cases.parse().unwrap()));
}

#[test]
fn without_simd_they_are_judged_alike_too() {
    crate::record::plain::without_simd(|| follow(CASES / 15));
}

fn follow(cases: usize) {
    let seed = std::env::var("RELAPSE_SEED").map_or(1, |seed| seed.parse().unwrap());
    let mut draw = Draw(ChaCha8Rng::seed_from_u64(seed));
    let sets = profile_sets();
    for (set, (profiles, guess)) in sets.iter().zip([0, 0, 2, 1]).enumerate() {
        let mut parser = Parser::new(profiles);
        let (mut whole, mut changed, mut followed) = (0, 0, [0; 2]);
        for n in 0..cases {
            let line = log_line(set, n, &mut draw);
            let mut bytes = line.clone().into_bytes();
            // Unchanged lines keep the trails alive.
            let times = draw.one(&[0, 0, 0, 0, 0, 0, 1, 1, 2]);
            let other = log_line(set, n + 1, &mut draw);
            for _ in 0..times {
                draw.mutate(&mut bytes, other.as_bytes());
            }
            *(if times == 0 { &mut whole } else { &mut changed }) += 1;
            let padding = draw.padding(other.as_bytes());
            let padded = [&bytes, &*padding].concat();
            let trails = &parser.trails[guess];
            let mut slots = [Slot::Absent; MOST_FIELDS];
            let follows = trails.is_awake() && trails.follow(&padded, Walk::new(&bytes), &mut slots).is_some();
            followed[times.min(1)] += usize::from(follows);
            let read = both(&mut parser, &bytes, &padding, guess);
            if follows {
                assert_ne!(
                    reason_by_definition(&bytes),
                    Some(Reason::InvalidJson),
                    "{}",
                    String::from_utf8_lossy(&bytes)
                );
            }
            if times == 0 {
                assert!(read.is_ok(), "{line}");
            }
        }
        if cases >= CASES / 3 {
            assert!(followed[0] > whole * 8 / 10, "only {followed:?} of {whole} lines followed in set {set}");
            assert!(followed[1] > changed / 30, "only {followed:?} of {changed} changed lines followed in set {set}");
        }
    }
}
