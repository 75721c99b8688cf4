use std::sync::Arc;

use super::*;

mod calibration;
mod gate;
mod laws;
mod worked;
mod year;

fn key(lane: &str) -> SeriesKey {
    SeriesKey {
        lane: lane.into(),
        metric: "time_ms".into(),
        unit: "ms".into(),
        direction: Direction::LowerIsBetter,
        host: "host".into(),
        env: vec![("torch".into(), "2.12".into())],
    }
}

/// A series whose baseline comes one by one and whose candidate is one run.
fn series(lane: &str, baseline: &[f64], candidate: &[f64]) -> Series {
    let time = |index: usize| 1_000 * i64::try_from(index).unwrap();
    let new = |value: &f64| Point { run: Some(Arc::from("new")), ..Point::at(time(baseline.len()), *value) };
    let old = baseline.iter().enumerate().map(|(i, value)| Point::at(time(i), *value));
    Series::new(key(lane), old.chain(candidate.iter().map(new)).collect::<Vec<_>>())
}

fn judged(baseline: &[f64], candidate: &[f64]) -> Judgement {
    judge(&[series("lane", baseline, candidate)], &Options::default()).series.remove(0).judgement
}

#[track_caller]
fn near(number: Option<crate::text::number::Rounded>, expected: f64, digits: f64) {
    let number = number.expect("a number").0;
    assert!((number - expected).abs() <= digits, "{number} is not {expected}");
}
