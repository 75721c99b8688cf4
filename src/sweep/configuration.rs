//! Which settings of a sweep change what an archive comes to, and so which kept partials may answer.

use xxhash_rust::xxh3::xxh3_64;

use super::sweep::Sweep;
use super::taxonomies::Taxonomies;
use super::window::{Bound, Window};
use crate::record::Profiles;
use crate::tally::Configuration;

/// The setting that holds the taxonomies.
const TAXONOMY: &str = "--taxonomy";
/// The setting that says what the words of outcomes meant.
const WORDS: &str = "the words of outcomes";
/// The setting that a report names its packet by.
const PACKET: &str = "--packet";

impl Sweep {
    /// The settings that change what an archive comes to: partials answer only under those that they were made with.
    #[must_use]
    pub fn configuration(&self) -> Configuration {
        Configuration::new(self.settings())
    }

    /// The settings that partials which are merged must share: those, how runs are named, and what a report says of words,
    /// which follows from the profiles.
    #[must_use]
    pub fn configuration_of_set(&self) -> Configuration {
        let mut settings = self.settings();
        settings.push(("--from-path", optional(self.run_from.pattern())));
        settings.push((WORDS, serde_json::to_string(&self.words()).unwrap_or_default()));
        Configuration::new(settings)
    }

    /// Stands for the sweeps that made partials with these settings: it says how they classified and which packet they
    /// counted, and reads nothing. `None` where the settings hold no taxonomies.
    #[must_use]
    pub fn of_partials(inputs: Vec<String>, settings: &Configuration) -> Option<Self> {
        let taxonomies = settings.get(TAXONOMY).and_then(Taxonomies::from_text)?;
        let packet = settings.get(PACKET).and_then(|packet| packet.strip_prefix('`')?.strip_suffix('`'));
        let packet = packet.map(str::to_owned);
        let end = |name| settings.get(name)?.strip_prefix('`')?.strip_suffix('`')?.parse().ok();
        let window_elsewhere = Window { since: end("--since"), until: end("--until") };
        let words = settings.get(WORDS).and_then(|words| serde_json::from_str(words).ok());
        Some(Self {
            packet,
            words_elsewhere: words.unwrap_or_default(),
            is_elsewhere: true,
            window_elsewhere,
            ..Self::new(inputs, Profiles::builtin(), taxonomies)
        })
    }

    fn settings(&self) -> Vec<(&'static str, String)> {
        let digest = |text: String| format!("definition {:016x}", xxh3_64(text.as_bytes()));
        // A store's partials hold the records outside of the window too.
        let window = |bound: Option<Bound>| {
            let moment = bound.filter(|_| self.keep_window).map(|bound| bound.to_string());
            optional(moment.as_deref())
        };
        vec![
            ("--profile", digest(self.profiles.definitions())),
            ("the taxonomies", self.taxonomies.names(|_| true, ", ")),
            (TAXONOMY, self.taxonomies.to_text()),
            (PACKET, optional(self.packet.as_deref())),
            ("--log-format", optional(self.format.map(|format| format.id))),
            ("--since", window(self.window.since)),
            ("--until", window(self.window.until)),
            ("--strict-json", self.profiles.is_strict().to_string()),
            ("--max-line", self.max_line.to_string()),
            ("--max-window", self.max_window.to_string()),
        ]
    }
}

/// A setting that may be missing.
fn optional(value: Option<&str>) -> String {
    value.map_or_else(|| "not set".to_owned(), |value| format!("`{value}`"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::archive::RunFrom;
    use crate::sweep::Window;
    use crate::taxonomy::Taxonomy;

    #[test]
    fn what_changes_a_partial_changes_the_configuration() {
        let sweep =
            || Sweep::new(Vec::new(), Profiles::builtin(), Taxonomy::CATALOG.builtin("crash-triage-v2").unwrap());
        let changed = |change: &dyn Fn(&mut Sweep)| {
            let mut other = sweep();
            change(&mut other);
            let is_other = |of: fn(&Sweep) -> Configuration| of(&other).fingerprint() != of(&sweep()).fingerprint();
            (is_other(Sweep::configuration), is_other(Sweep::configuration_of_set))
        };
        assert_eq!(changed(&|_| ()), (false, false));
        assert_eq!(changed(&|sweep| sweep.packet = Some("P".into())), (true, true));
        assert_eq!(changed(&|sweep| sweep.packet = Some("not set".into())), (true, true));
        assert_eq!(changed(&|sweep| sweep.max_line = 7), (true, true));
        assert_eq!(changed(&|sweep| sweep.max_window = 7), (true, true));
        let owned = |sweep: &mut Sweep| sweep.taxonomies = sweep.taxonomies.clone().with_fallback_owner("me");
        assert_eq!(changed(&owned), (true, true));
        let named = |sweep: &mut Sweep| sweep.run_from = RunFrom::new(Some("(?<run>r)"), None).unwrap();
        assert_eq!(changed(&named), (false, true));
        let since = Window { since: Some(Bound::At(5)), until: None };
        assert_eq!(changed(&|sweep| sweep.window = since), (false, false));
        assert_eq!(changed(&|sweep| (sweep.window, sweep.keep_window) = (since, true)), (true, true));
        assert_eq!(changed(&|sweep| (sweep.threads, sweep.keep_clean) = (3, true)), (false, false));
    }

    #[test]
    fn taxonomies_and_packet_travel_with_it() {
        let mut sweep =
            Sweep::new(Vec::new(), Profiles::builtin(), Taxonomy::CATALOG.builtin("crash-triage-v2").unwrap());
        let merged = |sweep: &Sweep| Sweep::of_partials(Vec::new(), &sweep.configuration_of_set()).unwrap();
        assert_eq!(merged(&sweep).packet, None);
        sweep.packet = Some("a `b`".into());
        assert_eq!(merged(&sweep).packet, sweep.packet);
        assert_eq!(merged(&sweep).taxonomies.to_text(), sweep.taxonomies.to_text());
    }
}
