//! Whole corpora: which cases, how many, and what surrounds them.

use super::cases::{CASES, Case, Drawn};
use super::corpus::{Corpus, Scenario};
use super::null::{WORLDS, World};
use super::oracle::judge;
use super::records::{Draw, mix};
use super::series::Series;
use super::stage::Stage;
use super::truth::Planted;

/// Draws after which a case is given up.
const MOST_DRAWS: usize = 5000;
/// The fewest runs in which every case has room.
const FEWEST_RUNS: usize = 100;
/// Runs at the end of a broken suite.
const BROKEN_RUNS: usize = 20;
/// A streak of mass failures that is too long to be set aside.
const LONG_OUTAGE: std::ops::Range<usize> = 15..18;

/// What a corpus is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Plan {
    /// Every case, among healthy scenarios, with two outages that are set aside.
    Mixed,
    /// A third of the suite broken for the newest runs, another third for three runs long ago.
    BrokenSuite,
    /// Series of worlds without a planted verdict, to count how often each is given.
    Worlds,
}

/// Sizes of a corpus.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Size {
    /// The seed of everything.
    pub(crate) seed: u64,
    /// Scenarios of each case or world.
    pub(crate) each: usize,
    /// Runs.
    pub(crate) runs: usize,
    /// Milliseconds from run to run.
    pub(crate) every_ms: u64,
    /// Whether runs name their revision.
    pub(crate) revisions: bool,
}

impl Plan {
    /// Draws a corpus, or says which case could not be planted.
    pub(crate) fn draw(self, size: Size) -> Result<Corpus, String> {
        if size.runs < FEWEST_RUNS || size.runs > 1000 {
            return Err(format!("{} runs: {FEWEST_RUNS} to 1000 have room for every case", size.runs));
        }
        let mut stage = Stage { every_ms: size.every_ms, ..Stage::plain(size.runs) };
        if size.revisions {
            stage = stage.with_revisions(&mut Draw::new(size.seed, 1));
        }
        match self {
            Self::Mixed => stage = stage.with_outages(),
            Self::BrokenSuite => stage.broken = vec![LONG_OUTAGE, size.runs - BROKEN_RUNS..size.runs],
            Self::Worlds => {}
        }
        let mut grower = Grower { size, stage, scenarios: Vec::new() };
        match self {
            Self::Mixed => grower.mixed()?,
            Self::BrokenSuite => grower.broken_suite()?,
            Self::Worlds => grower.worlds(),
        }
        let Grower { stage, scenarios, .. } = grower;
        let corpus = Corpus { seed: size.seed, stage, scenarios };
        Self::check(&corpus)?;
        Ok(corpus)
    }

    /// Whether the mass-failure runs are those that the truth was drawn for.
    fn check(corpus: &Corpus) -> Result<(), String> {
        let found = corpus.mass_failures();
        let stage = &corpus.stage;
        if found.set_aside == stage.outages && found.staying == stage.broken {
            return Ok(());
        }
        Err(format!("mass failures {found:?}, planned {:?} and {:?}", stage.outages, stage.broken))
    }
}

struct Grower {
    size: Size,
    stage: Stage,
    scenarios: Vec<Scenario>,
}

impl Grower {
    fn mixed(&mut self) -> Result<(), String> {
        for case in CASES.into_iter().flatten() {
            if case.fits.on(&self.stage) {
                self.plant(case, self.size.each)?;
            }
        }
        // Enough victims that a mass failure towers over what fails every day.
        let planted = self.scenarios.len();
        self.plant(named("outage_bystander"), planted)?;
        self.plant(named("healthy"), planted)
    }

    fn broken_suite(&mut self) -> Result<(), String> {
        let third = self.size.each * 6;
        let runs = self.stage.runs;
        let broken = Series::plain(runs, 0..runs, |run| run >= runs - BROKEN_RUNS);
        let recovered = Series::plain(runs, 0..runs, |run| LONG_OUTAGE.contains(&run));
        for (series, case, verdict, label, kind, why) in [
            (
                broken,
                "third_of_the_suite",
                "regressed",
                Some("deterministic"),
                "deterministic",
                "fails the newest 20 runs",
            ),
            (recovered, "three_runs_of_mass_failure", "fixed", None, "resolved", "fails in a streak of three runs"),
        ] {
            let answer = judge(&series, &self.stage)?;
            if (answer.verdict, answer.label, answer.kind) != (verdict, label, kind) {
                return Err(format!("`{case}` is {answer:?}"));
            }
            for _ in 0..third {
                let why = format!("{why} with a third of the suite: too many runs to be set aside");
                let planted = Planted { case, verdict: Some(verdict), label, kind: Some(kind), why };
                self.add(series.clone(), planted);
            }
        }
        for name in ["interleaved", "one_failure", "fixed_flake", "always_fails"] {
            self.plant(named(name), self.size.each)?;
        }
        self.plant(named("healthy"), third)
    }

    fn worlds(&mut self) {
        for world in WORLDS {
            for place in 0..self.size.each {
                let mut draw = Draw::new(self.size.seed, stream(world.name, place));
                let Drawn { series, why } = (world.draw)(&mut draw, self.stage.runs);
                self.add(series, Planted { case: world.name, why, ..Planted::default() });
            }
        }
    }

    fn plant(&mut self, case: &Case, count: usize) -> Result<(), String> {
        for place in 0..count {
            let mut draw = Draw::new(self.size.seed, stream(case.name, place));
            let drawn = draw_case(case, &self.stage, &mut draw)?;
            let planted = Planted {
                case: case.name,
                verdict: Some(case.verdict),
                label: case.label,
                kind: Some(case.kind),
                why: drawn.why,
            };
            self.add(drawn.series, planted);
        }
        Ok(())
    }

    fn add(&mut self, series: Series, planted: Planted) {
        self.scenarios.push(Scenario { number: self.scenarios.len(), series, planted });
    }
}

/// Draws a case until the rules call the history what the case stands for.
pub(super) fn draw_case(case: &Case, stage: &Stage, draw: &mut Draw) -> Result<Drawn, String> {
    let mut last = String::new();
    for _ in 0..MOST_DRAWS {
        let drawn = (case.draw)(stage, draw);
        match judge(&drawn.series, stage) {
            Ok(answer) if (answer.verdict, answer.label, answer.kind) == (case.verdict, case.label, case.kind) => {
                return Ok(drawn);
            }
            Ok(answer) => last = format!("{answer:?}, {}: {}", drawn.why, drawn.series.letters()),
            Err(doubt) => last = format!("{doubt}, {}: {}", drawn.why, drawn.series.letters()),
        }
    }
    Err(format!("`{}` could not be planted in {MOST_DRAWS} draws; the last was {last}", case.name))
}

fn named(name: &str) -> &'static Case {
    CASES.into_iter().flatten().find(|case| case.name == name).expect("the case is on the list")
}

/// The stream of a scenario's draws: it depends on no other case.
fn stream(name: &str, place: usize) -> u64 {
    let name = name.bytes().fold(7, |hash, byte| mix(hash, u64::from(byte)));
    mix(name, place as u64)
}
