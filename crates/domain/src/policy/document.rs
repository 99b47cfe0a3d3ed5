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
        Action::OrganisationRead => "Read organisations.",
        Action::OrganisationManage => "Add and change organisations.",
        Action::UserRead => "Read accounts of staff.",
        Action::UserManage => "Add, change and disable accounts and their roles.",
        Action::AuditRead => "Read the audit log.",
        Action::ChildSearch => "Look for a child in the shared index (masked beyond one's own reach).",
        Action::ChildRegister => "Add a child to the shared index.",
        Action::ChildRead => "Read a child's record in full.",
        Action::ChildUpdate => "Correct a child's record.",
        Action::SignalFile => "File a signal.",
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
        Action::ParticipantAdd => "Make another organisation a participant.",
        Action::AssessmentWrite => "Record a completed assessment.",
        Action::PlanWrite => "Write the plan: goals and tasks.",
        Action::PlanApprove => "Approve the plan (high or critical risk: a supervisor who did not write it).",
        Action::ReviewWrite => "Record a review.",
        Action::NoteWrite => "Write a note, in the sections one may write.",
        Action::TaskComplete => "Report a task as done.",
        Action::TaskWaive => "Waive a task with a reason (a mandatory one: supervisors only).",
        Action::ReportFile => "File a report to the unified register.",
        Action::RegisterRead => "Read reports and facts of the unified register.",
        Action::StatisticsExact => "Exact counts of the unified register.",
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
        Relation::Reporter => "facts reported by an organisation in scope, or of a case the user may see",
        Relation::Colleague => "accounts of organisations in scope",
    }
}
