//! A profile that is guessed from logs of an unknown shape reads them at once, and a trial says what a profile makes of logs.

use std::fmt::Write;

use serde_json::{Value, json};

use crate::program::{Ended, fixture, folder, record, relapse, relapse_fed, text};

/// An invented shape of logs: a line of test `test` in run `run`, which failed or not.
type Shape = fn(run: u64, test: u64, failed: bool) -> String;

/// 12 runs of 20 tests: test 3 fails from the eighth run on.
fn logs(shape: Shape) -> tempfile::TempDir {
    let files: Vec<(String, String)> = (0..12)
        .map(|run| {
            let lines: String = (0..20).map(|test| shape(run, test, test == 3 && run >= 7) + "\n").collect();
            (format!("run-{run:02}.jsonl"), lines)
        })
        .collect();
    folder(&files.iter().map(|(name, text)| (name.as_str(), text.as_bytes())).collect::<Vec<_>>())
}

/// The guessed profile, and what a sweep with it says of the logs.
fn swept(logs: &str) -> (String, Value) {
    let profile = relapse(["profiles", "guess", logs]).exits(0).text();
    let place = folder(&[("p.toml", profile.as_bytes())]);
    let file = place.path().join("p.toml");
    relapse(["profiles", "check", text(&file)]).exits(0);
    relapse(["profiles", "check", text(&file), "--on", logs]).exits(0);
    let swept = relapse(["sweep", logs, "--profile", text(&file), "--json", "--no-config"]).exits(0).json();
    (profile, swept)
}

const SHAPES: [(&str, Shape); 7] = [
    ("nested, times in seconds", |run, test, failed| {
        json!({"timestamp": 1_767_225_600 + run * 86_400 + test, "test": {"name": format!("t{test}"), "suite": "core"},
            "status": if failed { "FAILED" } else { "PASSED" }, "error": failed.then(|| json!({"message": format!("got {run}")})),
            "git": {"sha": format!("{run:040x}"), "branch": "main"}, "os": "linux", "python": 3.12, "ci": {"run_id": 1000 + run}})
        .to_string()
    }),
    ("truth values, events, times as texts", |run, test, failed| {
        let at = format!("2026-01-{:02}T00:00:{test:02}.5+02:00", run + 1);
        let start = json!({"event": "test_started", "id": format!("t{test}"), "at": at});
        let end = json!({"event": "test_finished", "id": format!("t{test}"), "at": at, "ok": !failed, "seed": run});
        format!("{start}\n{end}")
    }),
    ("exit codes, no time", |_, test, failed| {
        json!({"case": format!("t{test}"), "exit_code": if failed { 101 } else { 0 }, "seed": 7, "platform": "linux"})
            .to_string()
    }),
    ("microseconds, a moment before each line", |run, test, failed| {
        let line = json!({"Test-Name": format!("t{test}"), "Verdict": if failed { "not ok" } else { "ok" },
            "TIME": 1_767_225_600_000_000_u64 + run * 86_400_000_000 + test, "Env": {"OS": "linux", "arch": "arm64"}});
        format!("2026-01-01T00:00:00.123Z {line}")
    }),
    ("failed, turned around", |run, test, failed| {
        json!({"scenario": format!("t{test}"), "failed": failed, "ts": 1_767_225_600_000_u64 + run * 86_400_000})
            .to_string()
    }),
    ("nanoseconds, and lines that are no tests", |run, test, failed| {
        let line = json!({"start": 1_767_225_600_000_000_000_u64 + run * 86_400_000_000_000, "title": format!("t{test}"),
            "outcome": if failed { "timedOut" } else { "expected" }, "branch": "main", "build": format!("b{run:02}")});
        format!("{}\n{line}", json!({"log": "starting", "start": 1_767_225_600_000_000_000_u64}))
    }),
    ("zoneless times, quoted numbers", |run, test, failed| {
        json!({"when": format!("2026-01-{:02} 00:00:{test:02}", run + 1), "nodeid": format!("a.py::t{test}"),
            "result": if failed { "error" } else { "success" }, "attempt": 1, "revision": format!("r{run}")})
        .to_string()
    }),
];

