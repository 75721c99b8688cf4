//! What is over, what is of other branches, and what is of one cause, in every view of a sweep.

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::program::{folder, relapse, text};

const PROFILE: &str = r#"name = "own"
[outcome]
pass = ["pass"]
fail = ["fail"]
[[field]]
role = "time"
path = "ts"
type = "time"
unit = "ms"
[[field]]
role = "scenario"
path = "test"
type = "text"
[[field]]
role = "outcome"
path = "status"
type = "text"
[[field]]
role = "reason"
path = "reason"
type = "text"
required = false
[[field]]
role = "suite"
path = "suite"
type = "text"
required = false
[[field]]
role = "mode"
path = "mode"
type = "text"
required = false
[[field]]
role = "env"
path = "os"
type = "text"
required = false
[[field]]
role = "branch"
path = "branch"
type = "text"
required = false
[[field]]
role = "revision"
path = "sha"
type = "text"
required = false
"#;

const TAXONOMY: &str = r#"name = "own"
[fallback]
class = "assertion"
severity = "medium"
owner = "@web"
[[rule]]
class = "database"
severity = "critical"
owner = "@dba"
any = ["db_"]
[reproduce]
one = ["pytest -k {scenario}"]
"#;

/// A run's name and its records.
type Run = (String, Vec<Value>);

fn row(run: u64, test: &str, reason: Option<&str>) -> Value {
    let status = if reason.is_some() { "fail" } else { "pass" };
    let ts = 1_790_000_000_000_u64 + run * 86_400_000;
    json!({"ts": ts, "test": test, "status": status, "reason": reason.unwrap_or("ok"), "sha": format!("{run:08x}")})
}

fn with(mut row: Value, key: &str, value: &str) -> Value {
    row[key] = value.into();
    row
}

struct World {
    place: TempDir,
}

impl World {
    fn new(runs: &[Run]) -> Self {
        let files: Vec<(String, String)> = runs
            .iter()
            .map(|(name, rows)| {
                let lines = rows.iter().map(|row| row.to_string() + "\n").collect();
                (format!("logs/{name}.jsonl"), lines)
            })
            .chain([("own.toml".to_owned(), PROFILE.to_owned()), ("classes.toml".to_owned(), TAXONOMY.to_owned())])
            .collect();
        let files: Vec<(&str, &[u8])> = files.iter().map(|(name, text)| (name.as_str(), text.as_bytes())).collect();
        Self { place: folder(&files) }
    }

    fn path(&self, name: &str) -> String {
        text(&self.place.path().join(name)).to_owned()
    }

    /// What the summary says; reports go to `out`.
    fn swept(&self, out: &str, arguments: &[&str]) -> String {
        let (logs, profile, classes, out) =
            (self.path("logs"), self.path("own.toml"), self.path("classes.toml"), self.path(out));
        let own =
            ["sweep", &logs, "--profile", &profile, "--taxonomy", &classes, "--no-config", "--long", "--out", &out];
        relapse(own.iter().chain(arguments)).exits(0).text()
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.place.path().join(name)).unwrap()
    }

    fn json(&self, name: &str) -> Value {
        serde_json::from_str(&self.read(name)).unwrap()
    }
}

fn said(arguments: &[&str]) -> String {
    relapse(arguments.iter().chain(&["--no-config"])).exits(0).text()
}

/// 20 runs: in r10 nearly everything fails for want of a database; `live` regresses at r14, and `fixed` failed ten times of
/// its own before the outage.
fn outage() -> World {
    let runs = (0..20).map(|run| {
        let mut rows: Vec<Value> =
            (0..30).map(|at| row(run, &format!("down_{at:02}"), (run == 10).then_some("db_down"))).collect();
        rows.push(row(run, "live", (run >= 14).then_some("total_differs")));
        rows.push(row(
            run,
            "fixed",
            match run {
                0..7 => Some("sum_differs"),
                10 => Some("db_down"),
                _ => None,
            },
        ));
        rows.extend((0..10).map(|at| row(run, &format!("sound_{at}"), None)));
        (format!("r{run:02}"), rows)
    });
    World::new(&runs.collect::<Vec<Run>>())
}

