//! Benchmark lines and criterion's samples, read and judged.

use std::fmt::Write;

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::Value;

use crate::packing;
use crate::program::{folder, number, program, record, relapse, relapse_fed, text};

/// A noise of 1 that repeats never: most values near 0, few far.
fn noise(i: usize) -> f64 {
    #[expect(clippy::cast_precision_loss)]
    let spread = 2.0 * (0.618_034 * i as f64 + 0.3).fract() - 1.0;
    spread * spread.abs()
}

/// A benchmark line.
fn line(lane: &str, at: usize, ms: f64) -> String {
    format!(
        r#"{{"host":"h1","torch":"2.12","lane":"{lane}","fingerprint":"6.5e5","incumbent_ms":{ms:.6},"rounds":24,"recorded_unix":{}}}"#,
        1_788_279_799 + 60 * at
    )
}

/// Lines of a lane with a step behind `steady` points, in noise of 1 %.
fn lane(name: &str, steady: usize, stepped: usize, by: f64) -> String {
    let mut lines = String::new();
    for at in 0..steady + stepped {
        // What a run measures several times has one time.
        let time = at.min(steady);
        let value = 5.5 * (1.0 + 0.01 * noise(at)) * if at < steady { 1.0 } else { by };
        writeln!(lines, "{}", line(name, time, value)).unwrap();
    }
    lines
}

fn verdicts(report: &Value) -> Vec<(String, String)> {
    let word = |value: &Value| value.as_str().unwrap().to_owned();
    let row = |row: &Value| (word(&row["lane"]), word(&row["judgement"]["verdict"]));
    report["series"].as_array().unwrap().iter().map(row).collect()
}

fn pair(lane: &str, verdict: &str) -> (String, String) {
    (lane.to_owned(), verdict.to_owned())
}

#[test]
fn a_step_regresses_and_is_1() {
    let lines = lane("steady", 20, 8, 1.0) + &lane("step", 20, 5, 1.10);
    let folder = folder(&[("bank.jsonl", lines.as_bytes())]);
    let path = text(folder.path());
    let report = relapse(["bench", path, "--json"]).exits(1).json();
    assert_eq!(report["schema_version"], "relapse-benchmarks-v1");
    assert_eq!(verdicts(&report), [pair("steady", "equivalent"), pair("step", "regressed")]);
    assert_eq!((number(&report["ledger"], "benchmark_lines"), number(&report["ledger"], "rejected")), (53, 0));
    let row = &report["series"][1];
    assert_eq!((&row["host"], &row["unit"]), (&"h1".into(), &"ms".into()));
    assert_eq!(row["env"], serde_json::json!([["torch", "2.12"], ["fingerprint", "6.5e5"]]));
    let out = folder.path().join("out/report.json");
    let summary = relapse(["bench", path, "--out", text(&out)]).exits(1).text();
    for part in ["h1\n", "regressed     step  incumbent_ms", "2 series: 1 regressed", "nothing was lost"] {
        assert!(summary.contains(part), "{part}: {summary}");
    }
    let written: Value = serde_json::from_slice(&std::fs::read(&out).unwrap()).unwrap();
    assert_eq!(written, report);
    assert_eq!(relapse(["bench", path, "--delta", "0.2", "--json"]).exits(0).json()["settings"]["delta"], 0.2);
}

/// One value a run: sixty, then ten that are 30 % slower.
fn stood() -> String {
    (0..70).map(|at| line("lane", at, if at < 60 { 5.0 } else { 6.5 } * (1.0 + 0.01 * noise(at))) + "\n").collect()
}

