//! Whoever reads what a sweep wrote hears what that sweep could not read, and what of it counts as nothing.

use std::fmt::Write;
use std::fs;

use crate::program::{folder, record, relapse, text};

/// Reads an output by every command that does, and asserts what each says on standard error.
#[track_caller]
fn every_reader_says(out: &str, said: Option<&str>) {
    let scenario = "backward/strict:chain";
    let readers: [&[&str]; 9] = [
        &["runbook", "--from", out],
        &["runbook", scenario, "--from", out],
        &["ticket", "--from", out],
        &["ticket", scenario, "--from", out, "--form", "gh"],
        &["explain", scenario, "--from", out],
        &["replay", scenario, "--from", out],
        &["diff", out, out],
        &["diff", out, out, "--json"],
        &["policy", "init", "--from", out],
    ];
    for arguments in readers {
        let ended = relapse(arguments);
        let status = if arguments[0] == "replay" { 2 } else { 0 };
        assert_eq!(ended.status, status, "{arguments:?}: {}", ended.stderr);
        match said {
            Some(said) => assert!(ended.stderr.contains(said), "{arguments:?}: {}", ended.stderr),
            None => assert!(!ended.stderr.contains("warning"), "{arguments:?}: {}", ended.stderr),
        }
        // What is handed on says it, too.
        let is_handed_on = matches!(arguments[0], "runbook" | "policy");
        if let Some(said) = said.filter(|_| is_handed_on) {
            assert!(ended.text().contains(said), "{arguments:?}: {}", ended.text());
        }
    }
}

#[test]
fn whoever_reads_an_output_hears_that_it_is_not_whole() {
    let failed = record(&[]) + "\n";
    let logs = folder(&[("logs/a.jsonl", failed.as_bytes())]);
    let (path, out) = (logs.path().join("logs"), logs.path().join("out"));
    let (path, out) = (text(&path), text(&out));
    relapse(["sweep", path, "--out", out]).exits(0);
    every_reader_says(out, None);
    fs::write(logs.path().join("logs/a.jsonl"), format!("{failed}{{\"cut\n{{\"cut\n")).unwrap();
    relapse(["sweep", path, "--out", out]).exits(3);
    every_reader_says(out, Some("not everything could be read (2 rejected lines): failures may be missing"));
    // It is a baseline as well.
    let policy = logs.path().join("policy.toml");
    fs::write(&policy, "schema = \"relapse-policy-v1\"\nname = \"n\"\n[baseline]\nnew = 0\n").unwrap();
    let said = "what failed there without being seen is called new here";
    relapse(["sweep", path, "--baseline", out]).exits(3).says("not everything could be read (2 rejected lines)");
    let gate = ["gate", path, "--policy", text(&policy), "--baseline", out, "--allow-loss", "--format"];
    for (format, allowed) in [
        ("json", "loss:allowed:rejected_lines"),
        ("human", "loss:allowed:rejected_lines"),
        ("github", "::warning title=loss%3Aallowed%3Arejected_lines"),
        ("junit", "name=\"loss:allowed:rejected_lines\""),
        ("sarif", "loss:allowed:rejected_lines"),
    ] {
        let text = relapse([&gate[..], &[format]].concat()).exits(0).text();
        assert!(text.contains(allowed) && text.contains("let pass by --allow-loss: rejected lines 2"), "{text}");
        assert!(text.contains(said), "{text}");
    }
    assert!(relapse(["diff", out, out]).exits(0).text().contains(said));
    let pages = logs.path().join("pages");
    relapse(["runbook", "--all", "--from", out, "--out", text(&pages)]).exits(0);
    for page in fs::read_dir(&pages).unwrap().map(|entry| entry.unwrap().path()).filter(|page| page.is_file()) {
        let Some("md") = page.extension().and_then(|found| found.to_str()) else { continue };
        assert!(fs::read_to_string(&page).unwrap().contains("Not the whole of it"), "{}", page.display());
    }
    fs::remove_file(logs.path().join("out/ledger.json")).unwrap();
    relapse(["runbook", "--from", out]).exits(0).says("is not known, since there is no ledger.json");
}

#[test]
fn words_that_nobody_knows_are_told_to_whoever_reads_the_output() {
    let profile = relapse(["profiles", "show", "ft-conformance-log-v1"]).exits(0).text();
    let known = |line| if str::starts_with(line, "other") { "fail = ['fail']" } else { line };
    let known: Vec<&str> = profile.lines().map(known).collect();
    let log = [record(&[]), record(&[("outcome", "\"TIMEOUT\"")])].join("\n");
    let logs = folder(&[("logs/a.jsonl", log.as_bytes()), ("own.toml", known.join("\n").as_bytes())]);
    let [path, profile, out] = ["logs", "own.toml", "out"].map(|name| logs.path().join(name));
    relapse(["sweep", text(&path), "--profile", text(&profile), "--out", text(&out)]).exits(3);
    every_reader_says(text(&out), Some("1 record of unknown outcome (`TIMEOUT` (1)) count as neither"));
}

