//! Deciding on pairs of records that may be one child.

use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Bool, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use qorgan_domain::children::{ChildMergeFacts, ChildPairRefusal, Confirmation, confirm};
use qorgan_domain::ids::ChildId;
use qorgan_domain::policy::{Action, ResourceKind};
use qorgan_domain::register::matching::{MatchDecision, ReviewStatus};
use qorgan_domain::text::Reason;
use thiserror::Error;
use uuid::Uuid;

use super::ChildMatchReview;
use crate::{Authorized, StorageError, Tx};

diesel::define_sql_function! {
    #[expect(clippy::too_many_arguments, reason = "as many as the function of the database has")]
    fn child_match_review_decide(id: SqlUuid, version: BigInt, same: Bool, one: Bool, other: Bool, merge: SqlUuid,
        reason: Text, now: Timestamptz) -> Text;
}

/// Why a pair is not decided.
#[derive(Debug, Error)]
pub enum PairError {
    /// The rules that stand against it; never empty.
    #[error("rules stand against it")]
    Refused(Vec<ChildPairRefusal>),
    /// The database failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

#[derive(QueryableByName)]
struct BegunRow {
    #[diesel(sql_type = BigInt)]
    version: i64,
    #[diesel(sql_type = SqlUuid)]
    one: Uuid,
    #[diesel(sql_type = SqlUuid)]
    other: Uuid,
    #[diesel(sql_type = Bool)]
    one_confirmed: bool,
    #[diesel(sql_type = Bool)]
    other_confirmed: bool,
    #[diesel(sql_type = Nullable<Bool>)]
    iins_differ: Option<bool>,
    #[diesel(sql_type = Nullable<Bool>)]
    placements_overlap: Option<bool>,
}

impl BegunRow {
    /// What follows when the caller says, of the records that it may merge, that both are one child; in the word that the
    /// database answers with.
    fn confirm(&self, says: [bool; 2]) -> Result<&'static str, PairError> {
        let facts = ChildMergeFacts {
            iins_differ: self.iins_differ == Some(true),
            placements_overlap: self.placements_overlap == Some(true),
        };
        let said = [self.one_confirmed, self.other_confirmed];
        match confirm(self.one == self.other, facts, said, says).map_err(PairError::Refused)? {
            Confirmation::Merge => Ok("merged"),
            Confirmation::Wait => Ok("confirmed"),
        }
    }
}

impl Tx<'_> {
    /// Decides on a pair. One child: for the records that the caller may merge; the records are merged once that was said
    /// for both.
    ///
    /// # Errors
    /// [`PairError`]; [`StorageError::Stale`].
    pub fn child_match_review_decide(
        &mut self,
        review: &Authorized<ChildMatchReview>,
        decision: MatchDecision,
        reason: &Reason,
    ) -> Result<(), PairError> {
        if review.action() != Action::ChildMerge {
            return Err(StorageError::Statement("a pair was decided with another right").into());
        }
        if review.status != ReviewStatus::Open {
            return Err(PairError::Refused(vec![ChildPairRefusal::Decided]));
        }
        let begun: BegunRow = sql_query("SELECT * FROM child_match_review_begin($1)")
            .bind::<SqlUuid, _>(review.id.as_uuid())
            .get_result(self.connection)
            .map_err(StorageError::from)?;
        if begun.version != review.version {
            return Err(StorageError::Stale.into());
        }
        let same = decision == MatchDecision::Same;
        let says = review.sides().map(|side| side.mergeable);
        let expected = if same { begun.confirm(says)? } else { "different" };
        let written: String = diesel::select(child_match_review_decide(
            review.id.as_uuid(),
            review.version,
            same,
            says[0],
            says[1],
            Uuid::now_v7(),
            reason.as_str(),
            self.now,
        ))
        .get_result(self.connection)
        .map_err(StorageError::from)?;
        if written == "stale" {
            return Err(StorageError::Stale.into());
        }
        if written != expected {
            return Err(StorageError::Statement("domain and database disagree on a pair of children").into());
        }
        self.pair_tell(review, (begun.one.into(), begun.other.into()), expected == "merged")?;
        Ok(())
    }

    fn pair_tell(
        &mut self,
        review: &ChildMatchReview,
        (one, other): (ChildId, ChildId),
        merged: bool,
    ) -> Result<(), StorageError> {
        for child in [one, other] {
            self.audit(Action::ChildMerge, child.as_uuid(), None);
        }
        for side in review.sides() {
            let part = Some(("child_match_review", review.id.as_uuid()));
            self.publish_part("child.match_review_changed", ResourceKind::Child, side.id.as_uuid(), part)?;
        }
        if merged && one != other {
            // Whoever saw one of them sees all of them now.
            for record in self.child_record_list(one)? {
                self.publish("child.merged", ResourceKind::Child, record.as_uuid())?;
            }
        }
        Ok(())
    }
}
