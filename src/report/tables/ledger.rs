//! `ledger.parquet`.

use super::column;
use crate::archive::ArchiveLedger;
use crate::reason::Reason;

type Column<'r> = column::Column<'r, ArchiveLedger>;

pub(super) fn columns<'r>() -> Vec<Column<'r>> {
    let mut columns = vec![
        Column::text("path", |row| &row.path),
        Column::new("format", |row| row.format.map(|format| format.to_string())),
        Column::text("run", |row| &row.run),
        Column::new("bytes_on_disk", |row| row.bytes_on_disk),
        Column::new("bytes_decoded", |row| row.counts.bytes_decoded),
        Column::new("lost_bytes", |row| row.counts.lost_bytes),
        Column::new("frames", |row| row.counts.frames),
        Column::new("lines", |row| row.counts.lines),
        Column::new("parsed", |row| row.counts.parsed),
        Column::new("benchmark_lines", |row| row.counts.benchmark_lines),
        Column::new("rejected_metrics", |row| row.counts.rejected_metrics),
        Column::new("blank", |row| row.counts.blank),
        Column::new("rejected", |row| row.counts.rejected.total()),
    ];
    columns.extend(
        Reason::ALL.map(|reason| {
            Column::new(format!("rejected_{}", reason.name()), move |row| row.counts.rejected.of(reason))
        }),
    );
    columns.extend([
        Column::new("duplicate_fields", |row| row.counts.duplicate_fields),
        Column::new("repaired", |row| row.counts.repaired.lines()),
        Column::new("filtered", |row| row.counts.filtered),
        Column::new("excluded", |row| row.unjudged.excluded()),
        Column::new("unknown_outcomes", |row| row.unjudged.unknown_outcomes()),
        Column::text_or_null("duplicate_of", |row| row.duplicate_of.as_deref()),
        Column::new("damage_count", |row| row.damage_count),
        Column::new("warnings", |row| row.warnings.len() as u64),
    ]);
    columns
}
