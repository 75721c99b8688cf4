//! `relapse bench`.

use std::path::Path;
use std::sync::Arc;

use super::args::BenchArgs;
use super::error::CliError;
use super::exit::ExitStatus;
use super::gate::day;
use super::inputs::Inputs;
use super::output;
use super::policy;
use super::progress::Progress;
use super::sweep::{options, read as read_all};
use relapse::archive::Ledger;
use relapse::benchmark::input::{self, Sample};
use relapse::benchmark::{Accepted, Benchmarks, Candidate, Options, REPORT_PERMUTATIONS, Verdict, judge};
use relapse::gate::AcceptedChange;
use relapse::report::{BenchmarkReport, BenchmarkSummary};
use relapse::sweep::Criterion;
use relapse::tally::{Collector, Point, Series, SeriesKey};
use relapse::text::terminal::plural;

/// What some paths measured.
#[derive(Default)]
struct Measured {
    /// By benchmark lines.
    lines: Collector,
    /// By criterion.
    samples: Criterion,
    ledger: Ledger,
    /// Why the archives hold no benchmark line, where more than that is known.
    nothing: Option<String>,
}

pub(super) fn run(args: &BenchArgs) -> Result<ExitStatus, CliError> {
    let options = judging(args)?;
    let mut measured = read(args, &args.input.paths)?;
    let mut series = if args.baseline.is_empty() {
        let Measured { lines, samples, .. } = &mut measured;
        let is_first = lines.is_empty() && samples.warnings.is_empty() && samples.base.points().next().is_none();
        if is_first && samples.new.points().next().is_some() {
            return Err(CliError::Usage(format!(
                "failed to compare: criterion ran once in {}, so that the baseline holds no measurement: run it again, or name a \
                 --baseline",
                args.input.paths.join(", ")
            )));
        }
        let mut series = std::mem::take(lines).into_series();
        series.extend(std::mem::take(&mut samples.new).into_series_against(std::mem::take(&mut samples.base)));
        series
    } else {
        let mut baseline = read(args, &args.baseline)?;
        baseline.lines.append(std::mem::take(&mut baseline.samples.new));
        measured.lines.append(std::mem::take(&mut measured.samples.new));
        // Every lane would be inconclusive, which is easily taken for nothing to worry about.
        for (side, paths, of) in [("candidate", &args.input.paths, &measured), ("baseline", &args.baseline, &baseline)]
        {
            if of.lines.points().next().is_none() {
                return Err(CliError::Usage(format!(
                    "failed to compare with the baseline: the {side} {} holds no measurement ({})",
                    paths.join(", "),
                    held(&of.ledger, of.nothing.as_deref()),
                )));
            }
        }
        measured.ledger.archives.append(&mut baseline.ledger.archives);
        measured.ledger.skipped.append(&mut baseline.ledger.skipped);
        measured.samples.warnings.append(&mut baseline.samples.warnings);
        std::mem::take(&mut measured.lines).into_series_against(baseline.lines)
    };
    series.retain(|series| !series.points.is_empty() || series.rejected > 0);
    if series.is_empty() {
        let paths = args.input.paths.join(", ");
        let why = measured.nothing.map_or_else(String::new, |nothing| format!(": {nothing}"));
        return Err(CliError::Usage(format!("found no benchmark line and no sample of criterion in {paths}{why}")));
    }
    if let Some(run) = &args.candidate
        && !series.iter().any(|series| series.holds_run(run))
    {
        return Err(CliError::NoCandidate(run.clone()));
    }
    accept(args, &series)?;
    series.sort_by(|a, b| a.key.cmp(&b.key));
    let judged = judged(args, &series, &options)?;

    let Measured { ledger, samples: Criterion { warnings, .. }, .. } = &measured;
    let report = BenchmarkReport::new(&judged, &options, ledger, warnings);
    if let Some(out) = &args.out {
        output::write_json(out, &report)?;
    }
    if args.json {
        output::print_json(&report)?;
    } else {
        let out = args.out.as_ref().map(|out| out.display().to_string());
        let width = output::columns();
        let summary = BenchmarkSummary { judged: &judged, ledger, warnings, width, out: out.as_deref() };
        output::print(&summary.to_string())?;
    }
    let is_any = |verdicts: &[Verdict]| judged.series.iter().any(|row| verdicts.contains(&row.judgement.verdict));
    let failing: &[Verdict] = if args.strict {
        &[Verdict::Regressed, Verdict::Suspect, Verdict::Inconclusive]
    } else {
        &[Verdict::Regressed]
    };
    let is_lossy = ledger.has_lost_text() || !warnings.is_empty();
    Ok(if is_any(failing) {
        ExitStatus::GateFailed
    } else if is_lossy && !args.allow_loss {
        ExitStatus::Loss
    } else {
        ExitStatus::Done
    })
}

/// What archives hold in place of measurements.
fn held(ledger: &Ledger, nothing: Option<&str>) -> String {
    let counts = ledger.totals().counts;
    match (nothing, counts.benchmark_lines) {
        (Some(nothing), _) => nothing.to_owned(),
        // Criterion's folders are not in the ledger.
        (None, 0) if ledger.archives.is_empty() => "no sample of criterion could be read".to_owned(),
        (None, 0) => format!("none of its {} is a benchmark line", plural(counts.records(), "record")),
        (None, lines) => format!("no metric of its {} could be taken", plural(lines, "benchmark line")),
    }
}

