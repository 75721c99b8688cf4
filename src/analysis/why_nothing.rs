//! What is said when a sweep comes to nothing, so that no silence reads as an all-clear: why, and what there is instead.

use super::nothing::Nothing;
use crate::archive::{ArchiveLedger, Entry, Ledger, next_step};
use crate::file_names::ALL_IN_LEDGER;
use crate::record::Profiles;
use crate::recurrence::{Options, Recurrence};
use crate::sweep::{Bound, Outcome, Silent, Sweep, Window};
use crate::tally::{Clock, Facet, Rule, Run, Tally};
use crate::text::shell::posix;
use crate::text::terminal::{count, plural};

/// Archives that are named.
const MOST_ARCHIVES: usize = 8;
/// Names that are listed of what there is.
const MOST_NAMES: usize = 10;

impl Outcome {
    /// Why there is nothing that could have failed; `None` where there is something. `judged`: what was judged, where
    /// anything was to be, and how.
    #[must_use]
    pub fn nothing(&self, judged: Option<(&Recurrence, &Options)>) -> Option<Nothing> {
        let counts = self.ledger.totals().counts;
        if counts.records() == 0 {
            return Some(unread(&self.ledger, &self.sweep));
        }
        if counts.filtered == counts.records() {
            return Some(self.left_out());
        }
        let (judged, options) = judged.filter(|_| counts.records() > counts.benchmark_lines)?;
        if self.tally.runs().is_empty() {
            return Some(self.left_out());
        }
        if let Some(branch) = options.branch.as_ref().filter(|_| judged.summary.runs == 0) {
            let wanted = branch.glob().glob();
            let headline = format!(
                "nothing is left to judge: --branch `{wanted}` leaves none of {}",
                plural(self.tally.runs().len() as u64, "run")
            );
            return Some(Nothing { headline, details: vec![branches(&self.tally, wanted)] });
        }
        let is_any_judged = judged.summary.by_verdict.values().any(|&scenarios| scenarios > 0);
        // Outcomes that nobody knows the meaning of are told as such, and may be failures.
        let is_known = self.ledger.totals().unjudged.unknown_outcomes() == 0;
        let judged_runs = judged.run_ids();
        let runs = self.tally.runs();
        let is_of_judged = |run: &Run| judged_runs.contains(self.tally.text(run.id));
        let is_any_failure = self.tally.firsts().iter().any(|first| is_of_judged(&runs[first.run as usize]));
        (is_known && !is_any_judged && !is_any_failure).then(|| Nothing {
            headline: format!(
                "nothing was judged: no record of {} is a pass or a failure",
                count(runs.iter().filter(|run| is_of_judged(run)).map(|run| run.records).sum())
            ),
            details: vec![
                "the outcome of each is one that the log's profile excludes, such as a skipped test; if its words are \
                 others, name them in a profile"
                    .to_owned(),
            ],
        })
    }

    /// That filters leave no record, and what there is without them.
    fn left_out(&self) -> Nothing {
        let counts = self.ledger.totals().counts;
        let shown = |name: &str, bound: Option<Bound>| bound.map(|bound| format!("{name} {bound}"));
        let (window, packet) = (self.sweep.window, self.sweep.packet.as_deref());
        let filters = [
            packet.map(|packet| format!("--packet `{packet}`")),
            shown("--since", window.since),
            shown("--until", window.until),
        ];
        let filters: Vec<String> = filters.into_iter().flatten().collect();
        let filters = if filters.is_empty() { "what they were filtered by".to_owned() } else { filters.join(", ") };
        let headline = format!("nothing is left to judge: {filters}: none of {}", plural(counts.records(), "record"));
        let mut details = Vec::new();
        if packet.is_some() && counts.benchmark_lines > 0 {
            details.push("benchmark lines are no packet's, so that --packet leaves none of them".to_owned());
        }
        match self.without_filters() {
            Some(all) => {
                if let Some(packet) = packet {
                    details.push(packets(&all, packet));
                }
                if window != Window::default() {
                    details.push(span(&all));
                }
            }
            None => details.push("what was left out cannot be read again here, so that it is not named".to_owned()),
        }
        Nothing { headline, details }
    }

    /// The archives read again without any filter.
    fn without_filters(&self) -> Option<Outcome> {
        let mut all = Sweep { packet: None, window: Window::default(), keep_entries: true, ..self.sweep.clone() };
        (all.keep_clean, all.keep_contents, all.keep_window) = (false, false, false);
        let found = all.discover().ok().filter(|_| !self.sweep.is_elsewhere)?;
        if !found.archives.iter().all(Entry::can_be_read_again) {
            return None;
        }
        all.run_over(found, None, &Silent).ok()
    }
}

