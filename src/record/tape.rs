//! Reading mapped fields off a simd-json tape.

use simd_json::{Node, StaticNode};

use super::paths::PathTree;
use super::slot::{NO_OBJECT, Slot};
use super::texts::Texts;

/// Fills the slots of the object at `nodes[0]`; how often a mapped field stood again, or `None` when it is no object.
pub(super) fn read<'a>(nodes: &'a [Node<'a>], tree: &PathTree, at: usize, slots: &mut [Slot<'a>]) -> Option<u64> {
    let Some(Node::Object { len, .. }) = nodes.first() else { return None };
    let mut repeated = 0;
    let mut rest = &nodes[1..];
    let mut guess = 0;
    for _ in 0..*len {
        let [Node::String(key), value @ ..] = rest else { return None };
        let width = width(value.first()?);
        if let Some(child) = tree.child(at, key, guess) {
            guess += 1;
            match tree.field(child) {
                Some(field) => {
                    repeated += u64::from(slots[field].stood());
                    slots[field] = slot(value);
                }
                None => repeated += read_below(value, tree, child, slots),
            }
        }
        rest = &value[width..];
    }
    Some(repeated)
}

/// An object, or something in its place, that holds mapped fields: what stood there before is forgotten, as the last
/// value of a key wins.
fn read_below<'a>(value: &'a [Node<'a>], tree: &PathTree, node: usize, slots: &mut [Slot<'a>]) -> u64 {
    let mut repeated = 0;
    tree.fields_below(node, &mut |field| {
        repeated += u64::from(slots[field].stood());
        slots[field] = Slot::Absent;
    });
    match value.first() {
        Some(Node::Object { .. }) => repeated + read(value, tree, node, slots).unwrap_or(0),
        Some(Node::Static(StaticNode::Null)) | None => repeated,
        Some(_) => {
            tree.fields_below(node, &mut |field| slots[field] = Slot::Other(NO_OBJECT));
            repeated
        }
    }
}

/// How many nodes a value takes.
fn width(node: &Node<'_>) -> usize {
    match node {
        Node::Object { count, .. } | Node::Array { count, .. } => count + 1,
        Node::String(_) | Node::Static(_) => 1,
    }
}

fn slot<'a>(value: &'a [Node<'a>]) -> Slot<'a> {
    match &value[0] {
        Node::String(text) => Slot::Text(text),
        Node::Static(StaticNode::U64(value)) => Slot::Integer(i128::from(*value)),
        // The parser gives every integer without a minus as U64: this zero was written -0.
        Node::Static(StaticNode::I64(0)) => Slot::Number(-0.0),
        Node::Static(StaticNode::I64(value)) => Slot::Integer(i128::from(*value)),
        Node::Static(StaticNode::F64(value)) => Slot::Number(*value),
        Node::Static(StaticNode::Bool(value)) => Slot::Bool(*value),
        Node::Static(StaticNode::Null) => Slot::Null,
        Node::Array { len, .. } => {
            let items = &value[1..];
            match items.get(..*len) {
                Some(items) if items.iter().all(|item| matches!(item, Node::String(_))) => {
                    Slot::Texts(Texts::Tape(items))
                }
                _ => Slot::Other("array with other values than strings"),
            }
        }
        Node::Object { .. } => Slot::Other("object"),
    }
}
