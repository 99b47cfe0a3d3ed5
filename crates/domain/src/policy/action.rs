//! What can be done, named resource first.

use crate::cases::CaseAction;
use crate::words::words;

words! {
    /// The kinds of records that permissions speak of.
    pub enum ResourceKind {
        /// Agencies, territories, classifiers: the same for everybody.
        Reference = "reference",
        /// Organisations.
        Organisation = "organisation",
        /// User and service accounts.
        User = "user",
        /// Records of children.
        Child = "child",
        /// Signals.
        Signal = "signal",
        /// Cases and all that hangs on them.
        Case = "case",
        /// Sessions of the consilium.
        Consilium = "consilium",
        /// Reports and facts of the unified register.
        Register = "register",
        /// Sessions of the group that qualifies facts of suicidal behaviour, and their files.
        Qualification = "qualification",
        /// What that group asks organisations for.
        Material = "material",
        /// Lists of other bodies, compared with the register.
        Reconciliation = "reconciliation",
        /// The change feed: pointers to records of the kinds above.
        Change = "change",
        /// Placements on the in-school register.
        SchoolRegister = "school_register",
        /// Services of the directory.
        Service = "service",
        /// Releases of the register's counts.
        Release = "release",
        /// The part of an agency in a release.
        ReleasePart = "release_part",
        /// Aggregate counts.
        Statistics = "statistics",
        /// The audit log.
        Audit = "audit",
    }
}

