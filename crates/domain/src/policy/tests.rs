//! The rights as domain.md "People and rights" has them, written here a second time and from that page: a rule that
//! changes in the tables must be changed here too, by somebody who looked at the page. Where the page leaves open which
//! of the people who work on cases may lead one, this file pins what `docs/permissions.md` says.

mod board;
mod group;
mod properties;
mod release;

use std::collections::BTreeSet;

use uuid::Uuid;

use super::sections::{may_read, readable, writable};
use super::table::TABLE;
use super::*;
use crate::cases::Section;
use crate::identity::{AccountKind, AgencyCode, Role, Scope};
use crate::ids::{OrganisationId, SessionId, UserId};
use crate::territory::Kato;
use Verdict::{Allowed, Forbidden, Invisible};

/// The columns of [`CASE_RIGHTS`], each with an agency that may have the role.
const WORKERS: [(Role, &str); 8] = [
    (Role::SocialPedagogue, "UO"),
    (Role::Psychologist, "UO"),
    (Role::HealthSpecialist, "UZ"),
    (Role::JuvenileInspector, "DP"),
    (Role::SocialWorker, "UKZSP"),
    (Role::GuardianshipCaseManager, "OPEKA"),
    (Role::Supervisor, "UO"),
    (Role::CommissionSecretary, "KDN"),
];

/// Roles that see no case, no child and no fact.
const OUTSIDE_CASES: [(Role, &str); 8] = [
    (Role::QualificationMember, "UPR"),
    (Role::HotlineOperator, "CC111"),
    (Role::Statistician, "DKPSISU"),
    (Role::Analyst, "UO"),
    (Role::RoadmapExecutor, "UZ"),
    (Role::RoadmapCoordinator, "UO"),
    (Role::Auditor, "PROKURATURA"),
    (Role::Administrator, "UIOGUIA"),
];

/// What each of [`WORKERS`] may do to a case: as the lead (`L`), as any participant (`P`), as the holder of the task
/// (`T`), not at all (`-`).
const CASE_RIGHTS: [(Action, &str); 23] = [
    (Action::CaseRead, "PPPPPPPP"),
    (Action::CaseUpdate, "LL--LLL-"),
    (Action::CaseAssign, "LL--LLL-"),
    (Action::CaseAdvance, "LL--LLL-"),
    (Action::CaseEscalate, "LL--LLL-"),
    (Action::ClosureDecide, "------L-"),
    (Action::CaseReopen, "LL--LLL-"),
    (Action::ParticipantAdd, "LL--LLL-"),
    (Action::AssessmentWrite, "PPPPPPP-"),
    (Action::PlanWrite, "LL--LLL-"),
    (Action::PlanApprove, "LL--LLL-"),
    (Action::ReviewWrite, "LL--LLL-"),
    (Action::NoteWrite, "PPPPPPPP"),
    (Action::TaskComplete, "TTTTTTTT"),
    (Action::TaskWaive, "LL--LLL-"),
    (Action::ProtocolApply, "LL--LLL-"),
    (Action::CaseLink, "LL--LLL-"),
    (Action::CaseMerge, "LL--LLL-"),
    (Action::FollowUpWrite, "LL--LLL-"),
    (Action::AttachmentWrite, "PPPPPPPP"),
    (Action::AttachmentWithdraw, "PPPPPPPP"),
    (Action::FamilyWrite, "LL-PPPL-"),
    (Action::AppointmentWrite, "PPPPPPP-"),
];

