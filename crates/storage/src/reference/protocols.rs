//! Loads the protocols that come with the program. What is published is never changed: a change of a file is a new
//! version in it.

use chrono::{NaiveDate, NaiveTime};
use diesel::prelude::*;
use qorgan_domain::cases::RiskLevel;
use qorgan_domain::protocols::{Definition, ProtocolCode};
use qorgan_domain::register::FactKind;
use serde::Deserialize;

use super::load::file;
use crate::StorageError;
use crate::schema::protocol_versions;

const FILES: &[(&str, &str)] = &[
    ("crisis.json", include_str!("../../reference/protocols/crisis.json")),
    ("neglect.json", include_str!("../../reference/protocols/neglect.json")),
    ("sexual_violence.json", include_str!("../../reference/protocols/sexual_violence.json")),
    ("suicidal_signs.json", include_str!("../../reference/protocols/suicidal_signs.json")),
    ("suicide_attempt.json", include_str!("../../reference/protocols/suicide_attempt.json")),
    ("violence_and_bullying.json", include_str!("../../reference/protocols/violence_and_bullying.json")),
];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ProtocolFile {
    code: ProtocolCode,
    versions: Vec<VersionItem>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct VersionItem {
    version: i32,
    valid_from: NaiveDate,
    valid_to: Option<NaiveDate>,
    source: String,
    provisional: bool,
    definition: Definition,
}

/// Writes those that are not there. A version of an administrator with the same number stays.
pub(super) fn load(connection: &mut PgConnection) -> Result<(), StorageError> {
    let mut rows = Vec::new();
    for (name, text) in FILES {
        let protocol: ProtocolFile = file(text, name)?;
        for item in protocol.versions {
            let definition = serde_json::to_value(&item.definition)
                .map_err(|_| StorageError::Statement("a protocol could not be written"))?;
            let trigger = &item.definition.trigger;
            let risk_levels: Vec<&str> = trigger.risk_levels.iter().copied().map(RiskLevel::as_str).collect();
            rows.push((
                protocol_versions::code.eq(protocol.code.as_str().to_owned()),
                protocol_versions::version.eq(item.version),
                protocol_versions::kind.eq(trigger.kind.map(FactKind::as_str)),
                protocol_versions::risk_levels.eq(risk_levels),
                protocol_versions::definition.eq(definition),
                protocol_versions::valid_from.eq(item.valid_from),
                protocol_versions::valid_to.eq(item.valid_to),
                protocol_versions::source.eq(item.source),
                protocol_versions::provisional.eq(item.provisional),
                protocol_versions::published_at.eq(item.valid_from.and_time(NaiveTime::MIN).and_utc()),
            ));
        }
    }
    diesel::insert_into(protocol_versions::table).values(rows).on_conflict_do_nothing().execute(connection)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use qorgan_domain::identity::AgencyCode;
    use qorgan_domain::protocols::{validate, validate_period};

    use super::*;

    #[test]
    fn every_protocol_that_comes_with_the_program_is_valid() {
        let agencies: serde_json::Value =
            serde_json::from_str(include_str!("../../reference/agencies.json")).expect("JSON");
        let agencies: BTreeSet<AgencyCode> = agencies["agencies"]
            .as_array()
            .expect("agencies")
            .iter()
            .map(|agency| agency["code"].as_str().expect("a code").parse().expect("an agency code"))
            .collect();
        let mut versions = 0;
        for (name, text) in FILES {
            let protocol: ProtocolFile = serde_json::from_str(text).unwrap_or_else(|error| panic!("{name}: {error}"));
            assert_eq!(format!("{}.json", protocol.code), *name);
            let numbers: Vec<i32> = protocol.versions.iter().map(|version| version.version).collect();
            assert!(numbers.iter().copied().eq(1..=i32::try_from(numbers.len()).expect("few")), "{name}: {numbers:?}");
            for version in &protocol.versions {
                assert_eq!(validate(&version.definition, &agencies), [], "{name}");
                assert_eq!(validate_period(version.valid_from, version.valid_to), Ok(()), "{name}");
                assert!(version.provisional && !version.source.is_empty(), "{name}: nobody has issued it");
                versions += 1;
            }
        }
        assert!(versions >= 6);
    }
}
