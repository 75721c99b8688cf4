//! Reading mapped fields off a simd-json tape.

use simd_json::{Node, StaticNode};

use super::paths::PathTree;
use super::slot::{NO_OBJECT, Repeated, Slot};
use super::texts::Texts;

/// Fills the slots of the object at `nodes[0]`; which mapped fields stood again, or `None` when it is no object.
pub(super) fn read<'a>(nodes: &'a [Node<'a>], tree: &PathTree, at: usize, slots: &mut [Slot<'a>]) -> Option<Repeated> {
    let mut repeated = Repeated::default();
    read_object(nodes, tree, at, slots, &mut repeated)?;
    Some(repeated)
}

fn read_object<'a>(
    nodes: &'a [Node<'a>],
    tree: &PathTree,
    at: usize,
    slots: &mut [Slot<'a>],
    repeated: &mut Repeated,
) -> Option<()> {
    let Some(Node::Object { len, .. }) = nodes.first() else { return None };
    let mut rest = &nodes[1..];
    let mut guess = 0;
    for _ in 0..*len {
        let [Node::String(key), value @ ..] = rest else { return None };
        let width = width(value.first()?);
        if let Some(child) = tree.child(at, key, guess) {
            guess += 1;
            match tree.field(child) {
                Some(field) => {
                    let value = slot(value);
                    repeated.see(field, &slots[field], &value);
                    slots[field] = value;
                }
                None => read_below(value, tree, child, slots, repeated),
            }
        }
        rest = &value[width..];
    }
    Some(())
}

/// An object, or something in its place, that holds mapped fields: what stood there before is forgotten, as the last
/// value of a key wins.
fn read_below<'a>(
    value: &'a [Node<'a>],
    tree: &PathTree,
    node: usize,
    slots: &mut [Slot<'a>],
    repeated: &mut Repeated,
) {
    tree.fields_below(node, &mut |field| {
        repeated.see(field, &slots[field], &Slot::Absent);
        slots[field] = Slot::Absent;
    });
    match value.first() {
        Some(Node::Object { .. }) => {
            read_object(value, tree, node, slots, repeated);
        }
        Some(Node::Static(StaticNode::Null)) | None => {}
        Some(_) => tree.fields_below(node, &mut |field| slots[field] = Slot::Other(NO_OBJECT)),
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