/// Which of [`WORKERS`] (`x`), and which others, may ever do what is not done to a case.
const OTHER_RIGHTS: [(Action, &str, &[Role]); 55] = [
    (Action::AccountUse, "xxxxxxxx", Role::ALL),
    (Action::ReferenceRead, "xxxxxxxx", Role::ALL),
    (Action::ProtocolManage, "--------", &[Role::Administrator]),
    (Action::InstrumentManage, "--------", &[Role::Administrator]),
    (Action::ClockManage, "--------", &[Role::Administrator]),
    (Action::SignalImport, "xx-x--x-", &[]),
    (Action::ChangesRead, "xxxxxxxx", &[Role::HotlineOperator]),
    (Action::OrganisationRead, "xxxxxxxx", Role::ALL),
    (Action::OrganisationManage, "--------", &[Role::Administrator]),
    (Action::UserRead, "xx--xxx-", &[Role::Administrator]),
    (Action::UserManage, "--------", &[Role::Administrator]),
    (Action::AuditRead, "--------", &[Role::Auditor]),
    (Action::ChildSearch, "xxxxxxxx", &[]),
    (Action::ChildRegister, "xxxxxxxx", &[]),
    (Action::ChildRead, "xxxxxxxx", &[]),
    (Action::ChildUpdate, "xxxxxxxx", &[]),
    (Action::ChildMerge, "------x-", &[]),
    (Action::SignalFile, "xxxxxxxx", &[Role::HotlineOperator]),
    (Action::SignalRead, "xxxxxxxx", &[Role::HotlineOperator]),
    (Action::SignalTriage, "xxxxxxxx", &[]),
    (Action::CaseOpen, "xx--xxx-", &[]),
    (Action::SchoolRegisterRead, "xx----x-", &[]),
    (Action::SchoolRegisterWrite, "x-----x-", &[]),
    (Action::ServiceRead, "xxxxxxxx", &[Role::HotlineOperator, Role::Administrator]),
    (Action::ServiceManage, "------x-", &[Role::Administrator]),
    (Action::ReportFile, "xxxxxxxx", &[]),
    (Action::RegisterRead, "xxxxxxxx", &[]),
    (Action::QualificationRead, "--------", &[Role::QualificationMember]),
    (Action::QualificationManage, "--------", &[Role::QualificationMember]),
    (Action::QualificationRecuse, "--------", &[Role::QualificationMember]),
    (Action::QualificationFileRead, "--------", &[Role::QualificationMember]),
    (Action::OpinionGive, "--------", &[Role::QualificationMember]),
    (Action::FactQualify, "--------", &[Role::QualificationMember]),
    (Action::MaterialRead, "xxxxxxxx", &[Role::QualificationMember]),
    (Action::MaterialAnswer, "xxxxxxxx", &[Role::QualificationMember]),
    (Action::FactImport, "------x-", &[]),
    (Action::ReconciliationRead, "------x-", &[]),
    (Action::ReconciliationWrite, "------x-", &[]),
    (Action::FactAmend, "xx--xxx-", &[]),
    (Action::FactAnnul, "------x-", &[]),
    (Action::FactMerge, "------x-", &[]),
    (Action::MatchReviewRead, "------x-", &[]),
    (Action::MatchReviewDecide, "------x-", &[]),
    (Action::OperationsRead, "xx--xxx-", &[Role::Statistician, Role::Analyst, Role::RoadmapCoordinator]),
    (Action::OperationsExact, "xx--xxx-", &[]),
    (Action::OperationsProtected, "--------", &[Role::Statistician, Role::Analyst, Role::RoadmapCoordinator]),
    (Action::MatchRulesManage, "--------", &[Role::Administrator]),
    (Action::StatisticsProtected, "------x-", &[Role::Statistician, Role::Analyst, Role::RoadmapCoordinator]),
    (Action::ReleaseRead, "------x-", &[Role::Statistician, Role::Analyst, Role::RoadmapCoordinator]),
    (Action::ReleaseManage, "--------", &[Role::Statistician]),
    (Action::ReleasePartRead, "------x-", &[Role::Statistician]),
    (Action::ReleasePartAnswer, "------x-", &[]),
    (Action::ConsiliumRead, "xxxxxxxx", &[Role::ConsiliumSecretary]),
    (Action::ConsiliumManage, "--------", &[Role::ConsiliumSecretary]),
    (Action::ConsiliumDeclare, "xxxxxxxx", &[Role::ConsiliumSecretary]),
];

const BOKEIKHAN: &str = "351011100";
const KAZYBEK_BI: &str = "351013100";
const KARAGANDA: &str = "351000000";
const ABAI_DISTRICT: &str = "353200000";
const REGION: &str = "350000000";
const OTHER_REGION: &str = "620000000";

