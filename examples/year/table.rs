//! What the sweeps said, beside the truth.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::ops::Range;

use relapse::recurrence::{Kind, Verdict};
use relapse::{Change, ScenarioJudgement};

use super::suite::{Scenario, way_of};
use super::world::World;

/// True and false ones.
#[derive(Clone, Copy, Debug, Default)]
struct Told {
    right: usize,
    wrong: usize,
}

/// What was said of one world.
#[derive(Debug, Default)]
struct Row {
    weeks: usize,
    false_fixed: usize,
    scenarios: BTreeSet<(u64, usize)>,
    ever_relapsed: BTreeSet<(u64, usize)>,
    returned: Told,
    worsened: Told,
    resolved: Told,
    /// Weeks in which it was told to fail ever more often.
    rising: usize,
    /// Changes of the kind of verdict from week to week.
    turns: usize,
    /// Weeks from a fix to its verdict.
    delays: Vec<usize>,
    verdicts: BTreeMap<Verdict, usize>,
}

/// All of it.
#[derive(Debug, Default)]
pub(crate) struct Table {
    rows: BTreeMap<String, (Bound, Row)>,
    pub(crate) sweeps: usize,
    pub(crate) compared: usize,
    last: BTreeMap<(u64, usize), Kind>,
    delayed: BTreeSet<(u64, usize, usize)>,
}

/// To which bound a world belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Bound {
    Steady,
    Bursts,
    Else,
}

fn bound_of(world: World) -> Bound {
    match world {
        World::Bursts(..) => Bound::Bursts,
        _ if world.is_steady() => Bound::Steady,
        _ => Bound::Else,
    }
}

impl Table {
    fn row(&mut self, world: World) -> &mut Row {
        // Groups are of one kind, whatever their number.
        let name = if let World::Group(_) = world { "Group".to_owned() } else { format!("{world:?}") };
        &mut self.rows.entry(name).or_insert_with(|| (bound_of(world), Row::default())).1
    }

    /// A verdict of a week; none where it never failed.
    pub(crate) fn judged(
        &mut self,
        id: (u64, usize),
        scenario: &Scenario,
        row: Option<&ScenarioJudgement>,
        now: usize,
        week: usize,
    ) {
        let kind = row.map_or(Kind::None, |row| row.judged.kind);
        let turned = self.last.insert(id, kind).is_some_and(|last| last != kind);
        let verdict = row.map_or(Verdict::NoFailure, |row| row.judged.verdict);
        let is_rising = row.is_some_and(|row| row.rising);
        let gone = scenario.life.gone_since(now);
        let is_first = gone.is_some_and(|gone| verdict == Verdict::Fixed && self.delayed.insert((id.0, id.1, gone)));
        let is_false = verdict == Verdict::Fixed && scenario.life.is_there(now, None);
        let row = self.row(scenario.world);
        row.weeks += 1;
        row.turns += usize::from(turned);
        row.rising += usize::from(is_rising);
        row.scenarios.insert(id);
        *row.verdicts.entry(verdict).or_default() += 1;
        row.false_fixed += usize::from(is_false);
        if verdict == Verdict::Relapsed {
            row.ever_relapsed.insert(id);
        }
        if let Some(gone) = gone.filter(|_| is_first) {
            row.delays.push((now - gone).div_ceil(week));
        }
    }

    /// A change of a week; of those whose kind says that something is other than it was.
    pub(crate) fn announced(&mut self, scenario: &Scenario, change: &Change, runs: Range<usize>) {
        // What failed along with everything is not the scenario's.
        if change.reason_code == "service_down" {
            return;
        }
        let (life, world) = (&scenario.life, scenario.world);
        let row = self.row(world);
        let (told, is_right) = match change.kind.name() {
            "returned" => (&mut row.returned, life.came_back(&runs)),
            "worsened" => (&mut row.worsened, life.is_worse(world, &runs)),
            "resolved" => (&mut row.resolved, !life.is_there(runs.end, Some(way_of(&change.reason_code)))),
            _ => return,
        };
        if is_right { told.right += 1 } else { told.wrong += 1 }
    }

    fn sum(&self, of: Option<Bound>, what: impl Fn(&Row) -> usize) -> usize {
        self.rows.values().filter(|(world, _)| of.is_none_or(|of| of == *world)).map(|(_, row)| what(row)).sum()
    }

