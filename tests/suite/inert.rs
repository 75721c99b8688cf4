//! Text from logs is only text, wherever it goes.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::conservation::TEXTS;
use crate::program::{folder, record, relapse, text};

/// What moves cursors, turns text round, ends tags, commands, lines and quotes, or is a formula.
const HOSTILE: &str = "=cmd|' /C calc'!A0\u{1b}[2J\u{1b}]0;owned\u{7}\u{9b}31m\u{202e}\u{2066}\r\n::error::owned\n\
    </script><img src=x onerror=owned()><!-- `$(touch OWNED)` ; touch OWNED | \" ' \\ @everyone [x](javascript:owned()) \
    | a | b |\n\n# owned\n  ::stop-commands::owned\n##[add-mask]owned\n\u{2028}\u{200f}\u{0}\u{85}\u{2800}\u{ffff}\u{110bd}\u{13430}\u{d7a4}";
/// What is a command of a build's runner where it stands first.
const COMMAND: &str = " ::stop-commands::owned ##[add-mask]owned";

/// As a JSON string.
fn quoted(text: &str) -> String {
    serde_json::to_string(text).unwrap()
}

/// An archive's name, as hostile.
fn name(number: u64) -> String {
    format!("##[add-mask]run-{number}\u{1b}[31m")
}

/// Runs in which everything that may be a text is hostile, and fails, passes and is measured.
fn logs() -> tempfile::TempDir {
    let run = |number: u64| {
        let mut log = String::new();
        for (at, outcome) in ["fail", "pass", "fail", "fail"].iter().enumerate() {
            let told = quoted(&if at == 3 { COMMAND.to_owned() } else { format!("{at}{HOSTILE}") });
            let time = (1_767_225_600_000 + number * 86_400_000).to_string();
            let outcome = if at < 3 && (number + at as u64).is_multiple_of(3) { "pass" } else { outcome };
            let outcome = quoted(outcome);
            let artifacts = format!("[{told}]");
            let mut fields = vec![("ts_unix_ms", &*time), ("outcome", &outcome), ("artifact_refs", &artifacts)];
            for field in TEXTS.into_iter().filter(|field| !["schema_version", "outcome"].contains(field)) {
                fields.push((field, &told));
            }
            log += &record(&fields);
            log.push('\n');
        }
        let (lane, host) = (quoted(&format!("lane{HOSTILE}")), quoted(HOSTILE));
        let _ = writeln!(
            log,
            "{{\"lane\":{lane},\"host\":{host},\"took_ms\":{},\"recorded_unix\":{}}}",
            5 + number,
            1_767_225_600 + number
        );
        log += "what is no record: \u{1b}[31m\u{202e}\n";
        log
    };
    let runs: Vec<(String, String)> = (0..6).map(|number| (format!("{}.jsonl", name(number)), run(number))).collect();
    folder(&runs.iter().map(|(name, log)| (name.as_str(), log.as_bytes())).collect::<Vec<_>>())
}

/// Nothing in a text that people read acts on what shows it.
#[track_caller]
fn is_inert(text: &str, what: &str) {
    let unseen = "\u{202e}\u{2066}\u{200f}\u{2028}\u{2800}\u{ffff}\u{110bd}\u{13430}\u{d7a4}";
    let acts = |c: char| c != '\n' && c.is_control() || unseen.contains(c);
    if let Some(at) = text.find(acts) {
        let near: String = text[..at].chars().rev().take(60).collect::<Vec<_>>().into_iter().rev().collect();
        panic!("{what}: {:?} behind {near:?}", text[at..].chars().next());
    }
    let begins = |line: &str| line.starts_with("::error::owned") || line.starts_with("# owned");
    assert!(!text.lines().any(begins), "{what}: a line of the log's own");
    is_no_command(text, what);
}

/// No line is a command of GitHub's runner, which trims white space before `::` and takes `##[` anywhere; those of
/// annotations are our own.
#[track_caller]
fn is_no_command(text: &str, what: &str) {
    let own = ["::error title=", "::warning title=", "::notice title="];
    let is_ours = |line: &str| what.contains("github") && own.iter().any(|own| line.starts_with(own));
    let acts = |line: &&str| line.trim_start().starts_with("::") && !is_ours(line) || line.contains("##[");
    if let Some(line) = text.lines().find(acts) {
        panic!("{what}: {line:?}");
    }
}

