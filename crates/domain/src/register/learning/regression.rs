//! Logistic regression with normal priors, in bits, by Newton's method: the posterior has one mode, and each step that
//! does not come nearer to it is halved.

/// Rounds at most; from a sensible start five or six do.
const ROUNDS: usize = 100;
/// Halvings of one step at most.
const HALVINGS: usize = 40;
/// Enough when no coefficient moves by more bits.
const ENOUGH: f64 = 1e-9;

/// Answers to one question.
#[derive(Debug, Clone)]
pub(super) struct Sample {
    /// The coefficients that count, by place, each once.
    pub(super) features: Vec<usize>,
    /// What counts besides, in bits.
    pub(super) offset: f64,
    /// How often the answer was yes.
    pub(super) yes: f64,
    /// How often it was no.
    pub(super) no: f64,
}

/// What is believed of a coefficient before, in bits.
#[derive(Debug, Clone, Copy)]
pub(super) struct Belief {
    pub(super) mean: f64,
    pub(super) spread: f64,
}

impl Sample {
    fn bits(&self, at: &[f64]) -> f64 {
        self.offset + self.features.iter().map(|place| at[*place]).sum::<f64>()
    }
}

/// The coefficients that are likeliest after the answers.
pub(super) fn fit(samples: &[Sample], beliefs: &[Belief]) -> Vec<f64> {
    let mut at: Vec<f64> = beliefs.iter().map(|belief| belief.mean).collect();
    let mut loss = surprise(samples, beliefs, &at);
    for _ in 0..ROUNDS {
        let (gradient, curvature) = slopes(samples, beliefs, &at);
        let step = solve(curvature, gradient);
        let mut share = 1.0;
        let mut taken = None;
        for _ in 0..HALVINGS {
            let next: Vec<f64> = at.iter().zip(&step).map(|(at, step)| at - share * step).collect();
            let next_loss = surprise(samples, beliefs, &next);
            if next_loss <= loss {
                taken = Some((next, next_loss));
                break;
            }
            share /= 2.0;
        }
        let Some((next, next_loss)) = taken else { break };
        (at, loss) = (next, next_loss);
        if step.iter().all(|step| (share * step).abs() < ENOUGH) {
            break;
        }
    }
    at
}

/// Minus the logarithm of what is to be as great as possible.
fn surprise(samples: &[Sample], beliefs: &[Belief], at: &[f64]) -> f64 {
    let answers: f64 = samples
        .iter()
        .map(|sample| {
            let odds = sample.bits(at) * std::f64::consts::LN_2;
            sample.yes * softplus(-odds) + sample.no * softplus(odds)
        })
        .sum();
    let distance = |(at, belief): (&f64, &Belief)| ((at - belief.mean) / belief.spread).powi(2) / 2.0;
    answers + at.iter().zip(beliefs).map(distance).sum::<f64>()
}

/// ln(1 + eˣ), also for great x.
fn softplus(x: f64) -> f64 {
    x.max(0.0) + (-x.abs()).exp().ln_1p()
}

/// First and second derivatives.
fn slopes(samples: &[Sample], beliefs: &[Belief], at: &[f64]) -> (Vec<f64>, Vec<Vec<f64>>) {
    let count = beliefs.len();
    let mut gradient: Vec<f64> =
        at.iter().zip(beliefs).map(|(at, belief)| (at - belief.mean) / belief.spread.powi(2)).collect();
    let mut curvature = vec![vec![0.0; count]; count];
    for (place, belief) in beliefs.iter().enumerate() {
        curvature[place][place] = belief.spread.powi(-2);
    }
    for sample in samples {
        let odds = sample.bits(at) * std::f64::consts::LN_2;
        let probability = 1.0 / (1.0 + (-odds).exp());
        let answers = sample.yes + sample.no;
        let slope = std::f64::consts::LN_2 * (answers * probability - sample.yes);
        let bend = std::f64::consts::LN_2.powi(2) * answers * probability * (1.0 - probability);
        for one in &sample.features {
            gradient[*one] += slope;
            for other in &sample.features {
                curvature[*one][*other] += bend;
            }
        }
    }
    (gradient, curvature)
}

/// Solves a system with a symmetric positive definite matrix (priors make it so): elimination without pivoting is stable
/// there.
fn solve(mut matrix: Vec<Vec<f64>>, mut right: Vec<f64>) -> Vec<f64> {
    let count = right.len();
    for pivot in 0..count {
        let (done, below) = matrix.split_at_mut(pivot + 1);
        let (known, rest) = right.split_at_mut(pivot + 1);
        let row = &done[pivot];
        for (other, right) in below.iter_mut().zip(rest) {
            let factor = other[pivot] / row[pivot];
            if factor != 0.0 {
                for (entry, of_pivot) in other.iter_mut().zip(row).skip(pivot) {
                    *entry -= factor * of_pivot;
                }
                *right -= factor * known[pivot];
            }
        }
    }
    for pivot in (0..count).rev() {
        let rest: f64 = (pivot + 1..count).map(|place| matrix[pivot][place] * right[place]).sum();
        right[pivot] = (right[pivot] - rest) / matrix[pivot][pivot];
    }
    right
}
