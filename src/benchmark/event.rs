//! What moved many lanes at once.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::Serialize;

use super::judgement::SeriesRow;
use super::verdict::{Method, Verdict};
use crate::stats::cofailure::cofailure_of_counts;
use crate::stats::fdr::benjamini_hochberg;
use crate::tally::{Point, Series};
use crate::text::number::Rounded;

/// Runs on each side of an event in which a change is of it: places of changes are not exact.
const NEAR: usize = 1;
/// Lanes of a host that must have moved for it to be the host.
const LEAST_LANES: usize = 3;
/// Share of a host's lanes that are most.
const MOST_OF_A_HOST: f64 = 0.6;

/// Lanes that changed with one run, more of them than chance would put there.
#[derive(Clone, Debug, PartialEq, JsonSchema, Serialize)]
pub struct Event {
    /// The run, where points name one.
    pub run: Option<String>,
    /// When it began.
    pub unix_ms: Option<i64>,
    /// The series that changed, as places among the series judged.
    pub series: Vec<usize>,
    /// Series that were measured then.
    pub measured: usize,
    /// Hosts of which most lanes moved the same way while another host's, if there is another, did not: the host, not the
    /// code.
    pub hosts: Vec<String>,
    /// Whether most of its lanes got worse.
    pub worse: bool,
    /// Each series with the index of its first point after the change.
    #[serde(skip)]
    pub(super) points: Vec<(usize, usize)>,
    /// Hypergeometric chance of as many changes with one run.
    pub p: Rounded,
    /// Adjusted over all runs.
    pub q: Rounded,
    /// The event in a sentence.
    pub why: String,
}

/// A run of benchmarks, of any series; points without a run are one with those of their time.
type Run<'s> = (Option<&'s str>, Option<i64>);

fn run_of(point: &Point) -> Run<'_> {
    let run = point.run.as_deref();
    (run, if run.is_none() { point.unix_ms } else { None })
}

/// When each run of benchmarks began, in order; those whose points have no time come first.
pub(super) fn starts(series: &[Series]) -> Vec<(Option<i64>, Run<'_>)> {
    let mut runs: BTreeMap<Run<'_>, Option<i64>> = BTreeMap::new();
    for point in series.iter().flat_map(|series| &series.points) {
        let start = runs.entry(run_of(point)).or_insert(point.unix_ms);
        *start = (*start).min(point.unix_ms);
    }
    let mut starts: Vec<_> = runs.into_iter().map(|(run, start)| (start, run)).collect();
    starts.sort_unstable();
    starts
}

/// A change of a series, by the run that began it.
#[derive(Clone, Copy)]
struct Moved {
    series: usize,
    from: usize,
    run: usize,
    worse: bool,
}

/// The events among judged series, the least likely first.
pub(super) fn events(series: &[Series], rows: &[SeriesRow], alpha: f64) -> Vec<Event> {
    let starts = starts(series);
    let places: BTreeMap<Run<'_>, usize> = starts.iter().enumerate().map(|(place, (_, run))| (*run, place)).collect();
    let place = |point: &Point| places.get(&run_of(point)).copied().unwrap_or(0);
    let measured: Vec<BTreeSet<usize>> =
        series.iter().map(|series| series.points.iter().map(place).collect()).collect();
    let mut moved: Vec<Moved> =
        rows.iter().zip(series).enumerate().flat_map(|(at, (row, series))| moves(at, row, series, &place)).collect();
    let cells = measured.iter().map(BTreeSet::len).sum::<usize>() as u64;
    let all = moved.len() as u64;
    let near = |run: usize, other: usize| run.abs_diff(other) <= NEAR;
    let p = |run: usize| -> f64 {
        let drawn = measured.iter().map(|runs| runs.range(run.saturating_sub(NEAR)..=run + NEAR).count() as u64).sum();
        let both = moved.iter().filter(|one| near(one.run, run)).count() as u64;
        cofailure_of_counts(all, drawn, both, cells).filter(|_| both > 1).map_or(1.0, |found| found.p)
    };
    let ps: Vec<f64> = (0..starts.len()).map(p).collect();
    let qs = benjamini_hochberg(&ps).unwrap_or_default();
    let mut order: Vec<usize> = (0..qs.len()).filter(|run| qs[*run] <= alpha).collect();
    // Of neighbours the run on which most fall, not one beside it that sees them too.
    let exactly = |moved: &[Moved], run: usize| moved.iter().filter(|one| one.run == run).count();
    let counts: Vec<usize> = (0..starts.len()).map(|run| exactly(&moved, run)).collect();
    order.sort_by(|a, b| ps[*a].total_cmp(&ps[*b]).then(counts[*b].cmp(&counts[*a])).then(a.cmp(b)));
    let mut found = Vec::new();
    for run in order {
        let (of, rest): (Vec<Moved>, Vec<Moved>) = moved.iter().copied().partition(|one| near(one.run, run));
        if of.len() > 1 {
            moved = rest;
            let present: Vec<usize> = (0..series.len())
                .filter(|at| measured[*at].range(run.saturating_sub(NEAR)..=run + NEAR).next().is_some())
                .collect();
            let (start, (id, _)) = starts[run];
            found.push(event(&of, &present, series, (id, start), (ps[run], qs[run])));
        }
    }
    found.sort_by_key(|event| event.hosts.is_empty());
    found
}

