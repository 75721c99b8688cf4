//! The head of the page: numbers and words of ours, and names of branches, escaped; it needs no script.

use serde::Serialize;

use super::kept::Kept;
use crate::recurrence::Kind;
use crate::report::account::repaired;
use crate::report::basis::Basis;
use crate::report::nowadays::in_words;
use crate::report::outcomes;
use crate::report::unknown::Unknown;
use crate::report::weekly::{MADE, Weekly};
use crate::text::dates::day;
use crate::text::inert::inert;
use crate::text::terminal::{count, plural};

/// What the template fills in above the data.
#[derive(Debug, Serialize)]
pub(super) struct Head {
    title: String,
    span: String,
    generated: String,
    /// What fails now, what came back or is new; empty where nothing failed.
    now: String,
    failed: String,
    tiles: Vec<Tile>,
    /// `Since` with a day; empty where nothing was compared.
    since: String,
    /// What of the incidents is not in the page; empty where all are.
    left_out: String,
    has_benchmarks: bool,
    has_incidents: bool,
    /// How many records are of unknown outcome; empty where there are none.
    unknown: String,
    name_them: &'static str,
    /// What is said where nothing failed.
    none_failed: String,
    reconciled: String,
    /// What was repaired; empty where nothing was.
    repaired: String,
    lost: String,
}

/// One number of the first screen.
#[derive(Debug, Serialize)]
struct Tile {
    /// What it filters the incidents by; empty for a link.
    filter: &'static str,
    value: &'static str,
    /// Where it leads.
    href: &'static str,
    sign: &'static str,
    number: String,
    noun: &'static str,
    detail: String,
    tone: &'static str,
}

pub(super) fn head(weekly: &Weekly<'_>, kept: &Kept<'_>) -> Head {
    let totals = weekly.ledger.totals();
    let counts = &totals.counts;
    let found = weekly.incidents;
    let times = || weekly.recurrence.runs.iter().filter_map(|run| run.first_unix_ms);
    let basis = Basis { incidents: found, recurrence: weekly.recurrence };
    let show = |name: &str| inert(name, 60).into_owned();
    let unreadable = weekly.ledger.skipped.iter().filter(|skipped| skipped.is_loss).count() as u64;
    let not_said = Unknown::of(weekly.recurrence).told().map_or_else(String::new, |told| format!(" Note: {told}."));
    Head {
        title: match &found.nothing {
            Some(nothing) => nothing.headline.clone(),
            None => basis.headline(show),
        },
        span: match (times().min(), times().max()) {
            (Some(first), Some(last)) => span(&day(first), &day(last)),
            _ => String::new(),
        },
        generated: MADE.to_string(),
        now: in_words(weekly.recurrence),
        failed: match (&found.nothing, found.elsewhere(weekly.recurrence, show)) {
            _ if found.untested().is_some() => String::new(),
            (Some(nothing), _) => nothing.details.join(" "),
            (None, Some((elsewhere, _))) => format!("{}; {elsewhere}.{not_said}", basis.failed()),
            (None, None) => format!("{}.{not_said}", basis.failed()),
        },
        tiles: if found.nothing.is_some() || found.untested().is_some() { Vec::new() } else { tiles(weekly, kept) },
        since: weekly.since.map_or_else(String::new, |since| format!("Since {}", since.begin())),
        left_out: left_out(weekly, kept),
        has_benchmarks: weekly.benchmarks.is_some_and(|judged| !judged.series.is_empty()),
        has_incidents: !found.incidents.is_empty(),
        unknown: outcomes::unknown(&totals.unjudged).unwrap_or_default(),
        name_them: outcomes::NAME_THEM,
        none_failed: found.untested().map_or_else(
            || outcomes::none_failed(found.records, &totals.unjudged, !weekly.ledger.has_lost_text()),
            str::to_owned,
        ),
        reconciled: format!(
            "{} lines = {} parsed + {} blank + {} rejected, in {}",
            count(counts.lines),
            count(counts.parsed),
            count(counts.blank),
            count(counts.rejected.total()),
            plural(totals.archives, "archive"),
        ),
        repaired: repaired(&counts.repaired).unwrap_or_default(),
        lost: [
            (totals.damaged_archives, plural(totals.damaged_archives, "archive") + " damaged"),
            (unreadable, plural(unreadable, "path") + " unreadable"),
            (counts.rejected.total(), plural(counts.rejected.total(), "line") + " rejected"),
            (counts.lost_bytes, crate::text::terminal::bytes(counts.lost_bytes as f64) + " of text lost around damage"),
        ]
        .into_iter()
        .filter_map(|(number, what)| (number > 0).then_some(what))
        .chain(found.nothing.as_ref().map(|nothing| nothing.headline.clone()))
        .collect::<Vec<_>>()
        .join(", "),
    }
}

