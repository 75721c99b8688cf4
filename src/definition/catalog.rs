//! The definitions that are built in, and how an argument becomes one.

use std::io;
use std::path::{Path, PathBuf};

use super::{Builtin, DefinitionError, looks_like_a_path, quoted, read_file};

/// The built-in definitions of one kind.
#[derive(Debug)]
pub struct Catalog<T> {
    /// What they are called, as in "unknown profile".
    pub kind: &'static str,
    /// One row each.
    pub rows: &'static [Builtin],
    /// Reads a text; the name is how the faults call it.
    pub parse: fn(&str, &str) -> Result<T, DefinitionError>,
}

/// Why there is no definition.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CatalogError {
    /// The argument is neither a built-in name nor a file.
    #[error("unknown {kind} {}, known: {} (or give a file)", quoted(name), known.join(", "))]
    Unknown {
        /// The kind of definition.
        kind: &'static str,
        /// The argument.
        name: String,
        /// The built-in names.
        known: Vec<&'static str>,
    },
    /// The file cannot be read.
    #[error("failed to read {kind} {}", path.display())]
    Read {
        /// The kind of definition.
        kind: &'static str,
        /// The file.
        path: PathBuf,
        /// What the operating system says.
        source: io::Error,
    },
    /// The text has faults.
    #[error(transparent)]
    Definition(#[from] DefinitionError),
}

impl<T> Catalog<T> {
    /// The built-in names, in order.
    pub fn names(&self) -> impl Iterator<Item = &'static str> + use<T> {
        self.rows.iter().map(|row| row.name)
    }

    /// The definition of that exact name.
    #[must_use]
    pub fn builtin(&self, name: &str) -> Option<T> {
        (self.parse)(name, self.source(name).ok()?).ok()
    }

    /// The TOML text of the row of that exact name.
    ///
    /// # Errors
    /// An unknown name.
    pub fn source(&self, name: &str) -> Result<&'static str, CatalogError> {
        self.rows.iter().find(|row| row.name == name).map(|row| row.text).ok_or_else(|| CatalogError::Unknown {
            kind: self.kind,
            name: name.to_owned(),
            known: self.names().collect(),
        })
    }

    /// The definition that an argument asks for: a built-in name, else a file.
    ///
    /// An argument that is no built-in name is a file when it holds a path separator, ends with `.toml`, or names a
    /// file that is there. A file that is called like a built-in is asked for as `./NAME`.
    ///
    /// # Errors
    /// An unknown name, a file that cannot be read, or every fault of its text.
    pub fn resolve(&self, argument: &str) -> Result<T, CatalogError> {
        let unknown = match self.source(argument) {
            Ok(text) => return Ok((self.parse)(argument, text)?),
            Err(unknown) => unknown,
        };
        let path = Path::new(argument);
        if !looks_like_a_path(argument) && !path.is_file() {
            return Err(unknown);
        }
        let text =
            read_file(path).map_err(|source| CatalogError::Read { kind: self.kind, path: path.to_owned(), source })?;
        Ok((self.parse)(argument, &text)?)
    }
}
