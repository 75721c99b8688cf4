//! What the files of a walk hold: containers of files, what may be no log, and what says of which run others are.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use super::container::{Container, MOST_MEMBERS, WITHIN};
use super::context::{Context, SIDE_CAR};
use super::entry::file_name;
use super::run_id::stem_of;
use super::selection::EXCLUDE;
use super::walk::{File, Glancer, NO_LOG_BY_NAME, Passed, Walked, is_log_name, left_out, may_be_log, may_hold_files};
use crate::threads;

/// Bytes of the containers within one file, as they are packed there.
const MOST_WITHIN: u64 = 64 << 30;

/// What containers within others may still hold, by the file that they are in.
#[derive(Default)]
struct Budget(BTreeMap<PathBuf, (usize, u64)>);

impl Budget {
    fn takes_file(&mut self, of: &File) -> bool {
        let (files, _) = self.0.entry(of.path.clone()).or_default();
        *files += 1;
        *files <= MOST_MEMBERS
    }

    fn takes_bytes(&mut self, of: &File, more: u64) -> bool {
        let (_, bytes) = self.0.entry(of.path.clone()).or_default();
        *bytes = bytes.saturating_add(more);
        *bytes <= MOST_WITHIN
    }
}

impl Walked {
    /// Puts the files of containers in their places, and those of containers in these.
    pub(super) fn open_containers(&mut self) {
        let (mut containers, files): (Vec<File>, Vec<File>) =
            std::mem::take(&mut self.files).into_iter().partition(|file| file.below.is_none() || file.may_hold_files());
        self.files = files;
        let recent = Arc::default();
        let mut budget = Budget::default();
        while !containers.is_empty() {
            let opened = threads::each(std::mem::take(&mut containers), |file| {
                let container = match &file.member {
                    Some(member) => Container::of_member(member),
                    None => Container::of_file(&file.path, &recent),
                };
                (file, container)
            });
            for (file, container) in opened {
                match container {
                    Some(container) => containers.extend(self.take_members(&file, &container, &mut budget)),
                    // A name alone makes no container, and what was named itself is read as it is.
                    None if file.below.is_none() => self.files.push(file),
                    None => {
                        let path = file.below.clone().unwrap_or_default();
                        self.pass(Some(file.of), path, "no zip or tar file, though it is called one", true);
                    }
                }
            }
        }
    }

    /// Passes over files that were named themselves and that a pattern leaves out.
    pub(super) fn leave_out_given(&mut self) {
        let (given, files): (Vec<File>, Vec<File>) =
            std::mem::take(&mut self.files).into_iter().partition(|file| file.below.is_none());
        self.files = files;
        for file in given {
            let name = file_name(&file.path);
            match self.selection.leaves_out(&name) {
                Some(option) => self.pass(None, name, &left_out(option), false),
                None => self.files.push(file),
            }
        }
    }

    /// Keeps what a side-car says of the folder that it is in.
    pub(super) fn side_car(&mut self, of: usize, below: &str, text: Result<Vec<u8>, String>) {
        match text.and_then(|text| Context::read(&text)) {
            Ok(context) => {
                self.side_cars.insert((of, folder_of(below).to_owned()), context);
            }
            Err(why) => self.pass(Some(of), below.to_owned(), &format!("says nothing of its run: {why}"), true),
        }
    }

    /// What the side-car in the folder of a file says, or the one in the nearest folder above.
    pub(super) fn context(&self, file: &File) -> Option<&Context> {
        let mut folder = folder_of(file.below.as_deref()?);
        loop {
            if let Some(context) = self.side_cars.get(&(file.of, folder.to_owned())) {
                return Some(context);
            }
            if folder.is_empty() {
                return None;
            }
            folder = folder_of(folder);
        }
    }

