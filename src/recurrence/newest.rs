//! Newest runs that hold nothing, or little: where all or most was skipped, last week's verdicts stand, and nobody should take them for today's.

use super::mass::RunLoad;
use super::timeline_judge::TimelineJudge;
use crate::text::terminal::{count, plural};

/// Runs that are named.
const NAMED: usize = 4;
/// Runs that may be short by themselves, the earlier runs beside which they are told of, and one in how many of these may be as
/// short.
const SHORT: usize = 2;
const LEAST_BESIDE_SHORT: usize = 5;
const USUAL_BESIDE_SHORT: usize = 30;
/// Earlier runs before what they hold is called usual.
const LEAST_USUAL: usize = 3;

impl TimelineJudge<'_> {
    /// That the newest runs hold no outcome that counts, by name; `None` where the newest one does, or none does anywhere,
    /// which is told as such.
    pub(super) fn empty_newest(&self, load: &RunLoad) -> Option<String> {
        let unplaced = self.timeline.unplaced as usize;
        let empty = load.ran.iter().skip(unplaced).rev().take_while(|&&ran| ran == 0).count();
        let is_any = load.ran.iter().any(|&ran| ran > 0) || self.timeline.branch.is_some();
        if empty == 0 || !is_any {
            return None;
        }
        let runs = &self.timeline.runs[load.ran.len() - empty..];
        let records = runs.iter().map(|run| self.tally.runs()[run.number as usize].records).sum();
        let (holds, their) = if empty == 1 { ("holds", "its") } else { ("hold", "their") };
        Some(format!(
            "the newest {} {holds} no outcome that counts: none of {their} {} is a pass or a failure that is judged (skipped, of \
             infrastructure, or of a word that the profile does not name), so that verdicts are those of earlier runs",
            self.newest(empty),
            plural(records, "record")
        ))
    }

    /// That most of what usually runs has no outcome that counts in the newest runs, whether their records are there or not: a
    /// run of several archives lacks some of these, each of which is whole.
    pub(super) fn thin_newest(&self, load: &RunLoad) -> Option<String> {
        let unplaced = self.timeline.unplaced as usize;
        let ran = &load.ran[unplaced..];
        let records = self.timeline.runs[unplaced..].iter();
        let records: Vec<u64> = records.map(|run| self.tally.runs()[run.number as usize].records).collect();
        let most = ran.iter().max().copied().unwrap_or(0);
        let thin = ran.iter().rev().take_while(|&&ran| ran * 2 < most).count();
        let (before, newest) = ran.split_at(ran.len() - thin);
        if thin == 0 || before.len() < LEAST_USUAL || newest.last() == Some(&0) {
            return None;
        }
        let (usual, usual_records) = (median(before), median(&records[..before.len()]));
        let is_short = records[before.len()..].iter().any(|&records| records * 2 < usual_records);
        let at_most = newest.iter().max().copied().unwrap_or(0);
        // Of one or two that are merely short, a smaller job that runs now and then looks the same.
        let (least, most_thin) = if is_short && thin <= SHORT {
            (LEAST_BESIDE_SHORT, before.len() / USUAL_BESIDE_SHORT)
        } else {
            (LEAST_USUAL, (before.len() / 10).max(1))
        };
        let is_usual = before.iter().filter(|&&ran| ran * 2 < usual).count() > most_thin;
        if is_usual || before.len() < least || at_most * 2 >= usual {
            return None;
        }
        let (holds, their) = if thin == 1 { ("holds", "its") } else { ("hold", "their") };
        let how = if is_short {
            "and few records: cut short, or divided".to_owned()
        } else {
            format!(
                "though {their} records are there (skipped, of infrastructure, or of a word that the profile does not name)"
            )
        };
        Some(format!(
            "the newest {} {holds} outcomes that count of at most {} where {} are usual, {how}: the verdicts of the others are \
             those of earlier runs",
            self.newest(thin),
            plural(at_most, "scenario"),
            count(usual),
        ))
    }

    /// So many of the newest runs by name: `run r7`, `2 runs of branch main (r7, r6)`.
    fn newest(&self, number: usize) -> String {
        let runs = self.timeline.runs.iter().rev().take(number.min(NAMED));
        let names = runs.map(|run| self.tally.text(self.tally.runs()[run.number as usize].id));
        let names: Vec<&str> = names.collect();
        let branch = self.timeline.branch.as_ref().map_or_else(String::new, |branch| format!(" of branch {branch}"));
        let more = if number > NAMED { format!(" and {} more", count((number - NAMED) as u64)) } else { String::new() };
        match &names[..] {
            [only] => format!("run {only}{branch}"),
            names => format!("{number} runs{branch} ({}{more})", names.join(", ")),
        }
    }
}

fn median(numbers: &[u64]) -> u64 {
    let mut sorted = numbers.to_vec();
    sorted.sort_unstable();
    sorted[sorted.len() / 2]
}
