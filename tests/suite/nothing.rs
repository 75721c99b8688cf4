//! No all-clear that is none: where nothing was read, or a filter leaves nothing, that is said, with what there is.

use std::fmt::Write;
use std::fs;

use serde_json::Value;

use crate::program::{Ended, fixture, folder, program, record, relapse, relapse_fed, text};

/// A sweep that must say that it came to nothing, everywhere.
#[track_caller]
fn says_nothing(arguments: &[&str], said: &[&str]) {
    let out = tempfile::tempdir().unwrap();
    let out = text(out.path());
    let with = |more: &[&str]| relapse([&["sweep"][..], arguments, more].concat());
    let summary = with(&["--out", out, "--allow-loss"]).exits(2).text();
    assert!(!summary.contains("Nothing failed"), "{summary}");
    assert!(!summary.contains("nothing was lost") || !said[0].contains("could be read"), "{summary}");
    let json = with(&["--json"]).exits(2);
    let why = json.json()["incidents"]["nothing"].as_str().unwrap().to_owned();
    assert_eq!(json.json()["recurrence"]["nothing"], why.as_str());
    let read = |name: &str| fs::read_to_string(format!("{out}/{name}")).unwrap();
    let [page, markdown] = ["report.html", "report.md"].map(read);
    assert!(!markdown.contains("Nothing was lost"), "{markdown}");
    for word in said {
        for (place, text) in [("summary", &summary), ("stderr", &json.stderr)] {
            assert!(text.contains(word), "`{word}` is not in the {place}: {text}");
        }
    }
    // There without what would differ elsewhere.
    assert!(json.stderr.starts_with(&why) && !why.contains("jsonl"), "{why}");
    let head = said[0].split(['`', ':']).next().unwrap();
    assert!(page.contains(&format!("<h1>{head}")) && markdown.contains(head), "{markdown}");
    // Whoever reads that output is told, too.
    let policy = ["policy", "init", "--from", out];
    for reader in [&["runbook", "--from", out][..], &["ticket", "--from", out], &["diff", out, out], &policy] {
        relapse(reader).exits(2).says("came to nothing");
    }
    relapse(["explain", "any", "--from", out]).exits(2).says("came to nothing");
}

fn gate(path: &str, rest: &str, more: &[&str]) -> Ended {
    let policy = format!("schema = \"relapse-policy-v1\"\nname = \"test\"\n{rest}");
    let policy = folder(&[("policy.toml", policy.as_bytes())]);
    let file = policy.path().join("policy.toml");
    relapse([&["gate", path, "--policy", text(&file), "--format", "json"], more].concat())
}

#[track_caller]
fn fails_for_nothing(ended: Ended, said: &[&str]) {
    let report = ended.exits(1).json();
    let found = report["violations"].as_array().unwrap().iter().find(|one| one["budget_id"] == "coverage:nothing");
    let message = found.unwrap_or_else(|| panic!("{report}"))["message"].as_str().unwrap();
    for word in said {
        assert!(message.contains(word), "`{word}` is not in: {message}");
    }
}

#[test]
fn what_holds_no_record_is_named_with_what_would_help() {
    let utf_16: Vec<u8> = "\u{feff}<?xml version='1.0'?><a/>".encode_utf16().flat_map(u16::to_le_bytes).collect();
    for (bytes, said) in [
        (&b""[..], &["looks like empty"][..]),
        (b"\n \n\r\n", &["looks like only blank lines"]),
        (b"root:x:0:0:root:/root:/bin/bash\n", &["looks like plain text", "invalid_json"]),
        (b"{\"when\":1,\"what\":\"x\"}\n", &["JSON with the keys when, what", "--profile"]),
        (b"<testsuites><testsuite/></testsuites>", &["looks like JUnit XML", "found no test in it"]),
        (b"7z\xbc\xaf\x27\x1c\0\x04", &["looks like 7z", "7z x"]),
        (b"\x37\xa4\x30\xec\x01\x02\x03\x04", &["looks like zstd dictionary"]),
        (&utf_16, &["nothing could be read"]),
    ] {
        let folder = folder(&[("r.jsonl", bytes)]);
        let all: Vec<&str> = ["nothing could be read"].into_iter().chain(said.iter().copied()).collect();
        says_nothing(&[text(&folder.path().join("r.jsonl"))], &all);
        fails_for_nothing(gate(text(folder.path()), "", &["--allow-loss"]), &all);
        fails_for_nothing(gate(text(folder.path()), "[levels]\ncoverage = \"allow\"", &["--allow-loss"]), &all);
    }
    says_nothing(&["/etc/passwd"], &["nothing could be read", "looks like plain text"]);
    let folder = folder(&[("r.jsonl", record(&[]).as_bytes())]);
    let other = relapse(["profiles", "show", "ft-conformance-log-v1"]).exits(0).text().replace("packet_id", "unit");
    let shape = folder.path().join("other.toml");
    fs::write(&shape, other).unwrap();
    let said = ["nothing could be read", "JSON with the keys schema_version", "without --profile"];
    says_nothing(&[text(folder.path()), "--profile", text(&shape)], &said);
}

