//! What was found, as numbers for Prometheus: its text format 0.0.4
//! (<https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format>), as node exporter's textfile collector reads it.

use std::collections::BTreeMap;
use std::fmt::{self, Write};

use super::nowadays::fails_now;
use crate::analysis::IncidentReport;
use crate::archive::Totals;
use crate::recurrence::{Kind, Recurrence, Verdict};

/// What was found. Each number is a gauge: it goes up and down from sweep to sweep.
#[derive(Clone, Copy, Debug)]
pub struct Metrics<'r> {
    /// What was found.
    pub incidents: &'r IncidentReport,
    /// What the failures are.
    pub recurrence: &'r Recurrence,
}

/// What was read, of the sweep of a moment in milliseconds since 1970.
#[derive(Clone, Copy, Debug)]
pub struct LedgerMetrics<'l> {
    /// What was read, refused and lost.
    pub totals: &'l Totals,
    /// When it was swept.
    pub generated_unix_ms: u64,
}

/// Labels and their values.
type Labels<'l> = Vec<(&'static str, &'l str)>;

fn gauge<'l>(
    f: &mut fmt::Formatter<'_>,
    name: &str,
    help: &str,
    samples: impl IntoIterator<Item = (Labels<'l>, f64)>,
) -> fmt::Result {
    writeln!(f, "# HELP relapse_{name} {help}\n# TYPE relapse_{name} gauge")?;
    for (labels, value) in samples {
        write!(f, "relapse_{name}")?;
        for (at, (label, text)) in labels.iter().enumerate() {
            write!(f, "{}{label}=\"", if at == 0 { '{' } else { ',' })?;
            for character in text.chars() {
                match character {
                    '\\' => f.write_str("\\\\")?,
                    '"' => f.write_str("\\\"")?,
                    '\n' => f.write_str("\\n")?,
                    other => f.write_char(other)?,
                }
            }
            f.write_char('"')?;
        }
        writeln!(f, "{} {value}", if labels.is_empty() { "" } else { "}" })?;
    }
    Ok(())
}

impl fmt::Display for Metrics<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Recurrence { summary, runs, scenarios, .. } = self.recurrence;
        gauge(f, "runs", "Runs with a record.", [(vec![], runs.len() as f64)])?;
        let newest = runs.iter().filter_map(|run| run.first_unix_ms).max();
        let newest = newest.map(|ms| (vec![], ms as f64 / 1000.0));
        gauge(
            f,
            "newest_run_timestamp_seconds",
            "When the newest run began, as far as its clock is believed.",
            newest,
        )?;
        let of_kind = |kind: Kind| (vec![("kind", kind.name())], number(summary.by_kind.get(kind.name()).copied()));
        gauge(f, "scenarios", "Scenarios by the kind of their verdict.", Kind::ALL.map(of_kind))?;
        let mut failing: BTreeMap<&str, [u64; 3]> = BTreeMap::new();
        for row in scenarios {
            let of = failing.entry(row.branch.as_deref().unwrap_or_default()).or_default();
            let is_now = fails_now(row);
            for (count, is_so) in of.iter_mut().zip([
                is_now,
                is_now && row.judged.verdict == Verdict::Relapsed,
                is_now && row.judged.verdict == Verdict::NewFailure,
            ]) {
                *count += u64::from(is_so);
            }
        }
        let each = |which: usize| failing.iter().map(move |(branch, of)| (vec![("branch", *branch)], of[which] as f64));
        gauge(f, "failing_now", "Scenarios that failed in the newest run that they were in.", each(0))?;
        gauge(f, "came_back", "Of these, those that had failed before, and were gone.", each(1))?;
        gauge(f, "new_failures", "Of these, those that began in the last runs.", each(2))?;
        let mut standing: BTreeMap<[&'static str; 2], u64> = BTreeMap::new();
        let mut owners: BTreeMap<&str, u64> = BTreeMap::new();
        for row in &self.incidents.incidents {
            *standing.entry([row.standing().name(), row.severity.name()]).or_default() += 1;
            if row.standing().is_live() {
                *owners.entry(&row.owner_hint).or_default() += 1;
            }
        }
        let by_standing = standing.iter().map(|([standing, severity], count)| {
            (vec![("standing", *standing), ("severity", *severity)], *count as f64)
        });
        gauge(f, "incidents", "Ways to fail, by whether they are of concern and by severity.", by_standing)?;
        let by_owner = owners.iter().map(|(owner, count)| (vec![("owner", *owner)], *count as f64));
        gauge(f, "live_incidents", "Ways to fail of which nothing shows that they ended, by owner.", by_owner)?;
        let mass = summary.mass_failure_runs.len() as f64;
        gauge(f, "mass_failure_runs", "Runs in which a large part of all scenarios failed.", [(vec![], mass)])
    }
}

fn number(count: Option<u64>) -> f64 {
    count.unwrap_or_default() as f64
}

impl fmt::Display for LedgerMetrics<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Totals { archives, damaged_archives, counts, unjudged, .. } = self.totals;
        let one = |count: u64| [(vec![], count as f64)];
        gauge(
            f,
            "swept_timestamp_seconds",
            "When the sweep was made.",
            [(vec![], self.generated_unix_ms as f64 / 1000.0)],
        )?;
        gauge(f, "archives", "Archives that were found.", one(*archives))?;
        gauge(f, "damaged_archives", "Archives with damage.", one(*damaged_archives))?;
        let lines = [("parsed", counts.parsed), ("blank", counts.blank), ("rejected", counts.rejected.total())];
        let lines = lines.map(|(state, count)| (vec![("state", state)], count as f64));
        gauge(f, "lines", "Lines that were read, by what they are.", lines)?;
        gauge(f, "lost_bytes", "Bytes of text around damage that belong to no whole line.", one(counts.lost_bytes))?;
        let unknown = unjudged.unknown_outcomes();
        gauge(f, "unknown_outcomes", "Records with an outcome that nobody knows the meaning of.", one(unknown))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_escaped() {
        struct One;
        impl fmt::Display for One {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                gauge(f, "x", "A number.", [(vec![("a", "q\"\\\n"), ("b", "")], 1.5)])
            }
        }
        let told = "# HELP relapse_x A number.\n# TYPE relapse_x gauge\nrelapse_x{a=\"q\\\"\\\\\\n\",b=\"\"} 1.5\n";
        assert_eq!(One.to_string(), told);
    }
}
