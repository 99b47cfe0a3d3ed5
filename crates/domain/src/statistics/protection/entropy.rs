//! The distribution of maximum entropy with a given mean and variance on a few whole numbers.

/// Steps of Newton's method; it needs fewer than 30 where there is a solution at all.
const STEPS: usize = 200;
/// The moments are met to this.
const TOLERANCE: f64 = 1e-11;
/// Where the dual function goes down by less than this, its own rounding hides it: the full step is taken.
const FLAT: f64 = 1e-10;

/// Probabilities of the numbers of `support` with mean 0 and the given variance, of all such distributions the one of
/// maximum entropy; none where Newton's method finds no distribution that meets both.
///
/// By Lagrange the probabilities are proportional to exp(a·v + b·v²). The multipliers make the convex dual function
/// log Σ exp(a·v + b·(v² − V)) smallest (Giessing and Tent 2019, section 3; Marley and Leaver 2011).
pub(super) fn maximum_entropy(support: &[i16], variance: f64) -> Option<Vec<f64>> {
    let (mut a, mut b) = (0.0, 0.0);
    let mut value = dual(support, variance, a, b);
    for _ in 0..STEPS {
        let shares = shares(support, a, b);
        let moment = |power: i32| -> f64 { mean(support, &shares, power) };
        let (first, second) = (moment(1), moment(2));
        let gradient = (first, second - variance);
        if gradient.0.abs() < TOLERANCE && gradient.1.abs() < TOLERANCE {
            return Some(shares);
        }
        let (third, fourth) = (moment(3), moment(4));
        let (aa, ab, bb) = (second - first * first, third - first * second, fourth - second * second);
        let determinant = aa * bb - ab * ab;
        if determinant <= f64::MIN_POSITIVE {
            return None;
        }
        let step =
            ((bb * gradient.0 - ab * gradient.1) / determinant, (aa * gradient.1 - ab * gradient.0) / determinant);
        let slope = step.0 * gradient.0 + step.1 * gradient.1;
        // Halved until it goes down by enough: far from the solution the full step may overshoot.
        let mut size = 1.0;
        loop {
            let (next_a, next_b) = (a - size * step.0, b - size * step.1);
            let next = dual(support, variance, next_a, next_b);
            if slope < FLAT || next <= value - 1e-4 * size * slope || size < 1e-9 {
                (a, b, value) = (next_a, next_b, next);
                break;
            }
            size /= 2.0;
        }
    }
    None
}

/// The two numbers nearest to 0 on either side (or 0 itself), with the only probabilities that have mean 0: of all
/// distributions on the support with mean 0 this has the smallest variance.
pub(super) fn narrowest(support: &[i16]) -> Vec<f64> {
    if let Some(zero) = support.iter().position(|noise| *noise == 0) {
        return (0..support.len()).map(|at| f64::from(u8::from(at == zero))).collect();
    }
    let below = support.iter().copied().filter(|noise| *noise < 0).max().unwrap_or(0);
    let above = support.iter().copied().filter(|noise| *noise > 0).min().unwrap_or(0);
    let (down, up) = (f64::from(-below), f64::from(above));
    let share = |noise: i16| match noise {
        _ if noise == below => up / (up + down),
        _ if noise == above => down / (up + down),
        _ => 0.0,
    };
    support.iter().map(|noise| share(*noise)).collect()
}

/// The expectation of the numbers' power.
pub(super) fn mean(support: &[i16], shares: &[f64], power: i32) -> f64 {
    support.iter().zip(shares).map(|(noise, share)| share * f64::from(*noise).powi(power)).sum()
}

fn exponents(support: &[i16], a: f64, b: f64) -> Vec<f64> {
    support.iter().map(|noise| f64::from(*noise)).map(|noise| a * noise + b * noise * noise).collect()
}

fn shares(support: &[i16], a: f64, b: f64) -> Vec<f64> {
    let exponents = exponents(support, a, b);
    let largest = exponents.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let weights: Vec<f64> = exponents.iter().map(|exponent| (exponent - largest).exp()).collect();
    let sum: f64 = weights.iter().sum();
    weights.into_iter().map(|weight| weight / sum).collect()
}

fn dual(support: &[i16], variance: f64, a: f64, b: f64) -> f64 {
    let exponents = exponents(support, a, b);
    let largest = exponents.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    largest + exponents.iter().map(|exponent| (exponent - largest).exp()).sum::<f64>().ln() - b * variance
}
