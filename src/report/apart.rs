//! What tells rows apart that would read the same.

use std::collections::BTreeMap;

/// Of each scenario's name, whether packet, suite and mode differ between the rows that carry it.
#[derive(Clone, Debug, Default)]
pub struct Apart<'r> {
    alike: BTreeMap<&'r str, ([&'r str; 3], [bool; 3])>,
}

impl<'r> Apart<'r> {
    /// Of some rows, by packet, suite, scenario and mode.
    #[must_use]
    pub fn new(rows: impl IntoIterator<Item = [&'r str; 4]>) -> Self {
        let mut alike = BTreeMap::new();
        for [packet, suite, scenario, mode] in rows {
            let parts = [packet, suite, mode];
            let (first, differ) = alike.entry(scenario).or_insert((parts, [false; 3]));
            for at in 0..3 {
                differ[at] |= first[at] != parts[at];
            }
        }
        Self { alike }
    }

    /// What stands beside a scenario's name: packet, suite and mode where they differ between rows of that name, and the
    /// branch.
    #[must_use]
    pub fn beside<'n>(&self, names: [&'n str; 4], branch: Option<&'n str>) -> Vec<&'n str> {
        let [packet, suite, scenario, mode] = names;
        let differ = self.alike.get(scenario).map_or([false; 3], |(_, differ)| *differ);
        let parts = [packet, suite, mode].into_iter().zip(differ).filter(|(part, differ)| *differ && !part.is_empty());
        parts.map(|(part, _)| part).chain(branch).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::Apart;

    #[test]
    fn rows_of_one_name_are_told_apart() {
        let rows = [["p", "api", "same", "debug"], ["p", "api", "same", "release"], ["p", "web", "alone", "debug"]];
        let apart = Apart::new(rows);
        assert_eq!(apart.beside(rows[0], None), ["debug"]);
        assert_eq!(apart.beside(rows[1], Some("main")), ["release", "main"]);
        assert_eq!(apart.beside(rows[2], None), [""; 0]);
        let apart = Apart::new([["p", "api", "same", ""], ["q", "web", "same", ""]]);
        assert_eq!(apart.beside(["q", "web", "same", ""], None), ["q", "web"]);
    }
}
