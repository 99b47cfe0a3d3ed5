//! Pairs of records that may be one child, since two facts about them were decided to be one event.
//!
//! Merging opens each record to those who see the other. So nobody alone makes both one who sees but one of them: each
//! side says so for its own record (`domain::children::confirm`).

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{Timestamptz, Uuid as SqlUuid};
use qorgan_domain::children::may_read_words;
use qorgan_domain::ids::{ChildId, ChildMatchReviewId, FactId, UserId};
use qorgan_domain::policy::{Action, ResourceKind, Verdict, decide};
use qorgan_domain::register::matching::ReviewStatus;
use uuid::Uuid;

use super::{Candidate, Child};
use crate::page::Page;
use crate::schema::{child_match_review_words as words, child_match_reviews as reviews};
use crate::unit_of_work::Attempt;
use crate::{AccessError, Authorized, Denial, StorageError, Tx, rows};

const TABLE_NAME: &str = "child_match_reviews";

/// One of the two records.
#[derive(Debug, Clone)]
pub struct PairedChild {
    /// Its id.
    pub id: ChildId,
    /// The record, where the caller may read it.
    pub record: Option<Box<Child>>,
    /// Whether the caller may merge it with another.
    pub mergeable: bool,
    /// Who, with the right to it, said that both are one child.
    pub confirmed_by: Option<UserId>,
}

/// What somebody said of a pair, deciding on it.
#[derive(Debug, Clone, Queryable)]
pub struct PairWords {
    review: Uuid,
    read_one: bool,
    read_other: bool,
    /// Whether that both are one child.
    pub same: bool,
    /// Why.
    pub reason: String,
    /// Who said it.
    #[diesel(deserialize_as = Uuid)]
    pub said_by: UserId,
    /// When.
    pub said_at: DateTime<Utc>,
}

/// Two records that may be one child.
#[derive(Debug, Clone)]
pub struct ChildMatchReview {
    /// Its id.
    pub id: ChildMatchReviewId,
    /// Its version.
    pub version: i64,
    /// Where it stands.
    pub status: ReviewStatus,
    /// The fact that both records are about, where the caller sees it.
    pub fact: Option<FactId>,
    /// The record that survives where they are one.
    pub one: PairedChild,
    /// The other.
    pub other: PairedChild,
    /// Who decided, where the caller may read what was said.
    pub decided_by: Option<UserId>,
    /// When.
    pub decided_at: Option<DateTime<Utc>>,
    /// What was said of it, the earliest first: only what the caller may read.
    pub words: Vec<PairWords>,
    /// When it was asked.
    pub created_at: DateTime<Utc>,
}

/// That it was asked whether the children of two facts are one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AskedPair {
    /// The review of the pair.
    pub id: ChildMatchReviewId,
    /// Where it stands.
    pub status: ReviewStatus,
}

/// The place of a review in the list: newest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChildMatchReviewKey {
    /// When it was asked.
    pub created_at: DateTime<Utc>,
    /// Its id.
    pub id: Uuid,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = reviews)]
struct ReviewRow {
    id: Uuid,
    one_id: Uuid,
    other_id: Uuid,
    fact_id: Uuid,
    status: String,
    one_confirmed_by: Option<Uuid>,
    other_confirmed_by: Option<Uuid>,
    decided_by: Option<Uuid>,
    decided_at: Option<DateTime<Utc>>,
    version: i64,
    created_at: DateTime<Utc>,
}

#[derive(QueryableByName)]
struct OpenedRow {
    #[diesel(sql_type = SqlUuid)]
    one: Uuid,
    #[diesel(sql_type = SqlUuid)]
    other: Uuid,
}

impl ChildMatchReview {
    /// The right to a pair is the right to one of its records.
    fn verdict(&self, tx: &Tx<'_>, action: Action) -> Verdict {
        let records = self.sides().into_iter().filter_map(|side| side.record.as_deref());
        let mut verdicts = records.map(|record| decide(&tx.actor, action, &record.subject())).peekable();
        if verdicts.peek().is_none() {
            Verdict::Invisible
        } else if verdicts.any(|verdict| verdict == Verdict::Allowed) {
            Verdict::Allowed
        } else {
            Verdict::Forbidden
        }
    }

