//! Why a line was rejected.

use crate::words::words;

words! {
    /// Why a line is no record, in the order in which the reasons are tried.
    Reason {
        /// Bytes that are not UTF-8.
        InvalidUtf8 => "invalid_utf8",
        /// Not the grammar of RFC 8259.
        InvalidJson => "invalid_json",
        /// JSON, but no object.
        NotAnObject => "not_an_object",
        /// Longer than `--max-line`; such a line is never held, so only its length is known.
        LineTooLong => "line_too_long",
        /// A required field is absent.
        MissingField => "missing_field",
        /// A field of another type than its role asks for.
        WrongType => "wrong_type",
        /// A number that its role cannot hold.
        OutOfRange => "out_of_range",
        /// An object that resembles no known log shape.
        UnknownShape => "unknown_shape",
        /// A document, or a part of one, that does not parse.
        BrokenDocument => "broken_document",
    }
}
