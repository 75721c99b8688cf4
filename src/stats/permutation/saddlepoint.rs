//! The tail of G without draws, where it is a sum over many levels of one stratum.
//!
//! Given a stratum's fails, the levels' fails are those of independent levels whose sum is known: runs that fail on their own, at any
//! one rate. With `K(s, t) = sum over levels of ln sum_o C(n, o) exp(s o + t f(o))`, `f` the level's term of G, Skovgaard's double
//! saddlepoint approximation (Saddlepoint expansions for conditional distributions, 1987) of the chance that G reaches `g` is
//!
//! `1 - Phi(w) + phi(w) (1/u - 1/w)`, `w² / 2 = K(s0, 0) - s0 x - K(s, t) + s x + t g`, `u = t sqrt(|K''(s, t)| / K_ss(s0, 0))`,
//!
//! with `s`, `t` where the gradient of `K` is `(x, g)`, and `s0` where it is `x` for `t = 0`. Its error is relative: it holds as well at
//! p of 1e-4 as at .5. G takes steps where all levels are small; `g` is put half of a step lower, which makes p the greater one.
//!
//! Draws of two thousand runs cost milliseconds, this a microsecond where levels are small, since like ones are looked at once.

use super::TIE;
use super::design::Design;
use super::stage::{Group, Stage};
use crate::stats::special::normal_upper_tail;

/// Fewest levels that can vary: G of fewer takes few values, or has steps that no level's terms tell.
const LEAST_LEVELS: usize = 16;
/// Most of the variance of G that one level may make.
const MOST_OF_ONE: f64 = 0.25;
/// How near the mean, in standard deviations, the formula is 0/0; p is interpolated over ten times as much.
const CENTRE: f64 = 0.01;
const STEPS: usize = 60;
/// What looking at one number of fails costs, in looks of a draw at a level.
const OF_A_DRAW: usize = 25;

/// How many draws cost as much, where it may be good: one looks at each level or each fail, this at each number of fails of levels, like
/// ones together, some ten times.
pub(super) fn price(stages: &[Stage]) -> Option<u64> {
    let [Stage { fails, groups }] = stages else { return None };
    let levels = |least: usize| groups.iter().filter(|group| group.most() >= least).map(|group| group.levels).sum();
    let (all, varying): (usize, usize) = (levels(0), levels(2));
    let looked_at: usize = groups.iter().map(|group| group.most() + 1).sum();
    (varying >= LEAST_LEVELS).then(|| (looked_at * OF_A_DRAW / all.min(*fails)) as u64)
}

/// The levels of one stratum, given whose fails G has its distribution.
pub(super) struct Saddlepoint<'a> {
    groups: &'a [Group],
    terms: &'a [f64],
    fails: f64,
    /// G of the levels whose fails cannot vary.
    rest: f64,
    /// Half of a step of G.
    half_step: f64,
    /// Where nothing depends on the level.
    origin: Point,
    sd: f64,
}

/// `K` with its derivatives at some `(s, t)`.
#[derive(Debug, Clone, Copy, Default)]
struct Point {
    s: f64,
    t: f64,
    k: f64,
    fails: f64,
    g: f64,
    ss: f64,
    st: f64,
    tt: f64,
}

impl Point {
    fn determinant(&self) -> f64 {
        self.ss * self.tt - self.st * self.st
    }

    /// What is least where the gradient is `(fails, g)`.
    fn height(&self, fails: f64, g: f64) -> f64 {
        self.k - self.s * fails - self.t * g
    }
}

impl<'a> Saddlepoint<'a> {
    /// `None` where the approximation is not known to be good.
    pub(super) fn new(design: &'a Design, stages: &'a [Stage]) -> Option<Self> {
        let [Stage { fails, groups }] = stages else { return None };
        let mut found = Self {
            groups,
            terms: design.terms(),
            fails: *fails as f64,
            rest: 0.0,
            half_step: 0.0,
            origin: Point::default(),
            sd: 0.0,
        };
        let without_fails: f64 = groups.iter().map(|group| group.levels as f64 * found.terms[group.place]).sum();
        found.rest = design.origin() - without_fails;
        found.origin = found.at_rate()?;
        let origin = found.origin;
        let slope = origin.st / origin.ss;
        // Variances of one level each, less what its fails alone tell.
        let variances: Vec<f64> = groups
            .iter()
            .map(|group| {
                let Point { ss, st, tt, .. } = found.of(group, origin.s, 0.0);
                tt - 2.0 * slope * st + slope * slope * ss
            })
            .collect();
        let variance: f64 = groups.iter().zip(&variances).map(|(group, one)| group.levels as f64 * one).sum();
        let greatest = variances.iter().copied().fold(0.0, f64::max);
        if variance.is_nan() || variance <= 0.0 || greatest > MOST_OF_ONE * variance {
            return None;
        }
        found.sd = variance.sqrt();
        found.half_step = found.step(&variances) / 2.0;
        Some(found)
    }

