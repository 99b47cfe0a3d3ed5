//! The permission table: role × action × relation to the record. What is not here is denied.
//!
//! Source: domain.md "People and rights". A reader who does not program can read it as
//! `docs/permissions.md`, which is generated from it.

use super::Action;
use crate::identity::Role;
use crate::words::words;

words! {
    /// What ties the actor to the record that the action is about. Organisations count when they lie
    /// in the scope of the role that gives the right.
    pub enum Relation {
        /// None is needed: the action is about no single record.
        Anyone = "anyone",
        /// The child belongs to an organisation in scope, or was registered by the actor's own.
        Home = "home",
        /// `home`, or the child stands in a case, a report or a signal that the actor may see.
        Linked = "linked",
        /// The actor's user filed the signal.
        Filer = "filer",
        /// The actor's own organisation filed the signal, or it is addressed to one in scope.
        Correspondent = "correspondent",
        /// The signal is addressed to an organisation in scope.
        Addressee = "addressee",
        /// A participant of the case lies in scope (or, in scope `own`, is assigned to the actor).
        Participant = "participant",
        /// The lead of the case lies in scope (or, in scope `own`, the actor is its case manager).
        Lead = "lead",
        /// The organisation that the task is given to lies in scope.
        TaskHolder = "task_holder",
        /// The lead of the case lies in scope, and the task is given to an organisation of an agency in which nobody
        /// works on cases: the lead sees that it is done, and says so.
        LeadInstead = "lead_instead",
        /// An organisation in scope reported the fact, or it belongs to a case the actor may see.
        Reporter = "reporter",
        /// An organisation in scope uploaded the list, and the scope is a territory or wider: whoever compares a list
        /// learns which of its children the register knows.
        Uploader = "uploader",
        /// The release is published.
        Published = "published",
        /// The part is of the actor's own agency and of a place in scope, and the scope is a territory or wider; a
        /// release has such a part.
        Represents = "represents",
        /// An organisation in scope reported the fact; a case alone does not do.
        ReportedBy = "reported_by",
        /// The school that holds the placement lies in scope.
        School = "school",
        /// The organisation that provides the service lies in scope.
        Provider = "provider",
        /// The actor's own organisation convened the session.
        Convener = "convener",
        /// The actor sits on the board: of the session, or of one that has the case on its agenda, in its time and
        /// without an interest in the case ([`Seat`](crate::consilium::Seat)).
        BoardMember = "board_member",
        /// The actor sits in the group at the session.
        GroupMember = "group_member",
        /// The actor keeps the session of the group, as its chair or its secretary.
        Keeper = "keeper",
        /// The actor's seat in the group opens the file now: in the time of the session, present, without an interest
        /// in the fact ([`GroupSeat`](crate::register::qualification::GroupSeat)).
        GroupSeat = "group_seat",
        /// The actor's own organisation was asked.
        Asked = "asked",
        /// The account belongs to an organisation in scope.
        Colleague = "colleague",
    }
}

/// One line of the table: the roles that may do an action by a relation.
#[derive(Debug, Clone, Copy)]
pub struct Rule {
    /// What.
    pub action: Action,
    /// By which relation to the record.
    pub relation: Relation,
    /// Who.
    pub roles: &'static [Role],
}

const fn rule(action: Action, relation: Relation, roles: &'static [Role]) -> Rule {
    Rule { action, relation, roles }
}

use Role::ConsiliumSecretary;
use Role::QualificationMember;
use Role::{
    Administrator, Auditor, CommissionSecretary, GuardianshipCaseManager, HealthSpecialist, HotlineOperator,
    JuvenileInspector, Psychologist, SocialPedagogue, SocialWorker, Statistician, Supervisor,
};
use Role::{Analyst, RoadmapCoordinator};

/// Everyone who works on cases.
pub const CASE_WORKERS: &[Role] = &[
    SocialPedagogue,
    Psychologist,
    HealthSpecialist,
    JuvenileInspector,
    SocialWorker,
    GuardianshipCaseManager,
    Supervisor,
    CommissionSecretary,
];

/// Those of them who may lead a case: open it, plan, review, propose its closure.
pub const CASE_MANAGERS: &[Role] = &[SocialPedagogue, Psychologist, SocialWorker, GuardianshipCaseManager, Supervisor];

/// Those who examine a child or a family themselves.
pub const ASSESSORS: &[Role] = &[
    SocialPedagogue,
    Psychologist,
    HealthSpecialist,
    JuvenileInspector,
    SocialWorker,
    GuardianshipCaseManager,
    Supervisor,
];

/// Those who read the in-school register of their schools.
pub const EDUCATORS: &[Role] = &[SocialPedagogue, Psychologist, Supervisor];