#[test]
fn what_is_foreign_among_records_is_a_loss_with_its_shape() {
    let folder = folder(&[("a.jsonl", record(&[]).as_bytes()), ("b.jsonl", b"<html/>\n"), ("c.jsonl", b"")]);
    let ended = relapse(["sweep", text(folder.path()), "--json"]).exits(3);
    assert_eq!(ended.json()["incidents"]["nothing"], Value::Null);
    let archives = ended.ledger()["archives"].clone();
    let shapes = [&archives[0], &archives[1], &archives[2]].map(|one| one["looks_like"].as_str());
    assert_eq!(shapes, [None, Some("HTML"), Some("empty")]);
    let summary = relapse(["sweep", text(folder.path())]).exits(3).text();
    assert!(summary.contains("it looks like HTML"), "{summary}");
}

#[test]
fn what_is_passed_over_is_named_where_nothing_else_is_there() {
    let folder =
        folder(&[("report.xml", b"<coverage/>"), ("artifacts.7z", b"7z\xbc\xaf\x27\x1c\0\x04"), ("x/n.txt", b"hi\n")]);
    relapse(["sweep", text(folder.path())])
        .exits(2)
        .says("found no archive")
        .says("report.xml looks like coverage XML")
        .says("artifacts.7z looks like 7z; next: 7z x")
        .says("x/n.txt looks like plain text");
}

#[test]
fn a_filter_that_leaves_nothing_names_what_there_is() {
    let mut logs = Vec::new();
    for run in 0..6_u64 {
        let time = (1_767_225_600_000 + run * 86_400_000).to_string();
        let mut log = String::new();
        for packet in ["KX-001", "KX-002"] {
            let branch = if run < 4 { "\"main\"" } else { "\"fix\"" };
            let packet = if run == 5 && packet == "KX-002" { "KX-004" } else { packet };
            let fields = [("ts_unix_ms", time.as_str()), ("packet_id", &format!("\"{packet}\"")), ("branch", branch)];
            let _ = writeln!(log, "{}", record(&fields));
        }
        logs.push((format!("run-{run}.jsonl"), log));
    }
    let profile = relapse(["profiles", "show", "ft-conformance-log-v1"]).exits(0).text();
    let field = "[[field]]\nrole = \"branch\"\npath = \"branch\"\ntype = \"text\"\n\n[outcome]";
    let profile = profile.replace("[outcome]", field);
    logs.push(("branches.toml".to_owned(), profile));
    let files: Vec<(&str, &[u8])> = logs.iter().map(|(name, log)| (name.as_str(), log.as_bytes())).collect();
    let folder = folder(&files);
    let (path, shape) = (text(folder.path()), folder.path().join("branches.toml"));
    let packet = ["--packet", "KX-003"];
    let since = ["--since", "2030-01-01T00:00:00Z"];
    let until = ["--until", "1999-01-01T00:00:00Z"];
    for (filter, said) in [
        (packet, &["nothing is left to judge: --packet `KX-003`", "none of 12 records", "`KX-001` (6 records)"][..]),
        (since, &["--since 2030-01-01", "6 runs, which began from 2026-01-01T00:00:00Z to 2026-01-06T00:00:00Z"]),
        (until, &["--until 1999-01-01", "6 runs, which began from 2026-01-01T00:00:00Z"]),
    ] {
        says_nothing(&[path, filter[0], filter[1]], &[&["nothing is left to judge"], said].concat());
        fails_for_nothing(gate(path, "[max]\ndeterministic = 0", &filter), said);
        // A store says it the second time, too.
        let store = tempfile::tempdir().unwrap();
        for _ in 0..2 {
            let ended = relapse(["sweep", path, filter[0], filter[1], "--store", text(store.path())]).exits(2);
            assert!(ended.text().contains("nothing is left to judge"), "{}", ended.text());
        }
        let part = folder.path().join("part");
        relapse(["sweep", path, filter[0], filter[1], "--partial", text(&part)]).exits(2);
        let merged = relapse(["merge", text(&part)]).exits(2).text();
        assert!(merged.contains("nothing is left to judge"), "{merged}");
        let ended = relapse(["bench", path, filter[0], filter[1]]).exits(2);
        assert!(ended.stderr.contains("nothing is left to judge"), "{}", ended.stderr);
    }
    let branch = ["--profile", text(&shape), "--branch", "mian"];
    let said = ["nothing is left to judge: --branch `mian`", "none of 6 runs", "`main` (4 runs), `fix` (2 runs)"];
    relapse(["sweep", path, "--profile", text(&shape), "--branch", "main"]).exits(0);
    says_nothing(&[&[path], &branch[..]].concat(), &said);
    fails_for_nothing(gate(path, "", &branch), &said);
    // What ran on other branches only did not run.
    let coverage = "[[coverage]]\npacket = \"KX-004\"\nmin_scenarios = 1\n";
    let more = ["--profile", text(&shape), "--branch"];
    gate(path, coverage, &[&more[..], &["fix"]].concat()).exits(0);
    let ended = gate(path, coverage, &[&more[..], &["main"]].concat()).exits(1);
    assert_eq!(ended.json()["violations"][0]["budget_id"], "coverage:KX-004:missing_packet");
    // The fault as it was seen: runs that name no branch.
    let weekly = fixture("weekly");
    let policy = fixture("policies").join("weekly-fail.toml");
    let ended = relapse(["gate", text(&weekly), "--policy", text(&policy), "--branch", "mian"]).exits(1);
    assert!(ended.text().contains("coverage:nothing"), "{}", ended.text());
    assert!(
        ended.text().contains("no record names one of the branches; 12 runs of no known branch"),
        "{}",
        ended.text()
    );
    let ended = relapse_fed(&["sweep", "-", "--packet", "none"], record(&[]).as_bytes()).exits(2);
    assert!(ended.text().contains("cannot be read again"), "{}", ended.text());
}

