//! A table of a definition, read key by key; what does not fit is noted, and reading goes on.

use super::{Faults, quoted, unknown};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A value and the byte offset at which it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spot<T> {
    /// The value.
    pub value: T,
    /// Where it starts.
    pub at: usize,
}

/// One table of the file: the root, a `[table]`, an entry of an `[[array]]`, or an inline table.
///
/// A getter answers `None` both for a key that is absent and for one that it had to note as a fault.
#[derive(Clone, Copy, Debug)]
pub struct Section<'d> {
    table: &'d DeTable<'d>,
    /// Where the table, or its header, starts.
    pub at: usize,
}

impl<'d> Section<'d> {
    pub(super) fn root(table: &'d DeTable<'d>) -> Self {
        Self { table, at: 0 }
    }

    /// Refuses every key that is not among the known ones.
    pub(crate) fn refuse_unknown(&self, known: &[&str], faults: &mut Faults<'_>) {
        for key in self.table.keys() {
            if !known.contains(&key.get_ref().as_ref()) {
                faults.add(key.span().start, unknown("key", key.get_ref(), known.iter().copied()));
            }
        }
    }

    /// Every key and its value, in the order of the text.
    #[must_use]
    pub fn entries(&self) -> Vec<(Spot<&'d str>, Entry<'d>)> {
        let mut entries: Vec<_> = self
            .table
            .iter()
            .map(|(key, value)| (Spot { value: key.get_ref().as_ref(), at: key.span().start }, Entry(value)))
            .collect();
        entries.sort_by_key(|(key, _)| key.at);
        entries
    }

