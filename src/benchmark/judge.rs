//! From series to verdicts.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::baseline::{self, Sides};
use super::benchmarks::{Benchmarks, HostRow, Summary};
use super::decide::{self, Adjusted};
use super::effect::Effect;
use super::event;
use super::evidence::{self, Evidence, ModePart};
use super::families::Families;
use super::history::{self, History};
use super::judgement::{Judgement, ModeRow, Modes, SeriesRow};
use super::options::Options;
use super::series;
use super::standing::{self, Standing};
use super::verdict::{Method, Verdict};
use super::why::{self, Setting};
use crate::stats::location::{geometric_mean, median};
use crate::stats::scan::MOST_VALUES;
use crate::tally::Series;
use crate::text::number::Rounded;

/// Judges every series by itself, then their tests as families. The outcome depends on neither threads nor their
/// number.
#[must_use]
pub fn judge(series: &[Series], options: &Options) -> Benchmarks {
    let sides: Vec<Sides<'_>> = series.par_iter().map(|series| baseline::sides(series, options)).collect();
    let histories: Vec<History> = series.par_iter().map(|series| history::history(series, options)).collect();
    let evidence: Vec<Result<Evidence, String>> = series
        .par_iter()
        .zip(&sides)
        .map(|(series, sides)| evidence::gather(sides, series.key.direction, options))
        .collect();
    let families = Families::new(&evidence, options.alpha);
    let mut standing: Vec<Option<Standing>> = series
        .par_iter()
        .zip(&histories)
        .map(|(series, history)| standing::standing(series, history, options))
        .collect();
    let starts: Vec<i64> = event::starts(series).into_iter().filter_map(|(start, _)| start).collect();
    let mut rows = Vec::with_capacity(series.len());
    for (place, (series, mut history)) in series.iter().zip(histories).enumerate() {
        why::tell_changes(&mut history, &series.key);
        let (sides, evidence) = (&sides[place], evidence[place].as_ref());
        let compared = || sides.candidate.iter().copied().chain(sides.baseline);
        let rounds = series::rounds(compared());
        let rounds_mixed = rounds.is_some_and(|[least, most]| most > least.saturating_mul(2));
        let mut judgement = match evidence {
            Ok(evidence) => {
                let mixed = rounds.filter(|_| rounds_mixed);
                let setting = Setting { key: &series.key, sides, families: &families, place, options, rounds: mixed };
                judged(evidence, &setting)
            }
            Err(reason) => unjudged(reason, sides, options),
        };
        if let Some(standing) = standing[place].take().filter(|one| !is_mended(one, &judgement, sides, series)) {
            let candidate = series.points.len() - sides.candidate.len();
            why::tell_standing(&mut judgement, standing, candidate, &series.key);
        } else if let Some(drift) = history.drift.as_ref().filter(|drift| drift.worse)
            && judgement.verdict != Verdict::Regressed
        {
            (judgement.verdict, judgement.why) = (Verdict::Drifting, format!("{}; {}", drift.why, judgement.why));
            judgement.reasons.clear();
        }
        rows.push(SeriesRow {
            key: series.key.clone(),
            points: series.points.len(),
            duplicates: series.duplicates,
            rejected: series.rejected,
            rounds,
            newer_runs: newer_runs(series, &starts),
            rounds_mixed,
            judgement,
            history,
            values: series.points[series.points.len().saturating_sub(MOST_VALUES)..]
                .iter()
                .map(|point| Rounded(point.value))
                .collect(),
        });
    }
    let events = event::events(series, &rows, options.alpha);
    for event in events.iter().filter(|event| event.worse) {
        for (place, from) in &event.points {
            let row = &mut rows[*place];
            let since = row.judgement.standing.as_ref().map_or(row.points - row.judgement.candidate, |one| one.from);
            if event.hosts.contains(&row.key.host) && since == *from && row.judgement.verdict == Verdict::Regressed {
                row.judgement.verdict = Verdict::HostMoved;
                row.judgement.why = format!("{}; {}", event.why, row.judgement.why);
            }
        }
    }
    Benchmarks { summary: summary(&rows, &evidence, &families), events, series: rows }
}

/// Whether the newest run alone shows that what stood is gone: it is better than the current regime, and as good as the best.
fn is_mended(standing: &Standing, judgement: &Judgement, sides: &Sides<'_>, series: &Series) -> bool {
    let sign = series.key.direction.sign();
    let values: Vec<f64> = sides.candidate.iter().map(|point| point.value).collect();
    let away = median(&values).map_or(0.0, |median| sign * (median / standing.best_median.0).ln());
    judgement.verdict == Verdict::Improved && away < judgement.delta.map_or(0.0, |delta| delta.0.ln_1p())
}

/// How many of the runs began after a series' last measurement; none where that has no time.
fn newer_runs(series: &Series, starts: &[i64]) -> usize {
    let last = series.points.iter().filter_map(|point| point.unix_ms).max();
    last.map_or(0, |last| starts.len() - starts.partition_point(|&start| start <= last))
}

