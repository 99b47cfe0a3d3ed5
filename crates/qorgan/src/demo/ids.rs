//! Ids that are the same every time.

use chrono::{DateTime, Utc};
use uuid::{Builder, Uuid};

/// What an id is for; part of the id.
#[derive(Debug, Clone, Copy)]
pub(super) enum Kind {
    Organisation = 1,
    User = 2,
    Child = 3,
    Signal = 4,
    Case = 5,
    Report = 6,
    /// An assessment, plan, review or note of a case.
    Part = 7,
    /// A session of the group that qualifies facts, an item of its agenda.
    Group = 8,
}

/// A UUIDv7 of a moment, with kind and number where others have chance.
pub(super) fn id(kind: Kind, at: DateTime<Utc>, number: usize) -> Uuid {
    let mut tail = [0; 10];
    tail[1] = kind as u8;
    tail[2..].copy_from_slice(&(number as u64).to_be_bytes());
    // No moment of the demonstration lies before 1970.
    Builder::from_unix_timestamp_millis(at.timestamp_millis().unsigned_abs(), &tail).into_uuid()
}

#[cfg(test)]
mod tests {
    use qorgan_domain::ids::client_uuid;

    use super::*;

    #[test]
    fn ids_are_of_version_7_and_tell_kind_and_number_apart() {
        let at = "2024-01-10T05:00:00Z".parse().unwrap();
        let case = id(Kind::Case, at, 1);
        assert_eq!(client_uuid(case), Ok(case));
        assert_eq!(case.to_string(), "018cf1bd-d880-7005-8000-000000000001");
        assert_ne!(case, id(Kind::Case, at, 2));
        assert_ne!(case, id(Kind::Child, at, 1));
    }
}
