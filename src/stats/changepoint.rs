//! Changepoints of one series of run bits: the exact best segmentation.
//!
//! Model (LUCI Analysis' changepoint model, with the exact optimum in place of its greedy
//! splitting): each segment fails at its own rate under a Beta(.3, .5) prior, and each changepoint
//! costs `ln kappa`. With `logL(x, n) = lnB(x+.3, n-x+.5) - lnB(.3, .5)` the score of a segmentation
//! is the sum of its segments' `logL` plus `(segments - 1) ln kappa`. Scores within 1e-9 tie, and a
//! tie goes to fewer segments, then to the earliest changepoints, the first one deciding first.
//!
//! A boundary inside a run of equal bits never improves the score (`logL` is convex along such a
//! run), so the dynamic programme steps from bit change to bit change, from the last to the first,
//! and `frontier` holds the boundaries that can still matter.

mod evidence;
mod frontier;
#[cfg(test)]
mod tests;

use evidence::Evidence;
use frontier::{Candidate, Frontier, Winner};

/// Scores closer than this tie.
const TIE: f64 = 1e-9;
/// Probability left out at each end of a position interval (99 % in all).
const POSITION_TAIL: f64 = 0.005;

/// Runs between changepoints.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Segment {
    /// Index of the first run.
    pub start: usize,
    /// Index after the last run.
    pub end: usize,
    /// Failing runs among them.
    pub fails: usize,
}

impl Segment {
    /// Number of runs.
    #[must_use]
    pub fn runs(&self) -> usize {
        self.end - self.start
    }

    /// Share of failing runs, in [0, 1]. Segments are never empty.
    #[must_use]
    pub fn rate(&self) -> f64 {
        self.fails as f64 / self.runs() as f64
    }
}

/// A change of the failure rate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Changepoint {
    /// Index of the first run after the change.
    pub position: usize,
    /// Lowest position of the 99 % interval.
    pub interval_low: usize,
    /// Highest position of the 99 % interval, inclusive.
    pub interval_high: usize,
    /// `P(C = position | Y)` between the neighbouring changepoints.
    pub probability: f64,
    /// Log Bayes factor of this change against none between its neighbours, plus `ln kappa`.
    pub gain: f64,
}

/// The best segmentation of a series.
#[derive(Debug, Clone, PartialEq)]
pub struct Segmentation {
    /// In run order, covering the series; empty only for an empty series.
    pub segments: Vec<Segment>,
    /// The starts of all segments but the first.
    pub changepoints: Vec<Changepoint>,
    /// `logL` of the series as one segment.
    pub unsplit: f64,
    /// Log Bayes factor of the segmentation against one segment, plus `ln kappa` per changepoint;
    /// 0 without changepoints.
    pub gain: f64,
}

/// Boundary between runs of equal bits, with the counts before it.
#[derive(Debug, Clone, Copy)]
struct Edge {
    fails: u32,
    passes: u32,
}

impl Edge {
    fn position(self) -> usize {
        self.fails as usize + self.passes as usize
    }

    fn evidence(self, evidence: &Evidence, end: Self) -> f64 {
        evidence.of((end.fails - self.fails) as usize, (end.passes - self.passes) as usize)
    }
}

/// The best way on from a boundary.
#[derive(Debug, Clone, Copy)]
struct Way {
    segments: u32,
    next: u32,
    /// Whether another is as good, within the tolerance.
    contested: bool,
}

/// Finds changepoints; owns buffers and tables that later series reuse, so give each worker one.
#[derive(Debug, Clone)]
pub struct Segmenter {
    ln_kappa: f64,
    evidence: Evidence,
    frontier: Frontier,
    edges: Vec<Edge>,
    ways: Vec<Way>,
    weights: Vec<f64>,
}

impl Segmenter {
    /// A segmenter whose changepoints cost `ln kappa` each; `None` unless `kappa` lies in (0, 1].
    #[must_use]
    pub fn new(kappa: f64) -> Option<Self> {
        (kappa > 0.0 && kappa <= 1.0).then(|| Self {
            ln_kappa: kappa.ln(),
            evidence: Evidence::default(),
            frontier: Frontier::default(),
            edges: Vec::new(),
            ways: Vec::new(),
            weights: Vec::new(),
        })
    }

