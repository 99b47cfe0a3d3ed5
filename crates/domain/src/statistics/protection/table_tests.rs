//! The conditions of every row, and what follows for what is shown.

use proptest::prelude::*;

use super::entropy::mean;
use super::table::Row;
use super::*;

/// As shipped.
pub(super) const RULE: DisclosureRule =
    DisclosureRule { max_noise: 5, variance: 3.0, threshold: 3, hidden_below: 3, max_attributes: 4 };
/// The same, but 1 and 2 are shown as 0 or as 3 and more.
pub(super) const SHOWING_SMALL: DisclosureRule = DisclosureRule { hidden_below: 1, ..RULE };

fn rule(max_noise: u8, variance: f64, threshold: u8) -> DisclosureRule {
    DisclosureRule { max_noise, variance, threshold, hidden_below: 1, max_attributes: 4 }
}

fn row(table: &NoiseTable, count: u64) -> &Row {
    table.row(count).unwrap()
}

/// Parameters that official statistics use, and harder ones.
fn rules() -> Vec<DisclosureRule> {
    vec![
        SHOWING_SMALL,
        rule(5, 2.0, 3),
        rule(5, 4.0, 3),
        rule(8, 4.0, 3),
        rule(10, 6.0, 3),
        rule(3, 1.0, 3),
        rule(5, 2.0, 1),
    ]
}

#[test]
fn every_row_is_a_distribution_with_the_moments_that_it_promises() {
    for rule in rules() {
        let table = NoiseTable::of(&rule).unwrap();
        for count in 1..=40_u64 {
            let Row { noise, shares, .. } = row(&table, count);
            let name = format!("{rule:?} {count}");
            assert!(shares.iter().all(|share| (0.0..=1.0).contains(share)), "{name}");
            assert!((shares.iter().sum::<f64>() - 1.0).abs() < 1e-12, "{name}");
            assert!(mean(noise, shares, 1).abs() < 1e-9, "{name}");
            let smallest = if count < u64::from(rule.threshold) {
                // Either 0 or the threshold: nothing with mean 0 is narrower.
                let count = count as f64;
                count * (f64::from(rule.threshold) - count)
            } else {
                0.0
            };
            let variance = mean(noise, shares, 2);
            assert!((variance - rule.variance.max(smallest)).abs() < 1e-9, "{name}: {variance}");
            for noise in noise {
                assert!(noise.unsigned_abs() <= u16::from(rule.max_noise), "{name}");
                let shown = i64::try_from(count).unwrap() + i64::from(*noise);
                assert!(shown == 0 || shown >= i64::from(rule.threshold), "{name}: {shown}");
            }
        }
    }
}

#[test]
fn small_counts_are_hidden_whole_and_no_other_is_touched() {
    let [open, hiding] = [SHOWING_SMALL, RULE].map(|rule| NoiseTable::of(&rule).unwrap());
    for count in [1, 2] {
        let Row { noise, shares, .. } = row(&hiding, count);
        assert_eq!(
            (noise.as_slice(), shares.as_slice()),
            ([-i16::try_from(count).unwrap()].as_slice(), [1.0].as_slice())
        );
    }
    for count in 3..40 {
        assert_eq!(row(&hiding, count), row(&open, count), "{count}");
    }
}

#[test]
fn great_counts_share_a_symmetric_row_without_gaps() {
    let table = NoiseTable::of(&RULE).unwrap();
    let Row { noise, shares, .. } = row(&table, 1_000_000);
    assert_eq!(*noise, (-5..=5).collect::<Vec<_>>());
    assert!(shares.iter().zip(shares.iter().rev()).all(|(one, other)| (one - other).abs() < 1e-12));
    // Of maximum entropy: the logarithms of the shares lie on a parabola.
    let logs: Vec<f64> = shares.iter().map(|share| share.ln()).collect();
    let second = |at: usize| logs[at - 1] - 2.0 * logs[at] + logs[at + 1];
    assert!((1..10).all(|at| (second(at) - second(1)).abs() < 1e-9));
}

