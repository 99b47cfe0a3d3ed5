//! Finding the fact that a report tells of. The domain decides; two reports that could meet wait for one another.

use chrono::NaiveDate;
use diesel::prelude::*;
use diesel::sql_types::{Array, Bool, Date, Integer, Nullable, Text, Uuid as SqlUuid};
use qorgan_domain::ids::{ChildId, FactId, ReportId};
use qorgan_domain::policy::{Action, Verdict};
use qorgan_domain::register::matching::{Agreement, Compared, Known, MatchOutcome, MatchRules, Told, differences};
use qorgan_domain::register::{FactContent, FactNumber};
use uuid::Uuid;

use super::load::NatureColumns;
use super::{ExternalReference, Fact, NewReport};
use crate::schema::register_match_reviews as reviews;
use crate::{StorageError, Tx, rows};

const FACTS: &str = "register_facts";

/// A fact that a report was found near, as far as its reporter may know.
#[derive(Debug, Clone)]
pub struct MatchCandidate {
    /// The fact, if the reporter sees it.
    pub fact: Option<(FactId, FactNumber)>,
    /// How the comparison went.
    pub compared: Compared,
}

/// What became of a report.
#[derive(Debug, Clone)]
pub struct Matching {
    /// In a word.
    pub outcome: MatchOutcome,
    /// The facts that it was found near, the nearest first; the one that it joined is the first.
    pub candidates: Vec<MatchCandidate>,
    /// In which fields it differs from the fact that it joined: for who may amend the fact.
    pub differences: Vec<&'static str>,
}

/// What the comparison of a report with the register gave.
pub(super) struct Found {
    pub(super) outcome: MatchOutcome,
    near: Vec<Near>,
    rules_from: NaiveDate,
}

struct Near {
    compared: Compared,
    number: FactNumber,
    version: i32,
    has_signal: bool,
    content: FactContent,
}

#[derive(QueryableByName)]
struct CandidateRow {
    #[diesel(sql_type = SqlUuid)]
    fact_id: Uuid,
    #[diesel(sql_type = Text)]
    number: String,
    #[diesel(sql_type = SqlUuid)]
    survivor: Uuid,
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
    #[diesel(sql_type = Integer)]
    version: i32,
    #[diesel(sql_type = Array<Text>)]
    roles: Vec<String>,
    #[diesel(sql_type = Bool)]
    same_number: bool,
    #[diesel(sql_type = Bool)]
    has_signal: bool,
}

diesel::define_sql_function! {
    /// The record that stands for a child.
    fn child_survivor(child: SqlUuid) -> SqlUuid;
}

impl CandidateRow {
    fn known(&self, kind: &str, child: Uuid) -> Result<Known, StorageError> {
        let row = self.fact_id;
        let columns = NatureColumns {
            kind,
            main_form: self.main_form.as_deref(),
            forms: &self.forms,
            level: self.level.as_deref(),
        };
        Ok(Known {
            fact: row.into(),
            child: if self.survivor == child { Agreement::Same } else { Agreement::Near },
            content: FactContent {
                nature: columns.nature(FACTS, row)?,
                occurred_on: self.occurred_on,
                kato: rows::parse(&self.kato, FACTS, "kato", row)?,
                setting: rows::parse(&self.setting, FACTS, "setting", row)?,
                relation: rows::parse_optional(self.relation.as_deref(), FACTS, "relation", row)?,
            },
            roles: self
                .roles
                .iter()
                .map(|role| rows::parse(role, FACTS, "child_role", row))
                .collect::<Result<_, _>>()?,
            same_number: self.same_number,
        })
    }
}

impl Found {
    /// The fact that the report joins, with the version that was compared.
    pub(super) fn joins(&self) -> Option<(FactId, i32)> {
        let near = self.near.first().filter(|_| self.outcome == MatchOutcome::Matched);
        near.map(|near| (near.compared.fact, near.version))
    }

    /// Whether the school was told of what may be the same event.
    pub(super) fn told_before(&self) -> bool {
        self.near.iter().any(|near| near.has_signal)
    }
}

impl NewReport<'_> {
    /// What the report says of the event.
    #[must_use]
    pub fn content(&self) -> FactContent {
        FactContent {
            nature: self.nature.clone(),
            occurred_on: self.occurred_on,
            kato: self.kato.clone(),
            setting: self.setting,
            relation: self.relation,
        }
    }
}