fn user(number: u128) -> UserId {
    Uuid::from_u128(number).into()
}

fn organisation(number: u128, agency: &str, kato: &str) -> OrganisationRef {
    OrganisationRef {
        id: Uuid::from_u128(number).into(),
        agency: AgencyCode::new(agency).unwrap(),
        kato: Kato::new(kato).unwrap(),
    }
}

fn actor(organisation: &OrganisationRef, roles: &[(Role, Scope)]) -> Actor {
    Actor {
        session: SessionId::from_uuid(Uuid::from_u128(77)),
        user: user(1),
        username: "a.user".to_owned(),
        display_name: "A user".to_owned(),
        account_kind: AccountKind::Person,
        organisation: organisation.clone(),
        organisation_name: "An organisation".to_owned(),
        roles: roles.iter().map(|&(role, scope)| RoleGrant { role, scope }).collect(),
    }
}

fn case(lead: &OrganisationRef, manager: Option<UserId>, others: &[(OrganisationRef, Option<UserId>)]) -> CaseSubject {
    let participants = std::iter::once((lead.clone(), manager)).chain(others.iter().cloned()).collect();
    CaseSubject { lead: lead.clone(), manager, participants, board_seat: false }
}

/// Who may ever do the action, by the tables above.
fn expected_roles(action: Action) -> BTreeSet<Role> {
    let column = |cells: &str| -> Vec<Role> {
        WORKERS.iter().zip(cells.chars()).filter(|(_, cell)| *cell != '-').map(|((role, _), _)| *role).collect()
    };
    let mut roles = BTreeSet::new();
    for (_, cells) in CASE_RIGHTS.iter().filter(|(of, _)| *of == action) {
        roles.extend(column(cells));
    }
    for (_, cells, others) in OTHER_RIGHTS.iter().filter(|(of, ..)| *of == action) {
        roles.extend(column(cells));
        roles.extend(*others);
    }
    if action == Action::StatisticsExact {
        roles.insert(Role::Statistician);
    }
    if action == Action::CaseRead {
        // By a seat on a board alone: tests/board.rs.
        roles.insert(Role::ConsiliumSecretary);
    }
    roles
}

#[test]
fn every_action_has_a_rule_here_and_in_the_table() {
    for action in Action::ALL {
        assert!(TABLE.iter().any(|rule| rule.action == *action && !rule.roles.is_empty()), "{action} has no rule");
        assert!(!expected_roles(*action).is_empty(), "{action} is not in this file");
    }
    assert_eq!(CASE_RIGHTS.len() + OTHER_RIGHTS.len() + 1, Action::ALL.len());
}

#[test]
fn may_ever_follows_the_roles() {
    let place = organisation(1, "UO", BOKEIKHAN);
    for action in Action::ALL {
        for role in Role::ALL {
            let expected = expected_roles(*action).contains(role);
            assert_eq!(may_ever(&actor(&place, &[(*role, Scope::Own)]), *action), expected, "{role} {action}");
        }
        assert!(!may_ever(&actor(&place, &[]), *action), "nobody {action}");
    }
}