    /// The value of a key, of whatever type.
    pub(crate) fn entry(&self, key: &str) -> Option<Entry<'d>> {
        self.table.get(key).map(Entry)
    }

    /// Notes that a key is missing.
    fn missing(&self, key: &str, faults: &mut Faults<'_>) {
        faults.add(self.at, format!("missing key `{key}`"));
    }

    /// The value of a key as a text.
    pub(crate) fn text(&self, key: &str, faults: &mut Faults<'_>) -> Option<Spot<&'d str>> {
        self.entry(key)?.text(key, faults)
    }

    /// The value of a key that must be there as a text with something to read in it.
    pub(crate) fn required_text(&self, key: &str, faults: &mut Faults<'_>) -> Option<Spot<&'d str>> {
        if self.entry(key).is_none() {
            self.missing(key, faults);
            return None;
        }
        self.text(key, faults).filter(|text| is_readable(key, text, faults))
    }

    /// The value of a key as a text with something to read in it.
    pub(crate) fn readable_text(&self, key: &str, faults: &mut Faults<'_>) -> Option<Spot<&'d str>> {
        self.text(key, faults).filter(|text| is_readable(key, text, faults))
    }

    /// The value of a key as a list of texts that is not empty.
    pub(crate) fn texts(&self, key: &str, faults: &mut Faults<'_>) -> Option<Vec<Spot<&'d str>>> {
        self.entry(key)?.texts(key, faults)
    }

    /// The value of a key as `true` or `false`.
    pub(crate) fn flag(&self, key: &str, faults: &mut Faults<'_>) -> Option<bool> {
        let entry = self.entry(key)?;
        let flag = entry.as_flag();
        if flag.is_none() {
            faults.add(entry.at(), entry.wrong(key, "true or false"));
        }
        flag
    }

    /// The value of a key as an integer that is not negative.
    pub(crate) fn count(&self, key: &str, faults: &mut Faults<'_>) -> Option<u64> {
        self.entry(key)?.count(key, faults)
    }

    /// The value of a key as a number within bounds, which `wanted` names.
    pub(crate) fn number(
        &self,
        key: &str,
        wanted: &str,
        fits: impl Fn(f64) -> bool,
        faults: &mut Faults<'_>,
    ) -> Option<f64> {
        let entry = self.entry(key)?;
        let number = entry.as_number();
        match number {
            None => faults.add(entry.at(), entry.wrong(key, "a number")),
            Some(number) if !fits(number) => faults.add(entry.at(), format!("{} is not {wanted}", quoted(key))),
            Some(_) => {}
        }
        number.filter(|&number| fits(number))
    }

    /// The value of a key that must be there as a date.
    pub(crate) fn required_date(&self, key: &str, faults: &mut Faults<'_>) -> Option<Spot<jiff::civil::Date>> {
        let Some(entry) = self.entry(key) else {
            self.missing(key, faults);
            return None;
        };
        let date = entry.as_date();
        if date.is_none() {
            faults.add(entry.at(), entry.wrong(key, "a date, as 2026-12-31"));
        }
        date.map(|value| Spot { value, at: entry.at() })
    }

    /// The value of a key that is one of a few words, by a table of those words.
    pub(crate) fn word<T: Copy>(
        &self,
        key: &str,
        what: &str,
        table: &[(&'static str, T)],
        faults: &mut Faults<'_>,
    ) -> Option<T> {
        let text = self.text(key, faults)?;
        let found = table.iter().find(|(name, _)| *name == text.value);
        if found.is_none() {
            faults.add(text.at, unknown(what, text.value, table.iter().map(|&(name, _)| name)));
        }
        found.map(|&(_, value)| value)
    }

    /// Like [`Self::word`], for a key that must be there.
    pub(crate) fn required_word<T: Copy>(
        &self,
        key: &str,
        what: &str,
        table: &[(&'static str, T)],
        faults: &mut Faults<'_>,
    ) -> Option<T> {
        if self.entry(key).is_none() {
            self.missing(key, faults);
        }
        self.word(key, what, table, faults)
    }

    /// The table of a key.
    pub(crate) fn section(&self, key: &str, faults: &mut Faults<'_>) -> Option<Self> {
        self.entry(key)?.section(key, faults)
    }

    /// The table of a key that must be there.
    pub(crate) fn required_section(&self, key: &str, faults: &mut Faults<'_>) -> Option<Self> {
        if self.entry(key).is_none() {
            faults.add(self.at, format!("missing table `[{key}]`"));
        }
        self.section(key, faults)
    }

    /// The entries of an array of tables; none when the key is absent.
    pub(crate) fn sections(&self, key: &str, faults: &mut Faults<'_>) -> Vec<Self> {
        let Some(entry) = self.entry(key) else { return Vec::new() };
        let DeValue::Array(array) = entry.0.get_ref() else {
            faults.add(entry.at(), entry.wrong(key, "an array of tables"));
            return Vec::new();
        };
        array.iter().filter_map(|value| Entry(value).section(key, faults)).collect()
    }
}

/// A value of whatever type.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'d>(&'d Spanned<DeValue<'d>>);

impl<'d> Entry<'d> {
    /// Where the value starts.
    #[must_use]
    pub fn at(self) -> usize {
        self.0.span().start
    }

    /// Whether the value is an array.
    pub(crate) fn is_array(self) -> bool {
        matches!(self.0.get_ref(), DeValue::Array(_))
    }

    /// Whether the value is an array of nothing.
    pub(crate) fn is_empty_array(self) -> bool {
        matches!(self.0.get_ref(), DeValue::Array(array) if array.is_empty())
    }

    /// The value, when it is `true` or `false`.
    #[must_use]
    pub fn as_flag(self) -> Option<bool> {
        match self.0.get_ref() {
            DeValue::Boolean(flag) => Some(*flag),
            _ => None,
        }
    }

    /// The value, when it is a text.
    pub(crate) fn as_text(self) -> Option<&'d str> {
        match self.0.get_ref() {
            DeValue::String(text) => Some(text.as_ref()),
            _ => None,
        }
    }

    /// The values of an array.
    #[must_use]
    pub fn items(self) -> Option<Vec<Self>> {
        match self.0.get_ref() {
            DeValue::Array(array) => Some(array.iter().map(Entry).collect()),
            _ => None,
        }
    }

    /// The value as its text, when it is a text or a decimal number.
    #[must_use]
    pub fn as_plain(self) -> Option<String> {
        match self.0.get_ref() {
            DeValue::String(text) => Some(text.as_ref().to_owned()),
            DeValue::Integer(integer) if integer.radix() == 10 => Some(integer.as_str().to_owned()),
            DeValue::Float(float) => Some(float.as_str().to_owned()),
            _ => None,
        }
    }

    /// The value as the text of an inline table, when it is a table of texts and decimal numbers.
    #[must_use]
    pub fn as_inline_table(self) -> Option<String> {
        let DeValue::Table(table) = self.0.get_ref() else { return None };
        // What JSON escapes in a text, TOML reads.
        let quoted = |text: &str| serde_json::to_string(text).ok();
        let entry = |(key, value): (Spot<&str>, Self)| {
            let value = match value.as_text() {
                Some(text) => quoted(text)?,
                None => value.as_plain()?,
            };
            Some(format!("{} = {value}", quoted(key.value)?))
        };
        let entries = Section { table, at: self.at() }.entries().into_iter().map(entry).collect::<Option<Vec<_>>>()?;
        Some(format!("{{ {} }}", entries.join(", ")))
    }

    /// Whether the value is a table.
    #[must_use]
    pub fn is_table(self) -> bool {
        matches!(self.0.get_ref(), DeValue::Table(_))
    }

    /// The value as an integer that is not negative; `key` names it in the fault.
    pub(crate) fn count(self, key: &str, faults: &mut Faults<'_>) -> Option<u64> {
        let count = match self.0.get_ref() {
            DeValue::Integer(integer) => u64::from_str_radix(integer.as_str(), integer.radix()).ok(),
            _ => None,
        };
        if count.is_none() {
            let wrong = match self.0.get_ref() {
                DeValue::Integer(_) => format!("{} is not a number from 0 to 2^64-1", quoted(key)),
                _ => self.wrong(key, "an integer"),
            };
            faults.add(self.at(), wrong);
        }
        count
    }

    fn as_number(self) -> Option<f64> {
        match self.0.get_ref() {
            DeValue::Integer(integer) if integer.radix() == 10 => integer.as_str().parse().ok(),
            DeValue::Float(float) => float.as_str().parse().ok(),
            _ => None,
        }
    }

    fn as_date(self) -> Option<jiff::civil::Date> {
        match self.0.get_ref() {
            DeValue::Datetime(toml::value::Datetime { date: Some(date), time: None, offset: None }) => {
                let (year, month, day) =
                    (i16::try_from(date.year).ok()?, i8::try_from(date.month).ok()?, i8::try_from(date.day).ok()?);
                jiff::civil::Date::new(year, month, day).ok()
            }
            _ => None,
        }
    }

    /// "`any` is a string, not a list of strings".
    #[must_use]
    pub fn wrong(self, key: &str, wanted: &str) -> String {
        let found = match self.0.get_ref() {
            DeValue::String(_) => "a string",
            DeValue::Integer(_) => "an integer",
            DeValue::Float(_) => "a float",
            DeValue::Boolean(_) => "a boolean",
            DeValue::Datetime(_) => "a date or time",
            DeValue::Array(_) => "an array",
            DeValue::Table(_) => "a table",
        };
        format!("{} is {found}, not {wanted}", quoted(key))
    }

    /// The value as a text; `key` names it in the fault.
    pub(crate) fn text(self, key: &str, faults: &mut Faults<'_>) -> Option<Spot<&'d str>> {
        let text = self.as_text();
        if text.is_none() {
            faults.add(self.at(), self.wrong(key, "a string"));
        }
        text.map(|value| Spot { value, at: self.at() })
    }

    /// The value as a list of texts that is not empty; `key` names it in the faults.
    pub(crate) fn texts(self, key: &str, faults: &mut Faults<'_>) -> Option<Vec<Spot<&'d str>>> {
        let DeValue::Array(array) = self.0.get_ref() else {
            faults.add(self.at(), self.wrong(key, "a list of strings"));
            return None;
        };
        if array.is_empty() {
            faults.add(self.at(), format!("{} is an empty list", quoted(key)));
        }
        Some(array.iter().filter_map(|value| Entry(value).text(key, faults)).collect())
    }

    /// The value as a table; `key` names it in the fault.
    pub fn section(self, key: &str, faults: &mut Faults<'_>) -> Option<Section<'d>> {
        let DeValue::Table(table) = self.0.get_ref() else {
            faults.add(self.at(), self.wrong(key, "a table"));
            return None;
        };
        Some(Section { table, at: self.at() })
    }
}

/// Notes a text that is blank or holds control characters: it will stand in reports.
fn is_readable(key: &str, text: &Spot<&str>, faults: &mut Faults<'_>) -> bool {
    let blank = text.value.trim().is_empty();
    if blank {
        faults.add(text.at, format!("`{key}` is empty"));
    }
    let control = text.value.contains(char::is_control);
    if control {
        faults.add(text.at, format!("`{key}` holds control characters"));
    }
    !blank && !control
}