#[test]
fn results_that_are_all_excluded_are_no_all_clear() {
    let folder = folder(&[("r.jsonl", record(&[("outcome", "\"skip\"")]).as_bytes())]);
    says_nothing(&[text(folder.path())], &["nothing was judged", "no record of 1 is a pass or a failure"]);
    let ended = gate(text(folder.path()), "", &[]);
    let message = ended.json()["violations"][0]["message"].as_str().unwrap().to_owned();
    assert!(message.starts_with("nothing was judged: no record of 1 is a pass"), "{message}");
    fails_for_nothing(ended, &["no record of 1 is a pass or a failure"]);
}

#[test]
fn a_relative_window_over_nothing_that_is_dated_is_none() {
    let folder = folder(&[("r.jsonl", b"no record\n")]);
    let ended = gate(text(folder.path()), "", &["--since", "7d"]).exits(1);
    assert!(!ended.text().contains("1969"), "{}", ended.text());
}

#[test]
fn results_that_are_all_excluded_where_it_is_judged_are_no_all_clear_whatever_others_hold() {
    let profile = relapse(["profiles", "show", "ft-conformance-log-v1"]).exits(0).text();
    let profile = profile + "\n[[field]]\nrole = \"branch\"\npath = \"branch\"\ntype = \"text\"\n";
    let profiles = folder(&[("p.toml", profile.as_bytes())]);
    let profile = profiles.path().join("p.toml");
    for other in ["\"pass\"", "\"fail\""] {
        let own = record(&[("outcome", "\"skip\""), ("branch", "\"main\"")]);
        let others = record(&[("outcome", other), ("branch", "\"dev\"")]);
        let folder = folder(&[("a.jsonl", own.as_bytes()), ("b.jsonl", others.as_bytes())]);
        let narrow = ["--profile", text(&profile), "--branch", "main"];
        let words = ["nothing was judged", "no record of 1 is a pass or a failure"];
        says_nothing(&[&[text(folder.path())], &narrow[..]].concat(), &words);
        fails_for_nothing(gate(text(folder.path()), "", &narrow), &words);
    }
}