/// Markdown without what it shows as it stands: code spans (between runs of as many backticks, within a line) and indented
/// blocks.
fn without_code(page: &str) -> String {
    let mut left = String::new();
    for mut line in page.lines().filter(|line| !line.starts_with("    ")) {
        while let Some(start) = line.find('`') {
            let fence = line[start..].bytes().take_while(|&byte| byte == b'`').count();
            let (before, behind) = (&line[..start], &line[start + fence..]);
            let runs =
                behind.match_indices('`').map(|(at, _)| at).filter(|&at| at == 0 || behind.as_bytes()[at - 1] != b'`');
            let end = runs.map(|at| (at, behind[at..].bytes().take_while(|&byte| byte == b'`').count()));
            let Some((end, _)) = end.into_iter().find(|&(_, len)| len == fence) else { break };
            left += before;
            line = &behind[end + fence..];
        }
        left += line;
        left.push('\n');
    }
    left
}

/// JSON that is printed, too: in a build's log, or at a terminal.
fn documents_are_inert([path, old, out, policy, store, packed]: [&str; 6]) {
    let documents: [&[&str]; 8] = [
        &["sweep", path, "--json", "--allow-loss"],
        &["diff", old, out, "--json"],
        &["gate", path, "--policy", policy, "--allow-loss", "--format", "json"],
        &["gate", path, "--policy", policy, "--allow-loss", "--format", "sarif"],
        &["bench", path, "--json"],
        &["store", "ls", store, "--json"],
        &["ticket", "--from", out, "--form", "beads-jsonl"],
        &["pack", path, "--out", packed, "--allow-loss", "--force", "--json"],
    ];
    for arguments in documents {
        let ended = relapse(arguments);
        is_inert(&ended.text(), &arguments.join(" "));
        for line in ended.text().lines().filter(|_| arguments.contains(&"beads-jsonl")) {
            serde_json::from_str::<Value>(line).unwrap();
        }
        assert!(arguments.contains(&"beads-jsonl") || ended.json().is_object(), "{arguments:?}");
        assert!(ended.text().contains("owned") || ended.text().contains("add-mask"), "{arguments:?}");
    }
}