    /// The best segmentation of a series of run bits (`true` is a failing run) in run order.
    ///
    /// Any length below 2^32; ties are told apart up to about 100,000 runs, beyond which rounding
    /// exceeds their tolerance. Time is quadratic in the number of bit changes at worst, and
    /// about linear where the rate is steady or changes clearly.
    pub fn segment(&mut self, bits: impl IntoIterator<Item = bool>) -> Segmentation {
        self.read(bits);
        let last = self.edges.len() - 1;
        let end = self.edges[last];
        if last <= 1 {
            let whole = Segment { start: 0, end: end.position(), fails: end.fails as usize };
            return Segmentation {
                segments: if last == 0 { Vec::new() } else { vec![whole] },
                changepoints: Vec::new(),
                unsplit: evidence::direct(end.fails as usize, end.passes as usize),
                gain: 0.0,
            };
        }
        self.evidence.cover(end.position());
        self.search();
        let path: Vec<Edge> = self.path(0).map(|place| self.edges[place]).collect();
        self.of_path(&path)
    }

    /// That segmentation, and where the last segment begins of that of the runs up to the last failing one; `None` without one.
    ///
    /// Clean runs at the end are one stretch, so that a search from the start finds both at once.
    pub fn segment_and_base(&mut self, bits: &[bool]) -> (Segmentation, Option<usize>) {
        let n = bits.len();
        let end = bits.iter().rposition(|bit| *bit).map_or(0, |last| last + 1);
        if end == 0 || end == n {
            let found = self.segment(bits.iter().copied());
            let base = found.segments.last().map(|last| last.start).filter(|_| end > 0);
            return (found, base);
        }
        self.read(bits.iter().rev().copied());
        self.evidence.cover(n);
        self.search();
        // The search tells ties apart from the other end.
        let is_unique = [0, 1].into_iter().all(|from| self.path(from).all(|place| !self.ways[place].contested));
        if !is_unique {
            let found = self.segment(bits.iter().copied());
            let base = self.last_start(bits[..end].iter().copied());
            return (found, Some(base));
        }
        let place = |place: usize| n - self.edges[place].position();
        let mut cuts: Vec<usize> = self.path(0).map(place).collect();
        cuts.reverse();
        let base = self.path(1).nth(1).map(place);
        self.read(bits.iter().copied());
        let edge = |cut: usize| self.edges[self.edges.partition_point(|edge| edge.position() < cut)];
        let path: Vec<Edge> = cuts.into_iter().map(edge).collect();
        (self.of_path(&path), base)
    }

    /// The segmentation with these boundaries, the start and the end included.
    fn of_path(&mut self, path: &[Edge]) -> Segmentation {
        let (first, end) = (path[0], path[path.len() - 1]);
        let unsplit = first.evidence(&self.evidence, end);
        let segments: Vec<_> = path
            .windows(2)
            .map(|pair| Segment {
                start: pair[0].position(),
                end: pair[1].position(),
                fails: (pair[1].fails - pair[0].fails) as usize,
            })
            .collect();
        let changepoints: Vec<_> = path.windows(3).map(|part| self.describe(part[0], part[1], part[2])).collect();
        let gain = if changepoints.is_empty() {
            0.0
        } else {
            let scores: f64 = path.windows(2).map(|pair| pair[0].evidence(&self.evidence, pair[1])).sum();
            scores + changepoints.len() as f64 * self.ln_kappa - unsplit
        };
        Segmentation { segments, changepoints, unsplit, gain }
    }

    /// Where the last segment of that segmentation begins: without what tells of the changes, which costs as much as finding them.
    pub fn last_start(&mut self, bits: impl IntoIterator<Item = bool>) -> usize {
        self.read(bits);
        let last = self.edges.len() - 1;
        if last <= 1 {
            return 0;
        }
        self.evidence.cover(self.edges[last].position());
        self.search();
        let starts = self.path(0).take_while(|&place| place < last);
        starts.last().map_or(0, |place| self.edges[place].position())
    }

