//! What became of each incident since an earlier sweep, through the real program.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::program::{Ended, fixture, folder, program, record, relapse, text};

/// A scenario for each kind, over 13 runs of a baseline and 5 new ones: P passed, F failed, `.` not in the run.
const WORLD: [(&str, &str); 7] = [
    ("absent", "PPFPPPPPFPPPF....."),
    ("new", "PPPPPPPPPPPPPPPFFP"),
    ("quiet", "PPFPPPPFPPPPFPPPPP"),
    ("recurring", "PFPFPFPFPFPFPFPFPF"),
    ("resolved", "FFFFFFFFFFFFFPPPPP"),
    ("returned", "FFFFPPPPPPPPPPFFFF"),
    ("worsened", "PPPPPFPPPPPFPFFFFF"),
];
const BASELINE: usize = 13;

/// Logs of some histories, a file a run.
fn logs(histories: &[(&str, &str)]) -> Vec<(String, String)> {
    let runs = histories[0].1.len();
    let line = |run: usize, (name, history): &(&str, &str)| {
        let (outcome, reason) = match history.as_bytes()[run] {
            b'P' => (r#""pass""#, r#""parity_ok""#),
            b'F' => (r#""fail""#, r#""reentrant_depth""#),
            _ => return None,
        };
        let (name, time) = (format!("\"{name}\""), format!("{}", 1_767_225_600_000 + 3_600_000 * run as u64));
        let with = [("scenario_id", &*name), ("ts_unix_ms", &*time), ("outcome", outcome), ("reason_code", reason)];
        Some(record(&with) + "\n")
    };
    let file = |run| (format!("run-{run:03}.jsonl"), histories.iter().filter_map(|row| line(run, row)).collect());
    (0..runs).map(file).collect()
}

/// Sweeps logs into a folder below one that is removed when it is dropped.
fn swept(logs: &[(String, String)], arguments: &[&str]) -> TempDir {
    let files: Vec<(&str, &[u8])> = logs.iter().map(|(name, text)| (name.as_str(), text.as_bytes())).collect();
    let place = folder(&files);
    let out = tempfile::tempdir().unwrap();
    relapse(["sweep", text(place.path()), "--out", text(out.path())].iter().chain(arguments)).exits(0);
    out
}

fn diff(old: &Path, new: &Path, arguments: &[&str]) -> Ended {
    relapse(["diff", text(old), text(new)].iter().chain(arguments))
}

fn read(folder: &Path, name: &str) -> Value {
    serde_json::from_slice(&fs::read(folder.join(name)).unwrap()).unwrap()
}

/// The changes by scenario.
fn changes(comparison: &Value) -> BTreeMap<String, Value> {
    let rows = comparison["changes"].as_array().unwrap();
    rows.iter().map(|row| (row["scenario_id"].as_str().unwrap().to_owned(), row.clone())).collect()
}

#[test]
fn each_kind_is_found() {
    let logs = logs(&WORLD);
    let (old, new) = (swept(&logs[..BASELINE], &[]), swept(&logs, &[]));
    let comparison = diff(old.path(), new.path(), &["--json"]).exits(0).json();
    assert_eq!(comparison["schema_version"], "relapse-diff-v1");
    let found = changes(&comparison);
    for (name, _) in WORLD {
        assert_eq!(found[name]["kind"], name, "{}", found[name]);
        assert_eq!(comparison["summary"]["by_kind"][name], 1);
    }
    let order: Vec<&str> =
        comparison["changes"].as_array().unwrap().iter().map(|row| row["kind"].as_str().unwrap()).collect();
    assert_eq!(order, ["new", "returned", "worsened", "recurring", "quiet", "resolved", "absent"]);
    let counts = |name: &str| [&found[name]["old"], &found[name]["new"]].map(|it| [&it["failed_runs"], &it["runs"]]);
    assert_eq!(counts("worsened"), [[&json!(2), &json!(13)], [&json!(5), &json!(5)]]);
    assert_eq!(counts("new"), [[&json!(0), &Value::Null], [&json!(2), &json!(5)]]);
    assert_eq!(counts("absent"), [[&json!(3), &json!(13)], [&json!(0), &json!(0)]]);
    // C(13,2) C(5,5) / C(18,7), and three were tested: the others could never be worse than this one.
    let p = found["worsened"]["p"].as_f64().unwrap();
    assert!((p - 78.0 / 31_824.0).abs() < 1e-9, "{p}");
    assert_eq!(comparison["summary"]["tested"], 3);
    assert_eq!(found["resolved"]["verdict"], "fixed");
    assert_eq!((&found["absent"]["ran"], &found["quiet"]["ran"]), (&json!(false), &json!(true)));
    assert_eq!(
        (&found["new"]["first_failed_run"], &found["new"]["last_failed_run"]),
        (&json!("run-015"), &json!("run-016"))
    );
    let summary = &comparison["summary"];
    assert_eq!(summary["compared_runs"], json!(["run-013", "run-014", "run-015", "run-016", "run-017"]));
    assert_eq!((&summary["baseline_runs"], &summary["runs_in_both"]), (&json!(13), &json!(13)));
    let why = |name: &str| found[name]["why"].as_str().unwrap();
    assert!(why("returned").contains("after 10 runs of its scenario without it since run-003"), "{}", why("returned"));
    assert!(why("quiet").contains("more clean runs in a row would show a fix"), "{}", why("quiet"));
}

#[test]
fn without_all_a_scenario_that_never_failed_is_not_told_from_one_that_did_not_run() {
    let logs = logs(&WORLD);
    let old = swept(&logs[..BASELINE], &[]);
    let kinds = |arguments: &[&str]| {
        let new = swept(&logs[BASELINE..], arguments);
        let comparison = diff(old.path(), new.path(), &["--json"]).exits(0).json();
        assert!(comparison["notes"][0].as_str().unwrap().contains("does not hold: 13"));
        let found = changes(&comparison);
        ["absent", "quiet", "resolved"].map(|name| (found[name]["kind"].clone(), found[name]["ran"].clone()))
    };
    let unknown = (json!("absent"), Value::Null);
    assert_eq!(kinds(&[]), [unknown.clone(), unknown.clone(), unknown]);
    // And never resolved by a sweep that knows nothing of the failures.
    let (ran, did_not) = ((json!("quiet"), json!(true)), (json!("absent"), json!(false)));
    assert_eq!(kinds(&["--all"]), [did_not, ran.clone(), ran]);
}

#[test]
fn an_output_beside_itself_has_no_new_runs() {
    let out = swept(&logs(&WORLD), &["--all"]);
    let comparison = diff(out.path(), out.path(), &["--json"]).exits(0).json();
    assert_eq!((&comparison["changes"], &comparison["summary"]["compared_runs"]), (&json!([]), &json!([])));
    assert!(comparison["warnings"][0].as_str().unwrap().starts_with("no new runs"));
    let page = diff(out.path(), out.path(), &[]).exits(0).text();
    assert!(page.contains("0 incidents followed into 0 new runs") && page.contains("warning: no new runs"), "{page}");
}

#[test]
fn threads_and_order_change_nothing() {
    let logs = logs(&WORLD);
    let place = folder(&logs.iter().map(|(name, text)| (name.as_str(), text.as_bytes())).collect::<Vec<_>>());
    let old = swept(&logs[..BASELINE], &[]);
    let mut paths: Vec<PathBuf> = logs.iter().map(|(name, _)| place.path().join(name)).collect();
    let mut answer = None;
    for threads in ["1", "2", "3"] {
        paths.reverse();
        let out = tempfile::tempdir().unwrap();
        let arguments = ["sweep", "--all", "--threads", threads, "--out", text(out.path())];
        relapse(arguments.into_iter().chain(paths.iter().map(|path| text(path)))).exits(0);
        let files = ["incidents.json", "recurrence.json"].map(|name| fs::read(out.path().join(name)).unwrap());
        let found = (files, diff(old.path(), out.path(), &["--json"]).exits(0).stdout);
        assert!(*answer.get_or_insert_with(|| found.clone()) == found, "{threads} threads");
    }
}

/// Places of a text such as `0-2,5`.
fn places(ranges: &Value) -> Vec<usize> {
    let number = |text: &str| text.parse::<usize>().unwrap();
    let range = |part: &str| {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        number(first)..=number(last)
    };
    ranges.as_str().unwrap().split(',').filter(|part| !part.is_empty()).flat_map(range).collect()
}

/// `P3F2` as PPPFF.
fn marks(history: &str) -> String {
    let mut out = String::new();
    for part in history.split_inclusive(|c: char| c.is_ascii_digit()) {
        match part.strip_suffix(|c: char| c.is_ascii_digit()) {
            // A further digit of the count before.
            Some("") => unreachable!("histories of this test are shorter than ten in a row: {history}"),
            Some(mark) => out.push_str(&mark.repeat(part[mark.len()..].parse().unwrap())),
            None => out.push_str(part),
        }
    }
    out
}

#[test]
fn a_sweep_s_output_has_every_run_s_bit() {
    let world = [("a", "PPFP.FFPP"), ("b", "..P..F..."), ("c", "FFFFFFFFF"), ("never", "PPPPP.PPP")];
    let out = swept(&logs(&world), &["--all"]);
    let (incidents, recurrence) = (read(out.path(), "incidents.json"), read(out.path(), "recurrence.json"));
    let runs = recurrence["runs"].as_array().unwrap();
    assert!(runs.iter().zip(0..).all(|(run, at)| run["id"] == format!("run-{at:03}")));
    for (name, history) in world {
        let of = |rows: &Value| rows.as_array().unwrap().iter().find(|row| row["scenario_id"] == name).cloned();
        let row = of(&recurrence["scenarios"]).unwrap();
        let ran = places(&row["ran_in"]);
        let bits = marks(row["history"].as_str().unwrap());
        assert_eq!(ran.len(), bits.len());
        let mut found = vec!['.'; world[0].1.len()];
        for (place, bit) in ran.into_iter().zip(bits.chars()) {
            found[place] = bit;
        }
        assert_eq!(found.into_iter().collect::<String>(), history);
        let failed: Vec<usize> = history.match_indices('F').map(|(at, _)| at).collect();
        match of(&incidents["incidents"]) {
            Some(incident) => assert_eq!(places(&incident["failed_in"]), failed),
            None => assert_eq!(failed, [] as [usize; 0]),
        }
    }
}

#[test]
fn incidents_fail_where_the_weekly_fixture_plants_it() {
    let out = tempfile::tempdir().unwrap();
    relapse(["sweep", text(&fixture("weekly")), "--out", text(out.path())]).exits(0);
    let (incidents, recurrence) = (read(out.path(), "incidents.json"), read(out.path(), "recurrence.json"));
    let rows = incidents["incidents"].as_array().unwrap();
    assert!(!rows.is_empty());
    for row in rows {
        let (failed, run) = (places(&row["failed_in"]), |at: usize| &recurrence["runs"][at]["id"]);
        assert_eq!(json!(failed.len()), row["runs_failed"]);
        assert_eq!(run(failed[0]), &row["first_run"]);
        assert_eq!(run(failed[failed.len() - 1]), &row["last_run"]);
    }
}

#[test]
fn damaged_baselines_are_refused_and_told_apart() {
    let logs = logs(&WORLD);
    let (good, other) = (swept(&logs, &[]), swept(&logs[..4], &[]));
    let place = tempfile::tempdir().unwrap();
    let (incidents, recurrence) = (place.path().join("incidents.json"), place.path().join("recurrence.json"));
    let restore = || {
        for name in ["incidents.json", "recurrence.json"] {
            fs::copy(good.path().join(name), place.path().join(name)).unwrap();
        }
    };
    let refused = |says: &str| {
        for (old, new) in [(place.path(), good.path()), (good.path(), place.path())] {
            let ended = diff(old, new, &[]).exits(2).says("failed to read").says(says);
            assert!(ended.stdout.is_empty() && !ended.stderr.contains("panicked"), "{}", ended.stderr);
        }
    };
    refused("incidents.json");
    restore();
    diff(place.path(), good.path(), &[]).exits(0);
    fs::remove_file(&recurrence).unwrap();
    refused("recurrence.json");

    let edit = |path: &Path, change: &dyn Fn(&mut Value)| {
        restore();
        let mut document: Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
        change(&mut document);
        fs::write(path, serde_json::to_vec(&document).unwrap()).unwrap();
    };
    let (known, ours) = ("known: `relapse-incidents-v1`", "known: `relapse-recurrence-v1`");
    edit(&incidents, &|it| it["schema_version"] = json!("relapse-incidents-v2"));
    refused("unknown schema_version `relapse-incidents-v2`, known: `relapse-incidents-v1`");
    edit(&incidents, &|it| *it = json!({"schema_version": "relapse-incidents-v9"}));
    refused("`relapse-incidents-v9`");
    edit(&incidents, &|it| *it = json!({"incidents": []}));
    refused(known);
    edit(&recurrence, &|it| it["schema_version"] = json!(7));
    refused(ours);
    for (path, rows, field) in [(&incidents, "incidents", "failed_in"), (&recurrence, "scenarios", "ran_in")] {
        edit(path, &|it| {
            for row in it[rows].as_array_mut().unwrap() {
                row.as_object_mut().unwrap().remove(field);
            }
        });
        refused(&format!("it has no `{field}`, since an earlier version wrote it; sweep the logs again"));
        for (value, says) in [
            (json!("0-4294967295"), "of 18 runs"),
            (json!("18"), "of 18 runs"),
            (json!("3-1"), "expected increasing run numbers"),
            (json!("0-99999999999999999999"), "expected increasing run numbers"),
            (json!(["0"]), "expected increasing run numbers"),
            (json!("\u{1b}[31m"), "expected increasing run numbers"),
        ] {
            edit(path, &|it| it[rows][0][field] = value.clone());
            refused(says);
        }
    }
    edit(&recurrence, &|it| it["runs"][1] = it["runs"][0].clone());
    refused("run `run-000` is listed twice");
    edit(&incidents, &|it| it["incidents"][1] = it["incidents"][0].clone());
    refused("is listed twice");
    edit(&incidents, &|it| it["incidents"][0]["verdict"] = json!("doomed"));
    refused("unknown variant `doomed`");
    restore();
    fs::copy(other.path().join("incidents.json"), &incidents).unwrap();
    refused("different sweeps");

    restore();
    for path in [&incidents, &recurrence] {
        for hostile in
            [&b""[..], b"null", b"[]", b"{}", b"\xff\xfe", &b"[".repeat(100_000), &b"{\"a\":".repeat(100_000)]
        {
            restore();
            fs::write(path, hostile).unwrap();
            refused(text(path));
        }
    }
}

#[test]
fn a_baseline_that_was_cut_is_refused() {
    let good = swept(&logs(&WORLD), &[]);
    let place = tempfile::tempdir().unwrap();
    for name in ["incidents.json", "recurrence.json"] {
        let whole = fs::read(good.path().join(name)).unwrap();
        fs::copy(good.path().join("recurrence.json"), place.path().join("recurrence.json")).unwrap();
        fs::copy(good.path().join("incidents.json"), place.path().join("incidents.json")).unwrap();
        // The last byte is a newline.
        for cut in (0..whole.len() - 1).step_by(whole.len() / 40).chain([whole.len() - 2]) {
            fs::write(place.path().join(name), &whole[..cut]).unwrap();
            diff(place.path(), good.path(), &[]).exits(2).says("failed to read").says(name);
        }
    }
}

#[test]
fn the_page_shows_twenty_of_a_kind_unless_all_are_asked_for() {
    let names: Vec<String> = (0..23).map(|at| format!("scenario-{at:02}")).collect();
    let world: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "PF")).collect();
    let logs = logs(&world);
    let (old, new) = (swept(&logs[..1], &[]), swept(&logs, &[]));
    let page = diff(old.path(), new.path(), &[]).exits(0).text();
    assert!(page.contains("and 3 more; --all lists them"), "{page}");
    assert_eq!(page.matches("triage64:").count(), 20);
    let page = diff(old.path(), new.path(), &["--all"]).exits(0).text();
    assert!(!page.contains("--all lists them"));
    assert_eq!(page.matches("triage64:").count(), 23);
}

