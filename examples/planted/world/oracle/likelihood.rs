//! How likely a path of outages makes a series of run bits, each rate integrated out.

use std::ops::Range;

/// Weights of failing and passing before anything is seen: how often a healthy run breaks, a broken one is mended, a healthy one
/// fails, a broken one fails in an outage and in a burst, and any run where failures are independent.
const ENTER: [f64; 2] = [1.0, 50.0];
const LEAVE: [f64; 2] = [0.5, 2.0];
const STRAY: [f64; 2] = [0.1, 10.0];
const OUTAGE: [f64; 2] = [9.5, 0.5];
const BURST: [f64; 2] = [2.0, 2.0];
const INDEPENDENT: [f64; 2] = [0.3, 0.5];

/// Places of the runs of an outage.
pub(super) type Path = Vec<Range<usize>>;

/// `ln P` of a path with outages, and with bursts.
#[derive(Clone, Copy, Debug)]
pub(super) struct Likelihood {
    pub(super) outage: f64,
    pub(super) burst: f64,
}

impl Likelihood {
    pub(super) fn of(bits: &[bool], path: &[Range<usize>]) -> Self {
        let [inside, outside] = [true, false].map(|wanted| {
            let is_inside = |place: &usize| path.iter().any(|outage| outage.contains(place));
            let places = (0..bits.len()).filter(|place| is_inside(place) == wanted);
            let [mut fails, mut passes] = [0, 0];
            for place in places {
                *(if bits[place] { &mut fails } else { &mut passes }) += 1;
            }
            [fails, passes]
        });
        let begins = path.iter().any(|outage| outage.start == 0);
        let ends = path.iter().any(|outage| outage.end == bits.len());
        let (entries, exits) = (path.len() - usize::from(begins), path.len() - usize::from(ends));
        // What the last run of the series does next is not seen.
        let (healthy, broken) =
            (outside[0] + outside[1] - usize::from(!ends), inside[0] + inside[1] - usize::from(ends));
        let common = ln(ENTER, [entries, healthy - entries]) + ln(LEAVE, [exits, broken - exits]) + ln(STRAY, outside);
        let half = 0.5_f64.ln();
        Self { outage: half + common + ln(OUTAGE, inside), burst: half + common + ln(BURST, inside) }
    }

    pub(super) fn both(self) -> f64 {
        ln_sum(&[self.outage, self.burst])
    }
}

/// `ln P` of independent failures.
pub(super) fn independent(fails: usize, passes: usize) -> f64 {
    ln(INDEPENDENT, [fails, passes])
}

/// `ln` of a sum of exponentials.
pub(super) fn ln_sum(terms: &[f64]) -> f64 {
    let most = terms.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    most + terms.iter().map(|term| (term - most).exp()).sum::<f64>().ln()
}

/// `ln P` of such counts in one order, one run after the other: each is as likely as its share of the weights before it.
fn ln([a, b]: [f64; 2], [fails, passes]: [usize; 2]) -> f64 {
    let rising = |from: f64, times: usize| (0..times).map(|step| (from + step as f64).ln()).sum::<f64>();
    rising(a, fails) + rising(b, passes) - rising(a + b, fails + passes)
}
