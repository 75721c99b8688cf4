//! The fast path: mapped fields straight from a line's text.
//!
//! A line follows the trail of one that was walked before ([`super::trails`]), or is walked once by the whole grammar, so
//! that what this path accepts is what the judge accepts; all that takes more than a look is left to others. It gives up, always before it has said anything, on
//! - whatever the grammar refuses, and a text that is no UTF-8,
//! - objects and arrays more than 64 deep in a value,
//! - a key with an escape in an object that holds mapped fields,
//! - a mapped text with an escape, a mapped field that stands twice,
//! - a mapped array in which a number, or an escape, stands where a text should.

use std::ops::Range;

use smallvec::SmallVec;

use super::keys::Keys;
use super::parser::MOST_FIELDS;
use super::paths::{PathTree, ROOT};
use super::record::Texts;
use super::slot::Slot;
use super::trails::{Hole, Trails};
use super::walk::{Walk, Written};

/// Fills the slots, all of them absent, from the line of `len` bytes that `padded` begins with; `None` when this path does
/// not vouch for it.
pub(super) fn read<'l>(
    padded: &'l [u8],
    len: usize,
    tree: &PathTree,
    keys: &Keys,
    trails: &mut Trails,
    slots: &mut [Slot<'l>],
) -> Option<()> {
    let line = padded.get(..len)?;
    let text = simdutf8::basic::from_utf8(line).ok()?;
    let start = Walk::new(text);
    if trails.is_awake() {
        let mut walk = start;
        let followed = trails.follow(padded, &mut walk, |walk, hole| match hole {
            Hole::Field(field) => slot(walk, slots.get_mut(usize::from(field))?),
            Hole::Other | Hole::End => walk.value(),
        });
        if followed.is_some() {
            trails.followed();
            return Some(());
        }
        slots.fill(Slot::Absent);
    }
    let mut reader = Reader { walk: start, tree, keys, slots, fields: SmallVec::new(), can_be_learned: true };
    if reader.walk.token() != b'{' {
        return None;
    }
    reader.object(ROOT)?;
    if !reader.walk.is_done() {
        return None;
    }
    if reader.can_be_learned && trails.may_learn() {
        trails.learn(line, start, &reader.fields);
    }
    Some(())
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

impl<'l> Reader<'_, 'l> {
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
            slot(&mut self.walk, &mut self.slots[field])?;
            self.fields.push((start..self.walk.at, field));
            return Some(());
        }
        let mut again = false;
        self.tree.fields_below(node, &mut |field| again |= !self.slots[field].is_absent());
        if again {
            return None;
        }
        // Paths have few keys, so this does not go deep.
        if self.walk.token() == b'{' {
            return self.object(node);
        }
        self.can_be_learned = false;
        self.walk.value()
    }
}

/// Reads a value into its slot, where it lies: a slot is large to hand around.
#[inline]
fn slot<'l>(walk: &mut Walk<'l>, slot: &mut Slot<'l>) -> Option<()> {
    let first = walk.token();
    let start = walk.at;
    match first {
        b'"' => *slot = Slot::Text(walk.plain_string()?),
        b'-' | b'0'..=b'9' => {
            let written = walk.number()?;
            *slot = number(walk.text(start..walk.at)?, written);
        }
        b'[' => *slot = texts(walk)?,
        b'{' => {
            walk.value()?;
            *slot = Slot::Other("object");
        }
        b'n' => {
            walk.value()?;
            *slot = Slot::Null;
        }
        _ => {
            walk.value()?;
            *slot = Slot::Other("boolean");
        }
    }
    Some(())
}

/// An array, which starts here.
fn texts<'l>(walk: &mut Walk<'l>) -> Option<Slot<'l>> {
    let whole = *walk;
    walk.at += 1;
    let start = walk.at;
    if walk.token() != b']' {
        loop {
            match walk.token() {
                b'"' => {
                    walk.plain_string()?;
                }
                b'{' | b'[' | b't' | b'f' | b'n' => {
                    *walk = whole;
                    walk.value()?;
                    return Some(Slot::Other("array with other values than strings"));
                }
                _ => return None,
            }
            match walk.token() {
                b',' => walk.at += 1,
                b']' => break,
                _ => return None,
            }
        }
    }
    let inside = walk.text(start..walk.at)?;
    walk.at += 1;
    Some(Slot::Texts(Texts::Quoted(inside)))
}

/// The value of a number by its text, exactly.
#[inline]
fn number<'l>(text: &str, written: Written) -> Slot<'l> {
    match written {
        Written::Digits if text.len() <= 19 => {
            Slot::Integer(i128::from(text.bytes().fold(0, |value, digit| value * 10 + u64::from(digit - b'0'))))
        }
        Written::Negative if text == "-0" => Slot::Number(-0.0),
        // Seeds often have twenty digits.
        Written::Digits if let Ok(value) = text.parse::<u64>() => Slot::Integer(i128::from(value)),
        Written::Digits | Written::Negative => text.parse().map_or(Slot::HugeInteger, Slot::Integer),
        Written::Broken => Slot::Number(text.parse().unwrap_or(f64::NAN)),
    }
}