#[test]
fn a_log_cannot_reach_the_terminal_through_a_comparison() {
    let name = r"\u001b[2J\u202e\r\nx";
    let logs = logs(&[(name, "PPF")]);
    let (old, new) = (swept(&logs[..2], &[]), swept(&logs, &[]));
    let page = diff(old.path(), new.path(), &[]).exits(0).text();
    // An id has lost its escape codes by then.
    assert!(page.contains(r"\u{202e}\u{d}\u{a}x") && !page.contains("2J"), "{page}");
    assert!(page.chars().all(|c| c == '\n' || !c.is_control()), "{page:?}");
    let mut command = program();
    command.args(["diff", text(old.path()), text(new.path()), "--color", "always"]);
    assert!(command.output().unwrap().stdout.contains(&0x1b));
}

#[test]
fn a_fix_inside_the_week_is_resolved() {
    // Twice before it was gone for some runs, which it must be for far longer now.
    let (old, new) = ("PPPFPPPPFPPPPPP", format!("FFFFFFF{}", "P".repeat(34)));
    let history = format!("{old}{new}");
    let unknown = format!("{}{new}", "P".repeat(old.len()));
    let world = [("known", &*history), ("unknown", &*unknown)];
    let logs = logs(&world);
    let (before, after) = (swept(&logs[..old.len()], &[]), swept(&logs, &[]));
    let found = changes(&diff(before.path(), after.path(), &["--json"]).exits(0).json());
    for name in ["known", "unknown"] {
        let change = &found[name];
        assert_eq!((&change["kind"], &change["verdict"]), (&json!("resolved"), &json!("fixed")), "{change}");
        assert_eq!(change["clean_since_run"], "run-022");
        let why = change["why"].as_str().unwrap();
        assert!(why.starts_with("failed in 7 of 41 new runs") && why.contains("fixed since run-022, 34 runs"), "{why}");
    }
    let page = diff(before.path(), after.path(), &[]).exits(0).text();
    assert!(page.contains("resolved: fixed: clean for long enough") && !page.contains("fail as before"), "{page}");
}

