use jiff::tz::Offset;

use super::lenient;
use crate::record::slot::Slot;
use crate::record::{Field, Kind, OutcomeKind, OutcomeWords, TimeUnit};
use crate::repair::{Repair, Repairs};
use crate::role::Role;

fn words(pass: &str) -> OutcomeWords {
    OutcomeWords { pass: vec![pass.into()], fail: Vec::new(), excluded: Vec::new(), other: OutcomeKind::Fail }
}

fn field(role: Role, kind: Kind) -> Field {
    Field { role: Some(role), path: vec!["f".into()], kind, required: true, zone: None }
}

/// What a text stands for, shown.
fn meant(text: &str, field: &Field) -> Option<(String, Repairs)> {
    lenient(Slot::Text(text), field, &words("pass"), false).map(|(slot, repairs)| (format!("{slot:?}"), repairs))
}

#[test]
fn numbers_in_quotes_are_numbers_and_pass_through_no_float() {
    let seed = field(Role::Seed, Kind::Unsigned);
    let quoted = Repairs::from(Repair::QuotedNumbers);
    for text in ["18446744073709551615", "9007199254740993", "0"] {
        assert_eq!(meant(text, &seed), Some((format!("Integer({text})"), quoted)), "{text}");
        assert!(lenient(Slot::Text(text), &seed, &words("pass"), true).is_none(), "strictly");
    }
    for text in ["18446744073709551616", "-1", "1.0", "1e3", "007", "+1", " 1", "1 ", "", "0x1f", "one", "true"] {
        assert_eq!(meant(text, &seed), None, "{text}");
    }
    for unit in [TimeUnit::Milliseconds, TimeUnit::Microseconds, TimeUnit::Nanoseconds, TimeUnit::Seconds] {
        let time = field(Role::Time, Kind::Time(unit));
        assert_eq!(meant("1767225600", &time), Some(("Integer(1767225600)".into(), quoted)));
        assert_eq!(meant("1.5", &time).is_some(), unit == TimeUnit::Seconds);
    }
    assert_eq!(meant("12.5", &field(Role::Duration, Kind::Number)), Some(("Number(12.5)".into(), quoted)));
    assert_eq!(meant("1e999", &field(Role::Duration, Kind::Number)), None);
    assert_eq!(meant("1", &field(Role::Run, Kind::Unsigned)), None, "only where a number is meant");
}

#[test]
fn a_time_without_a_zone_is_in_the_stated_one_or_in_utc() {
    let mut time = field(Role::Time, Kind::Time(TimeUnit::Rfc3339));
    let assumed = Repairs::from(Repair::AssumedZone);
    for text in ["2026-01-01T00:00:00", "2026-01-01 00:00:00", "2026-01-01T00:00:00.000"] {
        assert_eq!(meant(text, &time), Some(("Moment(1767225600000)".into(), assumed)), "{text}");
        assert!(lenient(Slot::Text(text), &time, &words("pass"), true).is_none(), "strictly");
    }
    for text in ["2026-01-01", "00:00:00", "2026-13-01T00:00:00", "soon", "", "2026-01-01T00:00:00[Europe/Berlin]"] {
        assert_eq!(meant(text, &time), None, "{text}");
    }
    time.zone = Some(Offset::constant(2));
    for is_strict in [false, true] {
        let read = lenient(Slot::Text("2026-01-01T02:00:00.5"), &time, &words("pass"), is_strict);
        let read = read.map(|(slot, repairs)| (format!("{slot:?}"), repairs));
        assert_eq!(read, Some(("Moment(1767225600500)".into(), Repairs::NONE)));
    }
}

#[test]
fn booleans_and_integers_are_outcomes_where_a_list_has_them() {
    let outcome = field(Role::Outcome, Kind::Text);
    let fits = |slot, word: &str, is_strict| lenient(slot, &outcome, &words(word), is_strict).is_some();
    assert!(fits(Slot::Bool(false), "true", false) && fits(Slot::Integer(1), "0", false));
    assert!(!fits(Slot::Bool(false), "pass", false) && !fits(Slot::Integer(1), "pass", false));
    assert!(!fits(Slot::Bool(false), "0", false) && !fits(Slot::Integer(1), "true", false));
    assert!(!fits(Slot::Bool(true), "true", true) && !fits(Slot::Number(1.0), "1", false));
    assert!(lenient(Slot::Bool(true), &field(Role::Mode, Kind::Text), &words("true"), false).is_none());
}
