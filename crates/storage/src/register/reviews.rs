//! Pairs of facts that may be one event, and the people who decide.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, Date, Integer, Nullable, SmallInt, Text, Timestamptz, Uuid as SqlUuid};
use qorgan_domain::children::Sex;
use qorgan_domain::identity::AgencyCode;
use qorgan_domain::ids::{ChildId, FactId, MatchReviewId, ReportId, UserId};
use qorgan_domain::policy::table::TABLE;
use qorgan_domain::policy::{Action, OrganisationRef, ResourceKind, Subject, Verdict, decide, may_ever};
use qorgan_domain::register::matching::{MatchDecision, MatchEvidence, ReviewRefusal, ReviewStatus};
use qorgan_domain::register::{ChangeRefusal, FactContent, FactNumber, FactStatus};
use qorgan_domain::text::Reason;
use thiserror::Error;
use uuid::Uuid;

use super::load::NatureColumns;
use super::{ChangeError, Fact};
use crate::page::Page;
use crate::schema::{register_match_reviews as reviews, user_roles, users};
use crate::unit_of_work::Attempt;
use crate::{AccessError, Authorized, Denial, StorageError, Tx, rows};

const TABLE_NAME: &str = "register_match_reviews";

/// Two facts that may be one event, put before a person.
#[derive(Debug, Clone)]
pub struct MatchReview {
    /// Its id.
    pub id: MatchReviewId,
    /// Its version.
    pub version: i64,
    /// Where it stands.
    pub status: ReviewStatus,
    /// The report that made the newer fact.
    pub report_id: ReportId,
    /// How near they are.
    pub score: f64,
    /// Why.
    pub evidence: Vec<MatchEvidence>,
    /// The rules by which they were compared: in force from this day.
    pub rules_from: NaiveDate,
    /// Who is to decide.
    pub assigned_to: Option<UserId>,
    /// Who decided.
    pub decided_by: Option<UserId>,
    /// When.
    pub decided_at: Option<DateTime<Utc>>,
    /// Why.
    pub reason: Option<String>,
    /// When the pair was found.
    pub created_at: DateTime<Utc>,
    /// The fact that was there before.
    pub older: ReviewFact,
    /// The fact that came.
    pub newer: ReviewFact,
    /// Organisations in reach that reported one of them.
    reporters: Vec<OrganisationRef>,
    in_visible_case: bool,
}

/// One of the two facts, as far as who decides may know.
#[derive(Debug, Clone)]
pub struct ReviewFact {
    /// Its id.
    pub id: FactId,
    /// Its number.
    pub number: FactNumber,
    /// Its record of the child.
    pub child_id: ChildId,
    /// The record that stands for that child.
    pub child_survivor: ChildId,
    /// Sex of the child.
    pub sex: Sex,
    /// Age of the child on the day of the event.
    pub age_years: i16,
    /// Its version.
    pub version: i32,
    /// Where it stands.
    pub status: FactStatus,
    /// What it says.
    pub content: FactContent,
    /// The agencies that reported it.
    pub agencies: Vec<AgencyCode>,
    /// When it was entered.
    pub created_at: DateTime<Utc>,
}

/// Which reviews to show; what is absent does not narrow.
#[derive(Debug, Clone, Default)]
pub struct ReviewFilter {
    /// Of this status.
    pub status: Option<ReviewStatus>,
    /// To be decided by this user.
    pub assigned_to: Option<UserId>,
}

/// The place of a review in the list: newest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReviewKey {
    /// When the pair was found.
    pub created_at: DateTime<Utc>,
    /// Its id.
    pub id: Uuid,
}

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

#[derive(Queryable, Selectable)]
#[diesel(table_name = reviews)]
struct ReviewRow {
    id: Uuid,
    older_id: Uuid,
    newer_id: Uuid,
    report_id: Uuid,
    score: f64,
    evidence: serde_json::Value,
    rules_from: NaiveDate,
    status: String,
    assigned_to: Option<Uuid>,
    decided_by: Option<Uuid>,
    decided_at: Option<DateTime<Utc>>,
    reason: Option<String>,
    version: i64,
    created_at: DateTime<Utc>,
}

