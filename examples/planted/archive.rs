//! A corpus on disk: one archive a run, the truth, and the profile that its records need.

use std::fs;
use std::io;
use std::path::Path;

use rayon::prelude::*;
use zstd::bulk::Compressor;
use zstd::zstd_safe::CParameter;

use crate::profile::profile_with_revision;
use crate::world::{Corpus, truth_document};

/// Level of compression.
const LEVEL: i32 = 3;

/// What was written.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Written {
    /// Lines.
    pub(crate) lines: usize,
    /// Bytes before compression.
    pub(crate) bytes: usize,
}

/// Writes `logs/run-NNN.jsonl.zst`, `truth.json`, and `profile.toml` where runs name revisions.
pub(crate) fn write(corpus: &Corpus, folder: &Path) -> io::Result<Written> {
    let logs = folder.join("logs");
    clear(&logs)?;
    let written: Vec<Written> =
        (0..corpus.stage.runs).into_par_iter().map(|run| write_run(corpus, run, &logs)).collect::<io::Result<_>>()?;
    fs::write(folder.join("truth.json"), format!("{:#}\n", truth_document(corpus)))?;
    let profile = folder.join("profile.toml");
    if corpus.stage.revisions.is_some() {
        fs::write(profile, profile_with_revision())?;
    } else if profile.exists() {
        fs::remove_file(profile)?;
    }
    Ok(written
        .into_iter()
        .fold(Written::default(), |sum, one| Written { lines: sum.lines + one.lines, bytes: sum.bytes + one.bytes }))
}

fn write_run(corpus: &Corpus, run: usize, logs: &Path) -> io::Result<Written> {
    let mut lines = Vec::new();
    corpus.write_run(run, &mut lines);
    let mut compressor = Compressor::new(LEVEL)?;
    compressor.set_parameter(CParameter::ChecksumFlag(true))?;
    fs::write(logs.join(format!("{}.jsonl.zst", Corpus::run_name(run))), compressor.compress(&lines)?)?;
    Ok(Written { lines: memchr::memchr_iter(b'\n', &lines).count(), bytes: lines.len() })
}

/// Makes the folder, and removes the runs of an earlier corpus from it.
fn clear(logs: &Path) -> io::Result<()> {
    fs::create_dir_all(logs)?;
    for entry in fs::read_dir(logs)? {
        let path = entry?.path();
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        if name.starts_with("run-") && name.ends_with(".jsonl.zst") {
            fs::remove_file(path)?;
        }
    }
    Ok(())
}
