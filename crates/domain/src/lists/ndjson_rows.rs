//! Rows of a file with one JSON object a line.

use std::collections::BTreeMap;
use std::fmt;
use std::io::{self, BufRead, BufReader, Read};

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, Visitor};

use super::{Column, Columns, RawRow, RowProblem};
use crate::Invalid;

/// Longest name of an unknown member that is repeated.
const MAX_NAME_BYTES: usize = 40;

/// The rows of a file, read one after the other.
pub(super) struct NdjsonRows<'a, R, C> {
    reader: BufReader<R>,
    columns: &'a Columns<C>,
    row: u64,
}

impl<'a, R: Read, C: Column> NdjsonRows<'a, R, C> {
    pub(super) fn new(reader: R, columns: &'a Columns<C>) -> Self {
        Self { reader: BufReader::new(reader), columns, row: 0 }
    }
}

impl<R: Read, C: Column> Iterator for NdjsonRows<'_, R, C> {
    type Item = io::Result<RawRow<C>>;

    /// Blank lines are passed over.
    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let mut line = Vec::new();
            match self.reader.read_until(b'\n', &mut line) {
                Ok(0) => return None,
                Ok(_) => self.row += 1,
                Err(error) => return Some(Err(error)),
            }
            let text = if self.row == 1 { line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&line) } else { &line };
            if !text.trim_ascii().is_empty() {
                return Some(Ok(row(self.row, text, self.columns)));
            }
        }
    }
}

fn row<C: Column>(row: u64, line: &[u8], columns: &Columns<C>) -> RawRow<C> {
    let mut raw = RawRow { row, cells: BTreeMap::new(), problems: Vec::new() };
    let Ok(Members(members)) = serde_json::from_slice(line) else {
        raw.problems.push(RowProblem::of_row(row, Invalid::new("malformed_line")));
        return raw;
    };
    let mut seen = Vec::new();
    for (name, value) in members {
        let field = match columns.field(&name) {
            Ok(Some(field)) => field,
            Ok(None) => continue,
            Err(_) => {
                let field = if is_harmless(&name) { name } else { String::new() };
                raw.problems.push(RowProblem { row, field, invalid: Invalid::new("unknown_field") });
                continue;
            }
        };
        if seen.contains(&field) {
            raw.problems.push(RowProblem::of(row, field, Invalid::new("duplicate_field")));
            continue;
        }
        seen.push(field);
        let text = match value {
            Member::Text(text) => text,
            Member::Number(number) if field.is_number() => number.to_string(),
            Member::Null(()) => continue,
            Member::Number(_) | Member::Other(_) => {
                let expected = if field.is_number() { "integer" } else { "string" };
                let invalid = Invalid::new("wrong_type").with("expected", expected);
                raw.problems.push(RowProblem::of(row, field, invalid));
                continue;
            }
        };
        if !text.trim().is_empty() {
            raw.cells.insert(field, text.trim().to_owned());
        }
    }
    raw
}

/// Whether a name can only be one: a converter gone wrong makes members of values.
fn is_harmless(name: &str) -> bool {
    (1..=MAX_NAME_BYTES).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
}

/// All members of an object, doubled ones too.
struct Members(Vec<(String, Member)>);

#[derive(serde::Deserialize)]
#[serde(untagged)]
enum Member {
    Text(String),
    Number(i64),
    Null(()),
    Other(IgnoredAny),
}

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object;

        impl<'de> Visitor<'de> for Object {
            type Value = Members;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }

        deserializer.deserialize_map(Object)
    }
}