#[test]
fn a_guessed_profile_reads_its_logs_at_once() {
    for (name, shape) in SHAPES {
        let logs = logs(shape);
        let (profile, swept) = swept(text(logs.path()));
        let totals = &swept["ledger"]["totals"];
        let of = |key: &str| totals[key].as_u64().unwrap();
        assert_eq!((of("rejected"), of("unknown_outcomes"), of("excluded")), (0, 0, 0), "{name}: {totals}\n{profile}");
        let ignored = totals["readers"]["ignored"]["left out by only"].as_u64().unwrap_or(0);
        assert_eq!(of("parsed") - ignored, 240, "{name}: {totals}\n{profile}");
        let [scenario] = &swept["recurrence"]["scenarios"].as_array().unwrap()[..] else { panic!("{name}: {profile}") };
        assert!(scenario["scenario_id"].as_str().unwrap().ends_with("t3"), "{name}: {scenario}");
        assert_eq!(scenario["verdict"], "regressed", "{name}: {scenario}");
        assert_eq!(scenario["runs"], 12, "{name}: {scenario}");
    }
}

#[test]
fn what_is_guessed_is_what_the_keys_say() {
    let shown = |number: usize| {
        let logs = logs(SHAPES[number].1);
        relapse(["profiles", "guess", text(logs.path())]).exits(0).text()
    };
    let has = |profile: &str, lines: &[&str]| {
        for line in lines {
            assert!(profile.contains(line), "`{line}` is not in\n{profile}");
        }
    };
    has(
        &shown(0),
        &[
            "role = \"run\"\npath = \"ci.run_id\"\ntype = \"unsigned\"",
            "role = \"revision\"\npath = \"git.sha\"",
            "from = [{ labels = [\"os\", \"python\"] }]",
            "unit = \"s\"",
            "#   status          100 %  text              PASSED 235, FAILED 5",
            "240 of them are records (235 passed, 5 failed, 0 excluded, 0 with a word in no list)",
        ],
    );
    has(
        &shown(1),
        &["[only]\nevent = [\"test_finished\"]", "pass = [\"true\"]", "fail = [\"false\"]", "unit = \"rfc3339\""],
    );
    has(&shown(2), &["other = \"fail\"", "No key looks like a time"]);
    has(
        &shown(3),
        &[
            "prefix = '\\S+Z '",
            "unit = \"us\"",
            "labels = [\"Env.OS\", \"Env.arch\"]",
            "pass = [\"ok\"]",
            "fail = [\"not ok\"]",
        ],
    );
    has(&shown(4), &["pass = [\"false\"]", "fail = [\"true\"]", "unit = \"ms\""]);
    has(&shown(5), &["CHECK: only lines that have this are records", "unit = \"ns\""]);
    has(&shown(6), &["zone = \"UTC\"  # CHECK"]);
}

#[test]
fn what_needs_no_profile_is_said_to_be_so() {
    relapse(["profiles", "guess", text(&fixture("weekly"))])
        .exits(0)
        .text()
        .contains("records of the built-in profile `ft-conformance-log-v1`, which needs no profile: relapse sweep")
        .then_some(())
        .unwrap();
    let go = b"{\"Action\":\"run\",\"Package\":\"p\",\"Test\":\"T\"}\n";
    let own = "{\"test\":\"a\",\"result\":\"pass\",\"at\":1767225600}\n".repeat(30);
    let logs = folder(&[("a.json", go), ("b.jsonl", own.as_bytes())]);
    let said = relapse(["profiles", "guess", text(logs.path())]).exits(0).text();
    assert!(said.starts_with("# 1 archive is test results in the format go test -json"), "{said}");
    assert!(said.contains("30 of them are records (30 passed"), "{said}");
}

/// Whatever stands in the lines: the guess is a profile or an error, and no control gets through.
#[track_caller]
fn guessed(lines: &[u8]) -> Ended {
    let ended = relapse_fed(&["profiles", "guess", "-"], lines);
    let shown = ended.text();
    assert!(shown.chars().all(|c| c == '\n' || !c.is_control()), "{shown}");
    assert!(!shown.contains("##["), "{shown}");
    match ended.status {
        0 => {
            let place = folder(&[("p.toml", &ended.stdout)]);
            relapse(["profiles", "check", text(&place.path().join("p.toml"))]).exits(0);
        }
        status => assert_eq!(status, 2, "{}", ended.stderr),
    }
    ended
}

