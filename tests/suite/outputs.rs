//! Where reports are written, and what is left alone.

use std::fs;

use crate::program::{folder, record, relapse, text};

#[test]
fn reports_appear_whole_in_a_folder_that_is_made() {
    let folder = folder(&[("r.jsonl", record(&[]).as_bytes())]);
    let out = folder.path().join("a/b/c");
    let ended = relapse(["sweep", text(&folder.path().join("r.jsonl")), "--out", text(&out), "--json"]).exits(0);
    let read = |name: &str| -> serde_json::Value {
        let bytes = fs::read(out.join(name)).unwrap();
        assert_eq!(bytes.last(), Some(&b'\n'));
        serde_json::from_slice(&bytes).unwrap()
    };
    assert_eq!(read("incidents.json"), ended.json()["incidents"]);
    assert_eq!(read("ledger.json"), ended.json()["ledger"]);
    let mut names: Vec<_> = fs::read_dir(&out).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["incidents.json", "ledger.json", "recurrence.json", "report.html", "report.md"]);
}

#[test]
fn the_library_writes_what_the_command_writes() {
    let (weekly, place) = (crate::program::fixture("weekly"), tempfile::tempdir().unwrap());
    let (of_command, of_library) = (place.path().join("a"), place.path().join("b"));
    relapse(["sweep", text(&weekly), "--since", "30d", "--out", text(&of_command)]).exits(0);
    let since = Some("30d".parse().unwrap());
    let mut sweep = relapse::Sweep::builder().input(text(&weekly)).since(since).build().unwrap();
    sweep.now_ms = 1_700_000_000_000;
    let found = sweep.run(&relapse::Silent).unwrap();
    found.analyse(&relapse::Options::default()).unwrap().write_to(&of_library).unwrap();
    for name in relapse::report::FILES {
        assert_eq!(
            fs::read_to_string(of_library.join(name)).unwrap(),
            fs::read_to_string(of_command.join(name)).unwrap()
        );
    }
}

#[test]
fn incidents_carry_no_clock_and_no_input_path() {
    let (one, two) = (folder(&[("r.jsonl", record(&[]).as_bytes())]), tempfile::tempdir().unwrap());
    let sweep = |epoch: &str, out: &str| {
        let out = two.path().join(out);
        let mut command = crate::program::program();
        command.env("SOURCE_DATE_EPOCH", epoch).args(["sweep", text(one.path()), "--out", text(&out)]);
        assert!(command.output().unwrap().status.success());
        let read = |name: &str| fs::read_to_string(out.join(name)).unwrap();
        (read("incidents.json"), read("ledger.json"))
    };
    let ((incidents, ledger), (later, other)) = (sweep("1", "a"), sweep("2", "b"));
    assert_eq!(incidents, later);
    assert_ne!(ledger, other);
    assert!(ledger.contains("\"generated_unix_ms\": 1000") && ledger.contains(text(one.path())));
}

#[test]
fn what_is_read_is_not_written_over() {
    let line = record(&[]);
    let folder = folder(&[("r.jsonl", line.as_bytes()), ("p.toml", b"schema = \"relapse-policy-v1\"\nname = \"x\"\n")]);
    let log = folder.path().join("r.jsonl");
    let (log_text, policy) = (text(&log), folder.path().join("p.toml"));
    for arguments in [
        &["sweep", text(folder.path()), "--partial", log_text][..],
        &["triage", "--input", log_text, "--output", log_text],
        &["gate", text(folder.path()), "--policy", text(&policy), "--output", log_text],
        &["bench", text(folder.path()), "--out", log_text],
    ] {
        relapse(arguments).exits(2).says("refused to write over");
        assert_eq!(fs::read(&log).unwrap(), line.as_bytes(), "{arguments:?}");
    }
    let gate = ["gate", text(folder.path()), "--policy", text(&policy), "--output", text(&policy)];
    relapse(gate).exits(2).says("refused to write over");
    assert!(fs::read(&policy).unwrap().starts_with(b"schema"));
    let taxonomy = folder.path().join("t.toml");
    fs::write(&taxonomy, relapse(["taxonomies", "show", "integration"]).exits(0).text()).unwrap();
    let triage = ["triage", "--input", log_text, "--taxonomy", text(&taxonomy), "--output", text(&taxonomy)];
    relapse(triage).exits(2).says("refused to write over");
    let partial = ["sweep", log_text, "--taxonomy", text(&taxonomy), "--partial", text(&taxonomy)];
    relapse(partial).exits(2).says("refused to write over");
    let out = folder.path().join("out");
    relapse(["sweep", log_text, "--out", text(&out)]).exits(0);
    let incidents = out.join("incidents.json");
    let gate = ["gate", log_text, "--policy", text(&policy), "--baseline", text(&out), "--output", text(&incidents)];
    relapse(gate).exits(2).says("refused to write over");
    let before = fs::read_to_string(&incidents).unwrap();
    let value: serde_json::Value = serde_json::from_str(&before).unwrap();
    let id = value["incidents"][0]["incident_id"].as_str().unwrap();
    let replay = ["replay", id, "--from", text(&out), "--yes", "--transcript", text(&incidents)];
    relapse(replay).exits(2).says("refused to write over");
    assert_eq!(fs::read_to_string(&incidents).unwrap(), before);
}

#[test]
fn a_report_that_cannot_be_written_ends_with_2() {
    let folder = folder(&[("r.jsonl", b""), ("file", b"")]);
    let input = folder.path().join("r.jsonl");
    let below_a_file = folder.path().join("file/out");
    relapse(["sweep", text(&input), "--out", text(&below_a_file)]).exits(2).says("failed to write");
    relapse(["triage", "--input", text(&input), "--output", text(&below_a_file)]).exits(2).says("failed to write");
    relapse(["triage", "--input", text(&input), "--output", text(folder.path())]).exits(2).says("failed to write");
    assert!(folder.path().is_dir());
}

#[cfg(unix)]
mod special {
    use std::os::unix::fs::{FileTypeExt, symlink};
    use std::process::Command;

    use super::*;

    #[test]
    fn a_link_is_refused_and_what_it_leads_to_stays() {
        let folder = folder(&[("r.jsonl", b""), ("real.json", b"before")]);
        let link = folder.path().join("link.json");
        symlink("real.json", &link).unwrap();
        let input = folder.path().join("r.jsonl");
        let triage = ["triage", "--input", text(&input), "--output", text(&link)];
        relapse(triage).exits(2).says("it is a link to `real.json`");
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read_to_string(folder.path().join("real.json")).unwrap(), "before");
    }

    #[test]
    fn a_device_or_pipe_is_written_to_and_never_replaced() {
        let folder = folder(&[("r.jsonl", b"")]);
        let (input, pipe) = (folder.path().join("r.jsonl"), folder.path().join("pipe"));
        assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        let reader = {
            let pipe = pipe.clone();
            std::thread::spawn(move || {
                // Opened for both, so that it never waits for a writer that does not come.
                use std::io::Read;
                let mut file = fs::File::options().read(true).write(true).open(pipe).unwrap();
                let mut start = [0; 1];
                file.read_exact(&mut start).unwrap();
                start
            })
        };
        relapse(["triage", "--input", text(&input), "--output", text(&pipe)]).exits(0);
        assert!(fs::symlink_metadata(&pipe).unwrap().file_type().is_fifo(), "the pipe was replaced by a file");
        assert_eq!(reader.join().unwrap(), *b"{");
    }
}
