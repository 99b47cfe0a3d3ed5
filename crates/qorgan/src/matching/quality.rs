//! How good links are.

use std::collections::HashSet;

use serde::Serialize;

/// Precision, recall and F1 over pairs.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub(crate) struct Quality {
    pub(crate) links: usize,
    pub(crate) right: usize,
    pub(crate) wrong: usize,
    pub(crate) missed: usize,
    pub(crate) precision: f64,
    pub(crate) recall: f64,
    pub(crate) f1: f64,
}

impl Quality {
    /// Measures links against `truth`, of which `unknown` further pairs are in neither list and so never found.
    pub(crate) fn of(links: impl Iterator<Item = (u32, u32)>, truth: &HashSet<(u32, u32)>, unknown: usize) -> Self {
        let (mut links_count, mut right) = (0, 0);
        for link in links {
            links_count += 1;
            right += usize::from(truth.contains(&link));
        }
        let all = truth.len() + unknown;
        let share = |part: usize, of: usize| if of == 0 { 1.0 } else { part as f64 / of as f64 };
        Self {
            links: links_count,
            right,
            wrong: links_count - right,
            missed: all - right,
            precision: share(right, links_count),
            recall: share(right, all),
            f1: share(2 * right, links_count + all),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares() {
        let truth = HashSet::from([(0, 0), (1, 1), (2, 2)]);
        let quality = Quality::of([(0, 0), (1, 1), (1, 2)].into_iter(), &truth, 1);
        assert_eq!((quality.right, quality.wrong, quality.missed), (2, 1, 2));
        assert!((quality.precision - 2.0 / 3.0).abs() < 1e-9 && (quality.recall - 0.5).abs() < 1e-9);
        assert!((quality.f1 - 4.0 / 7.0).abs() < 1e-9);
        assert!((Quality::of(std::iter::empty(), &HashSet::new(), 0).f1 - 1.0).abs() < 1e-9);
    }
}
