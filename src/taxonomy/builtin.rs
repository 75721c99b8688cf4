//! The built-in taxonomies, and how an argument becomes a taxonomy.

use super::Taxonomy;
use crate::definition::{self, Builtin, DefinitionError};
use std::io;
use std::path::{Path, PathBuf};

/// One row each.
const TABLE: [Builtin; 3] = [
    Builtin { name: "crash-triage-v1", text: include_str!("builtin/crash-triage-v1.toml") },
    Builtin { name: "crash-triage-v2", text: include_str!("builtin/crash-triage-v2.toml") },
    Builtin { name: "integration", text: include_str!("builtin/integration.toml") },
];

/// Why there is no taxonomy.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TaxonomyError {
    /// The argument is neither a built-in name nor a file.
    #[error("unknown taxonomy {}, known: {} (or give a file)", definition::quoted(name), Taxonomy::names().collect::<Vec<_>>().join(", "))]
    Unknown {
        /// The argument.
        name: String,
    },
    /// The file cannot be read.
    #[error("failed to read taxonomy {}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the operating system says.
        source: io::Error,
    },
    /// The text has faults.
    #[error(transparent)]
    Definition(#[from] DefinitionError),
}

impl Taxonomy {
    /// Reads a taxonomy; `name` is how the faults call the text.
    ///
    /// # Errors
    /// Every fault of the text.
    pub fn parse(name: &str, text: &str) -> Result<Self, DefinitionError> {
        definition::read(name, text, &TABLE, |root, faults| Self::read(root, text, faults))
    }

    /// The names of the built-in taxonomies; the first is the default.
    pub fn names() -> impl Iterator<Item = &'static str> {
        TABLE.iter().map(|row| row.name)
    }

    /// The built-in taxonomy of that exact name.
    #[must_use]
    pub fn builtin(name: &str) -> Option<Self> {
        let row = TABLE.iter().find(|row| row.name == name)?;
        Self::parse(row.name, row.text).ok()
    }

    /// The TOML text of a built-in taxonomy.
    ///
    /// # Errors
    /// An unknown name.
    pub fn source(name: &str) -> Result<&'static str, TaxonomyError> {
        let row = TABLE.iter().find(|row| row.name == name);
        row.map(|row| row.text).ok_or_else(|| TaxonomyError::Unknown { name: name.to_owned() })
    }

    /// The taxonomy that an argument asks for: a built-in name, else a file.
    ///
    /// An argument that is no built-in name is a file when it holds a path separator, ends with `.toml`, or names a
    /// file that is there. A file that is called like a built-in is asked for as `./NAME`.
    ///
    /// # Errors
    /// An unknown name, a file that cannot be read, or every fault of its text.
    pub fn resolve(name_or_path: &str) -> Result<Self, TaxonomyError> {
        if let Some(row) = TABLE.iter().find(|row| row.name == name_or_path) {
            return Ok(Self::parse(row.name, row.text)?);
        }
        if !definition::means_a_file(name_or_path) {
            return Err(TaxonomyError::Unknown { name: name_or_path.to_owned() });
        }
        let path = Path::new(name_or_path);
        let text =
            definition::read_file(path).map_err(|source| TaxonomyError::Read { path: path.to_owned(), source })?;
        Ok(Self::parse(name_or_path, &text)?)
    }
}

#[cfg(test)]
mod tests {
    use super::{TABLE, Taxonomy, TaxonomyError};
    use crate::taxonomy::Counts;

    #[test]
    fn every_row_is_a_taxonomy_of_its_name() {
        for row in TABLE {
            // A text of its own: the regular expressions of a built-in one are not compiled as it is read.
            let text = format!("{}\n", row.text);
            let taxonomy = Taxonomy::parse(row.name, &text).unwrap_or_else(|error| panic!("{error}"));
            assert_eq!(taxonomy.name(), row.name);
            assert!(!taxonomy.description().is_empty());
            assert_eq!(Taxonomy::builtin(row.name).unwrap().rules().len(), taxonomy.rules().len());
            assert_eq!(Taxonomy::resolve(row.name).unwrap().name(), row.name);
        }
        assert!(Taxonomy::builtin("crash").is_none());
    }

    #[test]
    fn infrastructure_alone_stays_out_of_the_series() {
        for name in Taxonomy::names() {
            for class in Taxonomy::builtin(name).unwrap().classes() {
                let expected = if ["oracle_infra", "infra_ci"].contains(&class.name.as_str()) {
                    Counts::IncidentOnly
                } else {
                    Counts::Series
                };
                assert_eq!(class.counts, expected, "{name}: {}", class.name);
            }
        }
    }

    #[test]
    fn an_unknown_name_is_answered_with_the_known_ones() {
        let error = Taxonomy::resolve("crash").unwrap_err();
        assert_eq!(
            error.to_string(),
            "unknown taxonomy `crash`, known: crash-triage-v1, crash-triage-v2, integration (or give a file)"
        );
    }

    #[test]
    fn a_file_is_read_and_called_by_its_path() {
        let folder = tempfile::tempdir().unwrap();
        let missing = folder.path().join("missing.toml");
        let error = Taxonomy::resolve(missing.to_str().unwrap()).unwrap_err();
        assert!(matches!(error, TaxonomyError::Read { .. }), "{error}");
        let file = folder.path().join("own");
        std::fs::write(&file, TABLE[0].text).unwrap();
        assert_eq!(Taxonomy::resolve(file.to_str().unwrap()).unwrap().name(), TABLE[0].name);
        std::fs::write(&file, "name = 1").unwrap();
        let error = Taxonomy::resolve(file.to_str().unwrap()).unwrap_err().to_string();
        assert!(error.starts_with(&format!("{}:1:", file.display())), "{error}");
    }
}
