//! Several independent ps as one.

/// Fisher's combined p: `-2 sum ln p` against chi-square with twice as many degrees of freedom as there are ps
/// (Fisher 1925).
///
/// With `T = -sum ln p` and `k` ps that is `e^-T (1 + T + ... + T^(k-1) / (k-1)!)`. Of discrete ps, as exact tests give
/// them, it is never too small. `None` without a p, or unless each lies in (0, 1].
#[must_use]
pub fn fisher_combined(ps: &[f64]) -> Option<f64> {
    if ps.is_empty() || !ps.iter().all(|p| *p > 0.0 && *p <= 1.0) {
        return None;
    }
    let sum: f64 = -ps.iter().map(|p| p.ln()).sum::<f64>();
    let (mut term, mut terms) = (1.0, 1.0);
    for k in 1..ps.len() {
        term *= sum / k as f64;
        terms += term;
    }
    Some(((-sum).exp() * terms).min(1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn worked_numbers() {
        let combined = fisher_combined(&[1.0 / 792.0, 1.0 / 56.0]).unwrap();
        assert!((combined - 0.000_263_80).abs() < 5e-9, "{combined}");
        // SciPy 1.17: combine_pvalues([.1, .2, .3]) = .115216.
        let combined = fisher_combined(&[0.1, 0.2, 0.3]).unwrap();
        assert!((combined - 0.115_216).abs() < 5e-7, "{combined}");
    }

    #[test]
    fn borders() {
        assert_eq!((fisher_combined(&[]), fisher_combined(&[0.0]), fisher_combined(&[1.5])), (None, None, None));
        assert!((fisher_combined(&[0.25]).unwrap() - 0.25).abs() < 1e-15);
        assert_eq!(fisher_combined(&[1.0, 1.0]), Some(1.0));
    }
}