#[test]
fn benchmark_lines_are_nothing_to_a_policy_that_asks_for_more() {
    let line = |at: u64| format!("{{\"lane\":\"a\",\"wait_s\":1.5,\"recorded_unix\":{}}}\n", 1_767_225_600 + at);
    let log: String = (0..12).map(line).collect();
    let folder = folder(&[("b.jsonl", log.as_bytes())]);
    let path = text(folder.path());
    for rest in
        ["[max]\ndeterministic = 0", "[evidence]\nmin_runs = 5", "[max]\nflaky = 3\n[benchmark]\nregressed = \"deny\""]
    {
        fails_for_nothing(gate(path, rest, &[]), &["benchmark lines and no record"]);
        fails_for_nothing(gate(path, &format!("{rest}\n[levels]\ncoverage = \"allow\""), &[]), &["no record"]);
    }
    for rest in ["", "[benchmark]\nregressed = \"deny\"", "[loss]\nrejected_lines = 3"] {
        gate(path, rest, &[]).exits(0);
    }
    // Nor are records anything to a policy of benchmarks.
    fs::write(folder.path().join("b.jsonl"), record(&[])).unwrap();
    let passed = gate(path, "[benchmark]\nregressed = \"deny\"", &[]).exits(0).json();
    assert_eq!(passed["warnings"][0]["budget_id"], "unmatched:benchmark");
    fs::write(folder.path().join("b.jsonl"), log).unwrap();
    // The other schema knows of no benchmark.
    let policy = r#"{"schema_version": "ft-reliability-budget-policy-v1", "coverage_floors": {}, "flake_budget":
        {"max_flake_suspects": 0, "detection_rule": "", "retry_limit": 0, "quarantine_label": "",
        "de_flake_owner_workflow": []}, "global_budgets": {"max_failed_entries": 0, "max_unknown_reason_codes": 0},
        "remediation_hints": {}, "artifact_refs": {}}"#;
    let file = folder.path().join("p.json");
    fs::write(&file, policy).unwrap();
    fails_for_nothing(relapse(["gate", path, "--policy", text(&file), "--format", "json"]), &["no record"]);
}

#[test]
fn what_has_a_time_of_1970_is_not_said_to_have_none() {
    let folder = folder(&[("r.jsonl", record(&[("ts_unix_ms", "12345")]).as_bytes())]);
    let asked = ["sweep", text(folder.path()), "--packet", "none", "--since", "2026-01-01T00:00:00Z"];
    let said = relapse(asked).exits(2).text();
    assert!(said.contains("no record is dated since 2000"), "{said}");
    let folder = crate::program::folder(&[("r.jsonl", record(&[]).as_bytes())]);
    let asked = ["sweep", text(folder.path()), "--since", "2027-01-01T00:00:00Z", "--until", "1d"];
    let said = relapse(asked).exits(2).text();
    assert!(said.contains("--until 1d: none of 1 record"), "{said}");
}

#[test]
fn a_scope_that_matches_nothing_fails_the_gate_unless_the_policy_says_otherwise() {
    let folder = folder(&[("r.jsonl", record(&[("outcome", "\"pass\"")]).as_bytes())]);
    let scope = "[[scope]]\nname = \"s\"\nscenario = \"nowhere/*\"\nmax = { deterministic = 0 }\n";
    let ended = gate(text(folder.path()), scope, &[]).exits(1);
    assert_eq!(ended.json()["violations"][0]["budget_id"], "unmatched:scope:s");
    let ended = gate(text(folder.path()), &format!("{scope}[levels]\nunmatched = \"warn\""), &[]).exits(0);
    assert_eq!(ended.json()["warnings"][0]["budget_id"], "unmatched:scope:s");
}

#[test]
fn a_triage_of_nothing_says_so() {
    let folder = folder(&[("r.jsonl", record(&[]).as_bytes()), ("e.jsonl", b"")]);
    let out = folder.path().join("out.json");
    let triage = |name: &str, packet: &str| {
        let log = folder.path().join(name);
        relapse(["triage", "--input", text(&log), "--output", text(&out), "--packet", packet]).exits(0).stderr
    };
    assert!(triage("r.jsonl", "KX-0O1").contains("no record of the log is of packet `KX-0O1`"));
    assert!(triage("e.jsonl", "KX-001").contains("the log holds no record"));
    assert_eq!(triage("r.jsonl", "KX-001"), "");
}

#[cfg(unix)]
#[test]
fn what_cannot_be_read_is_told_with_its_path() {
    use std::os::unix::fs::PermissionsExt;
    use std::os::unix::process::CommandExt;
    let folder = folder(&[("logs/r.jsonl", record(&[]).as_bytes())]);
    let logs = folder.path().join("logs");
    fs::set_permissions(&logs, fs::Permissions::from_mode(0o000)).unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
    let mut program = program();
    if rustix_is_root() {
        program.uid(65534).gid(65534);
    }
    let Ok(output) = program.args(["sweep", text(&logs)]).output() else { return };
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    fs::set_permissions(&logs, fs::Permissions::from_mode(0o755)).unwrap();
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains(text(&logs)) && said.contains("ermission denied") && !said.contains(": :"), "{said}");
}

