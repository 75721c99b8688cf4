//! Which archive becomes which file, settled before anything is written.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path, PathBuf};

use super::outcome::PackError;
use crate::archive::{Discovery, Entry, RunFrom, Skipped, find, path_of};

/// One archive to pack.
#[derive(Debug)]
pub(super) struct Job {
    pub(super) entry: Entry,
    /// Relative path of the output.
    pub(super) output: String,
    /// The output.
    pub(super) path: PathBuf,
}

/// Finds archives as a sweep does, and names their outputs: the relative path less its container ending, and `.zst`,
/// so that their run ids stay.
pub(super) fn plan(
    inputs: &[String],
    runs: &RunFrom,
    out: &Path,
    replace: bool,
) -> Result<(Vec<Job>, Vec<Skipped>), PackError> {
    let mut found = find(inputs, runs)?;
    leave_output(&mut found, inputs, out);
    let jobs = found.archives.into_iter().map(|entry| job(entry, out)).collect::<Result<Vec<Job>, _>>()?;

    let mut first_of: BTreeMap<&Path, &Entry> = BTreeMap::new();
    for job in &jobs {
        if let Some(first) = first_of.insert(&job.path, &job.entry) {
            let name =
                |entry: &Entry| entry.path.as_ref().map_or("standard input".into(), |path| path.display().to_string());
            let output = job.output.clone();
            return Err(PackError::SameOutput { first: name(first), second: name(&job.entry), output });
        }
    }
    let inputs: BTreeSet<PathBuf> =
        jobs.iter().filter_map(|job| job.entry.path.as_ref()?.canonicalize().ok()).collect();
    let there: Vec<&PathBuf> =
        jobs.iter().map(|job| &job.path).filter(|path| path.symlink_metadata().is_ok()).collect();
    if let Some(&path) = there.iter().find(|path| path.canonicalize().is_ok_and(|path| inputs.contains(&path))) {
        return Err(PackError::ReplacesInput { path: path.clone() });
    }
    if let ([path, more @ ..], false) = (&there[..], replace) {
        return Err(PackError::Exists { path: PathBuf::from(path), more: more.len() });
    }
    Ok((jobs, found.skipped))
}

/// An output folder inside an input folder holds what an earlier call packed.
fn leave_output(found: &mut Discovery, inputs: &[String], out: &Path) {
    let Ok(out) = out.canonicalize() else { return };
    let is_within = |path: &Path| path.canonicalize().is_ok_and(|path| path.starts_with(&out));
    if inputs.iter().any(|input| is_within(Path::new(input))) {
        return; // asked for by name
    }
    let (within, archives) =
        std::mem::take(&mut found.archives).into_iter().partition(|entry| entry.path.as_deref().is_some_and(is_within));
    found.archives = archives;
    let within: Vec<Entry> = within;
    found.skipped.extend(within.into_iter().map(|entry| Skipped {
        path: entry.relative,
        why: "in the output folder".into(),
        is_loss: false,
    }));
}

fn job(entry: Entry, out: &Path) -> Result<Job, PackError> {
    let named = match entry.path {
        Some(_) => path_of(&format!("{}.zst", entry.log())),
        None => format!("{}.jsonl.zst", entry.run).into(),
    };
    let mut path = out.to_owned();
    for component in named.components() {
        match component {
            Component::Normal(name) => path.push(name),
            Component::ParentDir => return Err(PackError::Name { path: named.display().to_string() }),
            Component::Prefix(_) | Component::RootDir | Component::CurDir => {}
        }
    }
    let output = path.strip_prefix(out).unwrap_or(&path).display().to_string();
    Ok(Job { entry, output, path })
}