#[test]
fn hostile_logs_are_guessed_without_harm() {
    let lines = |object: Value| format!("{object}\n").repeat(40).into_bytes();
    for (object, status) in [
        (
            json!({"result\u{1b}[31m\"\n": "pa\u{202e}ss\n", "test.name": "a\"\\", "result": "pass", "##[error]x": "##[error]y"}),
            0,
        ),
        (json!({"a.b": {"": "x"}, "outcome": "fail", "test": "t"}), 0),
        (json!({"outcome": "fail", "OUTCOME": "pass", "Test": "t", "test": "u"}), 0),
        (json!({"outcome": {"deep": [1, {"x": null}]}, "test": ["a"]}), 2),
        (json!({"result": 17, "test": 3}), 2),
        (json!({"": "", " ": " "}), 2),
        (json!({}), 2),
        (json!({"status": 200, "test": "t", "ok": "yes"}), 0),
        (json!({"status": 200, "test": "t", "ok": "surely"}), 2),
        (json!({"result": "grün", "test": "t"}), 0),
        (json!({"passed": "no", "test": "t"}), 0),
        (json!({"passed": "nobody", "test": "t"}), 2),
    ] {
        let ended = guessed(&lines(object.clone()));
        assert_eq!(ended.status, status, "{object}: {}\n{}", ended.text(), ended.stderr);
    }
    // Times that are none, numbers as words, repeated keys, a path that is a text in one line and an object in another.
    let mut mixed = String::new();
    for number in 0..60 {
        let _ = writeln!(
            mixed,
            "{{\"test\":\"t{}\",\"result\":\"pass\",\"result\":\"fail\",\"time\":{number}}}",
            number % 5
        );
        let _ = writeln!(mixed, "{{\"test\":{{\"name\":\"t\"}},\"result\":\"0\",\"time\":\"{number}\"}}");
        let _ = writeln!(mixed, "{{\"test\":null,\"result\":null,\"time\":99999999999999999999999999}}");
    }
    guessed(mixed.as_bytes());
    for raw in
        [&b""[..], b"\n\n", b"\0\0\0\0", b"\xff\xfe\x00{", b"{\"a\":", b"plain\ntext\n", b"[{\"a\":1}]", b"{{{{{{{{"]
    {
        assert_eq!(guessed(raw).status, 2, "{}", String::from_utf8_lossy(&raw[..raw.len().min(40)]));
    }
    assert_eq!(guessed("{".repeat(100_000).as_bytes()).status, 2);
    let long = format!("{{\"test\":\"{}\",\"result\":\"pass\"}}\n", "x".repeat(3 << 20)).repeat(3);
    assert_eq!(guessed(long.as_bytes()).status, 2);
    let wide: Vec<String> = (0..3000).map(|number| format!("\"k{number}\":{{\"result\":\"pass\"}}")).collect();
    let wide = format!("{{\"test\":\"t\",\"result\":\"pass\",{}}}\n", wide.join(",")).repeat(20);
    let shown = guessed(wide.as_bytes()).exits(0).text();
    assert!(shown.contains("more keys, which are not looked at") && shown.lines().count() < 250, "{shown}");
    relapse(["profiles", "guess", "/there/is/none"]).exits(2);
    relapse(["profiles", "guess"]).exits(2);
}

const PROFILE: &str = "name = 'own'\n[only]\nkind = ['end']\n[[field]]\nrole = 'time'\npath = 'at'\ntype = 'time'\nunit = 's'\n\
    [[field]]\nrole = 'scenario'\npath = 'test'\ntype = 'text'\n[[field]]\nrole = 'outcome'\npath = 'result'\ntype = 'text'\n\
    [[field]]\nrole = 'mode'\npath = 'mode'\ntype = 'text'\nrequired = false\n[[derive]]\nrole = 'env'\nfrom = [{ labels = ['os', 'py'] }]\n\
    [outcome]\npass = ['ok']\nfail = ['no']\n";

