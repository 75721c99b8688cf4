//! What looking for outages adds to the judging of a scenario.

use std::hint::black_box;
use std::time::Instant;

use super::year::of_bits;
use super::*;
use crate::recurrence::association::Setting;
use crate::recurrence::bench::{Bench, Finders};
use crate::recurrence::series::Series;

/// A name, and whether a run fails.
type Shape = (&'static str, Box<dyn Fn(usize) -> bool>);

/// Runs of a long history.
const RUNS: usize = 2_000;

/// 2,000 runs of one scenario: `cargo test --release --lib outages_cost -- --ignored --nocapture`.
#[test]
#[ignore = "its figures are for people"]
fn what_outages_cost() {
    let of_rate = |rate: u64| move |run: usize| mix(run as u64) % 1000 < rate;
    let inside = |run: usize| run % 400 >= 360;
    let shapes: [Shape; 10] = [
        ("steady, 5 %", Box::new(of_rate(50))),
        ("steady, 50 %", Box::new(of_rate(500))),
        ("broke at run 1,500", Box::new(|run| run >= 1_500)),
        ("bursts of 40, half of which fail", Box::new(move |run| inside(run) && of_rate(500)(run))),
        ("outages of 40, each run fails", Box::new(inside)),
        ("one outage and one relapse", Box::new(|run| (700..710).contains(&run) || run >= 1_995)),
        ("the same over strays", Box::new(move |run| (700..710).contains(&run) || run >= 1_995 || of_rate(20)(run))),
        // The machine of a block of forty decides.
        ("of one machine, in blocks", Box::new(move |run| run / 40 % 3 == 0 && of_rate(600)(run))),
        ("bursts of any length, hostile", Box::new(move |run| mix((run / (1 + run % 44)) as u64) % 1000 < 300)),
        ("one outage, and one more failure", Box::new(|run| (1_800..1_805).contains(&run) || run == 1_999)),
    ];
    let mut finders = Finders::new(&Options::default()).unwrap();
    for (name, fails) in &shapes {
        for (environments, are_known) in [(1, false), (3, false), (1, true)] {
            let bits: Vec<bool> = (0..RUNS).map(fails).collect();
            let (attempts, mut timeline) = of_bits(&bits, environments);
            // Three runs of each revision.
            for run in timeline.runs.iter_mut().filter(|_| are_known) {
                run.revision = Some(run.number / 3);
            }
            let bench = Bench { attempts: &attempts, timeline: &timeline, key: 1, landed: None };
            let series = Series::of_scenario(&attempts);
            let median = |work: &mut dyn FnMut()| {
                let mut times: Vec<_> = (0..101)
                    .map(|_| {
                        let begun = Instant::now();
                        work();
                        begun.elapsed()
                    })
                    .collect();
                times.sort_unstable();
                times[times.len() / 2]
            };
            let past = median(&mut || drop(black_box(bench.past(&series, None, &mut finders.outages))));
            let all = median(&mut || drop(black_box(bench.draft(&series, None, Verdict::NoFailure, &mut finders))));
            let whole = median(&mut || drop(black_box(finders.segmenter.segment(bits.iter().copied()))));
            let own = bench.past(&series, None, &mut finders.outages);
            // What is asked of the changes beside those of all runs, too.
            let fix = median(&mut || {
                let (_, start) = black_box(finders.segmenter.segment_and_base(&bits));
                black_box(bench.fix_base(&series, start, own.as_deref(), &mut finders.segmenter));
            });
            let fix = fix.saturating_sub(whole);
            let (start, runs) = (finders.segmenter.last_start(bits.iter().copied()), &series.runs);
            let (cells, timeline) = (&attempts.cells[..], &timeline);
            let setting = Setting { series: &series, runs: &runs[start..], cells, timeline, key: 1 };
            let revision = median(&mut || drop(black_box(setting.by_revision())));
            let known = if are_known { ", known revisions" } else { "" };
            println!(
                "{name}, {environments} environments{known}: outages {past:.1?}, fix {fix:.1?}, revisions {revision:.1?}, of {all:.1?}"
            );
        }
    }
}