fn judging(args: &BenchArgs) -> Result<Options, CliError> {
    let candidate = match (&args.candidate, args.last) {
        (Some(run), _) => Candidate::Run(run.clone()),
        (None, Some(last)) => Candidate::Last(last as usize),
        (None, None) => Candidate::Newest,
    };
    let today = day(output::generated_unix_ms()?);
    let asked = args.policy.as_deref().map(policy::native).transpose()?;
    let mut options = asked.map_or_else(Options::default, |policy| policy.benchmark.options(today));
    options.accepted.extend(accepting(args)?.map(|one| one.change));
    Ok(Options { delta: args.delta.unwrap_or(options.delta), candidate, permutations: REPORT_PERMUTATIONS, ..options })
}

/// The change that is to be accepted.
fn accepting(args: &BenchArgs) -> Result<Option<AcceptedChange>, CliError> {
    let (Some(accept), Some(owner), Some(reason)) = (&args.accept, &args.owner, &args.reason) else { return Ok(None) };
    // A lane's name may hold an @, a run's less likely does.
    let change = accept.rsplit_once('@').filter(|(lane, run)| !lane.is_empty() && !run.is_empty());
    let Some((lane, run)) = change else {
        return Err(CliError::Usage(format!("failed to accept '{accept}': it is no LANE@RUN")));
    };
    if owner.trim().is_empty() || reason.trim().is_empty() {
        return Err(CliError::Usage(
            "failed to accept a change: --owner and --reason have to say something".to_owned(),
        ));
    }
    Ok(Some(AcceptedChange {
        change: Accepted { lane: lane.to_owned(), run: run.to_owned() },
        owner: owner.clone(),
        reason: reason.clone(),
        until: args.accepted_until,
    }))
}

/// Writes an accepted change into the policy, unless the series hold no such lane in such a run.
fn accept(args: &BenchArgs, series: &[Series]) -> Result<(), CliError> {
    let (Some(change), Some(path)) = (accepting(args)?, &args.policy) else { return Ok(()) };
    let Accepted { lane, run } = &change.change;
    if !series.iter().any(|series| series.key.lane == *lane && series.holds_run(run)) {
        return Err(CliError::Usage(format!(
            "failed to accept a change: no lane '{lane}' was measured by a run '{run}'"
        )));
    }
    policy::append(path, &change.entry())
}

/// Judges on as many threads as read.
fn judged(args: &BenchArgs, series: &[Series], judging: &Options) -> Result<Benchmarks, CliError> {
    Ok(options(&args.input)?.pool()?.install(|| judge(series, judging)))
}

/// Greatest file of another tool that is read whole.
const MOST_BYTES: u64 = 64 << 20;

/// What a single file of another tool holds; `None` of what is an archive.
fn of_another_tool(path: &Path) -> Option<Vec<Sample>> {
    let ends = path.extension().is_some_and(|end| ["json", "js", "txt", "out", "bench"].iter().any(|one| end == *one));
    let is_small = std::fs::metadata(path).is_ok_and(|file| file.is_file() && file.len() <= MOST_BYTES);
    if !ends || !is_small {
        return None;
    }
    let text = std::fs::read_to_string(path).ok()?;
    Some(input::read(&text)?.1)
}

/// Takes samples; a file that names no run is one.
fn take(lines: &mut Collector, path: &Path, samples: Vec<Sample>) {
    let stem: Arc<str> = path.file_stem().unwrap_or_default().to_string_lossy().into();
    for Sample { lane, metric, unit, direction, run, unix_ms, value } in samples {
        let key = SeriesKey { lane, metric, unit, direction, host: String::new(), env: Vec::new() };
        let run = Some(run.map_or_else(|| stem.clone(), Arc::from));
        let point = Point { unix_ms, value, incumbent: None, rounds: None, run, identity: None, is_left_out: false };
        lines.add(key, point);
    }
}

/// Reads criterion's folders as such and everything else as archives.
fn read(args: &BenchArgs, paths: &[String]) -> Result<Measured, CliError> {
    let mut measured = Measured::default();
    let mut archives = Vec::new();
    for path in paths {
        if let Some(samples) = of_another_tool(Path::new(path)) {
            take(&mut measured.lines, Path::new(path), samples);
            continue;
        }
        match Criterion::read(Path::new(path)) {
            None => archives.push(path.clone()),
            Some(criterion) => {
                Inputs::of([]).and_below(Path::new(path)).spare(args.out.as_deref())?;
                measured.samples.base.append(criterion.base);
                measured.samples.new.append(criterion.new);
                measured.samples.warnings.extend(criterion.warnings);
            }
        }
    }
    if archives.is_empty() {
        return Ok(measured);
    }
    let mut sweep = options(&args.input)?;
    sweep.inputs = archives;
    let found = sweep.discover()?;
    Inputs::of(found.files().chain(args.input.definitions())).spare(args.out.as_deref())?;
    let progress = Progress::new();
    let outcome = read_all(&sweep, found, None, &progress)?;
    if outcome.benchmarks.is_empty() {
        // Told where there are no samples of criterion either.
        measured.nothing = outcome.nothing(None).map(|nothing| nothing.line());
    }
    output::say_warnings(&outcome.order.warnings);
    measured.lines.append(outcome.benchmarks);
    measured.ledger = outcome.ledger;
    Ok(measured)
}
