//! The mapped keys as they stand in a line.

use super::paths::PathTree;

/// Bytes of a line that are compared at once.
const WIDTH: usize = 32;

/// For each node of a path tree the keys below it.
#[derive(Clone, Debug)]
pub(super) struct Keys(Vec<NodeKeys>);

#[derive(Clone, Debug)]
pub(super) struct NodeKeys {
    /// In profile order.
    keys: Vec<Key>,
    /// Bits that are set for the shapes of these keys: most other keys are told apart by their shape.
    shapes: [u64; 4],
}

#[derive(Clone, Debug)]
struct Key {
    /// Number of its node in the path tree.
    child: usize,
    name: Box<[u8]>,
    /// The key between its quotes and its colon, then zeros.
    written: [u64; WIDTH / 8],
    /// Ones where `written` counts.
    mask: [u64; WIDTH / 8],
    /// Length of what is written; 0 when it does not fit, or when a line cannot have it without escapes.
    width: usize,
}

impl Keys {
    pub(super) fn new(tree: &PathTree) -> Self {
        let below = |node: usize| {
            let keys: Vec<Key> = tree.children(node).map(|(child, key)| Key::new(child, key.as_bytes())).collect();
            let mut shapes = [0; 4];
            for key in &keys {
                let shape = shape(&key.name);
                shapes[shape / 64] |= 1 << (shape % 64);
            }
            NodeKeys { keys, shapes }
        };
        Self((0..tree.len()).map(below).collect())
    }

    /// The keys below a node.
    pub(super) fn below(&self, node: usize) -> &NodeKeys {
        &self.0[node]
    }
}

impl NodeKeys {
    /// The node whose key, the `nth` one, stands at the start of `rest` with its colon, and the width of both.
    #[inline]
    pub(super) fn stands(&self, rest: &[u8], nth: usize) -> Option<(usize, usize)> {
        let key = self.keys.get(nth)?;
        let (eights, _) = rest.first_chunk::<WIDTH>()?.as_chunks::<8>();
        let mut differ = u64::from(key.width == 0);
        for ((eight, written), mask) in eights.iter().zip(&key.written).zip(&key.mask) {
            differ |= (u64::from_le_bytes(*eight) ^ written) & mask;
        }
        (differ == 0).then_some((key.child, key.width))
    }

    /// The node with this key, and which one it is among its siblings.
    #[inline]
    pub(super) fn find(&self, key: &[u8]) -> Option<(usize, usize)> {
        let shape = shape(key);
        if self.shapes[shape / 64] >> (shape % 64) & 1 == 0 {
            return None;
        }
        let nth = self.keys.iter().position(|known| *known.name == *key)?;
        Some((self.keys[nth].child, nth))
    }
}

impl Key {
    fn new(child: usize, key: &[u8]) -> Self {
        let written = [b"\"", key, b"\":"].concat();
        let plain = !key.iter().any(|&byte| byte < b' ' || byte == b'"' || byte == b'\\');
        let width = if plain && written.len() <= WIDTH { written.len() } else { 0 };
        let eights = |byte: &dyn Fn(usize) -> u8| {
            std::array::from_fn(|eight| u64::from_le_bytes(std::array::from_fn(|at| byte(eight * 8 + at))))
        };
        Self {
            child,
            name: key.into(),
            written: eights(&|at| if at < width { written[at] } else { 0 }),
            mask: eights(&|at| if at < width { u8::MAX } else { 0 }),
            width,
        }
    }
}

/// A number below 256 from a key's length, first and last byte.
#[inline]
fn shape(key: &[u8]) -> usize {
    let [first, .., last] = key else { return key.len() };
    let sum = first.wrapping_mul(5).wrapping_add(last.wrapping_mul(19));
    (usize::from(sum) + key.len() * 37) % 256
}

#[cfg(test)]
mod tests {
    use super::Keys;
    use crate::record::Profile;
    use crate::record::paths::{PathTree, ROOT};

    #[test]
    fn every_key_is_found_where_it_stands_and_no_other() {
        let profile = Profile::builtin("ft-conformance-log-v1").unwrap();
        let tree = PathTree::new(&profile);
        let keys = Keys::new(&tree);
        let root = keys.below(ROOT);
        for (nth, (child, key)) in tree.children(ROOT).enumerate() {
            let line = format!("\"{key}\":1{}", " ".repeat(40));
            assert_eq!(root.stands(line.as_bytes(), nth), Some((child, key.len() + 3)));
            assert_eq!(root.stands(line.as_bytes(), nth + 1), None);
            assert_eq!(root.stands(&line.as_bytes()[1..], nth), None);
            assert_eq!(root.stands(&line.as_bytes()[..31], nth), None);
            assert_eq!(root.find(key.as_bytes()), Some((child, nth)));
            assert_eq!(root.find(key.to_uppercase().as_bytes()), None);
        }
        for other in ["", "a", "modes", "m\0de", "outcome\0"] {
            assert_eq!(root.find(other.as_bytes()), None);
        }
    }
}
