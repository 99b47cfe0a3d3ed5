//! Written opinions of members. They are sealed: row security shows those of others to who gave an own one, and to who
//! gives none once everybody present was heard.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Nullable, Text, Timestamptz, Uuid as SqlUuid};
use qorgan_domain::ids::{QualificationItemId, UserId};
use qorgan_domain::policy::ResourceKind;
use qorgan_domain::register::SuicidalLevel;
use qorgan_domain::register::qualification::{Conclusion, QualificationOutcome};
use qorgan_domain::text::Narrative;
use uuid::Uuid;

use super::FactBefore;
use crate::schema::{qualification_opinions as opinions, users};
use crate::{Authorized, StorageError, Tx, rows};

diesel::define_sql_function! {
    fn group_opine(item: SqlUuid, outcome: Text, level: Nullable<Text>, reasons: Text, now: Timestamptz) -> Bool;
}

/// An opinion to be given by the actor.
#[derive(Debug, Clone)]
pub struct NewOpinion {
    /// What the member holds.
    pub conclusion: Conclusion,
    /// Why.
    pub reasons: Narrative,
}

/// An opinion as it was given.
#[derive(Debug, Clone)]
pub struct Opinion {
    /// Whose.
    pub user: (UserId, String),
    /// What the member holds.
    pub conclusion: Conclusion,
    /// Why.
    pub reasons: String,
    /// When it was given.
    pub given_at: DateTime<Utc>,
}

/// The conclusion of its columns.
pub(super) fn conclusion(row: Uuid, outcome: &str, level: Option<&str>) -> Result<Conclusion, StorageError> {
    const TABLE: &str = "qualification_opinions";
    let outcome: QualificationOutcome = rows::parse(outcome, TABLE, "outcome", row)?;
    let level: Option<SuicidalLevel> = rows::parse_optional(level, TABLE, "level", row)?;
    let corrupt = || StorageError::Corrupt { table: TABLE, column: "outcome", row };
    Conclusion::of(outcome, level).ok().flatten().ok_or_else(corrupt)
}

impl Tx<'_> {
    /// Keeps the actor's opinion on a fact. It is never changed.
    ///
    /// # Errors
    /// [`StorageError::Stale`] where the group is done with the fact meanwhile; [`StorageError::Duplicate`] where the
    /// actor gave one at the same moment.
    pub fn opinion_give(&mut self, before: &Authorized<FactBefore>, new: &NewOpinion) -> Result<(), StorageError> {
        let level = new.conclusion.level().map(SuicidalLevel::as_str);
        let outcome = new.conclusion.outcome().as_str();
        let item = before.item.id.as_uuid();
        let given: bool = diesel::select(group_opine(item, outcome, level, new.reasons.as_str(), self.now))
            .get_result(self.connection)?;
        if !given {
            return Err(StorageError::Stale);
        }
        self.audit(before.action(), item, None);
        self.publish("qualification.opinion_given", ResourceKind::Qualification, before.session.id.as_uuid())
    }

    /// The opinions on a fact that are unsealed for the actor, in the order in which they were given.
    ///
    /// # Errors
    /// [`StorageError`].
    pub fn opinions_unsealed(&mut self, item: QualificationItemId) -> Result<Vec<Opinion>, StorageError> {
        type Row = (Uuid, String, String, Option<String>, String, DateTime<Utc>);
        let found: Vec<Row> = opinions::table
            .inner_join(users::table.on(users::id.eq(opinions::user_id)))
            .filter(opinions::item_id.eq(item.as_uuid()))
            .order((opinions::given_at, opinions::user_id))
            .select((
                opinions::user_id,
                users::display_name,
                opinions::outcome,
                opinions::level,
                opinions::reasons,
                opinions::given_at,
            ))
            .load(self.connection)?;
        found
            .into_iter()
            .map(|(user, name, outcome, level, reasons, given_at)| {
                let conclusion = conclusion(item.as_uuid(), &outcome, level.as_deref())?;
                Ok(Opinion { user: (user.into(), name), conclusion, reasons, given_at })
            })
            .collect()
    }
}
