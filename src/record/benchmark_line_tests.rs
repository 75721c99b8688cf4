use super::*;
use crate::record::{Profiles, Shape};

fn builtin() -> BenchmarkProfile {
    let Some(Shape::Benchmark(profile)) = Shape::CATALOG.builtin("benchmark-line-v1") else { panic!("it is built in") };
    profile
}

fn read(line: &str) -> Result<BenchmarkLine, Unfit> {
    builtin().read(line.as_bytes())
}

fn metrics(line: &str) -> Vec<(String, f64, Option<f64>)> {
    let line = read(line).unwrap();
    line.metrics.into_iter().map(|metric| (metric.name, metric.value, metric.incumbent)).collect()
}

const REAL: &str = r#"{"host":"thinkstation1","torch":"2.12.1+cpu","lane":"conv2d_big","fingerprint":"6.565040e5","incumbent_ms":5.555745,"rounds":24,"lane_count":2,"recorded_unix":1788279799}"#;

#[test]
fn a_real_line_is_read() {
    let line = read(REAL).unwrap();
    assert_eq!((line.lane.as_str(), line.host.as_str(), line.rounds), ("conv2d_big", "thinkstation1", Some(24)));
    assert_eq!((line.unix_ms, line.run.as_deref(), line.repeated), (Some(1_788_279_799_000), None, 0));
    let env: Vec<(&str, &str)> = line.env.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(env, [("torch", "2.12.1+cpu"), ("fingerprint", "6.565040e5")]);
    let metric = Metric {
        name: "incumbent_ms".into(),
        unit: "ms".into(),
        direction: Direction::LowerIsBetter,
        value: 5.555_745,
        incumbent: None,
    };
    assert_eq!(line.metrics, [metric]);
}

#[test]
fn only_measured_numbers_are_metrics() {
    let line = r#"{"lane":"a","x_ms":1,"y_per_s":2.5,"z_bytes":9007199254740993,"recorded_unix_s":5,"ts_ms":6,
        "uptime_s":7,"text_ms":"fast","null_ms":null,"list_ms":[1],"true_s":true,"rounds_s":8}"#;
    assert_eq!(
        metrics(line),
        [
            ("rounds_s".into(), 8.0, None),
            ("x_ms".into(), 1.0, None),
            ("y_per_s".into(), 2.5, None),
            ("z_bytes".into(), 9_007_199_254_740_992.0, None)
        ]
    );
}

#[test]
fn an_incumbent_and_a_challenger_of_one_unit_are_a_pair() {
    let line = r#"{"lane":"a","incumbent_ms":5.5,"challenger_ms":5.6,"incumbent_x_ns":1,"challenger_x_us":2,"incumbent_y_s":3}"#;
    assert_eq!(
        metrics(line),
        [
            ("challenger_ms".into(), 5.6, Some(5.5)),
            ("challenger_x_us".into(), 2.0, None),
            ("incumbent_x_ns".into(), 1.0, None),
            ("incumbent_y_s".into(), 3.0, None)
        ]
    );
}