#[test]
fn nothing_is_said_with_a_chance_that_tells_nothing() {
    let world = [("always", "FFFFFFFFFFFFFFFFFF"), ("less", "FFFFFFFFPPFPFPPPPF"), ("once", "PPPPPPPPPPPPFPPPPF")];
    let logs = logs(&world);
    let (old, new) = (swept(&logs[..BASELINE], &[]), swept(&logs, &[]));
    let found = changes(&diff(old.path(), new.path(), &["--json"]).exits(0).json());
    for (name, says) in
        [("always", "no more often than before"), ("less", "no more often than before"), ("once", "(p 0.")]
    {
        let why = found[name]["why"].as_str().unwrap();
        assert!(found[name]["kind"] == "recurring" && why.contains(says) && !why.contains("e0"), "{why}");
    }
}

/// The line of a summary that says what changed, and the news below it.
fn said(ended: &Ended) -> Vec<String> {
    let text = ended.text();
    let lines = text.lines().skip_while(|line| !line.starts_with("since the baseline"));
    lines.take_while(|line| !line.is_empty()).map(str::to_owned).collect()
}

#[test]
fn what_changed_stands_until_there_are_new_runs() {
    let logs = logs(&WORLD);
    let place = folder(&[]);
    let add = |logs: &[(String, String)]| {
        for (name, text) in logs {
            fs::write(place.path().join(name), text).unwrap();
        }
    };
    let work = tempfile::tempdir().unwrap();
    let at = |name: &str| text(&work.path().join(name)).to_owned();
    let (store, report) = (at("store"), at("report"));
    let weekly = |out: &str| {
        let arguments =
            ["sweep", text(place.path()), "--store", &store, "--keep-gone", "--baseline", &report, "--out", out];
        relapse(arguments).exits(0)
    };
    add(&logs[..BASELINE]);
    weekly(&report);
    add(&logs[BASELINE..]);
    let first = said(&weekly(&report));
    assert!(
        first[0].starts_with(
            "since the baseline: 1 new, 1 returned, 1 worsened, 1 recurring, 1 quiet, 1 resolved, 1 absent"
        ),
        "{first:?}"
    );
    assert_eq!(first.len(), 4, "{first:?}");
    let incidents = read(Path::new(&report), "incidents.json");
    let markdown = || fs::read_to_string(Path::new(&report).join("report.md")).unwrap();
    assert!(markdown().contains("- **new**"));
    for round in 0..3 {
        let out = if round == 1 { at("elsewhere") } else { report.clone() };
        let again = said(&weekly(&out));
        assert_eq!(again[0], format!("{}, no new runs since", first[0]));
        assert_eq!(again[1..], first[1..], "round {round}");
        let now = read(Path::new(&out), "incidents.json");
        assert_eq!(now["comparison"]["changes"], incidents["comparison"]["changes"]);
        assert_eq!(now["comparison"]["stands"], true);
        assert_eq!(now["comparison"]["notes"].as_array().unwrap().len(), 2, "{}", now["comparison"]["notes"]);
        assert!(markdown().contains("- **new**"));
    }
    // A gate with that baseline holds the same to its policy.
    let policy = folder(&[("p.toml", b"schema = \"relapse-policy-v1\"\nname = \"p\"\n[baseline]\nnew = 0\n")]);
    let policy = text(&policy.path().join("p.toml")).to_owned();
    let gate = relapse(["gate", text(place.path()), "--policy", &policy, "--baseline", &report, "--format", "json"]);
    let gate = gate.exits(1).json().to_string();
    assert!(gate.contains("baseline:new") && gate.contains("baseline:stands"), "{gate}");
    // With other settings nothing stands, and two outputs that are named are compared as they are.
    let other = relapse(["sweep", text(place.path()), "--baseline", &report, "--packet", "KX-001"]).exits(0);
    assert!(other.text().contains("no new runs: the baseline holds every run"), "{}", other.text());
    assert_eq!(diff(Path::new(&report), Path::new(&report), &["--json"]).exits(0).json()["changes"], json!([]));
    // New runs are compared with everything before.
    let (name, run) = &logs[0];
    let run = run.replace(&1_767_225_600_000_u64.to_string(), &(1_767_225_600_000_u64 + 3_600_000 * 30).to_string());
    fs::write(place.path().join(name.replace("000", "030")), run).unwrap();
    let next = said(&weekly(&report));
    assert!(next[0].contains("1 new run beside 18 runs") && !next[0].contains("since,"), "{next:?}");
    // What is swept without a baseline says nothing of changes.
    relapse(["sweep", text(place.path()), "--out", &report]).exits(0);
    assert_eq!(read(Path::new(&report), "incidents.json").get("comparison"), None);
}

