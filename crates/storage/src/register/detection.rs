//! By which signal a fact was detected.

use diesel::prelude::*;
use diesel::sql_types::{Nullable, Uuid as SqlUuid};
use qorgan_domain::ids::{CaseId, ReportId};
use qorgan_domain::signals::SignalChannel;

use crate::{StorageError, Tx, rows};

diesel::define_sql_function! {
    fn case_signal_channel(case_id: Nullable<SqlUuid>, report_id: Nullable<SqlUuid>) -> Nullable<diesel::sql_types::Text>;
}

impl Tx<'_> {
    /// The channel of the signal that opened a case, or the case of a report. The database looks for it, as the signal may be
    /// another organisation's. None without a case, and where no signal opened it.
    pub(super) fn signal_channel(
        &mut self,
        case: Option<CaseId>,
        report: Option<ReportId>,
    ) -> Result<Option<SignalChannel>, StorageError> {
        let (case, report) = (case.map(|case| case.as_uuid()), report.map(|report| report.as_uuid()));
        let Some(row) = case.or(report) else { return Ok(None) };
        let channel: Option<String> = diesel::select(case_signal_channel(case, report)).get_result(self.connection)?;
        rows::parse_optional::<SignalChannel>(channel.as_deref(), "signals", "channel", row)
    }
}