words! {
    /// One thing that a caller may want to do. Every operation of the API names one of these.
    pub enum Action {
        /// Use one's own account: see it, change its password, end its session.
        AccountUse = "account_use",
        /// Read reference data.
        ReferenceRead = "reference_read",
        /// Publish versions of protocols.
        ProtocolManage = "protocol_manage",
        /// Keep the working calendar, the rules of time and the duty contacts.
        /// Keep the working calendar and the rules of time.
        ClockManage = "clock_manage",
        /// Publish versions of assessment instruments.
        InstrumentManage = "instrument_manage",
        /// Read organisations.
        OrganisationRead = "organisation_read",
        /// Add and change organisations.
        OrganisationManage = "organisation_manage",
        /// Read user accounts.
        UserRead = "user_read",
        /// Add, change and disable user accounts and their roles.
        UserManage = "user_manage",
        /// Read the audit log.
        AuditRead = "audit_read",
        /// Look for a child in the shared index: masked beyond one's own reach.
        ChildSearch = "child_search",
        /// Add a child to the shared index.
        ChildRegister = "child_register",
        /// Read a child's record in full.
        ChildRead = "child_read",
        /// Correct a child's record.
        ChildUpdate = "child_update",
        /// Merge two records of one child, and separate them again; the right is needed on both.
        ChildMerge = "child_merge",
        /// File a signal.
        SignalFile = "signal_file",
        /// Read a signal.
        SignalRead = "signal_read",
        /// Import a file of signals: of a raid, of a screening.
        SignalImport = "signal_import",
        /// Decide on a signal: link or dismiss it. Accepting it also needs `case_open`.
        SignalTriage = "signal_triage",
        /// Open a case, led by one's own organisation.
        CaseOpen = "case_open",
        /// Read a case; what a section protects needs the section's right too.
        CaseRead = "case_read",
        /// Change title, description, grounds or risk of a case.
        CaseUpdate = "case_update",
        /// Name the case manager.
        CaseAssign = "case_assign",
        /// Move a case along its lifecycle, except for decisions on closure.
        CaseAdvance = "case_advance",
        /// Bring a case before a board or into crisis management.
        CaseEscalate = "case_escalate",
        /// Approve or reject a proposed closure.
        ClosureDecide = "closure_decide",
        /// Open a closed case again.
        CaseReopen = "case_reopen",
        /// Link a case to another case, or to another child, and end such a link.
        CaseLink = "case_link",
        /// Merge a duplicate into another case of the same child; the right is needed on both.
        CaseMerge = "case_merge",
        /// Record the check after the closure of a case.
        FollowUpWrite = "follow_up_write",
        /// Make another organisation a participant.
        ParticipantAdd = "participant_add",
        /// Write an assessment, as a draft or completed.
        AssessmentWrite = "assessment_write",
        /// Write the plan: goals and tasks.
        PlanWrite = "plan_write",
        /// Approve the plan (who must not be its author is a rule of the lifecycle).
        PlanApprove = "plan_approve",
        /// Record a review.
        ReviewWrite = "review_write",
        /// Write a note, in the sections one may write.
        NoteWrite = "note_write",
        /// Attach a document to a case, in the sections one may write.
        AttachmentWrite = "attachment_write",
        /// Withdraw a document that one's own organisation attached.
        AttachmentWithdraw = "attachment_withdraw",
        /// Report a task of one's own organisation as done.
        TaskComplete = "task_complete",
        /// Waive a task with a reason (a mandatory one: supervisors only, by a rule of tasks).
        TaskWaive = "task_waive",
        /// Apply a protocol to a case deliberately, or move the case to another version of it.
        ProtocolApply = "protocol_apply",
        /// Write of the family of the child: who belongs to it, what help they agreed to.
        FamilyWrite = "family_write",
        /// Make an appointment with a service, and record what became of it.
        AppointmentWrite = "appointment_write",
        /// Read the in-school register: grounds, decisions, plans.
        SchoolRegisterRead = "school_register_read",
        /// Place a pupil on the in-school register, correct a placement, remove the pupil.
        SchoolRegisterWrite = "school_register_write",
        /// Read the directory of services.
        ServiceRead = "service_read",
        /// Add and change services.
        ServiceManage = "service_manage",
        /// Read a session of the consilium.
        ConsiliumRead = "consilium_read",
        /// Convene a session of the consilium, keep its agenda and its record.
        ConsiliumManage = "consilium_manage",
        /// Say that a member of the consilium has an interest in a case: one's own, or as the secretary.
        ConsiliumDeclare = "consilium_declare",
        /// File a report to the unified register.
        ReportFile = "report_file",
        /// Read reports and facts of the unified register.
        RegisterRead = "register_read",
        /// Read a session of the group that qualifies facts of suicidal behaviour.
        QualificationRead = "qualification_read",
        /// Convene a session of that group, keep its agenda and its record, see what facts wait for it.
        QualificationManage = "qualification_manage",
        /// Say that a member has an interest in a fact: one's own, or as who keeps the session.
        QualificationRecuse = "qualification_recuse",
        /// Read the file of a fact on the agenda: its versions, reports, material, opinions.
        QualificationFileRead = "qualification_file_read",
        /// Give a written opinion on a fact on the agenda.
        OpinionGive = "opinion_give",
        /// Record what the group decided on a fact: a new version of the fact in the register.
        FactQualify = "fact_qualify",
        /// Read what the group asks one's own organisation for.
        MaterialRead = "material_read",
        /// Answer what the group asks one's own organisation for.
        MaterialAnswer = "material_answer",
        /// Load facts of earlier years from a file.
        FactImport = "fact_import",
        /// Read what came of comparing a list with the register.
        ReconciliationRead = "reconciliation_read",
        /// Compare a list of one's agency with the register, settle what differs, close it.
        ReconciliationWrite = "reconciliation_write",
        /// Correct what a fact of the register says.
        FactAmend = "fact_amend",
        /// Annul a fact that was entered by mistake.
        FactAnnul = "fact_annul",
        /// Merge a fact into another one, and give reports back.
        FactMerge = "fact_merge",
        /// Read the match reviews: pairs of facts that may be one event.
        MatchReviewRead = "match_review_read",
        /// Decide whether two facts are one event.
        MatchReviewDecide = "match_review_decide",
        /// Keep the rules by which reports are matched: have weights learned from decisions.
        MatchRulesManage = "match_rules_manage",
        /// Read what changed among the records that one may see.
        ChangesRead = "changes_read",
        /// Exact counts of the unified register.
        StatisticsExact = "statistics_exact",
        /// Protected counts of the unified register.
        StatisticsProtected = "statistics_protected",
        /// Read releases of the register's counts: published ones, and proposals that concern one's agency.
        ReleaseRead = "release_read",
        /// Propose, publish and withdraw releases.
        ReleaseManage = "release_manage",
        /// Read the part of an agency in a release: exact counts of what it reported.
        ReleasePartRead = "release_part_read",
        /// Confirm such a part, or object.
        ReleasePartAnswer = "release_part_answer",
        /// Statistics of the operation (cases, deadlines, signals, workload): one's own reach, or protected.
        OperationsRead = "operations_read",
        /// Exact statistics of the operation, within one's reach.
        OperationsExact = "operations_exact",
        /// Statistics of the operation of the whole region, protected.
        OperationsProtected = "operations_protected",
    }
}