#[test]
fn a_regression_is_worse_once() {
    let history = format!("{}{}", "P".repeat(20), "F".repeat(12));
    let logs = logs(&[("a", &history), ("b", &"P".repeat(32))]);
    // Two failures behind these passes show no change yet; seven do, and are no news the week after.
    for (weeks, kind) in [([22, 27], "worsened"), ([27, 32], "recurring")] {
        let [old, new] = weeks.map(|runs| swept(&logs[..runs], &[]));
        let found = changes(&diff(old.path(), new.path(), &["--json"]).exits(0).json());
        assert_eq!(found["a"]["kind"], kind, "{}", found["a"]);
    }
}

#[test]
fn a_baseline_of_other_words_is_told() {
    let built_in = relapse(["profiles", "show", "ft-conformance-log-v1"]).exits(0).text();
    let named = |name: &str, pass: &str| {
        let own = built_in.replacen("ft-conformance-log-v1", name, 1);
        own.replace("pass = [\"pass\"]", &format!("pass = [{pass}]"))
    };
    let strict = named("own", "\"pass\"");
    let profiles = folder(&[
        ("own.toml", strict.as_bytes()),
        ("lax.toml", named("own", "\"pass\", \"fail\"").as_bytes()),
        ("other.toml", named("other", "\"pass\"").as_bytes()),
    ]);
    let at = |name: &str| text(&profiles.path().join(name)).to_owned();
    let [own, lax, other] = ["own.toml", "lax.toml", "other.toml"].map(at);
    let logs = logs(&[("a", "PPPPPPPPFPFPP")]);
    let told = |before: &[&str], after: &[&str]| {
        let old = swept(&logs[..10], before);
        let again = [after, &["--baseline", text(old.path())]].concat();
        let new = swept(&logs, &again);
        let warnings = |comparison: &Value| comparison["warnings"].clone();
        let compared = warnings(&read(new.path(), "incidents.json")["comparison"]);
        assert_eq!(warnings(&diff(old.path(), new.path(), &["--json"]).exits(0).json()), compared);
        compared
    };
    assert_eq!(
        told(&["--profile", &lax], &["--profile", &own]),
        json!([
            "the words of profile `own` differ: pass (fail, pass), excluded (cached, infra, skip), others failures in the \
             baseline, pass (pass), excluded (cached, infra, skip), others failures in the new sweep"
        ])
    );
    assert_eq!(
        told(&["--profile", &other], &["--profile", &own]),
        json!(["profiles differ, and with them what failed: `other` in the baseline, `own` in the new sweep"])
    );
    // The same as before, and one that comes or goes.
    for (before, after) in
        [(&[&own][..], &[&own][..]), (&[], &[]), (&[&own], &[&own, &other]), (&[&own, &other], &[&own])]
    {
        let given = |profiles: &[&String]| -> Vec<String> {
            profiles.iter().flat_map(|profile| ["--profile".to_owned(), (*profile).clone()]).collect()
        };
        let [before, after] = [before, after].map(given);
        let [before, after] = [&before, &after].map(|given| given.iter().map(String::as_str).collect::<Vec<_>>());
        assert_eq!(told(&before, &after), json!([]), "{before:?} {after:?}");
    }
}

