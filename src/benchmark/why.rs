//! Each verdict in a sentence with its numbers, and what would settle it.

use super::baseline::Sides;
use super::decide::{self, Adjusted, Decision};
use super::effect::Effect;
use super::evidence::{self, Evidence};
use super::families::{Families, Family};
use super::history::{ChangeRow, History};
use super::judgement::Judgement;
use super::options::Options;
use super::outlook;
use super::standing::Standing;
use super::verdict::{Finding, Method, Verdict};
use crate::record::Direction;
use crate::stats::{MannWhitney, Test};
use crate::tally::{Point, SeriesKey};
use crate::text::terminal::plural;

/// What a sentence needs besides the evidence.
pub(super) struct Setting<'s> {
    pub(super) key: &'s SeriesKey,
    pub(super) sides: &'s Sides<'s>,
    pub(super) families: &'s Families,
    /// The series' place in them.
    pub(super) place: usize,
    pub(super) options: &'s Options,
    /// Least and greatest rounds, when they are mixed.
    pub(super) rounds: Option<[u64; 2]>,
}

/// A verdict in words.
pub(super) struct Told {
    pub(super) why: String,
    pub(super) reasons: Vec<String>,
    pub(super) needs: Option<usize>,
    pub(super) more_runs: Option<usize>,
}

/// The side that a candidate leans to: what is said of a regression holds of an improvement mirrored.
struct Lean<'l> {
    worse: bool,
    /// Of the mode with the least p, or of all values.
    effect: Effect,
    /// Where that is, when the lane has two modes.
    mode: Option<String>,
    tail: Test,
    q: Option<f64>,
    family: &'l Family,
    /// Greatest p that would be significant.
    bar: f64,
}

/// Tells a verdict.
pub(super) fn tell(evidence: &Evidence, decision: &Decision, adjusted: Adjusted, setting: &Setting<'_>) -> Told {
    let lean = lean(evidence, decision, adjusted, setting);
    let out_of_reach = lean.tail.least_attainable > lean.bar;
    let least = out_of_reach.then(|| evidence.needs(lean.bar)).flatten();
    let is_open = matches!(decision.verdict, Verdict::Suspect | Verdict::Inconclusive);
    let outlook = if is_open { outlook(evidence, &lean, setting) } else { Outlook::default() };
    let (needs, more_runs) = (outlook.size.or(least.filter(|_| !outlook.is_simulated)), outlook.runs);
    let reasons = match decision.verdict {
        Verdict::Regressed | Verdict::Improved => Vec::new(),
        _ => reasons(evidence, decision, adjusted, setting, &lean, least),
    };
    let decides = if is_open { outlook.line(needs) } else { String::new() };
    let (sign, m, n) = (setting.key.direction.sign(), evidence.m, evidence.n);
    let (low, delta) = (interval(&lean.effect, sign), percent(lean.effect.delta));
    let mode = lean.mode.as_deref().unwrap_or_default();
    let moved = moved(lean.effect, setting.key.direction);
    let against = match evidence.method {
        Method::Paired => format!("than the incumbent in {m} pairs"),
        Method::Runs => format!("than the medians of {n} runs ({})", plural(m as u64, "measurement")),
        _ => format!("than {} ({})", plural(n as u64, "baseline measurement"), plural(m as u64, "measurement")),
    };
    let sentence = match decision.verdict {
        Verdict::Regressed | Verdict::Improved => format!(
            "{moved} {against}{mode}, {}: {low}, p {}, q {} in a family of {}, {:.0} % of {}, delta {delta}",
            if lean.worse { "which is worse" } else { "which is better" },
            p(lean.tail.p),
            p(lean.q.unwrap_or(1.0)),
            lean.family.size.kept,
            100.0 * if lean.worse { lean.effect.a } else { 1.0 - lean.effect.a },
            if evidence.method == Method::Runs { "them" } else { "pairs" },
        ),
        Verdict::Equivalent => {
            let margin = percent(lean.effect.equivalence_margin());
            format!(
                "within {margin} of the baseline, half of delta: {moved} {against}{mode}, {low}, p {}",
                p(lean.tail.p)
            )
        }
        Verdict::Suspect => format!(
            "{moved} {against} and worse than each of them: p {}, the least that one measurement can reach{decides}",
            p(lean.tail.p)
        ),
        // The other verdicts are of more than the candidate.
        _ => format!("{moved} {against}{mode}, but {}{decides}", reasons.join("; ")),
    };
    let shift = match (decision.verdict, decision.findings.as_slice()) {
        (Verdict::Regressed | Verdict::Improved, [Finding::ModeShift, ..]) => "mode shift: ",
        _ => "",
    };
    let rounds = setting.rounds.map_or_else(String::new, |[least, most]| {
        format!("; rounds are mixed ({least} to {most}), so noise is unlike")
    });
    let approximate = if evidence.exact { "" } else { "; p is normal, the samples being beyond counting" };
    Told { why: format!("{shift}{sentence}{rounds}{approximate}"), reasons, needs, more_runs }
}

