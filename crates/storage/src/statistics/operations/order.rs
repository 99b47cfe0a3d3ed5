//! The order of rows: by the vocabulary of each dimension, those without a value last.

use qorgan_domain::statistics::operations::OperationsDimension;

use super::OperationsRow;

pub(super) fn sort(rows: &mut [OperationsRow], dimensions: &[OperationsDimension]) {
    rows.sort_by_cached_key(|row| {
        dimensions
            .iter()
            .zip(&row.keys)
            .map(|(dimension, value)| (value.as_ref().map_or(usize::MAX, |code| dimension.place(code)), value.clone()))
            .collect::<Vec<_>>()
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_sort_by_vocabulary_and_those_without_a_value_come_last() {
        let row = |keys: [Option<&str>; 2]| OperationsRow {
            keys: keys.map(|key| key.map(str::to_owned)).to_vec(),
            figures: Vec::new(),
        };
        let mut rows = vec![
            row([Some("review"), Some("2026-02")]),
            row([None, Some("2026-01")]),
            row([Some("registered"), Some("2026-02")]),
            row([Some("review"), Some("2026-01")]),
        ];
        sort(&mut rows, &[OperationsDimension::Stage, OperationsDimension::Month]);
        let order: Vec<_> = rows.iter().map(|row| (row.keys[0].as_deref(), row.keys[1].as_deref())).collect();
        assert_eq!(
            order,
            [
                (Some("registered"), Some("2026-02")),
                (Some("review"), Some("2026-01")),
                (Some("review"), Some("2026-02")),
                (None, Some("2026-01")),
            ]
        );
    }
}
