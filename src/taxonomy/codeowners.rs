//! CODEOWNERS: who owns a file, as GitHub and GitLab read it.
//!
//! <https://docs.github.com/en/repositories/managing-your-repositorys-settings-and-features/customizing-your-repository/about-code-owners>
//! and <https://docs.gitlab.com/user/project/codeowners/reference/>: patterns as in `.gitignore`, the last one that matches a path
//! wins. GitLab's sections are not told apart; their default owners stand for patterns that name none.

use std::path::Path;

use globset::{GlobBuilder, GlobMatcher};

/// Where servers look for it, below the root of a repository.
pub const PLACES: [&str; 4] = [".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS"];

/// Who owns which files.
#[derive(Clone, Debug, Default)]
pub struct Codeowners {
    rules: Vec<Rule>,
}

#[derive(Clone, Debug)]
struct Rule {
    line: usize,
    matcher: GlobMatcher,
    /// Separated by blanks; empty where nobody owns what it matches.
    owners: String,
    /// Whether it matches every file.
    is_all: bool,
    /// Whether it matches the files of a folder, and nothing below its folders.
    is_flat: bool,
}

/// Who owns a file, and where that is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Owner<'o> {
    /// As the file writes them.
    pub owners: &'o str,
    /// The line that says so, from 1.
    pub line: usize,
}

impl Codeowners {
    /// Reads a file. What is no pattern is passed over, as servers do.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let mut rules = Vec::new();
        let mut default = String::new();
        for (line, written) in (1..).zip(text.lines()) {
            let written = written.trim();
            if written.is_empty() || written.starts_with('#') {
                continue;
            }
            if let Some(owners) = section(written) {
                default = owners;
                continue;
            }
            let mut words = split(written);
            let Some(pattern) = words.next() else { continue };
            let named: Vec<String> = words.take_while(|word| !word.starts_with('#')).collect();
            let owners = if named.is_empty() { default.clone() } else { named.join(" ") };
            let Some(matcher) = matcher(&pattern) else { continue };
            let (is_all, is_flat) = (matches!(pattern.as_str(), "*" | "**" | "/**"), pattern.ends_with("/*"));
            rules.push(Rule { line, matcher, owners, is_all, is_flat });
        }
        Self { rules }
    }

    /// Who owns a file. Of a path that is absolute, or begins with the name of a module, the part below the repository's root is
    /// not known: it is the longest one that a pattern other than `*` matches.
    #[must_use]
    pub fn of(&self, path: &str) -> Option<Owner<'_>> {
        let path = path.trim_start_matches("./");
        let starts = std::iter::once(0).chain(path.match_indices('/').map(|(at, _)| at + 1));
        let below = starts.map(|start| &path[start..]).filter(|below| !below.is_empty());
        let narrow = below.clone().find_map(|below| self.last(below).filter(|rule| !rule.is_all));
        let rule = narrow.or_else(|| below.clone().find_map(|below| self.last(below)))?;
        (!rule.owners.is_empty()).then_some(Owner { owners: &rule.owners, line: rule.line })
    }

    /// Everything that it says, as a text: another text for other owners.
    #[must_use]
    pub fn definition(&self) -> String {
        let rules = self.rules.iter().map(|rule| format!("{}:{}:{}\n", rule.line, rule.matcher.glob(), rule.owners));
        rules.collect()
    }

    fn last(&self, path: &str) -> Option<&Rule> {
        let path = Path::new(path);
        // A pattern of a folder matches what is below it.
        let parts = |rule: &Rule| if rule.is_flat { 1 } else { usize::MAX };
        let is_matched = |rule: &&Rule| path.ancestors().take(parts(rule)).any(|part| rule.matcher.is_match(part));
        self.rules.iter().rev().find(is_matched)
    }
}

/// The default owners of GitLab's `[Section][2] @owner`, or `^[Section]`.
fn section(line: &str) -> Option<String> {
    let rest = line.strip_prefix('^').unwrap_or(line).strip_prefix('[')?;
    let (_, mut rest) = rest.split_once(']')?;
    if let Some((_, behind)) = rest.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        rest = behind;
    }
    Some(rest.trim().to_owned())
}

/// The words of a line; `\ ` is a blank within one.
fn split(line: &str) -> impl Iterator<Item = String> {
    let mut words = vec![String::new()];
    let mut characters = line.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => match (characters.next(), words.last_mut()) {
                (Some(escaped @ (' ' | '#')), Some(word)) => word.push(escaped),
                (Some(other), Some(word)) => word.extend(['\\', other]),
                _ => {}
            },
            character if character.is_whitespace() => words.push(String::new()),
            character => words.last_mut().into_iter().for_each(|word| word.push(character)),
        }
    }
    words.into_iter().filter(|word| !word.is_empty())
}

/// A pattern of `.gitignore` as a glob: with a slash before its end it is one of the root, without any it matches at every depth.
fn matcher(pattern: &str) -> Option<GlobMatcher> {
    let path = pattern.trim_end_matches('/');
    let is_of_root = path.contains('/');
    let path = path.trim_start_matches('/');
    let glob = if is_of_root { path.to_owned() } else { format!("**/{path}") };
    Some(GlobBuilder::new(&glob).literal_separator(true).backslash_escape(true).build().ok()?.compile_matcher())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn owner(text: &str, path: &str) -> Option<(String, usize)> {
        Codeowners::parse(text).of(path).map(|owner| (owner.owners.to_owned(), owner.line))
    }

    #[test]
    fn the_last_pattern_that_matches_wins() {
        let text = "# who\n*       @all\n*.js    @js # scripts\n/build/ @ops\ndocs/*  @docs\napps/   @apps @more\n/apps/github\n\
                    **/logs @logs\n/a\\ b/ @blank\n";
        for (path, expected) in [
            ("src/a.rs", Some(("@all", 2))),
            ("src/deep/a.js", Some(("@js", 3))),
            ("build/logs/x", Some(("@logs", 8))),
            ("build/x/y.js", Some(("@ops", 4))),
            ("other/build/x", Some(("@ops", 4))),
            ("docs/a.md", Some(("@docs", 5))),
            ("docs/deep/a.md", Some(("@all", 2))),
            ("x/apps/y.rs", Some(("@apps @more", 6))),
            ("apps/github/x", None),
            ("a b/c", Some(("@blank", 9))),
        ] {
            let expected = expected.map(|(owners, line)| (owners.to_owned(), line));
            assert_eq!(owner(text, path), expected, "{path}");
        }
    }

    #[test]
    fn the_root_of_an_absolute_path_is_found() {
        let text = "* @all\n/src/api/ @api\n";
        for path in ["/home/runner/work/shop/shop/src/api/test_x.py", "github.com/acme/shop/src/api", "./src/api/x"] {
            assert_eq!(owner(text, path), Some(("@api".to_owned(), 2)), "{path}");
        }
        assert_eq!(owner(text, "/home/x/other/test_y.py"), Some(("@all".to_owned(), 1)));
        assert_eq!(owner("/src @src\n", "lib/x"), None);
    }

    #[test]
    fn sections_have_default_owners() {
        let text = "[Docs] @docs-team\ndocs/\nREADME.md @me\n^[Optional][2] @two\nlib/\n";
        assert_eq!(owner(text, "docs/a"), Some(("@docs-team".to_owned(), 2)));
        assert_eq!(owner(text, "README.md"), Some(("@me".to_owned(), 3)));
        assert_eq!(owner(text, "lib/a"), Some(("@two".to_owned(), 5)));
    }
}