#[test]
fn what_a_late_shard_brings_to_a_known_run_is_new_once() {
    // The shard that holds `b` comes a night after the run that it is of.
    let (a, b) = (logs(&[("a", "PPPPPPPPPP")]), logs(&[("b", "PPPPPPPFFF")]));
    let runs_from = ["--from-path", "(?<run>run-[0-9]+)"];
    let night = |night: usize| {
        let of = |shard: &str, logs: &[(String, String)]| -> Vec<(String, String)> {
            logs.iter().map(|(name, log)| (format!("{shard}-{name}"), log.clone())).collect()
        };
        [of("a", &a[..=night]), of("b", &b[..night])].concat()
    };
    let found: Vec<Value> = (7..9)
        .map(|now| {
            let old = swept(&night(now - 1), &runs_from);
            let new = swept(&night(now), &[&runs_from[..], &["--baseline", text(old.path())]].concat());
            read(new.path(), "incidents.json")["comparison"].clone()
        })
        .collect();
    let new = |comparison: &Value| comparison["summary"]["by_kind"]["new"].as_u64();
    assert_eq!([new(&found[0]), new(&found[1])], [Some(0), Some(1)]);
    let why = &changes(&found[1])["b"]["why"];
    assert!(why.as_str().unwrap().contains("by records that the baseline lacks of run-007"), "{why}");
    // The week after, it is known.
    let old = swept(&night(8), &runs_from);
    let known = swept(&night(9), &[&runs_from[..], &["--baseline", text(old.path())]].concat());
    assert_eq!(new(&read(known.path(), "incidents.json")["comparison"]), Some(0));
}