#[test]
fn what_is_not_finite_or_not_above_0_is_no_measurement() {
    for bad in ["0", "-1", "-0.0", "1e999", "-1e999", "1e-999", r#""NaN""#, r#""inf""#, r#""-Infinity""#] {
        let Err(Unfit::Faulty(rejection)) = read(&format!(r#"{{"lane":"a","x_ms":{bad}}}"#)) else { panic!("{bad}") };
        assert_eq!(rejection.reason, Reason::OutOfRange, "{bad}");
        assert!(rejection.message.starts_with("metric `x_ms` is "), "{}", rejection.message);
        let line = read(&format!(r#"{{"lane":"a","x_ms":{bad},"y_ms":1}}"#)).unwrap();
        assert_eq!(line.metrics.iter().map(Metric::is_valid).collect::<Vec<_>>(), [false, true], "{bad}");
        let pair = read(&format!(r#"{{"lane":"a","incumbent_ms":{bad},"challenger_ms":1}}"#));
        assert!(matches!(pair, Err(Unfit::Faulty(_))), "a pair needs both: {bad}");
    }
    assert_eq!(metrics(r#"{"lane":"a","x_ms":1e300}"#), [("x_ms".into(), 1e300, None)]);
}

#[test]
fn the_first_fault_is_named() {
    for (line, reason, message) in [
        (r#"{"lane":5,"x_ms":1}"#, Reason::WrongType, "invalid type: integer `5`, expected a string for field `lane`"),
        (
            r#"{"lane":"a","recorded_unix":"x","host":1,"x_ms":0}"#,
            Reason::WrongType,
            "invalid type: string \"x\", expected seconds since 1970 for field `recorded_unix`",
        ),
        (
            r#"{"lane":"a","recorded_unix":1e300,"x_ms":1}"#,
            Reason::OutOfRange,
            "invalid value: floating point `1e300`, expected seconds since 1970 for field `recorded_unix`",
        ),
        (
            r#"{"lane":"a","fingerprint":[],"x_ms":1}"#,
            Reason::WrongType,
            "invalid type: array of strings, expected a string for field `fingerprint`",
        ),
        (
            r#"{"lane":"a","rounds":-1,"x_ms":1}"#,
            Reason::OutOfRange,
            "invalid value: integer `-1`, expected u64 for field `rounds`",
        ),
        (r#"{"lane":"a","x_ms":1"#, Reason::InvalidJson, "EOF while parsing an object at line 1 column 20"),
        ("[]", Reason::NotAnObject, "expected an object"),
    ] {
        let rejection = Rejection::new(reason, message.into());
        assert_eq!(read(line), Err(Unfit::Faulty(rejection)), "{line}");
    }
    assert_eq!(read(r#"{"x_ms":1}"#), Err(Unfit::Other(Some("missing field `lane`".into()))));
    assert_eq!(read(r#"{"lane":"a","rounds":3}"#), Err(Unfit::Other(Some("no field is a metric".into()))));
    assert_eq!(read("{}"), Err(Unfit::Other(None)));
}

#[test]
fn of_repeated_fields_the_last_counts() {
    let line = read(r#"{"lane":"a","x_ms":1,"lane":"b","x_ms":2,"other":1,"other":2}"#).unwrap();
    assert_eq!((line.lane.as_str(), line.metrics[0].value, line.repeated), ("b", 2.0, 2));
}

#[test]
fn numbers_of_the_environment_stand_as_they_are_written() {
    let line = read(r#"{"lane":"a","torch":2.10,"fingerprint":null,"run":18446744073709551615,"x_ms":1}"#).unwrap();
    assert_eq!(line.env, [("torch".to_owned(), "2.10".to_owned())]);
    assert_eq!(line.run.as_deref(), Some("18446744073709551615"));
}

#[test]
fn what_a_profile_names_is_a_metric() {
    let text = "name = \"x\"\n[benchmark]\nlane = \"bench\"\nsuffixes = true\nignore = [\"setup_ms\"]\n\
                [[metric]]\nfield = \"score\"\nunit = \"points\"\ndirection = \"higher_is_better\"\n\
                [[pair]]\nincumbent = \"old\"\nchallenger = \"new\"\nunit = \"ms\"\ndirection = \"lower_is_better\"\n";
    let profile = BenchmarkProfile::parse("x", text).unwrap();
    let line = profile.read(br#"{"bench":"a","score":7,"old":2,"new":3,"setup_ms":1,"x_ms":4}"#).unwrap();
    let metrics: Vec<_> = line.metrics.iter().map(|one| (one.name.as_str(), one.value, one.incumbent)).collect();
    assert_eq!(metrics, [("new", 3.0, Some(2.0)), ("score", 7.0, None), ("x_ms", 4.0, None)]);
    assert_eq!(line.metrics[1].direction, Direction::HigherIsBetter);
    let lone = profile.read(br#"{"bench":"a","old":2,"score":"high"}"#).unwrap();
    assert!(lone.metrics[1].value.is_nan() && lone.metrics[0].incumbent.is_none(), "{lone:?}");
}

#[test]
fn a_line_of_neither_shape_keeps_its_rejection() {
    let profiles = Profiles::builtin();
    let rejection = |reason| Rejection::new(reason, "said".into());
    let real = |reason| profiles.benchmark(REAL.as_bytes(), rejection(reason));
    assert!(real(Reason::UnknownShape).is_ok() && real(Reason::MissingField).is_ok());
    assert_eq!(real(Reason::InvalidJson), Err(rejection(Reason::InvalidJson)));
    // A line that resembles a log's is answered as such.
    let faulty = br#"{"lane":"a","x_ms":0}"#;
    assert_eq!(profiles.benchmark(faulty, rejection(Reason::WrongType)), Err(rejection(Reason::WrongType)));
    assert_eq!(profiles.benchmark(faulty, rejection(Reason::UnknownShape)).unwrap_err().reason, Reason::OutOfRange);
    assert_eq!(profiles.benchmark(b"{}", rejection(Reason::UnknownShape)), Err(rejection(Reason::UnknownShape)));
    let lacks = profiles.benchmark(br#"{"x_ms":1}"#, rejection(Reason::UnknownShape)).unwrap_err();
    assert_eq!(lacks.message, "resembles no profile: missing field `lane`");
}
