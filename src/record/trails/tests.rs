use super::*;

fn sample(line: &str, keys: &[&str]) -> Sample {
    let walk = Walk::new(line.as_bytes());
    let fields: Vec<(Range<usize>, usize)> = keys
        .iter()
        .enumerate()
        .map(|(field, key)| {
            let start = line.find(&format!("\"{key}\":")).unwrap() + key.len() + 3;
            let mut value = walk.to(start);
            value.value().unwrap();
            (start..value.at, field)
        })
        .collect();
    Sample::new(walk, &fields).unwrap()
}

/// The texts of fields, if the line follows a trail.
fn follow(trails: &Trails, line: &str) -> Option<Vec<String>> {
    let padded = [line.as_bytes(), &[b'}'; WIDTH]].concat();
    let mut slots = [Slot::Absent; 4];
    trails.follow(&padded, Walk::new(line.as_bytes()), &mut slots)?;
    let told = |slot: &Slot<'_>| match slot {
        Slot::Texts(texts) => format!("{:?}", texts.iter().collect::<Vec<_>>()),
        slot => format!("{slot:?}"),
    };
    Some(slots.iter().filter(|slot| !slot.is_absent()).map(told).collect())
}

#[test]
fn a_line_with_the_same_keys_follows_and_gives_its_own_values() {
    let mut trails = Trails::default();
    trails.add(&sample(r#"{"a":1,"b":{"c":["x"],"d":{}},"e":[{"f":null},{"f":2}]}"#, &["a", "c"]));
    let line = r#"{"a":"one","b":{"c":[],"d":{"more":[1]}},"e":[{"f":-1.5e3},{"f":[[]]}]}"#;
    assert_eq!(follow(&trails, line).unwrap(), [r#"Text("one")"#, "[]"]);
    for other in [
        r#"{"a":1,"b":{"c":["x"],"d":{}},"e":[{"f":null}]}"#,
        r#"{"a":1,"b":{"c":["x"],"d":{}},"e":[{"f":null},{"f":2}]} "#,
        r#"{"a":1,"b":{"c":["x"],"d":{}},"e":[{"f":null},{"f":2}]"#,
        r#"{"a":1,"b":{"c":["x"],"d":{}},"e":[{"f":null},{"g":2}]}"#,
        r#"{"a":1,"b":{"c":["x"],"d":{}},"e":[{"f":null},{"f":}]}"#,
        r#"{"a":01,"b":{"c":["x"],"d":{}},"e":[{"f":null},{"f":2}]}"#,
        r#"{"a":1, "b":{"c":["x"],"d":{}},"e":[{"f":null},{"f":2}]}"#,
        "",
        "{",
    ] {
        assert_eq!(follow(&trails, other), None, "{other}");
    }
}

#[test]
fn trails_part_and_share_what_they_begin_with() {
    let mut trails = Trails::default();
    let long = "k".repeat(3 * WIDTH);
    let lines = [
        r#"{"a":1}"#.to_owned(),
        r#"{"a":1,"b":2}"#.to_owned(),
        r#"{"a":1,"b":2,"c":3}"#.to_owned(),
        format!(r#"{{"a":1,"{long}":2}}"#),
        format!(r#"{{"a":1,"{long}x":2}}"#),
    ];
    for (known, line) in lines.iter().enumerate() {
        for line in &lines[..known] {
            assert!(follow(&trails, line).is_some(), "{line}");
        }
        assert_eq!(follow(&trails, line), None, "{line}");
        trails.add(&sample(line, &["a"]));
        let steps = trails.steps.len();
        trails.add(&sample(line, &["a"]));
        assert_eq!(trails.steps.len(), steps, "learning twice adds nothing");
        assert_eq!(follow(&trails, line).unwrap(), ["Integer(1)"]);
    }
}

#[test]
fn a_hole_takes_a_value_whole_that_a_sample_is_cut_within() {
    let mut trails = Trails::default();
    trails.add(&sample(r#"{"a":[[1]],"b":1}"#, &[]));
    trails.add(&sample(r#"{"a":[[[1]]],"c":1}"#, &[]));
    for line in [r#"{"a":[[1]],"c":1}"#, r#"{"a":[2],"b":1}"#, r#"{"a":[[[[]]]],"c":{}}"#] {
        assert!(follow(&trails, line).is_some(), "{line}");
    }
    for line in [r#"{"a":[1]],"c":1}"#, r#"{"a":[[1]]],"c":1}"#, r#"{"a":[[[1]],"c":1}"#] {
        assert_eq!(follow(&trails, line), None, "{line}");
    }
}

/// Line `n` of a log in which `suite` decides `file`, `word` hardly changes, and `id` always does.
fn log_line(n: usize) -> String {
    let word = if n % 50 == 49 { "fail" } else { "pass" };
    let suite = ["first", "second", "third"][n % 3];
    let more = if n.is_multiple_of(2) { r#","more":{"x":1,"list":[{"y":"same"}]}"# } else { "" };
    format!(
        r#"{{"id":{n},"suite":"{suite}","file":"{suite}.rs","refs":["{suite}.json"],"kind":"{suite}","word":"{word}"{more}}}"#
    )
}

#[test]
fn usual_values_become_part_of_the_segments_and_the_fields_stay() {
    let keys = ["suite", "refs", "word", "id"];
    let texts: Vec<String> = (0..400).map(log_line).collect();
    // The fields of a sample stand in the order of the line.
    let fields = |line: &str| {
        let mut cut = sample(line, &[]);
        for value in &mut cut.values {
            let key = line[..value.range.start].trim_end_matches("\":").rsplit('"').next().unwrap_or_default();
            if let Some(field) = keys.iter().position(|known| *known == key) {
                value.hole = Hole::Field(u8::try_from(field).unwrap());
            }
        }
        cut
    };
    let samples: Vec<Sample> = texts.iter().map(|line| fields(line)).collect();
    let (mut grown, mut plain) = (Trails::default(), Trails::default());
    grown.grow(&samples);
    for sample in &samples {
        plain.add(sample);
    }
    let has_fixed = |trails: &Trails| trails.steps.iter().any(|step| !step.fixed.is_empty());
    assert!(has_fixed(&grown) && !has_fixed(&plain));
    let longest = |trails: &Trails| trails.steps.iter().map(|step| step.len).max();
    assert!(longest(&grown) > longest(&plain), "values are part of segments");
    for line in texts.iter().chain([&log_line(10_000), &log_line(4_949)]) {
        let found = follow(&plain, line);
        assert!(found.is_some(), "{line}");
        assert_eq!(follow(&grown, line), found, "{line}");
    }
    // Another value where one was usual: the trail is not there yet, and can be added.
    let new = log_line(7).replace("second", "fourth");
    assert_eq!(follow(&grown, &new), None);
    grown.add(&fields(&new));
    assert_eq!(follow(&grown, &new), follow(&plain, &new));
    assert!(follow(&plain, &new).is_some());
    for line in &texts {
        assert_eq!(follow(&grown, line), follow(&plain, line));
    }
    let steps = grown.steps.len();
    for sample in &samples {
        grown.add(sample);
    }
    assert_eq!(grown.steps.len(), steps, "learning twice adds nothing");
}

#[test]
fn what_is_learned_is_bounded_and_a_log_without_shapes_is_left_alone_ever_longer() {
    let mut trails = Trails::default();
    let (mut tried, mut times) = (0, 0);
    for number in 0..60_000 {
        let line = format!(r#"{{"k{number}":1,"b":{{"x{number}":[{}]}}}}"#, "{\"a\":1},".repeat(number % 9) + "[]");
        tried += u32::from(trails.is_awake());
        times = times.max(trails.times);
        assert!(!trails.is_awake() || follow(&trails, &line).is_none(), "{line}");
        trails.learn(Walk::new(line.as_bytes()), &[]);
        assert!(trails.steps.len() <= MOST_STEPS && trails.samples.len() <= SAMPLE.0);
    }
    assert!((2..6).contains(&times), "{times}");
    assert!(tried < 40_000, "{tried}");
}

#[test]
fn lines_of_many_values_and_long_lines_are_not_held() {
    let mut trails = Trails::default();
    let wide = format!("{{\"k\":[{}[]]}}", "{\"a\":1},".repeat(1000));
    let long = format!("{{\"k\":\"{}\"}}", "x".repeat(1 << 20));
    for line in [&wide, &long].into_iter().cycle().take(400) {
        trails.learn(Walk::new(line.as_bytes()), &[]);
        assert!(trails.samples.iter().map(|sample| sample.line.len()).sum::<usize>() <= SAMPLE.1 + long.len());
    }
    // The hole of the one is wide enough for the other.
    assert!(trails.is_awake() && follow(&trails, &long).is_some() && follow(&trails, &wide).is_some());
}