/// That no line is a record, and what each archive looks like.
fn unread(ledger: &Ledger, sweep: &Sweep) -> Nothing {
    let lines = ledger.totals().counts.lines;
    let headline = match lines {
        0 => "nothing could be read: there is no line".to_owned(),
        _ => format!("nothing could be read: none of {} is a record", plural(lines, "line")),
    };
    let mut details: Vec<String> = ledger.archives.iter().take(MOST_ARCHIVES).map(looks).collect();
    if ledger.archives.len() > MOST_ARCHIVES {
        let more = (ledger.archives.len() - MOST_ARCHIVES) as u64;
        details.push(format!("and {}: {ALL_IN_LEDGER}", plural(more, "more archive")));
    }
    let lost = ledger.skipped.iter().filter(|skipped| skipped.is_loss).take(MOST_ARCHIVES);
    details.extend(lost.map(|lost| format!("{}: {}", lost.path, lost.why)));
    let mut next: Vec<String> = Vec::new();
    for archive in &ledger.archives {
        let Some(likeness) = &archive.looks_like else { continue };
        let step = next_step(likeness, &posix(path(archive, sweep)));
        if next.len() < 3 && !next.contains(&step) {
            next.push(step);
        }
    }
    let is_json = ledger.archives.iter().any(|one| one.looks_like.as_ref().is_some_and(|it| it.starts_with("JSON")));
    if is_json && sweep.profiles.definitions() != Profiles::builtin().definitions() {
        next.insert(0, "without --profile the shape is told from the log's first records".to_owned());
    }
    details.extend(next.into_iter().map(|step| format!("next: {step}")));
    Nothing { headline, details }
}

/// What an archive without a record looks like.
fn looks(archive: &ArchiveLedger) -> String {
    let mut parts: Vec<String> = archive.looks_like.iter().map(|likeness| format!("looks like {likeness}")).collect();
    if let Some(damage) = archive.damage.first() {
        let what = serde_json::to_string(&damage.what).unwrap_or_default();
        let mut text = format!("{} at byte {}", what.trim_matches('"'), damage.compressed_offset);
        if let Some(needed) = damage.needed_window {
            text = format!("{text}, --max-window {}MiB reads it", needed.div_ceil(1 << 20));
        }
        parts.push(text);
    }
    if let Some(reject) = archive.rejects.first() {
        parts.push(format!("line {} is {}: {}", reject.line, reject.reason.name(), reject.message));
    }
    if let Some(other) = &archive.duplicate_of {
        parts.push(format!("the same text as {other}"));
    }
    format!("{}: {}", archive.path, parts.join("; "))
}

/// An archive's path, for a command.
fn path<'p>(archive: &'p ArchiveLedger, sweep: &'p Sweep) -> &'p str {
    match &sweep.inputs[..] {
        [only] if !std::path::Path::new(only).is_dir() => only,
        _ => &archive.path,
    }
}

/// Names with how much there is of each, those most like the wanted one first.
fn nearest(what: &str, names: Vec<(String, String)>, wanted: &str) -> String {
    let mut names = names;
    names.sort_by_cached_key(|(name, _)| (strsim::osa_distance(name, wanted), name.clone()));
    let more = names.len().saturating_sub(MOST_NAMES);
    let shown = names.into_iter().take(MOST_NAMES).map(|(name, number)| format!("`{name}` ({number})"));
    let shown: Vec<String> = shown.collect();
    match (shown.is_empty(), more) {
        (true, _) => format!("no record names one of the {what}"),
        (false, 0) => format!("{what} that there are: {}", shown.join(", ")),
        (false, more) => format!("{what} that there are: {} and {} more", shown.join(", "), count(more as u64)),
    }
}

fn packets(all: &Outcome, wanted: &str) -> String {
    let packets =
        all.entries.packets(Rule::Profile).into_iter().map(|(name, packet)| (name, plural(packet.total, "record")));
    nearest("packets", packets.collect(), wanted)
}

fn branches(tally: &Tally, wanted: &str) -> String {
    let mut runs = std::collections::BTreeMap::<&str, u64>::new();
    let mut unnamed = 0;
    for run in tally.runs() {
        match run.branch {
            Facet::One(branch) => *runs.entry(tally.text(branch)).or_default() += 1,
            Facet::Unknown | Facet::Several => unnamed += 1,
        }
    }
    let named = runs.into_iter().map(|(name, runs)| (name.to_owned(), plural(runs, "run"))).collect();
    let text = nearest("branches", named, wanted);
    if unnamed > 0 { format!("{text}; {} of no known branch", plural(unnamed, "run")) } else { text }
}

/// The times of what there is.
fn span(all: &Outcome) -> String {
    let runs = || all.order.runs.iter().filter_map(|&run| all.order.clock(run));
    let points = || all.benchmarks.points().filter_map(|point| point.unix_ms);
    let between = |first: Option<i64>, last: Option<i64>, what: String| {
        first.zip(last).map(|(first, last)| format!("{what} from {} to {}", Bound::At(first), Bound::At(last)))
    };
    let number = plural(all.tally.runs().len() as u64, "run");
    let parts = [
        between(runs().min(), runs().max(), format!("{number}, which began")),
        between(points().min(), points().max(), "benchmark lines".to_owned()),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    if !parts.is_empty() {
        return format!("there are {}", parts.join("; "));
    }
    let has = |time: fn(&Clock) -> Option<i64>| all.tally.runs().iter().any(|run| time(&run.clock).is_some());
    let said = match (has(Clock::start), has(Clock::unset_ms)) {
        (true, _) => "no run has a clock that can be right",
        (false, true) => "no record is dated since 2000",
        (false, false) => "no record has a time",
    };
    said.to_owned()
}