#[test]
fn rights_on_a_case_by_role_and_part_in_it() {
    for (action, cells) in CASE_RIGHTS {
        for ((role, agency), cell) in WORKERS.into_iter().zip(cells.chars()) {
            let own = organisation(1, agency, BOKEIKHAN);
            let other = organisation(2, "UZ", KAZYBEK_BI);
            let third = organisation(3, agency, BOKEIKHAN);
            let asking = actor(&own, &[(role, Scope::Organisation)]);
            let led = case(&own, None, &[(other.clone(), None)]);
            let joined = case(&other, None, &[(own.clone(), None)]);
            let foreign = case(&other, None, &[(third.clone(), None)]);
            let (as_lead, as_participant) = match cell {
                'P' => (Allowed, Allowed),
                'L' => (Allowed, Forbidden),
                _ => (Forbidden, Forbidden),
            };
            for (case, expected) in [(&led, as_lead), (&joined, as_participant), (&foreign, Invisible)] {
                assert_eq!(decide(&asking, action, &Subject::Case(case)), expected, "{role} {action}");
            }
            if cell == 'T' {
                for (case, holder, expected) in [
                    (&led, &own, Allowed),
                    (&led, &other, Forbidden),
                    (&joined, &own, Allowed),
                    (&joined, &other, Forbidden),
                    (&foreign, &third, Invisible),
                ] {
                    assert_eq!(decide(&asking, action, &Subject::Task(case, holder)), expected, "{role} {action}");
                }
            }
        }
        for (role, agency) in OUTSIDE_CASES {
            let own = organisation(1, agency, REGION);
            let asking = actor(&own, &[(role, Scope::Region)]);
            let case = case(&own, Some(user(1)), &[]);
            for subject in [Subject::Case(&case), Subject::Task(&case, &own)] {
                assert_eq!(decide(&asking, action, &subject), Forbidden, "{role} {action}");
            }
        }
    }
}

#[test]
fn scopes_reach_the_agency_in_the_territory() {
    // Where the asking organisation stands, and which of the leads below each scope sees.
    let leads = [
        ("UO", BOKEIKHAN),
        ("UO", KAZYBEK_BI),
        ("UO", KARAGANDA),
        ("UO", ABAI_DISTRICT),
        ("UO", REGION),
        ("UO", OTHER_REGION),
        ("UZ", BOKEIKHAN),
    ];
    let table = [
        (BOKEIKHAN, Scope::Own, "-------"),
        (BOKEIKHAN, Scope::Organisation, "-------"),
        (BOKEIKHAN, Scope::Territory, "x------"),
        (BOKEIKHAN, Scope::Region, "xxxxx--"),
        (KARAGANDA, Scope::Territory, "xxx----"),
        (ABAI_DISTRICT, Scope::Territory, "---x---"),
        (REGION, Scope::Territory, "xxxxx--"),
        (OTHER_REGION, Scope::Region, "-----x-"),
    ];
    for (kato, scope, cells) in table {
        let own = organisation(1, "UO", kato);
        let asking = actor(&own, &[(Role::Supervisor, scope)]);
        for ((agency, at), cell) in leads.into_iter().zip(cells.chars()) {
            let case = case(&organisation(2, agency, at), None, &[]);
            let expected = if cell == 'x' { Allowed } else { Invisible };
            for action in [Action::CaseRead, Action::ClosureDecide] {
                let verdict = decide(&asking, action, &Subject::Case(&case));
                assert_eq!(verdict, expected, "{scope} at {kato}: {action} of {agency} at {at}");
            }
        }
        let expected = if scope == Scope::Own { Invisible } else { Allowed };
        assert_eq!(decide(&asking, Action::CaseRead, &Subject::Case(&case(&own, None, &[]))), expected, "{scope}");
    }
}

#[test]
fn scope_own_is_what_is_assigned_to_the_user() {
    let (own, other) = (organisation(1, "UO", BOKEIKHAN), organisation(2, "UZ", BOKEIKHAN));
    let asking = actor(&own, &[(Role::SocialPedagogue, Scope::Own)]);
    let managed = case(&own, Some(user(1)), &[(other.clone(), None)]);
    let of_a_colleague = case(&own, Some(user(2)), &[]);
    let assigned = case(&other, Some(user(3)), &[(own.clone(), Some(user(1)))]);
    for (case, read, advance) in
        [(&managed, Allowed, Allowed), (&of_a_colleague, Invisible, Invisible), (&assigned, Allowed, Forbidden)]
    {
        assert_eq!(decide(&asking, Action::CaseRead, &Subject::Case(case)), read);
        assert_eq!(decide(&asking, Action::CaseAdvance, &Subject::Case(case)), advance);
    }
    assert_eq!(decide(&asking, Action::TaskComplete, &Subject::Task(&assigned, &own)), Allowed);
    assert_eq!(decide(&asking, Action::TaskComplete, &Subject::Task(&assigned, &other)), Forbidden);
}

