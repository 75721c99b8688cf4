//! What the files of a walk hold: containers of files, what may be no log, and what says of which run others are.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::container::{Container, WITHIN};
use super::context::{Context, SIDE_CAR};
use super::run_id::stem_of;
use super::walk::{File, Glancer, NO_LOG_BY_NAME, Passed, Walked, is_log_name, may_be_log};
use crate::threads;

impl Walked {
    /// Puts the files of containers in their places.
    pub(super) fn open_containers(&mut self) {
        let (containers, files): (Vec<File>, Vec<File>) =
            std::mem::take(&mut self.files).into_iter().partition(|file| file.below.is_none() || file.may_hold_files());
        self.files = files;
        let recent = Arc::default();
        let opened = threads::each(containers, |file| {
            let container = Container::of_file(&file.path, &recent);
            (file, container)
        });
        for (file, container) in opened {
            match container {
                Some(container) => self.take_members(&file, &container),
                // A name alone makes no container, and what was named itself is read as it is.
                None if file.below.is_none() => self.files.push(file),
                None => {
                    let path = file.below.clone().unwrap_or_default();
                    self.pass(Some(file.of), path, "no zip or tar file, though it is called one", true);
                }
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

    fn take_members(&mut self, file: &File, container: &Arc<Container>) {
        let (members, fault) = container.members();
        let below = |name: &str| format!("{}{WITHIN}{name}", file.below.as_deref().unwrap_or_default());
        for member in members {
            let below = below(&member.name);
            let is_hidden = member.name.split('/').any(|part| part.starts_with('.') || part == "__MACOSX");
            if member.name.rsplit('/').next() == Some(SIDE_CAR) {
                let text = member.spool().map(|(text, _)| text.to_vec()).map_err(|error| error.to_string());
                self.side_car(file.of, &below, text);
            } else if is_hidden {
                self.pass(Some(file.of), below, "hidden", false);
            } else if is_log_name(&below) || may_be_log(&below) {
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
