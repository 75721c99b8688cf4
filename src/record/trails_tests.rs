use super::*;

/// Learns a line, with the values at these keys as fields, in the order of the keys.
fn learn(trails: &mut Trails, line: &str, keys: &[&str]) {
    let walk = Walk::new(line);
    let fields: Vec<(Range<usize>, usize)> = keys
        .iter()
        .enumerate()
        .map(|(field, key)| {
            let start = line.find(&format!("\"{key}\":")).unwrap() + key.len() + 3;
            let mut value = walk;
            value.at = start;
            value.value().unwrap();
            (start..value.at, field)
        })
        .collect();
    trails.learn(line.as_bytes(), walk, &fields);
}

/// The values of fields, if the line follows a trail.
fn follow(trails: &Trails, line: &str) -> Option<Vec<(u8, String)>> {
    let mut walk = Walk::new(line);
    let mut found = Vec::new();
    let padded = [line.as_bytes(), &[b'}'; WIDTH]].concat();
    trails.follow(&padded, &mut walk, |walk, hole| {
        let start = walk.at;
        walk.value()?;
        if let Hole::Field(field) = hole {
            found.push((field, line[start..walk.at].to_owned()));
        }
        Some(())
    })?;
    Some(found)
}

#[test]
fn a_line_with_the_same_keys_follows_and_gives_its_own_values() {
    let mut trails = Trails::default();
    learn(&mut trails, r#"{"a":1,"b":{"c":["x"],"d":{}},"e":[{"f":null},{"f":2}]}"#, &["a", "c"]);
    let line = r#"{"a":"one","b":{"c":[],"d":{"more":[1]}},"e":[{"f":-1.5e3},{"f":[[]]}]}"#;
    assert_eq!(follow(&trails, line), Some(vec![(0, "\"one\"".into()), (1, "[]".into())]));
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
        learn(&mut trails, line, &["a"]);
        let steps = trails.steps.len();
        learn(&mut trails, line, &["a"]);
        assert_eq!(trails.steps.len(), steps, "learning twice adds nothing");
        assert_eq!(follow(&trails, line).unwrap()[0], (0, "1".into()));
    }
}

#[test]
fn what_is_learned_is_bounded() {
    let mut trails = Trails::default();
    for number in 0..10_000 {
        learn(&mut trails, &format!(r#"{{"k{number}":1,"b":{{"x{number}":2}}}}"#), &[]);
        learn(&mut trails, &format!("{{\"k\":[{}]}}", "{\"a\":1},".repeat(number % 700) + "[]"), &[]);
        assert!(trails.steps.len() <= MOST_STEPS && trails.rests.len() <= MOST_STEPS * WIDTH);
    }
    assert!(follow(&trails, r#"{"k":[{"a":1},[]]}"#).is_some() || trails.steps.len() > MOST_WAYS);
}

#[test]
fn logs_without_shapes_are_left_alone_ever_longer_and_never_for_good() {
    let mut trails = Trails::default();
    let mut tries = 0;
    for _ in 0..20_000 {
        trails.is_awake();
        tries += u32::from(trails.may_learn());
    }
    assert_eq!(tries, FULL_CREDIT / PRICE);
    learn(&mut trails, r#"{"a":1}"#, &[]);
    let mut asleep = 0;
    while !trails.is_awake() {
        asleep += 1;
    }
    assert!(asleep <= LONGEST_REST);
    (0..PRICE).for_each(|_| trails.followed());
    assert!(trails.is_awake() && trails.may_learn());
}