#[test]
fn no_output_for_people_lets_a_log_act() {
    let (logs, work) = (logs(), tempfile::tempdir().unwrap());
    let at = |name: &str| text(&work.path().join(name)).to_owned();
    let path = text(logs.path());
    let (old, out, store, partial) = (at("old"), at("out"), at("store"), at("p"));
    let policy = work.path().join("policy.toml");
    let all = "failed_entries = 0\nflake_suspects = 0\nunknown_reason_codes = 0\nflaky = 0\ndeterministic = 0\n\
        new_failure = 0\nseverity = { critical = 0, high = 0 }\n";
    let policy_text = format!("schema = \"relapse-policy-v1\"\nname = \"none\"\n[max]\n{all}[baseline]\nnew = 0\n");
    fs::write(&policy, policy_text).unwrap();
    relapse(["sweep", text(&logs.path().join(format!("{}.jsonl", name(0)))), "--out", &old, "--allow-loss"]).exits(0);
    relapse(["sweep", path, "--partial", &partial, "--allow-loss"]).exits(0);
    let said = relapse(["sweep", path, "--out", &out, "--store", &store, "--baseline", &old, "--allow-loss"]).exits(0);
    is_inert(&said.text(), "sweep");

    let incidents: Value = serde_json::from_slice(&fs::read(Path::new(&out).join("incidents.json")).unwrap()).unwrap();
    let rows = incidents["incidents"].as_array().unwrap();
    assert!(rows.len() >= 2, "{}", rows.len());
    // Nothing of it is lost on the way.
    let is_whole =
        |row: &Value| [HOSTILE, COMMAND].iter().any(|end| row["reason_code"].as_str().unwrap().ends_with(end));
    assert!(rows.iter().all(is_whole));
    let hostile = |row: &&Value| row["reason_code"].as_str().unwrap().ends_with(HOSTILE);
    let commands = rows.iter().find(|row| row["reason_code"] == COMMAND).unwrap()["incident_id"].as_str().unwrap();
    let rows: Vec<&Value> = rows.iter().filter(hostile).collect();
    let id = rows[0]["incident_id"].as_str().unwrap();
    let scenario = rows[0]["scenario_id"].as_str().unwrap();

    let policy = text(&policy);
    let outputs: [&[&str]; 19] = [
        &["explain", id, "--from", &out],
        &["explain", commands, "--from", &out],
        &["runbook", commands, "--from", &out],
        &["ticket", commands, "--from", &out],
        &["ticket", commands, "--from", &out, "--form", "bd-powershell"],
        &["explain", &scenario.replace('\0', "?"), "--from", &out],
        &["diff", &old, &out, "--all"],
        &["gate", path, "--policy", policy, "--allow-loss", "--baseline", &old],
        &["gate", path, "--policy", policy, "--allow-loss", "--baseline", &old, "--format", "github"],
        &["gate", path, "--policy", policy, "--allow-loss", "--baseline", &old, "--format", "junit"],
        &["gate", path, "--policy", policy, "--allow-loss", "--baseline", &old, "--format", "sarif"],
        &["bench", path],
        &["runbook", "--from", &out],
        &["runbook", id, "--from", &out],
        &["ticket", id, "--from", &out, "--form", "markdown"],
        &["ticket", id, "--from", &out, "--form", "gh"],
        &["store", "ls", &store],
        &["merge", &partial, "--allow-loss"],
        &["pack", path, "--out", &at("packed"), "--allow-loss"],
    ];
    for arguments in outputs {
        let ended = relapse(arguments);
        // JSON says what it says; what people are shown of it is looked at below.
        if !arguments.contains(&"sarif") {
            is_inert(&ended.text(), &arguments.join(" "));
        }
        is_inert(&ended.stderr, &arguments.join(" "));
        assert!(ended.text().len() + ended.stderr.len() > 20, "{arguments:?}");
        // Escaped for what reads it.
        if arguments.contains(&"junit") {
            assert!(ended.text().contains("&lt;/script&gt;") && !ended.text().contains("<img"), "{}", ended.text());
        }
        if arguments.contains(&"sarif") {
            let results = ended.json()["runs"][0]["results"].clone();
            assert!(results.to_string().contains("onerror"));
            for result in results.as_array().unwrap() {
                is_inert(result["message"]["text"].as_str().unwrap(), "the message of a result");
            }
        }
    }

    documents_are_inert([path, &old, &out, policy, &store, &at("packed")]);

    // Whatever is written may be printed by a step of a build.
    let measured = at("bench.json");
    relapse(["bench", path, "--out", &measured, "--allow-loss"]);
    let mut files = vec![measured.into()];
    for format in ["human", "json", "github", "junit", "sarif"] {
        let file = at(&format!("gate.{format}"));
        relapse(["gate", path, "--policy", policy, "--allow-loss", "--format", format, "--output", &file]).exits(1);
        files.push(file.into());
    }
    files.extend(fs::read_dir(&out).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_file()));
    assert!(files.len() > 10, "{files:?}");
    for file in files {
        is_no_command(&fs::read_to_string(&file).unwrap(), text(&file));
    }
    relapse(["runbook", "--all", "--from", &out, "--out", &at("pages")]).exits(0);
    for (folder, ending) in [(&out, "html"), (&out, "md"), (&at("pages"), "md")] {
        let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        let mut seen = 0;
        for file in files.filter(|file| file.extension().is_some_and(|found| found == ending)) {
            let page = fs::read_to_string(&file).unwrap();
            is_inert(&page.replace('\t', " "), text(&file));
            let page = if ending == "md" { without_code(&page) } else { page };
            for acts in ["<img", "</script><img", "<!-- ", "](javascript", "@everyone", "$(touch"] {
                assert!(
                    !page.contains(acts) || ending == "html" && !acts.contains('<'),
                    "{acts} in {}",
                    file.display()
                );
            }
            seen += 1;
        }
        assert!(seen > 0, "{folder} {ending}");
    }
}