#[test]
fn what_stands_fails_until_it_is_accepted() {
    let policy = "schema = \"relapse-policy-v1\"\nname = \"p\"\n";
    let lines: Vec<(String, String)> =
        stood().lines().enumerate().map(|(at, line)| (format!("r{at:02}.jsonl"), format!("{line}\n"))).collect();
    let mut files: Vec<(&str, &[u8])> = lines.iter().map(|(name, line)| (name.as_str(), line.as_bytes())).collect();
    files.sort_unstable();
    let (runs, policies) = (folder(&files), folder(&[("policy.toml", policy.as_bytes())]));
    let (path, policy) = (text(runs.path()), policies.path().join("policy.toml"));
    let bench = |more: &[&str]| relapse([&["bench", path], more].concat());
    let said = bench(&[]).exits(1).text();
    assert!(said.contains("higher since run r60"), "{said}");
    let accept = |lane: &'static str| ["--accept", lane, "--owner", "o", "--reason", "so", "--policy", text(&policy)];
    bench(&accept("lane@r99")).exits(2);
    bench(&accept("lane")).exits(2);
    bench(&accept("lane@r60")).exits(0);
    let written = std::fs::read_to_string(&policy).unwrap();
    assert!(
        written.ends_with("\n[[benchmark.accepted]]\nlane = \"lane\"\nrun = \"r60\"\nowner = \"o\"\nreason = \"so\"\n"),
        "{written}"
    );
    bench(&["--policy", text(&policy)]).exits(0);
    bench(&[]).exits(1);
    relapse(["policy", "check", text(&policy)]).exits(0);
}

#[test]
fn other_tools_files_are_read() {
    let run = |factor: f64| {
        let times: Vec<String> = (0..5).map(|i| format!("{:.4}", factor * (1.0 + 0.001 * f64::from(i)))).collect();
        format!("{{\"results\":[{{\"command\":\"x\",\"times\":[{}]}}]}}", times.join(","))
    };
    let files: Vec<(String, String)> = (0..9)
        .map(|at| (format!("r{at}.json"), run(if at == 8 { 1.2 } else { 1.0 + 0.002 * f64::from(at % 3) })))
        .collect();
    let folder = folder(&files.iter().map(|(name, body)| (name.as_str(), body.as_bytes())).collect::<Vec<_>>());
    let paths: Vec<String> =
        files.iter().map(|(name, _)| folder.path().join(name).to_str().unwrap().to_owned()).collect();
    let arguments: Vec<&str> = ["bench", "--json"].into_iter().chain(paths.iter().map(String::as_str)).collect();
    let report = relapse(arguments).exits(1).json();
    assert_eq!(verdicts(&report), [pair("x", "regressed")]);
    assert_eq!(
        (&report["series"][0]["points"], &report["series"][0]["judgement"]["method"]),
        (&45.into(), &"runs".into())
    );
}

#[test]
fn strictness_makes_the_undecided_1() {
    let lines = lane("few", 4, 1, 1.0);
    let folder = folder(&[("bank.jsonl", lines.as_bytes())]);
    relapse(["bench", text(folder.path())]).exits(0);
    let said = relapse(["bench", text(folder.path()), "--strict"]).exits(1).text();
    assert!(said.contains("n is 4: 8 baseline measurements are needed"), "{said}");
}

#[test]
fn the_answer_is_one_in_every_container_and_at_every_thread_count() {
    let lines = lane("a", 30, 6, 1.0) + &lane("b", 12, 6, 1.2) + &lane("c", 3, 2, 1.0);
    let half = lines[..lines.len() / 2].rfind('\n').unwrap() + 1;
    let mut frames = packing::frame(&lines.as_bytes()[..half + 17]);
    frames.extend(packing::frame(&lines.as_bytes()[half + 17..]));
    let mut answers = Vec::new();
    for (files, threads) in [
        (vec![("bank.jsonl", lines.as_bytes())], "1"),
        (vec![("bank.jsonl", lines.as_bytes())], "3"),
        (vec![("bank.jsonl.zst", frames.as_slice())], "2"),
        (vec![("1.jsonl", &lines.as_bytes()[..half]), ("2.jsonl", &lines.as_bytes()[half..])], "2"),
    ] {
        let folder = folder(&files);
        // One run, in however many files.
        let run = ["--from-path", "jso(?<run>n)l"];
        let arguments = [&["bench", text(folder.path()), "--json", "--threads", threads][..], &run].concat();
        let mut report = relapse(arguments).exits(1).json();
        report["ledger"] = Value::Null;
        answers.push(report);
    }
    assert!(answers.windows(2).all(|pair| pair[0] == pair[1]));
    let fed = relapse_fed(&["bench", "-", "--json"], lines.as_bytes()).exits(1).json();
    assert_eq!(fed["series"], answers[0]["series"]);
}

