//! The reports for people: what a sweep writes beside its JSON.

use std::io::Read as _;
use std::path::Path;

use base64::Engine as _;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::program::{fixture, folder, record, relapse, text};

fn read(folder: &Path, name: &str) -> String {
    std::fs::read_to_string(folder.join(name)).expect("the report is written, as text")
}

/// What stands between two marks.
#[track_caller]
fn between<'t>(text: &'t str, from: &str, to: &str) -> &'t str {
    let start = text.find(from).unwrap_or_else(|| panic!("{from} is in it")) + from.len();
    &text[start..start + text[start..].find(to).expect("it ends")]
}

/// The data that a page unpacks.
fn data(page: &str) -> Value {
    let packed = between(page, r#"id="data">"#, "</script>");
    let packed = base64::engine::general_purpose::STANDARD.decode(packed).expect("base64");
    let mut json = Vec::new();
    flate2::read::GzDecoder::new(&*packed).read_to_end(&mut json).expect("gzip");
    serde_json::from_slice(&json).expect("JSON")
}

fn swept(arguments: &[&str]) -> (tempfile::TempDir, String, String) {
    let out = folder(&[]);
    let status = relapse(arguments.iter().copied().chain(["--out", text(out.path())])).status;
    assert!(matches!(status, 0 | 3), "{status}");
    let (page, markdown) = (read(out.path(), "report.html"), read(out.path(), "report.md"));
    (out, page, markdown)
}

#[test]
fn a_page_fetches_nothing_and_runs_only_its_own_script() {
    let (_, page, _) = swept(&["sweep", text(&fixture("weekly"))]);
    let policy = between(&page, r#"http-equiv="Content-Security-Policy" content=""#, "\">");
    assert!(policy.starts_with("default-src 'none'; script-src 'sha256-") && !policy.contains("unsafe"), "{policy}");
    for (element, directive) in [("style", "style-src"), ("script", "script-src")] {
        let start = page.rfind(&format!("<{element}>")).expect("it has one") + element.len() + 2;
        let own = &page[start..start + page[start..].find(&format!("</{element}>")).expect("it ends")];
        let hash = base64::engine::general_purpose::STANDARD.encode(Sha256::digest(own.as_bytes()));
        assert!(policy.contains(&format!("{directive} 'sha256-{hash}'")), "{directive}: {hash} is not in {policy}");
    }
    assert_eq!(page.matches("<script").count(), 2, "the data and the script");
    for reference in
        [" src=", "<link", "@import", "url(", "<iframe", "fetch(", "XMLHttpRequest", "innerHTML =", "eval("]
    {
        let mine = page.replace("x.innerHTML=", "");
        assert!(!mine.contains(reference), "{reference}");
    }
}

#[test]
fn a_page_holds_every_incident_and_scenario() {
    let (out, page, _) = swept(&["sweep", text(&fixture("weekly"))]);
    let incidents: Value = serde_json::from_str(&read(out.path(), "incidents.json")).expect("JSON");
    let recurrence: Value = serde_json::from_str(&read(out.path(), "recurrence.json")).expect("JSON");
    let data = data(&page);
    let ids: Vec<String> = incidents["incidents"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|row| row["incident_id"].as_str().expect("an id").replace("triage64:", ""))
        .collect();
    assert_eq!(serde_json::to_value(&ids).expect("JSON"), data["incidents"]["id"]);
    let whys: Vec<&Value> = recurrence["scenarios"].as_array().expect("a list").iter().map(|row| &row["why"]).collect();
    assert_eq!(serde_json::to_value(&whys).expect("JSON"), data["scenarios"]["why"]);
    // Seeds are texts: a script would round them.
    assert_eq!(data["incidents"]["seed"][0], incidents["incidents"][0]["seed"].to_string());
    // Failing scenarios of the last run, by kind, as the histories have them.
    let failing = |kind: usize| data["runs"]["failing"][kind][11].as_u64().expect("a number");
    let ended_badly = recurrence["scenarios"].as_array().expect("a list").iter().filter(|row| {
        let timeline = row["timeline"].as_str().expect("text");
        timeline.trim_end_matches(|c: char| c.is_ascii_digit()).ends_with('F')
    });
    assert_eq!((0..5).map(failing).sum::<u64>(), ended_badly.count() as u64);
    assert!(page.contains("11 incidents in 12 runs"));
}

#[test]
fn the_same_records_give_the_same_bytes() {
    let weekly = fixture("weekly");
    let (_, page, markdown) = swept(&["sweep", text(&weekly), "--threads", "1"]);
    let (_, again, markdown_again) = swept(&["sweep", text(&weekly), "--threads", "4"]);
    assert!(page == again, "the pages differ");
    assert_eq!(markdown, markdown_again);
}

const HOSTILE: [&str; 6] = [
    "</script><script>alert(1)</script>",
    "<!--<script>",
    "<img src=x onerror=alert(1)>",
    "@all [a](http://evil.example) #1 | `x` **y** www.evil.example",
    "{{ 7 * 7 }}",
    "]]>&lt;\\\\u003c",
];

#[test]
fn texts_from_logs_are_only_texts() {
    for hostile in HOSTILE {
        let quoted = serde_json::to_string(hostile).expect("a text");
        let with: Vec<(&str, &str)> =
            ["suite_id", "scenario_id", "packet_id", "mode", "reason_code", "replay_command", "env_fingerprint"]
                .map(|field| (field, quoted.as_str()))
                .to_vec();
        let logs = folder(&[("r.jsonl", record(&with).as_bytes())]);
        let (_, page, markdown) = swept(&["sweep", text(logs.path())]);
        assert!(!page.contains(hostile) && page.matches("<script").count() == 2, "{hostile}");
        let data = data(&page);
        assert_eq!(data["names"]["scenario"][0], hostile);
        // In Markdown it stands in code spans alone.
        for line in markdown.lines().filter(|line| line.starts_with("- ")) {
            let outside: String = line.split('`').step_by(2).collect();
            assert!(!outside.contains(['<', '@', '[', '|', '#', '{']), "{hostile}: {line}");
            assert!(!outside.contains("evil"), "{hostile}: {line}");
        }
        assert!(markdown.contains("insufficient") || markdown.contains("new_failure"), "{markdown}");
    }
}

#[test]
fn losses_stand_in_plain_sight() {
    let (_, page, markdown) = swept(&["sweep", text(&fixture("damaged"))]);
    assert!(page.contains("Not everything could be read") && !page.contains("Nothing was lost"), "{markdown}");
    assert!(markdown.contains("**Not everything could be read:**"), "{markdown}");
    assert!(!data(&page)["ledger"]["archives"].as_array().expect("a list").is_empty());
    let (_, page, markdown) = swept(&["sweep", text(&fixture("weekly"))]);
    assert!(!page.contains("Not everything could be read") && page.contains("Nothing was lost"));
    assert!(markdown.contains("Nothing was lost: 1,310 lines = 1,310 parsed + 0 blank + 0 rejected."), "{markdown}");
}

/// The first so many runs of the weekly fixture.
fn early(runs: usize) -> tempfile::TempDir {
    let folder = folder(&[]);
    for run in 0..runs {
        let name = format!("run-{run:02}.jsonl.zst");
        std::fs::copy(fixture("weekly").join(&name), folder.path().join(&name)).expect("a fixture");
    }
    folder
}

#[test]
fn what_changed_comes_first_when_it_is_asked_for() {
    let last_week = folder(&[]);
    relapse(["sweep", text(early(9).path()), "--out", text(last_week.path())]).exits(0);
    let old = read(last_week.path(), "recurrence.json");
    let weekly = fixture("weekly");
    let (this_week, page, markdown) = swept(&["sweep", text(&weekly), "--baseline", text(last_week.path())]);
    assert!(page.find(r#"<section id="since""#) < page.find(r#"<section id="ledger""#), "{markdown}");
    assert!(markdown.contains("### Since last week: 2 new"), "{markdown}");
    assert!(markdown.contains("**new**, high: `snapshot_codec/hardened:truncated_tail`"), "{markdown}");
    let kinds = data(&page)["since"]["kinds"].clone();
    assert_eq!((&kinds[0]["name"], &kinds[0]["incidents"]), (&"new".into(), &2.into()));

    // A comparison changes nothing else, and nothing is compared unless that is asked for, even where a report lies.
    let alone = swept(&["sweep", text(&weekly)]).0;
    for name in ["incidents.json", "recurrence.json"] {
        assert!(read(alone.path(), name) == read(this_week.path(), name), "{name}");
    }
    relapse(["sweep", text(&weekly), "--out", text(last_week.path())]).exits(0);
    assert!(old != read(last_week.path(), "recurrence.json"));
    assert!(!read(last_week.path(), "report.html").contains(r#"<section id="since""#));

    // Last week's folder may be this week's: it is read before it is written.
    let same = folder(&[]);
    let with_itself = ["--out", text(same.path()), "--baseline", text(same.path())];
    let first =
        relapse(["sweep", text(early(9).path())].iter().chain(&with_itself)).exits(0).says("nothing to compare");
    assert!(!first.text().contains("since the baseline"), "{}", first.text());
    let summary = relapse(["sweep", text(&weekly)].iter().chain(&with_itself)).exits(0);
    assert_eq!(summary.stderr, "");
    assert!(summary.text().contains("since the baseline: 2 new"), "{}", summary.text());
    assert!(read(same.path(), "report.md") == markdown);
    relapse(["sweep", text(&weekly), "--baseline", "nowhere"]).exits(2).says("failed to read");
}

#[test]
fn benchmark_lines_are_judged_in_the_page() {
    let mut lines = String::new();
    for at in 0..24 {
        let value = if at < 12 { 100 } else { 200 } + at * 7 % 5;
        let time = 1_767_225_600 + at;
        let line = format!("{{\"lane\":\"parse\",\"host\":\"ci\",\"took_ms\":{value},\"recorded_unix\":{time}}}\n");
        lines.push_str(&line);
    }
    let logs = folder(&[("bench.jsonl", lines.as_bytes()), ("run.jsonl", record(&[]).as_bytes())]);
    let (_, page, markdown) = swept(&["sweep", text(logs.path())]);
    let series = data(&page)["benchmarks"]["series"][0].clone();
    assert_eq!((&series["lane"], series["regimes"].as_array().map(Vec::len)), (&"parse".into(), Some(2)));
    assert!(markdown.contains("Benchmarks: 1 series"), "{markdown}");
    assert!(data(&swept(&["sweep", text(&fixture("weekly"))]).1)["benchmarks"].is_null());
}

#[test]
fn much_of_everything_keeps_within_its_bounds() {
    let mut lines = String::new();
    for at in 0..400 {
        for run in 0..4 {
            let run_id = format!("\"ts_unix_ms\":{}", 1_767_225_600_000_u64 + run * 604_800_000);
            let name = format!("\"case/{at}-{}\"", "x".repeat(2000));
            let outcome = if (at + run) % 3 == 0 { "\"pass\"" } else { "\"fail\"" };
            let line = record(&[("scenario_id", &name), ("outcome", outcome), ("reason_code", &format!("\"r{at}\""))]);
            lines += &line.replace("\"ts_unix_ms\":1767225600000", &run_id);
            lines.push('\n');
        }
    }
    lines += "broken\n";
    let logs = folder(&[("a.jsonl", lines.as_bytes()), ("b.jsonl", lines.as_bytes())]);
    let (_, page, markdown) = swept(&["sweep", text(logs.path())]);
    assert!(markdown.lines().count() <= 60, "{}", markdown.lines().count());
    assert!(page.len() < 5_000_000, "{}", page.len());
}
