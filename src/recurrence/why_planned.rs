//! The sentences of fixes that were named.

use super::draft::Draft;
use super::fix_base::FixBase;
use super::names::Names;
use super::planned_fix::PlannedFix;
use super::planned_look::{FixState, PlannedLook};
use super::verdict::Verdict;

/// That a fix which was named holds.
pub(super) fn held(draft: &Draft, look: &PlannedLook, names: &Names<'_>) -> String {
    let level = draft.fix.level();
    let at = |needed: Option<u64>| needed.map_or_else(|| "an unknown number".to_owned(), |needed| needed.to_string());
    format!(
        "{} clean since its fix ({}, since {}), which holds at {level} %: an unfixed failure of this rate is away for so long in at \
         most {} % of such histories; {} of {} failed before it, so {} would do for 95 % and {} for 99 %",
        draft.fix.told(look.clean),
        names.fixes[look.landed.fix].ticket,
        (names.run)(look.landed.since),
        100 - level,
        look.counts.x,
        draft.fix.told(look.counts.n),
        at(look.needed_95),
        at(look.needed_99),
    )
}

/// Beside a sentence that tells something else, what became of its fix.
pub(super) fn told(base: &FixBase, verdict: Verdict, fixes: &[PlannedFix], run: &dyn Fn(u32) -> String) -> String {
    let Some(look) = &base.planned else { return String::new() };
    let fix = format!("its fix ({}, since {})", fixes[look.landed.fix].ticket, run(look.landed.since));
    let failed = || look.failed.map_or_else(String::new, run);
    match (look.state(verdict), look.needed_95) {
        (FixState::Failed, _) => format!("; {fix} did not hold: it failed in {}", failed()),
        (FixState::Another, _) => format!("; since {fix} it failed in {}, for another reason than before", failed()),
        (FixState::Waiting, Some(needed)) => {
            format!(
                "; {fix} is not proven: {} clean since, and {needed} show at 95 % that it holds",
                base.told(look.clean)
            )
        }
        (FixState::Waiting, None) => format!("; nothing failed before {fix}"),
        (FixState::Proven, _) => String::new(),
    }
}