/// The place of a text, which must be in it.
#[track_caller]
fn place(text: &str, part: &str) -> usize {
    text.find(part).unwrap_or_else(|| panic!("`{part}` is not in:\n{text}"))
}

#[test]
fn an_outage_that_is_over_is_one_row_behind_the_live_regression() {
    let world = outage();
    let summary = world.swept("out", &[]);
    let once = "31 scenarios failed at once in r10";
    assert!(place(&summary, "live\n") < place(&summary, once), "{summary}");
    assert!(summary.contains("database db_down in all of them; it is over: its scenarios passed since"), "{summary}");
    assert_eq!(summary.matches("db_down").count(), 1, "{summary}");
    let table = &summary[place(&summary, "severity")..];
    assert!(place(table, "medium") < place(table, "critical"), "{table}");

    let markdown = world.read("out/report.md");
    assert!(place(&markdown, "`live`") < place(&markdown, "31 scenarios failed at once in `r10`"), "{markdown}");
    assert_eq!(markdown.matches("db_down").count(), 1, "{markdown}");

    let out = world.path("out");
    let index = said(&["runbook", "--from", &out]);
    assert!(index.starts_with("# 32 incidents in 2 rows, 0 to be escalated at once"), "{index}");
    assert!(place(&index, "`live`") < place(&index, "failed at once"), "{index}");
    let tickets = said(&["ticket", "--from", &out, "--form", "markdown"]);
    assert_eq!(tickets.matches("External ref:").count(), 2, "{tickets}");
    assert!(
        tickets.contains("# `Run failure: 31 scenarios failed at once in r10 (database db_down in all of them)`"),
        "{tickets}"
    );
    assert!(tickets.contains("- escalate: no: it is over"), "{tickets}");

    // A ticket for one of them is a ticket for all.
    let incidents = world.json("out/incidents.json");
    let of = |scenario: &str| {
        let rows = incidents["incidents"].as_array().unwrap();
        let row = rows.iter().find(|row| row["scenario_id"] == scenario).unwrap();
        row["incident_id"].as_str().unwrap().to_owned()
    };
    let known = world.path("known.txt");
    std::fs::write(&known, format!("External ref: `relapse:{}`\n", of("down_17"))).unwrap();
    let left = said(&["ticket", "--from", &out, "--form", "markdown", "--existing", &known]);
    assert_eq!(left.matches("External ref:").count(), 1, "{left}");

    // The documented order of the file stays.
    assert_eq!(incidents["incidents"][0]["severity"], "critical");
    assert_eq!(incidents["incidents"][0]["standing"], "over");
}

#[test]
fn what_an_outage_brought_is_one_change_behind_what_is_live() {
    let world = outage();
    world.swept("early", &["--until", "2026-09-27T00:00:00Z", "--all"]);
    let summary = world.swept("out", &["--all", "--baseline", &world.path("early")]);
    let since = &summary[place(&summary, "since the baseline")..place(&summary, "severity")];
    assert!(place(since, "live") < place(since, "31 scenarios failed at once in r10"), "{since}");
    let page = said(&["diff", &world.path("early"), &world.path("out")]);
    let new = &page[place(&page, "new: ")..];
    assert!(place(new, "live") < place(new, "31 scenarios failed at once in r10"), "{page}");
    assert_eq!(page.matches("db_down").count(), 1, "{page}");
    let all = said(&["diff", &world.path("early"), &world.path("out"), "--all"]);
    assert_eq!(all.matches("db_down").count(), 31, "{all}");
}

