//! Quantiles of counts.

/// The least count that a negative binomial variable reaches with probability `p` or more: the quantile.
///
/// By its mean and its variance, which is greater than the mean; the Poisson distribution is the limit, and is taken
/// where the two are as good as equal. Terms are added in logarithms, so that great means do not vanish.
pub(super) fn quantile(mean: f64, variance: f64, p: f64) -> u64 {
    if mean <= 0.0 {
        return 0;
    }
    let excess = variance - mean;
    // ln P(0), and ln P(n+1) - ln P(n) as a function of n.
    let poisson = excess <= mean * 1e-9;
    let size = if poisson { f64::INFINITY } else { mean * mean / excess };
    let start = if poisson { -mean } else { size * (mean / variance).ln() };
    let step = |n: f64| {
        if poisson { (mean / (n + 1.0)).ln() } else { ((n + size) / (n + 1.0) * (excess / variance)).ln() }
    };
    // Beyond so many standard deviations nothing is left to add.
    let last = mean + 40.0 * variance.sqrt() + 50.0;
    let (mut count, mut log, mut sum) = (0.0, start, start.exp());
    while sum < p && count < last {
        log += step(count);
        count += 1.0;
        sum += log.exp();
    }
    // Whole and not negative: the conversion is exact far beyond any count.
    count as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn quantiles_are_those_of_the_tables() {
        // Poisson, from the tables of Pearson and Hartley; negative binomial by R's qnbinom(p, mu, size).
        for (mean, variance, p, expected) in [
            (1.0, 1.0, 0.95, 3),
            (4.0, 4.0, 0.975, 8),
            (10.0, 10.0, 0.95, 15),
            (10.0, 10.0, 0.5, 10),
            (10.0, 10.0, 0.025, 4),
            // Geometric with P(0) = 1/2: 1 - 2^-(n+1) reaches 0.99 at 6.
            (1.0, 2.0, 0.99, 6),
            (1.0, 2.0, 0.5, 0),
            (0.0, 3.0, 0.99, 0),
        ] {
            assert_eq!(quantile(mean, variance, p), expected, "{mean} {variance} {p}");
        }
    }

    #[test]
    fn great_means_do_not_vanish() {
        let found = quantile(20_000.0, 20_000.0, 0.975);
        assert!((20_270..20_285).contains(&found), "{found}");
        let found = quantile(5_000.0, 10_000.0, 0.5);
        assert!((4_980..5_005).contains(&found), "{found}");
    }

    proptest! {
        #[test]
        fn more_probability_more_mean_more_count(mean in 0.1f64..300.0, spread in 1.0f64..4.0, p in 0.01f64..0.98) {
            let here = quantile(mean, mean * spread, p);
            prop_assert!(quantile(mean, mean * spread, p + 0.01) >= here);
            prop_assert!(quantile(mean * 1.5, mean * 1.5 * spread, p) >= here);
        }
    }
}