fn judged(evidence: &Evidence, setting: &Setting<'_>) -> Judgement {
    let sign = setting.key.direction.sign();
    let (families, place) = (setting.families, setting.place);
    let adjusted =
        Adjusted { worse: families.worse.q[place], better: families.better.q[place], mix: families.mix.q[place] };
    let decision = decide::decide(evidence, adjusted, sign, setting.options.alpha);
    let told = why::tell(evidence, &decision, adjusted, setting);
    let effect = evidence.effect;
    Judgement {
        verdict: decision.verdict,
        why: told.why,
        reasons: told.reasons,
        findings: decision.findings,
        candidate: evidence.m,
        baseline: evidence.n,
        statistic: Some(Rounded(evidence.statistic)),
        dominance: Some(Rounded(effect.a)),
        ratio: Some(Rounded(effect.ratio(sign))),
        interval: effect.interval_of_ratio(sign).map(|ends| ends.map(Rounded)),
        level: effect.interval.map(|interval| Rounded(interval.level)),
        delta: Some(Rounded(effect.delta)),
        p: Some(Rounded(evidence.worse.p)),
        q: adjusted.worse.map(Rounded),
        better_p: Some(Rounded(evidence.better.p)),
        better_q: adjusted.better.map(Rounded),
        exact: Some(evidence.exact),
        needs: told.needs,
        more_runs: told.more_runs,
        modes: evidence.modes.as_ref().map(|modes| {
            let mut rows: Vec<ModeRow> = modes.parts.iter().map(|part| mode_row(part, sign)).collect();
            rows.sort_by(|a, b| a.median.0.total_cmp(&b.median.0));
            Modes {
                d: modes.d.is_finite().then_some(Rounded(modes.d)),
                pooled_p: Rounded(evidence.pooled.p),
                mix_p: Rounded(modes.mix.p),
                mix_q: adjusted.mix.map(Rounded),
                modes: rows,
            }
        }),
        ..empty(evidence.method, setting.sides)
    }
}

fn mode_row(part: &ModePart, sign: f64) -> ModeRow {
    let effect = part.tested.map(|(effect, _)| effect);
    let number = |number: fn(&Effect) -> f64| effect.as_ref().map(number).map(Rounded);
    ModeRow {
        median: Rounded((sign * part.centre).exp()),
        candidate: part.m,
        baseline: part.n,
        ratio: effect.map(|effect| Rounded(effect.ratio(sign))),
        interval: effect.and_then(|effect| effect.interval_of_ratio(sign)).map(|ends| ends.map(Rounded)),
        level: effect.and_then(|effect| effect.interval).map(|interval| Rounded(interval.level)),
        dominance: number(|effect| effect.a),
        delta: number(|effect| effect.delta),
        p: part.tested.map(|(_, test)| Rounded(test.above.p)),
    }
}

fn unjudged(reason: &str, sides: &Sides<'_>, options: &Options) -> Judgement {
    let short = !sides.candidate.is_empty() && sides.baseline.len() < options.baseline_least;
    Judgement {
        why: format!("not compared: {reason}"),
        reasons: vec![reason.to_owned()],
        more_runs: short.then(|| options.baseline_least - sides.baseline.len()),
        ..empty(Method::None, sides)
    }
}

fn empty(method: Method, sides: &Sides<'_>) -> Judgement {
    let first = if method == Method::Paired { sides.candidate.first().copied() } else { sides.baseline.first() };
    Judgement {
        verdict: Verdict::Inconclusive,
        why: String::new(),
        reasons: Vec::new(),
        findings: Vec::new(),
        method,
        run: why::run(sides).map(str::to_owned),
        candidate: sides.candidate.len(),
        baseline: sides.baseline.len(),
        baseline_from_unix_ms: first.and_then(|point| point.unix_ms),
        statistic: None,
        dominance: None,
        ratio: None,
        interval: None,
        level: None,
        delta: None,
        p: None,
        q: None,
        better_p: None,
        better_q: None,
        exact: None,
        needs: None,
        more_runs: None,
        standing: None,
        modes: None,
    }
}

fn summary(rows: &[SeriesRow], evidence: &[Result<Evidence, String>], families: &Families) -> Summary {
    let mut by_verdict: BTreeMap<&'static str, usize> = BTreeMap::new();
    let mut hosts: BTreeMap<String, Vec<f64>> = BTreeMap::new();
    for (row, evidence) in rows.iter().zip(evidence) {
        *by_verdict.entry(row.judgement.verdict.name()).or_default() += 1;
        if let Ok(evidence) = evidence {
            hosts.entry(row.key.host.clone()).or_default().push(worse_ratio(evidence));
        }
    }
    let ratios: Vec<f64> = hosts.values().flatten().copied().collect();
    let mean = |ratios: &[f64]| geometric_mean(ratios).map(Rounded);
    Summary {
        series: rows.len(),
        by_verdict,
        points: rows.iter().map(|row| row.points).sum(),
        duplicates: rows.iter().map(|row| row.duplicates).sum(),
        rejected: rows.iter().map(|row| row.rejected).sum(),
        families: BTreeMap::from([
            ("better", families.better.size),
            ("mode_mix", families.mix.size),
            ("worse", families.worse.size),
        ]),
        ratio: mean(&ratios),
        hosts: hosts
            .into_iter()
            .map(|(host, ratios)| (host, HostRow { series: ratios.len(), ratio: mean(&ratios) }))
            .collect(),
    }
}

/// The ratio by which a series got worse; inside its modes, weighted by the candidate's visits, where it has two: a
/// run that met the slow mode more often is not slower.
fn worse_ratio(evidence: &Evidence) -> f64 {
    let Some(modes) = &evidence.modes else { return evidence.effect.shift.exp() };
    let visits = |part: &ModePart| part.m as f64 / evidence.m as f64;
    modes.parts.iter().filter_map(|part| part.tested.map(|(effect, _)| visits(part) * effect.shift)).sum::<f64>().exp()
}