#[test]
fn a_trial_says_what_a_profile_makes_of_logs() {
    let lines = "{\"kind\":\"start\"}\n\n{\"kind\":\"end\",\"at\":1767225600,\"test\":\"a\",\"result\":\"ok\",\"os\":\"linux\",\"py\":3.12}\n\
        {\"kind\":\"end\",\"at\":1767225601,\"test\":\"b\",\"result\":\"odd\"}\n{\"kind\":\"end\",\"test\":\"c\",\"result\":\"ok\"}\nwhat\n";
    let place = folder(&[
        ("p.toml", PROFILE.as_bytes()),
        ("logs/run.jsonl", lines.as_bytes()),
        ("other/x.jsonl", b"{\"a\":1}\n"),
    ]);
    let [profile, logs, other] = ["p.toml", "logs", "other"].map(|name| place.path().join(name));
    let said = relapse(["profiles", "check", text(&profile), "--on", text(&logs)]).exits(0).text();
    for part in [
        "6 lines of 1 archive = 2 records + 1 ignored + 1 blank + 2 rejected",
        "  1 rejected: missing_field\n",
        "    run.jsonl:5: missing field `at`\n",
        "    run.jsonl:6: ",
        "          1  `ok`  passed\n",
        "          1  `odd`  unknown: name it in",
        "  nothing failed: look whether that is so",
        "mapped, and empty in all records: mode\n",
        "not mapped, though verdicts are surer with it: run, branch, revision, seed\n",
        "record 1\n  time       = 2026-01-01T00:00:00Z\n  scenario   = a\n  env        = os=linux py=3.12\n  outcome    = ok\n",
        "record 2\n",
    ] {
        assert!(said.contains(part), "`{part}` is not in\n{said}");
    }
    let said = relapse(["profiles", "check", text(&profile), "--on", text(&other)]).exits(2).text();
    assert!(
        said.contains("1 lines of 1 archive = 0 records + 1 ignored") && said.contains("not one record was read"),
        "{said}"
    );
    // The ledger of a sweep counts the same, and nothing is lost.
    let sweep = ["sweep", text(&logs), "--profile", text(&profile), "--json"];
    let swept = relapse(sweep).exits(3).ledger();
    // And a store keeps that.
    let store = place.path().join("store");
    for _ in 0..2 {
        let kept = relapse([&sweep[..], &["--store", text(&store)]].concat()).exits(3).ledger();
        assert_eq!(kept["totals"], swept["totals"]);
        assert_eq!(kept["archives"], swept["archives"]);
    }
    let totals = &swept["totals"];
    assert_eq!(
        (&totals["lines"], &totals["parsed"], &totals["blank"], &totals["rejected"]),
        (&json!(6), &json!(3), &json!(1), &json!(2))
    );
    assert_eq!(totals["readers"]["ignored"], json!({"left out by only": 1}));
    assert_eq!(totals["readers"]["records"], 2);
}

#[test]
fn benchmark_profiles_are_tried_too() {
    let line = r#"{"lane":"conv2d","host":"ci","recorded_unix":1788279799,"rounds":24,"wait_ms":5.56}"#;
    let logs = folder(&[("b.jsonl", format!("{line}\n{}\n", record(&[])).as_bytes())]);
    let said = relapse(["profiles", "check", "benchmark-line-v1", "--on", text(logs.path())]).exits(0).text();
    assert!(said.contains("2 lines of 1 archive = 1 records + 0 ignored + 0 blank + 1 rejected"), "{said}");
}

#[test]
fn the_docs_name_every_role_and_key() {
    let docs = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/profiles.md")).unwrap();
    let named = |word: &str| docs.contains(&format!("`{word}`"));
    for role in relapse::role::Role::ALL {
        assert!(named(role.name()), "{role}");
    }
    for key in [
        "name",
        "description",
        "taxonomy",
        "prefix",
        "[only]",
        "[[field]]",
        "[[derive]]",
        "[outcome]",
        "role",
        "path",
        "type",
        "unit",
    ] {
        assert!(named(key), "{key}");
    }
    for key in [
        "zone",
        "required",
        "pass",
        "fail",
        "excluded",
        "other = \"fail\"",
        "s",
        "ms",
        "us",
        "ns",
        "rfc3339",
        "texts",
        "any",
    ] {
        assert!(named(key), "{key}");
    }
}

#[test]
fn json_within_a_text_is_told() {
    let inner = json!({"test": "a", "result": "pass"}).to_string() + "\n";
    let ended = guessed(format!("{}\n", json!({"log": inner, "stream": "stdout"})).repeat(9).as_bytes()).exits(2);
    assert!(ended.text().contains("# `log` holds JSON as a text"), "{}", ended.text());
}

#[test]
fn a_trial_tells_of_damage() {
    let line = "{\"kind\":\"end\",\"at\":1767225600,\"test\":\"a\",\"result\":\"ok\"}\n".repeat(4000);
    let packed = zstd::encode_all(line.as_bytes(), 3).unwrap();
    let place = folder(&[("p.toml", PROFILE.as_bytes()), ("r.jsonl.zst", &packed[..packed.len() - 20])]);
    let [profile, logs] = ["p.toml", "r.jsonl.zst"].map(|name| place.path().join(name));
    let ended = relapse(["profiles", "check", text(&profile), "--on", text(&logs)]);
    assert!(ended.text().contains("damaged, so that lines of it are missing: r.jsonl.zst"), "{}", ended.text());
}
