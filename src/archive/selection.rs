//! Which files of the arguments are looked at, by patterns of their paths.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use globset::{GlobBuilder, GlobMatcher};
use thiserror::Error;

use super::container::WITHIN;

/// The option of patterns of what is read.
const INCLUDE: &str = "--include";
/// The option of patterns of what is not.
pub(super) const EXCLUDE: &str = "--exclude";

/// A pattern that is none.
#[derive(Debug, Error)]
#[error("failed to read the pattern `{pattern}` of {option}: {why}")]
pub struct BadPattern {
    option: &'static str,
    pattern: String,
    why: String,
}

/// Patterns of the files that are read and of those that are not, as `.gitignore` writes them: one without a slash is held
/// against every name on the way to a file, one with a slash against the path below its argument or its container.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    patterns: Vec<Arc<Pattern>>,
}

#[derive(Debug)]
struct Pattern {
    text: String,
    option: &'static str,
    matcher: GlobMatcher,
    has_matched: AtomicBool,
}

impl PartialEq for Selection {
    fn eq(&self, other: &Self) -> bool {
        let texts = |of: &Self| of.patterns.iter().map(|one| (one.option, one.text.clone())).collect::<Vec<_>>();
        texts(self) == texts(other)
    }
}

impl Eq for Selection {}

impl Selection {
    /// What one of the `include` takes, where there are any, and none of the `exclude`.
    ///
    /// # Errors
    /// When one is no pattern.
    pub fn new(include: &[String], exclude: &[String]) -> Result<Self, BadPattern> {
        let all = include.iter().map(|text| (INCLUDE, text)).chain(exclude.iter().map(|text| (EXCLUDE, text)));
        let patterns = all.map(|(option, text)| Pattern::new(option, text).map(Arc::new)).collect::<Result<_, _>>()?;
        Ok(Self { patterns })
    }

    /// The option by which a file is left out; `path`: below its argument, that of a member behind its container's.
    pub(super) fn leaves_out(&self, path: &str) -> Option<&'static str> {
        let excluded = self.matches(EXCLUDE, path);
        if self.matches(INCLUDE, path) || !self.includes() {
            return excluded.then_some(EXCLUDE);
        }
        Some(INCLUDE)
    }

    /// Whether a file that may hold others is not to be opened.
    pub(super) fn leaves_out_container(&self, path: &str) -> bool {
        self.matches(EXCLUDE, path)
    }

    /// Whether a file is read that is asked for by its path, whatever it is called.
    pub(super) fn asks_for(&self, path: &str) -> bool {
        self.leaves_out(path).is_none() && self.matches(INCLUDE, path)
    }

    /// Whether a file counts, of which only the path is known.
    #[must_use]
    pub fn takes(&self, path: &str) -> bool {
        self.leaves_out(path).is_none()
    }

    /// A pattern that matched no file, and its option.
    pub(super) fn idle(&self) -> Option<(&'static str, &str)> {
        let idle = self.patterns.iter().find(|pattern| !pattern.has_matched.load(Ordering::Relaxed))?;
        Some((idle.option, &idle.text))
    }

    /// The same, of which no pattern has matched yet.
    pub(super) fn anew(&self) -> Self {
        let fresh = |pattern: &Arc<Pattern>| {
            let Pattern { text, option, matcher, .. } = &**pattern;
            let (text, matcher) = (text.clone(), matcher.clone());
            Arc::new(Pattern { text, option, matcher, has_matched: AtomicBool::new(false) })
        };
        Self { patterns: self.patterns.iter().map(fresh).collect() }
    }

    fn includes(&self) -> bool {
        self.patterns.iter().any(|pattern| pattern.option == INCLUDE)
    }

    fn matches(&self, option: &'static str, path: &str) -> bool {
        let of_option = self.patterns.iter().filter(|pattern| pattern.option == option);
        // All of them are asked, so that each is known to have matched.
        of_option.filter(|pattern| pattern.matches(path)).count() > 0
    }
}