#[derive(QueryableByName)]
struct FactRow {
    #[diesel(sql_type = SqlUuid)]
    fact_id: Uuid,
    #[diesel(sql_type = Text)]
    number: String,
    #[diesel(sql_type = SqlUuid)]
    child_id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    survivor: Uuid,
    #[diesel(sql_type = Integer)]
    version: i32,
    #[diesel(sql_type = Text)]
    status: String,
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Nullable<Text>)]
    main_form: Option<String>,
    #[diesel(sql_type = Array<Text>)]
    forms: Vec<String>,
    #[diesel(sql_type = Nullable<Text>)]
    level: Option<String>,
    #[diesel(sql_type = Date)]
    occurred_on: NaiveDate,
    #[diesel(sql_type = Text)]
    kato: String,
    #[diesel(sql_type = Text)]
    setting: String,
    #[diesel(sql_type = Nullable<Text>)]
    relation: Option<String>,
    #[diesel(sql_type = Text)]
    sex: String,
    #[diesel(sql_type = SmallInt)]
    age_years: i16,
    #[diesel(sql_type = Array<Text>)]
    agencies: Vec<String>,
    #[diesel(sql_type = Timestamptz)]
    created_at: DateTime<Utc>,
}

impl FactRow {
    fn into_fact(self) -> Result<ReviewFact, StorageError> {
        const FACTS: &str = "register_facts";
        let row = self.fact_id;
        let columns = NatureColumns {
            kind: &self.kind,
            main_form: self.main_form.as_deref(),
            forms: &self.forms,
            level: self.level.as_deref(),
        };
        let agency = |code: &String| rows::parse(code, FACTS, "agency", row);
        Ok(ReviewFact {
            id: row.into(),
            number: rows::parse(&self.number, FACTS, "number", row)?,
            child_id: self.child_id.into(),
            child_survivor: self.survivor.into(),
            sex: rows::parse(&self.sex, FACTS, "sex", row)?,
            age_years: self.age_years,
            version: self.version,
            status: rows::parse(&self.status, FACTS, "status", row)?,
            content: FactContent {
                nature: columns.nature(FACTS, row)?,
                occurred_on: self.occurred_on,
                kato: rows::parse(&self.kato, FACTS, "kato", row)?,
                setting: rows::parse(&self.setting, FACTS, "setting", row)?,
                relation: rows::parse_optional(self.relation.as_deref(), FACTS, "relation", row)?,
            },
            agencies: self.agencies.iter().map(agency).collect::<Result<_, _>>()?,
            created_at: self.created_at,
        })
    }
}

impl MatchReview {
    fn verdict(&self, tx: &Tx<'_>, action: Action) -> Verdict {
        let subject = Subject::Fact { reporters: &self.reporters, in_visible_case: self.in_visible_case };
        decide(&tx.actor, action, &subject)
    }

    /// Whether both facts are about one child as far as records say.
    #[must_use]
    pub fn one_child(&self) -> bool {
        self.older.child_survivor == self.newer.child_survivor
    }
}

