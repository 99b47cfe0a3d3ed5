//! From columns to domain types. A value that does not convert is an error that names table, column and row.

use std::str::FromStr;

use uuid::Uuid;

use crate::StorageError;

/// Reads a code, a number or another checked text.
pub fn parse<T: FromStr>(text: &str, table: &'static str, column: &'static str, row: Uuid) -> Result<T, StorageError> {
    text.parse().map_err(|_| StorageError::Corrupt { table, column, row })
}

/// Reads an optional one.
pub fn parse_optional<T: FromStr>(
    text: Option<&str>,
    table: &'static str,
    column: &'static str,
    row: Uuid,
) -> Result<Option<T>, StorageError> {
    text.map(|text| parse(text, table, column, row)).transpose()
}
