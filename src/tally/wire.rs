//! Numbers, texts and lists as bytes.
//!
//! Numbers are LEB128 varints (seven bits a byte, least first); a text or list has its length before it. What is read
//! is believed in nothing: a length is compared with what is left before anything is made of it. All writers fail when theirs
//! does, all readers when the bytes end or hold no such thing.

use std::io::{self, Write};

use super::run_set::{RunSet, Written};
use super::symbols::Symbol;

/// The bytes are not those that were written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Broken;

impl From<std::num::TryFromIntError> for Broken {
    fn from(_: std::num::TryFromIntError) -> Self {
        Self
    }
}

impl From<std::str::Utf8Error> for Broken {
    fn from(_: std::str::Utf8Error) -> Self {
        Self
    }
}

/// Where bytes are written to.
#[derive(Debug)]
pub struct Out<'w, W>(pub &'w mut W);

impl<W: Write> Out<'_, W> {
    /// Writes a number.
    pub fn number(&mut self, mut value: u64) -> io::Result<()> {
        let mut bytes = [0; 10];
        let mut len = 0;
        loop {
            bytes[len] = (value & 0x7f) as u8 | if value >= 0x80 { 0x80 } else { 0 };
            len += 1;
            value >>= 7;
            if value == 0 {
                return self.0.write_all(&bytes[..len]);
            }
        }
    }

    /// Writes a moment or anything else with a sign.
    pub fn signed(&mut self, value: i64) -> io::Result<()> {
        self.number(value.cast_unsigned())
    }

    /// Writes how many things follow.
    pub fn len(&mut self, len: usize) -> io::Result<()> {
        self.number(len as u64)
    }

    /// Writes a number that may be missing.
    pub fn option(&mut self, value: Option<u64>) -> io::Result<()> {
        match value {
            None => self.number(0),
            // Any 64 bits may be a seed, so that presence has a byte of its own.
            Some(value) => self.number(1).and_then(|()| self.number(value)),
        }
    }

    /// Writes bytes with their length.
    pub fn bytes(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.len(bytes.len())?;
        self.0.write_all(bytes)
    }

    /// Writes sixteen bytes, least first.
    pub fn wide(&mut self, value: u128) -> io::Result<()> {
        self.0.write_all(&value.to_le_bytes())
    }

    pub(super) fn symbol(&mut self, symbol: Symbol) -> io::Result<()> {
        self.number(symbol.0.into())
    }

    pub(super) fn set(&mut self, set: &RunSet) -> io::Result<()> {
        let Written { bytes, last, last_count } = set.written();
        self.number(last_count.into())?;
        if last_count > 0 {
            self.number(last.into())?;
            self.bytes(bytes)?;
        }
        Ok(())
    }
}

/// What is left to be read.
#[derive(Clone, Copy, Debug)]
pub struct In<'b>(pub &'b [u8]);

impl<'b> In<'b> {
    /// A number.
    pub fn number(&mut self) -> Result<u64, Broken> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let (&byte, rest) = self.0.split_first().ok_or(Broken)?;
            self.0 = rest;
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(value);
            }
        }
        Err(Broken)
    }

    /// A number below 2^32.
    pub fn small(&mut self) -> Result<u32, Broken> {
        Ok(u32::try_from(self.number()?)?)
    }

    /// A number with a sign.
    pub fn signed(&mut self) -> Result<i64, Broken> {
        self.number().map(u64::cast_signed)
    }

    /// The length of a list, each of whose entries takes a byte at least.
    pub fn len(&mut self) -> Result<usize, Broken> {
        let len = usize::try_from(self.number()?)?;
        if len <= self.0.len() { Ok(len) } else { Err(Broken) }
    }

    /// Whether nothing is left.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// A number that may be missing.
    pub fn option(&mut self) -> Result<Option<u64>, Broken> {
        match self.number()? {
            0 => Ok(None),
            _ => self.number().map(Some),
        }
    }

    /// Bytes.
    pub fn bytes(&mut self) -> Result<&'b [u8], Broken> {
        let len = self.len()?;
        let (bytes, rest) = self.0.split_at(len);
        self.0 = rest;
        Ok(bytes)
    }

    /// A text.
    pub fn text(&mut self) -> Result<&'b str, Broken> {
        Ok(std::str::from_utf8(self.bytes()?)?)
    }

    /// Sixteen bytes, least first.
    pub fn wide(&mut self) -> Result<u128, Broken> {
        let (bytes, rest) = self.0.split_first_chunk().ok_or(Broken)?;
        self.0 = rest;
        Ok(u128::from_le_bytes(*bytes))
    }

    pub(super) fn symbol(&mut self) -> Result<Symbol, Broken> {
        self.small().map(Symbol)
    }

    pub(super) fn optional_symbol(&mut self) -> Result<Option<Symbol>, Broken> {
        let number = self.option()?.map(u32::try_from).transpose()?;
        Ok(number.map(Symbol))
    }

    pub(super) fn set(&mut self) -> Result<RunSet, Broken> {
        let last_count = self.small()?;
        if last_count == 0 {
            return Ok(RunSet::default());
        }
        let last = self.small()?;
        Ok(RunSet::from_written(&Written { bytes: self.bytes()?, last, last_count }))
    }
}

/// The thing of a list that a number names.
pub fn one_of<T: Copy>(all: &[T], at: u64) -> Result<T, Broken> {
    all.get(usize::try_from(at)?).copied().ok_or(Broken)
}
