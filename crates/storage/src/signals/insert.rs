//! Rows of signals, one or many at once.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{Array, Binary, Nullable, Text, Uuid as SqlUuid};
use qorgan_domain::children::{Iin, name_key};
use qorgan_domain::ids::SignalId;
use serde::Serialize;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{NewSignal, Signal};
use crate::schema::signals;
use crate::{StorageError, Tx};

/// By what a signal is known again that comes from another system.
#[derive(Clone, PartialEq, Eq)]
pub struct External {
    /// Where it comes from: a code of an import, or `single`. Unique within the organisation that files.
    pub source: String,
    /// Its id there; without one its content is all there is to know it by.
    pub id: Option<String>,
    /// SHA-256 of what was said; see [`content_hash`].
    pub content_hash: [u8; 32],
    /// The import that brings it.
    pub import: Option<Uuid>,
}

impl std::fmt::Debug for External {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("External").field("source", &self.source).finish_non_exhaustive()
    }
}

/// SHA-256 of what a signal says, as it was said: whom it is addressed to counts as it was named, since who is on duty
/// changes.
///
/// # Errors
/// [`StorageError::Statement`], which a signal that was checked does not meet.
pub fn content_hash(signal: &NewSignal, named_addressee: Option<&str>) -> Result<[u8; 32], StorageError> {
    #[derive(Serialize)]
    struct Said<'a>(
        &'static str,
        qorgan_domain::signals::SignalChannel,
        &'a str,
        Option<NaiveDate>,
        &'a str,
        Option<&'a str>,
        Option<qorgan_domain::ids::ChildId>,
        Option<&'a super::ReportedChild>,
        qorgan_domain::signals::Urgency,
    );
    let said = Said(
        // The form of what is hashed: another one gets another word.
        "signal-1",
        signal.channel,
        signal.description.as_str(),
        signal.occurred_on,
        signal.kato.as_str(),
        named_addressee,
        signal.child_id,
        signal.reported_child.as_ref(),
        signal.urgency,
    );
    let text = serde_json::to_vec(&said).map_err(|_| StorageError::Statement("a signal could not be written"))?;
    Ok(Sha256::digest(&text).into())
}

/// A signal that came before.
#[derive(Debug, Clone)]
pub struct KnownSignal {
    /// Which.
    pub id: SignalId,
    /// Its external id, if it has one.
    pub external_id: Option<String>,
    /// What it said.
    pub content_hash: Vec<u8>,
}

#[derive(QueryableByName)]
struct KnownRow {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Nullable<Text>)]
    external_id: Option<String>,
    #[diesel(sql_type = Binary)]
    content_hash: Vec<u8>,
}

#[derive(Insertable)]
#[diesel(table_name = signals)]
pub(super) struct NewSignalRow<'a> {
    id: Uuid,
    channel: &'a str,
    description: &'a str,
    occurred_on: Option<NaiveDate>,
    kato: &'a str,
    organisation_id: Uuid,
    organisation_agency: &'a str,
    organisation_kato: &'a str,
    child_id: Option<Uuid>,
    reported_child: Option<serde_json::Value>,
    urgency: &'a str,
    status: &'a str,
    filed_by: Uuid,
    filed_organisation_id: Uuid,
    received_at: DateTime<Utc>,
    version: i64,
    updated_at: DateTime<Utc>,
    external_source: Option<&'a str>,
    external_id: Option<&'a str>,
    content_hash: Option<&'a [u8]>,
    import_id: Option<Uuid>,
    match_name_key: Option<String>,
    match_iin: Option<&'a str>,
}

impl<'a> NewSignalRow<'a> {
    pub(super) fn of(signal: &'a Signal, external: Option<&'a External>) -> Result<Self, StorageError> {
        let child = signal.reported_child.as_ref();
        let reported = child.map(serde_json::to_value).transpose();
        Ok(Self {
            id: signal.id.as_uuid(),
            channel: signal.channel.as_str(),
            description: &signal.description,
            occurred_on: signal.occurred_on,
            kato: signal.kato.as_str(),
            organisation_id: signal.addressee.id.as_uuid(),
            organisation_agency: signal.addressee.agency.as_str(),
            organisation_kato: signal.addressee.kato.as_str(),
            child_id: signal.child_id.map(|child| child.as_uuid()),
            reported_child: reported.map_err(|_| StorageError::Statement("a reported child could not be written"))?,
            urgency: signal.urgency.as_str(),
            status: signal.status.as_str(),
            filed_by: signal.filed_by.as_uuid(),
            filed_organisation_id: signal.filed_organisation.as_uuid(),
            received_at: signal.received_at,
            version: signal.version,
            updated_at: signal.updated_at,
            external_source: external.map(|external| external.source.as_str()),
            external_id: external.and_then(|external| external.id.as_deref()),
            content_hash: external.map(|external| external.content_hash.as_slice()),
            import_id: external.and_then(|external| external.import),
            match_name_key: child.map(|child| name_key(&child.last_name, &child.first_name, None).key),
            match_iin: child.and_then(|child| child.iin.as_ref()).map(Iin::expose),
        })
    }
}

impl Tx<'_> {
    /// How many rows were new.
    pub(super) fn signal_rows_insert(&mut self, rows: &[NewSignalRow<'_>]) -> Result<usize, StorageError> {
        Ok(diesel::insert_into(signals::table).values(rows).on_conflict_do_nothing().execute(self.connection)?)
    }

    /// Signals that the actor's organisation filed from a source before, by external id or by content.
    ///
    /// # Errors
    /// [`StorageError`].
    pub fn signals_known(
        &mut self,
        source: &str,
        external_ids: &[&str],
        hashes: &[&[u8]],
    ) -> Result<Vec<KnownSignal>, StorageError> {
        if external_ids.is_empty() && hashes.is_empty() {
            return Ok(Vec::new());
        }
        let rows: Vec<KnownRow> = sql_query("SELECT id, external_id, content_hash FROM signals_known($1, $2, $3)")
            .bind::<Text, _>(source)
            .bind::<Array<Text>, _>(external_ids)
            .bind::<Array<Binary>, _>(hashes)
            .load(self.connection)?;
        let known = |row: KnownRow| KnownSignal {
            id: row.id.into(),
            external_id: row.external_id,
            content_hash: row.content_hash,
        };
        Ok(rows.into_iter().map(known).collect())
    }
}