#[test]
fn what_a_late_shard_brings_of_a_known_incident_is_no_absence() {
    // Of `b`, run-007 failed, which its shard told after the baseline was written; it failed before, and did not run since.
    let (a, b) = (logs(&[("a", "PPPPPPPPPPPP")]), logs(&[("b", "PFPPPPPF")]));
    let runs_from = ["--from-path", "(?<run>run-[0-9]+)"];
    let known = |shards: usize, runs: usize| -> Vec<(String, String)> {
        let of = |shard: &str, logs: &[(String, String)]| -> Vec<(String, String)> {
            logs.iter().map(|(name, log)| (format!("{shard}-{name}"), log.clone())).collect()
        };
        [of("a", &a[..runs]), of("b", &b[..shards])].concat()
    };
    let old = swept(&known(7, 8), &runs_from);
    for runs in [8, 12] {
        let new = swept(&known(8, runs), &[&runs_from[..], &["--baseline", text(old.path())]].concat());
        let found = read(new.path(), "incidents.json")["comparison"].clone();
        let change = &changes(&found)["b"];
        assert_eq!(change["kind"], "recurring", "{change}");
        let why = change["why"].as_str().unwrap();
        assert!(why.contains("by records that the baseline lacks of run-007; before in 1 of 7"), "{why}");
    }
    // With nothing late it is absent.
    let new = swept(&known(7, 12), &[&runs_from[..], &["--baseline", text(old.path())]].concat());
    assert_eq!(changes(&read(new.path(), "incidents.json")["comparison"])["b"]["kind"], "absent");
}

