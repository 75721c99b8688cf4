//! Names that one rule gave: alike but for their numbers, of which one counts.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use super::run_name::{by_number, numbers, shape};

/// Places of entries, by their names.
pub(super) type Sequence = Vec<usize>;

/// The sequences among names. Where names have several numbers, that one counts of which there are most: `host2/run-17` is
/// of the sequence of host 2, whatever another host's run 17 was. Numbers that begin with a year are a date, all of which
/// counts. Those that end with a year are dates too, whose numbers tell no order. `of_one_number`: the order of places whose names
/// have the same numbers.
pub(super) fn sequences(names: &[&str], of_one_number: impl Fn(usize, usize) -> Ordering) -> Vec<Sequence> {
    let mut of_shape: BTreeMap<String, Sequence> = BTreeMap::new();
    for (at, name) in names.iter().enumerate() {
        of_shape.entry(shape(name)).or_default().push(at);
    }
    let mut found = Vec::new();
    for of_shape in of_shape.into_values() {
        let numbers: Vec<Vec<&str>> = of_shape.iter().map(|&at| numbers(names[at]).collect()).collect();
        // Those of digests alone have none.
        if numbers[0].is_empty() || are_dates_back_to_front(&numbers) {
            continue;
        }
        let different = |place: usize| numbers.iter().map(|numbers| numbers[place]).collect::<BTreeSet<_>>().len();
        let places = 0..numbers.first().map_or(0, Vec::len);
        // The first of several that count alike.
        let counts = places.clone().rev().max_by_key(|&place| different(place)).unwrap_or(0);
        let is_date = |place: &usize| numbers.iter().all(|numbers| begins_with_a_year(numbers[*place]));
        let apart = places.clone().find(is_date).map_or(counts, |year| year.min(counts));
        let mut sequences: BTreeMap<Vec<&str>, Sequence> = BTreeMap::new();
        for (numbers, &at) in numbers.iter().zip(&of_shape) {
            sequences.entry(numbers[..apart].to_vec()).or_default().push(at);
        }
        found.extend(sequences.into_values());
    }
    for sequence in &mut found {
        sequence.sort_by(|&a, &b| by_number(names[a], names[b]).then_with(|| of_one_number(a, b)));
    }
    found
}

/// The one number by which the names of a sequence differ, of each of them; `None` where several do, and in a year, which
/// tells what number is meant.
pub(super) fn counter<'n>(names: &[&'n str]) -> Option<Vec<&'n str>> {
    // Behind a zero byte stands the number of a line, which no counter gave.
    let of = |name: &'n str| numbers(name.split('\0').next().unwrap_or(name)).collect();
    let numbers: Vec<Vec<&str>> = names.iter().map(|&name| of(name)).collect();
    let first = numbers.first()?;
    let differs = |&place: &usize| numbers.iter().any(|numbers| numbers[place] != first[place]);
    let mut places = (0..first.len()).filter(differs);
    let (place, None) = (places.next()?, places.next()) else { return None };
    let is_of_a_year = first[..place].iter().any(|number| begins_with_a_year(number));
    (!is_of_a_year).then(|| numbers.iter().map(|numbers| numbers[place]).collect())
}

/// Whether names are dates, the year first.
pub(super) fn are_dates(names: &[&str]) -> bool {
    names.iter().all(|name| numbers(name).next().is_some_and(begins_with_a_year))
}

/// Whether numbers are dates, the year last: `31012026` or `31-01-2026`, whatever stands first of day and month.
fn are_dates_back_to_front(names: &[Vec<&str>]) -> bool {
    let is_day =
        |number: &str| matches!(number.len(), 1 | 2) && number.parse().is_ok_and(|day| (1..=31).contains(&day));
    let is_year = |number: &str| number.len() == 4 && begins_with_a_year(number);
    let is_date =
        |number: &str| number.len() == 8 && is_day(&number[..2]) && is_day(&number[2..4]) && is_year(&number[4..]);
    let places = 0..names.first().map_or(0, Vec::len);
    let are_whole = |place: usize| {
        names.iter().all(|numbers| is_date(numbers[place]))
            && !names.iter().all(|numbers| begins_with_a_year(numbers[place]))
    };
    let are_apart = |place: usize| {
        names.iter().all(|numbers| match numbers[place..] {
            [one, other, year, ..] => is_day(one) && is_day(other) && is_year(year),
            _ => false,
        })
    };
    places.clone().any(are_whole) || places.clone().any(are_apart)
}

/// `2026`, `20260131` or `20260131T0830` and the like.
fn begins_with_a_year(number: &str) -> bool {
    matches!(number.len(), 4 | 8 | 12 | 14) && matches!(&number[..2], "19" | "20")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(names: &[&str]) -> Vec<Vec<String>> {
        let named = |sequence: Sequence| sequence.into_iter().map(|at| names[at].to_owned()).collect();
        sequences(names, |a, b| names[a].cmp(names[b])).into_iter().map(named).collect()
    }

    #[test]
    fn the_number_that_counts_makes_a_sequence() {
        assert_eq!(found(&["r10", "r9", "x", "r100"]), [vec!["r9", "r10", "r100"]]);
        let hosts = found(&["h1/r3", "h2/r1", "h1/r1", "h1/r2", "h2/r9"]);
        assert_eq!(hosts, [vec!["h1/r1", "h1/r2", "h1/r3"], vec!["h2/r1", "h2/r9"]]);
        // The attempt of a run is no sequence of its own.
        assert_eq!(found(&["7/1", "8/1", "8/2", "9/1"]), [vec!["7/1", "8/1", "8/2", "9/1"]]);
        assert_eq!(counter(&["h1/r3", "h1/r10"]), Some(vec!["3", "10"]));
        assert_eq!(counter(&["h1/r3", "h2/r10"]), None);
        assert_eq!(counter(&["2026-01-30", "2026-01-31"]), None);
        let dates = ["2025-12-31", "2026-01-01", "2026-01-02", "2026-02-01"];
        assert_eq!(found(&dates), [dates.map(str::to_owned).to_vec()]);
        // The year last.
        for dates in [["r-31012026", "r-01022026"], ["31.1.2026", "1.2.2026"], ["01-31-2026", "02-01-2026"]] {
            assert!(found(&dates).is_empty(), "{dates:?}");
        }
        for others in [["20112001", "20122001"], ["1-2-30", "1-3-30"], ["99012026", "99022026"]] {
            assert_eq!(found(&others).concat().len(), 2, "{others:?}");
        }
    }
}