    /// Collects the boundaries between runs of equal bits, the start and the end of the series.
    fn read(&mut self, bits: impl IntoIterator<Item = bool>) {
        self.edges.clear();
        let mut here = Edge { fails: 0, passes: 0 };
        let mut current = None;
        for bit in bits {
            if current != Some(bit) {
                current = Some(bit);
                self.edges.push(here);
            }
            let fail = u32::from(bit);
            here.fails += fail;
            here.passes += 1 - fail;
        }
        self.edges.push(here);
    }

    /// Fills `ways` from the last boundary to the first.
    fn search(&mut self) {
        let last = self.edges.len() - 1;
        self.ways.clear();
        self.ways.resize(self.edges.len(), Way { segments: 0, next: 0, contested: false });
        self.frontier.clear();
        let mut newest =
            Candidate { score: 0.0, fails: self.edges[last].fails, passes: self.edges[last].passes, edge: index(last) };
        self.frontier.push(newest);
        for (place, edge) in self.edges.iter().enumerate().take(last).rev() {
            let Some(winner) = self.frontier.best(&self.evidence, edge.fails, edge.passes, TIE) else {
                break;
            };
            let chosen = if winner.contested { self.settle(*edge, &winner) } else { winner.place };
            let next = self.frontier.candidates()[chosen].edge;
            let segments = self.ways[next as usize].segments + 1;
            self.ways[place] = Way { segments, next, contested: winner.contested };
            newest = Candidate {
                score: winner.score + self.ln_kappa,
                fails: edge.fails,
                passes: edge.passes,
                edge: index(place),
            };
            self.frontier.push(newest);
            self.frontier.prune(&self.evidence, chosen);
        }
    }

    /// Among candidates within the tolerance of the winner: fewest segments, then earliest.
    fn settle(&self, edge: Edge, winner: &Winner) -> usize {
        let mut chosen = winner.place;
        let mut rank = (u32::MAX, u32::MAX);
        for (place, candidate) in self.frontier.candidates().iter().enumerate() {
            let value = Frontier::value(&self.evidence, candidate, edge.fails, edge.passes);
            let own = (self.ways[candidate.edge as usize].segments, candidate.edge);
            if value >= winner.score - TIE && own < rank {
                rank = own;
                chosen = place;
            }
        }
        chosen
    }

    /// The places of the boundaries of the best segmentation from one on, it and the end included.
    fn path(&self, from: usize) -> impl Iterator<Item = usize> {
        let last = self.edges.len() - 1;
        let next = move |&place: &usize| (place < last).then(|| self.ways[place].next as usize);
        std::iter::successors(Some(from), next)
    }

    /// Position interval and gain of the changepoint `at` between its neighbours.
    fn describe(&mut self, from: Edge, at: Edge, to: Edge) -> Changepoint {
        let split = |at: Edge| at.evidence(&self.evidence, to) + from.evidence(&self.evidence, at);
        // The position at a bit change is the most likely one or close to it: a safe scale.
        let scale = split(at);
        let inner = self.edges.partition_point(|edge| edge.position() <= from.position());
        self.weights.clear();
        let mut here = from;
        for edge in &self.edges[inner..] {
            let fails = edge.fails > here.fails;
            while here.position() < edge.position() && here.position() + 1 < to.position() {
                here.fails += u32::from(fails);
                here.passes += u32::from(!fails);
                self.weights.push((split(here) - scale).exp());
            }
        }
        let total: f64 = self.weights.iter().sum();
        let first = from.position() + 1;
        let mut low = None;
        let mut high = None;
        let mut sum = 0.0;
        for (position, weight) in (first..).zip(&self.weights) {
            sum += weight;
            if low.is_none() && sum >= POSITION_TAIL * total {
                low = Some(position);
            }
            if sum >= (1.0 - POSITION_TAIL) * total {
                high = Some(position);
                break;
            }
        }
        let unsplit = from.evidence(&self.evidence, to);
        Changepoint {
            position: at.position(),
            interval_low: low.unwrap_or(at.position()),
            interval_high: high.unwrap_or(at.position()),
            probability: self.weights[at.position() - first] / total,
            gain: scale - unsplit + self.ln_kappa,
        }
    }
}

/// Boundaries are numbered in 32 bits: a series has fewer than 2^32 runs.
fn index(place: usize) -> u32 {
    u32::try_from(place).unwrap_or(u32::MAX)
}
