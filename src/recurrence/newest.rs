//! Newest runs that hold nothing: where all was skipped, last week's verdicts stand, and nobody should take them for today's.

use super::mass::RunLoad;
use super::timeline_judge::TimelineJudge;
use crate::text::terminal::{count, plural};

/// Runs that are named.
const NAMED: usize = 4;

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
        let names = runs.iter().rev().take(NAMED).map(|run| self.tally.runs()[run.number as usize].id);
        let names: Vec<&str> = names.map(|id| self.tally.text(id)).collect();
        let branch = self.timeline.branch.as_ref().map_or_else(String::new, |branch| format!(" of branch {branch}"));
        let (which, their) = if empty == 1 {
            (format!("run {}{branch} holds", names[0]), "its")
        } else {
            let more =
                if empty > NAMED { format!(" and {} more", count((empty - NAMED) as u64)) } else { String::new() };
            (format!("{empty} runs{branch} ({}{more}) hold", names.join(", ")), "their")
        };
        Some(format!(
            "the newest {which} no outcome that counts: none of {their} {} is a pass or a failure that is judged (skipped, of \
             infrastructure, or of a word that the profile does not name), so that verdicts are those of earlier runs",
            plural(records, "record")
        ))
    }
}
