//! All profiles of a sweep, compiled.

use super::benchmark_profile::BenchmarkProfile;
use super::profile::Profile;
use super::ready::Ready;
use super::shape::Shape;
use crate::role::Role;

/// Profiles, ready to be matched against lines.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a property of its own")]
pub struct Profiles {
    pub(super) ready: Vec<Ready>,
    pub(super) benchmarks: Vec<BenchmarkProfile>,
    /// Whether a failure's line is read again, for a value that the parsers do not keep.
    pub(super) reads_again: bool,
    /// Whether the caller named them, so that a line that fits none has faults rather than an unknown shape.
    pub(super) named: bool,
    /// Whether a line with cosmetic faults is none.
    pub(super) is_strict: bool,
    /// Whether any profile says what stands before its records.
    pub(super) has_prefixes: bool,
}

impl Profiles {
    /// The built-in profiles: a line may have any of their shapes.
    #[must_use]
    pub fn builtin() -> Self {
        Self { named: false, ..Self::of(Shape::CATALOG.names().filter_map(|name| Shape::CATALOG.builtin(name))) }
    }

    /// Profiles that the caller named: every line must have one of these shapes.
    #[must_use]
    pub fn named(profiles: Vec<Profile>) -> Self {
        Self::of(profiles.into_iter().map(Shape::Log))
    }

    /// Everything that the profiles say, as a text: another text for other profiles.
    #[must_use]
    pub fn definitions(&self) -> String {
        let profiles: Vec<&Profile> = self.ready.iter().map(|ready| &ready.profile).collect();
        format!("{profiles:?} {:?} {}", self.benchmarks, self.named)
    }

    /// With `is_strict`, a line is a record exactly when `serde_json` says so, and a value fits its field exactly when it
    /// is of the type that the profile states.
    #[must_use]
    pub fn strictly(mut self, is_strict: bool) -> Self {
        self.is_strict = is_strict;
        self.ready.iter_mut().for_each(|ready| ready.is_strict = is_strict);
        self
    }

    /// Whether a line with cosmetic faults is no record.
    #[must_use]
    pub fn is_strict(&self) -> bool {
        self.is_strict
    }

    /// Profiles of either kind that the caller named: every line must have one of these shapes.
    #[must_use]
    pub fn of(shapes: impl IntoIterator<Item = Shape>) -> Self {
        let mut profiles = Self {
            ready: Vec::new(),
            benchmarks: Vec::new(),
            reads_again: false,
            named: true,
            is_strict: false,
            has_prefixes: false,
        };
        for shape in shapes {
            match shape {
                Shape::Log(profile) => {
                    profiles.reads_again |= profile.field(Role::Entities).is_some();
                    profiles.has_prefixes |= profile.prefix.is_some();
                    profiles.ready.push(Ready::new(profile));
                }
                Shape::Benchmark(profile) => profiles.benchmarks.push(profile),
            }
        }
        profiles
    }

    /// How many log profiles there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ready.len()
    }

    /// Whether there is none of a log.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ready.is_empty()
    }

    /// The log profile with this number.
    #[must_use]
    pub fn get(&self, number: usize) -> Option<&Profile> {
        self.ready.get(number).map(|ready| &ready.profile)
    }

    /// The number of the log profile with this name.
    #[must_use]
    pub fn number_of(&self, name: &str) -> Option<usize> {
        self.ready.iter().position(|ready| ready.profile.name == name)
    }

    /// Whether a line holds nothing but white space, behind what its profile says stands before records.
    #[must_use]
    pub fn is_blank(&self, line: &[u8], guess: usize) -> bool {
        line[self.prefix_len(line, guess)..].trim_ascii_start().is_empty()
    }

    /// Bytes that stand before the record: by the guessed profile, else by the first that says what stands here.
    pub(super) fn prefix_len(&self, line: &[u8], guess: usize) -> usize {
        if !self.has_prefixes {
            return 0;
        }
        self.from(guess).map(|number| self.ready[number].prefix_len(line)).find(|&len| len > 0).unwrap_or(0)
    }

    /// Numbers of the profiles, the guess first.
    pub(super) fn from(&self, guess: usize) -> impl Iterator<Item = usize> {
        std::iter::once(guess).chain((0..self.len()).filter(move |&number| number != guess)).take(self.len())
    }
}
