//! Tickets and pages: what a shell hands to a tracker is what the incident says, and text of a log runs nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use crate::program::{fixture, folder, program, relapse, text};

/// Texts that would like to be run, or to break out of where they stand.
const HOSTILE: [&str; 24] = [
    "$(touch HACKED)",
    "`touch HACKED`",
    "'; touch HACKED; '",
    "\"; touch HACKED; \"",
    "'\\''; touch HACKED #",
    "a && touch HACKED",
    "a\nRELAPSE_TICKET\ntouch HACKED\n",
    "a\r\n'@\r\ntouch HACKED",
    "\u{2018}; touch HACKED; \u{2019}",
    "--title=other",
    "-h",
    "!! !$ %s %n $HOME ~ * ? [a] {a,b}",
    "\u{1b}[31mred\u{1b}]0;title\u{7}",
    "nul\u{0}byte",
    "```\n# heading\n<script>alert(1)</script>",
    "| a | b |\n|---|---|",
    "@everyone #1 [x](javascript:x) <b>",
    "\u{202e}txet\u{2028}next",
    "ünï 日本語 😀",
    "back\\slash\\",
    "tab\there",
    "<<EOF\nx\nEOF",
    "${IFS}touch${IFS}HACKED",
    "\n\n'@ | touch HACKED\n",
];

/// Failing records whose every text is hostile.
fn hostile_log() -> String {
    let mut lines = String::new();
    for (at, text) in HOSTILE.into_iter().enumerate() {
        let record = json!({
            "schema": "itest-log-v1", "ts": format!("2026-01-01T00:00:{at:02}Z"), "suite": text, "file": text,
            "testName": text, "scenarioId": text, "invariantId": if at % 3 == 0 { Value::Null } else { json!(text) },
            "organizationUnderTest": text, "keyEntityIds": {"id": text, text: [text]}, "outcome": "fail",
            "durationMs": 1.5, "error": {"name": text, "message": text, "stack": text}, "evidence": [text, "a.log"],
            "run": {"id": format!("r{at}"), "attempt": 1, "url": text, "job": text, "sha": text}, "seed": at,
            "replay": text,
        });
        lines.push_str(&record.to_string());
        lines.push('\n');
    }
    lines
}

/// Stub trackers, which note what they are given.
const STUB: &str = r#"#!/bin/sh
n=$(ls "$NOTES" | grep -c args)
for argument in "$0" "$@"; do printf '%s\0' "$argument"; done > "$NOTES/args$n"
cat > "$NOTES/stdin$n"
"#;

/// What a stub was called with, in order: its arguments and its standard input.
fn called(notes: &Path) -> Vec<(Vec<String>, String)> {
    let count = fs::read_dir(notes).unwrap().count() / 2;
    let read = |at: usize| {
        let arguments = String::from_utf8(fs::read(notes.join(format!("args{at}"))).unwrap()).unwrap();
        let input = String::from_utf8(fs::read(notes.join(format!("stdin{at}"))).unwrap()).unwrap();
        (arguments.split_terminator('\0').skip(1).map(str::to_owned).collect(), input)
    };
    (0..count).map(read).collect()
}

