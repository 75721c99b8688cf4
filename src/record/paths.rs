//! The mapped paths of a profile as a tree of keys.

use super::profile::Profile;

/// Number of the tree's root, which stands for the record itself.
pub(super) const ROOT: usize = 0;

/// The mapped keys of a record and of the objects within it that hold mapped fields.
#[derive(Clone, Debug)]
pub(super) struct PathTree {
    nodes: Vec<PathNode>,
}

#[derive(Clone, Debug)]
struct PathNode {
    key: String,
    field: Option<usize>,
    children: Vec<usize>,
}

impl PathTree {
    pub(super) fn new(profile: &Profile) -> Self {
        let mut tree = Self { nodes: vec![PathNode { key: String::new(), field: None, children: Vec::new() }] };
        for (number, field) in profile.fields.iter().enumerate() {
            let leaf = field.path.iter().fold(ROOT, |node, key| tree.child_or_new(node, key));
            tree.nodes[leaf].field = Some(number);
        }
        tree
    }

    fn child_or_new(&mut self, node: usize, key: &str) -> usize {
        if let Some(child) = self.child(node, key, 0) {
            return child;
        }
        let child = self.nodes.len();
        self.nodes.push(PathNode { key: key.to_owned(), field: None, children: Vec::new() });
        self.nodes[node].children.push(child);
        child
    }

    /// How many nodes there are, the root included.
    pub(super) fn len(&self) -> usize {
        self.nodes.len()
    }

    /// The nodes below `node` and their keys, in profile order.
    pub(super) fn children(&self, node: usize) -> impl Iterator<Item = (usize, &str)> {
        self.nodes[node].children.iter().map(|&child| (child, self.nodes[child].key.as_str()))
    }

    /// The node below `node` with this key. `nth` guesses which child it is: logs keep their key order.
    pub(super) fn child(&self, node: usize, key: &str, nth: usize) -> Option<usize> {
        let children = &self.nodes[node].children;
        if let Some(&guess) = children.get(nth)
            && self.nodes[guess].key == key
        {
            return Some(guess);
        }
        children.iter().copied().find(|&child| self.nodes[child].key == key)
    }

    /// The field that ends at a node; `None` for a node that leads on.
    pub(super) fn field(&self, node: usize) -> Option<usize> {
        self.nodes[node].field
    }

    /// Calls `visit` with every field at or below a node.
    pub(super) fn fields_below(&self, node: usize, visit: &mut impl FnMut(usize)) {
        if let Some(field) = self.nodes[node].field {
            visit(field);
        }
        for &child in &self.nodes[node].children {
            self.fields_below(child, visit);
        }
    }
}
