//! Which bytes an archive holds, as far as the store can tell.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use xxhash_rust::xxh3::{Xxh3, xxh3_128};

use super::clock::now_ns;
use super::index::{Index, Place, Sighting, Stat};
use crate::archive::{Discovery, Entry, FileMap, RunFrom, WITHIN, path_of, strip_container, text_of};

/// Bytes that are hashed before their pages are given back.
const STRIDE: usize = 8 << 20;

/// An archive, there or gone, and what is known of it; nothing of streams and of what cannot be read.
pub(super) type Found = (Entry, Option<Known>);

pub(super) struct Known {
    path: PathBuf,
    pub(super) place: Place,
    pub(super) sighting: Sighting,
    /// What tells a file in a container from the others in there, and what stands outside of its records; 0 for a file of its
    /// own of which nothing does.
    of_member: u128,
    pub(super) is_gone: bool,
    /// Whether the index says so already.
    pub(super) is_written: bool,
}

impl Known {
    pub(super) fn is_still(&self) -> bool {
        let now = std::fs::metadata(&self.path).map(|metadata| Stat::of(&metadata));
        self.is_gone
            || now.is_ok_and(|stat| stat == self.sighting.stat)
                && (!self.sighting.stat.is_racy(self.sighting.hashed_ns)
                    || hash(&self.path, self.sighting.stat).map(|bytes| bytes ^ self.of_member)
                        == Some(self.sighting.bytes))
    }
}

/// The bytes of an archive: by what its file looks like where that can be believed, else by hashing them.
pub(super) fn identify(entry: &Entry, found: &Discovery, index: &Index, verify: bool) -> Option<Known> {
    let path = entry.path.clone()?;
    let metadata = std::fs::metadata(&path).ok().filter(std::fs::Metadata::is_file)?;
    let stat = Stat::of(&metadata);
    let place = place(entry, found);
    // What stands outside of its records is a part of what they come to.
    let outside = entry.context().map_or(0, |context| serde_json::to_vec(context).map_or(0, |text| xxh3_128(&text)));
    let of_member = outside ^ entry.member().map_or(0, |member| xxh3_128(member.name.as_bytes()));
    let known =
        index.0.get(&place).filter(|known| known.stat == stat && !stat.may_be_mapped(known.hashed_ns) && !verify);
    if let Some(&sighting) = known {
        return Some(Known { path, place, sighting, of_member, is_gone: false, is_written: true });
    }
    let hashed_ns = now_ns();
    let of_file = || hash(&path, stat);
    // A member is what it is called in the container that has these bytes.
    let bytes = entry.member().map_or_else(of_file, |member| *member.container.hash.get_or_init(of_file))?;
    let sighting = Sighting { stat, bytes: bytes ^ of_member, hashed_ns, seen_ms: 0 };
    Some(Known { path, place, sighting, of_member, is_gone: false, is_written: false })
}

fn place(entry: &Entry, found: &Discovery) -> Place {
    if let Some(folder) = found.folders.get(&entry.argument()) {
        let below = entry.below().unwrap_or(&entry.relative).to_owned();
        return (text_of(folder.root.as_os_str()), below);
    }
    let path = entry.path.as_ref().and_then(|path| path.canonicalize().ok());
    let path = path.map_or_else(String::new, |path| text_of(path.as_os_str()));
    let within = entry.member().map_or_else(String::new, |member| format!("{WITHIN}{}", member.name));
    (String::new(), path + &within)
}

/// XXH3-128 of a file's bytes, if it looks the same before and after.
fn hash(path: &Path, stat: Stat) -> Option<u128> {
    let map = FileMap::open(path).ok()?;
    let mut hash = Xxh3::new();
    for start in (0..map.len()).step_by(STRIDE) {
        let range = start..map.len().min(start + STRIDE);
        hash.update(&map[range.clone()]);
        map.release(range);
    }
    let is_same = map.len() as u64 == stat.size && map.intact() == map.len() && !map.changed();
    let now = std::fs::metadata(path).map(|metadata| Stat::of(&metadata)).ok()?;
    (is_same && now == stat).then(|| hash.digest128())
}

/// The archives that stood below the swept folders once and are not there any more, also not in another container.
pub(super) fn gone(found: &Discovery, index: &Index, there: &[Found], run_from: &RunFrom) -> Vec<Found> {
    let mut names: BTreeSet<String> = there.iter().map(|(entry, _)| entry.log().to_owned()).collect();
    let mut gone = Vec::new();
    for (&argument, folder) in &found.folders {
        let root = text_of(folder.root.as_os_str());
        let below_root = index.0.range((root.clone(), String::new())..).take_while(|(place, _)| place.0 == root);
        for (place, &sighting) in below_root {
            let relative = format!("{}{}", folder.prefix, place.1);
            let path = folder.root.join(path_of(&place.1));
            // What is left out is not gone.
            let is_left_out = !found.selection.takes(&place.1);
            if is_left_out || names.contains(strip_container(&relative)) || path.exists() {
                continue;
            }
            names.insert(strip_container(&relative).to_owned());
            let run = run_from.of(&relative);
            let known = Known {
                path: path.clone(),
                place: place.clone(),
                sighting,
                of_member: 0,
                is_gone: true,
                is_written: true,
            };
            gone.push((Entry::of_gone(path, relative, run, argument, Some(place.1.clone())), Some(known)));
        }
    }
    gone
}
