//! What the program says of itself.

use crate::program::{program, relapse};

#[test]
#[expect(clippy::too_many_lines, reason = "a table")]
fn help_names_what_a_command_takes() {
    for (command, words) in [
        (
            vec![],
            &[
                "sweep",
                "diff",
                "check",
                "bench",
                "gate",
                "policy",
                "triage",
                "pack",
                "taxonomies",
                "profiles",
                "completions",
                "config",
                "man",
                "--config",
                "--no-config",
                "--color",
                "Exit status",
                "3 done",
            ][..],
        ),
        (
            vec!["sweep"],
            &[
                "PATH",
                "--out",
                "--json",
                "--taxonomy",
                "--fallback-owner",
                "--profile",
                "--packet",
                "--threads",
                "--allow-loss",
                "--baseline",
                "--parquet",
                "--since",
                "--until",
                "--from-path",
                "--include",
                "--exclude",
                "--run",
                "--strict-json",
                "--max-line",
                "--max-window",
                "--max-memory",
                "crash-triage-v1",
                ".jsonl",
                "standard input",
            ],
        ),
        (
            vec!["check"],
            &[
                "PATH",
                "--from",
                "--base",
                "--format",
                "github",
                "--json",
                "relapse-check-v1",
                "--rerun",
                "--allow-loss",
            ],
        ),
        (vec!["diff"], &["OLD", "NEW", "--json", "--all", "relapse-diff-v1"]),
        (
            vec!["bench"],
            &[
                "PATH",
                "--baseline",
                "--candidate",
                "--last",
                "--delta",
                "--profile",
                "--strict",
                "--json",
                "--out",
                "--allow-loss",
                "criterion",
            ],
        ),
        (vec!["runbook"], &["ID", "--from", "--all", "--out", "index"]),
        (
            vec!["ticket"],
            &[
                "ID",
                "--from",
                "--form",
                "--existing",
                "--prefix",
                "bd-powershell",
                "beads-jsonl",
                "markdown",
                "nothing is run",
            ],
        ),
        (
            vec!["replay"],
            &[
                "ID",
                "--from",
                "--times",
                "--timeout",
                "--transcript",
                "--yes",
                "--shell",
                "--dir",
                "--expect",
                "--allow",
                "relapse.toml",
            ],
        ),
        (vec!["triage"], &["--input", "--output", "--packet", "--taxonomy", "ft-crash-triage-v1"]),
        (
            vec!["pack"],
            &[
                "PATH",
                "--out",
                "--level",
                "--frame-size",
                "--force",
                "--remove",
                "--allow-loss",
                "--json",
                "--run",
                "--threads",
                "--max-line",
                "--max-window",
                "1MiB",
                "seek table",
            ],
        ),
        (vec!["taxonomies"], &["list", "show", "check"]),
        (vec!["profiles"], &["list", "show", "check", "guess"]),
        (vec!["profiles", "check"], &["--on"]),
        (vec!["config", "show"], &["COMMAND", "--json", "relapse-config-v1"]),
        (vec!["man"], &["--out", "relapse-sweep.1"]),
        (vec!["completions"], &["bash", "zsh", "fish", "powershell", "elvish"]),
    ] {
        let ended = relapse(command.iter().chain(&["--help"])).exits(0);
        // Lines are broken where the terminal ends.
        let text = ended.text().split_whitespace().collect::<Vec<_>>().join(" ");
        for word in words {
            assert!(text.contains(word), "{command:?} --help does not name {word}");
        }
        assert!(!ended.stdout.contains(&0x1b), "{command:?} --help is coloured in a pipe");
        assert!(ended.stderr.is_empty());
    }
}

#[test]
fn version_is_the_package_s() {
    let version = format!("relapse {}\n", env!("CARGO_PKG_VERSION"));
    assert_eq!(relapse(["--version"]).exits(0).text(), version);
}

#[test]
fn every_shell_gets_completions() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = relapse(["completions", shell]).exits(0).text();
        for word in ["relapse", "sweep", "triage", "allow-loss"] {
            assert!(script.contains(word), "{shell}: {word}");
        }
    }
    relapse(["completions", "tcsh"]).exits(2);
}

#[test]
fn definitions_are_listed_shown_and_checked() {
    let folder = tempfile::tempdir().unwrap();
    for (kind, name) in [
        ("taxonomies", "crash-triage-v1"),
        ("taxonomies", "crash-triage-v2"),
        ("taxonomies", "integration"),
        ("profiles", "integration"),
        ("profiles", "ft-conformance-log-v1"),
        ("profiles", "benchmark-line-v1"),
    ] {
        assert!(relapse([kind, "list"]).exits(0).text().contains(name));
        let toml = relapse([kind, "show", name]).exits(0).text();
        let file = folder.path().join(format!("{name}.toml"));
        std::fs::write(&file, toml).unwrap();
        let file = crate::program::text(&file);
        assert!(relapse([kind, "check", file]).exits(0).text().contains("sound"));
        std::fs::write(file, "name = 1\n").unwrap();
        relapse([kind, "check", file]).exits(2).says(":1:");
        relapse([kind, "show", "gone"]).exits(2).says("gone");
    }
}

#[test]
fn without_a_command_it_shows_how_it_is_used() {
    let output = program().output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8(output.stderr).unwrap().contains("Usage"));
}
