//! The names of scenarios, each once.

use foldhash::fast::RandomState;
use hashbrown::HashMap;
use serde::Serialize;

use super::strings::{Strings, whole};

/// The names of scenarios: packet, suite, scenario and mode, in columns.
#[derive(Debug, Default, Serialize)]
pub(super) struct Names<'r> {
    packet: Vec<u32>,
    suite: Vec<u32>,
    scenario: Vec<&'r str>,
    mode: Vec<u32>,
    #[serde(skip)]
    pub(super) places: HashMap<[&'r str; 4], u32, RandomState>,
}

impl<'r> Names<'r> {
    pub(super) fn place(&mut self, names: [&'r str; 4], strings: &mut Strings<'r>) -> u32 {
        if let Some(&place) = self.places.get(&names) {
            return place;
        }
        let place = u32::try_from(self.scenario.len()).unwrap_or(u32::MAX);
        self.places.insert(names, place);
        self.packet.push(strings.place(names[0]));
        self.suite.push(strings.place(names[1]));
        self.scenario.push(whole(names[2]));
        self.mode.push(strings.place(names[3]));
        place
    }
}
