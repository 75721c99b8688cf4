//! What the words of outcomes mean to a sweep: sweeps that read them differently cannot be compared.

use std::collections::BTreeMap;

use crate::record::{OutcomeKind, OutcomeWords, Profiles};

/// For each profile, what it takes its words for, in words.
pub type Words = BTreeMap<String, String>;

/// What profiles take their words for.
pub(super) fn words_of(profiles: &Profiles) -> Words {
    let all = (0..profiles.len()).filter_map(|number| profiles.get(number));
    all.map(|profile| (profile.name.clone(), told(&profile.outcome))).collect()
}

/// `pass (ok, pass), fail (error), excluded (skip), others unknown`.
fn told(words: &OutcomeWords) -> String {
    let lists = [("pass", &words.pass), ("fail", &words.fail), ("excluded", &words.excluded)];
    let list = |(name, words): (&str, &Vec<String>)| {
        let mut words = words.clone();
        words.sort();
        (!words.is_empty()).then(|| format!("{name} ({}), ", words.join(", ")))
    };
    let others = if words.other == OutcomeKind::Fail { "failures" } else { "unknown" };
    format!("{}others {others}", lists.into_iter().filter_map(list).collect::<String>())
}
