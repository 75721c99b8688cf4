//! A list that grows by blocks.

use std::ops::{Index, IndexMut};

/// Things in a block: few enough that the last block's room is nothing, many enough that the blocks' table is small.
const BLOCK: usize = 512;

/// A list of very many things. Growing moves none of them: no moment has it twice, and what it leaves behind, when it
/// is dropped, has the size that every other such list asks for. (With growing vectors, ten million cells in 256 parts
/// took 118 bytes a cell of glibc's heap; with blocks, what they are long.)
#[derive(Clone, Debug)]
pub(super) struct Blocks<T> {
    blocks: Vec<Vec<T>>,
    len: usize,
}

impl<T> Default for Blocks<T> {
    fn default() -> Self {
        Self { blocks: Vec::new(), len: 0 }
    }
}

impl<T> Blocks<T> {
    pub(super) fn len(&self) -> usize {
        self.len
    }

    pub(super) fn is_empty(&self) -> bool {
        self.len == 0
    }

    pub(super) fn push(&mut self, thing: T) {
        if self.len.is_multiple_of(BLOCK) {
            // The first block grows on its own: most lists of small sweeps never fill it.
            self.blocks.push(if self.len == 0 { Vec::new() } else { Vec::with_capacity(BLOCK) });
        }
        if let Some(block) = self.blocks.last_mut() {
            block.push(thing);
            self.len += 1;
        }
    }

    pub(super) fn iter(&self) -> impl ExactSizeIterator<Item = &T> + Clone {
        (0..self.len).map(|at| &self[at])
    }

    pub(super) fn get(&self, at: usize) -> Option<&T> {
        self.blocks.get(at / BLOCK)?.get(at % BLOCK)
    }
}

impl<T> Index<usize> for Blocks<T> {
    type Output = T;

    fn index(&self, at: usize) -> &T {
        &self.blocks[at / BLOCK][at % BLOCK]
    }
}

impl<T> IndexMut<usize> for Blocks<T> {
    fn index_mut(&mut self, at: usize) -> &mut T {
        &mut self.blocks[at / BLOCK][at % BLOCK]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn things_keep_their_places() {
        let mut blocks = Blocks::default();
        assert!(blocks.is_empty() && blocks.get(0).is_none());
        for number in 0..=3 * BLOCK {
            assert_eq!(blocks.len(), number);
            blocks.push(number);
        }
        blocks[BLOCK] = 0;
        assert_eq!(
            (blocks[BLOCK - 1], blocks[BLOCK], blocks.get(3 * BLOCK), blocks.get(3 * BLOCK + 1)),
            (BLOCK - 1, 0, Some(&(3 * BLOCK)), None)
        );
        assert_eq!(blocks.iter().len(), 3 * BLOCK + 1);
        assert_eq!(blocks.iter().sum::<usize>(), (0..=3 * BLOCK).sum::<usize>() - BLOCK);
    }
}
