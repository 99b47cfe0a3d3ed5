//! When the parts of a case are written and tasks are settled.

use uuid::Uuid;

use super::lifecycle::Decider;
use super::rules::{CasePart, TaskRefusal, may_complete, may_follow, may_waive, may_write};
use super::{EscalationTarget, MissingCode, Stage};
use crate::identity::{AccountKind, AgencyCode, Role, Scope};
use crate::policy::{Actor, OrganisationRef, RoleGrant};
use crate::tasks::TaskStatus;
use crate::territory::Kato;

/// A row a part; a column a stage: registered, assessment, planning, implementation, review, closure proposed, closed.
const WRITABLE: [(CasePart, &str); 9] = [
    (CasePart::Master, "xxxxxx-"),
    (CasePart::Participant, "xxxxxx-"),
    (CasePart::Assessment, "-xxxx--"),
    (CasePart::Plan, "--x----"),
    (CasePart::Review, "----x--"),
    (CasePart::Note, "xxxxxx-"),
    (CasePart::Help, "xxxxxx-"),
    (CasePart::Task, "--xxx--"),
    (CasePart::AddedTask, "xxxxxx-"),
];

#[test]
fn parts_are_written_in_their_stages() {
    assert!(CasePart::ALL.iter().all(|part| WRITABLE.iter().any(|(of, _)| of == part)));
    for (part, cells) in WRITABLE {
        let writable = |cell: char| cell == 'x';
        let required: Vec<&str> = Stage::ALL
            .iter()
            .zip(cells.chars())
            .filter(|(_, cell)| writable(*cell))
            .map(|(stage, _)| stage.as_str())
            .collect();
        assert_eq!(cells.len(), Stage::ALL.len());
        for (stage, cell) in Stage::ALL.iter().zip(cells.chars()) {
            match may_write(part, *stage) {
                Ok(()) => assert!(writable(cell), "{part} at {stage}"),
                Err(missing) => {
                    assert!(!writable(cell), "{part} at {stage}");
                    assert_eq!(missing.code, MissingCode::Stage);
                    assert_eq!(missing.params, [("stage", stage.to_string()), ("required", required.join(","))]);
                }
            }
        }
    }
}

#[test]
fn nothing_of_a_closed_case_is_written() {
    for part in CasePart::ALL {
        assert!(may_write(*part, Stage::Closed).is_err(), "{part}");
    }
}

#[test]
fn only_an_open_task_is_settled_and_only_a_supervisor_waives_a_mandatory_one() {
    let decider = |supervisor| Decider { user: Uuid::from_u128(3).into(), supervisor };
    for status in TaskStatus::ALL {
        let settled = match status {
            TaskStatus::Open => Ok(()),
            other => Err(TaskRefusal::NotOpen(*other)),
        };
        assert_eq!(may_complete(*status), settled, "{status}");
        for mandatory in [false, true] {
            assert_eq!(may_waive(decider(true), *status, mandatory), settled, "supervisor, {status}, {mandatory}");
        }
        assert_eq!(may_waive(decider(false), *status, false), settled, "worker, {status}");
        let mandatory = settled.and(Err(TaskRefusal::MandatoryNeedsSupervisor));
        assert_eq!(may_waive(decider(false), *status, true), mandatory, "worker, {status}, mandatory");
    }
}

#[test]
fn a_task_waits_for_those_before_it() {
    let before = [Uuid::from_u128(1).into(), Uuid::from_u128(2).into()];
    assert_eq!(may_follow(Vec::new()), Ok(()));
    assert_eq!(may_follow(before.to_vec()), Err(TaskRefusal::Blocked(before.to_vec())));
}

#[test]
fn a_supervisor_counts_where_its_own_scope_covers_the_lead() {
    let organisation = |id, agency, kato| OrganisationRef {
        id: Uuid::from_u128(id).into(),
        agency: AgencyCode::new(agency).unwrap(),
        kato: Kato::new(kato).unwrap(),
    };
    let own = organisation(1, "UO", "351000000");
    let leads = [
        own.clone(),
        organisation(2, "UO", "351000000"),
        organisation(3, "UO", "352400000"),
        organisation(4, "UZ", "351000000"),
    ];
    let table = [
        (Scope::Own, [false, false, false, false]),
        (Scope::Organisation, [true, false, false, false]),
        (Scope::Territory, [true, true, false, false]),
        (Scope::Region, [true, true, true, false]),
    ];
    for (scope, expected) in table {
        // The wider scope of another role lends the supervisor nothing.
        let roles = [(Role::SocialPedagogue, Scope::Region), (Role::Supervisor, scope)];
        let actor = Actor {
            session: Uuid::from_u128(5).into(),
            user: Uuid::from_u128(6).into(),
            username: "a.user".to_owned(),
            display_name: "A user".to_owned(),
            account_kind: AccountKind::Person,
            organisation: own.clone(),
            organisation_name: "A school".to_owned(),
            roles: roles.iter().map(|(role, scope)| RoleGrant { role: *role, scope: *scope }).collect(),
        };
        let supervises = leads.each_ref().map(|lead| Decider::of(&actor, lead).supervisor);
        assert_eq!(supervises, expected, "{scope}");
    }
}

#[test]
fn an_escalation_brings_in_its_agencies() {
    let table: [(EscalationTarget, &[&str]); 3] = [
        (EscalationTarget::Consilium, &["UO"]),
        (EscalationTarget::Commission, &["KDN"]),
        (EscalationTarget::CrisisManagement, &["UZ", "DP", "UO"]),
    ];
    for (target, agencies) in table {
        assert_eq!(target.agencies(), agencies, "{target}");
    }
}

#[test]
fn a_draft_is_neither_from_the_future_nor_forgotten() {
    use chrono::{DateTime, TimeDelta, Utc};
    let now: DateTime<Utc> = "2026-03-31T09:00:00Z".parse().unwrap();
    let code = |at| super::rules::draft_time(at, now).err().map(|invalid| invalid.code());
    assert_eq!(code(now), None);
    assert_eq!(code(now + TimeDelta::minutes(5)), None, "clocks differ a little");
    assert_eq!(code(now + TimeDelta::minutes(6)), Some("time_future"));
    assert_eq!(code(now - TimeDelta::days(90)), None);
    assert_eq!(code(now - TimeDelta::days(91)), Some("time_too_old"));
}
