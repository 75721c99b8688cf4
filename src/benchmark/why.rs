//! Each verdict in a sentence with its numbers, and what would settle it.

use super::baseline::Sides;
use super::decide::{Adjusted, Decision};
use super::effect::{Effect, LEAST_DOMINANCE};
use super::evidence::Evidence;
use super::families::{Families, Family};
use super::history::{ChangeRow, History};
use super::options::Options;
use super::verdict::{Finding, Method, Verdict};
use crate::record::Direction;
use crate::stats::{MannWhitney, Test};
use crate::tally::SeriesKey;
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
    let needs = out_of_reach.then(|| evidence.needs(lean.bar)).flatten();
    let reasons = match decision.verdict {
        Verdict::Regressed | Verdict::Improved => Vec::new(),
        _ => reasons(evidence, decision, adjusted, setting, &lean, needs),
    };
    let (sign, m, n) = (setting.key.direction.sign(), evidence.m, evidence.n);
    let (low, delta) = (interval(&lean.effect, sign), percent(lean.effect.delta));
    let mode = lean.mode.as_deref().unwrap_or_default();
    let moved = moved(lean.effect, setting.key.direction);
    let against = match evidence.method {
        Method::Paired => format!("than the incumbent in {m} pairs"),
        _ => format!("than {} ({})", plural(n as u64, "baseline measurement"), plural(m as u64, "measurement")),
    };
    let more_runs = match decision.verdict {
        Verdict::Suspect => needs.map(|needs| needs - m),
        _ => None,
    };
    let sentence = match decision.verdict {
        Verdict::Regressed | Verdict::Improved => format!(
            "{moved} {against}{mode}, {}: {low}, p {}, q {} in a family of {}, {:.0} % of pairs, delta {delta}",
            if lean.worse { "which is worse" } else { "which is better" },
            p(lean.tail.p),
            p(lean.q.unwrap_or(1.0)),
            lean.family.size.kept,
            100.0 * if lean.worse { lean.effect.a } else { 1.0 - lean.effect.a },
        ),
        Verdict::Equivalent => {
            let margin = percent(lean.effect.equivalence_margin());
            format!(
                "within {margin} of the baseline, half of delta: {moved} {against}{mode}, {low}, p {}",
                p(lean.tail.p)
            )
        }
        Verdict::Suspect => format!(
            "{moved} {against} and worse than each of them: p {}, the least that one measurement can reach; {}",
            p(lean.tail.p),
            more_runs.map_or_else(
                || "more runs are needed to decide".to_owned(),
                |more| format!("{} like it would decide", plural(more as u64, "more run"))
            )
        ),
        Verdict::Inconclusive => format!("{moved} {against}{mode}, but {}", reasons.join("; ")),
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
        let own = if effect.delta > setting.options.delta {
            format!("this lane's own delta of {} (2 x 1.4826 MAD of its baseline)", percent(effect.delta))
        } else {
            format!("the delta of {}", percent(effect.delta))
        };
        reasons.push(format!("the effect is below {own}"));
    }
    if !effect.is_certain() {
        reasons.push(match effect.interval {
            Some(_) => format!("its {} includes no change", interval(&lean.effect, sign)),
            None => "there are too few measurements for a 95 % interval".to_owned(),
        });
    }
    if !effect.dominates() {
        reasons.push(format!(
            "the two overlap: {:.0} % of pairs are {}, {:.0} % are asked for",
            100.0 * effect.a,
            if lean.worse { "worse" } else { "better" },
            100.0 * LEAST_DOMINANCE
        ));
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