#[test]
fn children_signals_facts_and_accounts() {
    let (school, clinic) = (organisation(1, "UO", BOKEIKHAN), organisation(2, "UZ", BOKEIKHAN));
    let pedagogue = actor(&school, &[(Role::SocialPedagogue, Scope::Organisation)]);
    let inspector = actor(&organisation(3, "DP", BOKEIKHAN), &[(Role::JuvenileInspector, Scope::Organisation)]);
    let hotline = actor(&organisation(4, "CC111", REGION), &[(Role::HotlineOperator, Scope::Own)]);
    let administrator = actor(&organisation(5, "UIOGUIA", REGION), &[(Role::Administrator, Scope::Region)]);
    let clinic_supervisor = actor(&clinic, &[(Role::Supervisor, Scope::Territory)]);
    let child = |organisation, linked| Subject::Child { organisation, registered_by: user(9).as_uuid().into(), linked };
    let signal = |addressee, by| Subject::Signal { addressee, filed_organisation: clinic.id, filed_by: user(by) };
    let fact = |reporters, in_visible_case| Subject::Fact { reporters, in_visible_case };
    let of_clinic = std::slice::from_ref(&clinic);
    let of_school = std::slice::from_ref(&school);
    let table = [
        (&pedagogue, Action::ChildRead, child(Some(&school), false), Allowed),
        (&pedagogue, Action::ChildUpdate, child(Some(&school), false), Allowed),
        (&pedagogue, Action::ChildRead, child(Some(&clinic), true), Allowed),
        (&pedagogue, Action::ChildUpdate, child(Some(&clinic), true), Forbidden),
        (&pedagogue, Action::ChildRead, child(Some(&clinic), false), Invisible),
        (&pedagogue, Action::ChildUpdate, child(None, false), Invisible),
        (&administrator, Action::ChildRead, child(Some(&school), true), Forbidden),
        (&hotline, Action::ChildSearch, Subject::None, Forbidden),
        (&pedagogue, Action::SignalRead, signal(&school, 2), Allowed),
        (&pedagogue, Action::SignalTriage, signal(&school, 2), Allowed),
        (&pedagogue, Action::SignalRead, signal(&clinic, 2), Invisible),
        (&hotline, Action::SignalFile, Subject::None, Allowed),
        (&hotline, Action::SignalRead, signal(&school, 1), Allowed),
        (&hotline, Action::SignalRead, signal(&school, 2), Invisible),
        (&hotline, Action::SignalTriage, signal(&school, 1), Forbidden),
        (&inspector, Action::CaseOpen, Subject::None, Forbidden),
        (&pedagogue, Action::RegisterRead, fact(of_school, false), Allowed),
        (&pedagogue, Action::RegisterRead, fact(of_clinic, true), Allowed),
        (&pedagogue, Action::RegisterRead, fact(of_clinic, false), Invisible),
        (&pedagogue, Action::UserRead, Subject::Account(&school), Allowed),
        (&pedagogue, Action::UserManage, Subject::Account(&school), Forbidden),
        (&pedagogue, Action::UserRead, Subject::Account(&clinic), Invisible),
        (&inspector, Action::UserRead, Subject::Account(&clinic), Forbidden),
        (&administrator, Action::UserManage, Subject::Account(&clinic), Allowed),
        (&pedagogue, Action::StatisticsExact, Subject::None, Forbidden),
        (&pedagogue, Action::SchoolRegisterRead, Subject::Placement(&school), Allowed),
        (&pedagogue, Action::SchoolRegisterWrite, Subject::Placement(&school), Allowed),
        (&pedagogue, Action::SchoolRegisterWrite, Subject::Placement(&clinic), Invisible),
        (&inspector, Action::SchoolRegisterRead, Subject::Placement(&school), Forbidden),
        (&inspector, Action::SchoolRegisterRead, Subject::Placement(&inspector.organisation), Forbidden),
        (&pedagogue, Action::ServiceManage, Subject::Service(Some(&school)), Forbidden),
        (&clinic_supervisor, Action::ServiceManage, Subject::Service(Some(&clinic)), Allowed),
        (&clinic_supervisor, Action::ServiceManage, Subject::Service(Some(&school)), Forbidden),
        (&clinic_supervisor, Action::ServiceManage, Subject::Service(None), Forbidden),
        (&clinic_supervisor, Action::SchoolRegisterRead, Subject::Placement(&school), Invisible),
        (&administrator, Action::ServiceManage, Subject::Service(None), Allowed),
        (&administrator, Action::SchoolRegisterRead, Subject::Placement(&school), Forbidden),
    ];
    for (index, (asking, action, subject, expected)) in table.into_iter().enumerate() {
        assert_eq!(decide(asking, action, &subject), expected, "line {index}: {action}");
    }
}