    /// Each bound, what it is about, and what was measured.
    fn bounds(&self) -> [(&'static str, f64, f64); 5] {
        let share = |of, what: fn(&Row) -> usize, all: fn(&Row) -> usize| {
            self.sum(Some(of), what) as f64 / self.sum(Some(of), all).max(1) as f64
        };
        let weekly = |number: usize| number as f64 / self.compared.max(1) as f64;
        let not_bursts = |what: fn(&Row) -> usize| self.sum(None, what) - self.sum(Some(Bound::Bursts), what);
        [
            (
                "false `fixed` of steady flakes, a scenario-week",
                share(Bound::Steady, |row| row.false_fixed, |row| row.weeks),
                0.007,
            ),
            (
                "false `fixed` of bursts, a scenario-week",
                share(Bound::Bursts, |row| row.false_fixed, |row| row.weeks),
                0.06,
            ),
            (
                "steady flakes that were ever `relapsed`",
                share(Bound::Steady, |row| row.ever_relapsed.len(), |row| row.scenarios.len()),
                0.005,
            ),
            ("false `returned`, a week", weekly(not_bursts(|row| row.returned.wrong)), 1.0),
            ("false `worsened`, a week", weekly(not_bursts(|row| row.worsened.wrong)), 0.3),
        ]
    }

    /// Whether something is told to be worse and to be fixed, and rightly; `returned`: to have returned, too.
    pub(crate) fn tells(&self, returned: bool) -> bool {
        let right = |what: fn(&Row) -> Told| self.sum(None, |row| what(row).right) > 0;
        (!returned || right(|row| row.returned)) && right(|row| row.worsened) && right(|row| row.resolved)
    }

    /// What is told of bursts a week as returned, or worse: whether what lasts some runs and goes by itself came back is a matter of
    /// words.
    fn of_bursts(&self) -> [f64; 2] {
        let weekly = |what: fn(&Row) -> usize| self.sum(Some(Bound::Bursts), what) as f64 / self.compared.max(1) as f64;
        [weekly(|row| row.returned.wrong), weekly(|row| row.worsened.wrong)]
    }

    /// The bounds that do not hold.
    pub(crate) fn broken(&self) -> Vec<&'static str> {
        let broken = self.bounds().into_iter().filter(|(_, measured, bound)| measured > bound);
        broken.map(|(what, ..)| what).collect()
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} sweeps, {} compared\n", self.sweeps, self.compared)?;
        writeln!(
            f,
            "| world | scenarios | false `fixed` | ever `relapsed` | `returned` | `worsened` | `resolved` | `rising` | turns a year | weeks to `fixed` | \
             verdicts |\n|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|---|"
        )?;
        for (name, (_, row)) in &self.rows {
            let mut delays = row.delays.clone();
            delays.sort_unstable();
            let delay = delays.get(delays.len() / 2).map_or_else(String::new, usize::to_string);
            let mut verdicts: Vec<_> = row.verdicts.iter().map(|(verdict, weeks)| (*weeks, verdict.name())).collect();
            verdicts.sort_unstable_by(|a, b| b.cmp(a));
            let verdicts: Vec<String> = verdicts
                .iter()
                .take(4)
                .map(|(weeks, name)| format!("{name} {:.0} %", 100.0 * *weeks as f64 / row.weeks as f64))
                .collect();
            let told = |told: Told| format!("{}:{}", told.right, told.wrong);
            writeln!(
                f,
                "| {name} | {} | {:.2} % | {} | {} | {} | {} | {:.1} % | {:.1} | {delay} | {} |",
                row.scenarios.len(),
                100.0 * row.false_fixed as f64 / row.weeks.max(1) as f64,
                row.ever_relapsed.len(),
                told(row.returned),
                told(row.worsened),
                told(row.resolved),
                100.0 * row.rising as f64 / row.weeks.max(1) as f64,
                row.turns as f64 / row.scenarios.len().max(1) as f64,
                verdicts.join(", ")
            )?;
        }
        writeln!(f, "\n| | measured | bound |\n|---|--:|--:|")?;
        for (what, measured, bound) in self.bounds() {
            if bound < 0.1 {
                writeln!(f, "| {what} | {:.2} % | {:.1} % |", 100.0 * measured, 100.0 * bound)?;
            } else {
                writeln!(f, "| {what} | {measured:.2} | {bound} |")?;
            }
        }
        let [returned, worsened] = self.of_bursts();
        writeln!(f, "| `returned` of bursts, beside these, a week | {returned:.2} | |")?;
        writeln!(f, "| `worsened` of bursts, beside these, a week | {worsened:.2} | |")
    }
}