#[test]
fn logs_and_benchmarks_stand_in_one_archive() {
    let mut lines = lane("a", 12, 4, 1.0);
    for _ in 0..3 {
        writeln!(lines, "{}", record(&[])).unwrap();
    }
    lines += &line("a", 40, 5.5);
    let folder = folder(&[("r.jsonl", lines.as_bytes())]);
    let sweep = relapse(["sweep", text(folder.path()), "--json"]).exits(0).json();
    let totals = &sweep["ledger"]["totals"];
    assert_eq!(["lines", "parsed", "benchmark_lines", "rejected"].map(|key| number(totals, key)), [20, 20, 17, 0]);
    assert_eq!(number(&sweep["incidents"], "records"), 3);
    assert_eq!(sweep["incidents"]["incidents"].as_array().unwrap().len(), 1);
    let bench = relapse(["bench", text(folder.path()), "--json"]).exits(0).json();
    assert_eq!(bench["series"][0]["points"], 17);
    let alone = crate::program::folder(&[("b.jsonl", line("a", 1, 5.0).as_bytes())]);
    let summary = relapse(["sweep", text(alone.path())]).exits(0).text();
    assert!(summary.contains("1 benchmark line among the parsed"), "{summary}");
}

#[test]
fn what_is_wrong_is_counted_under_its_reason() {
    let bad = [
        r#"{"lane":"a","x_ms":1e999}"#,
        r#"{"lane":"a","x_ms":"NaN"}"#,
        r#"{"lane":"a","x_ms":-3}"#,
        r#"{"lane":["a"],"x_ms":3}"#,
        r#"{"lane":"a","note":"no metric"}"#,
        r#"{"x_ms":3}"#,
        r#"{"lane":"a","x_ms":3"#,
    ];
    let good = r#"{"lane":"a","x_ms":0,"y_ms":4,"lane":"b","y_ms":5}"#;
    let folder = folder(&[("r.jsonl", format!("{}\n\n{good}\n{good}\n", bad.join("\n")).as_bytes())]);
    let report = relapse(["bench", text(folder.path()), "--json"]).exits(3).json();
    let ledger = &report["ledger"];
    let counts = ["lines", "parsed", "blank", "rejected", "rejected_metrics", "duplicate_fields"];
    assert_eq!(counts.map(|key| number(ledger, key)), [10, 2, 1, 7, 2, 4]);
    let reasons = &ledger["rejected_by_reason"];
    let reasons = ["out_of_range", "wrong_type", "unknown_shape", "invalid_json"].map(|key| number(reasons, key));
    assert_eq!(reasons, [3, 1, 2, 1]);
    let rows = report["series"].as_array().unwrap();
    let row = |row: &Value| (row["metric"].clone(), row["points"].clone(), row["rejected"].clone());
    assert_eq!(
        rows.iter().map(row).collect::<Vec<_>>(),
        [("x_ms".into(), 0.into(), 2.into()), ("y_ms".into(), 1.into(), 0.into())],
        "identical lines count once"
    );
    relapse(["bench", text(folder.path()), "--allow-loss"]).exits(0);
    let summary = relapse(["bench", text(folder.path())]).exits(3).text();
    assert!(summary.contains("2 metrics rejected: not finite or not above 0"), "{summary}");
}

#[test]
fn damage_loses_what_lies_behind_it_and_is_3() {
    let lines = lane("a", 30, 6, 1.0);
    let mut frames = packing::frame(&lines.as_bytes()[..lines.len() / 2]);
    frames.extend(packing::frame(&lines.as_bytes()[lines.len() / 2..]));
    frames.truncate(frames.len() - 20);
    let folder = folder(&[("bank.jsonl.zst", &frames)]);
    let report = relapse(["bench", text(folder.path()), "--json"]).exits(3).json();
    assert_eq!(number(&report["ledger"], "damaged_archives"), 1);
    assert!(report["series"][0]["points"].as_u64().unwrap() >= 17);
    relapse(["bench", text(folder.path()), "--allow-loss"]).exits(0);
}

