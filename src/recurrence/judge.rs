//! Judging a tally.

use std::collections::BTreeMap;

use rayon::prelude::*;
use xxhash_rust::xxh3::xxh3_64;

use super::attempts::collect;
use super::bench::{Bench, Finders};
use super::breakages;
use super::case::{Case, of_several};
use super::draft::{Adjusted, Draft};
use super::ended::ended;
use super::families;
use super::grouping::{group_id, name_groups};
use super::groups;
use super::judgement::{Recurrence, RunRow, ScenarioJudgement, Summary};
use super::landed;
use super::mass::{MassFailures, RunLoad, is_counted_failure};
use super::options::Options;
use super::series::Series;
use super::timeline::timelines;
use super::timeline_judge::TimelineJudge;
use super::together::Together;
use super::verdict::{Kind, Verdict};
use super::ways::Ways;
use super::witness;
use crate::arrange::arrange;
use crate::fingerprints::Fingerprints;
use crate::tally::{Cell, CellsByScenario, Clean, Facet, First, RunOrder, Tally};
use crate::text::run_length::run_length;
use crate::text::terminal::listed;

/// Runs that a warning names.
const NAMED: usize = 4;

/// Judges every scenario and every signature. Runs on the rayon pool that it is called in; the result does not depend
/// on it. `clean`: the scenarios that are not in the tally because they never failed.
#[must_use]
pub fn judge(tally: &Tally, clean: &Clean, order: &RunOrder, options: &Options) -> Recurrence {
    let scenarios = tally.cells_by_scenario();
    let firsts = newest_firsts(tally, order);
    let mut all = Recurrence {
        summary: Summary::default(),
        runs: Vec::new(),
        groups: Vec::new(),
        scenarios: Vec::new(),
        never_failed: never_failed(tally, clean),
    };
    let odds = options.relapse_odds;
    all.summary.relapse_odds = (odds.to_bits() != Options::default().relapse_odds.to_bits()).then_some(odds);
    let (timelines, doubts) = timelines(tally, order, options);
    if timelines.len() > 1 {
        let names: Vec<String> = timelines.iter().filter_map(|timeline| timeline.branch.clone()).collect();
        let told = format!("runs are of several branches, judged apart: {}", names.join(", "));
        all.summary.judged_apart = Some(told.clone());
        all.summary.warnings.push(told);
    }
    let mut fixes = vec![landed::Fate::default(); options.fixes.len()];
    for timeline in &timelines {
        let first_run = u32::try_from(all.runs.len()).unwrap_or(u32::MAX);
        let landed = landed::landed(tally, timeline, options);
        let known = all.scenarios.len();
        let judge =
            TimelineJudge { tally, clean, order, timeline, first_run, options, firsts: &firsts, landed: &landed };
        let mass = judge.mass_failures(&scenarios);
        let marked = timeline.with_mass(&mass.failures.runs);
        TimelineJudge { timeline: &marked, ..judge }.judge(&scenarios, &mass, &mut all);
        landed::follow(&mut fixes, &options.fixes, &landed, &all.scenarios[known..]);
    }
    all.summary.of_fixes = landed::warnings(&options.fixes, &fixes);
    all.summary.warnings.extend(all.summary.of_fixes.iter().cloned());
    all.summary.warnings.extend(doubts);
    let disagreeing =
        |facet: fn(&crate::tally::Run) -> Facet| tally.runs().iter().filter(|run| facet(run) == Facet::Several).count();
    for (what, runs) in [("revisions", disagreeing(|run| run.revision)), ("branches", disagreeing(|run| run.branch))] {
        if runs > 0 {
            all.summary.warnings.push(format!("runs that name several {what}, which are taken as unknown: {runs}"));
        }
    }
    if options.branch.is_some() {
        all.summary.warnings.extend(of_no_branch(tally, order));
    }
    all.summary.warnings.extend(ended(tally, clean, &scenarios, order));
    all.summary.warnings.extend(order.warnings.iter().cloned());
    sort(&mut all.scenarios);
    all
}

