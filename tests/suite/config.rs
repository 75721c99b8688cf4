//! `relapse.toml`, and the manual.

use std::fmt::Write;
use std::path::Path;

use serde_json::{Value, json};

use crate::program::{Ended, fixture, folder, program, relapse, text};

/// Runs the program in a folder.
#[track_caller]
fn within(folder: &Path, arguments: &[&str]) -> Ended {
    program().current_dir(folder).args(arguments).output().map(Ended::of).expect("the program starts")
}

/// What `config show` says of an option: its value and source.
#[track_caller]
fn row(folder: &Path, arguments: &[&str], name: &str) -> (Value, Value, Value) {
    let shown = within(folder, &[&["config", "show", "--json"], arguments].concat()).exits(0).json();
    let options = shown["commands"][0]["options"].as_array().unwrap().clone();
    let row = options.into_iter().find(|row| row["name"] == name).unwrap_or_else(|| panic!("{name} in {shown}"));
    (row["value"].clone(), row["source"].clone(), row["line"].clone())
}

/// A folder with `relapse.toml`, a log, and a folder below a folder.
fn project(config: &str) -> tempfile::TempDir {
    let log = std::fs::read(fixture("weekly").join("run-00.jsonl.zst")).unwrap();
    folder(&[("relapse.toml", config.as_bytes()), ("logs/run-00.jsonl.zst", &log), ("a/b/x", b"")])
}

#[test]
fn a_file_is_found_upwards_and_its_paths_start_where_it_is() {
    let project = project(
        "[sweep]\npaths = ['logs']\nout = 'week'\nthreads = 1\ntaxonomy = 'own.toml'\nprofile = ['ft-conformance-log-v1']\n",
    );
    let own = relapse(["taxonomies", "show", "crash-triage-v1"]).text().replace("ft-core-owners", "we-own-it");
    std::fs::write(project.path().join("own.toml"), own).unwrap();
    let direct = within(project.path(), &["sweep", "logs", "--taxonomy", "own.toml", "--out", "direct"]).exits(0);
    assert!(direct.text().contains("owner we-own-it"), "{}", direct.text());
    for here in ["", "a", "a/b"] {
        within(&project.path().join(here), &["sweep"]).exits(0);
        for file in ["incidents.json", "recurrence.json"] {
            let read = |folder: &str| std::fs::read(project.path().join(folder).join(file)).unwrap();
            assert!(read("week") == read("direct"), "{file} of a sweep in `{here}`");
        }
        std::fs::remove_dir_all(project.path().join("week")).unwrap();
    }
    let shown = |here: &str, name| row(&project.path().join(here), &["sweep"], name).0;
    assert_eq!(shown("a/b", "--out"), json!(["../../week"]));
    assert_eq!(shown("a/b", "--taxonomy"), json!(["../../own.toml"]));
    assert_eq!(shown("a/b", "--profile"), json!(["ft-conformance-log-v1"]), "a built-in name is no path");
    assert_eq!(shown("", "paths"), json!(["logs"]));
}

#[test]
fn the_command_line_wins_then_the_command_s_table_then_what_is_for_all() {
    let project =
        project("alpha = 0.04\njson = true\nprofile = ['a', 'b']\n[sweep]\nalpha = 0.03\njson = false\nrun = '--'\n");
    let row = |arguments: &[&str], name| row(project.path(), arguments, name);
    assert_eq!(row(&["sweep"], "--alpha"), (json!(["0.03"]), json!("file"), json!(5)));
    assert_eq!(row(&["merge"], "--alpha"), (json!(["0.04"]), json!("file"), json!(1)));
    assert_eq!(row(&["sweep", "--alpha", "0.1"], "--alpha"), (json!(["0.1"]), json!("command_line"), Value::Null));
    assert_eq!(row(&["sweep"], "--json"), (json!(["false"]), json!("file"), json!(6)));
    assert_eq!(row(&["merge"], "--json"), (json!(["true"]), json!("file"), json!(2)));
    assert_eq!(row(&["sweep"], "--fdr"), (json!(["0.05"]), json!("default"), Value::Null));
    assert_eq!(row(&["sweep"], "--out"), (Value::Null, json!("unset"), Value::Null));
    // Given values replace those of the file, also where there may be several.
    assert_eq!(row(&["sweep"], "--profile").0, json!(["a", "b"]));
    assert_eq!(row(&["sweep", "--profile", "c"], "--profile").0, json!(["c"]));
    assert_eq!(row(&["sweep"], "--run").0, json!(["--"]));
    assert_eq!(row(&["--no-config", "sweep"], "--alpha").1, json!("default"));
    // And so the command sees it: the profiles of the file are none.
    within(project.path(), &["sweep", "logs"]).exits(2).says("`a`");
    let ended = within(project.path(), &["sweep", "logs", "--profile", "ft-conformance-log-v1"]).exits(0);
    assert!(ended.text().contains("incidents in 1 run"), "{}", ended.text());
    within(project.path(), &["sweep", "logs", "--no-config"]).exits(0);
    let all = within(project.path(), &["explain", "x", "--from", "logs", "--no-config"]).exits(2);
    assert!(!all.stderr.contains("note:"), "{}", all.stderr);
}