/// The tickets as data: what every other form must say.
fn tickets(out: &Path) -> Vec<Value> {
    let text = relapse(["ticket", "--from", text(out), "--form", "beads-jsonl"]).exits(0).text();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn a_real_shell_hands_over_what_the_ticket_says_and_runs_nothing_else() {
    let folder = folder(&[("r.jsonl", hostile_log().as_bytes())]);
    let out = folder.path().join("out");
    relapse(["sweep", text(&folder.path().join("r.jsonl")), "--out", text(&out)]).exits(0);
    let expected = tickets(&out);
    assert_eq!(expected.len(), HOSTILE.len());
    let bin = folder.path().join("bin");
    fs::create_dir(&bin).unwrap();
    for name in ["bd", "gh"] {
        fs::write(bin.join(name), STUB).unwrap();
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        fs::set_permissions(bin.join(name), mode).unwrap();
    }
    let shells = ["sh", "bash", "dash"].into_iter().filter(|shell| Path::new("/bin").join(shell).exists());
    for (shell, form) in shells.flat_map(|shell| [(shell, "bd"), (shell, "gh")]) {
        let work = tempfile::tempdir().unwrap();
        let notes = work.path().join("notes");
        fs::create_dir(&notes).unwrap();
        let script = relapse(["ticket", "--from", text(&out), "--form", form]).exits(0).text();
        fs::write(work.path().join("script"), &script).unwrap();
        let here = work.path().join("here");
        fs::create_dir(&here).unwrap();
        let ended = Command::new(format!("/bin/{shell}"))
            .arg(work.path().join("script"))
            .current_dir(&here)
            .env_clear()
            .env("PATH", format!("{}:/usr/bin:/bin", bin.display()))
            .env("NOTES", &notes)
            .output()
            .unwrap();
        assert!(ended.status.success() && ended.stderr.is_empty(), "{shell} {form}: {ended:?}");
        assert_eq!(fs::read_dir(&here).unwrap().count(), 0, "{shell} {form}: something was run");
        let calls = called(&notes);
        assert_eq!(calls.len(), expected.len(), "{shell} {form}");
        for ((arguments, input), ticket) in calls.iter().zip(&expected) {
            let after = |flag: &str| {
                let at = arguments.iter().position(|argument| argument == flag).expect("the flag is there");
                arguments[at + 1].as_str()
            };
            assert_eq!(after("--title"), ticket["title"], "{shell} {form}");
            assert_eq!(after("--body-file"), "-");
            assert_eq!(*input, ticket["description"], "{shell} {form}");
            if form == "bd" {
                assert_eq!(arguments[..3], ["create", "--type", "bug"]);
                assert_eq!(after("--external-ref"), ticket["external_ref"]);
                assert_eq!(after("--priority"), ticket["priority"].to_string());
                let labels: Vec<&str> = ticket["labels"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
                assert_eq!(after("--labels"), labels.join(","));
            } else {
                assert_eq!(arguments[..2], ["issue", "create"]);
            }
        }
    }
}

/// The words of a line of PowerShell in single quotes or bare, by its documented rules: within single quotes a doubled
/// quote, straight or typographic, is one, and nothing else has a meaning.
fn powershell_words(line: &str) -> Vec<String> {
    let is_quote = |c: char| matches!(c, '\'' | '\u{2018}'..='\u{201b}');
    let mut words = Vec::new();
    let mut characters = line.chars().peekable();
    while let Some(c) = characters.next() {
        if c == ' ' {
            continue;
        }
        let mut word = String::new();
        if is_quote(c) {
            loop {
                let c = characters.next().expect("the quote is closed");
                if is_quote(c) {
                    match characters.peek() {
                        Some(&next) if is_quote(next) => word.push(characters.next().unwrap()),
                        _ => break,
                    }
                } else {
                    word.push(c);
                }
            }
        } else {
            word.push(c);
            while let Some(c) = characters.next_if(|&c| c != ' ') {
                assert!(c.is_ascii_alphanumeric() || "-_.:".contains(c), "a bare word with {c:?}");
                word.push(c);
            }
        }
        words.push(word);
    }
    words
}

#[test]
fn powershell_reads_the_same_by_its_rules() {
    let folder = folder(&[("r.jsonl", hostile_log().as_bytes())]);
    let out = folder.path().join("out");
    relapse(["sweep", text(&folder.path().join("r.jsonl")), "--out", text(&out)]).exits(0);
    let script = relapse(["ticket", "--from", text(&out), "--form", "bd-powershell"]).exits(0).text();
    let (head, mut rest) = script.split_once('\n').unwrap();
    assert_eq!(head, "$OutputEncoding = [System.Text.UTF8Encoding]::new($false)");
    for ticket in tickets(&out) {
        // A here-string begins behind `@'` and a line end, and ends before a line that begins with a quote and `@`.
        rest = rest.trim_start_matches('\n').strip_prefix("@'\n").expect("a here-string");
        let mut body = Vec::new();
        let command = loop {
            let (line, behind) = rest.split_once('\n').expect("the here-string ends");
            rest = behind;
            let mut characters = line.chars();
            if matches!(characters.next(), Some('\'' | '\u{2018}'..='\u{201b}')) && characters.next() == Some('@') {
                break line;
            }
            assert!(!line.chars().any(char::is_control), "{line:?}");
            body.push(line);
        };
        assert_eq!(format!("{}\n", body.join("\n")), ticket["description"]);
        let words = powershell_words(command.strip_prefix("'@ | ").expect("piped to the program"));
        assert_eq!(words[..4], ["bd.exe", "create", "--type", "bug"]);
        let title = words.iter().position(|word| word == "--title").unwrap();
        assert_eq!(words[title + 1], ticket["title"]);
        // Windows PowerShell 5.1 loses these on the way to a program.
        assert!(words.iter().all(|word| !word.contains('"')));
    }
    assert_eq!(rest, "");
}

#[test]
fn no_form_and_no_page_lets_controls_or_markup_through() {
    let folder = folder(&[("r.jsonl", hostile_log().as_bytes())]);
    let out = folder.path().join("out");
    relapse(["sweep", text(&folder.path().join("r.jsonl")), "--out", text(&out)]).exits(0);
    for form in ["bd", "bd-powershell", "gh", "beads-jsonl", "markdown"] {
        let text = relapse(["ticket", "--from", text(&out), "--form", form]).exits(0).text();
        assert!(!text.chars().any(|c| c.is_control() && c != '\n'), "{form}");
    }
    relapse(["runbook", "--all", "--from", text(&out)]).exits(0);
    let pages: Vec<_> = fs::read_dir(out.join("runbook")).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(pages.len(), HOSTILE.len() + 1);
    for page in pages {
        let text = fs::read_to_string(&page).unwrap();
        assert!(!text.chars().any(|c| c.is_control() && c != '\n'), "{page:?}");
        for line in text.lines().filter(|line| !line.starts_with("    ")) {
            // Outside of code spans nothing of a log stands.
            let mut outside = String::new();
            let mut rest = line;
            while let Some(start) = rest.find('`') {
                outside.push_str(&rest[..start]);
                let fence: String = rest[start..].chars().take_while(|&c| c == '`').collect();
                let inside = &rest[start + fence.len()..];
                let end = (0..inside.len()).find(|&at| {
                    inside.is_char_boundary(at)
                        && inside[at..].starts_with(&fence)
                        && !inside[at + fence.len()..].starts_with('`')
                        && !inside[..at].ends_with('`')
                });
                let end = end.unwrap_or_else(|| panic!("{page:?}: a code span is not closed in {line}"));
                rest = &inside[end + fence.len()..];
            }
            outside.push_str(rest);
            for word in ["HACKED", "script", "everyone", "javascript", "heading"] {
                assert!(!outside.contains(word), "{page:?}: {word} outside of code in {line}");
            }
        }
    }
}

#[test]
fn a_second_sweep_makes_no_second_ticket() {
    let records = fixture("integration").join("records.jsonl");
    let folder = tempfile::tempdir().unwrap();
    let (one, two) = (folder.path().join("one"), folder.path().join("two"));
    relapse(["sweep", text(&records), "--out", text(&one)]).exits(0);
    relapse(["sweep", text(&records), "--out", text(&two), "--threads", "3"]).exits(0);
    let first = tickets(&one);
    assert_eq!(first, tickets(&two));
    let ids: BTreeSet<&str> = first.iter().map(|ticket| ticket["id"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), first.len());
    let keys: BTreeSet<&str> = first[0].as_object().unwrap().keys().map(String::as_str).collect();
    let wanted = "created_at created_by description external_ref id issue_type labels priority status title updated_at";
    assert_eq!(keys.into_iter().collect::<Vec<_>>().join(" "), wanted);

    // Of both trackers, every other ticket is there.
    let every_other = || first.iter().step_by(2);
    let beads = every_other().map(Value::to_string).collect::<Vec<_>>().join("\n");
    let gh: Vec<Value> =
        every_other().map(|ticket| json!({"title": ticket["title"], "body": ticket["description"]})).collect();
    for (name, existing) in [("beads.jsonl", beads), ("gh.json", json!(gh).to_string())] {
        let file = folder.path().join(name);
        fs::write(&file, existing).unwrap();
        let arguments = ["ticket", "--from", text(&two), "--form", "beads-jsonl", "--existing", text(&file)];
        let ended = relapse(arguments).exits(0);
        let left: Vec<Value> = ended.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(left, first.iter().skip(1).step_by(2).cloned().collect::<Vec<_>>(), "{name}");
        assert!(ended.stderr.contains("have a ticket already"));
    }
    relapse(["ticket", "--from", text(&two), "--existing", "/no/such/file"]).exits(2).says("/no/such/file");
}

#[test]
fn pages_tick_what_is_there_and_say_who_must_hear_of_it() {
    let records = fixture("integration").join("records.jsonl");
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    relapse(["sweep", text(&records), "--out", text(&out)]).exits(0);
    let page = relapse(["runbook", "NOS-081", "--from", text(&out)]).exits(0).text();
    for part in [
        "| scenario id | `NOS-081` |",
        "| invariant id | `NOTIF-001` |",
        "rule no_show_regression of integration",
        "raised by the override `NOTIF-001`",
        "## Escalate: at once",
        "- [x] invariant id: `NOTIF-001`",
        "    pnpm test:integration:smoke\n",
        "    pnpm test:integration:full\n",
        " -t NOS-081\n",
        "--repo acme/driveops",
        "- [ ] one reproducible replay transcript before closure",
    ] {
        assert!(page.contains(part), "{part} is not in\n{page}");
    }
    // What is missing is said, not left out.
    let document: Value = serde_json::from_slice(&fs::read(out.join("incidents.json")).unwrap()).unwrap();
    let missing = document["incidents"].as_array().unwrap().iter().find(|row| row["reason_code"] == "missing_ids");
    let missing = missing.unwrap();
    let page = relapse(["runbook", missing["incident_id"].as_str().unwrap(), "--from", text(&out)]).exits(0).text();
    assert!(
        page.contains("| scenario id | **missing** |") && page.contains("- [ ] scenario id, if present: **missing**")
    );
    let evidence: BTreeMap<&str, bool> = missing["evidence"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| (row["name"].as_str().unwrap(), row["found"].is_string()))
        .collect();
    for (name, found) in evidence {
        let line = format!("- [{}] {name}: ", if found { "x" } else { " " });
        assert!(page.contains(&line), "{line} is not in\n{page}");
    }
    relapse(["runbook", "NOS-08", "--from", text(&out)]).exits(2).says("near it:");
    let index = relapse(["runbook", "--from", text(&out)]).exits(0).text();
    assert_eq!(
        index.lines().filter(|line| line.contains("triage64:")).count(),
        document["incidents"].as_array().unwrap().len()
    );
}

#[test]
fn the_fallback_owner_is_yours_to_name() {
    let records = fixture("integration").join("records.jsonl");
    let swept = relapse(["sweep", text(&records), "--json", "--fallback-owner", "duty-desk"]).exits(0).json();
    let rows = swept["incidents"]["incidents"].as_array().unwrap();
    let owners: BTreeSet<&str> =
        rows.iter().filter(|row| row["rule"].is_null()).map(|row| row["owner_hint"].as_str().unwrap()).collect();
    assert_eq!(owners, BTreeSet::from(["duty-desk"]));
    let rest = rows.iter().filter(|row| !row["rule"].is_null());
    assert!(rest.map(|row| row["owner_hint"].as_str().unwrap()).all(|owner| owner != "duty-desk"));
}

/// A log of one failure with this replay command.
fn log_of(replay: &str) -> String {
    let record = json!({
        "schema": "itest-log-v1", "ts": "2026-01-01T00:00:00Z", "suite": "smoke", "file": "a.ts", "testName": "t",
        "scenarioId": "SCH-001", "invariantId": "STATE-001", "outcome": "fail", "run": {"id": "r"}, "seed": 7,
        "replay": replay,
    });
    format!("{record}\n")
}

#[test]
fn nothing_from_a_log_is_run_without_being_told_so() {
    for (replay, status, says) in [
        ("touch HACKED", 2, "nothing was run"),
        ("sh -c 'touch HACKED'", 2, "nothing was run"),
        ("true; touch HACKED", 2, "means something only to"),
        ("true && touch HACKED", 2, "means something only to"),
        ("$(touch HACKED)", 2, "means something only to"),
        ("", 2, "it is empty"),
        ("true\ntouch HACKED", 2, "control characters"),
    ] {
        let folder =
            folder(&[("r.jsonl", log_of(replay).as_bytes()), ("relapse.toml", b"[replay]\nallow = ['true']\n")]);
        let out = folder.path().join("out");
        relapse(["sweep", text(&folder.path().join("r.jsonl")), "--out", text(&out)]).exits(0);
        let ended =
            program().args(["replay", "SCH-001", "--from", text(&out)]).current_dir(folder.path()).output().unwrap();
        let stderr = String::from_utf8_lossy(&ended.stderr).into_owned();
        assert_eq!(ended.status.code(), Some(status), "{replay:?}: {stderr}");
        assert!(stderr.contains(says), "{replay:?}: {stderr}");
        assert!(!folder.path().join("HACKED").exists(), "{replay:?} was run");
    }
}

#[test]
fn a_replay_runs_as_often_as_asked_and_leaves_its_transcript() {
    // Fails twice, then passes.
    let script = "n=$(cat n 2>/dev/null || echo 0); echo $((n + 1)) > n; echo attempt $n of $WHAT; test $n -ge 2\n";
    let log = log_of("WHAT=x sh step.sh");
    let files = [("r.jsonl", log.as_bytes()), ("step.sh", script.as_bytes())];
    let folder = folder(&files);
    let out = folder.path().join("out");
    relapse(["sweep", text(&folder.path().join("r.jsonl")), "--out", text(&out)]).exits(0);
    let replay = |more: &[&str]| {
        let arguments = ["replay", "SCH-001", "--from", text(&out), "--times", "3"];
        let ended = program().args(arguments).args(more).current_dir(folder.path()).output().unwrap();
        (ended.status.code().unwrap(), String::from_utf8(ended.stdout).unwrap())
    };
    let (status, shown) = replay(&["--yes", "--expect", "fail", "--transcript", "t.md"]);
    assert_eq!(status, 1, "{shown}");
    for part in [
        "run as       [sh] [step.sh]  (no shell)",
        ", WHAT=x",
        "1/3  failed with status 1",
        "3/3  passed",
        "flaky here",
    ] {
        assert!(shown.contains(part), "{part} is not in\n{shown}");
    }
    let transcript = fs::read_to_string(folder.path().join("t.md")).unwrap();
    for part in ["## Run 3 of 3", "attempt 0 of x", "working folder", "`WHAT=x`", "2 of 3 failed"] {
        assert!(transcript.contains(part), "{part} is not in\n{transcript}");
    }
    // Now it passes; told by the project's settings, with a setting of a variable never.
    let (status, shown) = replay(&["--yes", "--expect", "pass", "--transcript", "t.json"]);
    assert_eq!(status, 0, "{shown}");
    let transcript: Value = serde_json::from_slice(&fs::read(folder.path().join("t.json")).unwrap()).unwrap();
    assert_eq!(transcript["schema_version"], "relapse-replay-v1");
    assert_eq!(transcript["attempts"].as_array().unwrap().len(), 3);
    assert_eq!(transcript["attempts"][0]["outcome"], "passed");
    assert_eq!(transcript["proof"]["failed"], 0);
    fs::write(folder.path().join("relapse.toml"), "[replay]\nallow = ['sh step.sh']\n").unwrap();
    assert_eq!(replay(&[]).0, 2);
}

#[test]
fn an_allowed_command_needs_no_yes_and_a_timeout_ends_its_children() {
    let script = "trap '' TERM; sh -c 'trap \"\" TERM; sleep 600' & echo $! > child; sleep 600\n";
    let log = log_of("sh hang.sh");
    let files = [
        ("r.jsonl", log.as_bytes()),
        ("hang.sh", script.as_bytes()),
        ("relapse.toml", b"[replay]\nallow = ['sh hang.sh']\n"),
    ];
    let folder = folder(&files);
    let out = folder.path().join("out");
    relapse(["sweep", text(&folder.path().join("r.jsonl")), "--out", text(&out)]).exits(0);
    let begun = std::time::Instant::now();
    let arguments = ["replay", "SCH-001", "--from", text(&out), "--times", "1", "--timeout", "1s"];
    let ended = program().args(arguments).current_dir(folder.path()).output().unwrap();
    let stdout = String::from_utf8_lossy(&ended.stdout).into_owned();
    assert_eq!(ended.status.code(), Some(0), "{stdout}");
    assert!(stdout.contains("timed out; its process group was ended"), "{stdout}");
    assert!(begun.elapsed().as_secs() < 20);
    let child = fs::read_to_string(folder.path().join("child")).unwrap();
    let stat = || fs::read_to_string(format!("/proc/{}/stat", child.trim())).unwrap_or_default();
    let lives =
        || stat().rsplit(')').next().is_some_and(|rest| !rest.trim_start().starts_with(['Z', 'X']) && !rest.is_empty());
    let until = std::time::Instant::now() + std::time::Duration::from_secs(5);
    while lives() && std::time::Instant::now() < until {
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    assert!(!lives(), "the child is still there: {}", stat());
}

#[test]
fn what_is_run_is_shown_whole_and_a_transcript_keeps_the_end() {
    let hidden = format!("sh say.sh{}end-of-it", " ".repeat(5000));
    let log = log_of(&hidden);
    let script = "for n in $(seq 3000); do echo line $n; done; echo FINAL ERROR; exit 1\n";
    let folder = folder(&[("r.jsonl", log.as_bytes()), ("say.sh", script.as_bytes())]);
    let out = folder.path().join("out");
    relapse(["sweep", text(&folder.path().join("r.jsonl")), "--out", text(&out)]).exits(0);
    let arguments = ["replay", "SCH-001", "--from", text(&out), "--times", "1", "--yes", "--transcript", "t.md"];
    let ended = program().args(arguments).current_dir(folder.path()).output().unwrap();
    assert_eq!(ended.status.code(), Some(0));
    let shown = String::from_utf8(ended.stdout).unwrap();
    let first = shown.lines().find(|line| line.starts_with("command ")).unwrap();
    assert!(first.ends_with("end-of-it") && shown.contains("FINAL ERROR"));
    let transcript = fs::read_to_string(folder.path().join("t.md")).unwrap();
    assert!(
        transcript.contains("FINAL ERROR") && transcript.contains("    line 1\n") && transcript.contains("end-of-it")
    );
    for page in [relapse(["runbook", "SCH-001", "--from", text(&out)]), relapse(["ticket", "--from", text(&out)])] {
        assert!(page.exits(0).text().lines().any(|line| line.trim_end().ends_with("end-of-it")));
    }
    // A place that cannot be written to is found before anything runs.
    let arguments =
        ["replay", "SCH-001", "--from", text(&out), "--times", "1", "--yes", "--transcript", "/proc/x/t.md"];
    let ended = program().args(arguments).current_dir(folder.path()).output().unwrap();
    assert_eq!(ended.status.code(), Some(2));
    assert!(!String::from_utf8(ended.stdout).unwrap().contains("1/1"));
}

#[test]
fn a_message_that_quotes_a_reference_hides_no_ticket() {
    let sweep = |name: &str, log: String| {
        let folder = folder(&[("r.jsonl", log.as_bytes())]);
        let out = folder.path().join(name);
        relapse(["sweep", text(&folder.path().join("r.jsonl")), "--out", text(&out)]).exits(0);
        (folder, out)
    };
    let (_victim_folder, victim) = sweep("victim", log_of("true"));
    let reference = tickets(&victim)[0]["external_ref"].as_str().unwrap().to_owned();
    let record = json!({
        "schema": "itest-log-v1", "ts": "2026-01-01T00:00:00Z", "suite": "smoke", "file": "a.ts",
        "testName": format!("External ref: `{reference}`"), "outcome": "fail", "run": {"id": "r"},
        "error": {"name": "E", "message": format!("x\nExternal ref: `{reference}`\n"), "stack": format!("External ref: `{reference}`")},
        "replay": format!("External ref: `{reference}`"),
    });
    let (other_folder, other) = sweep("other", format!("{record}\n"));
    for form in ["bd", "bd-powershell", "gh", "beads-jsonl", "markdown"] {
        let text_of = relapse(["ticket", "--from", text(&other), "--form", form]).exits(0).text();
        let file = other_folder.path().join(form);
        fs::write(&file, text_of).unwrap();
        let left = relapse(["ticket", "--from", text(&victim), "--existing", text(&file)]).exits(0).text();
        assert!(left.contains(&reference), "{form}");
    }
    // Its own ticket counts in each form, also as Windows PowerShell saves it.
    for form in ["bd", "bd-powershell", "gh", "beads-jsonl", "markdown"] {
        let own = relapse(["ticket", "--from", text(&victim), "--form", form]).exits(0).text();
        let wide: Vec<u8> = std::iter::once(0xfeff).chain(own.encode_utf16()).flat_map(u16::to_le_bytes).collect();
        for bytes in [own.into_bytes(), wide] {
            let file = other_folder.path().join("own");
            fs::write(&file, bytes).unwrap();
            let left = relapse(["ticket", "--from", text(&victim), "--existing", text(&file)]).exits(0).text();
            assert_eq!(left, "", "{form}");
        }
    }
}

#[test]
fn ids_are_missing_whatever_the_file_is_called_and_entities_stay_as_they_were_written() {
    let mut log = String::new();
    for (at, (file, invariant)) in
        [("auth", Some("STATE-001")), ("", None), ("tests/a:b", None)].into_iter().enumerate()
    {
        let invariant = invariant.map_or_else(|| "null".to_owned(), |id| format!("\"{id}\""));
        let record = format!(
            "{{\"schema\":\"s\",\"ts\":\"2026-01-01T00:00:00Z\",\"suite\":\"smoke\",\"file\":\"{file}\",\"testName\":\"t{at}\",\
             \"invariantId\":{invariant},\"keyEntityIds\":{{\"id\":123456789012345678901234567890,\"x\":1.10}},\
             \"outcome\":\"fail\",\"other\":1e999,\"run\":{{\"id\":\"r\"}}}}\n"
        );
        log.push_str(&record);
    }
    log.push_str("{\"schema\":\"s\",\"ts\":\"2026-01-01T00:00:00Z\",\"suite\":\"s\",\"file\":\"f\",\"testName\":\"t\",\"outcome\":\"fail\",\"error\":\"TENANT-001: x\"}\n");
    let folder = folder(&[("r.jsonl", log.as_bytes())]);
    let document = relapse(["sweep", text(&folder.path().join("r.jsonl")), "--json"]).exits(3).json();
    let rows = document["incidents"]["incidents"].as_array().unwrap();
    assert_eq!(rows.len(), 3);
    for row in rows {
        assert_eq!((row["rule"].as_str(), row["class"].as_str()), (Some("missing_ids"), Some("harness_diagnostics")));
        assert_eq!(row["told"]["entities"], "{\"id\":123456789012345678901234567890,\"x\":1.10}");
        assert!(row["told"]["scenario_id"].is_null());
    }
    let reject = &document["ledger"]["archives"][0]["rejects"][0];
    assert_eq!((reject["line"].as_u64(), reject["reason"].as_str()), (Some(4), Some("wrong_type")));
}

#[test]
fn a_page_names_a_replay_only_where_there_is_one() {
    let field = |role: &str, path: &str, rest: &str| {
        format!("[[field]]\nrole = \"{role}\"\npath = \"{path}\"\ntype = \"text\"\n{rest}")
    };
    let fields = [field("scenario", "s", ""), field("outcome", "o", ""), field("replay", "c", "required = false\n")];
    let time = "[[field]]\nrole = \"time\"\npath = \"t\"\ntype = \"time\"\nunit = \"ms\"\n";
    let profile = format!("name = \"own\"\n{time}{}[outcome]\npass = [\"pass\"]\nfail = [\"fail\"]\n", fields.concat());
    let page = |line: &str| {
        let logs = folder(&[("logs/r.jsonl", line.as_bytes()), ("own.toml", profile.as_bytes())]);
        let [path, own, out] = ["logs", "own.toml", "out"].map(|name| logs.path().join(name));
        relapse(["sweep", text(&path), "--profile", text(&own), "--out", text(&out)]).exits(0);
        let replayed = relapse(["replay", "a", "--from", text(&out)]).stderr;
        (relapse(["runbook", "a", "--from", text(&out)]).exits(0).text(), replayed)
    };
    let (with, replayed) = page("{\"t\":1690000000000,\"s\":\"a\",\"o\":\"fail\",\"c\":\"true\"}\n");
    assert!(with.contains("- [ ] Reproduce: `relapse replay"), "{with}");
    assert!(replayed.contains("nothing was run"), "{replayed}");
    let (without, replayed) = page("{\"t\":1690000000000,\"s\":\"a\",\"o\":\"fail\"}\n");
    assert!(!without.contains("relapse replay"), "{without}");
    assert!(replayed.contains("no replay command"), "{replayed}");
    assert!(without.contains("- [ ] Reproduce: neither its log nor its taxonomy has a command for it."), "{without}");
}

/// Forty runs of a revision each, named by its number, in which a test fails for one reason in the fourth run and for another from the
/// thirtieth on. The ids of the former and the latter, and the folder of the sweep.
fn broken_between(revision: impl Fn(usize) -> String) -> (tempfile::TempDir, [String; 2]) {
    let run = |at: usize| {
        let (outcome, reason) = match at {
            3 => ("failed", "timeout"),
            30.. => ("failed", "parse_error"),
            _ => ("passed", ""),
        };
        let (time, revision) = (1_767_225_600_000 + at * 3_600_000, revision(at));
        let record = json!({
            "schema": "relapse-test-v1", "time": time, "test": "breaks", "outcome": outcome, "reason": reason, "revision": revision,
        });
        (format!("logs/run-{at:02}.jsonl"), format!("{record}\n"))
    };
    let runs: Vec<(String, String)> = (0..40).map(run).collect();
    let files: Vec<(&str, &[u8])> = runs.iter().map(|(name, log)| (name.as_str(), log.as_bytes())).collect();
    let logs = folder(&files);
    let out = logs.path().join("out");
    relapse(["sweep", text(&logs.path().join("logs")), "--out", text(&out)]).exits(0);
    let document: Value = serde_json::from_slice(&fs::read(out.join("incidents.json")).unwrap()).unwrap();
    let rows = document["incidents"].as_array().unwrap();
    let id = |reason: &str| {
        let row = rows.iter().find(|row| row["reason_code"] == reason).unwrap();
        row["incident_id"].as_str().unwrap().to_owned()
    };
    (logs, [id("timeout"), id("parse_error")])
}

#[test]
fn pages_and_tickets_name_the_revisions_between_which_it_broke() {
    let page = |logs: &tempfile::TempDir, id: &str| {
        relapse(["runbook", id, "--from", text(&logs.path().join("out"))]).exits(0).text()
    };
    let (logs, [other, own]) = broken_between(|at| format!("c{at}"));
    // It may have broken from run-28 to run-31.
    let told = "all runs of c27 passed, the last in run-27, and all of c31 failed, the first in run-31; 0 revisions between them were \
                not tested";
    let log = "git log c27..c31";
    let row = format!("| broke between | `{told}`: `{log}` |\n");
    assert!(page(&logs, &own).contains(&row), "{row} is not in\n{}", page(&logs, &own));
    // What it failed with before did not break there.
    assert!(!page(&logs, &other).contains("broke between"), "{}", page(&logs, &other));

    let all = tickets(&logs.path().join("out"));
    let part = format!("\nBroke between: `{told}`\n\n    {log}\n");
    for ticket in &all {
        let (id, description) = (ticket["external_ref"].as_str().unwrap(), ticket["description"].as_str().unwrap());
        assert_eq!(description.contains(&part), id == format!("relapse:{own}"), "{part} in\n{description}");
        assert_eq!(description.matches("Broke between").count(), usize::from(id.ends_with(&own)), "{description}");
    }
    assert_eq!(all.len(), 2);

    // A revision is text of a log: no code span, no cell and no option comes of it.
    let (logs, [_, own]) = broken_between(|at| format!("--output=`x`|{at}"));
    let page = page(&logs, &own);
    let line = page.lines().find(|line| line.starts_with("| broke between |")).unwrap();
    assert!(!page.contains("git log"), "{page}");
    assert_eq!(line.replace("\\|", "").matches('|').count(), 3, "{line}");
}
