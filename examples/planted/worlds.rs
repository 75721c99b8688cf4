//! Scores a report against worlds: how often each verdict was given in each.

use std::collections::BTreeMap;
use std::fmt::Write;

use serde_json::Value;

use crate::bounds::{BOUNDS, Bound, Limit};
use crate::confusion::Confusion;
use crate::judged::{Judged, key, list, text};

/// The report, and whether every stated bound may hold.
pub(crate) fn score(truth: &Value, judged: &Judged) -> Result<(String, bool), String> {
    let mut confusion = Confusion::default();
    for entry in list(truth)? {
        confusion.add(&text(entry, "world")?, &judged.of(&key(entry)?).verdict);
    }
    let mut out = confusion.table();
    out.push('\n');
    let mut passed = true;
    for (world, counts) in confusion.rows() {
        for bound in BOUNDS.iter().filter(|bound| bound.is_about(world)) {
            passed &= line(&mut out, world, counts, bound);
        }
    }
    Ok((out, passed))
}

fn line(out: &mut String, world: &str, counts: &BTreeMap<String, usize>, bound: &Bound) -> bool {
    let all: usize = counts.values().sum();
    let verdict = |name: &str| name.split('/').next().unwrap_or(name).to_owned();
    let count = counts
        .iter()
        .filter(|(name, _)| bound.verdicts.contains(&verdict(name).as_str()))
        .map(|(_, count)| count)
        .sum();
    let holds = bound.holds(count, all);
    let limit = match bound.limit {
        Limit::AtMost(share) => format!("at most {share}"),
        Limit::AtLeast(share) => format!("at least {share}"),
    };
    let _ = writeln!(
        out,
        "{} {world}: {} {count} of {all}, {limit}: {}",
        if holds { "ok    " } else { "BROKEN" },
        bound.verdicts.join(" or "),
        bound.because
    );
    holds
}

#[cfg(test)]
mod tests {
    use super::score;
    use crate::judged::Judged;
    use crate::world::{Plan, Size, judge, truth_document};
    use serde_json::{Value, json};

    fn entries(world: &str, verdicts: &[(&str, usize)]) -> (Vec<Value>, Vec<Value>) {
        let all = verdicts.iter().flat_map(|(verdict, count)| std::iter::repeat_n(*verdict, *count));
        all.enumerate()
            .map(|(number, verdict)| {
                let key = json!({ "packet_id": "p", "suite_id": "s", "scenario_id": number.to_string(), "mode": "m" });
                let (mut truth, mut judged) = (key.clone(), key);
                truth["world"] = world.into();
                judged["verdict"] = verdict.into();
                judged["label"] = if verdict == "regressed" { "rate_rise".into() } else { Value::Null };
                (truth, judged)
            })
            .unzip()
    }

    fn scored(world: &str, verdicts: &[(&str, usize)]) -> (String, bool) {
        let (truth, judged) = entries(world, verdicts);
        let judged = Judged::parse(&json!({ "scenarios": judged })).unwrap();
        score(&json!({ "scenarios": truth }), &judged).unwrap()
    }

    #[test]
    fn a_steady_rate_is_seldom_called_regressed() {
        let (report, passed) = scored("steady_20", &[("flaky", 99), ("regressed", 1)]);
        assert!(passed && report.contains("regressed 1 of 100, at most 0.01"), "{report}");
        let (report, passed) = scored("steady_20", &[("flaky", 90), ("regressed", 10)]);
        assert!(!passed && report.contains("BROKEN"), "{report}");
    }

    #[test]
    fn the_rules_keep_the_bounds() {
        let size = Size { seed: 5, each: 40, runs: 120, every_ms: 86_400_000, revisions: false };
        let corpus = Plan::Worlds.draw(size).unwrap();
        let mut truth = truth_document(&corpus);
        let entries = truth["scenarios"].as_array_mut().unwrap();
        let mut judged = Vec::new();
        for (entry, scenario) in entries.iter().zip(&corpus.scenarios) {
            // Doubt stands for a verdict of its own, which no bound names.
            let answer = judge(&scenario.series, &corpus.stage);
            let mut said = entry.clone();
            said["verdict"] = answer.map_or("doubt", |answer| answer.verdict).into();
            judged.push(said);
        }
        let judged = Judged::parse(&json!({ "scenarios": judged })).unwrap();
        let (report, passed) = score(&truth, &judged).unwrap();
        assert!(passed, "{report}");
    }

    #[test]
    fn what_always_fails_is_never_flaky() {
        assert!(scored("always_failing", &[("deterministic", 50)]).1);
        assert!(!scored("always_failing", &[("deterministic", 49), ("flaky", 1)]).1);
    }
}