/// Runs of three scenarios; all that a run's number is not below `from` is skipped in it.
fn skipped_from(from: u64) -> tempfile::TempDir {
    let mut logs = Vec::new();
    for run in 0..8_u64 {
        let time = (1_767_225_600_000 + run * 86_400_000).to_string();
        let mut log = String::new();
        for scenario in ["\"a\"", "\"b\"", "\"c\""] {
            let outcome = if run < from { "\"pass\"" } else { "\"skip\"" };
            let fields = [("ts_unix_ms", time.as_str()), ("scenario_id", scenario), ("outcome", outcome)];
            writeln!(log, "{}", record(&fields)).unwrap();
        }
        logs.push((format!("r{run}.jsonl"), log));
    }
    folder(&logs.iter().map(|(name, log)| (name.as_str(), log.as_bytes())).collect::<Vec<_>>())
}

#[test]
fn newest_runs_in_which_all_was_skipped_are_told_by_name() {
    let policy = folder(&[("p.toml", b"schema = 'relapse-policy-v1'\nname = 'n'\n[max]\ndeterministic = 0\n")]);
    let file = policy.path().join("p.toml");
    let gate = |logs: &tempfile::TempDir| {
        relapse(["gate", text(logs.path()), "--policy", text(&file), "--format", "json"]).exits(0).json()
    };
    let all = skipped_from(8);
    assert!(!relapse(["sweep", text(all.path())]).exits(0).text().contains("no outcome that counts"));
    assert_eq!(gate(&all)["warnings"], serde_json::json!([]));
    let one = skipped_from(7);
    let said = "the newest run r7 holds no outcome that counts: none of its 3 records";
    let summary = relapse(["sweep", text(one.path())]).exits(0).text();
    assert!(summary.contains(said), "{summary}");
    let warned = gate(&one)["warnings"][0].clone();
    assert_eq!(warned["budget_id"], "evidence:newest_run");
    assert!(warned["message"].as_str().unwrap().contains(said), "{warned}");
    let two = skipped_from(6);
    let summary = relapse(["sweep", text(two.path())]).exits(0).text();
    assert!(
        summary.contains("the newest 2 runs (r7, r6) hold no outcome that counts: none of their 6 records"),
        "{summary}"
    );
}

#[test]
fn what_fails_always_says_how_much_of_it_was_not_counted() {
    let mut logs = Vec::new();
    for run in 0..12_u64 {
        let time = (1_767_225_600_000 + run * 86_400_000).to_string();
        let of = |outcome| record(&[("ts_unix_ms", time.as_str()), ("outcome", outcome)]);
        logs.push((format!("r{run:02}.jsonl"), [of("\"fail\""), of("\"skip\"")].join("\n")));
    }
    let logs = folder(&logs.iter().map(|(name, log)| (name.as_str(), log.as_bytes())).collect::<Vec<_>>());
    let row = relapse(["sweep", text(logs.path()), "--json"]).exits(0).json()["recurrence"]["scenarios"][0].clone();
    assert_eq!(row["kind"], "deterministic");
    let why = row["why"].as_str().unwrap();
    assert!(why.contains("12 more records count as neither by their outcome"), "{why}");
}

/// Nine runs, in one of which eight of fourteen scenarios fail at once; two others fail now and then, and pass in that one.
fn outage(others: bool) -> tempfile::TempDir {
    let mut logs = Vec::new();
    for run in 0..9_u64 {
        let time = (1_767_225_600_000 + run * 86_400_000).to_string();
        let mut log = String::new();
        for scenario in 0..14_u64 {
            let fails = scenario < 8 && run == 4 || others && scenario > 11 && (run == 2 || run == 6);
            let outcome = if fails { "\"fail\"" } else { "\"pass\"" };
            let name = format!("\"s{scenario:02}\"");
            let fields = [("ts_unix_ms", time.as_str()), ("scenario_id", &name), ("outcome", outcome)];
            writeln!(log, "{}", record(&fields)).unwrap();
        }
        logs.push((format!("r{run}.jsonl"), log));
    }
    folder(&logs.iter().map(|(name, log)| (name.as_str(), log.as_bytes())).collect::<Vec<_>>())
}

#[test]
fn an_index_says_how_many_incidents_it_leaves_out() {
    let (logs, out) = (outage(false), tempfile::tempdir().unwrap());
    relapse(["sweep", text(logs.path()), "--out", text(out.path())]).exits(0);
    let index = relapse(["runbook", "--from", text(out.path())]).exits(0).text();
    assert!(index.starts_with("# 8 incidents in 1 row, "), "{index}");
    assert!(!index.contains("Not listed"), "{index}");
    // As many as the sweep counts, listed or not.
    let weekly = crate::program::fixture("weekly");
    let summary = relapse(["sweep", text(&weekly), "--out", text(out.path()), "--allow-loss"]).exits(0).answer();
    let index = relapse(["runbook", "--from", text(out.path())]).exits(0).text();
    let first = |text: &str| text.split_once(' ').unwrap().0.parse::<u64>().unwrap();
    let listed = first(index.trim_start_matches("# "));
    let left_out = index.split_once("Not listed: ").map_or(0, |(_, rest)| first(rest));
    assert!(left_out > 0, "{index}");
    assert_eq!(listed + left_out, first(&summary), "{index}");
}

