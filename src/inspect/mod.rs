//! Logs of an unknown shape: what stands in them, a profile to start from, and what a profile makes of them.

mod draft;
mod key;
mod keys;
mod names;
mod roles;
mod sample;
mod toml;
mod trial;
mod vocabulary;

pub use draft::Draft;
pub use key::Key;
pub use keys::Keys;
pub use roles::Roles;
pub use sample::{InspectError, Known, Sample};
pub use trial::Trial;
