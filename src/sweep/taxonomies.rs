//! Which taxonomy classifies the failures of which log.

use crate::definition::CatalogError;
use crate::record::Profiles;
use crate::taxonomy::{Classifier, Codeowners, Taxonomy};

/// The taxonomies of a sweep: one for all logs, or of each log's profile its own.
#[derive(Clone, Debug)]
pub struct Taxonomies {
    list: Vec<Taxonomy>,
    /// Place in the list by the profile's number; what is beyond it is classified by the first.
    of_profile: Vec<usize>,
    /// Who owns files: for failures that no rule has an owner for. No part of what archives come to.
    codeowners: Option<Codeowners>,
}

impl From<Taxonomy> for Taxonomies {
    /// One for all logs.
    fn from(taxonomy: Taxonomy) -> Self {
        Self { list: vec![taxonomy], of_profile: Vec::new(), codeowners: None }
    }
}

impl Taxonomies {
    /// Of each profile the one that it names, else the default.
    ///
    /// # Errors
    /// When a profile names one that is not known, or that has faults.
    pub fn of(profiles: &Profiles) -> Result<Self, CatalogError> {
        let default = Taxonomy::CATALOG.names().next().unwrap_or_default();
        let mut names = Vec::new();
        let mut list = Vec::new();
        let mut of_profile = Vec::new();
        for number in 0..profiles.len() {
            let name = profiles.get(number).and_then(|profile| profile.taxonomy.as_deref()).unwrap_or(default);
            let known = names.iter().position(|known| *known == name);
            of_profile.push(known.unwrap_or(names.len()));
            if known.is_none() {
                names.push(name);
                list.push(Taxonomy::CATALOG.resolve(name)?);
            }
        }
        if list.is_empty() {
            list.push(Taxonomy::CATALOG.resolve(default)?);
        }
        Ok(Self { list, of_profile, codeowners: None })
    }

    /// The same, but that what no rule takes goes to this owner.
    #[must_use]
    pub fn with_fallback_owner(mut self, owner: &str) -> Self {
        self.list = self.list.into_iter().map(|taxonomy| taxonomy.with_fallback_owner(owner)).collect();
        self
    }

    /// The same, with who owns files.
    #[must_use]
    pub fn with_codeowners(mut self, codeowners: Option<Codeowners>) -> Self {
        self.codeowners = codeowners;
        self
    }

    /// Who owns files.
    #[must_use]
    pub fn codeowners(&self) -> Option<&Codeowners> {
        self.codeowners.as_ref()
    }

    /// All of it but for the owners of files as a text, from which [`Self::from_text`] makes the same.
    #[must_use]
    pub fn to_text(&self) -> String {
        let each = self.list.iter().map(|taxonomy| (taxonomy.text(), taxonomy.fallback().owner.as_str()));
        // Texts and numbers alone always serialize.
        serde_json::to_string(&(each.collect::<Vec<_>>(), &self.of_profile)).unwrap_or_default()
    }

    /// Reads what [`Self::to_text`] wrote; `None` for any other text.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        let (each, of_profile): (Vec<(String, String)>, Vec<usize>) = serde_json::from_str(text).ok()?;
        let read =
            |(text, owner): &(String, String)| Some(Taxonomy::parse("kept", text).ok()?.with_fallback_owner(owner));
        let list = each.iter().map(read).collect::<Option<Vec<_>>>()?;
        let fits = !list.is_empty() && of_profile.iter().all(|&place| place < list.len());
        fits.then_some(Self { list, of_profile, codeowners: None })
    }

    /// Each of them once; never empty.
    #[must_use]
    pub fn list(&self) -> &[Taxonomy] {
        &self.list
    }

    /// The one of that name.
    #[must_use]
    pub fn named(&self, name: &str) -> Option<&Taxonomy> {
        self.list.iter().find(|taxonomy| taxonomy.name() == name)
    }

    /// Their names as a report gives them: of those that classified a failure; the first where none did.
    #[must_use]
    pub fn names(&self, used: impl Fn(&str) -> bool, between: &str) -> String {
        let used: Vec<&str> = self.list.iter().map(Taxonomy::name).filter(|name| used(name)).collect();
        if used.is_empty() { self.list[0].name().to_owned() } else { used.join(between) }
    }
}

/// The taxonomies made ready for lines of some profiles.
#[derive(Clone, Debug)]
pub(super) struct Classifiers {
    list: Vec<Classifier>,
    of_profile: Vec<usize>,
}

impl Classifiers {
    pub(super) fn new(taxonomies: &Taxonomies, profiles: &Profiles) -> Self {
        let place = |number: usize| taxonomies.of_profile.get(number).copied().unwrap_or(0);
        Self {
            list: taxonomies.list.iter().map(Classifier::new).collect(),
            of_profile: (0..profiles.len()).map(place).collect(),
        }
    }

    pub(super) fn by_profile(&self) -> impl Iterator<Item = &Classifier> {
        self.of_profile.iter().map(|&place| &self.list[place])
    }
}
