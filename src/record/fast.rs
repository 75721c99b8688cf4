//! The fast path: mapped fields straight from a line's text.
//!
//! A line follows the trail of one that was walked before ([`super::trails`]), or is walked once by the whole grammar, so
//! that what this path accepts is what the judge accepts; all that takes more than a look is left to others. It gives up,
//! always before it has said anything, on
//! - whatever the grammar refuses, and a text that is no UTF-8,
//! - objects and arrays more than 64 deep in a value,
//! - a key with an escape in an object that holds mapped fields,
//! - a mapped text with an escape, a mapped field that stands twice,
//! - something else than an object or null where an object holds mapped fields,
//! - a mapped array in which a number, or an escape, stands where a text should.

use std::ops::Range;

use smallvec::SmallVec;

use super::keys::Keys;
use super::paths::{PathTree, ROOT};
use super::profile::MOST_FIELDS;
use super::slot::Slot;
use super::trails::{SOLID, Trails};
use super::value;
use super::walk::Walk;

/// Fills the slots, all of them absent, from the first line of a text, if it follows a trail; its length. `padded` begins with
/// the text of `len` bytes.
#[inline]
pub(super) fn follow<'l>(padded: &'l [u8], len: usize, trails: &'l Trails, slots: &mut [Slot<'l>]) -> Option<usize> {
    if trails.is_awake() { trails.follow(padded, Walk::new(padded.get(..len)?), slots) } else { None }
}

/// Fills the slots, all of them absent, from a line; `None` when this path does not vouch for it. Trails are learned from it.
pub(super) fn read<'l>(
    line: &'l [u8],
    tree: &PathTree,
    keys: &Keys,
    trails: &mut Trails,
    slots: &mut [Slot<'l>],
) -> Option<()> {
    let start = Walk::new(line);
    let reader = Reader::new(start, tree, keys, slots).whole()?;
    if reader.can_be_learned {
        trails.learn(start, &reader.fields);
    }
    Some(())
}

/// As [`read`], but that nothing is learned.
pub(super) fn read_once<'l>(line: &'l [u8], tree: &PathTree, keys: &Keys, slots: &mut [Slot<'l>]) -> Option<()> {
    Reader::new(Walk::new(line), tree, keys, slots).whole().map(drop)
}

struct Reader<'r, 'l> {
    walk: Walk<'l>,
    tree: &'r PathTree,
    keys: &'r Keys,
    slots: &'r mut [Slot<'l>],
    /// Where the values of fields stood, and which they were.
    fields: SmallVec<[(Range<usize>, usize); MOST_FIELDS]>,
    /// Whether a line with other values in the same places has the same fields.
    can_be_learned: bool,
}

impl<'r, 'l> Reader<'r, 'l> {
    fn new(walk: Walk<'l>, tree: &'r PathTree, keys: &'r Keys, slots: &'r mut [Slot<'l>]) -> Self {
        Self { walk, tree, keys, slots, fields: SmallVec::new(), can_be_learned: true }
    }

    /// Reads the whole line, which is one object.
    fn whole(mut self) -> Option<Self> {
        if self.walk.token() != b'{' {
            return None;
        }
        self.object(ROOT)?;
        self.walk.is_done().then_some(self)
    }

    /// The object that starts here and stands at a node of the tree.
    fn object(&mut self, node: usize) -> Option<()> {
        let keys = self.keys.below(node);
        self.walk.at += 1;
        if self.walk.token() == b'}' {
            self.walk.at += 1;
            self.can_be_learned = false;
            return Some(());
        }
        // Logs keep their key order.
        let mut expected = 0;
        loop {
            let child = if let Some((child, width)) = keys.stands(self.walk.rest(), expected) {
                self.walk.at += width;
                expected += 1;
                Some(child)
            } else {
                let found = keys.find(self.walk.plain_key()?.as_bytes());
                if let Some((_, nth)) = found {
                    expected = nth + 1;
                }
                found.map(|(child, _)| child)
            };
            match child {
                None => self.walk.value()?,
                Some(child) => self.mapped(child)?,
            }
            match self.walk.token() {
                b',' => self.walk.at += 1,
                b'}' => break,
                _ => return None,
            }
        }
        self.walk.at += 1;
        Some(())
    }

    /// The value of a field, or one that holds fields.
    #[inline]
    fn mapped(&mut self, node: usize) -> Option<()> {
        if let Some(field) = self.tree.field(node) {
            if !self.slots[field].is_absent() {
                return None;
            }
            self.walk.token();
            let start = self.walk.at;
            value::read(&mut self.walk, &mut self.slots[field])?;
            self.fields.push((start..self.walk.at, field));
            return Some(());
        }
        let mut again = false;
        self.tree.fields_below(node, &mut |field| again |= !self.slots[field].is_absent());
        if again {
            return None;
        }
        // Paths have few keys, so this does not go deep.
        let token = self.walk.token();
        if token == b'{' {
            return self.object(node);
        }
        if token != b'n' {
            return None;
        }
        let start = self.walk.at;
        self.walk.value()?;
        self.fields.push((start..self.walk.at, SOLID));
        Some(())
    }
}
