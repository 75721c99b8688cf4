//! The built-in profiles, and how an argument becomes a profile.

use super::benchmark_profile::{self, BenchmarkProfile};
use super::profile::Profile;
use super::profile_file;
use crate::definition::{self, Builtin, DefinitionError};
use std::io;
use std::path::{Path, PathBuf};

/// One row each.
const TABLE: [Builtin; 3] = [
    Builtin { name: "ft-conformance-log-v1", text: include_str!("builtin/ft-conformance-log-v1.toml") },
    Builtin { name: "integration", text: include_str!("builtin/integration.toml") },
    Builtin { name: "benchmark-line-v1", text: include_str!("builtin/benchmark-line-v1.toml") },
];

/// A profile of either kind; the table `[benchmark]` tells them apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Of the records of a log.
    Log(Profile),
    /// Of benchmark lines.
    Benchmark(BenchmarkProfile),
}

/// Why there is no profile.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProfileError {
    /// The argument is neither a built-in name nor a file.
    #[error("unknown profile {}, known: {} (or give a file)", definition::quoted(name), Shape::names().collect::<Vec<_>>().join(", "))]
    Unknown {
        /// The argument.
        name: String,
    },
    /// The file cannot be read.
    #[error("failed to read profile {}", path.display())]
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

impl Profile {
    /// The built-in profile of that exact name, if it is of a log.
    #[must_use]
    pub fn builtin(name: &str) -> Option<Self> {
        match Shape::builtin(name)? {
            Shape::Log(profile) => Some(profile),
            Shape::Benchmark(_) => None,
        }
    }
}

impl Shape {
    /// Reads a profile; `name` is how the faults call the text.
    ///
    /// # Errors
    /// Every fault of the text.
    pub fn parse(name: &str, text: &str) -> Result<Self, DefinitionError> {
        definition::read(name, text, &TABLE, |root, faults| match root.entry("benchmark") {
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

    /// The names of the built-in profiles, in the order in which they are tried on a line.
    pub fn names() -> impl Iterator<Item = &'static str> {
        TABLE.iter().map(|row| row.name)
    }

    /// The built-in profile of that exact name.
    #[must_use]
    pub fn builtin(name: &str) -> Option<Self> {
        let row = TABLE.iter().find(|row| row.name == name)?;
        Self::parse(row.name, row.text).ok()
    }

    /// The TOML text of a built-in profile.
    ///
    /// # Errors
    /// An unknown name.
    pub fn source(name: &str) -> Result<&'static str, ProfileError> {
        let row = TABLE.iter().find(|row| row.name == name);
        row.map(|row| row.text).ok_or_else(|| ProfileError::Unknown { name: name.to_owned() })
    }

    /// The profile that an argument asks for: a built-in name, else a file.
    ///
    /// An argument that is no built-in name is a file when it holds a path separator, ends with `.toml`, or names a
    /// file that is there. A file that is called like a built-in is asked for as `./NAME`.
    ///
    /// # Errors
    /// An unknown name, a file that cannot be read, or every fault of its text.
    pub fn resolve(name_or_path: &str) -> Result<Self, ProfileError> {
        if let Some(row) = TABLE.iter().find(|row| row.name == name_or_path) {
            return Ok(Self::parse(row.name, row.text)?);
        }
        if !definition::means_a_file(name_or_path) {
            return Err(ProfileError::Unknown { name: name_or_path.to_owned() });
        }
        let path = Path::new(name_or_path);
        let text =
            definition::read_file(path).map_err(|source| ProfileError::Read { path: path.to_owned(), source })?;
        Ok(Self::parse(name_or_path, &text)?)
    }
}

#[cfg(test)]
mod tests {
    use super::{Profile, ProfileError, Shape, TABLE};
    use crate::record::{Kind, OutcomeKind, TimeUnit};
    use crate::role::Role;

    #[test]
    fn every_row_is_a_profile_of_its_name() {
        for row in TABLE {
            // A text of its own: the regular expressions of a built-in one are not compiled as it is read.
            let text = format!("{}\n", row.text);
            let profile = Shape::parse(row.name, &text).unwrap_or_else(|error| panic!("{error}"));
            assert_eq!(profile.name(), row.name);
            assert!(!profile.description().is_empty());
            assert_eq!(Shape::builtin(row.name).as_ref(), Some(&profile));
            assert_eq!(Shape::resolve(row.name).unwrap(), profile);
        }
        assert_eq!(Shape::builtin("ft"), None);
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
        let error = Shape::resolve("ft").unwrap_err();
        assert_eq!(
            error.to_string(),
            "unknown profile `ft`, known: ft-conformance-log-v1, integration, benchmark-line-v1 (or give a file)"
        );
    }

    #[test]
    fn a_file_is_read_and_called_by_its_path() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("own.toml");
        let argument = file.to_str().unwrap();
        assert!(matches!(Shape::resolve(argument).unwrap_err(), ProfileError::Read { .. }));
        std::fs::write(&file, TABLE[0].text).unwrap();
        assert_eq!(Shape::resolve(argument).unwrap(), Shape::builtin(TABLE[0].name).unwrap());
        std::fs::write(&file, "name = 1").unwrap();
        let error = Shape::resolve(argument).unwrap_err().to_string();
        assert!(error.starts_with(&format!("{argument}:1:")), "{error}");
    }
}