impl Tx<'_> {
    /// Loads a review with the right to do `action` to it.
    ///
    /// # Errors
    /// [`Denial::NotFound`] where the caller reaches neither fact, [`Denial::Forbidden`].
    pub fn match_review_for(
        &mut self,
        id: MatchReviewId,
        action: Action,
    ) -> Result<Authorized<MatchReview>, AccessError> {
        self.attempt(action, id.as_uuid(), None)?;
        let row: Vec<ReviewRow> = reviews::table
            .find(id.as_uuid())
            .select(ReviewRow::as_select())
            .load(self.connection)
            .map_err(StorageError::from)?;
        let Some(review) = self.reviews_of(row)?.pop() else {
            return Err(AccessError::Denied(Denial::NotFound));
        };
        let review = self.decide(action, review, |review| review.verdict(self, action))?;
        if action == Action::MatchReviewRead {
            self.audit(action, id.as_uuid(), None);
        }
        Ok(review)
    }

    /// The reviews that the caller may read, newest first.
    ///
    /// # Errors
    /// [`Denial::Forbidden`] for who may read none; [`StorageError`].
    pub fn match_review_list(
        &mut self,
        filter: &ReviewFilter,
        after: Option<ReviewKey>,
        limit: i64,
    ) -> Result<Page<MatchReview, ReviewKey>, AccessError> {
        let action = Action::MatchReviewRead;
        self.attempt = Attempt { action, resource: None, case: None };
        if !may_ever(&self.actor, action) {
            return Err(AccessError::Denied(Denial::Forbidden));
        }
        let mut query = reviews::table.select(ReviewRow::as_select()).into_boxed();
        if let Some(status) = filter.status {
            query = query.filter(reviews::status.eq(status.as_str()));
        }
        if let Some(user) = filter.assigned_to {
            query = query.filter(reviews::assigned_to.eq(user.as_uuid()));
        }
        if let Some(ReviewKey { created_at, id }) = after {
            query = query
                .filter(reviews::created_at.le(created_at))
                .filter(reviews::created_at.lt(created_at).or(reviews::id.lt(id)));
        }
        let rows: Vec<ReviewRow> = query
            .order((reviews::created_at.desc(), reviews::id.desc()))
            .limit(limit + 1)
            .load(self.connection)
            .map_err(StorageError::from)?;
        let page = Page::of(rows, limit, |row| ReviewKey { created_at: row.created_at, id: row.id });
        let mut items = self.reviews_of(page.items)?;
        // What a case alone shows is read as a fact, not decided on.
        items.retain(|review| review.verdict(self, action) == Verdict::Allowed);
        self.audit_many(action, items.iter().map(|review| review.id.as_uuid()).collect());
        Ok(Page { items, next: page.next })
    }

    /// Reviews of their rows, in the same order.
    fn reviews_of(&mut self, found: Vec<ReviewRow>) -> Result<Vec<MatchReview>, StorageError> {
        let ids: Vec<Uuid> = found.iter().map(|row| row.id).collect();
        let pairs: Vec<Uuid> = found.iter().flat_map(|row| [row.older_id, row.newer_id]).collect();
        let seen: HashMap<FactId, Fact> = self.facts_visible(&pairs)?.into_iter().map(|fact| (fact.id, fact)).collect();
        let rows: Vec<FactRow> = if ids.is_empty() {
            Vec::new()
        } else {
            diesel::sql_query("SELECT DISTINCT ON (fact_id) * FROM match_review_facts($1) ORDER BY fact_id")
                .bind::<Array<SqlUuid>, _>(ids)
                .load(self.connection)?
        };
        let facts = rows.into_iter().map(|row| Ok((row.fact_id, row.into_fact()?)));
        let facts = facts.collect::<Result<HashMap<Uuid, ReviewFact>, StorageError>>()?;
        found.into_iter().map(|row| review(row, &facts, &seen)).collect()
    }

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

fn review(
    row: ReviewRow,
    facts: &HashMap<Uuid, ReviewFact>,
    seen: &HashMap<FactId, Fact>,
) -> Result<MatchReview, StorageError> {
    let fact = |id: Uuid| facts.get(&id).cloned().ok_or(StorageError::Statement("the fact of a review is not there"));
    let (older, newer) = (fact(row.older_id)?, fact(row.newer_id)?);
    let reached = || [older.id, newer.id].into_iter().filter_map(|id| seen.get(&id));
    let reporters = reached().flat_map(|fact| fact.reporters.clone()).collect();
    let in_visible_case = reached().any(|fact| fact.in_visible_case);
    Ok(MatchReview {
        id: row.id.into(),
        version: row.version,
        status: rows::parse(&row.status, TABLE_NAME, "status", row.id)?,
        report_id: row.report_id.into(),
        score: row.score,
        evidence: serde_json::from_value(row.evidence).map_err(|_| StorageError::Corrupt {
            table: TABLE_NAME,
            column: "evidence",
            row: row.id,
        })?,
        rules_from: row.rules_from,
        assigned_to: row.assigned_to.map(Into::into),
        decided_by: row.decided_by.map(Into::into),
        decided_at: row.decided_at,
        reason: row.reason,
        created_at: row.created_at,
        older,
        newer,
        reporters,
        in_visible_case,
    })
}