/// Those of them who keep it.
pub const REGISTER_KEEPERS: &[Role] = &[SocialPedagogue, Supervisor];
/// Who brings home the lists of raids and screenings.
pub const SIGNAL_IMPORTERS: &[Role] = &[SocialPedagogue, Psychologist, JuvenileInspector, Supervisor];

/// Who may be named case manager: a person with one of these roles in the lead organisation.
pub const MAY_MANAGE_CASES: &[Role] = CASE_MANAGERS;

/// The whole table.
pub const TABLE: &[Rule] = &[
    rule(Action::AccountUse, Relation::Anyone, Role::ALL),
    rule(Action::ReferenceRead, Relation::Anyone, Role::ALL),
    rule(Action::ProtocolManage, Relation::Anyone, &[Administrator]),
    rule(Action::ClockManage, Relation::Anyone, &[Administrator]),
    rule(Action::InstrumentManage, Relation::Anyone, &[Administrator]),
    rule(Action::OrganisationRead, Relation::Anyone, Role::ALL),
    rule(Action::OrganisationManage, Relation::Anyone, &[Administrator]),
    rule(Action::UserRead, Relation::Anyone, &[Administrator]),
    rule(Action::UserRead, Relation::Colleague, CASE_MANAGERS),
    rule(Action::UserManage, Relation::Anyone, &[Administrator]),
    rule(Action::AuditRead, Relation::Anyone, &[Auditor]),
    rule(Action::ChildSearch, Relation::Anyone, CASE_WORKERS),
    rule(Action::ChildRegister, Relation::Anyone, CASE_WORKERS),
    rule(Action::ChildRead, Relation::Linked, CASE_WORKERS),
    rule(Action::ChildUpdate, Relation::Home, CASE_WORKERS),
    rule(Action::ChildMerge, Relation::Linked, &[Supervisor]),
    rule(Action::SignalFile, Relation::Anyone, CASE_WORKERS),
    rule(Action::SignalFile, Relation::Anyone, &[HotlineOperator]),
    rule(Action::SignalImport, Relation::Anyone, SIGNAL_IMPORTERS),
    rule(Action::SignalRead, Relation::Correspondent, CASE_WORKERS),
    rule(Action::SignalRead, Relation::Filer, &[HotlineOperator]),
    rule(Action::SignalTriage, Relation::Addressee, CASE_WORKERS),
    rule(Action::CaseOpen, Relation::Anyone, CASE_MANAGERS),
    rule(Action::CaseRead, Relation::Participant, CASE_WORKERS),
    rule(Action::CaseRead, Relation::BoardMember, CASE_WORKERS),
    rule(Action::CaseRead, Relation::BoardMember, &[ConsiliumSecretary]),
    rule(Action::CaseUpdate, Relation::Lead, CASE_MANAGERS),
    rule(Action::CaseAssign, Relation::Lead, CASE_MANAGERS),
    rule(Action::CaseAdvance, Relation::Lead, CASE_MANAGERS),
    rule(Action::CaseEscalate, Relation::Lead, CASE_MANAGERS),
    rule(Action::ClosureDecide, Relation::Lead, &[Supervisor]),
    rule(Action::CaseReopen, Relation::Lead, CASE_MANAGERS),
    rule(Action::CaseLink, Relation::Lead, CASE_MANAGERS),
    rule(Action::CaseMerge, Relation::Lead, CASE_MANAGERS),
    rule(Action::FollowUpWrite, Relation::Lead, CASE_MANAGERS),
    rule(Action::ParticipantAdd, Relation::Lead, CASE_MANAGERS),
    rule(Action::AssessmentWrite, Relation::Participant, ASSESSORS),
    rule(Action::PlanWrite, Relation::Lead, CASE_MANAGERS),
    rule(Action::PlanApprove, Relation::Lead, CASE_MANAGERS),
    rule(Action::ReviewWrite, Relation::Lead, CASE_MANAGERS),
    rule(Action::NoteWrite, Relation::Participant, CASE_WORKERS),
    rule(Action::AttachmentWrite, Relation::Participant, CASE_WORKERS),
    rule(Action::AttachmentWithdraw, Relation::Participant, CASE_WORKERS),
    rule(Action::TaskComplete, Relation::TaskHolder, CASE_WORKERS),
    rule(Action::TaskComplete, Relation::LeadInstead, CASE_MANAGERS),
    rule(Action::TaskWaive, Relation::Lead, CASE_MANAGERS),
    rule(Action::ProtocolApply, Relation::Lead, CASE_MANAGERS),
    rule(Action::FamilyWrite, Relation::Lead, CASE_MANAGERS),
    rule(Action::FamilyWrite, Relation::Participant, &[SocialWorker, GuardianshipCaseManager, JuvenileInspector]),
    rule(Action::AppointmentWrite, Relation::Participant, ASSESSORS),
    rule(Action::SchoolRegisterRead, Relation::School, EDUCATORS),
    rule(Action::SchoolRegisterRead, Relation::Home, EDUCATORS),
    rule(Action::SchoolRegisterRead, Relation::Participant, EDUCATORS),
    rule(Action::SchoolRegisterWrite, Relation::School, REGISTER_KEEPERS),
    rule(Action::SchoolRegisterWrite, Relation::Home, REGISTER_KEEPERS),
    rule(Action::SchoolRegisterWrite, Relation::Participant, REGISTER_KEEPERS),
    rule(Action::ServiceRead, Relation::Anyone, CASE_WORKERS),
    rule(Action::ServiceRead, Relation::Anyone, &[HotlineOperator, Administrator]),
    rule(Action::ServiceManage, Relation::Anyone, &[Administrator]),
    rule(Action::ServiceManage, Relation::Provider, &[Supervisor]),
    rule(Action::ConsiliumRead, Relation::Convener, &[ConsiliumSecretary]),
    rule(Action::ConsiliumRead, Relation::BoardMember, CASE_WORKERS),
    rule(Action::ConsiliumRead, Relation::BoardMember, &[ConsiliumSecretary]),
    rule(Action::ConsiliumManage, Relation::Convener, &[ConsiliumSecretary]),
    rule(Action::ConsiliumDeclare, Relation::Convener, &[ConsiliumSecretary]),
    rule(Action::ConsiliumDeclare, Relation::BoardMember, CASE_WORKERS),
    rule(Action::ReportFile, Relation::Anyone, CASE_WORKERS),
    rule(Action::RegisterRead, Relation::Reporter, CASE_WORKERS),
    rule(Action::QualificationRead, Relation::GroupMember, &[QualificationMember]),
    rule(Action::QualificationManage, Relation::Keeper, &[QualificationMember]),
    rule(Action::QualificationRecuse, Relation::GroupMember, &[QualificationMember]),
    rule(Action::QualificationFileRead, Relation::GroupSeat, &[QualificationMember]),
    rule(Action::OpinionGive, Relation::GroupSeat, &[QualificationMember]),
    rule(Action::FactQualify, Relation::Keeper, &[QualificationMember]),
    rule(Action::MaterialRead, Relation::Asked, CASE_WORKERS),
    rule(Action::MaterialRead, Relation::Asked, &[QualificationMember]),
    rule(Action::MaterialAnswer, Relation::Asked, CASE_WORKERS),
    rule(Action::MaterialAnswer, Relation::Asked, &[QualificationMember]),
    rule(Action::FactImport, Relation::Anyone, &[Supervisor]),
    rule(Action::ReconciliationRead, Relation::Uploader, &[Supervisor]),
    rule(Action::ReconciliationWrite, Relation::Uploader, &[Supervisor]),
    rule(Action::FactAmend, Relation::ReportedBy, CASE_MANAGERS),
    rule(Action::FactAnnul, Relation::ReportedBy, &[Supervisor]),
    rule(Action::FactMerge, Relation::ReportedBy, &[Supervisor]),
    rule(Action::MatchReviewRead, Relation::ReportedBy, &[Supervisor]),
    rule(Action::MatchReviewDecide, Relation::ReportedBy, &[Supervisor]),
    rule(Action::MatchRulesManage, Relation::Anyone, &[Administrator]),
    rule(Action::ChangesRead, Relation::Anyone, CASE_WORKERS),
    rule(Action::ChangesRead, Relation::Anyone, &[HotlineOperator]),
    rule(Action::StatisticsExact, Relation::Anyone, &[Statistician]),
    // The statistics office may look at what the others are shown.
    rule(Action::StatisticsProtected, Relation::Anyone, &[Statistician, Analyst, RoadmapCoordinator, Supervisor]),
    rule(Action::ReleaseRead, Relation::Anyone, &[Statistician]),
    rule(Action::ReleaseRead, Relation::Published, &[Analyst, RoadmapCoordinator, Supervisor]),
    rule(Action::ReleaseRead, Relation::Represents, &[Supervisor]),
    rule(Action::ReleaseManage, Relation::Anyone, &[Statistician]),
    rule(Action::ReleasePartRead, Relation::Anyone, &[Statistician]),
    rule(Action::ReleasePartRead, Relation::Represents, &[Supervisor]),
    rule(Action::ReleasePartAnswer, Relation::Represents, &[Supervisor]),
    rule(Action::OperationsRead, Relation::Anyone, CASE_MANAGERS),
    rule(Action::OperationsRead, Relation::Anyone, &[Statistician, Analyst, RoadmapCoordinator]),
    // Those who manage cases could count by hand what they may open; the others never see a case.
    rule(Action::OperationsExact, Relation::Anyone, CASE_MANAGERS),
    rule(Action::OperationsProtected, Relation::Anyone, &[Statistician, Analyst, RoadmapCoordinator]),
];