/// The changes of a series, and its candidate's where the gate alone sees it.
fn moves<'s>(
    at: usize,
    row: &'s SeriesRow,
    series: &'s Series,
    place: &'s impl Fn(&Point) -> usize,
) -> impl Iterator<Item = Moved> + 's {
    let changes = row.history.changes.iter().map(|change| (change.at, change.worse));
    let judged = &row.judgement;
    let by_gate = judged.standing.is_none()
        && judged.method != Method::None
        && [Verdict::Regressed, Verdict::Improved].contains(&judged.verdict);
    let candidate = series.points.len().saturating_sub(judged.candidate);
    let newest = by_gate.then_some((candidate, judged.verdict == Verdict::Regressed));
    let newest = newest.filter(|(from, _)| row.history.changes.iter().all(|change| change.at < *from));
    changes.chain(newest).map(move |(from, worse)| Moved { series: at, from, run: place(&series.points[from]), worse })
}

fn event(
    moved: &[Moved],
    present: &[usize],
    series: &[Series],
    (run, start): (Option<&str>, Option<i64>),
    (p, q): (f64, f64),
) -> Event {
    let worse = moved.iter().filter(|one| one.worse).count();
    let way = 2 * worse >= moved.len();
    let host = |at: usize| series[at].key.host.as_str();
    let lanes = |of: &mut dyn Iterator<Item = usize>| -> BTreeMap<&str, BTreeSet<&str>> {
        let mut lanes: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        of.for_each(|at| {
            lanes.entry(host(at)).or_default().insert(&series[at].key.lane);
        });
        lanes
    };
    let measured = lanes(&mut present.iter().copied());
    let changed = lanes(&mut moved.iter().filter(|one| one.worse == way).map(|one| one.series));
    let is_most = |host: &str| {
        let (moved, all) = (changed.get(host).map_or(0, BTreeSet::len), measured[host].len());
        moved >= LEAST_LANES && moved as f64 >= MOST_OF_A_HOST * all as f64
    };
    let most: Vec<String> = measured.keys().filter(|host| is_most(host)).map(|host| (*host).to_owned()).collect();
    // What every one of several hosts shows is what they share: the code.
    let hosts = if measured.len() > 1 && most.len() == measured.len() { Vec::new() } else { most };
    let mut places: Vec<usize> = moved.iter().map(|one| one.series).collect();
    places.sort_unstable();
    places.dedup();
    let with = run.map_or_else(|| "at one time".to_owned(), |run| format!("with run {run}"));
    let whose = if hosts.is_empty() {
        String::new()
    } else {
        let named: Vec<&str> =
            hosts.iter().map(|host| if host.is_empty() { "the host" } else { host.as_str() }).collect();
        format!(": most lanes of {}, which is the machine rather than the code", named.join(", "))
    };
    let why = format!(
        "{} of {} series changed {with}, {worse} for the worse, p {p:.2e}, q {q:.2e} over all runs{whose}",
        places.len(),
        present.len()
    );
    Event {
        run: run.map(str::to_owned),
        unix_ms: start,
        series: places,
        measured: present.len(),
        hosts,
        worse: way,
        points: moved.iter().map(|one| (one.series, one.from)).collect(),
        p: Rounded(p),
        q: Rounded(q),
        why,
    }
}