fn lean<'l>(evidence: &Evidence, decision: &Decision, adjusted: Adjusted, setting: &'l Setting<'_>) -> Lean<'l> {
    let worse = match decision.verdict {
        Verdict::Regressed | Verdict::Suspect => true,
        Verdict::Improved => false,
        _ if evidence.modes.is_some() => evidence.worse.p <= evidence.better.p,
        _ => evidence.effect.shift >= 0.0,
    };
    let side = |test: &MannWhitney| if worse { test.above.p } else { test.below.p };
    let facing = |effect: Effect| if worse { effect } else { effect.mirrored() };
    let part = evidence
        .modes
        .iter()
        .flat_map(|modes| &modes.parts)
        .filter_map(|part| part.tested.as_ref().map(|(effect, test)| (part, *effect, test)))
        // A mode that fulfils every condition first, then the least p.
        .min_by(|(_, a, p), (_, b, q)| {
            let holds = |effect: Effect| !facing(effect).is_regression();
            holds(*a).cmp(&holds(*b)).then(side(p).total_cmp(&side(q)))
        });
    let families = setting.families;
    let (tail, q, family) = if worse {
        (evidence.worse, adjusted.worse, &families.worse)
    } else {
        (evidence.better, adjusted.better, &families.better)
    };
    Lean {
        worse,
        effect: part.map_or(evidence.effect, |(_, effect, _)| effect),
        mode: part.map(|(part, ..)| {
            let centre = (setting.key.direction.sign() * part.centre).exp();
            let unit = if setting.key.unit.is_empty() { String::new() } else { format!(" {}", setting.key.unit) };
            format!(", {} against {} in the mode at {centre:.4}{unit}", part.m, part.n)
        }),
        tail,
        q,
        family,
        bar: family.bar(setting.place),
    }
}

/// What would decide.
#[derive(Default)]
struct Outlook {
    /// Whether it was simulated: of pairs and of runs it was not.
    is_simulated: bool,
    /// Measurements of one run.
    size: Option<usize>,
    /// Further runs of one measurement.
    runs: Option<usize>,
}

impl Outlook {
    /// In words, behind a reason; `needs` is the size that is told.
    fn line(&self, needs: Option<usize>) -> String {
        let run = needs.map(|size| format!("one run of {size} measurements like it"));
        let runs = self.runs.map(|runs| format!("{} like it", plural(runs as u64, "more run")));
        match (run, runs) {
            (None, None) if self.is_simulated => {
                "; in this noise no run of up to 30 measurements would decide".to_owned()
            }
            (None, None) => String::new(),
            (Some(one), None) | (None, Some(one)) => format!("; {one} would decide"),
            (Some(run), Some(runs)) => format!("; {run}, or {runs}, would decide"),
        }
    }
}

/// Simulates runs to come on the lane's own noise, at the level of the candidate.
fn outlook(evidence: &Evidence, lean: &Lean<'_>, setting: &Setting<'_>) -> Outlook {
    if matches!(evidence.method, Method::Paired | Method::Runs) {
        return Outlook::default();
    }
    let (key, options, sides) = (setting.key, setting.options, setting.sides);
    let sign = key.direction.sign();
    let logs =
        |points: &mut dyn Iterator<Item = &Point>| points.map(|point| sign * point.value.ln()).collect::<Vec<f64>>();
    let baseline = logs(&mut sides.baseline.iter());
    let (shift, seed) = (evidence.effect.shift, key.seed());
    let decides = |candidate: &[f64]| {
        let found = evidence::unpaired(candidate, &baseline, options);
        found.is_some_and(|found| decide::settles(&found, lean.bar, sign, options.alpha))
    };
    let is_change = evidence.m == 1 && shift.abs() >= options.delta.ln_1p();
    let history = || logs(&mut sides.regime.iter().chain(sides.candidate.iter().copied()));
    Outlook {
        is_simulated: true,
        size: outlook::size(&baseline, shift, seed, evidence.m, decides),
        runs: is_change.then(|| outlook::runs(&history(), &baseline, shift, seed, options.delta)).flatten(),
    }
}

/// Words a standing regression, before what the newest run shows by itself; where that is the same, it says it alone.
pub(super) fn tell_standing(judgement: &mut Judgement, standing: Standing, candidate: usize, key: &SeriesKey) {
    let since = standing.run.as_ref().map_or_else(
        || format!("measurement {}", standing.from + 1),
        |run| format!("run {run} (accept it with --accept '{}@{run}')", key.lane),
    );
    let interval = match (standing.interval, standing.level) {
        (Some([low, high]), Some(level)) => format!(
            "{:.2} % interval {:+.2} % to {:+.2} %",
            100.0 * level.0,
            100.0 * (low.0 - 1.0),
            100.0 * (high.0 - 1.0)
        ),
        _ => "no interval of 95 %".to_owned(),
    };
    if judgement.verdict == Verdict::Regressed && standing.from >= candidate {
        judgement.standing = Some(standing);
        return;
    }
    judgement.why = format!(
        "{:.2} % {} since {since}: the last {} against {} of the best regime before, {interval}, p {}; the newest by itself: {}",
        100.0 * (standing.ratio.0 - 1.0).abs(),
        if standing.ratio.0 >= 1.0 { "higher" } else { "lower" },
        plural(standing.current as u64, "measurement"),
        standing.best,
        p(standing.p.0),
        judgement.why
    );
    judgement.verdict = Verdict::Regressed;
    judgement.reasons.clear();
    judgement.standing = Some(standing);
}

