//! The permission table as a page that a non-programmer can review: `docs/permissions.md`.

use std::fmt::Write as _;

use super::sections::{READ_BY_CASE_MANAGER, SECTIONS};
use super::table::{Relation, TABLE};
use super::{Action, GrantKind};
use crate::cases::Section;
use crate::identity::Role;

/// The whole page, in Markdown. Deterministic.
#[must_use]
pub fn markdown() -> String {
    let mut page = String::from(
        "# Permissions\n\n\
         Generated from `crates/domain/src/policy` (`make docs`); a test fails when this page differs. What is not\n\
         listed is denied. A right counts within the *scope* of the role that gives it (`own`, `organisation`,\n\
         `territory`, `region`, the last two within the user's own agency).\n\n\
         PostgreSQL's row security is the second line of defence and works from a coarse copy of this table.\n\n\
         ## Actions by role\n\n",
    );
    for action in Action::ALL {
        let _ = writeln!(page, "### `{action}`\n\n{}\n", describe(*action));
        let _ = writeln!(page, "| role | to which records |\n|---|---|");
        for role in Role::ALL {
            let relations: Vec<&str> = TABLE
                .iter()
                .filter(|rule| rule.action == *action && rule.roles.contains(role))
                .map(|rule| explain(rule.relation))
                .collect();
            if !relations.is_empty() {
                let _ = writeln!(page, "| `{role}` | {} |", relations.join("; or "));
            }
        }
        page.push('\n');
    }
    sections_part(&mut page);
    page
}

fn sections_part(page: &mut String) {
    page.push_str(
        "## Sections of case content\n\nWho sees a case sees that content of every section is there (who, when, kind); \
         the text only by this table, as the organisation that wrote it, or, as the lead's case manager, in ",
    );
    let extra: Vec<String> = READ_BY_CASE_MANAGER.iter().map(|section| format!("`{section}`")).collect();
    let _ = writeln!(page, "{}.\n\n| section | agencies | role | right |\n|---|---|---|---|", extra.join(", "));
    for section in Section::ALL {
        for rule in SECTIONS.iter().filter(|rule| rule.section == *section) {
            let agencies = if rule.agencies.is_empty() { "any".to_owned() } else { rule.agencies.join(", ") };
            for role in rule.roles {
                let right = if rule.writes { "reads and writes" } else { "reads" };
                let _ = writeln!(page, "| `{section}` | {agencies} | `{role}` | {right} |");
            }
        }
    }
    page.push_str("\n## What row security knows\n\n| role | agency | kind | name |\n|---|---|---|---|\n");
    for row in super::mirror() {
        if row.kind != GrantKind::Section {
            let _ = writeln!(page, "| `{}` | {} | {} | `{}` |", row.role, row.agency, row.kind, row.name);
        }
    }
}

