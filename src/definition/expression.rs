//! Regular expressions of definitions.

use std::sync::{Arc, OnceLock};

use regex::{Regex, RegexBuilder};

use super::{Faults, Spot};

/// The most memory of a compiled regular expression, and of all expressions of one definition.
const MAX_BYTES: usize = 1 << 20;
const MAX_BYTES_OF_ALL: usize = 32 << 20;

/// Sizes that are tried, first to last: an expression is taken to be as large as the first that it fits in.
const SIZES: [usize; 5] = [1 << 12, 1 << 14, 1 << 16, 1 << 18, MAX_BYTES];

/// States that a thread keeps of an expression: as much again as the expression, within these bounds.
const CACHE: [usize; 2] = [1 << 16, 1 << 18];

/// A regular expression; two are equal when their texts are.
///
/// One that comes from outside is compiled as it is read, so that its faults are told. Those of built-in definitions are
/// compiled when they are first used: logs of another shape never use them, and compiling all takes longer than a small
/// sweep.
#[derive(Clone, Debug)]
pub struct Expression(Arc<Pattern>);

#[derive(Debug)]
struct Pattern {
    text: String,
    /// `None` within: it does not compile, which tests rule out.
    compiled: OnceLock<Option<Regex>>,
}

/// Compiles an expression; also bytes that it takes at most.
fn compile(pattern: &str) -> Result<(Regex, usize), regex::Error> {
    let within = |size: usize| {
        let cache = size.clamp(CACHE[0], CACHE[1]);
        RegexBuilder::new(pattern).size_limit(size).dfa_size_limit(cache).build().map(|regex| (regex, size))
    };
    let mut last = within(SIZES[0]);
    for &size in &SIZES[1..] {
        if !matches!(last, Err(regex::Error::CompiledTooBig(_))) {
            break;
        }
        last = within(size);
    }
    last
}

impl Expression {
    /// Takes a regular expression; its fault is the last line of what the parser says.
    pub(crate) fn read(pattern: Spot<&str>, faults: &mut Faults<'_>) -> Option<Self> {
        if pattern.value.is_empty() {
            faults.add(pattern.at, "`regex` is empty: it matches every text");
            return None;
        }
        let of = |compiled| Some(Self(Arc::new(Pattern { text: pattern.value.to_owned(), compiled })));
        if faults.is_builtin() {
            return of(OnceLock::new());
        }
        match compile(pattern.value) {
            Ok((regex, bytes)) => {
                let before = faults.expression_bytes;
                faults.expression_bytes += bytes;
                if faults.expression_bytes > MAX_BYTES_OF_ALL {
                    if before <= MAX_BYTES_OF_ALL {
                        let most = MAX_BYTES_OF_ALL >> 20;
                        let message = format!(
                            "the regular expressions up to here take more than {most} MiB together: count less (`{{1,900}}`), or \
                             write classes of ASCII (`[a-z]` or `(?-u:\\w)` instead of `\\w`)"
                        );
                        faults.add(pattern.at, message);
                    }
                    return None;
                }
                of(Some(regex).into())
            }
            Err(error) => {
                let message = error.to_string();
                let last = message.lines().next_back().unwrap_or_default();
                faults.add(pattern.at, format!("bad regex: {}", last.trim_start_matches("error: ")));
                None
            }
        }
    }

    /// Its text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0.text
    }

    fn regex(&self) -> Option<&Regex> {
        self.0.compiled.get_or_init(|| compile(&self.0.text).ok().map(|(regex, _)| regex)).as_ref()
    }

    /// Whether it matches somewhere in a text.
    #[must_use]
    pub fn is_match(&self, text: &str) -> bool {
        self.regex().is_some_and(|regex| regex.is_match(text))
    }

    /// How many bytes it matches at the start of a text, 0 where it does not match there.
    #[must_use]
    pub fn prefix_len(&self, text: &str) -> usize {
        let found = self.regex().and_then(|regex| regex.find(text));
        found.filter(|found| found.start() == 0).map_or(0, |found| found.end())
    }

    /// What it finds in a text: its first group that took part, else the whole match; `None` where that is empty.
    #[must_use]
    pub fn find_in<'t>(&self, text: &'t str) -> Option<&'t str> {
        let found = self.regex()?.captures(text)?;
        let group = found.iter().skip(1).flatten().next().or(found.get(0));
        group.map(|group| group.as_str()).filter(|text| !text.is_empty())
    }
}

impl PartialEq for Expression {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for Expression {}

#[cfg(test)]
mod tests {
    use crate::definition::{Builtin, read};

    use super::Expression;

    /// The expression of a definition, read as one that is built in and as one that is not.
    fn expressions(text: &str) -> [Option<Expression>; 2] {
        let text: &'static str = format!("regex = '{text}'").leak();
        [&[Builtin { name: "built in", text }][..], &[]].map(|builtins| {
            read("t", text, builtins, |root, faults| Expression::read(root.text("regex", faults)?, faults)).ok()
        })
    }

    #[test]
    fn the_first_group_that_took_part_is_what_is_found() {
        for either in expressions(r"(a\d)x|(b\d)|c\d|()d") {
            let either = either.unwrap();
            assert_eq!(either.find_in("..a1x"), Some("a1"));
            assert_eq!(either.find_in("..b2"), Some("b2"));
            assert_eq!(either.find_in("..c3"), Some("c3"));
            assert_eq!(either.find_in("d"), None);
            assert_eq!(either.find_in("e"), None);
            assert!(either.is_match("d") && !either.is_match("e"));
        }
    }

    /// A thousand of them took a gigabyte.
    #[test]
    fn expressions_that_are_large_together_are_refused_once() {
        let read_all = |pattern: &str, times: usize| {
            let text = format!("regexes = [{}]", format!("'{pattern}', ").repeat(times));
            read("t", &text, &[], |root, faults| {
                let spots = root.texts("regexes", faults)?;
                let read: Vec<Option<Expression>> =
                    spots.into_iter().map(|spot| Expression::read(spot, faults)).collect();
                read.into_iter().collect::<Option<Vec<_>>>()
            })
        };
        assert!(read_all("x{1,800}", 4).is_ok());
        assert!(read_all(r"\w{1,9}x", 20).is_ok());
        let error = read_all(r"\w{9}", 100).unwrap_err();
        assert!(error.faults.len() == 1 && error.faults[0].message.contains("32 MiB together"), "{error:?}");
    }

    #[test]
    fn what_does_not_compile_is_refused_and_matches_nothing() {
        let [builtin, own] = expressions("(");
        assert!(own.is_none());
        let builtin = builtin.unwrap();
        assert!(!builtin.is_match("(") && builtin.find_in("(").is_none());
    }
}