/// Which incidents a page that is cut does not hold.
fn left_out(weekly: &Weekly<'_>, kept: &Kept<'_>) -> String {
    let (here, all) = (kept.rows.len(), weekly.incidents.incidents.len());
    if here == all {
        return String::new();
    }
    let first = if weekly.since.is_some() { "what is new or worse first, then the gravest" } else { "the gravest" };
    let [here, all] = [here, all].map(|number| count(number as u64));
    format!("This page holds {here} of {all} incidents, {first}; incidents.json has all")
}

/// A tile's words, with how many of its incidents are in the page where not all are.
fn detail(words: String, number: u64, here: usize) -> String {
    let here = match here as u64 {
        all if all == number => String::new(),
        0 => "none in this page".to_owned(),
        some => format!("{} in this page", count(some)),
    };
    [words, here].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("; ")
}

fn tiles(weekly: &Weekly<'_>, kept: &Kept<'_>) -> Vec<Tile> {
    let mut tiles = Vec::new();
    if let Some(since) = weekly.since {
        let news: Vec<String> = since
            .kinds
            .iter()
            .filter(|kind| kind.is_news && kind.incidents > 0)
            .map(|kind| format!("{} {}", count(kind.incidents), kind.name))
            .collect();
        tiles.push(Tile {
            filter: "",
            value: "",
            href: "#since",
            sign: "+",
            number: count(since.news()),
            noun: "new or worse",
            detail: detail(
                format!("{} since {}", news.join(", "), since.begin()).trim_start().to_owned(),
                since.news(),
                kept.news(),
            ),
            tone: if since.news() > 0 { "news" } else { "calm" },
        });
    }
    for (kind, sign, noun) in [
        (Some(Kind::Deterministic), "D", "deterministic"),
        (Some(Kind::Flaky), "F", "flaky"),
        (Some(Kind::Unproven), "?", "unproven"),
        (Some(Kind::Resolved), "✓", "resolved"),
        (Some(Kind::None), "–", "set aside"),
        (None, "i", "without a verdict"),
    ] {
        let rows: Vec<_> = weekly.incidents.incidents.iter().filter(|row| row.kind == kind).collect();
        if rows.is_empty() && matches!(kind, None | Some(Kind::None)) {
            continue;
        }
        let critical = rows.iter().filter(|row| row.severity.rank() == 0).count() as u64;
        tiles.push(Tile {
            filter: "kind",
            value: kind.map_or("unjudged", |kind| kind.name()),
            href: "#incidents",
            sign,
            number: count(rows.len() as u64),
            noun,
            detail: detail(
                match (kind, critical) {
                    (None, _) => "infrastructure, or branches not judged".into(),
                    (Some(Kind::None), _) => "failed only when most did, and passed since".into(),
                    (Some(_), 0) => String::new(),
                    (Some(_), critical) => format!("{} critical", count(critical)),
                },
                rows.len() as u64,
                kept.rows.iter().filter(|(row, _)| row.kind == kind).count(),
            ),
            tone: if matches!(kind, None | Some(Kind::None)) { "calm" } else { noun },
        });
    }
    let ledger = weekly.ledger;
    let unknown = ledger.totals().unjudged.unknown_outcomes();
    if unknown > 0 {
        tiles.push(Tile {
            filter: "",
            value: "",
            href: "#ledger",
            sign: "!",
            number: count(unknown),
            noun: if unknown == 1 { "unknown outcome" } else { "unknown outcomes" },
            detail: "words that the profile does not name".into(),
            tone: "news",
        });
    }
    let lossy = ledger.archives.iter().filter(|one| one.damage_count + one.counts.rejected.total() > 0).count();
    let lost = lossy + ledger.skipped.iter().filter(|skipped| skipped.is_loss).count();
    if lost > 0 {
        tiles.push(Tile {
            filter: "",
            value: "",
            href: "#ledger",
            sign: "!",
            number: count(lost as u64),
            noun: if lost == 1 { "archive not whole" } else { "archives not whole" },
            detail: "see what is missing".into(),
            tone: "news",
        });
    }
    tiles
}

fn span(first: &str, last: &str) -> String {
    if first == last { first.to_owned() } else { format!("{first} to {last}") }
}
