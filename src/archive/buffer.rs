//! A buffer of decoded text that decoders fill and parsers change in place.

/// Bytes kept readable behind the text, so that SIMD parsers may load past the last line.
pub const PADDING: usize = simd_json::INPUT_PADDING;

/// Bytes that are copied at once.
pub(super) const COPIED: usize = 2 << 10;

/// A reusable block of text with room behind it.
#[derive(Debug, Default)]
pub struct Buffer {
    bytes: Vec<u8>,
    filled: usize,
}

impl Buffer {
    /// A buffer that holds up to `capacity` bytes of text.
    #[must_use]
    pub fn with_capacity(capacity: usize) -> Self {
        Self { bytes: vec![0; capacity + PADDING], filled: 0 }
    }

    /// Forgets the text and makes room for at least `capacity` bytes.
    pub fn clear(&mut self, capacity: usize) {
        self.filled = 0;
        if self.bytes.len() < capacity + PADDING {
            self.bytes.resize(capacity + PADDING, 0);
        }
    }

    /// The room that is left.
    pub fn space(&mut self) -> &mut [u8] {
        let end = self.bytes.len() - PADDING;
        &mut self.bytes[self.filled..end]
    }

    /// Says that `count` bytes of [`Buffer::space`] were written.
    pub fn advance(&mut self, count: usize) {
        self.filled = (self.filled + count).min(self.bytes.len() - PADDING);
    }

    /// Appends a copy of `text`, growing when it does not fit.
    pub fn extend(&mut self, text: &[u8]) {
        let end = self.filled + text.len();
        if self.bytes.len() < end + PADDING {
            self.bytes.resize(end + PADDING, 0);
        }
        // A large copy would be one instruction that moves byte by byte: what fits into a few pages is moved in wide registers.
        for (to, from) in self.bytes[self.filled..end].chunks_mut(COPIED).zip(text.chunks(COPIED)) {
            to.copy_from_slice(from);
        }
        self.filled = end;
    }

    /// Keeps the first `len` bytes of the text.
    pub fn truncate(&mut self, len: usize) {
        self.filled = self.filled.min(len);
    }

    /// Whether there is no room left.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.filled + PADDING >= self.bytes.len()
    }

    /// The text.
    #[must_use]
    pub fn text(&self) -> &[u8] {
        &self.bytes[..self.filled]
    }

    /// The text and [`PADDING`] bytes of any content behind it, to be parsed in place.
    pub fn padded(&mut self) -> &mut [u8] {
        &mut self.bytes[..self.filled + PADDING]
    }

    /// Length of the text in bytes.
    #[must_use]
    pub fn len(&self) -> usize {
        self.filled
    }

    /// Whether there is no text.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.filled == 0
    }
}
