//! `--metrics`: numbers for Prometheus.

use std::collections::BTreeMap;
use std::fs;

use crate::program::{fixture, number, relapse, text};

/// The samples of a file by name and labels, without fractions; every name has its help and type before it.
fn samples(metrics: &str) -> BTreeMap<String, u64> {
    let (mut known, mut samples) = (Vec::new(), BTreeMap::new());
    for line in metrics.lines() {
        if let Some(rest) = line.strip_prefix("# TYPE ") {
            known.push(rest.strip_suffix(" gauge").unwrap().to_owned());
        } else if !line.starts_with("# HELP ") {
            let (name, value) = line.rsplit_once(' ').unwrap();
            assert!(known.iter().any(|known| name.split('{').next() == Some(known)), "{line}");
            assert!(
                samples.insert(name.to_owned(), value.split('.').next().unwrap().parse().unwrap()).is_none(),
                "{line}"
            );
        }
    }
    samples
}

#[test]
fn the_numbers_are_those_of_the_reports() {
    let there = tempfile::tempdir().unwrap();
    let (file, store, weekly) = (there.path().join("relapse.prom"), there.path().join("store"), fixture("weekly"));
    let swept = relapse(["sweep", text(&weekly), "--metrics", text(&file), "--json"]).exits(0).json();
    let metrics = samples(&fs::read_to_string(&file).unwrap());
    let summary = &swept["recurrence"]["summary"];
    assert_eq!(metrics["relapse_runs"], number(summary, "runs"));
    for (kind, count) in summary["by_kind"].as_object().unwrap() {
        assert_eq!(metrics[&format!("relapse_scenarios{{kind=\"{kind}\"}}")], count.as_u64().unwrap(), "{kind}");
    }
    let of = |name: &str| metrics.iter().filter(|(key, _)| key.starts_with(name)).map(|(_, value)| value).sum::<u64>();
    assert_eq!(of("relapse_incidents{"), swept["incidents"]["incidents"].as_array().unwrap().len() as u64);
    assert_eq!(of("relapse_lines{"), number(&swept["ledger"]["totals"], "lines"));
    assert!(of("relapse_failing_now") > 0 && of("relapse_live_incidents{") >= of("relapse_failing_now"));
    // What a store holds says the same, but for the moment.
    let timeless = |path: &std::path::Path| {
        let mut samples = samples(&fs::read_to_string(path).unwrap());
        samples.remove("relapse_swept_timestamp_seconds");
        samples
    };
    for _ in 0..2 {
        relapse(["sweep", text(&weekly), "--store", text(&store), "--metrics", text(&file)]).exits(0);
        let mut expected = metrics.clone();
        expected.remove("relapse_swept_timestamp_seconds");
        assert_eq!(timeless(&file), expected);
    }
}

#[test]
fn numbers_are_written_over_no_input() {
    let there = tempfile::tempdir().unwrap();
    let log = there.path().join("run.jsonl");
    fs::copy(fixture("containers").join("plain.jsonl"), &log).unwrap();
    let before = fs::read(&log).unwrap();
    relapse(["sweep", text(&log), "--metrics", text(&log)]).exits(2);
    assert_eq!(fs::read(&log).unwrap(), before);
}
