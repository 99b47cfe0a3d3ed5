//! Rows of a file with one JSON object a line.

use std::collections::BTreeMap;
use std::fmt;
use std::io::{self, BufRead, BufReader, Read};

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, Visitor};

use super::{ImportField, RawRow, RowProblem};
use crate::Invalid;

/// Longest name of an unknown member that is repeated.
const MAX_NAME_BYTES: usize = 40;

/// The rows of a file, read one after the other.
pub(super) struct NdjsonRows<R> {
    reader: BufReader<R>,
    row: u64,
}

impl<R: Read> NdjsonRows<R> {
    pub(super) fn new(reader: R) -> Self {
        Self { reader: BufReader::new(reader), row: 0 }
    }
}

impl<R: Read> Iterator for NdjsonRows<R> {
    type Item = io::Result<RawRow>;

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
                return Some(Ok(row(self.row, text)));
            }
        }
    }
}

fn row(row: u64, line: &[u8]) -> RawRow {
    let mut raw = RawRow { row, cells: BTreeMap::new(), problems: Vec::new() };
    let Ok(Members(members)) = serde_json::from_slice(line) else {
        raw.problems.push(RowProblem::of_row(row, Invalid::new("malformed_line")));
        return raw;
    };
    let mut seen = Vec::new();
    for (name, value) in members {
        let Ok(field) = name.parse::<ImportField>() else {
            let field = if is_harmless(&name) { name } else { String::new() };
            raw.problems.push(RowProblem { row, field, invalid: Invalid::new("unknown_field") });
            continue;
        };
        if seen.contains(&field) {
            raw.problems.push(RowProblem::of(row, field, Invalid::new("duplicate_field")));
            continue;
        }
        seen.push(field);
        let text = match (field, value) {
            (_, Member::Text(text)) => text,
            (ImportField::Age, Member::Number(number)) => number.to_string(),
            (_, Member::Null(())) => continue,
            _ => {
                let expected = if field == ImportField::Age { "integer" } else { "string" };
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
