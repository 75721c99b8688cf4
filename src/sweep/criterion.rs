//! What criterion leaves behind: a folder a benchmark, with the raw samples of its last two runs.
//!
//! ```text
//! target/criterion/GROUP/FUNCTION/new/benchmark.json    {"full_id": ...}
//!                                    /sample.json       {"iters": [...], "times": [...]}, nanoseconds of so many iterations
//!                                    /estimates.json    {"median": {"point_estimate": ...}, ...}
//!                                base/ the same of the run before
//! ```
//! criterion calls these files its own business, which may change: whatever is not as expected is told, never fatal.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use walkdir::WalkDir;

use crate::record::{Direction, is_measured};
use crate::tally::{Collector, Point, SeriesKey};

/// Largest file that is read: a sample of a million measurements has 40 MB.
const MOST_BYTES: u64 = 64 << 20;

/// The samples of one of criterion's folders.
#[derive(Clone, Debug, Default)]
pub struct Criterion {
    /// Of the run before, as run `base`.
    pub base: Collector,
    /// Of the last run, as run `new`.
    pub new: Collector,
    /// What could not be read, and why.
    pub warnings: Vec<String>,
}

#[derive(Deserialize)]
struct Benchmark {
    full_id: String,
}

#[derive(Deserialize)]
struct Sample {
    iters: Vec<f64>,
    times: Vec<f64>,
}

#[derive(Deserialize)]
struct Estimates {
    median: Estimate,
}

#[derive(Deserialize)]
struct Estimate {
    point_estimate: f64,
}

impl Criterion {
    /// Reads a folder; `None` when criterion wrote nothing below it.
    #[must_use]
    pub fn read(folder: &Path) -> Option<Self> {
        let mut found = BTreeSet::new();
        let files = WalkDir::new(folder).into_iter().filter_map(Result::ok).filter(|entry| entry.file_type().is_file());
        for file in files {
            let is_known =
                ["benchmark.json", "sample.json", "estimates.json"].iter().any(|name| file.file_name() == *name);
            let parent = file.path().parent().filter(|parent| parent.file_name().is_some_and(|name| name == "new"));
            if let Some(benchmark) = parent.filter(|_| is_known).and_then(Path::parent) {
                found.insert(benchmark.to_owned());
            }
        }
        let mut criterion = Self::default();
        for benchmark in &found {
            let name = benchmark.strip_prefix(folder).unwrap_or(benchmark).to_string_lossy().into_owned();
            criterion.benchmark(benchmark, &name);
        }
        (!found.is_empty()).then_some(criterion)
    }

    fn benchmark(&mut self, folder: &Path, name: &str) {
        let id = [folder.join("new/benchmark.json"), folder.join("base/benchmark.json")];
        let lane = match read::<Benchmark>(&id[0]).or_else(|why| read(&id[1]).map_err(|_| why)) {
            Ok(Benchmark { full_id }) => full_id,
            Err(why) => {
                self.warnings.push(format!("{name}/new/benchmark.json: {why}; called by its folder"));
                name.to_owned()
            }
        };
        let key = SeriesKey {
            lane,
            metric: "iteration".into(),
            unit: "ns".into(),
            direction: Direction::LowerIsBetter,
            host: String::new(),
            env: Vec::new(),
        };
        for run in ["base", "new"] {
            let folder = folder.join(run);
            if !folder.is_dir() {
                continue;
            }
            let values = match values(&folder) {
                Ok(values) => values,
                Err(why) => {
                    self.warnings.push(format!("{name}/{run}/sample.json: {why}"));
                    let Ok(estimate) = read::<Estimates>(&folder.join("estimates.json")) else { continue };
                    vec![estimate.median.point_estimate]
                }
            };
            let bad = values.iter().filter(|value| !is_measured(**value)).count();
            if bad > 0 {
                self.warnings.push(format!("{name}/{run}: {bad} of {} measurements are not above 0", values.len()));
            }
            let collector = if run == "base" { &mut self.base } else { &mut self.new };
            let run: Arc<str> = Arc::from(run);
            for value in values {
                let run = Some(Arc::clone(&run));
                let point = Point {
                    unix_ms: None,
                    value,
                    incumbent: None,
                    rounds: None,
                    run,
                    identity: None,
                    is_left_out: false,
                };
                collector.add(key.clone(), point);
            }
        }
    }
}

