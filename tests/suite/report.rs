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
    // What no record says is told once there.
    let shown = |row: &Value| row["why"].as_str().expect("text").replace("; not controlled: revision", "");
    let whys: Vec<String> = recurrence["scenarios"].as_array().expect("a list").iter().map(shown).collect();
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
            // The links of the report's own are known.
            let line = line.replace("[incidents.json](incidents.json)", "");
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
    // The day of the baseline's last run.
    assert!(markdown.contains("### Since 2026-03-02: 2 new"), "{markdown}");
    assert!(page.contains(r#"<h2 id="since-title">Since 2026-03-02</h2>"#) && page.contains("2 new since 2026-03-02"));
    assert!(!page.contains("last week") && !markdown.contains("last week"));
    assert!(markdown.contains("**new**, high: `snapshot_codec/hardened:truncated_tail`"), "{markdown}");
    let kinds = data(&page)["since"]["kinds"].clone();
    assert_eq!((&kinds[0]["name"], &kinds[0]["incidents"]), (&"new".into(), &2.into()));

    // A comparison changes nothing else, and nothing is compared unless that is asked for, even where a report lies.
    let alone = swept(&["sweep", text(&weekly)]).0;
    assert!(read(alone.path(), "recurrence.json") == read(this_week.path(), "recurrence.json"));
    let incidents =
        |of: &tempfile::TempDir| -> Value { serde_json::from_str(&read(of.path(), "incidents.json")).unwrap() };
    let mut compared = incidents(&this_week);
    assert_eq!(compared.as_object_mut().unwrap().remove("comparison").unwrap()["schema_version"], "relapse-diff-v1");
    assert_eq!(incidents(&alone), compared);
    relapse(["sweep", text(&weekly), "--out", text(last_week.path())]).exits(0);
    assert!(old != read(last_week.path(), "recurrence.json"));
    assert!(!read(last_week.path(), "report.html").contains(r#"<section id="since""#));

    // Last week's folder may be this week's: it is read before it is written.
    let same = folder(&[]);
    let with_itself = ["--out", text(same.path()), "--baseline", text(same.path())];
    let first =
        relapse(["sweep", text(early(9).path())].iter().chain(&with_itself)).exits(0).says("nothing is compared");
    assert!(!first.text().contains("since the baseline"), "{}", first.text());
    let summary = relapse(["sweep", text(&weekly)].iter().chain(&with_itself)).exits(0);
    assert_eq!(summary.stderr, "");
    assert!(summary.text().contains("since the baseline: 2 new"), "{}", summary.text());
    assert!(read(same.path(), "report.md") == markdown);
    relapse(["sweep", text(&weekly), "--baseline", "nowhere"]).exits(2).says("failed to read");
    // A week that ended half-way leaves a folder that cannot be compared with, and that the next one mends.
    std::fs::copy(last_week.path().join("recurrence.json"), same.path().join("incidents.json")).unwrap();
    let mended = relapse(["sweep", text(&weekly)].iter().chain(&with_itself)).exits(0).says("nothing is compared");
    assert!(!mended.text().contains("since the baseline"), "{}", mended.text());
    assert_eq!(relapse(["sweep", text(&weekly)].iter().chain(&with_itself)).exits(0).stderr, "");
}

/// A record of a scenario that fails in a run of so many weeks after the first.
fn failure(scenario: &str, week: u64, reason: &str, command: &str) -> String {
    let moment = (1_767_225_600_000 + week * 604_800_000).to_string();
    let [scenario, reason, command] = [scenario, reason, command].map(|text| format!("\"{text}\""));
    let with =
        [("ts_unix_ms", &*moment), ("scenario_id", &scenario), ("reason_code", &reason), ("replay_command", &command)];
    record(&with) + "\n"
}

/// Every incident of a page has its change, however many there are of a kind.
#[test]
fn every_incident_says_what_became_of_it() {
    let early: String = (0..20).map(|at| failure(&format!("old/{at}"), 0, "r", "x")).collect();
    let late: String = (0..620).map(|at| failure(&format!("new/{at}"), 1, "r", "x")).collect();
    let logs = folder(&[("a.jsonl", early.as_bytes())]);
    let last_week = folder(&[]);
    relapse(["sweep", text(logs.path()), "--out", text(last_week.path())]).exits(0);
    std::fs::write(logs.path().join("b.jsonl"), late).expect("a log");
    let (_, page, _) = swept(&["sweep", text(logs.path()), "--baseline", text(last_week.path())]);
    let data = data(&page);
    let changes = data["incidents"]["change"].as_array().expect("a column");
    let of = |kind: u64| changes.iter().filter(|change| **change == kind).count() as u64;
    for (kind, what) in (0..).zip(data["since"]["kinds"].as_array().expect("a list")) {
        assert_eq!(Value::from(of(kind)), what["incidents"], "{what}");
    }
    assert_eq!((of(0), changes.len()), (620, 640));
    // The list above the table has fewer, by their places in it.
    let listed = data["since"]["changes"].as_array().expect("a list");
    let is_new = |place: &&Value| place.as_u64().is_some_and(|at| changes[usize::try_from(at).expect("small")] == 0);
    assert_eq!(listed.iter().filter(is_new).count(), 500);
}

/// Text that does not compress to less than three quarters.
fn noise(seed: usize, characters: usize) -> String {
    let blocks = (0..characters.div_ceil(43)).map(|block| Sha256::digest(format!("{seed} {block}")));
    let text: String = blocks.map(|hash| base64::engine::general_purpose::STANDARD_NO_PAD.encode(hash)).collect();
    text[..characters].to_owned()
}

/// What must be acted on is in the page before all else, and its numbers say what is not.
#[test]
fn a_page_that_is_cut_holds_what_is_new() {
    let of = |name: &'static str, number: usize, week: u64, reason: &'static str| {
        (0..number).map(move |at| failure(&format!("{name}/{at:04}"), week, reason, &noise(at, 3900)))
    };
    let grave: String = of("old", 1300, 0, "dependency_cycle").collect();
    let slight: String = of("new", 150, 1, "nothing_known").collect();
    let logs = folder(&[("a.jsonl", grave.as_bytes())]);
    let last_week = folder(&[]);
    relapse(["sweep", text(logs.path()), "--out", text(last_week.path())]).exits(0);
    std::fs::write(logs.path().join("b.jsonl"), slight).expect("a log");
    let cut = |arguments: &[&str]| {
        let (_, page, _) = swept(arguments);
        assert!(page.len() < 5_000_000, "{}", page.len());
        let data = data(&page);
        let held = data["incidents"]["id"].as_array().map_or(0, Vec::len);
        assert!((700..1450).contains(&held), "{held}");
        assert!(page.contains(&format!("This page holds {} of 1,450 incidents", thousands(held))), "{held}");
        (page, data)
    };
    let with = ["sweep", text(logs.path()), "--baseline", text(last_week.path())];
    let (page, data) = cut(&with);
    let changes = data["incidents"]["change"].as_array().expect("a column");
    assert_eq!(changes.iter().filter(|change| **change == 0).count(), 150);
    assert_eq!(data["in_all"]["change"]["new"], 150);
    assert!(between(&page, "new or worse", "</li>").contains("150 new since 2026-01-01</span>"), "all are in it");
    // Nothing in it is new when nobody asks: the gravest are.
    let (page, data) = cut(&with[..2]);
    assert!(data["incidents"]["severity"].as_array().expect("a column").iter().all(|rank| *rank == 0));
    assert_eq!(data["in_all"]["severity"]["critical"], 1300);
    let held = data["incidents"]["id"].as_array().map_or(0, Vec::len);
    let tile = between(&page, r#"data-value="unproven""#, "</li>");
    assert!(tile.contains("1,450") && tile.contains(&format!("; {} in this page", thousands(held))), "{tile}");
}

fn thousands(number: usize) -> String {
    if number < 1000 { number.to_string() } else { format!("{},{:03}", number / 1000, number % 1000) }
}

#[test]
fn one_table_says_what_is_invisible() {
    let reason = "a\u{ad}b\u{200b}c\u{e0041}d\u{3164}";
    let logs = folder(&[("a.jsonl", failure("case", 0, reason, "x\u{200b}y").as_bytes())]);
    let (_, page, markdown) = swept(&["sweep", text(logs.path())]);
    // The page's script spells out what its data says.
    let ranges = data(&page)["invisible"].as_str().expect("ranges").to_owned();
    for range in [r"\p{Cc}", r"\p{Cf}", r"\p{Cn}", r"\u{34f}-\u{34f}", r"\u{2800}-\u{2800}"] {
        assert!(ranges.contains(range), "{ranges}");
    }
    assert!(!markdown.contains(['\u{ad}', '\u{200b}', '\u{e0041}']), "{markdown}");
    // A command that cannot be shown as it is stands elsewhere.
    assert!(markdown.contains("replay in [incidents.json](incidents.json)"), "{markdown}");
}

#[test]
fn the_text_leads_to_the_other_files() {
    let (out, _, markdown) = swept(&["sweep", text(&fixture("weekly"))]);
    for name in ["report.html", "incidents.json", "recurrence.json", "ledger.json"] {
        assert!(
            out.path().join(name).exists() && markdown.contains(&format!("[{name}]({name})")),
            "{name}: {markdown}"
        );
    }
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
