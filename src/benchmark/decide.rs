//! The verdict's rules, first that holds.

use super::effect::Effect;
use super::evidence::{Evidence, ModeEvidence};
use super::verdict::{Finding, Method, Verdict};

/// Adjusted ps of one series; `None` where it could not reach alpha.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Adjusted {
    pub(super) worse: Option<f64>,
    pub(super) better: Option<f64>,
    pub(super) mix: Option<f64>,
}

/// A verdict and what a bimodal lane shows.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Decision {
    pub(super) verdict: Verdict,
    pub(super) findings: Vec<Finding>,
}

pub(super) fn decide(evidence: &Evidence, adjusted: Adjusted, sign: f64, alpha: f64) -> Decision {
    let significant = |q: Option<f64>| q.is_some_and(|q| q <= alpha);
    let (worse, better, mixed) = (significant(adjusted.worse), significant(adjusted.better), significant(adjusted.mix));
    let effects = effects(evidence);
    // One measurement never shows a change.
    let several = evidence.method != Method::Single;
    let verdict = if several && worse && effects.iter().any(Effect::is_regression) {
        Verdict::Regressed
    } else if several && better && effects.iter().any(|effect| effect.mirrored().is_regression()) {
        Verdict::Improved
    } else if !mixed && effects.iter().all(|effect| effect.is_equivalence(sign)) {
        Verdict::Equivalent
    } else if evidence.beyond {
        Verdict::Suspect
    } else {
        Verdict::Inconclusive
    };
    let mut findings = Vec::new();
    if evidence.modes.is_some() {
        findings.extend((worse || better).then_some(Finding::ModeShift));
        findings.extend(mixed.then_some(Finding::ModeMix));
    }
    Decision { verdict, findings }
}

/// Whether such evidence decides by itself, were `bar` the greatest p that is significant.
pub(super) fn settles(evidence: &Evidence, bar: f64, sign: f64, alpha: f64) -> bool {
    let within = |p: f64| Some(if p <= bar { 0.0 } else { 1.0 });
    let adjusted = Adjusted { worse: within(evidence.worse.p), better: within(evidence.better.p), mix: None };
    ![Verdict::Suspect, Verdict::Inconclusive].contains(&decide(evidence, adjusted, sign, alpha).verdict)
}

/// The effects that decide: of each mode that the candidate visits, or of all values.
pub(super) fn effects(evidence: &Evidence) -> Vec<Effect> {
    let inside =
        |modes: &ModeEvidence| modes.parts.iter().filter_map(|part| part.tested).map(|(effect, _)| effect).collect();
    evidence.modes.as_ref().map_or_else(|| vec![evidence.effect], inside)
}