impl Action {
    /// The kind of record that the action is about.
    #[must_use]
    pub const fn resource(self) -> ResourceKind {
        match self {
            Self::ReferenceRead => ResourceKind::Reference,
            Self::ProtocolManage => ResourceKind::Reference,
            Self::ClockManage => ResourceKind::Reference,
            Self::MatchRulesManage => ResourceKind::Reference,
            Self::InstrumentManage => ResourceKind::Reference,
            Self::OrganisationRead | Self::OrganisationManage => ResourceKind::Organisation,
            Self::AccountUse | Self::UserRead | Self::UserManage => ResourceKind::User,
            Self::AuditRead => ResourceKind::Audit,
            Self::ChildSearch | Self::ChildRegister | Self::ChildRead | Self::ChildUpdate => ResourceKind::Child,
            Self::ChildMerge => ResourceKind::Child,
            Self::SignalFile | Self::SignalRead | Self::SignalTriage => ResourceKind::Signal,
            Self::SignalImport => ResourceKind::Signal,
            Self::AttachmentWrite | Self::AttachmentWithdraw => ResourceKind::Case,
            Self::ReportFile | Self::RegisterRead => ResourceKind::Register,
            Self::QualificationRead | Self::QualificationManage => ResourceKind::Qualification,
            Self::QualificationRecuse | Self::QualificationFileRead => ResourceKind::Qualification,
            Self::OpinionGive | Self::FactQualify => ResourceKind::Qualification,
            Self::MaterialRead | Self::MaterialAnswer => ResourceKind::Material,
            Self::FactImport => ResourceKind::Register,
            Self::ReconciliationRead | Self::ReconciliationWrite => ResourceKind::Reconciliation,
            Self::FactAmend | Self::FactAnnul | Self::FactMerge => ResourceKind::Register,
            Self::MatchReviewRead | Self::MatchReviewDecide => ResourceKind::Register,
            Self::ChangesRead => ResourceKind::Change,
            Self::SchoolRegisterRead | Self::SchoolRegisterWrite => ResourceKind::SchoolRegister,
            Self::ServiceRead | Self::ServiceManage => ResourceKind::Service,
            Self::FamilyWrite | Self::AppointmentWrite => ResourceKind::Case,
            Self::StatisticsExact => ResourceKind::Statistics,
            Self::StatisticsProtected => ResourceKind::Statistics,
            Self::ReleaseRead | Self::ReleaseManage => ResourceKind::Release,
            Self::ReleasePartRead | Self::ReleasePartAnswer => ResourceKind::ReleasePart,
            Self::OperationsRead | Self::OperationsExact | Self::OperationsProtected => ResourceKind::Statistics,
            Self::ProtocolApply => ResourceKind::Case,
            Self::CaseLink | Self::CaseMerge | Self::FollowUpWrite => ResourceKind::Case,
            Self::ConsiliumRead | Self::ConsiliumManage | Self::ConsiliumDeclare => ResourceKind::Consilium,
            Self::CaseOpen
            | Self::CaseRead
            | Self::CaseUpdate
            | Self::CaseAssign
            | Self::CaseAdvance
            | Self::CaseEscalate
            | Self::ClosureDecide
            | Self::CaseReopen
            | Self::ParticipantAdd
            | Self::AssessmentWrite
            | Self::PlanWrite
            | Self::PlanApprove
            | Self::ReviewWrite
            | Self::NoteWrite
            | Self::TaskComplete
            | Self::TaskWaive => ResourceKind::Case,
        }
    }

    /// The right that an action of a case's lifecycle asks for.
    #[must_use]
    pub const fn of_lifecycle(action: CaseAction) -> Self {
        match action {
            CaseAction::StartAssessment
            | CaseAction::CompleteAssessment
            | CaseAction::StartReview
            | CaseAction::Continue
            | CaseAction::Replan
            | CaseAction::ProposeClosure => Self::CaseAdvance,
            CaseAction::ApprovePlan => Self::PlanApprove,
            CaseAction::ApproveClosure | CaseAction::RejectClosure => Self::ClosureDecide,
            CaseAction::Reopen => Self::CaseReopen,
            CaseAction::Escalate => Self::CaseEscalate,
        }
    }

    /// The action that tells whether a caller may know that a record of this kind exists.
    #[must_use]
    pub const fn read_of(resource: ResourceKind) -> Self {
        match resource {
            ResourceKind::Reference => Self::ReferenceRead,
            ResourceKind::Organisation => Self::OrganisationRead,
            ResourceKind::User => Self::UserRead,
            ResourceKind::Child => Self::ChildRead,
            ResourceKind::Signal => Self::SignalRead,
            ResourceKind::Case => Self::CaseRead,
            ResourceKind::Consilium => Self::ConsiliumRead,
            ResourceKind::Register => Self::RegisterRead,
            ResourceKind::Qualification => Self::QualificationRead,
            ResourceKind::Material => Self::MaterialRead,
            ResourceKind::Reconciliation => Self::ReconciliationRead,
            ResourceKind::Change => Self::ChangesRead,
            ResourceKind::SchoolRegister => Self::SchoolRegisterRead,
            ResourceKind::Service => Self::ServiceRead,
            ResourceKind::Statistics => Self::StatisticsExact,
            ResourceKind::Release => Self::ReleaseRead,
            ResourceKind::ReleasePart => Self::ReleasePartRead,
            ResourceKind::Audit => Self::AuditRead,
        }
    }
}
