//! Records: what one line of a log says, whatever its shape.
//!
//! A profile maps the field paths of a log to roles. A new log shape is one TOML file, built in by one row of the table
//! in `profiles.rs`, or given by path. The format is described at [`Profile`], that of benchmark lines at
//! [`BenchmarkProfile`].

mod benchmark_line;
mod benchmark_profile;
mod derivation;
mod escape_code;
mod fast;
mod judge;
mod keys;
mod lenient;
mod mask;
mod mend;
mod metric;
mod moment;
mod more;
mod parser;
mod pathlike;
mod paths;
mod place;
#[cfg(test)]
mod plain;
mod profile;
mod profile_file;
mod profiles;
mod ready;
#[expect(clippy::module_inception, reason = "the room's one noun")]
mod record;
mod slot;
mod stops;
mod tape;
mod trails;
mod value;
mod walk;

pub use benchmark_line::{BenchmarkLine, Unfit};
pub use benchmark_profile::{BenchmarkProfile, NamedMetric, NamedPair};
pub use derivation::{Derivation, Source};
pub use mask::mask;
pub use metric::{Direction, Metric, is_measured};
pub use moment::nanoseconds;
pub use more::More;
pub use parser::{MOST_FIELDS, Parsed, Parser, Profiles, Rejection};
pub use profile::{Field, Kind, OutcomeKind, OutcomeWords, Profile, TimeUnit};
pub use profiles::{ProfileError, Shape};
pub use record::{Record, Texts};