    /// The chance that G reaches this one, if it can be told.
    pub(super) fn p(&self, g: f64) -> Option<f64> {
        let g = g - TIE - self.rest - self.half_step;
        let mean = self.origin.g;
        let p = if ((g - mean) / self.sd).abs() > CENTRE {
            self.tail(g)?
        } else {
            let off = 10.0 * CENTRE * self.sd;
            let share = (g - mean + off) / (2.0 * off);
            self.tail(mean - off)? * (1.0 - share) + self.tail(mean + off)? * share
        };
        (p.is_finite() && (-0.01..=1.01).contains(&p)).then(|| p.clamp(0.0, 1.0))
    }

    fn tail(&self, g: f64) -> Option<f64> {
        let found = self.saddle(g)?;
        let least = found.height(self.fails, g) - self.origin.height(self.fails, g);
        let w = (-2.0 * least).max(0.0).sqrt().copysign(found.t);
        let u = found.t * (found.determinant() / self.origin.ss).sqrt();
        let density = (-w * w / 2.0).exp() / std::f64::consts::TAU.sqrt();
        Some(normal_upper_tail(w) + density * (1.0 / u - 1.0 / w))
    }

    /// Where the gradient of `K` is the fails and this G, by Newton's method on a convex function.
    fn saddle(&self, g: f64) -> Option<Point> {
        let mut here = self.origin;
        for _ in 0..STEPS {
            let (off_fails, off_g) = (here.fails - self.fails, here.g - g);
            let determinant = here.determinant();
            if determinant.is_nan() || determinant <= 1e-12 * here.ss * here.tt {
                return None;
            }
            if off_fails * off_fails / here.ss + off_g * off_g / here.tt < 1e-12 {
                return Some(here);
            }
            let s = (here.st * off_g - here.tt * off_fails) / determinant;
            let t = (here.st * off_fails - here.ss * off_g) / determinant;
            let (height, slope) = (here.height(self.fails, g), off_fails * s + off_g * t);
            let steps = (0..20).map(|halvings| 0.5_f64.powi(halvings));
            here = steps
                .map(|step| (step, self.at(here.s + step * s, here.t + step * t)))
                .find(|(step, next)| next.height(self.fails, g) <= height + 1e-4 * step * slope + 1e-12)?
                .1;
        }
        None
    }

    /// The point of `t = 0` at which levels fail as often as they did.
    fn at_rate(&self) -> Option<Point> {
        let runs: f64 = self.groups.iter().map(|group| (group.levels * group.runs) as f64).sum();
        let mut here = self.at((self.fails / (runs - self.fails)).ln(), 0.0);
        for _ in 0..STEPS {
            let off = here.fails - self.fails;
            if here.ss.is_nan() || here.ss <= 0.0 {
                return None;
            }
            if off * off / here.ss < 1e-12 {
                return Some(here);
            }
            here = self.at(here.s - (off / here.ss).clamp(-1.0, 1.0), 0.0);
        }
        None
    }

    fn at(&self, s: f64, t: f64) -> Point {
        let mut sum = Point { s, t, ..Point::default() };
        for group in self.groups {
            let (levels, of) = (group.levels as f64, self.of(group, s, t));
            sum.k += levels * of.k;
            sum.fails += levels * of.fails;
            sum.g += levels * of.g;
            sum.ss += levels * of.ss;
            sum.st += levels * of.st;
            sum.tt += levels * of.tt;
        }
        sum
    }

    /// The share of one level of a group.
    fn of(&self, group: &Group, s: f64, t: f64) -> Point {
        let terms = &self.terms[group.place..=group.place + group.most()];
        let ln_weight = |fails: usize| group.ln_ways[fails] + s * fails as f64 + t * terms[fails];
        let top = (0..terms.len()).map(ln_weight).fold(f64::MIN, f64::max);
        let mut sum = Point { s, t, ..Point::default() };
        for (fails, &g) in terms.iter().enumerate() {
            let (weight, fails) = ((ln_weight(fails) - top).exp(), fails as f64);
            sum.k += weight;
            sum.fails += weight * fails;
            sum.g += weight * g;
            sum.ss += weight * fails * fails;
            sum.st += weight * fails * g;
            sum.tt += weight * g * g;
        }
        let all = sum.k;
        let (fails, g) = (sum.fails / all, sum.g / all);
        Point {
            k: top + all.ln(),
            fails,
            g,
            ss: sum.ss / all - fails * fails,
            st: sum.st / all - fails * g,
            tt: sum.tt / all - g * g,
            ..sum
        }
    }

    /// How far apart the values of G lie: the least difference that one fail makes which two like levels exchange, of levels that
    /// vary enough to fill the steps of the others.
    fn step(&self, variances: &[f64]) -> f64 {
        let own = |group: &Group| {
            let terms = &self.terms[group.place..=group.place + group.most()];
            terms.windows(3).map(|three| three[0] + three[2] - 2.0 * three[1]).fold(f64::MAX, f64::min)
        };
        let steps: Vec<(f64, f64)> = self
            .groups
            .iter()
            .zip(variances)
            .filter(|(group, _)| group.most() >= 2)
            .map(|(group, variance)| (own(group), (group.levels as f64 * variance).sqrt()))
            .collect();
        let greatest = steps.iter().map(|(step, _)| *step).fold(0.0, f64::max);
        steps.iter().filter(|(_, sd)| 4.0 * sd >= greatest).map(|(step, _)| *step).fold(greatest, f64::min)
    }
}
