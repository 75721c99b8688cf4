//! A history in few characters.

/// `PPPFF` as `P3F2`.
pub(crate) fn run_length(marks: impl Iterator<Item = char>) -> String {
    let mut out = String::new();
    let mut last: Option<(char, u64)> = None;
    let flush = |out: &mut String, run: Option<(char, u64)>| {
        if let Some((mark, count)) = run {
            out.push(mark);
            out.push_str(&count.to_string());
        }
    };
    for mark in marks {
        match &mut last {
            Some((same, count)) if *same == mark => *count += 1,
            _ => {
                flush(&mut out, last);
                last = Some((mark, 1));
            }
        }
    }
    flush(&mut out, last);
    out
}
