//! The built-in profiles, and how an argument becomes a profile.

use super::benchmark_profile::{self, BenchmarkProfile};
use super::profile::Profile;
use super::profile_file;
use crate::definition::{self, Builtin, Catalog, DefinitionError};

/// A profile of either kind; the table `[benchmark]` tells them apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Of the records of a log.
    Log(Profile),
    /// Of benchmark lines.
    Benchmark(BenchmarkProfile),
}

impl Profile {
    /// The built-in profile of that exact name, if it is of a log.
    #[must_use]
    pub fn builtin(name: &str) -> Option<Self> {
        match Shape::CATALOG.builtin(name)? {
            Shape::Log(profile) => Some(profile),
            Shape::Benchmark(_) => None,
        }
    }
}

impl Shape {
    /// The built-in profiles, in the order in which they are tried on a line, and the files beside them.
    pub const CATALOG: Catalog<Self> = Catalog {
        kind: "profile",
        rows: &[
            Builtin { name: "ft-conformance-log-v1", text: include_str!("builtin/ft-conformance-log-v1.toml") },
            Builtin { name: "integration", text: include_str!("builtin/integration.toml") },
            Builtin { name: "tests", text: include_str!("builtin/tests.toml") },
            Builtin { name: "benchmark-line-v1", text: include_str!("builtin/benchmark-line-v1.toml") },
        ],
        parse: Self::parse,
    };

    /// Reads a profile; `name` is how the faults call the text.
    ///
    /// # Errors
    /// Every fault of the text.
    pub fn parse(name: &str, text: &str) -> Result<Self, DefinitionError> {
        definition::read(name, text, Self::CATALOG.rows, |root, faults| match root.entry("benchmark") {
            Some(_) => benchmark_profile::read(root, faults).map(Self::Benchmark),
            None => profile_file::read(root, faults).map(Self::Log),
        })
    }

    /// The name that the file gives itself.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Log(profile) => &profile.name,
            Self::Benchmark(profile) => &profile.name,
        }
    }

    /// What it is for; empty when the file does not say.
    #[must_use]
    pub fn description(&self) -> &str {
        match self {
            Self::Log(profile) => &profile.description,
            Self::Benchmark(profile) => &profile.description,
        }
    }

    /// How many fields it names.
    #[must_use]
    pub fn fields(&self) -> usize {
        match self {
            Self::Log(profile) => profile.fields.len(),
            Self::Benchmark(profile) => profile.roles().count() + profile.metrics.len() + 2 * profile.pairs.len(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Profile, Shape};
    use crate::definition::CatalogError;
    use crate::record::{Kind, OutcomeKind, TimeUnit};
    use crate::role::Role;

    #[test]
    fn every_row_is_a_profile_of_its_name() {
        for row in Shape::CATALOG.rows {
            // A text of its own: the regular expressions of a built-in one are not compiled as it is read.
            let text = format!("{}\n", row.text);
            let profile = Shape::parse(row.name, &text).unwrap_or_else(|error| panic!("{error}"));
            assert_eq!(profile.name(), row.name);
            assert!(!profile.description().is_empty());
            assert_eq!(Shape::CATALOG.builtin(row.name).as_ref(), Some(&profile));
            assert_eq!(Shape::CATALOG.resolve(row.name).unwrap(), profile);
        }
        assert_eq!(Shape::CATALOG.builtin("ft"), None);
        assert_eq!(Profile::builtin("benchmark-line-v1"), None);
    }

    #[test]
    fn the_conformance_log_has_its_thirteen_fields_in_order() {
        let profile = Profile::builtin("ft-conformance-log-v1").unwrap();
        let time = Kind::Time(TimeUnit::Milliseconds);
        let expected = [
            ("schema_version", Some(Role::Schema), Kind::Text),
            ("ts_unix_ms", Some(Role::Time), time),
            ("suite_id", Some(Role::Suite), Kind::Text),
            ("scenario_id", Some(Role::Scenario), Kind::Text),
            ("fixture_id", None, Kind::Text),
            ("packet_id", Some(Role::Packet), Kind::Text),
            ("mode", Some(Role::Mode), Kind::Text),
            ("seed", Some(Role::Seed), Kind::Unsigned),
            ("env_fingerprint", Some(Role::Env), Kind::Text),
            ("artifact_refs", Some(Role::Artifacts), Kind::Texts),
            ("replay_command", Some(Role::Replay), Kind::Text),
            ("outcome", Some(Role::Outcome), Kind::Text),
            ("reason_code", Some(Role::Reason), Kind::Text),
        ];
        assert_eq!(profile.fields.len(), expected.len());
        for (field, (path, role, kind)) in profile.fields.iter().zip(expected) {
            assert_eq!((field.path.join("."), field.role, field.kind, field.required), (path.into(), role, kind, true));
        }
        assert_eq!(profile.shape_paths().count(), 13);
        assert_eq!(profile.field(Role::Seed).unwrap().path, ["seed"]);
        assert_eq!(profile.field(Role::Run), None);
        for (word, verdict) in [
            ("pass", OutcomeKind::Pass),
            ("fail", OutcomeKind::Fail),
            ("skip", OutcomeKind::Excluded),
            ("infra", OutcomeKind::Excluded),
            ("cached", OutcomeKind::Excluded),
            ("PASS", OutcomeKind::Fail),
        ] {
            assert_eq!(profile.outcome.kind(word), verdict, "{word}");
        }
    }

    #[test]
    fn the_integration_profile_names_every_word_of_its_log() {
        let profile = Profile::builtin("integration").unwrap();
        for (word, kind) in [
            ("pass", OutcomeKind::Pass),
            ("fail", OutcomeKind::Fail),
            ("error", OutcomeKind::Fail),
            ("skip", OutcomeKind::Excluded),
            ("PASS", OutcomeKind::Unknown),
        ] {
            assert_eq!(profile.outcome.kind(word), kind, "{word}");
        }
    }

    #[test]
    fn an_unknown_name_is_answered_with_the_known_ones() {
        let error = Shape::CATALOG.resolve("ft").unwrap_err();
        assert_eq!(
            error.to_string(),
            "unknown profile `ft`, known: ft-conformance-log-v1, integration, tests, benchmark-line-v1 (or give a file)"
        );
    }

    #[test]
    fn a_file_is_read_and_called_by_its_path() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("own.toml");
        let argument = file.to_str().unwrap();
        assert!(matches!(Shape::CATALOG.resolve(argument).unwrap_err(), CatalogError::Read { .. }));
        std::fs::write(&file, Shape::CATALOG.rows[0].text).unwrap();
        assert_eq!(
            Shape::CATALOG.resolve(argument).unwrap(),
            Shape::CATALOG.builtin(Shape::CATALOG.rows[0].name).unwrap()
        );
        std::fs::write(&file, "name = 1").unwrap();
        let error = Shape::CATALOG.resolve(argument).unwrap_err().to_string();
        assert!(error.starts_with(&format!("{argument}:1:")), "{error}");
    }
}