    /// The two records, the surviving one first.
    #[must_use]
    pub const fn sides(&self) -> [&PairedChild; 2] {
        [&self.one, &self.other]
    }
}

impl Tx<'_> {
    /// Asks whether the children of two facts are one child, after the one fact was merged into the other: unless they
    /// are one already, or it was asked before.
    pub(crate) fn child_pair_ask(&mut self, fact: FactId, into: FactId) -> Result<(), StorageError> {
        let id = Uuid::now_v7();
        let row: Option<OpenedRow> = sql_query("SELECT * FROM child_match_review_open($1, $2, $3, $4)")
            .bind::<SqlUuid, _>(id)
            .bind::<SqlUuid, _>(fact.as_uuid())
            .bind::<SqlUuid, _>(into.as_uuid())
            .bind::<Timestamptz, _>(self.now)
            .get_result(self.connection)
            .optional()?;
        for child in row.iter().flat_map(|row| [row.one, row.other]) {
            let part = Some(("child_match_review", id));
            self.publish_part("child.match_review_opened", ResourceKind::Child, child, part)?;
        }
        Ok(())
    }

    /// What was asked about the children of pairs of facts, by the pair of children in either order; only what the
    /// caller sees.
    pub(crate) fn child_pairs_asked(
        &mut self,
        pairs: &[(ChildId, ChildId)],
    ) -> Result<HashMap<(ChildId, ChildId), AskedPair>, StorageError> {
        let children: Vec<Uuid> = pairs.iter().flat_map(|(one, other)| [one.as_uuid(), other.as_uuid()]).collect();
        if children.is_empty() {
            return Ok(HashMap::new());
        }
        let found: Vec<(Uuid, Uuid, Uuid, String)> = reviews::table
            .filter(reviews::one_id.eq_any(&children).and(reviews::other_id.eq_any(&children)))
            .select((reviews::id, reviews::one_id, reviews::other_id, reviews::status))
            .load(self.connection)?;
        let mut asked = HashMap::new();
        for (id, one, other, status) in found {
            let pair = AskedPair { id: id.into(), status: rows::parse(&status, TABLE_NAME, "status", id)? };
            asked.insert((one.into(), other.into()), pair);
            asked.insert((other.into(), one.into()), pair);
        }
        Ok(asked)
    }

    /// Loads a pair with the right to decide on it, which is the right to merge one of its records.
    ///
    /// # Errors
    /// [`Denial::NotFound`] where the caller sees neither record, [`Denial::Forbidden`].
    pub fn child_match_review_for(
        &mut self,
        id: ChildMatchReviewId,
    ) -> Result<Authorized<ChildMatchReview>, AccessError> {
        let action = Action::ChildMerge;
        self.attempt(action, id.as_uuid(), None)?;
        let found: Vec<ReviewRow> = reviews::table
            .find(id.as_uuid())
            .select(ReviewRow::as_select())
            .load(self.connection)
            .map_err(StorageError::from)?;
        let Some(review) = self.pairs_of(found)?.pop() else { return Err(AccessError::Denied(Denial::NotFound)) };
        let review = self.decide(action, review, |review| review.verdict(self, action))?;
        self.audit(action, id.as_uuid(), None);
        Ok(review)
    }

    /// The pairs on which the caller may decide, newest first.
    ///
    /// # Errors
    /// [`Denial::Forbidden`] for who may decide on none; [`StorageError`].
    pub fn child_match_review_list(
        &mut self,
        status: Option<ReviewStatus>,
        after: Option<ChildMatchReviewKey>,
        limit: i64,
    ) -> Result<Page<ChildMatchReview, ChildMatchReviewKey>, AccessError> {
        let action = Action::ChildMerge;
        self.attempt = Attempt { action, resource: None, case: None };
        self.authorize(action)?;
        let mut query = reviews::table.select(ReviewRow::as_select()).into_boxed();
        if let Some(status) = status {
            query = query.filter(reviews::status.eq(status.as_str()));
        }
        if let Some(ChildMatchReviewKey { created_at, id }) = after {
            query = query
                .filter(reviews::created_at.le(created_at))
                .filter(reviews::created_at.lt(created_at).or(reviews::id.lt(id)));
        }
        let found: Vec<ReviewRow> = query
            .order((reviews::created_at.desc(), reviews::id.desc()))
            .limit(limit + 1)
            .load(self.connection)
            .map_err(StorageError::from)?;
        let page = Page::of(found, limit, |row| ChildMatchReviewKey { created_at: row.created_at, id: row.id });
        let mut items = self.pairs_of(page.items)?;
        items.retain(|review| review.verdict(self, action) == Verdict::Allowed);
        self.audit_many(action, items.iter().map(|review| review.id.as_uuid()).collect());
        Ok(Page { items, next: page.next })
    }

    fn pairs_of(&mut self, found: Vec<ReviewRow>) -> Result<Vec<ChildMatchReview>, StorageError> {
        let ids: Vec<ChildId> = found.iter().flat_map(|row| [row.one_id.into(), row.other_id.into()]).collect();
        let records = self.children_visible(&ids)?.into_iter().map(|child| (child.id, child));
        let records: HashMap<ChildId, Child> = records.collect();
        let facts: Vec<Uuid> = found.iter().map(|row| row.fact_id).collect();
        let facts: HashSet<FactId> = self.facts_visible(&facts)?.into_iter().map(|fact| fact.id).collect();
        let mut said = self.pair_words(&found)?;
        let side = |tx: &Self, id: Uuid, confirmed: Option<Uuid>| {
            let record = records.get(&id.into()).cloned();
            let allowed = |child: &Child| decide(&tx.actor, Action::ChildMerge, &child.subject()) == Verdict::Allowed;
            PairedChild {
                id: id.into(),
                mergeable: record.as_ref().is_some_and(allowed),
                record: record.map(Box::new),
                confirmed_by: confirmed.map(Into::into),
            }
        };
        found
            .into_iter()
            .map(|row| {
                let sides =
                    [side(self, row.one_id, row.one_confirmed_by), side(self, row.other_id, row.other_confirmed_by)];
                let reads = [sides[0].record.is_some(), sides[1].record.is_some()];
                let mut words = said.remove(&row.id).unwrap_or_default();
                words.retain(|words| may_read_words([words.read_one, words.read_other], reads));
                let [one, other] = sides;
                let decided_by = row.decided_by.map(UserId::from);
                Ok(ChildMatchReview {
                    id: row.id.into(),
                    version: row.version,
                    status: rows::parse(&row.status, TABLE_NAME, "status", row.id)?,
                    fact: Some(row.fact_id.into()).filter(|fact| facts.contains(fact)),
                    one,
                    other,
                    decided_by: decided_by.filter(|user| words.iter().any(|words| words.said_by == *user)),
                    decided_at: row.decided_at,
                    words,
                    created_at: row.created_at,
                })
            })
            .collect()
    }

    /// What row security shows of what was said of these pairs, by the pair, the earliest first.
    fn pair_words(&mut self, found: &[ReviewRow]) -> Result<HashMap<Uuid, Vec<PairWords>>, StorageError> {
        let said: Vec<PairWords> = words::table
            .filter(words::review_id.eq_any(found.iter().map(|row| row.id)))
            .order((words::review_id, words::version))
            .select((
                words::review_id,
                words::read_one,
                words::read_other,
                words::same,
                words::reason,
                words::said_by,
                words::said_at,
            ))
            .load(self.connection)?;
        let mut by_pair: HashMap<Uuid, Vec<PairWords>> = HashMap::new();
        for words in said {
            by_pair.entry(words.review).or_default().push(words);
        }
        Ok(by_pair)
    }

    /// How alike the records of a pair are, and what anybody who searches may see of one that the caller does not read.
    /// None where they do not look alike, or are one meanwhile.
    ///
    /// # Errors
    /// [`StorageError`].
    pub fn child_match_review_likeness(
        &mut self,
        review: &Authorized<ChildMatchReview>,
    ) -> Result<Option<Candidate>, StorageError> {
        let (read, beside) =
            if review.one.record.is_some() { (&review.one, &review.other) } else { (&review.other, &review.one) };
        let survivor = self.child_survivor(beside.id)?;
        let found = self.likenesses(read.id)?.into_iter().find(|candidate| candidate.id == survivor);
        self.audit_candidates(Action::ChildMerge, found.iter());
        Ok(found)
    }
}