/// The scenarios that never failed, of those that are in the tally too.
fn never_failed(tally: &Tally, clean: &Clean) -> Fingerprints {
    let mut has_failed = vec![false; tally.scenarios().len()];
    for incident in tally.incidents() {
        has_failed[incident.scenario as usize] = true;
    }
    let mut names = clean.names.clone();
    for (scenario, _) in (0..).zip(has_failed).filter(|(_, has_failed)| !has_failed) {
        names.add(tally.scenario_names(scenario));
    }
    names.seal();
    names
}

/// The runs that no pattern of branches can mean, newest first: a branch that one line spells otherwise takes a whole run
/// out of what is judged.
fn of_no_branch(tally: &Tally, order: &RunOrder) -> Option<String> {
    let is_known = |run: &&u32| matches!(tally.runs()[**run as usize].branch, Facet::One(_));
    let runs: Vec<&str> = order
        .runs
        .iter()
        .rev()
        .filter(|run| !is_known(run))
        .map(|&run| tally.text(tally.runs()[run as usize].id))
        .collect();
    let named = listed(runs.iter(), NAMED);
    let are = if runs.len() == 1 {
        "a run that names no branch, or several, is"
    } else {
        "runs that name no branch, or several, are"
    };
    (!runs.is_empty()).then(|| format!("{are} not judged, whatever failed there: {named}"))
}

/// For each incident, its first records by run, newest run first.
fn newest_firsts<'t>(tally: &'t Tally, order: &RunOrder) -> Vec<Vec<&'t First>> {
    let mut firsts: Vec<Vec<&First>> = vec![Vec::new(); tally.incidents().len()];
    for first in tally.firsts() {
        firsts[first.incident as usize].push(first);
    }
    for of_incident in &mut firsts {
        of_incident.sort_by_key(|first| std::cmp::Reverse(order.position[first.run as usize]));
    }
    firsts
}

/// Kind, stale last, then Wilson lower bound descending, then key.
fn sort(scenarios: &mut [ScenarioJudgement]) {
    let low =
        |row: &ScenarioJudgement| crate::stats::interval::wilson_95(row.failed_runs, row.runs).map_or(0.0, |i| i.low);
    let lows: Vec<f64> = scenarios.iter().map(low).collect();
    arrange(scenarios, |rows, a, b| {
        let key = |at: usize| (rows[at].stale, rows[at].judged.kind);
        key(a)
            .cmp(&key(b))
            .then_with(|| lows[b].total_cmp(&lows[a]))
            .then_with(|| rows[a].names().cmp(&rows[b].names()))
            .then_with(|| rows[a].branch.cmp(&rows[b].branch))
    });
}