#[test]
fn the_same_as_a_solution_by_hand() {
    // From 1, with 0 and 3 alone in reach: a third of the keys lifts to 3.
    let table = NoiseTable::of(&rule(3, 2.0, 3)).unwrap();
    let Row { noise, shares, .. } = row(&table, 1);
    let kept: Vec<(i16, f64)> = noise.iter().copied().zip(shares.iter().copied()).filter(|one| one.1 > 1e-9).collect();
    assert_eq!(kept.iter().map(|one| one.0).collect::<Vec<_>>(), [-1, 2]);
    assert!((kept[1].1 - 1.0 / 3.0).abs() < 1e-9);
    // Three numbers leave no freedom: -1, 0, 1 with variance 1/2 is a quarter, a half, a quarter.
    let shares = entropy::maximum_entropy(&[-1, 0, 1], 0.5).unwrap();
    assert!(shares.iter().zip([0.25, 0.5, 0.25]).all(|(one, other)| (one - other).abs() < 1e-9));
    assert_eq!(entropy::maximum_entropy(&[-1, 0, 1], 1.5), None);
}

#[test]
fn keys_fall_on_noise_as_often_as_the_row_says() {
    let table = NoiseTable::of(&SHOWING_SMALL).unwrap();
    const KEYS: u32 = 1 << 16;
    for count in [1, 2, 3, 7, 100] {
        let Row { noise, shares, .. } = row(&table, count);
        for (noise, share) in noise.iter().zip(shares) {
            let shown = count.saturating_add_signed(i64::from(*noise));
            let hits = (0..KEYS).filter(|key| table.protect(count, CellKey::of_sum(u64::from(*key) << 16)) == shown);
            assert!((hits.count() as f64 / f64::from(KEYS) - share).abs() < 1e-4, "{count} {noise}");
        }
    }
    let ends = [0, u64::from(u32::MAX)].map(|key| table.protect(100, CellKey::of_sum(key)));
    assert_eq!(ends, [95, 105]);
}

#[test]
fn parameters_that_contradict_each_other_are_refused() {
    for wrong in [rule(2, 2.0, 3), rule(5, 0.0, 3), rule(5, f64::NAN, 3), rule(5, 2.0, 0), rule(60, 2.0, 3)] {
        assert_eq!(NoiseTable::of(&wrong), Err(NoiseTableError::Contradiction), "{wrong:?}");
    }
    for wrong in [0, 4] {
        let wrong = DisclosureRule { hidden_below: wrong, ..RULE };
        assert_eq!(NoiseTable::of(&wrong), Err(NoiseTableError::Contradiction), "{wrong:?}");
    }
    // From 1 with a reach of 5 no distribution around 0 has a variance above 5.
    assert_eq!(NoiseTable::of(&rule(5, 6.0, 3)), Err(NoiseTableError::NoDistribution(1)));
}

proptest! {
    #[test]
    fn what_is_shown_is_near_never_small_and_always_the_same(count in 0_u64..100_000, keys in prop::collection::vec(any::<u32>(), 0..20)) {
        let table = NoiseTable::of(&RULE).unwrap();
        let key = CellKey::of_sum(keys.iter().copied().map(u64::from).sum());
        let shown = table.protect(count, key);
        prop_assert!(shown == 0 || shown >= 3);
        prop_assert!(shown.abs_diff(count) <= 5);
        prop_assert!(count >= 3 || shown == 0, "what is shown holds three at least");
        prop_assert_eq!(NoiseTable::of(&RULE).unwrap().protect(count, key), shown);
        // Whichever way a cell is put together, its key is the same.
        let parts = keys.iter().rev().fold(CellKey::default(), |sum, key| sum + CellKey::of_sum(u64::from(*key)));
        prop_assert_eq!(parts, key);
    }
}