#[test]
fn a_line_carries_the_incident_that_its_verdict_is_about() {
    let world = outage();
    let summary = world.swept("out", &[]);
    let fixed = &summary[place(&summary, "fixed  fixed")..];
    let fixed = &fixed[..fixed.find("\n\n").unwrap_or(fixed.len())];
    assert!(fixed.contains("medium assertion sum_differs (1 of 2 ways to fail)   owner @web"), "{fixed}");
    assert!(!fixed.contains("escalate") && !fixed.contains("@dba"), "{fixed}");
    let markdown = world.read("out/report.md");
    let line = markdown.lines().find(|line| line.contains("`fixed`")).unwrap();
    assert!(line.contains("`@web`") && !line.contains("@dba"), "{line}");
    let explained = said(&["explain", "fixed", "--from", &world.path("out")]);
    let about = place(&explained, "the verdict is about this one");
    assert!(explained[..about].lines().nth_back(1).unwrap().contains("sum_differs"), "{explained}");
    // The commands of the taxonomy, where the log carries none, are everywhere.
    assert!(summary.contains("replay: pytest -k live"), "{summary}");
    assert!(explained.contains("reproduce     pytest -k fixed"), "{explained}");
    let shown = relapse(["replay", "live", "--from", &world.path("out"), "--no-config"]).exits(2).text();
    assert!(shown.contains("pytest -k live"), "{shown}");
    // The test is named, and the log has other roles.
    let ticket = said(&["ticket", "live", "--from", &world.path("out"), "--form", "markdown"]);
    assert!(ticket.contains("- scenarioId: `live`"), "{ticket}");
}

/// main, where `a` regresses; pr-1, where `b` always fails; both have `c`, which fails on pr-1 only after `main` passed.
fn branches() -> World {
    let runs = (0..16).flat_map(|run| {
        let of = |branch: &str| {
            let reason = |test: &str| match (branch, test) {
                ("main", "a") if run >= 10 => Some("a_differs"),
                ("pr-1", "a") => Some("a_differs"),
                ("pr-1", "b") => Some("db_b"),
                _ => None,
            };
            let rows = ["a", "b", "c", "d"].map(|test| with(row(run, test, reason(test)), "branch", branch));
            (format!("{branch}-{run:02}"), rows.to_vec())
        };
        if run % 2 == 0 { vec![of("main"), of("pr-1")] } else { vec![of("main")] }
    });
    World::new(&runs.collect::<Vec<Run>>())
}

#[test]
fn figures_are_of_the_judged_branch_and_say_so() {
    let world = branches();
    let summary = world.swept("out", &["--branch", "main"]);
    assert!(summary.starts_with("1 incident in 16 runs of branch main  "), "{summary}");
    assert!(summary.contains("6 of 64 records failed, in 1 of 4 scenarios\n"), "{summary}");
    assert!(
        summary.contains(
            "not counted: 8 runs of branches that are not judged, which hold 1 incident of theirs alone (on pr-1)\n"
        ),
        "{summary}"
    );
    assert!(!summary.contains("critical"), "{summary}");
    let markdown = world.read("out/report.md");
    assert!(markdown.starts_with("## 1 incident in 16 runs of branch `main`: 1 deterministic"), "{markdown}");
    assert!(world.read("out/report.html").contains("<h1>1 incident in 16 runs of branch main</h1>"));
    let out = world.path("out");
    let index = said(&["runbook", "--from", &out]);
    assert!(index.starts_with("# 1 incident, 0 to be") && !index.contains("db_b"), "{index}");
    assert!(!said(&["ticket", "--from", &out]).contains("db_b"));
    let page = said(&["diff", &out, &out]);
    assert!(!page.contains("db_b"), "{page}");
    // One basis: every run in which it happened is among those in which its scenario was seen.
    for row in world.json("out/incidents.json")["incidents"].as_array().unwrap() {
        assert!(row["runs_failed"].as_u64() <= row["runs_seen"].as_u64(), "{row}");
    }
}

#[test]
fn several_branches_are_named_in_every_row() {
    let world = branches();
    let summary = world.swept("out", &[]);
    assert!(summary.starts_with("2 incidents in 24 runs of 2 branches: main, pr-1  "), "{summary}");
    assert!(summary.contains("  a  main\n") && summary.contains("  a  pr-1\n"), "{summary}");
    assert!(summary.contains("failing scenarios a run of main") && summary.contains("a run of pr-1"), "{summary}");
    let markdown = world.read("out/report.md");
    assert!(markdown.contains("`a` `main` ") && markdown.contains("`a` `pr-1` "), "{markdown}");
    let index = said(&["runbook", "--from", &world.path("out")]);
    assert!(index.contains("a \\[pr-1") || index.contains("`a [main]`") || index.contains("`a [pr-1]`"), "{index}");
}