#[test]
fn what_has_no_name_is_set_behind_the_options_and_may_begin_with_a_dash() {
    let project = project("[sweep]\npaths = ['-odd', 'logs']\nbranch = 'main'\n[bench]\nlast = 4\nbaseline = ['x']\n");
    let log = project.path().join("logs/run-00.jsonl.zst");
    std::fs::copy(&log, project.path().join("-odd")).unwrap();
    // No run names that branch, so that nothing is left to judge.
    let ledger = within(project.path(), &["sweep", "--json"]).exits(2).ledger();
    assert_eq!(ledger["archives"][0]["path"], "-odd");
    let ledger = within(project.path(), &["sweep", "--json", "--", "logs"]).exits(2).ledger();
    assert_eq!(ledger["archives"].as_array().unwrap().len(), 1);
    // Two that exclude each other: the note says where to look.
    within(project.path(), &["bench", "logs"]).exits(2).says("cannot be used with").says("`last` (line 5)");
}

/// One reading of a fix serves the file, the command line and, in tests of the gate, a policy.
#[test]
fn a_fix_is_named_for_every_command_that_judges() {
    let fix = "[[fix]]\nscenario = 'a*'\nticket = 'T-1'\nsince = 'run-00'\n";
    let project =
        project(&format!("{fix}{}[sweep]\nout = 'week'\n", fix.replace("run-00", "run-99").replace("T-1", "T \"2\"")));
    for command in ["sweep", "merge", "gate"] {
        let (value, source, line) = row(project.path(), &[command], "--fix");
        let table = r#"{ "scenario" = "a*", "ticket" = "T-1", "since" = "run-00" }"#;
        assert_eq!((&value[0], value.as_array().unwrap().len()), (&json!(table), 2), "{command}");
        assert_eq!((source, line), (json!("file"), json!(1)), "{command}");
    }
    let warned = "the fix of `a*` (T \"2\") is in no run";
    let told = |ended: Ended, warned: &str| ended.text().contains(warned);
    assert!(told(within(project.path(), &["sweep", "logs"]).exits(0), warned));
    let fix = "{ scenario = 'none', ticket = 'T-3', since = 'run-00' }";
    let ended = within(project.path(), &["sweep", "logs", "--fix", fix]).exits(0);
    assert!(ended.text().contains("the fix of `none` (T-3) is of nothing that failed"), "{}", ended.text());
    assert!(!told(ended, warned), "the command line wins");
}

#[test]
fn every_fault_of_the_file_is_told_below_its_line() {
    let project = project(
        "treads = 2\nthreads = 'x'\n[sweep]\nalpha = 2\nnope = 1\n[replay]\nyes = true\nallow = [\"a '\"]\n[sto]\n\
         [store.prune]\nolder-than = 3\n[bench]\ntaxonomy = 'x'\nlast = [1]\nprofile = []\njson = 1\n[config]\n[[sweep.fix]]\nscenario = 'a'\nticket = 'T'\nsince = 7\n",
    );
    let ended = within(project.path(), &["sweep", "logs"]).exits(2);
    for (line, message) in [
        (1, "`treads` is neither an option of a command nor, as a table, a command"),
        (2, "invalid value 'x' for '--threads <N>'"),
        (4, "invalid value '2' for '--alpha <P>': expected a number above 0 and at most 1"),
        (5, "unknown key `nope`, known: paths, taxonomy,"),
        (7, "`yes` says that a command was read"),
        (8, "invalid value 'a '' for '--allow <WORDS>'"),
        (9, "unknown command `sto`, known: sweep,"),
        (11, "invalid value '3' for '--older-than <AGE>'"),
        (13, "unknown key `taxonomy`"),
        (14, "`last` is an array, not a string or a number"),
        (15, "`profile` is an empty list"),
        (16, "`json` is an integer, not true or false"),
        (17, "unknown command `config`"),
        (18, "`since` is an integer, not a string"),
    ] {
        let ended = &ended.stderr;
        let at = ended.find(message).unwrap_or_else(|| panic!("`{message}` is not in: {ended}"));
        let place = ended[at..].lines().nth(1).unwrap();
        assert!(place.contains(&format!("relapse.toml:{line}:")), "{message}: {place}");
    }
    assert_eq!(ended.stderr.matches("error: ").count(), 14, "{}", ended.stderr);
    // What a shell asks at every start, and help, are about the program.
    within(project.path(), &["completions", "bash"]).exits(0);
    within(project.path(), &["man"]).exits(0);
    within(project.path(), &["sweep", "--help"]).exits(0);
    within(project.path(), &["sweep", "logs", "--no-config"]).exits(0);
    within(project.path(), &["config", "show"]).exits(2).says("14 faults in relapse.toml");
}