    /// Takes the logs of a container; those of its files that are containers.
    fn take_members(&mut self, file: &File, container: &Arc<Container>, budget: &mut Budget) -> Vec<File> {
        let (members, fault) = container.members();
        // A container within another one is called by the path from the outer one already.
        let inner = file.member.as_ref().map_or_else(String::new, |member| format!("{WITHIN}{}", member.name));
        let outer = file.below.as_deref().map(|below| below.strip_suffix(&inner).unwrap_or(below));
        let mut within = Vec::new();
        for member in members {
            let below = format!("{}{WITHIN}{}", outer.unwrap_or_default(), member.name);
            // A container that was named itself is chosen by its own name, too.
            let whole = if outer.is_none_or(str::is_empty) { file_name(&file.path) + &below } else { below.clone() };
            let name = member.name.rsplit(WITHIN).next().unwrap_or_default();
            let is_hidden = name.split('/').any(|part| part.starts_with('.') || part == "__MACOSX");
            let is_folder = may_hold_files(&below);
            if member.is_deep() && !budget.takes_file(file) {
                self.pass(Some(file.of), below, "more files in containers within one than are read", true);
                break;
            }
            if name.rsplit('/').next() == Some(SIDE_CAR) {
                let text = member.spool().map(|(text, _)| text.to_vec()).map_err(|error| error.to_string());
                self.side_car(file.of, &below, text);
            } else if is_hidden {
                self.pass(Some(file.of), below, "hidden", false);
            } else if is_folder && self.selection.leaves_out_container(&whole) {
                self.pass(Some(file.of), below, &left_out(EXCLUDE), false);
            } else if is_folder && member.is_deep() {
                self.pass(Some(file.of), below, "a container in two others: unpack it to have it read", false);
            } else if is_folder && !budget.takes_bytes(file, member.size) {
                self.pass(Some(file.of), below, "more bytes in containers within one than are read", true);
            } else if is_folder {
                let (of, path) = (file.of, file.path.clone());
                within.push(File { of, path, below: Some(below), is_doubtful: true, member: Some(member) });
            } else if let Some(option) = self.selection.leaves_out(&whole) {
                self.pass(Some(file.of), below, &left_out(option), false);
            } else if is_log_name(&below) || may_be_log(&below) || self.selection.asks_for(&whole) {
                let is_doubtful = !is_log_name(&below);
                let (of, path) = (file.of, file.path.clone());
                self.files.push(File { of, path, below: Some(below), is_doubtful, member: Some(member) });
            } else {
                self.pass(Some(file.of), below, NO_LOG_BY_NAME, false);
            }
        }
        if let Some(why) = fault {
            self.pass(Some(file.of), file.below.clone().unwrap_or_default(), &why, true);
        }
        within
    }

    /// Passes over the doubtful files that are no logs, and those beside a log of the same name, which tell of it.
    pub(super) fn look_into(&mut self, glancer: Option<Glancer<'_>>) {
        let (sure, doubtful): (Vec<File>, Vec<File>) =
            std::mem::take(&mut self.files).into_iter().partition(|file| !file.is_doubtful);
        let stem = |file: &File| file.below.as_deref().map(|below| (file.of, stem_of(below).to_owned()));
        let stems: BTreeSet<(usize, String)> = sure.iter().filter_map(stem).collect();
        self.files = sure;
        let why = |file: &File| match glancer {
            None => Some(NO_LOG_BY_NAME.to_owned()),
            Some(_) if stem(file).is_some_and(|stem| stems.contains(&stem)) => {
                Some("beside a log of its name".to_owned())
            }
            Some(glancer) => glancer(&file.entry()),
        };
        let looked = threads::each(doubtful, |file| {
            let why = why(&file);
            (file, why)
        });
        for (file, why) in looked {
            match why {
                None => self.files.push(file),
                Some(why) => {
                    let path = file.below.unwrap_or_default();
                    let itself = Some(file.path).filter(|_| file.member.is_none());
                    self.passed.push(Passed { of: Some(file.of), path, why, is_loss: false, file: itself });
                }
            }
        }
    }
}

/// The folder of a path; empty where it has none.
fn folder_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}
