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
    /// What has its name already and is not to be replaced.
    pub(super) there: There,
}

/// What has an output's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum There {
    /// Nothing, or what is to be replaced.
    Nothing,
    /// Something: packed of the archive by an earlier call, as may be.
    Output,
    /// The archive itself.
    Itself,
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
    let place = |path: Option<&PathBuf>| path?.canonicalize().ok();
    let mut by_output: BTreeMap<PathBuf, Vec<Job>> = BTreeMap::new();
    for mut job in jobs {
        if job.path.symlink_metadata().is_ok() {
            let is_itself = job.entry.path.is_some() && place(job.entry.path.as_ref()) == place(Some(&job.path));
            job.there = if is_itself { There::Itself } else { There::Output };
        }
        by_output.entry(job.path.clone()).or_default().push(job);
    }
    let mut jobs = Vec::new();
    for mut same in by_output.into_values() {
        // In place, an archive beside its packed one is what a call left that was killed before it removed it.
        if !replace && same.iter().any(|job| job.there == There::Output) {
            same.retain(|job| job.there != There::Itself);
        }
        if let [first, second, ..] = &same[..] {
            let name =
                |entry: &Entry| entry.path.as_ref().map_or("standard input".into(), |path| path.display().to_string());
            let (first, second, output) = (name(&first.entry), name(&second.entry), first.output.clone());
            return Err(PackError::SameOutput { first, second, output });
        }
        jobs.extend(same);
    }
    let inputs: BTreeSet<PathBuf> = jobs.iter().filter_map(|job| place(job.entry.path.as_ref())).collect();
    let is_input = |job: &&Job| {
        (replace || job.there == There::Output) && place(Some(&job.path)).is_some_and(|path| inputs.contains(&path))
    };
    // Not even compared with it: with --remove, each could be taken for the copy of the other.
    if let Some(job) = jobs.iter().find(is_input) {
        return Err(PackError::ReplacesInput { path: job.path.clone() });
    }
    if replace {
        for job in &mut jobs {
            job.there = There::Nothing;
        }
    }
    jobs.sort_by(|a, b| a.entry.relative.as_bytes().cmp(b.entry.relative.as_bytes()));
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
        file: None,
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
    Ok(Job { entry, output, path, there: There::Nothing })
}