/// Nanoseconds of one iteration, by sample.
fn values(folder: &Path) -> Result<Vec<f64>, String> {
    let sample: Sample = read(&folder.join("sample.json"))?;
    if sample.iters.len() != sample.times.len() || sample.iters.is_empty() {
        return Err(format!("{} iteration counts and {} times", sample.iters.len(), sample.times.len()));
    }
    Ok(sample.times.iter().zip(&sample.iters).map(|(time, iters)| time / iters).collect())
}

fn read<T: DeserializeOwned>(path: &PathBuf) -> Result<T, String> {
    let size = fs::metadata(path).map_err(|error| error.to_string())?.len();
    if size > MOST_BYTES {
        return Err(format!("{size} bytes, {MOST_BYTES} at most"));
    }
    let bytes = fs::read(path).map_err(|error| error.to_string())?;
    serde_json::from_slice(&bytes).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        folder
    }

    fn values(collector: &Collector) -> Vec<f64> {
        collector.points().map(|point| point.value).collect()
    }

    #[test]
    fn samples_of_two_runs_are_read() {
        let sample = r#"{"sampling_mode":"Linear","iters":[10.0,20.0],"times":[100.0,400.0]}"#;
        let folder = folder(&[
            ("parse/lines/new/benchmark.json", r#"{"group_id":"parse","full_id":"parse/lines"}"#),
            ("parse/lines/new/sample.json", sample),
            ("parse/lines/base/sample.json", &sample.replace("100.0", "50.0")),
            ("parse/lines/change/estimates.json", "{}"),
            ("report/index.html", ""),
        ]);
        let read = Criterion::read(folder.path()).unwrap();
        assert_eq!((values(&read.base), values(&read.new)), (vec![5.0, 20.0], vec![10.0, 20.0]));
        assert!(read.warnings.is_empty(), "{:?}", read.warnings);
        let series = read.new.into_series();
        assert_eq!((series[0].key.lane.as_str(), series[0].key.unit.as_str()), ("parse/lines", "ns"));
        assert_eq!(series[0].points[0].run.as_deref(), Some("new"));
    }

    #[test]
    fn bad_files_are_told() {
        let folder = folder(&[
            ("a/new/benchmark.json", "{"),
            ("a/new/sample.json", r#"{"iters":[1],"times":[1,2]}"#),
            ("a/new/estimates.json", r#"{"median":{"point_estimate":7.5}}"#),
            ("a/base/sample.json", "5"),
            ("b/new/sample.json", r#"{"iters":[0,1,2],"times":[1,0,8]}"#),
        ]);
        let read = Criterion::read(folder.path()).unwrap();
        assert_eq!(values(&read.new).into_iter().filter(|value| is_measured(*value)).collect::<Vec<_>>(), [7.5, 4.0]);
        assert!(read.base.is_empty());
        let starts = [
            "a/new/benchmark.json: EOF",
            "a/base/sample.json: invalid type",
            "a/new/sample.json: 1 iteration counts and 2 times",
            "b/new/benchmark.json: No such file",
            "b/new: 2 of 3 measurements are not above 0",
        ];
        assert_eq!(read.warnings.len(), starts.len(), "{:?}", read.warnings);
        for (warning, start) in read.warnings.iter().zip(starts) {
            assert!(warning.starts_with(start), "{warning}");
        }
    }

    #[test]
    fn other_folders_are_none_of_criterion_s() {
        let folder = folder(&[("new/r.jsonl", "{}"), ("old/sample.json", "{}")]);
        assert!(Criterion::read(folder.path()).is_none());
        assert!(Criterion::read(&folder.path().join("gone")).is_none());
    }
}