/// The conditions of a change that do not hold.
fn reasons(
    evidence: &Evidence,
    decision: &Decision,
    adjusted: Adjusted,
    setting: &Setting<'_>,
    lean: &Lean<'_>,
    needs: Option<usize>,
) -> Vec<String> {
    let effect = if lean.worse { lean.effect } else { lean.effect.mirrored() };
    let (alpha, sign) = (setting.options.alpha, setting.key.direction.sign());
    let mut reasons = Vec::new();
    if lean.tail.least_attainable > lean.bar {
        let needed = needs.map_or_else(String::new, |needs| format!("needs m >= {needs}: "));
        reasons.push(format!(
            "{needed}{} against {} cannot reach a p below {}, and {} is asked for in a family of {}",
            evidence.m,
            evidence.n,
            p(lean.tail.least_attainable),
            p(lean.bar),
            lean.family.size.kept.max(1)
        ));
    } else if lean.q.is_none_or(|q| q > alpha) {
        let q = lean.q.map_or_else(String::new, |q| format!(", q {} in a family of {}", p(q), lean.family.size.kept));
        reasons.push(format!("p {}{q} is above {alpha}", p(lean.tail.p)));
    }
    if !effect.matters() {
        reasons.push(format!("the effect is below the delta of {}", percent(effect.delta)));
    }
    let spans_none = effect.interval.is_none_or(|interval| interval.low <= 0.0);
    if !effect.is_certain() && (effect.matters() || spans_none) {
        reasons.push(match effect.interval {
            Some(_) => format!("its {} includes what is less than half of delta", interval(&lean.effect, sign)),
            None => "there are too few measurements for a 95 % interval".to_owned(),
        });
    }
    if let Some(modes) = evidence.modes.as_ref().filter(|_| decision.findings.contains(&Finding::ModeMix)) {
        let of = |m: usize, all: usize| format!("{m} of {all}");
        reasons.push(format!(
            "mode mix: {} in the worse mode against {} (p {}, q {}), which is no shift",
            of(modes.parts[1].m, evidence.m),
            of(modes.parts[1].n, evidence.n),
            p(modes.mix.p),
            p(adjusted.mix.unwrap_or(1.0))
        ));
    }
    if reasons.is_empty() {
        // A single measurement of a long baseline may pass every condition, and still is one.
        reasons.push("one measurement decides nothing".to_owned());
    }
    reasons
}

/// Puts every change of a history into words.
pub(super) fn tell_changes(history: &mut History, key: &SeriesKey) {
    for (row, regimes) in history.changes.iter_mut().zip(history.regimes.windows(2)) {
        row.why = change(row, key, regimes[0].points, regimes[1].points);
    }
}

fn change(row: &ChangeRow, key: &SeriesKey, before: usize, after: usize) -> String {
    let unit = if key.unit.is_empty() { String::new() } else { format!(" {}", key.unit) };
    let run = row.run.as_ref().map_or_else(String::new, |run| format!(" from run {run} on"));
    format!(
        "{:.2} % {}{run}, which is {}: from {:.4} to {:.4}{unit} (medians of {before} and {after}), p {}{}",
        100.0 * (row.ratio.0 - 1.0).abs(),
        if row.ratio.0 >= 1.0 { "higher" } else { "lower" },
        if row.worse { "worse" } else { "better" },
        row.from.0,
        row.to.0,
        p(row.p.0),
        if row.correlation.0 > 0.0 {
            format!(", neighbours being alike by {:.2}", row.correlation.0)
        } else {
            String::new()
        }
    )
}

/// The run of the candidate, when its points name one and the same.
pub(super) fn run<'s>(sides: &Sides<'s>) -> Option<&'s str> {
    let first = sides.candidate.first()?.run.as_deref()?;
    sides.candidate.iter().all(|point| point.run.as_deref() == Some(first)).then_some(first)
}

/// "4.32 % higher", of the natural value.
fn moved(effect: Effect, direction: Direction) -> String {
    let ratio = effect.ratio(direction.sign());
    format!("{:.2} % {}", 100.0 * (ratio - 1.0).abs(), if ratio >= 1.0 { "higher" } else { "lower" })
}

fn interval(effect: &Effect, sign: f64) -> String {
    match (effect.interval_of_ratio(sign), effect.interval) {
        (Some([low, high]), Some(interval)) => format!(
            "{:.2} % interval {:+.2} % to {:+.2} %",
            100.0 * interval.level,
            100.0 * (low - 1.0),
            100.0 * (high - 1.0)
        ),
        _ => "no interval of 95 %".to_owned(),
    }
}

fn percent(share: f64) -> String {
    format!("{:.2} %", 100.0 * share)
}

fn p(p: f64) -> String {
    if p < 1e-3 { format!("{p:.2e}") } else { format!("{p:.4}") }
}
