//! Pairs of facts that may be one event, and the people who decide.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, Date, Integer, Nullable, SmallInt, Text, Timestamptz, Uuid as SqlUuid};
use qorgan_domain::children::{Sex, may_read_words};
use qorgan_domain::identity::AgencyCode;
use qorgan_domain::ids::{ChildId, FactId, MatchReviewId, ReportId, UserId};
use qorgan_domain::policy::{Action, OrganisationRef, Subject, Verdict, decide, may_ever};
use qorgan_domain::register::matching::{MatchEvidence, ReviewStatus};
use qorgan_domain::register::{FactContent, FactNumber, FactStatus};
use uuid::Uuid;

use super::Fact;
use super::load::NatureColumns;
use crate::children::AskedPair;
use crate::page::Page;
use crate::schema::register_match_reviews as reviews;
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
    /// Why, where the caller may read it.
    pub reason: Option<String>,
    /// When the pair was found.
    pub created_at: DateTime<Utc>,
    /// The fact that was there before.
    pub older: ReviewFact,
    /// The fact that came.
    pub newer: ReviewFact,
    /// Whether their children are one, where that was asked and the caller sees one of them.
    pub children_asked: Option<AskedPair>,
    /// Organisations in reach that reported one of them.
    reporters: Vec<OrganisationRef>,
    in_visible_case: bool,
    /// Which of the facts, the older one first, the caller reads.
    pub(super) reads: [bool; 2],
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
    read_older: bool,
    read_newer: bool,
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
        let mut found: Vec<MatchReview> =
            found.into_iter().map(|row| review(row, &facts, &seen)).collect::<Result<_, StorageError>>()?;
        let children: Vec<_> =
            found.iter().filter(|it| it.status == ReviewStatus::Same).flat_map(children_of).collect();
        let asked = self.child_pairs_asked(&children)?;
        for review in &mut found {
            review.children_asked = children_of(review).iter().find_map(|pair| asked.get(pair)).copied();
        }
        Ok(found)
    }
}

/// The children of both facts, under the records that stand for them now and those that were named.
fn children_of(review: &MatchReview) -> [(ChildId, ChildId); 2] {
    let (older, newer) = (&review.older, &review.newer);
    [(older.child_survivor, newer.child_survivor), (older.child_id, newer.child_id)]
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
    let status = rows::parse(&row.status, TABLE_NAME, "status", row.id)?;
    let reads = [older.id, newer.id].map(|id| seen.contains_key(&id));
    // The reason of a merger stands in the history of the fact, for all who reported it.
    let opens = status == ReviewStatus::Same || may_read_words([row.read_older, row.read_newer], reads);
    Ok(MatchReview {
        id: row.id.into(),
        version: row.version,
        status,
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
        reason: row.reason.filter(|_| opens),
        created_at: row.created_at,
        older,
        newer,
        children_asked: None,
        reporters,
        in_visible_case,
        reads,
    })
}
