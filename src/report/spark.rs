//! A series of values as a row of little bars.

use super::runs::stretches;
use crate::stats::location::median;

const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
/// Between regimes.
const BORDER: char = '│';

/// Values in at most `width` characters, on the scale of their logarithms: each stretch from one of `starts` (ascending)
/// to the next is a regime, of which each bar is the median of neighbours. Where even one bar for each regime is too much,
/// the first ones are left out.
pub(super) fn spark(values: &[f64], starts: &[usize], width: usize) -> String {
    let mut starts: Vec<usize> = starts.iter().copied().filter(|start| (1..values.len()).contains(start)).collect();
    starts.insert(0, 0);
    starts.dedup();
    let first = starts.len().saturating_sub(width.div_ceil(2).max(1));
    let starts = &starts[first..];
    let all = (values.len() - starts[0].min(values.len())).max(1);
    let room = width.saturating_sub(starts.len() - 1).max(1);
    let mut regimes = Vec::new();
    for (place, &start) in starts.iter().enumerate() {
        let regime = &values[start.min(values.len())..starts.get(place + 1).copied().unwrap_or(values.len())];
        // Rounded down, so that the sum fits.
        let cells = (regime.len() * room / all).max(1).min(regime.len());
        let cell = |cell: usize| &regime[cell * regime.len() / cells..(cell + 1) * regime.len() / cells];
        regimes.push((0..cells).filter_map(|at| median(cell(at))).map(f64::ln).collect::<Vec<f64>>());
    }
    let heights = || regimes.iter().flatten().copied();
    let (low, high) = (heights().fold(f64::INFINITY, f64::min), heights().fold(f64::NEG_INFINITY, f64::max));
    let bar = |height: &f64| {
        if high - low < 1e-9 {
            return BARS[3];
        }
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 8")]
        let level = ((height - low) / (high - low) * 8.0) as usize;
        BARS[level.min(7)]
    };
    let texts: Vec<String> = regimes.iter().map(|regime| regime.iter().map(bar).collect()).collect();
    let text = texts.join(&BORDER.to_string());
    // One bar for each of many short regimes may be more than the room: the newest count.
    let spare = text.chars().count().saturating_sub(width);
    text.chars().skip(spare).collect()
}

/// Numbers in at most `width` bars from 0 up, each the mean of neighbours: the oldest on the left.
pub(super) fn bars(numbers: &[u32], width: usize) -> String {
    let cells = numbers.len().min(width);
    let mean = |cell: usize| {
        let part = &numbers[cell * numbers.len() / cells..(cell + 1) * numbers.len() / cells];
        part.iter().copied().map(f64::from).sum::<f64>() / part.len() as f64
    };
    let means: Vec<f64> = (0..cells).map(mean).collect();
    let most = means.iter().copied().fold(0.0, f64::max);
    let bar = |mean: &f64| {
        // Nothing is told from a little.
        if *mean <= 0.0 {
            return ' ';
        }
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 8")]
        let level = (mean / most * 8.0).ceil() as usize;
        BARS[level.clamp(1, 8) - 1]
    };
    means.iter().map(bar).collect()
}

/// The newest runs of a timeline, a character each, the newest on the right: `█` failed, `▁` passed, `▒` set aside, `×` did
/// not count, `?` of unknown place, `·` not in the run.
pub(super) fn strip(timeline: &str, width: usize) -> String {
    let stretches: Vec<(char, usize)> = stretches(timeline).collect();
    let mut newest = Vec::with_capacity(width);
    for (mark, times) in stretches.into_iter().rev() {
        let drawn = match mark {
            'F' => '█',
            'P' => '▁',
            'M' => '▒',
            'x' => '×',
            '?' => '?',
            _ => '·',
        };
        newest.extend(std::iter::repeat_n(drawn, times.min(width - newest.len())));
    }
    newest.into_iter().rev().collect()
}

/// All runs of a timeline in at most `width` characters, the newest on the right: a bar is as high as the share of failing
/// runs among those that it stands for, so that no failure is lost, however seldom. `·`: in none of them.
pub(super) fn course_of(timeline: &str, width: usize) -> String {
    let runs: usize = stretches(timeline).map(|(_, times)| times).sum();
    let cells = runs.min(width);
    let mut counts = vec![(0_u64, 0_u64, false); cells];
    let mut at = 0;
    for (mark, times) in stretches(timeline) {
        for run in at..at + times {
            // The cell that ends behind the run.
            let (failed, counted, aside) = &mut counts[run * cells / runs];
            match mark {
                'F' => (*failed, *counted) = (*failed + 1, *counted + 1),
                'P' => *counted += 1,
                'M' => *aside = true,
                _ => {}
            }
        }
        at += times;
    }
    let bar = |&(failed, counted, aside): &(u64, u64, bool)| match (failed, counted) {
        (0, 0) if aside => '▒',
        (0, 0) => '·',
        (0, _) => BARS[0],
        (failed, counted) if failed == counted => BARS[7],
        #[expect(clippy::cast_possible_truncation, reason = "0 to 5")]
        (failed, counted) => BARS[1 + (failed * 6 / counted) as usize],
    };
    counts.iter().map(bar).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn bars_are_levels_of_the_logarithm() {
        assert_eq!(spark(&[1.0, 2.0, 4.0, 8.0], &[0], 20), "▁▃▆█");
        assert_eq!(spark(&[5.0, 5.0], &[0], 20), "▄▄");
        assert_eq!(spark(&[1.0, 1.0, 1.0, 1.0, 8.0, 8.0, 8.0, 8.0], &[0, 4], 5), "▁▁│██");
        assert_eq!(spark(&[], &[], 10), "");
        assert_eq!(spark(&[3.0], &[0], 1), "▄");
    }

    #[test]
    fn numbers_and_histories() {
        assert_eq!(bars(&[0, 1, 4, 8], 9), " ▁▄█");
        assert_eq!(bars(&[0, 0, 4, 4, 8, 8], 3), " ▄█");
        assert_eq!(bars(&[], 9), "");
        assert_eq!(bars(&[0, 0], 9), "  ");
        assert_eq!(strip("P3F2x1M1.1", 20), "▁▁▁██×▒·");
        assert_eq!(strip("P300F2", 4), "▁▁██");
        assert_eq!(strip("", 4), "");
    }

    #[test]
    fn no_failure_of_a_long_course_is_lost() {
        assert_eq!(course_of("P3F2x1M1.1", 20), "▁▁▁██·▒·");
        assert_eq!(course_of("P3000F1P2999", 4), "▁▁▂▁");
        assert_eq!(course_of("P10F5P5F20", 4), "▁▅██");
        assert_eq!(course_of("P2.4F2", 4), "▁··█");
        assert_eq!((course_of("", 9), course_of("F1", 9)), (String::new(), "█".to_owned()));
    }

    proptest! {
        #[test]
        fn it_keeps_within_its_width(
            values in prop::collection::vec(0.1_f64..10.0, 0..200),
            starts in prop::collection::btree_set(0_usize..220, 0..40),
            width in 1_usize..60,
        ) {
            let starts: Vec<usize> = starts.into_iter().collect();
            let drawn = spark(&values, &starts, width).chars().count();
            prop_assert!(drawn <= width && (drawn > 0) != values.is_empty(), "{drawn}");
        }
    }
}
