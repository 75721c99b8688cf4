//! Lists of strings.

use simd_json::Node;

/// The strings of an array, wherever the parser left them.
#[derive(Clone, Copy, Debug, Default)]
pub enum Texts<'a> {
    /// No array.
    #[default]
    None,
    /// Nodes of a tape, all of them strings.
    Tape(&'a [Node<'a>]),
    /// What stands between the brackets of an array of strings without escapes.
    Quoted(&'a str),
    /// One string, which is derived.
    One(&'a str),
    /// Strings that had to be unescaped one by one.
    Owned(&'a [String]),
}

impl<'a> Texts<'a> {
    /// The strings in order.
    pub fn iter(self) -> impl Iterator<Item = &'a str> {
        let one = if let Self::One(text) = self { Some(text) } else { None };
        let (tape, quoted, owned): (&[Node<'a>], &str, &[String]) = match self {
            Self::None | Self::One(_) => (&[], "", &[]),
            Self::Tape(nodes) => (nodes, "", &[]),
            Self::Quoted(inside) => (&[], inside, &[]),
            Self::Owned(strings) => (&[], "", strings),
        };
        // Quotes stand before and behind each string and nowhere else.
        let quoted = quoted.split('"').skip(1).step_by(2);
        let tape = tape.iter().filter_map(|node| match node {
            Node::String(text) => Some(*text),
            _ => None,
        });
        one.into_iter().chain(tape).chain(quoted).chain(owned.iter().map(String::as_str))
    }
}