#[test]
fn a_taxonomy_that_names_its_classes_otherwise_is_told() {
    let built_in = relapse(["taxonomies", "show", "crash-triage-v1"]).exits(0).text();
    let logs = logs(&[("a", "PPPPPFFFFFFF")]);
    let old = swept(&logs[..10], &[]);
    let class = read(old.path(), "incidents.json")["incidents"][0]["class"].as_str().unwrap().to_owned();
    let renamed = built_in.replace(&format!("\"{class}\""), "\"renamed\"");
    let taxonomies = folder(&[("t.toml", renamed.as_bytes()), ("same.toml", (built_in + "# The same.\n").as_bytes())]);
    let told = |taxonomy: &str| {
        let file = taxonomies.path().join(taxonomy);
        let new = swept(&logs, &["--taxonomy", text(&file), "--baseline", text(old.path())]);
        read(new.path(), "incidents.json")["comparison"]["warnings"].clone()
    };
    let words =
        format!("what is new had another class in the baseline, with the same reason: `a` (`{class}`, now `renamed`)");
    assert!(told("t.toml")[0].as_str().unwrap().starts_with(&words), "{}", told("t.toml"));
    assert_eq!(told("same.toml"), json!([]));
}

/// Logs of two shards of each run.
fn sharded(shards: [&[(String, String)]; 2]) -> Vec<(String, String)> {
    let of = |(shard, logs): (&str, &[(String, String)])| -> Vec<(String, String)> {
        logs.iter().map(|(name, log)| (format!("{shard}-{name}"), log.clone())).collect()
    };
    [("a", shards[0]), ("b", shards[1])].map(of).concat()
}

