//! What a corpus is made of.

/// The size and shape of a corpus; [`Config::default`] is the one that the figures are measured on.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Config {
    /// Decoded bytes of all runs together; each run ends at the first line end past its share.
    pub(crate) bytes: u64,
    /// Runs, one an hour.
    pub(crate) runs: u32,
    /// Scenarios.
    pub(crate) scenarios: u32,
    /// Seeds of each scenario.
    pub(crate) seeds: u32,
    /// Environments.
    pub(crate) envs: u32,
    /// Expected share of failing lines.
    pub(crate) fail_rate: f64,
    /// Seed of the corpus itself.
    pub(crate) seed: u64,
    /// Lines of the required fields alone, a third as long: for corpora of very many lines.
    pub(crate) terse: bool,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            bytes: 2_000_000_000,
            runs: 200,
            scenarios: 20_000,
            seeds: 5,
            envs: 4,
            fail_rate: 0.019,
            seed: 1,
            terse: false,
        }
    }
}

impl Config {
    /// Says what is wrong with it, if anything.
    pub(crate) fn check(&self) -> Result<(), String> {
        if self.runs == 0 || self.scenarios == 0 || self.seeds == 0 || self.envs == 0 {
            return Err("runs, scenarios, seeds and envs must be at least 1".to_owned());
        }
        if !(0.0..=0.3).contains(&self.fail_rate) {
            return Err(format!("fail rate {} is not in 0..=0.3", self.fail_rate));
        }
        Ok(())
    }

    /// Number of keys (scenario, seed, environment) that lines are drawn from.
    pub(crate) fn keys(&self) -> u64 {
        u64::from(self.scenarios) * u64::from(self.seeds) * u64::from(self.envs)
    }

    /// Decoded bytes that a run aims at.
    pub(crate) fn run_bytes(&self) -> u64 {
        self.bytes.div_ceil(u64::from(self.runs)).max(1)
    }
}

/// Reads `4096`, `64KiB`, `1MiB`, `2GB`, `20G`: powers of 1000, with an `i` of 1024.
pub(crate) fn parse_size(text: &str) -> Result<u64, String> {
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let (number, unit) = text.split_at(digits);
    let number: u64 = number.parse().map_err(|_| format!("`{text}` is not a size"))?;
    let factor = match unit.to_ascii_lowercase().as_str() {
        "" | "b" => 1,
        "k" | "kb" => 1_000,
        "m" | "mb" => 1_000_000,
        "g" | "gb" => 1_000_000_000,
        "kib" => 1 << 10,
        "mib" => 1 << 20,
        "gib" => 1 << 30,
        _ => return Err(format!("unknown unit `{unit}`, known: B KB MB GB KiB MiB GiB")),
    };
    number.checked_mul(factor).ok_or_else(|| format!("`{text}` is too large"))
}