#[test]
fn sections_by_role_and_agency() {
    use Section::{Education, General, Investigation, Medical, Psychological, Social};
    let table: [(&str, Role, &[Section], &[Section]); 20] = [
        ("UO", Role::SocialPedagogue, &[General, Education], &[General, Education]),
        ("UO", Role::Psychologist, &[General, Education, Psychological], &[General, Psychological]),
        ("UO", Role::Supervisor, &[General, Education], &[General, Education]),
        ("UZ", Role::HealthSpecialist, &[General, Psychological, Medical], &[General, Medical]),
        ("UZ", Role::Psychologist, &[General, Psychological, Medical], &[General, Psychological]),
        ("UZ", Role::Supervisor, &[General, Psychological, Medical], &[General]),
        ("DP", Role::JuvenileInspector, &[General, Investigation], &[General, Investigation]),
        ("DP", Role::Supervisor, &[General, Investigation], &[General]),
        ("UKZSP", Role::SocialWorker, &[General, Social], &[General, Social]),
        ("UKZSP", Role::Supervisor, &[General, Social], &[General]),
        ("OPEKA", Role::SocialWorker, &[General, Social], &[General, Social]),
        ("OPEKA", Role::GuardianshipCaseManager, &[General, Social], &[General, Social]),
        ("KDN", Role::CommissionSecretary, &[General], &[General]),
        ("KDN", Role::Supervisor, &[General], &[General]),
        ("PROKURATURA", Role::Supervisor, &[General], &[General]),
        // A role outside its agency opens nothing of that agency.
        ("UO", Role::HealthSpecialist, &[General], &[General]),
        ("UZ", Role::JuvenileInspector, &[General], &[General]),
        ("DP", Role::Psychologist, &[General, Psychological], &[General, Psychological]),
        ("UO", Role::ConsiliumSecretary, &[General], &[]),
        ("UIOGUIA", Role::Administrator, &[], &[]),
    ];
    for (agency, role, reads, writes) in table {
        let asking = actor(&organisation(1, agency, BOKEIKHAN), &[(role, Scope::Organisation)]);
        assert_eq!(readable(&asking), reads.iter().copied().collect(), "{role} of {agency} reads");
        assert_eq!(writable(&asking), writes.iter().copied().collect(), "{role} of {agency} writes");
    }
    for (role, agency) in OUTSIDE_CASES {
        let asking = actor(&organisation(1, agency, BOKEIKHAN), &[(role, Scope::Region)]);
        assert!(readable(&asking).is_empty() && writable(&asking).is_empty(), "{role} of {agency}");
    }
}

#[test]
fn authors_and_the_case_manager_read_beyond_their_role() {
    let own = organisation(1, "UO", BOKEIKHAN);
    let asking = actor(&own, &[(Role::SocialPedagogue, Scope::Organisation)]);
    let foreign = OrganisationId::from_uuid(Uuid::from_u128(2));
    for section in Section::ALL {
        let by_role = matches!(section, Section::General | Section::Education);
        let as_manager = by_role || matches!(section, Section::Psychological | Section::Social);
        assert!(may_read(&asking, *section, own.id, None), "{section} of the author's organisation");
        assert_eq!(may_read(&asking, *section, foreign, Some(user(2))), by_role, "{section}");
        assert_eq!(may_read(&asking, *section, foreign, None), by_role, "{section} without a case manager");
        assert_eq!(may_read(&asking, *section, foreign, Some(user(1))), as_manager, "{section} as case manager");
    }
}

