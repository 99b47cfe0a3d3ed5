//! Links between cases. A link is seen only by who sees both cases: that there is one says something of the other
//! case. So it stands in no timeline either, which every participant of one case reads; the audit log names both.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use qorgan_domain::cases::links::CaseLinkKind;
use qorgan_domain::ids::{CaseId, CaseLinkId, UserId};
use qorgan_domain::policy::Action;
use qorgan_domain::text::Reason;
use uuid::Uuid;

use super::{Case, CaseListItem};
use crate::schema::{case_links, users};
use crate::{AccessError, Authorized, Denial, StorageError, Tx, rows};

/// A link to be made.
#[derive(Debug, Clone)]
pub struct NewCaseLink {
    /// Its id, perhaps chosen by the client.
    pub id: CaseLinkId,
    /// How the cases belong together.
    pub kind: CaseLinkKind,
    /// Why.
    pub reason: Reason,
}

/// A link as it looks from one of its cases.
#[derive(Debug, Clone)]
pub struct CaseLink {
    /// Its id.
    pub id: CaseLinkId,
    /// How the cases belong together.
    pub kind: CaseLinkKind,
    /// Why.
    pub reason: String,
    /// The case at the other end.
    pub other: CaseListItem,
    /// Who made it, with the name colleagues see.
    pub by: (UserId, String),
    /// When.
    pub at: DateTime<Utc>,
}

type Row = (Uuid, Uuid, Uuid, String, String, (Uuid, String), DateTime<Utc>);

impl Tx<'_> {
    /// Links two cases.
    ///
    /// # Errors
    /// [`StorageError::Duplicate`] where the id is taken, or the cases are linked in this way (`case_links_once`).
    pub fn case_link_insert(
        &mut self,
        case: &Authorized<Case>,
        other: &Authorized<Case>,
        new: &NewCaseLink,
    ) -> Result<(), StorageError> {
        diesel::insert_into(case_links::table)
            .values((
                case_links::id.eq(new.id.as_uuid()),
                case_links::case_id.eq(case.id.as_uuid()),
                case_links::other_case_id.eq(other.id.as_uuid()),
                case_links::kind.eq(new.kind.as_str()),
                case_links::reason.eq(new.reason.as_str()),
                case_links::created_by.eq(self.actor.user.as_uuid()),
                case_links::created_at.eq(self.now),
            ))
            .execute(self.connection)?;
        self.audit(case.action(), new.id.as_uuid(), Some(case.id.as_uuid()));
        self.audit(case.action(), new.id.as_uuid(), Some(other.id.as_uuid()));
        Ok(())
    }

    /// The links of a case that hold, newest first: those to cases that the actor sees.
    ///
    /// # Errors
    /// [`StorageError`].
    pub fn case_link_list(&mut self, case: &Authorized<Case>) -> Result<Vec<CaseLink>, StorageError> {
        let own = case.id.as_uuid();
        let found: Vec<Row> = case_links::table
            .inner_join(users::table.on(users::id.eq(case_links::created_by)))
            .filter(case_links::case_id.eq(own).or(case_links::other_case_id.eq(own)))
            .filter(case_links::ended_at.is_null())
            .order((case_links::created_at.desc(), case_links::id.desc()))
            .select((
                case_links::id,
                case_links::case_id,
                case_links::other_case_id,
                case_links::kind,
                case_links::reason,
                (users::id, users::display_name),
                case_links::created_at,
            ))
            .load(self.connection)?;
        let ends: Vec<Uuid> = found.iter().map(|row| if row.1 == own { row.2 } else { row.1 }).collect();
        let most = i64::try_from(ends.len()).unwrap_or(i64::MAX);
        let others = self.case_page(ends.clone(), most)?.items;
        let others: HashMap<Uuid, CaseListItem> =
            others.into_iter().map(|item| (item.case.id.as_uuid(), item)).collect();
        self.audit(Action::CaseRead, own, Some(own));
        self.audit_many(Action::CaseRead, others.keys().copied().collect());
        found
            .into_iter()
            .zip(ends)
            .filter_map(|(row, end)| others.get(&end).map(|other| link_of(row, other.clone())))
            .collect()
    }

    /// Ends a link of a case; false where it was ended before.
    ///
    /// # Errors
    /// [`Denial::NotFound`] where the case has no such link, or the actor does not see its other end.
    pub fn case_link_end(
        &mut self,
        case: &Authorized<Case>,
        id: CaseLinkId,
        reason: &Reason,
    ) -> Result<bool, AccessError> {
        let own = case.id.as_uuid();
        let ends: Option<(Uuid, Uuid)> = diesel::update(case_links::table.find(id.as_uuid()))
            .filter(case_links::case_id.eq(own).or(case_links::other_case_id.eq(own)))
            .filter(case_links::ended_at.is_null())
            .set((
                case_links::ended_at.eq(self.now),
                case_links::ended_by.eq(self.actor.user.as_uuid()),
                case_links::end_reason.eq(reason.as_str()),
            ))
            .returning((case_links::case_id, case_links::other_case_id))
            .get_result(self.connection)
            .optional()
            .map_err(StorageError::from)?;
        let Some((one, other)) = ends else {
            let known = case_links::table
                .find(id.as_uuid())
                .filter(case_links::case_id.eq(own).or(case_links::other_case_id.eq(own)));
            let known: bool =
                diesel::select(diesel::dsl::exists(known)).get_result(self.connection).map_err(StorageError::from)?;
            return if known { Ok(false) } else { Err(AccessError::Denied(Denial::NotFound)) };
        };
        self.audit(case.action(), id.as_uuid(), Some(one));
        self.audit(case.action(), id.as_uuid(), Some(other));
        Ok(true)
    }

    /// The other end and the kind of a link that was made with this id by the actor from this case.
    ///
    /// # Errors
    /// [`StorageError`].
    pub fn case_link_made(
        &mut self,
        case: &Authorized<Case>,
        id: CaseLinkId,
    ) -> Result<Option<(CaseId, CaseLinkKind, String)>, StorageError> {
        let made: Option<(Uuid, String, String)> = case_links::table
            .find(id.as_uuid())
            .filter(case_links::case_id.eq(case.id.as_uuid()))
            .filter(case_links::created_by.eq(self.actor.user.as_uuid()))
            .select((case_links::other_case_id, case_links::kind, case_links::reason))
            .first(self.connection)
            .optional()?;
        made.map(|(other, kind, reason)| {
            Ok((other.into(), rows::parse(&kind, "case_links", "kind", id.as_uuid())?, reason))
        })
        .transpose()
    }
}

fn link_of((id, _, _, kind, reason, (by, name), at): Row, other: CaseListItem) -> Result<CaseLink, StorageError> {
    let kind = rows::parse(&kind, "case_links", "kind", id)?;
    Ok(CaseLink { id: id.into(), kind, reason, other, by: (by.into(), name), at })
}
