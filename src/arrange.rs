//! Sorting rows that are large.

use std::cmp::Ordering;

/// Sorts rows by an order of their places. Only places are moved while it sorts, and each row once in the end: sorting rows
/// of kilobytes in the usual way takes half their memory again, and moves each of them many times.
pub(crate) fn arrange<T>(rows: &mut [T], mut order: impl FnMut(&[T], usize, usize) -> Ordering) {
    let mut places: Vec<usize> = (0..rows.len()).collect();
    places.sort_by(|&a, &b| order(rows, a, b));
    for at in 0..places.len() {
        // What stood there may have been swapped away, behind where it was put.
        let mut from = places[at];
        while from < at {
            from = places[from];
        }
        places[at] = from;
        rows.swap(at, from);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::arrange;

    proptest! {
        #[test]
        fn it_sorts_and_keeps_equal_rows_in_order(keys in prop::collection::vec(0_u8..9, 0..80)) {
            let mut rows: Vec<(u8, usize)> = keys.iter().copied().zip(0..).collect();
            let mut sorted = rows.clone();
            sorted.sort_by_key(|row| row.0);
            arrange(&mut rows, |rows, a, b| rows[a].0.cmp(&rows[b].0));
            prop_assert_eq!(rows, sorted);
        }
    }
}
