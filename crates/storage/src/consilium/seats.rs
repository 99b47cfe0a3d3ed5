//! The first line of defence for cases that a seat on a board opens: what the domain says of each seat.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Timestamptz, Uuid as SqlUuid};
use qorgan_domain::consilium::{AccessWindow, Seat};
use qorgan_domain::ids::CaseId;
use uuid::Uuid;

use crate::schema::{consilium_conflicts, consilium_items, consilium_members, consilium_sessions};
use crate::{StorageError, Tx, rows};

diesel::define_sql_function! {
    /// Notes that something of a case changed by the board's work; false where the board may not.
    fn consilium_touch(case: SqlUuid, now: Timestamptz) -> Bool;
}

impl Tx<'_> {
    /// Those of the cases that a seat on a board opens to the actor now.
    pub(crate) fn board_seats(&mut self, cases: &[CaseId]) -> Result<HashSet<CaseId>, StorageError> {
        type Row = (Uuid, String, DateTime<Utc>, DateTime<Utc>, Option<String>);
        if cases.is_empty() {
            return Ok(HashSet::new());
        }
        let user = self.actor.user.as_uuid();
        let cases: Vec<Uuid> = cases.iter().map(CaseId::as_uuid).collect();
        let found: Vec<Row> = consilium_items::table
            .inner_join(consilium_sessions::table.on(consilium_sessions::id.eq(consilium_items::session_id)))
            .inner_join(consilium_members::table.on(
                consilium_members::session_id.eq(consilium_items::session_id).and(consilium_members::user_id.eq(user)),
            ))
            .left_join(
                consilium_conflicts::table.on(consilium_conflicts::item_id
                    .eq(consilium_items::id)
                    .and(consilium_conflicts::user_id.eq(user))
                    .and(consilium_conflicts::ground.eq("declared"))),
            )
            .filter(consilium_items::case_id.eq_any(cases))
            .select((
                consilium_items::case_id,
                consilium_sessions::status,
                consilium_sessions::access_from,
                consilium_sessions::access_until,
                consilium_conflicts::ground.nullable(),
            ))
            .load(self.connection)?;
        let mut open = HashSet::new();
        for (case, status, from, until, conflict) in found {
            let seat = Seat {
                status: rows::parse(&status, "consilium_sessions", "status", case)?,
                window: AccessWindow { from, until },
                conflict_declared: conflict.is_some(),
            };
            if seat.opens_the_case(self.now) {
                open.insert(case.into());
            }
        }
        Ok(open)
    }

    /// The worklist is for those who work on a case. Row security also shows there what a seat opens; anything else
    /// that it shows and the policy hides is a fault.
    pub(crate) fn only_by_a_seat(&mut self, cases: &[CaseId]) -> Result<(), StorageError> {
        let seats = self.board_seats(cases)?;
        for case in cases.iter().filter(|case| !seats.contains(case)) {
            tracing::error!(%case, "row security shows a case that the policy hides");
        }
        Ok(())
    }

    pub(crate) fn consilium_touch(&mut self, case: CaseId) -> Result<bool, StorageError> {
        Ok(diesel::select(consilium_touch(case.as_uuid(), self.now)).get_result(self.connection)?)
    }
}