#[test]
fn a_gate_s_rows_name_the_branches_that_they_are_of() {
    let world = branches();
    let [logs, profile, classes, policy] =
        ["logs", "own.toml", "classes.toml", "policy.toml"].map(|name| world.path(name));
    let rules = "[max]\nverdict = { regressed = 0, deterministic = 0 }\n";
    std::fs::write(&policy, format!("schema = \"relapse-policy-v1\"\nname = \"p\"\n{rules}")).unwrap();
    let gate = ["gate", &logs, "--profile", &profile, "--taxonomy", &classes, "--policy", &policy, "--no-config"];
    let told = relapse(gate.iter().chain(&["--format", "json"])).exits(1).json();
    let rows = told["violations"].as_array().unwrap().iter();
    let rows: Vec<(&str, &Value)> = rows.map(|row| (row["budget_id"].as_str().unwrap(), &row["branches"])).collect();
    let [main, pr] = [json!(["main"]), json!(["pr-1"])];
    assert_eq!(rows, [("max:verdict:regressed", &main), ("max:verdict:deterministic", &pr)]);
    let human = relapse(gate).exits(1).text();
    assert!(human.contains("branches  main") && human.contains("branches  pr-1"), "{human}");
}

#[test]
fn runs_of_no_branch_have_their_names_where_there_are_several_branches() {
    let runs = (0..18).map(|run| {
        let line = row(run, "a", (run % 3 == 2 && run > 8).then_some("a_differs"));
        match run % 3 {
            0 => (format!("main-{run:02}"), vec![with(line, "branch", "main")]),
            1 => (format!("pr-{run:02}"), vec![with(line, "branch", "pr-1")]),
            _ => (format!("bare-{run:02}"), vec![line]),
        }
    });
    let world = World::new(&runs.collect::<Vec<Run>>());
    let summary = world.swept("out", &[]);
    assert!(summary.starts_with("1 incident in 18 runs of 2 branches: main, pr-1, and of none named  "), "{summary}");
    let explained = said(&["explain", "a", "--from", &world.path("out")]);
    assert!(explained.contains("\n  bare-02  "), "{explained}");
}

#[test]
fn rows_of_one_name_are_told_apart_and_a_regression_says_where() {
    let runs = (0..12).map(|run| {
        let fails = |from: u64| (run >= from).then_some("x_differs");
        let mut rows = vec![
            with(row(run, "same", fails(0)), "mode", "debug"),
            with(row(run, "same", fails(5)), "mode", "release"),
            with(row(run, "twin", fails(6)), "suite", "api"),
            with(row(run, "twin", fails(6)), "suite", "web"),
        ];
        for os in ["linux", "macos", "windows"] {
            let reason = fails(6).filter(|_| os == "windows");
            rows.push(with(row(run, "where", reason), "os", os));
        }
        rows.push(row(run, "last", fails(11)));
        (format!("r{run:02}"), rows)
    });
    let world = World::new(&runs.collect::<Vec<Run>>());
    let summary = world.swept("out", &[]);
    assert!(summary.contains("every attempt in windows fails, none in another environment since r06"), "{summary}");
    assert!(summary.contains("only its last run failed, of 12 runs"), "{summary}");
    let markdown = world.read("out/report.md");
    for row in ["`same` `debug` ", "`same` `release` ", "`twin` `api` ", "`twin` `web` ", "`where` █", "`where` ▁"]
    {
        assert_eq!(markdown.contains(row), row != "`where` █", "{row} in {markdown}");
    }
    let index = said(&["runbook", "--from", &world.path("out")]);
    assert!(index.contains("same [debug]") && index.contains("same [release]"), "{index}");
    let titles = said(&["ticket", "--from", &world.path("out"), "--form", "markdown"]);
    let titles: Vec<&str> = titles.lines().filter(|line| line.starts_with("# ")).collect();
    let distinct: std::collections::BTreeSet<&&str> = titles.iter().collect();
    assert_eq!(distinct.len(), titles.len(), "{titles:?}");
}