impl Tx<'_> {
    /// Waits for reports that could tell of the same events as these, until this unit of work ends. To be called
    /// before the child of a report is looked for, and once for all reports of a unit of work.
    ///
    /// # Errors
    /// [`StorageError`].
    pub fn report_match_begin<'r>(
        &mut self,
        reports: impl IntoIterator<Item = (NaiveDate, &'r [ExternalReference])>,
    ) -> Result<(), StorageError> {
        let (mut days, mut numbers) = (Vec::new(), Vec::new());
        for (day, named) in reports {
            days.push(day);
            let number = |reference: &ExternalReference| format!("{}:{}", reference.system, reference.number.as_str());
            numbers.extend(named.iter().map(number));
        }
        self.match_begin(&days, &numbers, false)
    }

    /// The same for a unit of work that files a great many: every other report waits for it.
    ///
    /// # Errors
    /// [`StorageError`].
    pub fn report_match_begin_whole(&mut self) -> Result<(), StorageError> {
        self.match_begin(&[], &[], true)
    }

    fn match_begin(&mut self, days: &[NaiveDate], numbers: &[String], whole: bool) -> Result<(), StorageError> {
        if self.holds_register {
            return Ok(());
        }
        diesel::sql_query("SELECT register_match_begin($1, $2, $3)")
            .bind::<Array<Date>, _>(days)
            .bind::<Array<Text>, _>(numbers)
            .bind::<Bool, _>(whole)
            .execute(self.connection)?;
        self.holds_register = whole;
        Ok(())
    }

    /// Compares a report with the facts that it may tell of. A fact that it joins is locked, and still says what was
    /// compared.
    pub(super) fn report_match(&mut self, new: &NewReport<'_>) -> Result<Found, StorageError> {
        /// Somebody amends a fact just now; that often in a row nobody does.
        const TRIES: usize = 5;
        let (rules_from, rules) = self.match_rules(self.today())?;
        for _ in 0..TRIES {
            let found = self.report_compare(new, &rules, rules_from)?;
            let Some((fact, version)) = found.joins() else { return Ok(found) };
            if self.facts_lock(&[fact])?.is_at(fact, version) {
                return Ok(found);
            }
        }
        Err(StorageError::Collision)
    }

    fn report_compare(
        &mut self,
        new: &NewReport<'_>,
        rules: &MatchRules,
        rules_from: NaiveDate,
    ) -> Result<Found, StorageError> {
        let candidates = self.match_candidates(new)?;
        let mut child = new.child.id.as_uuid();
        if !candidates.is_empty() {
            child = diesel::select(child_survivor(child)).get_result(self.connection)?;
        }
        let kind = new.nature.kind().as_str();
        let known = candidates.iter().map(|row| row.known(kind, child)).collect::<Result<Vec<_>, _>>()?;
        let told = Told { content: new.content(), role: new.child_role };
        let (outcome, compared) = rules.decide(&told, &known);
        let near = compared.into_iter().filter_map(|compared| {
            let (row, known) = candidates.iter().zip(&known).find(|(_, known)| known.fact == compared.fact)?;
            Some((compared, row, known))
        });
        let near = near
            .map(|(compared, row, known)| {
                Ok(Near {
                    compared,
                    number: rows::parse(&row.number, FACTS, "number", row.fact_id)?,
                    version: row.version,
                    has_signal: row.has_signal,
                    content: known.content.clone(),
                })
            })
            .collect::<Result<Vec<_>, StorageError>>()?;
        Ok(Found { outcome, near, rules_from })
    }

    fn match_candidates(&mut self, new: &NewReport<'_>) -> Result<Vec<CandidateRow>, StorageError> {
        let children: Vec<Uuid> =
            std::iter::once(&new.child.id).chain(&new.children_alike).map(ChildId::as_uuid).collect();
        let (from, to) = MatchRules::days_around(new.occurred_on);
        let systems: Vec<&str> = new.external_refs.iter().map(|reference| reference.system.as_str()).collect();
        let numbers: Vec<&str> = new.external_refs.iter().map(|reference| reference.number.as_str()).collect();
        Ok(diesel::sql_query("SELECT * FROM register_match_candidates($1, $2, $3, $4, $5, $6)")
            .bind::<Array<SqlUuid>, _>(children)
            .bind::<Text, _>(new.nature.kind().as_str())
            .bind::<Date, _>(from)
            .bind::<Date, _>(to)
            .bind::<Array<Text>, _>(systems)
            .bind::<Array<Text>, _>(numbers)
            .load(self.connection)?)
    }

    /// Puts what is near before a person: one review for each pair.
    pub(super) fn match_reviews_open(
        &mut self,
        found: &Found,
        fact: &Fact,
        report: ReportId,
    ) -> Result<(), StorageError> {
        let rows = found
            .near
            .iter()
            .map(|near| {
                let evidence = serde_json::to_value(&near.compared.evidence)
                    .map_err(|_| StorageError::Statement("evidence could not be written"))?;
                Ok((
                    reviews::id.eq(Uuid::now_v7()),
                    reviews::older_id.eq(near.compared.fact.as_uuid()),
                    reviews::newer_id.eq(fact.id.as_uuid()),
                    reviews::report_id.eq(report.as_uuid()),
                    reviews::score.eq(near.compared.score),
                    reviews::evidence.eq(evidence),
                    reviews::rules_from.eq(found.rules_from),
                    reviews::status.eq("open"),
                    reviews::version.eq(1_i64),
                    reviews::created_at.eq(self.now),
                    reviews::updated_at.eq(self.now),
                ))
            })
            .collect::<Result<Vec<_>, StorageError>>()?;
        diesel::insert_into(reviews::table).values(&rows).execute(self.connection)?;
        Ok(())
    }

    /// What the reporter may know of it.
    pub(super) fn matching_told(
        &mut self,
        found: Found,
        fact: &Fact,
        told: &FactContent,
    ) -> Result<Matching, StorageError> {
        let ids: Vec<Uuid> = found.near.iter().map(|near| near.compared.fact.as_uuid()).collect();
        let seen: Vec<FactId> = self.facts_visible(&ids)?.into_iter().map(|fact| fact.id).collect();
        let differing = match (found.outcome, found.near.first()) {
            (MatchOutcome::Matched, Some(near)) => Some(&near.content),
            _ => None,
        };
        let amends = fact.verdict(&self.actor, Action::FactAmend) == Verdict::Allowed;
        let differences = differing.filter(|_| amends).map(|content| differences(told, content));
        let candidates = found.near.into_iter().map(|near| MatchCandidate {
            fact: seen.contains(&near.compared.fact).then_some((near.compared.fact, near.number)),
            compared: near.compared,
        });
        Ok(Matching {
            outcome: found.outcome,
            candidates: candidates.collect(),
            differences: differences.unwrap_or_default(),
        })
    }
}
