//! Deciding on match reviews: for whom, what, and what follows.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use qorgan_domain::ids::{FactId, UserId};
use qorgan_domain::policy::table::TABLE;
use qorgan_domain::policy::{Action, ResourceKind};
use qorgan_domain::register::matching::{MatchDecision, ReviewRefusal, ReviewStatus};
use qorgan_domain::register::{ChangeRefusal, FactStatus};
use qorgan_domain::text::Reason;
use thiserror::Error;

use super::{ChangeError, Fact, MatchReview};
use crate::schema::{register_match_reviews as reviews, user_roles, users};
use crate::{Authorized, StorageError, Tx};

/// Why a review was not decided.
#[derive(Debug, Error)]
pub enum ReviewError {
    /// It was decided before.
    #[error("the review stands already ({0})")]
    Refused(ReviewRefusal),
    /// The facts cannot be merged.
    #[error(transparent)]
    Change(#[from] ChangeError),
}

impl From<StorageError> for ReviewError {
    fn from(error: StorageError) -> Self {
        Self::Change(error.into())
    }
}

impl Tx<'_> {
    /// Gives a review to a user to decide, or to nobody. False where the user may not decide: it must be a person of
    /// the caller's organisation with a role that decides.
    ///
    /// # Errors
    /// [`StorageError`]; [`StorageError::Stale`].
    pub fn match_review_assign(
        &mut self,
        review: &Authorized<MatchReview>,
        user: Option<UserId>,
    ) -> Result<bool, StorageError> {
        if review.action() != Action::MatchReviewDecide {
            return Err(StorageError::Statement("a review was assigned with another right"));
        }
        if let Some(user) = user
            && !self.may_decide(user)?
        {
            return Ok(false);
        }
        self.review_update(review, |now, version| {
            diesel::update(reviews::table)
                .filter(reviews::id.eq(review.id.as_uuid()).and(reviews::version.eq(review.version)))
                .set((
                    reviews::assigned_to.eq(user.map(|user| user.as_uuid())),
                    reviews::version.eq(version),
                    reviews::updated_at.eq(now),
                ))
        })?;
        self.audit(Action::MatchReviewDecide, review.id.as_uuid(), None);
        Ok(true)
    }

    /// Decides a review. The same: the newer fact is merged into the older one, or the other way round where only that
    /// may be; if one of them was merged elsewhere meanwhile, what stands for it now counts.
    ///
    /// # Errors
    /// [`ReviewError`].
    pub fn match_review_decide(
        &mut self,
        review: &Authorized<MatchReview>,
        decision: MatchDecision,
        reason: &Reason,
    ) -> Result<(), ReviewError> {
        if review.action() != Action::MatchReviewDecide {
            return Err(StorageError::Statement("a review was decided with another right").into());
        }
        if review.status != ReviewStatus::Open {
            return Err(ReviewError::Refused(ReviewRefusal::Decided));
        }
        let (user, text) = (self.actor.user.as_uuid(), reason.as_str().to_owned());
        self.review_update(review, |now, version| {
            diesel::update(reviews::table)
                .filter(reviews::id.eq(review.id.as_uuid()).and(reviews::version.eq(review.version)))
                .set((
                    reviews::status.eq(decision.status().as_str()),
                    reviews::decided_by.eq(user),
                    reviews::decided_at.eq(now),
                    reviews::reason.eq(text),
                    reviews::read_older.eq(review.reads[0]),
                    reviews::read_newer.eq(review.reads[1]),
                    reviews::version.eq(version),
                    reviews::updated_at.eq(now),
                ))
        })?;
        self.audit(Action::MatchReviewDecide, review.id.as_uuid(), None);
        if decision == MatchDecision::Same {
            self.review_merge(review, reason)?;
        }
        Ok(())
    }

    fn review_merge(&mut self, review: &Authorized<MatchReview>, reason: &Reason) -> Result<(), ReviewError> {
        let reached = self.facts_visible(&[review.older.id.as_uuid(), review.newer.id.as_uuid()])?;
        let by = reached.first().ok_or(StorageError::Statement("neither fact of a review is in reach"))?;
        self.facts_open(by.id)?;
        let older = self.fact_standing(review.older.id)?;
        let newer = self.fact_standing(review.newer.id)?;
        if older.id == newer.id {
            return Ok(());
        }
        match self.fact_merge(&newer, &older, reason) {
            Err(ChangeError::Refused(ChangeRefusal::UnderQualification))
                if older.current.status != FactStatus::UnderQualification =>
            {
                self.fact_merge(&older, &newer, reason)?;
            }
            merged => _ = merged?,
        }
        Ok(())
    }

    /// A fact of an opened review, or what stands for it since it was merged.
    fn fact_standing(&mut self, fact: FactId) -> Result<Authorized<Fact>, StorageError> {
        let mut standing = self.fact_opened(fact, Action::MatchReviewDecide)?;
        while let Some(into) = standing.current.merged_into {
            standing = self.fact_opened(into, Action::MatchReviewDecide)?;
        }
        Ok(standing)
    }

    fn may_decide(&mut self, user: UserId) -> Result<bool, StorageError> {
        let rules = TABLE.iter().filter(|rule| rule.action == Action::MatchReviewDecide);
        let roles: Vec<&str> = rules.flat_map(|rule| rule.roles).map(|role| role.as_str()).collect();
        let fitting = users::table
            .inner_join(user_roles::table)
            .filter(users::id.eq(user.as_uuid()))
            .filter(users::organisation_id.eq(self.actor.organisation.id.as_uuid()))
            .filter(users::disabled_at.is_null())
            .filter(users::kind.eq("person"))
            .filter(user_roles::role.eq_any(roles));
        Ok(diesel::select(diesel::dsl::exists(fitting)).get_result(self.connection)?)
    }

    /// One guarded update, told to those who see the newer fact and to those who see the older one.
    fn review_update<Q>(
        &mut self,
        review: &MatchReview,
        update: impl FnOnce(DateTime<Utc>, i64) -> Q,
    ) -> Result<(), StorageError>
    where
        Q: diesel::query_dsl::methods::ExecuteDsl<PgConnection> + RunQueryDsl<PgConnection>,
    {
        let written = update(self.now, review.version + 1).execute(self.connection)?;
        if written == 0 {
            return Err(StorageError::Stale);
        }
        for fact in [review.older.id, review.newer.id] {
            let part = ("match_review", review.id.as_uuid());
            let topic = "register.match_review_changed";
            self.publish_part(topic, ResourceKind::Register, fact.as_uuid(), Some(part))?;
        }
        Ok(())
    }
}
