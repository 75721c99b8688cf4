//! Every literal of a taxonomy in one automaton: one pass over a text says which of them it holds.

use std::sync::{Arc, OnceLock};

use aho_corasick::{AhoCorasick, BuildError, MatchKind};

/// The literals of a taxonomy, each once, whatever its ASCII letter case.
#[derive(Clone, Debug)]
pub(super) struct Literals {
    /// In ASCII lower case, sorted; the place of a literal is its bit.
    folded: Vec<String>,
    /// `None` within: it cannot be built, which tests rule out.
    automaton: Arc<OnceLock<Option<AhoCorasick>>>,
}

impl Literals {
    /// Builds the automaton.
    ///
    /// # Errors
    /// When the literals are too many or too long for an automaton.
    pub(super) fn new<'l>(literals: impl Iterator<Item = &'l str>) -> Result<Self, BuildError> {
        let mut literals = Self::later(literals);
        literals.automaton = Arc::new(OnceLock::from(Some(build(&literals.folded)?)));
        Ok(literals)
    }

    /// The same, but that the automaton is built when it is first used, as the expressions of built-in definitions are: logs
    /// of another shape never use it.
    pub(super) fn later<'l>(literals: impl Iterator<Item = &'l str>) -> Self {
        let mut folded: Vec<String> = literals.map(str::to_ascii_lowercase).collect();
        folded.sort_unstable();
        folded.dedup();
        Self { folded, automaton: Arc::default() }
    }

    /// How many words a set of literals takes.
    pub(super) fn words(&self) -> usize {
        self.folded.len().div_ceil(64)
    }

    /// The set of the given literals; one that is unknown here is left out.
    pub(super) fn set(&self, literals: &[String]) -> Box<[u64]> {
        let mut set = vec![0; self.words()].into_boxed_slice();
        for literal in literals {
            if let Ok(bit) = self.folded.binary_search(&literal.to_ascii_lowercase()) {
                set[bit / 64] |= 1 << (bit % 64);
            }
        }
        set
    }

    /// Adds to `seen`, a set of [`Self::words`] words, every literal that the text holds.
    pub(super) fn scan(&self, text: &str, seen: &mut [u64]) {
        let Some(automaton) = self.automaton.get_or_init(|| build(&self.folded).ok()) else { return };
        for found in automaton.find_overlapping_iter(text) {
            let bit = found.pattern().as_usize();
            seen[bit / 64] |= 1 << (bit % 64);
        }
    }
}

/// The standard kind is the only one that also reports a literal that stands inside another.
fn build(folded: &[String]) -> Result<AhoCorasick, BuildError> {
    AhoCorasick::builder().ascii_case_insensitive(true).match_kind(MatchKind::Standard).build(folded)
}

#[cfg(test)]
mod tests {
    use super::Literals;

    #[test]
    fn literals_inside_others_and_across_each_other_are_seen() {
        let literals: Vec<String> = ["schema", "op_schema", "emap", "é", "Map", "x"].map(str::to_owned).to_vec();
        let automaton = Literals::new(literals.iter().map(String::as_str)).unwrap();
        let mut seen = vec![0; automaton.words()];
        automaton.scan("OP_SCHEMAP É é", &mut seen);
        assert_eq!(*seen, *automaton.set(&literals[..5]));
    }

    #[test]
    fn letter_case_makes_no_second_literal() {
        let automaton = Literals::new(["Rank", "rANK"].into_iter()).unwrap();
        assert_eq!(automaton.folded, ["rank"]);
    }

    #[test]
    fn no_literal_at_all_is_an_automaton_too() {
        let automaton = Literals::new(std::iter::empty()).unwrap();
        automaton.scan("text", &mut []);
        assert_eq!(automaton.words(), 0);
    }

    #[test]
    fn more_literals_than_a_word_has_bits() {
        let literals: Vec<String> = (100..300).map(|number| format!("<{number}>")).collect();
        let automaton = Literals::new(literals.iter().map(String::as_str)).unwrap();
        for literal in &literals {
            let mut seen = vec![0; automaton.words()];
            automaton.scan(literal, &mut seen);
            assert_eq!(*seen, *automaton.set(std::slice::from_ref(literal)));
        }
    }
}
