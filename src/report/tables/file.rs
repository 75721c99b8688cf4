//! One table on its way into a file.

use std::io::Write;
use std::sync::Arc;

use parquet::basic::{Compression, ZstdLevel};
use parquet::errors::Result;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::Type;

use super::column::Column;

/// The version of the tables' layout: it changes whenever a column is renamed, removed or means something else.
const LAYOUT: &str = "relapse-tables-v1";
/// Rows that are held before they are written.
const GROUP: usize = 1 << 16;
/// zstd's own default.
const LEVEL: i32 = 3;

/// What the metadata of a file says of it.
#[derive(Clone, Copy, Debug)]
pub(super) struct About<'a> {
    /// The table's name.
    pub(super) table: &'a str,
    /// What all files of one answer carry.
    pub(super) answer: &'a str,
}

/// A writer of rows `R`. Nothing of it depends on a clock or on what it wrote before.
pub(super) struct TableFile<'f, R> {
    writer: SerializedFileWriter<&'f mut (dyn Write + Send)>,
    columns: Vec<Column<'f, R>>,
    rows: usize,
}

impl<'f, R: 'f> TableFile<'f, R> {
    pub(super) fn new(out: &'f mut (dyn Write + Send), about: About<'_>, columns: Vec<Column<'f, R>>) -> Result<Self> {
        let About { table, answer } = about;
        let fields = columns.iter().map(Column::schema).collect::<Result<_>>()?;
        let schema = Type::group_type_builder(table).with_fields(fields).build()?;
        let about = [("relapse.layout", LAYOUT), ("relapse.table", table), ("relapse.answer", answer)];
        let about = about.map(|(key, value)| KeyValue::new(key.to_owned(), value.to_owned()));
        let properties = WriterProperties::builder()
            .set_created_by(concat!("relapse version ", env!("CARGO_PKG_VERSION")).to_owned())
            .set_compression(Compression::ZSTD(ZstdLevel::try_new(LEVEL)?))
            .set_key_value_metadata(Some(about.to_vec()))
            .build();
        let writer = SerializedFileWriter::new(out, Arc::new(schema), Arc::new(properties))?;
        Ok(Self { writer, columns, rows: 0 })
    }

    /// A whole table of rows that are there already.
    pub(super) fn write_all<'r>(
        out: &'f mut (dyn Write + Send),
        about: About<'_>,
        columns: Vec<Column<'f, R>>,
        rows: impl IntoIterator<Item = &'r R>,
    ) -> Result<()>
    where
        R: 'r,
    {
        let mut file = Self::new(out, about, columns)?;
        rows.into_iter().try_for_each(|row| file.push(row))?;
        file.finish()
    }

    /// Adds a row.
    pub(super) fn push(&mut self, row: &R) -> Result<()> {
        for column in &mut self.columns {
            column.take(row);
        }
        self.rows += 1;
        if self.rows == GROUP { self.write_group() } else { Ok(()) }
    }

    fn write_group(&mut self) -> Result<()> {
        self.rows = 0;
        let mut group = self.writer.next_row_group()?;
        for column in &mut self.columns {
            if let Some(mut writer) = group.next_column()? {
                column.write(&mut writer)?;
                writer.close()?;
            }
        }
        group.close()?;
        Ok(())
    }

    /// Writes what is held and the file's end.
    pub(super) fn finish(mut self) -> Result<()> {
        if self.rows > 0 {
            self.write_group()?;
        }
        self.writer.close()?;
        Ok(())
    }
}
