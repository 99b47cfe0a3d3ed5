//! Versions of protocols: reading them.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{Array, Date, Text};
use qorgan_domain::cases::RiskLevel;
use qorgan_domain::ids::UserId;
use qorgan_domain::policy::Action;
use qorgan_domain::protocols::{Definition, ProtocolCode};
use qorgan_domain::register::FactKind;
use serde_json::Value;
use uuid::Uuid;

use crate::schema::protocol_versions;
use crate::{AccessError, StorageError, Tx};

/// One version of a protocol: published, and never changed.
#[derive(Debug, Clone)]
pub struct ProtocolVersion {
    /// The protocol.
    pub code: ProtocolCode,
    /// 1, 2, …
    pub version: i32,
    /// What it says.
    pub definition: Definition,
    /// The first day on which it is in force, unless a later version is.
    pub valid_from: NaiveDate,
    /// The first day on which it is not in force any more.
    pub valid_to: Option<NaiveDate>,
    /// Where it comes from.
    pub source: String,
    /// Whether no authority has issued it.
    pub provisional: bool,
    /// When it was published.
    pub published_at: DateTime<Utc>,
    /// By whom; nobody where it came with the program.
    pub published_by: Option<UserId>,
}

#[derive(Queryable, Selectable, QueryableByName)]
#[diesel(table_name = protocol_versions)]
pub(super) struct VersionRow {
    code: String,
    version: i32,
    definition: Value,
    valid_from: NaiveDate,
    valid_to: Option<NaiveDate>,
    source: String,
    provisional: bool,
    published_at: DateTime<Utc>,
    published_by: Option<Uuid>,
}

impl VersionRow {
    pub(super) fn into_version(self) -> Result<ProtocolVersion, StorageError> {
        let unreadable = || StorageError::Statement("protocol_versions holds what the program does not know");
        Ok(ProtocolVersion {
            code: self.code.parse().map_err(|_| unreadable())?,
            version: self.version,
            definition: serde_json::from_value(self.definition).map_err(|error| {
                // A protocol holds no personal data: the message may say what is wrong.
                tracing::error!(%error, code = self.code, version = self.version, "a protocol cannot be read");
                unreadable()
            })?,
            valid_from: self.valid_from,
            valid_to: self.valid_to,
            source: self.source,
            provisional: self.provisional,
            published_at: self.published_at,
            published_by: self.published_by.map(UserId::from),
        })
    }
}

/// Of each protocol the version in force, if facts of some kinds or a risk may call for it.
const IN_FORCE: &str = "
    SELECT code, version, definition, valid_from, valid_to, source, provisional, published_at, published_by
    FROM (SELECT DISTINCT ON (code) * FROM protocol_versions
          WHERE valid_from <= $1 ORDER BY code, valid_from DESC, version DESC) latest
    WHERE (valid_to IS NULL OR valid_to > $1)
      AND (kind = ANY($2) OR (kind IS NULL AND risk_levels @> ARRAY[$3]))
    ORDER BY code";

impl ProtocolVersion {
    /// The version in force on a day among all versions of one protocol.
    #[must_use]
    pub fn in_force(versions: &[Self], day: NaiveDate) -> Option<&Self> {
        versions
            .iter()
            .filter(|version| version.valid_from <= day)
            .max_by_key(|version| (version.valid_from, version.version))
            .filter(|version| version.valid_to.is_none_or(|to| to > day))
    }
}

impl Tx<'_> {
    /// The versions in force that facts of some kinds, or a risk, may call for.
    pub(super) fn protocols_in_force(
        &mut self,
        kinds: &[FactKind],
        risk: RiskLevel,
    ) -> Result<Vec<ProtocolVersion>, StorageError> {
        let kinds: Vec<&str> = kinds.iter().map(|kind| kind.as_str()).collect();
        let found: Vec<VersionRow> = sql_query(IN_FORCE)
            .bind::<Date, _>(self.today())
            .bind::<Array<Text>, _>(kinds)
            .bind::<Text, _>(risk.as_str())
            .load(self.connection)?;
        found.into_iter().map(VersionRow::into_version).collect()
    }

    /// All versions of all protocols, by code, the newest version of each first.
    ///
    /// # Errors
    /// [`AccessError`].
    pub fn protocol_list(&mut self) -> Result<Vec<ProtocolVersion>, AccessError> {
        self.authorize(Action::ReferenceRead)?;
        let found: Vec<VersionRow> = protocol_versions::table
            .order((protocol_versions::code, protocol_versions::version.desc()))
            .select(VersionRow::as_select())
            .load(self.connection)
            .map_err(StorageError::from)?;
        Ok(found.into_iter().map(VersionRow::into_version).collect::<Result<_, _>>()?)
    }

    /// All versions of a protocol, the newest first; empty where there is no such protocol.
    ///
    /// # Errors
    /// [`AccessError`].
    pub fn protocol_versions(&mut self, code: &ProtocolCode) -> Result<Vec<ProtocolVersion>, AccessError> {
        self.authorize(Action::ReferenceRead)?;
        Ok(self.versions_of(code)?)
    }

    pub(super) fn versions_of(&mut self, code: &ProtocolCode) -> Result<Vec<ProtocolVersion>, StorageError> {
        let found: Vec<VersionRow> = protocol_versions::table
            .filter(protocol_versions::code.eq(code.as_str()))
            .order(protocol_versions::version.desc())
            .select(VersionRow::as_select())
            .load(self.connection)?;
        found.into_iter().map(VersionRow::into_version).collect()
    }
}
