//! What stands outside of an archive's records: of which run, branch and revision they are.
//!
//! The first source that has it counts: the record itself; `relapse-run.json` in the archive's folder or the nearest one above;
//! the path, by `--from-path`; the list of runs of `--runs`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The file beside archives that says of which run they are.
pub const SIDE_CAR: &str = "relapse-run.json";

/// What is known of an archive's run; `None` where nobody says.
#[derive(Clone, Debug, Default, PartialEq, Eq, JsonSchema, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Context {
    /// The run's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run: Option<String>,
    /// The branch that was tested.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub branch: Option<String>,
    /// The revision that was tested.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revision: Option<String>,
    /// The environment: the platform, the leg of a matrix.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub env: Option<String>,
    /// Which attempt of the run it was, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attempt: Option<u64>,
    /// The job.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub job: Option<String>,
    /// The page of the run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// When it began, as RFC 3339 writes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time: Option<String>,
}

impl Context {
    /// What this one says, and where it is silent what the other one does.
    #[must_use]
    pub fn or(self, other: &Self) -> Self {
        let or = |own: Option<String>, other: &Option<String>| own.or_else(|| other.clone());
        Self {
            run: or(self.run, &other.run),
            branch: or(self.branch, &other.branch),
            revision: or(self.revision, &other.revision),
            env: or(self.env, &other.env),
            attempt: self.attempt.or(other.attempt),
            job: or(self.job, &other.job),
            url: or(self.url, &other.url),
            time: or(self.time, &other.time),
        }
    }

    /// Whether nothing is said.
    #[must_use]
    pub fn is_silent(&self) -> bool {
        *self == Self::default()
    }

    /// When the run began, in milliseconds since 1970.
    ///
    /// # Errors
    /// What is wrong with a time that is none.
    pub fn time_ms(&self) -> Result<Option<i64>, String> {
        let Some(text) = &self.time else { return Ok(None) };
        let moment: jiff::Timestamp = text.parse().map_err(|_| format!("`{text}` is no time as RFC 3339 writes it"))?;
        Ok(Some(moment.as_millisecond()))
    }

    /// Reads a side-car.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn read(text: &[u8]) -> Result<Self, String> {
        let told: serde_json::Map<String, serde_json::Value> =
            serde_json::from_slice(text).map_err(|error| error.to_string())?;
        let context: Self = serde_json::from_value(told.into()).map_err(|error| error.to_string())?;
        context.time_ms()?;
        Ok(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_silent_is_filled_in() {
        let own = Context::read(br#"{"run":"7","time":"2026-01-02T03:04:05Z"}"#).unwrap();
        let other = Context { run: Some("8".into()), branch: Some("main".into()), ..Context::default() };
        let both = own.clone().or(&other);
        assert_eq!((both.run.as_deref(), both.branch.as_deref()), (Some("7"), Some("main")));
        assert_eq!(both.time_ms(), Ok(Some(1_767_323_045_000)));
        assert!(Context::default().is_silent() && !own.is_silent());
    }

    #[test]
    fn what_is_no_side_car_says_why() {
        for (text, why) in [
            (&b"{"[..], "EOF"),
            (b"[]", "invalid"),
            (br#"{"brunch":"main"}"#, "unknown field `brunch`"),
            (br#"{"time":"today"}"#, "no time"),
        ] {
            let said = Context::read(text).unwrap_err();
            assert!(said.contains(why), "{said}");
        }
    }
}