#[test]
fn a_baseline_may_be_read_from_elsewhere() {
    // By their times the candidate is older, and it is judged all the same; one line stands in both.
    let (base, new) = (lane("a", 12, 0, 1.0), lane("a", 0, 6, 1.1));
    let both = line("a", 3, 5.5 * (1.0 + 0.01 * noise(3)));
    let folder = folder(&[("base/b.jsonl", base.as_bytes()), ("new/n.jsonl", format!("{new}{both}\n").as_bytes())]);
    let path = |below: &str| text(&folder.path().join(below)).to_owned();
    let report = relapse(["bench", &path("new"), "--baseline", &path("base"), "--json"]).exits(1).json();
    let judged = &report["series"][0]["judgement"];
    assert_eq!((number(judged, "candidate"), number(judged, "baseline")), (6, 12));
    assert_eq!(number(&report["series"][0], "duplicates"), 1);
    assert_eq!(judged["verdict"], "regressed");
    relapse(["bench", &path("new"), "--baseline", &path("base"), "--last", "2"]).exits(2).says("--last");
    relapse(["bench", &path("new"), "--baseline", &path("gone")]).exits(2).says("gone");
}

#[test]
fn a_side_without_a_measurement_is_named_with_what_it_holds() {
    let (measured, record) = (lane("a", 12, 0, 1.0), record(&[]) + "\n");
    let folder = folder(&[("lines/b.jsonl", measured.as_bytes()), ("tests/t.jsonl", record.as_bytes())]);
    let [lines, tests] = ["lines", "tests"].map(|below| text(&folder.path().join(below)).to_owned());
    let holds = "holds no measurement (none of its 1 record is a benchmark line)";
    let ended = relapse(["bench", &lines, "--baseline", &tests]).exits(2).says(holds);
    assert!(ended.stderr.contains("the baseline ") && ended.stderr.contains(&tests), "{}", ended.stderr);
    let ended = relapse(["bench", &tests, "--baseline", &lines, "--json"]).exits(2).says(holds);
    assert!(ended.stderr.contains("the candidate ") && ended.stdout.is_empty(), "{}", ended.stderr);
}

