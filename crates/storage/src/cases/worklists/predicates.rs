//! What puts a case on a worklist, each in one place: SQL over `cases`, below row security.
//!
//! All use the parameters of [`super::Reader`] by number. Sets of ids, not `EXISTS`: a worklist is short where the
//! table is long, so it is found from its reasons and not by walking over every case.

use qorgan_domain::cases::worklists::Worklist;

/// Danger of life: first on every worklist.
pub const CRITICAL: &str = "(cases.risk_level = 'critical' AND cases.stage <> 'closed')";

/// Gives every parameter its type, whichever of them a predicate uses. Always true.
pub const TYPES: &str = "num_nonnulls($1::uuid, $2::uuid, $3::timestamptz, $4::date, $5::timestamptz, $6::text, \
                         $7::text, $8::text) >= 0";

/// Of a school the region's cases are few: they are found from its participations.
pub const OWN_ORGANISATION: &str = "cases.id IN (SELECT own.case_id FROM case_participants own
    WHERE own.organisation_id = $2 AND own.ended_at IS NULL)";

/// Past its time, before and after the moment: one of its clocks ran out. The filter of the list of cases asks it too.
pub const OVERDUE_BEFORE: &str = "EXISTS (SELECT FROM case_deadlines d
    WHERE d.case_id = cases.id AND d.state = 'running' AND d.due_at <= ";
/// See [`OVERDUE_BEFORE`].
pub const OVERDUE_AFTER: &str = ")";
const OVERDUE: &str = "cases.stage <> 'closed' AND EXISTS (SELECT FROM case_deadlines d
    WHERE d.case_id = cases.id AND d.state = 'running' AND d.due_at <= $3)";

const MINE: &str = "cases.stage <> 'closed' AND cases.id IN (
    SELECT m.id FROM cases m WHERE m.manager_id = $1
    UNION
    SELECT p.case_id FROM case_participants p WHERE p.assigned_user_id = $1 AND p.ended_at IS NULL)";

const MY_SCHOOL: &str = "cases.stage <> 'closed'";

/// What came since the user last looked, and not by the user's own hand. `$5` is where news ends to be news.
const NEW_FOR_ME: &str = "cases.stage <> 'closed' AND cases.id IN (
    SELECT p.case_id FROM case_participants p
    LEFT JOIN case_seen s ON s.case_id = p.case_id AND s.user_id = $1
    WHERE p.organisation_id = $2 AND p.ended_at IS NULL AND p.added_by <> $1
      AND p.added_at > $5 AND (s.seen_at IS NULL OR p.added_at > s.seen_at)
    UNION
    SELECT t.case_id FROM case_tasks t
    LEFT JOIN case_plans l ON l.id = t.plan_id
    LEFT JOIN case_seen s ON s.case_id = t.case_id AND s.user_id = $1
    WHERE t.organisation_id = $2 AND t.status = 'open' AND (t.plan_id IS NULL OR l.approved_at IS NOT NULL)
      AND l.approved_by IS DISTINCT FROM $1
      AND greatest(t.created_at, l.approved_at) > $5
      AND (s.seen_at IS NULL OR greatest(t.created_at, l.approved_at) > s.seen_at)
    UNION
    SELECT m.id FROM cases m
    LEFT JOIN case_seen s ON s.case_id = m.id AND s.user_id = $1
    WHERE m.manager_id = $1 AND EXISTS (
        SELECT FROM case_events e
        WHERE e.case_id = m.id AND e.kind = 'manager_assigned' AND e.actor_id <> $1
          AND e.at > $5 AND (s.seen_at IS NULL OR e.at > s.seen_at)))";

/// The lead lies in the supervisor's scope (`$7`, a prefix within the agency `$6`). Nobody decides on their own work.
const WAITING: &str = "cases.stage IN ('planning', 'closure_proposed')
    AND cases.lead_organisation_id IN (SELECT o.id FROM organisations o
        WHERE o.id = $2 OR (o.agency_code = $6 AND starts_with(o.kato, $7)))
    AND ((cases.stage = 'closure_proposed' AND cases.closure_proposed_by <> $1)
         OR (cases.stage = 'planning' AND cases.risk_level IN (
             SELECT r.risk_level FROM (
                 SELECT DISTINCT ON (risk_level) risk_level, supervisor FROM approval_rules
                 WHERE valid_from <= $4 AND (valid_to IS NULL OR valid_to > $4)
                 ORDER BY risk_level, valid_from DESC) r WHERE r.supervisor)
             AND EXISTS (SELECT FROM case_plans d
                         WHERE d.case_id = cases.id AND d.status = 'draft' AND d.author_id <> $1)))";

/// The lead lies in the scope of who may record the check (`$8`), or the user managed the case.
const FOLLOW_UP: &str = "cases.stage = 'closed' AND cases.follow_up_due_on <= $4
    AND (cases.manager_id = $1 OR cases.lead_organisation_id IN (SELECT o.id FROM organisations o
        WHERE o.id = $2 OR (o.agency_code = $6 AND starts_with(o.kato, $8))))";

/// The predicate of a worklist.
pub const fn of(list: Worklist) -> &'static str {
    match list {
        Worklist::Mine => MINE,
        Worklist::MySchool => MY_SCHOOL,
        Worklist::Overdue => OVERDUE,
        Worklist::NewForMe => NEW_FOR_ME,
        Worklist::WaitingForMyApproval => WAITING,
        Worklist::FollowUpDue => FOLLOW_UP,
    }
}
