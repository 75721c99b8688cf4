//! The built-in taxonomies, and how an argument becomes a taxonomy.

use super::Taxonomy;
use crate::definition::{self, Builtin, Catalog, DefinitionError};

impl Taxonomy {
    /// The built-in taxonomies, the default first, and the files beside them.
    pub const CATALOG: Catalog<Self> = Catalog {
        kind: "taxonomy",
        rows: &[
            Builtin { name: "crash-triage-v1", text: include_str!("builtin/crash-triage-v1.toml") },
            Builtin { name: "crash-triage-v2", text: include_str!("builtin/crash-triage-v2.toml") },
            Builtin { name: "integration", text: include_str!("builtin/integration.toml") },
            Builtin { name: "tests", text: include_str!("builtin/tests.toml") },
        ],
        parse: Self::parse,
    };

    /// Reads a taxonomy; `name` is how the faults call the text.
    ///
    /// # Errors
    /// Every fault of the text.
    pub fn parse(name: &str, text: &str) -> Result<Self, DefinitionError> {
        definition::read(name, text, Self::CATALOG.rows, |root, faults| Self::read(root, text, faults))
    }
}

#[cfg(test)]
mod tests {
    use super::Taxonomy;
    use crate::definition::CatalogError;
    use crate::taxonomy::Counts;

    #[test]
    fn every_row_is_a_taxonomy_of_its_name() {
        for row in Taxonomy::CATALOG.rows {
            // A text of its own: the regular expressions of a built-in one are not compiled as it is read.
            let text = format!("{}\n", row.text);
            let taxonomy = Taxonomy::parse(row.name, &text).unwrap_or_else(|error| panic!("{error}"));
            assert_eq!(taxonomy.name(), row.name);
            assert!(!taxonomy.description().is_empty());
            assert_eq!(Taxonomy::CATALOG.builtin(row.name).unwrap().rules().len(), taxonomy.rules().len());
            assert_eq!(Taxonomy::CATALOG.resolve(row.name).unwrap().name(), row.name);
        }
        assert!(Taxonomy::CATALOG.builtin("crash").is_none());
    }

    #[test]
    fn infrastructure_alone_stays_out_of_the_series() {
        for name in Taxonomy::CATALOG.names() {
            for class in Taxonomy::CATALOG.builtin(name).unwrap().classes() {
                let expected = if ["oracle_infra", "infra_ci", "infrastructure"].contains(&class.name.as_str()) {
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
        let error = Taxonomy::CATALOG.resolve("crash").unwrap_err();
        assert_eq!(
            error.to_string(),
            "unknown taxonomy `crash`, known: crash-triage-v1, crash-triage-v2, integration, tests (or give a file)"
        );
    }

    #[test]
    fn a_file_is_read_and_called_by_its_path() {
        let folder = tempfile::tempdir().unwrap();
        let missing = folder.path().join("missing.toml");
        let error = Taxonomy::CATALOG.resolve(missing.to_str().unwrap()).unwrap_err();
        assert!(matches!(error, CatalogError::Read { .. }), "{error}");
        let file = folder.path().join("own");
        std::fs::write(&file, Taxonomy::CATALOG.rows[0].text).unwrap();
        assert_eq!(Taxonomy::CATALOG.resolve(file.to_str().unwrap()).unwrap().name(), Taxonomy::CATALOG.rows[0].name);
        std::fs::write(&file, "name = 1").unwrap();
        let error = Taxonomy::CATALOG.resolve(file.to_str().unwrap()).unwrap_err().to_string();
        assert!(error.starts_with(&format!("{}:1:", file.display())), "{error}");
    }
}
