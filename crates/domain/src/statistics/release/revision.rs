//! What became known after a release: its numbers beside those of the register later on.

use std::collections::BTreeMap;

use super::FrozenCell;

/// A cell whose number is another one now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RevisedCell {
    /// The values of its dimensions.
    pub values: Vec<Option<String>>,
    /// As it was published.
    pub published: i64,
    /// As the register has it later.
    pub now: i64,
}

impl RevisedCell {
    /// By how much it grew.
    #[must_use]
    pub const fn difference(&self) -> i64 {
        self.now - self.published
    }
}

/// The cells that differ: those of the release in their order, then those it did not have. A cell that is not there
/// counts 0.
#[must_use]
pub fn revisions(published: &[FrozenCell], now: &[FrozenCell]) -> Vec<RevisedCell> {
    let mut later: BTreeMap<&[Option<String>], i64> =
        now.iter().map(|(values, count)| (values.as_slice(), *count)).collect();
    let mut revised: Vec<RevisedCell> = published
        .iter()
        .map(|(values, count)| RevisedCell {
            values: values.clone(),
            published: *count,
            now: later.remove(values.as_slice()).unwrap_or(0),
        })
        .collect();
    let new = now.iter().filter(|(values, _)| later.contains_key(values.as_slice()));
    revised.extend(new.map(|(values, count)| RevisedCell { values: values.clone(), published: 0, now: *count }));
    revised.retain(|cell| cell.difference() != 0);
    revised
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn cell(code: &str, count: i64) -> FrozenCell {
        (vec![Some(code.to_owned()), None], count)
    }

    #[test]
    fn only_what_differs_is_told_in_the_order_of_the_release() {
        let published = [cell("c", 3), cell("a", 5), cell("b", 2)];
        let found = revisions(&published, &[cell("d", 4), cell("c", 1), cell("a", 5)]);
        let found: Vec<_> =
            found.iter().map(|cell| (cell.values[0].as_deref(), cell.published, cell.now, cell.difference())).collect();
        assert_eq!(found, [(Some("c"), 3, 1, -2), (Some("b"), 2, 0, -2), (Some("d"), 0, 4, 4)]);
        assert_eq!(revisions(&published, &published), []);
    }

    proptest! {
        /// Published cells with their revisions added are the cells of the register.
        #[test]
        fn revisions_lead_from_one_to_the_other(
            before in prop::collection::btree_map("[a-f]", 1_i64..9, 0..6),
            after in prop::collection::btree_map("[a-f]", 1_i64..9, 0..6),
        ) {
            let cells = |counts: &BTreeMap<String, i64>| -> Vec<FrozenCell> {
                counts.iter().map(|(code, count)| (vec![Some(code.clone())], *count)).collect()
            };
            let mut sums = before.clone();
            for cell in revisions(&cells(&before), &cells(&after)) {
                *sums.entry(cell.values[0].clone().unwrap()).or_default() += cell.difference();
            }
            sums.retain(|_, count| *count != 0);
            prop_assert_eq!(sums, after);
        }
    }
}
