//! Things sorted by what they belong to, by counting.

use std::ops::Range;

use super::symbols::count;

/// The numbers of things, by the group that each belongs to.
#[derive(Clone, Debug)]
pub(super) struct Groups {
    items: Vec<u32>,
    starts: Vec<usize>,
}

impl Groups {
    /// Sorts the numbers from 0 by their groups, which are below `groups`.
    pub(super) fn new(groups: usize, group_of: impl ExactSizeIterator<Item = u32> + Clone) -> Self {
        let mut starts = vec![0; groups + 1];
        for group in group_of.clone() {
            starts[group as usize + 1] += 1;
        }
        for group in 0..groups {
            starts[group + 1] += starts[group];
        }
        let mut next = starts.clone();
        let mut items = vec![0; group_of.len()];
        for (item, group) in group_of.enumerate() {
            let next = &mut next[group as usize];
            items[*next] = count(item);
            *next += 1;
        }
        Self { items, starts }
    }

    pub(super) fn of(&self, group: usize) -> impl ExactSizeIterator<Item = usize> + Clone + '_ {
        self.items[self.range(group)].iter().map(|&item| item as usize)
    }

    /// All numbers, those of each group side by side.
    pub(super) fn all(&self) -> impl ExactSizeIterator<Item = usize> + '_ {
        self.items.iter().map(|&item| item as usize)
    }

    /// Where a group's stand among all.
    pub(super) fn range(&self, group: usize) -> Range<usize> {
        self.starts[group]..self.starts[group + 1]
    }

    /// How many groups there are.
    pub(super) fn len(&self) -> usize {
        self.starts.len() - 1
    }
}
