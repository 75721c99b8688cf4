//! What must hold of any bytes, as functions that panic where it does not: cargo-fuzz looks for such bytes
//! (`scripts/fuzz`), and ordinary tests try the seeds of `fixtures/fuzz` and some bytes near them.
#![allow(dead_code, reason = "the tests, the fuzz targets and the seeds' writer each use a part of it")]

mod container;
mod definition;
mod frames;
mod line;
pub(crate) mod partial;
mod policy;
mod profile;
mod reader;
mod sealed;
pub(crate) mod store;
mod swept;
pub(crate) mod taxonomy;

/// Panics where it does not hold for some bytes.
pub(crate) type Property = fn(&[u8]);

/// The targets by name.
pub(crate) const ALL: [(&str, Property); 10] = [
    ("line", line::holds),
    ("frames", frames::holds),
    ("zstd", container::zstd_holds),
    ("gzip", container::gzip_holds),
    ("profile", profile::holds),
    ("taxonomy", taxonomy::holds),
    ("policy", policy::holds),
    ("store", store::holds),
    ("partial", partial::holds),
    ("reader", reader::holds),
];
