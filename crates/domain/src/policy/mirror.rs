//! What PostgreSQL's row security must know of the table: which roles reach which kinds of records,
//! which roles hold a power that a policy asks for, which sections a role of an agency reads.

use std::collections::BTreeSet;

use super::sections::SECTIONS;
use super::table::{Relation, TABLE};
use super::{Action, ResourceKind};
use crate::identity::Role;
use crate::words::words;

words! {
    /// The kinds of rows in the mirror.
    pub enum GrantKind {
        /// The role reads records of a kind, within its scope.
        Reach = "reach",
        /// The role holds a power, named like the action.
        Power = "power",
        /// The role reads a section.
        Section = "section",
    }
}

/// One row of the table `policy_mirror`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct MirrorRow {
    /// The role.
    pub role: Role,
    /// The agency whose role it is; `*` for any.
    pub agency: String,
    /// What kind of grant.
    pub kind: GrantKind,
    /// Its name: a kind of record, an action, a section.
    pub name: String,
}

/// Kinds of records under row security, by the action that reads them.
const REACHES: &[ResourceKind] =
    &[ResourceKind::Case, ResourceKind::Child, ResourceKind::Signal, ResourceKind::Register];

/// Actions that a row-security policy asks for by name.
const POWERS: &[Action] = &[
    Action::UserManage,
    Action::OrganisationManage,
    Action::ProtocolManage,
    Action::ClockManage,
    Action::ServiceManage,
    Action::InstrumentManage,
    Action::AuditRead,
    Action::ChildMerge,
    Action::StatisticsExact,
    Action::ReconciliationRead,
    Action::ReconciliationWrite,
    Action::StatisticsProtected,
    Action::ReleaseRead,
    Action::ReleaseManage,
    Action::ReleasePartRead,
    Action::ReleasePartAnswer,
    Action::OperationsExact,
    Action::OperationsProtected,
    Action::MatchReviewRead,
    Action::MatchReviewDecide,
    Action::MatchRulesManage,
    Action::ConsiliumRead,
    Action::ConsiliumManage,
    Action::QualificationRead,
    Action::QualificationManage,
    Action::QualificationFileRead,
    Action::MaterialRead,
    Action::MaterialAnswer,
];

/// All rows, derived from the permission and the section tables.
#[must_use]
pub fn mirror() -> BTreeSet<MirrorRow> {
    let mut rows = BTreeSet::new();
    for resource in REACHES {
        let read = Action::read_of(*resource);
        // Filing or triaging a signal without reading any is not a thing: reading is the widest right.
        // A seat on a board opens one case for a time; policies of their own see to it (2026112215_consilium).
        for role in roles_by(read, |relation| relation != Relation::BoardMember) {
            rows.insert(row(role, "*", GrantKind::Reach, resource.as_str()));
        }
    }
    for power in POWERS {
        for role in roles_of(*power) {
            rows.insert(row(role, "*", GrantKind::Power, power.as_str()));
        }
    }
    for rule in SECTIONS {
        let agencies: &[&str] = if rule.agencies.is_empty() { &["*"] } else { rule.agencies };
        for (role, agency) in rule.roles.iter().flat_map(|role| agencies.iter().map(move |agency| (*role, *agency))) {
            rows.insert(row(role, agency, GrantKind::Section, rule.section.as_str()));
        }
    }
    rows
}

fn roles_of(action: Action) -> impl Iterator<Item = Role> {
    roles_by(action, |_| true)
}

fn roles_by(action: Action, counts: fn(Relation) -> bool) -> impl Iterator<Item = Role> {
    let rules = TABLE.iter().filter(move |rule| rule.action == action && counts(rule.relation));
    rules.flat_map(|rule| rule.roles.iter().copied())
}

fn row(role: Role, agency: &str, kind: GrantKind, name: &str) -> MirrorRow {
    MirrorRow { role, agency: agency.to_owned(), kind, name: name.to_owned() }
}
