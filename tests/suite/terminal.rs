//! What reaches a terminal: colours only where they are wanted, and nothing that a log smuggles in.

use crate::program::{folder, program, record, relapse, text};

const HOSTILE: [&str; 8] = [
    r"\u001b[2J\u001b]0;owned\u0007",
    r"\u009b31m",
    r"\u202egnp.exe",
    r"line\r\nnext\u0008\u0008",
    r"\u0000\u007f",
    "\u{9b}31m\u{202e}\u{2066}\u{200f}",
    r"\u2028\u2029\u0085",
    r"\u061c\u200b\ufeff\u2067",
];

fn is_harmless(text: &str) -> bool {
    text.chars()
        .all(|c| c == '\n' || !c.is_control() && !"\u{202e}\u{2066}\u{2067}\u{200f}\u{2028}\u{2029}\u{61c}".contains(c))
}

#[test]
fn hostile_texts_are_made_harmless() {
    for hostile in HOSTILE {
        let quoted = format!("\"{hostile}\"");
        let with: Vec<(&str, &str)> =
            ["suite_id", "scenario_id", "packet_id", "mode", "reason_code", "replay_command", "env_fingerprint"]
                .into_iter()
                .map(|field| (field, quoted.as_str()))
                .collect();
        let folder = folder(&[("r.jsonl", record(&with).as_bytes())]);
        let summary = relapse(["sweep", text(folder.path()), "--long"]).exits(0).text();
        assert!(summary.contains("replay"), "{summary}");
        let screen = relapse(["sweep", text(folder.path())]).exits(0).text();
        assert!(is_harmless(&summary) && is_harmless(&screen), "{hostile}: {summary:?} {screen:?}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn hostile_names_are_made_harmless() {
    let folder = folder(&[("\u{1b}[31m\u{7}\n.jsonl", b"bad")]);
    let path = text(folder.path());
    let summary = relapse(["sweep", path]).exits(2);
    assert!(is_harmless(&summary.text()), "{:?}", summary.text());
    for arguments in [
        vec!["sweep", "gone\u{1b}[31m"],
        vec!["sweep", path, "--taxonomy", "\u{1b}[31m"],
        vec!["sweep", path, "--from-path", "(\u{1b}[31m"],
        vec!["sweep", path, "--max-line", "1\u{1b}[31m"],
        vec!["sweep", path, "--since", "\u{1b}[31m"],
        vec!["triage", "--input", "\u{1b}[31m", "--output", "x"],
        vec!["taxonomies", "show", "\u{1b}[31m"],
    ] {
        let ended = relapse(&arguments).exits(2);
        assert!(is_harmless(&ended.stderr), "{arguments:?}: {:?}", ended.stderr);
    }
}

#[test]
fn colours_only_where_they_are_wanted() {
    let folder = folder(&[("r.jsonl", record(&[]).as_bytes())]);
    let escapes = |arguments: &[&str], environment: &[(&str, &str)]| {
        let mut command = program();
        command.args(["sweep", text(folder.path())]).args(arguments).envs(environment.iter().copied());
        let output = command.output().unwrap();
        assert!(output.status.success());
        output.stdout.contains(&0x1b) || output.stderr.contains(&0x1b)
    };
    assert!(!escapes(&[], &[]));
    assert!(!escapes(&[], &[("NO_COLOR", "1")]));
    assert!(!escapes(&["--color", "never"], &[("CLICOLOR_FORCE", "1")]));
    assert!(!escapes(&["--color", "auto"], &[("TERM", "xterm-256color")]));
    assert!(escapes(&["--color", "always"], &[]));
    // An option of this call weighs more than the environment.
    assert!(escapes(&["--color", "always"], &[("NO_COLOR", "1")]));
    assert!(!escapes(&["--color", "always", "--json"], &[]));
}

#[test]
fn errors_obey_the_colour_option_too() {
    let coloured = |arguments: &[&str]| {
        let output = program().args(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(2));
        output.stderr.contains(&0x1b)
    };
    assert!(!coloured(&["sweep", "gone"]));
    assert!(coloured(&["sweep", "gone", "--color", "always"]));
    assert!(!coloured(&["sweep", "gone", "--color", "never"]));
}