#[cfg(unix)]
fn rustix_is_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|own| std::os::unix::fs::MetadataExt::uid(&own) == 0)
}

/// Another user's processes are counted against a limit of his, which root is free of.
#[cfg(target_os = "linux")]
#[test]
fn where_threads_cannot_be_started_fewer_do_the_work_or_it_is_said() {
    let log = format!("{}\n", record(&[])).repeat(9000);
    let bytes = crate::packing::member(log.as_bytes());
    let folder = folder(&[("a.jsonl.gz", &bytes), ("b.jsonl.gz", &bytes)]);
    std::os::unix::fs::PermissionsExt::set_mode(&mut fs::metadata(folder.path()).unwrap().permissions(), 0o755);
    let _ = std::process::Command::new("chmod").args(["-R", "a+rX", text(folder.path())]).status();
    for limit in 1..8 {
        let mut command = std::process::Command::new("setpriv");
        let user = (64_100 + limit).to_string();
        command.args(["--reuid", &user, "--regid", &user, "--clear-groups", "prlimit"]);
        command.arg(format!("--nproc={limit}")).arg(program().get_program());
        command.args(["sweep", text(folder.path()), "--threads", "4", "--color", "never"]);
        let Ok(output) = command.output() else { return };
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        if said.contains("setpriv:") || said.contains("prlimit:") {
            return; // only root may become another user, and the program may lie where that one cannot reach it
        }
        let status = output.status.code();
        assert!(status == Some(0) || status == Some(2) && said.contains("failed to start a thread"), "{limit}: {said}");
    }
}

/// Archives of a day each, of which some hold a benchmark line and others passing tests.
fn days(days: impl IntoIterator<Item = bool>) -> tempfile::TempDir {
    let mut files = Vec::new();
    for (day, is_bench) in days.into_iter().enumerate() {
        let time = 1_767_225_600 + day as u64 * 86_400;
        let line = if is_bench {
            format!("{{\"lane\":\"conv\",\"host\":\"h\",\"took_ms\":5.{day},\"recorded_unix\":{time}}}\n")
        } else {
            record(&[("ts_unix_ms", &format!("{time}000")), ("outcome", "\"pass\"")]) + "\n"
        };
        files.push((format!("r{day:02}.jsonl"), line));
    }
    folder(&files.iter().map(|(name, line)| (name.as_str(), line.as_bytes())).collect::<Vec<_>>())
}

#[test]
fn benchmark_lines_alone_are_an_all_clear_in_no_report() {
    let (logs, out) = (days([true; 3]), tempfile::tempdir().unwrap());
    let (path, out) = (text(logs.path()), text(out.path()));
    let ended = relapse(["sweep", path, "--out", out]).exits(0);
    let said = ended.text();
    let is_said = ended.answer().starts_with("No result of a test was read, but benchmark lines");
    assert!(is_said && !said.contains("0 of 0"), "{said}");
    for page in ["report.md", "report.html"] {
        let page = std::fs::read_to_string(std::path::Path::new(out).join(page)).unwrap();
        assert!(page.contains("No result of a test was read"), "{page}");
        assert!(!page.contains("Nothing failed") && !page.contains("0 incidents"), "{page}");
    }
    for arguments in [&["runbook", "--from", out][..], &["ticket", "--from", out], &["policy", "init", "--from", out]] {
        let ended = relapse(arguments).exits(0).says("no result of a test was read, but benchmark lines");
        assert!(!ended.text().contains("0 incidents"), "{}", ended.text());
    }
    let said = relapse(["diff", out, out]).exits(0).text();
    assert!(
        said.contains("the new sweep holds no run of tests") && said.contains("the baseline holds no run of tests")
    );
    assert!(!said.contains("holds every run of the new sweep"), "{said}");
}

#[test]
fn newest_runs_of_benchmarks_alone_are_told() {
    let told = "no test ran in the newest 4 of 12 runs (r11, r10, r09, r08): they hold benchmark lines alone, and verdicts \
                are those of r07 and before";
    let said = |logs: &tempfile::TempDir| gate(text(logs.path()), "[max]\ndeterministic = 0\n", &[]).exits(0).text();
    let stopped = days((0..12).map(|day| day > 7));
    assert!(said(&stopped).contains(told), "{}", said(&stopped));
    // Where both have archives of their own, the newest may be either.
    let apart = days((0..12).map(|day| day % 2 == 1));
    assert!(!said(&apart).contains("no test ran"), "{}", said(&apart));
}