impl TimelineJudge<'_> {
    fn judge(&self, scenarios: &CellsByScenario<'_>, mass: &Mass, all: &mut Recurrence) {
        let (mut cases, counts) = self.cases(scenarios, &mass.failures);
        let summary = &mut all.summary;
        summary.scenarios += mass.load.scenarios;
        summary.runs += self.timeline.runs.len() as u64;
        summary.mass_failure_runs.extend(mass.failures.runs.iter().map(|&run| self.run_name(run)));
        summary.warnings.extend(mass.failures.chronic(self.timeline.runs.len()));
        if let Some(warning) = self.empty_newest(&mass.load).or_else(|| self.thin_newest(&mass.load)) {
            summary.warnings.push(warning.clone());
            summary.empty_newest.push(warning);
        }
        summary.warnings.extend(of_several(&cases));
        let mut relapses = self.relapses(&cases);
        all.runs.extend(self.timeline.runs.iter().map(|run| self.run_row(run.number)));

        let drafts: Vec<&Draft> = cases.iter().flat_map(|case| &case.drafts).collect();
        let mut sizes = BTreeMap::new();
        let adjusted = families::adjust_all(&drafts, self.options.alpha, &mut sizes);
        let histories: Vec<groups::History> = cases.iter_mut().map(|case| std::mem::take(&mut case.runs)).collect();
        let mut rest = &adjusted[..];
        let of_cases = cases.iter().map(|case| rest.split_off(..case.drafts.len()).unwrap_or_default());
        let of_cases: Vec<&[Adjusted]> = of_cases.collect();
        let runs = self.timeline.runs.len() as u64 - u64::from(self.timeline.unplaced);
        let groups = groups::find(&histories, runs, self.options.alpha, self.options.q);
        let by_change = breakages::by_change(breakages::of_cases(&cases));
        let first_group = all.groups.len();
        let together = groups.together(&histories).into_par_iter().zip(&histories).map(|(together, history)| {
            let group = |(at, last_failed)| Together { group: group_id(first_group + at), last_failed, history };
            together.map(group)
        });
        let together: Vec<Option<Together<'_>>> = together.collect();
        let settled = cases.into_par_iter().zip(of_cases).zip(together);
        let settled = settled.map(|((case, adjusted), together)| self.settle(*case, adjusted, together.as_ref()));
        let mut rows: Vec<ScenarioJudgement> = settled.collect();
        sizes.insert("co-failure/scenario", groups.size);
        if groups.only_equal {
            let warning = "too many different histories to compare all: only equal ones are groups";
            summary.warnings.push(warning.to_owned());
        }
        for (name, size) in sizes {
            let sum = summary.families.entry(name).or_default();
            sum.tested += size.tested;
            sum.kept += size.kept;
        }
        self.add_groups(groups.found, by_change, &histories, &mut rows, &mut all.groups);
        name_groups(&mut relapses, &rows);
        summary.relapses.extend(relapses);
        for row in &rows {
            *summary.by_verdict.entry(row.judged.verdict.name()).or_default() += 1;
            *summary.by_kind.entry(row.judged.kind.name()).or_default() += 1;
        }
        if counts.unlisted > 0 {
            *summary.by_verdict.entry(Verdict::NoFailure.name()).or_default() += counts.unlisted;
            *summary.by_kind.entry(Kind::None.name()).or_default() += counts.unlisted;
        }
        if all.scenarios.is_empty() {
            all.scenarios = rows;
        } else {
            all.scenarios.extend(rows);
        }
    }

    pub(super) fn run_row(&self, number: u32) -> RunRow {
        let run = &self.tally.runs()[number as usize];
        let text = |facet| match facet {
            Facet::One(symbol) => Some(self.tally.text(symbol).to_owned()),
            Facet::Unknown | Facet::Several => None,
        };
        RunRow {
            id: self.tally.text(run.id).to_owned(),
            first_unix_ms: self.order.clock(number),
            revision: text(run.revision),
            branch: text(run.branch),
        }
    }

    fn mass_failures(&self, scenarios: &CellsByScenario<'_>) -> Mass {
        let load = (0..scenarios.scenarios())
            .into_par_iter()
            .fold(
                || RunLoad::new(self.timeline),
                |mut load, scenario| {
                    load.count(self.tally, self.timeline, scenarios.of(scenario));
                    load
                },
            )
            .reduce(|| RunLoad::new(self.timeline), |a, b| a.merge(&b))
            .merge(&self.clean_load());
        let failures = if self.options.mass_failures { load.mass_failures() } else { MassFailures::default() };
        Mass { load, failures }
    }

    /// How many scenarios that are not in the tally passed on this timeline.
    fn clean_scenarios(&self) -> u64 {
        self.clean.passed_on(|run| self.timeline.place[run as usize].is_some())
    }

    /// The load of the scenarios that are not in the tally.
    fn clean_load(&self) -> RunLoad {
        let mut load = RunLoad::new(self.timeline);
        load.scenarios = self.clean_scenarios();
        for (ran, run) in load.ran.iter_mut().zip(&self.timeline.runs) {
            *ran = self.clean.ran(run.number);
        }
        load
    }

    /// Every scenario that failed, or all if asked, judged alone.
    #[expect(clippy::vec_box, reason = "kilobytes each: they are sorted, and let go one by one")]
    fn cases(&self, scenarios: &CellsByScenario<'_>, mass: &MassFailures) -> (Vec<Box<Case>>, Counts) {
        let drawn: Vec<Drawn> = (0..scenarios.scenarios())
            .into_par_iter()
            .map_init(
                || Finders::new(self.options),
                |finders, scenario| match finders {
                    Some(finders) => self.case(scenario, scenarios.of(scenario), mass, finders),
                    None => Drawn::Absent,
                },
            )
            .collect();
        let mut counts = Counts { unlisted: self.clean_scenarios() };
        let mut cases = Vec::new();
        for drawn in drawn {
            match drawn {
                Drawn::Absent => {}
                Drawn::Clean => counts.unlisted += 1,
                Drawn::Case(case) => cases.push(case),
            }
        }
        // Numbers of scenarios follow the order of arrival; names do not.
        cases.sort_by(|a, b| a.row.names().cmp(&b.row.names()));
        (cases, counts)
    }

    fn case(&self, scenario: u32, cells: &[&Cell], mass: &MassFailures, finders: &mut Finders) -> Drawn {
        let may_have_failed =
            cells.iter().any(|cell| self.tally.outcomes(cell).any(|outcome| is_counted_failure(self.tally, outcome)));
        if !may_have_failed && !self.options.all {
            let ran = |run: u32| self.timeline.place[run as usize].is_some();
            let counted = cells.iter().any(|cell| cell.passed.iter().any(|(run, _)| ran(run)));
            return if counted { Drawn::Clean } else { Drawn::Absent };
        }
        let attempts = collect(self.tally, self.timeline, cells);
        let raw = Series::of_scenario(&attempts);
        if raw.runs.is_empty() && attempts.unplaced.is_empty() {
            return Drawn::Absent;
        }
        let failed_unplaced = attempts.unplaced.values().any(|&failed| failed);
        if raw.x() == 0 && !failed_unplaced && !self.options.all {
            return Drawn::Clean;
        }
        let aside = mass.set_aside(&raw, &attempts);
        let names = self.tally.scenario_names(scenario);
        let landed = self.landed_of(names[2]);
        let bench = Bench { attempts: &attempts, timeline: self.timeline, key: key(&names, ""), landed };
        let if_clean = match raw.x() {
            // A failure that nobody knows the place of is one all the same.
            _ if failed_unplaced => Verdict::InsufficientEvidence,
            0 => Verdict::NoFailure,
            _ => Verdict::SetAside,
        };
        let timeline = self.marks(&raw, &aside, &attempts);
        let series = raw.without(&aside);
        let history = run_length(series.runs.iter().map(|run| if run.failed { 'F' } else { 'P' }));
        // A vector that grows by one takes room for four.
        let mut drafts = Vec::with_capacity(1 + attempts.signatures.len());
        drafts.push(bench.draft(&series, None, if_clean, finders));
        if let Some(look) = &mut drafts[0].fix.planned {
            look.ask_for_reasons(&attempts);
        }
        let ways = Ways::new(&attempts);
        for (place, judged_alone) in (0u32..).zip(ways.judged_alone(attempts.signatures.len())) {
            if !judged_alone {
                drafts.push(ways.counts(place, &aside, drafts[0].whole.x));
            } else if attempts.signatures.len() == 1 {
                // The only way to fail has the scenario's own series.
                drafts.push(Draft { signature: Some(0), ..drafts[0].clone() });
                drafts[1].environment.test = None;
                drafts[1].seed.test = None;
                drafts[1].revision.test = None;
                (drafts[1].calendar, drafts[1].trend, drafts[1].clumping) = ([None; 2], None, None);
            } else {
                let key = key(&names, &attempts.signatures[place as usize].id);
                let bench = Bench { key, ..bench };
                let own = ways.series(place);
                let if_clean = if own.x() > 0 { Verdict::SetAside } else { Verdict::InsufficientEvidence };
                drafts.push(bench.draft(&own.without(&aside), Some(place), if_clean, finders));
            }
        }
        let mixed = witness::under_one_revision(&attempts, self.timeline, &aside);
        for (draft, mixed) in drafts[1..].iter_mut().zip(mixed) {
            draft.mixed = mixed;
        }
        Drawn::Case(Box::new(self.describe(&names, &attempts, &series, drafts, &aside, history, timeline)))
    }
}

struct Mass {
    load: RunLoad,
    failures: MassFailures,
}

#[derive(Default)]
struct Counts {
    /// Scenarios that never failed and are not listed.
    unlisted: u64,
}

enum Drawn {
    /// Not on this timeline.
    Absent,
    /// Never failed, and not asked for.
    Clean,
    Case(Box<Case>),
}

/// A number that is always the same for the same names, to draw from.
fn key(names: &[&str; 4], signature: &str) -> u64 {
    let mut text = String::new();
    for part in names.iter().chain([&signature]) {
        text.push_str(part);
        text.push('\u{1f}');
    }
    xxh3_64(text.as_bytes())
}
