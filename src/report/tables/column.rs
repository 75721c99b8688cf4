//! Columns: what each is called, what it holds, and where its values come from.

use std::sync::Arc;

use parquet::basic::{LogicalType, Repetition, TimeUnit};
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, DataType, DoubleType, Int64Type};
use parquet::errors::Result;
use parquet::file::writer::SerializedColumnWriter;
use parquet::schema::types::{Type, TypePtr};

use crate::text::number::Rounded;

/// A value of a column. Its type decides the column's: `Option`s and [`Rounded`]s can be null.
pub(super) trait Value {
    /// How the file stores it.
    type Stored: DataType;
    /// Whether it is never null.
    const REQUIRED: bool = true;
    /// What the stored value means, where storage alone does not say it.
    fn meaning() -> Option<LogicalType>;
    /// The value to store; `None` for null.
    fn stored(self) -> Option<<Self::Stored as DataType>::T>;
}

/// Milliseconds since 1970, UTC.
pub(super) struct Moment(pub(super) i64);

impl Value for u64 {
    type Stored = Int64Type;

    fn meaning() -> Option<LogicalType> {
        Some(LogicalType::integer(64, false))
    }

    fn stored(self) -> Option<i64> {
        Some(self.cast_signed())
    }
}

impl Value for Moment {
    type Stored = Int64Type;

    fn meaning() -> Option<LogicalType> {
        Some(LogicalType::timestamp(true, TimeUnit::MILLIS))
    }

    fn stored(self) -> Option<i64> {
        Some(self.0)
    }
}

impl Value for f64 {
    type Stored = DoubleType;

    fn meaning() -> Option<LogicalType> {
        None
    }

    fn stored(self) -> Option<f64> {
        Some(self)
    }
}

impl Value for Rounded {
    type Stored = DoubleType;
    const REQUIRED: bool = false;

    fn meaning() -> Option<LogicalType> {
        None
    }

    fn stored(self) -> Option<f64> {
        self.value()
    }
}

impl Value for bool {
    type Stored = BoolType;

    fn meaning() -> Option<LogicalType> {
        None
    }

    fn stored(self) -> Option<bool> {
        Some(self)
    }
}

impl Value for String {
    type Stored = ByteArrayType;

    fn meaning() -> Option<LogicalType> {
        Some(LogicalType::String)
    }

    fn stored(self) -> Option<ByteArray> {
        Some(self.into_bytes().into())
    }
}

impl<V: Value> Value for Option<V> {
    type Stored = V::Stored;
    const REQUIRED: bool = false;

    fn meaning() -> Option<LogicalType> {
        V::meaning()
    }

    fn stored(self) -> Option<<Self::Stored as DataType>::T> {
        self.and_then(V::stored)
    }
}

/// A column of rows `R`, with the values that are not written yet.
pub(super) struct Column<'r, R> {
    name: String,
    stored: parquet::basic::Type,
    meaning: Option<LogicalType>,
    required: bool,
    cells: Box<dyn Cells<R> + 'r>,
}

impl<'r, R: 'r> Column<'r, R> {
    /// A column of values that a row gives away.
    pub(super) fn new<V: Value + 'r>(name: impl Into<String>, get: impl Fn(&R) -> V + 'r) -> Self {
        Self::of::<V>(name.into(), move |row| get(row).stored())
    }

    /// A column of texts that stand in a row.
    pub(super) fn text(name: &str, get: fn(&R) -> &str) -> Self {
        let mut texts = Texts::default();
        Self::of::<String>(name.to_owned(), move |row| Some(texts.stored(get(row))))
    }

    /// A column of texts that may be missing from a row.
    pub(super) fn text_or_null(name: &str, get: fn(&R) -> Option<&str>) -> Self {
        let mut texts = Texts::default();
        Self::of::<Option<String>>(name.to_owned(), move |row| get(row).map(|text| texts.stored(text)))
    }

    fn of<V: Value + 'r>(name: String, get: impl FnMut(&R) -> Option<<V::Stored as DataType>::T> + 'r) -> Self {
        let cells = Buffer::<V::Stored, _> { get, values: Vec::new(), levels: Vec::new(), required: V::REQUIRED };
        let stored = <V::Stored as DataType>::get_physical_type();
        Self { name, stored, meaning: V::meaning(), required: V::REQUIRED, cells: Box::new(cells) }
    }

    /// Its line of the file's schema.
    pub(super) fn schema(&self) -> Result<TypePtr> {
        let repetition = if self.required { Repetition::REQUIRED } else { Repetition::OPTIONAL };
        let builder = Type::primitive_type_builder(&self.name, self.stored);
        builder.with_repetition(repetition).with_logical_type(self.meaning.clone()).build().map(Arc::new)
    }

    /// Takes its value of a row.
    pub(super) fn take(&mut self, row: &R) {
        self.cells.take(row);
    }

    /// Writes the values taken, and forgets them.
    pub(super) fn write(&mut self, writer: &mut SerializedColumnWriter<'_>) -> Result<()> {
        self.cells.write(writer)
    }
}

/// Neighbouring rows share most of their texts: one that is repeated stands in memory once.
#[derive(Default)]
struct Texts(Option<ByteArray>);

impl Texts {
    fn stored(&mut self, text: &str) -> ByteArray {
        match &self.0 {
            Some(last) if last.data() == text.as_bytes() => last.clone(),
            _ => self.0.insert(text.into()).clone(),
        }
    }
}

/// The values of a column that are not written yet.
trait Cells<R> {
    fn take(&mut self, row: &R);
    fn write(&mut self, writer: &mut SerializedColumnWriter<'_>) -> Result<()>;
}

struct Buffer<D: DataType, F> {
    get: F,
    values: Vec<D::T>,
    /// Of each row 1, or 0 where it has no value.
    levels: Vec<i16>,
    required: bool,
}

impl<R, D: DataType, F: FnMut(&R) -> Option<D::T>> Cells<R> for Buffer<D, F> {
    fn take(&mut self, row: &R) {
        let value = (self.get)(row);
        self.levels.push(i16::from(value.is_some()));
        self.values.extend(value);
    }

    fn write(&mut self, writer: &mut SerializedColumnWriter<'_>) -> Result<()> {
        let levels = (!self.required).then_some(&self.levels[..]);
        writer.typed::<D>().write_batch(&self.values, levels, None)?;
        self.values.clear();
        self.levels.clear();
        Ok(())
    }
}
