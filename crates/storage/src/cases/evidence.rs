//! What has been done on a case, as far as the lifecycle's gates look at it.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{Array, BigInt, Date, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use qorgan_domain::cases::RiskLevel;
use qorgan_domain::cases::lifecycle::{CaseEvidence, DraftPlan};
use serde_json::Value;
use uuid::Uuid;

use super::Case;
use crate::reference::{ApprovalItem, approval_rules};
use crate::{Authorized, StorageError, Tx, rows};

#[derive(QueryableByName)]
struct EvidenceRow {
    #[diesel(sql_type = Nullable<Timestamptz>)]
    last_assessment_at: Option<DateTime<Utc>>,
    #[diesel(sql_type = Nullable<Text>)]
    last_assessment_risk: Option<String>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    last_review_at: Option<DateTime<Utc>>,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    draft_author: Option<Uuid>,
    #[diesel(sql_type = BigInt)]
    draft_goals: i64,
    #[diesel(sql_type = BigInt)]
    draft_goals_without_tasks: i64,
    #[diesel(sql_type = BigInt)]
    tasks_done: i64,
    #[diesel(sql_type = Array<SqlUuid>)]
    mandatory_tasks_open: Vec<Uuid>,
    #[diesel(sql_type = BigInt)]
    register_reports: i64,
    #[diesel(sql_type = Nullable<Jsonb>)]
    approval: Option<Value>,
}

/// One round trip for all the gates. Tasks of a plan count when it was approved, others always; one that goes on in a
/// later plan counts there. The risk found is the greatest of the latest findings of each instrument since the stage
/// began (domain `CaseEvidence::last_assessment`). Reports of the cases that were merged into this
/// one are its reports.
const EVIDENCE: &str = "
    WITH latest AS (SELECT completed_at, risk_level FROM case_assessments WHERE case_id = $1 AND states_needs
                    ORDER BY completed_at DESC, id DESC LIMIT 1),
    found AS (SELECT DISTINCT ON (instrument_code) risk_level FROM case_assessments
              WHERE case_id = $1 AND completed_at >= (SELECT stage_since FROM cases WHERE id = $1)
              ORDER BY instrument_code, completed_at DESC, id DESC),
    rules AS (SELECT DISTINCT ON (risk_level) risk_level, supervisor, other_than_author FROM approval_rules
              WHERE valid_from <= $2 AND (valid_to IS NULL OR valid_to > $2)
              ORDER BY risk_level, valid_from DESC),
    draft AS (SELECT id, author_id FROM case_plans WHERE case_id = $1 AND status = 'draft'
                   ORDER BY revision DESC LIMIT 1),
    active AS (SELECT t.id, t.status, t.mandatory FROM case_tasks t
               LEFT JOIN case_plans p ON p.id = t.plan_id AND p.case_id = $1
               WHERE t.case_id = $1 AND (t.plan_id IS NULL OR p.approved_at IS NOT NULL)
                 AND t.status <> 'continued')
    SELECT (SELECT completed_at FROM latest) AS last_assessment_at,
           coalesce((SELECT risk_level FROM found
                     ORDER BY array_position(ARRAY['low', 'medium', 'high', 'critical'], risk_level) DESC LIMIT 1),
                    (SELECT risk_level FROM latest)) AS last_assessment_risk,
           (SELECT max(created_at) FROM case_reviews WHERE case_id = $1) AS last_review_at,
           (SELECT author_id FROM draft) AS draft_author,
           (SELECT count(*) FROM case_goals WHERE plan_id = (SELECT id FROM draft)) AS draft_goals,
           (SELECT count(*) FROM case_goals g WHERE g.plan_id = (SELECT id FROM draft)
                AND NOT EXISTS (SELECT FROM case_tasks t WHERE t.goal_id = g.id AND t.case_id = $1)) AS draft_goals_without_tasks,
           (SELECT count(*) FROM active WHERE status = 'done') AS tasks_done,
           ARRAY(SELECT id FROM active WHERE mandatory AND status = 'open' ORDER BY id) AS mandatory_tasks_open,
           (SELECT count(*) FROM register_reports
            WHERE case_id = ANY (ARRAY(SELECT case_with_merged($1)))) AS register_reports,
           (SELECT jsonb_object_agg(risk_level, jsonb_build_object(
                'supervisor', supervisor, 'other_than_author', other_than_author)) FROM rules) AS approval";

impl Tx<'_> {
    /// The evidence for a case.
    ///
    /// # Errors
    /// [`StorageError`].
    pub fn case_evidence(&mut self, case: &Authorized<Case>) -> Result<CaseEvidence, StorageError> {
        let row: EvidenceRow = sql_query(EVIDENCE)
            .bind::<SqlUuid, _>(case.id.as_uuid())
            .bind::<Date, _>(self.today())
            .get_result(self.connection)?;
        let corrupt = |_| StorageError::Corrupt { table: "approval_rules", column: "risk_level", row: Uuid::nil() };
        let approval: Option<BTreeMap<RiskLevel, ApprovalItem>> =
            row.approval.map(serde_json::from_value).transpose().map_err(corrupt)?;
        let risk = rows::parse_optional(
            row.last_assessment_risk.as_deref(),
            "case_assessments",
            "risk_level",
            case.id.as_uuid(),
        )?;
        Ok(CaseEvidence {
            last_assessment: row.last_assessment_at.zip(risk),
            draft_plan: row.draft_author.map(|author| DraftPlan {
                author: author.into(),
                goals: row.draft_goals.unsigned_abs(),
                goals_without_tasks: row.draft_goals_without_tasks.unsigned_abs(),
            }),
            tasks_done: row.tasks_done.unsigned_abs(),
            mandatory_tasks_open: row.mandatory_tasks_open.into_iter().map(Into::into).collect(),
            last_review_at: row.last_review_at,
            register_reports: row.register_reports.unsigned_abs(),
            merged: case.merged_into.is_some(),
            approval: approval_rules(approval.unwrap_or_default()),
        })
    }
}
