//! Records: what one line of a log says, whatever its shape.
//!
//! A profile maps the field paths of a log to roles. A new log shape is one TOML file, built in by one row of the table
//! in `shape.rs`, or given by path. The format is described at [`Profile`], that of benchmark lines at
//! [`BenchmarkProfile`].

mod benchmark_line;
mod benchmark_profile;
mod branch;
mod derivation;
mod derive;
mod escape_code;
mod fast;
mod field_path;
mod judge;
mod keys;
mod lenient;
mod mask;
mod mend;
mod metric;
mod moment;
mod more;
mod only;
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
mod rejection;
mod shape;
mod slot;
mod stops;
mod tape;
mod texts;
mod trails;
mod value;
mod walk;

pub use benchmark_line::{BenchmarkLine, Unfit};
pub use benchmark_profile::{BenchmarkProfile, NamedMetric, NamedPair};
pub use branch::history_of_branch;
pub use derivation::{Derivation, Source};
pub use mask::mask;
pub use metric::{Direction, Metric, is_measured};
pub use moment::nanoseconds;
pub use more::More;
pub use only::Only;
pub use parser::{Parsed, Parser};
pub use profile::{Field, Kind, MOST_FIELDS, OutcomeKind, OutcomeWords, Profile, TimeUnit};
pub use profiles::Profiles;
pub use record::Record;
pub use rejection::Rejection;
pub use shape::Shape;
pub use texts::Texts;