#[test]
fn what_passed_in_an_outage_is_no_failing_scenario_of_it() {
    let logs = outage(true);
    let judged = relapse(["sweep", text(logs.path()), "--json"]).exits(0).json()["recurrence"].clone();
    assert_eq!(judged["summary"]["mass_failure_runs"], serde_json::json!(["r4"]));
    let aside = |row: &&serde_json::Value| row["timeline"].as_str().unwrap().contains('M');
    assert_eq!(judged["scenarios"].as_array().unwrap().iter().filter(aside).count(), 10);
    let summary = relapse(["sweep", text(logs.path())]).exits(0).text();
    assert!(summary.contains("at most 8, newest 0"), "{summary}");
}

#[test]
fn newest_runs_in_which_most_was_skipped_are_told_with_numbers() {
    let with = |word: Option<&str>, runs: u64, skips: &dyn Fn(u64, u64) -> bool| {
        let mut logs = Vec::new();
        for run in 0..runs {
            let time = (1_767_225_600_000 + run * 86_400_000).to_string();
            let mut log = String::new();
            for scenario in 0..14_u64 {
                let Some(outcome) = (if skips(run, scenario) { word } else { Some("\"pass\"") }) else { continue };
                let name = format!("\"s{scenario:02}\"");
                let fields = [("ts_unix_ms", time.as_str()), ("scenario_id", &name), ("outcome", outcome)];
                writeln!(log, "{}", record(&fields)).unwrap();
            }
            logs.push((format!("r{run:02}.jsonl"), log));
        }
        folder(&logs.iter().map(|(name, log)| (name.as_str(), log.as_bytes())).collect::<Vec<_>>())
    };
    let logs = |runs, skips: &dyn Fn(u64, u64) -> bool| with(Some("\"skip\""), runs, skips);
    let said = |logs: &tempfile::TempDir| relapse(["sweep", text(logs.path())]).exits(0).text();
    let short = with(None, 13, &|run, scenario| run > 8 && scenario > 2);
    let told = "the newest 4 runs (r12, r11, r10, r09) hold outcomes that count of at most 3 scenarios where 14 are usual, and \
                few records";
    assert!(said(&short).contains(told), "{}", said(&short));
    let told = "the newest 7 runs (r12, r11, r10, r09 and 3 more) hold outcomes that count of at most 5 scenarios where 14 are \
                usual, though their records are there";
    let most = logs(13, &|run, scenario| run > 5 && scenario < 9);
    assert!(said(&most).contains(told), "{}", said(&most));
    // Half of it is not most, and what every other run skips is usual.
    assert!(!said(&logs(13, &|run, scenario| run > 5 && scenario < 7)).contains("are usual"));
    assert!(!said(&logs(13, &|run, scenario| run % 2 == 0 && scenario < 9)).contains("are usual"));
}

#[test]
fn newest_runs_of_which_shards_are_missing_are_told() {
    // Ten scenarios a run, in five shards, all of which are whole.
    let said = |runs: u64, is_there: &dyn Fn(u64, u64) -> bool| {
        let mut logs = Vec::new();
        for (run, shard) in (0..runs).flat_map(|run| (0..5_u64).map(move |shard| (run, shard))) {
            let time = (1_767_225_600_000 + run * 86_400_000 + shard).to_string();
            let of = |scenario: u64| {
                let name = format!("\"s{shard}{scenario}\"");
                record(&[("ts_unix_ms", time.as_str()), ("scenario_id", &name), ("outcome", "\"pass\"")]) + "\n"
            };
            if is_there(run, shard) {
                logs.push((format!("r{run:02}/shard-{shard}.jsonl"), of(0) + &of(1)));
            }
        }
        let place = folder(&logs.iter().map(|(name, log)| (name.as_str(), log.as_bytes())).collect::<Vec<_>>());
        relapse(["sweep", text(place.path()), "--from-path", "(?<run>r[0-9]+)/"]).exits(0).text()
    };
    let one = said(10, &|run, shard| run < 9 || shard == 0);
    let told =
        "the newest run r09 holds outcomes that count of at most 2 scenarios where 10 are usual, and few records";
    assert!(one.contains(told), "{one}");
    let two = said(10, &|run, shard| run < 8 || shard == 0);
    assert!(two.contains("the newest 2 runs (r09, r08) hold outcomes that count of at most 2 scenarios"), "{two}");
    // All there, most of it there, too few to know what is usual, or usual now and then.
    assert!(!said(10, &|_, _| true).contains("are usual"));
    assert!(!said(10, &|run, shard| run < 9 || shard < 3).contains("are usual"));
    assert!(!said(5, &|run, shard| run < 4 || shard == 0).contains("are usual"));
    assert!(!said(10, &|run, shard| run % 3 != 0 || shard == 0).contains("are usual"));
}