#[test]
fn a_candidate_is_a_declared_run_or_the_last_lines() {
    let mut lines = String::new();
    for at in 0..30 {
        let (run, by) = if at < 12 { ("old", 1.0) } else { ("new", 1.2) };
        let value = 3.0 * by * (1.0 + 0.01 * noise(at));
        writeln!(lines, r#"{{"lane":"a","run":"{run}","wait_s":{value},"recorded_unix":{at}}}"#).unwrap();
    }
    let folder = folder(&[("r.jsonl", lines.as_bytes())]);
    let of = |arguments: &[&str], status| {
        let all = [&["bench", text(folder.path()), "--json"], arguments].concat();
        let judged = relapse(all).exits(status).json()["series"][0]["judgement"].clone();
        (number(&judged, "candidate"), judged["run"].clone(), judged["verdict"].clone())
    };
    assert_eq!(of(&[], 1), (18, "new".into(), "regressed".into()));
    assert_eq!(of(&["--candidate", "new"], 1), (18, "new".into(), "regressed".into()));
    relapse(["bench", text(folder.path()), "--candidate", "gone"]).exits(2).says("`gone`");
    assert_eq!(of(&["--last", "3"], 1).0, 3, "what stands, stands behind its last three too");
    assert_eq!(of(&["--until", "1970-01-01T00:00:20Z"], 1).0, 8);
    assert_eq!(of(&["--since", "4s"], 0).0, 5, "back from the newest line, where no test was recorded");
}

#[test]
fn criterion_s_folder_is_read() {
    let sample = |by: f64, n: usize| {
        let iters: Vec<f64> = (1..=n).map(|i| 10.0 * i as f64).collect();
        let times: Vec<f64> =
            iters.iter().enumerate().map(|(i, iters)| iters * 2_500_000.0 * by * (1.0 + 0.01 * noise(i))).collect();
        format!(r#"{{"sampling_mode":"Linear","iters":{iters:?},"times":{times:?}}}"#)
    };
    let id = br#"{"group_id":"parse","function_id":"lines","full_id":"parse/lines","title":"parse/lines"}"#;
    let (base, new) = (sample(1.0, 20), sample(1.2, 20));
    let folder = folder(&[
        ("parse/lines/base/sample.json", base.as_bytes()),
        ("parse/lines/new/sample.json", new.as_bytes()),
        ("parse/lines/new/benchmark.json", id),
        ("parse/lines/new/estimates.json", b"{}"),
        ("parse/report/index.html", b""),
    ]);
    let path = text(folder.path());
    let report = relapse(["bench", path, "--json"]).exits(1).json();
    assert_eq!(verdicts(&report), [pair("parse/lines", "regressed")]);
    let summary = relapse(["bench", path]).exits(1).text();
    assert!(summary.contains("last 2.9") || summary.contains("last 3.0"), "{summary}");
    assert!(summary.contains(" ms  ratio 1.2"), "{summary}");
    // Against itself nothing changed.
    let same = relapse(["bench", path, "--baseline", path, "--json"]).exits(0).json();
    assert_eq!(same["series"][0]["judgement"]["baseline"], 20);
    // A folder that criterion wrote badly is told, and is no panic.
    std::fs::write(folder.path().join("parse/lines/new/sample.json"), "{\"iters\":[1],\"times\":[]}").unwrap();
    let broken = relapse(["bench", path]).exits(3).text();
    assert!(broken.contains("warning: parse/lines/new/sample.json: 1 iteration counts and 0 times"), "{broken}");
    // What ran once has nothing to be compared with.
    std::fs::write(folder.path().join("parse/lines/new/sample.json"), new).unwrap();
    std::fs::remove_dir_all(folder.path().join("parse/lines/base")).unwrap();
    relapse(["bench", path]).exits(2).says("so that the baseline holds no measurement");
    relapse(["bench", path, "--baseline", path]).exits(0);
}

#[test]
fn hostile_lanes_are_harmless() {
    let mut lines = lane(r"\u001b[2J\u202eevil\u0007", 12, 5, 1.3);
    lines += &lane(&"x".repeat(5000), 3, 1, 1.0);
    writeln!(lines, r#"{{"lane":"huge","x_ms":1e308,"y_bytes":1{}}}"#, "0".repeat(300)).unwrap();
    writeln!(lines, r#"{{"lane":"tiny","x_ms":5e-324,"deep":{}1{}}}"#, "[".repeat(20_000), "]".repeat(20_000)).unwrap();
    let folder = folder(&[("r.jsonl", lines.as_bytes())]);
    for width in ["40", "80", "120", "nonsense"] {
        let output = program().args(["bench", text(folder.path())]).env("COLUMNS", width).output().unwrap();
        assert_eq!(output.status.code(), Some(1));
        let summary = String::from_utf8(output.stdout).unwrap();
        assert!(summary.chars().all(|c| c == '\n' || !c.is_control() && c != '\u{202e}'), "{summary:?}");
        assert!(summary.contains(r"\u{1b}[2J"), "{summary}");
    }
}

/// Normal noise of 2 %, a step of 5 %: what the gate leaves open at delta, the history dates.
#[test]
fn a_step_of_5_percent_on_steady_lanes_is_found() {
    const LANES: usize = 30;
    let mut rng = ChaCha8Rng::seed_from_u64(5);
    let mut uniform = || (f64::from(rng.next_u32()) + 0.5) / 2.0_f64.powi(32);
    let mut normal = || (-2.0 * uniform().ln()).sqrt() * (std::f64::consts::TAU * uniform()).cos();
    let mut lines = String::new();
    for lane in 0..2 * LANES {
        for at in 0..60 {
            let by = if lane < LANES && at >= 40 { 1.05 } else { 1.0 };
            writeln!(lines, "{}", line(&format!("lane {lane:02}"), at, 5.5 * by * (0.02 * normal()).exp())).unwrap();
        }
    }
    let folder = folder(&[("r.jsonl", lines.as_bytes())]);
    let ended = relapse(["bench", text(folder.path()), "--last", "20", "--json"]);
    let found = |row: &Value| {
        let dated = row["history"]["changes"].as_array().unwrap().iter().any(|change| change["worse"] == true);
        dated || row["judgement"]["verdict"] == "regressed"
    };
    let rows = ended.json()["series"].as_array().unwrap().clone();
    let (stepped, steady) = rows.split_at(LANES);
    assert!(
        stepped.iter().all(found),
        "of {LANES} steps {} were found",
        stepped.iter().filter(|row| found(row)).count()
    );
    assert_eq!(steady.iter().filter(|row| row["judgement"]["verdict"] == "regressed").count(), 0);
}

#[test]
fn ten_thousand_lanes_are_judged() {
    let mut lines = String::new();
    for lane in 0..10_000 {
        writeln!(lines, "{}", line(&format!("lane {lane}"), lane, 5.0)).unwrap();
    }
    let folder = folder(&[("r.jsonl", lines.as_bytes())]);
    let summary = relapse(["bench", text(folder.path())]).exits(0).text();
    assert!(summary.contains("and 9,940 more series") && summary.contains("10,000 series:"), "{summary}");
    assert!(summary.lines().count() < 400);
}

#[test]
fn nothing_measured_is_2() {
    let folder = folder(&[("r.jsonl", record(&[]).as_bytes())]);
    relapse(["bench", text(folder.path())]).exits(2).says("found no benchmark line");
    relapse(["bench", "/no/such/path"]).exits(2).says("/no/such/path");
    relapse(["bench", text(folder.path()), "--delta", "0"]).exits(2).says("--delta");
    relapse(["bench", text(folder.path()), "--last", "0"]).exits(2).says("--last");
}

#[test]
fn a_profile_of_one_s_own_names_the_metrics() {
    let profile = "name = \"own\"\n[benchmark]\nlane = \"bench\"\ntime = \"at\"\ntime_unit = \"rfc3339\"\n\
                   [[metric]]\nfield = \"score\"\nunit = \"points\"\ndirection = \"higher_is_better\"\n";
    let mut lines = String::new();
    for at in 0..18 {
        let score = 100.0 * (1.0 + 0.01 * noise(at)) * if at < 12 { 1.0 } else { 0.8 };
        let at = at.min(12);
        writeln!(lines, r#"{{"bench":"a","at":"2026-01-01T00:00:{at:02}Z","score":{score}}}"#).unwrap();
    }
    let folder = folder(&[("r.jsonl", lines.as_bytes()), ("own.toml", profile.as_bytes())]);
    let profile = folder.path().join("own.toml");
    relapse(["profiles", "check", text(&profile)]).exits(0);
    let log = folder.path().join("r.jsonl");
    let report = relapse(["bench", text(&log), "--profile", text(&profile), "--json"]).exits(1).json();
    assert_eq!(verdicts(&report), [pair("a", "regressed")]);
    assert_eq!(report["series"][0]["direction"], "higher_is_better");
    relapse(["bench", text(&log)]).exits(2);
}

#[test]
fn what_is_cut_short_is_said_to_stand_where_it_does() {
    let files: Vec<(String, &[u8])> = (0..12).map(|at| (format!("r{at:02}.jsonl"), &b"no record\n"[..])).collect();
    let place = folder(&files.iter().map(|(name, text)| (name.as_str(), *text)).collect::<Vec<_>>());
    let said = "more archives: ledger.json of `relapse sweep --out DIR` has all";
    relapse(["bench", text(place.path())]).exits(2).says(said);
    let out = place.path().join("out");
    let swept = relapse(["sweep", text(place.path()), "--out", text(&out)]).exits(2);
    assert!(swept.text().contains(said), "{}", swept.text());
    let ledger: Value = serde_json::from_slice(&std::fs::read(out.join("ledger.json")).unwrap()).unwrap();
    assert_eq!(ledger["archives"].as_array().unwrap().len(), 12);
}