#[test]
fn failures_that_are_gone_from_a_known_run_are_told() {
    let runs_from = ["--from-path", "(?<run>run-[0-9]+)"];
    let steady = logs(&[("a", "PPPPPPPPPPPPPP")]);
    let (failed, again) = (logs(&[("b", "PPPPPPPPFF")]), logs(&[("b", "PPPPPPPPPPPPPP")]));
    let old = swept(&sharded([&steady[..10], &failed]), &[&runs_from[..], &["--all"]].concat());
    let compared = |shards: Vec<(String, String)>| {
        let new = swept(&shards, &[&runs_from[..], &["--all", "--baseline", text(old.path())]].concat());
        read(new.path(), "incidents.json")["comparison"].clone()
    };
    // The job of both runs was run again, and its archive replaced.
    let found = compared(sharded([&steady, &again]));
    let told = "failures of runs that both hold are in the baseline alone: of b in run-008, b in run-009; what was run again \
                in place of them and passed may be flaky";
    assert_eq!(found["warnings"], json!([told]));
    let why = changes(&found)["b"]["why"].as_str().unwrap().to_owned();
    assert!(why.contains("since it holds run-008, run-009 without its failures"), "{why}");
    // Where they stand, or all of their runs are gone, nothing is said.
    let kept = [&failed[..], &again[10..]].concat();
    assert_eq!(compared(sharded([&steady, &kept]))["warnings"], json!([]));
    let found = compared(sharded([&steady[10..], &again[10..]]));
    assert_eq!(found["warnings"], json!([]));
    let why = changes(&found)["b"]["why"].as_str().unwrap().to_owned();
    assert!(
        why.contains("holds none of its failures and cannot judge it, so sweep old and new runs together"),
        "{why}"
    );
}

#[test]
fn what_was_fixed_stays_so_when_the_archives_of_its_failures_are_gone() {
    let logs = logs(&[("fixed", "FFFFFFFFPPPPPPPPPPPP"), ("open", "PFPPPFPPPPPPPPPPPPPP"), ("other", &"P".repeat(20))]);
    let old = swept(&logs[..14], &["--all"]);
    let new = swept(&logs[10..], &["--all", "--baseline", text(old.path())]);
    let found = changes(&read(new.path(), "incidents.json")["comparison"]);
    assert_eq!(found["fixed"]["kind"], "resolved");
    let why = found["fixed"]["why"].as_str().unwrap();
    assert_eq!(
        why,
        "its scenario had 6 new runs without it; the baseline ended with 6 clean, and 4 show a fix at 95 %"
    );
    assert_eq!(found["open"]["kind"], "quiet");
}

#[test]
fn runs_behind_a_late_failure_are_none_that_it_stayed_away_before() {
    let logs = logs(&[("a", "FFFFFFFFPPPPPPPPPPPPPPPP")]);
    let late = self::logs(&[("a", "FFFFFFFFPPPPFPPPPPPPPPPF")]);
    let [before, after] = [&logs[..12], &logs[13..20]];
    let old = swept(&[before, after].concat(), &["--all"]);
    let why = |new: &[(String, String)]| {
        let new = swept(new, &["--all", "--baseline", text(old.path())]);
        let found = changes(&read(new.path(), "incidents.json")["comparison"]);
        assert_eq!(found["a"]["kind"], "returned");
        found["a"]["why"].as_str().unwrap().to_owned()
    };
    let told = "failed in 1 of 1 new run, after 4 runs of its scenario without it since run-007";
    assert_eq!(why(&[before, &late[12..13], after].concat()), told);
    let told = "failed in 1 of 1 new run, after 11 runs of its scenario without it since run-007";
    assert_eq!(why(&[before, after, &late[23..]].concat()), told);
}