#[test]
fn the_mirror_says_what_the_tables_say() {
    let rows = mirror();
    let holders = |kind: GrantKind, name: &str| -> BTreeSet<Role> {
        rows.iter()
            .filter(|row| row.kind == kind && row.name == name && row.agency == "*")
            .map(|row| row.role)
            .collect()
    };
    let reached: [(&str, Action); 4] = [
        ("case", Action::CaseRead),
        ("child", Action::ChildRead),
        ("signal", Action::SignalRead),
        ("register", Action::RegisterRead),
    ];
    for (name, read) in reached {
        let mut expected = expected_roles(read);
        // Whoever sees cases by a seat on a board alone reaches none in the mirror.
        expected.remove(&Role::ConsiliumSecretary);
        assert_eq!(holders(GrantKind::Reach, name), expected, "reach {name}");
    }
    for power in [Action::QualificationManage, Action::QualificationFileRead, Action::MaterialAnswer] {
        assert_eq!(holders(GrantKind::Power, power.as_str()), expected_roles(power), "power {power}");
    }
    for power in [Action::ReleaseRead, Action::ReleaseManage, Action::ReleasePartRead, Action::ReleasePartAnswer] {
        assert_eq!(holders(GrantKind::Power, power.as_str()), expected_roles(power), "power {power}");
    }
    for power in [Action::ConsiliumRead, Action::ConsiliumManage] {
        assert_eq!(holders(GrantKind::Power, power.as_str()), expected_roles(power), "power {power}");
    }
    for power in [
        Action::UserManage,
        Action::OrganisationManage,
        Action::ServiceManage,
        Action::AuditRead,
        Action::StatisticsExact,
        Action::StatisticsProtected,
        Action::OperationsExact,
        Action::OperationsProtected,
    ] {
        assert_eq!(holders(GrantKind::Power, power.as_str()), expected_roles(power), "power {power}");
    }
    for agency in ["UO", "OO", "UZ", "DP", "UKZSP", "OPEKA", "KDN", "PROKURATURA", "DKPSISU"] {
        for role in Role::ALL {
            let mirrored: BTreeSet<Section> = rows
                .iter()
                .filter(|row| row.kind == GrantKind::Section && row.role == *role)
                .filter(|row| row.agency == "*" || row.agency == agency)
                .map(|row| row.name.parse().unwrap())
                .collect();
            let asking = actor(&organisation(1, agency, BOKEIKHAN), &[(*role, Scope::Own)]);
            assert_eq!(mirrored, readable(&asking), "{role} of {agency}");
        }
    }
}

#[test]
fn the_lead_answers_for_agencies_in_which_nobody_works_on_cases() {
    let (own, sport) = (organisation(1, "UO", BOKEIKHAN), organisation(2, "UFKIS", BOKEIKHAN));
    let clinic = organisation(3, "UZ", BOKEIKHAN);
    let led = case(&own, Some(user(1)), &[(sport.clone(), None), (clinic.clone(), None)]);
    let joined = case(&clinic, None, &[(own.clone(), None), (sport.clone(), None)]);
    for (role, scope, expected) in [
        (Role::SocialPedagogue, Scope::Organisation, Allowed),
        (Role::Supervisor, Scope::Territory, Allowed),
        (Role::SocialPedagogue, Scope::Own, Allowed),
    ] {
        let asking = actor(&own, &[(role, scope)]);
        assert_eq!(decide(&asking, Action::TaskComplete, &Subject::Task(&led, &sport)), expected, "{role}");
        assert_eq!(decide(&asking, Action::TaskComplete, &Subject::Task(&led, &clinic)), Forbidden, "{role}");
    }
    let asking = actor(&own, &[(Role::SocialPedagogue, Scope::Organisation)]);
    assert_eq!(decide(&asking, Action::TaskComplete, &Subject::Task(&joined, &sport)), Forbidden);
}