impl Pattern {
    fn new(option: &'static str, text: &str) -> Result<Self, BadPattern> {
        let bad = |why: String| BadPattern { option, pattern: text.to_owned(), why };
        let path = text.trim_end_matches('/');
        let path = path.strip_prefix("./").unwrap_or(path);
        if path.is_empty() {
            return Err(bad("it is empty".to_owned()));
        }
        let glob = if path.contains('/') { path.trim_start_matches('/').to_owned() } else { format!("**/{path}") };
        let built = GlobBuilder::new(&glob).literal_separator(true).backslash_escape(true).build();
        let matcher = built.map_err(|error| bad(error.kind().to_string()))?.compile_matcher();
        Ok(Self { text: text.to_owned(), option, matcher, has_matched: AtomicBool::new(false) })
    }

    fn matches(&self, path: &str) -> bool {
        // What a folder's or a container's pattern takes is all that is below.
        let starts = std::iter::once(0).chain(path.match_indices(WITHIN).map(|(at, _)| at + WITHIN.len()));
        let is_match = starts.into_iter().any(|start| {
            let part = &path[start..];
            let ends = part.match_indices('/').map(|(end, _)| end).chain([part.len()]);
            ends.into_iter().any(|end| self.matcher.is_match(part[..end].trim_end_matches('!')))
        });
        if is_match {
            self.has_matched.store(true, Ordering::Relaxed);
        }
        is_match
    }
}

#[cfg(test)]
mod tests {
    use super::Selection;

    fn taken(include: &[&str], exclude: &[&str], paths: &[&str]) -> Vec<String> {
        let owned = |texts: &[&str]| texts.iter().map(|&text| text.to_owned()).collect::<Vec<_>>();
        let selection = Selection::new(&owned(include), &owned(exclude)).unwrap();
        paths.iter().filter(|path| selection.takes(path)).map(|&path| path.to_owned()).collect()
    }

    const PATHS: [&str; 6] = [
        "a/junit/x.xml",
        "a/junit/deep/y.xml",
        "b.zip!/junit/x.xml",
        "b.zip!/in.tar.gz!/junit/z.xml",
        "b.jsonl",
        "old/b.jsonl",
    ];

    #[test]
    fn patterns_are_held_against_names_and_paths() {
        for (include, exclude, expected) in [
            (&[][..], &[][..], &[0, 1, 2, 3, 4, 5][..]),
            (&["*.xml"], &[], &[0, 1, 2, 3]),
            (&[], &["*.xml"], &[4, 5]),
            (&["junit/*.xml"], &[], &[2, 3]),
            (&["**/junit/*.xml"], &[], &[0, 2, 3]),
            (&["a/junit/*"], &[], &[0, 1]),
            (&["/b.jsonl"], &[], &[4]),
            (&["b.zip"], &[], &[2, 3]),
            (&["*.tar.gz"], &[], &[3]),
            (&[], &["old/"], &[0, 1, 2, 3, 4]),
            (&["b*"], &["b.zip"], &[4, 5]),
            (&["*.{xml,jsonl}"], &["[xy].xml"], &[3, 4, 5]),
            (&["./a/**"], &[], &[0, 1]),
            (&["B.JSONL"], &[], &[]),
        ] {
            let expected: Vec<&str> = expected.iter().map(|&at: &usize| PATHS[at]).collect();
            assert_eq!(taken(include, exclude, &PATHS), expected, "{include:?} {exclude:?}");
        }
    }

    #[test]
    fn what_is_no_pattern_is_refused_and_what_matches_nothing_is_known() {
        for bad in ["", "/", "a[", "{a", "a\\"] {
            let error = Selection::new(&[bad.to_owned()], &[]).unwrap_err().to_string();
            assert!(error.contains("of --include"), "{bad}: {error}");
        }
        let selection = Selection::new(&["*.xml".to_owned()], &["z*".to_owned()]).unwrap();
        assert!(selection.takes("a.xml"));
        assert_eq!(selection.idle(), Some(("--exclude", "z*")));
        assert!(!selection.takes("z.xml"));
        assert_eq!(selection.idle(), None);
        assert_eq!(selection.anew().idle(), Some(("--include", "*.xml")));
        assert_eq!(selection.anew(), selection);
    }
}
