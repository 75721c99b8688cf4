//! Lines of `go test -bench`, which are benchstat's input too: `BenchmarkName-8  100  123 ns/op  64 B/op`.

use super::{Sample, Text, direction_of};

pub(super) fn read(text: &Text<'_>) -> Option<Vec<Sample>> {
    let found: Vec<Sample> = text.plain.lines().filter_map(line).flatten().collect();
    (!found.is_empty()).then_some(found)
}

fn line(line: &str) -> Option<Vec<Sample>> {
    let mut words = line.split_whitespace();
    let lane = words.next().filter(|name| name.len() > 9 && name.starts_with("Benchmark"))?;
    words.next()?.parse::<u64>().ok()?;
    let rest: Vec<&str> = words.collect();
    let sample =
        |pair: &[&str]| Some(Sample::new(lane, pair[1], pair[1], direction_of(pair[1]), pair[0].parse().ok()?));
    rest.chunks_exact(2).map(sample).collect()
}

#[cfg(test)]
mod tests {
    use super::super::read;
    use crate::record::Direction;

    #[test]
    fn lines_are_samples() {
        let text = "goos: linux\nBenchmarkA-8   \t 100\t 12.5 ns/op\t 64 B/op\nBenchmarkB/x=1-8 5 2 MB/s\nBenchmarkBroken-8 x\nPASS\n";
        let (format, found) = read(text).unwrap();
        assert!(format.starts_with("Go"));
        let rows: Vec<_> = found.iter().map(|one| (one.lane.as_str(), one.metric.as_str(), one.value)).collect();
        assert_eq!(
            rows,
            [("BenchmarkA-8", "ns/op", 12.5), ("BenchmarkA-8", "B/op", 64.0), ("BenchmarkB/x=1-8", "MB/s", 2.0)]
        );
        assert_eq!(found[2].direction, Direction::HigherIsBetter);
    }
}