#[test]
fn a_file_is_named_or_left_out_and_that_of_another_user_refused() {
    let project = project("[sweep]\nalpha = 0.04\n");
    std::fs::write(project.path().join("a/other.toml"), "[sweep]\nout = 'o'\n").unwrap();
    let value = |arguments: &[&str], name| row(project.path(), arguments, name).0;
    assert_eq!(value(&["--config", "a/other.toml", "sweep"], "--out"), json!(["a/o"]));
    let shown = within(project.path(), &["--config", "a/other.toml", "config", "show", "--json", "sweep"]).json();
    assert_eq!(shown["file"], "a/other.toml");
    within(project.path(), &["sweep", "logs", "--config", "gone.toml"]).exits(2).says("failed to read `gone.toml`");
    within(project.path(), &["sweep", "logs", "--config", "x", "--no-config"]).exits(2).says("cannot be used with");
    within(project.path(), &["config", "show", "swep"]).exits(2).says("expected a command");
    // Only the system's user may give a file away.
    if std::os::unix::fs::chown(project.path().join("relapse.toml"), Some(12_345), None).is_ok() {
        within(project.path(), &["sweep", "logs"]).exits(2).says("belongs to another user");
        within(project.path(), &["sweep", "logs", "--config", "relapse.toml"]).exits(0);
        within(project.path(), &["sweep", "logs", "--no-config"]).exits(0);
        // A link of his to a file of this user's is his choice.
        std::fs::remove_file(project.path().join("relapse.toml")).unwrap();
        std::os::unix::fs::symlink("a/other.toml", project.path().join("relapse.toml")).unwrap();
        std::os::unix::fs::lchown(project.path().join("relapse.toml"), Some(12_345), None).unwrap();
        within(project.path(), &["sweep", "logs"]).exits(2).says("belongs to another user");
    }
}

#[test]
fn every_option_of_every_command_can_be_set() {
    let empty = folder(&[]);
    let shown = within(empty.path(), &["config", "show", "--json"]).exits(0).json();
    assert_eq!(shown["file"], Value::Null);
    let commands = shown["commands"].as_array().unwrap();
    let mut file = String::new();
    let mut options = 0;
    for command in commands {
        let _ = writeln!(file, "[{}]", command["command"].as_str().unwrap().replace(' ', "."));
        for option in command["options"].as_array().unwrap() {
            let key = option["key"].as_str().unwrap();
            // Where there is a default it is a value; else the first of these that fits.
            let value = match option["value"][0].as_str() {
                Some(flag @ ("true" | "false")) => flag.to_owned(),
                Some(value) => format!("'{value}'"),
                None => match key {
                    "format" => "'json'",
                    "expect" => "'pass'",
                    "older-than" => "'3d'",
                    "delta" => "'0.1'",
                    "accepted-until" => "'2030-01-02'",
                    "fix" => "{ scenario = 'a \"b\"', ticket = 'T-1', since = 'r' }",
                    _ => "'7'",
                }
                .to_owned(),
            };
            let _ = writeln!(file, "{key} = {value}");
            options += 1;
        }
    }
    assert!(options > 150, "{options}");
    std::fs::write(empty.path().join("relapse.toml"), &file).unwrap();
    let shown = within(empty.path(), &["config", "show", "--json"]).exits(0).json();
    let mut lines: Vec<u64> = Vec::new();
    for option in
        shown["commands"].as_array().unwrap().iter().flat_map(|command| command["options"].as_array().unwrap())
    {
        assert_eq!(option["source"], "file", "{option}");
        lines.push(option["line"].as_u64().unwrap());
        let line = file.lines().nth(usize::try_from(lines[lines.len() - 1]).unwrap() - 1).unwrap();
        assert!(line.starts_with(option["key"].as_str().unwrap()), "{line}: {option}");
    }
    lines.sort_unstable();
    lines.dedup();
    assert_eq!(lines.len(), options);
}

#[test]
fn the_manual_has_a_page_for_every_command() {
    let page = relapse(["man"]).exits(0).text();
    assert!(page.contains(".TH relapse 1") && page.contains("relapse\\-sweep(1)"), "{page}");
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("man1");
    relapse(["man", "--out", text(&out)]).exits(0);
    for (name, words) in
        [("relapse", "SUBCOMMANDS"), ("relapse-sweep", "\\-\\-max\\-memory"), ("relapse-store-prune", "older")]
    {
        let page = std::fs::read_to_string(out.join(format!("{name}.1"))).unwrap();
        assert!(page.contains(words), "{name}: {page}");
    }
    std::fs::write(folder.path().join("file"), "").unwrap();
    relapse(["man", "--out", text(&folder.path().join("file"))]).exits(2).says("failed to write");
}