const fn describe(action: Action) -> &'static str {
    match action {
        Action::AccountUse => "Use one's own account.",
        Action::ReferenceRead => "Read agencies, territories and classifiers.",
        Action::ProtocolManage => "Publish versions of protocols.",
        Action::ClockManage => "Keep the working calendar, the rules of time and the duty contacts.",
        Action::InstrumentManage => "Publish versions of assessment instruments.",
        Action::OrganisationRead => "Read organisations.",
        Action::OrganisationManage => "Add and change organisations.",
        Action::UserRead => "Read accounts of staff.",
        Action::UserManage => "Add, change and disable accounts and their roles.",
        Action::AuditRead => "Read the audit log.",
        Action::ChildSearch => "Look for a child in the shared index (masked beyond one's own reach).",
        Action::ChildRegister => "Add a child to the shared index.",
        Action::ChildRead => "Read a child's record in full.",
        Action::ChildUpdate => "Correct a child's record.",
        Action::ChildMerge => {
            "Merge two records of one child, and separate them again (the right is needed on both records)."
        }
        Action::SignalFile => "File a signal.",
        Action::SignalImport => "Import a file of signals: of a raid, of a screening.",
        Action::SignalRead => "Read a signal.",
        Action::SignalTriage => "Decide on a signal; accepting it also needs `case_open`.",
        Action::CaseOpen => "Open a case, led by one's own organisation.",
        Action::CaseRead => "Read a case.",
        Action::CaseUpdate => "Change title, description, grounds or risk of a case.",
        Action::CaseAssign => "Name the case manager.",
        Action::CaseAdvance => "Move a case along its lifecycle, except for decisions on closure.",
        Action::CaseEscalate => "Bring a case before a board or into crisis management.",
        Action::ClosureDecide => "Approve or reject a proposed closure (never one's own proposal).",
        Action::CaseReopen => "Open a closed case again.",
        Action::CaseLink => "Link a case to another case or to another child, and end such a link.",
        Action::CaseMerge => "Merge a duplicate into another case of the same child (the right is needed on both).",
        Action::FollowUpWrite => "Record the check after the closure of a case.",
        Action::ParticipantAdd => "Make another organisation a participant.",
        Action::AssessmentWrite => "Write an assessment, as a draft or completed.",
        Action::PlanWrite => "Write the plan: goals and tasks.",
        Action::PlanApprove => {
            "Approve the plan, or return it (by the rules in force; high or critical risk: a supervisor who did not write it)."
        }
        Action::ReviewWrite => "Record a review.",
        Action::NoteWrite => "Write a note, in the sections one may write.",
        Action::AttachmentWrite => "Attach a document to a case, in the sections one may write.",
        Action::AttachmentWithdraw => "Withdraw a document that one's own organisation attached.",
        Action::TaskComplete => "Report a task as done.",
        Action::TaskWaive => "Waive a task with a reason (a mandatory one: supervisors only).",
        Action::ProtocolApply => "Apply a protocol to a case deliberately, or move the case to another version of it.",
        Action::FamilyWrite => "Write of the child's family: who belongs to it, what help they agreed to.",
        Action::AppointmentWrite => "Make an appointment with a service, and record what became of it.",
        Action::SchoolRegisterRead => "Read the in-school register: grounds, decisions, plans.",
        Action::SchoolRegisterWrite => {
            "Place a pupil on the in-school register, correct a placement, remove the pupil."
        }
        Action::ServiceRead => "Read the directory of services.",
        Action::ServiceManage => "Add and change services.",
        Action::ConsiliumRead => "Read a session of the consilium.",
        Action::ConsiliumManage => "Convene a session of the consilium, keep its agenda and its record.",
        Action::ConsiliumDeclare => {
            "Say that a member of the consilium has an interest in a case (members: their own)."
        }
        Action::ReportFile => "File a report to the unified register.",
        Action::RegisterRead => "Read reports and facts of the unified register.",
        Action::QualificationRead => "Read a session of the group that qualifies facts of suicidal behaviour.",
        Action::QualificationManage => {
            "Convene a session of that group, keep its agenda and its record; see which facts wait for it."
        }
        Action::QualificationRecuse => {
            "Say that a member of the group has an interest in a fact (who does not keep the session: one's own)."
        }
        Action::QualificationFileRead => {
            "Read the file of a fact on the agenda: its versions, the reports of all agencies, the child's name, \
             material, opinions (sealed until one's own is given)."
        }
        Action::OpinionGive => "Give a written opinion on a fact on the agenda.",
        Action::FactQualify => "Record what the group decided on a fact: a new version of it in the register.",
        Action::MaterialRead => "Read what the group asks one's own organisation for.",
        Action::MaterialAnswer => "Answer what the group asks one's own organisation for.",
        Action::FactImport => "Load facts of earlier years from a file.",
        Action::ReconciliationRead => "Read what came of comparing a list with the register.",
        Action::ReconciliationWrite => "Compare a list with the register, settle what differs, close it.",
        Action::FactAmend => "Correct what a fact of the register says.",
        Action::FactAnnul => "Annul a fact that was entered by mistake.",
        Action::FactMerge => "Merge a fact into another one, and give reports back.",
        Action::MatchReviewRead => "Read the match reviews: pairs of facts that may be one event.",
        Action::MatchReviewDecide => "Decide whether two facts are one event.",
        Action::MatchRulesManage => "Keep the rules by which reports are matched: have weights learned from decisions.",
        Action::ChangesRead => "Read what changed among the records that one may see.",
        Action::StatisticsExact => "Exact counts of the unified register.",
        Action::StatisticsProtected => "Protected counts of the unified register.",
        Action::ReleaseRead => {
            "Read releases of the register's counts (protected; exact ones with `statistics_exact`)."
        }
        Action::ReleaseManage => "Propose, publish and withdraw releases of the register's counts.",
        Action::ReleasePartRead => "Read the part of an agency in a release: exact counts of what it reported.",
        Action::ReleasePartAnswer => "Confirm the part of one's own agency in a release, or object.",
        Action::OperationsRead => "Statistics of the operation: of one's own reach, or protected.",
        Action::OperationsExact => {
            "Exact statistics of the cases and signals in one's reach, and of the workload there."
        }
        Action::OperationsProtected => "Statistics of the operation of the whole region, protected.",
    }
}

const fn explain(relation: Relation) -> &'static str {
    match relation {
        Relation::Anyone => "all",
        Relation::Home => "children of an organisation in scope, or registered by the user's own",
        Relation::Linked => {
            "children of an organisation in scope, registered by the user's own, or in a case, report or signal the user may see"
        }
        Relation::Filer => "signals the user filed",
        Relation::Correspondent => "signals addressed to an organisation in scope, or filed by the user's own",
        Relation::Addressee => "signals addressed to an organisation in scope",
        Relation::Participant => "cases with a participant in scope",
        Relation::Lead => "cases whose lead is in scope",
        Relation::TaskHolder => "tasks given to an organisation in scope",
        Relation::LeadInstead => {
            "tasks of a case whose lead is in scope, given to an organisation whose agency has nobody who works on cases"
        }
        Relation::ReportedBy => "facts reported by an organisation in scope",
        Relation::Reporter => "facts reported by an organisation in scope, or of a case the user may see",
        Relation::Uploader => "lists that an organisation in scope uploaded, where the scope is a territory or wider",
        Relation::Published => "published releases",
        Relation::Represents => {
            "parts of the user's own agency of places in scope, where the scope is a territory or wider; releases that have one"
        }
        Relation::School => "placements of a school in scope",
        Relation::Provider => "services provided by an organisation in scope",
        Relation::Convener => "sessions that the user's own organisation convened",
        Relation::BoardMember => {
            "sessions on whose board the user sits; cases of their agendas, for the time of the session and without an interest in the case"
        }
        Relation::GroupMember => "sessions of the group in which the user sits",
        Relation::Keeper => "sessions of the group that the user keeps, as chair or secretary",
        Relation::GroupSeat => {
            "facts on the agenda, for the time of the session, while the user is not found absent and has no interest in the fact"
        }
        Relation::Asked => "requests to the user's own organisation",
        Relation::Colleague => "accounts of organisations in scope",
    }
}
